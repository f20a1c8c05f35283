"""Prices and headers as people write them: each is read as what it says, or refused with the way out."""

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment import InputError, RateCard, RateError
from callr_segment.campaign.rates.countries import find_country
from callr_segment.campaign.rates.prices import PriceRule
from callr_segment.campaign.rates.signs import check_header, read_header

pytestmark = pytest.mark.once

EUR = {"currency": "EUR"}

READ = """
    0,045 € → 4.5 | €0.045/SMS → 4.5 | € 0,045 → 4.5 | 0.045EUR → 4.5 | 0.045 EUR per SMS → 4.5
    0.045 € par SMS → 4.5 | 0,045€ pro SMS → 4.5 | 0.045 € / msg → 4.5 | 0.045 €/segment → 4.5
    0.045 Euros → 4.5 | 4.5c → 4.5 | 4,5ct → 4.5 | 4,5 ct. → 4.5 | 4.5¢ → 4.5 | 4.5 cents → 4.5
    4.5 €ct → 4.5 | 4.5 €-ct → 4.5 | 4.5 c€ → 4.5 | 4.5 EURct → 4.5 | 4.5 EUR cents → 4.5 | 4.5 Ct/SMS → 4.5
    0,045 € HT → 4.5 | 4.5 cts HT → 4.5 | 0,045 € net → 4.5 | 0.045 € excl. VAT → 4.5
    0,045 € excl. BTW → 4.5 | 0.1234567 € → 12.34567 | 1.234,56 → 1234.56 | 1 234,56 → 1234.56
    1'234.56 → 1234.56 | 1 234 → 1234 | 1,234,567.89 → 1234567.89 | 1.234.567,89 → 1234567.89 | 1,23 → 1.23
    1,2345 → 1.2345 | 0,00 € → 0 | '4.5 → 4.5
"""
IN_CURRENCIES = """
    GBP: 4.5p → 4.5 | GBP: 4.5 pence → 4.5 | GBP: £0.045 → 4.5 | CHF: Fr. 0.045 → 4.5 | CHF: SFr. 0.05 → 5
    CHF: 0.05 Fr. → 5 | CHF: 5 Rp. → 5 | SEK: 0,45 kr → 45 | DKK: 0,45 kr. → 45 | SEK: 45 öre → 45
    NOK: 45 øre → 45 | PLN: 0,15 zł → 15 | PLN: 15 gr → 15 | CZK: 1,20 Kč → 120 | HUF: 12 Ft → 1200
    INR: ₹0.20 → 20 | BRL: R$ 0,30 → 30 | ZAR: R0.30 → 30 | TRY: 0,05 ₺ → 5 | USD: $0.01 → 1
    CAD: $0.01 → 1 | CAD: C$0.01 → 1 | USD: US$ 0.01 → 1 | USD: 4.5 US cents → 4.5 | USD: 4.5 ¢ → 4.5
    XOF: 25 FCFA → 2500 | MXN: 10 $ → 1000 | JPY: ¥5 → 500
"""
REFUSED = """
    -0.05 € → negative | €-0.05 → negative | −0.05 → negative | 0.05- € → no.*plain | (0.05) → plain
    5% → plain | 5 % → plain | 4.5e-2 → exponent | 4,5E-02 → exponent | 1e3 → exponent | 0€045 → plain
    0.045 € TTC → plain | ab 0,045 € → plain | 0.045-0.06 → plain | ~0.045 € → plain | >0.045 → plain
    free → write 0 | gratis → write 0 | - → unpriced= | -- → unpriced= | — → unpriced= | N/A → unpriced=
    n.c. → unpriced= | TBD → unpriced= | sur devis → unpriced= | auf Anfrage → unpriced= | #N/A → unpriced=
    .045 → 0?.045 cents, or | 0,045 → say unit= | 0.0450000 → say unit= | 1,234 → 1.234 or 1234
    12,345 → 12.345 or 12345 | 12 34 → plain | 1,23,456.78 → plain | 1.23,456 → plain | 1.234.56 → plain
    4.5. → plain | =4.5 → plain | 4;5 → plain | 4.5 (1) → plain | 4.5* → plain | 45 m€ → plain
    45 mEUR → plain | 0.045 € / 1000 SMS → plain | 45 €/1000 → plain | 45€ pour 1000 SMS → plain
    45 per thousand → plain | 0.045 €/min → plain | 0x10 → plain | NaN → plain | inf → plain
    None → unpriced= | True → plain | $0.045 → another currency | £0.04 → is GBP | 0.45 PLN → is PLN
    CHF 0.05 → is CHF | 0.45 kr → another currency | 4.5 USD cents → is USD | 0.123456789 → decimals
    ¥5 → CNY or JPY | Fr.5 → plain | ct.45 → plain | 0'045 → plain
"""


def cases(table):
    lines = (line.split(" | ") for line in table.strip().splitlines())
    return [tuple(part.strip() for part in each.split("→")) for line in lines for each in line]


@pytest.mark.parametrize(("cell", "cents"), cases(READ))
def test_a_cell_is_read_as_what_it_says(cell, cents):
    assert RateCard({"FR": cell}, **EUR).lookup(country="FR").cents == Decimal(cents)


@pytest.mark.parametrize(("cell", "cents"), cases(IN_CURRENCIES))
def test_a_sign_is_that_of_the_currency_of_the_card(cell, cents):
    currency, cell = cell.split(": ")
    assert RateCard({"FR": cell}, currency=currency).lookup(country="FR").cents == Decimal(cents)


@pytest.mark.parametrize(("cell", "way_out"), cases(REFUSED))
def test_a_cell_that_says_no_price_is_refused_with_the_way_out(cell, way_out):
    with pytest.raises(RateError, match=way_out) as caught:
        RateCard({"FR": cell}, **EUR)
    assert caught.value.value == cell


PIECES = [
    "0", "1", "25", "045", "1000", ".", ",", "'", " ", "\u00a0", "€", "EUR", "ct", "¢", "Fr", "-", "+",
    "%", "(", ")", "/SMS", " per SMS", " HT", "$", "kr", "*", "/", ":", "à", "–", "−",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=7))
def test_what_is_read_has_the_digits_that_were_written_and_no_sign_that_says_otherwise(pieces):
    text = "".join(pieces)
    try:
        amount = PriceRule.of().read(text)
    except InputError:
        return
    assert str(amount).strip("0") == "".join(filter(str.isdecimal, text)).strip("0")
    assert not set(text.replace("/SMS", "").replace("€-ct", "")) & set("-+%()*/:à–−")


# Headers

HEADERS = """
    Price (EUR) → major EUR | Price [USD] → major USD | price_eur → major EUR | Prix HT (€) → major EUR
    Prix / SMS (€) → major EUR | Rate (USD/SMS) → major USD | PRICE US$ → major USD
    Preis in ct → cents any | Price (p) → cents GBP | Cena (zł) → major PLN | Tarif (Fr.) → major CHF
    Prix c€ → cents EUR | Price, USD cents → cents USD | Prix FCFA → major XAF XOF | Price (ALL) → major ALL
    Cost per SMS (in cents) → cents any | Price all → none any | Price (top) → none any | Prix FR → none any
    price_us → none any | Tarifa 2026 → none any
"""


@pytest.mark.parametrize(("header", "said"), cases(HEADERS))
def test_a_header_says_its_unit_and_its_currency(header, said):
    unit, *currencies = said.split()
    signs = read_header(header)[1]
    assert (signs.unit or "none", sorted(signs.currencies) or ["any"]) == (unit, currencies)


@pytest.mark.parametrize(
    ("header", "times", "unit"),
    [
        ("Price per 1000 SMS (EUR)", 1_000, "major"),
        ("€ / 1.000", 1_000, "major"),
        ("Prix pour 100", 100, "major"),
        ("per thousand", 1_000, "major"),
        ("Preis pro Tausend", 1_000, "major"),
        ("CPM", 1_000, "major"),
        ("Cents per hundred", 100, "cents"),
        ("Price (m€)", 1_000, "major"),
        ("Tarif mEUR", 1_000, "major"),
        ("millicents", 1_000, "cents"),
        ("Price µ€", 1_000_000, "major"),
        ("mills", 1_000, "major"),
    ],
)
def test_a_header_of_another_unit_is_refused_with_the_function_to_write(header, times, unit):
    rows = [{"country": "FR", header: 45}]
    with pytest.raises(RateError) as refused:
        RateCard.from_rows(rows, columns={"price": header}, unit="cents", **EUR)
    written = f'columns={{"price": lambda row: Decimal(row[\'{header}\']) / {times}}}, unit="{unit}"'
    assert str(refused.value).endswith(written)
    card = RateCard.from_rows(
        rows, columns={"price": lambda row: Decimal(row[header]) / times}, unit=unit, **EUR
    )
    assert card.lookup(country="FR").cents == Decimal(45) / times * (100 if unit == "major" else 1)
    check_header("Price 2026")


@pytest.mark.parametrize("made", ["cents", "fee_cents"])
def test_a_column_that_is_made_cents_says_cents_whatever_it_is_called(made):
    def read(cell):
        row = {"Pays": "FR", "Tarif": cell, "cents": "7"}
        return RateCard.from_rows([row], columns={"country": "Pays", made: "Tarif"}, **EUR)

    for cell in ("0,045 €", "4.5 EUR"):
        with pytest.raises(RateError, match="says cents and the cell says major"):
            read(cell)
    (small,) = read("0.045").rows
    assert (small.microcents, small.fee_microcents)[made == "fee_cents"] == 45_000


def test_two_columns_that_may_be_the_price_are_not_chosen_from():
    text = "country;Price (EUR);Price (USD)\nFR;0.04;0.05\n"
    with pytest.raises(RateError, match=r"columns 'Price \(EUR\)' and 'Price \(USD\)' may both be price"):
        RateCard.read_csv(io.StringIO(text))
    assert (
        RateCard.read_csv(io.StringIO(text), columns={"price": "Price (EUR)"}).lookup(country="FR").cents == 4
    )
    both = "country;cents;Prix (EUR)\nFR;9;0.04\n"
    assert (
        RateCard.read_csv(io.StringIO(both), columns={"price": "Prix (EUR)"}).lookup(country="FR").cents == 4
    )


@pytest.mark.parametrize(
    ("text", "country"),
    [("Großbritannien", "GB"), ("Elfenbeinküste", "CI"), ("EE. UU.", "US"), ("Tschechische Republik", "CZ"),
     ("VAE", "AE"), ("DEU", "DE"), ("Germany [DE]", "DE"), ("DE – Germany", "DE"), ("Germany, France", None),
     ("Germany (DE) mobile", None), ("GUADELOUPE (FR)", None), ("DE-FR", None), ("()", None)],
)  # fmt: skip
def test_a_country_is_found_by_what_lists_call_it(text, country):
    assert find_country(text) == country
