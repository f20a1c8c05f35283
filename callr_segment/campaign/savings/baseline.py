"""What a campaign comes to as it is, row by row: what every change is held against."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import BATCH, as_mask
from callr_segment.campaign.columns.codes import Codes, combinations
from callr_segment.campaign.columns.options import Setting, encode_option
from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import PROBLEMS, resolve
from callr_segment.campaign.messages.counting import MessageCounts, count_messages
from callr_segment.campaign.rates.money import (
    LARGEST,
    cents,
    checked_product,
    checked_sum,
    from_decimal_array,
)
from callr_segment.campaign.recipients.audience import read_audience
from callr_segment.text.template import Template

__all__ = ["Baseline", "baseline_of", "count_with", "unforced", "uses"]


class Baseline(NamedTuple):
    """What is billed for each row: parts (0 where it is not sent), units, encoding, and the price of a part.

    ``costs`` and the ``prices`` of a part are the expected ones in microcents, ``numbers`` the digits of
    E.164, 0 where there is none; ``labels`` are those of the rows; ``priced`` is whether any has a price.
    """

    table: pa.Table
    plan: Plan
    sent: np.ndarray
    is_gsm: np.ndarray
    units: np.ndarray
    parts: np.ndarray
    over_by: np.ndarray
    costs: np.ndarray
    prices: np.ndarray
    problems: np.ndarray
    numbers: np.ndarray
    labels: pd.Index
    priced: bool

    def cost(self, parts: np.ndarray) -> np.ndarray:
        """Price so many parts of each row, in microcents; fewer than none are a saving."""
        return np.sign(parts) * checked_product(np.abs(parts), self.prices)

    def sum_costs(self, parts: np.ndarray) -> int:
        """Price so many parts of each row, all together in microcents; fewer than none are a saving."""
        most = int(np.abs(parts).max(initial=0)) * int(self.prices.max(initial=0)) * len(parts)
        return int(np.dot(parts, self.prices)) if most <= LARGEST else checked_sum(self.cost(parts))

    def total(self, parts: np.ndarray) -> Decimal | None:
        """Price so many parts of each row, all together in cents; None where nothing has a price."""
        return cents(self.sum_costs(parts)) if self.priced else None


def baseline_of(costed: Costed) -> Baseline:
    """Lay out everything about the rows of a campaign that savings are made of."""
    rows, table, plan = costed.enriched, costed.columns, costed.plan
    sent = as_mask(rows["billable"])
    units, parts, over_by = (rows[name].fill_null(0).to_numpy() for name in ("units", "parts", "over_by"))
    is_gsm = as_mask(pc.equal(rows["encoding"].cast(pa.string()), "gsm"))
    numbers, prices = _numbers_and_prices(table, plan)
    costs, _ = from_decimal_array(rows["cost_cents"])
    return Baseline(
        table=table, plan=plan, sent=sent, is_gsm=is_gsm, units=units, parts=parts, over_by=over_by,
        costs=costs, prices=prices, problems=rows[PROBLEMS].to_numpy(), numbers=numbers,
        labels=costed.source.index, priced=costed.summary.priced > 0,
    )  # fmt: skip


def uses(baseline: Baseline, wanted: np.ndarray) -> Iterator[tuple[Template, np.ndarray]]:
    """Find the rows that each template is sent to, of those that are wanted."""
    plan = baseline.plan
    if plan.choose is None:
        yield plan.templates[None], np.flatnonzero(wanted)
        return
    chosen = encode_option(baseline.table, Setting(column=plan.choose))
    group, keys = combinations([chosen], rows=len(baseline.table))
    found = [plan.template_of(key) for (key,) in keys]
    templates = list(dict.fromkeys(template for template in found if template is not None))
    places = np.array([-1 if each is None else templates.index(each) for each in found], np.intp)[group]
    for place, template in enumerate(templates):
        yield template, np.flatnonzero(wanted & (places == place))


def count_with(table: pa.Table, plan: Plan) -> MessageCounts:
    """Count every message of a table by a plan that may be another than it was made for."""
    done, counted = 0, [MessageCounts.empty(0)]
    for batch in table.to_batches(BATCH):
        nobody = np.zeros(len(batch), bool)
        counted.append(count_messages(batch, plan, wants_stop=nobody, first_row=done))
        done += len(batch)
    return MessageCounts(*(np.concatenate(column) for column in zip(*counted, strict=True)))


def unforced(baseline: Baseline) -> np.ndarray:
    """Tell the rows whose encoding is left to their characters."""
    chosen = encode_option(baseline.table, baseline.plan.encoding)
    if isinstance(chosen, Codes):
        return chosen.codes < 0
    return np.full(len(baseline.parts), chosen is None)


def _numbers_and_prices(table: pa.Table, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Read whom each row goes to, and what a part to it is expected to cost, in microcents; 0 is unknown."""
    numbers, prices = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for batch in table.to_batches(BATCH):
        audience = read_audience(batch, plan, prefixes=plan.prefixes)
        places, rates = resolve(plan, audience)
        numbers.append(audience.numbers)
        prices.append(np.array([*(rate.microcents for rate in rates), 0], np.int64)[places])
    return np.concatenate(numbers), np.concatenate(prices)
