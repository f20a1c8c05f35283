"""Plain text: a message a line."""

from __future__ import annotations

from collections.abc import Iterator

from callr_segment.lint.findings import Entry
from callr_segment.lint.sources import Source, split_lines

__all__ = ["read"]


def read(source: Source) -> Iterator[Entry]:
    """Read each line that is not blank; its key is its number."""
    start = 0
    for number, line in enumerate(split_lines(source.text), start=1):
        text = line.rstrip("\r\n")
        if text.strip():
            yield Entry(str(number), text, range(start, start + len(text) + 1))
        start += len(line)
