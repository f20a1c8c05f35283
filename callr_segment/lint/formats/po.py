"""Gettext: PO files, and the templates of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from callr_segment.errors import InputError
from callr_segment.lint.findings import Entry
from callr_segment.lint.formats.escapes import Written, join, unescape
from callr_segment.lint.sources import Source, split_lines

__all__ = ["read"]

LINE = re.compile(
    r'[ \t]*(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)[ \t]*)?"((?:[^"\\]|\\.)*)"[ \t]*$'
)
ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|[0-7]{1,3}|.)")
WRITTEN = {'"': '\\"', "\\": "\\\\"}
MEANS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
FORMATS = {
    "python-format": "printf",
    "c-format": "printf",
    "python-brace-format": "brace",
    "ruby-format": "ruby",
}


class _Message(NamedTuple):
    """An entry as it is written: its flags, and its texts by keyword."""

    flags: list[str]
    texts: dict[str, Written]


def read(source: Source) -> Iterator[Entry]:
    """Read every translation of a PO file, and where there is none of a template its original."""
    for message in _messages(source):
        original = message.texts.get("msgid", Written("", [0])).text
        context = message.texts.get("msgctxt")
        key = f"{context.text}|{original}" if context else original
        dialect = next((FORMATS[flag] for flag in message.flags if flag in FORMATS), None)
        wanted = "msgid" if source.path.endswith(".pot") else "msgstr"
        for keyword, written in message.texts.items():
            if original and written.text and keyword.startswith(wanted):
                place = keyword.removeprefix("msgstr").removeprefix("msgid")
                yield Entry(f"{key}{place}", *written, dialect=dialect, escapes=WRITTEN)


def _messages(source: Source) -> Iterator[_Message]:
    message, parts, start = _Message([], {}), list[Written](), 0
    keyword = ""
    for number, line in enumerate(split_lines(source.text), start=1):
        bare = line.rstrip("\r\n")
        found = LINE.match(bare)
        if found is None and bare.strip() and not bare.lstrip().startswith("#"):
            raise InputError(f"{source.path}:{number}: not a line of PO: {bare.strip()[:60]!r}")
        if found and found[1]:
            if found[1] in ("msgctxt", "msgid") and any(name.startswith("msgstr") for name in message.texts):
                yield message
                message = _Message([], {})
            keyword, parts = found[1], []
        if found and not keyword:
            raise InputError(f"{source.path}:{number}: a text before any msgid: {bare.strip()[:60]!r}")
        if found:
            parts.append(unescape(found[2], start + found.start(2), ESCAPE, _meaning))
            message.texts[keyword] = join(parts[1:] if len(parts) > 1 and not parts[0].text else parts)
        elif bare.startswith("#,"):
            if any(name.startswith("msgstr") for name in message.texts):
                yield message
                message = _Message([], {})
            message.flags.extend(flag.strip() for flag in bare[2:].split(","))
        start += len(line)
    yield message


def _meaning(match: re.Match[str]) -> str:
    said = match[0][1:]
    if said[0] == "x":
        return chr(int(said[1:], 16))
    return chr(int(said, 8)) if said.isdigit() else MEANS.get(said, said)
