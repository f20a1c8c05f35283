"""Whole columns: Arrow capsules and arrays of Python objects in, plain buffers out."""

cimport cython
from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_STRIDED_RO, PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBuffer,
)
from cpython.object cimport PyObject
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t

from callr_segment._core.arrow cimport (
    MALFORMED, MISSING, NULLS, OFFSETS32, OFFSETS64, VIEWS,
    ArrowArray, ArrowArrayStream, ArrowSchema, Cell, Layout, Span, Texts, is_valid, text_at,
)
from callr_segment._core.one cimport mode_of, sizes_of
from callr_segment._core.scan cimport Count, Mode, Sizes, count_str, count_utf8

from callr_segment._core.records import is_missing, not_a_text
from callr_segment.errors import InputError

cdef enum Failure:
    NONE
    BAD_OFFSETS
    BAD_UTF8
    TOO_LONG
    BAD_INDEX

cdef dict REASONS = {
    BAD_OFFSETS: "has offsets outside its column; the Arrow data is damaged",
    BAD_UTF8: "is not valid UTF-8; decode the source with its own encoding first",
    TOO_LONG: "is longer than 2,147,483,647 units; no SMS is",
    BAD_INDEX: "points outside the dictionary of its column; the Arrow data is damaged",
}

cdef struct Columns:
    uint8_t* is_gsm
    uint8_t* is_missing
    int32_t* units
    int32_t* parts
    int32_t* last
    int32_t* extensions


@cython.final
cdef class Counts:
    """Six columns, one cell per text: buffers of bytes (flags) and of 32-bit integers."""

    cdef readonly bytearray is_gsm, is_missing, units, parts, last, extensions
    cdef int64_t length

    def __cinit__(self):
        self.is_gsm, self.is_missing = bytearray(), bytearray()
        self.units, self.parts, self.last, self.extensions = (
            bytearray(), bytearray(), bytearray(), bytearray()
        )

    def __len__(self):
        return self.length

    cdef Columns grow(self, int64_t rows) except *:
        """Make room for more rows and point at the first of them."""
        cdef int64_t at = self.length
        self.length += rows
        for flags in (self.is_gsm, self.is_missing):
            flags.extend(bytes(rows)) if at else flags.__init__(rows)
        for numbers in (self.units, self.parts, self.last, self.extensions):
            numbers.extend(bytes(4 * rows)) if at else numbers.__init__(4 * rows)
        return Columns(
            <uint8_t*><char*>self.is_gsm + at,
            <uint8_t*><char*>self.is_missing + at,
            <int32_t*><char*>self.units + at,
            <int32_t*><char*>self.parts + at,
            <int32_t*><char*>self.last + at,
            <int32_t*><char*>self.extensions + at,
        )


cdef inline Failure put(Columns* out, int64_t row, const Count* count) noexcept nogil:
    if count.units > 0x7FFFFFFF:
        return TOO_LONG
    out.is_gsm[row] = count.is_gsm
    out.units[row] = <int32_t>count.units
    out.parts[row] = <int32_t>count.parts
    out.last[row] = <int32_t>count.last
    out.extensions[row] = <int32_t>count.extensions
    return NONE


cdef Failure count_texts(
    const Texts* texts, Mode mode, const Sizes* sizes, Columns* out, int64_t* row
) noexcept nogil:
    """Count every text of a chunk; on failure `row` says where."""
    cdef Span span
    cdef Count count
    cdef Cell cell
    cdef Failure failure
    while row[0] < texts.length:
        cell = text_at(texts, row[0], &span)
        if cell == MALFORMED:
            return BAD_OFFSETS
        if cell == MISSING:
            out.is_missing[row[0]] = True
        else:
            if not count_utf8(span.text, span.size, mode, sizes, &count):
                return BAD_UTF8
            failure = put(out, row[0], &count)
            if failure != NONE:
                return failure
        row[0] += 1
    return NONE


cdef inline int64_t index_at(const void* values, char kind, int64_t at) noexcept nogil:
    if kind == b"c":
        return (<const int8_t*>values)[at]
    if kind == b"C":
        return (<const uint8_t*>values)[at]
    if kind == b"s":
        return (<const int16_t*>values)[at]
    if kind == b"S":
        return (<const uint16_t*>values)[at]
    if kind == b"i":
        return (<const int32_t*>values)[at]
    if kind == b"I":
        return (<const uint32_t*>values)[at]
    return (<const int64_t*>values)[at]  # a uint64 index past 2^63 turns negative and is refused


cdef Failure gather(
    const ArrowArray* array, char kind, const Columns* words, int64_t n_words, Columns* out, int64_t* row
) noexcept nogil:
    """Copy the count of each row's dictionary entry."""
    cdef int64_t at, word
    while row[0] < array.length:
        at = array.offset + row[0]
        if not is_valid(<const uint8_t*>array.buffers[0], at):
            out.is_missing[row[0]] = True
        else:
            word = index_at(array.buffers[1], kind, at)
            if not 0 <= word < n_words:
                return BAD_INDEX
            out.is_missing[row[0]] = words.is_missing[word]
            out.is_gsm[row[0]] = words.is_gsm[word]
            out.units[row[0]] = words.units[word]
            out.parts[row[0]] = words.parts[word]
            out.last[row[0]] = words.last[word]
            out.extensions[row[0]] = words.extensions[word]
        row[0] += 1
    return NONE


cdef Layout layout_of(const ArrowSchema* schema) except *:
    cdef bytes name = schema.format
    if name == b"u":
        return OFFSETS32
    if name == b"U":
        return OFFSETS64
    if name == b"vu":
        return VIEWS
    if name == b"n":
        return NULLS
    if name == b"+r":
        raise InputError("run-end encoded columns are not read; cast to string first", value=name.decode())
    raise InputError(
        f"a column of Arrow format {name.decode()!r} holds no texts; cast it to string first",
        value=name.decode(),
    )


cdef Texts texts_of(const ArrowArray* array, Layout layout) except *:
    cdef Texts texts = Texts(NULLS, 0, 0, NULL, NULL, NULL, NULL, 0, NULL)
    cdef int64_t extra = array.n_buffers - 1
    if array.length < 0 or array.offset < 0:
        raise InputError("a column of negative length; the Arrow data is damaged")
    texts.layout = layout if array.length else NULLS
    texts.start, texts.length = array.offset, array.length
    if texts.layout == NULLS:
        return texts
    if array.n_buffers < (2 if layout == VIEWS else 3) or array.buffers[1] == NULL:
        raise InputError("a text column without its buffers; the Arrow data is damaged")
    texts.validity = <const uint8_t*>array.buffers[0]
    texts.index = array.buffers[1]
    texts.data = NULL if layout == VIEWS else <const uint8_t*>array.buffers[2]
    texts.buffers, texts.n_buffers = array.buffers + 2, extra - 2
    texts.buffer_sizes = <const int64_t*>array.buffers[extra] if layout == VIEWS else NULL
    return texts


cdef void raise_failure(Failure failure, int64_t row) except *:
    raise InputError(f"row {row} {REASONS[failure]}", row=row)


cdef void add_texts(
    Counts counts, const ArrowArray* array, Layout layout, Mode mode, const Sizes* sizes
) except *:
    cdef int64_t row = 0, before = counts.length
    cdef Texts texts = texts_of(array, layout)
    cdef Columns out = counts.grow(texts.length)
    cdef Failure failure
    with nogil:
        failure = count_texts(&texts, mode, sizes, &out, &row)
    if failure != NONE:
        raise_failure(failure, before + row)


cdef void add_dictionary(
    Counts counts, const ArrowArray* array, const ArrowSchema* schema, Mode mode, const Sizes* sizes
) except *:
    """Count each distinct text once."""
    cdef Counts words = Counts()
    cdef Columns from_words, out
    cdef int64_t row = 0, before = counts.length
    cdef char kind = schema.format[0]
    cdef Failure failure
    if array.length < 0 or array.offset < 0 or array.dictionary == NULL or array.n_buffers < 2:
        raise InputError("a dictionary column without its dictionary; the Arrow data is damaged")
    add_texts(words, array.dictionary, layout_of(schema.dictionary), mode, sizes)
    from_words, out = words.grow(0), counts.grow(array.length)
    from_words = Columns(
        <uint8_t*><char*>words.is_gsm, <uint8_t*><char*>words.is_missing, <int32_t*><char*>words.units,
        <int32_t*><char*>words.parts, <int32_t*><char*>words.last, <int32_t*><char*>words.extensions,
    )
    with nogil:
        failure = gather(array, kind, &from_words, words.length, &out, &row)
    if failure != NONE:
        raise_failure(failure, before + row)


cdef void add_chunk(
    Counts counts, const ArrowArray* array, const ArrowSchema* schema, Mode mode, const Sizes* sizes
) except *:
    if schema.dictionary != NULL:
        add_dictionary(counts, array, schema, mode, sizes)
    else:
        add_texts(counts, array, layout_of(schema), mode, sizes)


def count_arrow(source, *, encoding=None, limits=None):
    """Count a column that speaks the Arrow PyCapsule interface, whole or in chunks."""
    cdef Counts counts = Counts()
    cdef Mode mode = mode_of(encoding)
    cdef Sizes sizes = sizes_of(limits)
    if hasattr(source, "__arrow_c_stream__"):
        _count_stream(counts, source.__arrow_c_stream__(), mode, &sizes)
    else:
        schema, array = source.__arrow_c_array__()
        add_chunk(
            counts,
            <ArrowArray*>PyCapsule_GetPointer(array, "arrow_array"),
            <ArrowSchema*>PyCapsule_GetPointer(schema, "arrow_schema"),
            mode,
            &sizes,
        )
    return counts


cdef void _count_stream(Counts counts, object capsule, Mode mode, const Sizes* sizes) except *:
    cdef ArrowArrayStream* stream = <ArrowArrayStream*>PyCapsule_GetPointer(capsule, "arrow_array_stream")
    cdef ArrowSchema schema
    cdef ArrowArray array
    check_stream(stream, stream.get_schema(stream, &schema))
    try:
        while True:
            check_stream(stream, stream.get_next(stream, &array))
            if array.release == NULL:
                return
            try:
                add_chunk(counts, &array, &schema, mode, sizes)
            finally:
                array.release(&array)
    finally:
        schema.release(&schema)


cdef void check_stream(ArrowArrayStream* stream, int code) except *:
    cdef const char* reason
    if code:
        reason = stream.get_last_error(stream)
        raise InputError(f"the Arrow stream failed: {reason.decode() if reason != NULL else code}")


cdef Failure count_object(object value, int64_t row, Mode mode, const Sizes* sizes, Columns* out) except *:
    cdef Count count
    if isinstance(value, str):
        count_str(<str>value, mode, sizes, &count)
        return put(out, row, &count)
    if not is_missing(value):
        raise not_a_text(value, row)
    out.is_missing[row] = True
    return NONE


def count_objects(values, *, encoding=None, limits=None):
    """Count a list or an array of Python strings; None, NaN and NA are missing."""
    cdef Counts counts = Counts()
    cdef Mode mode = mode_of(encoding)
    cdef Sizes sizes = sizes_of(limits)
    if PyObject_CheckBuffer(values):
        _count_buffer(counts, values, mode, &sizes)
    else:
        _count_sequence(counts, list(values), mode, &sizes)
    return counts


cdef void _count_sequence(Counts counts, list values, Mode mode, const Sizes* sizes) except *:
    cdef Columns out = counts.grow(len(values))
    cdef int64_t row
    cdef Failure failure
    for row in range(counts.length):
        failure = count_object(values[row], row, mode, sizes, &out)
        if failure != NONE:
            raise_failure(failure, row)


cdef void _count_buffer(Counts counts, object values, Mode mode, const Sizes* sizes) except *:
    cdef Py_buffer view
    cdef Columns out
    cdef int64_t row
    cdef PyObject** cell
    cdef Failure failure
    PyObject_GetBuffer(values, &view, PyBUF_STRIDED_RO | PyBUF_FORMAT)
    try:
        if view.ndim != 1 or view.format != b"O":
            name = view.format.decode()
            raise InputError(f"an array of format {name!r} holds no texts; make it text first")
        out = counts.grow(view.shape[0])
        for row in range(view.shape[0]):
            cell = <PyObject**>(<char*>view.buf + row * view.strides[0])
            failure = count_object(<object>cell[0] if cell[0] != NULL else None, row, mode, sizes, &out)
            if failure != NONE:
                raise_failure(failure, row)
    finally:
        PyBuffer_Release(&view)
