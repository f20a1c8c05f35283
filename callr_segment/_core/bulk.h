/* Counting at the speed of memory, the same for every instruction set: what differs is handed in as a Level,
   whose functions are inlined, so that each caller becomes one loop of its own instructions.

   Whole blocks are classified, whatever messages they hold parts of; bits set before each block are numbered;
   what a message holds is then the difference of the numbers at its two ends. */
#ifndef CALLR_SEGMENT_BULK_H
#define CALLR_SEGMENT_BULK_H

#include "classify.h"

typedef struct {
    uint64_t (*utf8)(const uint8_t *text, uint64_t mask[MASKS]);
    uint64_t (*utf8_part)(const uint8_t *text, int before, int size, uint64_t mask[MASKS]);
    uint64_t (*plain)(const uint8_t *text);
    uint64_t (*watched)(const uint8_t *text, const Screen *screen);
    void (*latin)(const uint8_t *text, uint64_t mask[MASKS]);
    void (*latin_part)(const uint8_t *text, int size, uint64_t mask[MASKS]);
    uint32_t (*popcount)(uint64_t bits);
    Four (*popcounts)(const uint64_t mask[MASKS], uint64_t below);
} Level;

/* Of 64 bytes, so that the place of a byte in its tile is the place of its block in memory. */
typedef struct { uint64_t mask[MASKS]; Four before, unused; } Block;

/* The next row, where it begins, from the start of the first, and what was seen until there. */
typedef struct { int64_t row, start; Four seen; } Cursor;

enum { TILE = 64, DENSE = 15, BATCH = 256, AHEAD = 512, LONGEST = (1 << 30) - 1, LARGE_BITS = 20 };

/* Classify a block at either end of a text, whose neighbours must not be read. */
INLINE uint64_t classify_edge(const Level *level, const uint8_t *text, int64_t at, int64_t size,
                              uint64_t mask[MASKS])
{
    return level->utf8_part(text + at, at > 0 ? 3 : 0, size - at < 64 ? (int)(size - at) : 64, mask);
}

/* Find blocks that are not plain. Where languages mix, a branch for each block would be foretold badly. */
INLINE int find_odd(const Level *level, const uint8_t *text, Block *blocks, int count, uint8_t *found)
{
    static const uint64_t plain[MASKS] = {[START] = ~(uint64_t)0};
    uint64_t odd = ~(uint64_t)0; /* nobody knows what stands before the first */
    int n = 0;
    for (int i = 0; i < count; i++) {
        const uint64_t before = odd >> 61;
        __builtin_prefetch(text + AHEAD + 64 * i, 0, 0);
        odd = level->plain(text + 64 * i);
        memcpy(blocks[i].mask, plain, sizeof plain);
        found[n] = (uint8_t)i;
        n += (odd | before) != 0;
    }
    return n;
}

/* Classify whole blocks: most are plain, and the others, found first, are few enough to take the time. Where nearly
   all were odd (`dense`), the next are not asked. */
INLINE uint64_t classify_blocks(const Level *level, const uint8_t *text, Block *blocks, int count, int *dense)
{
    uint64_t wrong = 0;
    if (*dense > 0) {
        for (int i = 0; i < count; i++) {
            __builtin_prefetch(text + AHEAD + 64 * i, 0, 0);
            wrong |= level->utf8(text + 64 * i, blocks[i].mask);
        }
        --*dense;
        return wrong;
    }
    uint8_t others[TILE];
    const int other = find_odd(level, text, blocks, count, others);
    for (int i = 0; i < other; i++)
        wrong |= level->utf8(text + 64 * others[i], blocks[others[i]].mask);
    *dense = 4 * other > 3 * count ? DENSE : 0;
    return wrong;
}

/* Classify up to TILE blocks; the last of the text is never whole, so that what is cut off there is seen. */
INLINE int classify_tile(const Level *level, const uint8_t *text, int64_t at, int64_t size, Block *blocks,
                         int *dense, uint64_t *wrong)
{
    const int whole = size - at < 64 * TILE ? (int)((size - at) / 64) : TILE, first = at == 0 && whole > 0;
    *wrong = first ? classify_edge(level, text, 0, size, blocks[0].mask) : 0;
    *wrong |= classify_blocks(level, text + at + 64 * first, blocks + first, whole - first, dense);
    if (whole == TILE)
        return TILE;
    *wrong |= classify_edge(level, text, at + 64 * whole, size, blocks[whole].mask);
    return whole + 1;
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

/* What rows come to, four side by side: flags are 0 and -1. Parts are those if no pair stands at an edge, and
   `doubtful` where more are needed if one stands at each. */
typedef struct { Ints is_gsm[BATCH / 4], as_gsm[BATCH / 4], units[BATCH / 4], pairs[BATCH / 4], parts[BATCH / 4]; } Batch;

INLINE Ints choose(Ints which, Ints one, Ints other)
{
    return (which & one) | (~which & other);
}

INLINE Floats choose_float(Ints which, Floats one, Floats other)
{
    return (Floats)choose(which, (Ints)one, (Ints)other);
}

/* An edge of parts, for four rows: what counts as one part, and what divides units into more. */
typedef struct { Ints single, part; Floats top, each, less; } Edge;

INLINE Edge edge_of(const Edges *edges, int as_gsm)
{
    const Floats none = {0}, part = none + (float)edges->part[as_gsm];
    return (Edge){(Ints){0} + edges->single[as_gsm], (Ints){0} + edges->part[as_gsm], part - 0.5f, 1 / part,
                  1 / (part - 1)};
}

/* Parts of so many units, made negative where they are doubtful: a pair at each edge would make them more.
   Single precision is exact below 2 ^ LARGE_BITS: the quotient is at least half a unit, divided by the part, away
   from a whole number. */
INLINE Ints parts_of(Ints units, Ints pairs, Ints as_gsm, const Edge *gsm, const Edge *unicode)
{
    const Ints one = units <= choose(as_gsm, gsm->single, unicode->single);
    const Floats full = __builtin_convertvector(units, Floats) + choose_float(as_gsm, gsm->top, unicode->top);
    const Floats each = full * choose_float(as_gsm, gsm->each, unicode->each);
    const Floats less = (full - 1) * choose_float(as_gsm, gsm->less, unicode->less);
    const Ints parts = __builtin_convertvector(each, Ints), most = __builtin_convertvector(less, Ints);
    const Ints doubtful = (parts != most) & (pairs != 0);
    return choose(one, -(units > 0), (parts ^ doubtful) - doubtful);
}

INLINE void settle_large(Batch *batch, int count, const Edges *edges)
{
    for (int i = 0; i < count; i++) {
        const int as_gsm = batch->as_gsm[i / 4][i % 4] != 0;
        const int64_t units = batch->units[i / 4][i % 4], part = edges->part[as_gsm];
        const int64_t parts = (units + part - 1) / part, most = (units + part - 2) / (part - 1);
        if (units >> LARGE_BITS && units > edges->single[as_gsm])
            batch->parts[i / 4][i % 4] = (int32_t)(parts < most && batch->pairs[i / 4][i % 4] ? -parts : parts);
    }
}

INLINE void settle(Batch *batch, const Four *counts, int count, const Edges *edges)
{
    const Edge gsm = edge_of(edges, 1), unicode = edge_of(edges, 0);
    const Ints chosen = (Ints){0} - (edges->forced < 0), forced = (Ints){0} - (edges->forced > 0);
    Ints seen = {0};
    for (int i = 0; 4 * i < count; i++, counts += 4) {
        const Four one = __builtin_shufflevector(counts[0], counts[1], 0, 4, 1, 5);
        const Four two = __builtin_shufflevector(counts[2], counts[3], 0, 4, 1, 5);
        const Four three = __builtin_shufflevector(counts[0], counts[1], 2, 6, 3, 7);
        const Four four = __builtin_shufflevector(counts[2], counts[3], 2, 6, 3, 7);
        const Ints not_gsm = (Ints)__builtin_shufflevector(one, two, 0, 1, 4, 5);
        const Ints extensions = (Ints)__builtin_shufflevector(one, two, 2, 3, 6, 7);
        const Ints characters = (Ints)__builtin_shufflevector(three, four, 0, 1, 4, 5);
        const Ints pairs = (Ints)__builtin_shufflevector(three, four, 2, 3, 6, 7);
        const Ints is_gsm = not_gsm == 0, as_gsm = (is_gsm & chosen) | forced;
        const Ints twice = choose(as_gsm, extensions, pairs), units = characters + twice;
        batch->is_gsm[i] = is_gsm;
        batch->as_gsm[i] = as_gsm;
        batch->pairs[i] = twice;
        batch->units[i] = units;
        batch->parts[i] = parts_of(units, twice, as_gsm, &gsm, &unicode);
        seen |= units;
    }
    if ((seen[0] | seen[1] | seen[2] | seen[3]) >> LARGE_BITS)
        settle_large(batch, count, edges);
}

INLINE void put_counts(const Batch *batch, int count, const Cells *cells, int64_t row)
{
    const int32_t *is_gsm = (const int32_t *)batch->is_gsm;
    uint8_t *flags = cells->is_gsm + row;
    for (int i = 0; i < count; i++)
        flags[i] = is_gsm[i] & 1;
    memcpy(cells->units + row, batch->units, 4 * (size_t)count);
    memcpy(cells->parts + row, batch->parts, 4 * (size_t)count);
}

INLINE void put_details(Batch *batch, int count, const Edges *edges, const Cells *cells, int64_t row)
{
    const Edge gsm = edge_of(edges, 1), unicode = edge_of(edges, 0);
    for (int i = 0; 4 * i < count; i++) {
        const Ints as_gsm = batch->as_gsm[i], pairs = batch->pairs[i], units = batch->units[i];
        const Ints parts = batch->parts[i], before = parts - 1;
        const Ints rest = units - before * choose(as_gsm, gsm.part, unicode.part);
        const Ints more = choose(pairs != 0, as_gsm - 1, rest);
        batch->parts[i] = choose((parts == 0) | (parts == 1), units, more);
        batch->pairs[i] = as_gsm & pairs;
    }
    memcpy(cells->last + row, batch->parts, 4 * (size_t)count);
    memcpy(cells->extensions + row, batch->pairs, 4 * (size_t)count);
}

INLINE void hold(const Four *counts, int count, const Cells *cells, int64_t row)
{
    uint32_t *held = cells->held + 4 * row;
    uint64_t *guilty = cells->guilty + row;
    const uint64_t field = cells->field;
    for (int i = 0; i < count; i++) {
        Four sum;
        memcpy(&sum, held + 4 * i, sizeof sum);
        sum += counts[i];
        memcpy(held + 4 * i, &sum, sizeof sum);
    }
    for (int i = 0; i < count; i++)
        guilty[i] |= field & -(uint64_t)(counts[i][NOT_GSM] != 0);
}

/* `counts` has room for the rows that make the last four whole. */
INLINE void finish(Four *counts, int count, const Edges *edges, const Cells *cells, int64_t row)
{
    Batch batch;
    if (cells->held) {
        hold(counts, count, cells, row);
        return;
    }
    for (int i = count; i % 4; i++)
        counts[i] = (Four){0};
    settle(&batch, counts, count, edges);
    if (cells->parts)
        put_counts(&batch, count, cells, row);
    if (cells->last)
        put_details(&batch, count, edges, cells, row);
}

/* Make the answers of rows whose counts are already known. */
INLINE void settle_rows(const Level *level, const uint32_t *held, int64_t count, const Edges *edges,
                        const Cells *cells)
{
    (void)level; /* what the rows hold is known: only the instructions differ */
    Four counts[BATCH + 3];
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
    Four running = {0, 0, 0, 0}, counts[BATCH + 3];
    Block blocks[TILE];
    uint64_t wrong;
    int taken = 0, clean = 1, dense = 0;
    for (int64_t at = 0; at <= size && clean; at += 64 * TILE) {
        const int tile = classify_tile(level, rows->data + origin, at, size, blocks, &dense, &wrong);
        for (int i = 0; i < tile; i++) {
            blocks[i].before = running;
            running += level->popcounts(blocks[i].mask, ~(uint64_t)0);
        }
        clean = wrong == 0;
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
