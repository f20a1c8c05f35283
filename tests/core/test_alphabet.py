"""The tables are those of TS 23.038, and every copy of them is made from the one in alphabet.py."""

import importlib.util

import pytest
from folders import ROOT

from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION, LIMITS, Limits


def test_the_basic_table_has_127_characters_and_the_escape():
    assert len(BASIC) == len(set(BASIC)) == 128
    assert BASIC[0x1B] == ESCAPE
    assert [BASIC.index(char) for char in "@ 0A\r¡à"] == [0x00, 0x20, 0x30, 0x41, 0x0D, 0x40, 0x7F]


def test_the_extension_table_has_ten_characters_and_shares_none():
    assert len(EXTENSION) == len(set(EXTENSION)) == 10
    assert not set(EXTENSION) & set(BASIC)


def test_the_c_table_is_generated_from_the_strings():
    script = ROOT / "scripts" / "make_tables.py"
    if not script.exists():
        pytest.skip("the generators of tables are not beside these tests")
    spec = importlib.util.spec_from_file_location("make_tables", script)
    make_tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_tables)
    assert make_tables.TARGET.read_text(encoding="utf-8") == make_tables.header()


def test_limits_follow_from_the_header():
    assert Limits() == LIMITS == (160, 153, 70, 67)
    assert Limits.with_header(7) == (160, 152, 70, 66)
    assert LIMITS.of("gsm") == (160, 153)
    assert LIMITS.of("unicode") == (70, 67)
