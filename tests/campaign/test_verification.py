"""An estimate says what it was made of; made again of the same it is the same, else it is not."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.campaign import verification
from callr_segment.campaign.reports.provenance import alphabet_hash
from callr_segment.campaign.verification import RecordedEstimate, list_differences
from callr_segment.cli import main
from callr_segment.errors import InputError

CARD = sms.RateCard({"FR": "4.5", "BE": {"20601": "6", "20605": "7"}}, currency="EUR")
FRAME = pd.DataFrame(
    {
        "to": ["+33639980102", "0639980102", "+32470000001", "n/a", None],
        "name": ["Zoé", "L’été " + "x" * 70, "", "François", "Bo"],
        "code": [1, 22, 333, 4444, 5],
    }
)


def cost(frame=FRAME, **options):
    options = {"text": "{name}, {code}", "to": "to", "default_region": "FR", "rates": CARD, **options}
    return sms.estimate(frame, **options)


def verify(estimate, frame=FRAME, *, rates=CARD, exclude=None):
    record = RecordedEstimate(estimate.to_json())
    again = record.remake(frame, rates=rates, exclude=exclude)
    return [each.what for each in list_differences(record.figures, json.loads(again.to_json()))]


def test_an_estimate_says_what_it_was_made_of():
    origin = json.loads(cost(when=date(2026, 2, 1)).to_json())["origin"]
    assert (origin["version"], origin["alphabet_sha256"]) == (sms.__version__, alphabet_hash())
    assert origin["rates"] == {"source": "a mapping", "currency": "EUR", "sha256": CARD.sha256}
    assert origin["input"]["columns"] == ["name", "code", "to"]
    assert origin["options"]["default_region"] == "FR"
    assert (origin["options"]["when"], origin["options"]["duplicates"]) == ("2026-02-01", "keep")


def test_no_recipient_is_in_it():
    written = cost().to_json()
    assert not any(secret in written for secret in ("33639980102", "Zoé", "François"))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"rates": None},
        {"to": None, "default_region": None, "rates": None},
        {"duplicates": "drop", "invalid": "price"},
        {"country": "FR", "traffic": "alerting", "sender": "LOU", "limits": (152, 150, 66, 64)},
        {"encoding": "gsm", "errors": "replace"},
        {"policy": sms.Policy(max_parts=1, severities={"fictional_number": None})},
        {"text": sms.Template("{name} %CODE%", tokens={"%CODE%": 200})},
        {"text": "no field", "to": None, "default_region": None, "rates": None},
    ],
)
def test_made_again_it_is_the_same(options):
    assert verify(cost(**options), rates=options.get("rates", CARD)) == []


def test_a_choice_of_texts_and_numbers_that_opted_out():
    found = cost(
        text={"Zoé": "a", "": "{name}{code}"}, choose="name", frame=FRAME.iloc[[0, 2]], exclude=["0639980102"]
    )
    assert verify(found, FRAME.iloc[[0, 2]], exclude=["+33639980102"]) == []
    assert "numbers that opted out" in verify(found, FRAME.iloc[[0, 2]], exclude=["+33639980103"])


def test_a_rewritten_estimate_is_rewritten_again():
    assert verify(cost().rewrite().best(keep=())) == []
    kept = cost().rewrite(keep_fields="name").best(keep=(), keep_fields=["name", "to"])
    assert verify(kept) == []
    assert json.loads(kept.to_json())["origin"]["kept_fields"] == [["name"], ["name"]]
    assert verify(cost().best(keep=[rule.name for rule in (*sms.SAFE, *sms.FOLD)])) == []
    own = sms.Rewrite("own", {"’": "'"})
    with pytest.raises(InputError, match="by the rule 'own', which is not one of this version"):
        RecordedEstimate(cost().rewrite(own).to_json())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"frame": FRAME.assign(name=["Zoë", *FRAME["name"][1:]])}, "input"),
        ({"frame": FRAME[::-1]}, "input"),
        ({"rates": sms.RateCard({"FR": "4.5"}, currency="EUR")}, "rates"),
    ],
)
def test_what_changed_is_said(change, said):
    assert verify(cost(), **change)[0] == said


def test_a_row_more_changes_input_and_figures():
    assert {"input", "rows", "messages", "parts", "cost cents expected"} <= set(
        verify(cost(), pd.concat([FRAME, FRAME[:1]]))
    )


def test_another_version_with_the_same_figures_is_no_matter(monkeypatch):
    record = RecordedEstimate(cost().to_json())
    monkeypatch.setattr("callr_segment.campaign.reports.provenance.__version__", "9.9")
    again = record.remake(FRAME, rates=CARD, exclude=None)
    (found,) = list_differences(record.figures, json.loads(again.to_json()))
    assert (found.what, found.then, found.now, found.matters) == ("version", "0.1.0", "9.9", False)
    assert str(found) == "version: 0.1.0 then, 9.9 now"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "line 1: Expecting value; write JSON"),
        ("[]", "no estimate"),
        ('{"format": "callr-segment estimate 9"}', "or one of another version"),
        (json.dumps({"format": verification.FORMAT, "origin": {}}), "the estimate is damaged"),
        (json.dumps({"format": verification.FORMAT, "origin": {"options": []}}), "the estimate is damaged"),
    ],
)
def test_what_is_no_estimate_is_refused(written, said):
    with pytest.raises(InputError, match=said):
        RecordedEstimate(written)


def test_a_template_with_half_a_character_is_refused():
    with pytest.raises(InputError, match=r"half a character, .*ud800.*, at position 2"):
        cost(text="a \ud800")


def test_what_it_was_made_with_must_be_given():
    with pytest.raises(InputError, match="was made with rates; give rates"):
        RecordedEstimate(cost().to_json()).remake(FRAME, rates=None, exclude=None)
    with pytest.raises(InputError, match="was made without exclude; leave exclude out"):
        RecordedEstimate(cost().to_json()).remake(FRAME, rates=CARD, exclude=["+33639980102"])


# the hash of the input

CELLS = st.none() | st.text(max_size=3)


@given(
    st.lists(CELLS, max_size=6),
    st.integers(0, 6),
    st.sampled_from(["string", "large_string", "dictionary", "view"]),
)
def test_the_hash_is_of_the_cells_and_not_of_their_keeping(cells, at, kind):
    kinds = {"string": pa.string(), "large_string": pa.large_string(), "view": pa.string_view()}
    array = pa.array(cells, kinds.get(kind, pa.string()))
    array = array.dictionary_encode() if kind == "dictionary" else array
    chunked = pa.chunked_array([array.slice(0, at), array.slice(at)], array.type)
    labels = range(9, 9 + len(cells))
    column = pd.DataFrame({"a": pd.Series(cells, labels, dtype=object)})
    hashes = {sms.estimate(frame, text="{a}").input_sha256 for frame in (pa.table({"a": chunked}), column)}
    assert len(hashes) == 1


@given(st.lists(CELLS, max_size=4), st.lists(CELLS, max_size=4))
def test_other_cells_have_another_hash(some, others):
    hashes = [
        sms.estimate(pd.DataFrame({"a": cells}, dtype=object), text="{a}").input_sha256
        for cells in (some, others)
    ]
    assert (hashes[0] == hashes[1]) == (some == others)


def test_polars_and_what_is_hidden_under_a_null():
    polars = pytest.importorskip("polars")
    hashes = {
        sms.estimate(frame, text="{name}{code}").input_sha256 for frame in (FRAME, polars.from_pandas(FRAME))
    }
    assert len(hashes) == 1
    hidden = pa.Array.from_buffers(
        pa.string(),
        2,
        [pa.py_buffer(b"\x01"), pa.py_buffer(np.array([0, 1, 3], np.int32)), pa.py_buffer(b"axx")],
    )
    frames = [pa.table({"a": hidden}), pa.table({"a": pa.array(["a", None])})]
    assert len({sms.estimate(frame, text="{a}").input_sha256 for frame in frames}) == 1


def test_half_a_character_is_not_one_that_was_lost():
    hashes = {
        sms.estimate(pd.DataFrame({"a": [text]}, dtype=object), text="{a}").input_sha256
        for text in ("\ud800", "\ufffd")
    }
    assert len(hashes) == 2


# the command line


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run a command line where people.csv, rates.csv and the estimate of them are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("to,name\n+33639980102,Zoé\n+32470000001,Bo\n", encoding="utf-8")
    (tmp_path / "rates.csv").write_text("country,cents\nFR,4.5\nBE,6\n", encoding="utf-8")

    def run(*tokens):
        with pytest.raises(SystemExit) as ended:
            main(tokens)
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    text = ("--text", "Bonjour {name}", "--to", "to", *RATES)
    (tmp_path / "was.json").write_text(run("estimate", "people.csv", *text, "--json")[1], encoding="utf-8")
    return run


RATES = ("--rates", "rates.csv", "--currency", "EUR")


def test_verify_ends_with_0_where_nothing_changed(call):
    said = "the figures are the same, of the same input\n"
    assert call("verify", "was.json", "people.csv", *RATES) == (0, said, "")
    code, out, _ = call("verify", "was.json", "people.csv", *RATES, "--json")
    assert (code, json.loads(out)) == (0, {"same": True, "differences": []})


def test_verify_reads_any_form_of_the_same_recipients(call, tmp_path):
    frame = pd.read_csv("people.csv", dtype=str)
    frame[["name", "to"]].assign(more=1).to_parquet("people.parquet")
    assert call("verify", "was.json", "people.parquet", *RATES)[0] == 0


def test_verify_ends_with_1_and_names_the_cause(call, tmp_path):
    (tmp_path / "rates.csv").write_text("country,cents\nFR,4.6\nBE,6\n", encoding="utf-8")
    code, out, err = call("verify", "was.json", "people.csv", *RATES)
    assert (code, err) == (1, "callr-segment: was.json is not the estimate of people.csv: rates changed\n")
    assert "cost cents expected: 10.500000 then, 10.600000 now" in out


def test_verify_finds_an_edited_figure(call, tmp_path):
    written = (tmp_path / "was.json").read_text(encoding="utf-8").replace('"parts": 2', '"parts": 1')
    (tmp_path / "was.json").write_text(written, encoding="utf-8")
    code, out, err = call("verify", "was.json", "people.csv", *RATES)
    assert (code, out) == (1, "parts: 1 then, 2 now\n")
    assert err.endswith("nothing they depend on does; the file may have been edited\n")


def test_verify_ends_with_2_for_what_it_cannot_read(call):
    assert call("verify", "people.csv", "people.csv")[0] == 2
    code, _, err = call("verify", "was.json", "people.csv")
    assert (code, err) == (
        2,
        "callr-segment: the estimate was made with rates; give rates to make it again\n",
    )
