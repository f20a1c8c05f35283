"""Columns made of columns in plain Python: the rules, to be read by eye, and the oracle of native modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callr_segment._core.column_records import (
    BITS,
    LARGEST_COST,
    MOST_CODES,
    NONE,
    CostColumns,
    CostTotals,
    EnrichedColumns,
    PriceClass,
    RowSums,
    check_room,
    check_rows,
    check_table,
    outside,
)
from callr_segment.alphabet.gsm import Limits


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
    classes: Any, table: Any, parts: Any, problems: Any, *, errors: int, reported: int, costs: CostColumns
) -> CostTotals:
    """Cost rows by the class each is of, and fill ``costs`` (CostColumns) and ``problems`` (int64)."""
    cells, width = check_table(table), len(PriceClass._fields)
    codes, counts = _integers(classes), _integers(parts)
    rows = check_rows(codes, counts, problems)
    check_room(costs, rows)
    used = mark_used(codes, len(cells) // width - 1)
    known = {
        line - 1: PriceClass(*cells[width * line : width * (line + 1)])
        for line, occurs in enumerate(used)
        if occurs
    }
    out = _Out(costs)
    for row, (code, count) in enumerate(zip(codes, counts, strict=True)):
        price = known[code]
        problems[row] = found = (int(problems[row]) | price.problems) & reported
        if not out.write(row, price, count, found, errors):
            break
    return out.costed


class _Out:
    """Columns that are filled row by row."""

    def __init__(self, costs: CostColumns) -> None:
        views = CostColumns(*map(_flags, costs))
        self._figures = [view.cast("q") for view in views[:3]]
        self._codes = [view.cast("b") for view in views[3:6]]
        self._country = views.country.cast("h")
        self._bitmaps = views[7:]
        for bitmap in self._bitmaps:
            bitmap[:] = bytes(len(bitmap))
        self.costed = CostTotals(NONE, 0, 0, 0, 0)

    def write(self, row: int, price: PriceClass, parts: int, problems: int, errors: int) -> bool:
        """Write a row; false where a cost, or the sum of the high ones, passes 18 digits."""
        grave = problems & errors
        sent = price.basis != NONE and not grave
        if sent and parts > price.most:
            self.costed = self.costed._replace(over=row)
            return False
        figures = ((price.low, price.fee_low), (price.expected, price.fee), (price.high, price.fee_high))
        amounts = [parts * part + fee if sent else 0 for part, fee in figures]
        for figure, amount in zip(self._figures, amounts, strict=True):
            figure[2 * row], figure[2 * row + 1] = amount, 0
        worst = grave or problems
        codes = (price.basis if sent else 0, (worst & -worst).bit_length() - 1 if worst else 0)
        for column, code in zip(self._codes, (*codes, int(problems != 0 and not grave)), strict=True):
            column[row] = code
        self._country[row] = max(0, price.country)
        self._count(row, amounts[-1], (sent, problems != 0, price.country != NONE))
        return self.costed.total <= LARGEST_COST

    def _count(self, row: int, amount: int, marks: Sequence[bool]) -> None:
        for bitmap, mark in zip(self._bitmaps, marks, strict=True):
            bitmap[row >> 3] |= mark << (row & 7)
        over, total, *counts = self.costed
        counts = [count + mark for count, mark in zip(counts, marks, strict=True)]
        self.costed = CostTotals(over, total + amount, *counts)


def sum_rows(columns: EnrichedColumns, *, error: int, gsm: int) -> RowSums:
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
    return RowSums(messages, gsm, units, parts, low, expected, high, exact, tuple(ranged), tuple(met))


def _flags(column: Any) -> memoryview:
    view = memoryview(column)
    return view if view.format == "B" else view.cast("B")


def _integers(column: Any) -> memoryview:
    view = memoryview(column)
    return view if view.format == "i" else view.cast("B").cast("i")
