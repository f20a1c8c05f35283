"""What was estimated against what was billed.

In: a ledger, or an estimate and receipts. Out: a ``Reconciliation``. It uses ``ledger``, ``api`` and
``callr_segment.campaign``.
"""
