"""Five lists that providers published, each read in six lines or fewer, and looked at in places."""

from datetime import date
from decimal import Decimal

from callr_segment import RateCard


def is_sold(row):
    return row["ISO"] not in ("", "AN", "SD", "NL") and "Inbound" not in row["Description"]


def test_a_list_by_country_and_operator(shared):
    columns = {
        "country": lambda row: {"": None, "QK": "XK"}.get(row["ISO"], row["ISO"]),
        "network": lambda row: row["Description"].rpartition(" Outbound SMS")[2].strip(" -"),
        "price": "Price / msg",
    }
    card = RateCard.read(
        shared / "ratecards/twilio_sms_pricing_2024.csv",
        columns=columns,
        keep=is_sold,
        currency="USD",
        unit="major",
    )
    assert card.lookup(country="NA", network="MTC").cents == Decimal("6.26")
    assert card.lookup(country="AF", network="Roshan").cents == Decimal("37.56")
    assert len(card.countries) > 190


def test_a_list_of_one_country_with_ranges(shared):
    columns = {
        "country": "countryCode",
        "network": "networkCode",
        "prefix": "ranges",
        "price": ["price", "defaultPrice"],
    }
    card = RateCard.read(shared / "ratecards/vonage_country_pricing.json", columns=columns, unit="major")
    assert (card.currency, card.countries) == ("EUR", ("ZM",))
    assert card.lookup("+260761234567", country="ZM", network="64502").cents == Decimal("28.725")


def test_a_list_of_several_countries_in_the_middle_of_a_tree(shared):
    columns = {"country": "countryCode", "network": "networkCode", "price": ["price", "defaultPrice"]}
    path = shared / "ratecards/vonage_multi_country_pricing.json"
    card = RateCard.read(path, key="countries", columns=columns, unit="major")
    assert card.lookup(country="IT", network="22207").cents == Decimal("8.27")
    assert card.lookup(country="VA") is None


def test_a_list_with_a_default_and_mcc_beside_mnc(shared):
    columns = {"country": lambda row: row["countryIsoCode"].replace("XX", ""), "currency": "currencyCode"}
    path = shared / "ratecards/messagebird_outbound_prices_example.json"
    card = RateCard.read(path, columns=columns, unit="major")
    found = [
        card.lookup(country="GR", network="20205"),
        card.lookup(country="GR", network="20201"),
        card.lookup(),
    ]
    assert [rate.cents for rate in found] == [Decimal("4.5"), Decimal("4.7"), Decimal("6")]


def test_a_list_of_multipliers(shared):
    lines = (
        (shared / "ratecards/govuk_notify_international_billing_rates.yml")
        .read_text(encoding="utf-8")
        .split("\n")
    )
    prefixes = [line.strip("':") for line in lines if line.startswith("'")]
    times = [line.rpartition(" ")[2] for line in lines if line.startswith("  rate_multiplier: ")]
    prices = {date(2025, 4, 1): "2.33", date(2026, 4, 1): "2.5"}
    card = RateCard.from_multipliers(dict(zip(prefixes, times, strict=True)), price=prices, currency="GBP")
    assert card.lookup("+33612345678", when=date(2026, 5, 1)).cents == Decimal("2.5") * int(
        times[prefixes.index("33")]
    )
