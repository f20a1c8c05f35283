"""Columns as codes into their distinct values, so that work is done once per value and not per row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from callr_segment._core import columnar

__all__ = ["Codes", "combinations", "compact", "kinds_of"]


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


def kinds_of(
    columns: Sequence[Codes | str | None], *, rows: int
) -> tuple[np.ndarray, dict[int, tuple[Any, ...]]]:
    """Code the combinations of values as int32, and tell what each code that occurs stands for.

    Where but one column is coded its own codes do, and no row is touched.

    >>> codes, found = kinds_of([Codes(np.array([0, -1, 0], np.int32), ["FR", "BE"]), "marketing"], rows=3)
    >>> codes, found
    (array([ 0, -1,  0], dtype=int32), {-1: (None, 'marketing'), 0: ('FR', 'marketing')})
    """
    coded = [column for column in columns if isinstance(column, Codes)]
    if len(coded) != 1:
        index, found = combinations(columns, rows=rows)
        return index.astype(np.int32), dict(enumerate(found))
    codes, names = np.ascontiguousarray(coded[0].codes, np.int32), coded[0].names
    used = np.frombuffer(columnar.mark_used(codes, len(names)), np.bool_)
    at = next(at for at, column in enumerate(columns) if column is coded[0])
    before, after = tuple(columns[:at]), tuple(columns[at + 1 :])
    return codes, {
        code: (*before, names[code] if code >= 0 else None, *after)
        for code in (np.flatnonzero(used) - 1).tolist()
    }


def compact(codes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Renumber codes below ``size`` so that none is unused: the old codes, and the new column."""
    if size > max(1 << 16, 4 * len(codes)):
        return np.unique(codes, return_inverse=True)
    used = np.zeros(size, np.bool_)
    used[codes] = True
    return np.flatnonzero(used), (np.cumsum(used) - 1).take(codes)
