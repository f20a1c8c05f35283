"""The file that remembers what was sent.

In: an estimate, and what becomes of each message. Out: messages still to send, counts, receipts. It uses
``api`` and ``callr_segment.campaign``.
"""
