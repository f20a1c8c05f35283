/* One text: tallied block by block, and walked into parts where a pair may stand at an edge. */
#ifndef CALLR_SEGMENT_TEXT_H
#define CALLR_SEGMENT_TEXT_H

#include "bulk.h"

/* Classify a block of a text that stands alone; return where it is not UTF-8. */
INLINE uint64_t classify_utf8(const Level *level, const uint8_t *text, int64_t at, int64_t size,
                              uint64_t mask[MASKS])
{
    if (at > 0 && size - at >= 64)
        return level->utf8(text + at, mask);
    return classify_edge(level, text, at, size, mask);
}

INLINE uint64_t classify_latin(const Level *level, const uint8_t *text, int64_t at, int64_t size,
                               uint64_t mask[MASKS])
{
    mask[START] = ~(uint64_t)0;
    mask[PAIR] = 0;
    if (size - at >= 64)
        level->latin(text + at, mask);
    else
        level->latin_part(text + at, (int)(size - at), mask);
    return first_bits(size - at);
}

/* Of two-byte strings the characters beyond Latin-1 become one that is not GSM, and then are looked up, until
   one is not GSM indeed, unless `all` are to be counted. */
INLINE uint64_t classify_ucs2(const Level *level, const uint16_t *text, int64_t size, int all,
                              uint64_t mask[MASKS])
{
    uint8_t bytes[64];
    uint16_t part[64];
    if (size < 64) {
        memset(part, 0, sizeof part);
        memcpy(part, text, 2 * (size_t)size);
        text = part;
    }
    for (int i = 0; i < 64; i++)
        bytes[i] = text[i] < 0xFF ? (uint8_t)text[i] : 0xFF;
    const uint64_t ours = classify_latin(level, bytes, 0, size, mask);
    for (uint64_t doubt = mask[NOT_GSM]; doubt; doubt &= doubt - 1) {
        const int at = __builtin_ctzll(doubt);
        const int septets = text[at] < SEPTETS_SIZE ? SEPTETS[text[at]] : text[at] == EURO_SIGN ? 2 : 0;
        if (septets == 0 && !all)
            break;
        mask[NOT_GSM] ^= (uint64_t)(septets > 0) << at;
        mask[EXTENSION] |= (uint64_t)(septets == 2) << at;
    }
    return ours;
}

/* A four-byte string is as wide only where a character of it is beyond the BMP (PEP 393): it is never GSM, and what
   the extension table has counts only where `all` is to be sent as GSM. */
INLINE uint64_t classify_ucs4(const Level *level, const uint32_t *text, int64_t size, int all,
                              uint64_t mask[MASKS])
{
    uint8_t wide[64];
    uint16_t narrow[64];
    uint32_t part[64];
    if (size < 64) {
        memset(part, 0, sizeof part);
        memcpy(part, text, 4 * (size_t)size);
        text = part;
    }
    for (int i = 0; i < 64; i++)
        wide[i] = text[i] > 0xFFFF ? '[' : ' '; /* an extension character, which counts one more too */
    level->latin(wide, mask);
    const uint64_t pairs = mask[EXTENSION];
    if (all) {
        for (int i = 0; i < 64; i++)
            narrow[i] = text[i] > 0xFFFF ? 0xFFFF : (uint16_t)text[i];
        classify_ucs2(level, narrow, 64, 1, mask);
    }
    mask[START] = ~(uint64_t)0;
    mask[PAIR] = pairs;
    return first_bits(size);
}

/* The block after the last, empty where that is whole, shows a character that is cut off. */
INLINE int tally_utf8(const Level *level, const uint8_t *text, int64_t size, Tally *tally)
{
    int64_t characters = 0, extensions = 0, pairs = 0;
    uint64_t not_gsm = 0, wrong = 0;
    for (int64_t at = 0; at <= size; at += 64) {
        uint64_t mask[MASKS];
        wrong |= classify_utf8(level, text, at, size, mask);
        characters += level->popcount(mask[START] & first_bits(size - at));
        extensions += level->popcount(mask[EXTENSION]);
        pairs += level->popcount(mask[PAIR]);
        not_gsm |= mask[NOT_GSM];
    }
    *tally = (Tally){characters, extensions, pairs, not_gsm == 0};
    return wrong == 0;
}

INLINE void tally_latin(const Level *level, const uint8_t *text, int64_t size, Tally *tally)
{
    int64_t extensions = 0;
    uint64_t not_gsm = 0;
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        classify_latin(level, text, at, size, mask);
        extensions += level->popcount(mask[EXTENSION]);
        not_gsm |= mask[NOT_GSM];
    }
    *tally = (Tally){size, extensions, 0, not_gsm == 0};
}

INLINE void tally_ucs2(const Level *level, const uint16_t *text, int64_t size, int all, Tally *tally)
{
    int64_t extensions = 0;
    uint64_t not_gsm = 0;
    for (int64_t at = 0; at < size && (all || !not_gsm); at += 64) {
        uint64_t mask[MASKS];
        classify_ucs2(level, text + at, size - at, all, mask);
        extensions += level->popcount(mask[EXTENSION]);
        not_gsm |= mask[NOT_GSM];
    }
    *tally = (Tally){size, extensions, 0, not_gsm == 0};
}

INLINE void tally_ucs4(const Level *level, const uint32_t *text, int64_t size, int all, Tally *tally)
{
    int64_t extensions = 0, pairs = 0;
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        classify_ucs4(level, text + at, size - at, all, mask);
        extensions += all ? level->popcount(mask[EXTENSION]) : 0;
        pairs += level->popcount(mask[PAIR]);
    }
    *tally = (Tally){size, extensions, pairs, 0};
}

/* Units before the block, where the part being filled ends if no pair stands there, and parts so far. */
typedef struct { int64_t seen, edge, part, parts; } Walk;

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
INLINE void walk_block(const Level *level, const uint64_t mask[MASKS], uint64_t ours, int twice, Walk *walk)
{
    const int64_t seen = walk->seen + units_of(level, mask, ours, twice);
    while (walk->edge < seen) {
        walk->edge += walk->part - is_split(level, mask, walk->edge - walk->seen, twice);
        walk->parts++;
    }
    walk->seen = seen;
}

/* Where `twice` is known to the compiler, it leaves out whatever of the classification is not looked at. */
INLINE int64_t walk_pairs(const Level *level, const uint8_t *text, int64_t size, int twice, int64_t part,
                          int64_t *last)
{
    Walk walk = {0, part, part, 1};
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        classify_utf8(level, text, at, size, mask);
        walk_block(level, mask, first_bits(size - at), twice, &walk);
    }
    *last = walk.seen - (walk.edge - part);
    return walk.parts;
}

INLINE int64_t walk_utf8(const Level *level, const uint8_t *text, int64_t size, int as_gsm, int64_t part,
                         int64_t *last)
{
    return as_gsm ? walk_pairs(level, text, size, EXTENSION, part, last)
                  : walk_pairs(level, text, size, PAIR, part, last);
}

INLINE int64_t walk_latin(const Level *level, const uint8_t *text, int64_t size, int64_t part, int64_t *last)
{
    Walk walk = {0, part, part, 1};
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        const uint64_t ours = classify_latin(level, text, at, size, mask);
        walk_block(level, mask, ours, EXTENSION, &walk);
    }
    *last = walk.seen - (walk.edge - part);
    return walk.parts;
}

INLINE int64_t walk_ucs2(const Level *level, const uint16_t *text, int64_t size, int64_t part, int64_t *last)
{
    Walk walk = {0, part, part, 1};
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        const uint64_t ours = classify_ucs2(level, text + at, size - at, 1, mask);
        walk_block(level, mask, ours, EXTENSION, &walk);
    }
    *last = walk.seen - (walk.edge - part);
    return walk.parts;
}

INLINE int64_t walk_ucs4(const Level *level, const uint32_t *text, int64_t size, int as_gsm, int64_t part,
                         int64_t *last)
{
    Walk walk = {0, part, part, 1};
    for (int64_t at = 0; at < size; at += 64) {
        uint64_t mask[MASKS];
        const uint64_t ours = classify_ucs4(level, text + at, size - at, as_gsm, mask);
        walk_block(level, mask, ours, as_gsm ? EXTENSION : PAIR, &walk);
    }
    *last = walk.seen - (walk.edge - part);
    return walk.parts;
}

#endif
