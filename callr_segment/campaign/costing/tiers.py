"""Volume discounts: one line below the total of a campaign, never in its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

from callr_segment.campaign.costing.summary import Summary
from callr_segment.campaign.rates.money import cents, microcents, quoted, scaled
from callr_segment.errors import InputError

__all__ = ["Adjustment", "Tiers"]

SHARE_DECIMALS = 6
CHOICES = {"off": ("share", "cents"), "kind": ("graduated", "all-units")}


class Adjustment(NamedTuple):
    """What comes off a total, as amounts below zero: add them to the low, expected and high cost.

    >>> Adjustment(-300_000, -300_000, -250_000, "tiers").cents
    Decimal('-0.300000')
    """

    low_microcents: int
    microcents: int
    high_microcents: int
    reason: str

    @property
    def low_cents(self) -> Decimal:
        """What comes off the lowest cost."""
        return cents(self.low_microcents)

    @property
    def cents(self) -> Decimal:
        """What comes off the expected cost."""
        return cents(self.microcents)

    @property
    def high_cents(self) -> Decimal:
        """What comes off the highest cost."""
        return cents(self.high_microcents)


@dataclass(frozen=True)
class Tiers:
    """What comes off the prices of a card after so many parts in a period, such as a month.

    ``discounts`` maps a number of parts to what comes off once more than these are used: with
    ``off="share"`` a share from 0 to 1, with ``off="cents"`` cents per part. ``kind="graduated"`` takes it
    off the parts beyond that number only, ``kind="all-units"`` off all parts of the period.

    >>> tiers = Tiers({10_000: "0.05", 100_000: "0.10"})
    >>> tiers.adjust(Summary(parts=4_000, low=400, expected=400, high=400), used=8_000).microcents
    -10
    """

    discounts: Mapping[int, str | int | Decimal]
    off: Literal["share", "cents"] = "share"
    kind: Literal["graduated", "all-units"] = "graduated"

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if (value := getattr(self, name)) not in allowed:
                raise InputError(f"{name} must be one of {', '.join(allowed)}, not {value!r}", value=value)
        if not isinstance(self.discounts, Mapping):
            raise InputError(
                f"discounts are a mapping such as {{10_000: '0.05'}}, not {quoted(self.discounts)}",
                value=self.discounts,
            )
        if not self._steps[1:] and not self._steps[0][1]:
            raise InputError("tiers without a discount: say after how many parts what comes off")

    @cached_property
    def _steps(self) -> tuple[tuple[int, int], ...]:
        """Numbers of parts, each with what comes off beyond it."""
        read = {_parts(parts): self._discount(parts, value) for parts, value in self.discounts.items()}
        return tuple(sorted(({0: 0} | read).items()))

    def _discount(self, parts: int, value: object) -> int:
        try:
            amount = microcents(value) if self.off == "cents" else scaled(value, decimals=SHARE_DECIMALS)
        except InputError as error:
            raise InputError(f"discount after {parts:,} parts: {error}", value=value) from None
        if self.off == "share" and amount > 10**SHARE_DECIMALS:
            message = f"discount after {parts:,} parts: {quoted(value)} is over 1: write 5 % as 0.05"
            raise InputError(message, value=value)
        return amount

    def adjust(
        self, total: Summary, *, used: int = 0, used_cents: str | int | Decimal | None = None
    ) -> Adjustment:
        """Tell what comes off the total of a campaign, of which ``used`` parts of the period are gone before.

        Which of its parts come last is not known: a share is taken off their mean price, fees included, and
        rounded once to a millionth of a cent. When a campaign takes all units to the next tier, the parts
        used before get cheaper too: a share of ``used_cents``, what these cost by the card, comes off here.

        >>> total = Summary(parts=3_000, low=10**10, expected=10**10, high=10**10)
        >>> Tiers({10_000: "0.01"}, off="cents").adjust(total, used=8_000).cents
        Decimal('-10.000000')
        >>> Tiers({10_000: "0.01"}, off="cents", kind="all-units").adjust(total, used=8_000).reason
        'all-units tiers: 8,000 parts used before, 3,000 now'
        """
        used = _parts(used)
        costs = (total.low, total.expected, total.high)
        if self.off == "cents":
            amounts = [self._off(used + total.parts) - self._off(used)] * len(costs)
        else:
            before = self._used_microcents(total.parts, used, used_cents)
            amounts = [self._share_off(cost, total.parts, used, before) for cost in costs]
        if self.kind == "graduated" and amounts[0] > total.low:
            raise InputError(
                f"{cents(amounts[0])} cents come off {total.parts:,} parts of {cents(total.low)} cents: check"
                " the discounts against the card",
                value=cents(amounts[0]),
            )
        low, expected, high = (-amount for amount in amounts)
        reason = f"{self.kind} tiers: {used:,} parts used before, {total.parts:,} now"
        return Adjustment(low, expected, high, reason)

    def _step(self, parts: int) -> int:
        """Tell what comes off in the tier that so many parts have reached."""
        return next(off for start, off in reversed(self._steps) if parts > start or start == 0)

    def _off(self, parts: int) -> int:
        """Add up what comes off so many parts of a period."""
        if self.kind == "all-units":
            return parts * self._step(parts)
        ends = [*(start for start, _ in self._steps[1:]), parts]
        tiers = zip(self._steps, ends, strict=True)
        return sum(max(0, min(end, parts) - start) * off for (start, off), end in tiers)

    def _share_off(self, cost: int, parts: int, used: int, before: int) -> int:
        """Take a share of what this campaign costs, and of what was used before it if that gets cheaper."""
        if self.kind == "all-units":
            now, then = self._step(used + parts), self._step(used)
            return round(Fraction(cost * now + before * (now - then), 10**SHARE_DECIMALS))
        off = self._off(used + parts) - self._off(used)
        return round(Fraction(cost * off, parts * 10**SHARE_DECIMALS)) if parts else 0

    def _used_microcents(self, parts: int, used: int, used_cents: str | int | Decimal | None) -> int:
        """Read what was spent before; it must be known if its tier changes."""
        if used_cents is not None:
            return microcents(used_cents)
        if self.kind == "all-units" and used and self._step(used + parts) != self._step(used):
            raise InputError(
                f"the {used:,} parts used before change tier too: say used_cents=, what they cost by the card"
            )
        return 0


def _parts(value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InputError(f"{quoted(value)} is no number of parts: write 0 or more", value=value)
    return value
