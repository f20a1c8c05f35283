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
# # Send a campaign, and hold the bill against the estimate
#
# Nothing leaves this machine: `FakeCallr` is a server that answers as Callr does, and goes wrong where it is asked to. With
# an account, `client = sms.Client()` takes its place, with the key in `CALLR_API_KEY`.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import callr_segment as sms
from callr_segment.sending.billing.reconciliation import find_receipts
from callr_segment.sending.fake import FakeCallr

card = sms.RateCard({"FR": "4.50", "BE": {"20601": "6", "20605": "7"}}, currency="EUR")
people = pd.DataFrame(
    {
        "to": [f"+3361234{row:04}" for row in range(200)] + [f"+32470000{row:03}" for row in range(100)],
        "first_name": ["Zoé", "François", "An"] * 100,
        "amount": ["20 €", "15 €", "10 EUR"] * 100,
    }
)
TEXT = "Bonjour {first_name}, vos {amount} vous attendent chez Maison Lou, 12 rue des Lilas. STOP au 36105"
found = sms.estimate(people, text=TEXT, to="to", rates=card)
found

# %% [markdown]
# ## Send it
#
# Here Callr reads `€` as Unicode, which no page of its says it does not; some of its numbers cannot be reached; and now and
# then the line breaks after a message was taken, or before.

# %%
callr = FakeCallr(
    rates=card, extension_is_gsm=False, outcomes=dict.fromkeys(people["to"][:5], "failed")
).__enter__()
callr.faults.share({"drop after accept": 0.02, "drop before accept": 0.02, "503 after accept": 0.01}, seed=1)
client = callr.client()
path = Path(tempfile.mkdtemp(), "sale.ledger")

try:
    client.send_all(found, path, budget_cents="4000", in_flight=4, progress=False)
except sms.CallrSegmentError as stopped:
    print(stopped)

# %% [markdown]
# It stopped by itself: too many answers disagree with the estimate, and the rest is not spent before somebody looks. What was in
# flight is recorded. Whoever has looked into it goes on with the same call, and says how much may differ.

# %%
agreed = sms.Breaker(differing_share="1")
ledger = client.send_all(found, path, budget_cents="4000", in_flight=4, breaker=agreed, progress=False)
print(ledger)

# %% [markdown]
# The unknown may have been sent, or not. They are never sent again by a program. `find_receipts` looks for them in Callr's
# list, and `reconcile` settles those where there is nothing to choose.

# %%
bill = sms.reconcile(ledger, find_receipts(client, ledger))
print(f"{bill.resolved} were sent after all")
print(bill)

# %% [markdown]
# ## What became of them
#
# Callr tells by webhook; events come repeated and in any order. A service would take them with `sms.parse_event`, as the one
# in `docs/examples` does.

# %%
for event in reversed(callr.advance(steps=5)):
    ledger.record(sms.parse_event(event.body, secret=callr.secret, headers=event.headers))
bill = sms.reconcile(ledger)
bill

# %% [markdown]
# ## What the bill teaches
#
# Which characters Callr reads otherwise: from here on, nobody has to guess.

# %%
bill.extension_characters()

# %%
bill.explained()

# %%
bill.failed_but_billed()[["row", "status", "billed_cents"]]

# %% [markdown]
# And prices, with the networks people are on: the next estimate rests on what was billed.

# %%
learned = bill.learn()
learned.to_arrow().select(["country", "network", "cents", "receipts"]).to_pandas()

# %%
again = sms.estimate(
    people.assign(amount=people["amount"].str.replace("€", "EUR")), text=TEXT, to="to", rates=learned
)
again

# %%
client.close()
ledger.close()
callr.__exit__()
