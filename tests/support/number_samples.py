"""Seeded valid numbers of every region and type, in the spellings of people, and damaged ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

E164, INTERNATIONAL, NATIONAL, RFC3966 = range(4)
TYPES = [value for name, value in vars(PhoneNumberType).items() if name.isupper()]
FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


class Sample(NamedTuple):
    """A text, where it is dialled, and the number it was made of."""

    text: str
    region: str | None
    number: PhoneNumber


def digits(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]


def national(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def international(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def significant(number: PhoneNumber) -> str:
    return phonenumbers.national_significant_number(number)


HOME = {  # spelt for those who dial in the number's own region
    "national": national,
    "national digits": lambda number: "".join(filter(str.isdigit, national(number))),
    "national dots": lambda number: national(number).replace(" ", ".").replace("-", "."),
    "national dashes": lambda number: national(number).replace(" ", "-"),
    "national no-break": lambda number: national(number).replace(" ", "\u00a0"),
    "national full width": lambda number: national(number).translate(FULL_WIDTH),
    "national labelled": lambda number: f"Tel. {national(number)}",
    "national formula": lambda number: f'="{national(number)}"',
    "national extension": lambda number: f"{national(number)} ext 5",
    "significant": significant,
    "without plus": digits,
    "significant spaced": lambda number: " ".join(significant(number)),
}
ANYWHERE = {
    "E.164": lambda number: f"+{digits(number)}",
    "international": international,
    "international dots": lambda number: international(number).replace(" ", "."),
    "international marked": lambda number: f"\u202a{international(number)}\u202c",
    "international full width": lambda number: international(number).translate(FULL_WIDTH),
    "international labelled": lambda number: f"whatsapp:+{digits(number)}",
    "international brackets": lambda number: f"+{number.country_code} ({significant(number)})",
    "RFC 3966": lambda number: phonenumbers.format_number(number, PhoneNumberFormat.RFC3966),
    "extension": lambda number: f"+{digits(number)} x12",
    "zero zero": lambda number: f"00{digits(number)}",
}


def valid_numbers(rng: random.Random, count: int) -> Iterator[tuple[str, PhoneNumber]]:
    """Yield valid numbers, of each region and type in turn."""
    examples = [
        (region, example)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in TYPES
        if (example := phonenumbers.example_number_for_type(region, kind))
    ]
    for at in range(count):
        if at % len(examples) == 0:
            rng.shuffle(examples)
        region, example = examples[at % len(examples)]
        yield region, _varied(rng, example)


def _varied(rng: random.Random, example: PhoneNumber) -> PhoneNumber:
    """Change the last digits of a number as far as it stays valid."""
    written = digits(example)
    for kept in (4, 5, 6, 7, 8):
        end = "".join(rng.choices("0123456789", k=max(0, len(written) - kept)))
        varied = phonenumbers.parse(f"+{written[: len(written) - len(end)]}{end}")
        if phonenumbers.is_valid_number(varied) and digits(varied)[-len(end) :] == end:
            return varied
    return example


def spelt(rng: random.Random, count: int) -> Iterator[Sample]:
    """Yield valid numbers, each in one spelling."""
    spellings = [*HOME, *ANYWHERE]
    for at, (region, number) in enumerate(valid_numbers(rng, count)):
        name = spellings[at % len(spellings)]
        if name in HOME:
            yield Sample(HOME[name](number), region, number)
        else:
            where = None if name != "zero zero" else "FR"
            yield Sample(ANYWHERE[name](number), where, number)


def damaged(rng: random.Random, count: int) -> Iterator[Sample]:
    """Yield spelt numbers with a digit lost, doubled or changed, two swapped, or another region's."""
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    for text, region, number in spelt(rng, count):
        at = rng.choice([place for place, char in enumerate(text) if char.isdecimal()])
        how = rng.randrange(5)
        if how == 4:
            yield Sample(text, rng.choice(regions), number)
            continue
        char = rng.choice("0123456789")
        put = {0: "", 1: text[at] * 2, 2: char, 3: text[at] + char}[how]
        yield Sample(text[:at] + put + text[at + 1 :], region, number)
