"""Whatever is passed where a text, or what says how to read it, is expected: words, and the way out."""

import enum

import numpy as np
import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.errors import CallrSegmentError, InputError


class Word(enum.StrEnum):
    GSM, STRICT, SHOP = "gsm", "strict", "Boutique"


NO_TEXTS = {
    "bytes": b"ab", "NA": pd.NA, "NaN": float("nan"), "NaT": pd.NaT, "int": 5, "bool": True, "list": ["a"],
    "dict": {"a": 1}, "Series": pd.Series(["a"]), "array": np.array(["a", "b"]), "class": object,
    "generator": (char for char in "ab"),
}  # fmt: skip
LONG = "’" * 200
SAID = {
    "segment": (sms.segment, "a text is a str, not "),
    "count_parts": (sms.count_parts, "a text is a str, not "),
    "is_gsm": (sms.is_gsm, "a text is a str, not "),
    "check": (sms.check, "a text is a str, not "),
    "validate": (sms.validate, "a text is a str, not "),
    "rewrite": (sms.rewrite, "a text is a str, not "),
    "suggest": (sms.suggest, "a text is a str, not "),
    "Template": (sms.Template, "a template is a str, not "),
    "from_foreign": (sms.Template.from_foreign, "a template is a str, not "),
    "to": (lambda value: sms.check("a", to=value), r"to is a text such as '\+33612345678', not "),
    "sender": (lambda value: sms.check("a", sender=value), "sender is a text such as 'MAISON LOU', not "),
    "policy": (lambda value: sms.check("a", policy=value), "policy= takes a Policy such as POLICY, not "),
    "encoding": (lambda value: sms.segment("a", encoding=value), "encoding must be 'gsm', 'unicode' or None"),
    "errors": (
        lambda value: sms.segment("ç", encoding="gsm", errors=value),
        "errors must be one of strict, replace, rewrite, not ",
    ),
    "limits": (lambda value: sms.segment("a", limits=value), r"limits are four numbers such as \(160, 153"),
    "keep": (lambda value: sms.suggest(LONG, keep=value), r"keep= takes places as \(start, stop\)"),
    "fold_for": (sms.fold_for, "is no language; write a code such as 'fr'"),
}


@pytest.mark.parametrize("name", NO_TEXTS)
@pytest.mark.parametrize("function", SAID)
def test_what_is_of_another_kind_is_refused_in_words(function, name):
    call, said = SAID[function]
    with pytest.raises((CallrSegmentError, TypeError), match=said) as refused:
        call(NO_TEXTS[name])
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("value", [pd.NA, pd.Series(["a"]), 5, "promo", b"marketing"])
def test_a_wrong_kind_of_traffic_or_encoding_is_a_problem(value):
    assert [found.code for found in sms.check("a", traffic=value)] == ["invalid_traffic"]
    assert [found.code for found in sms.check("a", encoding=value)] == ["invalid_encoding"]


def test_subclasses_of_str_are_texts():
    assert sms.segment(Word.SHOP).units == sms.segment(np.str_("Boutique")).units == 8
    assert sms.segment("ab", encoding=Word.GSM, errors=Word.STRICT).encoding == "gsm"
    assert sms.check(Word.SHOP, to=np.str_("+33612345678"), sender=Word.SHOP, traffic="alerting") == ()
    assert sms.Template("{a}").render(a=Word.SHOP) == "Boutique"


def test_halves_of_characters_are_texts():
    for text in ("\ud83d", "a\udc80b", "\ude00" * 200):
        assert sms.segment(text).encoding == "unicode"
        assert "lone_surrogate" in [found.code for found in sms.check(text)]
        assert sms.rewrite(text, *sms.SAFE, *sms.FOLD, sms.EMOJI, sms.REPAIR) == text


def test_missing_cells_of_any_library_are_missing():
    frame = pd.DataFrame({"a": [pd.NaT, None, pd.NA, float("nan"), "Bonjour"]}, dtype=object)
    for column in (frame, frame[:1], frame[:4]):
        assert set(sms.check_many(column, text="{a}")["code"]) == {"missing_text"}


@pytest.mark.parametrize("value", [5, None, pd.NA, float("nan"), object, "text", b"ab", {"a": 1}])
def test_many_texts_are_a_column(value):
    with pytest.raises(InputError, match=r"segment_many takes a column of texts, not .*segment\(text\)"):
        sms.segment_many(value)
