"""Phone numbers in plain Python: the rules, to be read by eye, and the oracle of the native module.

A text becomes digits (`clean`); digits become an E.164 number by the first `Reading` of the plan that fits.
Whoever builds the plan gives the readings; both implementations only follow them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Literal

from callr_segment._core.number_records import (
    ABROAD,
    AMBIGUOUS,
    CHARACTERS,
    DECIMAL,
    DOUBTFUL,
    EMPTY,
    LONGEST,
    MEANINGS,
    MISSING,
    NO_COUNTRY,
    OK,
    ROUNDED,
    TOO_LONG,
    TOO_SHORT,
    UNKNOWN_CODE,
    Numbers,
    Reading,
    check_plan,
    check_prefix,
    is_digits,
    outside,
    parts_of_zone,
    validity_of,
)
from callr_segment.errors import InputError


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


def _cells(code: str, values: Iterable[int]) -> bytearray:
    return bytearray(array(code, values).tobytes())
