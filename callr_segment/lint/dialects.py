"""The placeholders of other systems: which characters of a text are its own, and which stand for values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

__all__ = ["DIALECTS", "Hole", "Words", "variants_of"]

DIALECTS = {
    "brace": r"(?P<brace>\{\{|\}\})|\{(?P<name>[^{}!:]*)(?:![rsa])?(?::[^{}]*)?\}",
    "erb": r"<%[-=]?\s*(?P<name>[^%]*?)\s*-?%>",
    "icu": r"\{\s*(?P<name>[\w-]+)\s*(?:,[^{}]*)?\}",
    "jinja": r"\{\{\{?[-~]?\s*(?P<name>[^{}]*?)\s*[-~]?\}?\}\}|\{%[^{}]*%\}|\{#[^{}]*#\}",
    "notify": r"\(\((?P<name>[^()?]+)(?:\?\?[^()]*)?\)\)",
    "printf": r"(?P<percent>%%)|%(?:\((?P<name>\w+)\)|\d+\$)?[-#0+,]*[\d.]*(?:hh|ll|[hlLqzjt])?[@a-zA-Z]",
    "ruby": r"(?P<percent>%%)|%\{(?P<name>\w+)\}|%<(?P<typed>\w+)>[-#0+ ]*[\d.]*[a-zA-Z]",
    "shell": r"\$\{(?P<name>\w+)[^{}]*\}",
}
"""How each system writes a placeholder; a brace or a percent sign that it doubles is none."""

TOLD_APART = ("jinja", "ruby", "shell", "notify", "erb", "icu")
BRANCHED = re.compile(r"\{\s*(?P<name>[\w-]+)\s*,\s*(?:plural|select|selectordinal)\s*,")
BRANCH = re.compile(r"\s*(?:offset:\d+\s*)?(?P<case>=?[\w-]+)\s*\{")
MOST_VARIANTS = 64


class Words(NamedTuple):
    """Characters of the text itself, from ``start`` on."""

    text: str
    start: int


class Hole(NamedTuple):
    """A placeholder: the field it is for, and the characters it is written with."""

    name: str
    start: int
    stop: int


Piece = Words | Hole


def variants_of(text: str, dialect: str | None = None) -> list[list[Piece]]:
    """Read a text as words and placeholders; of the branches of a plural, each makes a variant.

    >>> variants_of("Hi {{ name }}!")
    [[Words(text='Hi ', start=0), Hole(name='name', start=3, stop=13), Words(text='!', start=13)]]
    >>> [words[0].text for words in variants_of("{n, plural, one {a day} other {days}}")]
    ['a day', 'days']
    """
    dialect = dialect or _dialect_of(text)
    if dialect is None:
        return [[Words(text, 0)]]
    if dialect == "icu" and BRANCHED.search(text):
        return _branches(text, 0, len(text))
    return [list(_pieces(text, 0, len(text), dialect))]


def _dialect_of(text: str) -> str | None:
    """Tell by the text whose placeholders are in it."""
    return next((name for name in TOLD_APART if _pattern(name).search(text)), None)


@cache
def _pattern(dialect: str) -> re.Pattern[str]:
    return re.compile(DIALECTS[dialect])


def _pieces(text: str, start: int, stop: int, dialect: str) -> Iterator[Piece]:
    end = start
    for match in _pattern(dialect).finditer(text, start, stop):
        groups = match.groupdict()
        doubled = groups.get("percent") or groups.get("brace")
        if match.start() > end:
            yield Words(text[end : match.start()], end)
        if doubled:
            yield Words(doubled[0], match.start())
        else:
            yield Hole(groups.get("name") or groups.get("typed") or match[0], match.start(), match.end())
        end = match.end()
    if end < stop:
        yield Words(text[end:stop], end)


def _branches(text: str, start: int, stop: int) -> list[list[Piece]]:
    """Read a message with plurals or choices: every way it can come out, up to a limit."""
    found = BRANCHED.search(text, start, stop)
    if found is None:
        return [list(_pieces(text, start, stop, "icu"))]
    before = list(_pieces(text, start, found.start(), "icu"))
    cases, at = [], found.end()
    while branch := BRANCH.match(text, at, stop):
        end = _closing(text, branch.end(), stop)
        cases += _branches(text, branch.end(), end)
        at = end + 1
    rest = _branches(text, _closing(text, at, stop) + 1, stop)
    joined = ([*before, *case, *after] for case, after in product(cases or [[]], rest))
    return [each for each, _ in zip(joined, range(MOST_VARIANTS), strict=False)]


def _closing(text: str, at: int, stop: int) -> int:
    """Find the brace that closes what was opened before; the end where none does."""
    depth = 1
    for place in range(at, stop):
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return place
    return stop
