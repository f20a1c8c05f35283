"""Where the rows of a frame go, without a text to send there."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from callr_segment.campaign.columns.codes import Codes
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.costing.plan import Plan, settings
from callr_segment.campaign.messages.counting import coded
from callr_segment.campaign.recipients.audience import Audience, read_audience

__all__ = ["Destinations", "plan_of", "read_destinations"]

Coded = Codes | str | None


class Destinations(NamedTuple):
    """The numbers, countries, networks and traffic of rows; ``known`` are not those of a wrong number."""

    audience: Audience
    networks: Coded
    traffic: Coded
    known: np.ndarray


def plan_of(frame: Frame, *, to: str | None, when: date | None = None, **options: str | None) -> Plan:
    """Make a plan of what says where rows go: options of `estimate`, each a column or one value."""
    named: dict[str, Any] = {**settings(frame.names, options)}
    return Plan({}, to=to, when=when, **named)


def read_destinations(table: pa.Table, plan: Plan) -> Destinations:
    """Read where each row goes."""
    batch = (table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], table.schema)])[0]
    audience = read_audience(batch, plan)
    known = np.full(len(batch), plan.to is None) | (audience.numbers != 0)
    return Destinations(audience, coded(batch, plan.network), coded(batch, plan.traffic), known)
