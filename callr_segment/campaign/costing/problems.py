"""The problems of a campaign, one line each: where, what, how grave, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment.campaign.columns.arrow import unmarked
from callr_segment.campaign.columns.options import encode_option
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import PROBLEMS
from callr_segment.campaign.costing.rows import severities
from callr_segment.campaign.messages.counting import count_rows
from callr_segment.campaign.messages.rendering import texts_of
from callr_segment.errors import InvalidNumber
from callr_segment.text.numbers import normalize_number
from callr_segment.text.policy import CODES, Policy, check

__all__ = ["list_problems"]

JUDGED = ("too_long", "not_gsm", "encoding_damage", "placeholder", "blank_value")
SHOWN = {"no_stop": "country", "unpriced": "number"}
NINE = "; if it is a mobile, write it +54 9 and its area, without 15"  # of Argentina (ENACOM)


def list_problems(
    enriched: pa.Table, table: pa.Table, plan: Plan, index: pd.Index, *, limit: int | None = None
) -> pd.DataFrame:
    """List every problem of every row, in the order of the rows; ``row`` is the label of its index.

    With ``limit``, only those of so many rows: of rows with an error before those with a warning.
    """
    errors, _ = severities(plan)
    bits = enriched[PROBLEMS].to_numpy()
    if limit is not None:
        listed = np.concatenate(
            [np.flatnonzero(bits & errors), np.flatnonzero((bits != 0) & (bits & errors == 0))]
        )
        bits = np.where(np.isin(np.arange(len(bits)), listed[:limit]), bits, 0)
    campaign = _Campaign(enriched, table, plan)
    frames = [_listed(code, np.flatnonzero(bits & CODES[code].bit), campaign) for code in CODES]
    listed = pd.concat(frames).sort_values("row", kind="stable", ignore_index=True)
    grave = [code for code, info in CODES.items() if info.bit & errors]
    listed.insert(2, "severity", np.where(listed["code"].isin(grave), "error", "warning"))
    listed["row"] = index.take(listed["row"].to_numpy())
    return listed


class _Campaign(NamedTuple):
    """The rows as they came out, as they went in, and what was asked."""

    enriched: pa.Table
    table: pa.Table
    plan: Plan


def _listed(code: str, rows: np.ndarray, campaign: _Campaign) -> pd.DataFrame:
    if not len(rows):
        return pd.DataFrame({"row": rows, "code": [], "field": [], "value": [], "way_out": []}, dtype=object)
    if code in ("invalid_number", "lost_zero"):
        values, way_out = _reasons(rows, campaign)
    elif code in JUDGED:
        values, way_out = _judged(code, texts_of(campaign.table, campaign.plan, rows), campaign.plan.policy)
    elif code == "landline_number":
        values, way_out = _values(code, rows, campaign), _ways_out_of_landlines(rows, campaign.enriched)
    else:
        values, way_out = _values(code, rows, campaign), CODES[code].way_out
    field = CODES[code].field
    return pd.DataFrame({"row": rows, "code": code, "field": field, "value": values, "way_out": way_out})


def _values(code: str, rows: np.ndarray, campaign: _Campaign) -> Sequence[object]:
    """Show what is wrong in each row."""
    enriched, table, plan = campaign
    if code in SHOWN:
        return enriched[SHOWN[code]].take(pa.array(rows)).to_pylist()
    column = plan.choose if code == "missing_template" else plan.to if CODES[code].field == "to" else None
    if column is not None:
        return _cells(table[column], rows)
    if code == "too_many_parts":
        return count_rows(table, plan, rows).parts.tolist()
    if code == "invalid_sender":
        return _option(table, plan.sender, rows)
    if code == "missing_field":
        return [_missing_fields(table.slice(row, 1), plan) for row in rows.tolist()]
    return ["\ufffd" if code == "lone_surrogate" else None] * len(rows)


def _ways_out_of_landlines(rows: np.ndarray, enriched: pa.Table) -> list[str]:
    """Tell how the mobiles of Argentina are written, of which some look like landlines."""
    numbers, way_out = enriched["number"].take(pa.array(rows)).to_pylist(), CODES["landline_number"].way_out
    return [way_out + NINE * number.startswith("+54") for number in numbers]


def _judged(code: str, texts: pa.ChunkedArray, policy: Policy) -> tuple[Sequence[object], Sequence[str]]:
    """Say of each text what `check` says of it."""
    said: dict[str, tuple[object, str]] = {}
    listed = texts.to_pylist()
    for text in set(listed):
        problems = check(text, encoding="gsm" if code == "not_gsm" else None, policy=policy)
        found = next(problem for problem in problems if problem.code == code)
        said[text] = found.value, found.way_out
    return [said[text][0] for text in listed], [said[text][1] for text in listed]


def _missing_fields(row: pa.Table, plan: Plan) -> str:
    return ", ".join(name for name in plan.fields if row[name].null_count)


def _option(table: pa.Table, chosen: Any, rows: np.ndarray) -> list[str | None]:
    values = encode_option(table, chosen)
    if isinstance(values, (str, type(None))):
        return [values] * len(rows)
    return [values.names[code] if code >= 0 else None for code in values.codes[rows].tolist()]


def _reasons(rows: np.ndarray, campaign: _Campaign) -> tuple[Sequence[object], Sequence[str]]:
    """Say of each number why it is none, and what to do."""
    numbers = _cells(campaign.table[campaign.plan.to], rows)
    regions = _option(campaign.table, campaign.plan.default_region, rows)
    pairs = list(zip(numbers, regions, strict=True))
    said = {pair: _reason(*pair) for pair in set(pairs)}
    return numbers, [said[pair] for pair in pairs]


def _cells(column: pa.ChunkedArray, rows: np.ndarray) -> list[Any]:
    """Show cells as they were, numbers that were no texts among them."""
    return [unmarked(cell) for cell in column.take(pa.array(rows)).to_pylist()]


def _reason(number: str | int | None, region: str | None) -> str:
    if number is None:
        return "there is no number; fill it in, or leave the recipient out"
    try:
        normalize_number(number, default_region=region)
    except InvalidNumber as error:
        return str(error)
    return CODES["invalid_number"].way_out
