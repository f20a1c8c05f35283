"""Strings of Apple: ``"key" = "value";``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callr_segment.errors import InputError
from callr_segment.lint.findings import Entry
from callr_segment.lint.formats.escapes import unescape
from callr_segment.lint.sources import Source

__all__ = ["read"]

TEXT = r'"((?:[^"\\]|\\.)*)"'
PIECE = re.compile(rf"(?P<skipped>\s+|/\*.*?\*/|//[^\n]*)|(?:{TEXT}|([\w.-]+))\s*=\s*{TEXT}\s*;", re.DOTALL)
ESCAPE = re.compile(r"\\(?:[Uu][0-9A-Fa-f]{4}|[0-7]{3}|.)", re.DOTALL)
WRITTEN = {'"': '\\"', "\\": "\\\\"}
MEANS = {"n": "\n", "t": "\t", "r": "\r"}


def read(source: Source) -> Iterator[Entry]:
    """Read every value of a strings file."""
    at = 0
    while at < len(source.text):
        piece = PIECE.match(source.text, at)
        if piece is None:
            line = source.place(at).line
            raise InputError(
                f'{source.path}:{line}: not "key" = "value"; here: {source.line(line).strip()[:60]!r}'
            )
        if piece["skipped"] is None:
            key = piece[3] or unescape(piece[2], 0, ESCAPE, _meaning).text
            written = unescape(piece[4], piece.start(4), ESCAPE, _meaning)
            yield Entry(key, *written, dialect="printf", escapes=WRITTEN)
        at = piece.end()


def _meaning(match: re.Match[str]) -> str:
    said = match[0][1:]
    if said[0] in "Uu" and len(said) > 1:
        return chr(int(said[1:], 16))
    return chr(int(said, 8)) if said.isdigit() and len(said) > 1 else MEANS.get(said, said)
