/* Classification by tables of sixteen, the halves of a byte being their indices.

   wants: LEVEL, its name; TARGET, the attribute of its functions; WIDTH, the bytes that are looked up at once; REPEAT, a
          table in each sixteen of them; LOOKUP, of bytes in it; TOP_BITS, of bytes as an integer; POPCOUNTS.
   uses: the tables of gsm_tables.h by their halves, Part, screened_scalar. */
#define NAME(function) JOIN(function, LEVEL)
#define BYTES NAME(Bytes)
#define SIGNED NAME(Signed)
#define FIND(table, at) ((BYTES)LOOKUP(REPEAT(table), at))

typedef uint8_t BYTES __attribute__((vector_size(WIDTH)));
typedef int8_t SIGNED __attribute__((vector_size(WIDTH)));
typedef uint16_t NAME(Words) __attribute__((vector_size(WIDTH)));

TARGET INLINE BYTES NAME(load)(const uint8_t *text)
{
    BYTES bytes;
    memcpy(&bytes, text, WIDTH);
    return bytes;
}

TARGET INLINE BYTES NAME(upper)(BYTES bytes)
{
    return (BYTES)((NAME(Words))bytes >> 4) & 0x0F;
}

/* Bit 7 or 6 where a character is in the extension table, bits 0 to 3 where it is not GSM. */
TARGET INLINE BYTES NAME(ascii_class)(BYTES bytes)
{
    return FIND(ASCII_LOW, bytes & 0x0F) & FIND(ASCII_HIGH, NAME(upper)(bytes));
}

TARGET INLINE BYTES NAME(latin_class)(BYTES bytes)
{
    return FIND(LATIN_LOW, bytes & 0x0F) & FIND(LATIN_HIGH, NAME(upper)(bytes));
}

TARGET INLINE uint64_t NAME(plain)(const uint8_t *text)
{
    uint64_t plain = 0;
    for (int at = 0; at < 64; at += WIDTH) {
        const BYTES bytes = NAME(load)(text + at);
        plain |= (uint64_t)TOP_BITS((NAME(ascii_class)(bytes) | (bytes & 0x80)) == 0) << at;
    }
    return ~plain;
}

TARGET INLINE uint64_t NAME(screened)(const uint8_t *text, const Screen *screen)
{
    return screened_scalar(text, screen);
}

TARGET INLINE void NAME(latin)(const uint8_t *text, uint64_t mask[MASKS])
{
    uint64_t gsm = 0, extension = 0;
    for (int at = 0; at < 64; at += WIDTH) {
        const BYTES bytes = NAME(load)(text + at), class = NAME(ascii_class)(bytes);
        gsm |= (uint64_t)TOP_BITS(((class & 0x0F) | NAME(latin_class)(bytes)) == 0) << at;
        extension |= (uint64_t)TOP_BITS(class | class << 1) << at;
    }
    mask[NOT_GSM] = ~gsm;
    mask[EXTENSION] = extension;
}

/* Not zero where two bytes are a GSM character. */
TARGET INLINE BYTES NAME(gsm_pair)(BYTES before, BYTES bytes)
{
    const BYTES lead = FIND(GSM_LEAD, before & 0x0F) & (BYTES)(NAME(upper)(before) == 0x0C);
    return FIND(GSM_LOW, bytes & 0x0F) & FIND(GSM_HIGH, NAME(upper)(bytes)) & lead;
}

TARGET INLINE BYTES NAME(fault)(BYTES before, BYTES bytes)
{
    return FIND(UTF8_HIGH, NAME(upper)(before)) & FIND(UTF8_LOW, before & 0x0F)
           & FIND(UTF8_NEXT, NAME(upper)(bytes));
}

TARGET INLINE uint64_t NAME(utf8)(const uint8_t *text, uint64_t mask[MASKS])
{
    uint64_t gsm = 0, extension = 0, start = 0, pair = 0;
    BYTES faults = {0};
    for (int at = 0; at < 64; at += WIDTH) {
        const BYTES bytes = NAME(load)(text + at), before = NAME(load)(text + at - 1);
        const BYTES class = NAME(ascii_class)(bytes), lead = NAME(load)(text + at - 2);
        const BYTES third = (BYTES)(lead >= 0xE0), fourth = (BYTES)(NAME(load)(text + at - 3) >= 0xF0);
        const BYTES after_e2 = (BYTES)(lead == 0xE2);
        const BYTES euro = after_e2 & (BYTES)(before == 0x82) & (BYTES)(bytes == 0xAC);
        const BYTES second = (BYTES)(before >= 0xC0) & (BYTES)(before != 0xE2);
        const BYTES other = second & (BYTES)(NAME(gsm_pair)(before, bytes) == 0);
        gsm |= (uint64_t)TOP_BITS(((class & 0x0F) | other | (after_e2 ^ euro)) == 0) << at;
        extension |= (uint64_t)TOP_BITS(class | class << 1 | euro) << at;
        start |= (uint64_t)TOP_BITS((SIGNED)bytes > -65) << at;
        pair |= (uint64_t)TOP_BITS(fourth) << at;
        faults |= NAME(fault)(before, bytes) ^ ((third | fourth) & 0x80);
    }
    mask[NOT_GSM] = ~gsm;
    mask[EXTENSION] = extension;
    mask[START] = start;
    mask[PAIR] = pair;
    return TOP_BITS(faults != 0);
}

TARGET INLINE uint64_t NAME(utf8_part)(const uint8_t *text, int before, int size, uint64_t mask[MASKS])
{
    Part part;
    copy_part(&part, text, before, size);
    return NAME(utf8)(part.bytes, mask);
}

TARGET INLINE void NAME(latin_part)(const uint8_t *text, int size, uint64_t mask[MASKS])
{
    Part part;
    copy_part(&part, text, 0, size);
    NAME(latin)(part.bytes, mask);
}

TARGET INLINE uint32_t NAME(popcount)(uint64_t bits)
{
    return (uint32_t)__builtin_popcountll(bits);
}

TARGET INLINE Four NAME(popcounts)(const uint64_t mask[MASKS], uint64_t below)
{
    return POPCOUNTS(mask, below);
}

#undef LEVEL
#undef TARGET
#undef WIDTH
#undef REPEAT
#undef LOOKUP
#undef TOP_BITS
#undef POPCOUNTS
#undef NAME
#undef BYTES
#undef SIGNED
#undef FIND
