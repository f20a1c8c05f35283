/* What the kernels take and give; README.md beside this says how they work. */
#ifndef CALLR_SEGMENT_KERNELS_H
#define CALLR_SEGMENT_KERNELS_H

#include <stdint.h>

/* Encodings, which are also the places of their limits in Rules; AUTO is the one that a text's characters ask for. */
enum { AUTO = -1, UNICODE, GSM };

/* What one text holds. */
typedef struct { int64_t characters, extensions, pairs; int is_gsm; } Tally;

/* Texts end to end in one buffer, as Arrow lays them out, offsets of 64 bits where `wide`; rows from first to
   stop are counted. */
typedef struct {
    const uint8_t *data;
    const void *offsets;
    int wide;
    int64_t first, stop;
} Rows;

/* How texts are counted: the limits, units of a message in one part, and of each part of more, by encoding; and the
   encoding they are sent in. */
typedef struct { int64_t single[2], part[2]; int32_t encoding; } Rules;

/* Where the answers go, by row: is_gsm, units and parts, and last and extensions, whichever are not null.
   Parts are made negative, and last -1 (Unicode) or -2 (GSM), where a pair may stand at the edge of a part:
   TS 23.040, 9.2.3.24.1 keeps pairs whole, so that only walking the text tells. */
typedef struct {
    uint8_t *is_gsm;
    int32_t *units, *parts, *last, *extensions;
} Cells;

/* Which three bytes may begin something that is looked for: those whose cells have a bit in common. Behind the end
   of all texts stand zeros. */
typedef struct { uint8_t first[256], second[256], third[256]; } Screen;

/* Every kernel, once: K(what it returns, its name, its parameters, these as they are passed on).

   tally_*        what a text holds: of UTF-8 (0 where it is none), and of the one-, two- and four-byte strings of
                  Python. Of a wide string that is not GSM, extensions are counted only if `all` are asked for.
   walk_*         how many parts of so many units a text takes, pairs kept whole, and how many units the last holds. It
                  is known to be UTF-8, to take more than one part, and, of one- and two-byte strings, to be GSM.
   count_rows     makes the answers of rows; returns the first that it cannot: damaged, cut inside a character, or huge.
   add_rows       adds what rows hold to four sums of each: not GSM, extensions, characters, pairs.
   finish_counts  makes answers of such sums.
   screen_rows    flags rows in which something that is looked for may stand. */
#define FOR_EACH_KERNEL(K)                                                                                            \
    K(int, tally_utf8, (const uint8_t *text, int64_t size, Tally *tally), text, size, tally)                          \
    K(void, tally_latin, (const uint8_t *text, int64_t size, Tally *tally), text, size, tally)                        \
    K(void, tally_ucs2, (const uint16_t *text, int64_t size, int all, Tally *tally), text, size, all, tally)          \
    K(void, tally_ucs4, (const uint32_t *text, int64_t size, int all, Tally *tally), text, size, all, tally)          \
    K(int64_t, walk_utf8, (const uint8_t *text, int64_t size, int as_gsm, int64_t part, int64_t *last), text, size,   \
      as_gsm, part, last)                                                                                             \
    K(int64_t, walk_latin, (const uint8_t *text, int64_t size, int64_t part, int64_t *last), text, size, part, last)  \
    K(int64_t, walk_ucs2, (const uint16_t *text, int64_t size, int64_t part, int64_t *last), text, size, part, last)  \
    K(int64_t, walk_ucs4, (const uint32_t *text, int64_t size, int as_gsm, int64_t part, int64_t *last), text, size,  \
      as_gsm, part, last)                                                                                             \
    K(int64_t, count_rows, (const Rows *rows, const Rules *rules, const Cells *cells), rows, rules, cells)            \
    K(int64_t, add_rows, (const Rows *rows, uint32_t *sums), rows, sums)                                              \
    K(void, finish_counts, (const uint32_t *sums, int64_t count, const Rules *rules, const Cells *cells), sums,       \
      count, rules, cells)                                                                                            \
    K(void, screen_rows,                                                                                              \
      (const uint8_t *data, const int64_t *starts, int64_t count, const Screen *screen, uint8_t *flags), data, starts, \
      count, screen, flags)

#define FIELD(type, name, parameters, ...) type(*name) parameters;

typedef struct {
    const char *name;
    FOR_EACH_KERNEL(FIELD)
} Kernels;

#endif
