"""What is left of the texts of a column: the native module and the rules in plain Python say the same."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment._core.fallback import signatures as fallback
from callr_segment.errors import InputError

native = pytest.importorskip("callr_segment._core.signatures", reason="the native core is not built")

pytestmark = pytest.mark.once
implementations = pytest.mark.parametrize("core", [native, fallback], ids=["native", "fallback"])

ODD_LETTERS = bytes(byte & 1 for byte in range(256))
some_kinds = st.binary(min_size=256, max_size=256)
texts = st.none() | st.text() | st.text("ab€\0🙂", max_size=40)


def plain(found):
    return memoryview(found.codes).cast("B").cast("i").tolist(), bytes(found.marks), found.texts


@given(st.lists(texts, max_size=40), st.sampled_from([pa.string(), pa.large_string(), pa.string_view()]),
       st.integers(0, 5), some_kinds | st.just(ODD_LETTERS))  # fmt: skip
def test_columns_have_the_same_residues(values, kind, start, kinds):
    column = pa.array(values, kind)[start:]
    assert plain(native.read_signatures(column, kinds)) == plain(fallback.read_signatures(column, kinds))


@implementations
def test_the_bytes_of_an_odd_kind_are_left_and_the_kinds_of_all_are_united(core):
    kinds = bytes({ord("a"): 1, ord("b"): 2, ord("c"): 5}.get(byte, 0) for byte in range(256))
    column = pa.chunked_array([["xaxcx", "b", None], ["", "ca", "aacc", "ac"]], pa.large_string())
    codes, marks, left = plain(core.read_signatures(column, kinds))
    assert codes == [1, 0, 0, 0, 2, 3, 1]
    assert list(marks) == [5, 2, 0, 0, 5, 5, 5]
    assert left == [b"", b"ac", b"ca", b"aacc"]


@implementations
def test_more_residues_than_are_kept_at_hand_are_told_apart(core):
    """Long ones that begin alike, and a NUL that is not the end of another."""
    values = [f"{'é' * 9}{number:x}\0"[: 9 + number % 5] for number in range(5_000)] + ["é", "é\0"]
    column = pa.array(values * 2, pa.large_string())
    codes, _, left = plain(core.read_signatures(column, b"\1" * 256))
    assert [left[code].decode() for code in codes] == values * 2
    assert len(set(left)) == len(left) == len({*values, ""})


@implementations
def test_a_table_has_a_class_for_each_byte(core):
    with pytest.raises(InputError, match="3 classes is not one of 256"):
        core.read_signatures(pa.array(["a"]), b"\1\1\1")


def test_columns_that_are_not_texts_end_to_end_are_refused():
    with pytest.raises(InputError, match="cast it to string first"):
        native.read_signatures(pa.array(["a"]).dictionary_encode(), ODD_LETTERS)
    damaged = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\7\0\0\0\1\0\0\0"), pa.py_buffer(b"a")]
    )
    with pytest.raises(InputError, match="offsets outside its column"):
        native.read_signatures(damaged, ODD_LETTERS)
