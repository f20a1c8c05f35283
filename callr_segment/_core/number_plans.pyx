# cython: cdivision=True
"""Phone numbers at the speed of columns: the rules of `fallback.numbers`, followed without Python objects."""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcmp, memcpy, memset

from callr_segment._core.number_digits cimport (
    AMBIGUOUS, CHARACTERS, DECIMAL, LONGEST, LOST_ZERO, NO_COUNTRY, OK, TOO_LONG, TOO_SHORT, UNKNOWN_CODE,
    Cursor, Digits, Number, Status, clean, clean_plain, is_written, value_of,
)
from callr_segment._core.number_prefixes cimport NONE, PrefixMap, longest

from callr_segment._core.number_records import (
    ABROAD, DOUBTFUL, STOP, check_plan, unwrap,
)

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
    prefix, number, row.lengths, row.keep, infix, row.test = reading
    row.kind = {ABROAD: CODE_FOLLOWS, DOUBTFUL: TWO_NUMBERS, STOP: NOTHING_ELSE}.get(number, PLAIN)
    row.infix_length = len(infix)
    for at, digit in enumerate(infix):
        row.infix[at] = int(digit)
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

    def __cinit__(self, readings, codes, PrefixMap zones not None, str zero=""):
        cdef int code, three
        check_plan(readings, codes)
        self.zones = zones
        self.make_room(len(readings) + sum(map(len, codes.values())), len(codes))
        self.home = self.add(readings, 0)
        self.is_at_home = any(number not in (ABROAD, DOUBTFUL, STOP) for _, number, *_ in readings)
        self.zero.length = len(zero)
        for code, digit in enumerate(zero):
            self.zero.digit[code] = int(digit)
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
        cdef uint32_t before = 0
        if code == NONE:
            return 0
        known = 4 - self.codes[code].code_length
        for at in range(self.codes[code].first, self.codes[code].stop):
            row = &self.rows[at]
            if memcmp(digits + 4 - known, row.prefix, min(known, row.prefix_length)) == 0:
                if self.is_kept(row, digits, 4 - known):
                    return <uint16_t>((row.lengths << 4 - known) & ~before)
                before |= row.lengths << (4 - known + row.prefix_length + row.infix_length)
        return 0

    cdef bint is_kept(self, const Row* row, const uint8_t* code, int length) noexcept nogil:
        """Whether a reading takes a calling code and whatever follows as a number."""
        return (
            row.kind == PLAIN and row.prefix_length == 0 and row.infix_length == 0
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
        return self.first(&self.codes[code], digits + at, length - at, False, found)

    cdef int32_t zone(self, const Number* number) noexcept nogil:
        return longest(self.zones.nodes, number.digit, number.length)

    cdef bint exists(self, const Number* number) noexcept nogil:
        return is_assigned(self.zone(number), number.length)

    cdef bint is_personal(self, const Number* number) noexcept nogil:
        """Whether numbers that begin so may receive messages."""
        return (self.zone(number) & (ZONES - 1)) // COUNTRIES < LANDLINE

    cdef Status first(
        self, const Rows* rows, const uint8_t* digits, int64_t length, bint is_national, Number* found
    ) noexcept nogil:
        """Follow the first reading that makes an assigned number, or else the first of a possible one.

        Where there is none, tell why the first that might have fitted does not.
        """
        cdef Choice choice
        cdef Status status
        cdef int at
        choice.own.length = choice.possible.length = 0
        choice.reason = OK
        for at in range(rows.first, rows.stop):
            if not begins(digits, length, &self.rows[at]):
                continue
            if self.rows[at].kind == NOTHING_ELSE:
                break
            if self.try_row(&self.rows[at], digits, length, is_national, &choice, found, &status):
                return status
        if choice.own.length or choice.possible.length:
            found[0] = choice.own if choice.own.length else choice.possible
            return OK
        return choice.reason if choice.reason != OK else TOO_SHORT

    cdef bint try_row(
        self, const Row* row, const uint8_t* digits, int64_t length, bint is_national, Choice* choice,
        Number* found, Status* status
    ) noexcept nogil:
        """Follow one reading, and tell whether that settles it."""
        if row.kind == CODE_FOLLOWS and row.prefix_length == 0:
            if not (choice.possible.length or choice.own.length or (is_national and row.test == ASSIGNED)):
                status[0] = self.guess(row, digits, length, found)
                if not status[0] & ~FOREIGN or status[0] == AMBIGUOUS:
                    return True
            if choice.reason == OK:
                choice.reason = NO_COUNTRY
            return False
        status[0] = self.follow(row, digits + row.prefix_length, length - row.prefix_length, found)
        if status[0] == AMBIGUOUS or row.kind == CODE_FOLLOWS:
            return True
        if status[0] != OK:
            if choice.reason == OK:
                choice.reason = status[0]
            return False
        return self.choose(row, choice, found, status)

    cdef bint choose(self, const Row* row, Choice* choice, Number* found, Status* status) noexcept nogil:
        """Take a number, or keep it until there is none better."""
        cdef bint exists = self.exists(found)
        if row.test == OWN:
            if exists and choice.own.length == 0:
                choice.own = found[0]
            return False
        if exists:
            if choice.own.length:
                status[0] = self.more_likely(&choice.own, found)
            return True
        if row.test == POSSIBLE and choice.possible.length == 0:
            choice.possible = found[0]
        return False

    cdef Status more_likely(self, const Number* own, Number* found) noexcept nogil:
        """Choose between a number after its own code and a national one; mobiles are written to."""
        cdef bint first = self.is_personal(own), second = self.is_personal(found)
        if own.length == found.length and memcmp(own.digit, found.digit, own.length) == 0:
            return OK
        if first > second:
            found[0] = own[0]
        return AMBIGUOUS if first == second else OK

    cdef Status guess(
        self, const Row* row, const uint8_t* digits, int64_t length, Number* found
    ) noexcept nogil:
        """Read digits as international that nothing says are."""
        cdef Status status = fit(row.lengths, length)
        if status == OK:
            status = self.international(digits, length, found)
        if status == OK and row.test == ASSIGNED:
            status = <Status>FOREIGN if self.exists(found) else NO_COUNTRY
        return status

    cdef Status follow(
        self, const Row* row, const uint8_t* rest, int64_t after, Number* found
    ) noexcept nogil:
        cdef Status status
        cdef int at
        cdef int64_t left = after - row.infix_length
        if row.infix_length:
            if left < row.keep:
                return TOO_SHORT
            for at in range(row.infix_length):
                if rest[row.keep + at] != row.infix[at]:
                    return TOO_SHORT
        status = fit(row.lengths, left)
        if status != OK:
            return status
        if row.kind == CODE_FOLLOWS:
            return self.international(rest, after, found)
        if row.kind == TWO_NUMBERS:
            return AMBIGUOUS
        memcpy(found.digit, row.number, 8)
        memcpy(found.digit + row.number_length, rest, 16)
        if row.infix_length:
            at = row.number_length + row.keep
            memcpy(found.digit + at, rest + row.keep + row.infix_length, 16)
        found.length = row.number_length + <int>left
        return OK

    cdef Status read_text(self, Cursor text, Number* found) noexcept nogil:
        cdef Digits digits
        cdef Status status = OK
        if not clean_plain(text, &digits):
            status = clean(text, &digits)
        if status != OK:
            return status
        if digits.plus:
            return self.international(digits.digit, digits.length, found)
        if digits.decimals and not (self.is_at_home or 10 <= digits.length <= LONGEST):
            return DECIMAL
        status = self.first(
            &self.home, digits.digit, digits.length, digits.brackets or digits.decimals > 1, found
        )
        return LOST_ZERO if digits.whole and self.has_lost_zero(&digits, status, found) else status

    cdef bint has_lost_zero(self, const Digits* digits, Status status, const Number* found) noexcept nogil:
        """Whether a whole number may be one with a zero before it, rather than a mobile that is not short."""
        cdef Number other = self.zero
        if other.length == 0 or other.length + digits.length > LONGEST:
            return False
        memcpy(other.digit + other.length, digits.digit, 16)
        other.length += <int>digits.length
        if not self.exists(&other):
            return False
        if status != OK or not self.exists(found) or not self.is_personal(found):
            return True
        return not is_assigned(self.zone(found), found.length - 1)

    cdef bint fill(self, Cursor text, PrefixMap places, const Cells* cells, int64_t row) noexcept nogil:
        """Write one row of every column, and tell whether the text is no number, or one written so."""
        cdef Number found
        cdef Status status = self.read_text(text, &found)
        cells.statuses[row] = status
        if status & ~FOREIGN:
            cells.numbers[row], cells.places[row] = 0, NONE
            return True
        cells.numbers[row] = value_of(&found)
        cells.places[row] = place_of(longest(places.nodes, found.digit, found.length), found.length)
        return is_written(text, &found)

    cdef bint fill_unwrapped(self, str text, PrefixMap places, const Cells* cells, int64_t row) except -1:
        """Write a row that is no number as it stands, if there is one within it; tell whether there is."""
        cdef bytes utf8
        cdef const uint8_t* start
        number = unwrap(text)
        if number is None:
            return False
        utf8 = number.encode("utf-8", "surrogatepass")
        start = utf8
        self.fill(Cursor(start, start + len(utf8)), places, cells, row)
        if not cells.statuses[row] & ~FOREIGN:
            cells.statuses[row] |= TRIMMED
        return cells.numbers[row] != 0

    def read(self, str text not None) -> tuple:
        """Number, place and status of one text, as in the columns of Numbers."""
        cdef bytes utf8 = text.encode("utf-8", "surrogatepass")
        cdef const uint8_t* start = utf8
        cdef uint64_t number
        cdef int32_t place
        cdef uint8_t status
        cdef Cells cells = Cells(&number, &place, &status)
        self.fill(Cursor(start, start + len(utf8)), self.zones, &cells, 0)
        if status == CHARACTERS:
            self.fill_unwrapped(text, self.zones, &cells, 0)
        return number, place, status
