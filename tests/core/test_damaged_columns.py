"""What a producer may get wrong in the structures of the Arrow C data interface is refused, in words."""

import ctypes
from array import array
from itertools import permutations

import pytest

from callr_segment.errors import InputError

many = pytest.importorskip("callr_segment._core.text_columns", reason="the native core is not built")
signatures = pytest.importorskip("callr_segment._core.signatures", reason="the native core is not built")
sums = pytest.importorskip("callr_segment._core.row_sums", reason="the native core is not built")
templates = pytest.importorskip("callr_segment._core.template_counts", reason="the native core is not built")
screens = pytest.importorskip("callr_segment._core.template_prefilter", reason="the native core is not built")

pytestmark = pytest.mark.once


TABLE = bytes(256)


class Schema(ctypes.Structure):
    """ArrowSchema."""


class Array(ctypes.Structure):
    """ArrowArray."""


class Stream(ctypes.Structure):
    """ArrowArrayStream."""


ReleaseSchema = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
ReleaseArray = ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))
Get = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
Last = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
Schema._fields_ = [
    ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64), ("children", ctypes.c_void_p),
    ("dictionary", ctypes.POINTER(Schema)), ("release", ReleaseSchema), ("private", ctypes.c_void_p),
]  # fmt: skip
Array._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)), ("children", ctypes.c_void_p),
    ("dictionary", ctypes.POINTER(Array)), ("release", ReleaseArray), ("private", ctypes.c_void_p),
]  # fmt: skip
Stream._fields_ = [
    ("get_schema", Get), ("get_next", Get), ("get_last_error", Last), ("release", Release),
    ("private", ctypes.c_void_p),
]  # fmt: skip

new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype, new_capsule.argtypes = (
    ctypes.py_object,
    [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p],
)


@ReleaseSchema
def release_schema(schema):
    schema.contents.release = ReleaseSchema()


@ReleaseArray
def release_array(released):
    released.contents.release = ReleaseArray()


class Column:
    """A column of our own making, whose parts are public, so that they can be damaged."""

    def __init__(self, form, length, buffers, *, offset=0, dictionary=None):
        self.kept = [None if each is None else bytes(each) for each in buffers]
        places = [None if each is None else ctypes.cast(each, ctypes.c_void_p) for each in self.kept]
        self.places = (ctypes.c_void_p * max(1, len(places)))(*places)
        self.schema = Schema(format=form, release=release_schema)
        self.array = Array(length, -1, offset, len(places), 0, self.places, release=release_array)
        self.dictionary = dictionary
        if dictionary is not None:
            self.schema.dictionary = ctypes.pointer(dictionary.schema)
            self.array.dictionary = ctypes.pointer(dictionary.array)

    def __len__(self):
        return self.array.length

    def __arrow_c_array__(self, requested_schema=None):
        return (
            new_capsule(ctypes.addressof(self.schema), b"arrow_schema", None),
            new_capsule(ctypes.addressof(self.array), b"arrow_array", None),
        )


def texts(*, form=b"U", offsets=(0, 1, 3), data=b"abc", length=2, offset=0):
    buffers = [None, array("q" if form == b"U" else "i", offsets), data]
    return Column(form, length, buffers, offset=offset)


def coded(form=b"i", indices=(0, 1, 0), **options):
    return Column(form, 3, [None, array("i", indices)], dictionary=texts(**options))


def viewed():
    view = (20).to_bytes(4, "little") + b"abcd" + bytes(8)
    return Column(b"vu", 1, [None, view, b"abcdefghijklmnopqrst", array("q", [20])])


def without(column, place):
    column.places[place] = None
    return column


def changed(column, **fields):
    for name, value in fields.items():
        setattr(column.array, name, value)
    return column


def test_what_is_sound_is_read():
    assert list(memoryview(many.count_arrow(texts()).units)) == [*array("i", [1, 2]).tobytes()]
    assert len(many.count_arrow(coded())) == 3
    assert array("i", bytes(many.count_arrow(viewed()).units)).tolist() == [20]


LONG = [2**62, 2**63 - 1, 2**60, -1, -(2**63)]


@pytest.mark.parametrize("size", LONG)
@pytest.mark.parametrize("make", [lambda: Column(b"n", 0, []), texts, coded, viewed])
@pytest.mark.parametrize("name", ["length", "offset"])
def test_sizes_that_no_memory_holds_are_refused(make, name, size):
    with pytest.raises(InputError, match=r"negative length|over 281,474,976,710,656 rows"):
        many.count_arrow(changed(make(), **{name: size}))


@pytest.mark.parametrize("size", LONG)
@pytest.mark.parametrize("name", ["length", "offset"])
def test_so_are_those_of_a_dictionary(name, size):
    column = coded()
    changed(column.dictionary, **{name: size})
    with pytest.raises(InputError, match=r"negative length|over 281,474,976,710,656 rows"):
        many.count_arrow(column)


@pytest.mark.parametrize(
    "read", [many.count_arrow, lambda each: signatures.read_signatures(each, bytes(256))]
)
def streamed(*columns):
    """A stream of columns, each moved out once."""
    left = list(columns)

    def get_schema(_, place):
        ctypes.memmove(place, ctypes.byref(columns[0].schema), ctypes.sizeof(Schema))
        return 0

    def get_next(_, place):
        following = left.pop(0).array if left else Array()
        ctypes.memmove(place, ctypes.byref(following), ctypes.sizeof(Array))
        return 0

    stream = Stream(Get(get_schema), Get(get_next), Last(lambda _: None), Release(lambda _: None))
    return Streamed(new_capsule(ctypes.addressof(stream), b"arrow_array_stream", None), stream, columns)


class Streamed:
    """What answers with a capsule, and keeps what it points to."""

    def __init__(self, capsule, *kept):
        self.capsule, self.kept = capsule, kept

    def __arrow_c_stream__(self, requested_schema=None):
        return self.capsule


def test_chunks_are_read_one_after_the_other():
    assert array("i", bytes(many.count_arrow(streamed(texts(), texts())).units)).tolist() == [1, 2, 1, 2]


@pytest.mark.parametrize("read", [many.count_arrow, lambda source: signatures.read_signatures(source, TABLE)])
def test_chunks_that_no_memory_holds_together_are_refused(read):
    with pytest.raises(InputError, match="over 281,474,976,710,656 rows"):
        read(streamed(*(Column(b"n", 2**47, []) for _ in range(3))))


@pytest.mark.parametrize(
    "column",
    [
        without(texts(), 1),
        without(texts(form=b"u"), 1),
        without(texts(), 2),
        without(coded(), 1),
        without(coded().dictionary, 1),
        without(viewed(), 1),
        without(viewed(), 2),
        without(viewed(), 3),
        changed(texts(), n_buffers=2),
        changed(texts(), n_buffers=0),
        changed(texts(), buffers=ctypes.POINTER(ctypes.c_void_p)()),
        changed(coded(), n_buffers=1),
        changed(coded(), buffers=ctypes.POINTER(ctypes.c_void_p)()),
        changed(coded(), dictionary=ctypes.POINTER(Array)()),
        changed(viewed(), n_buffers=2),
    ],
)
def test_memory_that_is_not_there_is_not_read(column):
    with pytest.raises(InputError, match="the Arrow data is damaged"):
        many.count_arrow(column)


@pytest.mark.parametrize("form", [b"tdD", b"g", b"b", b"n", b"u", b"ii", b"", b"\xff"])
def test_a_dictionary_is_indexed_by_integers(form):
    with pytest.raises(InputError, match="indexed by integers"):
        many.count_arrow(coded(form=form))


@pytest.mark.parametrize("form", [b"\xff\xfe", b"caf\xe9", b"z", b""])
def test_a_format_that_is_no_text_is_named(form):
    with pytest.raises(InputError, match="holds no texts; cast it to string first"):
        many.count_arrow(texts(form=form))


ODD = (0, 3, -1, -(2**63), 2**63 - 1, 4)
SEEN = [  # nothing but the last offset tells how long the data is
    offsets for offsets in permutations(ODD, 3) if not 0 <= offsets[0] <= offsets[2] > 4
]


@pytest.mark.parametrize("offsets", SEEN)
def test_offsets_may_be_anything(offsets):
    """Their differences wrap in 64 bits; of two rows that do not fit each other, either is named."""
    column = texts(offsets=offsets, data=b"abcd")
    if 0 <= offsets[0] <= offsets[1] <= offsets[2]:
        assert len(many.count_arrow(column)) == 2
    else:
        with pytest.raises(InputError, match=r"row [01] has offsets outside"):
            many.count_arrow(column)


@pytest.mark.parametrize("taken", ["array", "schema"])
def test_a_column_is_taken_once(taken):
    column = texts()
    if taken == "array":
        many.count_arrow(column)
    else:
        column.schema.release = ReleaseSchema()
    with pytest.raises(InputError, match="taken before; export it again"):
        many.count_arrow(column)


def test_a_stream_is_read_once():
    source = streamed(texts())
    assert len(many.count_arrow(source)) == 2
    source.kept[0].release = Release()
    with pytest.raises(InputError, match="read before; export it again"):
        many.count_arrow(source)


@pytest.mark.parametrize(
    ("said", "shown"),
    [(b"caf\xe9 closed", "caf\ufffd closed"), ("fermé".encode(), "fermé"), (None, "failed: 5")],
)
def test_what_a_stream_says_need_not_be_utf8(said, shown):
    kept = ctypes.create_string_buffer(said) if said is not None else None
    place = ctypes.addressof(kept) if kept is not None else None
    stream = Stream(Get(lambda *_: 5), Get(lambda *_: 5), Last(lambda _: place), Release(lambda _: None))
    capsule = new_capsule(ctypes.addressof(stream), b"arrow_array_stream", None)
    with pytest.raises(InputError, match=shown):
        many.count_arrow(Streamed(capsule, stream, kept))


@pytest.mark.parametrize(
    "column",
    [
        without(texts(), 1),
        changed(texts(), offset=2**62),
        changed(texts(), offset=-1),
        changed(texts(), n_buffers=2),
    ],
)
def test_a_template_is_filled_from_sound_columns(column):
    with pytest.raises(InputError, match="the Arrow data is damaged"):
        templates.count_template(["", ""], [column], prefilter=screens.Prefilter())


def test_columns_of_a_template_that_are_too_large_together_are_looked_at_row_by_row():
    columns = [*(texts(offsets=(0, 3, 2**63 - 1)) for _ in range(3)), texts(offsets=(0, 5, 3))]
    with pytest.raises(InputError, match="row 0 has offsets outside"):
        templates.count_template([""] * 5, columns, prefilter=screens.Prefilter())


@pytest.mark.parametrize("damage", [{"length": 3}, {"offset": -1}, {"offset": 2**62}])
def test_sums_are_of_sound_columns(damage):
    codes = [Column(b"c", 2, [None, bytes(2)]) for _ in range(3)]
    counts = [Column(b"i", 2, [None, bytes(8)]) for _ in range(2)]
    money = [Column(b"d:18,6", 2, [None, bytes(32)]) for _ in range(3)]
    columns = [*codes, *counts, *money, Column(b"l", 2, [None, bytes(16)])]
    assert sums.sum_rows(columns, error=1, gsm=1).messages == 2
    damaged = changed(Column(b"c", 2, [None, bytes(2)]), **damage)
    with pytest.raises(InputError):
        sums.sum_rows([damaged, *columns[1:]], error=1, gsm=1)
    with pytest.raises(InputError, match="2 are summed up"):
        sums.sum_rows([without(Column(b"c", 2, [None, bytes(2)]), 1), *columns[1:]], error=1, gsm=1)
