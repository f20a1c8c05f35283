"""Characters that make a text worth a closer look, so that the others need none."""

from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memset

from callr_segment.errors import InputError

cdef enum:  # bits of a screen
    ASCII_BIT = 0x80    # one byte is enough
    STARTER_BIT = 0x40  # two bytes, and a third that is not ASCII
    WIDE_BIT = 0x10     # of two such, three bytes
    PAIR_BITS = 4       # below these, two bytes
    PRIVATE_LEAD = 0xEE  # begins nothing else than characters of private use
    LAST_PRIVATE = 0xF000  # where those begin that begin otherwise


cdef class Prefilter:
    """One of ``alarms`` makes a text suspect, and any character of private use; so does one of ``starters``
    before a character that is not ASCII, and one of ``opens`` together with one of ``closes``, anywhere.
    """

    def __init__(self, *, str alarms="", str starters="", str opens="", str closes=""):
        memset(self.marks.screen.second, ASCII_BIT, sizeof(self.marks.screen.second))
        memset(self.marks.screen.third, ~(3 * WIDE_BIT | STARTER_BIT), 256)
        memset(self.marks.screen.third + 0x80, ~(3 * WIDE_BIT), 0x80)
        self.leads = {}
        for mark, characters in ((ALARM, alarms), (STARTER, starters), (OPENS, opens), (CLOSES, closes)):
            for character in characters:
                self._add(ord(character), mark)
                self._screen(character.encode("utf-8", "surrogatepass"), mark == STARTER)
        self.marks.screen.first[PRIVATE_LEAD] |= ASCII_BIT
        for block in range(LAST_PRIVATE, AFTER_PRIVATE_USE, 64):  # whose first two bytes are the same
            self._screen(chr(block).encode()[:2], False)

    cdef void _add(self, uint32_t character, uint8_t mark) except *:
        if character < NEAR:
            self.marks.near[character] |= mark
        elif mark != ALARM or self.marks.n_far == MOST_FAR:
            raise InputError(f"cannot look for {chr(character)!r}", value=chr(character))
        else:
            self.marks.far[self.marks.n_far] = character
            self.marks.n_far += 1

    cdef void _screen(self, bytes start, bint starts):
        """Have the screen show what begins so; many share a bit, and it shows more than is looked for."""
        cdef Screen* screen = &self.marks.screen
        cdef uint8_t bit = ASCII_BIT
        if starts and len(start) > 1:
            bit = STARTER_BIT
        elif len(start) == 2:
            bit = 1 << self.leads.setdefault(start[0], len(self.leads) % PAIR_BITS)
        elif len(start) > 2:
            bit = WIDE_BIT << (start[0] & 1)
            screen.third[<uint8_t>start[2]] |= bit
        if len(start) > 1:
            screen.second[<uint8_t>start[1]] |= bit
        screen.first[<uint8_t>start[0]] |= bit
