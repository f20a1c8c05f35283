"""Numbers are read as phonenumbers reads them; where they are not, one of few reasons says why.

Each reason is a predicate with its source. The rules behind "overseas" to "assigned first" were documented
before this comparison; "neither valid" and "letters" name what a count had left over.
"""

import os
import random
from collections import Counter
from datetime import date
from typing import NamedTuple

import phonenumbers
import pytest
from number_samples import Sample, damaged, digits, spelt

from callr_segment.errors import InvalidNumber
from callr_segment.text.numbers import normalize_number

SEED = int(date.today().strftime("%G%V")) if "CI" in os.environ else 202648
FRENCH = {"33", "262", "508", "590", "594", "596"}


class Reading(NamedTuple):
    """What either makes of a text: the number (None: refused), whether it is valid, its country, its note."""

    e164: str | None
    valid: bool
    country: str | None
    note: str | None


def ours(sample: Sample) -> Reading:
    try:
        number = normalize_number(sample.text, default_region=sample.region)
    except InvalidNumber as error:
        return Reading(None, False, None, "ambiguous" if "two different numbers" in str(error) else "refused")
    return Reading(number.e164, number.note != "unassigned", number.country, number.note)


def theirs(sample: Sample) -> Reading:
    try:
        number = phonenumbers.parse(sample.text, sample.region)
    except phonenumbers.NumberParseException:
        return Reading(None, False, None, None)
    country = phonenumbers.region_code_for_number(number)
    valid = phonenumbers.is_valid_number(number)
    return Reading(f"+{digits(number)}", valid, None if country == "001" else country, None)


def agree(mine: Reading, other: Reading) -> bool:
    """The same number, and country where it is valid; or no number that either calls valid."""
    if mine.e164 == other.e164:
        return not other.valid or (mine.country == other.country and mine.note != "unassigned")
    return mine.e164 is None and not other.valid


def begins_with(number: str | None, codes: set[str]) -> bool:
    return number is not None and number[1:].startswith(tuple(codes))


REASONS = {
    # Arcep, plan national de numérotation: departments are dialled from one another as at home.
    "overseas": lambda sample, mine, other: (
        begins_with(mine.e164, FRENCH) and begins_with(other.e164, FRENCH) and "+" not in sample.text
    ),
    # Our documentation: what may be two numbers is refused.
    "two numbers": lambda sample, mine, other: mine.note == "ambiguous",
    # Our documentation: after its own code a mobile is meant, rather than a national landline that begins so.
    "own code": lambda sample, mine, other: (
        mine.valid and "+" not in sample.text and mine.e164 == "+" + "".join(filter(str.isdigit, sample.text))
    ),
    # ITU-T E.164, 6.2.1: a number has at most 15 digits; some of Germany and Japan have more at home.
    "over 15 digits": lambda sample, mine, other: other.e164 is not None and len(other.e164) > 16,
    # CNAC: 310-XXXX is dialled within Canada alone, without an area, and receives no SMS.
    "local only": lambda sample, mine, other: begins_with(other.e164, {"1310"}) and len(other.e164) == 9,
    # Our documentation: an assigned number of another country is read with a warning, theirs is not valid.
    "foreign": lambda sample, mine, other: mine.note == "foreign" and not other.valid,
    # Our documentation: a reading that makes an assigned number goes before one that does not.
    "assigned first": lambda sample, mine, other: mine.valid and not other.valid,
    # Neither calls it valid: they differ in what is left of it.
    "neither valid": lambda sample, mine, other: not mine.valid and not other.valid,
    # ITU-T E.161: letters stand for digits on a keypad. Their number ends in such digits; we refuse letters.
    "letters": lambda sample, mine, other: (
        mine.e164 is None
        and other.e164 is not None
        and other.e164[-5:] not in phonenumbers.normalize_digits_only(sample.text)
    ),
}


class Comparison(NamedTuple):
    """How often each reason holds, what none explains or is abroad, and our notes on what they reject."""

    reasons: Counter
    unexplained: list
    rejected: Counter


def compare(samples) -> Comparison:
    """Read samples both ways. Rejected numbers, invalid to them and read by us, are counted by our note."""
    found = Comparison(Counter(), [], Counter())
    for sample in samples:
        mine, other = ours(sample), theirs(sample)
        if mine.e164 and other.e164 and not other.valid:
            found.rejected[mine.note] += 1
        if agree(mine, other):
            continue
        reason = next((name for name, holds in REASONS.items() if holds(sample, mine, other)), None)
        found.reasons[reason] += 1
        is_abroad = other.valid and mine.e164 and mine.country != other.country
        if reason is None or (is_abroad and reason not in ("overseas", "local only")):
            found.unexplained.append((sample.text, sample.region, mine, other))
    return found


@pytest.mark.parametrize(
    "count", [1_500, pytest.param(20_000, marks=pytest.mark.slice)], ids=["some", "many"]
)
@pytest.mark.once
def test_valid_numbers_are_read_as_phonenumbers_reads_them(count):
    found = compare(spelt(random.Random(SEED), count))
    print(f"seed {SEED}: {count} valid numbers, {dict(found.reasons)}")
    assert found.unexplained == []
    for reason, times in found.reasons.items():
        assert reason == "overseas" or times <= count / 100, reason
    assert found.reasons.total() < count / 50


@pytest.mark.parametrize(
    "count", [1_500, pytest.param(20_000, marks=pytest.mark.slice)], ids=["some", "many"]
)
@pytest.mark.once
def test_damaged_numbers_are_read_as_phonenumbers_reads_them_or_for_a_reason(count):
    found = compare(damaged(random.Random(SEED), count))
    silent = found.rejected[None] / found.rejected.total()
    print(f"seed {SEED}: {count} damaged numbers, {dict(found.reasons)}")
    print(f"read though they reject it: {dict(found.rejected)}, {silent:.1%} of it without a note")
    assert found.unexplained == []
    assert silent < 0.04


def test_samples_are_valid_and_of_most_regions():
    samples = list(spelt(random.Random(SEED), 1_500))
    assert len({sample.region for sample in samples}) > 200
    assert all(phonenumbers.is_valid_number(sample.number) for sample in samples)
