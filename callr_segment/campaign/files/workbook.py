"""What a workbook is made of, looked at before any library opens it: whole, and of bounded size.

An .xlsx is XML in a zip. A damaged or a hostile one makes readers run for minutes, take all memory or read
half a sheet in silence; so each part is unpacked here once, piece by piece, with its checksum, its XML and
the places its cells claim.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from collections import defaultdict
from collections.abc import Callable
from typing import IO, NamedTuple
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from callr_segment.errors import InputError, did_you_mean

__all__ = ["Merged", "Sheet", "check_workbook"]

CHUNK = 1 << 18  # bytes
LONGEST_CELL = 1 << 20  # bytes; its 32,767 characters (ECMA-376, 18.3.1.4) take less however they are written
LARGEST_PART = 1 << 31  # bytes
PLAUSIBLE_RATIO = 200  # what sheets are packed by is 5 to 100
SMALL = 1 << 26  # bytes that are unpacked whatever the ratio
MOST_PARTS = 10_000
MOST_ROWS, MOST_COLUMNS = 1 << 20, 1 << 14  # of a sheet
BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STYLES, STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"
MOST_EMPTY = 1 << 24  # cells that are empty between those that are not
SPARSEST = 32  # or as many to each that is not

_ROW = re.compile(rb"""<(?:\w+:)?(?:c|row)\s[^<>]*?\br=["'][A-Za-z]*([0-9]+)""")
_COLUMN = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Za-z]+)""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_STRING, _STRINGS = (
    re.compile(rb"<(?:\w+:)?si[\s/>]"),
    re.compile(rb"""\st=["']s["'][^<>]*>\s*<(?:\w+:)?v>([^<]*)<"""),
)
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?\bref=["']([A-Za-z]+)([0-9]+):[A-Za-z]+([0-9]+)""")
_COMPUTED = re.compile(rb"""<(?:\w+:)?f[\s/>]|\st=["']e["']""")


class Merged(NamedTuple):
    """Cells of a column that are merged, counted from 0: one value, which only the first holds."""

    column: int
    first: int
    last: int


class Sheet(NamedTuple):
    """A sheet of a workbook: its place, whether formulas or errors are in it, and what is merged."""

    at: int
    name: str
    computed: bool
    merged: tuple[Merged, ...] = ()


class _Part(NamedTuple):
    """A part that has been read through: what its cells claim."""

    rows: int
    columns: int
    cells: int
    computed: bool
    strings: int
    largest_string: int
    merged: tuple[Merged, ...]


def check_workbook(file: IO[bytes], sheet: str | int | None = None) -> Sheet:
    """Read a workbook through and find a sheet: the first, one by its name, or one by its number from 1.

    Raises InputError where it is damaged, implausibly large, or has no such sheet.
    """
    try:
        with ZipFile(file) as archive:
            return _check(archive, sheet)
    except (
        BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        zlib.error,
    ) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"this is no .xlsx workbook ({error}); save it again as .xlsx or .csv") from None


def _check(archive: ZipFile, sheet: str | int | None) -> Sheet:
    parts = {info.filename.lstrip("/"): info for info in archive.infolist()}
    if len(parts) > MOST_PARTS:
        raise InputError(f"a workbook of {len(parts):,} parts; check where it comes from")
    targets = {
        each["Id"]: each.get("Target", "") for each in _elements(archive, parts, LINKS, "Relationship")
    }
    named: list[tuple[str, str]] = []
    for each in _elements(archive, parts, BOOK, "sheet"):
        link = next((value for name, value in each.items() if name.endswith(":id")), "")
        path = posixpath.normpath(posixpath.join("/xl", targets.get(link, ""))).lstrip("/")
        if "chartsheet" not in path:
            named.append((each["name"], path))
    at = _place(sheet, [name for name, _ in named])
    shared = [_read_through(archive, parts[name]) for name in (STYLES, STRINGS) if name in parts]
    path = named[at][1]
    if path not in parts:
        raise InputError(f"the sheet {named[at][0]!r} is missing from the file; save it again")
    read = _read_through(archive, parts[path])
    _check_size(read)
    if read.largest_string >= max((part.strings for part in shared), default=0):
        raise InputError("a cell has a text that is not in the file; save the workbook again")
    return Sheet(at, named[at][0], read.computed, read.merged)


def _place(sheet: str | int | None, names: list[str]) -> int:
    if not names:
        raise InputError("the workbook has no sheet; save it again")
    if sheet is None:
        return 0
    if isinstance(sheet, str) and sheet in names:
        return names.index(sheet)
    number = int(sheet) if str(sheet).isdecimal() and len(str(sheet)) < 6 else 0
    if not 0 < number <= len(names):
        raise InputError(f"there is no sheet {sheet!r}; {did_you_mean(sheet, names)}", value=sheet)
    return number - 1


def _elements(
    archive: ZipFile, parts: dict[str, ZipInfo], name: str, tag: str
) -> list[defaultdict[str, str]]:
    """Read the attributes of the elements of a name."""
    found: list[defaultdict[str, str]] = []

    def read(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(":")[2] == tag:
            found.append(defaultdict(str, attributes))

    if name not in parts:
        raise InputError(f"this is no .xlsx workbook (there is no {name}); save it again as .xlsx or .csv")
    _read_through(archive, parts[name], read)
    return found


def _read_through(
    archive: ZipFile, part: ZipInfo, element: Callable[[str, dict[str, str]], None] | None = None
) -> _Part:
    """Unpack a part, and refuse it where its XML, its checksum or its size is out of order."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = element
    size, cells, computed, row, columns, strings, largest = 0, 0, False, 0, set[bytes](), 0, -1
    rest, merged = b"", list[Merged]()
    try:
        with archive.open(part) as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                _check_plausible(part, size)
                parser.Parse(chunk)
                piece, rest = _cut(rest + chunk)
                cells += len(_CELL.findall(piece))
                computed = computed or bool(_COMPUTED.search(piece))
                columns.update(_COLUMN.findall(piece))
                merged += [each for found in _MERGED.finditer(piece) if (each := _merged(*found.groups()))]
                strings += len(_STRING.findall(piece))
                largest = max(largest, *map(_string_index, set(_STRINGS.findall(piece))), -1)
                row = max(row, *(int(each[:20]) for each in set(_ROW.findall(piece))), 0)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise InputError(f"its {part.filename} is damaged ({error}); save the workbook again") from None
    width = max(map(_column_number, columns), default=0)
    return _Part(row, width, cells, computed, strings, largest, tuple(merged))


def _merged(letters: bytes, first: bytes, last: bytes) -> Merged | None:
    """Read the cells that are merged below one another in the first column of a range."""
    if last == first or len(first + last) > 2 * len(str(MOST_ROWS)):
        return None
    return Merged(_column_number(letters) - 1, int(first) - 1, int(last) - 1)


def _string_index(written: bytes) -> int:
    text = written.strip()
    if not text.isdigit() or len(text) > 9:
        raise InputError("a cell has a text that is not in the file; save the workbook again")
    return int(text)


def _refuse_doctype(*_: object) -> None:
    raise InputError("its XML declares entities, which no spreadsheet does; check where it comes from")


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Cut XML before the tag that is not complete."""
    if data.endswith(b">"):
        return data, b""
    at = data.rfind(b"<")
    if len(data) - max(at, 0) > LONGEST_CELL:
        raise InputError("a cell has over 32,767 characters; check where the workbook comes from")
    return (data[:at], data[at:]) if at >= 0 else (b"", data)


def _check_plausible(part: ZipInfo, size: int) -> None:
    most = min(LARGEST_PART, max(SMALL, part.compress_size * PLAUSIBLE_RATIO))
    if size > most:
        message = f"its {part.filename} unpacks to over {most >> 20} MiB; check where it comes from"
        raise InputError(message)


def _check_size(part: _Part) -> None:
    if part.rows > MOST_ROWS or part.columns > MOST_COLUMNS:
        raise InputError(
            f"a cell claims row {part.rows:,} and column {part.columns:,}; a sheet has {MOST_ROWS:,} rows of"
            f" {MOST_COLUMNS:,} columns: save the workbook again"
        )
    if part.rows * part.columns > max(MOST_EMPTY, SPARSEST * part.cells):
        raise InputError(
            f"{part.cells:,} cells are spread over {part.rows:,} rows of {part.columns:,} columns; delete"
            " those that stand far from the table, and save the workbook again"
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = 26 * number + letter - 64
    return number
