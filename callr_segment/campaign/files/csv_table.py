"""A CSV file: fast where the file is in order, and the line of the fault where it is not."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from callr_segment.campaign.columns.arrow import TEXT
from callr_segment.campaign.files.layout import find_header, is_blank, is_total
from callr_segment.campaign.files.sources import SourceFile
from callr_segment.errors import InputError

__all__ = ["CsvFile", "read_text_file"]

SEPARATORS = ",;\t|"
SAMPLE = 50  # rows the separator is judged by
HEAD = 1 << 18  # bytes they are looked for in
CHUNK = 1 << 24  # bytes whose quotes are looked at together
LONGEST_ROW = 1 << 24  # bytes
TAIL = 1 << 12  # bytes that lines of totals are looked for in
QUOTE = ord('"')

_SAID = re.compile(r"\ufeff?\"?sep=(.)\"?\s*$", re.IGNORECASE)  # as spreadsheets write it first
_MARKS = (  # that of UTF-32 begins as that of UTF-16 does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class CsvFile(NamedTuple):
    """A CSV file that has been opened: its column names, its separator, and what stands under the header.

    Lines of totals at the end are not in the ``body``; ``left_out`` shows them.
    """

    names: tuple[str, ...]
    separator: str
    header_lines: int
    body: pa.Buffer
    left_out: tuple[str, ...] = ()

    @classmethod
    def open(
        cls,
        source: SourceFile,
        *,
        file_encoding: str | None = None,
        separator: str | None = None,
        header: int | None = None,
    ) -> CsvFile:
        """Find the header and the separator; a file is UTF-8, or UTF-16 that says so first, unless told."""
        data = _as_utf8(source, file_encoding)
        lines = _first_lines(data)
        if not "".join(lines).strip():
            raise InputError("the file is empty; it needs a header line with the names of its columns")
        said = _SAID.match(lines[0])
        separator = separator or (str(said[1]) if said else _fitting_separator(lines))
        names, header_lines = _read_header(lines, separator, skipped=bool(said), header=header)
        above = "".join(lines[:header_lines]).encode()
        body, left_out = _without_totals(data[len(above) :], separator)
        return cls(names, separator, header_lines, body, left_out)

    @property
    def header_row(self) -> int:
        """The line that the header ends on."""
        return self.header_lines

    @property
    def first_row(self) -> int:
        """What a spreadsheet calls the first row under the header."""
        return self.header_lines + 1

    def read(self, names: Sequence[str]) -> tuple[pa.Table, np.ndarray | range]:
        """Read columns as the exact texts of their cells: ``NA``, ``None`` and the empty cell are texts.

        Returns the columns, and the number that a spreadsheet gives each row; empty rows are left out.
        """
        if _has_odd_quotes(self.body, self.separator):
            self._check_rows()
        if not self.body[:HEAD].to_pybytes().strip() and len(self.body) <= HEAD:
            return pa.table({name: pa.array([], TEXT) for name in names}), range(0)
        if _has_blank_lines(self.body, self.separator):
            return self._read_between_blanks(names)
        try:
            table = self._parse([str(self.names.index(name)) for name in names]).rename_columns(list(names))
        except pa.ArrowInvalid:
            self._check_rows()
            return self._read_between_blanks(names)
        return table, range(self.first_row, self.first_row + len(table))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Give the cells of each row that is not empty, and the line it begins on."""
        for line, _, cells in self._lines():
            if not all(map(is_blank, cells)):
                yield line, cells

    def _parse(self, positions: list[str]) -> pa.Table:
        return arrow_csv.read_csv(
            pa.BufferReader(self.body),
            arrow_csv.ReadOptions(column_names=[*map(str, range(len(self.names)))], block_size=LONGEST_ROW),
            arrow_csv.ParseOptions(delimiter=self.separator, newlines_in_values=True),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(positions, TEXT),
                include_columns=positions,
                strings_can_be_null=False,
            ),
        )

    def _read_between_blanks(self, names: Sequence[str]) -> tuple[pa.Table, np.ndarray]:
        """Read rows one by one, so that those that are empty count as rows and are left out."""
        numbers: list[int] = []
        columns: list[list[str]] = [[] for _ in names]
        positions = [self.names.index(name) for name in names]
        for line, number, cells in self._lines():
            if all(map(is_blank, cells)):
                continue
            if len(cells) != len(self.names):
                raise self._shifted(line, len(cells))
            numbers.append(number)
            for column, at in zip(columns, positions, strict=True):
                column.append(cells[at])
        arrays = [pa.array(column, TEXT) for column in columns]
        return pa.table(arrays, names=list(names)), np.array(numbers, np.int64)

    def _lines(self) -> Iterator[tuple[int, int, list[str]]]:
        """Give each row as Python reads it: its line, its number in a spreadsheet, and its cells."""
        text = io.TextIOWrapper(pa.BufferReader(self.body), encoding="utf-8", newline="")
        reader = csv.reader(text, delimiter=self.separator, strict=True)
        line = self.header_lines + 1
        try:
            for number, cells in enumerate(reader, self.header_lines + 1):
                yield line, number, cells
                line = self.header_lines + reader.line_num + 1
        except csv.Error as error:
            message = f"line {line}: {error}; a quoted cell ends with its quote, and doubles those inside it"
            raise InputError(message, row=line) from None
        except UnicodeDecodeError:
            _decode(self.body.to_pybytes(), "utf-8", first_line=self.header_lines + 1)

    def _check_rows(self) -> None:
        """Go through the rows one by one, and refuse the first that is out of order."""
        for line, _, cells in self._lines():
            if len(cells) != len(self.names) and not all(map(is_blank, cells)):
                raise self._shifted(line, len(cells))

    def _shifted(self, line: int, cells: int) -> InputError:
        there = "1 cell" if cells == 1 else f"{cells} cells"
        way_out = f'put a cell that holds {self.separator!r} or a line break between quotes: "…"'
        message = f"line {line}: {there} under a header of {len(self.names)}; {way_out}"
        return InputError(message, row=line)


def read_text_file(source: SourceFile, file_encoding: str | None = None) -> str:
    """Read a whole file as text, told apart as a CSV is."""
    return _decode(_as_utf8(source, file_encoding).to_pybytes(), "utf-8")


def _as_utf8(source: SourceFile, file_encoding: str | None) -> pa.Buffer:
    """Map a file of UTF-8 into memory as it is; rewrite any other."""
    data = source.buffer()
    head = data[:4096].to_pybytes()
    if file_encoding is None:
        file_encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if _canonical(file_encoding) != "utf-8":
        return pa.py_buffer(_decode(data.to_pybytes(), str(file_encoding)).encode())
    if b"\0" in head:
        way_out = "save it as UTF-8 text, or say --file-encoding utf-16-le if that is what it is"
        raise InputError(f"line {head[: head.index(0)].count(10) + 1}: a NUL byte; {way_out}")
    return data.slice(3 if head.startswith(codecs.BOM_UTF8) else 0)


def _canonical(encoding: str | None) -> str:
    with suppress(LookupError, ValueError):
        found = codecs.lookup(encoding or "utf-8").name
        if "a".encode(found):  # one of text, and not of bytes
            return found
    message = f"{encoding!r} is no encoding of files; such are utf-8, utf-16 and cp1252"
    raise InputError(message, value=encoding)


def _decode(data: bytes, encoding: str, *, first_line: int = 1, whole: bool = True) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, whole)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "ignore").count("\n") + first_line
        byte = data[error.start]
        message = (
            f"line {line}: byte 0x{byte:02x} is not {encoding}; "
            "save the file as UTF-8, or say how it is written, such as --file-encoding cp1252 (of a"
            " price list --rate-encoding)"
        )
        raise InputError(message, row=line, value=byte) from None


def _first_lines(data: pa.Buffer) -> list[str]:
    """Read the first lines, all of the file or those that are complete; one at least."""
    size = HEAD
    while size < len(data):
        text = _decode(data[:size].to_pybytes(), "utf-8", whole=False)
        lines = list(io.StringIO(text, newline=""))
        if len(lines) > 1:
            return lines[:-1]
        size *= 2
    return list(io.StringIO(_decode(data.to_pybytes(), "utf-8"), newline=""))


def _fitting_separator(lines: Sequence[str]) -> str:
    """Pick the separator that cuts the first rows into the most columns, as many in each; else the header.

    Rows of one cell above are a title. Where a comma fits as well as another, it stands in decimals.
    """

    def fit(separator: str) -> tuple[bool, int, bool]:
        rows = [cells for cells in _sample(lines, separator) if not all(map(is_blank, cells))]
        while len(rows) > 2 and sum(not is_blank(cell) for cell in rows[0]) == 1 < len(rows[1]):
            rows = rows[1:]
        widths = [len(cells) for cells in rows] or [0]
        return len(set(widths)) == 1 and widths[0] > 1, widths[0], separator != ","

    return max(SEPARATORS, key=fit)


def _sample(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Read the first rows, up to one that is out of order or has a cell of over 131,072 characters."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(islice(csv.reader(lines, delimiter=separator, strict=True), SAMPLE))
    return rows


def _read_header(
    lines: Sequence[str], separator: str, *, skipped: bool, header: int | None
) -> tuple[tuple[str, ...], int]:
    """Read the names of the columns, and how many lines there are down to the last of them."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    rows, ends = [], []
    try:
        for cells in islice(reader, max(SAMPLE, header or 0)):
            rows.append([] if skipped and not rows else cells)
            ends.append(reader.line_num)
    except csv.Error as error:
        if not any(rows):
            raise InputError(f"line 1: {error}; check the quotes of the header") from None
    at = find_header(rows, header)
    if at is None:
        raise InputError("the first rows are empty; say header=, the row with the names of the columns")
    return tuple(name.strip() for name in rows[at]), ends[at]


def _has_blank_lines(body: pa.Buffer, separator: str) -> bool:
    """Tell whether a line may hold nothing but separators and empty cells."""
    blank = rb"[ \t\"" + re.escape(separator.encode()) + rb"]*(?:[\r\n]|\Z)"
    data = memoryview(body)
    ends = b"\n" if re.search(b"\n", data) else b"\r"
    return bool(re.match(blank, data) or re.search(ends + blank, data))


def _without_totals(body: pa.Buffer, separator: str) -> tuple[pa.Buffer, tuple[str, ...]]:
    """Cut the empty lines off the end, and those that add up the lines above."""
    blanks = re.compile(rb"(?:[\r\n][ \t" + re.escape(separator.encode()) + rb"]*)*\Z")
    start = max(len(body) - TAIL, 0)
    kept = blanks.sub(b"", body[start:].to_pybytes(), count=1)
    left_out: list[str] = []
    while (above := max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1) or not start:
        line = kept[above:].decode("utf-8", "replace")
        if QUOTE in kept[above:] or not is_total(line.split(separator)):
            break
        left_out.append(line)
        kept = blanks.sub(b"", kept[:above], count=1)
    return body[: start + len(kept)], tuple(left_out)


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
