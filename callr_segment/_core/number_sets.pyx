# cython: cdivision=True
"""Sets of phone numbers, in at most 16 bytes for each: bits where many are near, else a hash table."""

cimport cython
from cpython.bytearray cimport PyByteArray_FromStringAndSize
from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport qsort

from callr_segment._core.buffers cimport Buffer, look_at

cdef enum:
    DENSE = 600      # numbers of a page from which its bits take 14 bytes for each, or less
    BITS = 8192      # bytes of those bits
    FIRST_SLOTS = 64
    PROBES = 128     # numbers, and neighbours of each, that tell whether there are such pages
    MANY = 20000     # loose numbers from which they are looked for

cdef struct Page:
    uint64_t key      # what its numbers have in common, and one more: 0 is an empty slot
    uint8_t* bits


cdef inline uint64_t spread(uint64_t number) noexcept nogil:
    """Hash a number to 32 bits."""
    number *= <uint64_t>0x9E3779B97F4A7C15
    number ^= number >> 32
    return number * <uint64_t>0xD6E8FEB86659FD93 >> 32


cdef int compare(const void* left, const void* right) noexcept nogil:
    cdef uint64_t one = (<const uint64_t*>left)[0], other = (<const uint64_t*>right)[0]
    return (one > other) - (one < other)


@cython.final
cdef class NumberSet:
    """A set of numbers (uint64) that is asked, and added to, a column at a time; 0 is no number."""

    cdef Page* pages
    cdef uint64_t* loose           # those of no page, by their hash; 0 is an empty slot
    cdef uint64_t slots, used      # of pages
    cdef uint64_t room, held       # of loose numbers
    cdef int64_t length

    def __cinit__(self):
        self.slots = self.room = FIRST_SLOTS
        self.pages = <Page*>PyMem_RawCalloc(self.slots, sizeof(Page))
        self.loose = <uint64_t*>PyMem_RawCalloc(self.room, sizeof(uint64_t))
        if self.pages is NULL or self.loose is NULL:
            raise MemoryError

    def __dealloc__(self):
        cdef uint64_t at
        if self.pages is not NULL:
            for at in range(self.slots):
                PyMem_RawFree(self.pages[at].bits)
        PyMem_RawFree(self.pages)
        PyMem_RawFree(self.loose)

    def __len__(self):
        return self.length

    @property
    def nbytes(self):
        """Bytes of memory it takes."""
        return self.slots * sizeof(Page) + self.used * BITS + self.room * sizeof(uint64_t)

    cdef inline Page* page_of(self, uint64_t number) noexcept nogil:
        """Find the page of a number, or the empty slot for it."""
        cdef uint64_t key = (number >> 16) + 1, at = spread(key) & self.slots - 1
        while self.pages[at].key != 0 and self.pages[at].key != key:
            at = at + 1 & self.slots - 1
        return &self.pages[at]

    cdef inline uint64_t* slot_of(self, uint64_t number) noexcept nogil:
        """Find a loose number, or the empty slot for it."""
        cdef uint64_t at = spread(number) * self.room >> 32
        while self.loose[at] != 0 and self.loose[at] != number:
            at += 1
            if at == self.room:
                at = 0
        return &self.loose[at]

    cdef inline bint holds(self, uint64_t number) noexcept nogil:
        cdef const Page* page
        if self.used:
            page = self.page_of(number)
            if page.key:
                return page.bits[(number & 0xFFFF) >> 3] >> (number & 7) & 1
        return self.slot_of(number)[0] != 0

    cdef bint double_pages(self) noexcept nogil:
        """Make room for more pages; false where there is no memory."""
        cdef Page* old = self.pages
        cdef uint64_t at, slots = self.slots
        cdef Page* pages = <Page*>PyMem_RawCalloc(2 * slots, sizeof(Page))
        if pages is NULL:
            return False
        self.pages, self.slots = pages, 2 * slots
        for at in range(slots):
            if old[at].key:
                self.page_of(old[at].key - 1 << 16)[0] = old[at]
        PyMem_RawFree(old)
        return True

    cdef bint add_page(self, const uint64_t* numbers, uint64_t count) noexcept nogil:
        """Make a page of numbers."""
        cdef uint8_t* bits = <uint8_t*>PyMem_RawCalloc(BITS, 1)
        cdef uint64_t at
        cdef Page* page
        if bits is NULL:
            return False
        if 4 * self.used >= 3 * self.slots and not self.double_pages():
            PyMem_RawFree(bits)
            return False
        for at in range(count):
            bits[(numbers[at] & 0xFFFF) >> 3] |= <uint8_t>(1 << (numbers[at] & 7))
        page = self.page_of(numbers[0])
        page.key, page.bits = (numbers[0] >> 16) + 1, bits
        self.used += 1
        return True

    cdef bint looks_dense(self) noexcept nogil:
        """Whether loose numbers have enough neighbours for pages: a sample is asked for some of theirs."""
        cdef uint64_t number, other = 0
        cdef int found = 0, sample
        for sample in range(PROBES):
            number = self.loose[self.room // PROBES * sample]
            for _ in range(PROBES if number else 0):
                other = other * 25173 + 13849 & 0xFFFF
                found += self.slot_of(number & ~<uint64_t>0xFFFF | other)[0] != 0
        return found * 65536 > PROBES * PROBES * DENSE

    cdef bint gather(self) noexcept nogil:
        """Make pages of the loose numbers that have many neighbours; the others are held on."""
        cdef uint64_t* numbers = <uint64_t*>PyMem_RawMalloc(self.held * sizeof(uint64_t))
        cdef uint64_t at, count = 0, start = 0
        if numbers is NULL:
            return False
        for at in range(self.room):
            if self.loose[at]:
                numbers[count] = self.loose[at]
                count += 1
        qsort(numbers, count, sizeof(uint64_t), compare)
        for at in range(1, count + 1):
            if at < count and numbers[at] >> 16 == numbers[start] >> 16:
                continue
            if at - start >= DENSE:
                if not self.add_page(&numbers[start], at - start):
                    break
                self.held -= at - start
            start = at
        PyMem_RawFree(numbers)
        return start == count

    cdef bint make_room(self) noexcept nogil:
        """Lay the loose numbers out anew, with room for half as many more; false where there is no memory."""
        cdef uint64_t* old = self.loose
        cdef uint64_t at, room = self.room
        cdef bint has_room = True
        if self.held > MANY and self.looks_dense():
            has_room = self.gather()
        self.room = max(<uint64_t>FIRST_SLOTS, 2 * self.held)
        self.loose = <uint64_t*>PyMem_RawCalloc(self.room, sizeof(uint64_t))
        if self.loose is NULL:
            self.loose, self.room, self.held = old, room, room  # until there is memory again
            return False
        for at in range(room):
            if old[at] and not (self.used and self.page_of(old[at]).key):
                self.slot_of(old[at])[0] = old[at]
        PyMem_RawFree(old)
        return has_room

    cdef int add(self, uint64_t number) noexcept nogil:
        """Return whether the number was there before, or -1 where there is no memory."""
        cdef Page* page = self.page_of(number)
        cdef uint64_t* slot
        cdef uint8_t* byte
        if page.key == 0:
            slot = self.slot_of(number)
            if slot[0]:
                return 1
            if 4 * self.held < 3 * self.room:
                slot[0] = number
                self.held += 1
                self.length += 1
                return 0
            return self.add(number) if self.make_room() else -1
        byte = &page.bits[(number & 0xFFFF) >> 3]
        if byte[0] >> (number & 7) & 1:
            return 1
        byte[0] |= <uint8_t>(1 << (number & 7))
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
        with nogil:
            for row in range(rows):
                cells[row] = values[row] != 0 and self.holds(values[row])
        return found
