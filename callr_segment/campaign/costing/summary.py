"""What costed rows sum to, however they are split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal

import pyarrow as pa

from callr_segment._core import columnar
from callr_segment.campaign.costing.pricing import COSTS, PROBLEMS, UNKNOWN
from callr_segment.campaign.rates.money import cents, checked_total
from callr_segment.text.policy import CODES

__all__ = ["Summary"]


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
    def unpriced(self) -> int:
        """How many of the messages have no price, whether or not a policy reports it."""
        return self.messages - self.priced

    @property
    def cost_cents(self) -> Decimal:
        """Expected cost."""
        return cents(self.expected)


def _small(codes: pa.Array) -> pa.Array:
    return codes if codes.type == pa.int8() else codes.cast(pa.int8())


def _place(name: str, names: list[str]) -> int:
    return names.index(name) if name in names else -1
