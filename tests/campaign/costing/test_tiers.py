"""Volume discounts are one line below a total, and come to the same however a period is cut up."""

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment import Summary, Tiers
from callr_segment.errors import InputError

PRICE = 10_000_000


def total(parts, price=PRICE):
    return Summary(parts=parts, low=parts * price, expected=parts * price, high=parts * price)


GRADUATED = {10: "0.1", 100: "0.25"}


@pytest.mark.parametrize(
    ("parts", "used", "expected"),
    [
        (10, 0, 0),
        (11, 0, Fraction(1, 10)),
        (100, 0, 9),
        (104, 0, 9 + 1),
        (5, 8, Fraction(3, 10)),
        (4, 100, 1),
        (0, 50, 0),
    ],
)
def test_graduated_tiers_make_the_parts_beyond_them_cheaper(parts, used, expected):
    assert Tiers(GRADUATED).adjust(total(parts), used=used).microcents == -expected * PRICE


@pytest.mark.parametrize(("parts", "expected"), [(10, 0), (11, Fraction(11, 10)), (101, Fraction(101, 4))])
def test_all_units_tiers_make_every_part_cheaper(parts, expected):
    assert Tiers(GRADUATED, kind="all-units").adjust(total(parts)).microcents == -expected * PRICE


def test_all_units_tiers_reach_back_to_what_was_used_before():
    tiers = Tiers(GRADUATED, kind="all-units")
    assert tiers.adjust(total(6), used=6, used_cents=60).cents == -Decimal("12")
    assert tiers.adjust(total(6), used=20).cents == -Decimal("6")
    with pytest.raises(InputError, match="the 6 parts used before change tier too: say used_cents="):
        tiers.adjust(total(6), used=6)
    in_cents = Tiers({10: "1.5"}, off="cents", kind="all-units")
    assert in_cents.adjust(total(6), used=6).cents == -Decimal("18")


def test_the_three_figures_are_adjusted_apart_and_rounded_once():
    adjusted = Tiers({0: "0.5"}).adjust(Summary(parts=3, low=3, expected=5, high=8))
    assert adjusted[:3] == (-2, -2, -4)
    assert (adjusted.low_cents, adjusted.high_cents) == (Decimal("-0.000002"), Decimal("-0.000004"))
    assert adjusted.reason == "graduated tiers: 0 parts used before, 3 now"


discounts = st.dictionaries(st.integers(0, 60), st.integers(0, 10), min_size=1).filter(
    lambda tiers: any(tiers.values())
)


@given(discounts, st.lists(st.integers(0, 40), min_size=1, max_size=5), st.sampled_from(["share", "cents"]))
def test_campaigns_of_a_period_come_to_the_same_as_one(tiers, sizes, off):
    values = {parts: Decimal(value) / 10 for parts, value in tiers.items()}
    for kind in ("graduated", "all-units"):
        made = Tiers(values, off=off, kind=kind)
        used = added = 0
        for parts in sizes:
            added += made.adjust(total(parts), used=used, used_cents=10 * used).microcents
            used += parts
        assert added == made.adjust(total(used)).microcents


@given(discounts, st.integers(0, 100), st.integers(0, 100))
def test_graduated_tiers_are_a_sum_over_parts(tiers, parts, used):
    def off(part):
        reached = [start for start in tiers if part > start]
        return tiers[max(reached)] if reached else 0

    made = Tiers({start: Decimal(value) / 10 for start, value in tiers.items()}, off="cents")
    expected = sum(off(part) for part in range(used + 1, used + parts + 1))
    assert made.adjust(total(parts), used=used).cents == Decimal(-expected) / 10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"discounts": {}}, "tiers without a discount"),
        ({"discounts": {10: 0}, "off": "percent"}, "off must be one of share, cents, not 'percent'"),
        ({"discounts": {10: 0}, "kind": "flat"}, "kind must be one of graduated, all-units"),
        ({"discounts": {10: "5"}}, "discount after 10 parts: '5' is over 1: write 5 % as 0.05"),
        ({"discounts": {10: "1.01"}}, "discount after 10 parts: '1.01' is over 1: write 5 % as 0.05"),
        ({"discounts": {10: 0.05}}, r"discount after 10 parts: 0\.05 is a float"),
        ({"discounts": {10: "-1"}, "off": "cents"}, "must not be negative"),
        ({"discounts": {-1: "0.1"}}, "-1 is no number of parts"),
        ({"discounts": {"10": "0.1"}}, "'10' is no number of parts"),
    ],
)
def test_tiers_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Tiers(**arguments)


def test_more_than_the_price_cannot_come_off():
    with pytest.raises(InputError, match=r"22.* cents come off 2 parts of 20.* cents: check the discounts"):
        Tiers({0: 11}, off="cents").adjust(total(2))
    with pytest.raises(InputError, match="-5 is no number of parts"):
        Tiers({0: 1}, off="cents").adjust(total(2), used=-5)


def test_tiers_stand_below_the_total_of_an_estimate_and_leave_its_rows_alone():
    frame = pd.DataFrame({"to": [f"+3363998{at:04}" for at in range(100)]})
    card = sms.RateCard({"FR": "4.5"}, currency="EUR")
    found = sms.estimate(frame, text="Bonjour", to="to", rates=card)
    before = found.rows["cost_cents"].sum()
    adjusted = Tiers({50: "0.2"}).adjust(found.summary)
    assert found.cost_cents + adjusted.cents == 50 * Decimal("4.5") + 50 * Decimal("3.6")
    assert found.rows["cost_cents"].sum() == before == found.cost_cents
