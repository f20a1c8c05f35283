"""How far off an estimate would be if what it rests on were otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd

from callr_segment.campaign.columns.options import Setting
from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.summary import Summary
from callr_segment.campaign.rates.money import CENTS, cents, scaled, shown
from callr_segment.campaign.savings.baseline import Baseline, baseline_of, count_with, unforced
from callr_segment.errors import InputError, counted
from callr_segment.text.template import Template

__all__ = ["list_sensitivities"]

_SHARE_DECIMALS = 9


class _Doubt(NamedTuple):
    """What may be otherwise, and the parts and microcents it would then come to."""

    doubt: str
    parts: int
    cost: int


def list_sensitivities(costed: Costed, *, failed: str | int | Decimal) -> pd.DataFrame:
    """Cost a campaign again under each doubt, a line of words for each."""
    baseline, total = costed.view(baseline_of), costed.summary
    known = total.expected if total.priced else None
    currency = baseline.plan.rates.currency if baseline.plan.rates is not None and total.priced else None
    lines = []
    for doubt, parts, cost in _doubts(baseline, total, _share(failed)):
        money = None if known is None else (cents(cost), cents(cost - known))
        words = _words(_Doubt(doubt, parts - total.parts, cost - (known or 0)), currency)
        lines.append((doubt, parts, parts - total.parts, *(money or (None, None)), words))
    header = ["doubt", "parts", "more_parts", "cost_cents", "more_cents", "line"]
    frame = pd.DataFrame(lines, columns=header)
    return frame.astype({name: pd.ArrowDtype(CENTS) for name in ("cost_cents", "more_cents")})


def _doubts(baseline: Baseline, total: Summary, failed: int) -> Iterator[_Doubt]:
    named = {
        "if € and the other extension characters are not GSM": _without_extension(baseline),
        "if parts are units divided, and no pair is kept together": _divided(baseline),
    }
    if any(
        token in template.text for template in baseline.plan.templates.values() for token in template.tokens
    ):
        named["if what replaces a token is twice as long"] = _with_longer_tokens(baseline)
    for doubt, parts in named.items():
        change = baseline.sum_costs(parts - baseline.parts)
        yield _Doubt(doubt, int(parts.sum()), total.expected + change)
    if total.low != total.high:
        yield _Doubt("if all are on the cheapest network", total.parts, total.low)
        yield _Doubt("if all are on the dearest network", total.parts, total.high)
    lost = round(Decimal(total.expected) * failed / 10**_SHARE_DECIMALS)
    share = Decimal(failed) / 10 ** (_SHARE_DECIMALS - 2)
    yield _Doubt(f"if {share.normalize():f} % fail and are not billed", total.parts, total.expected - lost)


def _without_extension(baseline: Baseline) -> np.ndarray:
    """Count as Unicode what the extension table makes GSM: it has more septets than characters."""
    spelled = count_with(baseline.table, replace(baseline.plan, encoding=Setting("unicode")))
    doubtful = baseline.sent & baseline.is_gsm & unforced(baseline) & (baseline.units > spelled.units)
    return np.where(doubtful, spelled.parts, baseline.parts)


def _divided(baseline: Baseline) -> np.ndarray:
    limits = baseline.plan.limits
    single = np.where(baseline.is_gsm, limits.gsm_single, limits.unicode_single)
    part = np.where(baseline.is_gsm, limits.gsm_part, limits.unicode_part)
    return np.where(baseline.sent & (baseline.units > single), -(-baseline.units // part), baseline.parts)


def _with_longer_tokens(baseline: Baseline) -> np.ndarray:
    templates = {
        key: Template(
            template.text,
            tokens={name: 2 * size for name, size in template.tokens.items()},
            fields=template.fields,
        )
        for key, template in baseline.plan.templates.items()
    }
    plan: Plan = replace(baseline.plan, templates=templates)
    return np.where(baseline.sent, count_with(baseline.table, plan).parts, 0)


def _share(failed: str | int | Decimal) -> int:
    share = scaled(failed, decimals=_SHARE_DECIMALS)
    if share > 10**_SHARE_DECIMALS:
        raise InputError(f"a share is from 0 to 1, not {failed}; write 0.02 for 2 %", value=failed)
    return share


def _words(change: _Doubt, currency: str | None) -> str:
    doubt, parts, cost = change
    if not parts and not cost:
        return f"{doubt}: no difference"
    figures = [f"{counted(abs(parts), 'part')} {'more' if parts > 0 else 'fewer'}"] if parts else []
    if currency and cost:
        figures.append(f"{shown(abs(cents(cost)), currency)} {'more' if cost > 0 else 'less'}")
    return f"{doubt}: {', '.join(figures)}"
