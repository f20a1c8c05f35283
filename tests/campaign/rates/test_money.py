"""Money is exact, and what does not fit is refused rather than wrapped around or rounded."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment.campaign.rates.money import (
    CENTS,
    LARGEST,
    cents,
    checked_product,
    checked_sum,
    decimal_array,
    from_decimal_array,
    major,
    microcents,
    quoted,
    scaled,
)
from callr_segment.errors import InputError

pytestmark = pytest.mark.once

amounts = st.integers(-LARGEST, LARGEST)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("4.5", "cents", 4_500_000),
        ("4.50", "cents", 4_500_000),
        ("4.500000000000", "cents", 4_500_000),
        (" 0004.5\u00a0", "cents", 4_500_000),
        (".5", "cents", 500_000),
        ("0", "cents", 0),
        ("0.000001", "cents", 1),
        (4, "cents", 4_000_000),
        (Decimal("4.5"), "cents", 4_500_000),
        (Decimal("1E+2"), "cents", 100_000_000),
        ("0.28725000", "major", 28_725_000),
        ("0.00000001", "major", 1),
        ("999999999999.999999", "cents", LARGEST),
    ],
)
def test_amounts_are_read_exactly(value, unit, expected):
    assert microcents(value, unit=unit) == expected


@pytest.mark.parametrize(
    ("value", "way_out"),
    [
        ("", "it is empty, write 0"),
        ("   ", "it is empty, write 0"),
        ("4,50", "after a point, as in 4.50"),
        ("-4.50", "must not be negative"),
        (-4, "must not be negative"),
        (Decimal("-4.5"), "must not be negative"),
        ("1e5", "without an exponent"),
        ("1e999", "without an exponent"),
        ("1E-3", "without an exponent"),
        ("NaN", "write digits and a point"),
        ("inf", "write digits and a point"),
        (Decimal("NaN"), "write digits and a point"),
        (Decimal("Infinity"), "write digits and a point"),
        ("4.50 €", "write digits and a point"),
        ("1 000", "write digits and a point"),
        ("1,000.50", "write digits and a point"),
        ("1_000", "write digits and a point"),
        ("٤", "write digits and a point"),
        ("5.", "write digits and a point"),
        (".", "write digits and a point"),
        (4.5, "write it as text"),
        (float("nan"), "write it as text"),
        (True, "not a number"),
        (None, "not text, int or Decimal"),
        (b"4.5", "not text, int or Decimal"),
        ("0.0000001", "more than 6 decimals: round it first"),
        (Decimal("1E-30"), "more than 6 decimals: round it first"),
        (Decimal("1E-999999999"), "too many decimals: round it first"),
        ("1000000000000", "at most 12 digits"),
        (10**12, "at most 12 digits"),
        pytest.param(10**5000, "at most 18 digits", id="huge int"),
        (Decimal("1E+999"), "at most 18 digits"),
        pytest.param("9" * 5000, "at most 12 digits", id="5,000 digits"),
        pytest.param("0." + "1" * 5000, "more than 6 decimals", id="5,000 decimals"),
    ],
)
def test_what_is_no_exact_amount_is_refused_with_the_way_out(value, way_out):
    with pytest.raises(InputError, match=way_out) as caught:
        microcents(value)
    assert caught.value.value is value
    assert len(str(caught.value)) < 150


def test_a_million_digits_are_refused_without_being_computed():
    with pytest.raises(InputError, match="9999… is too large"):
        microcents("9" * 1_000_000)


def test_a_long_value_is_shown_short():
    assert quoted("4,50") == "'4,50'"
    assert quoted(10**5000) == "an integer of 16610 bits"
    assert len(quoted("\n" * 10**6)) < 100


@given(amounts)
def test_cents_and_microcents_are_inverse(amount):
    assert cents(amount) == Decimal(amount) / 1_000_000
    if amount >= 0:
        assert microcents(cents(amount)) == amount
        assert microcents(str(cents(amount))) == amount


@given(st.decimals(0, 10**8, places=9))
def test_scaled_counts_the_last_decimal(number):
    assert scaled(number, decimals=9) == int(number * 10**9)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 10**15)), max_size=30))
def test_a_product_is_exact_or_refused(pairs):
    counts = np.array([count for count, _ in pairs], np.int32)
    prices = np.array([price for _, price in pairs], np.int64)
    expected = [count * price for count, price in pairs]
    if sum(expected) > LARGEST:
        with pytest.raises(InputError, match="passes 18 digits"):
            checked_product(counts, prices)
    else:
        assert checked_product(counts, prices).tolist() == expected


def test_a_product_that_int64_would_wrap_names_its_row():
    counts, prices = np.array([1, 0, 40], np.int64), np.array([5, LARGEST, LARGEST // 3], np.int64)
    assert int(np.multiply(counts, prices)[2]) != 40 * (LARGEST // 3)
    with pytest.raises(InputError, match=r"row 2: 40 times 333333333333\.333333 cents") as caught:
        checked_product(counts, prices)
    assert caught.value.row == 2


def test_products_that_fit_one_by_one_are_refused_when_their_total_does_not():
    counts, prices = np.full(3, 1, np.int32), np.full(3, LARGEST // 2, np.int64)
    assert checked_product(counts[:2], prices[:2]).sum() == LARGEST - 1
    with pytest.raises(InputError, match="total of"):
        checked_product(counts, prices)


@pytest.mark.parametrize(("counts", "prices"), [([-1], [1]), ([1], [-1])])
def test_negative_counts_and_prices_are_refused(counts, prices):
    with pytest.raises(InputError, match="negative"):
        checked_product(np.array(counts), np.array(prices))


@given(st.lists(amounts, max_size=40))
def test_a_sum_is_exact_or_refused(values):
    array = np.array(values, np.int64)
    if abs(sum(values)) > LARGEST:
        with pytest.raises(InputError, match="passes 18 digits"):
            checked_sum(array)
    else:
        assert checked_sum(array) == sum(values)


def test_a_sum_that_int64_would_wrap_is_refused():
    array = np.full(40, LARGEST, np.int64)
    assert int(array.sum()) != 40 * LARGEST
    with pytest.raises(InputError, match="check the prices"):
        checked_sum(array)


@given(st.lists(st.none() | amounts, max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_decimal_columns_are_exact_both_ways_and_through_slices(values, start, length):
    missing = np.array([value is None for value in values], np.bool_)
    array = decimal_array(np.array([value or 0 for value in values], np.int64), missing)
    array.validate(full=True)
    assert array.type == CENTS
    assert array.to_pylist() == [None if value is None else cents(value) for value in values]

    back, mask = from_decimal_array(array.slice(start, length))
    assert back.tolist() == [value or 0 for value in values[start : start + length]]
    assert mask.tolist() == missing[start : start + length].tolist()


def test_a_decimal_column_made_by_arrow_reads_back():
    values = [Decimal("-4.5"), None, Decimal("0.000001")]
    chunked = pa.chunked_array([pa.array(values, CENTS), pa.array([], CENTS), pa.array(values, CENTS)])
    back, missing = from_decimal_array(chunked)
    assert back.tolist() == [-4_500_000, 0, 1] * 2
    assert missing.tolist() == [False, True, False] * 2


def test_a_decimal_column_without_a_mask_has_no_nulls():
    assert decimal_array(np.array([1, 2])).null_count == 0


def test_an_amount_over_18_digits_does_not_enter_a_frame():
    for amount in (LARGEST + 1, -LARGEST - 1):
        with pytest.raises(InputError, match="18 digits"):
            decimal_array(np.array([amount]))


@pytest.mark.parametrize("kind", [pa.decimal128(18, 2), pa.float64(), pa.decimal128(38, 6)])
def test_a_column_of_another_type_is_refused(kind):
    with pytest.raises(InputError, match="cast it to decimal128"):
        from_decimal_array(pa.array([], kind))


@pytest.mark.parametrize(
    ("cents", "beside", "text"),
    [
        ("999.99", None, "9.9999"),
        ("-999.99", None, "-9.9999"),
        ("1000", None, "10.00"),
        ("1000.4", None, "10.00"),
        ("4.5", "1000", "0.04"),
        ("1000.4", "999", "10.0040"),
    ],
)
def test_below_ten_a_part_of_a_cent_is_shown(cents, beside, text):
    found = major(Decimal(cents), "EUR", beside=None if beside is None else Decimal(beside))
    assert str(found) == text
