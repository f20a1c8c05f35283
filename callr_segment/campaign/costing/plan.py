"""What to estimate: the options of `estimate`, checked against the columns there are and made ready."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import ClassVar

import pyarrow as pa

from callr_segment.alphabet.gsm import LIMITS
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.columns.options import CHOICES, OPTIONS
from callr_segment.campaign.messages.wording import Wording
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.recipients.addressing import Addressing
from callr_segment.errors import InputError
from callr_segment.text.policy import Policy

__all__ = ["Plan", "check_choices", "check_kinds"]


@dataclass(frozen=True, eq=False)
class Plan(Addressing, Wording):
    """Everything `enrich` needs to know; made once, good for any batch with the same columns."""

    SETTINGS: ClassVar[tuple[str, ...]] = tuple(OPTIONS)

    _: KW_ONLY
    rates: RateCard | None = None
    when: date | None = None
    invalid: str = "exclude"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column a batch must have."""
        chosen = () if self.choose is None else (self.choose,)
        return tuple(dict.fromkeys([*self.fields, *chosen, *super().columns]))

    @property
    def given(self) -> tuple[str, ...]:
        """Columns that the user's frame must have: not the fields whose values nobody knows yet."""
        return tuple(name for name in self.columns if name not in self.unknown)

    @property
    def prefixes(self) -> frozenset[str]:
        """Prefixes of numbers that decide the price."""
        return frozenset() if self.rates is None else self.rates.prefixes

    def read(self, frame: Frame) -> pa.Table:
        """Read the columns of a frame that are needed, as texts with offsets of 32 or 64 bits."""
        integers = frozenset(self.fields) - self.whole_texts
        return frame.read(self.given, to=self.to, settings=self.settings, integers=integers)


def check_choices(**values: object) -> None:
    """Refuse an option that is none of its choices."""
    for name, value in values.items():
        if value not in CHOICES[name]:
            raise InputError(f"{name} must be one of {', '.join(CHOICES[name])}, not {value!r}", value=value)


def check_kinds(
    *, rates: object, policy: object, exclude: object, when: object = None, limits: object = None
) -> None:
    """Refuse an object that is not what its option takes."""
    if rates is not None and not isinstance(rates, RateCard):
        way_out = "make one with RateCard(...), RateCard.flat(...) or RateCard.read_csv(...)"
        raise InputError(f"rates= takes a RateCard, not a {type(rates).__name__}; {way_out}", value=rates)
    if not isinstance(policy, Policy):
        raise InputError(f"policy= takes a Policy, not a {type(policy).__name__}", value=policy)
    if isinstance(exclude, str) or not (exclude is None or isinstance(exclude, Iterable)):
        raise InputError(f"exclude= takes a list of numbers, not {exclude!r}", value=exclude)
    if not (when is None or isinstance(when, date)):
        raise InputError(f"when= takes a date, not {when!r}; write date(2026, 2, 1)", value=when)
    if limits is not None and (not isinstance(limits, tuple) or len(limits) != len(LIMITS)):
        raise InputError(f"limits= takes four numbers such as {tuple(LIMITS)}, not {limits!r}", value=limits)
