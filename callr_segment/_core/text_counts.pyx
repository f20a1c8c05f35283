"""The answers for a column, and the work of making them, by one thread or several."""

from collections import deque

cimport cython
from cpython.bytearray cimport PyByteArray_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.string cimport memset

from callr_segment._core.arrow cimport Chunk, bytes_of
from callr_segment._core.simd cimport Rules
from callr_segment._core.text_dictionaries cimport gather
from callr_segment._core.text_rows cimport (
    BAD_INDEX, BAD_OFFSETS, BAD_UTF8, NONE, TOO_LONG, CountColumns, Failure, count_rows, put_missing, shifted,
)

from callr_segment.errors import InputError

cdef dict REASONS = {
    BAD_OFFSETS: "has offsets outside its column; the Arrow data is damaged",
    BAD_UTF8: "is not valid UTF-8; decode the source with its own encoding first",
    TOO_LONG: "is longer than 2,147,483,647 units; no SMS is",
    BAD_INDEX: "points outside the dictionary of its column; the Arrow data is damaged",
}

cdef extern from "kernels/huge_pages.h":
    void prefer_huge_pages(void* start, size_t size)

cdef enum:
    PIECE_BYTES = 1 << 20  # what a thread takes at a time
    HUGE_BYTES = 1 << 22   # from here on a block is worth large pages


cdef bytearray room(int64_t size):
    """Make a block of memory, all of whose bytes are about to be written."""
    cdef bytearray block = PyByteArray_FromStringAndSize(NULL, size)
    if size >= HUGE_BYTES:
        prefer_huge_pages(<char*>block, size)
    return block


cdef object view(bytearray block, const void* column, int64_t size):
    """Show a column of a block."""
    cdef int64_t start = <const char*>column - <char*>block
    return memoryview(block)[start : start + size]


@cython.final
cdef class Counts:
    """Six columns, one cell per text: views of bytes (flags) and of 32-bit integers, in a block or two.

    Of an Arrow column, ``last`` and ``extensions`` are made when first asked for, and its memory is kept so
    long.
    """

    def __len__(self):
        return self.length

    @property
    def units(self) -> memoryview:
        """Length of each as it is billed."""
        return view(self.block, self.out.cells.units, 4 * self.length)

    @property
    def parts(self) -> memoryview:
        """How many parts are billed for each."""
        return view(self.block, self.out.cells.parts, 4 * self.length)

    @property
    def is_gsm(self) -> memoryview:
        """Flags of the texts that GSM can carry."""
        return view(self.block, self.out.cells.is_gsm, self.length)

    @property
    def is_missing(self) -> memoryview:
        """Flags of the texts that are not there."""
        if self.out.is_missing != NULL:
            return view(self.block, self.out.is_missing, self.length)
        if self.present is None:
            self.present = bytearray(self.length)
        return memoryview(self.present)

    @property
    def last(self) -> memoryview:
        """Units in the last part of each."""
        cdef Counts details = detailed(self)
        return view(details.block, details.out.cells.last, 4 * self.length)

    @property
    def extensions(self) -> memoryview:
        """How many characters of each count two septets."""
        cdef Counts details = detailed(self)
        return view(details.block, details.out.cells.extensions, 4 * self.length)

cdef Counts blank(int64_t rows, const Rules* rules, bint counted, bint detailed, bint may_miss):
    """Make room for the columns that are wanted, one behind the other."""
    cdef Counts counts = Counts.__new__(Counts)
    cdef char* free
    counts.length, counts.rules = rows, rules[0]
    counts.block = room(rows * (9 * counted + 8 * detailed + may_miss))
    free = <char*>counts.block
    memset(&counts.out, 0, sizeof(CountColumns))
    if counted:
        counts.out.cells.units, counts.out.cells.parts = <int32_t*>free, <int32_t*>free + rows
        free += 8 * rows
    if detailed:
        counts.out.cells.last, counts.out.cells.extensions = <int32_t*>free, <int32_t*>free + rows
        free += 8 * rows
    if counted:
        counts.out.cells.is_gsm = <uint8_t*>free
        free += rows
    if may_miss:
        counts.out.is_missing = <uint8_t*>free
    return counts


cdef Counts detailed(Counts counts):
    """Make the details of a column, where they are not there yet."""
    if counts.out.cells.last != NULL:
        return counts
    if counts.details is None:
        counts.details = blank(counts.length, &counts.rules, False, True, False)
        fill(counts.details, counts.chunks, counts.threads)
        counts.chunks = None
    return counts.details


cdef void raise_failure(Failure failure, int64_t row) except *:
    raise InputError(f"row {row} {REASONS[failure]}", row=row)


@cython.final
cdef class _Work:
    """Pieces of a column, each taken by whichever thread is free."""

    cdef Counts counts
    cdef object pieces
    cdef dict failures

    def __cinit__(self, Counts counts):
        self.counts, self.pieces, self.failures = counts, deque(), {}

    cdef int cut(self, Chunk chunk, Counts words, int64_t rows, int64_t before, int threads) except -1:
        """Add the rows of a chunk, in one piece or in more than there are threads."""
        cdef int64_t size = bytes_of(&chunk.texts) // PIECE_BYTES if threads > 1 else 0
        cdef int64_t first, step = max(1, rows // (size + 1))
        for first in range(0, rows, step):
            self.pieces.append((chunk, words, first, min(first + step, rows), before))
        return 0

    def run(self):
        """Count pieces until none is left, or one fails."""
        cdef Chunk chunk
        cdef Counts words
        cdef int64_t row, stop, before
        cdef Failure failure
        while self.pieces:
            try:
                chunk, words, row, stop, before = self.pieces.popleft()
            except IndexError:
                return
            failure = self.count(chunk, words, &row, stop, before)
            if failure != NONE:
                self.pieces.clear()
                self.failures[before + row] = failure

    cdef Failure count(self, Chunk chunk, Counts words, int64_t* row, int64_t stop, int64_t before):
        cdef CountColumns entries, out = shifted(&self.counts.out, before)
        cdef Failure failure
        if words is not None:
            entries = words.out
            with nogil:
                failure = gather(
                    &chunk.array, chunk.index_format, &entries, chunk.texts.length, &out, stop, row
                )
            return failure
        with nogil:
            failure = count_rows(&chunk.texts, &self.counts.rules, &out, stop, row)
        return failure

    cdef int finish(self, int threads) except -1:
        """Share the pieces out, and raise what the first damaged row asks for."""
        cdef list helpers = start(self.run, min(threads, len(self.pieces)) - 1)
        try:
            self.run()
        finally:
            self.pieces.clear()
            for helper in helpers:
                helper.join()
        for row in sorted(self.failures):
            raise_failure(self.failures[row], row)
        return 0


cdef list start(object target, int count):
    """Start so many threads; most counts need none, nor the module."""
    if count < 1:
        return []
    from threading import Thread
    helpers = [Thread(target=target) for _ in range(count)]
    for helper in helpers:
        helper.start()
    return helpers


cdef int fill(Counts counts, list chunks, int threads) except -1:
    """Count every chunk into its place; of a dictionary, each distinct text once."""
    cdef _Work work = _Work(counts)
    cdef Counts words
    cdef Chunk chunk
    cdef int64_t before = 0
    for chunk in chunks:
        words = None
        if chunk.index_format:
            words = blank(
                chunk.texts.length + 1, &counts.rules, counts.out.cells.parts != NULL,
                counts.out.cells.last != NULL, True,
            )
            fill_words(words, chunk, threads)
        work.cut(chunk, words, rows_of(chunk), before, threads)
        before += rows_of(chunk)
    return work.finish(threads)


cdef int fill_words(Counts words, Chunk chunk, int threads) except -1:
    """Count the entries of a dictionary, behind which stands one for what is missing."""
    cdef _Work work = _Work(words)
    work.cut(chunk, None, chunk.texts.length, 0, threads)
    work.finish(threads)
    put_missing(&words.out, chunk.texts.length)
    return 0


cdef int64_t rows_of(Chunk chunk):
    return chunk.array.length
