"""The messages of an estimate counted again, as they would be if something were different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment.campaign.columns.arrow import BATCH
from callr_segment.campaign.columns.codes import Codes, combinations
from callr_segment.campaign.columns.options import Setting, encode_option
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import resolve
from callr_segment.campaign.messages.counting import MessageCounts, count_messages
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.money import LARGEST, cents, checked_product, checked_sum
from callr_segment.campaign.recipients.audience import read_audience
from callr_segment.text.template import Template

__all__ = ["Billed", "expected_costs", "numbers_and_prices", "recount", "unforced", "uses"]


class Billed(NamedTuple):
    """What is billed for each row: parts (0 where it is not sent), units, encoding, and the price of a part.

    ``costs`` and the ``prices`` of a part are the expected ones in microcents, ``numbers`` the digits of
    E.164, 0 where there is none; ``labels`` are those of the rows.
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

    def cost(self, parts: np.ndarray) -> np.ndarray:
        """Price so many parts of each row, in microcents; fewer than none are a saving."""
        return np.sign(parts) * checked_product(np.abs(parts), self.prices)

    def sum_costs(self, parts: np.ndarray) -> int:
        """Price so many parts of each row, all together in microcents; fewer than none are a saving."""
        most = int(np.abs(parts).max(initial=0)) * int(self.prices.max(initial=0)) * len(parts)
        return int(np.dot(parts, self.prices)) if most <= LARGEST else checked_sum(self.cost(parts))

    def total(self, parts: np.ndarray) -> Decimal | None:
        """Price so many parts of each row, all together in cents; None where nothing has a price."""
        return cents(self.sum_costs(parts)) if self.plan.rates is not None else None


def uses(billed: Billed, wanted: np.ndarray) -> Iterator[tuple[Template, np.ndarray]]:
    """Find the rows that each template is sent to, of those that are wanted."""
    plan = billed.plan
    if plan.choose is None:
        yield plan.templates[None], np.flatnonzero(wanted)
        return
    group, keys = combinations(
        [encode_option(billed.table, Setting(column=plan.choose))], rows=len(billed.table)
    )
    for at, (key,) in enumerate(keys):
        yield plan.templates[key], np.flatnonzero(wanted & (group == at))


def recount(table: pa.Table, plan: Plan) -> MessageCounts:
    """Count every message of a table by a plan that may be another than it was made for."""
    done, counted = 0, [MessageCounts.empty(0)]
    for batch in table.to_batches(BATCH):
        nobody = np.zeros(len(batch), bool)
        counted.append(count_messages(batch, plan, wants_stop=nobody, first_row=done))
        done += len(batch)
    return MessageCounts(*(np.concatenate(column) for column in zip(*counted, strict=True)))


def unforced(billed: Billed) -> np.ndarray:
    """Tell the rows whose encoding is left to their characters."""
    chosen = encode_option(billed.table, billed.plan.encoding)
    if isinstance(chosen, Codes):
        return chosen.codes < 0
    return np.full(len(billed.parts), chosen is None)


def expected_costs(billed: Billed, card: RateCard) -> tuple[np.ndarray, np.ndarray]:
    """Price the messages by another card: microcents of each row, and whether it has a price at all."""
    plan = replace(billed.plan, rates=card)
    costs, priced = [np.zeros(0, np.int64)], [np.zeros(0, bool)]
    for batch in billed.table.to_batches(BATCH):
        places, rates = resolve(plan, read_audience(batch, plan, prefixes=plan.prefixes))
        fees = np.array([*(rate.fee_microcents for rate in rates), 0], np.int64)
        parts = np.array([*(rate.microcents for rate in rates), 0], np.int64)
        done = sum(map(len, priced))
        counts = billed.parts[done : done + len(batch)]
        costs.append(checked_product(counts, parts[places]) + np.where(counts > 0, fees[places], 0))
        priced.append(places >= 0)
    return np.concatenate(costs), np.concatenate(priced)


def numbers_and_prices(table: pa.Table, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Read whom each row goes to, and what a part to it is expected to cost, in microcents; 0 is unknown."""
    numbers, prices = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for batch in table.to_batches(BATCH):
        audience = read_audience(batch, plan, prefixes=plan.prefixes)
        places, rates = resolve(plan, audience)
        numbers.append(audience.numbers)
        prices.append(np.array([*(rate.microcents for rate in rates), 0], np.int64)[places])
    return np.concatenate(numbers), np.concatenate(prices)
