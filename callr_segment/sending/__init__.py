"""The optional adapter: sends with the Callr API, never twice, and holds the bill against the estimate.

A room may use the rooms named before it, and those of lower floors; ``client`` is the top of the house.

* ``api``: Callr's wire: requests, receipts, webhooks, transport. No file, no pandas.
* ``ledger``: the file that remembers what was sent.
* ``delivery``: the loop: claim, send, record, wait, stop.
* ``billing``: what was estimated against what was billed.
* ``fake``: a Callr for tests; it stands beside the house and may use its top.
"""
