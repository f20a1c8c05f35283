"""A file as a text, and the line and column of each of its characters."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from pathlib import Path
from typing import NamedTuple

from callr_segment.errors import InputError

__all__ = ["Place", "Source", "read_source", "split_lines"]

LARGEST = 64 * 2**20  # bytes: a file of translations has thousands of times less
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Place(NamedTuple):
    """Where a character stands: its line and its column, both from 1 on."""

    line: int
    column: int


class Source:
    r"""The text of a file; ``place`` tells where a character stands.

    >>> Source("a.txt", "one\ntwo").place(4)
    Place(line=2, column=1)
    """

    def __init__(self, path: str, text: str, encoding: str = "utf-8") -> None:
        self.path = path
        self.text = text
        self.encoding = encoding
        self._starts = [0]
        for line in split_lines(text):
            self._starts.append(self._starts[-1] + len(line))

    def place(self, offset: int) -> Place:
        """Tell the line and the column of a character."""
        line = bisect_right(self._starts, offset, hi=max(len(self._starts) - 1, 1))
        return Place(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Return a line, from 1 on, without its end."""
        return self.text[self._starts[number - 1] :].partition("\n")[0].rstrip("\r")


def split_lines(text: str) -> list[str]:
    r"""Split a text where editors do, at line feeds, which stay; `str.splitlines` knows others too.

    >>> split_lines("a\u2028b\r\nc")
    ['a\u2028b\r\n', 'c']
    """
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def read_source(path: Path) -> Source:
    """Read a file as UTF-8, or as what its byte order mark says.

    Raises InputError for a file that is not text, or is over 64 MB.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}", value=str(path)) from error
    if len(data) > LARGEST:
        raise InputError(
            f"{path}: {len(data):,} bytes are over the limit of {LARGEST:,}; leave it out of files"
        )
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "utf-8")
    try:
        return Source(str(path), data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} is not {encoding.upper()}; save the file as UTF-8", value=str(path)
        ) from None
