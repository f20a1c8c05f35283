"""Phone numbers in plain Python: the rules, to be read by eye, and the oracle of the native module.

A text becomes digits (`clean`); digits become an E.164 number by the first `Reading` of the plan that fits.
Whoever builds the plan gives the readings; both implementations only follow them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Literal, NamedTuple

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


class PrefixMap:
    """Small integers by prefix; the longest prefix wins."""

    def __init__(self, prefixes: Mapping[str, int]) -> None:
        for prefix, value in prefixes.items():
            check_prefix(prefix, value)
        self._values = dict(prefixes)
        self._sizes = sorted({len(prefix) for prefix in prefixes}, reverse=True)

    def find(self, digits: str) -> int:
        """Value of the longest prefix of these digits, or -1."""
        if not is_digits(digits):
            return -1
        found = (self._values.get(digits[:size]) for size in self._sizes if size <= len(digits))
        return next((value for value in found if value is not None), -1)

    def find_many(self, numbers: Any) -> bytearray:
        """Values (int32) of E.164 numbers (a buffer of uint64); -1 for none, and for a number of 0."""
        values = integers(numbers, "Q")
        return _cells("i", (self.find(str(value)) if 0 < value < 10**LONGEST else -1 for value in values))


class NumberPlan:
    """How the numbers of one country are written, at home and abroad."""

    def __init__(
        self,
        readings: Sequence[Reading],
        codes: Mapping[str, Sequence[Reading]],
        zones: PrefixMap,
    ) -> None:
        check_plan(readings, codes)
        self._readings = tuple(readings)
        self._codes = dict(codes)
        self.zones = zones

    def read(self, text: str) -> tuple[int, int, int, int]:
        """Return number, country, status and note of one text: 0 and -1 where there is no number."""
        number, zone, status = self.place(text, self.zones)
        country, note = parts_of_zone(zone)
        return number, country, status, note

    def place(self, text: str, places: PrefixMap) -> tuple[int, int, int]:
        """Return number, place and status of one text, as in the columns of ``Numbers``."""
        status, plus, digits = clean(text)
        if status == OK:
            status, digits = self._international(digits) if plus else self._first(self._readings, digits)
        return (int(digits), places.find(digits), OK) if status == OK else (0, -1, status)

    def _international(self, digits: str) -> tuple[int, str]:
        """Read digits that begin with a calling code, of which none begins another."""
        for size in (1, 2, 3):
            if digits[:size] in self._codes:
                return self._first(self._codes[digits[:size]], digits[size:])
        return UNKNOWN_CODE, ""

    def _first(self, readings: Sequence[Reading], digits: str) -> tuple[int, str]:
        """Follow the first reading that fits, or tell why the first that might have fitted does not."""
        reason = OK
        for reading in readings:
            if digits.startswith(reading.prefix):
                status, number = self._follow(reading, digits[len(reading.prefix) :])
                if status in (OK, AMBIGUOUS) or (reading.prefix and reading.number == ABROAD):
                    return status, number
                reason = reason or status
        return reason, ""

    def _follow(self, reading: Reading, rest: str) -> tuple[int, str]:
        prefix, number, lengths = reading
        status = fit(lengths, rest)
        if number == ABROAD:
            status, number = self._international(rest) if status == OK else (status, "")
            is_guess = not prefix and status not in (OK, AMBIGUOUS)
            return (NO_COUNTRY if is_guess else status), number
        if number == DOUBTFUL and status == OK:
            return AMBIGUOUS, ""
        return status, number + rest


def zone_of(country: int, note: int) -> int:
    """Pack what a prefix tells of a number, country -1 and note 0 being nothing, as a plan expects it."""
    return note * COUNTRIES + country + 1


def parts_of_zone(zone: int) -> tuple[int, int]:
    """Country and note of what `zone_of` packed, or of -1, which is nothing."""
    note, country = divmod(max(0, zone), COUNTRIES)
    return country - 1, note


def fit(lengths: int, rest: str) -> int:
    """Whether so many digits may follow, or are too few or too many."""
    if lengths >> len(rest) & 1:
        return OK
    return TOO_LONG if lengths & ((1 << len(rest)) - 1) else TOO_SHORT


def clean(text: str) -> tuple[int, bool, str]:
    """Status, whether a plus is written, and the digits of one text."""
    plain = text.translate(MEANINGS).removeprefix("'")  # a spreadsheet's mark of a text cell
    if plain[:4].lower() == "tel:":
        plain = plain[4:]
    plain = plain.lstrip("-.")
    plus = plain.startswith("+")
    body = plain[plus:]
    digits = body.replace("-", "").replace(".", "")
    if not digits:
        return EMPTY, plus, ""
    if not is_digits(digits):
        return (ROUNDED if is_rounded(body) else CHARACTERS), plus, ""
    if body.count(".") == 1 and body.endswith(".0") and "-" not in body:  # it has been a float
        digits = digits[:-1]
        return (OK if 10 <= len(digits) <= LONGEST else DECIMAL), plus, digits
    return OK, plus, digits


def is_rounded(body: str) -> bool:
    """Whether this is scientific notation, 3.36E+10 or 3,36E+10, whose last digits are lost."""
    mantissa, _, exponent = body.replace("E", "e").partition("e")
    return is_digits(mantissa.replace(".", "").replace(",", "")) and is_digits(exponent.lstrip("+-"))


def is_digits(text: str) -> bool:
    """Whether there are digits from 0 to 9 and nothing else."""
    return text.isascii() and text.isdigit()


def parse_numbers(
    offsets: Any,
    data: Any,
    validity: Any,
    plan: NumberPlan,
    *,
    places: PrefixMap | None = None,
    bit_offset: int = 0,
) -> Numbers:
    """Read a column of Arrow large_utf8: its offsets, its UTF-8 and its validity bitmap (or None)."""
    ends, utf8 = column(offsets, data)
    valid = validity_of(validity, bit_offset, len(ends) - 1)
    rows, verbatim = [], True
    for row, (start, stop) in enumerate(pairwise(ends)):
        if not 0 <= start <= stop <= len(utf8):
            raise outside(row)
        missing = valid is not None and not valid[(bit_offset + row) >> 3] >> ((bit_offset + row) & 7) & 1
        text = bytes(utf8[start:stop]).decode("utf-8", "replace")
        rows.append((0, -1, MISSING) if missing else plan.place(text, places or plan.zones))
        verbatim &= rows[-1][2] != OK or text == f"+{rows[-1][0]}"
    numbers, found, statuses = (_cells(code, (row[at] for row in rows)) for at, code in enumerate("QiB"))
    return Numbers(numbers, found, statuses, verbatim)


def write_numbers(numbers: Any) -> tuple[bytearray, bytearray]:
    """Write E.164 digits (a buffer of uint64) as Arrow large_utf8: its offsets and its UTF-8; 0 is empty."""
    texts = [f"+{number}" if number else "" for number in memoryview(numbers).cast("B").cast("Q")]
    return _cells("q", accumulate(map(len, texts), initial=0)), bytearray("".join(texts).encode())


def column(offsets: Any, data: Any) -> tuple[memoryview, memoryview]:
    """Offsets as integers and the bytes they point into."""
    return integers(offsets, "q"), memoryview(data).cast("B")


def integers(buffer: Any, code: Literal["q", "Q"]) -> memoryview:
    """See any buffer as 64-bit integers."""
    raw = memoryview(buffer).cast("B")
    if len(raw) % 8:
        raise InputError(f"a buffer of {len(raw)} bytes does not hold 64-bit integers; pass int64 or uint64")
    return raw.cast(code)


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


def _cells(code: str, values: Iterable[int]) -> bytearray:
    return bytearray(array(code, values).tobytes())
