# cython: cdivision=True
"""Rows of a column, counted: in bulk where their texts lie end to end, one by one where they do not."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcpy, memset

from callr_segment._core.arrow cimport (
    MALFORMED, MISSING, NULLS, OFFSETS64, PRESENT, VIEWS, Cell, Span, Texts, next_missing, text_at,
)
from callr_segment._core.simd cimport AUTO, GSM, Rows, Tally, kernels
from callr_segment._core.text_splitting cimport finish_count, is_open, walk_utf8

cdef enum:
    BULK_ROWS = 4096      # handed to the kernel at once, then revised
    BULK_BYTES = 1 << 19
    CLOSE_ROWS = 64       # looked at one by one before the kernel tries again
    LOOKED_AT = 32        # at a time
    GATHERED_ROWS = 512
    GATHERED_BYTES = 1 << 15


cdef CountColumns shifted(const CountColumns* columns, int64_t rows) noexcept nogil:
    """The same columns from a later row on."""
    cdef CountColumns out = columns[0]
    if out.cells.parts != NULL:
        out.cells.is_gsm += rows
        out.cells.units += rows
        out.cells.parts += rows
    if out.cells.last != NULL:
        out.cells.last += rows
        out.cells.extensions += rows
    if out.is_missing != NULL:
        out.is_missing += rows
    return out


cdef Failure count_row(
    const Texts* texts, const Rules* rules, const CountColumns* out, int64_t row
) noexcept nogil:
    cdef Span span
    cdef Tally tally
    cdef Count count
    cdef Cell cell = text_at(texts, row, &span)
    if cell == MALFORMED:
        return BAD_OFFSETS
    if cell == MISSING:
        put_missing(out, row)
        return NONE
    if not kernels.tally_utf8(span.text, span.size, &tally):
        return BAD_UTF8
    if finish_count(&tally, rules, &count):
        if out.cells.last != NULL or is_open(&count, rules):
            walk_utf8(span.text, span.size, rules, &count)
    return put(out, row, &count)


cdef int64_t count_bulk(
    const Texts* texts, const Rules* rules, const CountColumns* out, int64_t row, int64_t stop
) noexcept nogil:
    """Count rows of a buffer from `row` on, as far as the kernel goes; `row` itself where it cannot start."""
    cdef Rows rows
    cdef int64_t first = offset_at(texts, row), last = offset_at(texts, stop)
    if first < 0 or last < first or last > offset_at(texts, texts.length) or texts.data == NULL:
        return row
    rows.data, rows.offsets, rows.wide = texts.data, texts.index, texts.layout == OFFSETS64
    rows.offsets = <const char*>texts.index + texts.start * (8 if rows.wide else 4)
    rows.first, rows.stop = row, stop
    return kernels.count_rows(&rows, rules, &out.cells)


cdef void empty_missing(
    const Texts* texts, const CountColumns* out, int64_t row, int64_t stop
) noexcept nogil:
    """Take back what was counted of rows that the validity bitmap says are missing."""
    cdef int64_t at = next_missing(texts.validity, texts.start + row, texts.start + stop)
    while at < texts.start + stop:
        put_missing(out, at - texts.start)
        at = next_missing(texts.validity, at + 1, texts.start + stop)


cdef void walk_row(
    const Texts* texts, const Rules* rules, const CountColumns* out, int64_t row
) noexcept nogil:
    """Finish what the kernel left open: it has marked the cell."""
    cdef Span span
    cdef int64_t last, parts
    cdef bint as_gsm = rules.encoding == GSM
    if rules.encoding == AUTO:
        as_gsm = out.cells.is_gsm[row] if out.cells.parts != NULL else out.cells.last[row] == -2
    if text_at(texts, row, &span) != PRESENT:
        return
    parts = kernels.walk_utf8(span.text, span.size, as_gsm, rules.part[as_gsm], &last)
    if out.cells.parts != NULL:
        out.cells.parts[row] = <int32_t>parts
    else:
        out.cells.last[row] = <int32_t>last


cdef int64_t next_open(const int32_t* marked, int64_t row, int64_t stop) noexcept nogil:
    """Find the next row that the kernel left open, or `stop`: few are, so many are looked at together."""
    cdef int32_t seen
    cdef int at
    while row + LOOKED_AT <= stop:
        seen = 0
        for at in range(LOOKED_AT):
            seen |= marked[row + at]
        if seen < 0:
            break
        row += LOOKED_AT
    while row < stop and marked[row] >= 0:
        row += 1
    return row


cdef void revise(
    const Texts* texts, const Rules* rules, const CountColumns* out, int64_t row, int64_t stop
) noexcept nogil:
    """Finish what the kernel did: flag and empty rows that are missing, walk those it left open."""
    cdef const int32_t* marked = out.cells.parts if out.cells.parts != NULL else out.cells.last
    if out.is_missing != NULL:
        memset(out.is_missing + row, 0, stop - row)
    empty_missing(texts, out, row, stop)
    row = next_open(marked, row, stop)
    while row < stop:
        walk_row(texts, rules, out, row)
        row = next_open(marked, row + 1, stop)


cdef int64_t offset_at(const Texts* texts, int64_t row) noexcept nogil:
    if texts.layout == OFFSETS64:
        return (<const int64_t*>texts.index)[texts.start + row]
    return (<const int32_t*>texts.index)[texts.start + row]


cdef int64_t next_stop(const Texts* texts, int64_t row, int64_t stop) noexcept nogil:
    """Choose how far to go, so that what is revised is still in the cache."""
    cdef int64_t rows = min(stop - row, <int64_t>BULK_ROWS)
    while rows > 1 and <uint64_t>offset_at(texts, row + rows) - <uint64_t>offset_at(texts, row) > BULK_BYTES:
        rows >>= 1
    return row + rows


cdef Failure count_each(
    const Texts* texts, const Rules* rules, const CountColumns* out, int64_t stop, int64_t* row
) noexcept nogil:
    cdef Failure failure
    while row[0] < stop:
        failure = count_row(texts, rules, out, row[0])
        if failure != NONE:
            return failure
        row[0] += 1
    return NONE


cdef struct Gathered:  # texts end to end: where they are if they lie so, or else copied
    const uint8_t* start
    bint is_copied
    int32_t[GATHERED_ROWS + 1] offsets
    uint8_t[GATHERED_BYTES] copy


cdef inline bint append(Gathered* some, int64_t count, const Span* span) noexcept nogil:
    """Put a text behind the others; false where there is no room, or so many need no copy."""
    cdef int64_t end = some.offsets[count]
    some.offsets[count + 1] = <int32_t>(end + span.size)
    if end == 0 and span.size <= BULK_BYTES:
        some.start = span.text
    if not some.is_copied and some.start + end == span.text and end + span.size <= BULK_BYTES:
        return True
    if end + span.size > GATHERED_BYTES or (not some.is_copied and count >= CLOSE_ROWS):
        return False
    if not some.is_copied:
        memcpy(some.copy, some.start, end)
        some.start, some.is_copied = some.copy, True
    memcpy(some.copy + end, span.text, span.size)
    return True


cdef int64_t gather_views(const Texts* texts, int64_t row, int64_t stop, Gathered* some) noexcept nogil:
    """Take rows as long as there is room, and tell how many; a missing one is empty."""
    cdef Span span
    cdef Cell cell
    cdef int64_t count = 0
    some.start, some.is_copied, some.offsets[0] = some.copy, False, 0
    while count < GATHERED_ROWS and row + count < stop:
        cell = text_at(texts, row + count, &span)
        if cell == MALFORMED:
            break
        if cell == MISSING or span.size == 0:
            some.offsets[count + 1] = some.offsets[count]
        elif not append(some, count, &span):
            break
        count += 1
    return count


cdef Failure count_views(
    const Texts* texts, const Rules* rules, const CountColumns* out, int64_t stop, int64_t* row
) noexcept nogil:
    """Count texts that lie anywhere, many at once: a copy costs less than looking at them one by one."""
    cdef Gathered some
    cdef Rows rows
    cdef CountColumns there
    cdef int64_t count, done
    cdef Failure failure = NONE
    while row[0] < stop and failure == NONE:
        count = gather_views(texts, row[0], stop, &some)
        rows = Rows(some.start, &some.offsets[0], False, 0, count)
        there = shifted(out, row[0])
        done = kernels.count_rows(&rows, rules, &there.cells) if count else 0
        revise(texts, rules, out, row[0], row[0] + done)
        row[0] += done
        if done < count or count == 0:
            failure = count_each(texts, rules, out, min(row[0] + (CLOSE_ROWS if count else 1), stop), row)
    return failure


cdef Failure count_rows(
    const Texts* texts, const Rules* rules, const CountColumns* out, int64_t stop, int64_t* row
) noexcept nogil:
    """Count from `row` to `stop`; on failure `row` says where."""
    cdef int64_t done, until
    cdef Failure failure = NONE
    if texts.layout == VIEWS:
        return count_views(texts, rules, out, stop, row)
    if texts.layout == NULLS:
        return count_each(texts, rules, out, stop, row)
    while row[0] < stop and failure == NONE:
        until = next_stop(texts, row[0], stop)
        done = count_bulk(texts, rules, out, row[0], until)
        revise(texts, rules, out, row[0], done)
        row[0] = done
        if done < until:
            failure = count_each(texts, rules, out, min(done + CLOSE_ROWS, until), row)
    return failure
