"""The one door to tables: recipients, opt-outs and price lists, from any kind of file."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment.campaign.files.csv_table import CsvFile, read_text_file
from callr_segment.campaign.files.excel_table import ExcelFile
from callr_segment.campaign.files.parquet_table import ParquetFile
from callr_segment.campaign.files.sources import Source, SourceFile, naming, open_source
from callr_segment.errors import InputError, did_you_mean

__all__ = ["TABLES", "TableFile", "naming", "open_table", "read", "read_numbers"]

TABLES = (".csv", ".tsv", ".parquet", ".xlsx", ".xlsm")
"""What `open_table` reads; the first two also with .gz behind."""


class _Format(Protocol):
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def header_row(self) -> int: ...
    def read(self, names: Sequence[str]) -> tuple[pa.Table, np.ndarray | range]: ...
    def rows(self) -> Iterator[tuple[int, list[Any]]]: ...


class TableFile(NamedTuple):
    """A file of named columns, opened: ``names`` at once, the columns when they are read.

    ``noun`` is what its rows are called: lines in CSV, else rows.
    """

    name: str
    noun: str
    content: _Format

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return self.content.names

    def read(self, names: Sequence[str]) -> pd.DataFrame:
        """Read some columns; the index ``row`` numbers the rows as a spreadsheet does, in Parquet from 0.

        Empty rows are left out. Raises InputError for a column that is not there, and for a row that is out
        of order.
        """
        for name in names:
            if name not in self.names:
                message = f"column {name!r} is not in {self.name}; {did_you_mean(name, self.names)}"
                raise InputError(message, column=name)
        columns = list(names) or list(self.names[:1])  # so that the rows are counted
        with naming(self.name):
            table, numbers = self.content.read(columns)
        frame = table.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
        is_range = isinstance(numbers, range)
        index = pd.RangeIndex(numbers.start, numbers.stop) if is_range else pd.Index(numbers)
        return frame.set_axis(index.rename("row"))

    @property
    def header_row(self) -> int:
        """The row that holds the names, 0 in Parquet."""
        return self.content.header_row

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Give the number of each row that is not empty and its cells, as many as there are."""
        return self.content.rows()


def open_table(
    source: Source | SourceFile,
    *,
    sheet: str | int | None = None,
    header: int | None = None,
    file_encoding: str | None = None,
    separator: str | None = None,
) -> TableFile:
    r"""Open a table: CSV, Parquet or an Excel workbook, told by the end of its name.

    ``source`` is a path, ``-`` for standard input, or an open file; a CSV may be packed by gzip. All cells of
    a CSV are read as text. ``sheet`` is one of a workbook, by name or by number from 1; ``header`` the row
    with the names of the columns, where it is not found. ``file_encoding`` is that of a CSV that is not
    UTF-8, such as ``"cp1252"``: nothing is guessed. Raises InputError, with the line and the way out, for one
    out of order.

    >>> Path("some.csv").write_text("to;first_name\n+33639981020;Zoé\n", encoding="utf-8")
    31
    >>> recipients = open_table(Path("some.csv"))
    >>> recipients.names
    ('to', 'first_name')
    >>> recipients.read(["first_name"])
        first_name
    row
    2          Zoé
    """
    file = open_source(source, TABLES)
    separator = {"tab": "\t"}.get(separator or "", separator)
    if separator is not None and (len(separator) != 1 or not separator.isascii() or separator in '"\r\n'):
        raise InputError(
            f"separator {separator!r} is not one character; such are , ; | and tab", value=separator
        )
    with naming(file.name):
        content: _Format
        if file.kind == ".parquet":
            content = ParquetFile.open(file)
        elif file.kind in (".xlsx", ".xlsm"):
            content = ExcelFile.open(file, sheet=sheet, header=header)
        else:
            content = CsvFile.open(file, file_encoding=file_encoding, separator=separator, header=header)
        _check_sheet(sheet, content)
        _check_names(content.names)
    for line in getattr(content, "left_out", ()):
        message = f"{file.name or 'the table'}: {line.strip()!r} at its end is taken for a total and left out"
        warnings.warn(message, UserWarning, stacklevel=3)
    return TableFile(file.name, "line" if isinstance(content, CsvFile) else "row", content)


def _check_sheet(sheet: str | int | None, content: _Format) -> None:
    if sheet is not None and not isinstance(content, ExcelFile):
        raise InputError(f"sheet {sheet!r}: only a workbook has sheets; leave it out", value=sheet)


def _check_names(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in filter(None, names):
        if name in seen:
            raise InputError(f"two columns are called {name!r}; rename one", column=name)
        seen.add(name)


def read(
    source: Source,
    *,
    columns: Sequence[str] | None = None,
    sheet: str | int | None = None,
    header: int | None = None,
    encoding: str | None = None,
    separator: str | None = None,
) -> pd.DataFrame:
    r"""Read recipients exactly as they are written: a frame in which ``0612…`` keeps its zero.

    ``source`` is a path to .csv, .tsv, .csv.gz, .parquet, .xlsx or .xlsm, ``"-"`` for standard input, or an
    open file. A title above the header, empty rows and a line of totals at the end are left out. ``columns``
    are those to read, else all with a name; ``sheet`` is one of a workbook, by name or by number from 1;
    ``header`` the row with the names of the columns, from 1, where it is not found. Nothing is guessed of an
    ``encoding`` that is not UTF-8, such as ``"cp1252"``.

    Returns a frame of texts, in Parquet of the types it has; columns of a workbook that hold dates or
    decimals have them as they are, unless they are asked for by ``columns``. The index ``row`` is the number
    that a spreadsheet shows (in Parquet from 0). Cells that hold an error, such as #N/A, are missing. Raises
    InputError, with the place and the way out.

    >>> import callr_segment as sms
    >>> members = Path("members.csv")
    >>> members.write_text("Members of 2026;;\n;;\nto;name;town\n0639981020;Zoé;Lyon\n", encoding="utf-8")
    54
    >>> sms.read(members)
               to name  town
    row
    4  0639981020  Zoé  Lyon
    """
    table = open_table(source, sheet=sheet, header=header, file_encoding=encoding, separator=separator)
    if columns is not None:
        return table.read(columns)
    names = list(filter(None, table.names))
    if not isinstance(table.content, ExcelFile):
        return table.read(names)
    with naming(table.name):
        others = {name: table.content.values(name) for name in names if not table.content.holds_texts(name)}
    texts = [name for name in names if name not in others]
    index = pd.Index(table.content.numbers, name="row")
    frame = table.read(texts) if texts else pd.DataFrame(index=index)
    for name, values in others.items():
        frame[name] = pd.Series(values, frame.index, dtype=object)
    return frame[names]


def read_numbers(
    path: Path,
    *,
    column: str | None = None,
    file_encoding: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
) -> pd.Series:
    """Read phone numbers such as those that opted out: one on each line of a .txt, or a column of a table.

    The column is ``column`` if there is one, else the only one; a header that is a number is one of them.
    """
    if path.suffix.lower() == ".txt":
        with naming(path):
            lines = read_text_file(SourceFile(path.name, ".txt", None, path.read_bytes()), file_encoding)
        return pd.Series([line.strip() for line in lines.splitlines() if line.strip()], dtype=str)
    table = open_table(path, file_encoding=file_encoding, sheet=sheet, header=header)
    name = table.names[0] if len(table.names) == 1 else column
    if name is None:
        raise InputError(f"{path.name} has several columns; leave only that of the numbers")
    numbers = table.read([name])[name].dropna()
    if name[:1] in "+0123456789":
        numbers = pd.concat([pd.Series([name], dtype=numbers.dtype), numbers])
    return numbers[numbers != ""]
