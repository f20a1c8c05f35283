"""Templates filled from columns: each row is counted from its pieces, and no text is made.

What the pieces of a row sum to decides the encoding and, nearly always, the parts. Where a pair may straddle
an edge, only the pieces that hold pairs are walked.
"""

cimport cython
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from callr_segment._core.arrow cimport (
    MALFORMED, MISSING, NULLS, OFFSETS64, ArrowArray, ArrowSchema, Cell, Span, Texts, is_valid, text_at,
)
from callr_segment._core.counts cimport raise_failure
from callr_segment._core.kernels cimport Cells, Rows, kernels
from callr_segment._core.one cimport mode_of, sizes_of
from callr_segment._core.pieces cimport Job, Piece, Row, add, enter, is_plain, is_watched, lay, scan
from callr_segment._core.rows cimport BAD_OFFSETS, BAD_UTF8, NONE, TOO_LONG, Failure, Rules, rules_of
from callr_segment._core.scan cimport Count, Sizes, Tally, Walk, begin, settle
from callr_segment._core.watch cimport ALARM, CLOSES, OPENS, Watch

from callr_segment.errors import InputError

cdef enum:
    MOST_FIELDS = 64  # a bit of `guilty` for each
    TILE = 512        # rows at a time: what they hold stays in the first cache


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


cdef struct Scratch:
    uint32_t[4 * TILE] sums  # of each row: as the kernels hold them
    uint32_t[4 * TILE] values


cdef bint add_column(
    Job* job, int number, int64_t start, int64_t stop, Scratch* held, Columns* out
) noexcept nogil:
    """Add what the values of a column hold; false where they need a closer look."""
    cdef const Texts* texts = &job.columns[number]
    cdef const int64_t* ends = <const int64_t*>texts.index + texts.start
    cdef Rows rows = Rows(texts.data, ends + start, True, 0, stop - start)
    cdef Cells cells
    cdef int64_t row, at
    if texts.data == NULL or ends[start] < 0 or not ends[start] <= ends[stop] <= ends[texts.length]:
        return False
    if is_watched(job, number, start, stop):
        return False
    memset(&cells, 0, sizeof(Cells))
    cells.held = held.values
    if kernels.count_rows(&rows, &job.edges, &cells) != stop - start:
        return False
    for at in range(4 * (stop - start)):
        held.sums[at] += held.values[at]
    for row in range(start, stop):
        out.guilty[row] |= <uint64_t>(held.values[4 * (row - start)] != 0) << number
        if texts.validity != NULL and not is_valid(texts.validity, texts.start + row):
            out.is_missing[row] = True
    return True


cdef bint fill_tile(Job* job, int64_t start, int64_t stop, Scratch* held, Columns* out) noexcept nogil:
    """Count rows as sums of columns; false where they need a closer look."""
    cdef const Tally* literals = &job.start.tally
    cdef Cells cells
    cdef int64_t row
    cdef int number
    for row in range(stop - start):
        held.sums[4 * row] = not literals.is_gsm
        held.sums[4 * row + 1] = <uint32_t>literals.extensions
        held.sums[4 * row + 2] = <uint32_t>literals.characters
        held.sums[4 * row + 3] = <uint32_t>literals.pairs
    for number in range(job.n_pieces >> 1):
        if not add_column(job, number, start, stop, held, out):
            return False
    memset(&cells, 0, sizeof(Cells))
    cells.is_gsm, cells.units, cells.parts = out.is_gsm + start, out.units + start, out.parts + start
    kernels.settle_rows(held.sums, stop - start, &job.edges, &cells)
    memset(&cells, 0, sizeof(Cells))
    cells.last, cells.extensions = out.last + start, out.extensions + start
    kernels.settle_rows(held.sums, stop - start, &job.edges, &cells)
    for row in range(start, stop):
        out.characters[row] = held.sums[4 * (row - start) + 2]
    return True


cdef void clear(Columns* out, int64_t row) noexcept nogil:
    out.is_gsm[row] = out.is_suspect[row] = False
    out.units[row] = out.parts[row] = out.last[row] = out.extensions[row] = out.characters[row] = 0
    out.guilty[row] = 0


cdef Failure count_rows(Job* job, int64_t rows, Columns* out, int64_t* at) noexcept nogil:
    """Count in tiles, and the rows in which a pair may stand at an edge once more, piece by piece."""
    cdef Scratch held
    cdef Failure failure
    cdef int64_t row, stop
    cdef bint in_bulk, plain = is_plain(job)
    while at[0] < rows:
        stop = min(at[0] + TILE, rows)
        in_bulk = plain and fill_tile(job, at[0], stop, &held, out)
        while at[0] < stop:
            row = at[0]
            if not in_bulk or out.parts[row] < 0 or out.last[row] < 0 or out.is_missing[row]:
                clear(out, row)
                failure = count_row(job, row, out)
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
    cdef Rules rules
    cdef Columns out = filled.columns()
    cdef int64_t at = 0
    cdef Failure failure
    if len(literals) != len(columns) + 1 or len(columns) > MOST_FIELDS:
        raise InputError(f"a template has 1 to {MOST_FIELDS} fields, each between two literals")
    job.pieces = <Piece*>calloc(job.n_pieces, sizeof(Piece))
    job.columns = <Texts*>calloc(len(columns), sizeof(Texts))
    try:
        rules = rules_of(job.mode, &sizes)
        job.edges = rules.edges
        read_literals(&job, texts)
        read_columns(&job, capsules, filled.length)
        with nogil:
            failure = count_rows(&job, filled.length, &out, &at)
    finally:
        free(job.pieces)
        free(job.columns)
    if failure != NONE:
        raise_failure(failure, at)
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
