"""Characters that make a text worth a closer look, so that the others need none."""

from libc.stdint cimport uint8_t, uint32_t

from callr_segment.errors import InputError


cdef class Watch:
    """One of ``alarms`` makes a text suspect; so does one of ``starters`` before a character that is not
    ASCII, and one of ``opens`` together with one of ``closes``, anywhere.
    """

    def __init__(self, *, str alarms="", str starters="", str opens="", str closes=""):
        for mark, characters in ((ALARM, alarms), (STARTER, starters), (OPENS, opens), (CLOSES, closes)):
            for character in characters:
                self._add(ord(character), mark)

    cdef void _add(self, uint32_t character, uint8_t mark) except *:
        if character < NEAR:
            self.marks.near[character] |= mark
        elif mark != ALARM or self.marks.n_far == MOST_FAR:
            raise InputError(f"cannot watch for {chr(character)!r}", value=chr(character))
        else:
            self.marks.far[self.marks.n_far] = character
            self.marks.n_far += 1
