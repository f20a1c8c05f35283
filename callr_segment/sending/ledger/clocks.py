"""Whether an SMS can be a message: it was made at Callr between the claim and the answer, clocks allowing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median_low

from callr_segment.sending.api.wire import Receipt
from callr_segment.sending.ledger.receipt_columns import from_json

__all__ = ["CLOCKS_DIFFER", "compute_clock_difference", "is_in_time", "middle_difference"]

CLOCKS_DIFFER = timedelta(minutes=10)
"""What ours and Callr's may differ by before it is looked into, and what an SMS may be made late by."""

_SAMPLE = 25  # messages that were accepted: enough, should some have waited long


def is_in_time(
    receipt: Receipt,
    claimed_at: datetime,
    answered_at: datetime | None,
    difference: timedelta = timedelta(),
) -> bool:
    """Whether an SMS was created while a message was being sent, and not for another one of the same text.

    ``difference`` is by how much Callr's clock is ahead of ours. What does not say when it was created may
    be of any time.

    >>> moment = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    >>> is_in_time(Receipt(created=moment + timedelta(seconds=2)), moment, None)
    True
    >>> [is_in_time(Receipt(created=moment + timedelta(days)), moment, None) for days in (-1, 1)]
    [False, False]
    """
    if receipt.created is None:
        return True
    created, moments = receipt.created - difference, (claimed_at, answered_at or claimed_at)
    # The clock may have been set back in between, and either of the two moments be the right one.
    return min(moments) - CLOCKS_DIFFER <= created <= max(moments) + CLOCKS_DIFFER


def compute_clock_difference(connection: sqlite3.Connection) -> timedelta:
    """Tell by how much Callr's clock is ahead of this one's, from what was accepted; 0 for minutes."""
    rows = connection.execute(
        "SELECT claimed_at, receipt FROM deliveries WHERE state = 'accepted' "
        "AND instr(receipt, '\"created\"') ORDER BY row DESC LIMIT ?",
        (_SAMPLE,),
    ).fetchall()
    found = [
        created - datetime.fromisoformat(claimed_at)
        for claimed_at, receipt in rows
        if (created := from_json(receipt).created)
    ]
    return middle_difference(found)


def middle_difference(found: Sequence[timedelta]) -> timedelta:
    """Tell what most messages were made late by, where it is more than messages are; else 0.

    >>> middle_difference([timedelta(hours=1), timedelta(hours=1), timedelta(0)]), middle_difference([])
    (datetime.timedelta(seconds=3600), datetime.timedelta(0))
    """
    middle = median_low(found) if found else timedelta()
    return middle if abs(middle) > CLOCKS_DIFFER else timedelta()
