"""Savings: what would cost less, how much less, and that it is true."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.errors import InputError

CARD = sms.RateCard({"FR": "4.5", "BE": {"20601": "6", "20605": "7"}}, currency="EUR")


def cost(bodies, **options):
    frame = pd.DataFrame({"body": bodies}, dtype=object)
    frame["to"] = "+33639980102"
    return sms.estimate(frame, **{"text": "{body}", "to": "to", "rates": CARD, **options})


def test_near_misses_count_what_a_few_units_fewer_would_save():
    found = cost(["a" * 160, "a" * 161, "a" * 163, "ж" * 72, "ж" * 135, ""]).near_misses(3)
    assert found["messages"].tolist() == [2, 3, 4]
    assert found["parts"].tolist() == [2, 3, 4]
    assert found["cost_cents"].tolist() == [Decimal(9), Decimal("13.5"), Decimal(18)]


@given(st.lists(st.text(st.sampled_from("aж€🙂"), max_size=200), max_size=4), st.integers(1, 64))
def test_near_misses_are_true_of_every_text_that_is_cut(bodies, units):
    """Cut from the end, within its encoding: a pair that is cut in two goes whole."""
    saved = 0
    for body in filter(None, bodies):
        whole = sms.segment(body)
        size = {"gsm": lambda c: 1 + (c in "€"), "unicode": lambda c: 1 + (c > "\uffff")}[whole.encoding]
        lengths = [sum(map(size, body[:end])) for end in range(len(body) + 1)]
        end = max(at for at, length in enumerate(lengths) if length <= max(whole.units - units, 0))
        cut = sms.segment(body[:end], encoding=whole.encoding)
        saved += whole.parts > 1 and cut.parts < whole.parts
    said = cost(bodies).near_misses(units)["parts"].iloc[-1]
    assert (
        said <= saved
    )  # a whole pair that goes is one unit more than was asked, and may reach an edge by that
    assert said == saved or set("€🙂") & set("".join(bodies))


@pytest.mark.parametrize("units", [0, 65, -1, 2.5])
def test_near_misses_stay_within_one_part(units):
    with pytest.raises(InputError, match="1 to 64 units"):
        cost(["a"]).near_misses(units)
