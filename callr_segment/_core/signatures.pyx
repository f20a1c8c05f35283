"""What is left of the texts of a column without the bytes that nobody asks about."""

cimport cython
from cpython.bytearray cimport PyByteArray_FromStringAndSize
from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from callr_segment._core.arrow cimport MALFORMED, PRESENT, Cell, Chunk, Span, chunks_of, text_at
from callr_segment._core.text_counts cimport raise_failure
from callr_segment._core.text_rows cimport BAD_OFFSETS

from callr_segment._core.column_records import Signatures, check_classes
from callr_segment.errors import InputError

cdef enum:
    KEPT = 1         # the bit of the bytes that are left
    HEAD = 8         # bytes that are compared as one
    SLOTS_BITS = 8

cdef struct Slot:
    uint64_t head
    int64_t size
    const char* text
    int32_t code


@cython.final
cdef class Found:
    """The signatures so far, and where those seen lately are found without making an object."""

    cdef dict codes
    cdef list texts
    cdef bytearray scratch
    cdef const uint8_t* classes
    cdef int32_t* out
    cdef uint8_t* marks
    cdef Slot slots[1 << SLOTS_BITS]

    def __cinit__(self):
        self.codes, self.texts, self.scratch = {b"": 0}, [b""], bytearray()
        memset(self.slots, 0, sizeof(self.slots))


cdef inline int64_t strip(
    const Span* span, const uint8_t* classes, uint8_t* left, uint8_t* mark
) noexcept nogil:
    """Write the bytes that are kept, and nothing behind the last; tell how many, and the classes of all."""
    cdef int64_t at, size = 0
    cdef uint8_t each, seen = 0
    for at in range(span.size):  # without a branch: what is kept is as good as random
        each = classes[span.text[at]]
        left[size] = span.text[at]
        size += each & KEPT
        seen |= each
    memset(left + size, 0, HEAD)
    mark[0] = seen
    return size


cdef inline int32_t code_of(Found found, const char* left, int64_t size) except -1:
    cdef uint64_t head
    cdef Slot* slot
    memcpy(&head, left, HEAD)
    slot = found.slots + ((head ^ <uint64_t>size) * <uint64_t>0x9E3779B97F4A7C15 >> (64 - SLOTS_BITS))
    if slot.head == head and slot.size == size and (size <= HEAD or not memcmp(slot.text, left, size)):
        return slot.code
    return look_up(found, left[:size], head, slot)


cdef int32_t look_up(Found found, bytes left, uint64_t head, Slot* slot) except -1:
    """Find a signature among all, or add it, and keep it where it is found sooner."""
    cdef int32_t code = found.codes.setdefault(left, len(found.texts))
    if code == len(found.texts):
        found.texts.append(left)
    slot.head, slot.size, slot.code = head, len(left), code
    slot.text = PyBytes_AS_STRING(found.texts[code])
    return code


cdef int read(Chunk chunk, Found found, int64_t start) except -1:
    cdef int64_t row, size
    cdef Cell cell
    cdef Span span
    for row in range(start, start + chunk.array.length):
        found.out[row], found.marks[row] = 0, 0
        cell = text_at(&chunk.texts, row - start, &span)
        if cell == MALFORMED:
            raise_failure(BAD_OFFSETS, row)
        if cell != PRESENT:
            continue
        if span.size + HEAD > len(found.scratch):
            found.scratch = bytearray(2 * span.size + HEAD)
        size = strip(&span, found.classes, <uint8_t*><char*>found.scratch, found.marks + row)
        if size:
            found.out[row] = code_of(found, <const char*>found.scratch, size)
    return 0


def read_signatures(source, bytes classes not None):
    """Keep of each text of an Arrow column the bytes of an odd class; ``classes`` has one for each byte."""
    cdef list chunks = chunks_of(source)
    cdef Chunk chunk
    cdef Found found = Found()
    cdef int64_t start = 0, rows = 0
    cdef bytearray codes, marks
    check_classes(classes)
    for chunk in chunks:
        if chunk.index_format:
            raise InputError("a dictionary column is not read text by text; cast it to string first")
        rows += chunk.array.length
    codes, marks = PyByteArray_FromStringAndSize(NULL, 4 * rows), PyByteArray_FromStringAndSize(NULL, rows)
    found.classes, found.out, found.marks = classes, <int32_t*><char*>codes, <uint8_t*><char*>marks
    for chunk in chunks:
        read(chunk, found, start)
        start += chunk.array.length
    return Signatures(codes, marks, found.texts)
