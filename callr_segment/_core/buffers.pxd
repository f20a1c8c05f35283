"""Memory that other objects own, held as long as it is looked at."""


cdef class Buffer:
    cdef Py_buffer view
    cdef void* start
    cdef Py_ssize_t length  # items


cdef Buffer look_at(object column, Py_ssize_t width)
cdef Buffer write_to(object column, Py_ssize_t width)
