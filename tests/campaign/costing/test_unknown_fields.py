"""Fields whose values nobody knows yet: the range of a cost holds whatever they turn out to be."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.campaign.verification import RecordedEstimate
from callr_segment.errors import InputError, TemplateError
from callr_segment.sending.ledger.outbox import refuse_unfit

pytestmark = pytest.mark.once

CARD = sms.RateCard({"FR": "4.5", "BE": {"20601": "6", "20605": "7"}}, currency="EUR")
FRAME = pd.DataFrame({"to": ["+33639980102", "+32470001122", "n/a"], "name": ["Zoé", "Łukasz", "An"]})
VALUES = st.text(st.sampled_from("ab1€[éçж🙂"), max_size=40)


def cost(text, unknown=None, frame=FRAME, **options):
    return sms.estimate(frame, text=text, to="to", rates=CARD, unknown=unknown, **options)


@given(VALUES, VALUES, st.integers(0, 160), st.sampled_from([None, "gsm", "unicode"]))
@example("[" * 9, "", 146, "gsm")
def test_whatever_it_is_the_cost_is_in_the_range(first, second, length, encoding):
    text = "{name} {code} {link}" + "x" * length
    options = {"encoding": encoding, "errors": "replace" if encoding == "gsm" else "strict"}
    found = cost(text, {"code": len(first), "link": second}, **options)
    known = cost(text, frame=FRAME.assign(code=first, link=second), **options)
    assert found.cost_range_cents[0] <= known.cost_range_cents[0]
    assert known.cost_range_cents[1] <= found.cost_range_cents[1]
    assert found.messages == known.messages
    for low, high, is_low, is_high in zip(
        *(each.rows[name] for each in (found, known) for name in ("cost_low_cents", "cost_high_cents")),
        strict=True,
    ):
        assert low is pd.NA or low <= is_low <= is_high <= high


def test_what_is_expected_has_the_value_that_is_given():
    found = cost("Votre code : {code}" + "x" * 142, {"code": "000000"}, FRAME[:1])
    assert (found.parts, found.cost_cents) == (2, Decimal(9))
    assert found.cost_range_cents == (Decimal("4.5"), Decimal(9))
    assert (found.basis, found.exact_share) == ({"unknown text": Decimal(1)}, 0)
    assert found.rows["basis"].tolist() == ["unknown text"]


def test_a_number_of_characters_is_expected_to_be_letters_and_feared_to_be_emoji():
    found = cost("{note}", {"note": 71}, FRAME[:1])
    assert (found.parts, found.cost_range_cents[1]) == (1, 3 * Decimal("4.5"))


def test_where_it_makes_no_difference_the_cost_is_as_exact_as_without():
    found = cost("Votre code : {code}", {"code": "000000"})
    assert found.basis == cost("Votre code : 000000").basis
    assert found.cost_range_cents == cost("Votre code : 000000").cost_range_cents


def test_what_is_not_known_has_its_share_beside_that_of_prices():
    frame = FRAME[:2].assign(name=["a" * 155, "An"])
    found = cost("{name}{code}", {"code": 10}, frame)
    assert found.cost_cents == 2 * Decimal("4.5") + Decimal("6.5")
    assert found.basis == {
        "unweighted mean": Decimal("6.5") / found.cost_cents,
        "unknown text": 9 / found.cost_cents,
    }


def test_without_rates_nothing_has_a_range():
    found = sms.estimate(FRAME, text="{code}", unknown={"code": "000000"})
    assert (found.parts, found.cost_cents, found.cost_range_cents) == (3, None, None)


def test_rewriting_keeps_the_range():
    found = cost("l’été : {code}" + "x" * 140, {"code": "0" * 20}, FRAME[:1])
    after = found.rewrite()
    assert (found.cost_cents, after.cost_cents) == (Decimal("13.5"), Decimal(9))
    assert after.cost_range_cents == (Decimal("4.5"), Decimal(9))


def test_an_estimate_is_made_again_from_what_was_written():
    found = cost("{name}, code {code} " + "x" * 140, {"code": "000000"})
    record = RecordedEstimate(found.to_json())
    assert record.columns == ("name", "to")
    assert record.remake(FRAME, rates=CARD, exclude=None).to_json() == found.to_json()
    assert "unknown code" in found.to_html()


@pytest.mark.parametrize(
    ("unknown", "said"),
    [
        ({"name": 3}, "unknown 'name' is a column of the frame; rename the field"),
        ({"code": -1}, "field {code} got -1 as its longest value; give a text, or a number"),
        ({"code": True}, "field {code} got True as its longest value"),
        ("code", "unknown= takes a mapping such as {'code': '000000'}, not 'code'"),
        ({"code": 6, "link": 20}, "unknown 'link' is no field of the text; write {link} there"),
    ],
)
def test_what_is_no_unknown_field_is_refused(unknown, said):
    with pytest.raises(InputError) as caught:
        cost("{name} {code}", unknown)
    assert str(caught.value).startswith(said)


def test_a_field_that_is_neither_is_refused():
    with pytest.raises(TemplateError, match=r"there is no field \{code\}; did you mean 'cod'"):
        cost("{code}", {"cod": "1"})


def test_nobody_sends_what_is_not_known():
    with pytest.raises(InputError, match=r"what \{code\} will be is not known: make it a column"):
        refuse_unfit(cost("{code} STOP", {"code": "1"}, FRAME[:1]), skip_errors=True, allow_duplicates=True)


def test_the_command_line_takes_unknown_fields(tmp_path, call):
    path = tmp_path / "people.csv"
    FRAME[:2].to_csv(path, index=False)
    text = "{name}, code {code} STOP" + "x" * 140
    command = ["estimate", str(path), "--text", text, "--to", "to", "--price", "4.5", "--currency", "EUR"]
    code, said, _ = call(*command, "--unknown", "code=000000")
    assert (code, "unknown text" in said) == (0, True), said
    code, _, error = call(*command, "--unknown", "code")
    assert (code, "--unknown 'code' is not like code=000000" in error) == (2, True), error
