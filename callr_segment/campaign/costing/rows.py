"""A batch of rows, read and filled, costed row by row."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from callr_segment._core.columnar import NumberSet
from callr_segment.campaign.columns.arrow import BATCH
from callr_segment.campaign.columns.options import dictionary_array, name_array
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import price_classes, price_rows
from callr_segment.campaign.messages.counting import MessageCounts, count_messages, may_lack_stop
from callr_segment.campaign.recipients.audience import Audience, read_audience
from callr_segment.text.policy import CODES

__all__ = ["cost_rows", "severities"]

ENCODINGS = ("unicode", "gsm")
UNSENDABLE = ("duplicate", "missing_text", "missing_field", "missing_template")
"""Problems of what is not sent whatever a policy says: without a text, or marked to be dropped."""


def cost_rows(
    batch: pa.RecordBatch, plan: Plan, *, first_row: int = 0, seen: NumberSet | None = None
) -> pa.RecordBatch:
    """Cost a batch that has ``plan.columns`` as large_string, as `enrich` does, with each value as it is."""
    errors, warnings = severities(plan)
    audience = read_audience(batch, plan, prefixes=plan.prefixes, first_row=first_row)
    wants_stop = _wants_stop(plan, audience) if may_lack_stop(plan) else None
    messages = count_messages(batch, plan, wants_stop=wants_stop, first_row=first_row)
    if np.any(audience.refused):
        np.bitwise_or(messages.problems, audience.refused, out=messages.problems)
    prices = price_classes(audience, plan, errors)
    if plan.duplicates == "drop":
        seen = NumberSet() if seen is None else seen
        _mark_duplicates(messages.problems, audience, prices, errors, seen)
    reported = errors | warnings
    priced = price_rows(audience, messages, prices, errors=errors, reported=reported, first_row=first_row)
    networks = audience.networks
    return pa.RecordBatch.from_pydict(
        {
            "number": audience.e164(),
            "country": priced.pop("country"),
            "network": dictionary_array(networks.codes, tuple(networks.names)),
            **_counts(messages, errors),
            **priced,
        }
    )


def severities(plan: Plan) -> tuple[int, int]:
    """Bits of the problems that keep a message from being sent, and of those that only warn."""
    bits = {"error": 0, "warning": 0}
    for code, info in CODES.items():
        severity = plan.policy.severity(code)
        if code in UNSENDABLE:
            severity = "error"
        elif code == "invalid_number" and plan.invalid == "price" and severity == "error":
            severity = "warning"
        if severity is not None:
            bits[severity] |= info.bit
    return bits["error"], bits["warning"]


def _wants_stop(plan: Plan, audience: Audience) -> np.ndarray:
    """Marketing to countries where the law asks for it."""
    lines, asked = audience.known.lines, plan.policy.stop_countries
    asks = np.array([*(name in asked for name in audience.known.countries), False])
    return audience.broadcast(asks[lines["country"]] & lines["is_marketing"])


def _mark_duplicates(
    problems: np.ndarray, audience: Audience, prices: np.ndarray, errors: int, seen: NumberSet
) -> None:
    """Mark what could be sent but for a row before it, or a number already seen, to the same number."""
    of_class = prices[:, 0][audience.classes + 1]
    numbers = np.where((problems | of_class) & errors == 0, audience.numbers, 0)
    again = np.frombuffer(seen.add_many(numbers), np.bool_)
    problems[again] |= CODES["duplicate"].bit


def _counts(messages: MessageCounts, errors: int) -> dict[str, pa.Array]:
    """Show whether each row is billed, and what it counts; null where it is not."""
    rows, sent, bits = len(messages.problems), messages.problems & errors == 0, None
    hidden = rows - int(np.count_nonzero(sent))
    if hidden:
        bits = pa.py_buffer(np.packbits(sent, bitorder="little"))
    counts = {
        name: pa.Array.from_buffers(pa.int32(), rows, [bits, pa.py_buffer(getattr(messages, name))], hidden)
        for name in ("units", "parts", "remaining", "over_by")
    }
    empty = None if messages.parts.all() else messages.parts == 0
    is_gsm = pa.array(messages.is_gsm.view(np.int8), mask=empty)
    return {
        "billable": pa.Array.from_buffers(pa.bool_(), rows, [None, bits]) if hidden else _all_true(rows),
        "encoding": pa.DictionaryArray.from_arrays(is_gsm, name_array(ENCODINGS), safe=False),
        **counts,
    }


def _all_true(rows: int) -> pa.Array:
    return _batch_all_true().slice(0, rows) if rows <= BATCH else pa.array(np.ones(rows, bool))


@lru_cache(maxsize=1)
def _batch_all_true() -> pa.Array:
    return pa.array(np.ones(BATCH, bool))
