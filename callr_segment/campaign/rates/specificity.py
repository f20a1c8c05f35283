"""Which rows of a rate card apply to a destination: the most specific ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import product
from typing import NamedTuple

from callr_segment.campaign.rates.money import quoted
from callr_segment.campaign.rates.rows import Row
from callr_segment.campaign.recipients.zones import PrefixClasses
from callr_segment.errors import InputError, InvalidNumber
from callr_segment.text.networks import may_be_in

__all__ = ["Destination", "Levels", "classes_of", "day_of", "digits_of"]

_E164 = re.compile(r"\+?([1-9][0-9]{0,14})")


class Destination(NamedTuple):
    """Where a message goes, as far as it is known; ``number`` is its digits, or the prefix that counts.

    A number of ``""`` is known, and begins with no prefix of the card.
    """

    number: str | None
    country: str | None
    network: str | None
    traffic: str | None


class Levels:
    """The rows of a card by prefix, country and traffic, and within that level by network."""

    __slots__ = ("_lengths", "_levels", "_prefixes")

    def __init__(self, rows: Iterable[Row]) -> None:
        self._levels: dict[tuple[str | None, ...], dict[str | None, list[Row]]] = {}
        for row in rows:
            level = self._levels.setdefault((row.prefix, row.country, row.traffic), {})
            level.setdefault(row.network, []).append(row)
        self._lengths = sorted({len(prefix) for prefix, *_ in self._levels if prefix}, reverse=True)
        self._prefixes: dict[str | None, dict[str, None]] = {}
        for prefix, country, _ in self._levels:
            if prefix and country:
                self._prefixes.setdefault(country, {})[prefix] = None

    def candidates(self, destination: Destination, day: date) -> tuple[Row, ...]:
        """Tell the rows that may apply on a day: one if number and network are known, else one for each.

        Where the number is not known, a row for its country speaks for all its prefixes.
        """
        rows = self._best(destination, day)
        if destination.number is None and not any(row.country for row in rows):
            prefixes = self._prefixes.get(destination.country, ())
            numbers = (destination._replace(number=prefix) for prefix in prefixes)
            rows = tuple({id(row): row for each in numbers for row in self._best(each, day)}.values()) or rows
        return tuple(row for row in rows if row.is_priced)

    def _best(self, destination: Destination, day: date) -> tuple[Row, ...]:
        """Tell the rows that apply: one if the network is known, else one for each network."""
        best: dict[str | None, Row] = {}
        for level in self._matching(destination):
            for network, dated in level.items():
                for row in dated:
                    if row.is_valid(day):
                        best.setdefault(network, row)
        if destination.network is None:
            return tuple(row for row in best.values() if not _is_elsewhere(row, destination.country))
        return tuple(best[network] for network in (destination.network, None) if network in best)[:1]

    def _matching(self, destination: Destination) -> Iterator[dict[str | None, list[Row]]]:
        """Walk the levels that match, the most specific first: by prefix, then country, then traffic."""
        number, country, _, traffic = destination
        prefixes = [number[:length] for length in self._lengths if len(number) >= length] if number else []
        countries, traffics = dict.fromkeys((country, None)), dict.fromkeys((traffic, None))
        for level in product((*prefixes, None), countries, traffics):
            if level in self._levels:
                yield self._levels[level]


def classes_of(rows: Iterable[Row]) -> PrefixClasses:
    """Find the prefixes that numbers cost the same by: their rows say the same, and so do shorter ones'.

    >>> from callr_segment import RateCard
    >>> RateCard({"336": 4, "337": 4, "33": 5}, currency="EUR").prefixes.leaders["337"]
    '336'
    """
    said: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        if row.prefix:
            said.setdefault(row.prefix, []).append((row.country, *row[3:14], row.is_priced))
    classes: dict[tuple[object, ...], int] = {}
    class_of: dict[str, int] = {}
    first: dict[int, str] = {}
    for prefix in sorted(said):
        shorter = (prefix[:size] for size in range(len(prefix) - 1, 0, -1))
        around = next((class_of[each] for each in shorter if each in class_of), -1)
        found = classes.setdefault((around, frozenset(said[prefix])), len(classes))
        class_of[prefix] = found
        first.setdefault(found, prefix)
    return PrefixClasses({prefix: first[found] for prefix, found in class_of.items()})


def digits_of(number: str) -> str:
    """Read the digits of a number of E.164."""
    found = _E164.fullmatch(number) if isinstance(number, str) else None
    if not found:
        raise InvalidNumber(f"{quoted(number)} is not E.164: write + and up to 15 digits", value=number)
    return found[1]


def _is_elsewhere(row: Row, country: str | None) -> bool:
    """Whether a row is for a network of another country, as its MCC tells where the row itself does not."""
    if country is None or row.network is None or row.country or row.prefix:
        return False
    return not may_be_in(row.network, country)


def day_of(when: date | None) -> date:
    """Tell the day of sending, by which prices hold: today unless told, for a moment its day in UTC.

    A moment without its time zone is refused: it would have one price here and another elsewhere.

    >>> day_of(datetime(2026, 2, 1, 23, 30, tzinfo=UTC))
    datetime.date(2026, 2, 1)
    """
    if when is None:
        return date.today()
    if not isinstance(when, date):
        raise InputError(f"when= takes a date, not {when!r}; write date(2026, 2, 1)", value=when)
    if not isinstance(when, datetime):
        return when
    if when.tzinfo is None:
        message = f"when= is {when}, a moment without a time zone; write its day, .date(), or add tzinfo=UTC"
        raise InputError(message, value=when)
    return when.astimezone(UTC).date()
