/* What rows come to, LANES of them side by side, 4 or 8: included for each. A file may define LANES, and includes this
   then; what it needs of a vector is done by its halves, which processors unpack without looking at the other. */
#define OF_LANES(name) JOIN(name, LANES)
#define Ints OF_LANES(Ints)
#define Floats OF_LANES(Floats)
#define Uints OF_LANES(Uints)
#define Batch OF_LANES(Batch)
#define Edge OF_LANES(Edge)

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
    Ints is_gsm[BATCH / LANES], as_gsm[BATCH / LANES], units[BATCH / LANES], pairs[BATCH / LANES],
        parts[BATCH / LANES];
} Batch;

/* An edge of parts, for each row: what counts as one part, and what divides units into more. */
typedef struct { Ints single, part; Floats top, each, less; } Edge;

INLINE Ints OF_LANES(choose)(Ints which, Ints one, Ints other)
{
    return (which & one) | (~which & other);
}

INLINE Floats OF_LANES(choose_float)(Ints which, Floats one, Floats other)
{
    return (Floats)OF_LANES(choose)(which, (Ints)one, (Ints)other);
}

INLINE Edge OF_LANES(edge_of)(const Edges *edges, int as_gsm)
{
    const Floats none = {0}, part = none + (float)edges->part[as_gsm];
    return (Edge){(Ints){0} + edges->single[as_gsm], (Ints){0} + edges->part[as_gsm], part - 0.5f, 1 / part,
                  1 / (part - 1)};
}

/* Parts of so many units, made negative where they are doubtful: a pair at each edge would make them more.
   Single precision is exact below 2 ^ LARGE_BITS: the quotient is at least half a unit, divided by the part, away
   from a whole number. */
INLINE Ints OF_LANES(parts_of)(Ints units, Ints pairs, Ints as_gsm, const Edge *gsm, const Edge *unicode)
{
    const Ints one = units <= OF_LANES(choose)(as_gsm, gsm->single, unicode->single);
    const Floats full =
        __builtin_convertvector(units, Floats) + OF_LANES(choose_float)(as_gsm, gsm->top, unicode->top);
    const Floats each = full * OF_LANES(choose_float)(as_gsm, gsm->each, unicode->each);
    const Floats less = (full - 1) * OF_LANES(choose_float)(as_gsm, gsm->less, unicode->less);
    const Ints parts = __builtin_convertvector(each, Ints), most = __builtin_convertvector(less, Ints);
    const Ints doubtful = (parts != most) & (pairs != 0);
    return OF_LANES(choose)(one, -(units > 0), (parts ^ doubtful) - doubtful);
}

INLINE void OF_LANES(settle_large)(Batch *batch, int count, const Edges *edges)
{
    const int32_t *as_gsms = (const int32_t *)batch->as_gsm, *all = (const int32_t *)batch->units;
    const int32_t *pairs = (const int32_t *)batch->pairs;
    int32_t *found = (int32_t *)batch->parts;
    for (int i = 0; i < count; i++) {
        const int as_gsm = as_gsms[i] != 0;
        const int64_t units = all[i], part = edges->part[as_gsm];
        const int64_t parts = (units + part - 1) / part, most = (units + part - 2) / (part - 1);
        if (units >> LARGE_BITS && units > edges->single[as_gsm])
            found[i] = (int32_t)(parts < most && pairs[i] ? -parts : parts);
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

INLINE void OF_LANES(fill)(Batch *batch, const Four *counts, const int32_t *sizes, int count, const Edges *edges)
{
    const Edge gsm = OF_LANES(edge_of)(edges, 1), unicode = OF_LANES(edge_of)(edges, 0);
    const Ints chosen = (Ints){0} - (edges->forced < 0), forced = (Ints){0} - (edges->forced > 0);
    Ints seen = {0};
    for (int i = 0; LANES * i < count; i++) {
        const OF_LANES(Holds) holds =
            sizes ? OF_LANES(holds_plain)(sizes + LANES * i) : OF_LANES(holds_of)(counts + LANES * i);
        const Ints is_gsm = holds.not_gsm == 0, as_gsm = (is_gsm & chosen) | forced;
        const Ints twice = OF_LANES(choose)(as_gsm, holds.extensions, holds.pairs);
        const Ints units = holds.characters + twice;
        batch->is_gsm[i] = is_gsm;
        batch->as_gsm[i] = as_gsm;
        batch->pairs[i] = twice;
        batch->units[i] = units;
        batch->parts[i] = OF_LANES(parts_of)(units, twice, as_gsm, &gsm, &unicode);
        seen |= units;
    }
    int32_t all = 0;
    for (int i = 0; i < LANES; i++)
        all |= seen[i];
    if (all >> LARGE_BITS)
        OF_LANES(settle_large)(batch, count, edges);
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

INLINE void OF_LANES(put_counts)(const Batch *batch, int count, const Cells *cells, int64_t row)
{
    const int32_t *is_gsm = (const int32_t *)batch->is_gsm;
    uint8_t *flags = cells->is_gsm + row;
    for (int i = 0; i < count; i++)
        flags[i] = is_gsm[i] & 1;
    OF_LANES(put)(cells->units + row, batch->units, count);
    OF_LANES(put)(cells->parts + row, batch->parts, count);
}

INLINE void OF_LANES(put_details)(Batch *batch, int count, const Edges *edges, const Cells *cells, int64_t row)
{
    const Edge gsm = OF_LANES(edge_of)(edges, 1), unicode = OF_LANES(edge_of)(edges, 0);
    for (int i = 0; LANES * i < count; i++) {
        const Ints as_gsm = batch->as_gsm[i], pairs = batch->pairs[i], units = batch->units[i];
        const Ints parts = batch->parts[i], before = parts - 1;
        const Ints rest = units - before * OF_LANES(choose)(as_gsm, gsm.part, unicode.part);
        const Ints more = OF_LANES(choose)(pairs != 0, as_gsm - 1, rest);
        batch->parts[i] = OF_LANES(choose)((parts == 0) | (parts == 1), units, more);
        batch->pairs[i] = as_gsm & pairs;
    }
    OF_LANES(put)(cells->last + row, batch->parts, count);
    OF_LANES(put)(cells->extensions + row, batch->pairs, count);
}

/* Of rows among plain blocks their `sizes` are all there is to know. Either has room for the rows that make the last
   vector whole. */
INLINE void OF_LANES(settle)(Four *counts, int32_t *sizes, int count, const Edges *edges, const Cells *cells,
                             int64_t row)
{
    Batch batch;
    for (int i = count; i % LANES; i++)
        if (sizes)
            sizes[i] = 0;
        else
            counts[i] = (Four){0};
    OF_LANES(fill)(&batch, counts, sizes, count, edges);
    if (cells->parts)
        OF_LANES(put_counts)(&batch, count, cells, row);
    if (cells->last)
        OF_LANES(put_details)(&batch, count, edges, cells, row);
}

#undef Ints
#undef Floats
#undef Uints
#undef Batch
#undef Edge
#undef TAKE
#undef UNPACK
#undef PAIRS_OF
#undef OF_LANES
#undef LANES
