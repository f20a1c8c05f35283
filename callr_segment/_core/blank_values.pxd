"""What shows that a value was blank, or not filled in: words, and what stands beside signs."""

from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memcmp, memset

from callr_segment._core.arrow cimport OFFSETS64, Texts
from callr_segment._core.simd cimport Screen, kernels


cdef enum:
    MOST_WORD_BYTES = 16
    MOST_WORDS = 16

cdef enum:  # bytes, as what shows blank values
    SPACE = 0x20
    COMMA = 0x80
    WORD = 0x7F  # a bit for each letter that words begin with
    LINE = 1
    SIGN = 2
    BEGINS = 4
    NAMED = 8
    GAP = 16
    ANY = 31

cdef enum:  # bits of a screen; those below are for the letters that words begin with
    AFTER_GAP = 0x80
    AFTER_SIGN = 0x40
    MOST_LETTERS = 6

cdef struct Blanks:  # what shows that a value was blank, by the bytes it consists of
    int64_t within
    uint8_t kinds[256]
    uint8_t first[256]
    uint8_t second[256]
    uint8_t third[256]
    uint8_t last[256]
    char words[MOST_WORDS][MOST_WORD_BYTES]
    int64_t sizes[MOST_WORDS]
    int n_words


cdef inline void flag_rows(const Texts* texts, const Screen* screen, uint8_t* flags) noexcept nogil:
    """Flag the rows that a screen shows, and those that begin with a comma; all of other layouts."""
    cdef const int64_t* starts = <const int64_t*>texts.index + texts.start
    cdef int64_t row
    if texts.length == 0:
        return
    if texts.layout != OFFSETS64 or texts.data == NULL or not rises(starts, texts.length):
        memset(flags, 1, texts.length)
        return
    kernels.screen_rows(texts.data, starts, texts.length, screen, flags)
    for row in range(texts.length):
        if starts[row] < starts[row + 1] and texts.data[starts[row]] == 0x2C:
            flags[row] = 1


cdef inline bint rises(const int64_t* starts, int64_t length) noexcept nogil:
    """Whether no text begins before the one above it, nor before its column."""
    cdef int64_t row
    cdef bint sound = starts[0] >= 0
    for row in range(length):
        sound &= starts[row] <= starts[row + 1]
    return sound


cdef inline bint may_show(const uint8_t* text, int64_t size, const Blanks* blanks) noexcept nogil:
    """Whether a text may show a blank value: so far into a line as a greeting goes, or beside a sign."""
    cdef int64_t at = 0, line = 0
    cdef uint8_t kind, wanted
    if size and begins_word(text, size, 0, blanks):
        return True
    while True:
        wanted = ANY if at <= line + blanks.within else ANY ^ GAP
        at = next_mark(text, at, size, wanted, blanks)
        if at >= size:
            return False
        kind = blanks.kinds[text[at]]
        if kind & LINE:
            line = at + 1
        if kind & (LINE | GAP) and at < line + blanks.within and begins_word(text, size, at + 1, blanks):
            return True
        if kind & SIGN and stands_beside(text, size, at, blanks):
            return True
        if kind & BEGINS and at + 2 < size and blanks.third[text[at + 2]]:
            if blanks.second[text[at + 1]] & blanks.first[text[at]]:
                return True
        if kind & NAMED and at + 1 < size and may_begin_a_name(text[at + 1]):
            return True
        at += 1


cdef inline int64_t next_mark(
    const uint8_t* text, int64_t at, int64_t size, uint8_t wanted, const Blanks* blanks
) noexcept nogil:
    """Find the next byte that is marked so, eight at a time."""
    cdef const uint8_t* kinds = <const uint8_t*>blanks.kinds
    cdef const uint8_t* here
    while at + 8 <= size:
        here = text + at
        if wanted & (
            kinds[here[0]] | kinds[here[1]] | kinds[here[2]] | kinds[here[3]]
            | kinds[here[4]] | kinds[here[5]] | kinds[here[6]] | kinds[here[7]]
        ):
            break
        at += 8
    while at < size and not kinds[text[at]] & wanted:
        at += 1
    return at


cdef inline bint may_begin_a_name(uint8_t byte) noexcept nogil:
    """Whether it is a letter, or one of the signs beside it: ! _ and ~."""
    return 0x61 <= (byte | 0x20) <= 0x7A or byte >= 0x80 or byte == 0x21 or byte == 0x5F or byte == 0x7E


cdef inline bint begins_word(
    const uint8_t* text, int64_t size, int64_t at, const Blanks* blanks
) noexcept nogil:
    """Whether a comma stands there, or a word."""
    if at >= size:
        return False
    cdef uint8_t mark = blanks.first[text[at]]
    if mark & COMMA:
        return True
    return mark and at + 1 < size and mark & blanks.second[text[at + 1]] and is_word(text, size, at, blanks)


cdef inline bint is_word(const uint8_t* text, int64_t size, int64_t at, const Blanks* blanks) noexcept nogil:
    """Whether one of the words stands there, and no letter follows it."""
    cdef int word
    cdef int64_t stop
    for word in range(blanks.n_words):
        stop = at + blanks.sizes[word]
        if stop <= size and memcmp(text + at, blanks.words[word], blanks.sizes[word]) == 0:
            if stop == size or not 0x61 <= (text[stop] | 0x20) <= 0x7A:
                return True
    return False


cdef inline bint stands_beside(
    const uint8_t* text, int64_t size, int64_t at, const Blanks* blanks
) noexcept nogil:
    """Whether a word may end before a sign, or begin after it, with a space between them or none."""
    cdef int64_t after = at + 1, before = at
    after += after < size and text[after] == SPACE
    if after < size and blanks.first[text[after]] & WORD and is_word(text, size, after, blanks):
        return True
    while before > 0 and text[before] & 0xC0 == 0x80:
        before -= 1
    before -= 1
    before -= before >= 0 and text[before] == SPACE
    return before >= 0 and blanks.last[text[before]]
