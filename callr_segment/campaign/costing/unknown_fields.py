"""Values that are made when a message is sent: what they can be widens the range of its cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import TEXT, as_mask
from callr_segment.campaign.columns.options import name_array
from callr_segment.campaign.costing.enrichment import enrich
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import BASES, COSTS, UNKNOWN
from callr_segment.errors import InputError
from callr_segment.text.template import widest

__all__ = ["unknown_values", "widen_range", "with_unknown"]

_LETTER, _EXTENSION = "x", "["
"""A character as it is expected, and the widest that a forced GSM can carry."""


def unknown_values(unknown: Mapping[str, str | int] | None, columns: Sequence[str]) -> dict[str, str | int]:
    """Read which fields have no column, and the longest value of each.

    >>> unknown_values({"code": "000000", "name": 12}, ["to"])
    {'code': '000000', 'name': 12}
    """
    if not isinstance(unknown, Mapping | None):
        raise InputError(
            f"unknown= takes a mapping such as {{'code': '000000'}}, not {unknown!r:.60}", value=unknown
        )
    for name, longest in (unknown or {}).items():
        if name in columns:
            raise InputError(
                f"unknown {name!r} is a column of the frame; rename the field, or leave it out of unknown",
                column=name,
            )
        widest(name, longest)
    return {
        name: longest if isinstance(longest, str) else int(longest)
        for name, longest in (unknown or {}).items()
    }


def with_unknown(table: pa.Table, plan: Plan) -> pa.Table:
    """Give the fields that nobody knows the values they are expected to have."""
    for name, longest in plan.unknown.items():
        if name not in plan.fields:
            raise InputError(f"unknown {name!r} is no field of the text; write {{{name}}} there", column=name)
        table = table.append_column(name, _column_of(longest, len(table)))
    return table


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
    least, *most = (
        enrich(_filled(batch, plan, of), plan, first_row=first_row) for of in ("", widest("", 1), _EXTENSION)
    )
    present = enriched["cost_cents"].is_valid()
    lows, highs = (
        [each[COSTS[0]] for each in (least, enriched)],
        [each[COSTS[2]] for each in (*most, enriched)],
    )
    alike = [pc.equal(each["parts"], enriched["parts"]).fill_null(True) for each in (least, *most)]
    is_known = np.all([as_mask(each) for each in alike], axis=0)
    changed = {
        COSTS[0]: pc.if_else(present, pc.min_element_wise(*lows), None),
        COSTS[2]: pc.if_else(present, pc.max_element_wise(*highs), None),
        "basis": _basis(enriched["basis"], present, is_known),
    }
    columns = dict(zip(enriched.schema.names, enriched.columns, strict=True))
    return pa.RecordBatch.from_pydict(columns | changed)


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
