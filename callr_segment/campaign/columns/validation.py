"""Arrow data of others, checked before any library reads it: damage is an error with its column, not a crash.

pyarrow checks the sizes of buffers; what they hold it checks only if asked to look at every byte of every
text, which would cost as much as counting does. What keeps memory safe, offsets, views and indices, is
checked here for all rows at once; that texts are UTF-8, by whoever decodes them, which for most is the core.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from callr_segment.errors import InputError

__all__ = ["check_array", "check_rows", "check_texts", "check_utf8", "damaged", "is_text"]

INLINE_BYTES = 12  # of a text that stands in its view itself
LONGEST = 1 << 40  # cells: more than any memory holds, and so few that bytes of them do not wrap
OUTSIDE = "its text lies outside the column"


def damaged(name: object, problem: object, row: int | None = None) -> InputError:
    """Make the error of a column that breaks the rules of its format."""
    place = "the Arrow data" if name is None else f"column {name!r}"
    place += "" if row is None else f", row {row}"
    return InputError(f"{place}: the Arrow data is damaged: {problem}; make it anew", row=row, column=name)


def check_rows(rows: pa.RecordBatch, names: Iterable[str], *, first_row: int = 0) -> None:
    """Check the columns of these names; ``first_row`` is the number errors call the first row by."""
    for name in names:
        check_array(rows.column(name), name, first_row=first_row)


def check_array(
    array: pa.Array | pa.ChunkedArray, name: object, *, utf8: bool = False, first_row: int = 0
) -> None:
    """Check that every cell can be read; that texts are UTF-8 only where ``utf8`` asks for it.

    >>> offsets = pa.py_buffer(np.array([0, 9, 2], np.int32))
    >>> array = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"ab")])
    >>> try:
    ...     check_array(array, "name")
    ... except InputError as error:
    ...     print(error)
    column 'name', row 0: the Arrow data is damaged: its text lies outside the column; make it anew
    """
    for chunk in array.chunks if isinstance(array, pa.ChunkedArray) else [array]:
        _check_chunk(chunk, name, first_row)
        if utf8:
            check_utf8(chunk, name, rows=range(first_row, first_row + len(chunk)))
        first_row += len(chunk)


def check_utf8(array: pa.Array, name: object, *, rows: Sequence[int] | np.ndarray | None = None) -> None:
    """Check the texts of an array that can be read; ``rows`` are what errors call its cells by."""
    try:
        array.validate(full=True)
    except (pa.ArrowException, ValueError) as error:
        at = _first_not_utf8(array)
        if at is None:
            raise damaged(name, error) from error
        row = None if rows is None else int(rows[at])
        raise damaged(name, "a text is not valid UTF-8", row) from error


def check_texts(
    distinct: pa.Array, column: pa.Array | pa.ChunkedArray, name: object, *, first_row: int = 0
) -> None:
    """Check that texts are UTF-8 where the distinct ones of a column are known."""
    try:
        distinct.validate(full=True)
    except pa.ArrowException:
        check_array(column, name, utf8=True, first_row=first_row)


def _first_not_utf8(array: pa.Array) -> int | None:
    if not is_text(array.type):
        return None
    for at, cell in enumerate(array.cast(pa.large_binary()).to_pylist()):
        try:
            str(cell or b"", "utf-8")
        except UnicodeDecodeError:
            return at
    return None


def is_text(kind: pa.DataType) -> bool:
    """Whether the cells of a column of this type are texts themselves, and not indices of some."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _check_chunk(chunk: pa.Array, name: object, first_row: int | None) -> None:
    if chunk.offset < 0 or len(chunk) > LONGEST:  # before anything else: pyarrow counts the nulls there
        raise damaged(name, f"it is said to have {len(chunk)} cells from cell {chunk.offset} on")
    try:
        chunk.validate()
    except (pa.ArrowException, ValueError) as error:
        raise damaged(name, error) from error
    chunk = chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk
    _check_nulls(chunk, name)
    kind = chunk.type
    if pa.types.is_dictionary(kind):
        _check_chunk(chunk.dictionary, name, None)
        check_utf8(chunk.dictionary, name)
        wrong, problem = _wrong_indices(chunk), f"its index is none of the {len(chunk.dictionary)} values"
    elif pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        wrong, problem = _wrong_views(chunk), OUTSIDE
    elif is_text(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        wrong, problem = _wrong_offsets(chunk), OUTSIDE
    else:
        check_utf8(chunk, name)
        return
    if wrong is not None and wrong.any():
        raise damaged(name, problem, None if first_row is None else first_row + int(wrong.argmax()))


def _check_nulls(chunk: pa.Array, name: object) -> None:
    """Count nulls anew: where their number is wrong, libraries disagree on what is null."""
    bits = (chunk.buffers() or [None])[0]
    if bits is None:
        return
    flags = pa.Array.from_buffers(pa.bool_(), len(chunk), [bits, bits], -1, chunk.offset)
    if flags.null_count != chunk.null_count:
        raise damaged(name, f"{chunk.null_count} cells are said to be null, and {flags.null_count} are")


def _cells(chunk: pa.Array, buffer: pa.Buffer, kind: Any, *, more: int = 0) -> np.ndarray:
    """See the cells of an array, not those its offset skips."""
    return np.frombuffer(buffer, kind, len(chunk) + more, np.dtype(kind).itemsize * chunk.offset)


def _wrong_offsets(chunk: pa.Array) -> np.ndarray | None:
    """Mark the rows whose text ends before it begins, or after the data does."""
    _, offsets, data = chunk.buffers()
    if not len(chunk):
        return None
    is_wide = pa.types.is_large_string(chunk.type) or pa.types.is_large_binary(chunk.type)
    ends = _cells(chunk, offsets, np.int64 if is_wide else np.int32, more=1)
    size = 0 if data is None else data.size
    falls = ends[1:] < ends[:-1]
    if ends[0] >= 0 and ends[-1] <= size and not falls.any():
        return None
    return falls | (ends[:-1] < 0) | (ends[1:] > size)


def _wrong_views(chunk: pa.Array) -> np.ndarray | None:
    """Mark the rows whose text is too long for its view and lies in no buffer."""
    _, views, *buffers = chunk.buffers()
    if not len(chunk):
        return None
    cells = np.frombuffer(views, np.int32, 4 * len(chunk), 16 * chunk.offset).reshape(-1, 4)
    size, _, buffer, start = cells.T
    if size.min() >= 0 and size.max() <= INLINE_BYTES:
        return None
    ends = np.array([*(0 if each is None else each.size for each in buffers), -1], np.int64)
    buffer = np.where((buffer >= 0) & (buffer < len(buffers)), buffer, -1)
    outside = (start < 0) | (start.astype(np.int64) + size > ends[buffer])
    return (size < 0) | (outside & (size > INLINE_BYTES))  # of a null too: casts read it


def _wrong_indices(chunk: pa.DictionaryArray) -> np.ndarray | None:
    """Mark the rows whose index is none of the dictionary; where there is no value it may be any."""
    buffer = chunk.buffers()[1]
    if not len(chunk):
        return None
    indices = _cells(chunk, buffer, chunk.type.index_type.to_pandas_dtype())
    size = len(chunk.dictionary)
    if indices.min() >= 0 and int(indices.max()) < size:
        return None
    return ((indices < 0) | (indices >= size)) & chunk.is_valid().to_numpy(zero_copy_only=False)
