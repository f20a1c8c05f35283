/* Every level that this processor has: on every code point, and on texts that crowd the edges of parts. */
#include "agree.h"

enum { POINTS = 0x110000, TEXTS = 1500, MOST = 700 };

static const Rules RULES[] = {
    {{70, 160}, {67, 153}, -1}, {{70, 160}, {67, 153}, 0}, {{70, 160}, {67, 153}, 1}, {{7, 9}, {2, 5}, -1}};
static const char *const PIECES[] = {"a", "e ", "[", "\xE2\x82\xAC", "\xC3\xA7", "\xC3\xA0", "\xCE\x94",
                                     "\xE4\xB8\xAD", "\xF0\x9F\x98\x80", "\x1B", "\xE2\x80\x99", "`"};
static const char *const DAMAGE[] = {"\xFF", "\xC3", "\x80", "\xE2\x82", "\xED\xA0\x80", "\xF4\x90\x80\x80"};

static uint64_t state = 20261122;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static int encode(uint32_t point, uint8_t *text)
{
    const int size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (int at = size - 1; at > 0; at--, point >>= 6)
        text[at] = 0x80 | (point & 0x3F);
    text[0] = (uint8_t)(lead[size] | point);
    return size;
}

/* A row for every scalar value, behind up to six letters. */
static void sweep_points(const Kernels *level)
{
    uint8_t *data = room(10 * (int64_t)POINTS);
    int64_t *offsets = room(8 * ((int64_t)POINTS + 1)), at = 0, count = 0;
    for (uint32_t point = 0; point < POINTS; point++) {
        if (point >> 11 == 0x1B) /* surrogates */
            continue;
        for (uint32_t letter = 0; letter < point % 7; letter++)
            data[at++] = 'e';
        at += encode(point, data + at);
        offsets[++count] = at;
    }
    check_rows(level, &(Rows){data, offsets, 1, 0, count}, &RULES[0]);
    free(data), free(offsets);
}

/* A text of up to `most` bytes in a block of memory of that size. */
static int64_t compose(uint8_t *text, int64_t most, int damage)
{
    const uint64_t inks = 1 + draw(sizeof PIECES / sizeof *PIECES);
    int64_t size = 0;
    for (;;) {
        const int broken = damage && draw(60) == 0;
        const char *piece = broken ? DAMAGE[draw(sizeof DAMAGE / sizeof *DAMAGE)] : PIECES[draw(inks)];
        if (size + (int64_t)strlen(piece) > most)
            return size;
        memcpy(text + size, piece, strlen(piece));
        size += (int64_t)strlen(piece);
    }
}

static void sweep_texts(const Kernels *level)
{
    for (int number = 0; number < TEXTS; number++) {
        const int64_t most = (int64_t)draw(MOST);
        uint8_t *text = room(most), *alone;
        const int64_t size = compose(text, most, number % 3 == 0);
        alone = memcpy(room(size), text, (size_t)size);
        check_text(level, alone, size, &RULES[number % 4]);
        free(text), free(alone);
    }
}

static void sweep_rows(const Kernels *level)
{
    for (int number = 0; number < TEXTS / 15; number++) {
        const int64_t count = (int64_t)draw(400), most = (int64_t)draw(MOST);
        uint8_t *data = room(count * most);
        int32_t *offsets = room(4 * (count + 1));
        for (int64_t row = 0; row < count; row++)
            offsets[row + 1] =
                offsets[row] + (int32_t)compose(data + offsets[row], (int64_t)draw((uint64_t)most + 1), 0);
        if (number % 3 == 0 && offsets[count] > 0)
            data[draw((uint64_t)offsets[count])] = (uint8_t)draw(256);
        const int64_t first = (int64_t)draw((uint64_t)count + 1);
        check_rows(level, &(Rows){data, offsets, 0, 0, count}, &RULES[number % 4]);
        check_rows(level, &(Rows){data, offsets, 0, first, count}, &RULES[number % 4]);
        free(data), free(offsets);
    }
}

int main(void)
{
    for (int number = 0; number < count_levels(); number++) {
        sweep_points(LEVELS[number]);
        sweep_texts(LEVELS[number]);
        sweep_rows(LEVELS[number]);
        printf("%s\n", LEVELS[number]->name);
    }
    return 0;
}
