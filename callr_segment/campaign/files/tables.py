"""The files of the command line: recipients and opt-outs in, rows and reports out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from callr_segment.campaign.columns.arrow import TEXT, holds_texts, plain
from callr_segment.campaign.files.csv_table import CsvFile, read_text_file
from callr_segment.campaign.files.excel_table import XlsxFile
from callr_segment.errors import InputError, did_you_mean

__all__ = [
    "PAGES",
    "ROWS",
    "TableFile",
    "check_output",
    "naming",
    "open_table",
    "read_numbers",
    "read_templates",
    "read_text",
    "write_page",
    "write_rows",
]

TABLES = (".csv", ".tsv", ".parquet", ".xlsx")
ROWS = (".parquet", ".csv")
"""What `write_rows` writes."""
PAGES = (".html", ".htm")
"""What `write_page` writes."""
FORMULA = "^[=+\\-@\t\r\n＝＋－＠]"
NUMBER = "^\\+[0-9]{1,15}$"


class _Format(Protocol):
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def first_row(self) -> int: ...
    def read(self, names: Sequence[str]) -> pa.Table: ...


class _ParquetFile(NamedTuple):
    names: tuple[str, ...]
    first_row: int
    path: Path

    @classmethod
    def open(cls, path: Path) -> _ParquetFile:
        try:
            return cls(tuple(parquet.read_schema(path).names), 0, path)
        except pa.ArrowInvalid as error:
            raise InputError(f"this is no Parquet file: {error}; write it again") from error

    def read(self, names: Sequence[str]) -> pa.Table:
        return parquet.read_table(self.path, columns=list(names))


class TableFile(NamedTuple):
    """A file of named columns, opened: ``names`` at once, the columns when they are read."""

    path: Path
    content: _Format

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return self.content.names

    def read(self, names: Sequence[str]) -> pd.DataFrame:
        """Read some columns; the index ``row`` numbers the rows as a spreadsheet does, in Parquet from 0.

        Raises InputError for a column that is not there, and for a row that is out of order.
        """
        for name in names:
            if name not in self.names:
                message = f"column {name!r} is not in {self.path.name}; {did_you_mean(name, self.names)}"
                raise InputError(message, column=name)
        columns = list(names) or list(self.names[:1])  # so that the rows are counted
        with naming(self.path):
            frame = self.content.read(columns).to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
        first = self.content.first_row
        return frame.set_axis(pd.RangeIndex(first, first + len(frame), name="row"))


def open_table(path: Path, *, file_encoding: str | None = None, separator: str | None = None) -> TableFile:
    r"""Open a file of recipients: CSV, Parquet or an Excel workbook, told by the end of its name.

    All cells of a CSV are read as text. ``file_encoding`` is that of a CSV that is not UTF-8, such as
    ``"cp1252"``: nothing is guessed. Raises InputError, with the line and the way out, for one out of order.

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
    kind = path.suffix.lower()
    if kind not in TABLES:
        raise InputError(f"{path.name} is not one of {', '.join(TABLES)}; save it as one", value=str(path))
    separator = {"tab": "\t"}.get(separator or "", separator)
    if separator is not None and len(separator) != 1:
        raise InputError(
            f"separator {separator!r} is not one character; such are , ; | and tab", value=separator
        )
    with naming(path):
        if kind == ".parquet":
            content: _Format = _ParquetFile.open(path)
        elif kind == ".xlsx":
            content = XlsxFile.open(path)
        else:
            content = CsvFile.open(path, file_encoding=file_encoding, separator=separator)
        _check_names(content.names)
    return TableFile(path, content)


def _check_names(names: Sequence[str]) -> None:
    twice = next((name for at, name in enumerate(names) if name and name in names[:at]), None)
    if twice is not None:
        raise InputError(f"two columns are called {twice!r}; rename one", column=twice)


def read_text(path: Path) -> str:
    """Read a text to send from a file of UTF-8, without the line break editors put at its end."""
    with naming(path):
        text = read_text_file(path)
    return text.removesuffix("\n").removesuffix("\r")


def read_templates(path: Path) -> dict[str, str]:
    """Read texts by name from a JSON object; a name that stands there twice is an error."""
    with naming(path):
        try:
            found = json.loads(read_text_file(path), object_pairs_hook=_object)
        except json.JSONDecodeError as error:
            raise InputError(f"line {error.lineno}: {error.msg}; write JSON", row=error.lineno) from None
        if not (isinstance(found, dict) and all(isinstance(text, str) for text in found.values())):
            raise InputError('texts are a JSON object of names and texts, {"fr": "Bonjour {first_name}"}')
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"two texts are called {twice!r}; rename one", column=twice)
    return found


def read_numbers(path: Path, *, column: str | None = None, file_encoding: str | None = None) -> pd.Series:
    """Read phone numbers such as those that opted out: one on each line of a .txt, or a column of a table.

    The column is ``column`` if there is one, else the only one; a header that is a number is one of them.
    """
    if path.suffix.lower() == ".txt":
        with naming(path):
            lines = read_text_file(path, file_encoding).splitlines()
        return pd.Series([line.strip() for line in lines if line.strip()], dtype=str)
    table = open_table(path, file_encoding=file_encoding)
    name = table.names[0] if len(table.names) == 1 else column
    if name is None:
        raise InputError(f"{path.name} has several columns; leave only that of the numbers")
    numbers = table.read([name])[name].dropna()
    if name[:1] in "+0123456789":
        numbers = pd.concat([pd.Series([name], dtype=numbers.dtype), numbers])
    return numbers[numbers != ""]


def check_output(path: Path, kinds: Sequence[str], *, force: bool = False) -> None:
    """Refuse a path that will not be written, before the work that would be lost.

    Raises InputError where a file exists already, unless ``force``, and for a name that does not end in one
    of ``kinds``.
    """
    if path.suffix.lower() not in kinds:
        raise InputError(f"{path.name} is not one of {', '.join(kinds)}; name it so", value=str(path))
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}; make it first", value=str(path))
    if path.is_dir() or (path.exists() and not force):
        raise _taken(path)


def write_rows(rows: pa.Table, path: Path, *, index: pd.Index | None = None, force: bool = False) -> None:
    """Write the rows of an estimate to a new .parquet or .csv, all of it or nothing.

    In CSV a text that a spreadsheet would run as a formula gets an apostrophe before it; a number such as
    ``+33639981020`` is none. ``force`` replaces a file that exists.
    """
    check_output(path, ROWS, force=force)
    if index is not None:
        rows = rows.add_column(0, str(index.name or "row"), pa.array(index))
    with _replacing(path, force=force) as file:
        if path.suffix.lower() == ".parquet":
            parquet.write_table(rows, file)
        else:
            csv.write_csv(_harmless(rows), file)


def write_page(page: str, path: Path, *, force: bool = False) -> None:
    """Write a report to a new .html, all of it or nothing; ``force`` replaces one with another content."""
    content = page.encode()
    if path.is_file() and path.read_bytes() == content:
        return
    check_output(path, PAGES, force=force)
    with _replacing(path, force=force) as file:
        file.write(content)


def _harmless(rows: pa.Table) -> pa.Table:
    """Put an apostrophe before each text that begins like a formula and is no phone number."""
    columns = [_apostrophes(plain(column)) if holds_texts(column.type) else column for column in rows.columns]
    names = _apostrophes(pa.chunked_array([rows.column_names], TEXT))
    return pa.Table.from_arrays(columns, [str(name) for name in names])


def _apostrophes(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = texts.cast(TEXT)
    risky = pc.and_not(pc.match_substring_regex(texts, FORMULA), pc.match_substring_regex(texts, NUMBER))
    return pc.if_else(risky, pc.replace_substring_regex(texts, "^", "'", max_replacements=1), texts)


@contextmanager
def _replacing(path: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """Open a file beside the path, and give it the path's name once it is complete."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _rename(temporary, path, force=force)
    finally:
        temporary.unlink(missing_ok=True)


def _rename(temporary: Path, path: Path, *, force: bool) -> None:
    if not force:
        with suppress(PermissionError):  # a file system without links
            try:
                os.link(temporary, path)
            except FileExistsError:
                raise _taken(path) from None
            return
        if path.exists():
            raise _taken(path)
    temporary.replace(path)


def _taken(path: Path) -> InputError:
    if path.is_dir():
        return InputError(f"{path} is a folder; name a file in it", value=str(path))
    return InputError(
        f"{path} exists; name another file, or replace it with force=True (--force)", value=str(path)
    )


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Say of an error in which file it stands."""
    try:
        yield
    except InputError as error:
        message = f"{path.name}: {error}"
        raise InputError(message, row=error.row, column=error.column, value=error.value) from None
