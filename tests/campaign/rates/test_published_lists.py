"""Price lists as they come: other names of columns, names of networks, nested objects, multipliers."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from callr_segment.campaign.rates.card import RateCard
from callr_segment.errors import RateError

pytestmark = pytest.mark.once

EUR = {"currency": "EUR"}

# By country and the name of an operator, which stands in a text.

BY_OPERATOR = """\
ISO,Country,Description,Price / msg
,Unknown,SATELLITE Outbound SMS - Iridium Communications,0.10000
CD,DR Congo,"CONGO, DEMOCRATIC REPUBLIC OF THE Outbound SMS - Airtel",0.22910
CL,Chile,CHILE Outbound SMS - WILL TelefonÃ­a,0.06510
CL,Chile,CHILE Outbound SMS - Other,0.06400
NA,Namibia,NAMIBIA Outbound SMS - MTC,0.06260
RU,Russia,RUSSIA Outbound SMS -TMT,0.70960
VI,"Virgin Islands, U.S.",US VIRGIN ISLANDS Outbound SMS,0.02000
"""


def operator(row):
    name = row["Description"].partition(" Outbound SMS")[2].strip(" -")
    return None if name == "Other" else name


def has_country(row):
    return row["ISO"]


OPERATORS = {
    "columns": {"country": "ISO", "network": operator, "price": "Price / msg"},
    "currency": "USD",
    "unit": "major",
}


def test_operators_stand_in_a_text():
    card = RateCard.read_csv(io.StringIO(BY_OPERATOR), keep=has_country, **OPERATORS)
    assert card.countries == ("CD", "CL", "NA", "RU", "VI")
    assert card.lookup(country="NA").cents == Decimal("6.26")
    assert card.lookup(country="CD", network="Airtel").cents == Decimal("22.91")
    assert card.lookup(country="RU", network="TMT").exact
    assert card.lookup(country="VI").cents == 2
    chile = card.lookup(country="CL")
    assert (chile.low_cents, chile.cents, chile.high_cents) == (
        Decimal("6.4"),
        Decimal("6.455"),
        Decimal("6.51"),
    )
    assert card.lookup(country="CL", network="Entel").cents == Decimal("6.4")
    assert card.lookup(country="CL", network="WILL TelefonÃ\xada").cents == Decimal("6.51")
    assert [row.line for row in card.rows] == [3, 4, 5, 6, 7, 8]


def test_the_name_of_a_network_needs_a_country():
    with pytest.raises(
        RateError, match="line 2, column network: 'Iridium Communications' is a name"
    ) as caught:
        RateCard.read_csv(io.StringIO(BY_OPERATOR), **OPERATORS)
    assert (caught.value.row, caught.value.value) == (2, "Iridium Communications")


@pytest.mark.parametrize("code", ["2O801", "208-01", "208 01", "20801x", "-", "99", "2080"])
def test_a_code_with_a_slip_in_it_is_no_name(code):
    with pytest.raises(RateError, match="write MCC and MNC together"):
        RateCard({"FR": {code: 4}}, **EUR)


def test_a_public_list_by_operator_is_read_but_for_what_it_says_twice(shared):
    path = shared / "ratecards" / "twilio_sms_pricing_2024.csv"
    with pytest.raises(
        RateError, match=r"faults: line 832, column country: QK .* for Kosovo write XK"
    ) as caught:
        RateCard.read_csv(path, keep=has_country, **OPERATORS)
    assert "line 739 prices the same as line 731 (country NL)" in str(caught.value)
    assert len(caught.value.faults) > 3

    def country(row):
        islands = {"NETHERLANDS ANTILLES": "CW", "SOUTH SUDAN": "SS"}
        return islands.get(row["Description"].partition(" Outbound")[0], row["ISO"].replace("QK", "XK"))

    options = OPERATORS | {"columns": OPERATORS["columns"] | {"country": country}}
    card = RateCard.read_csv(
        path, keep=lambda row: row["ISO"] and " Inbound " not in row["Description"], **options
    )
    with path.open(encoding="utf-8", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["ISO"] and " Inbound " not in row["Description"]]
    assert len(card) == len(listed) == 1088
    assert card.countries == tuple(sorted({country(row) for row in listed}))
    for row in listed:
        price = card.lookup(country=country(row), network=operator(row) or "none of these")
        assert price.cents == 100 * Decimal(row["Price / msg"])
    prices = {code: {row["Price / msg"] for row in listed if country(row) == code} for code in card.countries}
    several = [code for code in card.countries if len(prices[code]) > 1]
    assert [code for code in card.countries if not card.lookup(country=code).exact] == several != []


# By network, with ranges and kinds of numbers, prices in the middle of a tree.

BY_NETWORK = """
{"count": 2, "countries": [
  {"dialingPrefix": "260", "defaultPrice": "0.28725000", "currency": "EUR", "countryCode": "ZM", "networks": [
    {"type": "landline_premium", "price": "0.30000001", "currency": "EUR", "ranges": [26090],
     "networkCode": "ZM-PREMIUM", "networkName": "Zambia Premium"},
    {"type": "mobile", "price": "0.28", "currency": "EUR", "ranges": [2607, 26076, 26096],
     "mcc": "645", "mnc": "02", "networkCode": "64502", "networkName": "MTN Zambia"},
    {"type": "mobile", "price": "0.29", "currency": "EUR", "ranges": [26077, 26097],
     "mcc": "645", "mnc": "01", "networkCode": "64501", "networkName": "Airtel"}]},
  {"dialingPrefix": "39", "currency": "EUR", "countryDisplayName": "Vatican City", "countryCode": "VA"}
]}
"""
NETWORKS = {"country": "countryCode", "network": "networkCode", "prefix": "ranges"}
NETWORKS |= {"price": ("price", "defaultPrice")}


def test_a_nested_object_has_what_those_around_it_say():
    card = RateCard.read_json(io.StringIO(BY_NETWORK), columns=NETWORKS, unit="major")
    assert (card.currency, card.countries, len(card)) == ("EUR", ("ZM",), 7)
    assert card.lookup(country="VA") is None
    assert card.lookup("+260761234567", "64502", country="ZM").cents == 28
    assert card.lookup("+260901234567", "ZM-PREMIUM", country="ZM").microcents == 30_000_001
    assert card.lookup("+260761234567", "64503", country="ZM").cents == Decimal("28.725")
    landline = card.lookup("+260211234567", country="ZM")
    assert (landline.cents, landline.exact) == (Decimal("28.725"), True)
    # The range 2607 of another network holds 26077: where the network is not known, it may be either.
    unknown = card.lookup("+260771234567", country="ZM")
    assert (unknown.low_cents, unknown.high_cents) == (28, 29)
    assert dict(card.rows[1].extra)["type"] == "landline_premium"


def test_public_lists_by_network_are_read(shared):
    folder = shared / "ratecards"
    zambia = RateCard.read_json(folder / "vonage_country_pricing.json", columns=NETWORKS, unit="major")
    assert (len(zambia), zambia.countries, zambia.currency) == (10, ("ZM",), "EUR")
    assert {row.microcents for row in zambia.rows} == {28_725_000}
    assert {row.prefix for row in zambia.rows if row.network == "64502"} == {"2607", "26076", "26096"}
    both = RateCard.read_json(
        folder / "vonage_multi_country_pricing.json",
        columns={name: column for name, column in NETWORKS.items() if name != "prefix"},
        unit="major",
    )
    assert both.countries == ("IT",)
    assert both.lookup("+393331234567", "22207", country="IT").cents == Decimal("8.27")


# A default, then countries, then networks.

BY_DEFAULT = {
    "currencyCode": "EUR",
    "totalCount": 3,
    "prices": [
        {"price": "0.060000", "mccmnc": "0", "mcc": "0", "mnc": None, "countryIsoCode": "XX"},
        {"price": "0.047000", "mccmnc": "202", "mcc": "202", "mnc": None, "countryIsoCode": "GR"},
        {"price": "0.045000", "mccmnc": "20205", "mcc": "202", "mnc": "05", "countryIsoCode": "GR"},
    ],
}
DEFAULTS = {
    "country": lambda row: row["countryIsoCode"].replace("XX", ""),
    "network": lambda row: row["mnc"] and row["mccmnc"],
    "currency": "currencyCode",
}


def check_defaults(card):
    assert (len(card), card.currency) == (3, "EUR")
    assert card.lookup(country="FR").cents == 6
    assert card.lookup(country="GR", network="20201").cents == Decimal("4.7")
    assert card.lookup(country="GR", network="20205").cents == Decimal("4.5")
    greece = card.lookup(country="GR")
    assert (greece.low_cents, greece.cents, greece.high_cents) == (
        Decimal("4.5"),
        Decimal("4.6"),
        Decimal("4.7"),
    )


def test_a_default_a_country_and_a_network():
    text = io.StringIO(json.dumps(BY_DEFAULT))
    check_defaults(RateCard.read_json(text, columns=DEFAULTS, unit="major"))
    rows = [row | {"currencyCode": "EUR"} for row in BY_DEFAULT["prices"]]
    check_defaults(RateCard.from_rows(rows, columns=DEFAULTS, unit="major"))


def test_a_public_list_with_a_default_is_read(shared):
    path = shared / "ratecards" / "messagebird_outbound_prices_example.json"
    check_defaults(RateCard.read_json(path, columns=DEFAULTS, unit="major"))


# What is no list of prices


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1: .*; write JSON"),
        ('\n[{"country": "FR", "cents": NaN}]', "NaN is no JSON"),
        ('[{"country": "FR", "cents": 4, "cents": 5}]', "two values are called 'cents'"),
        ("[" * 100_000, "nested too deep"),
        ('[{"cents": %s}]' % ("9" * 5000), "a number of thousands of digits"),
        ("[]", "without a row"),
        ('[{"country": "FR", "prix": 4}]', "no object in it says a price, which is called 'cents'"),
        ('[{"country": "FR", "cents": 4e0}]', "entry 1, column cents: '4e0' .* without an exponent"),
        (
            '[{"country": "FR", "cents": "4"}, {"country": "FR", "cents": 5}]',
            "entry 2 prices the same as entry 1",
        ),
        ('[{"network": 2080, "cents": 4}]', "entry 1, column network: '2080': write MCC and MNC"),
        ('[{"prefix": -33, "cents": 4}]', "entry 1, column prefix: '-33'"),
        ('[{"prefix": true, "cents": 4}]', "entry 1, column prefix: True is bool"),
    ],
)
def test_json_that_is_no_price_list_is_refused(text, message):
    with pytest.raises(RateError, match=message):
        RateCard.read_json(io.StringIO(text), **EUR)


def test_decimals_of_json_are_exact():
    card = RateCard.read_json(io.StringIO('[{"price": 0.28725001}]'), unit="major", **EUR)
    assert card.lookup().microcents == 28_725_001


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"contry": "ISO"}, "a card has no column 'contry'; did you mean 'country'"),
        ({"country": "ISOs"}, "column country: no line has 'ISOs'; did you mean 'ISO'"),
        (
            {"country": lambda row: row["ISOs"]},
            "line 2, function country: there is no 'ISOs'; did you mean 'ISO'",
        ),
        ({"country": lambda row: row["ISO"] + 1}, "line 2, function country: can only concatenate"),
        ({"weight": ("share", "part")}, "no line has 'share' or 'part'"),
        ({"weight": 3}, "columns: 'weight' is made of 3: give a name"),
    ],
)
def test_a_mapping_of_columns_that_does_not_fit_is_refused(columns, message):
    with pytest.raises(RateError, match=message):
        RateCard.read_csv(io.StringIO("ISO,cents\nFR,4"), columns=columns, **EUR)


def test_what_is_kept_is_told_by_a_function():
    text = "country,kind,cents\nFR,mobile,4\nFR,premium,40\n"
    card = RateCard.read_csv(io.StringIO(text), keep=lambda row: row["kind"] == "mobile", **EUR)
    assert (card.lookup(country="FR").cents, [row.line for row in card.rows]) == (4, [2])
    with pytest.raises(RateError, match="line 2, function keep: there is no 'knd'; did you mean 'kind'"):
        RateCard.read_csv(io.StringIO(text), keep=lambda row: row["knd"], **EUR)
    with pytest.raises(RateError, match="without a row"):
        RateCard.read_csv(io.StringIO(text), keep=lambda row: False, **EUR)


def test_objects_are_known_by_the_name_that_holds_them():
    text = '{"FR": {"cents": "4.5"}, "BE": {"20601": {"cents": 6}, "20605": {"cents": 7}}}'
    columns = {"country": lambda row: row["key"] if row["key"].isalpha() else "BE"}
    columns["network"] = lambda row: row["key"] if row["key"].isdecimal() else None
    card = RateCard.read_json(io.StringIO(text), columns=columns, **EUR)
    assert [row.keys[:3] for row in card.rows] == [
        ("FR", None, None),
        ("BE", None, "20601"),
        ("BE", None, "20605"),
    ]


def test_cells_that_are_lists_are_rows():
    row = {"country": "FR", "network": ["20801", "20802", "20801"], "cents": 4, "names": ["a", "b"]}
    card = RateCard.from_rows([row, {"country": "FR", "network": [], "cents": 5}], **EUR)
    assert [(row.line, row.network) for row in card.rows] == [(1, "20801"), (1, "20802"), (2, None)]
    with pytest.raises(RateError, match=r"row 1, column network: .* is dict: write it as text"):
        RateCard.from_rows([{"network": [{"mnc": "01"}], "cents": 4}], **EUR)
    with pytest.raises(RateError, match="row 2 is no dictionary: 'FR'"):
        RateCard.from_rows([row, "FR"], **EUR)


def test_objects_may_take_their_price_from_a_function():
    text = '{"code": "FR", "networks": [{"id": "20801", "costs": ["0.04", "EUR"]}, {"id": "20802"}]}'
    columns = {"country": "code", "network": "id", "price": lambda row: row["costs"][0]}
    card = RateCard.read_json(io.StringIO(text), columns=columns, unit="major", **EUR)
    assert [(row.country, row.network, row.microcents) for row in card.rows] == [("FR", "20801", 4_000_000)]


def test_columns_that_are_not_named_keep_their_names():
    text = "ISO;Country;Cents;Weight;MNCs\nFR;France;4.5;2;01 02\n"
    columns = {"country": "ISO", "network": lambda row: [f"208{mnc}" for mnc in row["MNCs"].split()]}
    card = RateCard.read_csv(io.StringIO(text), columns=columns, **EUR)
    assert [(row.country, row.network, row.line) for row in card.rows] == [
        ("FR", "20801", 2),
        ("FR", "20802", 2),
    ]
    assert {row.weight for row in card.rows} == {2 * 10**9}


# One price times a multiplier

MULTIPLIERS = {"1": 1, "7": 10, "44": "1", "1242": Decimal(4)}


def test_multipliers_and_prices_that_change():
    prices = {"2026-04-01": "2.50", date(2025, 4, 1): "2.27"}
    card = RateCard.from_multipliers(MULTIPLIERS, price=prices, currency="GBP")
    assert len(card) == 8
    days = [date(2025, 4, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [card.lookup("+12425550100", when=day).cents for day in days] == [
        Decimal("9.08"),
        Decimal("9.08"),
        10,
    ]
    assert card.lookup("+12125550100", when=days[0]).cents == Decimal("2.27")
    assert card.lookup("+12125550100", when=date(2025, 3, 31)) is None


@pytest.mark.parametrize(
    ("multipliers", "price", "message"),
    [
        ({"44": 1.5}, 2, "multiplier of 44, column multiplier: 1.5 is a float"),
        ({"44": None}, 2, "multiplier of 44: there is none"),
        ({"44": "-1"}, 2, "must not be negative"),
        ({"33": 1, "+44": 1, "44": 1}, 2, "entry 3 prices the same as entry 2"),
        ({"44": "0.5"}, "0.500001", "is finer than a millionth of a cent"),
        ({"Atlantis": 1}, 2, "key 'Atlantis'"),
        ({"44": 1}, 2.5, "2.5 is 2.5 cents, or 2.5 GBP"),
        ({"44": 1}, None, "price: there is none"),
        ({"44": 1}, {"April": 2}, "write a date as in 2026-01-31"),
        ({"44": 1}, {"2026-04-01": 2, date(2026, 4, 1): 3}, "two prices hold from 2026-04-01 on"),
        ({"44": 1}, {}, "without a row"),
    ],
)
def test_multipliers_that_make_no_price_are_refused(multipliers, price, message):
    with pytest.raises(RateError, match=message):
        RateCard.from_multipliers(multipliers, price=price, currency="GBP")


@given(
    st.dictionaries(st.from_regex(r"[1-9][0-9]{0,3}", fullmatch=True), st.integers(0, 50), min_size=1),
    st.dictionaries(st.dates(), st.integers(0, 10**6), min_size=1, max_size=4),
    st.dates(),
)
def test_the_price_of_the_day_is_multiplied(multipliers, prices, day):
    card = RateCard.from_multipliers(multipliers, price=prices, **EUR)
    known = [first for first in prices if first <= day]
    for prefix, times in multipliers.items():
        rate = card.lookup(prefix, when=day)
        assert (rate and rate.cents) == (prices[max(known)] * times if known else None)


def test_a_public_list_of_multipliers_is_read(shared):
    text = (shared / "ratecards" / "govuk_notify_international_billing_rates.yml").read_text(encoding="utf-8")
    prefixes = re.findall(r"^'([0-9]+)':$", text, re.MULTILINE)
    multipliers = re.findall(r"^  rate_multiplier: ([0-9]+)$", text, re.MULTILINE)
    listed = dict(zip(prefixes, multipliers, strict=True))
    prices = {date(2025, 4, 1): "2.33", date(2026, 4, 1): "2.5"}
    card = RateCard.from_multipliers(listed, price=prices, currency="GBP")
    assert len(card) == 2 * len(listed) > 400
    numbers = {
        prefix: max((p for p in listed if f"{prefix}55501".startswith(p)), key=len) for prefix in listed
    }
    for prefix, longest in numbers.items():
        rates = [card.lookup(f"{prefix}55501", when=date(year, 6, 1)) for year in (2025, 2026)]
        assert [rate.cents for rate in rates] == [
            Decimal(price) * int(listed[longest]) for price in ("2.33", "2.5")
        ]


# Tables


def test_a_card_is_the_same_after_a_parquet_file(tmp_path):
    rows = [
        {"country": "FR", "network": "20801", "cents": "4.5", "surcharge_cents": "0.5", "weight": "0.25"},
        {"country": "FR", "cents": "5", "low_cents": 4, "high_cents": "5.5", "receipts": 3},
        {"prefix": "32", "traffic": "alerting", "cents": 6, "fee_cents": 1, "valid_from": "2026-01-01"},
        {"prefix": "32", "cents": 6, "valid_to": date(2026, 1, 1)},
    ]
    card = RateCard.from_rows(rows, **EUR)
    path = tmp_path / "rates.parquet"
    parquet.write_table(card.to_arrow(), path)
    again = RateCard.read_parquet(path)
    assert (again, [row[1:-1] for row in again.rows]) == (card, [row[1:-1] for row in card.rows])
    assert again.source == str(path)
    with path.open("rb") as file:
        assert RateCard.read_parquet(file) == card


def test_a_parquet_file_of_other_columns(tmp_path):
    path = tmp_path / "rates.parquet"
    parquet.write_table(pa.table({"iso": ["NA", "FR"], "code": [264, 33], "usd": ["0.0626", "0.08"]}), path)
    columns = {"country": "iso", "prefix": "code", "price": "usd"}
    card = RateCard.read_parquet(path, columns=columns, unit="major", currency="USD")
    assert card.lookup("+264811234567", country="NA").cents == Decimal("6.26")
    parquet.write_table(pa.table({"country": ["NA"], "cents": [0.5]}), path)
    assert RateCard.read_parquet(path, **EUR).lookup(country="NA").cents == Decimal("0.5")
    parquet.write_table(pa.table({"country": ["NA"], "price": [0.5]}), path)
    with pytest.raises(RateError, match=r"row 1, column price: 0\.5 is 0\.5 cents, or 0\.5 EUR"):
        RateCard.read_parquet(path, **EUR)
    path.write_text("country,cents\nFR,4\n")
    with pytest.raises(RateError, match="this is no Parquet file"):
        RateCard.read_parquet(path, **EUR)


# Prices that lie between others, and those learned from receipts


def test_a_row_may_say_a_range():
    card = RateCard.from_rows([{"country": "FR", "cents": 5, "low_cents": 4, "high_cents": 6}], **EUR)
    rate = card.lookup(country="FR")
    assert (rate.low_cents, rate.cents, rate.high_cents, rate.exact) == (4, 5, 6, False)
    for bound in ({"low_cents": 6}, {"high_cents": 4}):
        with pytest.raises(RateError, match="leaves the price out"):
            RateCard.from_rows([{"cents": 5} | bound], **EUR)


def test_receipts_weigh_where_no_weight_is_said():
    rows = [{"network": "20801", "cents": 4, "receipts": 3}, {"network": "20802", "cents": 8, "receipts": 1}]
    learned = RateCard.from_rows(rows, **EUR).lookup()
    assert (learned.cents, learned.basis) == (5, "learned mix")
    weighted = RateCard.from_rows([row | {"weight": 1} for row in rows], **EUR).lookup()
    assert (weighted.cents, weighted.basis) == (6, "weights")
    partly = RateCard.from_rows([rows[0], {"network": "20802", "cents": 8}], **EUR).lookup()
    assert (partly.cents, partly.basis) == (6, "unweighted mean")
