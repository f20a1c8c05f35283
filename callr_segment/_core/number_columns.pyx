# cython: cdivision=True
"""Columns of phone numbers."""

from cpython.bytearray cimport PyByteArray_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from callr_segment._core.buffers cimport Buffer, look_at
from callr_segment._core.number_digits cimport CHARACTERS, MISSING, OK, Cursor
from callr_segment._core.number_e164 cimport Written, head_of, longest_written, read_written
from callr_segment._core.number_plans cimport FOREIGN, Cells, NumberPlan, place_of_long
from callr_segment._core.number_prefixes cimport NONE, PrefixMap

from callr_segment._core.number_records import Numbers, outside, validity_of


cdef struct Column:
    const int64_t* offsets
    const uint8_t* data
    int64_t size
    const uint8_t* validity  # NULL where every cell is there
    int64_t first_bit
    int64_t rows


cdef inline bint is_missing(const Column* texts, int64_t row) noexcept nogil:
    cdef int64_t bit = texts.first_bit + row
    return texts.validity is not NULL and not texts.validity[bit >> 3] >> (bit & 7) & 1


cdef int64_t fill_written(
    const Column* texts, NumberPlan plan, PrefixMap places, const Cells* cells, int64_t row
) noexcept nogil:
    """Fill rows whose texts are E.164, from this on, and return the first to be read with more care."""
    cdef Column own = texts[0]  # whose fields no status that is written can change
    cdef Cells to = cells[0]
    cdef int64_t start, stop = own.offsets[row] if row < own.rows else NONE
    cdef int32_t value
    cdef Written found
    if stop < 0:
        return row
    while row < own.rows:
        start, stop = stop, own.offsets[row + 1]
        if not start <= stop <= own.size or is_missing(&own, row):
            return row
        if not read_written(own.data + start, stop - start, &found):
            return row
        value = longest_written(places.heads, places.pairs, &found)
        if value < 0 or not plan.lengths[head_of(&found)] >> found.length & 1:
            return row
        to.numbers[row], to.statuses[row] = found.number, OK
        to.places[row] = place_of_long(value, found.length)
        row += 1
    return row


cdef struct Seen:  # of a column: whether numbers are written as E.164, their marks, rows to look at again
    bint verbatim
    int marks
    int64_t wrapped


cdef int64_t read_column(
    const Column* texts, NumberPlan plan, PrefixMap places, const Cells* cells, Seen* seen
) noexcept nogil:
    """Fill every row, or return the first whose offsets leave the data."""
    cdef int64_t start, stop, row = fill_written(texts, plan, places, cells, 0)
    while row < texts.rows:
        start, stop = texts.offsets[row], texts.offsets[row + 1]
        if not 0 <= start <= stop <= texts.size:
            return row
        if is_missing(texts, row):
            cells.numbers[row], cells.places[row], cells.statuses[row] = 0, NONE, MISSING
        else:
            seen.verbatim &= plan.fill(Cursor(texts.data + start, texts.data + stop), places, cells, row)
            seen.marks |= cells.statuses[row] & FOREIGN
            seen.wrapped += cells.statuses[row] == CHARACTERS
        row = fill_written(texts, plan, places, cells, row + 1)
    return NONE


cdef int unwrap_column(
    const Column* texts, NumberPlan plan, PrefixMap places, const Cells* cells, Seen* seen
) except -1:
    """Fill the rows that are no numbers as they stand, where there is one within them."""
    cdef int64_t row, start
    for row in range(texts.rows):
        if cells.statuses[row] == CHARACTERS:
            start = texts.offsets[row]
            text = (<const char*>texts.data)[start:texts.offsets[row + 1]].decode("utf-8", "replace")
            if plan.fill_unwrapped(text, places, cells, row):
                seen.verbatim = False
                seen.marks |= cells.statuses[row]
    return 0


def parse_numbers(
    offsets, data, validity, NumberPlan plan not None, *, PrefixMap places=None, int64_t bit_offset=0
):
    """Read a column of Arrow large_utf8: its offsets, its UTF-8 and its validity bitmap (or None)."""
    cdef Buffer ends = look_at(offsets, sizeof(int64_t)), utf8 = look_at(data, 1), bits
    cdef int64_t bad_row
    cdef Seen seen = Seen(True, 0, 0)
    cdef Column texts = Column(
        <const int64_t*>ends.start, <const uint8_t*>utf8.start, utf8.length, NULL, bit_offset,
        max(0, ends.length - 1),
    )
    if validity is not None:
        bits = look_at(validity_of(validity, bit_offset, texts.rows), 1)
        texts.validity = <const uint8_t*>bits.start
    if places is None:
        places = plan.zones
    cdef bytearray numbers = PyByteArray_FromStringAndSize(NULL, 8 * texts.rows)
    cdef bytearray found = PyByteArray_FromStringAndSize(NULL, 4 * texts.rows)
    cdef bytearray statuses = PyByteArray_FromStringAndSize(NULL, texts.rows)
    cdef Cells cells = Cells(
        <uint64_t*><char*>numbers, <int32_t*><char*>found, <uint8_t*><char*>statuses
    )
    with nogil:
        bad_row = read_column(&texts, plan, places, &cells, &seen)
    if bad_row != NONE:
        raise outside(bad_row)
    if seen.wrapped:
        unwrap_column(&texts, plan, places, &cells, &seen)
    return Numbers(numbers, found, statuses, seen.verbatim, seen.marks)
