"""The heart: a batch of rows in, what each of them costs out, and sums that add up however rows are split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal

import numpy as np
import pyarrow as pa

from callr_segment._core import columnar
from callr_segment.campaign.columns.arrow import widened
from callr_segment.campaign.costing.plan import DUPLICATE, Plan
from callr_segment.campaign.costing.pricing import (
    BASES,
    COSTS,
    PROBLEMS,
    UNKNOWN,
    coded_column,
    price_rows,
    resolve,
    words,
)
from callr_segment.campaign.messages.counting import Messages, count_messages, may_lack_stop
from callr_segment.campaign.rates.money import cents, checked_total
from callr_segment.campaign.recipients.audience import Audience, read_audience
from callr_segment.text.policy import CODES

__all__ = ["BASES", "COSTS", "PROBLEMS", "UNKNOWN", "Summary", "enrich", "resolve", "severities"]

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
    batch = widened(batch)
    errors, warnings = severities(plan)
    audience = read_audience(batch, plan)
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
            "network": coded_column(networks.codes, tuple(networks.names)),
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


def _counts(messages: Messages) -> dict[str, pa.Array]:
    """Show the counts of each row, null where there is no text."""
    absent = empty = None
    if not messages.parts.all():
        absent = messages.problems & (CODES["missing_text"].bit | CODES["missing_field"].bit) != 0
        empty = messages.parts == 0
    is_gsm = pa.array(messages.is_gsm.view(np.int8), mask=empty)
    numbers = ("units", "parts", "remaining", "over_by")
    return {
        "encoding": pa.DictionaryArray.from_arrays(is_gsm, words(ENCODINGS), safe=False),
        **{name: pa.array(getattr(messages, name), mask=absent) for name in numbers},
    }


@dataclass(frozen=True)
class Summary:
    """What batches sum to: adding summaries gives that of the batches together, in any order.

    ``rows`` are all rows, ``messages`` those to be sent; ``parts``, ``units`` and ``gsm`` count in these
    only. Money is in microcents; ``exact`` is the part of ``expected`` that has no range, ``weighted``
    and ``learned`` are means by the weights of the card and by a mix learned from receipts, ``unknown`` is
    that of texts that are not known yet. ``problems`` counts the rows by code.
    """

    rows: int = 0
    messages: int = 0
    gsm: int = 0
    units: int = 0
    parts: int = 0
    low: int = 0
    expected: int = 0
    high: int = 0
    exact: int = 0
    weighted: int = 0
    learned: int = 0
    unknown: int = 0
    priced: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> Summary:
        """Sum up an enriched batch."""
        named = {name: batch[name].dictionary.to_pylist() for name in ("severity", "encoding", "basis")}
        codes = (_small(batch[name].indices) for name in named)
        others = (batch[name] for name in ("units", "parts", *COSTS, PROBLEMS))
        found = columnar.sum_rows(
            columnar.EnrichedColumns(*codes, *others),
            error=_place("error", named["severity"]),
            gsm=_place("gsm", named["encoding"]),
        )
        ranged = dict(zip(named["basis"], found.ranged, strict=False))
        return cls(
            rows=len(batch),
            messages=found.messages,
            gsm=found.gsm,
            units=found.units,
            parts=found.parts,
            low=checked_total(found.low),
            expected=checked_total(found.expected),
            high=checked_total(found.high),
            exact=found.exact,
            weighted=ranged.get("weights", 0),
            learned=ranged.get("learned mix", 0),
            unknown=ranged.get(UNKNOWN, 0),
            priced=len(batch) - batch["cost_cents"].null_count,
            problems={
                code: count
                for code, info in CODES.items()
                if (count := found.problems[info.bit.bit_length() - 1])
            },
        )

    def __add__(self, other: Summary) -> Summary:
        problems = Counter(self.problems) + Counter(other.problems)
        ordered = {code: problems[code] for code in CODES if code in problems}
        numbers = [each.name for each in fields(self) if each.name != "problems"]
        return Summary(
            **{name: getattr(self, name) + getattr(other, name) for name in numbers}, problems=ordered
        )

    @property
    def cost_cents(self) -> Decimal:
        """Expected cost."""
        return cents(self.expected)


def _small(codes: pa.Array) -> pa.Array:
    return codes if codes.type == pa.int8() else codes.cast(pa.int8())


def _place(name: str, names: list[str]) -> int:
    return names.index(name) if name in names else -1
