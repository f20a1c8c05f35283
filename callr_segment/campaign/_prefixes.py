"""The longest prefix of many numbers at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

LONGEST_NUMBER = 15  # digits, ITU-T E.164 clause 6.1
LARGEST_TABLE = 10**6
POWERS = 10 ** np.arange(LONGEST_NUMBER + 1, dtype=np.uint64)


class Prefixes(NamedTuple):
    """Prefixes laid out as ranges of numbers that are all padded with zeros to ``width`` digits.

    ``texts[node]`` is a prefix; node 0 is None, for a number that has none. ``owners[i]`` is the node of the
    numbers from ``edges[i]`` on; where ``width`` is small, ``table`` says the same of each number.
    """

    texts: tuple[str | None, ...]
    width: int
    lengths: np.ndarray
    parents: np.ndarray
    edges: np.ndarray
    owners: np.ndarray
    table: np.ndarray | None

    @classmethod
    def of(cls, prefixes: Iterable[str]) -> Prefixes:
        """Lay prefixes out; each is of digits and does not begin with 0."""
        texts = sorted(set(prefixes), key=len)
        width = len(texts[-1]) if texts else 0
        starts = np.array([int(text.ljust(width, "0")) for text in texts], np.uint64)
        lengths = np.array([0, *map(len, texts)])
        stops = starts + POWERS[width - lengths[1:]]
        edges = np.unique(np.concatenate([np.zeros(1, np.uint64), starts, stops]))
        owners, parents = _paint(np.searchsorted(edges, starts), np.searchsorted(edges, stops), len(edges))
        table = None
        if POWERS[width] <= LARGEST_TABLE:
            table = np.repeat(owners, np.diff(edges, append=POWERS[width]).astype(np.intp))
        return cls((None, *texts), width, lengths, parents, edges, owners, table)

    def longest(self, numbers: np.ndarray) -> np.ndarray:
        """Find the node of the longest prefix of each number, given as uint64; 0 is no number."""
        numbers = np.where(numbers < POWERS[-1], numbers, 0)
        digits = _count_digits(numbers)
        numbers *= POWERS[::-1][digits]
        numbers //= POWERS[LONGEST_NUMBER - self.width]
        nodes = self._owners_of(numbers)
        # The zeros a short number was padded with are not digits of it.
        while (padded := self.lengths[nodes] > digits).any():
            nodes = np.where(padded, self.parents[nodes], nodes)
        return nodes

    def _owners_of(self, heads: np.ndarray) -> np.ndarray:
        if self.table is not None:
            return self.table[heads.astype(np.intp)]
        return self.owners[np.searchsorted(self.edges, heads, side="right") - 1]


def _paint(begins: np.ndarray, ends: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Paint longer prefixes over the shorter ones: what each covers is its parent."""
    owners = np.zeros(size, np.intp)
    parents = np.zeros(len(begins) + 1, np.intp)
    for node, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True), 1):
        parents[node] = owners[begin]
        owners[begin:end] = node
    return owners, parents


def _count_digits(numbers: np.ndarray) -> np.ndarray:
    least, most = (numbers.min(), numbers.max()) if len(numbers) else (0, 0)
    digits = np.full(len(numbers), np.count_nonzero(least >= POWERS), np.intp)
    for power in POWERS[(least < POWERS) & (most >= POWERS)]:
        digits += numbers >= power
    return digits
