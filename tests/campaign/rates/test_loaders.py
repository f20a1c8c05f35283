"""Every road to a rate card reads it exactly, or refuses it by line, column, value and way out."""

import csv
import io
import pickle
from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from callr_segment.campaign.rates import column_mapping
from callr_segment.campaign.rates.card import RateCard
from callr_segment.errors import RateError

pytestmark = pytest.mark.once

EUR = {"currency": "EUR"}


def card_of(text, **options):
    return RateCard.read_csv(io.StringIO(text), **(EUR | options))


def refusal(text, **options):
    with pytest.raises(RateError) as caught:
        card_of(text, **options)
    return caught.value


def test_a_mapping_has_calling_codes_countries_networks_and_a_default():
    card = RateCard({"+33": "4.50", "BE": 6, None: Decimal("7.5"), "DE": {"26201": 1, None: 2}}, **EUR)
    found = [(row.prefix, row.country, row.network, row.microcents) for row in card.rows]
    assert found == [
        ("33", None, None, 4_500_000),
        (None, "BE", None, 6_000_000),
        (None, None, None, 7_500_000),
        (None, "DE", "26201", 1_000_000),
        (None, "DE", None, 2_000_000),
    ]


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        ({"33": 4.5}, "entry 1, column price: 4.5 is 4.5 cents, or 4.5 EUR"),
        ({"Frankonia": "4"}, "key 'Frankonia': write a calling code"),
        ({"33": "4", "+33": "5"}, "entry 2 prices the same as entry 1 .prefix 33.: keep one"),
        ({"*": 1, None: 2}, "entry 2 prices the same as entry 1 .the default."),
        ({"033": "4"}, "without leading zeros"),
        ({"FR": {"208-01": "4"}}, "write MCC and MNC together"),
        ({"UK": "4"}, "UK is no country of ISO 3166: write GB"),
        ({"XX": "4"}, "leave it empty for any"),
        ({"FR": None}, "no price: write 0 if it is free"),
        ({}, "without a row prices nothing"),
    ],
)
def test_a_mapping_that_is_no_price_list_is_refused(prices, message):
    with pytest.raises(RateError, match=message):
        RateCard(prices, **EUR)


def test_a_flat_card_prices_everything():
    card = RateCard.flat("4.50", **EUR)
    assert card.lookup().cents == card.lookup("+33639980102", "20801", country="FR").cents == Decimal("4.5")


def test_rows_are_dictionaries():
    rows = [{"country": "FR", "prefix": None, "cents": 4}, {"cents": "5", "valid_from": date(2026, 1, 1)}]
    card = RateCard.from_rows(iter(rows), currency="eur", source="our own")
    assert (len(card), card.currency, card.source) == (2, "EUR", "our own")
    assert card.lookup(country="FR").cents == 4


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"network": 2080, "cents": 1}, "row 2, column network: '2080': write MCC and MNC together"),
        ({"country": float("nan"), "cents": 1}, "row 2, column country: nan is float: write it as text"),
        (
            {"valid_from": datetime(2026, 1, 1), "cents": 1},
            "row 2, column valid_from: .* is datetime",
        ),
        ({"country": "FR"}, "row 2: no column 'cents' among 'country'"),
    ],
)
def test_a_dictionary_that_is_no_row_is_refused(row, message):
    with pytest.raises(RateError, match=message):
        RateCard.from_rows([{"country": "BE", "cents": 1}, row], **EUR)


@pytest.mark.parametrize("made", [list, pd.DataFrame, pa.Table.from_pylist, pa.RecordBatch.from_pylist])
def test_rows_of_any_kind_are_counted_from_one(made):
    rows = [{"country": "FR", "cents": "4"}, {"country": "BE", "cents": "x"}]
    with pytest.raises(RateError, match="row 2, column cents: 'x' is not a plain number") as caught:
        RateCard.from_rows(made(rows), **EUR)
    assert caught.value.row == 2


@pytest.mark.parametrize(("decimal", "other"), [(",", "."), (".", ",")])
def test_two_marks_are_read_by_the_one_that_is_said(decimal, other):
    options = {"unit": "major", "decimal": decimal}
    card = card_of(f'country,price\nFR,"1{other}234{decimal}56"', **options)
    assert card.rows[0].microcents == 123_456 * 10**6
    error = refusal(f'country,price\nFR,"1{decimal}234{other}56"', **options)
    assert (error.row, error.column) == (2, "price")


def test_lists_in_cells_stand_for_no_more_rows_than_a_card_may_have(monkeypatch):
    rows = [{"country": ["FR", "BE", "DE"], "cents": 4}, {"country": ["GB", "IE"], "cents": 5}]
    for most in (5, 6):
        monkeypatch.setattr(column_mapping, "MOST_ROWS", most)
        assert len(RateCard.from_rows(rows, **EUR).rows) == 5
    monkeypatch.setattr(column_mapping, "MOST_ROWS", 4)
    with pytest.raises(RateError, match="over 4 rows; check what its lists stand for"):
        RateCard.from_rows(rows, **EUR)


def test_of_many_columns_an_error_names_twenty():
    names = [f"c{number:02}" for number in range(30)]
    error = refusal(f"country,{','.join(names)}\nFR{',4' * 30}")
    assert "no column 'cents' among 'c00', 'c01', " in str(error)
    assert "'c19'" in str(error)
    assert "'c20'" not in str(error)


def test_prices_in_major_units_have_columns_of_their_own():
    card = card_of("country,price,surcharge,fee\nZM,0.28725000,0.01,0.005", unit="major")
    rate = card.lookup(country="ZM")
    assert (rate.cents, rate.fee_cents) == (Decimal("29.725"), Decimal("0.5"))
    mapped = RateCard({"ZM": "0.28725"}, currency="EUR", unit="major")
    assert mapped.lookup(country="ZM").cents == Decimal("28.725")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_csv_is_read_from_a_path_and_from_open_files_alike(tmp_path, separator, newline, bom):
    lines = ["country;cents;operator", "FR;4.5;Bouygues", "", ";;", 'NA;3;"Télécom; & co, Ltd"']
    written = [line.replace(";", separator, 2) for line in lines]
    text = bom + newline.join(written)
    path = tmp_path / "rates.csv"
    path.write_bytes(text.encode())
    card = RateCard.read_csv(path, **EUR)
    assert [row.line for row in card.rows] == [2, 5]
    assert card.countries == ("FR", "NA")
    assert card.rows[1].extra == (("operator", "Télécom; & co, Ltd"),)
    assert card.source == str(path)
    with path.open("rb") as binary, path.open(encoding="utf-8") as opened:
        assert card == RateCard.read_csv(binary, **EUR) == RateCard.read_csv(opened, **EUR)


def test_a_separator_inside_a_header_cell_does_not_mislead():
    card = card_of('country,cents,"operator; group; site; note"\nFR,4.5,x')
    assert card.lookup(country="FR").cents == Decimal("4.5")


def test_lines_are_counted_as_an_editor_shows_them():
    assert refusal('country,cents,operator\nFR,4,"two\nlines"\nBE,x,\n').row == 4


def test_columns_are_found_in_any_case_and_order():
    assert card_of(" Cents , COUNTRY\n4.5,fr").lookup(country="FR").cents == Decimal("4.5")


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("cents", "NaN", "write digits and a point"),
        ("cents", "inf", "write digits and a point"),
        ("cents", "1e999", "without an exponent"),
        ("cents", "1e5", "without an exponent"),
        ("cents", "-4", "must not be negative"),
        ("cents", "", "no price: write 0 if it is free, or leave the row out"),
        ("cents", "4,500", "4.500 or 4500"),
        ("cents", "N/A", "if it means that there is no price"),
        ("cents", "9" * 5000, "too large"),
        ("cents", "0." + "9" * 5000, "more than 6 decimals"),
        ("cents", "4.1234567", "more than 6 decimals"),
        ("cents", "1000000000", "too large for one message"),
        ("surcharge_cents", "x", "write digits and a point"),
        ("fee_cents", "-1", "must not be negative"),
        ("country", "FRX", "two letters of ISO 3166"),
        ("country", "F1", "two letters of ISO 3166"),
        ("country", "UK", "write GB"),
        ("prefix", "33x", "up to 15 digits"),
        ("prefix", "033", "without leading zeros"),
        ("prefix", "3" * 16, "up to 15 digits"),
        ("prefix", "٣٣", "up to 15 digits"),
        ("network", "2080", "5 or 6 digits"),
        ("network", "2080123", "5 or 6 digits"),
        ("network", "208-01", "5 or 6 digits"),
        ("traffic", "otp", "marketing or alerting"),
        ("valid_from", "31/01/2026", "as in 2026-01-31"),
        ("valid_to", "2026-02-30", "as in 2026-01-31"),
        ("weight", "-1", "must not be negative"),
        ("weight", "NaN", "write digits and a point"),
        ("currency", "euros", "three letters of ISO 4217"),
    ],
)
def test_a_bad_cell_is_named_by_line_column_and_value(column, value, message):
    columns = ["cents", "country", "currency", column]
    good = {"cents": "4", "country": "BE", "currency": "EUR"}
    table = [good | {"country": "FR"}, good | {column: value}]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(columns)), delimiter=";")
    writer.writeheader()
    writer.writerows(table)
    error = refusal(text.getvalue())
    assert str(error).startswith(f"line 3, column {column}: ")
    assert message in str(error)
    assert value[:20] in str(error)
    assert (error.row, error.column, error.value) == (3, column, value or None)
    assert len(str(error)) < 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "cents,valid_from,valid_to\n4,2026-02-01,2026-02-01",
            "line 2, column valid_to: 2026-02-01 is not after",
        ),
        ("country,cents\nFR,4\nBE,6\nFR,4", r"line 4 prices the same as line 2 \(country FR\): keep one"),
        (
            "country,cents,valid_from,valid_to\nFR,5,2026-01-31,\nFR,4,,2026-02-01",
            r"line 3 prices the same as line 2 \(country FR\)",
        ),
        ("country,cents,currency\nFR,4,EUR\nBE,6,USD", "line 3, column currency: USD, but the call says EUR"),
        ("country,cents\nFR,4,50", "line 2: 3 cells under 2 columns: quote a cell"),
        ("country,cents\nFR", "line 2: 1 cells under 2 columns"),
        ('country,cents\nFR,"4', "line 2: unexpected end of data; a quoted cell ends"),
        ("country,cents,cents\nFR,4,5", "two columns are called 'cents'"),
        ("country,cents\n", "without a row prices nothing"),
        ("", "the file is empty"),
        ("country,amount\nFR,4", "line 1: no column 'cents' among 'amount', 'country'"),
        ("country,cent\nFR,4", "line 1: column 'cent': did you mean 'price'"),
        ("pays;prix\nFR;4", "line 1: column 'pays': did you mean 'country'"),
        (
            "country,netwrk,cents\nFR,20801,4",
            r"did you mean 'network'\? say columns={'network': 'netwrk'} \(--rate-column network=",
        ),
        ("country,price\nFR,0.4", "line 2, column price: '0.4' is 0.4 cents, or 0.4 EUR"),
        ("country,cents,fee\nFR,4,0.1", "line 2, column fee: '0.1' is 0.1 cents, or 0.1 EUR"),
    ],
)
def test_a_table_that_is_no_price_list_is_refused(text, message):
    with pytest.raises(RateError, match=message):
        card_of(text)


def test_two_currencies_name_both_lines():
    error = refusal("cents,country,currency\n4,FR,EUR\n6,BE,EUR\n5,CH,CHF", currency=None)
    assert str(error).startswith("line 4, column currency: CHF, but line 2 says EUR")


def test_the_currency_must_be_said_once():
    assert "say which" in str(refusal("cents\n4", currency=None))
    assert card_of("cents,currency\n4,eur", currency=None).currency == "EUR"
    assert "three letters" in str(refusal("cents\n4", currency="€"))


def test_a_table_in_another_encoding_is_refused_by_line(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_bytes("country,cents,operator\nFR,4,x\nFR,5,Télécom\n".encode("cp1252"))
    with pytest.raises(RateError, match="line 3: byte 0xe9 is not utf-8; save the file as UTF-8"):
        RateCard.read_csv(path, **EUR)
    assert (
        len(RateCard.read_csv(path, encoding="cp1252", keep=lambda row: row["operator"] == "x", **EUR)) == 1
    )
    path.write_bytes("country,cents\nFR,4\n".encode("utf-16"))
    assert RateCard.read_csv(path, **EUR).lookup(country="FR").cents == 4


# What a card is


def test_a_card_is_its_content_in_any_order_and_spelling():
    one = card_of("country,network,cents,operator\nFR,20801,4.5,Orange\nBE,,6,\n")
    same = card_of("cents;network;country\n6.000;;be\n04.50;20801;FR", currency="eur")
    assert one == same
    assert (hash(one), one.sha256) == (hash(same), same.sha256)


@pytest.mark.parametrize(
    "text",
    [
        "country,cents\nFR,4.5\n",
        "country,cents\nFR,4.51\nBE,6\n",
        "prefix,cents\n33,4.5\n32,6\n",
        "country,cents,fee_cents\nFR,4.5,1\nBE,6,\n",
        "country,cents,valid_from\nFR,4.5,2020-01-01\nBE,6,\n",
        "country,cents,weight\nFR,4.5,1\nBE,6,\n",
        "country,cents,traffic\nFR,4.5,alerting\nBE,6,\n",
        "country,cents,currency\nFR,4.5,USD\nBE,6,USD\n",
    ],
)
def test_a_card_of_other_content_is_another_card(text):
    other = card_of(text, currency=None if "currency" in text else "EUR")
    assert other != card_of("country,cents\nFR,4.5\nBE,6\n")


def test_a_card_does_not_change():
    card = RateCard({"FR": 4}, **EUR)
    with pytest.raises(AttributeError):
        card.currency = "USD"
    with pytest.raises(AttributeError):
        card.note = "mine"
    assert card != {"FR": 4}


def test_cards_rates_and_errors_can_be_pickled():
    card = RateCard({"33": 5, "FR": {"20801": "4.5"}}, **EUR)
    copy = pickle.loads(pickle.dumps(card))
    assert (copy, copy.rows, copy.source) == (card, card.rows, card.source)
    rate = card.lookup("+331", country="FR")
    assert pickle.loads(pickle.dumps(rate)) == rate == copy.lookup("+331", country="FR")
    error = refusal("country,cents\nFR,x")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_card_introduces_itself():
    card = RateCard({"FR": "4.5", "BE": 6}, **EUR)
    assert repr(card) == f"RateCard(EUR, 2 rows, 2 countries, sha256 {card.sha256[:8]}…, from a mapping)"
    assert repr(RateCard.flat(1, **EUR)).startswith("RateCard(EUR, 1 row, 0 countries, ")


@pytest.mark.parametrize("every", ["*", "", " * "])
@pytest.mark.parametrize(
    "listed", ["mcc,mnc,cents\n612,{},4\n612,03,5\n", "country,network,cents\nCI,{},4\nCI,61203,5\n"]
)
def test_a_network_of_a_star_or_none_is_every_network_of_the_country(listed, every):
    card = RateCard.read_csv(io.StringIO(listed.format(every)), currency="EUR")
    assert card.lookup(country="CI", network="61205").cents == 4
    assert card.lookup(country="CI", network="61203").cents == 5


def test_mcc_and_mnc_tell_a_network_better_than_its_name(tmp_path):
    pytest.importorskip("openpyxl")
    listed = {
        "Country": ["Germany", "Germany"],
        "Network": ["Telekom", "O2"],
        "MCC": [262, 262],
        "MNC": [1, 3],
    }
    frame = pd.DataFrame({**listed, "Price / SMS": [0.075, 0.061]})
    frame.to_excel(tmp_path / "prices.xlsx", index=False)
    columns = {"price": "Price / SMS"}
    card = RateCard.read_excel(tmp_path / "prices.xlsx", currency="EUR", columns=columns, unit="major")
    assert card.lookup(country="DE", network="26203").cents == Decimal("6.1")
    assert card.lookup(country="DE", network="26201").cents == Decimal("7.5")
