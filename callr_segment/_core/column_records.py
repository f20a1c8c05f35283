"""What columns are costed, summed up and reduced by: shared by the native modules and the fallback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from callr_segment.errors import InputError

LARGEST_COST = 10**18 - 1  # microcents: what decimal128(18, 6) cents hold
NONE = -1


class PriceClass(NamedTuple):
    """What rows of one class cost; a table has a line for each code, and that of -1 comes first.

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


class CostColumns(NamedTuple):
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


COST_BITS = CostColumns(128, 128, 128, 8, 8, 8, 16, 1, 1, 1)
"""Bits that a row takes in each."""


class CostTotals(NamedTuple):
    """How it went: the first row whose cost passes 18 digits, or -1, and the sum of high costs.

    ``total`` is added up until it passes 18 digits. Where nothing does, the others are how many rows have a
    cost, a problem and a country.
    """

    over: int
    total: int
    priced: int
    troubled: int
    located: int


def count_bytes(bits: int, rows: int) -> int:
    """Count the bytes of a column, by the bits that a row takes."""
    return (bits * rows + 7) // 8


class RowSums(NamedTuple):
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


class EnrichedColumns(NamedTuple):
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


ENRICHED_FORMATS = EnrichedColumns("c", "c", "c", "i", "i", "d:18,6", "d:18,6", "d:18,6", "l")
"""Of the Arrow C data interface."""

MOST_CODES = 8
BITS = 64


KEPT = 1
"""The bit of a byte's class that says it belongs to signatures."""


class Signatures(NamedTuple):
    """A column by its signatures: a code into ``texts`` for each row (int32), of which the first is nothing.

    ``marks`` unite the classes of all bytes of each text (uint8).
    """

    codes: Any
    marks: Any
    texts: list[bytes]


def check_rows(*columns: Any) -> int:
    """Tell how many rows all the columns have."""
    (rows, *others) = {len(column) for column in columns}
    if others:
        raise InputError(f"columns of {' and '.join(map(str, sorted([rows, *others])))} rows do not fit")
    return rows


def check_room(costs: CostColumns, rows: int) -> None:
    """Refuse columns that so many rows would not just fill."""
    for name, column, bits in zip(CostColumns._fields, costs, COST_BITS, strict=True):
        size = memoryview(column).nbytes
        if size != count_bytes(bits, rows):
            raise InputError(f"{name} has {size} bytes, where {rows} rows take {count_bytes(bits, rows)}")


def check_table(table: Any) -> memoryview:
    """See a table of price classes as its cells."""
    cells = memoryview(table)
    cells = cells if cells.format in ("q", "l") and cells.ndim == 1 else cells.cast("B").cast("q")
    if not len(cells) or len(cells) % len(PriceClass._fields):
        raise InputError(
            f"a table of {len(cells)} cells does not hold price classes of {len(PriceClass._fields)}"
        )
    return cells


def outside(row: int, code: int, size: int) -> InputError:
    """Build the error for a code that the table does not have."""
    return InputError(f"row {row} has the code {code}, where codes end at {size - 1}", row=row, value=code)


def check_classes(classes: bytes) -> None:
    """Refuse a table that has not one class for each byte."""
    if len(classes) != 256:
        raise InputError(f"a table of {len(classes)} classes is not one of 256 bytes")
