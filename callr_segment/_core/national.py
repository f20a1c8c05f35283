"""Counting with the tables of a national language (3GPP TS 23.038, 6.2.1.2), behind both doors."""

from __future__ import annotations

from callr_segment._core import pure, records
from callr_segment._core.hooks import force_gsm
from callr_segment._core.records import Culprit, Part, not_gsm
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.alphabet.national import Tables, tables_of
from callr_segment.errors import InputError
from callr_segment.typing import Encoding, Errors

__all__ = ["count", "find_culprits", "split"]


def count(
    text: str, encoding: Encoding | None, errors: Errors, limits: Limits | None, alphabet: str
) -> tuple[str, pure.Count, Tables]:
    """Count a text by the tables that need the fewest parts, the default ones where they need no more.

    Returns the text as it will be sent, which ``encoding="gsm"`` may have changed.
    """
    if limits is not None and tuple(limits) != LIMITS:
        raise InputError("an alphabet has the limits that its header leaves; leave limits out", value=limits)
    if encoding != "unicode":
        if encoding == "gsm" and not _fitting(text, alphabet):
            text = _forced(text, errors, alphabet)
        if fitting := _fitting(text, alphabet):
            return text, *min(((_count(text, tables), tables) for tables in fitting), key=_length)
    return text, pure.count(text, "unicode"), tables_of(None)[0]


def split(text: str, tables: Tables) -> tuple[Part, ...]:
    """Cut a text of these tables into its parts."""
    parts = pure.lay(_widths(text, tables), *tables.limits.of("gsm"))
    return tuple(Part(text[start:stop], units, start, stop) for start, stop, units in parts)


def find_culprits(text: str, alphabet: str) -> tuple[Culprit, ...]:
    """List the characters that keep a text from being sent in an alphabet.

    Where none of its pairs of tables has all of them together, those that GSM 03.38 lacks.
    """
    return records.find_culprits(text, _known(alphabet)) or records.find_culprits(text)


def _known(alphabet: str) -> frozenset[str]:
    return frozenset[str]().union(*(tables.one | tables.two for tables in tables_of(alphabet)))


def _lacking(text: str, tables: Tables) -> list[str]:
    return [char for char in text if char not in tables.one and char not in tables.two]


def _fitting(text: str, alphabet: str) -> list[Tables]:
    return [tables for tables in tables_of(alphabet) if not _lacking(text, tables)]


def _widths(text: str, tables: Tables) -> list[int]:
    return [2 if char in tables.two else 1 for char in text]


def _count(text: str, tables: Tables) -> pure.Count:
    widths = _widths(text, tables)
    return pure.counted("gsm", pure.lay(widths, *tables.limits.of("gsm")), widths.count(2))


def _length(found: tuple[pure.Count, Tables]) -> tuple[int, bool, int]:
    """Sort by parts, the default tables first, which every phone has; then by bits."""
    count, tables = found
    return count.parts, tables.header != b"", 7 * count.units + 8 * len(tables.header)


def _forced(text: str, errors: Errors, alphabet: str) -> str:
    """Make a text one of the tables that lack the least of it, in the way that ``errors`` names."""
    if errors == "strict":
        raise not_gsm(text, _known(alphabet))
    tables = min(tables_of(alphabet), key=lambda tables: len(_lacking(text, tables)))
    known = tables.one | tables.two
    forced = "".join(char if char in known else force_gsm(char, errors) for char in text)
    return "".join(char if char in known else "?" for char in forced)
