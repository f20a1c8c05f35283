"""How far a campaign is, for who watches it: counts, and the money that is spent."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from callr_segment.campaign.rates.money import cents, shown
from callr_segment.errors import MissingExtra
from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.reading import Counts

__all__ = ["Progress", "reporting", "say", "tell_wait"]

Progress = Callable[[Counts], object]

EVERY_SECONDS = 0.2


@contextmanager
def reporting(progress: bool | Progress | None, book: Ledger, budget: int) -> Iterator[Callable[[], object]]:
    """Show a bar when asked, or on a terminal; or call what was given, a few times a second and last."""
    if progress is None:
        progress = sys.stderr.isatty()
    if progress is False:
        yield lambda: None
    elif callable(progress):
        yield from _calling(progress, book)
    else:
        with _bar(book, budget) as show:
            yield from _calling(show, book)


def _calling(show: Progress, book: Ledger) -> Iterator[Callable[[], object]]:
    due = 0.0

    def report() -> None:
        nonlocal due
        if time.monotonic() >= due:
            show(book.counts())
            due = time.monotonic() + EVERY_SECONDS

    yield report
    show(book.counts())


@contextmanager
def _bar(book: Ledger, budget: int) -> Iterator[Progress]:
    try:
        from tqdm.auto import tqdm  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise MissingExtra('a progress bar needs pip install "callr-segment[cli]"') from error
    begun, (_, currency) = book.counts(), book.planned_cost_cents()
    with tqdm(
        total=begun.planned, initial=begun.planned - begun.not_sent, unit=" SMS", unit_scale=True
    ) as bar:

        def show(counts: Counts) -> None:
            spent, most = shown(counts.committed_cents, None), shown(cents(budget), currency)
            bar.set_postfix_str(f"{spent} of {most}", refresh=False)
            bar.update(counts.planned - counts.not_sent - bar.n)

        yield show


def say(counts: Counts, path: Path, resume_with: str | None, *, is_done: bool) -> None:
    """Tell on the terminal what became of every message, and how to go on where it is not the end."""
    print(counts, file=sys.stderr)
    if not is_done:
        print(f"resume with {resume_with or f'the same call on {path}'}", file=sys.stderr)


def tell_wait(until: datetime) -> None:
    """Tell on the terminal that the window is closed, and until when it waits."""
    print(f"the window is closed: waiting until {until:%A %Y-%m-%d %H:%M %Z}", file=sys.stderr)
