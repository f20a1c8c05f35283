/* Classification with AVX-512 and VBMI: tables of 64 and 128 in registers, masks straight from comparisons. */

#define TARGET_AVX512 \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vpopcntdq,bmi,bmi2,popcnt")))
#define EACH(byte) _mm512_set1_epi8((char)(byte))
#define LOGIC(a, b, c, truth) _mm512_ternarylogic_epi64(a, b, c, truth) /* truth[4a + 2b + c], bit by bit */

TARGET_AVX512 INLINE __m512i ascii_class_avx512(__mmask64 which, __m512i bytes)
{
    return _mm512_maskz_permutex2var_epi8(
        which, _mm512_loadu_si512(BYTE_CLASS), bytes, _mm512_loadu_si512(BYTE_CLASS + 64));
}

TARGET_AVX512 INLINE uint64_t plain_avx512(const uint8_t *text)
{
    const __m512i bytes = _mm512_loadu_si512(text), class = ascii_class_avx512(~0ull, bytes);
    return _mm512_test_epi8_mask(LOGIC(class, bytes, EACH(0x80), 0xF8), EACH(0xFF)); /* a | (b & c) */
}

TARGET_AVX512 INLINE __m512i look_up_avx512(const uint8_t table[256], __m512i bytes)
{
    const __m512i ascii =
        _mm512_permutex2var_epi8(_mm512_loadu_si512(table), bytes, _mm512_loadu_si512(table + 64));
    const __m512i other =
        _mm512_permutex2var_epi8(_mm512_loadu_si512(table + 128), bytes, _mm512_loadu_si512(table + 192));
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(bytes), ascii, other);
}

TARGET_AVX512 INLINE uint64_t screened_avx512(const uint8_t *text, const Screen *screen)
{
    const __m512i first = look_up_avx512(screen->first, _mm512_loadu_si512(text));
    const __m512i second = look_up_avx512(screen->second, _mm512_loadu_si512(text + 1));
    return _mm512_test_epi8_mask(first, second);
}

TARGET_AVX512 INLINE void classify_latin_avx512(__m512i bytes, uint64_t mask[MASKS])
{
    const __mmask64 upper = _mm512_movepi8_mask(bytes);
    const __m512i class = ascii_class_avx512(~upper, bytes);
    const __m512i latin = _mm512_maskz_permutex2var_epi8(
        upper, _mm512_loadu_si512(BYTE_CLASS + 128), bytes, _mm512_loadu_si512(BYTE_CLASS + 192));
    mask[NOT_GSM] = _mm512_test_epi8_mask(_mm512_or_si512(class, latin), EACH(0x01));
    mask[EXTENSION] = _mm512_movepi8_mask(class);
}

TARGET_AVX512 INLINE void latin_avx512(const uint8_t *text, uint64_t mask[MASKS])
{
    classify_latin_avx512(_mm512_loadu_si512(text), mask);
}

/* Bytes that a mask leaves out are not read: spaces stand for them. The address is a number, not a place in the text,
   since nothing need be there; nor need there be a text where it is empty. */
TARGET_AVX512 INLINE __m512i load_part(uint64_t which, const uint8_t *text, int back)
{
    return _mm512_mask_loadu_epi8(EACH(' '), which, (const void *)((uintptr_t)text - (uintptr_t)back));
}

TARGET_AVX512 INLINE void latin_part_avx512(const uint8_t *text, int size, uint64_t mask[MASKS])
{
    classify_latin_avx512(load_part(first_bits(size), text, 0), mask);
}

/* Port 5 of Intel's cores, which alone permutes and compares, is what limits this function. */
TARGET_AVX512 INLINE uint64_t classify_utf8_avx512(__m512i bytes, __m512i before, __m512i lead, __m512i first,
                                                   uint64_t mask[MASKS])
{
    const __m512i third = _mm512_subs_epu8(lead, EACH(0xE0 - 0x80)); /* bit 7 where lead >= 0xE0 */
    const __m512i fourth = _mm512_subs_epu8(first, EACH(0xF0 - 0x80));
    const __m512i class = ascii_class_avx512(_mm512_testn_epi8_mask(bytes, EACH(0x80)), bytes);
    const __mmask64 second = _mm512_cmpge_epu8_mask(before, EACH(0xC0));
    const __m512i after = _mm512_maskz_permutexvar_epi8(second, before, _mm512_loadu_si512(LEAD_CLASS));
    const __m512i found =
        _mm512_and_si512(after, _mm512_permutexvar_epi8(bytes, _mm512_loadu_si512(FOLLOW_CLASS)));

    const __m512i expected = LOGIC(found, third, fourth, 0xFE);                      /* a | b | c */
    const __m512i odd = LOGIC(expected, bytes, _mm512_add_epi8(bytes, bytes), 0xB4); /* a ^ (b & ~c) */
    const __m512i faults = LOGIC(EACH(0x80), odd, found, 0xCA);                      /* a ? b : c */

    const __mmask64 after_e2 = _mm512_cmpeq_epi8_mask(lead, EACH(0xE2));
    const __m512i other = LOGIC(class, found, EACH(0x0F), 0xA8); /* (a | b) & c */
    const __m512i no_euro =
        LOGIC(bytes, EACH(0xAC), _mm512_xor_si512(before, EACH(0x82)), 0xBE); /* (a ^ b) | c */
    const __m512i doubt = _mm512_mask_mov_epi8(other, after_e2, no_euro);
    mask[NOT_GSM] = _mm512_test_epi8_mask(doubt, doubt);
    mask[EXTENSION] = _mm512_movepi8_mask(class) | _mm512_mask_testn_epi8_mask(after_e2, no_euro, no_euro);
    mask[START] = _mm512_cmpge_epi8_mask(bytes, EACH(0xC0));
    mask[PAIR] = _mm512_movepi8_mask(fourth);
    return _mm512_test_epi8_mask(faults, EACH(0xF0));
}

TARGET_AVX512 INLINE uint64_t utf8_avx512(const uint8_t *text, uint64_t mask[MASKS])
{
    return classify_utf8_avx512(_mm512_loadu_si512(text), _mm512_loadu_si512(text - 1), _mm512_loadu_si512(text - 2),
                         _mm512_loadu_si512(text - 3), mask);
}

TARGET_AVX512 INLINE uint64_t utf8_part_avx512(const uint8_t *text, int before, int size,
                                               uint64_t mask[MASKS])
{
    const uint64_t ours = first_bits(size), past = before ? 7 : 0;
    return classify_utf8_avx512(load_part(ours, text, 0), load_part(ours << 1 | (past & 1), text, 1),
                                load_part(ours << 2 | (past & 3), text, 2), load_part(ours << 3 | past, text, 3), mask);
}

TARGET_AVX512 INLINE uint32_t popcount_avx512(uint64_t bits)
{
    return (uint32_t)__builtin_popcountll(bits);
}

TARGET_AVX512 INLINE Four popcounts_avx512(const uint64_t mask[MASKS], uint64_t below)
{
    const __m256i masks = _mm256_loadu_si256((const __m256i *)mask);
    const __m256i kept = _mm256_and_si256(masks, _mm256_set1_epi64x((long long)below));
    return (Four)_mm256_cvtepi64_epi32(_mm256_popcnt_epi64(kept));
}
