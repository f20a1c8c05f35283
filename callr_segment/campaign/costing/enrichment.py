"""The heart: a batch of rows in, what each of them costs out."""

from __future__ import annotations

import pyarrow as pa

from callr_segment._core.columnar import NumberSet
from callr_segment.campaign.columns.arrow import TEXT, widened
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.columns.validation import check_rows
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.rows import cost_rows
from callr_segment.campaign.costing.unknown_fields import widen_range, with_unknown
from callr_segment.errors import InputError

__all__ = ["NumberSet", "enrich", "enrich_texts"]


def enrich(
    batch: pa.RecordBatch, plan: Plan, *, first_row: int = 0, seen: NumberSet | None = None
) -> pa.RecordBatch:
    """Cost a batch of rows: what `estimate` says of each of them, whatever the batches are.

    ``batch`` has the columns ``plan.given``; rows come out in the same order, and any split of a frame into
    batches gives the same rows. Errors call the first row ``first_row``. With ``duplicates="drop"`` numbers
    that came before, in this batch or in ``seen``, are not sent to again, and ``seen`` learns those of this
    one: pass one `NumberSet` for all batches of a campaign, in their order.

    Columns: number (large_string, E.164), country, network (dictionaries), billable (bool: it will be sent),
    encoding (dictionary of gsm and unicode), units, parts, remaining, over_by (int32, null where it will not
    be sent), cost_low_cents, cost_cents, cost_high_cents (decimal128(18, 6) cents, null where it will not be
    sent or has no price), basis, problem, severity (dictionaries), problem_bits (int64). Raises InputError
    as `estimate` does.

    >>> plan = Plan.of(["name"], text="Bonjour {name}")
    >>> batch = pa.record_batch({"name": pa.array(["Zoé", None])})
    >>> enrich(batch, plan).select(["parts", "problem"]).to_pylist()
    [{'parts': 1, 'problem': None}, {'parts': None, 'problem': 'missing_field'}]
    """
    if not isinstance(seen, NumberSet | None):
        raise InputError(f"seen= takes a NumberSet, not {type(seen).__name__}; make one with NumberSet()")
    plan.check()
    return enrich_texts(_read(batch, plan, first_row), plan, first_row=first_row, seen=seen)


def enrich_texts(
    batch: pa.RecordBatch, plan: Plan, *, first_row: int = 0, seen: NumberSet | None = None
) -> pa.RecordBatch:
    """Cost a batch of texts that `Plan.read` has read, and so checked, as `enrich` does."""
    batch = with_unknown(widened(batch), plan)
    rows = cost_rows(batch, plan, first_row=first_row, seen=seen)
    return widen_range(rows, batch, plan, first_row=first_row) if plan.unknown else rows


def _read(batch: pa.RecordBatch, plan: Plan, first_row: int) -> pa.RecordBatch:
    """Read the columns as texts, where they are none yet."""
    names = batch.schema.names
    check_rows(batch, [name for name in plan.columns if name in names], first_row=first_row)
    if all(name in names and batch.schema.field(name).type in (TEXT, pa.string()) for name in plan.given):
        return batch
    try:
        table = plan.read(Frame(batch)).combine_chunks()
    except InputError as error:
        if not isinstance(error.row, int):
            raise
        row = first_row + error.row
        message = str(error).replace(f"row {error.row}", f"row {row}", 1)
        raise InputError(message, row=row, column=error.column, value=error.value) from None
    return (table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)])[0]
