"""Characters that make a text worth a closer look, so that the others need none."""

from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memset

from callr_segment.errors import InputError

cdef enum:
    ASCII_BIT = 0x80    # of a screen: these begin and end with one byte
    STARTER_BIT = 0x40
    LEAD_BITS = 6       # for the first bytes of all others


cdef class Prefilter:
    """One of ``alarms`` makes a text suspect, and any character of private use; so does one of ``starters``
    before a character that is not ASCII, and one of ``opens`` together with one of ``closes``, anywhere.
    """

    def __init__(self, *, str alarms="", str starters="", str opens="", str closes=""):
        memset(self.marks.screen.second, ASCII_BIT, sizeof(self.marks.screen.second))
        self.marks.screen.starters = STARTER_BIT
        self.leads = {}
        for mark, characters in ((ALARM, alarms), (STARTER, starters), (OPENS, opens), (CLOSES, closes)):
            for character in characters:
                self._add(ord(character), mark)
                self._screen(character.encode("utf-8", "surrogatepass"), mark == STARTER)
        for block in range(PRIVATE_USE, AFTER_PRIVATE_USE, 64):  # 64 characters begin with the same two bytes
            self._screen(chr(block).encode(), False)

    cdef void _add(self, uint32_t character, uint8_t mark) except *:
        if character < NEAR:
            self.marks.near[character] |= mark
        elif mark != ALARM or self.marks.n_far == MOST_FAR:
            raise InputError(f"cannot look for {chr(character)!r}", value=chr(character))
        else:
            self.marks.far[self.marks.n_far] = character
            self.marks.n_far += 1

    cdef void _screen(self, bytes start, bint starts):
        """Have the screen show a character; leads share bits where there are many, and it shows more."""
        cdef Screen* screen = &self.marks.screen
        cdef uint8_t bit = ASCII_BIT
        if len(start) > 1:
            bit = STARTER_BIT if starts else 1 << self.leads.setdefault(start[0], len(self.leads) % LEAD_BITS)
            screen.second[<uint8_t>start[1]] |= bit
        screen.first[<uint8_t>start[0]] |= bit
