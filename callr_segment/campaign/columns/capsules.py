"""Columns and tables of other libraries, through the Arrow C data interface, checked before they are read.

pyarrow takes the structures of the interface at their word: a buffer that is not there is read all the same.
See https://arrow.apache.org/docs/format/CDataInterface.html for what they hold.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    addressof,
    byref,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_void_p,
    cast,
    py_object,
    pythonapi,
)
from typing import Any, TypeVar

import pyarrow as pa

from callr_segment.campaign.columns.validation import damaged
from callr_segment.errors import InputError

__all__ = ["ArrowArray", "ArrowSchema", "ArrowStream", "import_column", "import_table"]

LONGEST = 2**62  # cells: twice that would wrap
DEEPEST = 64  # types in types
OFFSETS: dict[bytes, type[Any]] = {b"u": c_int32, b"z": c_int32, b"U": c_int64, b"Z": c_int64}
VIEWS = (b"vu", b"vz")
BUFFERS = {b"n": 0, b"+r": 0, b"+s": 1, b"+w": 1, b"+l": 2, b"+L": 2, b"+m": 2, b"+vl": 3, b"+vL": 3}
"""How many buffers there are by the letters of a format; unions have one or two, texts three, others two."""

Kind = TypeVar("Kind", bound=Structure)


class ArrowSchema(Structure):
    """The type of an array, and those of its columns."""


class ArrowArray(Structure):
    """The buffers of an array, and its columns."""


class ArrowStream(Structure):
    """What gives arrays one by one."""


ArrowSchema._fields_ = [
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_void_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(ArrowSchema))),
    ("dictionary", POINTER(ArrowSchema)),
    ("release", CFUNCTYPE(None, POINTER(ArrowSchema))),
    ("private_data", c_void_p),
]
ArrowArray._fields_ = [
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(ArrowArray))),
    ("dictionary", POINTER(ArrowArray)),
    ("release", CFUNCTYPE(None, POINTER(ArrowArray))),
    ("private_data", c_void_p),
]
ArrowStream._fields_ = [
    ("get_schema", CFUNCTYPE(c_int, POINTER(ArrowStream), POINTER(ArrowSchema))),
    ("get_next", CFUNCTYPE(c_int, POINTER(ArrowStream), POINTER(ArrowArray))),
    ("get_last_error", CFUNCTYPE(c_void_p, POINTER(ArrowStream))),
    ("release", CFUNCTYPE(None, POINTER(ArrowStream))),
    ("private_data", c_void_p),
]

_open = pythonapi.PyCapsule_GetPointer
_open.restype, _open.argtypes = c_void_p, (py_object, c_char_p)
_wrap = pythonapi.PyCapsule_New
_wrap.restype, _wrap.argtypes = py_object, (c_void_p, c_char_p, c_void_p)


class _Capsules:
    """A pair of capsules, as an object that gives them."""

    def __init__(self, schema: object, array: object) -> None:
        self._pair = schema, array

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return self._pair

    def __arrow_c_schema__(self) -> object:
        return self._pair[0]


def import_column(source: Any) -> pa.Array | pa.ChunkedArray:
    """Take a column from whatever has ``__arrow_c_stream__`` or ``__arrow_c_array__``.

    >>> import_column(pa.array(["Zoé"])).to_pylist()
    ['Zoé']
    """
    if not hasattr(source, "__arrow_c_stream__"):
        return pa.array(_checked_pair(*source.__arrow_c_array__()))
    stream = _Stream(source.__arrow_c_stream__())
    chunks = [pa.array(pair) for pair in stream.pairs()]
    return pa.chunked_array(chunks, stream.field.type)


def import_table(source: Any) -> pa.Table:
    """Take a table from whatever has ``__arrow_c_stream__``.

    >>> import_table(pa.table({"name": ["Zoé"]})).column_names
    ['name']
    """
    try:
        return _table_of(_Stream(source.__arrow_c_stream__()))
    except pa.ArrowInvalid as error:
        raise damaged(None, error) from error


def _table_of(stream: _Stream) -> pa.Table:
    if not pa.types.is_struct(stream.field.type):
        raise InputError(f"the Arrow stream is one of {stream.field.type}, where rows are expected")
    batches = [pa.record_batch(pair) for pair in stream.pairs()]
    return pa.Table.from_batches(batches, pa.schema(stream.field.type.fields))


class _Stream:
    """A stream whose arrays are looked at one by one."""

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule  # whose end is that of the stream
        self._calls = _structure(capsule, b"arrow_array_stream", ArrowStream)
        if not self._calls.release:
            raise InputError("the Arrow stream has been read; ask its library for it again")
        schema = ArrowSchema()
        self._check(self._calls.get_schema(byref(self._calls), byref(schema)))
        try:
            _check_schema(schema)
            self.field = pa.field(_Capsules(_wrap(addressof(schema), b"arrow_schema", None), None))
        finally:
            if schema.release:
                schema.release(byref(schema))

    def pairs(self) -> Iterator[_Capsules]:
        """Give each array, with a schema of its own."""
        while True:
            array = ArrowArray()
            self._check(self._calls.get_next(byref(self._calls), byref(array)))
            if not array.release:
                return
            schema = self.field.__arrow_c_schema__()
            try:
                _check_array(array, _structure(schema, b"arrow_schema", ArrowSchema))
                yield _Capsules(schema, _wrap(addressof(array), b"arrow_array", None))
            finally:
                if array.release:
                    array.release(byref(array))

    def _check(self, code: int) -> None:
        if code:
            reason = self._calls.get_last_error(byref(self._calls))
            said = cast(reason, c_char_p).value if reason else None
            told = os.strerror(code) if said is None else said.decode(errors="replace")
            raise InputError(f"the Arrow stream failed: {told}; ask its library why")


def _checked_pair(schema: object, array: object) -> _Capsules:
    of_schema = _structure(schema, b"arrow_schema", ArrowSchema)
    _check_schema(of_schema)
    _check_array(_structure(array, b"arrow_array", ArrowArray), of_schema)
    return _Capsules(schema, array)


def _structure(capsule: object, name: bytes, kind: type[Kind]) -> Kind:
    try:
        return kind.from_address(_open(capsule, name))
    except ValueError:
        raise InputError(f"no {name.decode()} is where the Arrow interface has one") from None


def _check_schema(schema: ArrowSchema, depth: int = 0) -> None:
    _need(schema.release, "its type is no more")
    _need(schema.format is not None, "its type has no format")
    _need(depth < DEEPEST, f"its types are in one another {DEEPEST} times")
    _need(0 <= schema.n_children <= (LONGEST if schema.children else 0), "its type lacks columns")
    for at in range(schema.n_children):
        _need(schema.children[at], "its type lacks columns")
        _check_schema(schema.children[at][0], depth + 1)
    if schema.dictionary:
        _check_schema(schema.dictionary[0], depth + 1)


def _check_array(array: ArrowArray, schema: ArrowSchema) -> None:
    _need(array.release, "its memory was given back")
    _need(0 <= array.length < LONGEST and 0 <= array.offset < LONGEST, "its length or its offset is negative")
    _need(-1 <= array.null_count <= array.length, f"{array.null_count} of {array.length} cells are null")
    _check_buffers(array, schema.format)
    _need(array.n_children == schema.n_children, f"it has {array.n_children} columns")
    for at in range(schema.n_children):
        _need(array.children and array.children[at], "a column is not there")
        _check_child(array, schema, at)
    _need(bool(array.dictionary) == bool(schema.dictionary), "indices and their dictionary are not together")
    if schema.dictionary:
        _check_array(array.dictionary[0], schema.dictionary[0])


def _check_child(array: ArrowArray, schema: ArrowSchema, at: int) -> None:
    child, of_child = array.children[at][0], schema.children[at][0]
    is_column = schema.format == b"+s"
    try:
        _check_array(child, of_child)
        rows = array.length + array.offset if is_column else 0
        _need(child.length >= rows, f"it has {child.length} of {rows} rows")
    except pa.ArrowInvalid as error:
        if not is_column:
            raise
        raise damaged((of_child.name or b"").decode(errors="replace"), error) from error


def _check_buffers(array: ArrowArray, letters: bytes) -> None:
    """See that every buffer is there which cells are read from."""
    is_text = letters in OFFSETS or letters in VIEWS
    wanted = 3 if is_text else BUFFERS.get(letters.split(b":")[0], 2)
    if letters.startswith(b"+u"):
        wanted = 2 if letters.startswith(b"+ud") else 1
    _need(array.n_buffers >= wanted, f"{array.n_buffers} of {wanted} buffers are there")
    _need(array.buffers or not array.n_buffers, "its buffers are not there")
    if not (array.length + array.offset and wanted):
        return
    first_read = 0 if letters.startswith(b"+u") else 1
    required = range(first_read, 2 if is_text else wanted)
    _need(all(array.buffers[at] for at in required), "a buffer is not there")
    has_validity = wanted and not letters.startswith(b"+u")
    _need(array.buffers[0] or array.null_count <= 0 or not has_validity, "nulls are not marked")
    if letters in OFFSETS:
        _check_data(array, OFFSETS[letters])
    elif letters in VIEWS:
        _check_view_buffers(array)


def _check_data(array: ArrowArray, kind: type[c_int32 | c_int64]) -> None:
    end = cast(array.buffers[1], POINTER(kind))[array.length + array.offset]
    _need(end >= 0, f"its texts end at byte {end}")
    _need(array.buffers[2] or not end, "its texts are not there")


def _check_view_buffers(array: ArrowArray) -> None:
    count = array.n_buffers - 3
    if not count:
        return
    _need(array.buffers[array.n_buffers - 1], "the sizes of its buffers are not there")
    sizes = cast(array.buffers[array.n_buffers - 1], POINTER(c_int64))
    for at in range(count):
        _need(sizes[at] >= 0, f"a buffer has {sizes[at]} bytes")
        _need(array.buffers[2 + at] or not sizes[at], "its texts are not there")


def _need(holds: object, problem: str) -> None:
    if not holds:
        raise pa.ArrowInvalid(problem)
