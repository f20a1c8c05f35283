"""Texts that are written with escapes: what they say, and where each character of it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

__all__ = ["Written", "align", "join", "unescape"]


class Written(NamedTuple):
    """A text, and the place in its source of each character of it and of its end."""

    text: str
    offsets: list[int]


def unescape(
    raw: str, start: int, escapes: re.Pattern[str], meaning: Callable[[re.Match[str]], str]
) -> Written:
    r"""Read a text that is written at ``start`` of a source with escapes.

    >>> unescape("a\\tb", 10, re.compile(r"\\t"), lambda match: "\t")
    Written(text='a\tb', offsets=[10, 11, 13, 14])
    """
    text, offsets, end = "", [], 0
    for match in escapes.finditer(raw):
        made = meaning(match)
        text += raw[end : match.start()] + made
        offsets += [*range(start + end, start + match.start()), *[start + match.start()] * len(made)]
        end = match.end()
    return Written(text + raw[end:], [*offsets, *range(start + end, start + len(raw) + 1)])


def join(parts: Iterable[Written]) -> Written:
    """Put texts together that are written one behind another."""
    parts = list(parts)
    offsets = [offset for part in parts for offset in part.offsets[:-1]]
    return Written("".join(part.text for part in parts), [*offsets, parts[-1].offsets[-1] if parts else 0])


def align(written: Written, text: str) -> Written:
    """Tell where each character of a text stands that a library read, white space being folded on the way.

    Where the two cannot be brought together every character stands at the start.
    """
    offsets, at = [], 0
    for char in text:
        while at < len(written.text) and not _same(written.text[at], char):
            if not written.text[at].isspace():
                return Written(text, [written.offsets[0]] * (len(text) + 1))
            at += 1
        if at == len(written.text):
            return Written(text, [written.offsets[0]] * (len(text) + 1))
        offsets.append(written.offsets[at])
        at += 1
    return Written(text, [*offsets, offsets[-1] + 1 if offsets else written.offsets[0]])


def _same(written: str, char: str) -> bool:
    return written == char or (char == " " and written in "\r\n")
