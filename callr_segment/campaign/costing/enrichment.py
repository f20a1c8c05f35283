"""The heart: a batch of rows in, what each of them costs out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from callr_segment.campaign.columns.arrow import DUPLICATE, widened
from callr_segment.campaign.columns.options import dictionary_array, name_array
from callr_segment.campaign.columns.validation import check_rows
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import price_rows
from callr_segment.campaign.messages.counting import MessageCounts, count_messages, may_lack_stop
from callr_segment.campaign.recipients.audience import Audience, read_audience
from callr_segment.text.policy import CODES

__all__ = ["enrich", "severities"]

ENCODINGS = ("unicode", "gsm")


def enrich(batch: pa.RecordBatch, plan: Plan, *, first_row: int = 0) -> pa.RecordBatch:
    """Cost a batch of rows: number, country, network, encoding, units, parts, cost and problem of each.

    ``batch`` has the columns ``plan.columns``, as string or large_string; rows come out in the same order,
    and any split of a frame into batches gives the same rows. Money is ``decimal128(18, 6)`` cents, null for
    a row that is not to be sent or has no price. ``first_row`` is the number errors call the first row by.

    >>> from callr_segment import Template
    >>> plan = Plan({None: Template("Bonjour {name}")})
    >>> batch = pa.record_batch({"name": pa.array(["Zoé", None])})
    >>> enrich(batch, plan).select(["parts", "problem"]).to_pylist()
    [{'parts': 1, 'problem': None}, {'parts': None, 'problem': 'missing_field'}]
    """
    check_rows(batch, plan.columns, first_row=first_row)
    batch = widened(batch)
    errors, warnings = severities(plan)
    audience = read_audience(batch, plan, prefixes=plan.prefixes)
    wants_stop = _wants_stop(plan, audience) if may_lack_stop(plan) else None
    messages = count_messages(batch, plan, wants_stop=wants_stop, first_row=first_row)
    _add_own_problems(messages.problems, batch, audience)
    counts = _counts(messages)
    priced = price_rows(
        audience, messages, plan, errors=errors, reported=errors | warnings, first_row=first_row
    )
    networks = audience.networks
    return pa.RecordBatch.from_pydict(
        {
            "number": audience.e164(),
            "country": priced.pop("country"),
            "network": dictionary_array(networks.codes, tuple(networks.names)),
            **counts,
            **priced,
        }
    )


def severities(plan: Plan) -> tuple[int, int]:
    """Bits of the problems that keep a message from being sent, and of those that only warn."""
    bits = {"error": 0, "warning": 0}
    for code, info in CODES.items():
        severity = plan.policy.severity(code)
        if code == "duplicate":  # marked only where duplicates are dropped
            severity = "error"
        elif code == "invalid_number" and plan.invalid == "price" and severity == "error":
            severity = "warning"
        if severity is not None:
            bits[severity] |= info.bit
    return bits["error"], bits["warning"]


def _wants_stop(plan: Plan, audience: Audience) -> np.ndarray:
    """Marketing to countries where the law asks for it."""
    countries = plan.policy.stop_countries
    return audience.spread(lambda each: each.country in countries and each.traffic == "marketing", bool)


def _add_own_problems(problems: np.ndarray, batch: pa.RecordBatch, audience: Audience) -> None:
    """Add the problems that are those of a row, and not of its kind."""
    if np.any(audience.refused):
        problems |= audience.refused
    if DUPLICATE in batch.schema.names:
        problems[batch.column(DUPLICATE).to_numpy(zero_copy_only=False)] |= CODES["duplicate"].bit


def _counts(messages: MessageCounts) -> dict[str, pa.Array]:
    """Show the counts of each row, null where there is no text."""
    absent = empty = None
    if not messages.parts.all():
        absent = messages.problems & (CODES["missing_text"].bit | CODES["missing_field"].bit) != 0
        empty = messages.parts == 0
    is_gsm = pa.array(messages.is_gsm.view(np.int8), mask=empty)
    numbers = ("units", "parts", "remaining", "over_by")
    return {
        "encoding": pa.DictionaryArray.from_arrays(is_gsm, name_array(ENCODINGS), safe=False),
        **{name: pa.array(getattr(messages, name), mask=absent) for name in numbers},
    }
