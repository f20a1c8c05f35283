"""What a text is blamed for, and what not: a fix keeps the format whole, and what it leaves is GSM."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.lint.dialects import Hole, variants_of
from callr_segment.lint.findings import Entry
from callr_segment.lint.fixes import apply_fixes
from callr_segment.lint.rules import check_entry
from callr_segment.lint.settings import Settings
from callr_segment.lint.sources import Source

pytestmark = pytest.mark.once


def found(text, dialect=None, **settings):
    """Codes that are told, and what each is about."""
    told = check_entry(Entry("key", text, range(len(text) + 1), dialect), Settings(**settings))
    return [(each.code, text[each.start : each.stop]) for each in told]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Votre code est 4821", []),
        ("L’été", [("SMS001", "’")]),
        ("bientôt…", [("SMS002", "ô"), ("SMS001", "…")]),
        ("Bravo 🎉", [("SMS003", "🎉")]),
        ("a\u200bb", [("SMS010", "\u200b")]),
        ("lâ€™été", [("SMS011", "â€™")]),
        ("Привет, друзья…", []),  # Unicode whatever is done about it
        ("https://x.fr/ç", []),  # an address stays as it is
        ("👩\u200d💻 ok", [("SMS003", "👩\u200d💻")]),  # a joiner in an emoji is no invisible character
    ],
)
def test_characters(text, codes):
    assert found(text) == codes


def test_sizes():
    assert found("a" * 161, max_parts=1) == [("SMS101", "a" * 161)]
    assert found("a" * 158) == [("SMS102", "a" * 158)]
    assert found("a" * 158, near=2) == []
    assert found("a" * 150 + "{{ name }}", fields={"name": 11}, max_parts=1)[0][0] == "SMS101"
    assert found("a {{ name }}") == [("SMS103", "{{ name }}")]
    assert found("a {{ name }}", fields={"name": "Zoé"}) == []


@pytest.mark.parametrize(
    ("dialect", "text", "names"),
    [
        ("jinja", "a {{ user.name }} {% if x %}b", ["user.name", "{% if x %}"]),
        ("brace", "{{no}} {name!r:>5} {0}", ["name", "0"]),
        ("printf", "%% %(name)s %1$s %d %@", ["name", "%1$s", "%d", "%@"]),
        ("ruby", "100%% %{name} %<n>.2f", ["name", "n"]),
        ("shell", "${name} ${n:-x}", ["name", "n"]),
        ("notify", "((name)) ((n??text))", ["name", "n"]),
        ("erb", "<%= name %> <%- n -%>", ["name", "n"]),
        ("icu", "{name} {n, number}", ["name", "n"]),
    ],
)
def test_placeholders_of_every_system(dialect, text, names):
    (pieces,) = variants_of(text, dialect)
    assert [piece.name for piece in pieces if isinstance(piece, Hole)] == names
    if dialect not in ("brace", "printf"):
        assert variants_of(text) == [pieces]


def test_the_longest_branch_of_a_plural_counts():
    text = "{n, plural, one {un jour} other {" + "x" * 170 + "}} ’"
    assert [code for code, _ in found(text, fields={"n": "2"}, max_parts=1)] == ["SMS101", "SMS001"]
    assert found(text, fields={"n": "2"})[-1] == ("SMS001", "’")


@given(st.text(st.sampled_from("aé’…\xa0ô🎉«»\u200b€x \n"), max_size=60))
def test_what_the_fixes_leave_is_gsm_where_that_can_be(text):
    entry = Entry("key", text, range(len(text) + 1))
    fixed, _ = apply_fixes(Source("a.txt", text), check_entry(entry, Settings()), unsafe=True)
    assert sms.is_gsm(fixed)


def test_stop_is_asked_for_only_where_it_is_wanted():
    assert found("Soldes") == []
    settings = Settings(select=("SMS201",))
    assert settings.tells("SMS201", "a.json")
    assert not Settings().tells("SMS201", "a.json")
