"""The standard in plain Python: the oracle every other implementation is compared with.

Alphabet: 3GPP TS 23.038, 6.2.1 and 6.2.1.1. Splitting: TS 23.040, 9.2.3.24.1: "A character represented by an
escape-sequence shall not be split in the middle"; a UTF-16 surrogate pair is kept whole for the same reason.
"""

from __future__ import annotations

from typing import NamedTuple

from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION, LIMITS, Limits
from callr_segment.typing import Encoding

ONE_SEPTET = frozenset(BASIC) - {ESCAPE}
TWO_SEPTETS = frozenset(EXTENSION)


class Count(NamedTuple):
    """What one text comes to: ``last`` is how many units its last part holds."""

    encoding: Encoding
    units: int
    parts: int
    last: int
    extensions: int


def is_gsm(text: str) -> bool:
    """Whether GSM 03.38 can carry every character."""
    return all(char in ONE_SEPTET or char in TWO_SEPTETS for char in text)


def width(char: str, encoding: Encoding) -> int:
    """Units of one character; what GSM cannot carry counts as the ``?`` that would replace it."""
    if encoding == "gsm":
        return 2 if char in TWO_SEPTETS else 1
    return 2 if ord(char) > 0xFFFF else 1


def split(text: str, encoding: Encoding, limits: Limits = LIMITS) -> list[tuple[int, int, int]]:
    """Start, stop and units of each part."""
    return lay([width(char, encoding) for char in text], *limits.of(encoding))


def lay(widths: list[int], single: int, part: int) -> list[tuple[int, int, int]]:
    """Lay characters of one or two units into parts: as many whole ones as fit, then the next."""
    if not widths:
        return []
    if sum(widths) <= single:
        return [(0, len(widths), sum(widths))]
    parts, start, used = [], 0, 0
    for position, units in enumerate(widths):
        if used + units > part:
            parts.append((start, position, used))
            start, used = position, 0
        used += units
    return [*parts, (start, len(widths), used)]


def count(text: str, encoding: Encoding | None = None, limits: Limits = LIMITS) -> Count:
    """Units and parts of a text, in the encoding its characters ask for unless one is given."""
    encoding = encoding or ("gsm" if is_gsm(text) else "unicode")
    extensions = sum(char in TWO_SEPTETS for char in text) if encoding == "gsm" else 0
    return counted(encoding, split(text, encoding, limits), extensions)


def counted(encoding: Encoding, parts: list[tuple[int, int, int]], extensions: int) -> Count:
    """Sum up the parts of a text."""
    units = sum(units for _, _, units in parts)
    return Count(encoding, units, len(parts), parts[-1][2] if parts else 0, extensions)
