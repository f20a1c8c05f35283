"""An argument of another kind is refused in words, with the way out, and not by what Python trips over."""

from io import StringIO

import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.errors import InputError, RateError, TemplateError

FRAME = pd.DataFrame({"to": ["+33639980102"]})
FOUND = sms.estimate(FRAME, text="a", to="to")


@pytest.mark.parametrize("prices", ["4.5", ["4.5"], None, 5])
def test_prices_are_a_mapping(prices):
    with pytest.raises(RateError, match=r"made of a mapping such as .*RateCard.flat"):
        sms.RateCard(prices, currency="EUR")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"max_parts": "5"}, "max_parts is a whole number from 1 on, not '5'"),
        ({"max_characters": None}, "max_characters is a whole number from 1 on, not None"),
        ({"max_parts": True}, "max_parts is a whole number from 1 on, not True"),
        ({"allowed_prefixes": 33}, r"allowed_prefixes is a list, not 33; write \['33'\]"),
        ({"blocked_prefixes": [33]}, "blocked_prefixes holds 33, which is no text; write '33'"),
        ({"stop_countries": "FR"}, r"stop_countries is a list, not 'FR'; write \['FR'\]"),
        ({"severities": 5}, "severities are a mapping"),
        ({"severities": ["no_stop"]}, "severities are a mapping"),
    ],
)
def test_the_rules_of_a_policy(rules, said):
    with pytest.raises(InputError, match=said):
        sms.Policy(**rules)


@pytest.mark.parametrize("options", [{"tokens": 5}, {"tokens": ["%A%"]}, {"tokens": {5: 5}}, {"fields": 5}])
def test_what_a_template_takes(options):
    with pytest.raises(TemplateError, match=r"tokens are a mapping|token 5 has|fields are a list"):
        sms.Template("a", **options)


@pytest.mark.parametrize("replacements", [5, {"ç": 5}, {5: "c"}, [("ç",)], None])
def test_what_a_rewrite_takes(replacements):
    with pytest.raises(InputError, match="rewrite 'own' is made of a mapping of texts"):
        sms.Rewrite("own", replacements)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"when": "2026-02-01"}, r"when= takes a date, not '2026-02-01'; write date\(2026, 2, 1\)"),
        ({"limits": 5}, "limits= takes four numbers such as"),
        ({"limits": (1, 2)}, "limits= takes four numbers such as"),
        ({"exclude": 5}, "exclude= takes a list of numbers, not 5"),
        ({"text": 5}, "a template is a str, not int"),
    ],
)
def test_what_an_estimate_takes(options, said):
    with pytest.raises(InputError, match=said):
        sms.estimate(FRAME, **{"text": "a", "to": "to", **options})


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: FOUND.best(keep=5), "keep= takes names of rules, not 5"),
        (lambda: sms.Tiers(5), "discounts are a mapping"),
        (lambda: sms.RateCard.flat("1", currency="EUR").lookup(33639980102), "is not E.164"),
    ],
)
def test_other_questions(ask, said):
    with pytest.raises(InputError, match=said):
        ask()


def test_a_column_of_numbers_is_read_with_the_region_as_texts_are():
    frame = pd.read_csv(StringIO("to\n2025550123\n"))
    with pytest.warns(UserWarning, match="read as the digits they are, without a zero that they may have"):
        found = sms.estimate(frame, text="a", to="to", default_region="US")
    assert found.rows["number"].tolist() == ["+12025550123"]
    with pytest.warns(UserWarning, match="read as the digits they are"):
        found = sms.estimate(frame, text="a", to="to")
    assert found.rows["country"].tolist() == ["EG"]
