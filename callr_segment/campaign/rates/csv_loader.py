"""Rate cards as CSV: UTF-8, one header line, every cell read as text."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from os import PathLike, fspath
from pathlib import Path
from typing import IO

from callr_segment.campaign.rates.column_mapping import Shape
from callr_segment.campaign.rates.money import quoted
from callr_segment.campaign.rates.rows import Record, check_columns, known_columns
from callr_segment.errors import RateError

__all__ = ["Source", "name_of", "read_csv_records", "read_text"]

Source = str | PathLike[str] | IO[str] | IO[bytes]


def name_of(source: Source) -> str:
    """Tell what to call a source: its path, or the name of an open file."""
    if isinstance(source, (str, PathLike)):
        return fspath(source)
    return str(getattr(source, "name", "an open file"))


def read_csv_records(source: Source, shape: Shape) -> Iterator[Record]:
    """Read the records of a file, each with the number of its line; blank lines are passed over."""
    rows = _rows(read_text(source), shape)
    line, header = next(rows, (1, []))
    names = [name.strip() if shape.columns else name.strip().lower() for name in header]
    _check_header(names, f"line {line}", shape)
    for line, cells in rows:
        if len(cells) != len(names):
            raise RateError(
                f"line {line}: {len(cells)} cells under {len(names)} columns: quote a cell that holds the"
                " separator, and write decimals after a point",
                row=line,
            )
        yield line, {name: cell for name, cell in zip(names, cells, strict=True) if name}


def _check_header(names: Sequence[str], place: str, shape: Shape) -> None:
    twice = next((name for at, name in enumerate(names) if name and name in names[:at]), None)
    if twice:
        raise RateError(f"{place}: two columns are called {quoted(twice)}: rename one", column=twice)
    if shape.columns is None:
        check_columns(filter(None, names), place=place, unit=shape.unit)


def _rows(text: str, shape: Shape) -> Iterator[tuple[int, list[str]]]:
    """Cut the text into rows of cells, each with the line it begins on."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text, shape), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise RateError(f"line {line}: {error}: check its quotes", row=line) from None


def _separator(text: str, shape: Shape) -> str:
    """Pick the separator under which the header holds the most known columns, then the most columns."""
    header = text.lstrip().partition("\n")[0]
    known = {*known_columns(shape.unit), *(name.lower() for name in shape.sources)}

    def columns_found(separator: str) -> tuple[int, int]:
        names = [name.strip().strip('"').lower() for name in header.split(separator)]
        return sum(name in known for name in names), len(names)

    return max(",;\t", key=columns_found)


def read_text(source: Source) -> str:
    """Read a path or an open file as UTF-8, with a byte order mark or without."""
    data = Path(source).read_bytes() if isinstance(source, (str, PathLike)) else source.read()
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start]
        message = f"line {line}: byte 0x{byte:02x} is not UTF-8: save the file as UTF-8"
        raise RateError(message, row=line) from None
