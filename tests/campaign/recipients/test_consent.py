"""Nobody is written to who did not agree: a column of yes and no, in the words people use."""

import json

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import callr_segment as sms
from callr_segment import InputError, RateCard

CARD = RateCard({"FR": 4}, currency="EUR")


def cost(answers, frame=pd.DataFrame, **options):
    numbers = [f"+3361234{at:04}" for at in range(100, 100 + len(answers))]
    data = frame({"to": numbers, "optin": answers})
    return sms.estimate(data, text="Bonjour, STOP au 36105", to="to", rates=CARD, consent="optin", **options)


@pytest.mark.parametrize(
    "answers",
    [
        ["oui", "non", None],
        ["YES", " no ", ""],
        ["1", "0", "  "],
        ["True", "FALSE", None],
        ["ja", "nein", None],
        ["sí", "0.0", ""],
        [True, False, None],
        [1, 0, None],
        [1.0, 0.0, float("nan")],
    ],
)
def test_only_who_said_yes_is_written_to(answers):
    for frame in (pd.DataFrame, pl.DataFrame, pa.table):
        found = cost(answers, frame)
        assert (found.messages, found.parts, found.cost_cents) == (1, 1, 4), frame
        assert found.rows["problem"].tolist()[1:] == ["no_consent"] * 2
        listed = found.problems()
        assert listed["code"].tolist() == ["no_consent"] * 2
        assert listed["value"].tolist() == ["+33612340101", "+33612340102"]


@pytest.mark.parametrize("word", ["peut-être", "2", "oui non", "✓"])
def test_a_word_that_is_neither_is_refused_with_row_and_value(word):
    with pytest.raises(InputError, match=f"row 2, column 'optin': '{word}' is not a yes or a no") as caught:
        cost(["oui", "non", word])
    assert (caught.value.row, caught.value.column, caught.value.value) == (2, "optin", word)


def test_consent_is_a_column():
    with pytest.raises(InputError, match=r"consent='oui' is not a column; there are to"):
        sms.estimate(pd.DataFrame({"to": ["+33639980100"]}), text="a", to="to", consent="oui")


def test_consent_stands_in_what_an_estimate_was_made_of():
    assert json.loads(cost(["oui", "non"]).to_json())["origin"]["options"]["consent"] == {"column": "optin"}
