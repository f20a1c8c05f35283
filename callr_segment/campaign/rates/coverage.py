"""What a rate card says of the destinations there are: which it prices, by which rows, and which not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment.campaign.columns.codes import Codes, combinations
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.estimation import Estimate
from callr_segment.campaign.rates.card import Rate, RateCard
from callr_segment.campaign.rates.money import CENTS
from callr_segment.campaign.rates.rows import Row
from callr_segment.campaign.recipients.destinations import plan_of, read_destinations

__all__ = ["list_coverage"]

UNPRICED = "unpriced"
LEVELS = ("network", "prefix", "country")


def list_coverage(
    card: RateCard, destinations: Any, *, to: str | None, when: date | None, **options: str | None
) -> pd.DataFrame:
    """List the destinations of a frame or an estimate, those without a price first, then by their rows.

    >>> frame = pd.DataFrame({"to": ["+33639980102", "+32470000001", "+33639980103"]})
    >>> card = RateCard({"FR": "4.5"}, currency="EUR")
    >>> list_coverage(card, frame, to="to", when=None)[["country", "rows", "basis", "priced_by"]]
      country  rows     basis priced_by
    0      BE     1  unpriced      <NA>
    1      FR     2     exact   country
    """
    if isinstance(destinations, Estimate):
        plan, table = destinations.plan, destinations._table
    else:
        frame = Frame(destinations)
        plan = plan_of(frame, to=to, when=when, **options)
        table = frame.read(plan)
    return _listed(card, table, plan)


def _listed(card: RateCard, table: pa.Table, plan: Plan) -> pd.DataFrame:
    found = read_destinations(table, plan)
    countries = found.audience.countries
    prices, rates = card.resolve(
        rows=len(table),
        numbers=found.audience.dialled,
        countries=countries,
        networks=found.networks,
        traffic=found.traffic,
        when=plan.when,
    )
    column = Codes(prices, [str(at) for at in range(len(rates))])
    index, destinations = combinations([countries, found.networks, column], rows=len(table))
    counts = np.bincount(index[found.known], minlength=len(destinations)).tolist()
    rows: dict[int, list[Row]] = {}
    for row in card.rows:
        rows.setdefault(row.line, []).append(row)
    listed = [
        (country, network, count, *_price(None if rate is None else rates[int(rate)], rows))
        for (country, network, rate), count in zip(destinations, counts, strict=True)
        if count
    ]
    return _frame(listed)


def _price(rate: Rate | None, rows: Mapping[int, Sequence[Row]]) -> tuple[object, ...]:
    if rate is None:
        return UNPRICED, None, None, None, None
    levels = _levels(row for line in rate.lines for row in rows[line])
    return rate.basis, levels, rate.low_cents, rate.cents, rate.high_cents


def _levels(rows: Iterable[Row]) -> str:
    """Name what the rows of a rate are for, each by the most specific it names."""
    levels = {next((level for level in LEVELS if getattr(row, level)), "default") for row in rows}
    return ", ".join(level for level in (*LEVELS, "default") if level in levels)


def _frame(listed: list[tuple[object, ...]]) -> pd.DataFrame:
    money = {name: pd.ArrowDtype(CENTS) for name in ("low_cents", "cents", "high_cents")}
    texts = dict.fromkeys(("country", "network", "basis", "priced_by"), pd.StringDtype())
    names = ["country", "network", "rows", "basis", "priced_by", *money]
    frame = pd.DataFrame(listed, columns=names, dtype=object).astype({**texts, "rows": "int64", **money})
    order = pd.DataFrame({"priced": frame["basis"] != UNPRICED, "rows": -frame["rows"]})
    order = order.assign(country=frame["country"], network=frame["network"])
    return frame.loc[
        order.sort_values(["priced", "rows", "country", "network"], na_position="first").index
    ].reset_index(drop=True)
