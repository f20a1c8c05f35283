"""Limits that a campaign must keep to before it is sent, for scripts and pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple, cast

import pyarrow.compute as pc

from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.rates.money import cents, microcents
from callr_segment.errors import BudgetExceeded, InputError, InvalidMessage, counted
from callr_segment.text.policy import CODES, Policy, Problem, limit_of

__all__ = ["Budget", "raise_if_over_budget", "raise_if_unsendable"]

_MOST_SHOWN = 10


class _Budget(NamedTuple):
    max_cost_cents: str | int | Decimal | None = None
    max_parts_per_message: int | None = None
    max_unpriced: int | None = None
    max_card_age: int | None = None


class Budget(_Budget):
    """What a campaign may come to; None is no limit.

    The expected cost is in cents, the parts are those of the longest message; rows without a price are
    counted, and the age of a rate card is in days.

    >>> Budget(max_cost_cents="16000", max_unpriced=0)
    Budget(max_cost_cents='16000', max_parts_per_message=None, max_unpriced=0, max_card_age=None)
    """

    __slots__ = ()

    def __new__(
        cls,
        max_cost_cents: str | int | Decimal | None = None,
        max_parts_per_message: int | None = None,
        max_unpriced: int | None = None,
        max_card_age: int | None = None,
    ) -> Budget:
        """Check the limits."""
        if max_cost_cents is not None:
            microcents(max_cost_cents)
        for limit in (max_parts_per_message, max_unpriced, max_card_age):
            if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 0):
                raise InputError(f"a limit is a whole number from 0 on, not {limit!r}", value=limit)
        return super().__new__(cls, max_cost_cents, max_parts_per_message, max_unpriced, max_card_age)


def raise_if_over_budget(budget: Budget | str | int | Decimal | None, found: Costed) -> None:
    """Raise BudgetExceeded, saying everything that is over, unless a campaign keeps to a budget."""
    if budget is None:
        return
    over = list(_excesses(budget if isinstance(budget, Budget) else Budget(budget), found))
    if over:
        error = BudgetExceeded("; ".join(over))
        error.estimate = cast("Any", found)  # an Estimate, which stands above this file
        raise error


def _excesses(budget: Budget, found: Costed) -> Iterator[str]:
    if budget.max_cost_cents is not None:
        yield from _cost_excess(cents(microcents(budget.max_cost_cents)), found)
    longest = pc.max(found.enriched["parts"]).as_py() or 0
    if budget.max_parts_per_message is not None and longest > budget.max_parts_per_message:
        yield (
            f"the longest message has {longest} parts, over the limit of {budget.max_parts_per_message}; "
            "shorten it, or see what_if()"
        )
    unpriced = max(found.summary.problems.get("unpriced", 0), found.summary.unpriced)
    if budget.max_unpriced is not None and unpriced > budget.max_unpriced:
        rows = counted(unpriced, "row")
        yield f"{rows} without a price, over the limit of {budget.max_unpriced}; add them to the card"
    if budget.max_card_age is not None:
        yield from _age_excess(budget.max_card_age, found)


def _cost_excess(allowed: Decimal, found: Costed) -> Iterator[str]:
    if found.plan.rates is None:
        raise InputError("a budget needs rates= to hold the cost against", value=allowed)
    if found.cost_cents is None or found.cost_cents <= allowed:
        return
    yield (
        f"{found.messages:,} messages of {found.parts:,} parts cost {found.cost_cents:,} cents, "
        f"{found.cost_cents - allowed:,} over the budget of {allowed:,}{_sum(found)}; raise it, or see "
        "culprits() for what makes them dear and what_if() for what they could cost"
    )


def _sum(found: Costed) -> str:
    """Explain a cost as the sum it is: by country, the dearest first."""
    groups = found.by("country")
    costs = groups["cost_cents"][groups.index.notna()].dropna().head(3)
    if costs.empty:
        return ""
    terms = [f"{name} {cost:,}" for name, cost in costs.items()]
    more = (found.cost_cents or Decimal()) - sum(costs, Decimal())
    return f" ({' + '.join([*terms, *([f'others {more:,}'] if more else [])])})"


def _age_excess(allowed: int, found: Costed) -> Iterator[str]:
    card = found.plan.rates
    age = None if card is None else card.age(on=found.plan.when)
    if age is None:
        yield f"nothing tells how old the rates are, and {allowed} days are allowed; give the card valid_from"
    elif age > allowed:
        yield f"the rates are {age:,} days old, over the limit of {allowed:,}; get those of today"


def raise_if_unsendable(found: Costed) -> None:
    """Raise InvalidMessage, saying what is wrong, if a row of an estimate cannot be sent."""
    left = found.summary.rows - found.messages
    if not left:
        return
    listed = found.problems(limit=_MOST_SHOWN)
    rows = listed[listed["severity"] == "error"].itertuples(index=False)
    errors = tuple(_row_problem(row, found.plan.policy) for row in rows)
    first = errors[0]
    message = (
        f"{left:,} of {found.summary.rows:,} rows cannot be sent; the first is row {first.row}, "
        f"{first.code}: {first.way_out}; see problems(), or leave these rows out"
    )
    raise InvalidMessage(message, problems=errors)


def _row_problem(row: Any, policy: Policy) -> Problem:
    """Tell of a row of a frame of problems what `check` tells of a message."""
    limit = limit_of(row.code, policy=policy)
    message = CODES[row.code].message.format(value=row.value, limit=limit)
    return Problem(row.code, "error", row.field, row.value, limit, message, row.way_out, row.row)
