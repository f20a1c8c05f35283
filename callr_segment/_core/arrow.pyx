"""Columns of texts taken in through the Arrow PyCapsule interface, whole or in chunks."""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, int64_t, uint8_t

from callr_segment.errors import InputError


cdef class Chunk:
    """One array of texts, owned: its memory stays until the chunk goes."""

    def __dealloc__(self):
        if self.array.release != NULL:
            self.array.release(&self.array)


cdef Chunk take(ArrowArray* array, const ArrowSchema* schema):
    """Move an array out of where its producer left it."""
    cdef Chunk chunk = Chunk.__new__(Chunk)
    cdef Layout layout = layout_of(schema)
    chunk.array = array[0]
    array.release = NULL
    chunk.index_format = schema.format[0] if schema.dictionary != NULL else 0
    chunk.may_miss = chunk.array.null_count != 0 or layout == NULLS
    if schema.dictionary == NULL:
        chunk.texts = texts_of(&chunk.array, layout)
    elif chunk.array.dictionary == NULL or chunk.array.n_buffers < 2 or not is_sized(&chunk.array):
        raise InputError("a dictionary column without its dictionary; the Arrow data is damaged")
    else:
        chunk.texts = texts_of(chunk.array.dictionary, layout)
        chunk.may_miss = chunk.may_miss or chunk.array.dictionary.null_count != 0
    return chunk


cdef list chunks_of(source):
    """Take every chunk of a column."""
    if hasattr(source, "__arrow_c_stream__"):
        return read_stream(source.__arrow_c_stream__())
    schema, array = source.__arrow_c_array__()
    return [
        take(
            <ArrowArray*>PyCapsule_GetPointer(array, "arrow_array"),
            <ArrowSchema*>PyCapsule_GetPointer(schema, "arrow_schema"),
        )
    ]


cdef list read_stream(object capsule):
    cdef ArrowArrayStream* stream = <ArrowArrayStream*>PyCapsule_GetPointer(capsule, "arrow_array_stream")
    cdef ArrowSchema schema
    cdef ArrowArray array
    cdef list chunks = []
    check_stream(stream, stream.get_schema(stream, &schema))
    try:
        while True:
            check_stream(stream, stream.get_next(stream, &array))
            if array.release == NULL:
                return chunks
            try:
                chunks.append(take(&array, &schema))
            finally:
                if array.release != NULL:
                    array.release(&array)
    finally:
        schema.release(&schema)


cdef void check_stream(ArrowArrayStream* stream, int code) except *:
    cdef const char* reason
    if code:
        reason = stream.get_last_error(stream)
        raise InputError(f"the Arrow stream failed: {reason.decode() if reason != NULL else code}")


cdef Layout layout_of(const ArrowSchema* schema) except *:
    cdef bytes name = schema.format if schema.dictionary == NULL else schema.dictionary.format
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


cdef bint is_sized(const ArrowArray* array) noexcept:
    return array.length >= 0 and array.offset >= 0


cdef Texts texts_of(const ArrowArray* array, Layout layout) except *:
    cdef Texts texts = Texts(NULLS, 0, 0, NULL, NULL, NULL, NULL, 0, NULL)
    cdef int64_t extra = array.n_buffers - 1
    if not is_sized(array):
        raise InputError("a column of negative length; the Arrow data is damaged")
    texts.layout = layout if array.length else NULLS
    texts.start, texts.length = array.offset, array.length
    if texts.layout == NULLS:
        return texts
    if array.n_buffers < (2 if layout == VIEWS else 3) or array.buffers[1] == NULL:
        raise InputError("a text column without its buffers; the Arrow data is damaged")
    texts.validity = <const uint8_t*>array.buffers[0] if array.null_count != 0 else NULL
    texts.index = array.buffers[1]
    texts.data = NULL if layout == VIEWS else <const uint8_t*>array.buffers[2]
    texts.buffers, texts.n_buffers = array.buffers + 2, extra - 2
    texts.buffer_sizes = <const int64_t*>array.buffers[extra] if layout == VIEWS else NULL
    return texts


cdef int64_t bytes_of(const Texts* texts) noexcept nogil:
    """Say about how many bytes there are to read."""
    cdef int64_t size = 0, at, end = texts.start + texts.length
    if texts.layout == OFFSETS32:
        size = (<const int32_t*>texts.index)[end] - (<const int32_t*>texts.index)[texts.start]
    elif texts.layout == OFFSETS64:
        size = (<const int64_t*>texts.index)[end] - (<const int64_t*>texts.index)[texts.start]
    elif texts.layout == VIEWS:
        for at in range(texts.n_buffers):
            size += texts.buffer_sizes[at]
    return max(size, 0)
