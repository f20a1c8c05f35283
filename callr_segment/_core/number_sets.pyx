# cython: cdivision=True
"""Sets of phone numbers in pages of 2^16: sorted 16-bit integers while few, a bit for each when many."""

cimport cython
from cpython.bytearray cimport PyByteArray_FromStringAndSize
from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree, PyMem_RawRealloc
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memmove

from callr_segment._core.buffers cimport Buffer, look_at

cdef enum:
    DENSE = 512      # numbers of a page from which its bits take 16 bytes for each, or less
    BITS = 8192      # bytes of those bits
    FIRST_SLOTS = 64

cdef struct Page:
    uint64_t key      # what its numbers have in common, and one more: 0 is an empty slot
    uint16_t* values  # sorted, or the bits
    uint32_t length
    uint32_t room     # 0 where they are bits


cdef inline uint32_t place_in(const Page* page, uint16_t value) noexcept nogil:
    """Return where a value is, or would be, among the sorted ones."""
    cdef uint32_t first = 0, length = page.length, half
    while length:
        half = length >> 1
        if page.values[first + half] < value:
            first += half + 1
            length -= half + 1
        else:
            length = half
    return first


cdef inline bint holds(const Page* page, uint16_t value) noexcept nogil:
    cdef uint32_t at
    if page.room == 0:
        return (<const uint8_t*>page.values)[value >> 3] >> (value & 7) & 1
    at = place_in(page, value)
    return at < page.length and page.values[at] == value


@cython.final
cdef class NumberSet:
    """A set of numbers (uint64) that is asked, and added to, a column at a time; 0 is no number."""

    cdef Page* pages
    cdef uint64_t slots, used
    cdef int64_t length
    cdef size_t bytes_of_pages

    def __cinit__(self):
        self.slots = FIRST_SLOTS
        self.pages = <Page*>PyMem_RawCalloc(FIRST_SLOTS, sizeof(Page))
        if self.pages is NULL:
            raise MemoryError

    def __dealloc__(self):
        cdef uint64_t at
        if self.pages is not NULL:
            for at in range(self.slots):
                PyMem_RawFree(self.pages[at].values)
            PyMem_RawFree(self.pages)

    def __len__(self):
        return self.length

    @property
    def nbytes(self):
        """Bytes of memory it takes."""
        return self.slots * sizeof(Page) + self.bytes_of_pages

    cdef inline Page* slot(self, uint64_t key) noexcept nogil:
        """Find the page of a key, or the empty slot for it."""
        cdef uint64_t at = key * <uint64_t>0x9E3779B97F4A7C15 >> 20 & self.slots - 1
        while self.pages[at].key != 0 and self.pages[at].key != key:
            at = at + 1 & self.slots - 1
        return &self.pages[at]

    cdef bint grow(self) noexcept nogil:
        """Double the slots; false where there is no memory."""
        cdef Page* old = self.pages
        cdef uint64_t at, slots = self.slots
        cdef Page* pages = <Page*>PyMem_RawCalloc(2 * slots, sizeof(Page))
        if pages is NULL:
            return False
        self.pages, self.slots = pages, 2 * slots
        for at in range(slots):
            if old[at].key:
                self.slot(old[at].key)[0] = old[at]
        PyMem_RawFree(old)
        return True

    cdef bint make_dense(self, Page* page) noexcept nogil:
        cdef uint8_t* bits = <uint8_t*>PyMem_RawCalloc(BITS, 1)
        cdef uint32_t at
        if bits is NULL:
            return False
        for at in range(page.length):
            bits[page.values[at] >> 3] |= <uint8_t>(1 << (page.values[at] & 7))
        self.bytes_of_pages += BITS - page.room * sizeof(uint16_t)
        PyMem_RawFree(page.values)
        page.values, page.room = <uint16_t*>bits, 0
        return True

    cdef bint make_room(self, Page* page) noexcept nogil:
        cdef uint32_t room = page.room + page.room // 2 + 2
        cdef uint16_t* values = <uint16_t*>PyMem_RawRealloc(page.values, room * sizeof(uint16_t))
        if values is NULL:
            return False
        self.bytes_of_pages += (room - page.room) * sizeof(uint16_t)
        page.values, page.room = values, room
        return True

    cdef int add(self, uint64_t number) noexcept nogil:
        """Return whether the number was there before, or -1 where there is no memory."""
        cdef uint16_t value = <uint16_t>number
        cdef uint32_t at
        cdef Page* page
        if 4 * self.used >= 3 * self.slots and not self.grow():
            return -1
        page = self.slot((number >> 16) + 1)
        if page.key and holds(page, value):
            return 1
        if page.key == 0:
            if not self.make_room(page):
                return -1
            page.key = (number >> 16) + 1
            self.used += 1
        if page.room and page.length == DENSE and not self.make_dense(page):
            return -1
        if page.room == 0:
            (<uint8_t*>page.values)[value >> 3] |= <uint8_t>(1 << (value & 7))
        else:
            if page.length == page.room and not self.make_room(page):
                return -1
            at = place_in(page, value)
            memmove(page.values + at + 1, page.values + at, (page.length - at) * sizeof(uint16_t))
            page.values[at] = value
        page.length += 1
        self.length += 1
        return 0

    def add_many(self, numbers):
        """Add numbers, and tell of each (a byte) whether it was there: in the set, or in a row above."""
        cdef Buffer buffer = look_at(numbers, sizeof(uint64_t))
        cdef const uint64_t* values = <const uint64_t*>buffer.start
        cdef int64_t row, rows = buffer.length
        cdef bytearray found = PyByteArray_FromStringAndSize(NULL, rows)
        cdef char* cells = found
        with nogil:
            for row in range(rows):
                cells[row] = <char>(self.add(values[row]) if values[row] else 0)
                if cells[row] < 0:
                    break
            else:
                row = rows
        if row < rows:
            raise MemoryError
        return found

    def find_many(self, numbers) -> bytearray:
        """Tell of each number (a byte) whether it is in the set."""
        cdef Buffer buffer = look_at(numbers, sizeof(uint64_t))
        cdef const uint64_t* values = <const uint64_t*>buffer.start
        cdef int64_t row, rows = buffer.length
        cdef bytearray found = PyByteArray_FromStringAndSize(NULL, rows)
        cdef char* cells = found
        cdef const Page* page
        with nogil:
            for row in range(rows):
                page = self.slot((values[row] >> 16) + 1)
                cells[row] = values[row] != 0 and page.key != 0 and holds(page, <uint16_t>values[row])
        return found
