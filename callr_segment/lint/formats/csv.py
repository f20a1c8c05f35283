"""CSV: the columns of texts of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from callr_segment.errors import InputError
from callr_segment.lint.findings import Entry
from callr_segment.lint.formats.escapes import Written, unescape
from callr_segment.lint.sources import Source

__all__ = ["read"]

NAMES = frozenset(("text", "body", "message", "sms", "content", "template", "texte", "corps", "contenu"))
SEPARATORS = ",;\t|"
DOUBLED = re.compile('""')


class _Cell(NamedTuple):
    """A cell: the line of the table it is in, from 0 on, its column, and its text."""

    row: int
    column: int
    written: Written


def read(source: Source) -> Iterator[Entry]:
    """Read the cells of the columns that are called text, body, message, sms, content or template."""
    separator = max(SEPARATORS, key=source.text.partition("\n")[0].count)
    cells = _cells(source.text, separator)
    names: dict[int, str] = {}
    for row, column, written in cells:
        if row == 0:
            names[column] = written.text.strip().lower()
        elif not NAMES & set(names.values()):
            raise InputError(
                f"{source.path}: no column of texts; call one of {', '.join(names.values())} 'text'"
            )
        elif names.get(column) in NAMES and written.text:
            quoted = source.text[written.offsets[0] - 1 : written.offsets[0]] == '"'
            escapes = {'"': '""'} if quoted else dict.fromkeys(f'"{separator}')
            yield Entry(f"{row}.{names[column]}", *written, escapes=escapes)


def _cells(text: str, separator: str) -> Iterator[_Cell]:
    cell = re.compile(rf'(?:"((?:[^"]|"")*)"|([^{separator}\r\n]*))({separator}|\r?\n|\r|$)')
    at, row, column = 1 if text.startswith("\ufeff") else 0, 0, 0
    while at < len(text):
        found = cell.match(text, at)
        if found is None:
            line = text.count("\n", 0, at) + 1
            raise InputError(f"line {line}: a quote is opened and not closed before the next {separator!r}")
        group = 1 if found[1] is not None else 2
        yield _Cell(row, column, unescape(found[group], found.start(group), DOUBLED, lambda _: '"'))
        row, column = (row, column + 1) if found[3] == separator else (row + 1, 0)
        at = found.end()
