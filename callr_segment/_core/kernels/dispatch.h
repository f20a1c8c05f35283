/* The kernels of each level this machine's family has, best last, and whether its processor can run them. */
#ifndef CALLR_SEGMENT_DISPATCH_H
#define CALLR_SEGMENT_DISPATCH_H

#include "bulk.h"
#include "screen.h"
#include "text.h"

#define LEVEL scalar
#define TARGET
#define LANES 4
#include "level.inl.h"

#if defined(__x86_64__)
#define LEVEL ssse3
#define TARGET TARGET_SSSE3
#define LANES 4
#include "level.inl.h"

#define LEVEL avx2
#define TARGET TARGET_AVX2
#define LANES 8
#include "level.inl.h"

#define LEVEL avx512
#define TARGET TARGET_AVX512
#define LANES 8
#include "level.inl.h"

static const Kernels *const LEVELS[] = {&kernels_scalar, &kernels_ssse3, &kernels_avx2, &kernels_avx512};

/* Levels this processor and its operating system can run, from the first. */
static int count_levels(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("ssse3") || !__builtin_cpu_supports("popcnt"))
        return 1;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
        return 2;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                   && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi")
                   && __builtin_cpu_supports("avx512vpopcntdq")
               ? 4
               : 3;
}

#elif defined(__aarch64__)
#define LEVEL neon
#define TARGET
#define LANES 4
#include "level.inl.h"

static const Kernels *const LEVELS[] = {&kernels_scalar, &kernels_neon};

static int count_levels(void)
{
    return 2;
}

#else
static const Kernels *const LEVELS[] = {&kernels_scalar};

static int count_levels(void)
{
    return 1;
}
#endif

#endif
