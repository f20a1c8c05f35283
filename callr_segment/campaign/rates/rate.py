"""What one destination costs, made of the rows of a card that may apply to it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from callr_segment.campaign.rates.money import cents
from callr_segment.campaign.rates.rows import Row

__all__ = ["Basis", "Rate"]

Basis = Literal["exact", "weights", "learned mix", "unweighted mean"]


class Rate(NamedTuple):
    """What one destination costs: per part low, expected and high, and per message a fee.

    The three differ where the network is unknown and networks have more than one price; ``basis`` says what
    the expected one is: "exact", "weights" (those of the card), "learned mix" (as many as there were
    receipts) or "unweighted mean". ``lines`` are the places of the rows it comes from.

    >>> from callr_segment import RateCard
    >>> rate = RateCard({"DE": {"26201": "5.5", "26276": "5"}}, currency="EUR").lookup(country="DE")
    >>> rate.low_cents, rate.cents, rate.high_cents, rate.basis
    (Decimal('5.000000'), Decimal('5.250000'), Decimal('5.500000'), 'unweighted mean')
    """

    low_microcents: int
    microcents: int
    high_microcents: int
    fee_low_microcents: int
    fee_microcents: int
    fee_high_microcents: int
    basis: Basis
    lines: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Rate:
        """Make the rate of the rows that may apply; each mean is rounded once, half to even."""
        if len(rows) == 1:
            return cls._of_one(rows[0])
        basis, weights = _weights(rows)
        parts = [(row.low_microcents, row.microcents, row.high_microcents) for row in rows]
        part = _spread(parts, weights)
        fee = _spread([(row.fee_microcents, row.fee_microcents, row.fee_microcents) for row in rows], weights)
        if part[0] == part[2] and fee[0] == fee[2]:
            basis = "exact"
        return cls(*part, *fee, basis, tuple(sorted(row.line for row in rows)))

    @classmethod
    def _of_one(cls, row: Row) -> Rate:
        low, high, fee = row.low_microcents, row.high_microcents, row.fee_microcents
        basis = "exact" if low == high else _weights([row])[0]
        return cls(low, row.microcents, high, fee, fee, fee, basis, (row.line,))

    @property
    def exact(self) -> bool:
        """Whether there is but one price."""
        return self.basis == "exact"

    @property
    def low_cents(self) -> Decimal:
        """The least a part can cost."""
        return cents(self.low_microcents)

    @property
    def cents(self) -> Decimal:
        """What a part is expected to cost."""
        return cents(self.microcents)

    @property
    def high_cents(self) -> Decimal:
        """The most a part can cost."""
        return cents(self.high_microcents)

    @property
    def fee_cents(self) -> Decimal:
        """What a message is expected to cost besides its parts."""
        return cents(self.fee_microcents)


def _weights(rows: Sequence[Row]) -> tuple[Basis, list[int]]:
    """Tell how much each row counts: what the card says, else what was learned, else all the same."""
    said: dict[Basis, list[int | None]] = {
        "weights": [row.weight for row in rows],
        "learned mix": [row.receipts for row in rows],
    }
    for basis, column in said.items():
        weights = [weight for weight in column if weight is not None]
        if any(weights) and len(weights) == len(rows):
            return basis, weights
    return "unweighted mean", [1] * len(rows)


def _spread(prices: list[tuple[int, int, int]], weights: list[int]) -> tuple[int, int, int]:
    lows, expected, highs = zip(*prices, strict=True)
    total = sum(price * weight for price, weight in zip(expected, weights, strict=True))
    return min(lows), round(Fraction(total, sum(weights))), max(highs)
