/* Classification in plain C, eight bytes at a time: the level every machine has. */

#define EACH_BYTE 0x0101010101010101u
#define TOP_BIT (0x80 * EACH_BYTE)

INLINE uint64_t word_at(const uint8_t *text)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; i++)
        word |= (uint64_t)text[i] << 8 * i;
    return word;
}

INLINE uint64_t classes_at(const uint8_t *text)
{
    uint64_t classes = 0;
    for (int i = 0; i < 8; i++)
        classes |= (uint64_t)BYTE_CLASS[text[i]] << 8 * i;
    return classes;
}

/* The top bit of each byte of a word; and the lowest. */
INLINE uint64_t top_bits(uint64_t word)
{
    return ((word & TOP_BIT) >> 7) * 0x0102040810204080u >> 56;
}

INLINE uint64_t low_bits(uint64_t word)
{
    return (word & EACH_BYTE) * 0x0102040810204080u >> 56;
}

/* Look at the second and third bytes of characters, whose places are the top bits of the words. */
INLINE void classify_longer(const uint8_t *text, uint64_t second, uint64_t third, int at,
                            uint64_t mask[MASKS], Wrong *wrong)
{
    for (; second; second &= second - 1) {
        const uint8_t *byte = text + (__builtin_ctzll(second) >> 3);
        const uint8_t found = LEAD_CLASS[byte[-1] & 0x3F] & FOLLOW_CLASS[byte[0] & 0x3F];
        mask[NOT_GSM] |= (uint64_t)((found & 0x0F) != 0) << (at + (byte - text));
        wrong->bytes[0] |= found & 0x70;
    }
    for (; third; third &= third - 1) {
        const uint8_t *byte = text + (__builtin_ctzll(third) >> 3);
        const int euro = byte[-2] == 0xE2 && byte[-1] == 0x82 && byte[0] == 0xAC;
        mask[euro ? EXTENSION : NOT_GSM] |= (uint64_t)1 << (at + (byte - text));
    }
}

INLINE void classify_word(const uint8_t *text, int at, uint64_t mask[MASKS], Wrong *wrong)
{
    const uint64_t word = word_at(text), lead = word_at(text - 1);
    const uint64_t lead3 = word_at(text - 2), lead4 = word_at(text - 3);
    const uint64_t follow = word & ~(word << 1) & TOP_BIT;
    const uint64_t second = lead & lead << 1 & TOP_BIT;
    const uint64_t third = lead3 & lead3 << 1 & lead3 << 2 & TOP_BIT;
    const uint64_t fourth = lead4 & lead4 << 1 & lead4 << 2 & lead4 << 3 & TOP_BIT;
    const uint64_t classes = classes_at(text) & ~(((word & TOP_BIT) >> 7) * 0xFF);
    mask[NOT_GSM] |= low_bits(classes) << at;
    mask[EXTENSION] |= top_bits(classes) << at;
    mask[START] |= top_bits(~follow) << at;
    mask[PAIR] |= top_bits(fourth) << at;
    wrong->bytes[0] |= (second | third | fourth) != follow;
    classify_longer(text, second, third, at, mask, wrong);
}

INLINE void utf8_scalar(const uint8_t *text, uint64_t mask[MASKS], Wrong *wrong)
{
    memset(mask, 0, MASKS * sizeof *mask);
    for (int at = 0; at < 64; at += 8) {
        const uint64_t classes = classes_at(text + at);
        if ((word_at(text + at) | word_at(text + at - 3)) & TOP_BIT) {
            classify_word(text + at, at, mask, wrong);
        } else {
            mask[NOT_GSM] |= low_bits(classes) << at;
            mask[EXTENSION] |= top_bits(classes) << at;
            mask[START] |= (uint64_t)0xFF << at;
        }
    }
}

INLINE void latin_scalar(const uint8_t *text, uint64_t mask[MASKS])
{
    mask[NOT_GSM] = mask[EXTENSION] = 0;
    for (int at = 0; at < 64; at += 8) {
        const uint64_t classes = classes_at(text + at);
        mask[NOT_GSM] |= low_bits(classes) << at;
        mask[EXTENSION] |= top_bits(classes) << at;
    }
}

INLINE void ascii_scalar(const uint8_t *text, uint64_t mask[MASKS])
{
    latin_scalar(text, mask);
}

INLINE void utf8_part_scalar(const uint8_t *text, int before, int size, uint64_t mask[MASKS], Wrong *wrong)
{
    Part part;
    copy_part(&part, text, before, size);
    utf8_scalar(part.bytes, mask, wrong);
}

INLINE void latin_part_scalar(const uint8_t *text, int size, uint64_t mask[MASKS])
{
    Part part;
    copy_part(&part, text, 0, size);
    latin_scalar(part.bytes, mask);
}

INLINE uint32_t popcount_scalar(uint64_t bits)
{
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    return ((bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0Fu) * 0x0101010101010101u >> 56;
}

INLINE Four popcounts_scalar(const uint64_t mask[MASKS], uint64_t below)
{
    return (Four){popcount_scalar(mask[0] & below), popcount_scalar(mask[1] & below),
                  popcount_scalar(mask[2] & below), popcount_scalar(mask[3] & below)};
}
