"""Strings of Android: ``<string>``, plurals and arrays of a resource file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from xml.parsers import expat

from callr_segment.errors import InputError
from callr_segment.lint.findings import Entry
from callr_segment.lint.formats.escapes import Written
from callr_segment.lint.sources import Source

__all__ = ["read"]

WRITTEN = {"'": "\\'", '"': '\\"', "<": "&lt;", "&": "&amp;", "\\": "\\\\", "@": "\\@", "?": "\\?"}
ESCAPES = {"n": "\n", "t": "\t"}
REFERENCE = re.compile(r"@(?:\w+:)?\w+/\w")


def read(source: Source) -> Iterator[Entry]:
    """Read every text of an Android resource file; a reference to another resource is none."""
    for key, raw in _Reader(source).read():
        if not REFERENCE.match(raw.text):
            written = _android(raw)
            yield Entry(key, *written, dialect="printf", escapes=WRITTEN)


class _Reader:
    """Gathers the characters of each element that holds a text."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._data = source.text.encode("utf-8")
        self._starts = [0, *accumulate(len(char.encode()) for char in source.text)]
        self._names: list[str] = []
        self._counts: list[int] = []
        self._open: list[tuple[str, int]] | None = None
        self._found: list[tuple[str, Written]] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._refuse

    def read(self) -> list[tuple[str, Written]]:
        """Parse the whole file."""
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            where = f"{self._source.path}:{error.lineno}:{error.offset + 1}"
            raise InputError(f"{where}: not XML: {expat.errors.messages[error.code]}") from None
        return self._found

    def _refuse(self, *_: object) -> None:
        line = self._parser.CurrentLineNumber
        raise InputError(f"{self._source.path}:{line}: entities are not declared in strings; write the text")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._counts.append(0)
        if tag == "item" and len(self._counts) > 1:
            place = attributes.get("quantity", str(self._counts[-2]))
            self._counts[-2] += 1
            self._names.append(f"{self._names[-1]}.{place}")
        else:
            self._names.append(attributes.get("name", tag))
        if tag in ("string", "item"):
            self._open = []

    def _end(self, tag: str) -> None:
        name = self._names.pop()
        self._counts.pop()
        if tag in ("string", "item") and self._open is not None:
            chars = self._open
            end = chars[-1][1] + 1 if chars else 0
            self._found.append((name, Written("".join(c for c, _ in chars), [*(at for _, at in chars), end])))
            self._open = None

    def _characters(self, data: str) -> None:
        if self._open is not None:
            start = bisect_right(self._starts, self._parser.CurrentByteIndex) - 1
            self._open += [(char, start + at) for at, char in enumerate(data)]


def _android(raw: Written) -> Written:
    r"""Read what Android makes of a text: ``\'``, ``\u00e7``, quotes, and white space that counts once."""
    text, offsets, at, quoted, loose = "", list[int](), 0, False, False
    while at < len(raw.text):
        char, size, was_loose, loose = raw.text[at], 1, loose, False
        if char == "\\" and at + 1 < len(raw.text):
            char, size = _escaped(raw.text[at + 1 : at + 6])
        elif char == '"':
            quoted, char = not quoted, ""
        elif char.isspace() and not quoted:
            char, loose = "" if not text or was_loose else " ", True
        text += char
        offsets += [raw.offsets[at]] * len(char)
        at += size
    end = raw.offsets[-1]
    if loose and text:
        text, end = text[:-1], offsets.pop()
    return Written(text, [*offsets, end])


def _escaped(rest: str) -> tuple[str, int]:
    """Tell what an escape says, by what follows its backslash, and how long it is."""
    if rest[0] == "u" and re.fullmatch("[0-9A-Fa-f]{4}", rest[1:5]):
        return chr(int(rest[1:5], 16)), 6
    return ESCAPES.get(rest[0], rest[0]), 2
