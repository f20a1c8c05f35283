"""The messages that come next: those that were not sent first, then the plan in its order, by pages."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING

from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.claims import Claim

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Upcoming"]

PAGE = 1024  # rows: few reads, and a fraction of a megabyte


class Upcoming:
    """What of a plan may still be sent; who has opted out by now is passed over and stays planned."""

    def __init__(self, book: Ledger, opted_out: np.ndarray) -> None:
        self._book, self._opted_out = book, opted_out
        self._returned: list[tuple[int, Claim]] = []
        self._ahead: deque[Claim] = deque()
        self._read, self._is_read = -1, False

    def first(self, most: int) -> list[Claim]:
        """Look at the next ones, so many at most."""
        while len(self._returned) + len(self._ahead) < most and not self._is_read:
            self._read_page()
        returned = [claim for _, claim in sorted(self._returned)[:most]]
        return [*returned, *islice(self._ahead, most - len(returned))]

    def take(self, claimed: int) -> None:
        """Go past the first so many: they are claimed."""
        for _ in range(claimed):
            if self._returned:
                heappop(self._returned)
            else:
                self._ahead.popleft()

    def give_back(self, claim: Claim) -> None:
        """Put a message first again: it certainly was not sent."""
        heappush(self._returned, (claim.row, claim))

    def _read_page(self) -> None:
        page = self._book.planned(self._read, PAGE)
        self._is_read = len(page) < PAGE
        if page:
            self._read = page[-1].row
            self._ahead.extend(claim for claim in page if not self._has_opted_out(claim.message.to))

    def _has_opted_out(self, number: str) -> bool:
        digits = int(number[1:])
        place = bisect_left(self._opted_out, digits)
        return place < len(self._opted_out) and self._opted_out[place] == digits
