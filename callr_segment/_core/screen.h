/* Bytes without which nothing a Watch looks for is in a text: coarser than the watch, never finer, and made for
   the compiler to look at many at once. */
#ifndef CALLR_SEGMENT_SCREEN_H
#define CALLR_SEGMENT_SCREEN_H

#include <stdint.h>
#include <string.h>

typedef uint8_t Bytes __attribute__((vector_size(16)));

/* Where one of % & < [ { stands, or U+0080 to U+009F, or the lead byte of U+5000 to U+9FFF or U+F000 to U+FFFF. */
static inline Bytes alarms(Bytes first, Bytes second)
{
    const Bytes ascii = (Bytes)(first - '%' <= 1) | (Bytes)(first == '<') | (Bytes)((first & 0xDF) == '[');
    const Bytes control = (Bytes)(first == 0xC2) & (Bytes)(second < 0xA0);
    return ascii | control | (Bytes)(first - 0xE5 <= 4) | (Bytes)(first == 0xEF);
}

/* Where one of U+00C0 to U+00FF stands with which wrongly decoded UTF-8 begins, and then no ASCII. */
static inline Bytes starts(Bytes first, Bytes second, Bytes third)
{
    const Bytes capital = (Bytes)(second - 0x82 <= 3) | (Bytes)(second - 0x8E <= 3);
    const Bytes small = (Bytes)(second == 0xA2) | (Bytes)(second == 0xAF) | (Bytes)(second == 0xB0);
    return (Bytes)(first == 0xC3) & (capital | small) & (Bytes)(third >= 0x80);
}

static inline Bytes sixteen(const uint8_t *text)
{
    Bytes bytes;
    memcpy(&bytes, text, sizeof bytes);
    return bytes;
}

static int may_alarm(const uint8_t *text, int64_t size)
{
    Bytes seen = {0};
    uint8_t rest[18] = {0};
    uint64_t halves[2];
    int64_t at = 0;
    for (; at + 18 <= size; at += 16) {
        const Bytes first = sixteen(text + at), second = sixteen(text + at + 1);
        seen |= alarms(first, second) | starts(first, second, sixteen(text + at + 2));
    }
    for (; at < size; at += 16) {
        memset(rest, 0, sizeof rest);
        memcpy(rest, text + at, (size_t)(size - at < 18 ? size - at : 18));
        seen |= alarms(sixteen(rest), sixteen(rest + 1)) | starts(sixteen(rest), sixteen(rest + 1), sixteen(rest + 2));
    }
    memcpy(halves, &seen, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Whether the last character of a text may start what a literal after it, beginning with no ASCII, goes on with. */
static inline int ends_started(const uint8_t *text, int64_t size)
{
    const uint8_t second = size > 1 ? text[size - 1] : 0;
    if (second < 0x80 || text[size - 2] != 0xC3)
        return 0;
    return second <= 0x85 ? second >= 0x82 : second <= 0x91 ? second >= 0x8E : second == 0xA2 || second == 0xAF || second == 0xB0;
}

#endif
