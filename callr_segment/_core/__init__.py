"""The door to the core: the only module that imports native code, or the fallback in its place.

The contract, the same behind either:

* ``segment(text, *, encoding, errors, limits) -> Segmentation``, ``count_parts``, ``is_gsm``: one ``str``.
* ``count_objects(values, *, encoding, limits) -> Counts``: Python strings; None, NaN and NA are missing.
* ``count_arrow(source, *, encoding, limits, threads) -> Counts``: texts behind ``__arrow_c_stream__`` or
  ``__arrow_c_array__``. Damaged offsets, indices and UTF-8 raise InputError with the row. Large columns are
  counted by as many threads, one for each core unless said otherwise.
* ``Counts`` has a cell per text: ``is_gsm`` and ``is_missing`` (bytes); ``units``, ``parts``, ``last`` (units
  in the last part) and ``extensions`` (32-bit integers). With ``encoding="gsm"`` a character that GSM lacks
  counts as the ``?`` that would replace it, and ``is_gsm`` stays false: the caller decides what that means.
  ``last`` and ``extensions`` are made when first asked for; the column must not change before.
* ``count_filled(literals, columns, *, watch, encoding, limits, detailed) -> Filled``: the same for a
  template, without making its texts; also ``characters``, ``is_suspect`` (a ``Watch`` saw it), and masks of
  64 bits, one for each field: ``not_gsm_fields`` and ``extension_fields``. These are made when first asked
  for; so are ``last`` and ``extensions``, unless they are wanted at once (``detailed``).
* ``parse_numbers(offsets, data, validity, plan, *, places) -> Numbers``: phone numbers, by a ``NumberPlan``,
  and the values of their longest prefixes among ``places``, a ``PrefixMap`` (those of the plan tell countries
  and notes, as ``zone_of`` packs them); and back, ``write_numbers(numbers)``.
* ``PrefixMap``: small integers by prefix.
* ``mark_used(codes, size)``: which codes occur. ``measure_edges(...)``: what is left in the last part of each
  row, and how far it is over. ``cost_rows(kinds, table, parts, problems, *, errors, heard, costs)``: what
  each row costs and what is wrong with it, by the ``Kind`` it is of. The buffers to fill are the caller's.
  ``sum_rows(columns, *, error, gsm) -> Sums``: what enriched rows sum to.
* ``read_residues(source, kinds) -> Residues``: what is left of each text of a column without some bytes.

``CALLR_SEGMENT_IMPLEMENTATION=native`` or ``fallback`` forces one; otherwise the native code is taken where
it was built, and its absence is announced once. ``SIMD`` names the instruction set it counts with, the best
of the processor unless ``CALLR_SEGMENT_SIMD`` forces ``scalar``, ``ssse3``, ``avx2``, ``avx512`` or ``neon``.
"""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING

from callr_segment._core.fallback.rows import (
    LARGEST,
    WIDTHS,
    Costed,
    Costs,
    Enriched,
    Kind,
    Sums,
    room_for,
)
from callr_segment._core.fallback.signatures import KEPT, Residues
from callr_segment._core.number_records import (
    ABROAD,
    DOUBTFUL,
    STATUSES,
    Numbers,
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
    from callr_segment._core import simd as _simd
    from callr_segment._core.number_plans import NumberPlan, parse_numbers
    from callr_segment._core.number_prefixes import PrefixMap
    from callr_segment._core.number_writing import write_numbers
    from callr_segment._core.row_costs import cost_rows, mark_used, measure_edges
    from callr_segment._core.row_sums import sum_rows
    from callr_segment._core.signatures import read_residues
    from callr_segment._core.template_counts import count_filled
    from callr_segment._core.template_prefilter import Watch
    from callr_segment._core.text_columns import count_arrow, count_objects
    from callr_segment._core.text_counts import Counts
    from callr_segment._core.text_one import Segmentation, count_parts, is_gsm, segment

    SIMD = _simd.level()
else:
    from callr_segment._core.fallback.numbers import NumberPlan, PrefixMap, parse_numbers, write_numbers
    from callr_segment._core.fallback.rows import cost_rows, mark_used, measure_edges, sum_rows
    from callr_segment._core.fallback.signatures import read_residues
    from callr_segment._core.fallback.text import (
        Counts,
        Segmentation,
        Watch,
        count_arrow,
        count_filled,
        count_objects,
        count_parts,
        is_gsm,
        segment,
    )

    SIMD = "none"

__all__ = [
    "ABROAD",
    "DOUBTFUL",
    "GSM",
    "IMPLEMENTATION",
    "KEPT",
    "LARGEST",
    "SIMD",
    "STATUSES",
    "WIDTHS",
    "Costed",
    "Costs",
    "Counts",
    "Culprit",
    "Enriched",
    "Kind",
    "NumberPlan",
    "Numbers",
    "Part",
    "PrefixMap",
    "Reading",
    "Residues",
    "Segmentation",
    "Sums",
    "Watch",
    "cost_rows",
    "count_arrow",
    "count_filled",
    "count_objects",
    "count_parts",
    "is_gsm",
    "mark_used",
    "measure_edges",
    "parse_numbers",
    "parts_of_zone",
    "read_residues",
    "room_for",
    "segment",
    "sum_rows",
    "write_numbers",
    "zone_of",
]
