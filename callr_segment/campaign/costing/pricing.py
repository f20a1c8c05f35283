"""What each row costs by the kind of recipient it is for, and the problem that keeps it from being sent."""

from __future__ import annotations

from functools import lru_cache
from typing import get_args

import numpy as np
import pyarrow as pa

from callr_segment._core import columnar
from callr_segment.campaign.columns.options import all_missing, name_array
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.messages.counting import MessageCounts
from callr_segment.campaign.rates.money import CENTS, checked_total
from callr_segment.campaign.rates.rate import Basis, Rate
from callr_segment.campaign.recipients.audience import Audience, Recipients
from callr_segment.errors import InputError
from callr_segment.text.policy import CODES

__all__ = ["BASES", "COSTS", "PROBLEMS", "SEVERITIES", "UNKNOWN", "price_classes", "price_rows", "resolve"]

PROBLEMS = "problem_bits"
"""Column of an enriched batch with every problem of a row; ``problem`` names the first."""

COSTS = ("cost_low_cents", "cost_cents", "cost_high_cents")
"""The three figures of a cost."""

BASES: tuple[str, ...] = get_args(Basis)
"""How an expected cost is made, the surest way first."""

UNKNOWN = "unknown text"
"""The basis where not the price but the text is not known."""

SEVERITIES = ("error", "warning")


def resolve(plan: Plan, audience: Audience) -> tuple[np.ndarray, list[Rate]]:
    """Look up the rate of each row: its place among the rates (int32, -1 for none), and the rates."""
    found = _rates(plan, audience)
    rates = list(dict.fromkeys(rate for rate in found.values() if rate is not None))
    places: dict[Rate | None, int] = {rate: at for at, rate in enumerate(rates)}
    return audience.broadcast(lambda recipients: places.get(found[recipients], -1), np.int32), rates


def _rates(plan: Plan, audience: Audience) -> dict[Recipients, Rate | None]:
    classes = list(audience.listed.values())
    if plan.rates is None:
        return dict.fromkeys(classes)
    return dict(
        zip(classes, plan.rates.rates_of((each[:4] for each in classes), when=plan.when), strict=True)
    )


def price_rows(
    audience: Audience,
    messages: MessageCounts,
    table: np.ndarray,
    *,
    errors: int,
    reported: int,
    first_row: int,
) -> dict[str, pa.Array]:
    """Price and judge rows, and take the problems that the policy does not report out of ``messages``."""
    rows = len(audience.classes)
    names = audience.country_names
    costs = _room(rows, exact=_is_exact(table))
    found = columnar.cost_rows(
        audience.classes,
        table,
        messages.parts,
        messages.problems,
        errors=errors,
        reported=reported,
        costs=costs,
    )
    if found.over >= 0:
        raise _too_dear(first_row + found.over, int(messages.parts[found.over]))
    checked_total(found.total)
    priced, troubled = (costs.priced, found.priced), (costs.troubled, found.troubled)
    money = zip(COSTS, costs[:3], strict=True)
    return {
        "country": _named(costs.country, pa.int16(), rows, (costs.located, found.located), names),
        **{name: _column(cells, CENTS, rows, priced) for name, cells in money},
        "basis": _named(costs.basis, pa.int8(), rows, priced, BASES),
        "problem": _named(costs.problem, pa.int8(), rows, troubled, tuple(CODES)),
        "severity": _named(costs.severity, pa.int8(), rows, troubled, SEVERITIES),
        PROBLEMS: pa.array(messages.problems),
    }


def price_classes(audience: Audience, plan: Plan, errors: int) -> np.ndarray:
    """Lay out what each class costs: int64[classes + 1, len(PriceClass)], that of the code -1 first."""
    places, rates = _places(audience.country_names), _rates(plan, audience)
    table = np.zeros((max(audience.listed, default=-1) + 2, len(columnar.PriceClass._fields)), np.int64)
    for code, recipients in audience.listed.items():
        problems, rate = recipients.problems, rates[recipients]
        if rate is None and plan.rates is not None and not problems & errors & CODES["invalid_number"].bit:
            problems |= CODES["unpriced"].bit
        table[code + 1] = _kind(problems, rate, places.get(recipients.country, -1))
    return table


def _is_exact(table: np.ndarray) -> bool:
    """Whether rows of all classes cost the same at least, as expected, and at most."""
    part, fee = table[:, 1:4], table[:, 4:7]
    return bool((part == part[:, :1]).all() and (fee == fee[:, :1]).all())


def _room(rows: int, *, exact: bool) -> columnar.CostColumns:
    """Make room for costs; where they are exact, one column does for all three."""
    costs = columnar.CostColumns(
        *(pa.allocate_buffer(columnar.count_bytes(bits, rows)) for bits in columnar.COST_BITS)
    )
    return costs._replace(low=costs.expected, high=costs.expected) if exact else costs


@lru_cache(maxsize=16)
def _places(names: tuple[str, ...]) -> dict[str | None, int]:
    return {name: at for at, name in enumerate(names)}


@lru_cache(maxsize=1 << 17)
def _kind(problems: int, rate: Rate | None, country: int) -> columnar.PriceClass:
    if rate is None:
        return columnar.PriceClass(problems=problems, country=country)
    *figures, basis, _ = rate
    low, expected, high, fee_low, fee, fee_high = figures
    most = (columnar.LARGEST_COST - fee_high) // max(high, 1)
    return columnar.PriceClass(
        problems, low, expected, high, fee_low, fee, fee_high, most, BASES.index(basis), country
    )


def _too_dear(row: int, parts: int) -> InputError:
    return InputError(
        f"row {row}: {parts} parts at its price pass 18 digits of microcents: check the price",
        row=row,
        value=parts,
    )


def _column(cells: pa.Buffer, kind: pa.DataType, rows: int, present: tuple[pa.Buffer, int]) -> pa.Array:
    """Make an array of filled memory, and of the bits and the number of the cells that are there."""
    bits, count = present
    return pa.Array.from_buffers(kind, rows, [None if count == rows else bits, cells], rows - count)


def _named(
    cells: pa.Buffer, kind: pa.DataType, rows: int, present: tuple[pa.Buffer, int], names: tuple[str, ...]
) -> pa.DictionaryArray:
    if not present[1]:
        return all_missing(kind, rows, names)
    return pa.DictionaryArray.from_arrays(_column(cells, kind, rows, present), name_array(names), safe=False)
