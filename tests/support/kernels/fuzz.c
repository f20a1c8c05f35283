/* What libFuzzer drives: bytes become a text and rows, which every level of this processor must read alike.

   The first byte chooses the limits and how many rows there are; so many more bytes are their sizes; the rest is
   the text, in a block of memory of just its size. */
#include "agree.h"

static const Rules RULES[] = {
    {{70, 160}, {67, 153}, -1}, {{70, 160}, {67, 153}, 0}, {{70, 160}, {67, 153}, 1}, {{7, 9}, {2, 5}, -1}};

static void check(const uint8_t *text, int64_t size, const int64_t *offsets, int64_t rows, const Rules *rules)
{
    for (int number = 0; number < count_levels(); number++) {
        check_text(LEVELS[number], text, size, rules);
        check_rows(LEVELS[number], &(Rows){text, offsets, 1, 0, rows}, rules);
        check_rows(LEVELS[number], &(Rows){text, offsets, 1, rows / 2, rows}, rules);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    if (length < 1)
        return 0;
    const int64_t wanted = data[0] >> 2, left = (int64_t)length - 1, rows = wanted < left ? wanted : left;
    const int64_t size = left - rows;
    uint8_t *text = memcpy(room(size), data + 1 + rows, (size_t)size);
    int64_t *offsets = room(8 * (rows + 1));
    for (int64_t row = 0; row < rows; row++) {
        const int64_t stop = offsets[row] + data[1 + row];
        offsets[row + 1] = stop < size ? stop : size;
    }
    check(text, size, offsets, rows, &RULES[data[0] & 3]);
    free(text), free(offsets);
    return 0;
}
