from libc.stdint cimport int64_t

from callr_segment._core.rows cimport Columns, Failure, Rules


cdef class Counts:
    cdef readonly bytearray is_gsm, units, parts
    cdef bytearray missing, lasts, extended  # each may be made later
    cdef int64_t length
    cdef Rules rules
    cdef list chunks
    cdef int threads

    cdef Columns columns(self) noexcept


cdef Counts blank(int64_t rows, const Rules* rules, bint counted, bint detailed, bint may_miss)
cdef int fill(Counts counts, list chunks, int threads) except -1
cdef void raise_failure(Failure failure, int64_t row) except *
