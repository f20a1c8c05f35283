"""Columns of every layout, damaged in every way there is, in memory that nothing may be read beyond.

A column is described by its buffers, changed there, and made by pyarrow, or given through the C data
interface by structures of its own, of which no size is known: what can break there is what can be seen.
"""

import ctypes
import struct
from dataclasses import dataclass, field
from itertools import accumulate

import pyarrow as pa
from pages import Guarded

from callr_segment.campaign.columns.capsules import ArrowArray, ArrowStream

INDICES = {"b": pa.int8(), "B": pa.uint8(), "h": pa.int16(), "H": pa.uint16()}
INDICES |= {"i": pa.int32(), "I": pa.uint32(), "q": pa.int64(), "Q": pa.uint64()}
TEXTS = {"string": pa.string(), "large_string": pa.large_string(), "string_view": pa.string_view()}
LAYOUTS = (*TEXTS, *(f"dictionary {code} {text}" for code in INDICES for text in TEXTS), "null", "int64")
HUGE = (-1, -2, -(1 << 31), 1 << 20, (1 << 31) - 1, 7, 100)
_PAGES = [Guarded(1 << 12) for _ in range(40)]


@dataclass
class Described:
    """A column as its buffers; ``width`` is the letter of what the second holds."""

    kind: pa.DataType
    length: int
    buffers: list
    width: str = ""
    offset: int = 0
    null_count: int = -1
    dictionary: object = None
    done: list = field(default_factory=list)


def bitmap(present):
    return sum(1 << at for at, each in enumerate(present) if each).to_bytes(len(present) // 8 + 1, "little")


def described(layout, cells):
    """Describe a sound column of a layout."""
    bits = bitmap([cell is not None for cell in cells]) if None in cells else None
    encoded = [(cell or "").encode() for cell in cells]
    if layout.startswith("dictionary"):
        _, code, text = layout.split()
        words = sorted({cell for cell in cells if cell is not None})
        indices = struct.pack(f"={len(cells)}{code}", *(words.index(cell) if cell else 0 for cell in cells))
        kind = pa.dictionary(INDICES[code], TEXTS[text])
        return Described(kind, len(cells), [bits, indices], code, dictionary=described(text, words or ["x"]))
    if layout == "null":
        return Described(pa.null(), len(cells), [None])
    if layout == "int64":
        return Described(
            pa.int64(), len(cells), [bits, struct.pack(f"={len(cells)}q", *range(len(cells)))], "q"
        )
    if layout == "string_view":
        data = b"".join(text for text in encoded if len(text) > 12)
        return Described(TEXTS[layout], len(cells), [bits, packed_views(encoded), data], "v")
    code = "i" if layout == "string" else "q"
    ends = struct.pack(f"={len(cells) + 1}{code}", *accumulate(map(len, encoded), initial=0))
    return Described(TEXTS[layout], len(cells), [bits, ends, b"".join(encoded)], code)


def packed_views(texts):
    """Pack the views of texts, the longer of which lie end to end in the first buffer."""
    packed, at = b"", 0
    for text in texts:
        if len(text) <= 12:
            packed += struct.pack("<i12s", len(text), text)
        else:
            packed += struct.pack("<i4sii", len(text), text[:4], 0, at)
            at += len(text)
    return packed


def write_integer(column, chance, *, last=True):
    """Change an offset, an index, or a number of a view."""
    if not column.width or not column.buffers[1]:
        return
    code = "i" if column.width == "v" else column.width
    size = struct.calcsize(f"={code}")
    cells = len(column.buffers[1]) // size - (not last)
    if cells < 1:
        return
    at = chance.randrange(cells)
    value = chance.choice([*HUGE, chance.randrange(-5, 60)]) & ((1 << 8 * size) - 1)
    body = bytearray(column.buffers[1])
    body[at * size : at * size + size] = value.to_bytes(size, "little")
    column.buffers[1] = bytes(body)
    column.done.append(f"integer {at} is {value:#x}")


def write_byte(column, chance):
    """Change a byte of a text, or of the bitmap."""
    at = chance.choice([0, -1])
    body = column.buffers[at]
    if body and column.kind != pa.int64() and column.dictionary is None:
        place = chance.randrange(len(body))
        column.buffers[at] = (
            body[:place] + chance.choice([b"\xff", b"\xc3", b"\0", b"\x80"]) + body[place + 1 :]
        )
        column.done.append(f"byte {place} of buffer {at} changed")


def drop_buffer(column, chance):
    at = chance.randrange(len(column.buffers))
    column.buffers[at] = None
    column.done.append(f"buffer {at} is not there")


def cut_buffer(column, chance):
    at = chance.randrange(len(column.buffers))
    body = column.buffers[at]
    if body:
        column.buffers[at] = body[: chance.randrange(len(body))]
        column.done.append(f"buffer {at} is cut to {len(column.buffers[at])}")


def change_length(column, chance):
    column.length = chance.choice([-1, 1 << 62, (1 << 63) - 1, -(1 << 63)])
    column.done.append(f"length {column.length}")


def lengthen(column, chance):
    column.length, column.offset = (
        chance.choice([column.length + 1, column.length * 9]),
        chance.choice([0, 1, 3]),
    )
    column.done.append(f"length {column.length}, offset {column.offset}")


def change_offset(column, chance):
    column.offset = chance.choice([-1, (1 << 63) - 1, -(1 << 63)])
    column.done.append(f"offset {column.offset}")


def change_nulls(column, chance):
    column.null_count = chance.choice([0, 1, column.length, column.length + 1, -2, -(1 << 63), 1 << 40])
    column.done.append(f"null count {column.null_count}")


def shorten(column, chance):
    """Leave off rows at either end, which is no damage."""
    column.offset = chance.randrange(max(column.length, 0) // 2 + 1)
    column.length -= column.offset + chance.randrange(2)
    column.done.append(f"rows {column.offset} on, {column.length} of them")


def write_inner_integer(column, chance):
    write_integer(column, chance, last=False)


SEEN = (
    write_inner_integer,
    write_inner_integer,
    write_byte,
    change_nulls,
    drop_buffer,
    change_length,
    change_offset,
)
"""Damage that shows in a structure of the C data interface, which does not tell the sizes of buffers."""

SIZED = (*SEEN, write_integer, write_integer, shorten, cut_buffer, lengthen)
"""Damage that shows where they are known."""


def damage(column, chance, ways):
    """Damage a column, or its dictionary, once or a few times."""
    for _ in range(chance.choice([0, 1, 1, 1, 1, 2, 3])):
        if column.dictionary is not None and chance.random() < 0.3:
            chance.choice(ways)(column.dictionary, chance)
            column.done.append(f"dictionary: {column.dictionary.done}")
        else:
            chance.choice(ways)(column, chance)


def made_by_pyarrow(column, chance):
    """Make a column, or None where pyarrow itself refuses to, or would not survive it."""
    if (column.width == "v" and not column.buffers[1]) or (column.offset < 0 and not column.dictionary):
        return None
    try:
        buffers = [None if body is None else guarded(body, chance) for body in column.buffers]
        if column.dictionary is None:
            return pa.Array.from_buffers(
                column.kind, column.length, buffers, column.null_count, column.offset
            )
        words = made_by_pyarrow(column.dictionary, chance)
        if words is None:
            return None
        return pa.DictionaryArray.from_buffers(
            column.kind, column.length, buffers, words, column.null_count, column.offset
        )
    except (pa.ArrowException, ValueError, OverflowError):
        return None


def guarded(body, chance):
    """Put bytes where those behind them, or before them, cannot be read."""
    page = _PAGES.pop(0)
    _PAGES.append(page)
    return pa.foreign_buffer((page.at_end if chance.random() < 0.9 else page.at_start)(body), len(body))


@ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowArray))
def _released(array):
    array[0].release = type(array[0].release)()


@ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowStream))
def _stream_released(stream):
    stream[0].release = type(stream[0].release)()


def given(column, chance, kept, *, is_whole=True):
    """Make the structure of a column, whole or not; what it points into is kept."""
    array = ArrowArray()
    bodies = list(column.buffers) if column.kind != pa.null() else []
    if column.width == "v":
        sizes = [len(body or b"") if is_whole or chance.random() < 0.95 else -1 for body in bodies[2:]]
        bodies.append(struct.pack(f"={len(sizes)}q", *sizes))
    buffers = [None if body is None else guarded(body, chance) for body in bodies]
    pointers = (ctypes.c_void_p * max(len(buffers), 1))(
        *(None if each is None else each.address for each in buffers)
    )
    array.length, array.offset, array.null_count = column.length, column.offset, column.null_count
    array.n_buffers, array.buffers = len(buffers), ctypes.cast(pointers, ctypes.POINTER(ctypes.c_void_p))
    array.release = _released
    kept += [array, pointers, buffers]
    if column.dictionary is not None and (is_whole or chance.random() < 0.97):
        array.dictionary = ctypes.pointer(given(column.dictionary, chance, kept, is_whole=is_whole))
    if not is_whole and chance.random() < 0.1:
        break_structure(array, chance)
    return array


def break_structure(array, chance):
    """Change what says how the structure is to be read."""
    which = chance.randrange(4)
    if which == 0:
        array.n_buffers = chance.choice([-1, 0, 1])
    elif which == 1:
        array.n_children = chance.choice([-1, 1, 1 << 40])
    elif which == 2:
        array.buffers = ctypes.POINTER(ctypes.c_void_p)()
    else:
        array.release = type(array.release)()


_wrap = ctypes.pythonapi.PyCapsule_New
_wrap.restype, _wrap.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)


class Column:
    """A column as other libraries give it: as one array."""

    def __init__(self, column, chance):
        self.kind, self.kept = column.kind, []
        self.array = given(column, chance, self.kept, is_whole=False)

    def __iter__(self):
        return iter([])

    def __arrow_c_array__(self, requested_schema=None):
        schema = pa.field("", self.kind).__arrow_c_schema__()
        return schema, _wrap(ctypes.addressof(self.array), b"arrow_array", None)


class Stream:
    """Arrays one by one; ``failing`` has the first not come, with a reason that is no text."""

    def __init__(self, schema, arrays, *, kept=None, failing=False):
        self.schema, self.arrays, self.kept, self.failing = schema, arrays, kept, failing
        self.reason = ctypes.create_string_buffer(b"d\xe9faut")
        self.calls = ArrowStream()
        kinds = dict(ArrowStream._fields_)
        self.calls.get_schema = kinds["get_schema"](self.get_schema)
        self.calls.get_next = kinds["get_next"](self.get_next)
        self.calls.get_last_error = kinds["get_last_error"](lambda _: ctypes.addressof(self.reason))
        self.calls.release = _stream_released

    def __iter__(self):
        return iter([])

    def get_schema(self, _, out):
        self.schema._export_to_c(ctypes.addressof(out[0]))
        return 0

    def get_next(self, _, out):
        if self.failing:
            return 5
        source = self.arrays.pop(0) if self.arrays else ArrowArray()
        ctypes.memmove(ctypes.addressof(out[0]), ctypes.addressof(source), ctypes.sizeof(ArrowArray))
        return 0

    def __arrow_c_stream__(self, requested_schema=None):
        return _wrap(ctypes.addressof(self.calls), b"arrow_array_stream", None)


class Rows(Stream):
    """A frame of another library."""

    def __init__(self, columns, rows, chance, damaged):
        self.columns = tuple(columns)
        self.kept = []
        self.children = [
            given(each, chance, self.kept, is_whole=name != damaged) for name, each in columns.items()
        ]
        pointers = (ctypes.POINTER(ArrowArray) * len(columns))(*map(ctypes.pointer, self.children))
        whole = ArrowArray()
        whole.length, whole.n_children, whole.n_buffers = rows, len(columns), 1
        whole.children = ctypes.cast(pointers, ctypes.POINTER(ctypes.POINTER(ArrowArray)))
        whole.buffers = ctypes.cast((ctypes.c_void_p * 1)(None), ctypes.POINTER(ctypes.c_void_p))
        whole.release = _released
        self.kept += [whole, pointers]
        fields = [pa.field(name, each.kind) for name, each in columns.items()]
        super().__init__(pa.schema(fields), [whole], kept=self.kept)
