"""Native code and fallback equal the oracle, on every code point, edge and container."""

import sys
from array import array

import numpy as np
import pyarrow as pa
import pytest
from corpus import boundary_texts, edge_texts, expected
from hypothesis import given
from hypothesis import strategies as st

from callr_segment import _core
from callr_segment._core import pure
from callr_segment._core.fallback import columns as plain_columns
from callr_segment._core.fallback import text as fallback
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.errors import InputError, NotGsmError

one = pytest.importorskip("callr_segment._core.text_one", reason="the native core is not built")
many = pytest.importorskip("callr_segment._core.text_columns", reason="the native core is not built")

pytestmark = pytest.mark.once
IMPLEMENTATIONS = pytest.mark.parametrize("core", [one, fallback], ids=["native", "fallback"])
COLUMNS = pytest.mark.parametrize("core", [many, plain_columns], ids=["native", "fallback"])
TEXTS = st.text(st.characters() | st.sampled_from("[€😀ç\x1b\ud800"), max_size=400)
ANY_LIMITS = st.sampled_from([LIMITS, Limits.with_header(7), Limits(9, 5, 7, 2)])


def columns(counts):
    """Read the buffers of a Counts as lists."""
    flags = {"is_gsm": [bool(flag) for flag in counts.is_gsm]}
    return flags | {
        name: list(array("i", bytes(getattr(counts, name))))
        for name in ("units", "parts", "last", "extensions")
    }


def arrow_forms(texts):
    """Every Arrow layout a column of these texts can have."""
    plain = pa.array(texts, pa.string())
    half = len(texts) // 2
    yield plain
    yield pa.array(texts, pa.large_string())
    yield pa.array(texts, pa.string_view())
    yield plain.dictionary_encode()
    yield pa.array(texts, pa.large_string()).dictionary_encode()
    yield pa.chunked_array([plain[:half], plain[half:]])
    yield pa.concat_arrays([pa.array(["ç", None]), plain, pa.array(["x"])])[2:-1]


def test_the_native_core_is_what_runs():
    """`make test` says so by a variable, so that a broken build cannot pass by falling back."""
    assert _core.IMPLEMENTATION in ("native", "fallback")
    assert one.__file__.endswith((".so", ".pyd"))


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(("", ""), id="alone"),
        pytest.param(("a[", "b"), id="in gsm", marks=pytest.mark.slice),
        pytest.param(("ç", "["), id="in unicode", marks=pytest.mark.slice),
    ],
)
def test_every_code_point(around):
    before, after = around
    texts = [f"{before}{chr(point)}{after}" for point in range(sys.maxunicode + 1)]
    want = expected(texts)
    assert columns(many.count_objects(texts)) == want
    scalars = [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]
    counts = columns(many.count_arrow(pa.array([texts[point] for point in scalars])))
    assert counts == {name: [column[point] for point in scalars] for name, column in want.items()}


def test_every_length_and_position_around_the_edges():
    texts = list(edge_texts())
    want = expected(texts)
    assert columns(many.count_objects(texts)) == want
    assert columns(many.count_arrow(pa.array(texts))) == want


def check_containers(count, *, seed=0):
    texts = boundary_texts(count, seed=seed)
    want = expected(texts)
    assert columns(many.count_objects(texts)) == want
    assert columns(many.count_objects(np.array(texts, dtype=object))) == want
    assert [one.count_parts(text) for text in texts] == want["parts"]
    assert [one.segment(text).units for text in texts] == want["units"]
    plain = boundary_texts(count, seed=seed, surrogates=False)
    want = expected(plain)
    for form in arrow_forms(plain):
        assert columns(many.count_arrow(form)) == want


def test_boundary_heavy_texts_in_every_container():
    check_containers(20_000)


@pytest.mark.slice
@pytest.mark.parametrize("seed", range(1, 11))
def test_a_million_boundary_heavy_texts_in_every_container(seed):
    check_containers(100_000, seed=seed)


@given(TEXTS, ANY_LIMITS, st.sampled_from([None, "gsm", "unicode"]))
def test_any_text_under_any_limits(text, limits, encoding):
    want = expected([text], encoding, limits)
    for core in (many, plain_columns):
        assert columns(core.count_objects([text], encoding=encoding, limits=limits)) == want
    if encoding != "gsm":
        found, plain = one.segment(text, encoding=encoding, limits=limits), pure.count(text, encoding, limits)
        assert (found.encoding, found.units, found.parts) == plain[:3]
        assert found.split() == fallback.segment(text, encoding=encoding, limits=limits).split()


@given(TEXTS, ANY_LIMITS)
def test_both_segmentations_say_the_same(text, limits):
    native, plain = one.segment(text, limits=limits), fallback.segment(text, limits=limits)
    names = ("text", "encoding", "units", "parts", "remaining", "over_by", "extensions", "culprits", "limits")
    assert [getattr(native, name) for name in names] == [getattr(plain, name) for name in names]
    assert repr(native) == repr(plain)


@given(TEXTS, ANY_LIMITS)
def test_parts_join_back_and_none_is_too_long(text, limits):
    found = one.segment(text, limits=limits)
    single, part = limits.of(found.encoding)
    assert "".join(piece.text for piece in found.split()) == text
    assert sum(piece.units for piece in found.split()) == found.units
    assert len(found.split()) == found.parts
    assert all(piece.units <= (part if found.parts > 1 else single) for piece in found.split())


@given(TEXTS)
def test_remaining_fits_and_one_more_does_not(text):
    found = one.segment(text)
    filler = "a" if found.encoding == "gsm" else "ç"
    if found.parts == 1:
        assert one.segment(text + filler * found.remaining).parts == 1
    elif found.parts > 1:
        assert one.segment(text + filler * found.remaining).parts == found.parts
        assert one.segment(text + filler * (found.remaining + 1)).parts == found.parts + 1


@given(st.text("a", min_size=161, max_size=900))
def test_cutting_over_by_saves_a_part(text):
    found = one.segment(text)
    assert one.segment(text[: -found.over_by]).parts == found.parts - 1
    assert one.segment(text[: len(text) - found.over_by + 1]).parts == found.parts


@IMPLEMENTATIONS
def test_forced_gsm(core):
    with pytest.raises(NotGsmError, match=r"U\+00E7 LATIN SMALL LETTER C WITH CEDILLA") as caught:
        core.segment("garçon", encoding="gsm")
    assert [culprit.position for culprit in caught.value.culprits] == [3]
    with pytest.raises(NotGsmError):
        core.count_parts("garçon", encoding="gsm")
    assert core.segment("garçon 😀", encoding="gsm", errors="replace").text == "gar?on ?"
    assert core.segment("a", encoding="unicode").remaining == 69
    assert core.segment("a", encoding="unicode").culprits == ()


@IMPLEMENTATIONS
@pytest.mark.parametrize(
    "call",
    [
        lambda core: core.segment("a", encoding="utf-8"),
        lambda core: core.segment("ç", encoding="gsm", errors="ignore"),
        lambda core: core.segment("a", limits=Limits(160, 161, 70, 67)),
        lambda core: core.segment("a", limits=Limits(160, 153, 70, 1)),
    ],
)
def test_unknown_options_are_refused(core, call):
    with pytest.raises(InputError):
        call(core)


@IMPLEMENTATIONS
@pytest.mark.parametrize("value", [None, 5, b"bytes", ["a"]])
def test_only_a_str_is_a_text(core, value):
    for function in (core.segment, core.count_parts, core.is_gsm):
        with pytest.raises(TypeError):
            function(value)


@IMPLEMENTATIONS
def test_a_subclass_of_str_is_what_it_holds(core):
    class Markup(str):
        __slots__ = ()

        def __str__(self):
            return "something else"

    for text in (Markup("ça [€"), np.str_("ça [€")):
        found = core.segment(text)
        assert (found.text, type(found.text), found.units) == ("ça [€", str, 5)
        assert core.count_parts(text) == 1
        assert not core.is_gsm(text)


@IMPLEMENTATIONS
def test_a_segmentation_is_a_value(core):
    import pickle

    found = core.segment("ça [", limits=Limits.with_header(7))
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert hash(again) == hash(found)
    assert found != core.segment("ça [")
    with pytest.raises(AttributeError):
        found.text = "b"
    with pytest.raises(TypeError, match="segment"):
        type(found)()


@COLUMNS
def test_missing_stays_missing(core):
    class NAType:
        """What pandas calls its missing value."""

    counts = core.count_objects(["a", None, float("nan"), NAType(), ""])
    assert list(counts.is_missing) == [0, 1, 1, 1, 0]
    assert list(core.count_arrow(pa.array(["a", None])).is_missing) == [0, 1]
    assert list(core.count_arrow(pa.nulls(2)).is_missing) == [1, 1]
    assert list(core.count_arrow(pa.array(["a", None]).dictionary_encode()).is_missing) == [0, 1]
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    assert list(core.count_arrow(words).is_missing) == [0, 1, 1]


@COLUMNS
@pytest.mark.parametrize("cell", [5, 1.5, b"bytes", ["a"], True])
def test_a_cell_that_is_no_text_is_named(core, cell):
    with pytest.raises(InputError, match="row 1 holds") as caught:
        core.count_objects(["a", cell])
    assert (caught.value.row, caught.value.value) == (1, cell)


@COLUMNS
def test_columns_without_texts_are_refused_by_name(core):
    with pytest.raises(InputError, match="run-end"):
        core.count_arrow(pa.RunEndEncodedArray.from_arrays([1], ["a"]))
    for values in ([1], [b"a"], [["a"]], [True]):
        with pytest.raises(InputError, match="cast it to string first"):
            core.count_arrow(pa.array(values))
    for values in (np.array([1, 2]), np.array([["a"]], dtype=object)):
        with pytest.raises(InputError, match="holds no texts"):
            core.count_objects(values)


def utf8(offsets, data, width="i"):
    """Build a text column of these offsets; pyarrow looks at them only while it is made."""
    memory = np.zeros(len(offsets), dtype=width)
    buffers = [None, pa.py_buffer(memory), pa.py_buffer(data)]
    kind = pa.string() if width == "i" else pa.large_string()
    column = pa.Array.from_buffers(kind, len(offsets) - 1, buffers)
    memory[:] = offsets
    return column


@COLUMNS
@pytest.mark.parametrize("width", ["i", "q"])
@pytest.mark.parametrize(
    "offsets",
    [[0, 3, 1, 4], [-1, 2, 3, 4], [0, 9, 3, 4], [0, 1, 2, -5]],
    ids=["decreasing", "negative", "past", "end"],
)
def test_damaged_offsets_raise(core, offsets, width):
    with pytest.raises(InputError, match="damaged"):
        core.count_arrow(utf8(offsets, b"abcd", width))


@COLUMNS
@pytest.mark.parametrize(
    "data", b"\xff \xc3 \xc0\x80 \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82 \xf0\x80\x80\x80 a\x80".split()
)
def test_bytes_that_are_not_utf8_raise_with_their_row(core, data):
    damaged = utf8([0, 1, 1 + len(data)], b"a" + data)
    with pytest.raises(InputError, match=r"UTF-?8"):
        core.count_arrow(damaged)


@IMPLEMENTATIONS
def test_limits_may_be_larger_than_any_text(core):
    limits = Limits(2**70, 2**63, 2**64, 2)
    found = core.segment("a" * 500, limits=limits)
    assert (found.parts, found.limits, found.remaining) == (1, limits, 2**70 - 500)
    assert core.count_parts("ç" * 500, limits=limits) == 1
    with pytest.raises(InputError, match="limits need"):
        core.count_parts("a", limits=Limits(2**63, 2**70, 70, 67))


def test_a_dictionary_index_outside_raises():
    words = pa.DictionaryArray.from_arrays(pa.array([0, 7], pa.int8()), pa.array(["a"]), safe=False)
    with pytest.raises(InputError, match="row 1 points outside the dictionary"):
        many.count_arrow(words)


KINDS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")


@COLUMNS
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_index_is_read(core, kind):
    entries = ["", "é" * 200, None, "ж", "[€"]
    indices = [None if row % 7 == 3 else row % 5 for row in range(1_300)]
    words = pa.DictionaryArray.from_arrays(pa.array(indices, kind), pa.array(entries))
    want = core.count_arrow(words.cast(pa.string()))
    for skipped in (0, 3):
        found = core.count_arrow(words.slice(skipped))
        for name in ("is_missing", "is_gsm", "units", "parts", "last", "extensions"):
            width = 1 if name.startswith("is_") else 4
            assert bytes(getattr(found, name)) == bytes(getattr(want, name))[skipped * width :], name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("row", [0, 600])
@pytest.mark.parametrize("where", ["one past the end", "far"])
def test_only_an_index_that_is_there_may_be_outside(kind, row, where):
    memory = np.zeros(700, kind)
    index = pa.Array.from_buffers(pa.from_numpy_dtype(kind), 700, [None, pa.py_buffer(memory)])
    words = pa.DictionaryArray.from_arrays(index, pa.array(["ab"]))
    far = -1 if kind.startswith("i") else np.iinfo(kind).max
    memory[row] = far if where == "far" else len(words.dictionary)
    with pytest.raises(InputError, match=f"row {row} points outside"):
        many.count_arrow(words)
    bits = np.full(88, 0xFF, "u1")
    bits[row // 8] ^= 1 << row % 8
    index = pa.Array.from_buffers(index.type, 700, [pa.py_buffer(bits), pa.py_buffer(memory)])
    found = many.count_arrow(pa.DictionaryArray.from_arrays(index, pa.array(["ab"])))
    assert np.flatnonzero(found.is_missing).tolist() == [row]
    assert np.frombuffer(found.units, "i4").sum() == 2 * 699


def test_a_dictionary_without_entries_has_only_missing_rows():
    words = pa.DictionaryArray.from_arrays(pa.array([None, None], pa.int8()), pa.array([], pa.string()))
    assert list(many.count_arrow(words).is_missing) == [1, 1]


def test_a_view_outside_its_buffer_raises():
    view = np.array([[40, 0, 0, 990]], dtype="i4").tobytes()
    column = pa.Array.from_buffers(pa.string_view(), 1, [None, pa.py_buffer(view), pa.py_buffer(b"x" * 100)])
    with pytest.raises(InputError, match="row 0 has offsets outside"):
        many.count_arrow(column)


def test_a_failing_stream_says_why():
    def batches():
        yield pa.record_batch({"a": ["x"]})["a"]

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        many.count_arrow(Stream())
    assert list(many.count_arrow(pa.chunked_array(list(batches()))).is_missing) == [0]


@pytest.mark.slice
def test_a_text_of_a_gigabyte():
    text = "a" * (1 << 30)
    found = one.segment(text)
    assert (found.units, found.parts) == (1 << 30, -(-(1 << 30) // 153))
    counts = many.count_arrow(pa.array([text], pa.large_string()))
    assert columns(counts)["units"] == [1 << 30]
