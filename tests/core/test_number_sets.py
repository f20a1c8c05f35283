"""Sets of numbers hold what was added, however many share a page, in little room."""

from array import array
from random import Random

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
    for spread in (1, 7, 97, 130, 2_000, 10**8):
        found = native.NumberSet()
        found.add_many(array("Q", range(33_600_000_000, 33_600_000_000 + 1_000_000 * spread, spread)))
        assert len(found) == 1_000_000
        assert found.nbytes <= 16 * len(found)
    assert found.nbytes > 8 * len(found)


def random_numbers(count, *, seed=15):
    random = Random(seed)
    return array("Q", (random.randrange(10**14, 10**15) for _ in range(count)))


@pytest.mark.once
def test_random_numbers_of_fifteen_digits_take_at_most_sixteen_bytes_each():
    numbers = random_numbers(100_000)
    found = native.NumberSet()
    for start in range(0, len(numbers), 997):  # whatever its size
        found.add_many(numbers[start : start + 997])
        assert found.nbytes <= max(16 * len(found), 2_048)
    assert len(found) == len(set(numbers))
    assert found.find_many(numbers) == b"\1" * len(numbers)
    assert found.find_many(random_numbers(1_000, seed=16)) == bytes(1_000)


@pytest.mark.once
@pytest.mark.torture
def test_ten_million_numbers_of_fifteen_digits_take_at_most_sixteen_bytes_each():
    numpy = pytest.importorskip("numpy")
    numbers = numpy.random.default_rng(15).integers(10**14, 10**15, 10**7).astype(numpy.uint64)
    found = native.NumberSet()
    found.add_many(numbers)
    assert len(found) == len(numpy.unique(numbers))
    assert found.nbytes <= 16 * len(found)
    assert found.find_many(numbers) == b"\1" * len(numbers)


@implementations
def test_numbers_near_one_another_and_far_apart_are_held_together(core):
    """Of those that are near, the bits are kept; a set is laid out anew as it grows."""
    random = Random(4)
    near_by = [33_600_000_000 + random.randrange(1 << 20) for _ in range(40_000)]
    numbers = [*near_by, *random_numbers(20_000, seed=5)]
    random.shuffle(numbers)
    found, known = core.NumberSet(), set()
    for start in range(0, len(numbers), 7_000):
        column = numbers[start : start + 7_000]
        seen = [number in known or number in column[:at] for at, number in enumerate(column[:50])]
        assert list(found.add_many(array("Q", column)))[:50] == seen
        known.update(column)
        assert len(found) == len(known)
    assert found.find_many(array("Q", numbers)) == b"\1" * len(numbers)
    others = [number + 1 for number in numbers]
    assert list(found.find_many(array("Q", others))) == [number in known for number in others]


@implementations
def test_a_column_of_something_else_is_refused(core):
    for ask in (core.NumberSet().add_many, core.NumberSet().find_many):
        with pytest.raises(InputError, match="a buffer of 4 bytes does not hold 64-bit integers"):
            ask(array("i", [1]))
