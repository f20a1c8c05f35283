"""Frames of any library as Arrow tables of the columns that are asked for."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns import TEXT, Column, arrow_column, number_column, text_column
from callr_segment.campaign.plan import EXPECTED, MALFORMED, Plan, Setting
from callr_segment.errors import InputError, did_you_mean

__all__ = ["Frame"]


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
        self.names = tuple(names)
        self.index: pd.Index = data.index if isinstance(data, pd.DataFrame) else pd.RangeIndex(len(data))

    @staticmethod
    def _as_table(data: Any) -> pa.Table:
        if hasattr(data, "__arrow_c_stream__") and hasattr(data, "columns"):
            return pa.table(data)
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

    def read(self, plan: Plan) -> pa.Table:
        """Read the columns a plan needs, as texts, and mark the rows with lone surrogates."""
        columns = {name: self._read(name, plan) for name in plan.columns}
        arrays = {name: column.texts for name, column in columns.items()}
        malformed = [column.malformed for column in columns.values() if column.malformed is not None]
        if malformed:
            arrays[MALFORMED] = pa.chunked_array([pa.array(sum(malformed[1:], malformed[0]))])
        for setting in plan.settings:
            if setting.column is not None:
                _check_values(arrays[setting.column], setting)
        if not arrays:  # a text without fields, sent as often as there are rows
            return pa.table({"": pa.nulls(len(self), TEXT)})
        return pa.table(arrays)

    def _read(self, name: str, plan: Plan) -> Column:
        column = arrow_column(self.column(name), name)
        if name == plan.to:
            region = plan.default_region
            return number_column(column, name, regional=bool(region.value or region.column))
        integers = name in plan.fields and name not in plan.whole_texts
        return text_column(column, name, integers=integers)


def _check_values(column: pa.ChunkedArray, setting: Setting) -> None:
    """Refuse a cell that is no value of its option."""
    for value in column.unique().to_pylist():
        if value is not None and setting.refuses(value):
            row = pc.index(column, pa.scalar(value, column.type)).as_py()
            raise InputError(
                f"row {row}, column {setting.column!r}: {value!r} is not {EXPECTED[str(setting.option)]}",
                row=row,
                column=setting.column,
                value=value,
            )
