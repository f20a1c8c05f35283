"""Counting one text: tally its characters, then finish units and parts (TS 23.038, TS 23.040)."""

from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_1BYTE_KIND, PyUnicode_2BYTE_KIND
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t

from callr_segment._core.simd cimport AUTO, GSM, Rules, Tally, kernels

cdef extern from "Python.h" nogil:  # of a str that is borrowed
    unsigned int PyUnicode_KIND(PyObject* text)
    void* PyUnicode_DATA(PyObject* text)
    Py_ssize_t PyUnicode_GET_LENGTH(PyObject* text)

cdef extern from "kernels/gsm_tables.h" nogil:
    const uint8_t SEPTETS[]
    const uint32_t SEPTETS_SIZE
    const uint32_t EURO_SIGN

cdef struct Count:
    int64_t units
    int64_t parts
    int64_t last
    int64_t extensions
    bint is_gsm
    bint as_gsm


cdef inline int septets(uint32_t char) noexcept nogil:
    if char < SEPTETS_SIZE:
        return SEPTETS[char]
    return 2 if char == EURO_SIGN else 0


cdef inline int next_char(const uint8_t* text, int64_t left, uint32_t* char) noexcept nogil:
    """Bytes of the next UTF-8 character, or 0 where the bytes are none (Unicode, table 3-7)."""
    cdef uint32_t lead = text[0]
    if lead < 0x80:
        char[0] = lead
        return 1
    if left < 2 or (text[1] & 0xC0) != 0x80 or lead < 0xC2:
        return 0
    if lead < 0xE0:
        char[0] = (lead & 0x1F) << 6 | (text[1] & 0x3F)
        return 2
    if left < 3 or (text[2] & 0xC0) != 0x80:
        return 0
    if lead < 0xF0:
        char[0] = (lead & 0x0F) << 12 | (text[1] & 0x3F) << 6 | (text[2] & 0x3F)
        return 0 if char[0] < 0x800 or 0xD800 <= char[0] <= 0xDFFF else 3
    if left < 4 or (text[3] & 0xC0) != 0x80 or lead > 0xF4:
        return 0
    char[0] = (lead & 0x07) << 18 | (text[1] & 0x3F) << 12 | (text[2] & 0x3F) << 6 | (text[3] & 0x3F)
    return 4 if 0x10000 <= char[0] <= 0x10FFFF else 0


cdef inline bint finish_count(const Tally* tally, const Rules* rules, Count* count) noexcept nogil:
    """Fill a count from a tally; True where a pair may stand at an edge, so that only a walk tells."""
    cdef int64_t single, part
    count.is_gsm = tally.is_gsm
    count.as_gsm = rules.encoding == GSM or (rules.encoding == AUTO and count.is_gsm)
    count.extensions = tally.extensions if count.as_gsm else 0
    count.units = tally.characters + (tally.extensions if count.as_gsm else tally.pairs)
    single, part = rules.single[count.as_gsm], rules.part[count.as_gsm]
    if count.units <= single:
        count.parts = count.units > 0
        count.last = count.units
        return False
    count.parts = (count.units + part - 1) // part
    count.last = count.units - (count.parts - 1) * part
    return count.units > tally.characters


cdef struct Walk:
    int64_t part
    int64_t parts
    int64_t used
    bint as_gsm


cdef inline void step(Walk* walk, uint32_t char) noexcept nogil:
    """Lay one more character into the parts; a pair is never split (TS 23.040, 9.2.3.24.1)."""
    cdef int width = 1
    if (septets(char) == 2) if walk.as_gsm else (char > 0xFFFF):
        width = 2
    if walk.used + width > walk.part:
        walk.parts += 1
        walk.used = 0
    walk.used += width


cdef inline Walk begin(const Count* count, const Rules* rules) noexcept nogil:
    return Walk(rules.part[count.as_gsm], 1, 0, count.as_gsm)


cdef inline bint is_open(const Count* count, const Rules* rules) noexcept nogil:
    """Whether pairs at edges could make one part more: they waste a unit of each part but the last."""
    cdef int64_t part = rules.part[count.as_gsm]
    return count.parts < (count.units + part - 3) // (part - 1)


cdef inline void walk_utf8(const uint8_t* text, int64_t n, const Rules* rules, Count* count) noexcept nogil:
    """Finish the parts of a text that is known to be UTF-8."""
    count.parts = kernels.walk_utf8(text, n, count.as_gsm, rules.part[count.as_gsm], &count.last)


cdef inline void count_unicode(PyObject* text, const Rules* rules, Count* count) noexcept:
    """Count a str that somebody else holds."""
    cdef unsigned int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_ssize_t n = PyUnicode_GET_LENGTH(text)
    cdef Tally tally
    if kind == PyUnicode_1BYTE_KIND:
        kernels.tally_latin(<const uint8_t*>data, n, &tally)
        if finish_count(&tally, rules, count):
            count.parts = kernels.walk_latin(<const uint8_t*>data, n, rules.part[GSM], &count.last)
    elif kind == PyUnicode_2BYTE_KIND:
        kernels.tally_ucs2(<const uint16_t*>data, n, rules.encoding == GSM, &tally)
        if finish_count(&tally, rules, count):
            count.parts = kernels.walk_ucs2(<const uint16_t*>data, n, rules.part[GSM], &count.last)
    else:
        kernels.tally_ucs4(<const uint32_t*>data, n, rules.encoding == GSM, &tally)
        if finish_count(&tally, rules, count):
            count.parts = kernels.walk_ucs4(
                <const uint32_t*>data, n, count.as_gsm, rules.part[count.as_gsm], &count.last
            )


cdef inline void count_str(str text, const Rules* rules, Count* count) noexcept:
    count_unicode(<PyObject*>text, rules, count)
