"""A number that is written as E.164 already, read and looked up eight digits at a time."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t
from libc.string cimport memcpy

from callr_segment._core.number_prefixes cimport HEAD, NONE, pairs_at

cdef enum:
    FEWEST = 9   # digits that two words of eight hold, one over the other
    MOST = 15
    UNSURE = -2  # a value that no prefix has: look closer
    EIGHT = 100000000
    HUNDREDS = 6553601  # 100 * 2**16 + 1

cdef extern from *:
    """
    #if defined(_WIN32) || (defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
    enum { IS_LITTLE_ENDIAN = 1 };
    #else
    enum { IS_LITTLE_ENDIAN = 0 };
    #endif
    """
    const bint IS_LITTLE_ENDIAN

cdef struct Written:
    uint64_t number
    uint64_t pairs  # the first eight digits, two in each 16 bits
    const uint8_t* digits
    int64_t length


cdef inline bint are_digits(uint64_t word) noexcept nogil:
    return not ((word + <uint64_t>0x7676767676767676) | word) & <uint64_t>0x8080808080808080


cdef inline uint64_t pairs_of(uint64_t word) noexcept nogil:
    """Join digits, the first in the lowest byte, two by two."""
    return (word * 2561 >> 8) & <uint64_t>0x00FF00FF00FF00FF


cdef inline uint64_t value_of_pairs(uint64_t pairs) noexcept nogil:
    pairs = (pairs * HUNDREDS >> 16) & <uint64_t>0x0000FFFF0000FFFF
    return pairs * <uint64_t>42949672960001 >> 32  # 10000 * 2**32 + 1


cdef inline bint read_written(const uint8_t* start, int64_t size, Written* found) noexcept nogil:
    """Read + and 9 to 15 digits; false for anything else, and where bytes stand the other way round."""
    cdef uint64_t first, last
    found.length = size - 1
    if not (IS_LITTLE_ENDIAN and FEWEST <= found.length <= MOST and start[0] == c"+"):
        return False
    memcpy(&first, start + 1, 8)
    memcpy(&last, start + size - 8, 8)
    first ^= <uint64_t>0x3030303030303030
    last ^= <uint64_t>0x3030303030303030
    if not (are_digits(first) and are_digits(last)):
        return False
    found.digits = start + 1
    found.pairs = pairs_of(first)
    first <<= 8 * (16 - found.length)
    found.number = value_of_pairs(pairs_of(first)) * EIGHT + value_of_pairs(pairs_of(last))
    return True


cdef inline int head_of(const Written* found) noexcept nogil:
    """Return the first four digits as a number."""
    return <int>(found.pairs * HUNDREDS >> 16 & 0xFFFF)


cdef inline int32_t longest_written(
    const int32_t* heads, const int32_t* pairs, const Written* found
) noexcept nogil:
    """Look up the longest prefix, two digits a step; UNSURE where they do not come out even."""
    cdef int32_t entry = heads[head_of(found)]
    cdef uint64_t ahead = found.pairs >> 32
    cdef int64_t at = HEAD
    while entry < NONE:
        if at + 2 > found.length:
            return UNSURE
        if at < 8:
            entry = pairs_at(pairs, entry)[ahead & 0xFF]
            ahead >>= 16
        else:
            entry = pairs_at(pairs, entry)[10 * found.digits[at] + found.digits[at + 1] - 11 * c"0"]
        at += 2
    return entry
