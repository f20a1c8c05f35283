"""Sets of numbers hold what was added, however many share a page, in little room."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment._core.fallback import numbers as fallback
from callr_segment.errors import InputError

native = pytest.importorskip("callr_segment._core.number_sets", reason="the native core is not built")
implementations = pytest.mark.parametrize("core", [native, fallback], ids=["native", "fallback"])
near = st.integers(0, 300) | st.integers(33612345000, 33612349000) | st.integers(0, 2**64 - 1)


@given(st.lists(st.lists(near, max_size=40), max_size=8), st.lists(near, max_size=40))
def test_both_implementations_are_sets(columns, wanted):
    sets, known = [native.NumberSet(), fallback.NumberSet()], set()
    for column in columns:
        expected = []
        for number in column:
            expected.append(number in known)
            known |= {number} - {0}
        assert [list(each.add_many(array("Q", column))) for each in sets] == [expected, expected]
    assert [len(each) for each in sets] == [len(known)] * 2
    for each in sets:
        assert list(each.find_many(array("Q", [*wanted, *known, 0]))) == [
            *(number in known for number in wanted),
            *[True] * len(known),
            False,
        ]


@implementations
def test_a_page_may_be_filled_in_any_order(core):
    page = range(33612 << 16, 33613 << 16)
    shuffled = array("Q", [page[at * 40503 % len(page)] for at in range(len(page))])
    found = core.NumberSet()
    assert found.add_many(shuffled) == bytes(len(page))
    assert found.add_many(shuffled) == b"\1" * len(page)
    assert len(found) == len(page)
    assert found.find_many(array("Q", [page[0] - 1, page[0], page[-1], page[-1] + 1])) == b"\0\1\1\0"


@pytest.mark.once
def test_a_million_numbers_take_at_most_sixteen_bytes_each():
    for spread in (1, 7, 97, 2_000):
        found = native.NumberSet()
        found.add_many(array("Q", range(33_600_000_000, 33_600_000_000 + 1_000_000 * spread, spread)))
        assert len(found) == 1_000_000
        assert found.nbytes <= 16 * len(found)


@implementations
def test_a_column_of_something_else_is_refused(core):
    for ask in (core.NumberSet().add_many, core.NumberSet().find_many):
        with pytest.raises(InputError, match="a buffer of 4 bytes does not hold 64-bit integers"):
            ask(array("i", [1]))
