"""What phone numbers are read by, and what is said of them: shared by the native modules and the fallback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from callr_segment.errors import InputError

STATUSES = (
    "ok",
    "missing",
    "empty",
    "characters",
    "rounded",
    "decimal",
    "too_short",
    "too_long",
    "unknown_code",
    "no_country",
    "ambiguous",
)
OK, MISSING, EMPTY, CHARACTERS, ROUNDED, DECIMAL = range(6)
TOO_SHORT, TOO_LONG, UNKNOWN_CODE, NO_COUNTRY, AMBIGUOUS = range(6, len(STATUSES))

LONGEST = 15  # digits of a number with its calling code (ITU-T E.164, 6.2.1)

ZEROS = "0٠۰०০๐０"  # each is followed by its nine other digits
PLUSES = "+＋"
DOTS = ".．"
DASHES = "-‐‑‒–—―−ー－/／()（）[]［］~～·•"
# White space, and the format characters that spreadsheets and address books leave behind.
BLANKS = (
    *(*range(0x09, 0x0E), 0x20, 0xA0, 0xAD, 0x61C, 0x1680, 0x180E, *range(0x2000, 0x2010)),
    *(*range(0x2028, 0x2030), *range(0x205F, 0x2070), 0x3000, 0xFEFF),
)
MEANINGS = {
    **{ord(zero) + digit: str(digit) for zero in ZEROS for digit in range(10)},
    **dict.fromkeys(map(ord, PLUSES), "+"),
    **dict.fromkeys(map(ord, DOTS), "."),
    **dict.fromkeys(map(ord, DASHES), "-"),
    **dict.fromkeys(BLANKS, ""),
}

ABROAD = "+"
DOUBTFUL = "?"
COUNTRIES = 4096  # more than there are, so that a country and a note fit into one value of a PrefixMap


class Reading(NamedTuple):
    """One way to read digits: those that begin with ``prefix`` are ``number`` and the digits that follow.

    ``lengths`` has bit n set when n digits may follow. Instead of a number stands ABROAD when a calling
    code follows the prefix, or DOUBTFUL, when two numbers are written so.
    """

    prefix: str
    number: str
    lengths: int


class Numbers(NamedTuple):
    """One cell per text: E.164 digits (uint64), place (int32) and status (uint8).

    The number is 0 and the place -1 where the status is not 0. ``verbatim`` says that every text that is a
    number is written as E.164 already.
    """

    numbers: bytearray
    places: bytearray
    statuses: bytearray
    verbatim: bool


def zone_of(country: int, note: int) -> int:
    """Pack what a prefix tells of a number, country -1 and note 0 being nothing, as a plan expects it."""
    return note * COUNTRIES + country + 1


def parts_of_zone(zone: int) -> tuple[int, int]:
    """Country and note of what `zone_of` packed, or of -1, which is nothing."""
    note, country = divmod(max(0, zone), COUNTRIES)
    return country - 1, note


def is_digits(text: str) -> bool:
    """Whether there are digits from 0 to 9 and nothing else."""
    return text.isascii() and text.isdigit()


def validity_of(validity: Any, bit_offset: int, rows: int) -> memoryview | None:
    """Bits that tell which cells are there, or None where all are."""
    if validity is None:
        return None
    bits = memoryview(validity).cast("B")
    if bit_offset < 0 or bit_offset + rows > 8 * len(bits):
        raise InputError(
            f"a validity bitmap of {len(bits)} bytes is too short for {rows} rows from bit {bit_offset}"
        )
    return bits


def outside(row: int) -> InputError:
    """Build the error for a row whose offsets decrease or leave the data."""
    return InputError(f"row {row} has offsets outside its column; the Arrow data is damaged", row=row)


def check_prefix(prefix: str, value: int) -> None:
    """Refuse a prefix that is not digits, or a value that no cell can hold."""
    if prefix and not is_digits(prefix):
        raise InputError(f"prefix {prefix!r} is not digits; write it without + and spaces", value=prefix)
    if not 0 <= value < 1 << 31:
        raise InputError(f"prefix {prefix!r} has the value {value}; give 0 to 2147483647", value=value)


def check_plan(readings: Sequence[Reading], codes: Mapping[str, Sequence[Reading]]) -> None:
    """Refuse what the native module could not hold."""
    for code in codes:
        if not is_digits(code) or len(code) > 3:
            raise InputError(f"calling code {code!r} is not one to three digits", value=code)
    for reading in (*readings, *(reading for after in codes.values() for reading in after)):
        prefix, number, lengths = reading
        digits = "" if number in (ABROAD, DOUBTFUL) else number
        longest = LONGEST - len(number) if digits else 31
        if max(len(prefix), len(number)) > 8 or not 0 <= lengths < 2 << longest:
            raise InputError(f"{reading} is longer than a number of {LONGEST} digits", value=reading)
        if not is_digits(prefix + digits + "0"):
            raise InputError(f"{reading} is not written in digits", value=reading)
