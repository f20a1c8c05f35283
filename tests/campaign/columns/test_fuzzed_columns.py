"""Columns damaged at random end no process, and are refused with an error of this package or answered."""

import pytest
from damaged_arrow import try_cases

pytestmark = pytest.mark.once


def check(first, count, place):
    totals, wrong, deaths = try_cases(first, count, place)
    assert not deaths, deaths
    assert not wrong, wrong
    assert totals["refused"] > count / 4
    assert totals["answered"] > count / 8


def test_damaged_columns_are_refused_or_answered(tmp_path):
    check(0, 600, tmp_path / "place")


@pytest.mark.slice
def test_more_damaged_columns_are_refused_or_answered(tmp_path):
    check(1_000, 20_000, tmp_path / "place")


@pytest.mark.torture
@pytest.mark.parametrize("piece", range(1, 61))
def test_a_million_damaged_columns_are_refused_or_answered(piece, tmp_path):
    """A quarter of the cases is none: pyarrow itself refuses to make the column."""
    check(piece * 100_000, 25_000, tmp_path / "place")


@pytest.mark.slice
def test_a_death_is_seen_and_the_case_told(tmp_path, monkeypatch):
    monkeypatch.setenv("DAMAGED_ARROW_DIES_AT", "3")
    totals, wrong, deaths = try_cases(0, 6, tmp_path / "place")
    assert (sum(totals.values()), wrong) == (2, [])
    assert [(number, code) for number, _, code, _ in deaths] == [(3, -11)]
