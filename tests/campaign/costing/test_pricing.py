"""Classes of recipients are priced once for all batches, and nothing of one campaign is in another."""

from decimal import Decimal
from threading import Thread

import numpy as np
import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.campaign.columns.arrow import BATCH
from callr_segment.campaign.costing.plan import Plan

EUR = {"currency": "EUR", "unit": "cents"}
PREFIXES = [f"3361{at:03d}" for at in range(300)]
PRICES = [f"4.{at:03d}" for at in range(300)]


def numbers(prefixes, seed):
    tails = np.random.default_rng(seed).integers(0, 10_000, len(prefixes))
    return [f"+{prefix}{tail:04d}" for prefix, tail in zip(prefixes, tails, strict=True)]


def cost(frame, card, **options):
    return sms.estimate(frame, text="a", to="to", rates=card, **options).to_arrow()["cost_cents"].to_pylist()


def test_each_prefix_has_its_price_whatever_batches_came_before():
    card = sms.RateCard(dict(zip(PREFIXES, PRICES, strict=True)), **EUR)
    picked = np.random.default_rng(4).permutation(np.arange(BATCH + 500) % 300)
    frame = pd.DataFrame({"to": numbers([PREFIXES[at] for at in picked], 5)})
    assert cost(frame[:40], card) == [Decimal(PRICES[at]) for at in picked[:40]]
    assert cost(frame, card) == [Decimal(PRICES[at]) for at in picked]


def test_cards_days_and_policies_keep_their_own_prices():
    rows = [{"prefix": "33", "cents": "4", "valid_to": "2026-02-01"}]
    rows += [{"prefix": "33", "cents": "5", "valid_from": "2026-02-01"}]
    dated, flat = sms.RateCard.from_rows(rows, currency="EUR"), sms.RateCard({"33": 7}, **EUR)
    frame = pd.DataFrame({"to": ["+33612345678", "n/a", "+32470123456"]})
    january, march = pd.Timestamp("2026-01-05").date(), pd.Timestamp("2026-03-05").date()
    for _ in range(2):
        assert cost(frame, dated, when=january) == [4, None, None]
        assert cost(frame, dated, when=march) == [5, None, None]
        assert cost(frame, flat) == [7, None, None]
        counts = sms.estimate(frame, text="a", to="to", rates=flat, invalid="price").summary.problems
        assert counts["unpriced"] == 2
        assert sms.estimate(frame, text="a", to="to", rates=flat).summary.problems["unpriced"] == 1
        assert "unpriced" not in sms.estimate(frame, text="a", to="to").summary.problems


def test_countries_and_networks_of_one_campaign_are_in_no_other():
    frame = pd.DataFrame({"to": ["+33612345678"] * 3, "in": ["XY", None, "XZ"]})
    frame["on"] = ["20810", "20801", None]
    card = sms.RateCard({"*": 2, "FR": {"20801": 1, "20810": 4}}, **EUR)
    options = {"country": "in", "network": "on"}
    whole, one = (sms.estimate(rows, text="a", to="to", rates=card, **options) for rows in (frame, frame[2:]))
    assert whole.rows["country"].tolist() == ["XY", "FR", "XZ"]
    assert whole.rows["network"].cat.categories.tolist() == ["20801", "20810"]
    assert [float(each) for each in whole.rows["cost_cents"]] == [2, 1, 2]
    assert one.rows["country"].tolist() == ["XZ"]
    assert "XY" not in one.rows["country"].cat.categories
    assert one.rows["network"].cat.categories.tolist() == []


def test_threads_share_what_is_known():
    card = sms.RateCard(dict(zip(PREFIXES, PRICES, strict=True)), **EUR)
    frame = pd.DataFrame({"to": numbers(PREFIXES, 6), "by": ["marketing", "alerting", None] * 100})
    found = []

    def run(part):
        plan = Plan.of(["to", "by"], text="a", to="to", traffic="by", rates=card)
        found.append((part, sms.estimate(frame[part::8], plan=plan).to_arrow()["cost_cents"].to_pylist()))

    threads = [Thread(target=run, args=(part,)) for part in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert dict(found) == {part: list(map(Decimal, PRICES[part::8])) for part in range(8)}


def test_a_campaign_of_the_exceptions_by_pencil_and_paper():
    """Networks without countries, one of them unknown; a number without a price that no policy tells of."""
    networks = [("20801", 4), ("20810", 6), ("20601", 9)]
    rows = [{"network": network, "cents": cents} for network, cents in networks]
    card = sms.RateCard.from_rows(rows, currency="EUR")
    numbers = ["+33639980102", "+33639980103", "+32470000001", "+491729925904"]
    frame = pd.DataFrame({"to": numbers, "network": [None, "20810", None, None]})
    silent = sms.Policy(severities={"unpriced": None})
    options = {"text": "a", "to": "to", "network": "network", "rates": card, "policy": silent}
    found = sms.estimate(frame, **options)
    low, high = found.rows["cost_low_cents"], found.rows["cost_high_cents"]
    assert list(zip(low[:3], high[:3], strict=True)) == [(4, 6), (6, 6), (9, 9)]
    assert (found.cost_cents, found.rows["cost_cents"].isna().tolist()) == (20, [False] * 3 + [True])
    with pytest.raises(sms.BudgetExceeded, match="1 row without a price"):
        sms.estimate(frame, **options, budget=sms.Budget(max_unpriced=0))
    nothing = sms.estimate(frame[3:], **options)
    assert nothing.cost_cents is None
    assert nothing.what_if(sms.SAFE)["saved_cents"].isna().all()


def test_an_unknown_field_of_a_forced_text_costs_what_its_letters_become():
    frame = pd.DataFrame({"to": ["+33639980102"]})
    options = {
        "to": "to",
        "rates": sms.RateCard.flat("4", currency="EUR"),
        "encoding": "gsm",
        "errors": "rewrite",
    }
    for letters, parts in (("œ", 1), ("œœ", 2)):  # 158 septets, and two for each
        found = sms.estimate(frame, text="a" * 158 + "{x}", unknown={"x": letters}, **options)
        assert found.cost_range_cents == (4, 4 * parts)
