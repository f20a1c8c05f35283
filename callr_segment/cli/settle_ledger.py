"""``callr-segment replan``, ``recover`` and ``purge``: what only a person decides of a campaign."""

from __future__ import annotations

from pathlib import Path

import callr_segment as sms
from callr_segment.cli.console import FINE

__all__ = ["purge", "recover", "replan"]


def replan(
    ledger: Path,
    /,
    *,
    unknown: bool = False,
    may_duplicate: bool = False,
    rejected: bool = False,
    row: list[int] | None = None,
) -> int:
    """Plan messages again that are unknown, or that Callr refused; `resume` sends them.

    :param ledger: The file that remembers.
    :param unknown: Those that may have been sent: look for them with `reconcile --search` first.
    :param may_duplicate: Accept that some of them are sent twice.
    :param rejected: Those that Callr refused, though what it made a receipt of may be charged twice.
    :param row: Only this row, as `status` lists it; may be given several times.
    """
    with sms.Ledger(ledger, must_exist=True) as book:
        count = book.replan(row, may_duplicate=unknown and may_duplicate, rejected=rejected)
        print(f"{count:,} planned again: {book}")
    return FINE


def recover(ledger: Path, /, *, old_copy: bool = False) -> int:
    """Use a ledger again whose log is lost for good, or an older copy: all it may have sent is unknown.

    :param ledger: The file that remembers.
    :param old_copy: It is an older copy of a ledger that was sent from since, though it looks sound.
    """
    with sms.Ledger.recover(ledger, old_copy=old_copy) as book:
        print(book)
    return FINE


def purge(ledger: Path, /, *, unfinished: bool = False) -> int:
    """Remove every number and text from a ledger, and keep the totals; it cannot be undone.

    :param ledger: The file that remembers.
    :param unfinished: Give up what is not sent or unknown.
    """
    with sms.Ledger(ledger, must_exist=True) as book:
        book.purge(unfinished=unfinished)
        print(book)
    return FINE
