"""How far off an estimate would be if what it rests on were otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd

from callr_segment.campaign.columns.options import Setting
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.summary import Summary
from callr_segment.campaign.rates.money import CENTS, cents, scaled
from callr_segment.campaign.savings.baseline import Billed, recount, unforced
from callr_segment.errors import InputError
from callr_segment.text.template import Template

__all__ = ["list_sensitivities"]

_SHARE_DECIMALS = 9


class _Doubt(NamedTuple):
    """What may be otherwise, and the parts and microcents it would then come to."""

    doubt: str
    parts: int
    cost: int


def list_sensitivities(billed: Billed, total: Summary, *, failed: str | int | Decimal) -> pd.DataFrame:
    """Cost an estimate again under each doubt, a line of words for each."""
    known = total.expected if total.priced else None
    currency = billed.plan.rates.currency if billed.plan.rates is not None and total.priced else None
    lines = []
    for doubt, parts, cost in _doubts(billed, total, _share(failed)):
        money = None if known is None else (cents(cost), cents(cost - known))
        words = _words(_Doubt(doubt, parts - total.parts, cost - (known or 0)), currency)
        lines.append((doubt, parts, parts - total.parts, *(money or (None, None)), words))
    header = ["doubt", "parts", "more_parts", "cost_cents", "more_cents", "line"]
    frame = pd.DataFrame(lines, columns=header)
    return frame.astype({name: pd.ArrowDtype(CENTS) for name in ("cost_cents", "more_cents")})


def _doubts(billed: Billed, total: Summary, failed: int) -> Iterator[_Doubt]:
    named = {
        "if € and the other extension characters are not GSM": _without_extension(billed),
        "if parts are units divided, and no pair is kept together": _divided(billed),
    }
    if any(
        token in template.text for template in billed.plan.templates.values() for token in template.tokens
    ):
        named["if what replaces a token is twice as long"] = _with_longer_tokens(billed)
    for doubt, parts in named.items():
        change = billed.sum_costs(parts - billed.parts)
        yield _Doubt(doubt, int(parts.sum()), total.expected + change)
    if total.low != total.high:
        yield _Doubt("if all are on the cheapest network", total.parts, total.low)
        yield _Doubt("if all are on the dearest network", total.parts, total.high)
    lost = round(Decimal(total.expected) * failed / 10**_SHARE_DECIMALS)
    share = Decimal(failed) / 10 ** (_SHARE_DECIMALS - 2)
    yield _Doubt(f"if {share.normalize():f} % fail and are not billed", total.parts, total.expected - lost)


def _without_extension(billed: Billed) -> np.ndarray:
    """Count as Unicode what the extension table makes GSM: it has more septets than characters."""
    spelled = recount(billed.table, replace(billed.plan, encoding=Setting("unicode")))
    doubtful = billed.sent & billed.is_gsm & unforced(billed) & (billed.units > spelled.units)
    return np.where(doubtful, spelled.parts, billed.parts)


def _divided(billed: Billed) -> np.ndarray:
    limits = billed.plan.limits
    single = np.where(billed.is_gsm, limits.gsm_single, limits.unicode_single)
    part = np.where(billed.is_gsm, limits.gsm_part, limits.unicode_part)
    return np.where(billed.sent & (billed.units > single), -(-billed.units // part), billed.parts)


def _with_longer_tokens(billed: Billed) -> np.ndarray:
    templates = {
        key: Template(
            template.text,
            tokens={name: 2 * size for name, size in template.tokens.items()},
            fields=template.fields,
        )
        for key, template in billed.plan.templates.items()
    }
    plan: Plan = replace(billed.plan, templates=templates)
    return np.where(billed.sent, recount(billed.table, plan).parts, 0)


def _share(failed: str | int | Decimal) -> int:
    share = scaled(failed, decimals=_SHARE_DECIMALS)
    if share > 10**_SHARE_DECIMALS:
        raise InputError(f"a share is from 0 to 1, not {failed}; write 0.02 for 2 %", value=failed)
    return share


def _words(change: _Doubt, currency: str | None) -> str:
    doubt, parts, cost = change
    if not parts and not cost:
        return f"{doubt}: no difference"
    noun = "part" if abs(parts) == 1 else "parts"
    figures = [f"{abs(parts):,} {noun} {'more' if parts > 0 else 'fewer'}"] if parts else []
    if currency and cost:
        amount = (abs(cents(cost)) / 100).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        figures.append(f"{amount:,} {currency} {'more' if cost > 0 else 'less'}")
    return f"{doubt}: {', '.join(figures)}"
