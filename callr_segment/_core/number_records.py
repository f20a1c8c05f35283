"""What phone numbers are read by, and what is said of them: shared by the native modules and the fallback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from callr_segment.errors import InputError

if TYPE_CHECKING:
    import re

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
    "lost_zero",
)
OK, MISSING, EMPTY, CHARACTERS, ROUNDED, DECIMAL = range(6)
TOO_SHORT, TOO_LONG, UNKNOWN_CODE, NO_COUNTRY, AMBIGUOUS, LOST_ZERO = range(6, len(STATUSES))
TRIMMED, FOREIGN = 64, 128  # marks of a number, beside its status of 0

LONGEST = 15  # digits of a number with its calling code (ITU-T E.164, 6.2.1)

ZEROS = "0٠۰०০๐０"  # each is followed by its nine other digits
PLUSES = "+＋"
DOTS = ".．"
BRACKETS = "()[]（）［］"
DASHES = "-‐‑‒–—―−ー－/／~～·•"
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
    **dict.fromkeys(map(ord, BRACKETS), "("),
    **dict.fromkeys(BLANKS, ""),
}

WHOLE = "."  # after its digits: a cell that was a whole number, which may have lost zeros

ABROAD, DOUBTFUL, STOP = "+", "?", "!"
POSSIBLE, ASSIGNED, OWN = range(3)
COUNTRIES = 4096  # more than there are, so that a country and a note fit into one value of a PrefixMap
ZONES = 1 << 19  # more than there are, so that the lengths that are assigned fit above them
SHORTEST = 4  # digits of a number with its calling code
FICTIONAL, LANDLINE, SERVICE = 1, 2, 3


class Reading(NamedTuple):
    """One way to read digits: those that begin with ``prefix`` are ``number`` and the digits that follow.

    ``lengths`` has bit n set when n digits may follow. Instead of a number stands ABROAD when a calling
    code follows the prefix, DOUBTFUL when two numbers are written so, or STOP when nothing else may be tried.
    After ``keep`` digits that follow, ``infix`` is left out. ``test`` is POSSIBLE where the length decides,
    ASSIGNED where such numbers must exist, OWN where they must, and the next readings may be meant instead.
    """

    prefix: str
    number: str
    lengths: int
    keep: int = 0
    infix: str = ""
    test: int = POSSIBLE


class Numbers(NamedTuple):
    """One cell per text: E.164 digits (uint64), place (int32) and status (uint8).

    A place is twice the zone that the longest prefix tells, and one more where no number of that length is
    assigned. The number is 0 and the place -1 where the text is none; else the status is 0, or TRIMMED, or
    FOREIGN. ``verbatim`` says that every text that is a number is written as E.164 already, ``marks`` which
    marks any number has.
    """

    numbers: bytearray
    places: bytearray
    statuses: bytearray
    verbatim: bool
    marks: int = 0


def zone_of(country: int, note: int) -> int:
    """Pack what a prefix tells of a number, country -1 and note 0 being nothing, as a plan expects it."""
    return note * COUNTRIES + country + 1


def parts_of_zone(zone: int) -> tuple[int, int]:
    """Country and note of what `zone_of` packed, or of -1, which is nothing."""
    note, country = divmod(max(0, zone), COUNTRIES)
    return country - 1, note


def with_lengths(zone: int, lengths: int) -> int:
    """Pack a zone and the lengths of its assigned numbers (bit n: n digits, calling code and all)."""
    return zone + ZONES * (lengths >> SHORTEST & 0xFFF)


def place_of(value: int, length: int) -> int:
    """Tell the place of a number from what `with_lengths` packed, or from -1, which is nothing."""
    return 2 * (value % ZONES) + (not is_assigned(value, length)) if value >= 0 else -1


def is_assigned(value: int, length: int) -> bool:
    """Whether numbers of this length are assigned, by what `with_lengths` packed."""
    return value >= 0 and length >= SHORTEST and bool(value // ZONES >> (length - SHORTEST) & 1)


def unwrap(text: str) -> str | None:
    """Take the number out of what stands around it, an extension among that; None where nothing does.

    >>> unwrap('="0612345678"'), unwrap("Tel. 06 12 34 56 78 ext 5"), unwrap("0612345678")
    ('0612345678', '06 12 34 56 78', None)
    >>> unwrap("tel:0612345678;phone-context=+33")  # RFC 3966, 5.1.5
    '+330612345678'
    """
    begins, parameter, extension, ends = _wrapping()
    start = begins.search(text)
    if start is None or any("\ud800" <= char <= "\udfff" or char == "\ufffd" for char in text):
        return None
    rest = text[start.start() :]
    context = next((found[1] for found in parameter.finditer(rest) if found[1]), "")
    number = ends.sub("", extension.sub("", ends.sub("", parameter.sub("", rest))))
    number = number if number.startswith("+") else context + number
    return None if number == text else number


@cache
def _wrapping() -> tuple[re.Pattern[str], ...]:
    import re  # noqa: PLC0415 (one text that is a number needs none)

    gap = r"[ \u00a0\t,-]*"
    words = r"e?xt(?:ensi(?:o\u0301?|\xf3))?n?|\uff45?\uff58\uff54\uff4e?|\u0434\u043e\u0431|anexo"
    signs = r"[x\uff58#\uff03~\uff5e]|int|\uff49\uff4e\uff54"
    extension = "|".join(
        (
            r";ext=\d{1,20}",
            rf"{gap}(?:{words})[:.\uff0e]?{gap}\d{{1,20}}#?",
            rf"{gap}(?:{signs})[:.\uff0e]?{gap}\d{{1,9}}#?",
            r"[- ]+\d{1,6}#",
            rf"[ \u00a0\t]*(?:,{{2}}|;)[:.\uff0e]?{gap}\d{{1,15}}#?",
            rf"[ \u00a0\t]*,+[:.\uff0e]?{gap}\d{{1,9}}#?",
        )
    )
    return (
        re.compile(r"[+\uff0b\d]"),
        re.compile(r";(?:phone-context=(\+\d{1,15})|(?!ext=)[a-z0-9-]+=)[^;?]*|\?\w+=.*", re.IGNORECASE),
        re.compile(f"(?:{extension})$", re.IGNORECASE),
        re.compile(r"[^\w#]+$|_+$"),
    )


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
        prefix, number, lengths, keep, infix, _ = reading
        digits = "" if number in (ABROAD, DOUBTFUL, STOP) else number
        longest = LONGEST - len(number) if digits else 31
        too_long = max(len(prefix), len(number)) > 8 or len(infix) > 2 or not 0 <= keep <= 4
        if too_long or not 0 <= lengths < 2 << longest:
            raise InputError(f"{reading} is longer than a number of {LONGEST} digits", value=reading)
        if not is_digits(prefix + digits + infix + "0"):
            raise InputError(f"{reading} is not written in digits", value=reading)
