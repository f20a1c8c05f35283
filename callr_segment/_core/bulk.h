/* Counting at the speed of memory, the same for every instruction set: what differs is handed in as a Level,
   whose functions are inlined, so that each caller becomes one loop of its own instructions.

   Whole blocks are classified, whatever messages they hold parts of; bits set before each block are numbered;
   what a message holds is then the difference of the numbers at its two ends. */
#ifndef CALLR_SEGMENT_BULK_H
#define CALLR_SEGMENT_BULK_H

#include "classify.h"
#include "kernels.h"

typedef struct {
    void (*utf8)(const uint8_t *text, uint64_t mask[MASKS], Wrong *wrong);
    void (*utf8_part)(const uint8_t *text, int before, int size, uint64_t mask[MASKS], Wrong *wrong);
    void (*ascii)(const uint8_t *text, uint64_t mask[MASKS]);
    void (*latin)(const uint8_t *text, uint64_t mask[MASKS]);
    void (*latin_part)(const uint8_t *text, int size, uint64_t mask[MASKS]);
    uint32_t (*popcount)(uint64_t bits);
    Four (*popcounts)(const uint64_t mask[MASKS], uint64_t below);
} Level;

/* Of 64 bytes, so that the place of a byte in its tile is the place of its block in memory. */
typedef struct { uint64_t mask[MASKS]; Four before, unused; } Block;

/* The next row, where it begins, from the start of the first, and what was seen until there. */
typedef struct { int64_t row, start; Four seen; } Cursor;

enum { GROUP = 8, TILE = 64, BATCH = 256, AHEAD = 4096, LONGEST = (1 << 30) - 1, LARGE = 1 << 20 };

typedef struct { int32_t as_gsm[BATCH], units[BATCH], pairs[BATCH], parts[BATCH], most[BATCH]; } Batch;

INLINE int is_ascii(const uint8_t *text, int words)
{
    uint64_t seen = 0;
    for (int i = 0; i < words; i++) {
        uint64_t word;
        memcpy(&word, text + 8 * i, sizeof word);
        seen |= word;
    }
    return !(seen & 0x8080808080808080u);
}

/* Classify a block at either end of a text, whose neighbours must not be read. */
INLINE void classify_edge(const Level *level, const uint8_t *text, int64_t at, int64_t size,
                          uint64_t mask[MASKS], Wrong *wrong)
{
    level->utf8_part(text + at, at > 0 ? 3 : 0, size - at < 64 ? (int)(size - at) : 64, mask, wrong);
}

/* A branch for each block would be foretold badly where languages mix; one for eight of them pays. */
INLINE void classify_group(const Level *level, const uint8_t *text, Block *blocks, Wrong *wrong)
{
    for (int i = 0; i < GROUP; i++)
        __builtin_prefetch(text + AHEAD + 64 * i, 0, 2);
    if (!is_ascii(text - 8, 8 * GROUP + 1)) {
        for (int i = 0; i < GROUP; i++)
            level->utf8(text + 64 * i, blocks[i].mask, wrong);
        return;
    }
    for (int i = 0; i < GROUP; i++) {
        level->ascii(text + 64 * i, blocks[i].mask);
        blocks[i].mask[START] = ~(uint64_t)0;
        blocks[i].mask[PAIR] = 0;
    }
}

/* Classify up to TILE blocks; the last of the text is never whole, so that what is cut off there is seen. */
INLINE int classify_tile(const Level *level, const uint8_t *text, int64_t at, int64_t size, Block *blocks,
                         Wrong *wrong)
{
    const int whole = size - at < 64 * TILE ? (int)((size - at) / 64) : TILE;
    int i = 0;
    if (at == 0 && whole > 0)
        classify_edge(level, text, 0, size, blocks[i++].mask, wrong);
    for (; i + GROUP <= whole; i += GROUP)
        classify_group(level, text + at + 64 * i, blocks + i, wrong);
    for (; i < whole; i++)
        level->utf8(text + at + 64 * i, blocks[i].mask, wrong);
    if (whole < TILE)
        classify_edge(level, text, at + 64 * i, size, blocks[i].mask, wrong), i++;
    return i;
}

INLINE int is_clean(const Wrong *wrong)
{
    uint8_t seen = 0;
    for (int i = 0; i < 64; i++)
        seen |= wrong->bytes[i];
    return seen == 0;
}

INLINE int64_t offset_at(const Rows *rows, int64_t row)
{
    return rows->wide ? ((const int64_t *)rows->offsets)[row] : ((const int32_t *)rows->offsets)[row];
}

/* Take up to `limit` rows that end in this tile: what each holds. None are taken, and `clean` is no more, where
   one is damaged, very long, or ends inside a character. */
INLINE int take_rows(const Level *level, const Rows *rows, const Block *blocks, int64_t at, int64_t end,
                     Cursor *cursor, Four *counts, int limit, int *clean)
{
    const int64_t origin = offset_at(rows, rows->first);
    uint64_t whole = 1;
    Cursor next = *cursor;
    int taken = 0;
    for (; taken < limit && next.row < rows->stop; taken++) {
        const int64_t stop = offset_at(rows, ++next.row) - origin;
        if (stop >= end)
            break;
        if ((uint64_t)(stop - next.start) > LONGEST) {
            whole = 0;
            break;
        }
        const Block *block = (const Block *)((const char *)blocks + ((stop - at) & ~(int64_t)63));
        const Four seen = block->before + level->popcounts(block->mask, ~(~(uint64_t)0 << (stop & 63)));
        counts[taken] = seen - next.seen;
        whole &= block->mask[START] >> (stop & 63);
        next.seen = seen;
        next.start = stop;
    }
    *clean = whole & 1;
    if (!*clean)
        return 0;
    next.row = cursor->row + taken;
    *cursor = next;
    return taken;
}

/* Parts if no pair stands at an edge, and if one stands at each (`most`). Single precision is exact below
   LARGE: the quotient is at least half a unit, divided by the part, away from a whole number. */
INLINE void settle_parts(Batch *batch, int count, const Edges *edges)
{
    const float room[2] = {edges->part[0], edges->part[1]};
    const float each[2] = {1 / room[0], 1 / room[1]}, less[2] = {1 / (room[0] - 1), 1 / (room[1] - 1)};
    const float top[2] = {room[0] - 0.5f, room[1] - 0.5f};
    const int32_t single[2] = {edges->single[0], edges->single[1]};
    for (int i = 0; i < count; i++) {
        const int32_t as_gsm = batch->as_gsm[i], units = batch->units[i];
        const float full = (float)units + (as_gsm ? top[1] : top[0]);
        const int32_t few = (int32_t)(full * (as_gsm ? each[1] : each[0]));
        const int32_t most = (int32_t)((full - 1) * (as_gsm ? less[1] : less[0]));
        const int32_t one = units <= (as_gsm ? single[1] : single[0]), some = units > 0;
        batch->parts[i] = one ? some : few;
        batch->most[i] = one ? some : most;
    }
}

INLINE void settle_large(Batch *batch, int count, const Edges *edges)
{
    for (int i = 0; i < count; i++) {
        const int64_t units = batch->units[i], part = edges->part[batch->as_gsm[i]];
        if (units > edges->single[batch->as_gsm[i]]) {
            batch->parts[i] = (int32_t)((units + part - 1) / part);
            batch->most[i] = (int32_t)((units + part - 2) / (part - 1));
        }
    }
}

INLINE void settle(Batch *batch, const Four *counts, int count, const Edges *edges)
{
    const int32_t chosen = edges->forced < 0, forced = edges->forced > 0;
    int32_t seen = 0;
    for (int i = 0; i < count; i++) {
        const int32_t gsm = counts[i][NOT_GSM] == 0, pairs = (int32_t)counts[i][PAIR];
        const int32_t extensions = (int32_t)counts[i][EXTENSION], characters = (int32_t)counts[i][START];
        const int32_t as_gsm = (gsm & chosen) | forced;
        const int32_t twice = as_gsm ? extensions : pairs;
        batch->as_gsm[i] = as_gsm;
        batch->pairs[i] = twice;
        batch->units[i] = characters + twice;
        seen |= characters + twice;
    }
    settle_parts(batch, count, edges);
    if (seen >= LARGE)
        settle_large(batch, count, edges);
}

INLINE void write_counts(const Batch *batch, const Four *counts, int count, const Cells *cells, int64_t row)
{
    uint8_t *restrict is_gsm = cells->is_gsm + row;
    int32_t *restrict units = cells->units + row, *restrict parts = cells->parts + row;
    for (int i = 0; i < count; i++)
        is_gsm[i] = counts[i][NOT_GSM] == 0;
    for (int i = 0; i < count; i++)
        units[i] = batch->units[i];
    for (int i = 0; i < count; i++) {
        const int32_t doubtful = (batch->parts[i] != batch->most[i]) & (batch->pairs[i] != 0);
        parts[i] = doubtful ? -batch->parts[i] : batch->parts[i];
    }
}

INLINE void write_details(const Batch *batch, int count, const Edges *edges, const Cells *cells, int64_t row)
{
    int32_t *restrict last = cells->last + row, *restrict extensions = cells->extensions + row;
    const int32_t part[2] = {edges->part[0], edges->part[1]};
    for (int i = 0; i < count; i++) {
        const int32_t as_gsm = batch->as_gsm[i], parts = batch->parts[i], pairs = batch->pairs[i];
        const int32_t full = (parts - 1) * (as_gsm ? part[1] : part[0]);
        extensions[i] = as_gsm ? pairs : 0;
        last[i] = parts < 2 ? batch->units[i] : pairs ? -1 - as_gsm : batch->units[i] - full;
    }
}

INLINE void finish(const Four *counts, int count, const Edges *edges, const Cells *cells, int64_t row)
{
    Batch batch;
    if (cells->held) {
        memcpy(cells->held + 4 * row, counts, (size_t)count * sizeof *counts);
        return;
    }
    settle(&batch, counts, count, edges);
    if (cells->parts)
        write_counts(&batch, counts, count, cells, row);
    else
        write_details(&batch, count, edges, cells, row);
}

/* Make the answers of rows whose counts are already known. */
INLINE void settle_rows(const Level *level, const uint32_t *held, int64_t count, const Edges *edges,
                        const Cells *cells)
{
    (void)level; /* what the rows hold is known: only the instructions differ */
    Four counts[BATCH];
    for (int64_t row = 0; row < count; row += BATCH) {
        const int some = count - row < BATCH ? (int)(count - row) : BATCH;
        memcpy(counts, held + 4 * row, (size_t)some * sizeof *counts);
        finish(counts, some, edges, cells, row);
    }
}

/* Count rows until one needs a closer look than this, which is returned: `stop` where none does. */
INLINE int64_t count_rows(const Level *level, const Rows *rows, const Edges *edges, const Cells *cells)
{
    const int64_t origin = offset_at(rows, rows->first), size = offset_at(rows, rows->stop) - origin;
    Cursor cursor = {rows->first, 0, {0, 0, 0, 0}};
    Four running = {0, 0, 0, 0}, counts[BATCH];
    Block blocks[TILE];
    Wrong wrong = {{0}};
    int taken = 0, clean = 1;
    for (int64_t at = 0; at <= size && clean; at += 64 * TILE) {
        const int tile = classify_tile(level, rows->data + origin, at, size, blocks, &wrong);
        for (int i = 0; i < tile; i++) {
            blocks[i].before = running;
            running += level->popcounts(blocks[i].mask, ~(uint64_t)0);
        }
        clean = is_clean(&wrong);
        while (clean) {
            taken += take_rows(
                level, rows, blocks, at, at + 64 * tile, &cursor, counts + taken, BATCH - taken, &clean);
            if (taken < BATCH)
                break;
            finish(counts, taken, edges, cells, cursor.row - taken);
            taken = 0;
        }
    }
    finish(counts, taken, edges, cells, cursor.row - taken);
    return cursor.row;
}

#endif
