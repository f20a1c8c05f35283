"""The door to the core for columns: it imports native code, or the fallback in its place.

The contract, the same behind either:

* ``count_objects(values, *, encoding, limits) -> Counts``: Python strings; None, NaN and NA are missing.
* ``count_arrow(source, *, encoding, limits, threads) -> Counts``: texts behind ``__arrow_c_stream__`` or
  ``__arrow_c_array__``. Damaged offsets, indices and UTF-8 raise InputError with the row. Large columns are
  counted by as many threads, one for each core unless said otherwise.
* ``Counts`` has a cell per text: ``is_gsm`` and ``is_missing`` (bytes); ``units``, ``parts``, ``last`` (units
  in the last part) and ``extensions`` (32-bit integers). With ``encoding="gsm"`` a character that GSM lacks
  counts as the ``?`` that would replace it, and ``is_gsm`` stays false: the caller decides what that means.
  ``last`` and ``extensions`` are made when first asked for; the column must not change before.
* ``find_words(source, words)``: the rows of an Arrow column that hold one of a few short words.
  ``find_unfilled(source, words, *, signs, anywhere, within, names)``: those that may show that a value was
  blank, or one of the placeholders that no ``Prefilter`` sees.
* ``count_template(literals, columns, *, prefilter, encoding, limits, detailed) -> TemplateCounts``: the same
  for a template, without making its texts; also ``characters``, ``is_suspect`` (it may match a pattern of
  damage: the ``Prefilter`` saw it), and masks of 64 bits, one for each field: ``not_gsm_fields`` and
  ``extension_fields``. These are made when first asked for; so are ``last`` and ``extensions``, unless they
  are wanted at once (``detailed``).
* ``parse_numbers(offsets, data, validity, plan, *, places) -> Numbers``: phone numbers, by a ``NumberPlan``,
  and the values of their longest prefixes among ``places``, a ``PrefixMap``; and back,
  ``write_numbers(numbers)``.
* ``NumberSet()``: numbers that are added, and looked for, a column at a time.
* ``mark_used(codes, size)``: which codes occur. ``measure_edges(...)``: what is left in the last part of each
  row, and how far it is over. ``cost_rows(classes, table, parts, problems, *, errors, reported, costs)``:
  what each row costs and what is wrong with it, by its ``PriceClass``. The buffers to fill are the caller's.
  ``sum_rows(columns, *, error, gsm) -> RowSums``: what enriched rows sum to.
* ``read_signatures(source, byte_classes) -> Signatures``: what is left of each text of a column without some
  bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callr_segment._core import IMPLEMENTATION
from callr_segment._core.column_records import (
    COST_BITS,
    KEPT,
    LARGEST_COST,
    CostColumns,
    CostTotals,
    EnrichedColumns,
    PriceClass,
    RowSums,
    Signatures,
    count_bytes,
)
from callr_segment._core.number_records import Numbers

if TYPE_CHECKING or IMPLEMENTATION == "native":
    from callr_segment._core.number_columns import parse_numbers
    from callr_segment._core.number_sets import NumberSet
    from callr_segment._core.number_writing import write_numbers
    from callr_segment._core.row_costs import cost_rows, mark_used, measure_edges
    from callr_segment._core.row_sums import sum_rows
    from callr_segment._core.signatures import read_signatures
    from callr_segment._core.template_counts import TemplateCounts, count_template
    from callr_segment._core.template_prefilter import Prefilter
    from callr_segment._core.text_columns import (
        count_arrow,
        count_objects,
        find_unfilled,
        find_words,
    )
    from callr_segment._core.text_counts import Counts
else:
    from callr_segment._core.fallback.columns import (
        Counts,
        count_arrow,
        count_objects,
        find_unfilled,
        find_words,
    )
    from callr_segment._core.fallback.numbers import NumberSet, parse_numbers, write_numbers
    from callr_segment._core.fallback.rows import cost_rows, mark_used, measure_edges, sum_rows
    from callr_segment._core.fallback.signatures import read_signatures
    from callr_segment._core.fallback.templates import Prefilter, TemplateCounts, count_template

__all__ = [
    "COST_BITS",
    "KEPT",
    "LARGEST_COST",
    "CostColumns",
    "CostTotals",
    "Counts",
    "EnrichedColumns",
    "NumberSet",
    "Numbers",
    "Prefilter",
    "PriceClass",
    "RowSums",
    "Signatures",
    "TemplateCounts",
    "cost_rows",
    "count_arrow",
    "count_bytes",
    "count_objects",
    "count_template",
    "find_unfilled",
    "find_words",
    "mark_used",
    "measure_edges",
    "parse_numbers",
    "read_signatures",
    "sum_rows",
    "write_numbers",
]
