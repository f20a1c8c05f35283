"""Rows summed up by whatever distinguishes them; the groups add up to the totals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import plain
from callr_segment.campaign.costing.pricing import COSTS
from callr_segment.campaign.rates.money import CENTS
from callr_segment.errors import InputError

__all__ = ["group_rows"]


def group_rows(enriched: pa.Table, keys: Mapping[str, pa.ChunkedArray]) -> pd.DataFrame:
    """Sum up enriched rows by key columns, the dearest group first.

    ``rows`` counts all, ``messages``, ``parts`` and the cost only those that will be sent.
    """
    if not keys:
        raise InputError("by() needs at least one column, such as by('country')")
    unsent = pc.equal(enriched["severity"].cast(pa.string()), "error").combine_chunks().fill_null(False)
    sums = {
        "rows": pa.repeat(pa.scalar(1, pa.int64()), len(enriched)),
        "messages": pc.cast(pc.invert(unsent), pa.int64()),
        "parts": pc.if_else(unsent, 0, enriched["parts"].cast(pa.int64())),
        **{name: enriched[name] for name in COSTS},
    }
    named = {f"key {number}": plain(column) for number, column in enumerate(keys.values())}
    grouped = pa.table({**named, **sums}).group_by(list(named)).aggregate([(name, "sum") for name in sums])
    columns = [grouped[name] for name in named]
    columns += [grouped[f"{name}_sum"].cast(CENTS if name in COSTS else pa.int64()) for name in sums]
    table = pa.Table.from_arrays(columns, [*named, *sums])
    table = table.sort_by(
        [("cost_cents", "descending"), ("parts", "descending"), *((n, "ascending") for n in named)]
    )
    money = {CENTS: pd.ArrowDtype(CENTS)}
    frame = table.to_pandas(types_mapper=money.get)
    return frame.set_index(list(named)).rename_axis(list(keys))
