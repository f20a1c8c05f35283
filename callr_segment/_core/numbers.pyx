# cython: cdivision=True
"""Phone numbers at the speed of columns: the rules of `numbers_fallback`, followed without Python objects."""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport int16_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

from callr_segment._core.digits cimport (
    AMBIGUOUS, KEPT, MISSING, NO_COUNTRY, OK, TOO_LONG, TOO_SHORT, UNKNOWN_CODE,
    Cursor, Digits, Status, clean, clean_plain,
)
from callr_segment._core.prefixes cimport NONE, PrefixMap, longest

from callr_segment._core.numbers_fallback import (
    ABROAD, DOUBTFUL, Numbers, check_plan, column, outside, validity_of,
)

cdef enum:
    COUNTRIES = 4096  # as zone_of packs them
    WRITTEN = 21      # + and the digits of any uint64

cdef enum Kind:
    PLAIN
    CODE_FOLLOWS
    TWO_NUMBERS

cdef struct Row:  # a Reading
    uint8_t prefix[8]
    uint8_t number[8]
    int prefix_length
    int number_length
    uint32_t lengths
    Kind kind
    bint is_final  # an international prefix begins nothing else

cdef struct Rows:  # the readings of one calling code, or of the country that dials
    int first
    int stop
    int code_length

cdef struct Number:
    uint8_t digit[KEPT]
    int length

cdef struct Cells:
    uint64_t* numbers
    int16_t* countries
    uint8_t* statuses
    uint8_t* notes


cdef inline Status fit(uint32_t lengths, int64_t rest) noexcept nogil:
    """Whether so many digits may follow, or are too few or too many."""
    if rest < 32 and lengths >> rest & 1:
        return OK
    return TOO_LONG if rest >= 32 or lengths & ((<uint32_t>1 << rest) - 1) else TOO_SHORT


cdef inline bint begins(const uint8_t* digits, int64_t length, const Row* row) noexcept nogil:
    cdef int at
    if length < row.prefix_length:
        return False
    for at in range(row.prefix_length):
        if digits[at] != row.prefix[at]:
            return False
    return True


cdef Row row_of(reading) except *:
    cdef Row row
    prefix, number, row.lengths = reading
    row.kind = CODE_FOLLOWS if number == ABROAD else TWO_NUMBERS if number == DOUBTFUL else PLAIN
    row.prefix_length, row.number_length = len(prefix), len(number)
    row.is_final = row.kind == CODE_FOLLOWS and row.prefix_length > 0
    for at, digit in enumerate(prefix):
        row.prefix[at] = int(digit)
    for at, digit in enumerate(number if row.kind == PLAIN else ""):
        row.number[at] = int(digit)
    return row


@cython.final
cdef class NumberPlan:
    """How the numbers of one country are written, at home and abroad."""

    cdef Row* rows
    cdef Rows* codes
    cdef Rows home
    cdef int length
    cdef int16_t[1000] code_at
    cdef PrefixMap zones

    def __cinit__(self, readings, codes, PrefixMap zones not None):
        cdef int code, three
        check_plan(readings, codes)
        self.zones = zones
        self.make_room(len(readings) + sum(map(len, codes.values())), len(codes))
        self.home = self.add(readings, 0)
        memset(self.code_at, 0xFF, sizeof(self.code_at))  # NONE everywhere
        for code, (digits, after) in enumerate(codes.items()):
            self.codes[code] = self.add(after, len(digits))
            for three in range(int(digits.ljust(3, "0")), int(digits.ljust(3, "9")) + 1):
                self.code_at[three] = code

    def __dealloc__(self):
        PyMem_Free(self.rows)
        PyMem_Free(self.codes)

    cdef int make_room(self, size_t rows, size_t codes) except NONE:
        self.rows = <Row*>PyMem_Malloc(rows * sizeof(Row))
        self.codes = <Rows*>PyMem_Malloc(codes * sizeof(Rows))
        if self.rows is NULL or self.codes is NULL:
            raise MemoryError
        return 0

    cdef Rows add(self, readings, int code_length) except *:
        cdef Rows rows = Rows(self.length, self.length + <int>len(readings), code_length)
        for reading in readings:
            self.rows[self.length] = row_of(reading)
            self.length += 1
        return rows

    cdef Status international(self, const uint8_t* digits, int64_t length, Number* found) noexcept nogil:
        """Read digits that begin with a calling code, of which none begins another."""
        cdef int three = 0, at, code
        for at in range(3):
            three = 10 * three + (digits[at] if at < length else 0)
        code = self.code_at[three]
        if code == NONE or self.codes[code].code_length > length:
            return UNKNOWN_CODE
        at = self.codes[code].code_length
        return self.first(&self.codes[code], digits + at, length - at, found)

    cdef Status first(
        self, const Rows* rows, const uint8_t* digits, int64_t length, Number* found
    ) noexcept nogil:
        """Follow the first reading that fits, or tell why the first that might have fitted does not."""
        cdef Status status, reason = OK
        cdef int at
        for at in range(rows.first, rows.stop):
            if begins(digits, length, &self.rows[at]):
                status = self.follow(&self.rows[at], digits, length, found)
                if status == OK or status == AMBIGUOUS or self.rows[at].is_final:
                    return status
                if reason == OK:
                    reason = status
        return reason

    cdef inline Status follow(
        self, const Row* row, const uint8_t* digits, int64_t length, Number* found
    ) noexcept nogil:
        cdef const uint8_t* rest = digits + row.prefix_length
        cdef int64_t after = length - row.prefix_length
        cdef Status status = fit(row.lengths, after)
        if row.kind == CODE_FOLLOWS:
            if status == OK:
                status = self.international(rest, after, found)
            return NO_COUNTRY if row.prefix_length == 0 and status != OK and status != AMBIGUOUS else status
        if status == OK and row.kind == TWO_NUMBERS:
            return AMBIGUOUS
        if status == OK:
            memcpy(found.digit, row.number, 8)
            memcpy(found.digit + row.number_length, rest, 16)
            found.length = row.number_length + <int>after
        return status

    cdef Status read_text(self, Cursor text, Number* found) noexcept nogil:
        cdef Digits digits
        cdef Status status = OK
        if not clean_plain(text, &digits):
            status = clean(text, &digits)
        if status != OK:
            return status
        if digits.plus:
            return self.international(digits.digit, digits.length, found)
        return self.first(&self.home, digits.digit, digits.length, found)

    cdef inline void fill(self, Cursor text, const Cells* cells, int64_t row) noexcept nogil:
        """Write one row of every column."""
        cdef Number found
        cdef Status status = self.read_text(text, &found)
        if status != OK:
            leave_out(cells, row, status)
            return
        cdef int zone = max(0, longest(self.zones.nodes, found.digit, found.length))
        cells.statuses[row] = OK
        cells.numbers[row] = value_of(&found)
        cells.countries[row] = <int16_t>(zone % COUNTRIES - 1)
        cells.notes[row] = <uint8_t>(zone // COUNTRIES)

    def read(self, str text not None) -> tuple:
        """Number, country, status and note of one text, as in the columns of ``Numbers``."""
        cdef bytes utf8 = text.encode("utf-8", "surrogatepass")
        cdef const uint8_t* start = utf8
        cdef uint64_t number
        cdef int16_t country
        cdef uint8_t status, note
        cdef Cells cells = Cells(&number, &country, &status, &note)
        self.fill(Cursor(start, start + len(utf8)), &cells, 0)
        return number, country, status, note


cdef inline uint64_t value_of(const Number* found) noexcept nogil:
    cdef uint64_t value = 0
    cdef int at
    for at in range(found.length):
        value = 10 * value + found.digit[at]
    return value


cdef inline void leave_out(const Cells* cells, int64_t row, Status status) noexcept nogil:
    cells.statuses[row] = status
    cells.numbers[row] = 0
    cells.countries[row] = NONE
    cells.notes[row] = 0


cdef struct Column:
    const int64_t* offsets
    const uint8_t* data
    int64_t size
    const uint8_t* validity  # NULL where every cell is there
    int64_t first_bit
    int64_t rows


cdef inline bint is_missing(const Column* texts, int64_t row) noexcept nogil:
    cdef int64_t bit = texts.first_bit + row
    return texts.validity is not NULL and not texts.validity[bit >> 3] >> (bit & 7) & 1


cdef int64_t read_column(const Column* texts, NumberPlan plan, const Cells* cells) noexcept nogil:
    """Fill every row, or return the first whose offsets leave the data."""
    cdef int64_t row, start, stop
    for row in range(texts.rows):
        start, stop = texts.offsets[row], texts.offsets[row + 1]
        if not 0 <= start <= stop <= texts.size:
            return row
        if is_missing(texts, row):
            leave_out(cells, row, MISSING)
        else:
            plan.fill(Cursor(texts.data + start, texts.data + stop), cells, row)
    return NONE


def parse_numbers(offsets, data, validity, NumberPlan plan not None, *, int64_t bit_offset=0):
    """Read a column of Arrow large_utf8: its offsets, its UTF-8 and its validity bitmap (or None)."""
    cdef const int64_t[::1] ends
    cdef const uint8_t[::1] utf8, bits
    cdef int64_t bad_row
    ends, utf8 = column(offsets, data)
    cdef Column texts = Column(&ends[0], &utf8[0], len(utf8), NULL, bit_offset, max(0, len(ends) - 1))
    if validity is not None:
        bits = validity_of(validity, bit_offset, texts.rows)
        texts.validity = &bits[0]
    cdef bytearray numbers = bytearray(8 * texts.rows), countries = bytearray(2 * texts.rows)
    cdef bytearray statuses = bytearray(texts.rows), notes = bytearray(texts.rows)
    cdef Cells cells = Cells(
        <uint64_t*><char*>numbers,
        <int16_t*><char*>countries,
        <uint8_t*><char*>statuses,
        <uint8_t*><char*>notes,
    )
    with nogil:
        bad_row = read_column(&texts, plan, &cells)
    if bad_row != NONE:
        raise outside(bad_row)
    return Numbers(numbers, countries, statuses, notes)


cdef int64_t write_number(uint64_t number, uint8_t* out) noexcept nogil:
    """Write + and the digits, last one first, and return how many bytes that takes."""
    cdef int64_t size = 1
    cdef uint64_t rest = number
    while rest >= 10:
        rest //= 10
        size += 1
    out[0] = c"+"
    rest = size
    while rest:
        out[rest] = <uint8_t>(c"0" + number % 10)
        number //= 10
        rest -= 1
    return size + 1


def write_numbers(numbers):
    """Write E.164 digits (a buffer of uint64) as Arrow large_utf8: its offsets and its UTF-8; 0 is empty."""
    cdef const uint64_t[::1] values = memoryview(numbers).cast("B").cast("Q")
    cdef int64_t row, size = 0, rows = len(values)
    cdef bytearray offsets = bytearray(8 * rows + 8), data = bytearray(WRITTEN * rows)
    cdef int64_t* ends = <int64_t*><char*>offsets
    cdef uint8_t* out = <uint8_t*><char*>data
    with nogil:
        for row in range(rows):
            if values[row]:
                size += write_number(values[row], out + size)
            ends[row + 1] = size
    return offsets, data
