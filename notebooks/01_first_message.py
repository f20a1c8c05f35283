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
# # A first message
#
# What will one SMS be billed as, why, and how does it cost less? Nothing here is sent, and nothing leaves this machine.
#
# An SMS is billed by the *part*. A part holds 160 characters of the GSM alphabet, or 70 of any other: one character that
# GSM lacks makes all of the message Unicode.

# %%
import callr_segment as sms

sms.segment("Bonjour Chloé, votre code est 4821")

# %% [markdown]
# The same in ordinary French. What makes it Unicode is marked; point at a mark to read its name.

# %%
text = "Bonjour François, c’est prêt : votre colis vous attend « Au Bon Café » jusqu’à samedi soir. À très bientôt !"
found = sms.segment(text)
found

# %%
for culprit in found.culprits:
    print(f"{culprit.character}  {culprit.code_point}  {culprit.name}, {culprit.count} ×")

# %% [markdown]
# ## What would make it cheaper
#
# `suggest` lists what saves a part, and changes nothing else. `SAFE` is what no reader notices, `FOLD` what every reader
# understands: here both are needed, and one of them alone saves nothing.

# %%
for way in sms.suggest(text):
    print(way.rules, way.parts_before, "→", way.parts_after)
    print(way.text)

# %%
sms.segment(sms.rewrite(text, *sms.SAFE, *sms.FOLD))

# %% [markdown]
# Links and addresses are never touched, and neither is what already has its place in GSM: é, è, à and ù stay.
#
# ## A message with fields
#
# Before the names are known, a template tells between what and what its length will be.

# %%
template = sms.Template("Bonjour {name}, votre code est {code}. STOP %STOPNUM%")
template.bounds(name="Marie-Hélène", code="000000").high

# %% [markdown]
# ## A guard for a pipeline
#
# `check` lists what is wrong with a message, each with a way out; `validate` raises where it must not be sent.

# %%
for problem in sms.check("Bonjour {{name}} !", to="06 39 98 10 20"):
    print(f"{problem.severity}: {problem}\n")

# %%
try:
    sms.validate("", to="+33639981020")
except sms.InvalidMessage as error:
    print(error)
