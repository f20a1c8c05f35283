# cython: cdivision=True
"""Whole columns: Arrow capsules and arrays of Python objects in, plain buffers out."""

from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_STRIDED_RO, PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBuffer,
)
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.string cimport memcpy, memset

from callr_segment._core.arrow cimport OFFSETS64, PRESENT, Chunk, Span, Texts, bytes_of, chunks_of, text_at
from callr_segment._core.blank_values cimport (
    AFTER_GAP, AFTER_SIGN, BEGINS, COMMA, GAP, LINE, MOST_LETTERS, MOST_WORD_BYTES, MOST_WORDS, NAMED, SIGN,
    SPACE, Blanks, flag_rows, may_begin_a_name, may_show,
)
from callr_segment._core.text_counts cimport Counts, blank, fill, raise_failure
from callr_segment._core.simd cimport Rules, Screen
from callr_segment._core.text_one cimport rules_of
from callr_segment._core.text_rows cimport NONE, TOO_LONG, CountColumns, put, put_missing
from callr_segment._core.text_splitting cimport Count, count_unicode

from callr_segment._core.records import check_threads, cores, is_missing, not_a_text
from callr_segment.errors import InputError

cdef extern from "Python.h":
    PyObject** PySequence_Fast_ITEMS(object values)
    bint PyUnicode_Check(PyObject* value)

cdef extern from *:
    void __builtin_prefetch(const void* address) nogil

cdef enum:
    PREFETCH_OBJECTS = 16
    PREFETCH_LINES = 6    # of the cache: most strings end within them
    MANY_BYTES = 1 << 22  # from here on threads are worth starting

cdef struct Wanted:  # words: how long they are, and how they begin
    uint32_t sizes
    uint8_t first[256]


def count_arrow(source, *, encoding=None, limits=None, threads=None):
    """Count a column that speaks the Arrow PyCapsule interface, whole or in chunks."""
    cdef Rules rules = rules_of(encoding, limits)
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


def find_words(source, list words):
    """List the rows of a column of texts, no dictionary, that hold one of a few short words."""
    cdef list found = []
    cdef Chunk chunk
    cdef Wanted wanted
    cdef int64_t row, done = 0
    cdef Span span
    memset(&wanted, 0, sizeof(Wanted))
    for word in words:
        mark_word(&wanted, word.encode())
    known = {word.encode() for word in words}
    for chunk in chunks_of(source):
        row = next_likely(&chunk.texts, 0, &wanted)
        while row < chunk.texts.length:
            span = Span(NULL, 0)
            if text_at(&chunk.texts, row, &span) == PRESENT and span.text[:span.size] in known:
                found.append(done + row)
            row = next_likely(&chunk.texts, row + 1, &wanted)
        done += chunk.texts.length
    return found


def find_unfilled(source, list words, *, str signs, list anywhere, int64_t within, str names):
    """List the rows of a column of texts, no dictionary, that may show a blank value or an unfilled one.

    They have, up to ``within`` bytes into a line and after a space, a comma or one of the words; or one
    after one of the signs, or what may be the end of one before it; or one of the words that count
    anywhere; or a letter after one of ``names``.
    """
    cdef list found = []
    cdef Chunk chunk
    cdef Blanks blanks
    cdef Screen screen
    cdef bytearray flags
    cdef int64_t row, done = 0
    cdef Span span
    mark_blanks(&blanks, words, signs, anywhere, within)
    for sign in names:
        encoded = sign.encode()
        blanks.kinds[<uint8_t>encoded[len(encoded) - 1]] |= NAMED
    mark_screen(&screen, words + anywhere, names)
    for chunk in chunks_of(source):
        flags = bytearray(chunk.texts.length)
        flag_rows(&chunk.texts, &screen, <uint8_t*><char*>flags)
        row = flags.find(1)
        while row >= 0:
            span = Span(NULL, 0)
            if text_at(&chunk.texts, row, &span) == PRESENT:
                if may_show(<const uint8_t*>span.text, span.size, &blanks):
                    found.append(done + row)
            row = flags.find(1, row + 1)
        done += chunk.texts.length
    return found


cdef int mark_screen(Screen* screen, list words, str names) except -1:
    """Have a screen show three bytes that a word begins with, commas after gaps, letters after signs."""
    cdef bytes written
    cdef int bit, byte
    letters = sorted({word[:1] for word in words})
    if len(letters) > MOST_LETTERS:
        raise InputError(f"words that begin with {len(letters)} letters: {MOST_LETTERS} can be found")
    memset(screen, 0, sizeof(Screen))
    memset(screen.third, AFTER_GAP | AFTER_SIGN, 256)
    for word in words:
        written, bit = word.encode(), 1 << letters.index(word[:1])
        screen.first[written[0]] |= bit
        screen.second[written[1]] |= bit
        screen.third[written[2]] |= bit
    for byte in range(256):
        screen.second[byte] |= AFTER_SIGN if may_begin_a_name(byte) else 0
    screen.second[ord(b",")] |= AFTER_GAP
    for written in (b" ", b"\n"):
        screen.first[written[0]] |= AFTER_GAP
    for sign in names:
        written = sign.encode()
        screen.first[written[len(written) - 1]] |= AFTER_SIGN
    return 0


cdef int mark_blanks(Blanks* blanks, list words, str signs, list anywhere, int64_t within) except -1:
    """Mark the bytes that words have first, second, third and last, and those of signs."""
    cdef bytes written
    cdef int bit
    memset(blanks, 0, sizeof(Blanks))
    blanks.within = within
    blanks.first[ord(b",")] = COMMA
    memset(blanks.second, COMMA, 256)
    firsts = sorted({word[:1] for word in words})
    if len(words) > MOST_WORDS:
        raise InputError(f"{len(words)} words are more than the {MOST_WORDS} that can be found")
    for word in words:
        written = word.encode()
        if len(written) >= MOST_WORD_BYTES:
            raise InputError(f"the word {word!r} is too long to be found")
        memcpy(blanks.words[blanks.n_words], <const char*>written, len(written))
        blanks.sizes[blanks.n_words] = len(written)
        blanks.n_words += 1
        bit = 1 << firsts.index(word[:1])
        blanks.first[written[0]] |= bit
        blanks.second[written[1]] |= bit
        blanks.last[written[len(written) - 1]] = True
    for word in anywhere:
        written = word.encode()
        blanks.kinds[written[0]] |= BEGINS
        blanks.third[written[2]] = True
    for sign in signs:
        written = sign.encode()
        blanks.kinds[written[len(written) - 1]] |= SIGN
    blanks.kinds[ord(b"\n")] |= LINE
    blanks.kinds[SPACE] |= GAP
    return 0


cdef int mark_word(Wanted* wanted, bytes word) except -1:
    if len(word) >= MOST_WORD_BYTES:
        raise InputError(f"the word {word.decode()!r} is too long to be found")
    wanted.sizes |= 1 << len(word)
    for byte in word[:1]:
        wanted.first[<uint8_t>byte] = True
    return 0


cdef inline bint may_begin(const Texts* texts, int64_t row, const Wanted* wanted) noexcept nogil:
    """Whether a text of 64-bit offsets is empty, or begins as a word does."""
    cdef const int64_t* starts = <const int64_t*>texts.index + texts.start
    if texts.data == NULL or starts[row] == starts[row + 1] or not 0 <= starts[row] < starts[texts.length]:
        return True
    return wanted.first[texts.data[starts[row]]]


cdef int64_t next_likely(const Texts* texts, int64_t row, const Wanted* wanted) noexcept nogil:
    """Find the next row that may hold a word, by the size and the first byte of its text."""
    cdef Span span
    cdef int64_t size
    cdef const int64_t* starts = <const int64_t*>texts.index + texts.start
    cdef bint differ = texts.layout != OFFSETS64
    cdef uint32_t sizes = wanted.sizes
    while row < texts.length:
        size = 0 if differ else starts[row + 1] - starts[row]
        if differ or (0 <= size < MOST_WORD_BYTES and sizes >> size & 1 and may_begin(texts, row, wanted)):
            if text_at(texts, row, &span) == PRESENT and span.size < MOST_WORD_BYTES:
                if sizes >> span.size & 1 and (span.size == 0 or wanted.first[span.text[0]]):
                    return row
        row += 1
    return row


def count_objects(values, *, encoding=None, limits=None):
    """Count a list or an array of Python strings; None, NaN and NA are missing."""
    cdef Rules rules = rules_of(encoding, limits)
    if PyObject_CheckBuffer(values):
        return count_buffer(values, &rules)
    return count_list(list(values), &rules)


cdef Counts count_list(list values, const Rules* rules):
    cdef Counts counts = blank(len(values), rules, True, True, True)
    cdef PyObject** cells = <PyObject**>PySequence_Fast_ITEMS(values)
    count_cells(<const char*>cells, sizeof(PyObject*), counts)
    return counts


cdef Counts count_buffer(object values, const Rules* rules):
    cdef Py_buffer view
    cdef Counts counts
    PyObject_GetBuffer(values, &view, PyBUF_STRIDED_RO | PyBUF_FORMAT)
    try:
        if view.ndim != 1 or view.format != b"O":
            name = view.format.decode()
            raise InputError(f"an array of format {name!r} holds no texts; make it text first")
        counts = blank(view.shape[0], rules, True, True, True)
        count_cells(<const char*>view.buf, view.strides[0], counts)
    finally:
        PyBuffer_Release(&view)
    return counts


cdef inline PyObject* cell_at(const char* cells, Py_ssize_t stride, int64_t row) noexcept:
    return (<PyObject**>(cells + row * stride))[0]


cdef int count_cells(const char* cells, Py_ssize_t stride, Counts counts) except -1:
    """Count the objects of an array, fetching what is a few rows ahead: they lie anywhere in memory."""
    cdef CountColumns out = counts.out
    cdef Count count
    cdef PyObject* cell
    cdef const char* later
    cdef int64_t row
    cdef int line
    for row in range(counts.length):
        if row + PREFETCH_OBJECTS < counts.length:
            later = <const char*>cell_at(cells, stride, row + PREFETCH_OBJECTS)
            for line in range(PREFETCH_LINES):
                __builtin_prefetch(later + 64 * line)
        cell = cell_at(cells, stride, row)
        if cell == NULL or not PyUnicode_Check(cell):
            count_other(<object>cell if cell != NULL else None, row, &out)
            continue
        count_unicode(cell, &counts.rules, &count)
        if put(&out, row, &count) != NONE:
            raise_failure(TOO_LONG, row)
    return 0


cdef int count_other(object value, int64_t row, const CountColumns* out) except -1:
    if not is_missing(value):
        raise not_a_text(value, row)
    put_missing(out, row)
    return 0
