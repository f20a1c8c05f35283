"""Rows that are alike as one class: what is asked of a million rows is asked of a few hundred classes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from callr_segment.campaign.columns.codes import compact

__all__ = ["NOBODY", "RowClasses", "Trial"]

NOBODY = np.zeros(0, np.intp)


class RowClasses(NamedTuple):
    """An equivalence of rows that no rule tells apart: what is computed per class is exact for all its rows.

    ``classes`` intp[n]: the class of each row. ``representatives`` intp[classes]: one row of each class.
    """

    classes: np.ndarray
    representatives: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray, size: int) -> RowClasses:
        """Make a class of each code below ``size`` that occurs.

        >>> RowClasses.of(np.array([7, 3, 7]), 8)
        RowClasses(classes=array([1, 0, 1]), representatives=array([1, 2]))
        """
        present, classes = compact(codes, size)
        rows = np.empty(len(present), np.intp)
        rows[classes] = np.arange(len(codes))
        return cls(classes, rows)

    def apart(self, rows: np.ndarray) -> RowClasses:
        """Make some rows classes of their own, behind the others.

        >>> RowClasses.of(np.array([7, 3, 7]), 8).apart(np.array([0]))
        RowClasses(classes=array([2, 0, 1]), representatives=array([1, 2, 0]))
        """
        if not len(rows):
            return self
        classes = self.classes.copy()
        classes[rows] = len(self.representatives) + np.arange(len(rows))
        return RowClasses(classes, np.concatenate([self.representatives, rows]))


class Trial(NamedTuple):
    """Figures by the classes of rows, and those of the rows that had to be looked at one by one.

    ``doubtful`` are rows that nothing is known of.
    """

    partition: RowClasses
    found: np.ndarray
    rows: np.ndarray = NOBODY
    found_apart: np.ndarray = NOBODY
    doubtful: np.ndarray = NOBODY

    def of(self, partition: RowClasses, apart: np.ndarray) -> np.ndarray:
        """Map the figures onto a finer partition, whose last classes are the rows ``apart``."""
        found = self.found[self.partition.classes[partition.representatives]]
        found[len(found) - len(apart) + np.searchsorted(apart, self.rows)] = self.found_apart
        return found

    def of_rows(self) -> np.ndarray:
        """Tell the figure of each row."""
        found = self.found[self.partition.classes]
        found[self.rows] = self.found_apart
        return found
