"""The messages that come next: those that were not sent first, then the plan in its order, by pages."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from itertools import islice

from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.claims import Claim

__all__ = ["SendQueue"]

PAGE = 1024  # rows: few reads, and a fraction of a megabyte


class SendQueue:
    """What of a plan is still to be sent, in the order in which it is."""

    def __init__(self, book: Ledger) -> None:
        self._book = book
        self._returned: list[tuple[int, Claim]] = []
        self._ahead: deque[Claim] = deque()
        self._read, self._is_read = -1, False

    def peek(self, most: int) -> list[Claim]:
        """Look at the next ones, so many at most."""
        while len(self._returned) + len(self._ahead) < most and not self._is_read:
            self._read_page()
        returned = [claim for _, claim in sorted(self._returned)[:most]]
        return [*returned, *islice(self._ahead, most - len(returned))]

    def pop(self, count: int) -> None:
        """Go past the first so many: they are claimed, or need not be any more."""
        for _ in range(count):
            if self._returned:
                heappop(self._returned)
            else:
                self._ahead.popleft()

    def push_back(self, claim: Claim) -> None:
        """Put a message first again: it certainly was not sent."""
        heappush(self._returned, (claim.row, claim))

    def _read_page(self) -> None:
        page = self._book.planned(self._read, PAGE)
        self._is_read = len(page) < PAGE
        if page:
            self._read = page[-1].row
            self._ahead.extend(page)
