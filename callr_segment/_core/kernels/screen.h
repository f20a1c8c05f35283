/* Which rows may hold something that is looked for, by three bytes at a time. */
#ifndef CALLR_SEGMENT_SCREEN_H
#define CALLR_SEGMENT_SCREEN_H

#include "classify.h"

INLINE int is_screened(const uint8_t *text, int64_t size, const Screen *screen)
{
    const uint8_t second = size > 1 ? text[1] : 0, third = size > 2 ? text[2] : 0;
    return (screen->first[text[0]] & screen->second[second] & screen->third[third]) != 0;
}

/* Flag the rows in which something that is looked for may stand: coarser than the prefilter, never finer. Their texts
   begin at `starts`, and each ends where the next begins. */
INLINE void screen_rows(const Level *level, const uint8_t *data, const int64_t *starts, int64_t count,
                         const Screen *screen, uint8_t *flags)
{
    const int64_t stop = starts[count];
    int64_t row = 0;
    for (int64_t at = starts[0]; at < stop; at += 64) {
        uint8_t part[65] = {0};
        const int whole = stop - at >= 65;
        if (!whole)
            memcpy(part, data + at, (size_t)(stop - at));
        for (uint64_t seen = level->screened(whole ? data + at : part, screen); seen; seen &= seen - 1) {
            const int64_t place = at + __builtin_ctzll(seen);
            if (place >= stop || !is_screened(data + place, stop - place, screen))
                continue;
            while (starts[row + 1] <= place)
                row++;
            flags[row] = 1;
        }
    }
}

#endif
