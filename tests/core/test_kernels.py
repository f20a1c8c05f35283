"""Every level of the kernels equals the oracle and stays inside its buffers; threads change nothing."""

import os
import random
import subprocess
import sys
from array import array
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from corpus import boundary_texts, edge_texts, expected
from hypothesis import given
from hypothesis import strategies as st
from pages import Guarded

from callr_segment._core import pure
from callr_segment._core.fallback import columns as fallback
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.errors import InputError

kernels = pytest.importorskip("callr_segment._core.simd", reason="the native core is not built")
many = pytest.importorskip("callr_segment._core.text_columns", reason="the native core is not built")
one = pytest.importorskip("callr_segment._core.text_one", reason="the native core is not built")

pytestmark = pytest.mark.once

PIECES = ("a", "é", "[", "€", "Δ", "ç", "ÿ", "中", "\u20ad", "😀", "\x1b", "x" * 61)
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=90).map("".join)
ANY_LIMITS = st.sampled_from(
    [LIMITS, Limits.with_header(7), Limits(9, 5, 7, 2), Limits(2**40, 2**30, 2**22, 3)]
)


@pytest.fixture(params=kernels.AVAILABLE)
def level(request):
    """Count with each level in turn."""
    before = kernels.level()
    kernels.use(request.param)
    yield request.param
    kernels.use(before)


def columns(counts):
    """Read the buffers of a Counts as lists."""
    numbers = ("units", "parts", "last", "extensions")
    flags = {"is_gsm": [bool(flag) for flag in counts.is_gsm]}
    return flags | {name: array("i", bytes(getattr(counts, name))).tolist() for name in numbers}


def test_the_level_is_the_best_unless_one_is_forced():
    wanted = os.environ.get("CALLR_SEGMENT_SIMD") or kernels.AVAILABLE[-1]
    assert (kernels.level(), kernels.AVAILABLE[0]) == (wanted, "scalar")


def run(level):
    """Import the package with a level forced."""
    program = "from callr_segment import _core; print(_core.SIMD, _core.IMPLEMENTATION)"
    environment = os.environ | {"CALLR_SEGMENT_SIMD": level, "CALLR_SEGMENT_IMPLEMENTATION": "native"}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_variable_forces_the_level(level):
    assert run(level).stdout.split() == [level, "native"]


def test_a_level_that_is_not_there_says_so():
    assert "choose from scalar" in run("avx1024").stderr
    with pytest.raises(InputError, match="'avx1024' on this processor"):
        kernels.use("avx1024")


@cache
def every_code_point():
    """A text around each code point, and the oracle's answers."""
    texts = [f"{'a[' * (point % 40)}{chr(point)}b" for point in range(sys.maxunicode + 1)]
    return texts, expected(texts)


@pytest.mark.slice
def test_every_code_point(level):
    texts, want = every_code_point()
    assert columns(many.count_objects(texts)) == want
    scalars = [point for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF]
    want = {name: [column[point] for point in scalars] for name, column in want.items()}
    plain = pa.array([texts[point] for point in scalars])
    assert columns(many.count_arrow(plain)) == want
    assert columns(many.count_arrow(plain.cast(pa.string_view()))) == want


@pytest.mark.parametrize("seed", range(4))
def test_boundary_heavy_texts(level, seed):
    texts = boundary_texts(5_000, seed=seed, surrogates=False)
    want = expected(texts)
    assert columns(many.count_objects(texts)) == want
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        assert columns(many.count_arrow(pa.array(texts, kind))) == want


@pytest.mark.parametrize("odd", ["", "ж", "€", "é", "😀"])
def test_long_plain_stretches(level, odd):
    """Digits fill whole tiles; a text that holds something else reaches from a tile into the next."""
    rng = random.Random(odd)
    texts = ["7" * rng.choice((rng.randrange(30), rng.randrange(400))) for _ in range(3_000)]
    for row in range(350, 3_000, 700):
        texts[row] = odd * rng.randrange(1, 3) + texts[row] + "7" * 9_000 * (row % 2)
    want = expected(texts)
    for kind in (pa.string(), pa.large_string()):
        assert columns(many.count_arrow(pa.array(texts, kind))) == want


@pytest.mark.parametrize("row", [0, 7, 300, 4_095, 4_999])
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
def test_a_damaged_row_among_plain_ones_is_named(level, kind, row):
    offsets = np.arange(0, 50_010, 10, dtype="i4" if kind == pa.string() else "i8")
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"7" * 50_000)]
    column = pa.Array.from_buffers(kind, 5_000, buffers)
    offsets[row] += 17
    with pytest.raises(InputError, match=f"row {row} has offsets outside"):
        many.count_arrow(column)


@pytest.mark.parametrize("size", [10, 5_000])
@pytest.mark.parametrize("place", range(4_090, 4_098))
@pytest.mark.parametrize("cut", [b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\x82"])
def test_a_character_cut_off_among_plain_ones_is_named(level, size, place, cut):
    """Wherever it stands beside the border of two tiles, of which the second is plain."""
    data = b"7" * place + cut + b"7" * (10_000 - place - len(cut))
    offsets = np.arange(0, 10_001, size, dtype="i4")
    column = pa.Array.from_buffers(
        pa.string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
    with pytest.raises(InputError, match=f"row {place // size} is not valid UTF-8"):
        many.count_arrow(column)


@pytest.mark.parametrize("end", [63, 127, 191, 255, 4095 + 64])
@pytest.mark.parametrize("cut", [b"\xc3", b"\xe2", b"\xe2\x82", b"\xf0", b"\xf0\x9f", b"\xf0\x9f\x98"])
@pytest.mark.parametrize("behind", [1, 2, 3])
def test_a_character_that_is_cut_off_at_the_end_of_a_block_is_found_in_a_plain_text(level, end, cut, behind):
    """Its last byte is one of the last of the block; what follows shows nothing by itself."""
    before = b"7" * (end + 2 - behind - len(cut))
    with pytest.raises(InputError, match="row 1 is not valid UTF-8"):
        many.count_arrow(utf8([b"", before + cut + b"7" * 700, b"7" * 9_000]))
    assert columns(many.count_arrow(utf8([b"", before + b"7" * 700])))["units"] == [0, len(before) + 700]


@pytest.mark.parametrize(
    "units", [2**20 - 1, 2**20, 2**20 + 1, 153 * 2**13, 11_066_949, 2**24 - 1, 2**24 + 1]
)
def test_parts_of_texts_too_long_for_single_precision(level, units):
    counts = columns(many.count_arrow(pa.array(["a" * units, "[" + "a" * (units - 2)])))
    assert counts["units"] == [units, units]
    assert counts["parts"] == [-(-units // 153)] * 2
    assert counts["last"] == [units - (-(-units // 153) - 1) * 153] * 2


def test_every_length_and_position_around_the_edges(level):
    texts = list(edge_texts())
    assert columns(many.count_arrow(pa.array(texts))) == expected(texts)


@given(
    st.lists(TEXTS | st.none(), max_size=40),
    st.integers(0, 5),
    ANY_LIMITS,
    st.sampled_from([None, "gsm", "unicode"]),
)
def test_any_column_under_any_limits(texts, skipped, limits, encoding):
    texts = texts[skipped:]
    want = expected([text or "" for text in texts], encoding, limits)
    missing = [text is None for text in texts]
    want["is_gsm"] = [gsm and not gone for gsm, gone in zip(want["is_gsm"], missing, strict=True)]
    before = kernels.level()
    try:
        for kernels_level in kernels.AVAILABLE:
            kernels.use(kernels_level)
            assert columns(many.count_objects(texts, encoding=encoding, limits=limits)) == want
            for kind in (pa.string(), pa.large_string(), pa.string_view()):
                column = pa.array(["ç😀"] * skipped + texts, kind)[skipped:]
                counts = many.count_arrow(column, encoding=encoding, limits=limits)
                assert columns(counts) == want
                assert [bool(flag) for flag in counts.is_missing] == missing
    finally:
        kernels.use(before)


@cache
def filler(size):
    """A text of exactly so many bytes, of every width and class, and the oracle's answers to it."""
    rng = random.Random(size)
    text = "".join(rng.choices(PIECES[:-1], (40, 4, 2, 2, 2, 1, 1, 1, 1, 1, 1), k=size))
    text = text.encode()[:size].decode(errors="ignore")
    text += "a" * (size - len(text.encode()))
    return text.encode(), expected(["a" * (size % 3), text])


def guarded_column(memory, size, alignment, kind, place):
    """Two texts end to end, the second at an odd place, where nothing beside them can be read."""
    text, want = filler(size)
    first = b"a" * alignment
    data = place(memory[0], first + text)
    width = "i4" if kind == pa.string() else "i8"
    offsets = np.array([0, alignment, alignment + size], width).tobytes()
    buffers = [
        None,
        pa.foreign_buffer(place(memory[1], offsets), len(offsets)),
        pa.foreign_buffer(data, alignment + size),
    ]
    return pa.Array.from_buffers(kind, 2, buffers), expected([first.decode()]), want


def check_guarded(sizes, alignments):
    memory = Guarded(8192), Guarded(64)
    for place in (Guarded.at_start, Guarded.at_end):
        for size in sizes:
            for alignment in alignments:
                kind = pa.large_string() if alignment & 1 else pa.string()
                column, first, want = guarded_column(memory, size, alignment, kind, place)
                found = columns(many.count_arrow(column))
                assert {name: cells[1:] for name, cells in found.items()} == {
                    name: cells[1:] for name, cells in want.items()
                }
                assert {name: cells[:1] for name, cells in found.items()} == first


def test_nothing_outside_the_buffers_is_read(level):
    check_guarded([*range(0, 140, 3), 511, 512, 513, 575, 576, 577, 4031, 4032, 4033, 4095, 4096], (0, 1, 63))


@pytest.mark.slice
def test_nothing_outside_the_buffers_is_read_at_any_length_and_alignment(level):
    check_guarded(range(4097), range(64))


def guarded_views(memory, size, place):
    """One text in a buffer of its own, found through a view."""
    text, want = filler(size)
    address = place(memory[0], text)
    view = np.zeros(1, [("size", "i4"), ("head", "S12")])
    view["size"], view["head"] = size, text[:12] if size <= 12 else text[:4]
    if size > 12:
        view.view("i4")[2:] = 0
    buffers = [
        None,
        pa.foreign_buffer(place(memory[1], view.tobytes()), 16),
        pa.foreign_buffer(address, size),
    ]
    return pa.Array.from_buffers(pa.string_view(), 1, buffers), want


@pytest.mark.parametrize("place", [Guarded.at_start, Guarded.at_end])
def test_nothing_outside_a_single_text_is_read(level, place):
    memory = Guarded(4096), Guarded(64)
    for size in range(600):
        column, want = guarded_views(memory, size, place)
        assert columns(many.count_arrow(column)) == {name: cells[1:] for name, cells in want.items()}


def utf8(pieces, *, missing=()):
    """A column of these bytes, valid or not."""
    offsets = np.cumsum([0, *map(len, pieces)]).astype("i4")
    valid = np.packbits([row not in missing for row in range(len(pieces))], bitorder="little")
    buffers = [pa.py_buffer(valid.tobytes()), pa.py_buffer(offsets), pa.py_buffer(b"".join(pieces))]
    return pa.Array.from_buffers(pa.string(), len(pieces), buffers)


BROKEN = [b"\xff", b"\xc3", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xf0\x8f\xbf\xbf"]
BROKEN += [b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\xf0\x9f\x98", b"a\x80", b"\xc3\xa9\xa9"]


@pytest.mark.parametrize("broken", BROKEN)
def test_damaged_utf8_is_found_wherever_it_stands(level, broken):
    for before in (*range(70), 4080, 4093, 4096):
        texts = [b"a" * (before // 2), b"\xc3\xa9" * 3, b"b" * (before - before // 2), broken, b"c" * 90]
        with pytest.raises(InputError, match="row 3 is not valid UTF-8"):
            many.count_arrow(utf8(texts))
        assert columns(many.count_arrow(utf8(texts, missing=[3])))["units"] == [
            *(len(text.decode()) for text in texts[:3]), 0, 90
        ]  # fmt: skip


@pytest.mark.parametrize("text", ["é", "€", "😀"])
def test_a_character_cut_between_two_texts_is_found(level, text):
    data = text.encode()
    for cut in range(1, len(data)):
        for before in range(130):
            for first in (b"", b"x" * 64):
                with pytest.raises(InputError, match="row 1 is not valid UTF-8"):
                    many.count_arrow(utf8([b"a" * before, first + data[:cut], data[cut:] + b"b"]))


@pytest.mark.slice
def test_exactly_the_bytes_that_python_decodes_are_utf8(level):
    rng = random.Random(7)
    leads = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED]
    leads += [0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF]
    for _ in range(100_000):
        data = (
            b"a" * rng.randrange(70) + bytes(rng.choices(leads, k=rng.randrange(5))) + b"b" * rng.randrange(4)
        )
        try:
            want = expected([data.decode()])
        except UnicodeDecodeError:
            with pytest.raises(InputError):
                many.count_arrow(utf8([data]))
        else:
            assert columns(many.count_arrow(utf8([data]))) == want


def test_details_are_made_when_asked_for_and_outlive_the_source(level):
    texts = boundary_texts(3_000, surrogates=False)
    want = expected(texts)
    source = pa.chunked_array(
        [pa.array(texts[:1000]), pa.array(texts[1000:]).dictionary_encode().cast(pa.string())]
    )
    counts = many.count_arrow(source)
    del source
    assert columns(counts) == want
    assert counts.last.obj is counts.last.obj  # made once


@pytest.mark.parametrize("threads", [1, 2, 3, None])
def test_threads_change_nothing(threads):
    texts = boundary_texts(2_000, surrogates=False) * 25
    want = expected(texts[:2_000])
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        column = pa.chunked_array([pa.array(texts[:777], kind), pa.array(texts[777:], kind)])
        found = columns(many.count_arrow(column, threads=threads))
        assert found == {name: cells * 25 for name, cells in want.items()}


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_first_damaged_row_is_named_whatever_the_threads(threads):
    texts = [b"a" * 150] * 60_000
    texts[31_000] = texts[59_000] = b"\xff"
    with pytest.raises(InputError, match="row 31000 is not valid UTF-8") as caught:
        many.count_arrow(utf8(texts), threads=threads)
    assert caught.value.row == 31_000


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2"])
def test_a_number_of_threads_that_is_none_is_refused(threads):
    for count_arrow in (many.count_arrow, fallback.count_arrow):
        with pytest.raises(InputError, match="threads must be at least 1"):
            count_arrow(pa.array(["a"]), threads=threads)


def test_columns_counted_at_once_by_threads_of_the_caller():
    from concurrent.futures import ThreadPoolExecutor

    texts = boundary_texts(2_000, surrogates=False)
    want = expected(texts)
    column = pa.array(texts)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: columns(many.count_arrow(column)), range(40)):
            assert found == want


@pytest.mark.slice
def test_a_text_beyond_the_reach_of_the_bulk_kernel():
    text = "[" * ((1 << 30) - 2) + "aé"
    counts = many.count_arrow(pa.array(["a", text, "b"], pa.large_string()))
    assert array("i", bytes(counts.units)).tolist() == [1, (1 << 31) - 2, 1]
    with pytest.raises(InputError, match="row 0 is longer than 2,147,483,647 units"):
        many.count_arrow(pa.array(["[" + text], pa.large_string()))


def test_a_single_text_at_every_level(level):
    for text in boundary_texts(3_000):
        count = pure.count(text)
        assert (one.count_parts(text), one.is_gsm(text)) == (count.parts, pure.is_gsm(text))
        found = one.segment(text)
        assert (found.units, found.parts, found.extensions) == (count.units, count.parts, count.extensions)
