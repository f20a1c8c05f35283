"""What is wrong with a text is the same for one text and for a column, whatever stood in which field."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.text.policy import Policy, check

LOOKED_FOR = {"encoding_damage", "placeholder", "blank_value", "cut_link"}
FRAGMENTS = (
    *(
        "{",
        "}",
        "{{",
        "[",
        "]",
        "((",
        "))",
        "%",
        "%%",
        "$",
        "#",
        "*|",
        "|*",
        "<%",
        "%>",
        "@",
        "_",
        "{x}",
        "%s",
    ),
    *(
        "name",
        "contact.name",
        "first",
        "customer_name",
        "PRENOM",
        "N/A",
        "NAME?",
        " ",
        ", ",
        "x",
        "é",
        ".",
        "1",
    ),
    *(
        "\\",
        "\\n",
        "'",
        "u00e9",
        "n",
        "&",
        "amp;",
        "\x00",
        "\x92",
        "\ue001",
        "\uf8ff",
        "\ufffc",
        "Ã",
        "©",
        "â",
        "€",
        "™",
        "Г",
        "°",
        "Р",
    ),
    *(
        "├",
        "®",
        "√",
        "‚",
        "Ä",
        "ô",
        "Ô",
        "Ç",
        "Ö",
        "茅",
        "t",
        "鈥",
        "þ",
        "ý",
        "ð",
        "³",
        "º",
        "i ",
        "î",
        "åòà",
        "вЂ",
    ),
)
SHAPES = st.lists(st.sampled_from(FRAGMENTS), max_size=5).map("".join)
LITERALS = st.lists(st.sampled_from(FRAGMENTS), max_size=3).map("".join)


def template_of(literals):
    """Write a template of two fields; None where its own text is refused."""
    first, second, third = (each.replace("{", "{{").replace("}", "}}") for each in literals)
    try:
        return sms.Template(f"{first}{{a}}{second}{{b}}{third}")
    except sms.TemplateError:
        return None


def found_in(template, rows, **options):
    """Tell the codes of each row that are looked for."""
    frame = pd.DataFrame(rows, columns=["a", "b"])
    problems = sms.estimate(frame, text=template, **options).problems()
    codes = [set() for _ in rows]
    for row, code in zip(problems["row"], problems["code"], strict=True):
        codes[row].add(code)
    return [each & LOOKED_FOR for each in codes]


@pytest.mark.once
@given(st.tuples(LITERALS, LITERALS, LITERALS), st.lists(st.tuples(SHAPES, SHAPES), min_size=8, max_size=8))
def test_both_floors_see_the_same_damage_and_placeholders(literals, rows):
    template = template_of(literals)
    if template is None or template.fields != ("a", "b"):
        return
    seen = {"encoding_damage", "placeholder"}
    for (a, b), found in zip(rows, found_in(template, rows), strict=True):
        text = template.render(a=a, b=b)
        assert found & seen == {each.code for each in check(text)} & seen, text


@pytest.mark.parametrize("text", ["Bonjour {a}, vos {b}", "Hi {a} {b}", "Reste : {b} € {a}"])
def test_blank_values_of_fields_are_seen_as_in_the_text(text):
    values = ["", "nan", "None", "NULL", "undefined", "Léa", "Ana", "Nina", "N/A", "<NA>", "Undefeated"]
    rows = [(value, other) for value in values for other in ("soldes", "nan")]
    template = sms.Template(text)
    expected = [{each.code for each in check(template.render(a=a, b=b))} & {"blank_value"} for a, b in rows]
    assert [found & {"blank_value"} for found in found_in(template, rows)] == expected
    assert {"blank_value"} in expected


BLANK_PIECES = (
    *(
        "Bonjour",
        "Hi",
        "Cher client",
        "здравствуйте",
        "xin chào",
        "Soldes",
        "\n",
        "\n",
        " ",
        " ",
        ",",
        ".",
        "!",
    ),
    *("nan", "NaN", "None", "NULL", "null", "<NA>", "NaT", "N/A", "undefined", "[object Object]"),
    *("€", "$", "£", "%", "20", "nous", "Nina", "un", ":", "(", "é", "x"),
)
BLANK_TEXTS = st.lists(st.sampled_from(BLANK_PIECES), max_size=8).map("".join)


@given(st.lists(BLANK_TEXTS | st.tuples(BLANK_TEXTS, BLANK_TEXTS).map("\n".join), min_size=10, max_size=10))
def test_blank_values_are_seen_in_whole_texts(texts):
    """In a column of texts that are finished as in each of them."""
    problems = sms.check_many(pd.DataFrame({"body": texts}), text="{body}")
    found = problems[problems["code"] == "blank_value"].set_index("row")["value"].to_dict()
    each = {row: problem.value for row, text in enumerate(texts) for problem in check(text)
            if problem.code == "blank_value"}  # fmt: skip
    assert found == each


def test_blank_values_are_seen_wherever_the_text_came_from():
    frame = pd.DataFrame(
        {"hello": ["Bonjour", "Bonjour Zoé", "Hi"], "rest": [", soldes", ", soldes", "None!"]}
    )
    for text, rows in (
        ("{hello} {rest}", [0, 2]),
        ("Bonjour , {rest}", [0, 1, 2]),
        ("Dear NULL,", [0, 1, 2]),
    ):
        found = sms.estimate(frame, text=text).problems()
        assert found[found["code"] == "blank_value"]["row"].tolist() == rows
    assert sms.estimate(frame, text="Bonjour, soldes").problems().empty
    unasked = Policy(severities={"blank_value": None})
    assert sms.check_many(frame, text="Dear NULL,", policy=unasked).empty


def test_cut_links_are_told_where_a_policy_asks():
    template = sms.Template("{a}: https://mlou.fr/{b} a bientot")
    rows = [("x" * size, "abcdefgh") for size in (10, 135, 140, 150)]
    asked = Policy(severities={"cut_link": "warning"})
    assert found_in(template, rows) == [set()] * 4
    found = found_in(template, rows, policy=asked)
    assert found == [{each.code for each in check(template.render(a=a, b=b), policy=asked)} for a, b in rows]
    assert {"cut_link"} in found


def test_tokens_are_no_placeholders():
    frame = pd.DataFrame({"name": ["Léa", "%PRENOM%"]})
    template = sms.Template("{name}: %LINK% STOP %STOPNUM%", tokens={"%LINK%": 23, "%STOPNUM%": 5})
    assert sms.estimate(frame, text=template).problems()["row"].tolist() == [1]


def test_one_field_may_stand_in_more_places_than_a_mask_has_bits():
    frame = pd.DataFrame({"name": ["x", "ç"]})
    found = sms.estimate(frame, text="{name} " * 65)
    assert found.rows["parts"].tolist() == [sms.count_parts("x " * 65), sms.count_parts("ç " * 65)]


def test_a_missing_value_is_no_blank_one():
    frame = pd.DataFrame({"name": pd.Series(["Léa", None, ""], dtype="string")})
    problems = sms.estimate(frame, text="Bonjour {name}, soldes").problems()
    assert problems[["row", "code"]].values.tolist() == [[1, "missing_field"], [2, "blank_value"]]
    assert sms.estimate(frame[:0], text="Bonjour {name}, soldes").problems().empty
