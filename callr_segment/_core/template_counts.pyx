# cython: cdivision=True
"""Templates counts from columns: each row is counted from its pieces, and no text is made.

What the pieces of a row sum to decides the encoding and, nearly always, the parts. Where a pair may straddle
an edge, only the pieces that hold pairs are walked.
"""

cimport cython
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

from callr_segment._core.arrow cimport (
    MALFORMED, MISSING, OFFSETS64, ArrowArray, ArrowSchema, Cell, Span, Texts, check_size, text_at, texts_of,
)
from callr_segment._core.text_counts cimport raise_failure, room, view
from callr_segment._core.simd cimport Rules
from callr_segment._core.text_one cimport rules_of
from callr_segment._core.template_pieces cimport (
    Job, Piece, TemplateRow, add, enter, is_plain, lay, prepare, scan,
)
from callr_segment._core.text_rows cimport BAD_OFFSETS, BAD_UTF8, NONE, TOO_LONG, Failure
from callr_segment._core.text_splitting cimport Count, Tally, Walk, begin, finish_count
from callr_segment._core.template_tiles cimport (
    TILE_ROWS, Scratch, TemplateColumns, fill_tile, mark_row, next_open,
)
from callr_segment._core.template_prefilter cimport ALARM, CLOSES, OPENS, Prefilter

from callr_segment.errors import InputError

cdef enum:
    MOST_FIELDS = 64  # a bit of a mask for each


@cython.final
cdef class TemplateCounts:
    """Columns of what each row comes to: flags (bytes), counts (32-bit integers), fields (64-bit masks).

    Bit n of ``not_gsm_fields`` is set where field n of the template holds a character that GSM lacks, and of
    ``extension_fields`` where it holds one that counts two septets; ``is_suspect`` where the prefilter saw
    something. Fields, and ``last`` and ``extensions`` unless they were wanted at once, are made when first
    asked for, and the memory of the columns is kept so long.
    """

    cdef bytearray block    # what `out` points into
    cdef bytearray details  # that of `last` and `extensions`, once they are wanted
    cdef TemplateColumns out
    cdef bytearray fields   # two masks for each row, once they are asked for
    cdef int64_t length
    cdef Job job
    cdef Rules rules
    cdef bytearray pieces, columns
    cdef tuple kept         # what else `job` points into

    def __len__(self):
        return self.length

    @property
    def is_gsm(self) -> memoryview:
        """Flags of the texts that GSM can carry."""
        return view(self.block, self.out.is_gsm, self.length)

    @property
    def is_missing(self) -> memoryview:
        """Flags of the texts that lack a value."""
        return view(self.block, self.out.is_missing, self.length)

    @property
    def is_suspect(self) -> memoryview:
        """Flags of the texts in which the prefilter saw something."""
        return view(self.block, self.out.is_suspect, self.length)

    @property
    def units(self) -> memoryview:
        """Length of each as it is billed."""
        return view(self.block, self.out.units, 4 * self.length)

    @property
    def parts(self) -> memoryview:
        """How many parts are billed for each."""
        return view(self.block, self.out.parts, 4 * self.length)

    @property
    def characters(self) -> memoryview:
        """Code points of each."""
        return view(self.block, self.out.characters, 4 * self.length)

    @property
    def last(self) -> memoryview:
        """Units in the last part of each."""
        return view(details_of(self), self.out.last, 4 * self.length)

    @property
    def extensions(self) -> memoryview:
        """How many characters of each count two septets."""
        return view(details_of(self), self.out.extensions, 4 * self.length)

    @property
    def not_gsm_fields(self) -> memoryview:
        """Fields of each that hold a character GSM lacks."""
        return memoryview(fields_of(self))[: 8 * self.length]

    @property
    def extension_fields(self) -> memoryview:
        """Fields of each that hold a character of two septets."""
        return memoryview(fields_of(self))[8 * self.length :]


cdef bytearray blank(TemplateColumns* out, int64_t rows, bint detailed):
    """Make room for the columns, one behind the other."""
    cdef bytearray block = room((23 if detailed else 15) * rows)
    out.units = <int32_t*><char*>block
    out.parts, out.characters = out.units + rows, out.units + 2 * rows
    out.last = out.units + 3 * rows if detailed else NULL
    out.extensions = out.units + 4 * rows if detailed else NULL
    out.is_gsm = <uint8_t*>(out.units + (5 if detailed else 3) * rows)
    out.is_missing, out.is_suspect = out.is_gsm + rows, out.is_gsm + 2 * rows
    return block


cdef bytearray count(TemplateCounts counts, TemplateColumns* out, bint detailed):
    """Count all rows; pieces are written to, and so of each call its own."""
    cdef bytearray block = blank(out, counts.length, detailed), pieces = bytearray(counts.pieces)
    cdef Job job = counts.job
    cdef int64_t at = 0
    cdef Failure failure
    job.pieces = <Piece*><char*>pieces
    with nogil:
        failure = count_rows(&job, counts.length, out, &at)
    if failure != NONE:
        raise_failure(failure, at)
    return block


cdef bytearray details_of(TemplateCounts counts):
    cdef TemplateColumns out
    cdef bytearray block
    if counts.details is None:
        block = count(counts, &out, True)
        counts.details, counts.out.last, counts.out.extensions = block, out.last, out.extensions
    return counts.details


cdef bytearray fields_of(TemplateCounts counts):
    """Make the masks of all rows; of one that lacks a value they are empty."""
    cdef const uint8_t* is_missing = counts.out.is_missing
    cdef int64_t row
    cdef uint64_t* not_gsm
    cdef bytearray fields
    if counts.fields is None:
        fields = bytearray(16 * counts.length)
        not_gsm = <uint64_t*><char*>fields
        with nogil:
            for row in range(counts.length):
                if not is_missing[row]:
                    mark_row(&counts.job, row, not_gsm + row, not_gsm + counts.length + row)
        counts.fields = fields
    return counts.fields


cdef inline Failure read_row(Job* job, int64_t at, TemplateRow* row) noexcept nogil:
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
    enter(row, &job.pieces[job.n_pieces - 1], job.marks)
    return NONE


cdef inline Failure count_row(Job* job, int64_t at, TemplateColumns* out) noexcept nogil:
    cdef TemplateRow row
    cdef Count count = Count(0, 0, 0, 0, False, False)
    cdef Walk walk
    cdef int number
    cdef Failure failure = read_row(job, at, &row)
    if failure != NONE or row.missing:
        out.is_missing[at] = row.missing
        return failure
    if finish_count(&row.tally, job.rules, &count):
        walk = begin(&count, job.rules)
        for number in range(job.n_pieces):
            lay(&walk, &job.pieces[number])
        count.parts, count.last = walk.parts, walk.used
    if count.units > 0x7FFFFFFF:
        return TOO_LONG
    out.is_gsm[at] = count.is_gsm
    out.is_suspect[at] = row.seen & ALARM or (row.seen & OPENS and row.seen & CLOSES)
    out.units[at], out.parts[at] = <int32_t>count.units, <int32_t>count.parts
    out.characters[at] = <int32_t>row.tally.characters
    if out.last != NULL:
        out.last[at], out.extensions[at] = <int32_t>count.last, <int32_t>count.extensions
    return NONE


cdef void clear(TemplateColumns* out, int64_t row) noexcept nogil:
    out.is_gsm[row] = out.is_missing[row] = out.is_suspect[row] = False
    out.units[row] = out.parts[row] = out.characters[row] = 0
    if out.last != NULL:
        out.last[row] = out.extensions[row] = 0


cdef Failure count_rows(Job* job, int64_t rows, TemplateColumns* out, int64_t* at) noexcept nogil:
    """Count in tiles, and the rows that need it once more, piece by piece."""
    cdef Scratch held
    cdef Failure failure
    cdef int64_t row, start, stop = 0
    cdef bint plain = is_plain(job)
    while stop < rows:
        start, stop = stop, min(stop + TILE_ROWS, rows)
        if not fill_tile(job, start, stop, &held, out) or not plain:
            memset(held.open, True, stop - start)
        row = next_open(&held, 0, stop - start)
        while row < stop - start:
            at[0] = start + row
            clear(out, start + row)
            failure = count_row(job, start + row, out)
            if failure != NONE:
                return failure
            row = next_open(&held, row + 1, stop - start)
    return NONE


def count_template(
    list literals, list columns, *, Prefilter prefilter not None, encoding=None, limits=None,
    bint detailed=False,
):
    """Count a template: its literals, one more than there are columns of large_utf8 between them."""
    cdef TemplateCounts counts = TemplateCounts.__new__(TemplateCounts)
    cdef Job* job = &counts.job
    if len(literals) != len(columns) + 1 or not 0 < len(columns) <= MOST_FIELDS:
        raise InputError(f"a template has 1 to {MOST_FIELDS} fields, each between two literals")
    counts.length, counts.rules = len(columns[0]), rules_of(encoding, limits)
    counts.pieces = bytearray((2 * len(columns) + 1) * sizeof(Piece))
    counts.columns = bytearray(len(columns) * sizeof(Texts))
    job.marks, job.rules = &prefilter.marks, &counts.rules
    job.n_pieces, job.pieces = 2 * len(columns) + 1, <Piece*><char*>counts.pieces
    job.columns = <Texts*><char*>counts.columns
    texts = [literal.encode() for literal in literals]
    capsules = [column.__arrow_c_array__() for column in columns]
    counts.kept = (prefilter, texts, capsules)
    read_literals(job, texts)
    read_columns(job, capsules, counts.length)
    prepare(job)
    counts.block = count(counts, &counts.out, detailed)
    if detailed:
        counts.details = counts.block
    return counts


cdef void read_literals(Job* job, list texts) except *:
    cdef int number
    cdef Piece* piece
    cdef bytes text
    job.start = TemplateRow(Tally(0, 0, 0, True), 0, False, False)
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
        if schema.format != b"U" or schema.dictionary != NULL or array.release == NULL:
            raise InputError("a template is counts from columns of large_utf8; cast them first")
        if array.length != rows:
            raise InputError(f"columns of {array.length} and {rows} rows fill no template")
        check_size(array)
        job.columns[number] = texts_of(array, OFFSETS64)
