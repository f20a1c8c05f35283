"""A few hundred rows of a template at a time, each the sum of what its values and the literals hold."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

from callr_segment._core.arrow cimport Texts, is_valid
from callr_segment._core.kernels cimport Cells, Held, Rows, Tally, kernels
from callr_segment._core.pieces cimport Job, watch_rows

cdef enum:
    TILE = 512  # rows: what they hold stays in the cache
    MOST_BYTES = 1 << 28


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


cdef struct Scratch:
    uint32_t[4 * TILE] sums  # of each row: as the kernels hold them
    uint8_t[TILE] watched


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
        size += starts[stop] - starts[start]
    return size < MOST_BYTES


cdef inline bint add_column(
    Job* job, int number, int64_t start, int64_t stop, Scratch* held, Columns* out
) noexcept nogil:
    """Add what the values of a column hold; false where they need a closer look."""
    cdef const Texts* texts = &job.columns[number]
    cdef const int64_t* starts = <const int64_t*>texts.index + texts.start + start
    cdef Rows rows = Rows(texts.data, starts, True, 0, stop - start)
    cdef Held sums = Held(&held.sums[0], out.guilty + start, <uint64_t>1 << number)
    cdef int64_t row
    if kernels.hold_rows(&rows, &sums) != stop - start:
        return False
    watch_rows(job, number, start, stop, held.watched)
    if texts.validity != NULL:
        for row in range(start, stop):
            out.is_missing[row] |= not is_valid(texts.validity, texts.start + row)
    return True


cdef inline void begin_tile(
    const Job* job, int64_t start, int64_t stop, Scratch* held, Columns* out
) noexcept nogil:
    """Begin with what the literals sum to."""
    cdef const Tally* literals = &job.start.tally
    cdef int64_t row
    for row in range(stop - start):
        held.sums[4 * row] = not literals.is_gsm
        held.sums[4 * row + 1] = <uint32_t>literals.extensions
        held.sums[4 * row + 2] = <uint32_t>literals.characters
        held.sums[4 * row + 3] = <uint32_t>literals.pairs
    memset(held.watched, False, stop - start)
    memset(out.guilty + start, 0, 8 * (stop - start))
    memset(out.is_missing + start, False, stop - start)
    memset(out.is_suspect + start, False, stop - start)


cdef inline bint fill_tile(Job* job, int64_t start, int64_t stop, Scratch* held, Columns* out) noexcept nogil:
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
    cells.last, cells.extensions = out.last + start, out.extensions + start
    kernels.settle_rows(held.sums, stop - start, &job.edges, &cells)
    for row in range(stop - start):
        out.characters[start + row] = held.sums[4 * row + 2]
    return True
