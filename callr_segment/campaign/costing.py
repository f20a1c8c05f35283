"""The heart: a batch of rows in, what each of them costs out, and sums that add up however rows are split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import get_args

import numpy as np
import pyarrow as pa

from callr_segment.campaign._codes import Codes
from callr_segment.campaign.audience import Audience, read_audience
from callr_segment.campaign.messages import Messages, coded, count_messages
from callr_segment.campaign.money import (
    cents,
    checked_product,
    checked_sum,
    decimal_array,
    from_decimal_array,
)
from callr_segment.campaign.plan import DUPLICATE, Plan
from callr_segment.campaign.rates import Basis, Rate
from callr_segment.text.policy import CODES

__all__ = ["BASES", "PROBLEMS", "Summary", "enrich", "resolve", "severities"]

PROBLEMS = "problem_bits"
"""Column of an enriched batch with every problem of a row; ``problem`` names the first."""

COSTS = {
    "cost_low_cents": ("low_microcents", "fee_low_microcents"),
    "cost_cents": ("microcents", "fee_microcents"),
    "cost_high_cents": ("high_microcents", "fee_high_microcents"),
}
"""The three figures of a cost, and what each is made of: the price of a part, and the fee of a message."""

BASES: tuple[str, ...] = get_args(Basis)
"""How an expected cost is made, the surest way first."""


def enrich(batch: pa.RecordBatch, plan: Plan, *, first_row: int = 0) -> pa.RecordBatch:
    """Cost a batch of rows: number, country, network, encoding, units, parts, cost and problem of each.

    ``batch`` has the columns ``plan.columns``, texts as text; rows come out in the same order, and any
    split of a frame into batches gives the same rows. Money is ``decimal128(18, 6)`` cents, null for a row
    that is not to be sent or has no price. ``first_row`` is the number errors call the first row by.

    >>> from callr_segment import Template
    >>> plan = Plan({None: Template("Bonjour {name}")})
    >>> batch = pa.record_batch({"name": pa.array(["Zoé", None], pa.large_string())})
    >>> enrich(batch, plan).select(["parts", "problem"]).to_pylist()
    [{'parts': 1, 'problem': None}, {'parts': None, 'problem': 'missing_field'}]
    """
    audience = read_audience(batch, plan)
    messages = count_messages(batch, plan, wants_stop=_wants_stop(batch, plan, audience), first_row=first_row)
    prices, rates = resolve(batch, plan, audience)
    errors, warnings = severities(plan)
    problems = messages.problems | audience.problems | _unfit(batch, plan, audience.problems & errors, prices)
    problems &= errors | warnings
    return pa.RecordBatch.from_pydict(
        {
            "number": audience.e164(),
            "country": _dictionary(audience.countries, len(batch)),
            "network": _dictionary(coded(batch, plan.network), len(batch)),
            **_counts(messages),
            **_costs(messages.parts, prices, rates, problems & errors != 0),
            "basis": _basis(prices, rates, problems & errors != 0),
            **_verdicts(problems, errors),
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


def _wants_stop(batch: pa.RecordBatch, plan: Plan, audience: Audience) -> np.ndarray:
    """Marketing to countries where the law asks for it."""
    traffic = coded(batch, plan.traffic)
    return _is_one_of(audience.countries, plan.policy.stop_countries, len(batch)) & _is_one_of(
        traffic, ("marketing",), len(batch)
    )


def _is_one_of(column: Codes | str | None, wanted: Sequence[str], rows: int) -> np.ndarray:
    if not isinstance(column, Codes):
        return np.full(rows, column in wanted)
    return np.array([*(name in wanted for name in column.names), False])[column.codes]


def resolve(batch: pa.RecordBatch, plan: Plan, audience: Audience) -> tuple[np.ndarray, list[Rate]]:
    """Look up the rate of each row: its place among the rates, -1 where there is none, and the rates."""
    if plan.rates is None:
        return np.full(len(batch), -1, np.int32), []
    return plan.rates.resolve(
        rows=len(batch),
        numbers=audience.dialled,
        countries=audience.countries,
        networks=coded(batch, plan.network),
        traffic=coded(batch, plan.traffic),
        when=plan.when,
    )


def _costs(
    parts: np.ndarray, prices: np.ndarray, rates: list[Rate], unsent: np.ndarray
) -> dict[str, pa.Array]:
    """Low, expected and high cost of each row, null where there is none."""
    missing = (prices < 0) | unsent
    counts = np.where(missing, 0, parts)
    costs = {}
    for name, (part, fee) in COSTS.items():
        of_part, of_message = (np.array([*(getattr(rate, of) for rate in rates), 0]) for of in (part, fee))
        amounts = checked_product(counts, of_part[prices]) + of_message[prices]
        costs[name] = decimal_array(np.where(missing, 0, amounts), missing)
    return costs


def _basis(prices: np.ndarray, rates: list[Rate], unsent: np.ndarray) -> pa.Array:
    """Tell how the expected cost of each row was made."""
    kinds = np.array([*(BASES.index(rate.basis) for rate in rates), 0], np.int8)[prices]
    return pa.DictionaryArray.from_arrays(pa.array(kinds, mask=(prices < 0) | unsent), pa.array(BASES))


def _unfit(batch: pa.RecordBatch, plan: Plan, wrong: np.ndarray, prices: np.ndarray) -> np.ndarray:
    """Bits of the rows that are duplicates, and of those without a price though their number is good."""
    problems = np.zeros(len(batch), np.int64)
    if DUPLICATE in batch.schema.names:
        problems[batch.column(DUPLICATE).to_numpy(zero_copy_only=False)] = CODES["duplicate"].bit
    if plan.rates is not None:
        problems[(prices < 0) & (wrong & CODES["invalid_number"].bit == 0)] |= CODES["unpriced"].bit
    return problems


def _counts(messages: Messages) -> dict[str, pa.Array]:
    """Show the counts of each row, null where there is no text."""
    is_gsm = pa.array(messages.is_gsm.astype(np.int8), mask=messages.parts == 0)
    absent = messages.problems & (CODES["missing_text"].bit | CODES["missing_field"].bit) != 0
    numbers = ("units", "parts", "remaining", "over_by")
    return {
        "encoding": pa.DictionaryArray.from_arrays(is_gsm, pa.array(["unicode", "gsm"])),
        **{name: pa.array(getattr(messages, name), mask=absent) for name in numbers},
    }


def _dictionary(column: Codes | str | None, rows: int) -> pa.Array:
    if not isinstance(column, Codes):
        column = Codes(np.full(rows, 0 if column else -1, np.int32), [column] if column else [])
    codes = column.codes.astype(np.int32)
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=codes < 0), pa.array(column.names, pa.string())
    )


def _verdicts(problems: np.ndarray, errors: int) -> dict[str, pa.Array]:
    """Name the gravest problem of each row: errors before warnings, then in the order of CODES."""
    grave = problems & errors
    worst = np.where(grave, grave, problems)
    place = np.log2(np.maximum(worst & -worst, 1)).astype(np.int8)
    none = problems == 0
    severity = pa.array((grave == 0).astype(np.int8), mask=none)
    return {
        "problem": pa.DictionaryArray.from_arrays(pa.array(place, mask=none), pa.array(list(CODES))),
        "severity": pa.DictionaryArray.from_arrays(severity, pa.array(["error", "warning"])),
        PROBLEMS: pa.array(problems),
    }


@dataclass(frozen=True)
class Summary:
    """What batches sum to: adding summaries gives that of the batches together, in any order.

    ``rows`` are all rows, ``messages`` those to be sent; ``parts``, ``units`` and ``gsm`` count in these
    only. Money is in microcents; ``exact`` is the part of ``expected`` that has no range, ``weighted``
    and ``learned`` are means by the weights of the card and by a mix learned from receipts. ``problems``
    counts the rows by code.
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
    priced: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> Summary:
        """Sum up an enriched batch."""
        sent = ~_holds(batch["severity"], "error")
        low, expected, high = (from_decimal_array(batch[name])[0] for name in COSTS)
        bits = batch[PROBLEMS].to_numpy()
        met = int(np.bitwise_or.reduce(bits, initial=0))
        return cls(
            rows=len(batch),
            messages=int(np.count_nonzero(sent)),
            gsm=int(np.count_nonzero(sent & _holds(batch["encoding"], "gsm"))),
            units=_total(batch["units"], sent),
            parts=_total(batch["parts"], sent),
            low=checked_sum(low),
            expected=checked_sum(expected),
            high=checked_sum(high),
            exact=checked_sum(np.where(low == high, expected, 0)),
            weighted=checked_sum(np.where((low != high) & _holds(batch["basis"], "weights"), expected, 0)),
            learned=checked_sum(np.where((low != high) & _holds(batch["basis"], "learned mix"), expected, 0)),
            priced=len(batch) - batch["cost_cents"].null_count,
            problems={
                code: int(np.count_nonzero(bits & info.bit)) for code, info in CODES.items() if met & info.bit
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


def _total(column: pa.Array, rows: np.ndarray) -> int:
    return int(np.dot(column.fill_null(0).to_numpy().astype(np.int64), rows))


def _holds(column: pa.DictionaryArray, name: str) -> np.ndarray:
    """Find the rows of a coded column that hold one name."""
    code = column.dictionary.index(name).as_py()
    return column.indices.fill_null(-1).to_numpy(zero_copy_only=False) == (-2 if code < 0 else code)
