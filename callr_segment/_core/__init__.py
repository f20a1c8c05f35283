"""The door to the core for one message: it imports native code, or the fallback in its place.

The contract, the same behind either:

* ``segment(text, *, encoding, errors, limits) -> Segmentation``, ``count_parts``, ``is_gsm``: one ``str``.
* ``NumberPlan``: how the numbers of a country are written; ``plan.read(text)`` reads one. ``PrefixMap``:
  small integers by prefix (those of a plan tell countries and notes, as ``zone_of`` packs them).

``CALLR_SEGMENT_IMPLEMENTATION=native`` or ``fallback`` forces one; otherwise the native code is taken where
it was built, and its absence is announced once. ``SIMD`` names the instruction set it counts with, the best
of the processor unless ``CALLR_SEGMENT_SIMD`` forces ``scalar``, ``ssse3``, ``avx2``, ``avx512`` or ``neon``.

Columns have a door of their own, ``columnar``, so that one message loads nothing of theirs. These two are the
only modules that import what is behind them.
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING

from callr_segment._core.number_records import (
    ABROAD,
    DOUBTFUL,
    STATUSES,
    Reading,
    parts_of_zone,
    zone_of,
)
from callr_segment._core.records import GSM, Culprit, Part


def _choose() -> str:
    wanted = os.environ.get("CALLR_SEGMENT_IMPLEMENTATION")
    if wanted in ("native", "fallback"):
        return wanted
    try:
        import callr_segment._core.text_one  # noqa: F401, PLC0415
    except ImportError:
        warnings.warn(
            "callr_segment runs without its compiled core, a hundred times slower; "
            "install a wheel, or install again with a C compiler and the Python headers present",
            RuntimeWarning,
            stacklevel=3,
        )
        return "fallback"
    return "native"


IMPLEMENTATION = _choose()

if TYPE_CHECKING or IMPLEMENTATION == "native":
    try:
        from callr_segment._core import simd as _simd
        from callr_segment._core.number_plans import NumberPlan
        from callr_segment._core.number_prefixes import PrefixMap
        from callr_segment._core.text_one import Segmentation, count_parts, is_gsm, segment
    except ImportError as error:
        raise ImportError(
            f"callr_segment is only built in part: {error}; install it again, or set "
            "CALLR_SEGMENT_IMPLEMENTATION=fallback to run without its compiled core",
            name=error.name,
        ) from error

    SIMD = _simd.level()
else:
    from callr_segment._core.fallback.numbers import NumberPlan, PrefixMap
    from callr_segment._core.fallback.text import Segmentation, count_parts, is_gsm, segment

    SIMD = "none"

__all__ = [
    "ABROAD",
    "DOUBTFUL",
    "GSM",
    "IMPLEMENTATION",
    "SIMD",
    "STATUSES",
    "Culprit",
    "NumberPlan",
    "Part",
    "PrefixMap",
    "Reading",
    "Segmentation",
    "count_parts",
    "is_gsm",
    "parts_of_zone",
    "segment",
    "zone_of",
]
