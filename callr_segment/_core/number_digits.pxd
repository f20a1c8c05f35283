"""The digits of one text, as the rules of numbers and of columns need them."""

from libc.stdint cimport int64_t, uint8_t, uint64_t

cdef enum Status:
    OK
    MISSING
    EMPTY
    CHARACTERS
    ROUNDED
    DECIMAL
    TOO_SHORT
    TOO_LONG
    UNKNOWN_CODE
    NO_COUNTRY
    AMBIGUOUS
    LOST_ZERO

cdef enum:
    LONGEST = 15  # digits of an E.164 number
    KEPT = 48     # digits of a text that are kept: more than all prefixes and a number

cdef struct Cursor:
    const uint8_t* at
    const uint8_t* end

cdef struct Digits:
    uint8_t digit[KEPT]
    int64_t length  # counts those that are not kept, too
    bint plus
    bint brackets
    bint whole  # it was a cell's value as a number
    int decimals  # one where that was a decimal number; two are the format of a national one

cdef Status clean(Cursor text, Digits* found) noexcept nogil


cdef inline bint clean_plain(Cursor text, Digits* found) noexcept nogil:
    """Do the work of `clean` where there are ASCII digits and perhaps a plus, as in most columns."""
    cdef int64_t at
    cdef uint8_t digit
    found.plus = text.at < text.end and text.at[0] == c"+"
    text.at += found.plus
    found.brackets = found.whole = False
    found.decimals = 0
    found.length = text.end - text.at
    if not 0 < found.length <= KEPT:
        return False
    for at in range(found.length):
        digit = <uint8_t>(text.at[at] - c"0")
        if digit > 9:
            return False
        found.digit[at] = digit
    return True


cdef struct Number:
    uint8_t digit[KEPT]
    int length


cdef inline bint is_written(Cursor text, const Number* found) noexcept nogil:
    """Whether a text is + and the digits of a number."""
    cdef int at
    if text.end - text.at != found.length + 1 or text.at[0] != c"+":
        return False
    for at in range(found.length):
        if text.at[at + 1] != found.digit[at] + c"0":
            return False
    return True


cdef inline uint64_t value_of(const Number* found) noexcept nogil:
    cdef uint64_t value = 0
    cdef int at
    for at in range(found.length):
        value = 10 * value + found.digit[at]
    return value
