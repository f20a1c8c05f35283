"""Many texts at once: the same answers as `segment`, in columns."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment._core import columnar
from callr_segment._core.hooks import force_gsm
from callr_segment._core.records import not_gsm
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.campaign.columns.arrow import arrow_column, holds_texts, is_arrow, room, text_column
from callr_segment.errors import InputError
from callr_segment.typing import Encoding, Errors

__all__ = ["SegmentTable", "segment_many"]


class SegmentTable:
    """What each of many texts comes to: one NumPy column per answer, one cell per text.

    ``is_gsm`` says in which encoding it is sent; ``units``, ``parts``, ``remaining``, ``over_by`` and
    ``extensions`` mean what they mean for one text. Where ``is_missing``, the others are 0. ``to_pandas``
    gives a frame with the index of the input and missing values where texts are missing.
    """

    def __init__(
        self, counts: Any, *, encoding: Encoding | None, limits: Limits, index: pd.Index | None = None
    ) -> None:
        self._counts = counts
        self._encoding = encoding
        self._limits = limits
        self._index = index

    def __reduce__(self) -> tuple[object, ...]:
        names = ("is_gsm", "is_missing", "units", "parts", "last", "extensions")
        cells = {name: bytearray(memoryview(getattr(self._counts, name)).cast("B")) for name in names}
        return _rebuild, (cells, self._encoding, self._limits, self._index)

    def __len__(self) -> int:
        return len(self.is_missing)

    @cached_property
    def is_gsm(self) -> np.ndarray:
        """Whether each is sent as GSM."""
        if self._encoding is None:
            return self._flags("is_gsm")
        return np.full(len(self), self._encoding == "gsm") & ~self.is_missing

    @cached_property
    def is_missing(self) -> np.ndarray:
        """Where there is no text."""
        return self._flags("is_missing")

    @cached_property
    def units(self) -> np.ndarray:
        """Septets, or UTF-16 code units."""
        return self._numbers("units")

    @cached_property
    def parts(self) -> np.ndarray:
        """How many parts each is billed as."""
        return self._numbers("parts")

    @cached_property
    def extensions(self) -> np.ndarray:
        """How many characters of each count two septets."""
        return self._numbers("extensions")

    @cached_property
    def remaining(self) -> np.ndarray:
        """Units that still fit into the last part of each."""
        return self._edges[0]

    @cached_property
    def over_by(self) -> np.ndarray:
        """Units over the previous edge, 0 for one part."""
        return self._edges[1]

    @cached_property
    def _edges(self) -> tuple[np.ndarray, np.ndarray]:
        remaining, over_by = room(len(self), np.int32), room(len(self), np.int32)
        if len(self):
            counts = (self.is_gsm, self.is_missing, self.units, self.parts, self._numbers("last"))
            columnar.measure_edges(*counts, limits=self._limits, remaining=remaining, over_by=over_by)
        return remaining, over_by

    def _flags(self, name: str) -> np.ndarray:
        return np.frombuffer(getattr(self._counts, name), np.bool_)

    def _numbers(self, name: str) -> np.ndarray:
        return np.frombuffer(getattr(self._counts, name), np.int32)

    def to_arrow(self) -> pa.Table:
        """Return the columns as an Arrow table, null where the text is missing."""
        names = ("is_gsm", "units", "parts", "remaining", "over_by", "extensions")
        return pa.table({name: pa.array(getattr(self, name), mask=self.is_missing) for name in names})

    def to_pandas(self) -> pd.DataFrame:
        """Return a frame with the index of the input, missing where the text is.

        >>> segment_many(["a", None]).to_pandas()["units"].tolist()
        [1, <NA>]
        """
        kinds = {pa.bool_(): pd.BooleanDtype(), pa.int32(): pd.Int32Dtype()}
        frame = self.to_arrow().to_pandas(types_mapper=kinds.get)
        return frame if self._index is None else frame.set_index(self._index)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        gsm, parts = int(self.is_gsm.sum()), int(self.parts.sum(dtype=np.int64))
        missing = int(self.is_missing.sum())
        absent = f", missing={missing:,}" if missing else ""
        return f"SegmentTable(texts={len(self):,}, gsm={gsm:,}, parts={parts:,}{absent})"


def segment_many(
    texts: Any,
    *,
    encoding: Encoding | None = None,
    errors: Errors = "strict",
    limits: Limits | None = None,
    threads: int | None = None,
) -> SegmentTable:
    """Tell how each of many texts will be sent: in which encoding, in how many parts, and what is left.

    ``texts`` is a list, a NumPy array, a pandas or Polars column, or anything that speaks the Arrow PyCapsule
    interface. None, NaN and NA are missing and stay so. A cell that is no text raises InputError with its
    row.

    >>> table = segment_many(["Bonjour", "Où ça ?", None])
    >>> table
    SegmentTable(texts=3, gsm=1, parts=2, missing=1)
    >>> table.units
    array([7, 7, 0], dtype=int32)
    """
    if not isinstance(texts, Iterable) and not is_arrow(texts):
        raise InputError(
            f"segment_many takes a column of texts, not {texts!r:.60}; pass a list, or use segment(text)",
            value=texts,
        )
    if isinstance(texts, Iterable) and not (hasattr(texts, "__len__") or is_arrow(texts)):
        texts = list(texts)
    if is_arrow(texts) and not any(hasattr(texts, name) for name in ("dtype", "columns", "type")):
        texts = arrow_column(texts).texts  # a stream is read once
    counts = _count(texts, encoding=encoding, limits=limits, threads=threads)
    if encoding == "gsm":
        counts = _forced(texts, counts, errors, limits)
    index = texts.index if isinstance(texts, pd.Series) else None
    return SegmentTable(counts, encoding=encoding, limits=limits or LIMITS, index=index)


def _count(
    texts: Any, *, encoding: Encoding | None, limits: Limits | None, threads: int | None = None
) -> Any:
    if isinstance(texts, (str, bytes, dict)) or hasattr(texts, "columns"):
        kind = type(texts).__name__
        raise InputError(
            f"segment_many takes a column of texts, not a {kind}; pass one column, or use segment(text)"
        )
    if not any(hasattr(texts, name) for name in ("dtype", "__arrow_c_stream__", "__arrow_c_array__")):
        return columnar.count_objects(texts, encoding=encoding, limits=limits)
    if hasattr(texts, "dtype") and texts.dtype == object:
        values = texts if isinstance(texts, np.ndarray) else texts.to_numpy()
        return columnar.count_objects(values, encoding=encoding, limits=limits)
    column = arrow_column(texts)
    if not holds_texts(column.texts.type):
        column = text_column(column, getattr(texts, "name", None))
    return columnar.count_arrow(column.texts, encoding=encoding, limits=limits, threads=threads)


def _forced(texts: Any, counts: Any, errors: Errors, limits: Limits | None) -> Any:
    """Deal with the texts that GSM cannot carry, as `errors` says; `?` for each is what was counted."""
    guilty = np.flatnonzero(
        (np.frombuffer(counts.is_gsm, np.uint8) | np.frombuffer(counts.is_missing, np.uint8)) == 0
    )
    if not len(guilty):
        return counts
    values = list(texts) if isinstance(texts, (list, tuple)) else arrow_column(texts).texts.to_pylist()
    if errors == "strict":
        raise not_gsm(values[guilty[0]], row=int(guilty[0]), column=getattr(texts, "name", None))
    for row in guilty.tolist():
        values[row] = force_gsm(values[row], errors)
    return columnar.count_objects(values, encoding="gsm", limits=limits)


def _rebuild(
    cells: dict[str, bytearray], encoding: Encoding | None, limits: Limits, index: pd.Index | None
) -> SegmentTable:
    return SegmentTable(SimpleNamespace(**cells), encoding=encoding, limits=limits, index=index)
