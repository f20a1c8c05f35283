"""What a card is good for: the columns of a card in an estimate, what it covers, and what receipts teach."""

import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.campaign.rates.card import RateCard
from callr_segment.errors import InputError, InvalidNumber
from callr_segment.text.tables import regions

EUR = {"currency": "EUR"}
LONG = "a" * 200  # two parts

# The columns of a card, from end to end


def cost(rows, frame, **options):
    options = {"text": "{text}", "to": "to", "rates": RateCard.from_rows(rows, **EUR)} | options
    return sms.estimate(frame, **options)


def to(*numbers, text="hello", **columns):
    return pd.DataFrame({"to": numbers, "text": text, **columns})


FRENCH, BELGIAN = "+33639980102", "+32470000001"


def test_surcharges_are_per_part_and_fees_per_message():
    rows = [{"country": "FR", "cents": "4", "surcharge_cents": "0.5", "fee_cents": "1"}]
    found = cost(rows, to(FRENCH, FRENCH, text=["hello", LONG]))
    assert found.rows["cost_cents"].tolist() == [Decimal("5.5"), Decimal("10")]
    assert found.exact_share == 1


def test_fees_that_differ_by_network_are_a_range():
    rows = [
        {"country": "FR", "network": "20801", "cents": 4, "fee_cents": 1},
        {"country": "FR", "network": "20802", "cents": 4, "fee_cents": 3},
    ]
    found = cost(rows, to(FRENCH, FRENCH, net=["20801", None]), network="net")
    assert found.rows["cost_cents"].tolist() == [5, 6]
    assert found.cost_range_cents == (10, 12)
    assert found.exact_share == Decimal(5) / 11


def test_weights_make_the_expected_cost():
    rows = [
        {"country": "FR", "network": "20801", "cents": 4, "weight": "0.75"},
        {"country": "FR", "network": "20802", "cents": 8, "weight": "0.25"},
    ]
    found = cost(rows, to(FRENCH))
    assert (found.cost_cents, found.cost_range_cents) == (5, (4, 8))


def test_traffic_has_prices_of_its_own():
    rows = [{"country": "FR", "cents": 4}, {"country": "FR", "traffic": "alerting", "cents": 6}]
    frame = to(FRENCH, FRENCH, kind=["marketing", "alerting"])
    assert cost(rows, frame, traffic="kind").rows["cost_cents"].tolist() == [4, 6]
    assert cost(rows, frame, traffic="alerting").cost_cents == 12


def test_networks_known_by_name_are_priced_by_name():
    rows = [{"country": "FR", "network": "Orange", "cents": 4}, {"country": "FR", "cents": 6}]
    frame = to(FRENCH, FRENCH, FRENCH, operator=["Orange", "Free", None])
    found = cost(rows, frame, network="operator").rows
    assert found["cost_cents"].tolist() == [4, 6, 5]


DATED = [
    {"country": "FR", "cents": 4, "valid_to": "2026-02-01"},
    {"country": "FR", "cents": 5, "valid_from": "2026-02-01", "valid_to": "2026-03-01"},
]
PARIS = timezone(timedelta(hours=1))


def test_a_moment_without_a_time_zone_is_refused():
    card, moment = RateCard.from_rows(DATED, **EUR), datetime(2026, 2, 1, 0, 30)
    for ask in (
        lambda: card.lookup(country="FR", when=moment),
        lambda: card.age(on=moment),
        lambda: card.valid_on(moment),
        lambda: cost(DATED, to(FRENCH), when=moment),
        lambda: card.coverage(to(FRENCH), to="to", when=moment),
    ):
        with pytest.raises(InputError, match=r"a moment without a time zone; write its day, \.date\(\)"):
            ask()


@pytest.mark.parametrize(
    ("when", "cents"),
    [
        (date(2026, 1, 31), 4),
        (date(2026, 2, 1), 5),
        (date(2026, 2, 28), 5),
        (date(2026, 3, 1), None),
        (datetime(2026, 2, 1, 0, 30, tzinfo=PARIS), 4),  # still the 31st of January in UTC
        (datetime(2026, 2, 1, 1, 0, tzinfo=PARIS), 5),
        (datetime(2026, 2, 28, 23, 59, tzinfo=UTC), 5),
        (datetime(2026, 3, 1, 0, 59, tzinfo=PARIS), 5),
        (datetime(2026, 2, 28, 20, 0, tzinfo=timezone(timedelta(hours=-5))), None),
    ],
)
def test_prices_hold_from_a_day_until_another_in_utc(when, cents):
    card = RateCard.from_rows(DATED, **EUR)
    rate = card.lookup(country="FR", when=when)
    assert (rate and rate.cents) == cents
    found = cost(DATED, to(FRENCH), when=when)
    assert found.cost_cents == cents
    assert found.summary.problems.get("unpriced", 0) == (cents is None)
    assert card.rates_of([(None, "FR", None, "marketing")], when=when) == [rate]


@given(
    st.datetimes(timezones=st.timezones(), min_value=datetime(2026, 1, 30), max_value=datetime(2026, 2, 3))
)
def test_one_moment_has_one_price_however_it_is_written(moment):
    card = RateCard.from_rows(DATED, **EUR)
    assert card.lookup(country="FR", when=moment) == card.lookup(country="FR", when=moment.astimezone(UTC))


# Coverage and age


def test_coverage_tells_what_is_priced_and_by_what():
    rows = [
        {"country": "FR", "network": "20801", "cents": 4},
        {"country": "FR", "cents": 6},
        {"prefix": "44", "cents": 3},
        {"country": "BE", "cents": 7},
    ]
    card = RateCard.from_rows(rows, **EUR)
    numbers = [FRENCH, FRENCH, FRENCH, BELGIAN, "+447700900123", "+4915112345678", "+4915112345679", "n/a"]
    frame = to(*numbers, net=["20801", "20802", None, None, None, None, None, None])
    covered = card.coverage(frame, to="to", network="net")
    assert covered.columns.tolist() == [
        *("country", "network", "rows", "basis", "priced_by", "low_cents", "cents", "high_cents")
    ]
    found = covered.astype(object).where(covered.notna(), None).to_numpy().tolist()
    assert found == [
        ["DE", None, 2, "unpriced", None, None, None, None],
        ["BE", None, 1, "exact", "country", 7, 7, 7],
        ["FR", None, 1, "unweighted mean", "network, country", 4, 5, 6],
        ["FR", "20801", 1, "exact", "network", 4, 4, 4],
        ["FR", "20802", 1, "exact", "country", 6, 6, 6],
        ["GB", None, 1, "exact", "prefix", 3, 3, 3],
    ]
    estimated = sms.estimate(frame, text="{text}", to="to", network="net", rates=RateCard.flat(1, **EUR))
    pd.testing.assert_frame_equal(card.coverage(estimated), covered)
    polars = pl.DataFrame({"to": numbers[:7], "net": ["20801", "20802", *[None] * 5]})
    pd.testing.assert_frame_equal(card.coverage(polars, to="to", network="net"), covered)


def test_coverage_counts_as_an_estimate_does():
    card = RateCard({"33": 4, "BE": {"20601": 1, "20605": 2}}, **EUR)
    rng = random.Random(5)
    numbers = [rng.choice([FRENCH, BELGIAN, "+4915112345678", "no"]) for _ in range(500)]
    found = sms.estimate(to(*numbers), text="{text}", to="to", rates=card)
    covered = card.coverage(found)
    counts = covered.groupby(covered["basis"] == "unpriced")["rows"].sum()
    assert counts[True] == found.summary.problems["unpriced"]
    assert counts.sum() == found.summary.rows - found.summary.problems["invalid_number"]
    assert (covered["cents"] * covered["rows"]).sum() == found.cost_cents


def test_coverage_of_nothing_and_of_countries_alone():
    card = RateCard({"FR": 4, "*": 9}, **EUR)
    assert len(card.coverage(to(), to="to")) == 0
    covered = card.coverage(pd.DataFrame({"iso": ["FR", "NA", "NA"]}), country="iso")
    assert covered[["country", "rows", "priced_by"]].to_numpy().tolist() == [
        ["NA", 2, "default"],
        ["FR", 1, "country"],
    ]
    with pytest.raises(InputError, match="did you mean 'iso'"):
        card.coverage(pd.DataFrame({"iso": ["FR"]}), country="is0")


def test_a_card_is_as_old_as_its_newest_price_in_force():
    card = RateCard.from_rows([*DATED, {"country": "BE", "cents": 1}], **EUR)
    assert card.age(on=date(2026, 2, 15)) == 14
    assert card.age(on=datetime(2026, 2, 1, 0, 30, tzinfo=PARIS)) is None
    assert card.age(on=date(2026, 3, 1)) is None
    assert RateCard.flat(1, **EUR).age() is None


# Learned from receipts


def receipts(*rows):
    return pd.DataFrame(rows, columns=["country", "network", "parts", "cost_cents"])


def learn(frame, **options):
    return RateCard.learn(frame, **{"country": "country", "network": "network"} | EUR | options)


def test_receipts_that_agree_give_a_price():
    card = learn(receipts(("FR", "20801", 1, "4.5"), ("FR", "20801", 3, "13.5"), ("FR", "20815", 1, "4")))
    rate = card.lookup(country="FR", network="20801")
    assert (rate.cents, rate.basis) == (Decimal("4.5"), "exact")
    unknown = card.lookup(country="FR")
    assert (unknown.low_cents, unknown.high_cents, unknown.basis) == (4, Decimal("4.5"), "learned mix")
    assert unknown.cents == Decimal("4.333333")
    assert [(row.receipts, dict(row.extra)["parts"]) for row in card.rows] == [(2, 4), (1, 1)]


def test_receipts_that_disagree_give_a_range_and_say_so():
    card = learn(receipts(("FR", "20801", 1, "4"), ("FR", "20801", 3, "18"), ("FR", "20801", 2, None)))
    rate = card.lookup(country="FR", network="20801")
    assert (rate.low_cents, rate.cents, rate.high_cents) == (4, Decimal("5.5"), 6)
    assert (rate.basis, rate.exact) == ("learned mix", False)
    assert card.rows[0].receipts == 2


def test_a_price_that_no_microcent_divides_lies_between_two():
    rate = learn(receipts(("FR", None, 3, "10"))).lookup(country="FR")
    assert (rate.low_microcents, rate.microcents, rate.high_microcents) == (3_333_333, 3_333_333, 3_333_334)


def test_countries_are_learned_from_numbers_too():
    frame = pd.DataFrame({"to": ["06 39 98 01 02", BELGIAN], "parts": [1, 2], "price": ["0.04", "0.12"]})
    options = {"to": "to", "default_region": "FR", "cost": "price", "unit": "major"}
    card = RateCard.learn(frame, **options, **EUR)
    assert card.countries == ("BE", "FR")
    assert card.lookup(country="BE").cents == 6
    assert RateCard.learn(pl.DataFrame(frame), **options, **EUR) == card


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("FR", "20801", 1, "four")], "row 0, column cost_cents: 'four' is not a plain"),
        (
            [("FR", "20801", -1, "4")],
            "row 0, column parts: '?-1'? is not a plain number: it must not be negative",
        ),
        ([("FR", "20801", 0, "4")], r"row 0, column parts: no part costs 4.* cents"),
        ([(None, None, 1, "4")], "row 0, column country: neither its country nor its network is known"),
        ([("FR", "20801", 1, None)], "no receipt has parts and a cost"),
        ([("FR", "2080", 1, "4")], "row 0, column 'network': '2080' is not a network"),
    ],
)
def test_receipts_that_teach_nothing_are_refused(rows, message):
    with pytest.raises(InputError, match=message):
        learn(receipts(*rows))


def test_receipts_that_cannot_be_right_are_left_out_and_counted():
    wrong = [
        ("FR", "20801", 1, "four"),
        ("FR", "20801", 0, "4"),
        (None, None, 1, "4"),
        ("FR", "20801", 0, "4"),
    ]
    with pytest.warns(
        UserWarning, match=r"4 of 6 receipts are left out, the first because of row 1, column c"
    ):
        card = learn(receipts(("FR", "20801", 1, "4"), *wrong, ("FR", "20801", 1, "6")))
    assert (card.skipped, card.lookup(country="FR").cents) == (4, 5)
    assert learn(receipts(("FR", "20801", 1, "4"))).skipped == 0


def test_the_warning_of_what_is_left_out_names_the_line_that_learns():
    frame = receipts(("FR", "20801", 1, "4"), ("FR", "20801", 1, "four"))
    with pytest.warns(UserWarning, match="1 of 2 receipts are left out") as told:
        RateCard.learn(frame, country="country", network="network", **EUR)
    assert {each.filename for each in told} == {__file__}


def test_a_cost_that_is_a_float_is_exact_where_its_unit_is_said():
    frame = pd.DataFrame({"parts": [1, 3], "cost_cents": [4.5, 13.5], "euros": [0.045, 0.135]})
    by_header = RateCard.learn(frame, country="FR", **EUR)
    assert by_header.lookup(country="FR").cents == Decimal("4.5")
    assert RateCard.learn(frame, country="FR", cost="euros", **EUR) == by_header
    frame = frame.rename(columns={"euros": "cost"})
    assert RateCard.learn(frame, country="FR", cost="cost", unit="major", **EUR) == by_header
    with pytest.raises(InputError, match=r"column cost: .* is 0\.045 cents, or 0\.045 EUR"):
        RateCard.learn(frame, country="FR", cost="cost", **EUR)


bills = st.tuples(
    st.sampled_from(["FR", "BE"]),
    st.sampled_from(["20801", "20802", None]),
    st.integers(1, 5),
    st.integers(0, 10**4).map(lambda amount: Decimal(amount) / 100),
)


@given(st.lists(bills, min_size=1, max_size=30))
def test_what_is_learned_lies_between_what_was_billed(rows):
    card = learn(receipts(*rows))
    assert sum(row.receipts for row in card.rows) == len(rows)
    for row in card.rows:
        alike = [bill for bill in rows if (bill[0], bill[1]) == (row.country, row.network)]
        prices = [Fraction(cost) * 10**6 / parts for _, _, parts, cost in alike]
        mean = sum(Fraction(bill[3]) for bill in alike) * 10**6 / sum(bill[2] for bill in alike)
        assert abs(row.microcents - mean) <= Fraction(1, 2)
        assert 0 <= min(prices) - row.low_microcents < 1
        assert 0 <= row.high_microcents - max(prices) < 1
    assert learn(receipts(*reversed(rows))) == card


def test_a_learned_card_costs_what_was_billed():
    truth = RateCard({"FR": {"20801": "4.5", "20815": "4"}, "BE": "6"}, **EUR)
    rng = random.Random(3)
    networks = {FRENCH: ["20801", "20815"], BELGIAN: [None]}
    numbers = [rng.choice([FRENCH, BELGIAN]) for _ in range(300)]
    frame = to(*numbers, text=[rng.choice(["hi", LONG]) for _ in numbers])
    frame = frame.assign(net=[rng.choice(networks[number]) for number in numbers])
    options = {"text": "{text}", "to": "to", "network": "net"}
    billed = sms.estimate(frame, rates=truth, **options)
    card = RateCard.learn(billed.rows, country="country", network="network", **EUR)
    assert {row.keys: row.microcents for row in card.rows} == {
        ("FR", None, "20801", None): 4_500_000,
        ("FR", None, "20815", None): 4_000_000,
        ("BE", None, None, None): 6_000_000,
    }
    again = sms.estimate(frame, rates=card, **options)
    assert (again.cost_cents, again.exact_share) == (billed.cost_cents, 1)


# Kinds of numbers


def test_numbers_known_as_landlines_are_landlines():
    landlines = mobiles = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is None or phonenumbers.number_type(example) != kind:
                continue
            written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            note = sms.normalize_number(written).note
            if kind == phonenumbers.PhoneNumberType.MOBILE:
                assert note != "landline", written
                mobiles += 1
            else:
                landlines += note == "landline"
    assert landlines > 100
    assert mobiles > 200


def test_no_number_called_a_landline_is_anything_else():
    rng = random.Random(11)
    kinds = Counter()
    for line in regions.ZONES.splitlines():
        code, _, kind, _, *prefixes = line.split()
        for prefix in [prefix.strip(".") for prefix in prefixes if kind == "l"]:
            for length in range(6, 12):
                rest = "".join(rng.choices("0123456789", k=length - len(prefix)))
                with suppress(InvalidNumber):
                    number = sms.normalize_number(f"+{code}{prefix}{rest}")
                    if number.note == "landline":
                        kinds[phonenumbers.number_type(phonenumbers.parse(number.e164))] += 1
    assert kinds.keys() == {phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.UNKNOWN}
    assert kinds[phonenumbers.PhoneNumberType.FIXED_LINE] > 500
