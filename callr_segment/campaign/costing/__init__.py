"""What a campaign costs.

In: a ``Plan`` and batches of rows. Out: a costed row for each, and the ``Summary`` they add up to, however
they are split. It uses ``columns``, ``recipients``, ``messages`` and ``rates``.
"""
