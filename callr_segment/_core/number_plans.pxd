"""How numbers are read: the plan of a country, as columns of numbers need it."""

cimport cython
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from callr_segment._core.number_digits cimport LONGEST, Cursor, Digits, Number, Status
from callr_segment._core.number_prefixes cimport NONE, PrefixMap

cdef enum:
    COUNTRIES = 4096  # as zone_of packs them
    ZONES = 524288    # as with_lengths packs them
    ZONE_BITS = 19
    SHORTEST = 4
    LANDLINE = 2      # the first note of numbers that receive no messages

cdef enum Mark:  # beside a status of OK
    TRIMMED = 64
    FOREIGN = 128

cdef enum Kind:
    PLAIN
    CODE_FOLLOWS
    TWO_NUMBERS
    NOTHING_ELSE

cdef enum Test:
    POSSIBLE
    ASSIGNED
    OWN

cdef struct Row:  # a Reading
    uint8_t prefix[8]
    uint8_t number[8]
    int prefix_length
    int number_length
    uint32_t lengths
    int keep
    uint8_t infix[2]
    int infix_length
    Kind kind
    Test test
    bint is_final  # an international prefix begins nothing else

cdef struct Rows:  # the readings of one calling code, or of the country that dials
    int first
    int stop
    int code_length

cdef struct Cells:
    uint64_t* numbers
    int32_t* places
    uint8_t* statuses


cdef struct Choice:  # what readings have come to so far
    Number own
    Number possible
    Status reason


cdef inline bint is_assigned(int32_t value, int64_t length) noexcept nogil:
    """Whether numbers of this length are assigned, by what with_lengths packed."""
    return value >= 0 and SHORTEST <= length <= LONGEST and value >> (ZONE_BITS + length - SHORTEST) & 1


cdef inline int32_t place_of(int32_t value, int64_t length) noexcept nogil:
    return ((value & (ZONES - 1)) << 1 | (not is_assigned(value, length))) if value >= 0 else NONE


cdef inline int32_t place_of_long(int32_t value, int64_t length) noexcept nogil:
    """That of a number of 4 to 15 digits whose prefix is known."""
    return (value & (ZONES - 1)) << 1 | (~value >> (ZONE_BITS - SHORTEST + length) & 1)


@cython.final
cdef class NumberPlan:
    cdef Row* rows
    cdef Rows* codes
    cdef Rows home
    cdef int length
    cdef bint is_at_home  # national numbers are read, not only those after a calling code
    cdef Number zero      # the code and a 0, where whole numbers may have lost it
    cdef int16_t[1000] code_at
    cdef uint16_t[10000] lengths  # by the first four digits after +: how many are a number as they stand
    cdef PrefixMap zones

    cdef int make_room(self, size_t rows, size_t codes) except NONE
    cdef Rows add(self, readings, int code_length) except *
    cdef uint16_t lengths_after(self, int head) noexcept nogil
    cdef bint is_kept(self, const Row* row, const uint8_t* code, int length) noexcept nogil
    cdef Status international(self, const uint8_t* digits, int64_t length, Number* found) noexcept nogil
    cdef int32_t zone(self, const Number* number) noexcept nogil
    cdef bint exists(self, const Number* number) noexcept nogil
    cdef bint is_personal(self, const Number* number) noexcept nogil
    cdef Status first(
        self, const Rows* rows, const uint8_t* digits, int64_t length, bint is_national, Number* found
    ) noexcept nogil
    cdef bint try_row(
        self, const Row* row, const uint8_t* digits, int64_t length, bint is_national, Choice* choice,
        Number* found, Status* status
    ) noexcept nogil
    cdef bint choose(self, const Row* row, Choice* choice, Number* found, Status* status) noexcept nogil
    cdef Status more_likely(self, const Number* own, Number* found) noexcept nogil
    cdef Status guess(
        self, const Row* row, const uint8_t* digits, int64_t length, Number* found
    ) noexcept nogil
    cdef Status follow(
        self, const Row* row, const uint8_t* rest, int64_t after, Number* found
    ) noexcept nogil
    cdef Status read_text(self, Cursor text, Number* found) noexcept nogil
    cdef bint has_lost_zero(self, const Digits* digits, Status status, const Number* found) noexcept nogil
    cdef bint fill(self, Cursor text, PrefixMap places, const Cells* cells, int64_t row) noexcept nogil
    cdef bint fill_unwrapped(self, str text, PrefixMap places, const Cells* cells, int64_t row) except -1
