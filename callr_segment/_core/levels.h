/* The kernels of each level this machine's family has, best last, and whether its processor can run them. */
#ifndef CALLR_SEGMENT_LEVELS_H
#define CALLR_SEGMENT_LEVELS_H

#include "bulk.h"

INLINE uint64_t first_bits(int64_t count)
{
    return count < 64 ? ~(~(uint64_t)0 << count) : ~(uint64_t)0;
}

/* Classify a block of a text that stands alone; return which of its bits are the text's. */
INLINE uint64_t classify_utf8(const Level *level, const uint8_t *text, int64_t at, int64_t size,
                              uint64_t mask[MASKS], Wrong *wrong)
{
    if (at > 0 && size - at >= 64)
        level->utf8(text + at, mask, wrong);
    else
        classify_edge(level, text, at, size, mask, wrong);
    return first_bits(size - at);
}

INLINE uint64_t classify_latin(const Level *level, const uint8_t *text, int64_t at, int64_t size,
                               uint64_t mask[MASKS])
{
    uint8_t edge[64];
    mask[START] = ~(uint64_t)0;
    mask[PAIR] = 0;
    if (size - at < 64) {
        memset(edge, ' ', sizeof edge);
        memcpy(edge, text + at, (size_t)(size - at));
    }
    level->latin(size - at < 64 ? edge : text + at, mask);
    return first_bits(size - at);
}

INLINE void add(const Level *level, Tally *tally, const uint64_t mask[MASKS], uint64_t ours)
{
    tally->characters += level->popcount(mask[START] & ours);
    tally->extensions += level->popcount(mask[EXTENSION]);
    tally->pairs += level->popcount(mask[PAIR]);
    tally->is_gsm &= mask[NOT_GSM] == 0;
}

/* The block after the last, empty where that is whole, shows a character that is cut off. */
INLINE int tally_utf8(const Level *level, const uint8_t *text, int64_t size, Tally *tally)
{
    Wrong wrong = {{0}};
    *tally = (Tally){0, 0, 0, 1};
    for (int64_t at = 0; at <= size; at += 64) {
        uint64_t mask[MASKS];
        const uint64_t ours = classify_utf8(level, text, at, size, mask, &wrong);
        add(level, tally, mask, ours);
    }
    return is_clean(&wrong);
}

INLINE void tally_latin(const Level *level, const uint8_t *text, int64_t size, Tally *tally)
{
    *tally = (Tally){0, 0, 0, 1};
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        const uint64_t ours = classify_latin(level, text, at, size, mask);
        add(level, tally, mask, ours);
    }
}

/* Units before the block, where the part being filled ends if no pair stands there, and parts so far. */
typedef struct { int64_t seen, edge, part, parts; int twice; } Walk;

INLINE int64_t units_of(const Level *level, const uint64_t mask[MASKS], uint64_t below, int twice)
{
    return (int64_t)level->popcount(mask[START] & below) + level->popcount(mask[twice] & below);
}

/* Whether a pair of this block has one unit on each side of an edge, `room` units after the block's start. */
INLINE int is_split(const Level *level, const uint64_t mask[MASKS], int64_t room, int twice)
{
    int64_t units = 0;
    for (uint64_t pairs = mask[twice]; pairs && units <= room; pairs &= pairs - 1)
        units = units_of(level, mask, pairs ^ (pairs - 1), twice); /* to the end of the first of these pairs */
    return units == room + 1;
}

/* Lay a block into parts. Most blocks hold no edge, and of a pair only the one that stands there matters. */
INLINE void walk_block(const Level *level, const uint64_t mask[MASKS], uint64_t ours, Walk *walk)
{
    const int64_t seen = walk->seen + units_of(level, mask, ours, walk->twice);
    while (walk->edge < seen) {
        walk->edge += walk->part - is_split(level, mask, walk->edge - walk->seen, walk->twice);
        walk->parts++;
    }
    walk->seen = seen;
}

INLINE int64_t walk_utf8(const Level *level, const uint8_t *text, int64_t size, int as_gsm, int64_t part,
                         int64_t *last)
{
    Walk walk = {0, part, part, 1, as_gsm ? EXTENSION : PAIR};
    Wrong ignored = {{0}};
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        const uint64_t ours = classify_utf8(level, text, at, size, mask, &ignored);
        walk_block(level, mask, ours, &walk);
    }
    *last = walk.seen - (walk.edge - part);
    return walk.parts;
}

INLINE int64_t walk_latin(const Level *level, const uint8_t *text, int64_t size, int64_t part, int64_t *last)
{
    Walk walk = {0, part, part, 1, EXTENSION};
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        const uint64_t ours = classify_latin(level, text, at, size, mask);
        walk_block(level, mask, ours, &walk);
    }
    *last = walk.seen - (walk.edge - part);
    return walk.parts;
}

#define LEVEL_OF(name) \
    const Level level = {utf8_##name, ascii_##name, latin_##name, popcount_##name, popcounts_##name}
#define KERNELS_OF(name, target)                                                                         \
    target static int tally_utf8_##name(const uint8_t *text, int64_t size, Tally *tally)                 \
    {                                                                                                    \
        LEVEL_OF(name);                                                                                  \
        return tally_utf8(&level, text, size, tally);                                                    \
    }                                                                                                    \
    target static void tally_latin_##name(const uint8_t *text, int64_t size, Tally *tally)               \
    {                                                                                                    \
        LEVEL_OF(name);                                                                                  \
        tally_latin(&level, text, size, tally);                                                          \
    }                                                                                                    \
    target static int64_t walk_utf8_##name(const uint8_t *text, int64_t size, int as_gsm, int64_t part,  \
                                           int64_t *last)                                                \
    {                                                                                                    \
        LEVEL_OF(name);                                                                                  \
        return walk_utf8(&level, text, size, as_gsm, part, last);                                        \
    }                                                                                                    \
    target static int64_t walk_latin_##name(const uint8_t *text, int64_t size, int64_t part,             \
                                            int64_t *last)                                               \
    {                                                                                                    \
        LEVEL_OF(name);                                                                                  \
        return walk_latin(&level, text, size, part, last);                                               \
    }                                                                                                    \
    target static int64_t count_rows_##name(const Rows *rows, const Edges *edges, const Cells *cells)    \
    {                                                                                                    \
        LEVEL_OF(name);                                                                                  \
        return count_rows(&level, rows, edges, cells);                                                   \
    }                                                                                                    \
    target static void settle_rows_##name(const uint32_t *held, int64_t count, const Edges *edges,       \
                                          const Cells *cells)                                            \
    {                                                                                                    \
        settle_rows(held, count, edges, cells);                                                          \
    }                                                                                                    \
    static const Kernels kernels_##name = {#name,                                                        \
                                           tally_utf8_##name,                                            \
                                           tally_latin_##name,                                           \
                                           walk_utf8_##name,                                             \
                                           walk_latin_##name,                                            \
                                           count_rows_##name,                                            \
                                           settle_rows_##name};

KERNELS_OF(scalar, )

#if defined(__x86_64__)
KERNELS_OF(ssse3, TARGET_SSSE3)
KERNELS_OF(avx2, TARGET_AVX2)
KERNELS_OF(avx512, TARGET_AVX512)
static const Kernels *const LEVELS[] = {&kernels_scalar, &kernels_ssse3, &kernels_avx2, &kernels_avx512};

/* Levels this processor and its operating system can run, from the first. */
static int count_levels(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("ssse3") || !__builtin_cpu_supports("popcnt"))
        return 1;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return 2;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                   && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi")
                   && __builtin_cpu_supports("avx512vpopcntdq")
               ? 4
               : 3;
}

#elif defined(__aarch64__)
KERNELS_OF(neon, )
static const Kernels *const LEVELS[] = {&kernels_scalar, &kernels_neon};

static int count_levels(void)
{
    return 2;
}

#else
static const Kernels *const LEVELS[] = {&kernels_scalar};

static int count_levels(void)
{
    return 1;
}
#endif

#endif
