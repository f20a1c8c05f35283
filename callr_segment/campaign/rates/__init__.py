"""What a part costs.

In: price lists of any shape, and receipts. Out: a ``RateCard`` that tells the ``Rate`` of a recipient, in
exact money. It uses ``columns``, ``files`` and ``recipients``.
"""
