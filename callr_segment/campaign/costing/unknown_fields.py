"""Values that are made when a message is sent: what they can be widens the range of its cost."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import TEXT, as_mask
from callr_segment.campaign.columns.options import name_array
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import BASES, COSTS, UNKNOWN
from callr_segment.campaign.costing.rows import cost_rows
from callr_segment.text.message import segment
from callr_segment.text.rewrites import FOLD, SAFE, to_gsm
from callr_segment.text.template import widest

__all__ = ["widen_range", "with_unknown"]

_LETTER, _EXTENSION = "x", "["
"""A character as it is expected, and the widest that a forced GSM can carry."""


def with_unknown(batch: pa.RecordBatch, plan: Plan) -> pa.RecordBatch:
    """Give the fields that nobody knows the values they are expected to have."""
    for name, longest in plan.unknown.items():
        if name not in batch.schema.names:
            batch = batch.append_column(name, _column_of(longest, len(batch)))
    return batch


def _column_of(longest: str | int, rows: int, *, of: str = _LETTER) -> pa.Array:
    """Make the column of a value that nobody knows: the longest text, or so many characters of one kind."""
    text = longest if isinstance(longest, str) else of * longest
    return pa.repeat(pa.scalar(text, TEXT), rows)


def widen_range(
    enriched: pa.RecordBatch, batch: pa.RecordBatch, plan: Plan, *, first_row: int
) -> pa.RecordBatch:
    """Widen the range of enriched rows to what unknown values can make of them, from nothing to the widest.

    Nothing is the least a text can come to, and characters of two units that GSM lacks are the most; where
    GSM is forced, those of two septets. What could not be sent so does not count.
    """
    each = replace(plan, duplicates="keep")
    least, *most = (
        cost_rows(_filled(batch, plan, of), each, first_row=first_row)
        for of in ("", *_widest_characters(plan))
    )
    present = enriched["cost_cents"].is_valid()
    lows, highs = (
        [each[COSTS[0]] for each in (least, enriched)],
        [each[COSTS[2]] for each in (*most, enriched)],
    )
    alike = [pc.equal(each["parts"], enriched["parts"]) for each in (least, *most)]
    is_known = np.all([as_mask(each) for each in alike], axis=0)
    changed = {
        COSTS[0]: pc.if_else(present, pc.min_element_wise(*lows), None),
        COSTS[2]: pc.if_else(present, pc.max_element_wise(*highs), None),
        "basis": _basis(enriched["basis"], present, is_known),
    }
    columns = dict(zip(enriched.schema.names, enriched.columns, strict=True))
    return pa.RecordBatch.from_pydict(columns | changed)


def _widest_characters(plan: Plan) -> tuple[str, ...]:
    """List characters that take the most units: in Unicode, in GSM, and of what rewriting makes of one."""
    if plan.errors != "rewrite":
        return widest("", 1), _EXTENSION
    return widest("", 1), _EXTENSION, _widest_rewritten()


@cache
def _widest_rewritten() -> str:
    """Find the character that rewriting to GSM makes the most septets of."""
    replaced = {before for rule in SAFE + FOLD for before, _ in rule.replacements if len(before) == 1}
    return max(sorted(replaced), key=lambda char: segment(to_gsm(char)).units)


def _filled(batch: pa.RecordBatch, plan: Plan, of: str) -> pa.RecordBatch:
    """Give unknown fields their longest values, or so many of a character, or nothing."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name, longest in plan.unknown.items():
        columns[name] = _column_of(longest if of else "", len(batch), of=of)
    return pa.RecordBatch.from_pydict(columns)


def _basis(basis: pa.DictionaryArray, present: pa.Array, is_known: np.ndarray) -> pa.DictionaryArray:
    """Say of rows whose parts are not known that this is what their cost is made of."""
    codes = basis.indices.fill_null(0).to_numpy(zero_copy_only=False)
    codes = np.where(is_known, codes, len(BASES)).astype(np.int8)
    cells = pa.array(codes, mask=~as_mask(present))
    return pa.DictionaryArray.from_arrays(cells, name_array((*BASES, UNKNOWN)))
