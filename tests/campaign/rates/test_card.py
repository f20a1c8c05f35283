"""A rate card says one price for each destination, or none; what it cannot read it refuses by name."""

import csv
import io
import json
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.campaign.columns.codes import Codes, combinations
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.recipients.zones import longest_prefixes
from callr_segment.errors import InputError, InvalidNumber
from callr_segment.text.numbers import country_of

EUR = {"currency": "EUR"}


def card_of(text, **options):
    return RateCard.read_csv(io.StringIO(text), **(EUR | options))


# What applies: the most specific row


SPECIFIC = card_of("""\
country,prefix,network,traffic,cents
,,,,1
,,,alerting,2
FR,,,,3
FR,,,alerting,4
,33,,,5
FR,33,,,6
,336,,,7
,336,,alerting,8
,,20801,,9
FR,,20801,,10
FR,33,20801,,11
FR,33,20801,alerting,12
""")


@pytest.mark.parametrize(
    ("number", "country", "network", "traffic", "cents"),
    [
        (None, None, "99999", "marketing", 1),  # default
        (None, None, "99999", "alerting", 2),  # default, narrowed by traffic
        (None, "FR", "99999", "marketing", 3),  # country over default
        (None, "FR", "99999", "alerting", 4),
        ("+331", "BE", "99999", "alerting", 5),  # prefix over default, even one narrowed by traffic
        ("+331", "BE", "99999", "marketing", 5),
        ("+331", "FR", "99999", "alerting", 6),  # prefix and country over either
        ("+3361", "FR", "99999", "marketing", 7),  # the longer prefix over the shorter with country
        ("+3361", "FR", "99999", "alerting", 8),
        ("+3361", "BE", "20801", "alerting", 9),  # network over prefix
        ("+49", "FR", "20801", "alerting", 10),
        ("+3361", "FR", "20801", "marketing", 11),
        ("+3361", "FR", "20801", "alerting", 12),
    ],
)
def test_the_most_specific_row_wins(number, country, network, traffic, cents):
    rate = SPECIFIC.lookup(number, network, country=country, traffic=traffic)
    assert (rate.cents, rate.basis) == (cents, "exact")


def test_no_match_is_unpriced_never_zero():
    card = RateCard({"33": "4.5", "BE": "6"}, **EUR)
    assert card.lookup("+4915112345678", country="DE") is None
    assert card.lookup(country="FR") is None  # the prefix of no number is known
    assert card.lookup("+33639980102").cents == Decimal("4.5")


@pytest.mark.parametrize(
    ("number", "cents"),
    [
        ("+32470001122", 6),
        ("32470001122", 6),
        ("+324", 6),  # who has but the beginning of a number
        ("+12425550100", 3),  # the Bahamas, and not all of +1
        ("+12125550100", 2),
        ("+390612345678", 8),
        ("+888123456789", 9),  # of no country
    ],
)
def test_a_number_tells_its_country(number, cents):
    card = RateCard({"BE": 6, "BS": 3, "US": 2, "IT": 8, "*": 9}, **EUR)
    assert card.lookup(number).cents == cents
    assert card.lookup(number, country="BE").cents == 6  # what is said goes before


def test_a_card_prices_a_number_as_an_estimate_does():
    card = RateCard({"BE": 6, "BS": 3, "US": 2, "IT": {"22201": 8, "22210": 7}, "*": 9}, **EUR)
    numbers = ["+32470001122", "+12425550100", "+12125550100", "+393331234567", "+639171234567"]
    costed = sms.estimate(pd.DataFrame({"to": numbers}), text="a", to="to", rates=card)
    assert costed.rows["cost_cents"].tolist() == [card.lookup(number).cents for number in numbers]


def test_a_price_of_zero_is_a_price():
    assert RateCard({"FR": "0"}, **EUR).lookup(country="FR").cents == 0


def test_an_unknown_network_spans_the_prices_of_all_that_may_apply():
    german = {"26201": "5.5", "26202": "5.5", "26276": "5", "*": "7"}
    rate = RateCard({"DE": german, "FR": {"20801": 1}}, **EUR).lookup(country="DE")
    assert (rate.low_cents, rate.cents, rate.high_cents) == (5, Decimal("5.75"), 7)
    assert (rate.basis, rate.exact, rate.lines) == ("unweighted mean", False, (1, 2, 3, 4))


def test_a_network_the_card_does_not_name_has_the_price_of_the_others_or_none():
    card = RateCard({"DE": {"26201": "5", "*": "7"}, "FR": {"20801": 1}}, **EUR)
    assert card.lookup(country="DE", network="26299").cents == 7
    assert card.lookup(country="FR", network="20899") is None


def test_an_unknown_number_spans_the_prefixes_of_its_country():
    card = card_of("country,prefix,cents\nFR,33,4\nFR,3363,6\nBE,,5\nBE,324,7\n,,9")
    assert card.lookup(country="FR").lines == (2, 3)
    assert card.lookup(country="BE").lines == (4,)  # the row for the country speaks for all its prefixes
    assert card.lookup(country="DE").lines == (6,)


def test_a_network_of_another_country_or_prefix_is_no_candidate():
    card = card_of("country,prefix,network,cents\nFR,,20801,4\nBE,,20601,6\n,33,20802,5\n,336,20803,9")
    assert card.lookup("+331", country="FR").lines == (2, 4)
    assert card.lookup("+336", country="FR").lines == (2, 4, 5)
    assert card.lookup("+32", country="BE").lines == (3,)


def test_a_row_that_a_more_specific_one_replaces_is_no_candidate():
    card = card_of("prefix,network,cents\n33,20801,1\n336,20801,4\n33,,9\n336,,5")
    rate = card.lookup("+336")
    assert (rate.low_cents, rate.high_cents) == (4, 5)


def test_networks_match_whole_and_keep_their_zeros():
    card = card_of("network,cents\n23401,1\n234010,2\n00101,3")
    assert [card.lookup(network=network).cents for network in ("23401", "234010", "00101")] == [1, 2, 3]
    assert card.lookup(network="234011") is None


def test_weights_make_the_expected_price_if_every_candidate_has_one():
    weighted = card_of("country,network,cents,weight\nFR,20801,4,3\nFR,20802,8,1\nBE,20601,4,3\nBE,20602,8,")
    france, belgium = weighted.lookup(country="FR"), weighted.lookup(country="BE")
    assert (france.cents, france.basis) == (5, "weights")
    assert (belgium.cents, belgium.basis) == (6, "unweighted mean")


def test_weights_of_nothing_are_no_weights():
    rate = card_of("network,cents,weight\n20801,4,0\n20802,8,0").lookup()
    assert (rate.cents, rate.basis) == (6, "unweighted mean")


@pytest.mark.parametrize(
    ("prices", "expected"),
    [(["0.000001", "0.000002"], 2), (["0", "0.000001"], 0), (["1", "1", "2"], 1_333_333)],
)
def test_a_mean_is_rounded_once_half_to_even(prices, expected):
    card = RateCard({"*": {f"2080{at}": price for at, price in enumerate(prices)}}, unit="cents", **EUR)
    assert card.lookup().microcents == expected


def test_surcharges_are_paid_per_part_and_fees_per_message():
    card = card_of("network,cents,surcharge_cents,fee_cents\n20801,4,0.5,1\n20802,4,0.5,3")
    rate = card.lookup()
    assert (rate.low_cents, rate.cents, rate.high_cents) == (Decimal("4.5"),) * 3
    assert rate.fee_cents == 2
    assert (rate.fee_low_microcents, rate.fee_high_microcents) == (1_000_000, 3_000_000)
    assert not rate.exact
    assert card.lookup(network="20801").exact


def test_a_price_holds_from_its_first_day_until_the_day_before_its_last():
    card = card_of(
        "country,cents,valid_from,valid_to\nFR,4,,2026-02-01\nFR,5,2026-02-01,2026-03-01\nBE,6,,\nIT,7,2026-03-02,"
    )
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), datetime(2026, 2, 28, 23, 59, tzinfo=UTC)]
    assert [card.lookup(country="FR", when=day).cents for day in days] == [4, 5, 5, 5]
    assert card.lookup(country="FR", when=date(2026, 3, 1)) is None
    assert card.lookup(country="IT", when=date(2026, 3, 1)) is None
    assert [row.line for row in card.valid_on(date(2026, 2, 1)).rows] == [3, 4]
    assert len(card.valid_on(date(2026, 3, 2))) == 2


def test_a_row_out_of_force_leaves_room_for_a_less_specific_one():
    card = card_of("country,network,cents,valid_to\nFR,20801,4,2020-01-01\nFR,,9,")
    assert card.lookup(country="FR", network="20801", when=date(2019, 1, 1)).cents == 4
    assert card.lookup(country="FR", network="20801").cents == 9
    assert card.lookup(country="FR").exact


@pytest.mark.parametrize("number", ["0639980102", "33 6 39", "+", "", "+33639980102000000", "３３", "+33x"])
def test_a_number_that_is_not_e164_is_refused(number):
    with pytest.raises(InvalidNumber, match=r"write \+ and up to 15 digits"):
        RateCard.flat(1, **EUR).lookup(number)


@pytest.mark.parametrize("asked", [{"country": "Frankonia"}, {"network": "208-01"}, {"traffic": "otp"}])
def test_a_question_that_cannot_be_answered_is_refused(asked):
    with pytest.raises(InputError, match="write"):
        RateCard.flat(1, **EUR).lookup(**asked)


# Many at once


NETWORKS = ["20801", "20802", "208010"]
PREFIXES = ["3", "33", "336", "3363", "1", "12", "99"]
COUNTRIES = ["FR", "BE"]
TRAFFIC = ["marketing", "alerting"]


def optional(values):
    return st.none() | st.sampled_from(values)


rows = st.fixed_dictionaries(
    {
        "country": optional(COUNTRIES),
        "prefix": optional(PREFIXES),
        "network": optional(NETWORKS),
        "traffic": optional(TRAFFIC),
        "cents": st.integers(0, 9),
        "fee_cents": st.integers(0, 2),
        "weight": st.none() | st.integers(0, 3),
        "valid_from": optional([None, "2026-01-01"]),
        "valid_to": optional([None, "2026-06-01"]),
    }
)
KEYS = ("country", "prefix", "network", "traffic")
cards = st.lists(rows, min_size=1, max_size=12, unique_by=lambda row: tuple(row[key] for key in KEYS)).map(
    lambda rows: RateCard.from_rows(rows, **EUR)
)
numbers = st.none() | st.from_regex(r"(3|33|336|3363|1|12|9|99)[0-9]{0,9}", fullmatch=True)
messages = st.tuples(numbers, optional(NETWORKS), optional(COUNTRIES), optional(TRAFFIC))
days = st.sampled_from([date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1)])


def specificity(row):
    return row.network is not None, len(row.prefix or ""), row.country is not None, row.traffic is not None


def applies(number, network, country, traffic, day):
    return lambda row: (
        row.network in (None, network)
        and (number or "").startswith(row.prefix or "")
        and row.country in (None, country)
        and row.traffic in (None, traffic)
        and (row.valid_from is None or row.valid_from <= day)
        and (row.valid_to is None or day < row.valid_to)
    )


def winners(card, number, network, country, traffic, day):
    """Those of the number; where it is not known and no row is for its country as a whole, of each prefix."""
    found = winners_of(card, number, network, country, traffic, day)
    if number is None and not any(row.country for row in found):
        prefixes = {row.prefix for row in card.rows if row.prefix and row.country == country and country}
        spanned = (winners_of(card, prefix, network, country, traffic, day) for prefix in prefixes)
        return set().union(*spanned) or found
    return found


def winners_of(card, number, network, country, traffic, day):
    """For each network it may be, the most specific of all rows that apply."""
    for_each = {None, *NETWORKS} if network is None else {network}
    found = {
        max(filter(applies(number, name, country, traffic, day), card.rows), key=specificity, default=None)
        for name in for_each
    } - {None}
    return {row for row in found if network or not is_abroad(row, country)}


def is_abroad(row, country):
    """A network without a country or prefix is in that of its MCC."""
    home = {"208": "FR", "206": "BE", "262": "DE"}.get((row.network or "")[:3])
    return None not in (home, country) and not row.country and not row.prefix and home != country


@given(cards, messages, days)
def test_lookup_is_what_the_definition_says(card, message, day):
    number, network, country, traffic = message
    rate = card.lookup(number, network, country=country, traffic=traffic, when=day)
    expected = winners(card, number, network, country_said(number, country), traffic, day)
    if rate is None:
        assert not expected
        return
    prices, fees = [row.microcents for row in expected], [row.fee_microcents for row in expected]
    assert rate.lines == tuple(sorted(row.line for row in expected))
    assert (rate.low_microcents, rate.high_microcents) == (min(prices), max(prices))
    assert (rate.fee_low_microcents, rate.fee_high_microcents) == (min(fees), max(fees))
    assert rate.exact == (len(set(prices)) == len(set(fees)) == 1)
    weights = [row.weight for row in expected]
    if None in weights or not any(weights):
        weights = [1] * len(prices)
    mean = Fraction(sum(p * w for p, w in zip(prices, weights, strict=True)), sum(weights))
    assert abs(rate.microcents - mean) <= Fraction(1, 2)


def country_said(number, country):
    """The country that is given, or else that of the number."""
    return country or (number and country_of(number.lstrip("+")))


def longest(card, number):
    """The longest prefix of a number on a card: "" for none, None where there is no number."""
    return number and max((p for p in card.prefixes if number.startswith(p)), key=len, default="")


@given(cards, st.lists(messages, max_size=30), days)
def test_many_destinations_cost_what_each_does(card, messages, day):
    asked = [(longest(card, n and n.lstrip("+")), country_said(n, c), net, t) for n, net, c, t in messages]
    expected = [card.lookup(n, net, country=c, traffic=t, when=day) for n, net, c, t in messages]
    assert card.rates_of(asked, when=day) == expected


def test_an_empty_name_is_none():
    card = RateCard({"FR": {"20801": 4, "20802": 5}}, **EUR)
    one, other, mean = card.rates_of([(None, "FR", net, "marketing") for net in ("20802", "20801", "")])
    assert (one.cents, other.cents, mean.cents) == (5, 4, Decimal("4.5"))
    assert card.rates_of([(None, None, None, "marketing"), ("", "BE", None, None)]) == [None, None]


def test_a_number_over_15_digits_has_no_prefix():
    covered = RateCard({"33": 4}, **EUR).coverage(pa.table({"to": ["+3361234567890123"]}), to="to")
    assert covered.empty


prefix = st.from_regex(r"[1-9][0-9]{0,7}", fullmatch=True)
long_number = st.from_regex(r"[1-9][0-9]{0,14}", fullmatch=True)


@given(st.sets(prefix, min_size=1, max_size=20), st.lists(prefix | long_number))
@example({"1", "10", "100"}, ["1"])
def test_the_longest_prefix_is_found(prefixes, numbers):
    numbers = [*numbers, *prefixes, *(prefix + "0" for prefix in prefixes)]
    places, names = longest_prefixes(np.array([int(number) for number in numbers], np.uint64), prefixes)
    found = [names[place] if place >= 0 else None for place in places]
    expected = [max((p for p in prefixes if n.startswith(p)), key=len, default=None) for n in numbers]
    assert found == expected


@given(st.data(), st.integers(0, 30), st.lists(st.sampled_from([1, 3, 200, 70_000]), max_size=3))
def test_combinations_tell_each_row_as_it_is(data, size, radices):
    columns = []
    for radix in radices:
        codes = data.draw(st.lists(st.integers(-1, radix - 1), min_size=size, max_size=size))
        columns.append(Codes(np.array(codes, np.int32), [str(code) for code in range(radix)]))
    index, found = combinations([*columns, "same"], rows=size)
    table = zip(*(column.codes.tolist() for column in columns), strict=True) if columns else [()] * size
    expected = [(*(None if code < 0 else str(code) for code in codes), "same") for codes in table]
    assert [found[at] for at in index] == expected
    assert len(found) == len(set(expected))


# Real price lists


def test_the_demo_card_knows_its_countries(shared):
    card = RateCard.read_csv(shared / "demo" / "rates.csv", **EUR)
    exact = {"BE": "6", "FR": "4.5", "GR": "5", "IT": "5.6", "PL": "3.4", "PT": "4.5", "ES": "6", "CH": "3.3"}
    exact |= {"TR": "2.1", "GB": "2.9"}
    assert card.countries == tuple(sorted([*exact, "DE"]))
    codes = {row.country: row.prefix for row in card.rows}
    for country, price in exact.items():
        rate = card.lookup(f"+{codes[country]}600000000", country=country)
        assert (rate.cents, rate.exact) == (Decimal(price), True)
    germany = card.lookup("+4915112345678", country="DE")
    assert (germany.low_cents, germany.cents, germany.high_cents) == (5, Decimal("5.4"), Decimal("5.5"))
    assert germany.basis == "unweighted mean"
    assert card.lookup("+4915112345678", "26276", country="DE").cents == 5
    assert dict(card.rows[6].extra) == {"operator": "Completel"}


def test_a_public_list_of_multipliers_by_prefix_is_a_card(shared):
    text = (shared / "ratecards" / "govuk_notify_international_billing_rates.yml").read_text()
    prices, prefix = {}, None
    for line in text.splitlines():
        if line.startswith("'"):
            prefix = line.strip("':")
        elif line.startswith("  rate_multiplier:"):
            prices[prefix] = line.split(":")[1].strip()
    card = RateCard(prices, currency="GBP")
    assert len(card) == len(prices) > 200
    for number in (f"{prefix}5550123" for prefix in prices):
        assert card.lookup(number).cents == int(prices[longest(card, number)])


def test_a_public_list_by_network_in_major_units_is_a_card(shared):
    listed = json.loads((shared / "ratecards" / "vonage_country_pricing.json").read_text())
    rows = [
        {"country": listed["countryCode"], "network": network["networkCode"], "price": network["price"]}
        for network in listed["networks"]
        if network["networkCode"].isdecimal()
    ]
    card = RateCard.from_rows(rows, currency=listed["currency"], unit="major")
    rate = card.lookup(country="ZM")
    assert (rate.cents, rate.exact) == (Decimal("28.725"), True)
    assert card.lookup(country="ZM", network="64502").cents == Decimal("28.725")


def test_a_public_list_with_namibia_is_read_as_text(shared):
    with (shared / "ratecards" / "twilio_sms_pricing_2024.csv").open(encoding="utf-8", newline="") as file:
        listed = {
            row["ISO"]: row["Price / msg"] for row in csv.DictReader(file) if row["ISO"] not in ("", "QK")
        }
    rows = [{"country": country, "price": price} for country, price in listed.items()]
    card = RateCard.from_rows(rows, currency="USD", unit="major")
    assert len(card) == len(listed)
    assert card.lookup(country="NA").cents == Decimal("6.26")


def test_a_long_list_is_read_and_resolved_exactly():
    source = random.Random(7)
    prices = {f"{prefix}": source.randrange(1, 10**6) for prefix in source.sample(range(1, 10**7), 5_000)}
    card = RateCard({prefix: f"0.{price:06}" for prefix, price in prices.items()}, unit="cents", **EUR)
    for number in (f"{source.choice(list(prices))}{source.randrange(10**6):06}" for _ in range(2_000)):
        prefix = next(p for stop in range(7, 0, -1) if (p := number[:stop]) in prices)
        assert card.lookup(number).microcents == prices[prefix]
        assert card.rates_of([(prefix, None, None, "marketing")]) == [card.lookup(number)]


def test_networks_without_a_country_are_where_their_code_says():
    rows = [
        {"network": "20801", "cents": 4},
        {"network": "26201", "cents": 12},
        {"network": "20620", "cents": 9},
    ]
    card = RateCard.from_rows(rows, **EUR)
    rate = card.lookup("+33639980102", country="FR")
    assert (rate.cents, rate.basis) == (4, "exact")
    assert card.lookup(country="GB") is None
    assert card.lookup(country="FR", network="26201").cents == 12
    assert card.lookup().basis == "unweighted mean"
    unknown = RateCard.from_rows([{"network": "99901", "cents": 3}, *rows], **EUR)
    assert (unknown.lookup(country="FR").low_cents, unknown.lookup(country="FR").high_cents) == (3, 4)
