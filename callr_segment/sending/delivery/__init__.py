"""The loop that sends a campaign.

In: a ledger and a way to send one message. Out: the same ledger, finished or stopped for a reason. It uses
``ledger`` and ``api``.
"""
