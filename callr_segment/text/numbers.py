"""Phone numbers as people write them, made E.164, with the country they belong to.

Spaces, dots, dashes, parentheses, invisible characters and digits of other scripts mean what they look like.
What stands around a number is left out, with a note: ``="0612…"``, ``Tel. 06 12…``, ``whatsapp:+33…``, and an
extension. Digits are then read in the first of these ways that makes an assigned number, or else in the first
that makes one of a possible length, which is noted:

1. After ``+``: a calling code and the digits after it, without a trunk prefix written between, ``+33 (0)6``.
2. With a default region, as they are dialled there:

   a. after its international prefix (``011``, ``810``) or ``00``: as after ``+``, and nothing else;
   b. after its trunk prefix (``0``, ``8``, ``06``), or that of a carrier: as a national number; between
      France and its overseas departments, as a number of the one that has it;
   c. as a national number;
   d. after its own calling code: as after ``+``;
   e. 10 to 15 digits, written without brackets and decimals: as an assigned number after ``+``, with the
      note that it is foreign.

3. Without a default region: 2a with ``00``, then 10 to 15 digits as after ``+``.

What may be two numbers is refused: in Germany ``4930123456`` is +49 30 123456 or +49 4930 123456. So is a
whole number that may have lost its zero, in countries whose numbers begin with one. The plans are made from
the metadata of phonenumbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from operator import index
from types import MappingProxyType
from typing import NamedTuple, SupportsIndex

from callr_segment._core import NumberPlan, PrefixMap, zone_of
from callr_segment._core.number_records import (
    ABROAD,
    ASSIGNED,
    DOUBTFUL,
    FICTIONAL,
    FOREIGN,
    LANDLINE,
    OWN,
    SERVICE,
    STATUSES,
    STOP,
    TRIMMED,
    WHOLE,
    ZONES,
    Reading,
    parts_of_zone,
    with_lengths,
)
from callr_segment._core.records import shorten
from callr_segment.errors import InputError, InvalidNumber
from callr_segment.text.tables import regions

__all__ = [
    "NOTES",
    "Number",
    "country_and_note",
    "country_codes",
    "country_of",
    "normalize_number",
    "number_plan",
    "number_zones",
]

NOTES = (None, "fictional", "landline", "service", "unassigned", "foreign", "trimmed")
NOTES_OF_MARKS = {FOREIGN: "foreign", TRIMMED: "trimmed"}
ZONE_KINDS = {"m": 0, "l": LANDLINE, "s": SERVICE}

# French numbers of each overseas department begin with digits of their own, dialled as they stand from all
# others: Arcep, plan national de numérotation (décision 2018-0881, annex 1). After the zero:
OVERSEAS = {
    "262": "262 263 269 639 692 693",  # Réunion, and Mayotte with 269 and 639
    "508": "508",  # Saint-Pierre-et-Miquelon
    "590": "590 690 691",  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    "594": "594 694",  # Guyane
    "596": "596 696 697",  # Martinique
}
METROPOLITAN = "33"
# Until 2019 Mexico dialled these before its ten digits; mobiles were +52 1 (IFT, plan técnico de numeración).
DIALLED_BEFORE = {"52": ("1", "01", "044", "045")}
# Argentina's mobiles are 15 after the area at home, and 9 before it from abroad (ENACOM, plan de numeración).
MOBILE_INFIX = {"54": ("15", "549", {2: 10, 3: 10, 4: 10})}

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
    "keep digits, spaces and punctuation",
    "rounded": "{value} has lost its last digits to scientific notation; export the column as text",
    "lost_zero": "{value} may have lost the zero it began with, as numbers of {region} do; "
    "read the file with this column as text",
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

    ``country`` is None for the numbers of no country: +800 freephone, +881 satellite. ``note`` is the first
    of these that holds, else None: ``"foreign"``, digits that are no number of the default region but one of
    another country; ``"fictional"``, kept for films; ``"unassigned"``, no number of that length begins so;
    ``"service"`` and ``"landline"`` where only such numbers begin so; ``"trimmed"``, taken out of more text.
    """

    e164: str
    country: str | None
    note: str | None


def normalize_number(number: str | float | SupportsIndex, *, default_region: str | None = None) -> Number:
    """Write a phone number the one way that is understood everywhere: E.164, ``+`` and at most 15 digits.

    ``default_region`` (ISO 3166, two capitals) says where numbers without a calling code are dialled. An
    ``int``, or a whole ``float``, is read as its digits, and refused where it may have lost a zero; without a
    region it needs 10 to 15 of them. Raises InvalidNumber, with the reason and the way out, for what cannot
    be a number.

    >>> normalize_number("06 39 98 10 20", default_region="FR")
    Number(e164='+33639981020', country='FR', note='fictional')
    >>> normalize_number("+44 (0)20 7123 4567").country
    'GB'
    >>> normalize_number("06 39 98", default_region="FR")
    Traceback (most recent call last):
    callr_segment.errors.InvalidNumber: '06 39 98' has too few digits: numbers of +33 have 9 after it
    """
    text = (
        str.__str__(number) if isinstance(number, str) else _digits(number) + WHOLE
    )  # of a subclass, its own
    value, place, status = number_plan(default_region).read(text)
    if not value:
        raise _invalid(text if isinstance(number, str) else text[:-1], STATUSES[status], default_region)
    country, note = country_and_note(place)
    if status & FOREIGN or (status and note is None):
        note = NOTES_OF_MARKS[status & FOREIGN or TRIMMED]
    return Number(f"+{value}", country, note)


def country_and_note(place: int) -> tuple[str | None, str | None]:
    """Tell the country of a place that a plan finds, and what is to be noted of its numbers.

    >>> country_and_note(number_plan(None).read("+33639981020")[1])
    ('FR', 'fictional')
    """
    country, note = parts_of_zone(place >> 1)
    unassigned = place & 1 and note != FICTIONAL
    return country_codes()[country] if country >= 0 else None, "unassigned" if unassigned else NOTES[note]


@cache
def number_plan(default_region: str | None) -> NumberPlan:
    """Build the plan that a column of numbers is read with.

    Raises InputError for a region that is not a country.

    >>> number, place, status = number_plan("FR").read("0033 6 39 98 10 20")
    >>> number, country_and_note(place)
    (33639981020, ('FR', 'fictional'))
    """
    return NumberPlan(_readings(default_region), _readings_of_codes(), _zone_map(), _zero(default_region))


def country_of(digits: str) -> str | None:
    """Tell the country of the digits of E.164, though there be few of them; None where they tell none.

    >>> country_of("33612345678"), country_of("1242"), country_of("1"), country_of("888")
    ('FR', 'BS', 'US', None)
    """
    zone = _zone_map().find(digits)
    country = parts_of_zone(zone % ZONES)[0] if zone >= 0 else -1
    return country_codes()[country] if country >= 0 else None


@cache
def country_codes() -> tuple[str, ...]:
    """List the countries a number can belong to (ISO 3166, and XK); columns hold their positions.

    >>> country_codes()[:3]
    ('AC', 'AD', 'AE')
    """
    return tuple(sorted(_plans()))


class _Plan(NamedTuple):
    """The numbers of one country; ``possible`` has bit n set when n digits may follow the code.

    ``local`` are numbers that are completed: what they begin with, what that becomes, how many digits follow.
    """

    code: str
    region: str
    lengths: str
    possible: int
    trunk: tuple[str, ...]
    carrier: tuple[str, ...]
    local: tuple[str, ...]
    abroad: tuple[str, ...]


EVERY_LENGTH = (1 << 32) - 1
LONGEST = 15  # digits of E.164
BARE = sum(1 << digits for digits in range(10, 16))  # shorter ones are too often a national number


def _readings(default_region: str | None) -> tuple[Reading, ...]:
    return tuple(_dialled_anywhere() if default_region is None else _dialled_in(_plan_of(default_region)))


@cache
def _readings_of_codes() -> dict[str, tuple[Reading, ...]]:
    return {code: tuple(_after_code(plan)) for code, plan in _main_plans().items()}


def _zero(default_region: str | None) -> str:
    """Return the calling code and a zero, where numbers of the region begin with one."""
    if default_region is None:
        return ""
    plan = _plan_of(default_region)
    zero = plan.code + "0"
    if "0" in plan.trunk:
        return ""
    begins = any(value >= ZONES for prefix, value in number_zones().items() if prefix.startswith(zero))
    return zero if begins else ""


def _after_code(plan: _Plan, test: int = ASSIGNED) -> Iterator[Reading]:
    """Read what follows a calling code: assigned numbers, then any of a possible length."""
    yield from _completed(plan, test)
    for prefix, number, lengths in _trunks(plan):
        yield Reading(prefix, number, lengths, test=test)
    yield Reading("", plan.code, plan.possible, test=test)
    if test == ASSIGNED:
        for prefix, number, lengths in _trunks(plan):
            yield Reading(prefix, number, lengths)
        yield Reading("", plan.code, plan.possible)


def _trunks(plan: _Plan) -> Iterator[tuple[str, str, int]]:
    for trunk in plan.trunk:
        for carrier in plan.carrier:
            yield trunk + carrier, plan.code, plan.possible & BARE
    for trunk in plan.trunk:
        yield trunk, plan.code, plan.possible


def _completed(plan: _Plan, test: int) -> Iterator[Reading]:
    """Read local numbers that are completed, and mobiles that are written otherwise abroad."""
    for way in plan.local:
        prefix, _, rest = way.partition(">")
        number, _, digits = rest.partition(":")
        yield Reading(prefix, plan.code + number, 1 << int(digits), test=test)
    infix, number, areas = MOBILE_INFIX.get(plan.code, ("", "", {}))
    for trunk in ("0", "") if infix else ():
        for keep, digits in areas.items():
            yield Reading(trunk, number, 1 << digits, keep, infix, test)


def _dialled_in(plan: _Plan) -> Iterator[Reading]:
    """Read digits as they are dialled in one country."""
    if plan.abroad == (DOUBTFUL,):  # 001 or 002 by operator: 0033 may be 003 and +3
        yield Reading("00", DOUBTFUL, EVERY_LENGTH)
    else:
        for prefix in sorted({*plan.abroad, "00"}, key=len, reverse=True):
            yield Reading(prefix, ABROAD, EVERY_LENGTH)
    yield from _overseas(plan)
    yield from _completed(plan, ASSIGNED)
    for prefix in DIALLED_BEFORE.get(plan.code, ()):
        yield Reading(prefix, plan.code, plan.possible)
    for prefix, number, lengths in _trunks(plan):
        yield Reading(prefix, number, lengths)
    for reading in _after_code(plan, OWN):
        yield reading._replace(prefix=plan.code + reading.prefix)
    yield Reading("", plan.code, plan.possible, test=ASSIGNED)
    for trunk in plan.trunk:
        yield Reading(trunk, STOP, EVERY_LENGTH)
    yield Reading("", plan.code, plan.possible)
    for prefix, number, lengths in (*_trunks(plan), ("", plan.code, plan.possible)):
        if lengths & BARE >> len(plan.code + prefix):
            yield Reading(plan.code + prefix, number, lengths & BARE >> len(plan.code + prefix))
    yield Reading("", ABROAD, BARE, test=ASSIGNED)


def _overseas(plan: _Plan) -> Iterator[Reading]:
    """Read the numbers that France and its overseas departments dial among themselves."""
    if plan.code not in (METROPOLITAN, *OVERSEAS):
        return
    for trunk in ("0", ""):
        if plan.code == METROPOLITAN:
            yield Reading(trunk + "63998", "3363998", 1 << 4)  # kept for films, within Mayotte's
        for code, prefixes in OVERSEAS.items() if plan.code != "508" or trunk else ():
            for prefix in prefixes.split() if code != plan.code else ():
                number = code if code == "508" else code + prefix
                yield Reading(trunk + prefix, number, 1 << 6)
        if plan.code != METROPOLITAN:
            for prefix in ("", plan.code):
                yield Reading(trunk + prefix, plan.code, plan.possible, test=ASSIGNED)
            yield Reading(trunk, METROPOLITAN, 1 << 9, test=ASSIGNED)


def _dialled_anywhere() -> Iterator[Reading]:
    """Read digits of which nobody says where they are dialled."""
    yield Reading("00", ABROAD, EVERY_LENGTH)
    yield Reading("", ABROAD, BARE)


@cache
def _plans() -> dict[str, _Plan]:
    """List the plans by region."""
    plans = (_plan(*columns) for columns in _rows(regions.PLANS))
    return {
        plan.region: plan._replace(possible=plan.possible | _main_plans()[plan.code].possible)
        for plan in plans
        if plan.region != "-"
    }


@cache
def _main_plans() -> dict[str, _Plan]:
    """List by calling code the plan of the country that speaks for it."""
    plans: dict[str, _Plan] = {}
    for columns in _rows(regions.PLANS):
        plans.setdefault(columns[0], _plan(*columns))
    return plans


def _plan(code: str, region: str, lengths: str, *options: str) -> _Plan:
    prefixes: dict[str, tuple[str, ...]] = {"trunk": (), "carrier": (), "local": (), "abroad": ()}
    for option in options:
        name, _, values = option.partition("=")
        prefixes[name] = tuple(sorted(values.split(","), key=len, reverse=True))
    return _Plan(code, region, lengths, _possible(lengths), **prefixes)


@cache
def _possible(lengths: str) -> int:
    """Read 5-7,9 as bits; - is none."""
    if lengths == "-":
        return 0
    runs = ([int(end) for end in run.split("-")] for run in lengths.split(","))
    return sum(1 << digits for run in runs for digits in range(run[0], run[-1] + 1))


def _plan_of(region: str) -> _Plan:
    if region in _plans():
        return _plans()[region]
    message = (
        f"default_region {region!r} is not a country; write the two capital letters of ISO 3166, such as 'FR'"
    )
    raise InputError(message, value=region)


@cache
def number_zones() -> Mapping[str, int]:
    """Pack the country, the note and the assigned lengths of every prefix that tells one of them."""
    places = {region: at for at, region in enumerate(country_codes())}
    zones = {}
    for code, region, kind, lengths, *prefixes in _rows(regions.ZONES):
        zone = with_lengths(
            zone_of(places.get(region, -1), ZONE_KINDS[kind]), _possible(lengths) << len(code)
        )
        for prefix in prefixes:
            zones[code + prefix] = zone
        if prefixes[0] == ".":
            zones[code] = zones.pop(code + ".")
    zones.update(_fictional_zones(zones))
    return MappingProxyType(zones)


def _fictional_zones(zones: Mapping[str, int]) -> dict[str, int]:
    """Note the numbers kept for films as such, in the countries of those around them."""
    fiction = [code + prefix for code, prefixes in FICTION.items() for prefix in prefixes.split()]
    fiction += [f"1{area}{AMERICAN_FICTION}" for area in range(200, 1000)]
    around = {prefix: next(filter(zones.__contains__, _prefixes_of(prefix))) for prefix in fiction}
    return {
        prefix: with_lengths(zone_of(parts_of_zone(zones[known] % ZONES)[0], FICTIONAL), EVERY_LENGTH)
        for prefix, known in around.items()
    }


def _prefixes_of(digits: str) -> Iterator[str]:
    """Yield what digits begin with, themselves first."""
    return (digits[:size] for size in range(len(digits), 0, -1))


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
    if plan is None:
        return "no number has so many"
    if plan.code == "52" and digits.startswith("521", len(prefix or "")):
        return "numbers of +52 have 10 after it, without the 1 that mobiles had until 2019"
    several = "; if it is two numbers, keep one" if len(digits) > LONGEST else ""
    return f"numbers of +{plan.code} have {plan.lengths} after it{several}"


def _plan_at(digits: str) -> _Plan | None:
    return next((plan for code, plan in _main_plans().items() if digits.startswith(code)), None)
