# cython: cdivision=True
"""Phone numbers at the speed of columns: the rules of `fallback.numbers`, followed without Python objects."""

cimport cython
from cpython.bytearray cimport PyByteArray_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from callr_segment._core.buffers cimport Buffer, look_at
from callr_segment._core.number_digits cimport (
    AMBIGUOUS, MISSING, NO_COUNTRY, OK, TOO_LONG, TOO_SHORT, UNKNOWN_CODE,
    Cursor, Digits, Number, Status, clean, clean_plain, is_written, value_of,
)
from callr_segment._core.number_e164 cimport UNSURE, Written, head_of, longest_written, read_written
from callr_segment._core.number_prefixes cimport NONE, PrefixMap, longest

from callr_segment._core.number_records import (
    ABROAD, DOUBTFUL, Numbers, check_plan, outside, validity_of,
)

cdef enum:
    COUNTRIES = 4096  # as zone_of packs them

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

cdef struct Cells:
    uint64_t* numbers
    int32_t* places
    uint8_t* statuses


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
    cdef uint16_t[10000] lengths  # by the first four digits after +: how many are a number as they stand
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
        for code in range(10000):
            self.lengths[code] = self.lengths_after(code)

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

    cdef uint16_t lengths_after(self, int head) noexcept nogil:
        """Bit n is set where n digits that begin so need no reading but the one without a prefix."""
        cdef uint8_t* digits = [head // 1000, head // 100 % 10, head // 10 % 10, head % 10]
        cdef int at, known, code = self.code_at[head // 10]
        cdef const Row* row
        if code == NONE:
            return 0
        known = 4 - self.codes[code].code_length
        for at in range(self.codes[code].first, self.codes[code].stop):
            row = &self.rows[at]
            if memcmp(digits + 4 - known, row.prefix, min(known, row.prefix_length)) == 0:
                return <uint16_t>(row.lengths << 4 - known) if self.is_kept(row, digits, 4 - known) else 0
        return 0

    cdef inline bint is_kept(self, const Row* row, const uint8_t* code, int length) noexcept nogil:
        """Whether a reading takes a calling code and whatever follows as a number."""
        return (
            row.kind == PLAIN and row.prefix_length == 0
            and row.number_length == length and memcmp(row.number, code, length) == 0
        )

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

    cdef bint fill(self, Cursor text, PrefixMap places, const Cells* cells, int64_t row) noexcept nogil:
        """Write one row of every column, and tell whether the text is no number, or one written so."""
        cdef Number found
        cdef Status status = self.read_text(text, &found)
        cells.statuses[row] = status
        cells.numbers[row] = value_of(&found) if status == OK else 0
        cells.places[row] = longest(places.nodes, found.digit, found.length) if status == OK else NONE
        return status != OK or is_written(text, &found)

    def read(self, str text not None) -> tuple:
        """Number, country, status and note of one text; the number is 0 and the country -1 for none."""
        cdef bytes utf8 = text.encode("utf-8", "surrogatepass")
        cdef const uint8_t* start = utf8
        cdef uint64_t number
        cdef int32_t zone
        cdef uint8_t status
        cdef Cells cells = Cells(&number, &zone, &status)
        self.fill(Cursor(start, start + len(utf8)), self.zones, &cells, 0)
        zone = max(0, zone)
        return number, zone % COUNTRIES - 1, status, zone // COUNTRIES


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


cdef inline bint fill_written(
    const Column* texts, NumberPlan plan, PrefixMap places, const Cells* cells, int64_t row
) noexcept nogil:
    """Write a row whose text is E.164; false where it has to be read with more care."""
    cdef Written found
    cdef int64_t start = texts.offsets[row]
    if not read_written(texts.data + start, texts.offsets[row + 1] - start, &found):
        return False
    cells.places[row] = longest_written(places.heads, places.pairs, &found)
    cells.numbers[row] = found.number
    cells.statuses[row] = OK
    return cells.places[row] != UNSURE and plan.lengths[head_of(&found)] >> found.length & 1


cdef int64_t read_column(
    const Column* texts, NumberPlan plan, PrefixMap places, const Cells* cells, bint* verbatim
) noexcept nogil:
    """Fill every row, or return the first whose offsets leave the data."""
    cdef int64_t row, start, stop
    cdef Cursor text
    for row in range(texts.rows):
        start, stop = texts.offsets[row], texts.offsets[row + 1]
        if not 0 <= start <= stop <= texts.size:
            return row
        if is_missing(texts, row):
            cells.numbers[row], cells.places[row], cells.statuses[row] = 0, NONE, MISSING
        elif not fill_written(texts, plan, places, cells, row):
            text = Cursor(texts.data + start, texts.data + stop)
            verbatim[0] &= plan.fill(text, places, cells, row)
    return NONE


def parse_numbers(
    offsets, data, validity, NumberPlan plan not None, *, PrefixMap places=None, int64_t bit_offset=0
):
    """Read a column of Arrow large_utf8: its offsets, its UTF-8 and its validity bitmap (or None)."""
    cdef Buffer ends = look_at(offsets, sizeof(int64_t)), utf8 = look_at(data, 1), bits
    cdef int64_t bad_row
    cdef bint verbatim = True
    cdef Column texts = Column(
        <const int64_t*>ends.start, <const uint8_t*>utf8.start, utf8.length, NULL, bit_offset,
        max(0, ends.length - 1),
    )
    if validity is not None:
        bits = look_at(validity_of(validity, bit_offset, texts.rows), 1)
        texts.validity = <const uint8_t*>bits.start
    if places is None:
        places = plan.zones
    cdef bytearray numbers = PyByteArray_FromStringAndSize(NULL, 8 * texts.rows)
    cdef bytearray found = PyByteArray_FromStringAndSize(NULL, 4 * texts.rows)
    cdef bytearray statuses = PyByteArray_FromStringAndSize(NULL, texts.rows)
    cdef Cells cells = Cells(
        <uint64_t*><char*>numbers, <int32_t*><char*>found, <uint8_t*><char*>statuses
    )
    with nogil:
        bad_row = read_column(&texts, plan, places, &cells, &verbatim)
    if bad_row != NONE:
        raise outside(bad_row)
    return Numbers(numbers, found, statuses, verbatim)
