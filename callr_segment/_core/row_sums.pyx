"""RowSums of enriched rows, from Arrow columns as they are."""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

from callr_segment._core.arrow cimport ArrowArray, ArrowSchema, check_size, is_valid, next_missing
from callr_segment._core.bits cimport lowest_bit

from callr_segment._core.column_records import ENRICHED_FORMATS, RowSums, check_rows
from callr_segment.errors import InputError

cdef enum:
    MOST_CODES = 8
    BITS = 64
    FIGURES = 3  # of a cost: low, expected, high
    SUMMED_ROWS = 1024  # at a time
    SMALL_BITS = 52     # of an amount: those of so many rows together fit 62

cdef struct SummedColumn:
    const void* data
    const uint8_t* validity  # NULL where every cell is there
    int64_t start

cdef struct Decimal:
    int64_t low
    int64_t high

cdef struct Amount:  # sums of the upper and the lower 32 bits, which 2**31 rows cannot overflow
    int64_t upper
    int64_t lower

cdef struct Totals:
    int64_t messages
    int64_t gsm
    int64_t units
    int64_t parts
    Amount money[FIGURES]
    Amount exact
    Amount ranged[MOST_CODES]
    int64_t problems[BITS]

cdef struct Job:
    SummedColumn severity
    SummedColumn encoding
    SummedColumn basis
    SummedColumn units
    SummedColumn parts
    SummedColumn money[FIGURES]
    SummedColumn problems
    int8_t error
    int8_t gsm


cdef inline bint has(const SummedColumn* column, int64_t row) noexcept nogil:
    return is_valid(column.validity, column.start + row)


cdef inline int8_t code(const SummedColumn* column, int64_t row, int8_t missing) noexcept nogil:
    return (<const int8_t*>column.data)[column.start + row] if has(column, row) else missing


cdef inline int64_t amount(const SummedColumn* column, int64_t row) noexcept nogil:
    """Of a decimal of 18 digits the lower word is all."""
    return (<const Decimal*>column.data)[column.start + row].low if has(column, row) else 0


cdef inline void add(Amount* total, int64_t more) noexcept nogil:
    total.upper += more >> 32
    total.lower += more & <int64_t>0xFFFFFFFF


cdef int64_t mark(
    const SummedColumn* codes, int64_t start, int64_t stop, int8_t wanted, uint8_t* flags
) noexcept nogil:
    """Keep the flags of rows that hold a code, and count them."""
    cdef const int8_t* cells = <const int8_t*>codes.data + codes.start
    cdef int64_t row, count = 0
    for row in range(start, stop):
        flags[row - start] &= cells[row] == wanted and has(codes, row)
        count += flags[row - start]
    return count


cdef int64_t count_units(
    const SummedColumn* column, int64_t start, int64_t stop, const uint8_t* sent
) noexcept nogil:
    """Sum the cells of rows that are sent, and take those off again that are null."""
    cdef const int32_t* cells = <const int32_t*>column.data + column.start
    cdef int64_t row, count = 0
    for row in range(start, stop):
        count += cells[row] & -<int32_t>sent[row - start]
    row = next_missing(column.validity, column.start + start, column.start + stop) - column.start
    while row < stop:
        count -= cells[row] & -<int32_t>sent[row - start]
        row = next_missing(column.validity, column.start + row + 1, column.start + stop) - column.start
    return count


cdef inline void add_cost(
    const Job* job, int64_t row, int64_t low, int64_t expected, int64_t high, Totals* totals
) noexcept nogil:
    """Add a cost to that of the rows which cost the same at least as at most, or to that of the others."""
    cdef int8_t basis
    if low == high:
        add(&totals.exact, expected)
        return
    basis = code(&job.basis, row, -1)
    if 0 <= basis < MOST_CODES:
        add(&totals.ranged[basis], expected)


cdef inline bint are_null_alike(const SummedColumn* one, const SummedColumn* other) noexcept nogil:
    return one.validity == other.validity and (one.validity == NULL or one.start == other.start)


cdef bint add_small(const Job* job, int64_t start, int64_t stop, Totals* totals) noexcept nogil:
    """Add up costs that are null together and too small to overflow in a tile; tell if they are not."""
    cdef const Decimal* low = <const Decimal*>job.money[0].data + job.money[0].start
    cdef const Decimal* expected = <const Decimal*>job.money[1].data + job.money[1].start
    cdef const Decimal* high = <const Decimal*>job.money[2].data + job.money[2].start
    cdef uint64_t met = 0
    cdef int64_t row, lows = 0, sums = 0, highs = 0
    if not (are_null_alike(&job.money[0], &job.money[1]) and are_null_alike(&job.money[0], &job.money[2])):
        return False
    for row in range(start, stop):
        met |= <uint64_t>(low[row].low | expected[row].low | high[row].low)
    if met >> SMALL_BITS:
        return False
    for row in range(start, stop):
        if not has(&job.money[0], row):
            continue
        lows += low[row].low
        sums += expected[row].low
        highs += high[row].low
        if low[row].low != high[row].low:
            sums -= expected[row].low
            add_cost(job, row, low[row].low, expected[row].low, high[row].low, totals)
            add(&totals.money[1], expected[row].low)
    add(&totals.money[0], lows)
    add(&totals.money[1], sums)
    add(&totals.money[2], highs)
    add(&totals.exact, sums)
    return True


cdef void add_money(const Job* job, int64_t start, int64_t stop, Totals* totals) noexcept nogil:
    cdef int64_t row, low, expected, high
    if add_small(job, start, stop, totals):
        return
    for row in range(start, stop):
        low, high = amount(&job.money[0], row), amount(&job.money[2], row)
        expected = amount(&job.money[1], row)
        add(&totals.money[0], low)
        add(&totals.money[1], expected)
        add(&totals.money[2], high)
        add_cost(job, row, low, expected, high, totals)


cdef void add_problems(const Job* job, int64_t start, int64_t stop, Totals* totals) noexcept nogil:
    cdef const uint64_t* cells = <const uint64_t*>job.problems.data + job.problems.start
    cdef uint64_t problems, met = 0
    cdef int64_t row
    for row in range(start, stop):
        met |= cells[row]
    for row in range(start, stop if met else start):
        problems = cells[row]
        while problems:
            totals.problems[lowest_bit(problems)] += 1
            problems &= problems - 1


cdef void add_rows(const Job* job, int64_t rows, Totals* totals) noexcept nogil:
    cdef uint8_t flags[SUMMED_ROWS]
    cdef int64_t start = 0, stop, at
    while start < rows:
        stop = min(start + SUMMED_ROWS, rows)
        memset(flags, 1, SUMMED_ROWS)
        totals.messages += stop - start - mark(&job.severity, start, stop, job.error, flags)
        for at in range(SUMMED_ROWS):
            flags[at] ^= 1
        totals.units += count_units(&job.units, start, stop, flags)
        totals.parts += count_units(&job.parts, start, stop, flags)
        totals.gsm += mark(&job.encoding, start, stop, job.gsm, flags)
        add_money(job, start, stop, totals)
        add_problems(job, start, stop, totals)
        start = stop


cdef SummedColumn column_of(tuple capsules, bytes format, int64_t rows) except *:
    """Look into an array, whose capsules the caller keeps."""
    cdef ArrowSchema* schema = <ArrowSchema*>PyCapsule_GetPointer(capsules[0], "arrow_schema")
    cdef ArrowArray* array = <ArrowArray*>PyCapsule_GetPointer(capsules[1], "arrow_array")
    if schema.format != format or schema.dictionary != NULL or array.n_buffers != 2:
        name = (<bytes>schema.format).decode("utf-8", "replace")
        raise InputError(f"a column of format {name} where {format.decode()} is summed up")
    check_size(array)
    if array.length != rows or (rows and array.buffers[1] == NULL):
        raise InputError(f"a column of {array.length} rows where {rows} are summed up")
    return SummedColumn(array.buffers[1], <const uint8_t*>array.buffers[0], array.offset)


cdef object whole(const Amount* amount):
    return (<object>amount.upper << 32) + amount.lower


def sum_rows(columns, *, int8_t error, int8_t gsm):
    """Sum up enriched rows (EnrichedColumns), where ``error`` and ``gsm`` are the codes of these words."""
    cdef int64_t rows = check_rows(*columns)
    cdef list capsules = [column.__arrow_c_array__() for column in columns]
    cdef SummedColumn found[9]
    cdef Job job
    cdef Totals totals
    cdef int at
    for at in range(9):
        found[at] = column_of(capsules[at], ENRICHED_FORMATS[at].encode(), rows)
    job.severity, job.encoding, job.basis = found[0], found[1], found[2]
    job.units, job.parts = found[3], found[4]
    for at in range(FIGURES):
        job.money[at] = found[5 + at]
    job.problems, job.error, job.gsm = found[8], error, gsm
    memset(&totals, 0, sizeof(Totals))
    with nogil:
        add_rows(&job, rows, &totals)
    return RowSums(
        totals.messages, totals.gsm, totals.units, totals.parts,
        whole(&totals.money[0]), whole(&totals.money[1]), whole(&totals.money[2]), whole(&totals.exact),
        tuple([whole(&totals.ranged[at]) for at in range(MOST_CODES)]),
        tuple([totals.problems[at] for at in range(BITS)]),
    )
