"""Phone numbers in plain Python: the rules, to be read by eye, and the oracle of the native module.

A text becomes digits (`clean`); digits become an E.164 number by the first `Reading` of the plan that fits.
Whoever builds the plan gives the readings; both implementations only follow them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Literal, NamedTuple

from callr_segment._core.number_records import (
    ABROAD,
    AMBIGUOUS,
    ASSIGNED,
    CHARACTERS,
    DECIMAL,
    DOUBTFUL,
    EMPTY,
    FOREIGN,
    LANDLINE,
    LONGEST,
    LOST_ZERO,
    MEANINGS,
    MISSING,
    NO_COUNTRY,
    OK,
    OWN,
    POSSIBLE,
    ROUNDED,
    STOP,
    TOO_LONG,
    TOO_SHORT,
    TRIMMED,
    UNKNOWN_CODE,
    ZONES,
    Numbers,
    Reading,
    check_plan,
    check_prefix,
    is_assigned,
    is_digits,
    outside,
    parts_of_zone,
    place_of,
    unwrap,
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
    """How the numbers of one country are written, at home and abroad.

    ``zero`` is the calling code and a zero where numbers begin with one at home, so that a whole number may
    have lost it.
    """

    def __init__(
        self,
        readings: Sequence[Reading],
        codes: Mapping[str, Sequence[Reading]],
        zones: PrefixMap,
        zero: str = "",
    ) -> None:
        check_plan(readings, codes)
        self._readings = tuple(readings)
        self._codes = dict(codes)
        self._zero = zero
        self.zones = zones

    def read(self, text: str) -> tuple[int, int, int]:
        """Return number, place and status of one text, as in the columns of ``Numbers``."""
        return self.place(text, self.zones)

    def place(self, text: str, places: PrefixMap) -> tuple[int, int, int]:
        """Read one text, or else what it holds between other characters."""
        status, digits = self._read(text)
        if status == CHARACTERS and (number := unwrap(text)) is not None:
            status, digits = self._read(number)
            status = status if status & ~FOREIGN else status | TRIMMED
        if status & ~(TRIMMED | FOREIGN):
            return 0, -1, status
        return int(digits), place_of(places.find(digits), len(digits)), status

    def _read(self, text: str) -> tuple[int, str]:
        found = clean(text)
        if found.status != OK:
            return found.status, ""
        if found.plus:
            return self._international(found.digits)
        if found.decimals and not (self._is_at_home() or 10 <= len(found.digits) <= LONGEST):
            return DECIMAL, ""
        read = self._first(self._readings, found.digits, is_national=found.brackets or found.decimals > 1)
        return (LOST_ZERO, "") if found.whole and self._has_lost_zero(found.digits, *read) else read

    def _is_at_home(self) -> bool:
        return any(reading.number not in (ABROAD, DOUBTFUL, STOP) for reading in self._readings)

    def _has_lost_zero(self, digits: str, status: int, number: str) -> bool:
        """Whether a whole number may be one with a zero before it, rather than a mobile that is not short."""
        if not self._zero or not self._is_assigned(self._zero + digits):
            return False
        if status != OK or not self._is_assigned(number) or self._rank(number) < PERSONAL:
            return True
        return not is_assigned(self.zones.find(number), len(number) - 1)

    def _is_assigned(self, number: str) -> bool:
        return is_assigned(self.zones.find(number), len(number))

    def _rank(self, number: str) -> int:
        _, note = parts_of_zone(self.zones.find(number) % ZONES)
        return PERSONAL if note < LANDLINE else PERSONAL - 1

    def _international(self, digits: str) -> tuple[int, str]:
        """Read digits that begin with a calling code, of which none begins another."""
        for size in (1, 2, 3):
            if digits[:size] in self._codes:
                return self._first(self._codes[digits[:size]], digits[size:])
        return UNKNOWN_CODE, ""

    def _first(
        self, readings: Sequence[Reading], digits: str, *, is_national: bool = False
    ) -> tuple[int, str]:
        """Follow the first reading that makes an assigned number, or else the first of a possible one.

        Where there is none, tell why the first that might have fitted does not.
        """
        reason, possible, own = OK, "", ""
        for reading in readings:
            if not digits.startswith(reading.prefix):
                continue
            if reading.number == STOP:
                break
            if reading.number == ABROAD and not reading.prefix:
                if not (possible or own or (is_national and reading.test == ASSIGNED)):
                    status, number = self._guess(reading, digits)
                    if not status & ~FOREIGN or status == AMBIGUOUS:
                        return status, number
                reason = reason or NO_COUNTRY
                continue
            status, number = self._follow(reading, digits[len(reading.prefix) :])
            if status == AMBIGUOUS or reading.number == ABROAD:
                return status, number
            if status != OK:
                reason = reason or status
            elif reading.test == OWN:
                own = own or (number if self._is_assigned(number) else "")
            elif self._is_assigned(number):
                return self._more_likely(own, number) if own else (OK, number)
            elif reading.test == POSSIBLE:
                possible = possible or number
        return (OK, own or possible) if own or possible else (reason or TOO_SHORT, "")

    def _more_likely(self, own: str, number: str) -> tuple[int, str]:
        """Choose between a number after its own code and a national one; mobiles are written to."""
        ranks = self._rank(own), self._rank(number)
        if own == number or ranks[0] != ranks[1]:
            return OK, own if ranks[0] > ranks[1] else number
        return AMBIGUOUS, ""

    def _guess(self, reading: Reading, digits: str) -> tuple[int, str]:
        """Read digits as international that nothing says are."""
        status = fit(reading.lengths, digits)
        status, number = self._international(digits) if status == OK else (status, "")
        if status == OK and reading.test == ASSIGNED:
            status = FOREIGN if self._is_assigned(number) else NO_COUNTRY
        return status, number

    def _follow(self, reading: Reading, rest: str) -> tuple[int, str]:
        if reading.infix:
            if not rest.startswith(reading.infix, reading.keep):
                return TOO_SHORT, ""
            rest = rest[: reading.keep] + rest[reading.keep + len(reading.infix) :]
        status = fit(reading.lengths, rest)
        if status != OK:
            return status, ""
        if reading.number == ABROAD:
            return self._international(rest)
        return (AMBIGUOUS, "") if reading.number == DOUBTFUL else (OK, reading.number + rest)


PERSONAL = 2  # the rank of numbers that receive messages


def fit(lengths: int, rest: str) -> int:
    """Whether so many digits may follow, or are too few or too many."""
    if lengths >> len(rest) & 1:
        return OK
    return TOO_LONG if lengths & ((1 << len(rest)) - 1) else TOO_SHORT


class Cleaned(NamedTuple):
    """The digits of a text, and what it tells besides: a plus, brackets, how many decimals, a whole number.

    A cell that was a decimal number has one; two are the format of a national one.
    """

    status: int
    plus: bool = False
    digits: str = ""
    brackets: bool = False
    decimals: int = 0
    whole: bool = False


def clean(text: str) -> Cleaned:
    """Find the digits of one text, and how they are written."""
    plain = text.translate(MEANINGS).removeprefix("'")  # a spreadsheet's mark of a text cell
    if plain[:4].lower() == "tel:":
        plain = plain[4:]
    body = plain.lstrip("-.(")
    brackets = "(" in plain[: len(plain) - len(body)]
    plus = body.startswith("+")
    body = body[plus:]
    brackets = brackets or "(" in body
    digits = body.replace("-", "").replace(".", "").replace("(", "")
    if not digits:
        return Cleaned(EMPTY)
    if not is_digits(digits):
        return Cleaned(ROUNDED if is_rounded(body) else CHARACTERS)
    before, _, after = body.partition(".")
    if body.count(".") == 1 and "-" not in body and not brackets and after in ("", "0", "00"):
        return Cleaned(OK, plus, before, brackets, len(after), whole=True)  # it has been a number
    return Cleaned(OK, plus, digits, brackets)


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
    rows, verbatim, marks = [], True, 0
    for row, (start, stop) in enumerate(pairwise(ends)):
        if not 0 <= start <= stop <= len(utf8):
            raise outside(row)
        missing = valid is not None and not valid[(bit_offset + row) >> 3] >> ((bit_offset + row) & 7) & 1
        text = bytes(utf8[start:stop]).decode("utf-8", "replace")
        rows.append((0, -1, MISSING) if missing else plan.place(text, places or plan.zones))
        verbatim &= rows[-1][0] == 0 or text == f"+{rows[-1][0]}"
        marks |= rows[-1][2] if rows[-1][0] else 0
    numbers, found, statuses = (_cells(code, (row[at] for row in rows)) for at, code in enumerate("QiB"))
    return Numbers(numbers, found, statuses, verbatim, marks)


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


class NumberSet:
    """A set of numbers (uint64) that is asked, and added to, a column at a time; 0 is no number."""

    def __init__(self) -> None:
        self._numbers: set[int] = set()

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes, the integers not counted."""
        return self._numbers.__sizeof__()

    def add_many(self, numbers: Any) -> bytearray:
        """Add numbers, and tell of each (a byte) whether it was there: in the set, or in a row above."""
        found = bytearray()
        for number in integers(numbers, "Q"):
            found.append(number in self._numbers)
            if number:
                self._numbers.add(number)
        return found

    def find_many(self, numbers: Any) -> bytearray:
        """Tell of each number (a byte) whether it is in the set."""
        return bytearray(number in self._numbers for number in integers(numbers, "Q"))
