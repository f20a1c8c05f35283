/* What the kernels take and give. */
#ifndef CALLR_SEGMENT_KERNELS_H
#define CALLR_SEGMENT_KERNELS_H

#include <stdint.h>

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

/* Units of a message in one part, and of each part of more: [0] Unicode, [1] GSM. A forced encoding is one of
   these indices, none is -1. */
typedef struct { int32_t single[2], part[2], forced; } Edges;

/* Where the answers go, by row: is_gsm, units and parts, and last and extensions, whichever are not null.
   Parts are made negative, and last -1 (Unicode) or -2 (GSM), where a pair may stand at the edge of a part:
   TS 23.040, 9.2.3.24.1 keeps pairs whole, so that only walking the text tells. */
typedef struct {
    uint8_t *is_gsm;
    int32_t *units, *parts, *last, *extensions;
} Cells;

/* Which two bytes may begin something that is looked for: those whose cells have a bit in common. A bit of
   `starters` counts only where another character follows that is not ASCII. */
typedef struct { uint8_t first[256], second[256], starters; } Screen;

/* A tally is 0 where the bytes are not UTF-8; of a wide string that is not GSM it counts extensions only if `all` are
   asked for. A walk is how many parts of so many units a text takes, of which it is known that it is UTF-8, that it
   takes more than one, and that a string of one or two bytes is sent as GSM. What a row holds is added to four sums of
   it, characters that are not GSM, extension characters, characters and pairs, of which answers are made then. */
typedef struct {
    const char *name;
    int (*tally_utf8)(const uint8_t *text, int64_t size, Tally *tally);
    void (*tally_latin)(const uint8_t *text, int64_t size, Tally *tally);
    void (*tally_ucs2)(const uint16_t *text, int64_t size, int all, Tally *tally);
    void (*tally_ucs4)(const uint32_t *text, int64_t size, int all, Tally *tally);
    int64_t (*walk_utf8)(const uint8_t *text, int64_t size, int as_gsm, int64_t part, int64_t *last);
    int64_t (*walk_latin)(const uint8_t *text, int64_t size, int64_t part, int64_t *last);
    int64_t (*walk_ucs2)(const uint16_t *text, int64_t size, int64_t part, int64_t *last);
    int64_t (*walk_ucs4)(const uint32_t *text, int64_t size, int as_gsm, int64_t part, int64_t *last);
    int64_t (*count_rows)(const Rows *rows, const Edges *edges, const Cells *cells);
    int64_t (*add_rows)(const Rows *rows, uint32_t *sums);
    void (*settle_rows)(const uint32_t *sums, int64_t count, const Edges *edges, const Cells *cells);
    void (*screen_rows)(const uint8_t *data, const int64_t *starts, int64_t count, const Screen *screen, uint8_t *flags);
} Kernels;

#endif
