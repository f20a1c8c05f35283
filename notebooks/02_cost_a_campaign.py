# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What a campaign costs, and why
#
# A winter sale: 12,360 recipients in eleven countries, texts in ten languages, a price for each country. The list has what
# lists have: numbers written in four ways, some twice, some wrong.

# %%
import pandas as pd

import callr_segment as sms
from callr_segment.campaign.demo import load

_, templates, card = load()
recipients = pd.read_csv("../tests/data/demo/recipients.csv.gz", dtype=str, keep_default_na=False)
recipients[["to", "country", "first_name", "store", "amount_text", "template"]].head(3)

# %%
print(templates["fr"])

# %% [markdown]
# ## What it looks like, and what it is
#
# One short message for each row, at the price of its country, would be 585 euros. The bill would say 1,633.

# %%
options = {
    "text": templates, "choose": "template", "to": "to", "country": "country", "default_region": "FR",
    "rates": card,
}  # fmt: skip
found = sms.estimate(recipients, invalid="price", **options)
found

# %%
found.plot("causes")

# %% [markdown]
# Two things make the difference. Names, shops and links make texts longer than a part; and characters that GSM lacks make
# *every* message Unicode, where a part holds 70 characters and not 160. Mostly they come in several places at once, so that
# repairing one of them alone saves nothing.
#
# ## Who is to blame

# %%
found.culprits(by="field")

# %% [markdown]
# The amounts, and nobody typed them: a formatter wrote `20,00 €` with a no-break space. The texts have the rest: typographic
# apostrophes, and the narrow space before a French `!`.

# %%
found.plot("culprits")

# %% [markdown]
# The messages sit just behind walls: at 70 and 134 for Unicode, at 160 and 306 for GSM.

# %%
found.plot("lengths")

# %% [markdown]
# ## What can be saved
#
# First what should not be sent at all: the same person twice, and what is no number. Then the same texts in characters that
# GSM has, in each message only where that saves a part. Then a shorter way to stop.

# %%
clean = sms.estimate(recipients, duplicates="drop", **options)
safe = clean.rewrite(*sms.SAFE)
folded = clean.rewrite(*sms.SAFE, *sms.FOLD)
shorter = {key: text.replace("\nSTOP au 36105", " STOP 36105") for key, text in templates.items()}
short = sms.estimate(recipients, duplicates="drop", **options | {"text": shorter}).rewrite(
    *sms.SAFE, *sms.FOLD
)

steps = {
    "one part each": sms.estimate(recipients, invalid="price", **options | {"text": "-", "choose": None}),
    "as it is": found,
    "each number once, and no wrong ones": clean,
    "typed punctuation and plain spaces": safe,
    "accents folded where that saves a part": folded,
    "a shorter STOP": short,
}
pd.DataFrame(
    [(name, each.messages, each.parts, round(each.cost_cents / 100, 2)) for name, each in steps.items()],
    columns=["", "messages", "parts", "EUR"],
).style.hide().format({"messages": "{:,}", "parts": "{:,}", "EUR": "{:,}"})

# %% [markdown]
# `changes` shows every text before and after. No link, no name that GSM can write and no é is touched.

# %%
for change in folded.changes(limit=3).itertuples():
    print(change.text_before, change.text, "", sep="\n")

# %%
folded.plot("lengths")

# %% [markdown]
# What else could be done? Each line is by itself, so ask for two together to know what both save.

# %%
options_together = clean.what_if(
    sms.SAFE,
    (sms.SAFE, sms.FOLD),
    (sms.SAFE, sms.FOLD, {"\nSTOP au 36105": " STOP 36105"}),
    (*sms.SAFE, *sms.FOLD, sms.EMOJI),
    {"\nSTOP au 36105": ""},
    5,
)
options_together

# %%
folded.near_misses(5)

# %% [markdown]
# ## How far off may it be?

# %%
for line in folded.sensitivity()["line"]:
    print(line)

# %% [markdown]
# ## A million recipients
#
# The same list again and again, every amount another. It takes seconds, and a bar shows how far it is.

# %%
many = pd.concat([recipients] * 81, ignore_index=True)
many["amount_text"] = pd.Series(range(len(many))).astype(str) + ",00\xa0€"
million = sms.estimate(many, invalid="price", progress=True, **options)
million

# %%
million.what_if(sms.SAFE, (sms.SAFE, sms.FOLD))

# %% [markdown]
# ## So that it can be checked
#
# `to_json` writes the figures with hashes of all they depend on. Whoever has the recipients and the rates can make them
# again, with `callr-segment verify estimate.json recipients.csv --rates rates.csv`.

# %%
print(folded.to_json()[:400])
