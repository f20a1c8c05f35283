"""Blame: which characters, in which field, make messages Unicode, and what that costs."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.campaign.rates.money import CENTS
from callr_segment.campaign.savings.culprits import count_freed, list_cost_steps

CARD = sms.RateCard({"FR": "4.5", "BE": "6"}, currency="EUR")
LONG = "Bonjour {name}, " + "x" * 80 + " {amount} STOP"


def cost(rows, text=LONG, **options):
    frame = pd.DataFrame(rows, columns=["name", "amount"], dtype=object)
    frame["to"] = "+33639980102"
    return sms.estimate(frame, **{"text": text, "to": "to", "rates": CARD, **options})


def test_what_stands_alone_has_a_cost_and_what_stands_together_has_none():
    found = cost([("Zoé", "20\xa0e"), ("Aç", "20\xa0e"), ("Zoé", "20 e")])
    blame = found.culprits().set_index(["field", "character"])
    columns = ["messages", "alone", "together", "extra_parts", "extra_cost_cents", "example_row"]
    assert blame.loc[("amount", "\xa0"), columns].tolist() == [2, 1, 1, 1, Decimal("4.5"), 0]
    assert blame.loc[("name", "ç"), columns].tolist() == [1, 0, 1, 0, Decimal(0), 1]
    assert blame.loc[("amount", "\xa0"), ["replacement", "rule"]].tolist() == [" ", "SAFE"]
    assert blame.loc[("name", "ç"), ["replacement", "rule"]].tolist() == ["c", "FOLD"]


def test_two_culprits_of_one_field_are_together_as_characters_and_alone_as_a_field():
    found = cost([("Łucja Wiśniewska", "20 e")])
    assert found.culprits()["alone"].tolist() == [0, 0]
    assert found.culprits(by="field")[["alone", "extra_parts"]].values.tolist() == [[1, 1]]


def test_what_is_billed_is_one_part_each_length_and_what_forces_unicode():
    rows = [("a" * 90, "1"), ("Łu", "1"), ("Łu", "\xa0"), ("Al", "1")]
    found = cost(rows, text="{name} " + "x" * 80 + " {amount}")
    steps = list_cost_steps(found)
    assert [(step.name, step.parts) for step in steps] == [
        ("one part each", 4),
        ("longer texts", 1),
        ("name", 1),
        ("several together", 1),
    ]
    assert [step.cost for step in steps] == [step.parts * 4_500_000 for step in steps]
    assert sum(step.parts for step in steps) == found.parts


def test_what_is_as_frequent_stands_in_the_order_of_its_names():
    found = cost([("Łuçś ", "ж "), ("Łuçś ", "ж ")])
    listed = found.culprits()[["field", "code_point"]].values.tolist()
    assert listed == sorted(listed)
    assert len(listed) == 4
    assert found.damage()["field"].tolist() == ["amount", "name"]


def test_messages_that_are_gsm_are_freed_by_nothing():
    found = cost([("Łu", "1"), ("Al", "1"), ("Bo", "2"), ("Łiś", "3"), ("Aç", "1")])
    order = [("name", "Ł"), ("name", "ś"), ("name", "ç")]
    assert count_freed(found, order).tolist() == [1, 2, 3]


@pytest.mark.parametrize("rows", [[("Aç", "1")], [("Al", "1")], []])
@pytest.mark.parametrize("by", ["character", "field"])
def test_the_cost_of_culprits_is_decimal_cents(rows, by):
    assert cost(rows).culprits(by=by)["extra_cost_cents"].dtype == pd.ArrowDtype(CENTS)


def test_a_forced_encoding_is_nobodys_fault():
    rows = [("Aç", "1")]
    for forced, errors in (("unicode", "strict"), ("gsm", "replace")):
        assert cost(rows, encoding=forced, errors=errors).culprits()["extra_parts"].tolist() == [0]


def test_without_prices_there_are_parts_and_no_cost():
    blame = cost([("Aç", "1")], rates=None).culprits()
    assert blame["extra_parts"].tolist() == [1]
    assert blame["extra_cost_cents"].isna().all()


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("lâ\x80\x99", "cp1252 read as Latin-1"),
        ("FranÃ§ois", "UTF-8 read as cp1252"),
        ("&eacute;", "an HTML entity"),
        ("Zoe\u0301", "accents apart from their letters (NFD)"),
        ("Zo\ufffd", "a character that was lost in decoding"),
        ("Zo\u200be", "invisible characters"),
        ("Zoe ", "spaces at the end"),
    ],
)
def test_damage_is_named(name, damage):
    found = cost([("Zoe", "1"), (name, "1")]).damage()
    line = found[found["damage"] == damage].iloc[0]
    assert line[["field", "messages", "example_row"]].tolist() == ["name", 1, 1]


def test_clean_texts_have_no_damage():
    assert cost([("Zoé", "20\xa0€"), ("Ελένη", "1")]).damage().empty
    spelt = ["می\u200cخواهم", "❤️", "👩\u200d💻", "שלום\u200f", "क्\u200dष"]
    assert cost([(name, "1") for name in spelt]).damage().empty
    for name in ("a\u200db", "\u200cx", "a\u200eb", "\u202a+33"):
        assert cost([(name, "1")]).damage()["damage"].tolist() == ["invisible characters"]


@pytest.mark.parametrize(
    "emoji",
    [
        "👨\u200d👩\u200d👧\u200d👦",
        "❤\ufe0f",
        "👍🏽",
        "🇫🇷",
        "🏴\U000e0067\U000e0062\U000e007f",
        "❤\ufe0f\u200d🔥",
        "🧔‍♀\ufe0f",
    ],
)
def test_an_emoji_is_blamed_as_a_whole(emoji):
    blame = cost([(f"Zoe {emoji} {emoji}{emoji}", "1")], rates=None).culprits()
    assert blame[["character", "messages", "alone"]].values.tolist() == [[emoji, 1, 1]]
    assert blame[["replacement", "rule", "damage"]].isna().all(axis=None)
    assert blame["code_point"][0].split() == [f"U+{ord(char):04X}" for char in emoji]
    own = cost([("Zoe", "1")], text="{name} " + emoji, rates=None).culprits()
    assert own["character"].tolist() == [emoji]


def test_a_keycap_is_blamed_without_its_digit_and_a_joiner_between_letters_by_itself():
    blame = cost([("1\ufe0f\u20e3", "a\u200db")], rates=None).culprits()
    assert sorted(blame["character"]) == ["\u200d", "\ufe0f\u20e3"]
    assert blame.set_index("character").loc["\u200d", ["replacement", "rule"]].tolist() == ["", "SAFE"]
    names = dict(zip(blame["character"], blame["name"], strict=True))
    assert names["\ufe0f\u20e3"] == "COMBINING ENCLOSING KEYCAP"


NAMES = st.text(st.sampled_from("aé€çœ\xa0’🙂\u200dЖ^"), max_size=60)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5), st.sampled_from(["", "’", "ç", "a" * 60]))
def test_blame_is_what_the_texts_say_one_by_one(rows, own):
    found = cost(rows, text=own + "{name}{amount}.")
    blame = found.culprits(by="field").set_index("field")
    for field, place in (("name", 0), ("amount", 1)):
        guilty = [row for row in rows if not sms.is_gsm(row[place])]
        alone = [row for row in guilty if sms.is_gsm(own + row[1 - place])]
        assert (field in blame.index) == bool(guilty)
        if guilty:
            texts = [f"{own}{name}{amount}." for name, amount in alone]
            gone = [sms.segment(text, encoding="gsm", errors="replace").parts for text in texts]
            extra = sum(sms.count_parts(text) for text in texts) - sum(gone)
            expected = [len(guilty), len(alone), extra, extra * Decimal("4.5")]
            columns = ["messages", "alone", "extra_parts", "extra_cost_cents"]
            assert blame.loc[field, columns].tolist() == expected
