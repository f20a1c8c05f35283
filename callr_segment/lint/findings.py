"""What is found: entries of files, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["CODES", "Code", "Entry", "Finding", "Fix"]


class Code(NamedTuple):
    """A rule: whether it fails a run, and what it says in a few words."""

    severity: str
    name: str
    summary: str


CODES = {
    "SMS001": Code("error", "not-gsm", "a character that GSM lacks, and that no reader would miss"),
    "SMS002": Code("warning", "not-gsm-letter", "a letter or a symbol that GSM lacks"),
    "SMS003": Code("warning", "emoji", "an emoji, which makes the whole message Unicode"),
    "SMS010": Code("error", "invisible", "an invisible character"),
    "SMS011": Code("error", "damage", "text that was read in a wrong encoding, or escaped twice"),
    "SMS101": Code("error", "too-many-parts", "more parts than max-parts allows"),
    "SMS102": Code("warning", "near-edge", "so near the next part that a longer word costs one more"),
    "SMS103": Code("warning", "unbounded", "a placeholder of which nobody said how long it gets"),
    "SMS201": Code("warning", "no-stop", "a marketing text without a STOP option"),
    "SMS900": Code("warning", "unused-ignore", "a comment that suppresses nothing"),
}
"""Every code there is. Codes are stable: none is ever given another meaning."""


class Entry(NamedTuple):
    """A text of a file: its key, and where each of its characters stands.

    ``offsets`` has the place in the source of each character of ``text``, and one more for its end.
    ``dialect`` is the system whose placeholders it holds; None leaves that to the text. ``escapes`` tell how
    a character is written where it cannot stand as it is, None where it cannot be written there at all.
    """

    key: str
    text: str
    offsets: Sequence[int]
    dialect: str | None = None
    escapes: Mapping[str, str | None] = MappingProxyType({})


class Fix(NamedTuple):
    """What to put in place of the characters from ``start`` to ``stop``; a safe one no reader notices."""

    start: int
    stop: int
    text: str
    is_safe: bool


class Finding(NamedTuple):
    """What is wrong, and where: a code, and the first and last place in the source."""

    code: str
    key: str
    start: int
    stop: int
    message: str
    fix: Fix | None = None
