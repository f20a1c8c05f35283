"""Every format gives the texts that its own library reads, and the line and column of each character."""

import io
import json as standard_json

import polib
import pytest
import yaml as pyyaml
from hypothesis import example, given
from hypothesis import strategies as st

from callr_segment.errors import InputError
from callr_segment.lint.formats import csv, json, po, properties, strings, text, xml, yaml
from callr_segment.lint.sources import Source

pytestmark = pytest.mark.once

CHARS = st.sampled_from("aé’\"\\'\n\t 🎉{}#:%&<>;=\u2028\xa0-[]|/@")
TEXTS = st.lists(st.text(CHARS, min_size=1, max_size=12), min_size=1, max_size=4)


def read(reader, name, written):
    """Texts by key; whatever stands in the source as it is stands where the entry says."""
    found = {}
    for entry in reader.read(Source(name, written)):
        assert len(entry.offsets) == len(entry.text) + 1
        assert list(entry.offsets) == sorted(entry.offsets)
        if written[entry.offsets[0] : entry.offsets[-1]] == entry.text:
            assert [written[at] for at in entry.offsets[:-1]] == list(entry.text)
        found[entry.key] = entry.text
    return found


def places(reader, name, written, char="’"):
    """Line and column of each such character, by the entries."""
    source = Source(name, written)
    return [
        tuple(source.place(offset))
        for entry in reader.read(source)
        for each, offset in zip(entry.text, entry.offsets, strict=False)
        if each == char
    ]


@given(TEXTS, st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(texts, plain):
    tree = {"a": texts, "b’": {"c\n": texts[0], "n": 1, "none": None, "deep": [[{"x": texts[-1]}]]}}
    found = read(json, "a.json", standard_json.dumps(tree, ensure_ascii=plain))
    assert found == {
        **{f"a.{at}": each for at, each in enumerate(texts)},
        "b’.c\n": texts[0],
        "b’.deep.0.0.x": texts[-1],
    }


def test_json_of_flutter_and_xcode_has_more_than_texts():
    arb = '{"hello": "Ça", "@hello": {"description": "no text"}}'
    assert read(json, "fr.arb", arb) == {"hello": "Ça"}
    unit = {"stringUnit": {"state": "translated", "value": "Ça"}}
    catalogue = {"sourceLanguage": "en", "strings": {"hello": {"localizations": {"fr": unit}}}}
    written = standard_json.dumps(catalogue)
    assert list(read(json, "a.xcstrings", written).values()) == ["Ça"]


@given(st.lists(st.tuples(st.text(CHARS, min_size=1, max_size=9), st.text(CHARS, max_size=90)), max_size=3))
@example([("x", "a" * 70 + " ’ " + "b" * 70)])
def test_po_is_read_as_polib_reads_it(pairs):
    book = polib.POFile()
    book.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    for original, said in dict(pairs).items():
        book.append(polib.POEntry(msgid=original, msgstr=said))
    assert read(po, "fr.po", str(book)) == {original: said for original, said in dict(pairs).items() if said}


def test_po_has_plurals_contexts_and_formats():
    written = (
        '#, python-format\nmsgctxt "mail"\nmsgid "%d day"\nmsgid_plural "%d days"\n'
        'msgstr[0] "un"\nmsgstr[1] ""\n"deux’"\n'
    )
    entries = list(po.read(Source("fr.po", written)))
    assert [(each.key, each.text, each.dialect) for each in entries] == [
        ("mail|%d day[0]", "un", "printf"),
        ("mail|%d day[1]", "deux’", "printf"),
    ]
    assert places(po, "fr.po", written) == [(7, 6)]
    assert read(po, "fr.pot", 'msgid "l’été"\nmsgstr ""\n') == {"l’été": "l’été"}


@given(
    st.dictionaries(st.from_regex("[a-z]{1,8}", fullmatch=True), st.text(CHARS, min_size=1), max_size=4),
    st.booleans(),
)
def test_yaml_is_read_as_pyyaml_reads_it(table, plain):
    out = io.StringIO()
    pyyaml.safe_dump({"fr": table}, out, allow_unicode=plain, width=30)
    expected = {f"fr.{key}": value for key, value in table.items()}
    assert read(yaml, "fr.yml", out.getvalue()) == expected


def test_yaml_in_every_style():
    written = (
        'fr:\n  a: l’été\n  b: "x\\u2019y ’"\n  c: |\n    un\n    deux’\n  d: >-\n    un\n    deux’\n'
        "  e: yes\n  n: 12\n  s: 'it''s ’'\n"
    )
    found = read(yaml, "fr.yml", written)
    assert found == {
        "fr.a": "l’été", "fr.b": "x’y ’", "fr.c": "un\ndeux’\n", "fr.d": "un deux’", "fr.e": "yes",
        "fr.s": "it's ’",
    }  # fmt: skip
    assert places(yaml, "fr.yml", written) == [(2, 7), (3, 8), (3, 16), (6, 9), (9, 9), (12, 13)]


def test_android_texts_are_what_a_phone_shows():
    written = (
        "<resources>\n"
        '  <string name="a">l\\\'été  &amp;\n   \\u2019 ’ </string>\n'
        '  <plurals name="days"><item quantity="one">un <b>jour</b></item></plurals>\n'
        '  <string-array name="all"><item>x</item><item>" y "</item></string-array>\n'
        '  <string name="ref">@string/a</string>\n'
        "</resources>\n"
    )
    assert read(xml, "strings.xml", written) == {
        "a": "l'été & ’ ’", "days.one": "un jour", "all.0": "x", "all.1": " y ",
    }  # fmt: skip
    assert places(xml, "strings.xml", written) == [(3, 4), (3, 11)]


def test_android_declares_no_entities():
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa">]><resources><string name="x">&a;</string></resources>'
    with pytest.raises(InputError, match=r"strings\.xml:1: entities are not declared"):
        list(xml.read(Source("strings.xml", bomb)))


def test_properties_and_strings():
    written = "# c’\na=b\nkey\\ x : l\\u2019\\\n   ete’\n! z\nq w’\n"
    assert read(properties, "a.properties", written) == {"a": "b", "key x": "l’ete’", "q": "w’"}
    assert places(properties, "a.properties", written) == [(3, 11), (4, 7), (6, 4)]
    written = '/* ’ */\n"a" = "l\\U2019x";\n// z\nb = "q\\"w’";\n'
    assert read(strings, "a.strings", written) == {"a": "l’x", "b": 'q"w’'}
    assert places(strings, "a.strings", written) == [(2, 9), (4, 10)]


def test_csv_and_plain_text():
    written = 'id;Text\n1;"l’""x"""\n2;"de\nux’"\n'
    assert read(csv, "a.csv", written) == {"1.text": 'l’"x"', "2.text": "de\nux’"}
    assert places(csv, "a.csv", written) == [(2, 5), (4, 3)]
    assert read(text, "a.txt", "x\n\ny’\r\n") == {"1": "x", "3": "y’"}


@pytest.mark.parametrize(
    ("reader", "name", "written", "where"),
    [
        (json, "a.json", '{"a":\n "b"', "a.json:2:5"),
        (json, "a.json", "[" * 100_000, "a.json"),
        (po, "a.po", 'msgid "a"\nmsgstr a\n', "a.po:2"),
        (yaml, "a.yml", "a: [\n", "a.yml:2"),
        (xml, "a.xml", "<resources>\n<string>", "a.xml:2"),
        (strings, "a.strings", '"a" = "b";\n"c"\n', "a.strings:2"),
        (properties, "a.properties", "a=\\u20\n", "a.properties:1"),
        (csv, "a.csv", "id,name\n1,x\n", "a.csv: no column of texts"),
    ],
)
def test_a_file_that_is_damaged_is_named_with_its_line(reader, name, written, where):
    with pytest.raises(InputError, match=where):
        list(reader.read(Source(name, written)))
