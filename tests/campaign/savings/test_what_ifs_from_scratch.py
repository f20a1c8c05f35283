"""Every what-if is what estimating the changed campaign from scratch says."""

import pytest
from campaigns import CARDS, campaigns, cost, difference, figures, rules, words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.errors import InputError

LONG = settings(
    max_examples=10_000,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
SHORT = settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])


def reworded(options, words):
    text = options["text"]
    for old, new in words.items():
        text = text.replace(old, new)
    return {**options, "text": text}


def hold_for_any_change(campaign, words, rules, card, units):
    frame, options = campaign
    before = sms.estimate(frame, **options)
    assert figures(before.what_if(rules).iloc[0]) == difference(before, before.rewrite(*rules))
    assert before.what_if(units)["parts"][0] == before.parts - before.near_misses(units)["parts"].loc[units]
    if any(old in options["text"] for old in words):
        changed = sms.estimate(frame, **reworded(options, words))
        assert figures(before.what_if(words).iloc[0]) == difference(before, changed)
        both = before.what_if((*rules, words)).iloc[0]
        assert figures(both) == difference(before, changed.rewrite(*rules))
    other = sms.estimate(frame, **{**options, "rates": card})
    line = before.what_if(card).iloc[0]
    if other.rows["cost_cents"][before.rows["billable"].to_numpy()].notna().all() and other.summary.priced:
        assert figures(line) == difference(before, other)
    else:
        assert figures(line)[1:] == (None, None)


CHANGES = (campaigns(), words, rules, st.sampled_from(CARDS), st.integers(1, 60))


@SHORT
@given(*CHANGES)
def test_a_change_comes_to_what_the_changed_campaign_does(campaign, words, rules, card, units):
    hold_for_any_change(campaign, words, rules, card, units)


@pytest.mark.torture
@LONG
@given(*CHANGES)
def test_ten_thousand_campaigns(campaign, words, rules, card, units):
    hold_for_any_change(campaign, words, rules, card, units)


def test_words_and_rules_are_applied_together():
    before = cost(["Zoé, l’été" + "!" * 58], text="{body} STOP au 36105")
    (both,) = before.what_if((*sms.SAFE, {"STOP au 36105": "STOP 36105"}))["parts"]
    assert (before.parts, both) == (2, 1)


def test_two_cards_have_two_names():
    one, other = CARDS[0], sms.RateCard({"FR": 5}, currency="EUR")
    names = cost(["a"]).what_if(one, other)["change"].tolist()
    assert sorted(names) == sorted(
        f"the rates of a mapping, sha256 {card.sha256[:8]}" for card in (one, other)
    )
    assert cost(["a"]).what_if(other)["change"].tolist() == ["the rates of a mapping"]


def test_nothing_is_saved_on_what_has_no_price():
    before = cost(["l’été" + "!" * 80], rates=sms.RateCard({"BE": 5}, currency="EUR"))
    line = before.what_if(sms.SAFE).iloc[0]
    assert figures(line)[1:] == (None, None)
    before = cost(["l’été" + "!" * 80], rates=None)
    assert figures(before.what_if(CARDS[0]).iloc[0]) == (2, 9, None)
    with pytest.raises(InputError, match="no template has 'x'"):
        before.what_if({"x": "y"})
