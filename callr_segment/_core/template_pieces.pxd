"""The pieces of one row of a template: literals and values, tallied, screened and laid into parts."""

from libc.stdint cimport int64_t, uint8_t, uint32_t

from callr_segment._core.arrow cimport Span, Texts
from callr_segment._core.simd cimport Rules, Screen, kernels
from callr_segment._core.text_splitting cimport (
    SEPTETS, Tally, Walk, next_char, septets, step,
)
from callr_segment._core.template_prefilter cimport CLOSES, OPENS, STARTER, Marks, mark_of


cdef struct Piece:
    Span span
    Tally tally
    bint missing


cdef struct TemplateRow:
    Tally tally
    uint8_t seen
    bint starter
    bint missing


cdef inline bint scan(Piece* piece, const Marks* marks, TemplateRow* row) noexcept nogil:
    """Tally a piece and note in its row what the prefilter sees; false where its bytes are not UTF-8."""
    cdef int64_t at = 0, characters = 0, extensions = 0, pairs = 0
    cdef uint32_t character = 0
    cdef int size, width
    cdef bint is_gsm = True
    cdef uint8_t mark, seen = row.seen
    while at < piece.span.size:
        size = 1
        character = piece.span.text[at]
        if character < 0x80:
            width, mark = SEPTETS[character], marks.near[character]
        else:
            size = next_char(piece.span.text + at, piece.span.size - at, &character)
            if size == 0:
                return False
            width, mark = septets(character), mark_of(marks, character)
            seen |= row.starter  # ALARM is 1
        row.starter = (mark & STARTER) != 0
        seen |= mark
        extensions += width == 2
        is_gsm &= width != 0
        pairs += character > 0xFFFF
        characters += 1
        at += size
    row.seen = seen
    piece.tally = Tally(characters, extensions, pairs, is_gsm)
    return True


cdef inline void add(Tally* total, const Tally* piece) noexcept nogil:
    total.characters += piece.characters
    total.extensions += piece.extensions
    total.pairs += piece.pairs
    total.is_gsm &= piece.is_gsm


cdef inline void lay(Walk* walk, const Piece* piece) noexcept nogil:
    """Lay a piece into the parts; without pairs that is a division."""
    cdef int64_t at = 0, over
    cdef uint32_t character = 0
    if (piece.tally.extensions if walk.as_gsm else piece.tally.pairs) == 0:
        walk.used += piece.tally.characters
        if walk.used > walk.part:
            over = (walk.used - 1) // walk.part
            walk.parts += over
            walk.used -= over * walk.part
        return
    while at < piece.span.size:
        at += next_char(piece.span.text + at, piece.span.size - at, &character)
        step(walk, character)


cdef inline void enter(TemplateRow* row, const Piece* literal, const Marks* marks) noexcept nogil:
    """Pass from a value into a literal: look across the border."""
    cdef int64_t last = literal.span.size - 1
    cdef uint32_t character = 0
    if last < 0:
        return
    row.seen |= row.starter and literal.span.text[0] >= 0x80
    while last > 0 and (literal.span.text[last] & 0xC0) == 0x80:
        last -= 1
    next_char(literal.span.text + last, literal.span.size - last, &character)
    row.starter = (mark_of(marks, character) & STARTER) != 0


cdef struct Job:
    const Marks* marks
    const Rules* rules
    int n_pieces
    Piece* pieces      # literals at even places, values of the row at odd ones
    Texts* columns     # of the fields
    TemplateRow start          # what the literals sum to
    Screen screen


cdef inline bint is_plain(const Job* job) noexcept nogil:
    """Whether the literals let the values be screened by themselves."""
    cdef int number
    cdef TemplateRow row = job.start
    if row.seen & OPENS:
        return False
    for number in range(0, job.n_pieces - 1, 2):
        row.starter = False
        enter(&row, &job.pieces[number], job.marks)
        if row.starter:
            return False
    return True

cdef inline void prepare(Job* job) noexcept nogil:
    """Have values screened for alarms, starters, and what opens, or what closes if the literals hold some."""
    cdef uint8_t common = CLOSES if job.start.seen & CLOSES else OPENS
    cdef int character
    job.screen = job.marks.screen
    for character in range(0x80):
        if job.marks.near[character] == common:
            job.screen.first[character] = 0


cdef inline bint ends_started(const Job* job, const uint8_t* text, int64_t size) noexcept nogil:
    """Whether the last character of a value may start what a literal after it goes on with."""
    cdef uint32_t character = 0
    if size < 1:
        return False
    if text[size - 1] < 0x80:
        return (job.marks.near[text[size - 1]] & STARTER) != 0
    if size > 1 and text[size - 2] & 0xE0 == 0xC0:
        character = (text[size - 2] & 0x1F) << 6 | text[size - 1] & 0x3F
    return (mark_of(job.marks, character) & STARTER) != 0


cdef inline void screen_rows(
    const Job* job, int number, int64_t start, int64_t stop, uint8_t* flags
) noexcept nogil:
    """Flag the rows, from `start` to `stop`, whose value in a column may hold what is looked for."""
    cdef const Texts* texts = &job.columns[number]
    cdef const int64_t* starts = <const int64_t*>texts.index + texts.start + start
    cdef const Span* after = &job.pieces[2 * number + 2].span
    cdef int64_t row
    kernels.screen_rows(texts.data, starts, stop - start, &job.screen, flags)
    if after.size and after.text[0] < 0x80:
        return
    for row in range(stop - start):
        flags[row] |= ends_started(job, texts.data + starts[row], starts[row + 1] - starts[row])
