"""Columns of texts taken in through the Arrow PyCapsule interface, whole or in chunks."""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, int64_t, uint8_t

from callr_segment.errors import InputError


cdef class Chunk:
    """One array of texts, owned: its memory stays until the chunk goes."""

    def __dealloc__(self):
        if self.array.release != NULL:
            self.array.release(&self.array)


cdef int64_t MOST_ROWS = 1 << 48  # of a column: times the bytes of an answer they still fit 64 bits


cdef Chunk take(ArrowArray* array, const ArrowSchema* schema):
    """Move an array out of where its producer left it."""
    cdef Chunk chunk = Chunk.__new__(Chunk)
    cdef Layout layout
    if array.release == NULL or schema.release == NULL or schema.format == NULL:
        raise InputError("an Arrow column that was taken before; export it again")
    layout = layout_of(schema)
    chunk.array = array[0]
    array.release = NULL
    check_size(&chunk.array)
    chunk.may_miss = chunk.array.null_count != 0 or layout == NULLS
    if schema.dictionary == NULL:
        chunk.texts = texts_of(&chunk.array, layout)
        return chunk
    chunk.index_format = index_format_of(schema)
    check_buffers(&chunk.array, 2)
    if chunk.array.dictionary == NULL:
        raise InputError("a dictionary column without its dictionary; the Arrow data is damaged")
    check_size(chunk.array.dictionary)
    chunk.texts = texts_of(chunk.array.dictionary, layout)
    chunk.may_miss = chunk.may_miss or chunk.array.dictionary.null_count != 0
    return chunk


cdef list chunks_of(source):
    """Take every chunk of a column."""
    cdef Chunk chunk
    cdef list chunks
    cdef int64_t rows = 0
    if hasattr(source, "__arrow_c_stream__"):
        chunks = read_stream(source.__arrow_c_stream__())
    else:
        schema, array = source.__arrow_c_array__()
        chunks = [
            take(
                <ArrowArray*>PyCapsule_GetPointer(array, "arrow_array"),
                <ArrowSchema*>PyCapsule_GetPointer(schema, "arrow_schema"),
            )
        ]
    for chunk in chunks:
        rows += chunk.array.length
        if rows > MOST_ROWS:
            raise InputError(f"a column of over {MOST_ROWS:,} rows; the Arrow data is damaged", value=rows)
    return chunks


cdef list read_stream(object capsule):
    cdef ArrowArrayStream* stream = <ArrowArrayStream*>PyCapsule_GetPointer(capsule, "arrow_array_stream")
    cdef ArrowSchema schema
    cdef ArrowArray array
    cdef list chunks = []
    if stream.release == NULL:
        raise InputError("an Arrow stream that was read before; export it again")
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
        if schema.release != NULL:
            schema.release(&schema)


cdef void check_stream(ArrowArrayStream* stream, int code) except *:
    cdef const char* reason
    if code:
        reason = stream.get_last_error(stream)
        raise InputError(f"the Arrow stream failed: {said(reason) if reason != NULL else code}")


cdef str said(const char* text):
    """Read what a producer wrote, which need not be UTF-8."""
    return (<bytes>text).decode("utf-8", "replace")


cdef Layout layout_of(const ArrowSchema* schema) except *:
    cdef const ArrowSchema* values = schema if schema.dictionary == NULL else schema.dictionary
    cdef str name = said(values.format) if values.format != NULL else "nothing"
    if name == "u":
        return OFFSETS32
    if name == "U":
        return OFFSETS64
    if name == "vu":
        return VIEWS
    if name == "n":
        return NULLS
    if name == "+r":
        raise InputError("run-end encoded columns are not read; cast to string first", value=name)
    raise InputError(f"a column of Arrow format {name!r} holds no texts; cast it to string first", value=name)


cdef char index_format_of(const ArrowSchema* schema) except *:
    """Tell what the indices of a dictionary are: a letter for integers of 8 to 64 bits, signed and not."""
    cdef str name = said(schema.format)
    if len(name) != 1 or name not in "cCsSiIlL":
        raise InputError(f"a dictionary is indexed by integers, not by Arrow format {name!r}", value=name)
    return schema.format[0]


cdef void check_size(const ArrowArray* array) except *:
    if array.length < 0 or array.offset < 0:
        raise InputError("a column of negative length; the Arrow data is damaged")
    if max(array.length, array.offset) > MOST_ROWS:
        raise InputError(f"a column of over {MOST_ROWS:,} rows; the Arrow data is damaged")


cdef void check_buffers(const ArrowArray* array, int64_t least) except *:
    """Refuse an array without its buffers, or rows of one without what tells where they are."""
    if array.n_buffers < least or array.buffers == NULL or (array.length and array.buffers[1] == NULL):
        raise InputError("a column without its buffers; the Arrow data is damaged")


cdef Texts texts_of(const ArrowArray* array, Layout layout) except *:
    """See an array, whose size has been checked, as texts."""
    cdef Texts texts = Texts(NULLS, array.offset, array.length, NULL, NULL, NULL, NULL, 0, NULL)
    if layout == NULLS or not array.length:
        return texts
    check_buffers(array, 2 if layout == VIEWS else 3)
    texts.layout, texts.index = layout, array.buffers[1]
    texts.validity = <const uint8_t*>array.buffers[0] if array.null_count != 0 else NULL
    if layout != VIEWS:
        texts.data = <const uint8_t*>array.buffers[2]
    elif array.n_buffers > 3:
        texts.buffers, texts.n_buffers = array.buffers + 2, array.n_buffers - 3
        texts.buffer_sizes = <const int64_t*>array.buffers[array.n_buffers - 1]
        if texts.buffer_sizes == NULL:
            raise InputError("a text column without the sizes of its buffers; the Arrow data is damaged")
    return texts


cdef inline int64_t bytes_between(int64_t first, int64_t last) noexcept nogil:
    return last - first if 0 <= first <= last else 0


cdef int64_t bytes_of(const Texts* texts) noexcept nogil:
    """Say about how many bytes there are to read; of damaged columns anything up to what there can be."""
    cdef int64_t size = 0, at, end = texts.start + texts.length
    if texts.layout == OFFSETS32:
        size = bytes_between((<const int32_t*>texts.index)[texts.start], (<const int32_t*>texts.index)[end])
    elif texts.layout == OFFSETS64:
        size = bytes_between((<const int64_t*>texts.index)[texts.start], (<const int64_t*>texts.index)[end])
    elif texts.layout == VIEWS:
        for at in range(texts.n_buffers):
            size += min(max(0, texts.buffer_sizes[at]), MOST_ROWS)
    return min(size, MOST_ROWS)
