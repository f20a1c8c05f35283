"""What tells where messages go: columns of numbers, countries and networks, and whom not to write to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from callr_segment._core import columnar
from callr_segment.campaign.columns.arrow import widened
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.columns.options import MARKETING, UNSET, Setting, read_settings
from callr_segment.text.policy import POLICY, Policy

__all__ = ["Addressing"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Addressing:
    """Whom rows are for: ``to`` is the column of numbers, each setting a column or one value for all.

    ``consent`` is a column of those who agreed to be written to; where it is blank nobody did.
    ``opted_out`` uint64[n] are the digits of the numbers nobody may write to, sorted.

    >>> Addressing.from_options(["tel", "pays"], to="tel", country="pays").columns
    ('tel', 'pays')
    """

    SETTINGS: ClassVar[tuple[str, ...]] = (
        "country",
        "network",
        "default_region",
        "traffic",
        "sender",
        "consent",
    )

    to: str | None = None
    country: Setting = UNSET
    network: Setting = UNSET
    default_region: Setting = UNSET
    traffic: Setting = MARKETING
    sender: Setting = UNSET
    consent: Setting = UNSET
    opted_out: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))
    policy: Policy = POLICY

    @classmethod
    def from_options(
        cls, columns: Sequence[str], *, to: str | None = None, **options: str | None
    ) -> Addressing:
        """Read options of `estimate` that tell where rows go, each a column or one value."""
        settings: dict[str, Any] = read_settings(columns, options)
        return Addressing(to=to, **settings)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The options that may be columns."""
        return tuple(getattr(self, name) for name in self.SETTINGS)

    @cached_property
    def opted_out_set(self) -> columnar.NumberSet:
        """The same numbers, to be looked up."""
        found = columnar.NumberSet()
        found.add_many(np.ascontiguousarray(self.opted_out, np.uint64))
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "opted_out_set"}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Columns that rows must have."""
        named = (self.to, *(setting.column for setting in self.settings))
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def read(self, frame: Frame) -> pa.Table:
        """Read those columns of a frame, as texts."""
        return widened(frame.read(self.columns, to=self.to))
