"""Columns of a dictionary: each distinct text is counted once, and its cells are copied to its rows."""

from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t

from callr_segment._core.arrow cimport ArrowArray, is_valid
from callr_segment._core.text_rows cimport BAD_INDEX, NONE, CountColumns, Failure, shifted

cdef enum:
    MOST_INDICES = 512  # read at once

ctypedef fused Index:
    int8_t
    uint8_t
    int16_t
    uint16_t
    int32_t
    uint32_t
    int64_t


cdef inline void widen(const Index* values, int64_t count, int64_t* indices) noexcept nogil:
    cdef int64_t at
    for at in range(count):
        indices[at] = values[at]


cdef inline void read_indices(
    const void* values, char format, int64_t start, int64_t count, int64_t* indices
) noexcept nogil:
    if format == b"c":
        widen(<const int8_t*>values + start, count, indices)
    elif format == b"C":
        widen(<const uint8_t*>values + start, count, indices)
    elif format == b"s":
        widen(<const int16_t*>values + start, count, indices)
    elif format == b"S":
        widen(<const uint16_t*>values + start, count, indices)
    elif format == b"i":
        widen(<const int32_t*>values + start, count, indices)
    elif format == b"I":
        widen(<const uint32_t*>values + start, count, indices)
    else:  # a uint64 index past 2^63 turns negative and is refused
        widen(<const int64_t*>values + start, count, indices)


cdef inline void copy_cells(
    const CountColumns* words, const int64_t* indices, int64_t count, const CountColumns* out
) noexcept nogil:
    cdef int64_t row
    if out.is_missing != NULL:
        for row in range(count):
            out.is_missing[row] = words.is_missing[indices[row]]
    if out.cells.parts != NULL:
        for row in range(count):
            out.cells.is_gsm[row] = words.cells.is_gsm[indices[row]]
            out.cells.units[row] = words.cells.units[indices[row]]
            out.cells.parts[row] = words.cells.parts[indices[row]]
    if out.cells.last != NULL:
        for row in range(count):
            out.cells.last[row] = words.cells.last[indices[row]]
            out.cells.extensions[row] = words.cells.extensions[indices[row]]


cdef inline int64_t find_words(
    const uint8_t* validity, int64_t start, int64_t count, int64_t n_words, int64_t* indices
) noexcept nogil:
    """Have missing rows point behind the last entry; tell the first that points where none is, or -1."""
    cdef int64_t at
    for at in range(count):
        if not is_valid(validity, start + at):
            indices[at] = n_words
        elif not 0 <= indices[at] < n_words:
            return at
    return -1


cdef inline Failure gather(
    const ArrowArray* array, char format, const CountColumns* words, int64_t n_words, const CountColumns* out,
    int64_t stop, int64_t* row,
) noexcept nogil:
    """Copy the cells of each row's entry, or those behind the last; on failure `row` says where."""
    cdef const uint8_t* validity = <const uint8_t*>array.buffers[0] if array.null_count != 0 else NULL
    cdef int64_t[MOST_INDICES] indices
    cdef int64_t count, bad
    cdef CountColumns there
    while row[0] < stop:
        count = min(stop - row[0], <int64_t>MOST_INDICES)
        read_indices(array.buffers[1], format, array.offset + row[0], count, indices)
        bad = find_words(validity, array.offset + row[0], count, n_words, indices)
        if bad >= 0:
            row[0] += bad
            return BAD_INDEX
        there = shifted(out, row[0])
        copy_cells(words, indices, count, &there)
        row[0] += count
    return NONE
