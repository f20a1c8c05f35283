"""Phone numbers as people write them, made E.164, with the country they belong to.

Spaces, dots, dashes, parentheses, invisible characters and digits of other scripts mean what they look like.
Digits are then read in the first of these ways that gives a number of a possible length:

1. After ``+``: a calling code and the digits after it, without a trunk prefix written between, ``+33 (0)6``.
2. With a default region, as they are dialled there:

   a. after its international prefix (``011``, ``810``) or ``00``: as after ``+``, and nothing else;
   b. after its trunk prefix (``0``, ``8``, ``06``): as a national number;
   c. 10 to 15 digits that begin with its own calling code: as after ``+``, unless national numbers of that
      length begin so (a mobile is then meant rather than a landline);
   d. as a national number;
   e. 10 to 15 digits: as after ``+``.

3. Without a default region: 2a with ``00``, then 2e.

What may be two numbers is refused: in Germany ``4930123456`` is +49 30 123456 or +49 4930 123456. A number
need not be assigned to anybody: its length decides. The plans are made from the metadata of phonenumbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from operator import index
from types import MappingProxyType
from typing import NamedTuple, SupportsIndex

from callr_segment._core import ABROAD, DOUBTFUL, STATUSES, NumberPlan, PrefixMap, Reading, zone_of
from callr_segment._core.records import shorten
from callr_segment.errors import InputError, InvalidNumber
from callr_segment.text import regions

__all__ = ["NOTES", "Number", "country_codes", "normalize_number", "number_plan", "number_zones"]

NOTES = (None, "fictional", "landline")
FICTIONAL, LANDLINE = 1, 2

# Kept for films and books by Arcep, Ofcom, Bundesnetzagentur and ACMA: digits after the calling code.
FICTION = {
    "33": "19900 26191 35301 46571 53649 63998",
    "44": """
        1134960 1144960 1154960 1164960 1174960 1184960 1214960 1314960 1414960 1514960 1614960 1632960
        1914980 2079460 2896496 2920180 3069990 7700900 8081570 9098790
    """,
    "49": """
        2214710 3023125 4066969 6990009 8999998 15228817386 15228895456 15254599371 17139200 1729925904
        1729968532 1729973185 1729973186 1729980752 1749091317 1749464308 176040690
    """,
    "61": """
        25550 27010 35550 37010 75550 77010 85550 87010 491570006 491570110 491570156 491570157 491570158
        491570159 491570313 491570737 491571266 491571491 491571804 491572549 491572665 491572983 491573087
        491573770 491574118 491574632 491575254 491575789 491576398 491576801 491577426 491577644 491578148
        491578888 491578957 491579212 491579455 491579760
    """,
}
AMERICAN_FICTION = "55501"  # 555-0100 to 555-0199 after any area code that +1 may have

REASONS = {
    "empty": "{value} holds no digit; leave the number missing, or write it like '+33639981020'",
    "characters": "{value} holds something that is no part of a phone number; "
    "keep digits, spaces and punctuation, without an extension",
    "rounded": "{value} has lost its last digits to scientific notation; export the column as text",
    "decimal": "{value} went through a column of decimals, where only 10 to 15 digits can be trusted; "
    "read the column as text",
    "too_short": "{value} has too few digits: {limit}",
    "too_long": "{value} has too many digits: {limit}",
    "unknown_code": "{value} begins with a calling code that no country has; correct it",
    "no_country": "{value} does not say its country; write it with + and the calling code, "
    "or pass default_region, such as 'FR'",
    "ambiguous": "{value} may be two different numbers in {region}; write it with + and the calling code",
}


class Number(NamedTuple):
    """A phone number that can be dialled from anywhere.

    ``country`` is None for the numbers of no country: +800 freephone, +881 satellite. ``note`` is
    ``"fictional"`` for numbers kept for films, ``"landline"`` where only landlines begin so, else None.
    """

    e164: str
    country: str | None
    note: str | None


def normalize_number(number: str | float | SupportsIndex, *, default_region: str | None = None) -> Number:
    """Write a phone number the one way that is understood everywhere: E.164, ``+`` and at most 15 digits.

    ``default_region`` (ISO 3166, two capitals) says where numbers without a calling code are dialled. An
    ``int``, or a whole ``float``, is 10 to 15 international digits. Raises InvalidNumber, with the
    reason and the way out, for what cannot be a number.

    >>> normalize_number("06 39 98 10 20", default_region="FR")
    Number(e164='+33639981020', country='FR', note='fictional')
    >>> normalize_number("+44 (0)20 7123 4567").country
    'GB'
    >>> normalize_number("06 39 98", default_region="FR")
    Traceback (most recent call last):
    callr_segment.errors.InvalidNumber: '06 39 98' has too few digits: numbers of +33 have 9 after it
    """
    if isinstance(number, str):
        text = str.__str__(number)  # of a subclass, what it holds
    else:
        text, default_region = _digits(number), None
    value, country, status, note = number_plan(default_region).read(text)
    if status:
        raise _invalid(text, STATUSES[status], default_region)
    return Number(f"+{value}", country_codes()[country] if country >= 0 else None, NOTES[note])


@cache
def number_plan(default_region: str | None) -> NumberPlan:
    """Build the plan that a column of numbers is read with; ``country_codes`` and NOTES name what it finds.

    Raises InputError for a region that is not a country.

    >>> number, country, status, note = number_plan("FR").read("0033 6 39 98 10 20")
    >>> number, country_codes()[country], NOTES[note]
    (33639981020, 'FR', 'fictional')
    """
    return NumberPlan(_readings(default_region), _readings_of_codes(), _zone_map())


@cache
def country_codes() -> tuple[str, ...]:
    """List the countries a number can belong to (ISO 3166, and XK); columns hold their positions.

    >>> country_codes()[:3]
    ('AC', 'AD', 'AE')
    """
    return tuple(sorted(region for plan in _plans().values() for region in plan.regions))


class _Plan(NamedTuple):
    """The numbers of one calling code; ``possible`` has bit n set when n digits may follow the code."""

    code: str
    regions: tuple[str, ...]
    lengths: str
    possible: int
    trunk: tuple[str, ...]
    keep: tuple[str, ...]
    abroad: tuple[str, ...]


EVERY_LENGTH = (1 << 32) - 1
BARE = sum(1 << digits for digits in range(10, 16))  # shorter ones are too often a national number


def _readings(default_region: str | None) -> tuple[Reading, ...]:
    return tuple(_dialled_anywhere() if default_region is None else _dialled_in(_plan_of(default_region)))


@cache
def _readings_of_codes() -> dict[str, tuple[Reading, ...]]:
    return {code: tuple(_after_code(plan)) for code, plan in _plans().items()}


def _after_code(plan: _Plan) -> Iterator[Reading]:
    """Read what follows a calling code."""
    for kept in plan.keep:
        yield Reading(kept, plan.code + kept, plan.possible >> len(kept))
    for trunk in plan.trunk:
        yield Reading(trunk, plan.code, plan.possible)
    yield Reading("", plan.code, plan.possible)


def _dialled_in(plan: _Plan) -> Iterator[Reading]:
    """Read digits as they are dialled in one country."""
    if plan.abroad == (DOUBTFUL,):  # 001 or 002 by operator: 0033 may be 003 and +3
        yield Reading("00", DOUBTFUL, EVERY_LENGTH)
    else:
        for prefix in sorted({*plan.abroad, "00"}, key=len, reverse=True):
            yield Reading(prefix, ABROAD, EVERY_LENGTH)
    for trunk in plan.trunk:
        yield Reading(trunk, plan.code, plan.possible)
    yield from _own_code(plan)
    yield Reading("", plan.code, plan.possible)
    yield Reading("", ABROAD, BARE)


def _dialled_anywhere() -> Iterator[Reading]:
    """Read digits of which nobody says where they are dialled."""
    yield Reading("00", ABROAD, EVERY_LENGTH)
    yield Reading("", ABROAD, BARE)


def _own_code(plan: _Plan) -> Iterator[Reading]:
    """Read digits that begin with the country's own code, but not those that national numbers begin with."""
    for code, size, marks in _rows(regions.OWN):
        for digit, mark in enumerate(marks if code == plan.code else ""):
            prefix = f"{code}{digit}"
            if mark != ".":
                number = code + prefix if mark == "n" else DOUBTFUL
                yield Reading(prefix, number, 1 << int(size) - len(prefix))
    for prefix, number, lengths in _after_code(plan):
        possible = lengths & BARE >> len(plan.code + prefix)
        if possible:
            yield Reading(plan.code + prefix, number, possible)


@cache
def _plans() -> dict[str, _Plan]:
    return {code: _plan(code, *columns) for code, *columns in _rows(regions.PLANS)}


def _plan(code: str, regions: str, lengths: str, *options: str) -> _Plan:
    prefixes: dict[str, tuple[str, ...]] = {"trunk": (), "keep": (), "abroad": ()}
    for option in options:
        name, _, values = option.partition("=")
        prefixes[name] = tuple(sorted(values.split(","), key=len, reverse=True))
    countries = tuple(regions.split(",")) if regions != "-" else ()
    return _Plan(code, countries, lengths, _possible(lengths), **prefixes)


def _possible(lengths: str) -> int:
    runs = ([int(end) for end in run.split("-")] for run in lengths.split(","))
    return sum(1 << digits for run in runs for digits in range(run[0], run[-1] + 1))


def _plan_of(region: str) -> _Plan:
    for plan in _plans().values():
        if region in plan.regions:
            return plan
    message = (
        f"default_region {region!r} is not a country; write the two capital letters of ISO 3166, such as 'FR'"
    )
    raise InputError(message, value=region)


def _countries() -> dict[str, int]:
    main = {code: plan.regions[0] for code, plan in _plans().items() if plan.regions}
    areas = {code + area: region for code, region, *areas in _rows(regions.AREAS) for area in areas}
    return {prefix: country_codes().index(region) for prefix, region in (main | areas).items()}


def _notes() -> dict[str, int]:
    lines = {code + prefix: LANDLINE for code, *prefixes in _rows(regions.LANDLINES) for prefix in prefixes}
    fiction = {code + prefix: FICTIONAL for code, prefixes in FICTION.items() for prefix in prefixes.split()}
    north_america = {f"1{area}{AMERICAN_FICTION}": FICTIONAL for area in range(200, 1000)}
    return lines | fiction | north_america


@cache
def number_zones() -> Mapping[str, int]:
    """Pack the country and the note of every prefix that tells one of them, as ``zone_of`` does."""
    countries, notes = PrefixMap(_countries()), PrefixMap(_notes())
    prefixes = _countries().keys() | _notes().keys()
    zones = {prefix: zone_of(countries.find(prefix), max(0, notes.find(prefix))) for prefix in prefixes}
    return MappingProxyType(zones)


@cache
def _zone_map() -> PrefixMap:
    return PrefixMap(number_zones())


def _rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines()]


def _digits(number: object) -> str:
    """Write what is not a text as digits."""
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, SupportsIndex) and not isinstance(number, bool) and index(number) >= 0:
        return str(index(number))
    raise InvalidNumber(f"{number!r} is not a phone number; give a text such as '+33639981020'", value=number)


def _invalid(text: str, reason: str, default_region: str | None) -> InvalidNumber:
    limit = _limit(text, default_region) if reason in ("too_short", "too_long") else ""
    message = REASONS[reason].format(value=shorten(ascii(text)), region=default_region, limit=limit)
    return InvalidNumber(message, value=text)


def _limit(text: str, default_region: str | None) -> str:
    """Tell how many digits follow the calling code that was written, or that of the default region."""
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    home = _plan_of(default_region) if default_region and not {"+", "＋"}.intersection(text) else None
    prefix = next(filter(digits.startswith, (*home.abroad, "00") if home else ("00", "")), None)
    plan = home if prefix is None else _plan_at(digits.removeprefix(prefix))
    return f"numbers of +{plan.code} have {plan.lengths} after it" if plan else "no number has so many"


def _plan_at(digits: str) -> _Plan | None:
    return next((plan for code, plan in _plans().items() if digits.startswith(code)), None)
