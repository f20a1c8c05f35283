"""The rules of `check`, for a whole frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from callr_segment.campaign.estimation import estimate
from callr_segment.text.policy import POLICY, Policy
from callr_segment.text.template import Template

__all__ = ["check_many"]


def check_many(
    frame: Any,
    *,
    text: str | Template | Mapping[str, str | Template],
    to: str | None = None,
    choose: str | None = None,
    default_region: str | None = None,
    sender: str | None = None,
    traffic: str = "marketing",
    encoding: str | None = None,
    policy: Policy = POLICY,
) -> pd.DataFrame:
    """List what is wrong with the messages of a frame before they are sent: one line per problem.

    The options are those of `estimate`, the codes and severities those of `check`. ``row`` is the label of
    the index.

    >>> frame = pd.DataFrame({"body": ["Your code is 1", ""], "to": ["+33612345678", "+33612345679"]})
    >>> check_many(frame, text="{body}", to="to", traffic="alerting")[["row", "code"]].values.tolist()
    [[1, 'empty']]
    """
    found = estimate(
        frame,
        text=text,
        to=to,
        choose=choose,
        default_region=default_region,
        sender=sender,
        traffic=traffic,
        encoding=encoding,
        policy=policy,
    )
    return found.problems()
