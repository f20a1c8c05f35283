"""A template fills its fields and nothing else, refuses what only looks like one, and bounds its outcome."""

import copy
import datetime
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment.errors import TemplateError
from callr_segment.text.message import segment
from callr_segment.text.template import TOKENS, Piece, Template, counted

TEXTS = st.text(st.sampled_from("a[€ç’{} \n\x00\ud800😀Σ") | st.characters(), max_size=200)
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


def escape(literal):
    return literal.replace("{", "{{").replace("}", "}}")


def literals():
    """Texts in which nothing looks like another system's placeholder, even with its braces doubled."""
    return st.text(
        st.sampled_from("aé[€’ !\n😀") | st.characters(exclude_characters="{}$%[<(#@*"), max_size=60
    )


@given(st.lists(st.tuples(literals(), NAMES), max_size=5), literals(), st.data())
def test_rendering_joins_the_literals_and_the_values(pairs, tail, data):
    template = Template("".join(f"{literal}{{{name}}}" for literal, name in pairs) + tail)
    values = {name: data.draw(TEXTS) for _, name in pairs}
    assert template.fields == tuple(dict.fromkeys(name for _, name in pairs))
    assert template.render(**values) == "".join(literal + values[name] for literal, name in pairs) + tail


@given(TEXTS)
def test_a_value_is_data_and_never_read_as_a_template(value):
    assert Template("{a}-{b}").render(a=value, b="{a}") == f"{value}-{{a}}"


@given(literals())
def test_doubled_braces_are_braces(literal):
    assert Template(f"}}}}{escape(literal)}{{{{").render() == f"}}{literal}{{"


def test_pieces_are_each_literal_with_the_field_after_it():
    assert Template("a{x}b{{{y} }}").pieces == (Piece("a", "x"), Piece("b{", "y"), Piece(" }", None))
    assert Template("{x}").pieces == (Piece("", "x"),)
    assert Template("").pieces == ()


@pytest.mark.parametrize(
    ("text", "piece", "position", "way_out"),
    [
        ("Hi {x.__class__}", "{x.__class__}", 3, "write {x}"),
        ("Hi {0}", "{0}", 3, "write {name}"),
        ("{}", "{}", 0, "write {name}"),
        ("Hi {x!r}", "{x!r}", 3, "already formatted"),
        ("Hi {x:>9}", "{x:>9}", 3, "already formatted"),
        ("Hi {x[0]}", "{x[0]}", 3, "write {x}"),
        ("Hi {first:name}", "{first:name}", 3, "write {first}"),
        ("Hi {0:C}", "{0:C}", 3, "write {name}"),
        ("Hi {contactfield=x}", "{contactfield=x}", 3, "write {x}"),
        ("Hi {{ First Name }}", "{{ First Name }}", 3, "write {First Name} for a field"),
        ("Hi {{ object.name or '' }}", "{{ object.name or '' }}", 3, "write {object_name} for a field"),
        ("Hi {{{x}}}", "{{{x}}}", 3, "write {x} for a field"),
        ("Hi %{x}", "%{x}", 3, "write {x} for a field"),
        ("Hi %PRENOM%", "%PRENOM%", 3, "write {PRENOM} for a field"),
        ("Hi %%X%%!", "%%X%%", 3, "write {X} for a field"),
        ("Hi *|FNAME|*", "*|FNAME|*", 3, "write {FNAME} for a field"),
        ("Hi ((name))", "((name))", 3, "write {name} for a field"),
        ("Hi #NAME#", "#NAME#", 3, "write {NAME} for a field"),
        ("Hi [customer_name]", "[customer_name]", 3, "write {customer_name} for a field"),
        ("Hi @contact.name", "@contact.name", 3, "write {contact_name} for a field"),
        ("Hi %1$s", "%1$s", 3, "write {name} for a field"),
        ("Hi { x }", "{ x }", 3, "write {x}"),
        ("Hi {{x}}", "{{x}}", 3, "write {x} for a field"),
        ("Hi {{ x }}", "{{ x }}", 3, "write {x} for a field"),
        ("Hi {{ .Code }}", "{{ .Code }}", 3, "write {Code} for a field"),
        ("Hi {{ x | upper }}", "{{ x | upper }}", 3, "another system's"),
        ('{{ template "app.name" }}', '{{ template "app.name" }}', 0, "another system's"),
        ("{{1}}", "{{1}}", 0, "write {name} for a field"),
        ("pay ${due}", "${due}", 4, "write {due} for a field"),
        ("Hi [[x]]", "[[x]]", 3, "write {x} for a field"),
        ("Hi %(x)s", "%(x)s", 3, "write {x} for a field"),
        ("Hi <%= x %>", "<%= x %>", 3, "write {x} for a field"),
        ("a } b", "}", 2, "double it"),
        ("a { b", "{", 2, "double it"),
        ("{a{b}}", "{", 0, "double it"),
        ("{{a}", "}", 3, "double it"),
    ],
)
def test_what_is_no_field_is_refused_with_its_place_and_the_way_out(text, piece, position, way_out):
    with pytest.raises(TemplateError) as caught:
        Template(text)
    message = str(caught.value)
    assert caught.value.value == piece
    assert message.startswith(f"{piece} at position {position} is ")
    assert way_out in message


@given(st.text(st.sampled_from("{}ab.$%()[]<>=! "), max_size=14))
def test_any_text_is_either_read_whole_or_refused(text):
    try:
        pieces = Template(text).pieces
    except TemplateError:
        return
    fields = (f"{{{field}}}" if field else "" for _, field in pieces)
    assert (
        "".join(escape(literal) + field for (literal, _), field in zip(pieces, fields, strict=True)) == text
    )


@pytest.mark.parametrize(
    "value", [1.5, True, None, datetime.date(2026, 1, 2), b"x", float("nan"), ["a"], datetime.datetime.min]
)
def test_what_has_no_one_spelling_must_be_formatted_first(value):
    with pytest.raises(TemplateError, match=r"field \{x\} got .* format it first") as caught:
        Template("{x}").render(x=value)
    assert caught.value.column == "x"
    assert caught.value.value is value


def test_integers_of_any_library_are_written_out():
    numpy = pytest.importorskip("numpy")
    assert Template("{a} {b}").render(a=-3, b=numpy.int64(7)) == "-3 7"
    with pytest.raises(TemplateError, match="format it first"):
        Template("{a}").render(a=numpy.bool_(1))


def test_missing_and_extra_fields_are_named_with_the_nearest():
    template = Template("{first_name} {link}")
    with pytest.raises(TemplateError, match=r"\{link\} has no value; pass link="):
        template.render(first_name="a")
    with pytest.raises(
        TemplateError, match=r"no field \{lnk\}; did you mean 'link'\? there are first_name, link"
    ):
        template.segment(first_name="a", link="b", lnk="c")
    with pytest.raises(TemplateError, match=r"no field \{zzz\}; there are first_name"):
        template.bounds(first_name=1, link=1, zzz=1)


def test_allowed_fields_catch_a_misspelt_one():
    columns = ["first_name", "link", 3]
    assert Template("{link}", fields=columns).fields == ("link",)
    with pytest.raises(TemplateError, match="did you mean 'first_name'"):
        Template("Hi {firstname}", fields=columns)
    with pytest.raises(TemplateError, match="there are none"):
        Template("Hi {x}", fields=[])


def test_a_field_may_bear_any_name():
    assert (
        Template("{self} {class} {text} {prénom}").render(
            **{"self": "a", "class": "b", "text": "c", "prénom": "d"}
        )
        == "a b c d"
    )


def test_a_token_is_sent_as_it_stands_and_counted_as_what_replaces_it():
    template = Template("{body} STOP %STOPNUM%")
    body = "a" * 149
    assert template.render(body=body).endswith("%STOPNUM%")
    assert template.segment(body=body).parts == 1
    assert template.segment(body=body).units == 160
    assert segment(template.render(body=body)).parts == 2
    assert Template("%STOPNUM%", tokens={}).segment().units == 9
    assert Template("%LINK%", tokens={"%LINK%": 21}).segment().units == 21


@given(TEXTS)
def test_counting_changes_nothing_but_tokens(text):
    token = "%STOPNUM%"
    assert counted(text) == text.replace(token, "00000")
    assert counted(f"{text}{token}{text}").count(token) == 0
    assert counted("AAB AA", tokens={"AA": 1, "AAB": 2}) == "00 0"


def test_the_longest_token_is_replaced_first_whatever_the_order():
    template = Template("%A%B%", tokens={"%A%": 1, "%A%B%": 7})
    assert list(template.tokens) == ["%A%B%", "%A%"]
    assert template.segment().units == 7


@pytest.mark.parametrize("tokens", [{"": 3}, {"%A%": -1}, {"%A%": "5"}, {"%A%": True}, {"%A%": 1.0}])
def test_tokens_need_a_name_and_a_length(tokens):
    with pytest.raises(TemplateError, match="number of characters that replace it"):
        Template("x", tokens=tokens)


@given(literals(), literals(), st.integers(0, 160), st.data())
def test_no_value_within_its_length_leaves_the_bounds(before, after, longest, data):
    template = Template(before + "{x}" + after, tokens={})
    value = data.draw(st.text(max_size=longest) | st.text("a[😀", max_size=longest))
    low, high = template.bounds(x=longest)
    assert low.parts <= template.segment(x=value).parts <= high.parts


@given(st.sampled_from(["", "a" * 150, "[" * 75, "ç" * 60]), st.text("a[é", max_size=200), st.data())
def test_a_longest_value_bounds_every_shorter_one_of_its_kind(literal, longest, data):
    low, high = Template(literal + "{x}").bounds(x=longest)
    shorter = longest[: data.draw(st.integers(0, len(longest)))]
    result = Template(literal + "{x}").segment(x=shorter)
    assert low == segment(literal)
    assert high == segment(literal + longest)
    assert low.parts <= result.parts <= high.parts


def test_a_length_alone_is_taken_as_characters_of_the_widest_kind():
    low, high = Template("{x}").bounds(x=40)
    assert (low.units, low.parts) == (0, 0)
    assert (high.units, high.parts, high.encoding) == (80, 2, "unicode")


@pytest.mark.parametrize("longest", [-1, True, 1.5, None, 10**12])
def test_bounds_want_a_text_or_a_length(longest):
    with pytest.raises(TemplateError, match="give a text, or a number of characters from 0 to 39015"):
        Template("{x}").bounds(x=longest)


def test_templates_are_values():
    template = Template("Hi {x} %A%", tokens={"%A%": 3})
    assert pickle.loads(pickle.dumps(template)) == copy.deepcopy(template) == template
    assert hash(template) == hash(Template("Hi {x} %A%", tokens={"%A%": 3}))
    assert template != Template("Hi {x} %A%", tokens={"%A%": 4})
    assert template != "Hi {x} %A%"
    assert repr(template) == "Template('Hi {x} %A%', tokens={'%A%': 3})"
    assert eval(repr(template)) == template
    assert repr(Template("{x}")) == "Template('{x}')"
    assert Template("{x}").tokens == TOKENS


def test_templates_do_not_change():
    template = Template("{x}")
    with pytest.raises(AttributeError, match="text is read-only"):
        template.text = "y"
    with pytest.raises(TypeError):
        template.tokens["%A%"] = 1


@pytest.mark.parametrize("text", [None, 5, b"x"])
def test_only_a_str_is_a_template(text):
    with pytest.raises(TemplateError, match="a template is a str, not"):
        Template(text)


def test_the_templates_of_a_real_campaign_are_read(shared):
    for text in json.loads((shared / "demo/templates.json").read_text(encoding="utf-8")).values():
        assert set(Template(text).fields) == {"first_name", "store", "amount_text", "link"}


def test_real_templates_of_other_systems_are_refused_or_whole(shared):
    path = shared / "texts/sms_templates_multilingual.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    for text in texts:
        if "{{" in text:
            with pytest.raises(TemplateError):
                Template(text)


@pytest.mark.parametrize(
    "name",
    [
        "First Name",
        "Opt-in",
        "Date d'inscription",
        "N° client",
        "Prix (€)",
        "имя",
        "名前",
        "Taux %",
        "1er achat",
    ],
)
def test_any_column_is_a_field(name):
    template = Template(f"Bonjour {{{name}}}.")
    assert template.fields == (name,)
    assert template.render(**{name: "x"}) == "Bonjour x."


@pytest.mark.parametrize("name", ["order.id", "a:b", "x!", "total=", "a[0]", " padded "])
def test_a_known_column_is_a_field_whatever_it_is_called(name):
    template = Template(f"{{{name}}}!", fields=[name])
    assert template.fields == (name,)
    assert pickle.loads(pickle.dumps(template)) == template
    with pytest.raises(TemplateError, match="more than the name of a field"):
        Template(f"{{{name}}}!")


@pytest.mark.parametrize(
    "text", ["{{-20%}} {x}", "-20%{x}", "20 %{x}", "#{x}", "[OK] {x}", "100% {x}", "a @ {x}"]
)
def test_what_is_no_placeholder_is_text(text):
    assert Template(text).fields == ("x",)


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        ("Hi {{name}} {{{x}}} {{ user.first_name }}", "Hi {name} {x} {user_first_name}"),
        ("Hi {{ First Name }}, 5{", "Hi {First Name}, 5{{"),
        ("%{name} a %{count}", "{name} a {count}"),
        ("Hello %s, %d new, -20% %(total)s", "Hello {value_1}, {value_2} new, -20% {total}"),
        ("%1$s et %2$d", "{value_1} et {value_2}"),
        ("((name)) on ((appointment date)) (or later)", "{name} on {appointment date} (or later)"),
        ("*|FNAME|* %PRENOM% #CODE# [[x]]", "{FNAME} {PRENOM} {CODE} {x}"),
        ("<%= @name %>, ${amount}, {0}", "{name}, {amount}, {value_1}"),
        ("[customer_name] @contact.name {own}", "{customer_name} {contact_name} {own}"),
        (
            "{{a}} https://x.fr/%C3%A9cole%20x STOP %STOPNUM%",
            "{a} https://x.fr/%C3%A9cole%20x STOP %STOPNUM%",
        ),
    ],
)
def test_templates_of_other_systems_are_converted(foreign, ours):
    assert Template.from_foreign(foreign) == Template(ours)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("{{ x | upcase }}", "{{ x | upcase }} at position 0"),
        ("a {% if b %}c{% endif %}", "{% if b %} at position 2, {% endif %} at position 13"),
        ("{{#if x}}a{{/if}} {{y}}", "{{#if x}} at position 0, {{/if}} at position 10"),
        ("((under18??you may not))", "((under18??you may not)) at position 0"),
        ("*|IF:VIP|*", "*|IF:VIP|* at position 0"),
        ("{0:C}", "{0:C} at position 0"),
    ],
)
def test_what_cannot_be_converted_is_said(text, left):
    with pytest.raises(TemplateError) as caught:
        Template.from_foreign(text)
    assert str(caught.value).startswith(f"{left}: no value of one field")


@given(st.text(st.sampled_from("{}ab.$%()[]<>=!|*#@ \n"), max_size=20))
def test_any_text_is_either_converted_or_refused(text):
    try:
        template = Template.from_foreign(text)
    except TemplateError:
        return
    assert Template(template.text) == template


def test_a_shortened_link_counts_as_what_it_becomes():
    url = "https://www.maison-lou.fr/collections/printemps"
    template = Template(f"{{name}} : {url}", tokens={url: 23})
    assert template.render(name="Léa") == f"Léa : {url}"
    assert template.segment(name="Léa").units == len("Léa : ") + 23
