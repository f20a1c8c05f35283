"""Sums of enriched rows, from Arrow columns as they are."""

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memset

from callr_segment._core.arrow cimport ArrowArray, ArrowSchema, is_valid
from callr_segment._core.bits cimport lowest_bit

from callr_segment._core.columns_fallback import FORMATS, Sums, check_rows
from callr_segment.errors import InputError

cdef enum:
    MOST_CODES = 8
    BITS = 64
    FIGURES = 3  # of a cost: low, expected, high

cdef struct Column:
    const void* data
    const uint8_t* validity  # NULL where every cell is there
    int64_t start

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
    Column severity
    Column encoding
    Column basis
    Column units
    Column parts
    Column money[FIGURES]
    Column problems
    int8_t error
    int8_t gsm


cdef inline bint has(const Column* column, int64_t row) noexcept nogil:
    return is_valid(column.validity, column.start + row)


cdef inline int8_t code(const Column* column, int64_t row, int8_t missing) noexcept nogil:
    return (<const int8_t*>column.data)[column.start + row] if has(column, row) else missing


cdef inline int32_t count(const Column* column, int64_t row) noexcept nogil:
    return (<const int32_t*>column.data)[column.start + row] if has(column, row) else 0


cdef inline int64_t amount(const Column* column, int64_t row) noexcept nogil:
    """Of a decimal of 18 digits the lower word is all."""
    return (<const int64_t*>column.data)[2 * (column.start + row)] if has(column, row) else 0


cdef inline void add(Amount* total, int64_t more) noexcept nogil:
    total.upper += more >> 32
    total.lower += more & <int64_t>0xFFFFFFFF


cdef inline void add_money(const Job* job, int64_t row, Totals* totals) noexcept nogil:
    cdef int64_t low = amount(&job.money[0], row), high = amount(&job.money[2], row)
    cdef int64_t expected = amount(&job.money[1], row)
    cdef int8_t basis
    add(&totals.money[0], low)
    add(&totals.money[1], expected)
    add(&totals.money[2], high)
    if low == high:
        add(&totals.exact, expected)
        return
    basis = code(&job.basis, row, -1)
    if 0 <= basis < MOST_CODES:
        add(&totals.ranged[basis], expected)


cdef inline void add_problems(uint64_t problems, Totals* totals) noexcept nogil:
    while problems:
        totals.problems[lowest_bit(problems)] += 1
        problems &= problems - 1


cdef void add_rows(const Job* job, int64_t rows, Totals* totals) noexcept nogil:
    cdef int64_t row
    for row in range(rows):
        if code(&job.severity, row, ~job.error) != job.error:
            totals.messages += 1
            totals.gsm += code(&job.encoding, row, ~job.gsm) == job.gsm
            totals.units += count(&job.units, row)
            totals.parts += count(&job.parts, row)
        add_money(job, row, totals)
        add_problems((<const uint64_t*>job.problems.data)[job.problems.start + row], totals)


cdef Column column_of(tuple capsules, bytes format) except *:
    """Look into an array, whose capsules the caller keeps."""
    cdef ArrowSchema* schema = <ArrowSchema*>PyCapsule_GetPointer(capsules[0], "arrow_schema")
    cdef ArrowArray* array = <ArrowArray*>PyCapsule_GetPointer(capsules[1], "arrow_array")
    if schema.format != format or schema.dictionary != NULL or array.n_buffers != 2 or array.offset < 0:
        raise InputError(f"a column of format {schema.format.decode()} where {format.decode()} is summed up")
    return Column(array.buffers[1], <const uint8_t*>array.buffers[0], array.offset)


cdef object whole(const Amount* amount):
    return (<object>amount.upper << 32) + amount.lower


def sum_rows(columns, *, int8_t error, int8_t gsm):
    """Sum up enriched rows (Enriched), where ``error`` and ``gsm`` are the codes of these words."""
    cdef int64_t rows = check_rows(*columns)
    cdef list capsules = [column.__arrow_c_array__() for column in columns]
    cdef Column found[9]
    cdef Job job
    cdef Totals totals
    cdef int at
    for at in range(9):
        found[at] = column_of(capsules[at], FORMATS[at].encode())
    job.severity, job.encoding, job.basis = found[0], found[1], found[2]
    job.units, job.parts = found[3], found[4]
    for at in range(FIGURES):
        job.money[at] = found[5 + at]
    job.problems, job.error, job.gsm = found[8], error, gsm
    memset(&totals, 0, sizeof(Totals))
    with nogil:
        add_rows(&job, rows, &totals)
    return Sums(
        totals.messages, totals.gsm, totals.units, totals.parts,
        whole(&totals.money[0]), whole(&totals.money[1]), whole(&totals.money[2]), whole(&totals.exact),
        tuple([whole(&totals.ranged[at]) for at in range(MOST_CODES)]),
        tuple([totals.problems[at] for at in range(BITS)]),
    )
