/* Counting at the speed of memory, the same for every instruction set: what differs is handed in as a Level,
   whose functions are inlined, so that each caller becomes one loop of its own instructions.

   Whole blocks are classified, whatever messages they hold parts of; bits set before each block are numbered;
   what a message holds is then the difference of the numbers at its two ends. */
#ifndef CALLR_SEGMENT_BULK_H
#define CALLR_SEGMENT_BULK_H

#include "classify.h"

/* Of 64 bytes, so that the place of a byte in its tile is the place of its block in memory. */
typedef struct { uint64_t mask[MASKS]; Four before, unused; } Block;

/* The next row, where it begins, from the start of the first, and what was seen until there. */
typedef struct { int64_t row, start; Four seen; } Cursor;

enum {
    TILE_BLOCKS = 64,             /* of 64 bytes, classified before rows are taken: with the text 8 kB, a part of L1 */
    DENSE_TILES = 15,             /* not asked for plain blocks, after one in which over three quarters were odd */
    WAITING_ROWS = 256,           /* finished at once: enough that starting costs little, few enough for the stack */
    PREFETCH_BYTES = 512,         /* fetched before they are read: about what the memory takes to answer */
    SIZED_ROWS = 8,               /* whose sizes are taken at once: a vector of 32 bits each, at the widest */
    LONGEST_ROW = (1 << 30) - 1,  /* bytes: twice as many units, were all in the extension table, fit 31 bits */
    EXACT_BITS = 20,              /* of units up to which single precision divides exactly; README.md has the proof */
};

/* Rows before a cursor that are taken and not yet finished: what each holds, or of rows of plain text their sizes, but
   never some of both. */
typedef struct { int taken, sized; Four counts[WAITING_ROWS + 7]; int32_t sizes[WAITING_ROWS + 7]; } Waiting;

/* What the taking of rows works on. Where it has `sums` it adds to them; otherwise it finishes what it takes. */
typedef struct { const Rows *rows; const Rules *rules; const Cells *cells; uint32_t *sums; } Work;

typedef void Finish(Four *counts, int32_t *sizes, int count, const Rules *rules, const Cells *cells, int64_t row);
typedef void FinishWaiting(const Work *work, const Cursor *cursor, Waiting *waiting);
typedef void TakePlain(const Work *work, Four before, int64_t at, int64_t end, Cursor *cursor, Waiting *waiting);

#define OPERATION(type, name, parameters) type(*name) parameters;

/* An instruction set: its operations on a block, and what is made of them once for each. */
typedef struct {
    FOR_EACH_OPERATION(OPERATION)
    Finish *finish;
    FinishWaiting *finish_waiting;
    TakePlain *take_plain;
} Level;

#undef OPERATION

/* Classify a block at either end of a text, whose neighbours must not be read. */
INLINE uint64_t classify_edge(const Level *level, const uint8_t *text, int64_t at, int64_t size,
                              uint64_t mask[MASKS])
{
    return level->utf8_part(text + at, at > 0 ? 3 : 0, size - at < 64 ? (int)(size - at) : 64, mask);
}

/* Find blocks that are not plain. Where languages mix, a branch for each block would be foretold badly.
   A block is odd too where one of the last three bytes before it was: `before` is what guards text that looks plain from
   standing behind a character that is cut off there, since nothing else looks at these bytes again. */
INLINE int find_odd(const Level *level, const uint8_t *text, Block *blocks, int count, uint8_t *found)
{
    static const uint64_t plain[MASKS] = {[START] = ~(uint64_t)0};
    uint64_t odd = ~(uint64_t)0; /* nobody knows what stands before the first */
    int n = 0;
    for (int i = 0; i < count; i++) {
        const uint64_t before = odd >> 61;
        __builtin_prefetch(text + PREFETCH_BYTES + 64 * i, 0, 0);
        odd = level->plain(text + 64 * i);
        memcpy(blocks[i].mask, plain, sizeof plain);
        found[n] = (uint8_t)i;
        n += (odd | before) != 0;
    }
    return n;
}

INLINE int is_plain(const uint64_t mask[MASKS])
{
    return !(mask[NOT_GSM] | mask[EXTENSION] | mask[PAIR] | ~mask[START]);
}

/* What was found of a tile: bits where it is not UTF-8, and whether all its blocks are plain. */
typedef struct { uint64_t wrong; int plain; } Found;

/* Classify whole blocks: most are plain, and the others, found first, are few enough to take the time. Where nearly
   all were odd (`dense`), the next are not asked. */
INLINE void classify_blocks(const Level *level, const uint8_t *text, Block *blocks, int count, int *dense,
                            Found *found)
{
    uint64_t wrong = 0;
    if (*dense > 0) {
        for (int i = 0; i < count; i++) {
            __builtin_prefetch(text + PREFETCH_BYTES + 64 * i, 0, 0);
            wrong |= level->utf8(text + 64 * i, blocks[i].mask);
        }
        --*dense;
        found->plain = 0;
    } else {
        uint8_t others[TILE_BLOCKS];
        const int other = find_odd(level, text, blocks, count, others);
        for (int i = 0; i < other; i++)
            wrong |= level->utf8(text + 64 * others[i], blocks[others[i]].mask);
        *dense = 4 * other > 3 * count ? DENSE_TILES : 0;
        /* Of the first, before which nobody looked, it is known only now. */
        found->plain &= other == 0 || (other == 1 && others[0] == 0 && is_plain(blocks[0].mask));
    }
    found->wrong |= wrong;
}

/* Classify up to TILE_BLOCKS blocks; the last of the text is never whole, so that what is cut off there is seen. */
INLINE int classify_tile(const Level *level, const uint8_t *text, int64_t at, int64_t size, Block *blocks,
                         int *dense, Found *found)
{
    const int whole = size - at < 64 * TILE_BLOCKS ? (int)((size - at) / 64) : TILE_BLOCKS, first = at == 0 && whole > 0;
    *found = (Found){0, 1};
    if (first) {
        found->wrong = classify_edge(level, text, 0, size, blocks[0].mask);
        found->plain = is_plain(blocks[0].mask);
    }
    classify_blocks(level, text + at + 64 * first, blocks + first, whole - first, dense, found);
    if (whole == TILE_BLOCKS)
        return TILE_BLOCKS;
    found->wrong |= classify_edge(level, text, at + 64 * whole, size, blocks[whole].mask);
    found->plain &= is_plain(blocks[whole].mask);
    return whole + 1;
}

/* Number what was seen before each block; of plain ones that is known. */
INLINE void number_blocks(const Level *level, Block *blocks, int count, int plain, Four *running)
{
    if (plain) {
        blocks[0].before = *running;
        *running += (Four){0, 0, 64 * (uint32_t)count, 0};
        return;
    }
    for (int i = 0; i < count; i++) {
        blocks[i].before = *running;
        *running += level->popcounts(blocks[i].mask, ~(uint64_t)0);
    }
}

INLINE int64_t offset_at(const Rows *rows, int64_t row)
{
    return rows->wide ? ((const int64_t *)rows->offsets)[row] : ((const int32_t *)rows->offsets)[row];
}

/* Offsets may be anything where a column is damaged: their differences wrap, and are looked at before they are used. */
INLINE int64_t minus(int64_t one, int64_t other)
{
    return (int64_t)((uint64_t)one - (uint64_t)other);
}

INLINE void add(uint32_t *sums, Four found)
{
    Four sum;
    memcpy(&sum, sums, sizeof sum);
    sum += found;
    memcpy(sums, &sum, sizeof sum);
}

/* Take up to `limit` rows that end in this tile: what each holds, into `counts`, or to `sums`. None are taken, and
   `clean` is no more, where one is damaged, very long, or ends inside a character. */
INLINE int take_rows(const Level *level, const Rows *rows, const Block *blocks, int64_t at, int64_t end,
                     Cursor *cursor, Four *counts, uint32_t *sums, int limit, int *clean)
{
    const int64_t origin = offset_at(rows, rows->first);
    uint64_t whole = 1;
    Cursor next = *cursor;
    int taken = 0;
    for (; taken < limit && next.row < rows->stop; taken++) {
        const int64_t stop = minus(offset_at(rows, ++next.row), origin);
        if (stop >= end)
            break;
        if ((uint64_t)minus(stop, next.start) > LONGEST_ROW) {
            whole = 0;
            break;
        }
        const Block *block = (const Block *)((const char *)blocks + ((stop - at) & ~(int64_t)63));
        const Four seen = block->before + level->popcounts(block->mask, ~(~(uint64_t)0 << (stop & 63)));
        whole &= block->mask[START] >> (stop & 63);
        if (sums)
            add(sums + 4 * (next.row - 1), seen - next.seen);
        else
            counts[taken] = seen - next.seen;
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

#define LANES 4
#include "answers.inl.h"

#define LANES 8
#include "answers.inl.h"

/* Make the answers of rows whose counts are already known. */
INLINE void finish_counts(const Level *level, const uint32_t *sums, int64_t count, const Rules *rules,
                        const Cells *cells)
{
    Four counts[WAITING_ROWS + 7];
    for (int64_t row = 0; row < count; row += WAITING_ROWS) {
        const int some = count - row < WAITING_ROWS ? (int)(count - row) : WAITING_ROWS;
        memcpy(counts, sums + 4 * row, (size_t)some * sizeof *counts);
        level->finish(counts, NULL, some, rules, cells, row);
    }
}

/* Tell the sizes of rows, `step` at a time, as long as they end before `end`, and none is damaged or very long. */
INLINE int size_rows(const Rows *rows, int64_t row, int64_t end, int32_t *sizes, int limit, int step)
{
    int taken = 0;
    for (; taken + step <= limit && row + step <= rows->stop && offset_at(rows, row + step) < end; row += step) {
        int64_t all = 0;
        for (int i = 0; i < step; i++) {
            const int64_t size = minus(offset_at(rows, row + i + 1), offset_at(rows, row + i));
            all |= size;
            sizes[taken + i] = (int32_t)size;
        }
        if (all & ~(int64_t)LONGEST_ROW)
            break;
        taken += step;
    }
    return taken;
}

/* Finish what waits, before rows of the other kind are taken or after the last. */
INLINE void finish_waiting(Finish *finish, const Work *work, const Cursor *cursor, Waiting *waiting)
{
    const int64_t row = cursor->row - waiting->taken - waiting->sized;
    if (waiting->taken)
        finish(waiting->counts, NULL, waiting->taken, work->rules, work->cells, row);
    if (waiting->sized)
        finish(NULL, waiting->sizes, waiting->sized, work->rules, work->cells, row);
    waiting->taken = waiting->sized = 0;
}

/* Take the row that ends first among plain blocks, where something else stood before them. Tell whether one ends. */
INLINE int take_first(const Work *work, Four before, int64_t at, int64_t end, Cursor *cursor, Waiting *waiting)
{
    const int64_t origin = offset_at(work->rows, work->rows->first);
    const int64_t stop = minus(offset_at(work->rows, cursor->row + 1), origin);
    if (stop >= end || (uint64_t)minus(stop, cursor->start) > LONGEST_ROW)
        return 0;
    const Four seen = before + (Four){0, 0, (uint32_t)(stop - at), 0};
    if (work->sums)
        add(work->sums + 4 * cursor->row, seen - cursor->seen);
    else
        waiting->counts[waiting->taken++] = seen - cursor->seen;
    *cursor = (Cursor){cursor->row + 1, stop, seen};
    return 1;
}

/* Take rows of plain text up to `end`: each holds its bytes. One that is damaged or very long is not taken, nor is any
   after it. */
INLINE void take_sizes(FinishWaiting *finish, const Work *work, int64_t end, Cursor *cursor, Waiting *waiting)
{
    const Rows *rows = work->rows;
    const int64_t origin = offset_at(rows, rows->first);
    int room, more;
    do {
        int32_t *sizes = waiting->sizes + waiting->sized;
        room = WAITING_ROWS - waiting->sized;
        more = size_rows(rows, cursor->row, origin + end, sizes, room, SIZED_ROWS);
        more += size_rows(rows, cursor->row + more, origin + end, sizes + more, room - more, 1);
        for (int i = 0; work->sums && i < more; i++)
            work->sums[4 * (cursor->row + i) + START] += (uint32_t)sizes[i];
        cursor->row += more;
        waiting->sized += work->sums ? 0 : more;
        if (waiting->sized == WAITING_ROWS)
            finish(work, cursor, waiting);
    } while (more == room);
    const int64_t passed = offset_at(rows, cursor->row) - origin - cursor->start;
    cursor->start += passed;
    cursor->seen[START] += (uint32_t)passed;
}

/* Take the rows that end among plain blocks, before which so much was seen. */
INLINE void take_plain(FinishWaiting *finish, const Work *work, Four before, int64_t at, int64_t end, Cursor *cursor,
                       Waiting *waiting)
{
    const Four other = before - cursor->seen - (Four){0, 0, (uint32_t)(at - cursor->start), 0};
    const int is_odd = (other[0] | other[1] | other[2] | other[3]) != 0;
    if (cursor->row == work->rows->stop || (is_odd && !take_first(work, before, at, end, cursor, waiting)))
        return;
    if (waiting->taken)
        finish(work, cursor, waiting);
    take_sizes(finish, work, end, cursor, waiting);
}

/* Take rows from tile to tile until one needs a closer look than this, which is returned: `stop` where none does.
   Whether it adds to `sums` or finishes what it takes is known to the compiler. */
INLINE int64_t take_tiles(const Level *level, const Rows *rows, const Rules *rules, const Cells *cells,
                          uint32_t *sums)
{
    const int64_t origin = offset_at(rows, rows->first), size = offset_at(rows, rows->stop) - origin;
    const Work work = {rows, rules, cells, sums};
    Cursor cursor = {rows->first, 0, {0, 0, 0, 0}};
    Four running = {0, 0, 0, 0};
    Waiting waiting;
    Block blocks[TILE_BLOCKS];
    Found found;
    int clean = 1, dense = 0;
    waiting.taken = waiting.sized = 0;
    for (int64_t at = 0; at <= size && clean; at += 64 * TILE_BLOCKS) {
        const int tile = classify_tile(level, rows->data + origin, at, size, blocks, &dense, &found);
        const int64_t end = at + 64 * tile;
        number_blocks(level, blocks, tile, found.plain, &running);
        clean = found.wrong == 0;
        if (clean && found.plain) {
            level->take_plain(&work, blocks[0].before, at, end, &cursor, &waiting);
            continue;
        }
        if (waiting.sized)
            level->finish_waiting(&work, &cursor, &waiting);
        while (clean) {
            const int room = sums ? INT32_MAX : WAITING_ROWS - waiting.taken;
            Four *counts = waiting.counts + waiting.taken;
            const int taken = take_rows(level, rows, blocks, at, end, &cursor, counts, sums, room, &clean);
            waiting.taken += sums ? 0 : taken;
            if (waiting.taken < WAITING_ROWS)
                break;
            level->finish(waiting.counts, NULL, WAITING_ROWS, rules, cells, cursor.row - WAITING_ROWS);
            waiting.taken = 0;
        }
    }
    if (!sums)
        level->finish_waiting(&work, &cursor, &waiting);
    return cursor.row;
}

INLINE int64_t count_rows(const Level *level, const Rows *rows, const Rules *rules, const Cells *cells)
{
    return take_tiles(level, rows, rules, cells, NULL);
}

INLINE int64_t add_rows(const Level *level, const Rows *rows, uint32_t *sums)
{
    return take_tiles(level, rows, NULL, NULL, sums);
}

#endif
