"""Frames of any library as Arrow tables of the columns that are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment.campaign.columns.arrow import (
    MALFORMED,
    TEXT,
    Column,
    arrow_column,
    number_column,
    room,
    text_column,
    word_column,
)
from callr_segment.campaign.columns.capsules import import_table
from callr_segment.errors import InputError, did_you_mean

__all__ = ["Frame", "to_pandas"]


class Frame:
    """A pandas, Polars or Arrow frame: its column names, its index, and its columns one by one.

    >>> Frame(pd.DataFrame({"name": ["Zoé"], "to": ["+33639980102"]})).names
    ('name', 'to')
    """

    def __init__(self, data: Any) -> None:
        if isinstance(data, pa.RecordBatch):
            data = pa.Table.from_batches([data])
        elif not isinstance(data, (pd.DataFrame, pa.Table)):
            data = self._as_table(data)
        self._data = data
        names = data.columns if isinstance(data, pd.DataFrame) else data.column_names
        self.names: tuple[Any, ...] = tuple(names)
        self.index: pd.Index = data.index if isinstance(data, pd.DataFrame) else pd.RangeIndex(len(data))

    @staticmethod
    def _as_table(data: Any) -> pa.Table:
        if hasattr(data, "__arrow_c_stream__") and hasattr(data, "columns"):
            return import_table(data)
        kind = type(data).__name__
        hint = "collect it first" if hasattr(data, "collect") else "pass a pandas, Polars or Arrow frame"
        raise InputError(f"a {kind} is not read as a frame; {hint}")

    def __len__(self) -> int:
        return len(self._data)

    def column(self, name: str) -> Any:
        """Find one column; a name that is not there, or there twice, is an error."""
        if self.names.count(name) != 1:
            problem = "stands in the frame twice" if name in self.names else "is not in the frame"
            way_out = "rename one of them" if name in self.names else did_you_mean(name, self.names)
            raise InputError(f"column {name!r} {problem}; {way_out}", column=name)
        return self._data[name]

    def read(
        self,
        names: Iterable[str],
        *,
        to: str | None = None,
        consent: str | None = None,
        integers: Collection[str] = (),
    ) -> pa.Table:
        """Read columns as texts, and mark the rows with lone surrogates in the column ``MALFORMED``.

        ``to`` is the column of phone numbers, ``consent`` one where truths and numbers stand for words,
        ``integers`` those where whole numbers stand for their digits. Texts may keep 32-bit offsets, for
        which they need no copy: see `widened`.
        """
        columns: dict[str, Column] = {}
        for name in names:
            if name == to:
                columns[name] = number_column(self.column(name), name)
                continue
            column = arrow_column(self.column(name), name)
            if name == consent:
                column = word_column(column)
            if column.texts.type != pa.string():
                column = text_column(column, name, integers=name in integers)
            columns[name] = column
        arrays = {name: column.texts for name, column in columns.items()}
        malformed = [column.malformed for column in columns.values() if column.malformed is not None]
        if malformed:
            arrays[MALFORMED] = pa.chunked_array([pa.array(sum(malformed[1:], malformed[0]))])
        if not arrays:  # a text without fields, sent as often as there are rows
            return pa.table({"": pa.nulls(len(self), TEXT)})
        return pa.table(arrays)


def to_pandas(table: pa.Table, index: pd.Index) -> pd.DataFrame:
    """Make a frame of a table: integers that may be missing, categories, and money as it is.

    >>> table = pa.table({"parts": pa.array([1, None], pa.int32())})
    >>> to_pandas(table, pd.Index(["a", "b"]))["parts"].to_dict()
    {'a': 1, 'b': None}
    """
    columns = {name: _pandas_array(table[name]) for name in table.column_names}
    return pd.DataFrame(columns, index=index, copy=False)


def _pandas_array(column: pa.ChunkedArray) -> Any:
    """Convert a column; what pyarrow would do of itself for some types takes several times as long."""
    kind = column.type
    if pa.types.is_decimal(kind):
        return pd.arrays.ArrowExtensionArray(column)
    if kind == pa.int32():
        return pd.arrays.IntegerArray(_cells(column.chunks, 0, np.int32), _missing(column))
    if pa.types.is_dictionary(kind):
        return _categories(column.unify_dictionaries())
    frame = pa.table({"": column}).to_pandas(types_mapper={pa.float64(): pd.Float64Dtype()}.get)
    return frame[""].array


def _categories(column: pa.ChunkedArray) -> Any:
    names = column.chunk(0).dictionary.to_pandas() if column.num_chunks else []
    indices = [chunk.indices for chunk in column.chunks]
    few = np.int8 if column.null_count == len(column) else column.type.index_type.to_pandas_dtype()
    codes = _cells(indices, -1, few)
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names), validate=False)


def _missing(column: pa.ChunkedArray) -> np.ndarray:
    if not column.null_count:
        return np.zeros(len(column), bool)
    return column.is_null().to_numpy()


def _cells(chunks: list[pa.Array], missing: int, kind: Any) -> np.ndarray:
    """Write integers in a row, with a value for what is missing."""
    cells, done = room(sum(map(len, chunks)), kind), 0
    for chunk in chunks:
        if chunk.null_count == len(chunk):
            here = missing
        else:
            here = (chunk.fill_null(missing) if chunk.null_count else chunk).to_numpy()
        cells[done : done + len(chunk)] = here
        done += len(chunk)
    return cells
