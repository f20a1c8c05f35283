"""Savings: what would cost less, how much less, and that it is true."""

from decimal import Decimal
from unicodedata import normalize

import numpy as np
import pandas as pd
import pytest
from campaigns import cost
from hypothesis import example, given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.campaign.savings.rewriting import rewriter_of
from callr_segment.errors import InputError
from callr_segment.text.rewrites import CURRENCY, EMOJI, EURO, GREEK, REPAIR

CARD = sms.RateCard({"FR": "4.5", "BE": {"20601": "6", "20605": "7"}}, currency="EUR")


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


SPICES = (
    *(
        "a",
        "é",
        "ç",
        "’",
        "…",
        "\xa0",
        " ",
        "https://x.fr/",
        "mlou.fr",
        "ç.com",
        "x@y.fr",
        ".",
        "/",
        "🙂",
        "❤️",
    ),
    *(
        "👩‍💻",
        "1\ufe0f\u20e3",
        "\ufe0f\u20e3",
        "🏽",
        "🇫",
        "↔",
        "\u200d",
        "\u200b",
        "\u0301",
        "e\u0301",
        "Ж",
        "שלום",
        "\u200f",
        "²",
        "m²",
        "20°C",
        "°",
        "€",
        "₺",
    ),
    *("\0", "(", "œ", "™", "x" * 35, "ж" * 30, "é" * 60, "ç" * 5, "\xa0€" * 3),
)
PIECES = st.lists(st.sampled_from(SPICES), max_size=7).map("".join)
SETS = st.sampled_from(
    [
        *(sms.SAFE, sms.FOLD, sms.SAFE + sms.FOLD, (*sms.SAFE, CURRENCY, EURO), sms.SAFE[2:3]),
        *((*sms.SAFE, *sms.FOLD, EMOJI), (EMOJI,), (EMOJI, sms.SAFE[3])),
        *((*sms.SAFE, *sms.FOLD, GREEK), (sms.Rewrite("own", {"€": "E", "…": ".", "a’": "A"}),)),
    ]
)


def places_of(kept, pieces):
    """Where the values of two fields stand, of those that are kept."""
    ends = np.cumsum([len(piece) for piece in pieces]).tolist()
    found = {"a": (ends[0], ends[1]), "b": (ends[2], ends[3])}
    return [found[field] for field in kept]


KEPT = st.sampled_from([(), (), ("a",), ("b",), ("a", "b")])


@given(st.lists(st.tuples(PIECES, PIECES), min_size=1, max_size=3), PIECES, PIECES, PIECES, SETS, KEPT)
@example([("", "aaa👩\u200d💻שלום"), ("", "ж" * 9)], "", "aaa🙂\u200f\xa0🙂", "", sms.SAFE, ())
@example([("a\u200f…\u200f", "שלום שלום"), ("a\u200f…\u200f", "")], "", " ", "", sms.SAFE, ())
@example([("a\u200f…\u200f", "שלום שלום"), ("a\u200f…\u200f", "")], "", " ", "", sms.SAFE, ("b",))
@example([("e", "🎉"), ("ç", "’")], "l’été ", "\u0301 🎉", "🎉 …", (*sms.SAFE, EMOJI), ("a", "b"))
@example([("x" * 40, "y")], "", "", "ç a", (sms.Rewrite("own", {"ç a": "c a"}),), ())
@example([("ç a" + "x" * 40, "y")], "", " ", "x" * 45, (sms.Rewrite("own", {"ç a": "c a"}),), ())
@example(
    [("", "")],
    "aaaaç.comשלום" + "x" * 35,
    "ae\u0301שלום" + "x" * 33 + "ç" * 5,
    "20°C❤️https://x.fr/https://x.fr/" + "ж" * 30,
    (*sms.SAFE, *sms.FOLD, EMOJI),
    (),
)
def test_pieces_are_rewritten_as_whole_texts_are(rows, first, middle, last, rules, kept):
    """Addresses, joined emoji and accents may span pieces: the answer is that of the text made of them."""
    first += "x" * 45 + " "
    frame = pd.DataFrame(rows, columns=["a", "b"], dtype=object)
    before = sms.estimate(frame, text=f"{first}{{a}}{middle}{{b}}{last}")
    found = before.view(rewriter_of).keeping(frozenset(kept)).rewrite(rules)
    after = before.rewrite(*rules, keep_fields=kept)
    texts = [f"{first}{a}{middle}{b}{last}" for a, b in rows]
    places = [places_of(kept, (first, a, middle, b)) for a, b in rows]
    expected = [
        next(iter(sms.suggest(text, *rules, keep=keep)), None)
        for text, keep in zip(texts, places, strict=True)
    ]
    assert found.parts.tolist() == [
        saving.parts_after if saving else sms.count_parts(text)
        for saving, text in zip(expected, texts, strict=True)
    ]
    for characters, saving, text in zip(found.characters, expected, texts, strict=True):
        changed = sum(len(change.before) for change in saving.changes) if saving else 0
        # A dropped accent is one character by itself, and two where it could have been composed.
        assert characters == changed or (characters < changed and "\u0301" in text)
    assert after.rows["parts"].tolist() == found.parts.tolist()
    for text, saving in zip(after.changes()["text"], filter(None, expected), strict=True):
        # Two ways may save as much with as many characters changed, as NFC and a dropped accent do.
        assert text == saving.text or sms.count_parts(text) == saving.parts_after
    assert (found.parts <= before.rows["parts"]).all()


@pytest.mark.parametrize(
    ("text", "value", "parts"),
    [
        ("x" * 45 + " œ{a}x@y.fr" + "é" * 60, "…\xa0", 1),
        ("x" * 70 + "ç.com{a}", "é" * 50, 1),
        ("x" * 70 + "ç.com{a}", "/", 2),
        ("x" * 70 + ".{a}🎉fr", "", 2),
        ("x" * 70 + ".{a}🎉fr", " ", 1),
    ],
)
def test_what_is_in_a_field_tells_whether_what_stands_beside_it_is_an_address(text, value, parts):
    found = sms.estimate(pd.DataFrame({"a": [value]}), text=text)
    assert (found.parts, found.best(keep=()).parts) == (2, parts)


@given(st.lists(PIECES.map(("x" * 45).__add__), min_size=1, max_size=4), st.sets(st.sampled_from(range(9))))
def test_the_best_costs_no_more_than_any_rewrite_that_keep_allows(bodies, kept):
    found, rules = cost(bodies), sms.SAFE + sms.FOLD
    best = found.best(keep=("currency", "greek", *(rules[place].name for place in kept)))
    allowed = [rule for place, rule in enumerate(rules) if place not in kept]
    for some in (allowed, allowed[::2], allowed[1::2], *([rule] for rule in allowed)):
        if some:
            assert best.cost_cents <= found.rewrite(*some).cost_cents <= found.cost_cents


@given(st.lists(PIECES.map(("x" * 45).__add__), min_size=2, max_size=6), st.randoms())
def test_savings_add_up_and_know_no_order(bodies, random):
    whole = cost(bodies).what_if(sms.SAFE)
    halves = [cost(part).what_if(sms.SAFE) for part in (bodies[:1], bodies[1:])]
    columns = ["messages", "characters", "parts", "saved_parts", "cost_cents", "saved_cents"]
    assert (whole[columns] == halves[0][columns] + halves[1][columns]).all(axis=None)
    random.shuffle(bodies)
    assert cost(bodies).what_if(sms.SAFE).equals(whole)


def test_what_if_compares_changes_of_every_kind():
    found = cost(["L’été " + "x" * 70, "L’œuf " + "x" * 70, "a" * 162], text="{body} STOP au 36105")
    dearer = sms.RateCard.flat("9", currency="EUR")
    changes = [sms.SAFE, (sms.SAFE, sms.FOLD), {" STOP au 36105": ""}, 1, dearer]
    lines = found.what_if(*changes, ({" STOP au 36105": ""}, sms.SAFE)).set_index("change")
    assert lines["saved_parts"].to_dict() == {
        "SAFE, FOLD": 2,
        "SAFE": 1,
        "'' for ' STOP au 36105', SAFE": 1,
        "'' for ' STOP au 36105'": 0,
        "1 unit fewer in every message": 0,
        "the rates of a mapping": 0,
    }
    assert lines["saved_cents"].tolist() == sorted(lines["saved_cents"], reverse=True)
    assert (lines["cost_cents"] + lines["saved_cents"] == found.cost_cents).all()
    assert lines.loc["the rates of a mapping", "cost_cents"] == 9 * found.parts
    assert lines.loc["SAFE", ["messages", "characters"]].tolist() == [1, 1]


def test_the_usual_changes_are_tried_where_none_is_asked_for():
    frame = pd.DataFrame({"to": ["+33639980102", "0639980102", "n/a"], "body": "L’été " + "x" * 70})
    found = sms.estimate(
        frame, text="{body}", to="to", rates=CARD, default_region="FR", invalid="price", country="FR"
    )
    lines = found.what_if().set_index("change")
    assert lines["saved_parts"].tolist() == sorted(lines["saved_parts"], reverse=True)
    assert lines.loc["without duplicates and invalid numbers", ["messages", "saved_parts"]].tolist() == [2, 4]
    both = lines.loc["without duplicates and invalid numbers, SAFE, FOLD"]
    assert both[["messages", "parts", "saved_cents"]].tolist() == [3, 1, found.cost_cents - Decimal("4.5")]


def test_a_card_without_some_price_saves_nothing_that_can_be_said():
    lines = cost(["a"]).what_if(sms.RateCard({"BE": "1"}, currency="EUR"))
    assert lines[["cost_cents", "saved_cents"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("SAFE", "what_if.. takes"),
        (True, "what_if.. takes"),
        ({"nowhere": ""}, "no template has 'nowhere'"),
        (("SAFE",), "a rule is a Rewrite"),
        (sms.RateCard.flat("1", currency="USD"), "a card in USD"),
        (0, "by 1 to 64 units"),
    ],
)
def test_what_is_no_change_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        cost(["a"]).what_if(change)


def test_what_is_kept_is_the_name_of_a_rule():
    with pytest.raises(InputError, match="did you mean 'accents'"):
        cost(["a"]).best(keep="accent")


def test_a_rewritten_estimate_shows_before_and_after():
    before = cost(["L’été " + "x" * 70, "L’été", "ж" * 80])
    after = before.rewrite()
    assert after.rows["parts_before"].tolist() == before.rows["parts"].tolist() == [2, 1, 2]
    assert after.rows["parts"].tolist() == [1, 1, 2]
    assert after.rows["cost_before_cents"].tolist() == before.rows["cost_cents"].tolist()
    assert (after.parts, after.cost_cents) == (4, Decimal(18))
    (line,) = after.changes().itertuples()
    assert (line.Index, line.text_before[:5], line.text[:5]) == (0, "L’été", "L'été")
    assert after.culprits()["messages"].sum() == 1 + 1
    assert before.changes().empty


def test_rows_without_a_text_are_left_out_of_everything():
    bodies = ["L’été " + "x" * 70, None, "ж" * 80]
    found = cost(bodies)
    assert found.culprits()["messages"].sum() == found.culprits(by="field")["messages"].sum() == 2
    assert found.near_misses(64)["parts"].iloc[-1] == 2
    assert found.what_if(sms.SAFE)["saved_cents"].tolist() == [Decimal("4.5")]
    assert found.sensitivity()["parts"].iloc[0] == found.parts
    assert (found.best().parts, len(found.damage())) == (3, 0)


def test_columns_that_options_read_are_left_alone():
    frame = pd.DataFrame({"to": ["\u202a+33639980102"], "body": ["x" * 80]})
    found = sms.estimate(frame, text="{body} {to}", to="to", rates=CARD)
    assert (found.parts, found.rewrite().parts, found.rewrite().messages) == (2, 2, 1)


def test_what_is_left_alone_makes_a_message_unicode_as_anything_does():
    frame = pd.DataFrame({"to": ["\u202a+33639980102"], "body": ["l’été " + "x" * 60], "name": ["Soçra"]})
    found = sms.estimate(frame, text="{body} {to}", to="to", rates=CARD)
    assert (found.parts, found.rewrite().parts, found.what_if(sms.SAFE)["parts"][0]) == (2, 2, 2)
    assert found.what_if(sms.FOLD)["saved_parts"][0] == 0
    found = sms.estimate(frame, text="{body} {name} {name}", to="to", rates=CARD)
    kept = found.what_if((*sms.SAFE, *sms.FOLD), keep_fields="name")
    assert (kept["parts"][0], found.best().parts, found.best(keep_fields=["name"]).parts) == (2, 1, 2)


def test_a_name_stays_while_the_rest_is_rewritten():
    frame = pd.DataFrame(
        {"first_name": ["Renaud", "Soçra"], "body": ["Noël’s… " + "œ" * 3, "l’été" + "\xa0" * 9]}
    )
    before = sms.estimate(frame, text="Cher {first_name} – {body} – " + "!" * 110 + "{first_name}")
    assert before.parts == 6
    both, kept = before.best(), before.best(keep_fields=["first_name"])
    assert both.changes()["text"].tolist()[1].startswith("Cher Socra - l'été ")
    assert kept.changes()["text"].str.endswith("Renaud").tolist() == [True]
    assert (kept.parts, both.parts) == (before.parts - 2, before.parts - 4)
    assert kept.best(keep_fields="first_name").parts == kept.parts


def test_a_text_that_was_made_as_a_whole_is_kept_with_the_fields_in_it():
    frame = pd.DataFrame({"name": ["Soça"], "body": ["://x.fr/a"]})
    own = sms.Rewrite("own", {"’": ""})
    once = sms.estimate(frame, text="{name} ’http{body} " + "!" * 100 + "’" * 20).rewrite(own)
    assert "rewritten_text" in once.columns.column_names
    assert (once.parts, once.best().parts, once.best(keep_fields="name").parts) == (2, 1, 2)


def test_kept_fields_are_columns():
    found = cost(["a"])
    with pytest.raises(InputError, match="keep_fields='bdy' is no column; did you mean 'body'"):
        found.rewrite(keep_fields=["bdy"])
    with pytest.raises(InputError, match="takes names of columns, not 7"):
        found.what_if(keep_fields=7)
    assert found.best(keep_fields=["to", "body"]).parts == 1


@given(st.lists(st.sampled_from(["é", "ç", "’", "x" * 40, "%STOPNUM%", "{{b}}"]), max_size=9).map("".join))
def test_a_text_without_fields_and_its_tokens(text):
    found = sms.estimate(pd.DataFrame({"x": range(3)}), text=text.replace("{{b}}", "{{’}}"))
    alone = sms.rewrite(text.replace("{{b}}", "{’}"), *sms.SAFE, *sms.FOLD)
    assert found.best().parts == 3 * sms.Template(alone.replace("{", "{{").replace("}", "}}")).segment().parts


def test_emoji_go_only_where_that_is_asked_for():
    found = cost(["Bravo 🎉 " + "x" * 70, "L’été 🎉 " + "x" * 70])
    lines = found.what_if().set_index("change")
    assert (
        lines["saved_parts"].to_dict() | {"SAFE, FOLD, emoji": 2, "emoji": 1, "SAFE": 0}
        == lines["saved_parts"].to_dict()
    )
    assert (found.best().parts, found.best(keep="greek").parts, found.best(keep=()).parts) == (4, 2, 2)


def test_a_forced_encoding_stays_what_it_is():
    bodies = ["L’été " + "x" * 70, "L’été " + "x" * 70]
    frame = pd.DataFrame({"body": bodies, "how": ["unicode", None]})
    found = sms.estimate(frame, text="{body}", encoding="how").rewrite()
    assert found.rows["parts"].tolist() == [2, 1]
    assert np.array_equal(found.rows["encoding"], ["unicode", "gsm"])


@given(st.text(st.sampled_from("aж€🙂"), max_size=200), st.text(st.sampled_from("aж€🙂"), max_size=50))
def test_a_longer_text_of_the_same_encoding_costs_no_less(body, more):
    found = cost([body, body + more])
    parts, encodings = found.rows["parts"].fillna(0).tolist(), found.rows["encoding"].tolist()
    assert parts[1] >= parts[0] or encodings[0] != encodings[1]


@given(
    st.lists(PIECES.map(("x" * 45).__add__), min_size=1, max_size=4), st.integers(0, 10), st.integers(0, 10)
)
def test_a_higher_price_costs_no_less_and_changes_no_part(bodies, price, more):
    cheap, dear = (
        cost(bodies, rates=sms.RateCard.flat(cents, currency="EUR")) for cents in (price, price + more)
    )
    assert cheap.cost_cents <= dear.cost_cents
    assert cheap.parts == dear.parts
    for rules in (sms.SAFE, (*sms.SAFE, *sms.FOLD)):
        saved = [found.what_if(rules)["saved_cents"][0] for found in (cheap, dear)]
        assert saved[0] <= saved[1]


def said_and_done(bodies, *rules, **options):
    """The parts that a what-if promises, and those of the rewritten campaign, counted from its texts."""
    found = cost(bodies, **options)
    promised = found.what_if(tuple(rules))["parts"].iloc[0]
    return promised, found.rewrite(*rules).parts


def test_a_pair_that_an_edge_would_cut_costs_the_part_it_takes():
    """306 septets fill two parts, but one of them would end within a pair (TS 23.040, 9.2.3.24.1)."""
    body = "a" * 152 + "€" + "a" * 151 + "’"
    assert said_and_done([body], *sms.SAFE) == (3, 3)


def test_spelling_a_currency_out_is_no_way_to_gsm():
    """77 euro signs are 154 septets; spelled out they are 231, in a part more."""
    assert said_and_done(["’" + "€" * 77 + "aaaaa"], *sms.SAFE, EURO) == (1, 1)


@pytest.mark.parametrize("name", ["\u200e", "b\u200eb"])
def test_marks_of_direction_stay_where_another_value_runs_from_right_to_left(name):
    """71 units: without the mark they were one part, but a text that runs both ways cannot do without it."""
    frame = pd.DataFrame({"name": [name], "city": ["שלום"]})
    found = sms.estimate(frame, text="{name} " + "a" * (64 - len(name)) + " {city}.")
    assert found.parts == 2
    assert found.what_if(sms.SAFE)["parts"].tolist() == [2]
    assert found.rewrite(*sms.SAFE).parts == 2


def parts_of(found, *rules):
    """What is said of a rewrite, held against what it comes to."""
    said = found.what_if(rules).iloc[-1]["parts"]
    assert found.rewrite(*rules).parts == said
    return said


def test_a_column_of_encodings_is_kept_where_it_says_one():
    frame = pd.DataFrame({"body": "a" * 158 + "’", "how": ["unicode", "gsm", None], "to": "+33639980102"})
    found = sms.estimate(frame, text="{body}", to="to", encoding="how", errors="replace", rates=CARD)
    assert found.parts == 3 + 1 + 3
    assert parts_of(found, *sms.SAFE) == 3 + 1 + 1


def test_what_was_damaged_is_repaired_where_its_encoding_is_free():
    body = "a" * 158 + "&eacute;"
    assert parts_of(cost([body, "a" * 200]), REPAIR) == 1 + 2
    assert parts_of(cost([body], encoding="unicode"), REPAIR) == 3
    frame = pd.DataFrame({"body": body, "how": ["unicode"], "to": "+33639980102"})
    assert parts_of(sms.estimate(frame, text="{body}", to="to", encoding="how", rates=CARD), REPAIR) == 3


def test_what_repair_brings_to_light_other_rules_replace():
    body = "a" * 60 + "&#8217;" + "ç" * 10 + "&#8217;" + "ç"
    assert cost([body]).parts == 2
    assert parts_of(cost([body]), REPAIR, *sms.SAFE, *sms.FOLD) == 1


def test_no_more_characters_are_replaced_than_save_the_part():
    rules = [sms.Rewrite(name, {char: "!"}) for name, char in (("a", "🎉"), ("b", "😀"), ("c", "🚀"))]
    found = cost(["ж" * 66 + "🎉😀🚀"])
    assert found.what_if(rules).iloc[-1][["parts", "characters"]].tolist() == [1, 2]
    (line,) = found.rewrite(*rules).changes().itertuples()
    assert sum(one != other for one, other in zip(line.text_before, line.text, strict=True)) == 2


def test_every_field_of_a_template_is_rewritten():
    frame = pd.DataFrame({"name": ["l’" * 30], "amount": ["5\xa0€" * 9], "to": ["+33639980102"]})
    found = sms.estimate(frame, text="{name} {amount}", to="to", rates=CARD)
    again = found.rewrite(*sms.SAFE)
    assert (found.parts, again.parts) == (2, 1)
    assert sms.estimate(frame, text="{name} {amount}", to="to", rates=CARD).parts == 2


def test_rows_that_are_alike_but_for_their_length_each_save_their_own():
    """Of so many rows, those that are alike are counted once: none may be taken for another."""
    endings = ["’", "ж’", "l’été 🎉", "e\u0301"]
    bodies = [letter * size + end for size in range(60, 80) for end in endings for letter in "aé"] * 4
    before = cost(bodies)
    for rules in (sms.SAFE, (*sms.SAFE, sms.EMOJI), (*sms.SAFE, *sms.FOLD, sms.EMOJI)):
        after = 4 * sum(sms.count_parts(sms.rewrite(body, *rules)) for body in bodies[: len(bodies) // 4])
        assert before.what_if(rules)["parts"].tolist() == [after]
        assert before.rewrite(*rules).parts == after


def test_texts_that_a_column_chooses_come_to_what_each_comes_to_apart():
    texts = {"fr": "L’été, {body}" + "x" * 60, "nl": "Zomer…" + "y" * 70 + "{body}"}
    frame = pd.DataFrame({"body": ["ça", "a", "ça", "ж", "’", "a"], "to": "+33639980102"})
    frame["lang"] = ["fr", "nl", "fr", "fr", "nl", "de"]
    found = sms.estimate(frame, text=texts, choose="lang", to="to", rates=CARD)
    apart = [cost(frame[frame["lang"] == lang], text=text) for lang, text in texts.items()]
    for change in (sms.SAFE, sms.SAFE + sms.FOLD, 30):
        assert found.what_if(change)["parts"][0] == sum(each.what_if(change)["parts"][0] for each in apart)
    blamed = pd.concat([each.culprits() for each in apart])
    assert sorted(found.culprits()["character"]) == sorted(blamed["character"])
    assert found.culprits()["extra_parts"].sum() == blamed["extra_parts"].sum()
    assert found.parts == sum(each.parts for each in apart)


@pytest.mark.parametrize("rules", [(sms.EMOJI,), (*sms.SAFE, sms.EMOJI), sms.SAFE + sms.FOLD])
@pytest.mark.parametrize(
    "text", ["{name}{body} {pad}", "{body} {pad} x.fr/{body}{name}", "-e{body} {pad} {name}.fr/é"]
)
def test_what_fields_are_together_is_what_is_rewritten(text, rules):
    names = ["🎉", "a 🎉", "a ", "👩", "l’", "x.fr/", "e", "\r"]
    bodies = ["🎉", "\ufe0f", "🏽", " 🎉 b", "\u200d💻", "é’", "\u0301", "\nb"]
    rows = [(name, body, "x" * size) for name in names for body in bodies for size in range(56, 70, 2)]
    frame = pd.DataFrame(rows, columns=["name", "body", "pad"], dtype=object).assign(to="+33639980102")
    texts = [text.format(name=name, body=body, pad=pad) for name, body, pad in rows]
    before = sms.estimate(frame, text=text, to="to", rates=CARD)
    after = sum(sms.count_parts(sms.rewrite(each, *rules)) for each in texts)
    assert before.parts == sum(map(sms.count_parts, texts))
    assert before.what_if(rules)["parts"].tolist() == [after]


@pytest.mark.parametrize(
    ("text", "body", "rules", "shorter"),
    [
        ("{body}", normalize("NFD", "é" * 60), sms.SAFE[:1], "é" * 60),
        ("{body}", "🎉 " * 30 + "a" * 40, (sms.EMOJI,), "a" * 40),
        ("{body}", "aé" * 30 + "…" * 10, sms.SAFE, "aé" * 30 + "…" * 10),
        ("שלום {body}", normalize("NFD", "éש\u200f" * 30), sms.SAFE[:1], "éש\u200f" * 30),
    ],
)
def test_a_text_that_is_unicode_by_request_saves_what_makes_it_shorter(text, body, rules, shorter):
    before = cost([body, body, "a"], text=text, encoding="unicode")
    for changed in (before.what_if(rules)["parts"][0], before.rewrite(*rules).parts):
        assert changed == cost([shorter, shorter, "a"], text=text, encoding="unicode").parts


def test_changed_words_are_counted_in_each_message_that_had_them():
    texts = {"fr": "Bonjour {body}, bonjour STOP", "nl": "Dag {body} STOP"}
    frame = pd.DataFrame({"body": ["a", "b", "c"], "lang": ["fr", "nl", "fr"], "to": "+33639980102"})
    found = sms.estimate(frame, text=texts, choose="lang", to="to", rates=CARD)
    changes = ({"onjour": "jr"}, {" STOP": "", "Dag": "Hoi"}, {"Bonjour": "Bon", "Bon ": ""})
    lines = [found.what_if(change).iloc[0] for change in changes]
    assert [(line["messages"], line["characters"]) for line in lines] == [(2, 24), (3, 18), (2, 22)]


def test_letters_of_many_marks_are_composed_in_texts_that_stay_unicode():
    bodies = [normalize("NFD", "한국어 값 " * count) + "ж" for count in range(4, 20)]
    before = cost(bodies)
    after = sum(sms.count_parts(normalize("NFC", body)) for body in bodies)
    assert before.what_if(sms.SAFE[:1])["parts"].tolist() == [after]
    assert after < before.parts
