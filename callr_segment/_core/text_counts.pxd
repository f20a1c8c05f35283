from libc.stdint cimport int64_t

from callr_segment._core.simd cimport Rules
from callr_segment._core.text_rows cimport CountColumns, Failure


cdef class Counts:
    cdef bytearray block    # what `out` points into
    cdef CountColumns out
    cdef Counts details     # made when they are asked for, where they are not here
    cdef bytearray present  # flags of a column where nothing is missing
    cdef int64_t length
    cdef Rules rules
    cdef list chunks
    cdef int threads


cdef bytearray room(int64_t size)
cdef object view(bytearray block, const void* column, int64_t size)
cdef Counts blank(int64_t rows, const Rules* rules, bint counted, bint detailed, bint may_miss)
cdef int fill(Counts counts, list chunks, int threads) except -1
cdef void raise_failure(Failure failure, int64_t row) except *
