"""Rows of a column, counted: in bulk where their texts lie end to end, one by one where they do not."""

from libc.stdint cimport int32_t, int64_t, uint8_t

from callr_segment._core.arrow cimport Texts
from callr_segment._core.simd cimport Cells, Rules
from callr_segment._core.text_splitting cimport Count


cdef enum Failure:
    NONE
    BAD_OFFSETS
    BAD_UTF8
    TOO_LONG
    BAD_INDEX

cdef struct CountColumns:  # is_missing may be NULL, and of the cells either the counts or the details
    Cells cells
    uint8_t* is_missing


cdef inline Failure put(const CountColumns* out, int64_t row, const Count* count) noexcept nogil:
    if count.units > 0x7FFFFFFF:
        return TOO_LONG
    if out.is_missing != NULL:
        out.is_missing[row] = False
    if out.cells.parts != NULL:
        out.cells.is_gsm[row] = count.is_gsm
        out.cells.units[row] = <int32_t>count.units
        out.cells.parts[row] = <int32_t>count.parts
    if out.cells.last != NULL:
        out.cells.last[row] = <int32_t>count.last
        out.cells.extensions[row] = <int32_t>count.extensions
    return NONE


cdef inline void put_missing(const CountColumns* out, int64_t row) noexcept nogil:
    cdef Count nothing = Count(0, 0, 0, 0, False, False)
    put(out, row, &nothing)
    if out.is_missing != NULL:
        out.is_missing[row] = True


cdef CountColumns shifted(const CountColumns* columns, int64_t rows) noexcept nogil
cdef Failure count_rows(
    const Texts* texts, const Rules* rules, const CountColumns* out, int64_t stop, int64_t* row
) noexcept nogil
