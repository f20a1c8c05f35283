"""Templates filled from columns: each row is counted from its pieces, and no text is made.

What the pieces of a row sum to decides the encoding and, nearly always, the parts. Where a pair may straddle
an edge, only the pieces that hold pairs are walked.
"""

cimport cython
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free

from callr_segment._core.arrow cimport (
    MALFORMED, MISSING, NULLS, OFFSETS64, ArrowArray, ArrowSchema, Cell, Span, Texts, text_at,
)
from callr_segment._core.one cimport mode_of, sizes_of
from callr_segment._core.scan cimport (
    SEPTETS, Count, Mode, Sizes, Tally, Walk, begin, next_char, septets, settle, step,
)
from callr_segment._core.watch cimport ALARM, CLOSES, OPENS, STARTER, Marks, Watch, mark_of

from callr_segment.errors import InputError

cdef enum:
    MOST_FIELDS = 64  # a bit of `guilty` for each


cdef struct Piece:
    Span span
    Tally tally
    bint missing


cdef struct Row:
    Tally tally
    uint8_t seen
    bint starter
    bint missing
    uint64_t guilty


cdef inline bint scan(Piece* piece, const Marks* marks, Row* row) noexcept nogil:
    """Tally a piece and note in its row what the watch sees; false where its bytes are not UTF-8."""
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


cdef struct Columns:
    uint8_t* is_gsm
    uint8_t* is_missing
    uint8_t* is_suspect
    int32_t* units
    int32_t* parts
    int32_t* last
    int32_t* extensions
    int32_t* characters
    uint64_t* guilty


@cython.final
cdef class Filled:
    """Columns of what each row comes to: flags (bytes), counts (32-bit integers), ``guilty`` (64-bit masks).

    Bit n of ``guilty`` is set where field n of the template holds a character that GSM lacks; ``is_suspect``
    where the watch saw something.
    """

    cdef readonly bytearray is_gsm, is_missing, is_suspect, units, parts, last, extensions, characters, guilty
    cdef int64_t length

    def __cinit__(self, int64_t rows):
        self.length = rows
        self.is_gsm, self.is_missing, self.is_suspect = bytearray(rows), bytearray(rows), bytearray(rows)
        self.units, self.parts, self.last = bytearray(4 * rows), bytearray(4 * rows), bytearray(4 * rows)
        self.extensions, self.characters = bytearray(4 * rows), bytearray(4 * rows)
        self.guilty = bytearray(8 * rows)

    def __len__(self):
        return self.length

    cdef Columns columns(self) noexcept:
        return Columns(
            <uint8_t*><char*>self.is_gsm,
            <uint8_t*><char*>self.is_missing,
            <uint8_t*><char*>self.is_suspect,
            <int32_t*><char*>self.units,
            <int32_t*><char*>self.parts,
            <int32_t*><char*>self.last,
            <int32_t*><char*>self.extensions,
            <int32_t*><char*>self.characters,
            <uint64_t*><char*>self.guilty,
        )


cdef struct Job:
    const Marks* marks
    const Sizes* sizes
    Mode mode
    int n_pieces
    Piece* pieces      # literals at even places, values of the row at odd ones
    Texts* columns     # of the fields
    Row start          # what the literals sum to


cdef enum Failure:
    NONE
    BAD_OFFSETS
    BAD_UTF8
    TOO_LONG

cdef dict REASONS = {
    BAD_OFFSETS: "has offsets outside its column; the Arrow data is damaged",
    BAD_UTF8: "is not valid UTF-8; decode the source with its own encoding first",
    TOO_LONG: "is longer than 2,147,483,647 units; no SMS is",
}


cdef inline Failure read_row(Job* job, int64_t at, Row* row) noexcept nogil:
    """Tally the values of a row beside the literals."""
    cdef int number
    cdef Piece* piece
    cdef Piece* literal
    cdef Cell cell
    row[0] = job.start
    for number in range(1, job.n_pieces, 2):
        piece, literal = &job.pieces[number], &job.pieces[number - 1]
        if literal.span.size:
            enter(row, literal, job.marks)
        cell = text_at(&job.columns[number >> 1], at, &piece.span)
        if cell == MALFORMED:
            return BAD_OFFSETS
        if cell == MISSING:
            row.missing = True
            continue
        if not scan(piece, job.marks, row):
            return BAD_UTF8
        add(&row.tally, &piece.tally)
        row.guilty |= <uint64_t>(not piece.tally.is_gsm) << (number >> 1)
    enter(row, &job.pieces[job.n_pieces - 1], job.marks)
    return NONE


cdef inline void enter(Row* row, const Piece* literal, const Marks* marks) noexcept nogil:
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


cdef inline Failure count_row(Job* job, int64_t at, Columns* out) noexcept nogil:
    cdef Row row
    cdef Count count
    cdef Walk walk
    cdef int number
    cdef Failure failure = read_row(job, at, &row)
    if failure != NONE or row.missing:
        out.is_missing[at] = row.missing
        return failure
    if settle(&row.tally, job.mode, job.sizes, &count):
        walk = begin(&count, job.sizes)
        for number in range(job.n_pieces):
            lay(&walk, &job.pieces[number])
        count.parts, count.last = walk.parts, walk.used
    if count.units > 0x7FFFFFFF:
        return TOO_LONG
    out.is_gsm[at] = count.is_gsm
    out.is_suspect[at] = row.seen & ALARM or (row.seen & OPENS and row.seen & CLOSES)
    out.units[at], out.parts[at] = <int32_t>count.units, <int32_t>count.parts
    out.last[at], out.extensions[at] = <int32_t>count.last, <int32_t>count.extensions
    out.characters[at] = <int32_t>row.tally.characters
    out.guilty[at] = row.guilty
    return NONE


cdef Failure count_rows(Job* job, int64_t rows, Columns* out, int64_t* at) noexcept nogil:
    cdef Failure failure
    while at[0] < rows:
        failure = count_row(job, at[0], out)
        if failure != NONE:
            return failure
        at[0] += 1
    return NONE


def count_filled(list literals, list columns, *, Watch watch not None, encoding=None, limits=None):
    """Count a template: its literals, one more than there are columns of large_utf8 between them."""
    cdef Sizes sizes = sizes_of(limits)
    cdef Job job = Job(&watch.marks, &sizes, mode_of(encoding), 2 * len(columns) + 1, NULL, NULL)
    cdef list capsules = [column.__arrow_c_array__() for column in columns]
    cdef list texts = [literal.encode() for literal in literals]
    cdef Filled filled = Filled(len(columns[0]))
    cdef Columns out = filled.columns()
    cdef int64_t at = 0
    cdef Failure failure
    if len(literals) != len(columns) + 1 or len(columns) > MOST_FIELDS:
        raise InputError(f"a template has 1 to {MOST_FIELDS} fields, each between two literals")
    job.pieces = <Piece*>calloc(job.n_pieces, sizeof(Piece))
    job.columns = <Texts*>calloc(len(columns), sizeof(Texts))
    try:
        read_literals(&job, texts)
        read_columns(&job, capsules, filled.length)
        with nogil:
            failure = count_rows(&job, filled.length, &out, &at)
    finally:
        free(job.pieces)
        free(job.columns)
    if failure != NONE:
        raise InputError(f"row {at} {REASONS[failure]}", row=at)
    return filled


cdef void read_literals(Job* job, list texts) except *:
    cdef int number
    cdef Piece* piece
    cdef bytes text
    job.start = Row(Tally(0, 0, 0, True), 0, False, False, 0)
    for number, text in enumerate(texts):
        piece = &job.pieces[2 * number]
        piece.span = Span(<const uint8_t*><const char*>text, len(text))
        if not scan(piece, job.marks, &job.start):
            raise InputError("a template is not valid UTF-8")
        add(&job.start.tally, &piece.tally)
    job.start.seen &= ~ALARM  # whoever made the template has looked at its own text
    job.start.starter = False


cdef void read_columns(Job* job, list capsules, int64_t rows) except *:
    cdef int number
    cdef ArrowSchema* schema
    cdef ArrowArray* array
    for number, (schema_capsule, array_capsule) in enumerate(capsules):
        schema = <ArrowSchema*>PyCapsule_GetPointer(schema_capsule, "arrow_schema")
        array = <ArrowArray*>PyCapsule_GetPointer(array_capsule, "arrow_array")
        if schema.format != b"U" or schema.dictionary != NULL or array.n_buffers != 3:
            raise InputError("a template is filled from columns of large_utf8; cast them first")
        if array.length != rows or array.offset < 0:
            raise InputError(f"columns of {array.length} and {rows} rows fill no template")
        job.columns[number] = Texts(
            OFFSETS64 if rows else NULLS, array.offset, rows,
            <const uint8_t*>array.buffers[0], array.buffers[1], <const uint8_t*>array.buffers[2],
        )
