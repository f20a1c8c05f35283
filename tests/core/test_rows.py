"""Columns made of columns: the native module and the rules in plain Python fill the same memory."""

from array import array
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callr_segment import _core
from callr_segment._core.column_records import (
    COST_BITS,
    LARGEST_COST,
    CostColumns,
    EnrichedColumns,
    PriceClass,
    count_bytes,
)
from callr_segment._core.fallback import rows as fallback
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.campaign.rates.money import CENTS
from callr_segment.errors import InputError

native = pytest.importorskip("callr_segment._core.row_costs", reason="the native core is not built")
sums = pytest.importorskip("callr_segment._core.row_sums", reason="the native core is not built")

pytestmark = pytest.mark.once
implementations = pytest.mark.parametrize("core", [native, fallback], ids=["native", "fallback"])
summing = pytest.mark.parametrize("core", [sums, fallback], ids=["native", "fallback"])

MOST = 2**31 - 1
bits = st.integers(0, 2**20 - 1) | st.just(0)
prices = st.integers(0, 10**9) | st.integers(0, 10**17)


@st.composite
def kinds(draw):
    """A kind of recipients whose prices are in order; `most` is what the prices allow."""
    low, expected, high = sorted(draw(st.tuples(prices, prices, prices)))
    fee_low, fee, fee_high = sorted(draw(st.tuples(prices, prices, prices)))
    most = min((LARGEST_COST - fee_high) // max(high, 1), MOST)
    basis, country = draw(st.integers(-1, 3)), draw(st.integers(-1, 300))
    return PriceClass(draw(bits), low, expected, high, fee_low, fee, fee_high, most, basis, country)


def cost(core, table, rows, errors, reported):
    """Columns that are filled, what is told of them, and the problems that are left."""
    codes, parts, problems = (array(code, column) for code, column in zip("iiq", rows, strict=True))
    costs = CostColumns(*(bytearray(b"\xff" * count_bytes(width, len(codes))) for width in COST_BITS))
    cells = array("q", [cell for kind in table for cell in kind])
    found = core.cost_rows(codes, cells, parts, problems, errors=errors, reported=reported, costs=costs)
    return found, costs, problems


def columns(rows):
    return tuple(zip(*rows, strict=True)) or ((), (), ())


@given(st.data(), st.lists(kinds(), min_size=1, max_size=5), bits, bits)
def test_rows_are_costed_alike(data, table, errors, reported):
    code = st.integers(-1, len(table) - 2)
    rows = columns(data.draw(st.lists(st.tuples(code, st.integers(0, 300), bits), max_size=40)))
    found, costs, problems = cost(native, table, rows, errors, reported)
    expected, plain, judged = cost(fallback, table, rows, errors, reported)
    assert found[:2] == expected[:2]
    if found.over < 0 and found.total <= LARGEST_COST:
        assert (found, costs, problems) == (expected, plain, judged)


@implementations
def test_a_row_is_costed_by_its_kind_and_judged_by_the_gravest_problem(core):
    table = [
        PriceClass(1 << 3),
        PriceClass(0, 10, 20, 30, 1, 2, 3, MOST, 2, 77),
        PriceClass(1 << 5, 4, 4, 4, 0, 0, 0, MOST, 0),
    ]
    rows = ((-1, 0, 0, 1, 1), (1, 2, 2, 1, 3), (0, 0, 1 << 4, 0, 1 << 9))
    found, costs, problems = cost(core, table, rows, errors=1 << 3 | 1 << 4, reported=(1 << 9) - 1)
    amounts = [memoryview(column).cast("q").tolist() for column in costs[:3]]
    assert amounts == [[0, 0, 21, 0, 0, 0, 4, 0, 12, 0], [0, 0, 42, 0, 0, 0, 4, 0, 12, 0],
                       [0, 0, 63, 0, 0, 0, 4, 0, 12, 0]]  # fmt: skip
    assert problems.tolist() == [1 << 3, 0, 1 << 4, 1 << 5, 1 << 5]
    assert list(costs.problem) == [3, 0, 4, 5, 5]
    assert list(costs.severity) == [0, 0, 0, 1, 1]
    assert list(costs.basis) == [0, 2, 0, 0, 0]
    assert memoryview(costs.country).cast("h").tolist() == [0, 77, 77, 0, 0]
    assert [column[0] for column in costs[7:]] == [0b11010, 0b11101, 0b00110]
    assert found == (-1, 63 + 4 + 12, 3, 4, 2)


@implementations
@pytest.mark.parametrize(
    ("problems", "errors", "named", "severity"),
    [
        ({2, 5}, {5}, 5, 0),  # an error before a warning of a lower bit
        ({2, 5}, {2}, 2, 0),
        ({2, 5}, {7}, 2, 1),  # of warnings the lowest, whatever is an error elsewhere
        ({1, 6, 9}, {6, 9}, 6, 0),  # of errors the lowest
        ({0, 1, 19}, {19}, 19, 0),
    ],
)
def test_the_gravest_problem_is_named(core, problems, errors, named, severity):
    found, every = (sum(1 << bit for bit in bits) for bits in (problems, range(20)))
    known = sum(1 << bit for bit in errors)
    for price, rest in ((PriceClass(found), 0), (PriceClass(), found)):  # the class's, and the row's own
        _, costs, _ = cost(core, [price], ((-1,), (1,), (rest,)), errors=known, reported=every)
        assert (list(costs.problem), list(costs.severity)) == ([named], [severity])


@implementations
def test_a_cost_over_18_digits_stops_at_its_row(core):
    dear = PriceClass(0, 1, 1, LARGEST_COST // 2, 0, 0, 0, 2, 0, 0)
    rows = ((-1, -1, 0, 0), (1, 1, 2, 3), (0, 0, 0, 0))
    assert cost(core, [PriceClass(), dear], rows, errors=0, reported=0)[0].over == 3


@implementations
def test_a_total_over_18_digits_is_told(core):
    dear = PriceClass(0, 1, 1, LARGEST_COST, 0, 0, 0, 1, 0, 0)
    found, *_ = cost(core, [dear], ((-1, -1, -1), (1, 1, 1), (0, 0, 0)), errors=0, reported=0)
    assert found.over == -1
    assert found.total == 2 * LARGEST_COST


@implementations
@pytest.mark.parametrize(
    ("rows", "table", "error"),
    [
        (((1,), (1,), (0,)), [PriceClass(), PriceClass()], "row 0 has the code 1, where codes end at 0"),
        (((0, -2), (1, 1), (0, 0)), [PriceClass(), PriceClass()], "row 1 has the code -2"),
        (((-1,), (1, 1), (0,)), [PriceClass()], "columns of 1 and 2 rows do not fit"),
        (((-1,), (1,), (0,)), [], "a table of 0 cells"),
        (((-1,), (1,), (0,)), [PriceClass()[:-1]], "a table of 9 cells"),
    ],
)
def test_columns_that_do_not_fit_are_refused(core, rows, table, error):
    with pytest.raises(InputError, match=error):
        cost(core, table, rows, errors=0, reported=0)


@implementations
@pytest.mark.parametrize("name", CostColumns._fields)
def test_room_that_is_too_small_is_refused(core, name):
    costs = CostColumns(*(bytearray(count_bytes(width, 9)) for width in COST_BITS))
    costs = costs._replace(**{name: bytearray(len(getattr(costs, name)) - 1)})
    ones, zeros = array("i", [-1] * 9), array("q", [0] * 9)
    with pytest.raises(InputError, match=f"{name} has"):
        core.cost_rows(ones, array("q", PriceClass()), ones, zeros, errors=0, reported=0, costs=costs)


@given(st.lists(st.integers(-1, 9)), st.integers(0, 12))
def test_codes_that_occur_are_marked(codes, size):
    column = array("i", codes)
    if any(code >= size for code in codes):
        for core in (native, fallback):
            with pytest.raises(InputError, match=f"where codes end at {size - 1}"):
                core.mark_used(column, size)
    else:
        marks = [code in codes for code in range(-1, size)]
        assert list(native.mark_used(column, size)) == marks == list(fallback.mark_used(column, size))


counts = st.tuples(st.booleans(), st.booleans(), *[st.integers(0, 2_000)] * 3)


@given(st.lists(counts, max_size=40), st.sampled_from([LIMITS, Limits(160, 152, 70, 66), Limits(9, 8, 3, 2)]))
@example([(True, False, 160, 1, 160), (True, False, 161, 2, 8), (False, True, 0, 0, 0)], LIMITS)
def test_edges_are_measured_alike(rows, limits):
    found = [measured(core, rows, limits) for core in (native, fallback)]
    assert found[0] == found[1]


@implementations
def test_edges_are_those_of_one_text(core):
    texts = ["", "a" * 160, "a" * 161, "a" * 307, "é€" * 90, "ç" * 71, "ç" * 135]
    known = [_core.segment(text) for text in texts]
    lasts = [limit(one) - one.remaining for one in known]
    rows = [
        (one.encoding == "gsm", False, one.units, one.parts, last)
        for one, last in zip(known, lasts, strict=True)
    ]
    remaining, over_by = measured(core, rows, LIMITS)
    assert remaining.tolist() == [one.remaining for one in known]
    assert over_by.tolist() == [one.over_by for one in known]


def limit(one):
    return LIMITS.of(one.encoding)[one.parts > 1]


def measured(core, rows, limits):
    kinds = (*"BBiii",)
    cells = [array(kind, [row[at] for row in rows]) for at, kind in enumerate(kinds)]
    remaining, over_by = array("i", [7] * len(rows)), array("i", [7] * len(rows))
    core.measure_edges(*cells, limits=limits, remaining=remaining, over_by=over_by)
    return remaining, over_by


def or_none(values):
    return st.none() | values


amounts = st.decimals(0, 10**12 - 1, places=6)
figures = or_none(st.tuples(amounts, amounts, amounts) | amounts.map(lambda amount: (amount,) * 3))
number = st.integers(0, MOST)
enriched = st.tuples(
    or_none(st.integers(0, 1)), or_none(st.integers(0, 1)), or_none(st.integers(0, 3)),
    or_none(number), or_none(number), figures, bits,
)  # fmt: skip


def arrays(rows, offset):
    """The columns of enriched rows, as slices of longer ones."""
    severity, encoding, basis, units, parts, costs, problems = zip(*rows, strict=True)
    money = [[None if cost is None else cost[figure] for cost in costs] for figure in range(3)]
    kinds = EnrichedColumns(*[pa.int8()] * 3, *[pa.int32()] * 2, *[CENTS] * 3, pa.int64())
    cells = (severity, encoding, basis, units, parts, *money, problems)
    return EnrichedColumns(*(pa.array(c, kind).slice(offset) for c, kind in zip(cells, kinds, strict=True)))


@given(st.lists(enriched, min_size=1, max_size=30), st.data())
def test_rows_are_summed_up_alike(rows, data):
    found = arrays(rows, data.draw(st.integers(0, len(rows))))
    codes = {"error": data.draw(st.integers(-1, 1)), "gsm": data.draw(st.integers(-1, 1))}
    assert sums.sum_rows(found, **codes) == fallback.sum_rows(found, **codes)


@summing
def test_sums_leave_out_what_is_not_sent_or_not_there(core):
    cost = (Decimal(1), Decimal(2), Decimal(3))
    same = (Decimal(5),) * 3
    rows = [(0, 1, None, 9, 9, None, 1), (1, 1, 2, 8, 2, cost, 6), (None, 0, 0, 7, 1, same, 0)]
    found = core.sum_rows(arrays(rows, 0), error=0, gsm=1)
    cents = 1_000_000
    assert found[:8] == (2, 1, 15, 3, 6 * cents, 7 * cents, 8 * cents, 5 * cents)
    assert found.ranged[:4] == (0, 0, 2 * cents, 0)
    assert found.problems[:4] == (1, 1, 1, 0)


@summing
def test_a_cell_under_a_null_counts_for_nothing(core):
    columns = arrays([(1, 1, 0, 1, 1, (Decimal(1),) * 3, 0)] * 2, 0)
    hidden = [
        pa.Array.from_buffers(each.type, 2, [pa.py_buffer(b"\x02"), each.buffers()[1]])
        for each in columns[:-1]
    ]
    found = core.sum_rows(EnrichedColumns(*hidden, columns.problems), error=0, gsm=1)
    assert found[:8] == (2, 1, 1, 1, *[1_000_000] * 4)


def test_sums_of_other_columns_are_refused():
    columns = arrays([(1, 1, 0, 1, 1, None, 0)], 0)
    with pytest.raises(InputError, match="a column of format l where i is summed up"):
        sums.sum_rows(columns._replace(units=columns.problems), error=0, gsm=1)
    with pytest.raises(InputError, match="columns of 0 and 1 rows do not fit"):
        sums.sum_rows(columns._replace(units=columns.units[:0]), error=0, gsm=1)
