"""Characters that make a text worth a closer look."""

cimport cython
from libc.stdint cimport uint8_t, uint32_t

from callr_segment._core.simd cimport Screen

cdef enum:
    NEAR = 0x400  # code points whose marks stand in a table
    MOST_FAR = 40
    PRIVATE_USE = 0xE000  # and the code points that follow, all of them alarms
    AFTER_PRIVATE_USE = 0xF900

cdef enum Mark:
    ALARM = 1
    STARTER = 2
    OPENS = 4
    CLOSES = 8

cdef struct Marks:
    uint8_t near[NEAR]
    uint32_t far[MOST_FAR]
    int n_far
    Screen screen  # what a text without any of them shows by its bytes alone


cdef inline uint8_t mark_of(const Marks* marks, uint32_t character) noexcept nogil:
    cdef int at
    if character < NEAR:
        return marks.near[character]
    for at in range(marks.n_far):
        if marks.far[at] == character:
            return ALARM
    return ALARM if PRIVATE_USE <= character < AFTER_PRIVATE_USE else 0


@cython.final
cdef class Prefilter:
    cdef Marks marks
    cdef dict leads
    cdef void _add(self, uint32_t character, uint8_t mark) except *
    cdef void _screen(self, bytes start, bint starts)
