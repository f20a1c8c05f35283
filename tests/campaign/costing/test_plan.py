"""A plan reads the options once, and every door takes them from it."""

import inspect
import pickle
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from campaigns import CARDS, cost
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.errors import InputError, TemplateError

FRAME = pd.DataFrame({"to": ["+33639980102", "n/a"], "body": ["Zoé", "An"], "land": ["FR", "BE"]})
OPTIONS = {
    "text": "Bonjour {body}",
    "to": "to",
    "rates": CARDS[2],
    "country": "land",
    "when": date(2026, 2, 1),
}
DATED = sms.RateCard.from_rows([{"cents": 4, "valid_from": "2026-02-01"}], currency="EUR")


def plan(**options):
    return sms.Plan.of(FRAME.columns, **{**OPTIONS, **options})


def test_a_plan_stands_in_for_the_options():
    assert sms.estimate(FRAME, plan=plan()).summary == sms.estimate(FRAME, **OPTIONS).summary
    with pytest.raises(InputError, match="plan= has all options, and text= is one; give either"):
        sms.estimate(FRAME, plan=plan(), text="a")
    assert plan().columns == ("body", "to", "land")


def test_plans_of_the_same_options_are_equal_and_hash_and_pickle():
    one, other = plan(exclude=["+33639980102"]), plan(exclude=["+33 6 39 98 01 02"])
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    for options in ({"exclude": ["+33639980103"]}, {"text": "a"}, {"traffic": "alerting"}, {"rates": None},
                    {"unknown": {"code": 3}, "text": "{code}"}, {"duplicates": "drop"},
                    {"policy": sms.Policy(max_parts=3)}, {"when": date(2026, 2, 2)}):  # fmt: skip
        assert plan(**options) != plan()
    assert len({plan(), plan(), plan(text="a")}) == 2


@pytest.mark.parametrize("function", [sms.estimate, sms.check_many])
def test_help_lists_every_option_with_its_default(function):
    shown = inspect.signature(function).parameters
    assert shown["text"].default is inspect.Parameter.empty
    assert (shown["traffic"].default, shown["errors"].default, shown["to"].default) == (
        "marketing",
        "strict",
        None,
    )
    assert shown["country"].kind is inspect.Parameter.KEYWORD_ONLY


def test_an_option_that_does_not_exist_is_named():
    with pytest.raises(TypeError, match="'sendr' is no option; did you mean 'sender'"):
        sms.estimate(FRAME, text="a", sendr="x")
    with pytest.raises(TypeError, match="text= is needed"):
        sms.estimate(FRAME, to="to")


@pytest.mark.parametrize("option", ["to", "choose", "country", "network", "sender", "traffic"])
def test_a_column_in_place_of_its_name_says_what_to_write(option):
    column = FRAME["land"]
    with pytest.raises(
        InputError, match=f"{option}= takes the name of a column, not a Series; write {option}='land'"
    ):
        sms.estimate(FRAME, **{**OPTIONS, option: column})
    with pytest.raises(
        InputError, match=f"{option}= takes the name of a column, not a ndarray; write its name"
    ):
        sms.estimate(FRAME, **{**OPTIONS, option: column.to_numpy(object)})


def test_prices_by_destination_need_a_destination():
    with pytest.raises(InputError, match="nothing tells where messages go; pass to=, the column of numbers"):
        sms.estimate(FRAME, text="a", rates=sms.RateCard({"FR": 4}, currency="EUR"))
    assert sms.estimate(FRAME, text="a", rates=sms.RateCard.flat(4, currency="EUR")).cost_cents == 8
    assert (
        sms.estimate(FRAME, text="a", country="FR", rates=sms.RateCard({"FR": 4}, currency="EUR")).cost_cents
        == 8
    )


def test_a_plan_with_dated_prices_needs_a_day():
    left_open = sms.Plan({None: sms.Template("a")}, rates=DATED)
    batch = pa.record_batch({"to": pa.array(["a"])})
    with pytest.raises(InputError, match=r"when= is open; give the day, as date.today\(\) is"):
        sms.enrich(batch, left_open)
    assert sms.Plan.of(["to"], text="a", rates=DATED).when == date.today()


def test_one_instant_has_one_price():
    with pytest.raises(InputError, match="a moment without a time zone"):
        plan(when=datetime(2026, 2, 1, 0, 30))
    assert plan(when=datetime(2026, 2, 1, 0, 30, tzinfo=UTC)).when.tzinfo is UTC


def enrich_row_by_row(frame, asked):
    made = sms.Plan.of(frame.columns, **asked)
    for row in range(len(frame)):
        sms.enrich(pa.RecordBatch.from_pandas(frame.iloc[row : row + 1]), made, first_row=row)


REFUSED = [
    ({"country": "land"}, {"land": ["FR", "France"]}, "row 1, column 'land': 'France' is not a country"),
    ({"traffic": "kind"}, {"kind": ["promo", None]}, "row 0, column 'kind': 'promo' is not one of marketing"),
    ({"encoding": "how"}, {"how": ["gsm", "utf8"]}, "row 1, column 'how': 'utf8' is not one of gsm"),
    ({"network": "net"}, {"net": ["2O801", ""]}, "row 0, column 'net': '2O801' is not a network"),
    ({"default_region": "land"}, {"land": ["FR", "Zoé"]}, "row 1, column 'land': 'Zoé' is not a country"),
    ({"text": "{price}"}, {"price": [1.5, 2]}, "column 'price', row 0: 1.5 is double"),
    ({"to": "when"}, {"when": [True, False]}, "column 'when', row 0: True is bool"),
    ({"text": "{none}"}, {}, "none"),
    ({"unknown": {"body": 3}}, {}, "unknown 'body' is a column"),
    ({"unknown": {"code": 3}}, {}, "unknown 'code' is no field"),
    ({"errors": "ignore"}, {}, "errors must be one of"),
    ({"duplicates": "first"}, {}, "duplicates must be one of"),
]


@pytest.mark.parametrize(("options", "columns", "said"), REFUSED)
def test_whatever_estimate_refuses_enrich_refuses_by_the_row_of_the_whole_frame(options, columns, said):
    frame = FRAME.assign(**columns)
    asked = {"text": "{body}", "to": "to", **options}
    with pytest.raises((InputError, TemplateError), match=said) as whole:
        sms.estimate(frame, **asked)
    with pytest.raises((InputError, TemplateError)) as batched:
        enrich_row_by_row(frame, asked)
    assert str(batched.value) == str(whole.value)
    assert (batched.value.row, batched.value.column) == (whole.value.row, whole.value.column)


@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_duplicates_and_unknown_fields_are_those_of_the_frame_in_any_batches(rows):
    frame = pd.DataFrame(
        {"to": ["+33639980102", "n/a", "0033639980102", "+33639980103", "+33 639980103"] * 2}
    )
    frame["body"] = ["é", "a", "ж", None, "b"] * 2
    asked = {"text": "{body} {code}", "to": "to", "rates": CARDS[0], "unknown": {"code": 150}}
    whole, seen = sms.estimate(frame, **asked, duplicates="drop"), sms.NumberSet()
    batches = [
        sms.enrich(
            pa.RecordBatch.from_pandas(frame.iloc[at : at + rows]), whole.plan, first_row=at, seen=seen
        )
        for at in range(0, len(frame), rows)
    ]
    assert (
        pa.Table.from_batches(batches).drop_columns("problem_bits").to_pylist()
        == whole.to_arrow().to_pylist()
    )
    assert whole.messages == 2


def test_what_was_seen_is_kept_in_a_set_of_numbers():
    plan = sms.Plan.of(["to"], text="a", to="to", duplicates="drop")
    batch = pa.record_batch({"to": ["+33639980102"]})
    with pytest.raises(InputError, match=r"seen= takes a NumberSet, not set; make one with NumberSet\(\)"):
        sms.enrich(batch, plan, seen=set())


NEAR = st.integers(0, 4) | st.integers(0, 270).map(lambda at: at * 37)


@given(st.lists(NEAR, min_size=1, max_size=60), st.integers(1, 60))
def test_duplicates_are_those_pandas_finds(ends, rows):
    frame = pd.DataFrame({"to": [f"+3363998{end:04}" for end in ends]})
    plan, seen, found = sms.Plan.of(["to"], text="a", to="to", duplicates="drop"), sms.NumberSet(), []
    for at in range(0, len(frame), rows):
        batch = pa.RecordBatch.from_pandas(frame.iloc[at : at + rows])
        found += sms.enrich(batch, plan, first_row=at, seen=seen)["billable"].to_pylist()
    assert found == (~frame["to"].duplicated()).tolist()
    assert len(seen) == frame["to"].nunique()


def test_duplicates_are_dropped_over_batches_of_an_estimate():
    frame = pd.DataFrame({"to": [f"+3363998{at:04}" for at in range(100)] * 1000, "body": "a"})
    found = cost(frame, duplicates="drop")
    assert (found.messages, found.summary.problems["duplicate"]) == (100, 99_900)


def test_what_is_not_sent_has_no_counts():
    frame = pd.DataFrame(
        {"to": ["+33639980102", "n/a", "+33639980102", "+19005550123"], "body": ["a", "b", None, "c" * 200]}
    )
    found = cost(frame, policy=sms.Policy(max_parts=1))
    assert found.rows["billable"].tolist() == [True, False, False, False]
    for name in ("units", "parts", "remaining", "over_by", "cost_cents"):
        assert found.rows[name].isna().tolist() == [False, True, True, True]
    assert found.rows["parts"].sum() == found.parts == 1
    problems = found.problems().set_index("code")["value"]
    assert problems["too_many_parts"] == 2
    again = found.by("parts").reset_index()
    assert again["by_parts"].tolist() == [1, pd.NA]
    assert again["parts"].sum() == 1


@pytest.mark.parametrize("severity", ["error", "warning", None])
def test_what_has_no_text_is_not_sent_whatever_a_policy_reports(severity):
    quiet = sms.Policy(
        severities=dict.fromkeys(["missing_text", "missing_field", "missing_template"], severity)
    )
    frame = pd.DataFrame({"to": "+33639980102", "body": ["a", None, "c"], "pick": ["fr", "fr", "de"]})
    found = cost(frame, text={"fr": "Bonjour {body}"}, choose="pick", policy=quiet)
    whole = cost(frame, text="{body}", policy=quiet)
    assert (found.messages, whole.messages) == (1, 2)
    for name in ("units", "parts", "remaining", "over_by", "cost_cents"):
        assert found.rows[name].isna().tolist() == [False, True, True]
        assert whole.rows[name].isna().tolist() == [False, True, False]


def test_a_cell_that_chooses_no_template_is_a_problem_of_its_row():
    frame = FRAME.iloc[[0, 0, 0]].assign(pick=["fr", None, "de"])
    found = cost(frame, text={"fr": "Bonjour {body}"}, choose="pick")
    assert (found.messages, found.summary.problems["missing_template"]) == (1, 2)
    listed = found.problems().query("code == 'missing_template'")
    assert (pd.isna(listed["value"].iloc[0]), listed["value"].iloc[1]) == (True, "de")
    assert listed["way_out"].str.contains("give a template '*'", regex=False).all()
    found = cost(frame, text={"fr": "Bonjour {body}", "*": "Hello {body}!" + "!" * 160}, choose="pick")
    assert found.rows["parts"].tolist() == [1, 2, 2]
    assert found.culprits().empty
    assert found.rewrite().changes().empty


def test_what_has_no_price_is_counted_whatever_a_policy_reports():
    quiet = sms.Policy(severities={"unpriced": None})
    frame = pd.DataFrame({"to": ["+33639980102", "+491729925904"], "body": "a"})
    found = cost(frame, policy=quiet)
    assert (found.messages, found.summary.unpriced, found.exact_share) == (2, 1, None)
    assert "; 1 message without a price" in repr(found)
    with pytest.raises(sms.BudgetExceeded, match="1 row without a price, over the limit of 0"):
        cost(frame, policy=quiet, budget=sms.Budget(max_unpriced=0))


@pytest.mark.parametrize("value", ["…", "œ", "㎏", "½", "ﬃ"])
def test_what_rewriting_makes_of_an_unknown_character_is_in_the_range(value):
    text, options = "{code}" + "x" * 120, {"encoding": "gsm", "errors": "rewrite"}
    unknown = cost(FRAME[:1], text=text, unknown={"code": 40}, **options)
    known = cost(FRAME[:1].assign(code=value * 40), text=text, **options)
    assert known.cost_cents <= unknown.cost_range_cents[1]


def test_many_distinct_senders_take_as_long_as_their_number():
    names = [f"S{at}" for at in range(40_000)]
    frame = pd.DataFrame({"to": "+33639980102", "body": "a", "from": names})
    assert cost(frame, sender="from").messages == len(names)


def test_an_estimate_is_a_table_of_arrow():
    found = cost(FRAME)
    assert pa.table(found).to_pylist() == found.to_arrow().to_pylist()
    assert found.to_text(title="Spring").startswith("Spring\n")
    assert np.array_equal(found.problems(first=1).to_numpy(), found.problems(limit=1).to_numpy())
