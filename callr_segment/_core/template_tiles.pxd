"""Two thousand rows of a template at a time, each the sum of what its values and the literals hold."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memchr, memset

from callr_segment._core.arrow cimport PRESENT, Span, Texts, next_missing, text_at
from callr_segment._core.simd cimport Cells, Rows, Tally, kernels
from callr_segment._core.template_pieces cimport Job, screen_rows

cdef enum:
    TILE_ROWS = 2048  # rows: enough that memory is read in stretches, few enough for the cache
    MOST_BYTES = 1 << 28


cdef struct TemplateColumns:  # last and extensions are both NULL where they are not wanted
    uint8_t* is_gsm
    uint8_t* is_missing
    uint8_t* is_suspect
    int32_t* units
    int32_t* parts
    int32_t* last
    int32_t* extensions
    int32_t* characters


cdef struct Scratch:
    uint32_t[4 * TILE_ROWS] sums  # of each row: as the kernels add them
    uint8_t[TILE_ROWS] open       # of each row: whether it is to be counted once more, by itself


cdef inline bint is_whole(const Job* job, int64_t start, int64_t stop) noexcept nogil:
    """Whether the values of a tile lie where they should, and are not so long that their sums overflow."""
    cdef const Texts* texts
    cdef const int64_t* starts
    cdef int number
    cdef int64_t size = 0
    for number in range(job.n_pieces >> 1):
        texts = &job.columns[number]
        starts = <const int64_t*>texts.index + texts.start
        if texts.data == NULL or not 0 <= starts[start] <= starts[stop] <= starts[texts.length]:
            return False
        size += min(starts[stop] - starts[start], <int64_t>MOST_BYTES)
    return size < MOST_BYTES


cdef inline bint add_column(
    const Job* job, int number, int64_t start, int64_t stop, Scratch* held, TemplateColumns* out
) noexcept nogil:
    """Add what the values of a column hold; false where they need a closer look."""
    cdef const Texts* texts = &job.columns[number]
    cdef const int64_t* starts = <const int64_t*>texts.index + texts.start + start
    cdef Rows rows = Rows(texts.data, starts, True, 0, stop - start)
    cdef int64_t at, end = texts.start + stop
    if kernels.add_rows(&rows, held.sums) != stop - start:
        return False
    screen_rows(job, number, start, stop, held.open)
    at = next_missing(texts.validity, texts.start + start, end)
    while at < end:
        out.is_missing[at - texts.start] = True
        at = next_missing(texts.validity, at + 1, end)
    return True


cdef inline void begin_tile(
    const Job* job, int64_t start, int64_t stop, Scratch* held, TemplateColumns* out
) noexcept nogil:
    """Begin with what the literals sum to."""
    cdef const Tally* literals = &job.start.tally
    cdef int64_t row
    for row in range(stop - start):
        held.sums[4 * row] = not literals.is_gsm
        held.sums[4 * row + 1] = <uint32_t>literals.extensions
        held.sums[4 * row + 2] = <uint32_t>literals.characters
        held.sums[4 * row + 3] = <uint32_t>literals.pairs
    memset(held.open, False, stop - start)
    memset(out.is_missing + start, False, stop - start)
    memset(out.is_suspect + start, False, stop - start)


cdef inline bint fill_tile(
    const Job* job, int64_t start, int64_t stop, Scratch* held, TemplateColumns* out
) noexcept nogil:
    """Count rows as sums of columns; false where they need a closer look."""
    cdef Cells cells
    cdef int64_t row
    cdef int number
    begin_tile(job, start, stop, held, out)
    if not is_whole(job, start, stop):
        return False
    for number in range(job.n_pieces >> 1):
        if not add_column(job, number, start, stop, held, out):
            return False
    memset(&cells, 0, sizeof(Cells))
    cells.is_gsm, cells.units, cells.parts = out.is_gsm + start, out.units + start, out.parts + start
    if out.last != NULL:
        cells.last, cells.extensions = out.last + start, out.extensions + start
    kernels.finish_counts(held.sums, stop - start, job.rules, &cells)
    for row in range(stop - start):
        out.characters[start + row] = held.sums[4 * row + 2]
        held.open[row] |= (out.parts[start + row] < 0) | out.is_missing[start + row]
    if out.last != NULL:
        for row in range(stop - start):
            held.open[row] |= out.last[start + row] < 0
    return True


cdef inline int64_t next_open(const Scratch* held, int64_t row, int64_t stop) noexcept nogil:
    """Find the next row of the tile, from this on, that is to be counted by itself, or `stop`."""
    cdef const void* found = memchr(held.open + row, True, stop - row)
    return stop if found == NULL else <const uint8_t*>found - held.open


cdef inline void mark_row(
    const Job* job, int64_t row, uint64_t* not_gsm, uint64_t* extensions
) noexcept nogil:
    """Mark the fields whose values hold what GSM lacks, and those with what it has for two septets."""
    cdef Span span
    cdef Tally tally
    cdef int number
    for number in range(job.n_pieces >> 1):
        if text_at(&job.columns[number], row, &span) == PRESENT:
            kernels.tally_utf8(span.text, span.size, &tally)
            not_gsm[0] |= <uint64_t>(not tally.is_gsm) << number
            extensions[0] |= <uint64_t>(tally.extensions > 0) << number
