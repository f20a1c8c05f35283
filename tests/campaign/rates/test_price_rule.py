"""One rule for every price that comes in, whatever it comes in: its unit is said, or it is refused."""

import io
import json
import pickle
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment import RateCard, RateError
from callr_segment.campaign.rates.prices import PriceRule

pytestmark = pytest.mark.once

EUR = {"currency": "EUR"}
BOTH = r"is 0\.037\d* cents, or 0\.037\d* EUR: say unit="


def frames(price):
    yield pd.DataFrame({"country": ["FR"], "price": [price]})
    yield pl.DataFrame({"country": ["FR"], "price": [price]})
    yield pa.table({"country": ["FR"], "price": [price]})
    yield [{"country": "FR", "price": price}]


def every_way(price, **options):
    """Make a card of one price in every way there is."""
    options = EUR | options
    yield lambda: RateCard({"FR": price}, **options)
    yield lambda: RateCard.flat(price, **options)
    yield lambda: RateCard.read_csv(io.StringIO(f"country;price\nFR;{price}"), **options)
    yield lambda: RateCard.read_json(io.StringIO(json.dumps([{"country": "FR", "price": price}])), **options)
    yield lambda: RateCard.read_json(io.StringIO(json.dumps({"FR": price})), **options)
    for frame in frames(price):
        yield lambda frame=frame: RateCard.from_rows(frame, **options)


@pytest.mark.parametrize("price", [0.037, "0.037"])
def test_a_price_of_no_unit_that_may_be_euros_is_refused_in_every_way_it_comes(price):
    for make in every_way(price):
        with pytest.raises(RateError, match=BOTH):
            make()
    for make in every_way(price, unit="major"):
        assert make().lookup(country="FR").cents == Decimal("3.7")
    for make in every_way(price, unit="cents"):
        assert make().lookup(country="FR").cents == Decimal("0.037")


def test_a_workbook_follows_the_same_rule(tmp_path):
    pytest.importorskip("openpyxl")
    pd.DataFrame({"country": ["FR"], "price": [0.037]}).to_excel(tmp_path / "a.xlsx", index=False)
    with pytest.raises(RateError, match=BOTH):
        RateCard.read(tmp_path / "a.xlsx", **EUR)
    assert RateCard.read(tmp_path / "a.xlsx", unit="major", **EUR).lookup(country="FR").cents == Decimal(
        "3.7"
    )


@given(st.integers(0, 10**8))
def test_a_float_is_exactly_the_number_it_is_written_as(amount):
    price = float(Decimal(amount).scaleb(-8))
    for value in (price, np.float64(price)):
        assert PriceRule.of(unit="major").read(value) == amount


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("0,0425 €", "4.25"), ("€ 0.0425", "4.25"), ("EUR 0,0425", "4.25"), ("0.0425 EUR / SMS", "4.25"),
        ("4,25 ct", "4.25"), ("4.25 cents", "4.25"), ("1 234,5", "1234.5"), ("1.234,50", "1234.5"),
        ("1'234.5", "1234.5"), ("12,3456", "12.3456"), ("4,25", "4.25"), ("0", "0"),
    ],
)  # fmt: skip
def test_a_price_is_read_as_people_write_it(written, cents):
    assert RateCard({"FR": written}, **EUR).lookup(country="FR").cents == Decimal(cents)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("1,234", r"'1,234' is 1\.234 or 1234"), ("12,345", r"is 12\.345 or 12345"),
        ("$4", "in another currency, and the card EUR"),
        ("4 5", "not a plain number"), ("1.23.4", "not a plain number"), ("£4", "is GBP, and the card EUR"),
        ("4 %", "not a plain number"), ("n/a", "if it means that there is no price"),
    ],
)  # fmt: skip
def test_a_price_that_may_mean_two_things_or_none_is_refused(written, message):
    with pytest.raises(RateError, match=message):
        RateCard({"FR": written}, **EUR)


def test_the_decimal_sign_settles_what_may_be_read_both_ways():
    listed = "country;cents\nFR;1,234\nBE;4,5\nDE;1.234"
    with pytest.raises(RateError, match=r"line 2, column cents: '1,234' is 1\.234 or 1234"):
        RateCard.read_csv(io.StringIO(listed), **EUR)
    with pytest.raises(RateError, match=r"line 3, column cents: '1\.234': other prices have a comma"):
        RateCard.read_csv(io.StringIO(listed.replace("FR;1,234\n", "")), **EUR)
    card = RateCard.read_csv(io.StringIO(listed), decimal=",", **EUR)
    assert [card.lookup(country=each).cents for each in ("FR", "DE")] == [Decimal("1.234"), 1234]


@pytest.mark.parametrize("unit", ["cents", "major"])
def test_who_says_the_unit_must_agree(unit):
    cell = {"cents": "0.0425 €", "major": "4.25 ct"}[unit]
    with pytest.raises(RateError, match=f"unit= says {unit} and the cell says"):
        RateCard({"FR": cell}, unit=unit, **EUR)


def test_a_header_says_unit_and_currency():
    for header, price in (("Price (EUR)", "0.0425"), ("price_eur", "0,0425"), ("cents", "4.25")):
        card = RateCard.read_csv(io.StringIO(f"country;{header}\nFR;{price}"), currency="EUR")
        assert card.lookup(country="FR").cents == Decimal("4.25"), header
    assert RateCard.read_csv(io.StringIO("country;Price (CHF)\nFR;0.1")).currency == "CHF"


def test_a_cell_without_a_price_keeps_a_wider_row_from_pricing_it():
    listed = "country,network,cents\nFR,,4\nFR,20810,N/A\nCU,,-\n,,9"
    card = RateCard.read_csv(io.StringIO(listed), unpriced=("n/a", "-"), **EUR)
    assert card.lookup(country="FR", network="20810") is card.lookup(country="CU") is None
    assert (card.lookup(country="FR").cents, card.lookup(country="BE").cents) == (4, 9)
    assert card != RateCard.read_csv(io.StringIO("country,network,cents\nFR,,4\n,,9"), **EUR)
    assert pickle.loads(pickle.dumps(card)) is card


def test_all_faults_are_told_at_once_each_with_its_line():
    listed = "country,cents\nFR,4\nQK,4\nBE,four\nAN,4\nFR,5\nDE,4,5"
    with pytest.raises(RateError) as caught:
        RateCard.read_csv(io.StringIO(listed), **EUR)
    assert [fault.row for fault in caught.value.faults] == [3, 4, 5, 7, 6]
    told = ("for Kosovo write XK", "'four' is not a plain", "are CW, SX and BQ", "line 6 prices the same")
    assert [each for each in told if each not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("row", "country", "network"),
    [
        ("France,208,1", "FR", "20801"), ("Etats-Unis,310,4", "US", "310004"),
        ("Allemagne,262,01", "DE", "26201"),
        (",208,", "FR", None), ("Côte d'Ivoire,,", "CI", None), ("KOREA (SOUTH),450,05", "KR", "45005"),
    ],
)  # fmt: skip
def test_countries_have_names_and_networks_stand_in_two_columns(row, country, network):
    card = RateCard.read_csv(io.StringIO(f"country,mcc,mnc,cents\n{row},4"), **EUR)
    assert [(each.country, each.network) for each in card.rows] == [(country, network)]


def test_lists_of_lists_stand_for_a_bounded_number_of_rows():
    lists = {name: [f"{at}" for at in range(10, 300)] for name in ("prefix", "network", "weight")}
    with pytest.raises(RateError, match="entry 1 stands for over 10,000 rows"):
        RateCard.read_json(io.StringIO(json.dumps([lists | {"cents": 4}])), **EUR)


def test_prefixes_that_cost_the_same_are_one_class_and_no_others():
    rows = {"33": 4, "336": 5, "337": 5, "3361": 4, "3371": 4, "3370": 6, "44": 4}
    card = RateCard(rows, **EUR)
    leaders = card.prefixes.leaders
    assert {prefix for prefix, leader in leaders.items() if leader != prefix} == {"337", "3371", "44"}
    for prefix, leader in leaders.items():
        assert card.rates_of([(prefix, None, None, "marketing")])[0].cents == rows[leader] == rows[prefix]


def test_prefixes_are_apart_where_shorter_ones_or_receipts_are():
    said = {"network": "Orange", "cents": 5}
    rows = [{"prefix": "1", "cents": 2}, *({"prefix": prefix} | said for prefix in ("12", "44", "47"))]
    rows += [{"prefix": prefix, "receipts": count} | said for prefix, count in (("45", 3), ("46", 4))]
    leaders = RateCard.from_rows(rows, **EUR).prefixes.leaders
    assert {prefix: leader for prefix, leader in leaders.items() if leader != prefix} == {"47": "44"}
