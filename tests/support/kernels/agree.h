/* Every kernel of one level beside a reading of the same bytes, one character at a time, that knows no trick.

   alphabet.h, which is written for each build, has the septets of each code point below ALPHABET. */
#ifndef AGREE_H
#define AGREE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alphabet.h"
#include "kernels/dispatch.h"

typedef struct { int64_t characters, extensions, pairs; int is_gsm, is_utf8; } Seen;
typedef struct { int64_t units, parts, last; int as_gsm; } Laid;

static void agree(int holds, const char *what, const char *level, int64_t at)
{
    if (holds)
        return;
    fprintf(stderr, "%s: %s differs at %lld\n", level, what, (long long)at);
    abort();
}

static int width_of(uint32_t character)
{
    return character < ALPHABET ? WIDTHS[character] : 0;
}

/* Bytes of a character of UTF-8, or 0 where there is none (Unicode, table 3-7). */
static int decode(const uint8_t *text, int64_t left, uint32_t *character)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const int size = text[0] < 0x80 ? 1 : text[0] < 0xC0 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    uint32_t found = size == 1 ? text[0] : text[0] & (0x7F >> size);
    if (size == 0 || size > left || text[0] > 0xF4)
        return 0;
    for (int at = 1; at < size; at++) {
        if (text[at] >> 6 != 2)
            return 0;
        found = found << 6 | (text[at] & 0x3F);
    }
    *character = found;
    return found < least[size] || found > 0x10FFFF || (found >= 0xD800 && found < 0xE000) ? 0 : size;
}

static int take(const uint8_t *text, int64_t left, int as_latin, uint32_t *character)
{
    *character = text[0];
    return as_latin ? 1 : decode(text, left, character);
}

static Seen see(const uint8_t *text, int64_t size, int as_latin)
{
    Seen seen = {0, 0, 0, 1, 1};
    int64_t at = 0;
    while (at < size && seen.is_utf8) {
        uint32_t character;
        const int bytes = take(text + at, size - at, as_latin, &character);
        seen.is_utf8 = bytes > 0;
        seen.characters++;
        seen.is_gsm &= width_of(character) > 0;
        seen.extensions += width_of(character) == 2;
        seen.pairs += character > 0xFFFF;
        at += bytes;
    }
    return seen;
}

static Laid lay(const uint8_t *text, int64_t size, int as_latin, const Rules *rules)
{
    const Seen seen = see(text, size, as_latin);
    const int as_gsm = rules->encoding == AUTO ? seen.is_gsm : rules->encoding;
    const int64_t units = seen.characters + (as_gsm ? seen.extensions : seen.pairs);
    Laid laid = {units, 1, 0, as_gsm};
    if (units <= rules->single[as_gsm] || !seen.is_utf8)
        return (Laid){units, units > 0, units, as_gsm};
    for (int64_t at = 0; at < size;) {
        uint32_t character;
        at += take(text + at, size - at, as_latin, &character);
        const int twice = as_gsm ? width_of(character) == 2 : character > 0xFFFF;
        if (laid.last + 1 + twice > rules->part[as_gsm]) {
            laid.parts++;
            laid.last = 0;
        }
        laid.last += 1 + twice;
    }
    return laid;
}

static void check_tally(const Kernels *level, const Tally *tally, const Seen *seen, int64_t size)
{
    agree(tally->characters == seen->characters, "characters", level->name, size);
    agree(tally->extensions == seen->extensions, "extensions", level->name, size);
    agree(tally->pairs == seen->pairs, "pairs", level->name, size);
    agree(!tally->is_gsm == !seen->is_gsm, "is_gsm", level->name, size);
}

/* One text, read as UTF-8 and as the one-byte string of Python that these bytes would be. */
static void check_text(const Kernels *level, const uint8_t *text, int64_t size, const Rules *rules)
{
    const Seen utf8 = see(text, size, 0), latin = see(text, size, 1);
    Tally tally;
    agree(!level->tally_utf8(text, size, &tally) == !utf8.is_utf8, "is_utf8", level->name, size);
    if (utf8.is_utf8)
        check_tally(level, &tally, &utf8, size);
    level->tally_latin(text, size, &tally);
    check_tally(level, &tally, &latin, size);

    const Laid laid = lay(text, size, 0, rules), bytes = lay(text, size, 1, rules);
    int64_t last;
    if (utf8.is_utf8 && laid.parts > 1) {
        const int64_t parts = level->walk_utf8(text, size, laid.as_gsm, rules->part[laid.as_gsm], &last);
        agree(parts == laid.parts && last == laid.last, "walk_utf8", level->name, size);
    }
    if (bytes.parts > 1 && bytes.as_gsm) {
        const int64_t parts = level->walk_latin(text, size, rules->part[1], &last);
        agree(parts == bytes.parts && last == bytes.last, "walk_latin", level->name, size);
    }
}

static int64_t offset_of(const Rows *rows, int64_t row)
{
    return rows->wide ? ((const int64_t *)rows->offsets)[row] : ((const int32_t *)rows->offsets)[row];
}

/* A row as the kernels left it: negative parts and last are those that only a walk tells. */
static void check_row(const Kernels *level, const Rows *rows, int64_t row, const Rules *rules, const Cells *cells)
{
    const int64_t start = offset_of(rows, row), size = offset_of(rows, row + 1) - start;
    const Seen seen = see(rows->data + start, size, 0);
    const Laid laid = lay(rows->data + start, size, 0, rules);
    agree(seen.is_utf8, "UTF-8 of a row", level->name, row);
    agree(!cells->is_gsm[row] == !seen.is_gsm, "is_gsm of a row", level->name, row);
    agree(cells->units[row] == laid.units, "units of a row", level->name, row);
    agree(cells->extensions[row] == (laid.as_gsm ? seen.extensions : 0), "extensions of a row", level->name, row);
    agree(cells->parts[row] == laid.parts || cells->parts[row] < 0, "parts of a row", level->name, row);
    agree(cells->last[row] == laid.last || cells->last[row] < 0, "last of a row", level->name, row);
    agree(laid.parts > 1 || (cells->parts[row] >= 0 && cells->last[row] >= 0), "one part", level->name, row);
}

static void *room(int64_t size)
{
    void *memory = calloc((size_t)(size > 0 ? size : 1), 1);
    if (memory == NULL)
        abort();
    return memory;
}

/* Rows with 64-bit offsets in which a bracket stands, the first two bytes of U+4E00 to U+4E3F, or U+00E7 before
   what is not ASCII. */
static void check_screen(const Kernels *level, const Rows *rows)
{
    Screen screen = {.first = {['['] = 0x80, [0xE4] = 0x01, [0xC3] = 0x40}};
    const int64_t *starts = (const int64_t *)rows->offsets + rows->first, count = rows->stop - rows->first;
    uint8_t *flags = room(count);
    memset(screen.second, 0x80, sizeof screen.second);
    memset(screen.third, 0x81, sizeof screen.third), memset(screen.third + 0x80, 0xC1, 0x80);
    screen.second[0xB8] |= 0x01, screen.second[0xA7] |= 0x40;
    level->screen_rows(rows->data, starts, count, &screen, flags);
    for (int64_t row = 0; row < count; row++) {
        int watched = 0;
        for (int64_t at = starts[row]; at < starts[row + 1]; at++) {
            const uint8_t *text = rows->data + at;
            const int64_t left = starts[count] - at;
            watched |= text[0] == '[' || (left > 1 && text[0] == 0xE4 && text[1] == 0xB8)
                       || (left > 2 && text[0] == 0xC3 && text[1] == 0xA7 && text[2] >= 0x80);
        }
        agree(flags[row] == watched, "what is looked for", level->name, row);
    }
    free(flags);
}

/* Rows that follow one another; those from where the kernels stop are left to a closer look, for a reason. */
static void check_rows(const Kernels *level, const Rows *rows, const Rules *rules)
{
    const int64_t count = rows->stop;
    const Cells counts = {.is_gsm = room(count), .units = room(4 * count), .parts = room(4 * count)};
    const Cells details = {.last = room(4 * count), .extensions = room(4 * count)};
    Cells cells = counts;
    cells.last = details.last, cells.extensions = details.extensions;
    const int64_t stopped = level->count_rows(rows, rules, &counts);
    int64_t damaged = rows->first;
    agree(level->count_rows(rows, rules, &details) == stopped, "where it stops", level->name, stopped);
    agree(rows->first <= stopped && stopped <= rows->stop, "where it stops", level->name, stopped);
    for (int64_t row = rows->first; row < stopped; row++)
        check_row(level, rows, row, rules, &cells);
    while (damaged < rows->stop) {
        const int64_t start = offset_of(rows, damaged), size = offset_of(rows, damaged + 1) - start;
        if (!see(rows->data + start, size, 0).is_utf8)
            break;
        damaged++;
    }
    if (rows->wide)
        check_screen(level, rows);
    agree(stopped <= damaged && (stopped == rows->stop || damaged < rows->stop), "a stop", level->name, stopped);
    free(cells.is_gsm), free(cells.units), free(cells.parts), free(cells.last), free(cells.extensions);
}

#endif
