"""What receipts say of prices: for each destination what a part cost, how often, and how far it varied."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment.campaign.columns.arrow import TEXT, arrow_column, holds_texts, is_arrow, key_column, plain
from callr_segment.campaign.columns.codes import Codes
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.rates.money import cents, scaled
from callr_segment.campaign.rates.prices import PriceRule, Said
from callr_segment.campaign.rates.rows import Record
from callr_segment.campaign.rates.signs import read_header
from callr_segment.campaign.recipients.addressing import Addressing
from callr_segment.campaign.recipients.audience import read_audience
from callr_segment.errors import InputError, RateError

__all__ = ["learn_records"]


class _Bill(NamedTuple):
    """Receipts that are alike: how many there are, and in which row the first is."""

    country: str | None
    network: str | None
    parts: int
    microcents: int
    receipts: int


def learn_records(
    receipts: Any, *, parts: str, cost: str, rule: PriceRule, to: str | None, **options: str | None
) -> tuple[list[Record], int]:
    """Make a record of each destination, the most receipts first, and count the receipts that are left out.

    A receipt without a cost tells nothing; one that cannot be right is left out, and a warning says why.
    """
    frame = Frame(receipts)
    grouped: dict[tuple[str | None, str | None], list[_Bill]] = {}
    wrong: list[tuple[RateError, int]] = []
    for alike in _alike(frame, parts=parts, cost=cost, to=to, **options):
        try:
            bill = _bill(alike, parts, cost, rule)
        except RateError as fault:
            wrong.append((fault, alike["row_count"]))
            continue
        if bill is not None:
            grouped.setdefault((bill.country, bill.network), []).append(bill)
    if not grouped:
        raise (
            wrong[0][0]
            if wrong
            else RateError(f"no receipt has parts and a cost: look at the columns {parts!r} and {cost!r}")
        )
    skipped = sum(count for _, count in wrong)
    if skipped:
        message = f"{skipped:,} of {len(frame):,} receipts are left out, the first because of {wrong[0][0]}"
        warnings.warn(message, UserWarning, stacklevel=3)
    records = [_record(bills) for bills in grouped.values()]
    records.sort(key=lambda record: -int(str(record["receipts"])))
    return [*enumerate(records, 1)], skipped


def _record(bills: list[_Bill]) -> Mapping[str, object]:
    parts = sum(bill.parts * bill.receipts for bill in bills)
    total = sum(bill.microcents * bill.receipts for bill in bills)
    prices = [Fraction(bill.microcents, bill.parts) for bill in bills]
    return {
        "country": bills[0].country,
        "network": bills[0].network,
        "cents": cents(round(Fraction(total, parts))),
        "low_cents": cents(floor(min(prices))),
        "high_cents": cents(ceil(max(prices))),
        "receipts": sum(bill.receipts for bill in bills),
        "parts": parts,
    }


def _alike(
    frame: Frame, *, parts: str, cost: str, to: str | None, **options: str | None
) -> list[dict[str, Any]]:
    """Count the receipts that say the same, in the order of the first of each."""
    addressing = Addressing.from_options(frame.names, to=to, **options)
    table = addressing.read(frame).combine_chunks()
    audience = read_audience(
        (table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)])[0], addressing
    )
    columns = {
        "country": _texts(audience.countries),
        "network": _texts(audience.networks),
        "parts": _cells(frame.column(parts), parts),
        "cost": _cells(frame.column(cost), cost),
        "row": pa.array(np.arange(len(frame))),
    }
    keys = ["country", "network", "parts", "cost"]
    alike = pa.table(columns).group_by(keys).aggregate([("row", "min"), ("row", "count")])
    return alike.sort_by("row_min").to_pylist()


def _bill(alike: Mapping[str, Any], parts: str, cost: str, rule: PriceRule) -> _Bill | None:
    row = alike["row_min"]
    if alike["cost"] is None or alike["parts"] is None:
        return None
    billed = _read(alike["parts"], lambda value: scaled(value, decimals=0), row, parts)
    amount = _read(alike["cost"], lambda value: rule.read(Said(value, read_header(cost)[1])), row, cost)
    if not billed and not amount:
        return None
    if not billed:
        problem = f"no part costs {cents(amount)} cents: correct either, or leave the receipt out"
        raise _refused(row, parts, alike["parts"], problem)
    if alike["country"] is None and alike["network"] is None:
        problem = "neither its country nor its network is known: leave the receipt out"
        raise _refused(row, "country", None, problem)
    return _Bill(alike["country"], alike["network"] or None, billed, amount, alike["row_count"])


def _read(value: object, convert: Any, row: int, column: str) -> int:
    try:
        return convert(value)
    except InputError as error:
        raise _refused(row, column, value, str(error)) from None


def _refused(row: int, column: str, value: object, problem: str) -> RateError:
    return RateError(f"row {row}, column {column}: {problem}", row=row, column=column, value=value)


def _cells(values: Any, name: str) -> pa.ChunkedArray:
    if not is_arrow(values) and pd.api.types.infer_dtype(values, skipna=True) == "decimal":
        return pa.chunked_array([pa.array(values, from_pandas=True)])
    column = arrow_column(values, name, utf8=True).texts
    return plain(column).cast(TEXT) if holds_texts(column.type) else key_column(column, name)


def _texts(column: Codes) -> pa.Array:
    names = pa.array([*column.names, None], pa.string())
    return names.take(pa.array(np.where(column.codes < 0, len(column.names), column.codes)))
