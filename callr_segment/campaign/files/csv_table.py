"""Recipients as CSV: fast where the file is in order, and the line of the fault where it is not."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from callr_segment.campaign.columns.arrow import TEXT
from callr_segment.errors import InputError

__all__ = ["CsvFile", "read_text_file"]

SEPARATORS = ",;\t|"
SAMPLE = 50  # rows the separator is judged by
HEAD = 1 << 18  # bytes they are looked for in
CHUNK = 1 << 24  # bytes whose quotes are looked at together
LONGEST_ROW = 1 << 24  # bytes
QUOTE = ord('"')


class CsvFile(NamedTuple):
    """A CSV file that has been opened: its column names, its separator, and what stands under the header."""

    names: tuple[str, ...]
    separator: str
    header_lines: int
    body: pa.Buffer

    @classmethod
    def open(cls, path: Path, *, file_encoding: str | None = None, separator: str | None = None) -> CsvFile:
        """Find the header and the separator; a file is UTF-8, or UTF-16 that says so first, unless told."""
        data = _as_utf8(path, file_encoding)
        lines = _first_lines(data)
        if not "".join(lines).strip():
            raise InputError("the file is empty; it needs a header line with the names of its columns")
        separator = separator or _fitting_separator(lines)
        names, header_lines = _read_header(lines, separator)
        header = "".join(lines[:header_lines])
        return cls(names, separator, header_lines, data[len(header.encode()) :])

    @property
    def first_row(self) -> int:
        """What a spreadsheet calls the first row under the header."""
        return self.header_lines + 1

    def read(self, names: Sequence[str]) -> pa.Table:
        """Read columns as the exact texts of their cells: ``NA``, ``None`` and the empty cell are texts."""
        if _has_odd_quotes(self.body, self.separator):
            self._check_rows()
        if not self.body[:HEAD].to_pybytes().strip() and len(self.body) <= HEAD:
            return pa.table({name: pa.array([], TEXT) for name in names})
        try:
            return self._parse([str(self.names.index(name)) for name in names]).rename_columns(list(names))
        except pa.ArrowInvalid as error:
            self._check_rows()
            raise InputError(f"{error}; check the quotes of long cells") from error

    def _parse(self, positions: list[str]) -> pa.Table:
        return arrow_csv.read_csv(
            self._octets(),
            arrow_csv.ReadOptions(column_names=[*map(str, range(len(self.names)))], block_size=LONGEST_ROW),
            arrow_csv.ParseOptions(delimiter=self.separator, newlines_in_values=True),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(positions, TEXT),
                include_columns=positions,
                strings_can_be_null=False,
            ),
        )

    def _octets(self) -> Any:
        return pa.BufferReader(self.body)

    def _check_rows(self) -> None:
        """Go through the rows one by one, and refuse the first that is out of order."""
        text = io.TextIOWrapper(self._octets(), encoding="utf-8", newline="")
        reader = csv.reader(text, delimiter=self.separator, strict=True)
        line = self.header_lines + 1
        try:
            for cells in reader:
                if cells and len(cells) != len(self.names):
                    raise self._shifted(line, len(cells))
                line = self.header_lines + reader.line_num + 1
        except csv.Error as error:
            message = f"line {line}: {error}; a quoted cell ends with its quote, and doubles those inside it"
            raise InputError(message, row=line) from None
        except UnicodeDecodeError:
            _decode(self.body.to_pybytes(), "utf-8", first_line=self.header_lines + 1)

    def _shifted(self, line: int, cells: int) -> InputError:
        there = "1 cell" if cells == 1 else f"{cells} cells"
        way_out = f'put a cell that holds {self.separator!r} or a line break between quotes: "…"'
        message = f"line {line}: {there} under a header of {len(self.names)}; {way_out}"
        return InputError(message, row=line)


def read_text_file(path: Path, file_encoding: str | None = None) -> str:
    """Read a whole file as text, told apart as a CSV is."""
    return _decode(_as_utf8(path, file_encoding).to_pybytes(), "utf-8")


def _as_utf8(path: Path, file_encoding: str | None) -> pa.Buffer:
    """Map a file of UTF-8 into memory as it is; rewrite any other."""
    with path.open("rb") as file:
        head = file.read(4096)
    if file_encoding is None and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        file_encoding = "utf-16"
    if _canonical(file_encoding) != "utf-8":
        return pa.py_buffer(_decode(path.read_bytes(), str(file_encoding)).encode())
    if b"\0" in head:
        way_out = "save it as UTF-8 text, or say --file-encoding utf-16-le if that is what it is"
        raise InputError(f"line {head[: head.index(0)].count(10) + 1}: a NUL byte; {way_out}")
    if not head:
        return pa.py_buffer(b"")
    return pa.memory_map(str(path)).read_buffer().slice(3 if head.startswith(codecs.BOM_UTF8) else 0)


def _canonical(encoding: str | None) -> str:
    try:
        return codecs.lookup(encoding or "utf-8").name
    except LookupError:
        message = f"{encoding!r} is no encoding of files; such are utf-8, utf-16 and cp1252"
        raise InputError(message, value=encoding) from None


def _decode(data: bytes, encoding: str, *, first_line: int = 1, whole: bool = True) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, whole)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "ignore").count("\n") + first_line
        byte = data[error.start]
        message = (
            f"line {line}: byte 0x{byte:02x} is not {encoding}; "
            "save the file as UTF-8, or say how it is written, such as --file-encoding cp1252"
        )
        raise InputError(message, row=line, value=byte) from None


def _first_lines(data: pa.Buffer) -> list[str]:
    whole = len(data) <= HEAD
    lines = list(io.StringIO(_decode(data[:HEAD].to_pybytes(), "utf-8", whole=whole), newline=""))
    return lines if whole or len(lines) == 1 else lines[:-1]


def _fitting_separator(lines: Sequence[str]) -> str:
    """Pick the separator that cuts the first rows into the most columns, as many in each; else the header."""

    def fit(separator: str) -> tuple[bool, int]:
        widths = [len(cells) for cells in islice(csv.reader(lines, delimiter=separator), SAMPLE) if cells]
        return len(set(widths)) == 1 and widths[0] > 1, widths[0]

    return max(SEPARATORS, key=fit)


def _read_header(lines: Sequence[str], separator: str) -> tuple[tuple[str, ...], int]:
    """Read the names of the columns, and how many lines they take."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        names = tuple(name.strip() for name in next(filter(None, reader)))
    except csv.Error as error:
        raise InputError(f"line 1: {error}; check the quotes of the header") from None
    return names, reader.line_num


def _has_odd_quotes(body: pa.Buffer, separator: str) -> bool:
    """Tell whether a quote does not open a cell, close it, or stand doubled inside it."""
    data = np.frombuffer(memoryview(body), np.uint8)
    edges = np.frombuffer(f'{separator}\r\n"'.encode(), np.uint8)
    seen = 0
    for start in range(0, len(data), CHUNK):
        quotes = start + np.flatnonzero(data[start : start + CHUNK] == QUOTE)
        opening, closing = quotes[seen % 2 :: 2], quotes[(seen + 1) % 2 :: 2]
        before, after = data[opening[opening > 0] - 1], data[closing[closing < len(data) - 1] + 1]
        if not (np.isin(before, edges).all() and np.isin(after, edges).all()):
            return True
        seen += len(quotes)
    return seen % 2 == 1
