"""Columns made of columns: what a row has left in its last part, what it costs, and what is wrong with it."""

from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t

from callr_segment._core.bits cimport lowest_bit
from callr_segment._core.buffers cimport Buffer, look_at, write_to

from callr_segment._core.column_records import CostTotals, check_room, check_rows, check_table, outside

cdef enum:
    NONE = -1
    FIGURES = 3  # of a cost: low, expected, high
    LARGEST_COST = 999999999999999999  # microcents, in 18 digits

cdef struct PriceClass:  # a row of the table
    int64_t problems
    int64_t part[FIGURES]
    int64_t fee[FIGURES]
    int64_t most   # parts whose cost keeps to 18 digits
    int64_t basis  # NONE where there is no price
    int64_t country

cdef struct Decimal:
    int64_t low
    int64_t high

cdef struct CostCells:  # where CostColumns are written
    Decimal* cost[FIGURES]
    int8_t* basis
    int8_t* problem
    int8_t* severity
    int16_t* country
    uint8_t* priced
    uint8_t* troubled
    uint8_t* located

cdef struct Totals:  # CostTotals
    int64_t over
    int64_t total
    int64_t priced
    int64_t troubled
    int64_t located

cdef struct PricedRows:
    const int32_t* classes
    const int32_t* parts
    int64_t* problems
    const PriceClass* table
    int64_t errors
    int64_t reported

cdef int64_t first_outside(const int32_t* codes, int64_t rows, int64_t size) noexcept nogil:
    cdef int64_t row
    for row in range(rows):
        if not NONE <= codes[row] < size:
            return row
    return NONE


def mark_used(codes, int64_t size):
    """Flag the codes from -1 to below ``size`` that occur in a column of int32; that of -1 comes first."""
    cdef Buffer buffer = look_at(codes, sizeof(int32_t))
    cdef const int32_t* column = <const int32_t*>buffer.start
    cdef bytearray marks = bytearray(size + 1)
    cdef uint8_t* used = <uint8_t*><char*>marks
    cdef int64_t row, bad, rows = buffer.length
    with nogil:
        bad = first_outside(column, rows, size)
        if bad == NONE:
            for row in range(rows):
                used[column[row] + 1] = True
    if bad != NONE:
        raise outside(bad, column[bad], size)
    return marks


def measure_edges(is_gsm, is_missing, units, parts, last, *, limits, remaining, over_by):
    """Fill ``remaining`` and ``over_by`` from columns of counts, by limits for GSM and for Unicode."""
    cdef Buffer flags = look_at(is_gsm, 1), gone = look_at(is_missing, 1)
    cdef Buffer each = look_at(units, 4), some = look_at(parts, 4), end = look_at(last, 4)
    cdef Buffer rest = write_to(remaining, 4), more = write_to(over_by, 4)
    cdef const uint8_t* gsm = <const uint8_t*>flags.start
    cdef const uint8_t* missing = <const uint8_t*>gone.start
    cdef const int32_t* counted = <const int32_t*>each.start
    cdef const int32_t* billed = <const int32_t*>some.start
    cdef const int32_t* used = <const int32_t*>end.start
    cdef int32_t* left = <int32_t*>rest.start
    cdef int32_t* over = <int32_t*>more.start
    cdef int32_t gsm_single, gsm_part, unicode_single, unicode_part, single, part, is_seven, is_long
    cdef int64_t row, rows = check_rows(flags, gone, each, some, end, rest, more)
    gsm_single, gsm_part, unicode_single, unicode_part = limits
    with nogil:
        for row in range(rows):  # with masks instead of branches, so that compilers do many rows at once
            is_seven, is_long = -(gsm[row] != 0), -(billed[row] > 1)
            single = unicode_single + (is_seven & gsm_single - unicode_single)
            part = unicode_part + (is_seven & gsm_part - unicode_part)
            left[row] = (single + (is_long & part - single) - used[row]) & -(missing[row] == 0)
            over[row] = (used[row] if billed[row] > 2 else counted[row] - single) & is_long


cdef inline void write_gravest(int64_t problems, int64_t errors, CostCells to, int64_t row) noexcept nogil:
    """Name the gravest problem: errors before warnings, then the lowest bit."""
    cdef int64_t grave = problems & errors
    to.problem[row] = lowest_bit(grave or problems) if problems else 0
    to.severity[row] = problems != 0 and grave == 0


cdef inline bint cost(
    const PriceClass* price, int32_t parts, bint sent, CostCells to, int64_t row, Totals* found
) noexcept nogil:
    """Write the three figures, 0 where there are none; false where they pass 18 digits, alone or together."""
    cdef int figure
    cdef int64_t amount = 0
    if sent and parts > price.most:
        found.over = row
        return False
    for figure in range(FIGURES):
        amount = price.part[figure] * parts + price.fee[figure] if sent else 0
        to.cost[figure][row].low, to.cost[figure][row].high = amount, 0
    found.total += amount
    return found.total <= LARGEST_COST


cdef inline bint cost_some(
    PricedRows rows, int64_t start, int64_t stop, CostCells to, Totals* found
) noexcept nogil:
    """Write up to eight rows, and their bits of each bitmap."""
    cdef const PriceClass* price
    cdef int64_t row, problems
    cdef int priced = 0, troubled = 0, located = 0
    cdef int[3] counts
    cdef bint sent
    counts[0] = counts[1] = counts[2] = 0
    for row in range(start, stop):
        price = rows.table + 1 + rows.classes[row]
        problems = (rows.problems[row] | price.problems) & rows.reported
        rows.problems[row] = problems
        write_gravest(problems, rows.errors, to, row)
        sent = price.basis != NONE and not problems & rows.errors
        if not cost(price, rows.parts[row], sent, to, row, found):
            return False
        to.basis[row] = <int8_t>price.basis if sent else 0
        to.country[row] = <int16_t>max(0, price.country)
        priced |= sent << (row - start)
        troubled |= (problems != 0) << (row - start)
        located |= (price.country != NONE) << (row - start)
        counts[0] += sent
        counts[1] += problems != 0
        counts[2] += price.country != NONE
    to.priced[start >> 3], to.troubled[start >> 3], to.located[start >> 3] = priced, troubled, located
    found.priced += counts[0]
    found.troubled += counts[1]
    found.located += counts[2]
    return True


def cost_rows(classes, table, parts, problems, *, int64_t errors, int64_t reported, costs):
    """Cost rows by the class each is of, and fill ``costs`` (CostColumns) and ``problems`` (int64)."""
    cdef Buffer class_of = look_at(classes, 4), counts = look_at(parts, 4), bits = write_to(problems, 8)
    cdef Buffer cells = look_at(check_table(table), 8)
    cdef int64_t start, bad, size = cells.length // <int64_t>(sizeof(PriceClass) // 8) - 1
    cdef int64_t length = check_rows(class_of, counts, bits)
    cdef const int32_t* codes = <const int32_t*>class_of.start
    cdef PricedRows rows = PricedRows(
        codes, <const int32_t*>counts.start, <int64_t*>bits.start, <const PriceClass*>cells.start,
        errors, reported,
    )
    cdef Totals found = Totals(NONE, 0, 0, 0, 0)
    cdef list buffers = [write_to(column, 1) for column in costs]
    cdef CostCells to
    check_room(costs, length)
    to = cells_of(buffers)
    with nogil:
        bad = first_outside(codes, length, size)
        if bad == NONE:
            for start in range(0, length, 8):
                if not cost_some(rows, start, min(start + 8, length), to, &found):
                    break
    if bad != NONE:
        raise outside(bad, codes[bad], size)
    return CostTotals(found.over, found.total, found.priced, found.troubled, found.located)


cdef CostCells cells_of(list buffers) except *:
    """Find the memory of the columns to fill, in the order of CostColumns."""
    cdef CostCells to
    cdef int figure
    for figure in range(FIGURES):
        to.cost[figure] = <Decimal*>(<Buffer>buffers[figure]).start
    to.basis = <int8_t*>(<Buffer>buffers[3]).start
    to.problem = <int8_t*>(<Buffer>buffers[4]).start
    to.severity = <int8_t*>(<Buffer>buffers[5]).start
    to.country = <int16_t*>(<Buffer>buffers[6]).start
    to.priced = <uint8_t*>(<Buffer>buffers[7]).start
    to.troubled = <uint8_t*>(<Buffer>buffers[8]).start
    to.located = <uint8_t*>(<Buffer>buffers[9]).start
    return to
