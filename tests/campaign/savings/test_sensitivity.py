"""Sensitivity: how far off an estimate would be if what it rests on were otherwise."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.campaign.savings.baseline import baseline_of
from callr_segment.errors import InputError

CARD = sms.RateCard({"FR": "4.5", "BE": {"20601": "6", "20605": "7"}}, currency="EUR")


def doubts(bodies, *, text="{body}", failed="0.02", **options):
    frame = pd.DataFrame({"body": bodies, "to": "+33639980102"})
    found = sms.estimate(frame, **{"text": text, "to": "to", "rates": CARD, **options})
    return found.sensitivity(failed=failed).set_index("doubt")


def test_an_extension_character_may_make_a_text_unicode():
    lines = doubts(["€" + "a" * 100, "a" * 101, "é" * 101, "ж€" * 40])
    line = lines.loc["if € and the other extension characters are not GSM"]
    assert line[["parts", "more_parts", "cost_cents", "more_cents"]].tolist() == [
        *(6, 1),
        *(Decimal(27), Decimal("4.5")),
    ]
    assert line["line"].endswith(": 1 part more, 0.045 EUR more")


def test_an_encoding_that_a_row_asks_for_is_in_no_doubt():
    frame = pd.DataFrame({"body": ["€" + "a" * 100] * 4, "to": "+33639980102"})
    frame["encoding"] = [None, "gsm", None, None]
    found = sms.estimate(frame, text="{body}", to="to", rates=CARD, encoding="encoding")
    line = found.sensitivity().set_index("doubt").loc["if € and the other extension characters are not GSM"]
    assert line[["parts", "more_parts"]].tolist() == [7, 3]


def test_a_pair_that_is_not_split_may_need_a_part_more_than_a_division():
    lines = doubts(["a" * 152 + "€" + "a" * 152, "a" * 306])
    assert lines.loc["if parts are units divided, and no pair is kept together", "more_parts"] == -1


def test_a_token_may_be_longer_than_was_thought():
    lines = doubts(["a" * 149], text="{body} STOP %STOPNUM%")
    assert lines.loc["if what replaces a token is twice as long", "more_parts"] == 1
    assert "if what replaces a token is twice as long" not in doubts(["a"]).index


def test_the_network_may_be_any():
    frame = pd.DataFrame({"to": ["+32470000001"]})
    lines = sms.estimate(frame, text="a", to="to", rates=CARD).sensitivity().set_index("doubt")
    assert lines.loc["if all are on the cheapest network", "cost_cents"] == 6
    assert lines.loc["if all are on the dearest network", "more_cents"] == Decimal("0.5")
    assert "if all are on the dearest network" not in doubts(["a"]).index


def test_failed_messages_may_be_free():
    lines = doubts(["a"] * 4, failed="0.25")
    assert lines.loc["if 25 % fail and are not billed", ["cost_cents", "more_cents"]].tolist() == [
        Decimal("13.5"),
        Decimal("-4.5"),
    ]
    assert lines["line"].iloc[-1] == "if 25 % fail and are not billed: 0.045 EUR less"
    with pytest.raises(InputError, match=r"0\.02 for 2 %"):
        doubts(["a"], failed="2")


def test_without_prices_the_lines_are_of_parts():
    lines = doubts(["€" + "a" * 100], rates=None)
    assert lines["cost_cents"].isna().all()
    assert lines["line"].iloc[0].endswith("not GSM: 1 part more")
    assert lines["line"].iloc[1].endswith("no difference")


def test_a_forced_encoding_leaves_no_doubt_about_it():
    assert doubts(["€" + "a" * 100], encoding="gsm")["more_parts"].tolist()[0] == 0


def test_a_column_of_encodings_leaves_a_doubt_where_it_is_blank():
    rows = pd.DataFrame({"body": "€" + "a" * 100, "how": ["unicode", "gsm", None], "to": "+33639980102"})
    found = sms.estimate(rows, text="{body}", to="to", encoding="how", rates=CARD)
    assert found.sensitivity()[["parts", "more_parts"]].values.tolist()[0] == [5, 1]


def test_a_doubt_that_passes_18_digits_is_refused():
    card = sms.RateCard({"FR": "999999999.999999"}, currency="EUR")
    found = sms.estimate(pd.DataFrame({"to": ["+33639980102"]}), text="a", to="to", rates=card)
    baseline = found.view(baseline_of)
    assert baseline.sum_costs(np.array([1000])) == 1000 * (10**15 - 1)
    with pytest.raises(InputError, match="passes 18 digits"):
        baseline.sum_costs(np.array([1001]))
