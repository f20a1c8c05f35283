"""Guards: a campaign that passes a limit, or has rows that cannot be sent, does not pass in silence."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.errors import BudgetExceeded, InputError, InvalidMessage

CARD = sms.RateCard.from_rows(
    [
        {"country": "FR", "cents": "4.5", "valid_from": "2026-01-01"},
        {"country": "BE", "cents": "6", "valid_from": "2026-02-01"},
    ],
    currency="EUR",
)
FRAME = pd.DataFrame(
    {"to": ["+33639980102", "+32470000001", "+4915112345678"], "body": ["a" * 161, "a", "a"]},
    index=["x", "y", "z"],
)


def cost(frame=FRAME, **options):
    options = {"text": "{body}", "to": "to", "rates": CARD, "when": date(2026, 2, 11), **options}
    return sms.estimate(frame, **options)


def test_what_keeps_to_every_limit_passes():
    budget = sms.Budget(max_cost_cents="15", max_parts_per_message=2, max_unpriced=1, max_card_age=10)
    assert cost(budget=budget).cost_cents == 15
    assert cost(budget=sms.Budget()).cost_cents == 15


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (sms.Budget(max_cost_cents="14.9"), r"cost 15\.0+ cents, 0\.10+ over the budget of 14\.9"),
        (sms.Budget(max_cost_cents="14.9"), r"\(FR 9\.0+ \+ BE 6\.0+\)"),
        (sms.Budget(max_parts_per_message=1), "longest message has 2 parts, over the limit of 1"),
        (sms.Budget(max_unpriced=0), "1 row without a price, over the limit of 0"),
        (sms.Budget(max_card_age=9), "rates are 10 days old, over the limit of 9"),
    ],
)
def test_what_is_over_a_limit_is_said_with_the_sum(budget, said):
    with pytest.raises(BudgetExceeded, match=said) as caught:
        cost(budget=budget)
    assert caught.value.estimate.parts == 3


def test_all_that_is_over_is_said_at_once():
    with pytest.raises(BudgetExceeded, match=r"over the budget.*longest message.*without a price"):
        cost(budget=sms.Budget("1", max_parts_per_message=1, max_unpriced=0))


def test_rows_that_are_not_sent_are_not_too_long():
    long = FRAME.assign(to=["n/a", *FRAME["to"][1:]])
    assert cost(long, budget=sms.Budget(max_parts_per_message=1)).messages == 1


def test_a_card_without_dates_may_be_any_age():
    with pytest.raises(BudgetExceeded, match="nothing tells how old the rates are"):
        cost(rates=sms.RateCard.flat("1", currency="EUR"), budget=sms.Budget(max_card_age=9))


@pytest.mark.parametrize("limits", [{"max_unpriced": -1}, {"max_card_age": 1.5}, {"max_cost_cents": 1.5}])
def test_a_limit_is_a_number(limits):
    with pytest.raises(InputError):
        sms.Budget(**limits)


def test_a_row_that_cannot_be_sent_raises():
    with pytest.raises(
        InvalidMessage, match="1 of 3 rows cannot be sent; the first is row z, unpriced"
    ) as said:
        cost().raise_for_problems()
    assert [(problem.row, problem.code) for problem in said.value.problems] == [("z", "unpriced")]


def test_a_row_has_the_problem_that_its_message_has():
    text, number = "a" * 3201, "+33612345678"
    frame = pd.DataFrame({"to": [number, "12"], "body": [text, "Bonjour"]}, index=["long", "short"])
    options = {"text": "{body}", "to": "to", "traffic": "alerting"}
    with pytest.raises(InvalidMessage) as said:
        sms.estimate(frame, **options).raise_for_problems()
    long, short = said.value.problems
    (checked,) = sms.check(text, to=number, traffic="alerting")
    assert (long.row, long._replace(row=None)) == ("long", checked)
    assert (short.row, short.limit) == ("short", "+ and 7 to 15 digits")
    assert "'12' is no number as the API takes it: + and 7 to 15 digits" in str(short)


def test_warnings_raise_nothing():
    found = cost(FRAME[:2])
    assert len(found.problems())
    found.raise_for_problems()
    assert found.cost_cents == Decimal(15)
