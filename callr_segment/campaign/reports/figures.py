"""A costed campaign for programs: its totals and what they were made of, as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pandas as pd

from callr_segment._core.records import is_missing
from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.reports.provenance import FORMAT, origin_of
from callr_segment.campaign.savings.culprits import list_culprits, list_fields

__all__ = ["figures", "to_json"]


def figures(campaign: Costed) -> dict[str, Any]:
    """Gather the totals for programs: money is in cents, as exact text.

    >>> from callr_segment import RateCard, estimate
    >>> card = RateCard.flat("4.5", currency="EUR")
    >>> found = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}", rates=card)
    >>> figures(found)["cost_cents"]["expected"]
    '4.500000'
    """
    total, cost, spread = campaign.summary, campaign.cost_cents, campaign.cost_range_cents
    costs = (
        None if cost is None or spread is None else {"low": spread[0], "expected": cost, "high": spread[1]}
    )
    return {
        "format": FORMAT,
        "rows": total.rows,
        "messages": total.messages,
        "gsm": total.gsm,
        "units": total.units,
        "parts": total.parts,
        "currency": campaign.currency,
        "cost_cents": costs and {name: f"{cents:f}" for name, cents in costs.items()},
        "basis": {name: f"{share:.6f}" for name, share in campaign.basis.items()},
        "exact_share": None if campaign.exact_share is None else f"{campaign.exact_share:.6f}",
        "problems": dict(total.problems),
        "opted_out": {"given": len(campaign.plan.opted_out), "found": campaign.opted_out_found},
        "fields": _records(list_fields(campaign)),
        "culprits": _records(list_culprits(campaign)),
        "origin": origin_of(campaign),
    }


def to_json(campaign: Costed) -> str:
    """Write the totals for programs as JSON, readable by people too; half a character stands as its code.

    >>> from callr_segment import estimate
    >>> print(to_json(estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}"))[:41])
    {
      "format": "callr-segment estimate 1",
    """
    text = json.dumps(figures(campaign), ensure_ascii=False, indent=2)
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Write rows for programs: money as exact text, null for what is missing, no labels of a file's own."""
    records = frame.drop(columns="example_row").to_dict("records")
    return [{name: _plain(value) for name, value in row.items()} for row in records]


def _plain(value: Any) -> Any:
    if is_missing(value):
        return None
    return f"{value:f}" if isinstance(value, Decimal) else value if isinstance(value, int) else str(value)
