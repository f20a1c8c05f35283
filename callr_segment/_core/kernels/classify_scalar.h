/* Classification in plain C, eight bytes at a time: the level every machine has. */

#define EACH_BYTE 0x0101010101010101u
#define TOP_BIT (0x80 * EACH_BYTE)

/* Eight bytes, the first in the lowest place whatever the byte order of the machine. */
INLINE uint64_t word_at(const uint8_t *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
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

/* Top bits where a byte is not ASCII, or may be more than a letter, a digit or a sign among them: a control,
   one of [ to _, a grave accent, or one of { to DEL. */
INLINE uint64_t odd_bits(uint64_t word)
{
    const uint64_t control = ~(word << 1 | word << 2);
    const uint64_t bracket = word << 1 & ((word & 0x1F * EACH_BYTE) + 0x65 * EACH_BYTE);
    const uint64_t grave = ~(((word ^ 0x60 * EACH_BYTE) & ~TOP_BIT) + 0x7F * EACH_BYTE);
    return (word | control | bracket | grave) & TOP_BIT;
}

INLINE void look_up(const uint8_t *text, int at, uint64_t ascii, uint64_t mask[MASKS])
{
    const uint64_t classes = classes_at(text) & ascii;
    mask[NOT_GSM] |= low_bits(classes) << at;
    mask[EXTENSION] |= top_bits(classes) << at;
}

/* Look at the second and third bytes of characters, whose places are the top bits of the words. */
INLINE uint64_t classify_longer(const uint8_t *text, uint64_t second, uint64_t third, int at,
                                uint64_t mask[MASKS])
{
    uint64_t wrong = 0;
    for (; second; second &= second - 1) {
        const uint8_t *byte = text + (__builtin_ctzll(second) >> 3);
        const uint8_t found = LEAD_CLASS[byte[-1] & 0x3F] & FOLLOW_CLASS[byte[0] & 0x3F];
        mask[NOT_GSM] |= (uint64_t)((found & 0x0F) != 0) << (at + (byte - text));
        wrong |= found & 0x70;
    }
    for (; third; third &= third - 1) {
        const uint8_t *byte = text + (__builtin_ctzll(third) >> 3);
        const int euro = byte[-2] == 0xE2 && byte[-1] == 0x82 && byte[0] == 0xAC;
        mask[euro ? EXTENSION : NOT_GSM] |= (uint64_t)1 << (at + (byte - text));
    }
    return wrong;
}

INLINE uint64_t classify_word(const uint8_t *text, int at, uint64_t mask[MASKS])
{
    const uint64_t word = word_at(text), lead = word_at(text - 1);
    const uint64_t lead3 = word_at(text - 2), lead4 = word_at(text - 3);
    const uint64_t follow = word & ~(word << 1) & TOP_BIT;
    const uint64_t second = lead & lead << 1 & TOP_BIT;
    const uint64_t third = lead3 & lead3 << 1 & lead3 << 2 & TOP_BIT;
    const uint64_t fourth = lead4 & lead4 << 1 & lead4 << 2 & lead4 << 3 & TOP_BIT;
    const uint64_t ascii = ~(((word & TOP_BIT) >> 7) * 0xFF);
    if (odd_bits((word & ascii) | (' ' * EACH_BYTE & ~ascii)))
        look_up(text, at, ascii, mask);
    mask[START] ^= top_bits(follow) << at;
    mask[PAIR] |= top_bits(fourth) << at;
    return ((second | third | fourth) ^ follow) | classify_longer(text, second, third, at, mask);
}

INLINE uint64_t utf8_scalar(const uint8_t *text, uint64_t mask[MASKS])
{
    uint64_t wrong = 0;
    mask[NOT_GSM] = mask[EXTENSION] = mask[PAIR] = 0;
    mask[START] = ~(uint64_t)0;
    for (int at = 0; at < 64; at += 8) {
        const uint64_t word = word_at(text + at);
        if ((word | word_at(text + at - 3)) & TOP_BIT)
            wrong |= classify_word(text + at, at, mask);
        else if (odd_bits(word))
            look_up(text + at, at, ~(uint64_t)0, mask);
    }
    return wrong;
}

INLINE void latin_scalar(const uint8_t *text, uint64_t mask[MASKS])
{
    mask[NOT_GSM] = mask[EXTENSION] = 0;
    for (int at = 0; at < 64; at += 8)
        if (odd_bits(word_at(text + at)))
            look_up(text + at, at, ~(uint64_t)0, mask);
}

/* Which of the last bytes are odd; of those before them only whether one is. */
INLINE uint64_t plain_scalar(const uint8_t *text)
{
    uint64_t odd = 0;
    for (int at = 0; at < 64; at += 8)
        odd |= odd_bits(word_at(text + at));
    return odd ? top_bits(odd_bits(word_at(text + 56))) << 56 | 1 : 0;
}

INLINE uint64_t utf8_part_scalar(const uint8_t *text, int before, int size, uint64_t mask[MASKS])
{
    Part part;
    copy_part(&part, text, before, size);
    return utf8_scalar(part.bytes, mask);
}

INLINE void latin_part_scalar(const uint8_t *text, int size, uint64_t mask[MASKS])
{
    Part part;
    copy_part(&part, text, 0, size);
    latin_scalar(part.bytes, mask);
}

/* Bits of each of four words, side by side, as nearly every processor can. */
INLINE Four popcounts_scalar(const uint64_t mask[MASKS], uint64_t below)
{
    Masks bits;
    memcpy(&bits, mask, sizeof bits);
    bits &= below;
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    bits += bits >> 8;
    bits += bits >> 16;
    return __builtin_convertvector(bits + (bits >> 32), Four) & 0x7F;
}

INLINE uint32_t popcount_scalar(uint64_t bits)
{
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    return ((bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0Fu) * 0x0101010101010101u >> 56;
}

INLINE uint64_t screened_scalar(const uint8_t *text, const Screen *screen)
{
    uint64_t bits = 0;
    for (int at = 0; at < 64; at += 8) {
        uint8_t seen[8], any = 0;
        for (int i = 0; i < 8; i++)
            any |= seen[i] = screen->first[text[at + i]] & screen->second[text[at + i + 1]];
        for (int i = 0; any && i < 8; i++)
            bits |= (uint64_t)(seen[i] != 0) << (at + i);
    }
    return bits;
}
