"""The rules of `check`, for a whole frame."""

from __future__ import annotations

from typing import Any, Unpack

import pandas as pd

from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.costing.costed import cost_frame
from callr_segment.campaign.costing.plan import Options, Plan, showing_options

__all__ = ["check_many"]


@showing_options
def check_many(frame: Any, **options: Unpack[Options]) -> pd.DataFrame:
    """List what is wrong with the messages of a frame before they are sent: one line per problem.

    The options are those of `estimate`, the codes and severities those of `check`. Columns: ``row`` (label of
    the index), ``code``, ``severity`` (error or warning), ``field``, ``value``, ``way_out`` (texts).

    >>> frame = pd.DataFrame({"body": ["Your code is 1", ""], "to": ["+33612345678", "+33612345679"]})
    >>> check_many(frame, text="{body}", to="to", traffic="alerting")[["row", "code"]].values.tolist()
    [[1, 'empty']]
    """
    source = Frame(frame)
    return cost_frame(source, Plan.of(source.names, **options)).problems()
