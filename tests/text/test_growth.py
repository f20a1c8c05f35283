"""What hostile texts cost grows as they do: none of these takes as long as its square would."""

import math
import time

import pytest

import callr_segment as sms
from callr_segment.text.placeholders import UNFINISHED
from callr_segment.text.policy import Policy
from callr_segment.text.rewrites import (
    CURRENCY,
    EMOJI,
    FOLD,
    GREEK,
    REPAIR,
    SAFE,
    edit,
    rewrite,
    suggest,
    to_gsm,
)

pytestmark = pytest.mark.once

RULES = (REPAIR, *SAFE, *FOLD, GREEK, CURRENCY, EMOJI)
ANY = Policy(max_characters=10**9, max_parts=10**9, severities={"cut_link": "warning"})
MIXED = "".join(before for rule in RULES for before, _ in rule.replacements if len(before) == 1)
IDEOGRAPHS = "".join(map(chr, range(0x4E00, 0x9000)))
ALPHABETS = (
    *(
        "a",
        "é",
        "ç",
        "€",
        "[",
        "{",
        "}",
        "{{",
        "}}",
        "{a",
        "${",
        "%",
        "%%",
        "%a",
        "%(",
        "<",
        "<%",
        "<a",
        "<%a",
    ),
    *(
        "((",
        "((a",
        "(a ",
        "#",
        "#a",
        "[[",
        "[a_",
        "[a ",
        "*|",
        "*|a",
        "@",
        "@contact.",
        "@a",
        "\\",
        "\\n",
        "\\u",
    ),
    *(
        "&",
        "&a",
        "&amp;",
        "&#",
        "Ã",
        "Ã©",
        "â€",
        "ð",
        "锟",
        "茅t",
        "├",
        "√",
        "Г©",
        "Р°",
        "åàè",
        "îåà ",
        "www.",
    ),
    *(
        "://",
        "a.",
        "a.a",
        "a@",
        "a@a.",
        "mailto:",
        "x.fr ",
        "x.fr/",
        "e\u0301",
        "\u0301",
        "и\u0306",
        "\u1100\u1161",
    ),
    *(
        "\u200d",
        "❤\ufe0f\u200d",
        "👨\u200d",
        "😀",
        "😀a",
        "\ufe0f",
        "\u20e3",
        "©\u200d",
        "ו\u200f",
        "STOP",
        "STOP ",
    ),
    *(
        "[*",
        "[$a",
        "[insert ",
        "%%=",
        "%%a ",
        "<?php",
        "<#a",
        "<a_",
        "«a_",
        "$a",
        "$a$",
        " :a_",
        "__a_",
        "@@a_",
    ),
    *(
        "{a|",
        "{a?",
        "{a:",
        "{!a",
        "((a??",
        "#if(",
        "[a, fallback=",
        "@(contact.",
        "🎉 ",
        " 🎉",
        "\r\n",
        "🎉\n",
    ),
    *(
        "stop-",
        " -",
        "non ",
        "Bonjour ",
        "nan",
        "\n",
        " ,",
        "ÞÓ",
        "1½",
        "a b_c ",
        "name_",
        "a'",
        MIXED,
        IDEOGRAPHS,
    ),
)


def read(make, text):
    """Read a template, whether it is one or not."""
    try:
        return make(text)
    except sms.TemplateError as error:
        return error


FUNCTIONS = {
    "check": lambda text: sms.check(text, to="+33612345678", policy=ANY),
    "check as gsm": lambda text: sms.check(text, encoding="gsm", policy=ANY),
    "segment": lambda text: (sms.segment(text).culprits, sms.segment(text).split()),
    "rewrite": lambda text: rewrite(text, *RULES),
    "suggest": lambda text: suggest(text, *RULES, saving_only=False),
    "edit": lambda text: edit(text, RULES, before="a", after="b"),
    "to_gsm": to_gsm,
    "Template": lambda text: read(sms.Template, text + "{name}"),
    "Template.from_foreign": lambda text: read(sms.Template.from_foreign, text),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_long_hostile_texts_come_to_an_end(name):
    for alphabet in (
        "<",
        "{{",
        "%a",
        "((a",
        "&#",
        "a@",
        "://",
        "e\u0301",
        "👨\u200d",
        "STOP ",
        MIXED,
        IDEOGRAPHS,
    ):
        FUNCTIONS[name]((alphabet * 1500)[:1500])


def test_a_hundred_thousand_signs_before_a_field_are_looked_at_once():
    pd = pytest.importorskip("pandas")
    import re

    assert not re.search(UNFINISHED, "<" * 100_000 + ">")
    text = "<" * 30_000 + ">{name}"
    assert sms.estimate(pd.DataFrame({"name": ["Léa"]}), text=text, policy=ANY).messages == 1


def test_characters_that_gsm_lacks_are_found_in_one_pass():
    text = "".join(map(chr, range(0x10000, 0x10000 + 300_000)))
    (found,) = (each for each in sms.check(text, encoding="gsm", policy=ANY) if each.code == "not_gsm")
    assert len(found.value) == len(text)


def seconds(function, text):
    """CPU time of one call."""
    start = time.process_time()
    function(text)
    return time.process_time() - start


def grows_at_most(function, small, large):
    """Whether the large text takes its share, half as much again and 20 ms at most, in the best of six."""
    times, best_small, best_large = len(large) / len(small), math.inf, math.inf
    for _ in range(6):
        best_large = min(best_large, seconds(function, large))
        if best_large < 0.02:
            return True
        best_small = min(best_small, seconds(function, small))
        if best_large <= times * 1.5 * best_small + 0.02:
            return True
    return False


@pytest.mark.slice
@pytest.mark.parametrize("name", FUNCTIONS)
def test_sixteen_times_the_text_takes_sixteen_times_as_long_at_most(name):
    """With half as much again for the noise; what takes less than 20 ms is not compared."""
    assert len(ALPHABETS) >= 50
    for alphabet in ALPHABETS:
        small, large = ((alphabet * size)[:size] for size in (250, 4_000))
        assert grows_at_most(FUNCTIONS[name], small, large), alphabet[:9]


JOINED = ("👩\u200d💻", "❤\ufe0f", "👨\u200d👩\u200d👧\u200d👦", "1\ufe0f\u20e3", "🏳\ufe0f\u200d🌈")
SIGNS = {
    "joined emoji": JOINED,
    "emoji": "😀🎉🌞",
    "line ends": ("\r\n", "\r"),
    "marks": ("e\u0301", "a\u0302"),
    "right to left": ("שלום", "مرحبا"),
}


def campaign(signs, rows=400):
    """Estimate texts that all differ, each with such signs in it."""
    pd = pytest.importorskip("pandas")
    bodies = [
        f"Bonjour {signs[at % len(signs)]} {at}: {'colis ' * (at % 20)} {signs[-1 - at % len(signs)]} l’"
        for at in range(rows)
    ]
    return sms.estimate(
        pd.DataFrame({"body": bodies}), text="{body}", rates=sms.RateCard.flat("4.5", currency="EUR")
    )


@pytest.mark.parametrize("name", SIGNS)
def test_whole_texts_are_not_looked_at_one_by_one_for_their_signs(name, monkeypatch):
    """What a sign becomes, and what goes with it, is asked once for all texts where it stands alike."""
    pytest.importorskip("pandas")
    from callr_segment.campaign.savings import rewriting, template_pieces

    found, calls = campaign(SIGNS[name]), []
    for module, function in ((template_pieces, "edit"), (rewriting, "suggest")):
        made = getattr(module, function)
        monkeypatch.setattr(
            module,
            function,
            lambda *given, made=made, **named: calls.append(given[0]) or made(*given, **named),
        )
    lines = found.what_if()
    assert len(set(calls)) < 100
    assert len(calls) < 100 * len(lines)
