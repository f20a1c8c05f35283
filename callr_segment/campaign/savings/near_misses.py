"""Messages just over an edge: what ending a little earlier would save."""

from __future__ import annotations

import numpy as np
import pandas as pd

from callr_segment.alphabet.gsm import Limits
from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.rates.money import CENTS
from callr_segment.campaign.savings.baseline import Baseline, baseline_of
from callr_segment.errors import InputError

__all__ = ["list_near_misses", "parts_saved"]


def list_near_misses(costed: Costed, units: int) -> pd.DataFrame:
    """Tell, for each number of units up to so many, which messages lose a part with that many fewer."""
    baseline, lines = costed.view(baseline_of), []
    for cut in range(1, _checked_units(costed.plan.limits, units) + 1):
        fewer = parts_saved(baseline, cut)
        lines.append((cut, int(np.count_nonzero(fewer)), int(fewer.sum()), baseline.total(fewer)))
    frame = pd.DataFrame(lines, columns=["units", "messages", "parts", "cost_cents"]).set_index("units")
    return frame.astype({"cost_cents": pd.ArrowDtype(CENTS)})


def parts_saved(baseline: Baseline, units: int) -> np.ndarray:
    """Count the parts each message loses, at most one, if it ends so many units earlier: int64[n]."""
    _checked_units(baseline.plan.limits, units)
    return ((baseline.parts > 1) & (baseline.over_by <= units)).astype(np.int64)


def _checked_units(limits: Limits, units: object) -> int:
    """Refuse more units than a message of three parts can lose before it is but one."""
    most = min(2 * limits.gsm_part - limits.gsm_single, 2 * limits.unicode_part - limits.unicode_single)
    if not isinstance(units, int) or not 1 <= units <= most:
        raise InputError(f"messages are cut by 1 to {most} units, not {units!r}", value=units)
    return units
