"""A sheet of an Excel workbook, as texts and as cells: read by calamine where no cell was computed.

Calamine is twenty times as fast, and shows a formula without its result, and an error, as an empty cell; so
sheets that have any are read by openpyxl.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa

from callr_segment._core.records import shorten
from callr_segment.campaign.columns.arrow import LARGEST_EXACT, TEXT
from callr_segment.campaign.files.layout import find_header, is_blank, is_total
from callr_segment.campaign.files.sources import SourceFile
from callr_segment.campaign.files.workbook import Merged, Sheet, check_workbook
from callr_segment.errors import InputError, MissingExtra

__all__ = ["ExcelFile"]

ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
LONGEST_TEXT = 32_767  # characters of a cell (ECMA-376, 18.3.1.4)

Row = Sequence[Any]


class ExcelFile(NamedTuple):
    """A sheet that has been read: its column names, its rows that are not empty, and their numbers."""

    names: tuple[str, ...]
    header_row: int
    numbers: tuple[int, ...]
    cells: tuple[Row, ...]
    left_out: tuple[str, ...] = ()

    @classmethod
    def open(
        cls, source: SourceFile, *, sheet: str | int | None = None, header: int | None = None
    ) -> ExcelFile:
        """Read a sheet, the first unless told; ``header`` is the row that holds the names of the columns."""
        rows, merged = _sheet_rows(source, sheet)
        at = find_header(rows, header)
        if at is None:
            raise InputError("the first sheet is empty; it needs a row with the names of its columns")
        names = tuple("" if cell is None else str(cell).strip() for cell in rows[at])
        _fill_merged(rows, [each for each in merged if each.first > at])
        filled = [(n, row) for n, row in enumerate(rows[at + 1 :], at + 2) if not all(map(is_blank, row))]
        left_out = []
        while filled and is_total(filled[-1][1]):
            left_out.append(" ".join(str(_whole(cell)) for cell in filled.pop()[1] if not is_blank(cell)))
        numbers, cells = zip(*filled, strict=True) if filled else ((), ())
        return cls(names, at + 1, numbers, cells, tuple(left_out))

    def read(self, names: Sequence[str]) -> tuple[pa.Table, np.ndarray]:
        """Read columns as texts: whole numbers as their digits, an empty cell as an empty text, no error."""
        table = pa.table({name: pa.array(self._column(name), TEXT) for name in names})
        return table, np.array(self.numbers, np.int64)

    def holds_texts(self, name: str) -> bool:
        """Whether all cells of a column can be read as texts."""
        at = self.names.index(name)
        cells = (row[at] if at < len(row) else None for row in self.cells)
        return all(
            cell is None or isinstance(cell, (str, _Formula)) or type(_whole(cell)) is int for cell in cells
        )

    def values(self, name: str) -> list[Any]:
        """Give the cells of a column as they are; an error is None."""
        at = self.names.index(name)
        rows = zip(self.numbers, self.cells, strict=True)
        cells = [self._value(row[at] if at < len(row) else None, number) for number, row in rows]
        return [None if isinstance(cell, str) and cell in ERRORS else cell for cell in cells]

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Give the cells of each row as they are, with its number."""
        width = len(self.names)
        for number, row in zip(self.numbers, self.cells, strict=True):
            cells = [self._value(cell, number) for cell in row]
            while len(cells) > width and cells[-1] is None:
                cells.pop()
            yield number, cells + [None] * (width - len(cells))

    def _value(self, cell: Any, number: int) -> Any:
        if isinstance(cell, _Formula):
            raise self._refusal(cell, number, None)
        if isinstance(cell, datetime) and cell.time() == time():
            return cell.date()
        return _whole(cell)

    def _column(self, name: str) -> list[str | None]:
        at = self.names.index(name)
        cells = (row[at] if at < len(row) else None for row in self.cells)
        return [self._text(cell, number, name) for number, cell in zip(self.numbers, cells, strict=True)]

    def _text(self, cell: Any, number: int, name: str) -> str | None:
        if cell is None:
            return ""
        if isinstance(cell, str):
            return None if cell in ERRORS else cell
        if type(whole := _whole(cell)) is int:
            return str(whole)
        raise self._refusal(cell, number, name)

    def _refusal(self, cell: Any, number: int, name: str | None) -> InputError:
        shown, place = (
            shorten(str(cell)),
            f"row {number}" if name is None else f"row {number}, column {name!r}",
        )
        way_out = "write it in the sheet as the text people will read"
        message = f"{place}: {shown} is {_kind(cell)}; {way_out}"
        return InputError(message, row=number, column=name, value=cell)


class _Formula(NamedTuple):
    """A formula that no program has computed yet."""

    text: str

    def __str__(self) -> str:
        return self.text


def _kind(cell: Any) -> str:
    return "a formula without a result" if isinstance(cell, _Formula) else f"a {type(cell).__name__}"


def _whole(cell: Any) -> Any:
    """Read a number as a spreadsheet shows it: without decimals where it has none."""
    is_whole = type(cell) in (int, float) and abs(cell) <= LARGEST_EXACT and cell == int(cell)
    return int(cell) if is_whole else cell


def _fill_merged(rows: list[Any], merged: Sequence[Merged]) -> None:
    """Write the value of merged cells in each of their rows, as people see it."""
    for column, first, last in merged:
        value = rows[first][column] if first < len(rows) and column < len(rows[first]) else None
        for at in range(first + 1, min(last + 1, len(rows)) if value is not None else 0):
            row = rows[at]
            if len(row) > column and row[column] is None:
                rows[at] = (*row[:column], value, *row[column + 1 :])


def _sheet_rows(source: SourceFile, sheet: str | int | None) -> tuple[list[Any], tuple[Merged, ...]]:
    """Read the rows of a sheet, the first of which is row 1, and what is merged in it."""
    data = memoryview(source.buffer())
    found = check_workbook(io.BytesIO(data), sheet)
    read = _read_computed if found.computed else _read_plain
    try:
        return [tuple(map(_short, row)) for row in read(io.BytesIO(data), found)], found.merged
    except (InputError, MissingExtra, MemoryError):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        problem = " ".join(str(error).split())[:200]
        raise InputError(f"the workbook is damaged ({problem}); save it again as .xlsx or .csv") from None


def _short(cell: Any) -> Any:
    if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
        raise InputError("a cell has over 32,767 characters; check where the workbook comes from")
    return None if cell == "" else cell


def _read_plain(file: io.BytesIO, sheet: Sheet) -> list[Any]:
    try:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415 (optional)
    except ImportError:
        return _read_openpyxl(file, sheet, results=True)
    with CalamineWorkbook.from_filelike(file) as book:
        found = book.get_sheet_by_name(sheet.name)
        return [] if found.end is None else found.to_python(skip_empty_area=False)


def _read_computed(file: io.BytesIO, sheet: Sheet) -> list[Any]:
    """Put the results of formulas in their place; a text that begins with ``=`` is its own."""
    rows = _read_openpyxl(file, sheet, results=False)
    if not any(_is_formula(cell) for row in rows for cell in row):
        return rows
    return [
        tuple(
            _Formula(getattr(cell, "text", cell)) if result is None and _is_formula(cell) else result
            for cell, result in zip(row, found, strict=True)
        )
        for row, found in zip(rows, _read_openpyxl(file, sheet, results=True), strict=True)
    ]


def _is_formula(cell: Any) -> bool:
    return (isinstance(cell, str) and cell.startswith("=")) or type(cell).__name__.endswith("Formula")


def _read_openpyxl(file: io.BytesIO, sheet: Sheet, *, results: bool) -> list[Any]:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 (optional)
        from openpyxl.utils.escape import unescape  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra('reading a workbook needs openpyxl: pip install "callr-segment[cli]"') from error
    with warnings.catch_warnings(action="ignore"):  # of styles and extensions that hold no data
        try:
            book = load_workbook(file, read_only=True, data_only=results)
        except (BadZipFile, KeyError, ValueError) as error:
            raise InputError(
                f"this is no .xlsx workbook ({error}); save it again as .xlsx or .csv"
            ) from error
        found = book.worksheets[sheet.at]
        found.reset_dimensions()  # some programs write them wrong
        rows = [
            tuple(unescape(cell) if isinstance(cell, str) and "_x" in cell else cell for cell in row)
            for row in found.iter_rows(values_only=True)
        ]
        book.close()
    return rows
