"""A card of many prefixes prices as any card does, by the same rows."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.campaign.rates import prefix_prices

MANY = 1_200
RANDOM = np.random.default_rng(20260131)
ROWS = [
    *({"prefix": f"336{at:04d}", "cents": f"4.{at:04d}"} for at in range(MANY)),
    *(
        {"prefix": f"337{at:02d}", "cents": 7, "fee_cents": 1} for at in range(60)
    ),  # alike: one stands for them
    {"prefix": "33", "cents": 9},
    {"prefix": "3360007", "cents": "N/A", "traffic": None},
    {"prefix": "32", "cents": 5, "low_cents": 4, "high_cents": 6},
    {"country": "DE", "cents": 8},
    {"prefix": "44", "cents": 0},
]
SAID_MORE = [
    {"prefix": "3361", "network": "20801", "cents": 3},
    {"prefix": "3362", "traffic": "alerting", "cents": 3},
    {"prefix": "3363", "country": "FR", "cents": 3},
    {"prefix": "3364", "cents": 3, "valid_from": date(2020, 1, 1)},
]


def card_of(rows):
    first = {row["prefix"]: row for row in rows if "prefix" in row}
    others = [row for row in rows if "prefix" not in row]
    return sms.RateCard.from_rows([*first.values(), *others], currency="EUR", unit="cents", unpriced=("N/A",))


def numbers():
    tails = RANDOM.integers(0, 10**8, 800)
    french = [f"+33{6 + tail % 2}{tail:08d}" for tail in tails.tolist()]
    known = [f"+336{tail % MANY:04d}{tail % 9000 + 1000}" for tail in tails.tolist()]
    odd = "+33000000000 +33199001234 n/a 0612345678 +12125550100 +447911123456 +4915112345678 +32470123456"
    return [*french, *known, *odd.split(), "+3360007123456"]


FRAME = pd.DataFrame({"to": numbers()})
FRAME["pays"] = np.where(FRAME.index % 7 == 0, "BE", None)


def priced(card, **options):
    found = sms.estimate(FRAME, text="a", to="to", rates=card, **options).to_arrow()
    return found.select(
        ["country", "cost_low_cents", "cost_cents", "cost_high_cents", "basis", "problem"]
    ).to_pylist()


@pytest.mark.parametrize("more", [None, *SAID_MORE], ids=["plain", "network", "traffic", "country", "dated"])
def test_many_prefixes_cost_what_they_would_cost_one_by_one(more, monkeypatch):
    rows = ROWS if more is None else [*ROWS, more]
    card = card_of(rows)
    assert (card.prefix_prices is None) == (more is not None)
    options = [{}, {"country": "pays"}, {"country": "FR"}, {"traffic": "alerting"}]
    found = [priced(card, **each) for each in options]
    monkeypatch.setattr(prefix_prices, "MANY", 1 << 40)
    one_by_one = card_of(rows)
    assert one_by_one.prefix_prices is None
    assert found == [priced(one_by_one, **each) for each in options]


def test_each_number_costs_what_the_card_says_of_it():
    card = card_of(ROWS)
    for number, row in zip(FRAME["to"], priced(card), strict=True):
        rate = card.lookup(number) if row["country"] else None
        assert (row["cost_cents"], row["basis"]) == (
            (rate.cents + rate.fee_cents, rate.basis) if rate else (None, None)
        )
