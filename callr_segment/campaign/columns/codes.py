"""Columns as codes into their distinct values, so that work is done once per value and not per row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Codes", "combinations", "compact"]


class Codes(NamedTuple):
    """A column as codes into its distinct names; the code -1 is a missing value.

    >>> Codes(np.array([0, 1, 0, -1]), ["FR", "BE"])
    Codes(codes=array([ 0,  1,  0, -1]), names=['FR', 'BE'])
    """

    codes: np.ndarray
    names: Sequence[Any]


def combinations(
    columns: Sequence[Codes | str | None], *, rows: int
) -> tuple[np.ndarray, list[tuple[str | None, ...]]]:
    """Find the combinations of values that occur, and tell by number which one each row has.

    A column that is a plain value has it in every row.

    >>> index, found = combinations([Codes(np.array([0, 1, 0]), ["FR", "BE"]), "marketing"], rows=3)
    >>> index.tolist(), found
    ([0, 1, 0], [('FR', 'marketing'), ('BE', 'marketing')])
    """
    index = np.zeros(rows, np.intp)
    found: list[tuple[str | None, ...]] = [()] if rows else []
    for column in columns:
        if not isinstance(column, Codes):
            found = [(*values, column) for values in found]
            continue
        names = (None, *column.names)
        index *= len(names)
        index += column.codes
        index += 1
        present, index = compact(index, len(found) * len(names))
        found = [(*found[code // len(names)], names[code % len(names)]) for code in present.tolist()]
    return index, found


def compact(codes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Renumber codes below ``size`` so that none is unused: the old codes, and the new column."""
    if size > max(1 << 16, 4 * len(codes)):
        return np.unique(codes, return_inverse=True)
    used = np.zeros(size, np.bool_)
    used[codes] = True
    return np.flatnonzero(used), (np.cumsum(used) - 1).take(codes)
