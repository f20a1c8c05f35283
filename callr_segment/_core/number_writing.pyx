# cython: cdivision=True
"""Numbers as E.164 writes them, in a column."""

from cpython.bytearray cimport PyByteArray_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memcpy

from callr_segment._core.buffers cimport Buffer, look_at
from callr_segment._core.number_e164 cimport EIGHT, IS_LITTLE_ENDIAN

cdef enum:
    ROOM = 17  # bytes that a number may write beyond its own


cdef inline int count_digits(uint64_t number) noexcept nogil:
    cdef int length = 1
    while number >= 10000:
        number //= 10000
        length += 4
    return length + (number >= 10) + (number >= 100) + (number >= 1000)


cdef inline uint64_t eight_digits(uint64_t number) noexcept nogil:
    """Write eight digits, the first in the lowest byte, halving what each part of a word holds."""
    cdef uint64_t fours = number // 10000 | (number % 10000) << 32
    cdef uint64_t hundreds = (fours * 10486 >> 20) & <uint64_t>0x0000007F0000007F
    cdef uint64_t pairs = hundreds | (fours - 100 * hundreds) << 16
    cdef uint64_t tens = (pairs * 103 >> 10) & <uint64_t>0x000F000F000F000F
    return (tens | (pairs - 10 * tens) << 8) + <uint64_t>0x3030303030303030


cdef inline void put(uint64_t word, uint8_t* out) noexcept nogil:
    cdef int at
    if IS_LITTLE_ENDIAN:
        memcpy(out, &word, 8)
        return
    for at in range(8):
        out[at] = <uint8_t>(word >> 8 * at)


cdef inline void write_number(uint64_t number, uint8_t* out, int64_t length) noexcept nogil:
    """Write + and so many digits; whatever stands in the 16 bytes after the + is overwritten."""
    cdef uint64_t first, last
    cdef int64_t zeros = 8 * (16 - length)  # bits of those before the number, in the first of two words
    out[0] = c"+"
    if length > 16:
        while length:
            out[length] = <uint8_t>(c"0" + number % 10)
            number //= 10
            length -= 1
    elif length > 8:
        first, last = eight_digits(number // EIGHT), eight_digits(number % EIGHT)
        put(first >> zeros | (last << 8) << (56 - zeros), out + 1)
        put(last >> zeros, out + 9)
    else:
        put(eight_digits(number) >> (zeros - 64), out + 1)


def write_numbers(numbers):
    """Write E.164 digits (a buffer of uint64) as Arrow large_utf8: its offsets and its UTF-8; 0 is empty."""
    cdef Buffer buffer = look_at(numbers, sizeof(uint64_t))
    cdef const uint64_t* values = <const uint64_t*>buffer.start
    cdef int64_t row, rows = buffer.length
    cdef bytearray offsets = PyByteArray_FromStringAndSize(NULL, 8 * rows + 8), data
    cdef int64_t* ends = <int64_t*><char*>offsets
    cdef uint8_t* out
    ends[0] = 0
    with nogil:
        for row in range(rows):
            ends[row + 1] = ends[row] + (1 + count_digits(values[row]) if values[row] else 0)
    data = PyByteArray_FromStringAndSize(NULL, ends[rows] + ROOM)
    out = <uint8_t*><char*>data
    with nogil:
        for row in range(rows):
            if values[row]:
                write_number(values[row], out + ends[row], ends[row + 1] - ends[row] - 1)
    del data[ends[rows]:]
    return offsets, data
