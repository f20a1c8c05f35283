"""What a text of digits, punctuation and invisible characters means; broken UTF-8 means nothing."""

from libc.stdint cimport int64_t, uint8_t, uint32_t

from callr_segment._core.number_records import MEANINGS

cdef enum Meaning:
    END = -1
    FOREIGN = 0
    DROPPED = 1

# By code point: the ASCII character that is meant, DROPPED, or FOREIGN.
cdef uint8_t[0x10000] MEANING


cdef void fill_meanings() except *:
    cdef uint32_t code_point
    for code_point in range(0x21, 0x7F):
        MEANING[code_point] = <uint8_t>code_point
    for code_point, meaning in MEANINGS.items():
        MEANING[code_point] = ord(meaning) if meaning else DROPPED


fill_meanings()


cdef inline bint continues(const Cursor* text, int ahead) noexcept nogil:
    return text.end - text.at > ahead and text.at[ahead] & 0xC0 == 0x80


cdef int next_character(Cursor* text) noexcept nogil:
    """Take what the next character means; blanks are passed over, and broken UTF-8 is FOREIGN."""
    cdef uint32_t code_point
    while text.at < text.end:
        code_point = text.at[0]
        if code_point < 0x80:
            text.at += 1
        elif 0xC2 <= code_point < 0xE0 and continues(text, 1):
            code_point = (code_point & 0x1F) << 6 | (text.at[1] & 0x3F)
            text.at += 2
        elif 0xE0 <= code_point < 0xF0 and continues(text, 1) and continues(text, 2):
            code_point = (code_point & 0x0F) << 12 | (text.at[1] & 0x3F) << 6 | (text.at[2] & 0x3F)
            if code_point < 0x800:  # an overlong form
                return FOREIGN
            text.at += 3
        else:
            return FOREIGN
        if MEANING[code_point] != DROPPED:
            return MEANING[code_point]
    return END


cdef inline int peek(Cursor text) noexcept nogil:
    return next_character(&text)


cdef inline bint is_digit(int character) noexcept nogil:
    return c"0" <= character <= c"9"


cdef void skip_scheme(Cursor* text) noexcept nogil:
    """Pass over tel: in any case of its letters."""
    cdef Cursor ahead = text[0]
    if (
        next_character(&ahead) | 0x20 == c"t"
        and next_character(&ahead) | 0x20 == c"e"
        and next_character(&ahead) | 0x20 == c"l"
        and next_character(&ahead) == c":"
    ):
        text[0] = ahead


cdef bint is_rounded(Cursor body) noexcept nogil:
    """Whether this is scientific notation, 3.36E+10 or 3,36E+10, whose last digits are lost."""
    cdef int character = next_character(&body)
    cdef int64_t digits = 0
    while is_digit(character) or character == c"." or character == c",":
        digits += is_digit(character)
        character = next_character(&body)
    if digits == 0 or character | 0x20 != c"e":
        return False
    character = next_character(&body)
    while character == c"+" or character == c"-":
        character = next_character(&body)
    if not is_digit(character):
        return False
    while is_digit(character):
        character = next_character(&body)
    return character == END


cdef bint skip_punctuation(Cursor* text) noexcept nogil:
    """Pass over what may stand before a plus, and tell whether a bracket does."""
    cdef bint brackets = False
    cdef int character = peek(text[0])
    while character == c"-" or character == c"." or character == c"(":
        brackets |= character == c"("
        next_character(text)
        character = peek(text[0])
    return brackets


cdef Status clean(Cursor text, Digits* found) noexcept nogil:
    """Find the digits of one text, and how they are written."""
    cdef Cursor body
    cdef int64_t dots = 0, dashes = 0, after_dot = 0
    cdef int character
    cdef bint zeros = True  # after the last dot
    found.length = 0
    found.decimals, found.whole = 0, False
    if peek(text) == c"'":
        next_character(&text)
    skip_scheme(&text)
    found.brackets = skip_punctuation(&text)
    found.plus = peek(text) == c"+"
    if found.plus:
        next_character(&text)
    body = text
    character = next_character(&text)
    while character != END:
        if is_digit(character):
            if found.length < KEPT:
                found.digit[found.length] = <uint8_t>(character - c"0")
            found.length += 1
            after_dot += 1
            zeros &= character == c"0"
        elif character == c".":
            dots += 1
            after_dot, zeros = 0, True
        elif character == c"(":
            found.brackets = True
        elif character == c"-":
            dashes += 1
        else:
            return ROUNDED if is_rounded(body) else CHARACTERS
        character = next_character(&text)
    if found.length == 0:
        return EMPTY
    if dots == 1 and dashes == 0 and not found.brackets and after_dot <= 2 and zeros:  # it has been a number
        found.length -= after_dot
        found.decimals, found.whole = <int>after_dot, True
    return OK
