"""Rows summed up by whatever distinguishes them; the groups add up to the totals."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from callr_segment.campaign.columns.arrow import key_column
from callr_segment.campaign.costing.pricing import COSTS
from callr_segment.campaign.rates.money import CENTS
from callr_segment.errors import InputError

__all__ = ["group_rows"]


def group_rows(enriched: pa.Table, keys: Mapping[str, pa.ChunkedArray]) -> pd.DataFrame:
    """Sum up enriched rows by key columns, the dearest group first.

    ``rows`` counts all, ``messages``, ``parts`` and the cost only those that will be sent. A key called as
    one of these is ``by_parts`` and so on in the index, so that it can be reset.
    """
    if not keys:
        raise InputError("by() needs at least one column, such as by('country')")
    sums = {
        "rows": pa.repeat(pa.scalar(1, pa.int64()), len(enriched)),
        "messages": enriched["billable"].cast(pa.int64()),
        "parts": enriched["parts"].cast(pa.int64()).fill_null(0),
        **{name: enriched[name] for name in COSTS},
    }
    named = {f"key {number}": key_column(column, name) for number, (name, column) in enumerate(keys.items())}
    grouped = pa.table({**named, **sums}).group_by(list(named)).aggregate([(name, "sum") for name in sums])
    columns = [grouped[name] for name in named]
    columns += [grouped[f"{name}_sum"].cast(CENTS if name in COSTS else pa.int64()) for name in sums]
    table = pa.Table.from_arrays(columns, [*named, *sums])
    table = table.sort_by(
        [("cost_cents", "descending"), ("parts", "descending"), *((n, "ascending") for n in named)]
    )
    kinds = {CENTS: pd.ArrowDtype(CENTS), pa.int32(): pd.Int32Dtype()}
    frame = table.to_pandas(types_mapper=kinds.get)
    return frame.set_index(list(named)).rename_axis([f"by_{key}" if key in sums else key for key in keys])
