"""Columns of texts through the Arrow C data interface, read as plain memory."""

from libc.stdint cimport int32_t, int64_t, uint8_t


cdef struct ArrowSchema:
    const char* format
    const char* name
    const char* metadata
    int64_t flags
    int64_t n_children
    ArrowSchema** children
    ArrowSchema* dictionary
    void (*release)(ArrowSchema*) noexcept nogil
    void* private_data

cdef struct ArrowArray:
    int64_t length
    int64_t null_count
    int64_t offset
    int64_t n_buffers
    int64_t n_children
    const void** buffers
    ArrowArray** children
    ArrowArray* dictionary
    void (*release)(ArrowArray*) noexcept nogil
    void* private_data

cdef struct ArrowArrayStream:
    int (*get_schema)(ArrowArrayStream*, ArrowSchema*) noexcept nogil
    int (*get_next)(ArrowArrayStream*, ArrowArray*) noexcept nogil
    const char* (*get_last_error)(ArrowArrayStream*) noexcept nogil
    void (*release)(ArrowArrayStream*) noexcept nogil
    void* private_data

cdef enum Layout:
    NULLS
    OFFSETS32
    OFFSETS64
    VIEWS

cdef struct View:  # 12 bytes or fewer stand in the view itself, longer texts in a buffer
    int32_t size
    int32_t prefix
    int32_t buffer
    int32_t offset

cdef struct Texts:
    Layout layout
    int64_t start
    int64_t length
    const uint8_t* validity
    const void* index
    const uint8_t* data
    const void** buffers
    int64_t n_buffers
    const int64_t* buffer_sizes

cdef enum Cell:
    MALFORMED
    MISSING
    PRESENT

cdef struct Span:
    const uint8_t* text
    int64_t size


cdef inline bint is_valid(const uint8_t* validity, int64_t at) noexcept nogil:
    return validity == NULL or validity[at >> 3] >> (at & 7) & 1


cdef inline int64_t next_missing(const uint8_t* validity, int64_t at, int64_t stop) noexcept nogil:
    """Find the next place from this on that a validity bitmap says is missing, or `stop`."""
    if validity == NULL:
        return stop
    while at < stop:
        if at & 7 == 0 and validity[at >> 3] == 0xFF:
            at += 8
        elif is_valid(validity, at):
            at += 1
        else:
            return at
    return stop


cdef inline Cell span_of(
    int64_t start, int64_t stop, int64_t end, const uint8_t* data, Span* span
) noexcept nogil:
    if start < 0 or stop < start or stop > end or (data == NULL and stop > start):
        return MALFORMED
    span.text, span.size = data + start, stop - start
    return PRESENT


cdef inline Cell view_of(const Texts* texts, const View* view, Span* span) noexcept nogil:
    cdef int64_t end
    if view.size < 0:
        return MALFORMED
    if view.size <= 12:
        span.text, span.size = <const uint8_t*>view + 4, view.size
        return PRESENT
    if view.buffer < 0 or view.buffer >= texts.n_buffers:
        return MALFORMED
    end = texts.buffer_sizes[view.buffer]
    return span_of(
        view.offset, <int64_t>view.offset + view.size, end, <const uint8_t*>texts.buffers[view.buffer], span
    )


cdef inline Cell text_at(const Texts* texts, int64_t row, Span* span) noexcept nogil:
    """Find the bytes of one row; every offset is checked against the column's last."""
    cdef int64_t at = texts.start + row
    cdef int64_t end = texts.start + texts.length
    if texts.layout == NULLS or not is_valid(texts.validity, at):
        return MISSING
    if texts.layout == OFFSETS32:
        return span_of(
            (<const int32_t*>texts.index)[at],
            (<const int32_t*>texts.index)[at + 1],
            (<const int32_t*>texts.index)[end],
            texts.data,
            span,
        )
    if texts.layout == OFFSETS64:
        return span_of(
            (<const int64_t*>texts.index)[at],
            (<const int64_t*>texts.index)[at + 1],
            (<const int64_t*>texts.index)[end],
            texts.data,
            span,
        )
    return view_of(texts, <const View*>texts.index + at, span)


cdef class Chunk:
    cdef ArrowArray array
    cdef Texts texts        # its own, or those of its dictionary
    cdef char index_format  # of its indices into the dictionary; 0 where it has none
    cdef bint may_miss


cdef list chunks_of(source)
cdef void check_size(const ArrowArray* array) except *
cdef Texts texts_of(const ArrowArray* array, Layout layout) except *
cdef int64_t bytes_of(const Texts* texts) noexcept nogil
