"""Recipients as an Excel workbook: the texts and the whole numbers of its first sheet."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import pyarrow as pa

from callr_segment._core.records import shorten
from callr_segment.campaign.columns.arrow import LARGEST_EXACT, TEXT
from callr_segment.errors import InputError, MissingExtra

__all__ = ["XlsxFile"]

ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))

Row = tuple[Any, ...]


class XlsxFile(NamedTuple):
    """A workbook that has been opened: the column names of its first sheet, and the rows under them."""

    names: tuple[str, ...]
    first_row: int
    rows: list[Row]

    @classmethod
    def open(cls, path: Path) -> XlsxFile:
        """Read the first sheet; its first row that is not empty holds the names of the columns."""
        rows = _first_sheet(path, results=False)
        if any(_is_formula(cell) for row in rows for cell in row):
            rows = _with_results(rows, _first_sheet(path, results=True))
        header = next((at for at, row in enumerate(rows) if any(row)), None)
        if header is None:
            raise InputError("the first sheet is empty; it needs a row with the names of its columns")
        while not any(cell is not None for cell in rows[-1]):
            rows.pop()
        names = tuple("" if cell is None else str(cell).strip() for cell in rows[header])
        return cls(names, header + 2, rows[header + 1 :])

    def read(self, names: Sequence[str]) -> pa.Table:
        """Read columns as texts: whole numbers as their digits, an empty cell as an empty text."""
        return pa.table({name: pa.array(self._column(name), TEXT) for name in names})

    def _column(self, name: str) -> list[str]:
        at = self.names.index(name)
        cells = (row[at] if at < len(row) else None for row in self.rows)
        return [self._text(cell, row, name) for row, cell in enumerate(cells)]

    def _text(self, cell: Any, row: int, name: str) -> str:
        if cell is None:
            return ""
        if type(cell) in (int, float) and abs(cell) <= LARGEST_EXACT and cell == int(cell):
            return str(int(cell))
        if isinstance(cell, str) and cell not in ERRORS:
            return cell
        line, shown = self.first_row + row, shorten(str(cell))
        way_out = "write it in the sheet as the text people will read"
        message = f"row {line}, column {name!r}: {shown} is {_kind(cell)}; {way_out}"
        raise InputError(message, row=line, column=name, value=cell)


class _Formula(NamedTuple):
    """A formula that no program has computed yet."""

    text: str

    def __str__(self) -> str:
        return self.text


def _kind(cell: Any) -> str:
    if isinstance(cell, _Formula):
        return "a formula without a result"
    return "an error" if isinstance(cell, str) else f"a {type(cell).__name__}"


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def _with_results(rows: list[Row], results: list[Row]) -> list[Row]:
    """Put the results of formulas in their place; a text that begins with ``=`` is its own."""
    return [
        tuple(
            _Formula(cell) if result is None and _is_formula(cell) else result
            for cell, result in zip(row, found, strict=True)
        )
        for row, found in zip(rows, results, strict=True)
    ]


def _first_sheet(path: Path, *, results: bool) -> list[Row]:
    try:
        from openpyxl import load_workbook  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise MissingExtra('reading a workbook needs openpyxl: pip install "callr-segment[cli]"') from error
    with warnings.catch_warnings(action="ignore"):  # of styles and extensions that hold no data
        try:
            book = load_workbook(path, read_only=True, data_only=results)
        except (BadZipFile, KeyError, ValueError) as error:
            raise InputError(
                f"this is no .xlsx workbook ({error}); save it again as .xlsx or .csv"
            ) from error
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write them wrong
        rows = list(sheet.iter_rows(values_only=True))
        book.close()
    return rows
