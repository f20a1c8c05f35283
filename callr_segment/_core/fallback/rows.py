"""Columns made of columns in plain Python: the rules, to be read by eye, and the oracle of native modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from callr_segment.alphabet.gsm import Limits
from callr_segment.errors import InputError

LARGEST = 10**18 - 1  # microcents: what decimal128(18, 6) cents hold
NONE = -1


class Kind(NamedTuple):
    """What the rows of one kind have in common; a table has one for each code, and that of -1 comes first.

    ``problems`` are bits; prices are microcents, of a part and of a message. ``most`` is how many parts keep
    the cost to 18 digits. ``basis`` is -1 where there is no price, ``country`` where there is none.
    """

    problems: int = 0
    low: int = 0
    expected: int = 0
    high: int = 0
    fee_low: int = 0
    fee: int = 0
    fee_high: int = 0
    most: int = 0
    basis: int = NONE
    country: int = NONE


class Costs(NamedTuple):
    """Columns to fill, as Arrow lays them out.

    Decimals of 128 bits; integers of 8 bits: how the expected cost was made, the gravest problem (the place
    of its bit), 0 for an error and 1 for a warning; countries (16 bits); then bitmaps of the rows that have a
    cost, a problem and a country.
    """

    low: Any
    expected: Any
    high: Any
    basis: Any
    problem: Any
    severity: Any
    country: Any
    priced: Any
    troubled: Any
    located: Any


WIDTHS = Costs(128, 128, 128, 8, 8, 8, 16, 1, 1, 1)
"""Bits that a row takes in each."""


class Costed(NamedTuple):
    """How it went: the first row whose cost passes 18 digits, or -1, and the sum of high costs.

    ``total`` is added up until it passes 18 digits. Where nothing does, the others are how many rows have a
    cost, a problem and a country.
    """

    over: int
    total: int
    priced: int
    troubled: int
    located: int


def room_for(width: int, rows: int) -> int:
    """Count the bytes of a column."""
    return (width * rows + 7) // 8


def mark_used(codes: Any, size: int) -> bytearray:
    """Flag the codes from -1 to below ``size`` that occur in a column of int32; that of -1 comes first."""
    marks = bytearray(size + 1)
    for row, code in enumerate(_integers(codes)):
        if not NONE <= code < size:
            raise outside(row, code, size)
        marks[code + 1] = True
    return marks


def measure_edges(
    is_gsm: Any,
    is_missing: Any,
    units: Any,
    parts: Any,
    last: Any,
    *,
    limits: Limits,
    remaining: Any,
    over_by: Any,
) -> None:
    """Fill ``remaining`` and ``over_by`` from columns of counts, by limits for GSM and for Unicode."""
    gsm, missing = _flags(is_gsm), _flags(is_missing)
    columns = [_integers(column) for column in (units, parts, last)]
    left, over = _integers(remaining), _integers(over_by)
    check_rows(gsm, missing, *columns, left, over)
    for row, (counted, billed, used) in enumerate(zip(*columns, strict=True)):
        single, part = limits.of("gsm" if gsm[row] else "unicode")
        left[row] = 0 if missing[row] else (part if billed > 1 else single) - used
        over[row] = used if billed > 2 else counted - single if billed == 2 else 0


def cost_rows(
    kinds: Any, table: Any, parts: Any, problems: Any, *, errors: int, heard: int, costs: Costs
) -> Costed:
    """Cost rows by the kind each is of, judge them, and fill ``costs`` (Costs) and ``problems`` (int64)."""
    cells, width = check_table(table), len(Kind._fields)
    known = [Kind(*cells[at : at + width]) for at in range(0, len(cells), width)]
    codes, counts = _integers(kinds), _integers(parts)
    rows = check_rows(codes, counts, problems)
    check_room(costs, rows)
    mark_used(codes, len(known) - 1)
    out = _Out(costs)
    for row, (code, count) in enumerate(zip(codes, counts, strict=True)):
        kind = known[code + 1]
        problems[row] = found = (int(problems[row]) | kind.problems) & heard
        if not out.write(row, kind, count, found, errors):
            break
    return out.costed


class _Out:
    """Columns that are filled row by row."""

    def __init__(self, costs: Costs) -> None:
        views = Costs(*map(_flags, costs))
        self._figures = [view.cast("q") for view in views[:3]]
        self._codes = [view.cast("b") for view in views[3:6]]
        self._country = views.country.cast("h")
        self._bitmaps = views[7:]
        for bitmap in self._bitmaps:
            bitmap[:] = bytes(len(bitmap))
        self.costed = Costed(NONE, 0, 0, 0, 0)

    def write(self, row: int, kind: Kind, parts: int, problems: int, errors: int) -> bool:
        """Write a row; false where a cost, or the sum of the high ones, passes 18 digits."""
        grave = problems & errors
        sent = kind.basis != NONE and not grave
        if sent and parts > kind.most:
            self.costed = self.costed._replace(over=row)
            return False
        prices = ((kind.low, kind.fee_low), (kind.expected, kind.fee), (kind.high, kind.fee_high))
        amounts = [parts * part + fee if sent else 0 for part, fee in prices]
        for figure, amount in zip(self._figures, amounts, strict=True):
            figure[2 * row], figure[2 * row + 1] = amount, 0
        worst = grave or problems
        codes = (kind.basis if sent else 0, (worst & -worst).bit_length() - 1 if worst else 0)
        for column, code in zip(self._codes, (*codes, int(problems != 0 and not grave)), strict=True):
            column[row] = code
        self._country[row] = max(0, kind.country)
        self._count(row, amounts[-1], (sent, problems != 0, kind.country != NONE))
        return self.costed.total <= LARGEST

    def _count(self, row: int, amount: int, marks: Sequence[bool]) -> None:
        for bitmap, mark in zip(self._bitmaps, marks, strict=True):
            bitmap[row >> 3] |= mark << (row & 7)
        over, total, *counts = self.costed
        counts = [count + mark for count, mark in zip(counts, marks, strict=True)]
        self.costed = Costed(over, total + amount, *counts)


class Sums(NamedTuple):
    """What enriched rows sum to: money in microcents, and ``problems`` by the place of the bit.

    Messages and their counts are those that are sent: whose severity is not that of an error. ``exact`` is
    the expected cost of rows that cost as much at least as at most, ``ranged`` that of the others, by how it
    was made.
    """

    messages: int
    gsm: int
    units: int
    parts: int
    low: int
    expected: int
    high: int
    exact: int
    ranged: Sequence[int]
    problems: Sequence[int]


class Enriched(NamedTuple):
    """Columns of enriched rows: Arrow arrays of codes (int8), counts (int32), decimals and bits (int64)."""

    severity: Any
    encoding: Any
    basis: Any
    units: Any
    parts: Any
    low: Any
    expected: Any
    high: Any
    problems: Any


FORMATS = Enriched("c", "c", "c", "i", "i", "d:18,6", "d:18,6", "d:18,6", "l")
"""Of the Arrow C data interface."""

MOST_CODES = 8
BITS = 64


def sum_rows(columns: Enriched, *, error: int, gsm: int) -> Sums:
    """Sum up enriched rows, where ``error`` and ``gsm`` are the codes of these words."""
    counts = [0, 0, 0, 0]
    money = [0, 0, 0, 0]
    ranged, met = [0] * MOST_CODES, [0] * BITS
    for row in zip(*(column.to_pylist() for column in columns), strict=True):
        severity, encoding, basis, units, parts, *costs, problems = row
        if severity != error:
            of_message = (1, int(encoding == gsm), units or 0, parts or 0)
            counts = [total + more for total, more in zip(counts, of_message, strict=True)]
        low, expected, high = (0 if cost is None else int(cost.scaleb(6)) for cost in costs)
        exact = expected if low == high else 0
        money = [total + more for total, more in zip(money, (low, expected, high, exact), strict=True)]
        if basis is not None:
            ranged[basis] += expected - exact
        met = [count + (problems >> bit & 1) for bit, count in enumerate(met)]
    messages, gsm, units, parts = counts
    low, expected, high, exact = money
    return Sums(messages, gsm, units, parts, low, expected, high, exact, tuple(ranged), tuple(met))


def check_rows(*columns: Any) -> int:
    """Tell how many rows all the columns have."""
    (rows, *others) = {len(column) for column in columns}
    if others:
        raise InputError(f"columns of {' and '.join(map(str, sorted([rows, *others])))} rows do not fit")
    return rows


def check_room(costs: Costs, rows: int) -> None:
    """Refuse columns that so many rows would not just fill."""
    for name, column, width in zip(Costs._fields, costs, WIDTHS, strict=True):
        size = memoryview(column).nbytes
        if size != room_for(width, rows):
            raise InputError(f"{name} has {size} bytes, where {rows} rows take {room_for(width, rows)}")


def check_table(table: Any) -> memoryview:
    """See a table of kinds as its cells."""
    cells = memoryview(table)
    cells = cells if cells.format in ("q", "l") and cells.ndim == 1 else cells.cast("B").cast("q")
    if not len(cells) or len(cells) % len(Kind._fields):
        raise InputError(f"a table of {len(cells)} cells does not hold kinds of {len(Kind._fields)}")
    return cells


def outside(row: int, code: int, size: int) -> InputError:
    """Build the error for a code that the table does not have."""
    return InputError(f"row {row} has the code {code}, where codes end at {size - 1}", row=row, value=code)


def _flags(column: Any) -> memoryview:
    view = memoryview(column)
    return view if view.format == "B" else view.cast("B")


def _integers(column: Any) -> memoryview:
    view = memoryview(column)
    return view if view.format == "i" else view.cast("B").cast("i")
