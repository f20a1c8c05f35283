"""Memory that other objects own, held while it is looked at: typed memoryviews take ten times the code."""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer

from callr_segment.errors import InputError


@cython.final
cdef class Buffer:
    """Items of one size, end to end."""

    def __dealloc__(self):
        PyBuffer_Release(&self.view)

    def __len__(self):
        return self.length


cdef Buffer take(object column, Py_ssize_t width, int flags):
    cdef Buffer buffer = Buffer.__new__(Buffer)
    PyObject_GetBuffer(column, &buffer.view, flags)
    if buffer.view.len % width:
        size, bits = buffer.view.len, 8 * width
        raise InputError(
            f"a buffer of {size} bytes does not hold {bits}-bit integers; pass int{bits} or uint{bits}"
        )
    buffer.start, buffer.length = buffer.view.buf, buffer.view.len // width
    return buffer


cdef Buffer look_at(object column, Py_ssize_t width):
    """See whatever holds a buffer as items of so many bytes."""
    return take(column, width, PyBUF_SIMPLE)


cdef Buffer write_to(object column, Py_ssize_t width):
    """See it so to change it."""
    return take(column, width, PyBUF_WRITABLE)
