"""What a rate card says of the destinations there are: which it prices, by which rows, and which not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.rates.money import CENTS
from callr_segment.campaign.rates.rate import Rate
from callr_segment.campaign.rates.rows import Row
from callr_segment.campaign.recipients.addressing import Addressing
from callr_segment.campaign.recipients.audience import read_audience

__all__ = ["count_destinations", "list_coverage", "read_destinations"]

UNPRICED = "unpriced"
LEVELS = ("network", "prefix", "country")

Destination = tuple[str | None, str | None, str | None, str | None]


def read_destinations(
    destinations: Any, *, to: str | None, **options: str | None
) -> tuple[Addressing, pa.Table]:
    """Read where rows go: of a frame by options of `estimate`; a costed campaign has its own."""
    if hasattr(destinations, "plan"):
        return destinations.plan, destinations.columns
    frame = Frame(destinations)
    addressing = Addressing.from_options(frame.names, to=to, **options)
    return addressing, addressing.read(frame)


def count_destinations(
    table: pa.Table, addressing: Addressing, prefixes: frozenset[str]
) -> Counter[Destination]:
    """Count rows by the prefix, country, network and traffic they go to; a wrong number goes nowhere.

    >>> table = pa.table({"to": pa.array(["+33639980102", "n/a", "+33639980103"], pa.large_string())})
    >>> count_destinations(table, Addressing(to="to"), frozenset({"336"}))
    Counter({('336', 'FR', None, 'marketing'): 2})
    """
    counts: Counter[Destination] = Counter()
    for batch in table.to_batches():
        audience = read_audience(batch, addressing, prefixes=prefixes)
        known = audience.classes if addressing.to is None else audience.classes[audience.numbers != 0]
        codes, rows = np.unique(known, return_counts=True)
        for code, count in zip(codes.tolist(), rows.tolist(), strict=True):
            counts[audience.known.listed[code][:4]] += count
    return counts


def list_coverage(
    destinations: Mapping[Destination, int],
    rates_of: Callable[[Iterable[Destination]], list[Rate | None]],
    rows: Iterable[Row],
) -> pd.DataFrame:
    """List destinations with how they are priced, those without a price first, then by their rows.

    >>> from callr_segment import RateCard
    >>> card = RateCard({"FR": "4.5"}, currency="EUR")
    >>> counts = {("", "FR", None, None): 2, ("", "BE", None, None): 1}
    >>> list_coverage(counts, card.rates_of, card.rows)[["country", "rows", "basis", "priced_by"]]
      country  rows     basis priced_by
    0      BE     1  unpriced      <NA>
    1      FR     2     exact   country
    """
    counts: Counter[tuple[str | None, str | None, Rate | None]] = Counter()
    for (destination, count), rate in zip(destinations.items(), rates_of(destinations), strict=True):
        counts[destination[1], destination[2], rate] += count
    by_line: dict[int, list[Row]] = {}
    for row in rows:
        by_line.setdefault(row.line, []).append(row)
    return _frame(
        [
            (country, network, count, *_price(rate, by_line))
            for (country, network, rate), count in counts.items()
        ]
    )


def _price(rate: Rate | None, rows: Mapping[int, Sequence[Row]]) -> tuple[object, ...]:
    if rate is None:
        return UNPRICED, None, None, None, None
    levels = _levels(row for line in rate.lines for row in rows[line])
    return rate.basis, levels, rate.low_cents, rate.cents, rate.high_cents


def _levels(rows: Iterable[Row]) -> str:
    """Name what the rows of a rate are for, each by the most specific it names."""
    levels = {next((level for level in LEVELS if getattr(row, level)), "default") for row in rows}
    return ", ".join(level for level in (*LEVELS, "default") if level in levels)


def _frame(listed: list[tuple[Any, ...]]) -> pd.DataFrame:
    money = {name: pd.ArrowDtype(CENTS) for name in ("low_cents", "cents", "high_cents")}
    texts = dict.fromkeys(("country", "network", "basis", "priced_by"), pd.StringDtype())
    names = ["country", "network", "rows", "basis", "priced_by", *money]
    frame = pd.DataFrame(listed, columns=names, dtype=object).astype({**texts, "rows": "int64", **money})
    order = pd.DataFrame({"priced": frame["basis"] != UNPRICED, "rows": -frame["rows"]})
    order = order.assign(country=frame["country"], network=frame["network"])
    return frame.loc[
        order.sort_values(["priced", "rows", "country", "network"], na_position="first").index
    ].reset_index(drop=True)
