"""How to pay less: messages just over an edge, and what a few characters fewer would save."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from callr_segment.alphabet import Limits
from callr_segment.campaign.money import CENTS
from callr_segment.campaign.recounting import Billed
from callr_segment.errors import InputError

__all__ = ["list_near_misses", "parts_saved"]


def list_near_misses(billed: Billed, units: int) -> pd.DataFrame:
    """Tell, for each number of units up to so many, which messages lose a part with that many fewer."""
    most = _farthest(billed.plan.limits)
    if not isinstance(units, int) or not 1 <= units <= most:
        raise InputError(f"near_misses() takes 1 to {most} units, not {units!r}", value=units)
    lines = [(cut, *_saved(billed, parts_saved(billed, cut))) for cut in range(1, units + 1)]
    frame = pd.DataFrame(lines, columns=["units", "messages", "parts", "cost_cents"]).set_index("units")
    return frame.astype({"cost_cents": pd.ArrowDtype(CENTS)})


def parts_saved(billed: Billed, units: int) -> np.ndarray:
    """Count the parts each message loses, at most one, if it ends so many units earlier."""
    return ((billed.parts > 1) & (billed.over_by <= units)).astype(np.int64)


def _farthest(limits: Limits) -> int:
    """Tell how many units a message of three parts can lose before it could be but one."""
    return min(2 * limits.gsm_part - limits.gsm_single, 2 * limits.unicode_part - limits.unicode_single)


def _saved(billed: Billed, parts: np.ndarray) -> tuple[int, int, Decimal | None]:
    return int(np.count_nonzero(parts)), int(parts.sum()), billed.total(parts)
