"""Properties of Java: ``key = value``, with escapes and lines that go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from callr_segment.errors import InputError
from callr_segment.lint.findings import Entry
from callr_segment.lint.formats.escapes import unescape
from callr_segment.lint.sources import Source

__all__ = ["read"]

LINE = re.compile(
    r"^[ \t\f]*(?![#!\s])(?P<key>(?:[^\\:=\s]|\\.)+)[ \t\f]*[:=]?[ \t\f]*"
    r"(?P<value>(?:[^\\\r\n]|\\(?:\r\n|.))*)",
    re.MULTILINE | re.DOTALL,
)
ESCAPE = re.compile(r"\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|u\w{4}|\r?\n[ \t\f]*|.)", re.DOTALL)
MEANS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


def read(source: Source) -> Iterator[Entry]:
    """Read every value of a file of properties."""
    for line in LINE.finditer(source.text):
        key = ESCAPE.sub(_meaning(source), line["key"])
        written = unescape(line["value"], line.start("value"), ESCAPE, _meaning(source))
        if written.text:
            yield Entry(key, *written, dialect="icu", escapes={"\\": "\\\\"})


def _meaning(source: Source) -> Callable[[re.Match[str]], str]:
    def meaning(match: re.Match[str]) -> str:
        said = match[0][1:]
        if said[0] == "u":
            try:
                units = [int(unit, 16) for unit in said[1:].split("\\u")]
            except ValueError:
                line = source.text.count("\n", 0, match.start()) + 1
                raise InputError(f"{source.path}:{line}: {match[0]!r} is no escape; write \\u00e9") from None
            return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be", "surrogatepass")
        return "" if said[0] in "\r\n" else MEANS.get(said, said)

    return meaning
