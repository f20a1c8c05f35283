"""Who has opted out of a campaign: once told, for ever."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callr_segment.sending.ledger.sqlite_file import Journal
from callr_segment.sending.ledger.transitions import now

__all__ = ["write_opt_outs"]

_PAGE = 1 << 13
_FEW = 1_000  # numbers that are looked up one by one

_LEAVE_OUT = """
INSERT INTO deliveries (row, state, committed, claimed_at)
SELECT row, 'opted_out', 0, ? FROM opt_outs CROSS JOIN messages USING (number)
LEFT JOIN deliveries USING (row) WHERE number BETWEEN ? AND ? AND state IS NULL
"""


def write_opt_outs(journal: Journal, digits: np.ndarray) -> int:
    """Leave out the messages to numbers, sorted digits of E.164, that are not sent; returns how many.

    A number that the plan has is remembered, so that what is unknown is not sent either once it is planned
    again.
    """
    left_out = 0
    for page in _few(journal, digits) if len(digits) <= _FEW else _many(journal, digits):
        with journal.transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO opt_outs VALUES (?)", [(each,) for each in page])
            left_out += connection.execute(_LEAVE_OUT, (now(), min(page), max(page))).rowcount
    return left_out


def _few(journal: Journal, digits: np.ndarray) -> Iterator[list[str]]:
    is_planned = "SELECT 1 FROM messages WHERE number = ?"
    with journal.reading() as connection:
        numbers = [f"+{each}" for each in digits.tolist()]
        found = [number for number in numbers if connection.execute(is_planned, (number,)).fetchone()]
    if found:
        yield found


def _many(journal: Journal, digits: np.ndarray) -> Iterator[list[str]]:
    """Look the plan's numbers up among those told, some at a time."""
    after, page = "", "SELECT DISTINCT number FROM messages WHERE number > ? ORDER BY number LIMIT ?"
    while True:
        with journal.reading() as connection:
            numbers = [number for (number,) in connection.execute(page, (after, _PAGE))]
        if not numbers:
            return
        after = numbers[-1]
        own = np.array([int(number[1:]) for number in numbers], np.uint64)
        at = np.minimum(np.searchsorted(digits, own), len(digits) - 1)
        found = [numbers[each] for each in np.flatnonzero(digits[at] == own)]
        if found:
            yield found
