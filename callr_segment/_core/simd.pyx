"""Which kernels run: the best that this processor has, or those that CALLR_SEGMENT_SIMD names."""

import os

from callr_segment.errors import InputError

cdef extern from "kernels/dispatch.h":
    const Kernels** LEVELS  # as many as count_levels says, the best last
    int count_levels()

cdef const Kernels* kernels = LEVELS[0]

AVAILABLE = tuple(LEVELS[at].name.decode() for at in range(count_levels()))


def use(level):
    """Take the kernels of one level of AVAILABLE for every count from now on."""
    global kernels
    if level not in AVAILABLE:
        raise InputError(
            f"there is no SIMD level {level!r} on this processor; unset CALLR_SEGMENT_SIMD or choose from "
            + ", ".join(AVAILABLE),
            value=level,
        )
    kernels = LEVELS[AVAILABLE.index(level)]


def level():
    """Name the kernels that run now."""
    return kernels.name.decode()


use(os.environ.get("CALLR_SEGMENT_SIMD") or AVAILABLE[len(AVAILABLE) - 1])
