"""Whole columns: Arrow capsules and arrays of Python objects in, plain buffers out."""

from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_STRIDED_RO, PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBuffer,
)
from cpython.object cimport PyObject
from libc.stdint cimport int64_t

from callr_segment._core.arrow cimport Chunk, bytes_of, chunks_of
from callr_segment._core.counts cimport Counts, blank, fill, raise_failure
from callr_segment._core.one cimport mode_of, sizes_of
from callr_segment._core.rows cimport NONE, Columns, Failure, Rules, put, put_missing, rules_of
from callr_segment._core.scan cimport Count, Sizes, count_str

from callr_segment._core.records import check_threads, cores, is_missing, not_a_text
from callr_segment.errors import InputError

cdef enum:
    MANY_BYTES = 1 << 22  # from here on threads are worth starting


def count_arrow(source, *, encoding=None, limits=None, threads=None):
    """Count a column that speaks the Arrow PyCapsule interface, whole or in chunks."""
    cdef Sizes sizes = sizes_of(limits)
    cdef Rules rules = rules_of(mode_of(encoding), &sizes)
    cdef list chunks
    cdef Chunk chunk
    cdef Counts counts
    cdef int64_t rows = 0, size = 0
    cdef bint may_miss = False
    check_threads(threads)
    chunks = chunks_of(source)
    for chunk in chunks:
        rows += chunk.array.length
        size += bytes_of(&chunk.texts)
        may_miss |= chunk.may_miss
    counts = blank(rows, &rules, True, False, may_miss)
    counts.chunks = chunks
    counts.threads = 1 if size < MANY_BYTES else threads or cores()
    fill(counts, chunks, counts.threads)
    return counts


def count_objects(values, *, encoding=None, limits=None):
    """Count a list or an array of Python strings; None, NaN and NA are missing."""
    cdef Sizes sizes = sizes_of(limits)
    cdef Rules rules = rules_of(mode_of(encoding), &sizes)
    if PyObject_CheckBuffer(values):
        return count_buffer(values, &rules)
    return count_list(list(values), &rules)


cdef Counts count_list(list values, const Rules* rules):
    cdef Counts counts = blank(len(values), rules, True, True, True)
    cdef Columns out = counts.columns()
    cdef int64_t row
    for row in range(counts.length):
        count_object(values[row], row, rules, &out)
    return counts


cdef Counts count_buffer(object values, const Rules* rules):
    cdef Py_buffer view
    cdef Counts counts
    cdef Columns out
    cdef int64_t row
    cdef PyObject** cell
    PyObject_GetBuffer(values, &view, PyBUF_STRIDED_RO | PyBUF_FORMAT)
    try:
        if view.ndim != 1 or view.format != b"O":
            name = view.format.decode()
            raise InputError(f"an array of format {name!r} holds no texts; make it text first")
        counts = blank(view.shape[0], rules, True, True, True)
        out = counts.columns()
        for row in range(counts.length):
            cell = <PyObject**>(<char*>view.buf + row * view.strides[0])
            count_object(<object>cell[0] if cell[0] != NULL else None, row, rules, &out)
    finally:
        PyBuffer_Release(&view)
    return counts


cdef int count_object(object value, int64_t row, const Rules* rules, const Columns* out) except -1:
    cdef Count count
    cdef Failure failure
    if isinstance(value, str):
        count_str(<str>value, rules.mode, &rules.sizes, &count)
        failure = put(out, row, &count)
        if failure != NONE:
            raise_failure(failure, row)
    elif is_missing(value):
        put_missing(out, row)
    else:
        raise not_a_text(value, row)
    return 0
