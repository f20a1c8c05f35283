/* Sixty-four bytes of text at once: which characters stand where, for each instruction set. */
#ifndef CALLR_SEGMENT_CLASSIFY_H
#define CALLR_SEGMENT_CLASSIFY_H

#include <stdint.h>
#include <string.h>

#include "kernels.h"
#include "gsm_tables.h"

#define INLINE static inline __attribute__((always_inline))
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define QUOTE_(a) #a
#define QUOTE(a) QUOTE_(a)

/* What a bit says of its byte. A character is NOT_GSM, an EXTENSION or a PAIR (in UTF-16) at one of its bytes,
   not always the first: the masks are there to be counted between the edges of characters. */
enum { NOT_GSM, EXTENSION, START, PAIR, MASKS };

/* Of several at a time every compiler makes vectors; of plain C with choices in it, branches. */
typedef uint32_t Four __attribute__((vector_size(16)));
typedef uint64_t Masks __attribute__((vector_size(32)));

INLINE uint64_t first_bits(int64_t count)
{
    return count < 64 ? ~(~(uint64_t)0 << count) : ~(uint64_t)0;
}

/* A block of which only a part may be read, among spaces. */
typedef struct { uint8_t before[3], bytes[64]; } Part;

/* Move up to 64 bytes in steps of the compiler's choice: a call would take longer than what they are for. */
INLINE void move(uint8_t *to, const uint8_t *from, int size)
{
    if (size >= 32) {
        memcpy(to, from, 32);
        memcpy(to + size - 32, from + size - 32, 32);
    } else if (size >= 16) {
        memcpy(to, from, 16);
        memcpy(to + size - 16, from + size - 16, 16);
    } else if (size >= 8) {
        memcpy(to, from, 8);
        memcpy(to + size - 8, from + size - 8, 8);
    } else {
        for (int i = 0; i < size; i++)
            to[i] = from[i];
    }
}

INLINE void copy_part(Part *part, const uint8_t *text, int before, int size)
{
    memset(part, ' ', sizeof *part);
    if (before)
        memcpy(part->before, text - 3, 3);
    move(part->bytes, text, size);
}

INLINE Four popcounts_by_word(const uint64_t mask[MASKS], uint64_t below)
{
    return (Four){__builtin_popcountll(mask[0] & below), __builtin_popcountll(mask[1] & below),
                  __builtin_popcountll(mask[2] & below), __builtin_popcountll(mask[3] & below)};
}

/* What an instruction set does with a block, once: F(what it returns, its name, its parameters).

   utf8         classifies bytes, reads the three before them too, and returns bits where they are not UTF-8.
   utf8_part    the same of `size` bytes at most; of those before them it reads three, or none where `before` is 0.
   plain        bits that are not 0 where a byte may be more than an ASCII character of one septet: of the last eight
                bytes those bytes' own, of the others only whether there is one (find_odd says what for).
   screened     the bytes at which something of a Screen may begin; it reads the byte behind them too.
   latin        classifies the one-byte strings of Python: NOT_GSM and EXTENSION only.
   latin_part   the same of `size` bytes at most.
   popcount     of one mask; `popcounts` of all four, where `below` keeps them. */
#define FOR_EACH_OPERATION(F)                                                              \
    F(uint64_t, utf8, (const uint8_t *text, uint64_t mask[MASKS]))                         \
    F(uint64_t, utf8_part, (const uint8_t *text, int before, int size, uint64_t mask[MASKS])) \
    F(uint64_t, plain, (const uint8_t *text))                                              \
    F(uint64_t, screened, (const uint8_t *text, const Screen *screen))                     \
    F(void, latin, (const uint8_t *text, uint64_t mask[MASKS]))                            \
    F(void, latin_part, (const uint8_t *text, int size, uint64_t mask[MASKS]))             \
    F(uint32_t, popcount, (uint64_t bits))                                                 \
    F(Four, popcounts, (const uint64_t mask[MASKS], uint64_t below))

#include "classify_scalar.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET_SSSE3 __attribute__((target("ssse3,popcnt")))
#define TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

/* Bits of each nibble by table, as one instruction looks up 32 of them, then of each word. */
TARGET_AVX2 INLINE Four popcounts_by_nibble(const uint64_t mask[MASKS], uint64_t below)
{
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3,
                                           1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(0x0F), order = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    const __m256i kept =
        _mm256_and_si256(_mm256_loadu_si256((const __m256i *)mask), _mm256_set1_epi64x((long long)below));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(kept, 4), low);
    const __m256i bits = _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(kept, low)),
                                         _mm256_shuffle_epi8(table, upper));
    const __m256i sums = _mm256_sad_epu8(bits, _mm256_setzero_si256());
    return (Four)_mm256_castsi256_si128(_mm256_permutevar8x32_epi32(sums, order));
}

#define LEVEL ssse3
#define TARGET TARGET_SSSE3
#define WIDTH 16
#define REPEAT(table) _mm_loadu_si128((const __m128i *)(table))
#define LOOKUP(table, at) _mm_shuffle_epi8(table, (__m128i)(at))
#define TOP_BITS(bytes) (uint16_t)_mm_movemask_epi8((__m128i)(bytes))
#define POPCOUNTS popcounts_by_word
#include "classify_nibbles.inl.h"

#define LEVEL avx2
#define TARGET TARGET_AVX2
#define WIDTH 32
#define REPEAT(table) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table)))
#define LOOKUP(table, at) _mm256_shuffle_epi8(table, (__m256i)(at))
#define TOP_BITS(bytes) (uint32_t)_mm256_movemask_epi8((__m256i)(bytes))
#define POPCOUNTS popcounts_by_nibble
#include "classify_nibbles.inl.h"

#include "classify_avx512.h"

#elif defined(__aarch64__)
#include <arm_neon.h>

INLINE uint16_t neon_bits(uint8x16_t bytes)
{
    const int8x16_t place = {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7};
    const uint8x16_t bits = vshlq_u8(vshrq_n_u8(bytes, 7), place);
    return vaddv_u8(vget_low_u8(bits)) | vaddv_u8(vget_high_u8(bits)) << 8;
}

#define LEVEL neon
#define TARGET
#define WIDTH 16
#define REPEAT(table) vld1q_u8(table)
#define LOOKUP(table, at) vqtbl1q_u8(table, (uint8x16_t)(at))
#define TOP_BITS(bytes) neon_bits((uint8x16_t)(bytes))
#define POPCOUNTS popcounts_by_word
#include "classify_nibbles.inl.h"
#endif

#endif
