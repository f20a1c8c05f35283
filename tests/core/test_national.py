"""Counting with the tables of national languages, over both implementations; the tables against another's."""

import pickle
import unicodedata
from typing import get_args

import gsmcodecs  # noqa: F401 (it registers the codecs of every pair of tables)
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION
from callr_segment.alphabet.national import NONE, pair_of, tables_of
from callr_segment.typing import Alphabet

ALPHABETS = get_args(Alphabet)
INDIAN = ALPHABETS[3:12]
NAMED = {  # where gsmcodecs 1.0 is not annex A: a comma, the DDA of Kannada, the euro of Telugu
    **{(name, "locking", 0x2C): "," for name in (*INDIAN, "urdu")},
    ("kannada", "locking", 0x24): "\u0ca1",
    ("telugu", "single", 0x65): "€",
}


def other(septets, locking, single):
    try:
        return septets.decode(f"gsm23.038-{locking}-{single}")
    except UnicodeDecodeError:
        return NONE


@pytest.mark.parametrize("name", ALPHABETS)
def test_the_tables_are_those_of_another_library(name):
    number = ALPHABETS.index(name) + 1
    *_, tables = tables_of(name)
    for kind, table, prefix in (("locking", tables.basic, b""), ("single", tables.extension, b"\x1b")):
        for septet in range(128):
            if (kind, septet) == ("locking", 0x1B) or (kind, septet) == ("single", 0x1B):
                continue
            found = other(prefix + bytes((septet,)), number if kind == "locking" else 0, number)
            assert table[septet] == NAMED.get((name, kind, septet), found), (kind, hex(septet))


def test_the_default_pair_is_the_default_alphabet():
    (tables,) = tables_of(None)
    assert (tables.basic, tables.header, tables.limits) == (BASIC, b"", sms.LIMITS)
    assert tables.one == frozenset(BASIC) - {ESCAPE}
    assert tables.two == frozenset(EXTENSION)


@pytest.mark.parametrize("name", ALPHABETS)
def test_every_table_is_of_letters_signs_and_marks(name):
    for tables in tables_of(name):
        assert (len(tables.basic), len(tables.extension)) == (128, 128)
        assert not tables.one & tables.two
        chars = (tables.one | tables.two) - set("\n\r\f")
        assert {unicodedata.category(char)[0] for char in chars} <= set("LMNPSZC")


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts", "limits"),
    [
        # a header of one table has 4 octets, 9 beside that of several parts: 155 and 149 septets
        ("Şifreniz: 4821", "turkish", 14, 1, (155, 149)),
        ("ğ" * 155, "turkish", 155, 1, (155, 149)),
        ("ğ" * 156, "turkish", 156, 2, (155, 149)),
        ("ğ" * 299, "turkish", 299, 3, (155, 149)),
        # ì stands in the basic table alone, which the locking one replaces: ğ follows an escape then
        ("ìğ", "turkish", 3, 1, (155, 149)),
        ("à" * 149 + "ì" + "ğğ" + "à", "turkish", 155, 1, (155, 149)),
        ("à" * 148 + "ìğì" + "ğ" * 2, "turkish", 156, 2, (155, 149)),
        # no table of its own where none is needed, nor where it would not help
        ("hello", "turkish", 5, 1, (160, 153)),
        ("a" * 160, "hindi", 160, 1, (160, 153)),
        ("€" * 80, "turkish", 160, 1, (160, 153)),
        ("€" * 81, "turkish", 81, 1, (155, 149)),
        # Spanish has no locking table: an accent costs two
        ("está aquí", "spanish", 11, 1, (155, 149)),
        ("ção", "portuguese", 3, 1, (155, 149)),
        # Latin capitals follow an escape of the Hindi table, so that both are named: 7 octets, 12 of several
        ("नमस्ते ABC", "hindi", 7 + 6, 1, (152, 146)),
        ("नमस्ते", "hindi", 6, 1, (155, 149)),
    ],
)
def test_units_and_parts_are_those_of_pencil_and_paper(text, alphabet, units, parts, limits):
    found = sms.segment(text, alphabet=alphabet)
    assert (found.encoding, found.units, found.parts, found.limits[:2]) == ("gsm", units, parts, limits)
    assert sms.count_parts(text, alphabet=alphabet) == parts
    assert found.culprits == ()


def test_what_no_table_has_is_unicode_and_named():
    found = sms.segment("şu 中", alphabet="turkish")
    assert (found.encoding, found.units, found.limits) == ("unicode", 4, sms.LIMITS)
    assert [culprit.character for culprit in found.culprits] == ["中"]
    assert [culprit.character for culprit in sms.segment("şu 中").culprits] == ["ş", "中"]


def test_tables_that_cannot_be_mixed_are_unicode():
    """The Portuguese grave accent is in the locking table, which has no è."""
    found = sms.segment("è`", alphabet="portuguese")
    assert found.encoding == "unicode"
    assert [culprit.character for culprit in found.culprits] == ["`"]


@pytest.mark.parametrize(
    ("errors", "text"), [("replace", "?şğ?"), ("rewrite", "'şğ?")], ids=["replace", "rewrite"]
)
def test_forced_gsm_keeps_what_the_alphabet_has(errors, text):
    found = sms.segment("’şğ中", alphabet="turkish", encoding="gsm", errors=errors)
    assert (found.text, found.encoding, found.units) == (text, "gsm", 4)
    assert pickle.loads(pickle.dumps(found)) == found


def test_forced_gsm_that_cannot_be_names_the_culprits_of_the_alphabet():
    with pytest.raises(sms.NotGsmError) as said:
        sms.segment("ş中", alphabet="turkish", encoding="gsm")
    assert [culprit.character for culprit in said.value.culprits] == ["中"]


@pytest.mark.parametrize(
    "options",
    [{"alphabet": "turkisch"}, {"alphabet": "turkish", "limits": sms.Limits.with_header(7)}],
    ids=["unknown", "limits"],
)
def test_what_cannot_be_counted_is_refused(options):
    with pytest.raises(sms.InputError, match=r"did you mean 'turkish'|leave limits out"):
        sms.segment("ş", **options)


def widths_of(text, tables):
    return sum(1 if char in tables.one else 2 for char in text)


@given(
    st.sampled_from(ALPHABETS).flatmap(
        lambda name: st.tuples(
            st.just(name),
            st.text(
                st.sampled_from(sorted(set().union(*(each.one | each.two for each in tables_of(name))))),
                max_size=400,
            ),
        )
    )
)
def test_it_never_takes_more_parts_than_any_way_to_send_the_text(case):
    name, text = case
    found = sms.segment(text, alphabet=name)
    ways = [sms.count_parts(text)]
    for tables in tables_of(name):
        if set(text) <= tables.one | tables.two and found.tables == tables:
            assert found.units == widths_of(text, tables)
    assert found.parts <= min(ways)
    split = found.split()
    assert "".join(part.text for part in split) == text
    assert sum(part.units for part in split) == found.units
    assert len(split) == found.parts
    if split:
        most = found.limits.of(found.encoding)[found.parts > 1]
        assert all(part.units <= most for part in split)
        assert found.remaining == most - split[-1].units
    assert pickle.loads(pickle.dumps(found)) == found


def test_nothing_of_it_is_there_unless_it_is_asked_for():
    found = sms.segment("ş")
    assert (found.alphabet, found.tables, found.encoding) == (None, None, "unicode")
    assert sms.segment("ş", alphabet="turkish").tables == pair_of("turkish", None)
