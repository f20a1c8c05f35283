"""Rows that are alike as one kind: what is asked of a million rows is asked of a few hundred kinds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from callr_segment.campaign.columns.codes import compact

__all__ = ["NOBODY", "Alike", "Tried"]

NOBODY = np.zeros(0, np.intp)


class Alike(NamedTuple):
    """Rows that no rule tells apart, as one kind: the kind of each row, and a row of each kind."""

    kinds: np.ndarray
    rows: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray, size: int) -> Alike:
        """Make a kind of each code below ``size`` that occurs.

        >>> Alike.of(np.array([7, 3, 7]), 8)
        Alike(kinds=array([1, 0, 1]), rows=array([1, 2]))
        """
        present, kinds = compact(codes, size)
        rows = np.empty(len(present), np.intp)
        rows[kinds] = np.arange(len(codes))
        return cls(kinds, rows)

    def apart(self, rows: np.ndarray) -> Alike:
        """Make some rows kinds of their own, behind the others.

        >>> Alike.of(np.array([7, 3, 7]), 8).apart(np.array([0]))
        Alike(kinds=array([2, 0, 1]), rows=array([1, 2, 0]))
        """
        if not len(rows):
            return self
        kinds = self.kinds.copy()
        kinds[rows] = len(self.rows) + np.arange(len(rows))
        return Alike(kinds, np.concatenate([self.rows, rows]))


class Tried(NamedTuple):
    """Figures by the kinds of rows, and those of the rows that had to be looked at one by one.

    ``doubtful`` are rows that nothing is known of.
    """

    alike: Alike
    found: np.ndarray
    rows: np.ndarray = NOBODY
    found_apart: np.ndarray = NOBODY
    doubtful: np.ndarray = NOBODY

    def of(self, alike: Alike, apart: np.ndarray) -> np.ndarray:
        """Tell the figures by kinds none of which is larger; the last of them are the rows ``apart``."""
        found = self.found[self.alike.kinds[alike.rows]]
        found[len(found) - len(apart) + np.searchsorted(apart, self.rows)] = self.found_apart
        return found

    def of_rows(self) -> np.ndarray:
        """Tell the figure of each row."""
        found = self.found[self.alike.kinds]
        found[self.rows] = self.found_apart
        return found
