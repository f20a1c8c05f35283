/* The answers of rows of which it is known what they hold, several side by side.

   wants: LANES, 4 or 8 rows; what 8 need of a vector is done by its halves, which processors unpack without looking at
          the other.
   uses: Four, Rules, Cells, WAITING_ROWS, EXACT_BITS, JOIN. Every name it makes ends in the number of lanes. */
#define OF_LANES(name) JOIN(name, LANES)
#define Ints OF_LANES(Ints)
#define Floats OF_LANES(Floats)
#define Uints OF_LANES(Uints)
#define Answers OF_LANES(Answers)
#define Limits OF_LANES(Limits)

typedef uint32_t Uints __attribute__((vector_size(4 * LANES)));
typedef int32_t Ints __attribute__((vector_size(4 * LANES)));
typedef float Floats __attribute__((vector_size(4 * LANES)));

#if LANES == 4
#define TAKE(counts, at) counts[at]
#define UNPACK(one, other, a, b) __builtin_shufflevector(one, other, a, 4 + a, b, 4 + b)
#define PAIRS_OF(one, other, a) (Ints)__builtin_shufflevector(one, other, a, a + 1, 4 + a, 5 + a)
#else
#define TAKE(counts, at) __builtin_shufflevector(counts[at], counts[4 + at], 0, 1, 2, 3, 4, 5, 6, 7)
#define UNPACK(one, other, a, b) \
    __builtin_shufflevector(one, other, a, 8 + a, b, 8 + b, 4 + a, 12 + a, 4 + b, 12 + b)
#define PAIRS_OF(one, other, a) \
    (Ints)__builtin_shufflevector(one, other, a, a + 1, 8 + a, 9 + a, 4 + a, 5 + a, 12 + a, 13 + a)
#endif

/* Flags are 0 and -1. Parts are those if no pair stands at an edge, and `doubtful` where more are needed if one stands
   at each. */
typedef struct {
    Ints is_gsm[WAITING_ROWS / LANES], as_gsm[WAITING_ROWS / LANES], units[WAITING_ROWS / LANES], pairs[WAITING_ROWS / LANES],
        parts[WAITING_ROWS / LANES];
} Answers;

/* Limits as vectors, the same in each lane: units of a message in one part and of each of more, which fit 31 bits as
   units do; what is added before a division that is to round up, part - 1/2; and one over what fills a part, and what
   fills one at whose edge a pair is kept whole. */
typedef struct { Ints single, part; Floats rounding, per_part, per_doubtful; } Limits;

INLINE Ints OF_LANES(choose)(Ints which, Ints one, Ints other)
{
    return (which & one) | (~which & other);
}

INLINE Floats OF_LANES(choose_float)(Ints which, Floats one, Floats other)
{
    return (Floats)OF_LANES(choose)(which, (Ints)one, (Ints)other);
}

INLINE Limits OF_LANES(limits_of)(const Rules *rules, int as_gsm)
{
    const int64_t most = INT32_MAX, single = rules->single[as_gsm], part = rules->part[as_gsm];
    const Ints none = {0};
    const Floats size = (Floats){0} + (float)(part < most ? part : most);
    return (Limits){none + (int32_t)(single < most ? single : most), none + (int32_t)(part < most ? part : most),
                    size - 0.5f, 1 / size, 1 / (size - 1)};
}

/* Parts of so many units, made negative where they are doubtful: a pair at each edge would make them more. */
INLINE Ints OF_LANES(parts_of)(Ints units, Ints pairs, Ints as_gsm, const Limits *gsm, const Limits *unicode)
{
    const Ints one = units <= OF_LANES(choose)(as_gsm, gsm->single, unicode->single);
    const Floats full =
        __builtin_convertvector(units, Floats) + OF_LANES(choose_float)(as_gsm, gsm->rounding, unicode->rounding);
    const Floats each = full * OF_LANES(choose_float)(as_gsm, gsm->per_part, unicode->per_part);
    const Floats less = (full - 2) * OF_LANES(choose_float)(as_gsm, gsm->per_doubtful, unicode->per_doubtful);
    const Ints parts = __builtin_convertvector(each, Ints), most = __builtin_convertvector(less, Ints);
    const Ints doubtful = (parts != most) & (pairs != 0);
    return OF_LANES(choose)(one, -(units > 0), (parts ^ doubtful) - doubtful);
}

/* The same in whole numbers, of rows too large for single precision. */
INLINE void OF_LANES(finish_large)(Answers *answers, int count, const Rules *rules)
{
    const int32_t *as_gsms = (const int32_t *)answers->as_gsm, *all = (const int32_t *)answers->units;
    const int32_t *pairs = (const int32_t *)answers->pairs;
    int32_t *found = (int32_t *)answers->parts;
    for (int i = 0; i < count; i++) {
        const int as_gsm = as_gsms[i] != 0;
        const int64_t units = all[i], part = rules->part[as_gsm];
        if (units >> EXACT_BITS && units > rules->single[as_gsm]) {
            const int64_t parts = (units + part - 1) / part, most = (units + part - 3) / (part - 1);
            found[i] = (int32_t)(parts < most && pairs[i] ? -parts : parts);
        }
    }
}

/* What some rows hold. */
typedef struct { Ints not_gsm, extensions, characters, pairs; } OF_LANES(Holds);

INLINE OF_LANES(Holds) OF_LANES(holds_of)(const Four *counts)
{
    const Uints first = TAKE(counts, 0), second = TAKE(counts, 1), third = TAKE(counts, 2);
    const Uints fourth = TAKE(counts, 3);
    const Uints one = UNPACK(first, second, 0, 1), two = UNPACK(third, fourth, 0, 1);
    const Uints three = UNPACK(first, second, 2, 3), four = UNPACK(third, fourth, 2, 3);
    return (OF_LANES(Holds)){PAIRS_OF(one, two, 0), PAIRS_OF(one, two, 2), PAIRS_OF(three, four, 0),
                             PAIRS_OF(three, four, 2)};
}

INLINE OF_LANES(Holds) OF_LANES(holds_plain)(const int32_t *sizes)
{
    OF_LANES(Holds) holds = {{0}, {0}, {0}, {0}};
    memcpy(&holds.characters, sizes, sizeof holds.characters);
    return holds;
}

INLINE void OF_LANES(fill)(Answers *answers, const Four *counts, const int32_t *sizes, int count, const Rules *rules)
{
    const Limits gsm = OF_LANES(limits_of)(rules, GSM), unicode = OF_LANES(limits_of)(rules, UNICODE);
    const Ints chosen = (Ints){0} - (rules->encoding == AUTO), forced = (Ints){0} - (rules->encoding == GSM);
    Ints seen = {0};
    for (int i = 0; LANES * i < count; i++) {
        const OF_LANES(Holds) holds =
            sizes ? OF_LANES(holds_plain)(sizes + LANES * i) : OF_LANES(holds_of)(counts + LANES * i);
        const Ints is_gsm = holds.not_gsm == 0, as_gsm = (is_gsm & chosen) | forced;
        const Ints twice = OF_LANES(choose)(as_gsm, holds.extensions, holds.pairs);
        const Ints units = holds.characters + twice;
        answers->is_gsm[i] = is_gsm;
        answers->as_gsm[i] = as_gsm;
        answers->pairs[i] = twice;
        answers->units[i] = units;
        answers->parts[i] = OF_LANES(parts_of)(units, twice, as_gsm, &gsm, &unicode);
        seen |= units;
    }
    int32_t all = 0;
    for (int i = 0; i < LANES; i++)
        all |= seen[i];
    if (all >> EXACT_BITS)
        OF_LANES(finish_large)(answers, count, rules);
}

/* Vector by vector: a memcpy of a size the compiler does not know may become a string move, which is slow to start. */
INLINE void OF_LANES(put)(int32_t *cells, const Ints *found, int count)
{
    int i = 0;
    for (; LANES * (i + 1) <= count; i++)
        memcpy(cells + LANES * i, &found[i], sizeof found[i]);
    for (i *= LANES; i < count; i++)
        cells[i] = ((const int32_t *)found)[i];
}

INLINE void OF_LANES(put_counts)(const Answers *answers, int count, const Cells *cells, int64_t row)
{
    const int32_t *is_gsm = (const int32_t *)answers->is_gsm;
    uint8_t *flags = cells->is_gsm + row;
    for (int i = 0; i < count; i++)
        flags[i] = is_gsm[i] & 1;
    OF_LANES(put)(cells->units + row, answers->units, count);
    OF_LANES(put)(cells->parts + row, answers->parts, count);
}

INLINE void OF_LANES(put_details)(Answers *answers, int count, const Rules *rules, const Cells *cells, int64_t row)
{
    const Limits gsm = OF_LANES(limits_of)(rules, GSM), unicode = OF_LANES(limits_of)(rules, UNICODE);
    for (int i = 0; LANES * i < count; i++) {
        const Ints as_gsm = answers->as_gsm[i], pairs = answers->pairs[i], units = answers->units[i];
        const Ints parts = answers->parts[i], before = parts - 1;
        const Ints rest = units - before * OF_LANES(choose)(as_gsm, gsm.part, unicode.part);
        const Ints more = OF_LANES(choose)(pairs != 0, as_gsm - 1, rest);
        answers->parts[i] = OF_LANES(choose)((parts == 0) | (parts == 1), units, more);
        answers->pairs[i] = as_gsm & pairs;
    }
    OF_LANES(put)(cells->last + row, answers->parts, count);
    OF_LANES(put)(cells->extensions + row, answers->pairs, count);
}

/* Of rows among plain blocks their `sizes` are all there is to know. Either has room for the rows that make the last
   vector whole. */
INLINE void OF_LANES(finish)(Four *counts, int32_t *sizes, int count, const Rules *rules, const Cells *cells,
                             int64_t row)
{
    Answers answers;
    for (int i = count; i % LANES; i++)
        if (sizes)
            sizes[i] = 0;
        else
            counts[i] = (Four){0};
    OF_LANES(fill)(&answers, counts, sizes, count, rules);
    if (cells->parts)
        OF_LANES(put_counts)(&answers, count, cells, row);
    if (cells->last)
        OF_LANES(put_details)(&answers, count, rules, cells, row);
}

#undef Ints
#undef Floats
#undef Uints
#undef Answers
#undef Limits
#undef TAKE
#undef UNPACK
#undef PAIRS_OF
#undef OF_LANES
#undef LANES
