"""What a part costs with a Callr that is not there, and on which network a number is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from callr_segment.errors import InputError

__all__ = ["Price", "Prices", "Tariff"]

Price = str | int | Decimal
Prices = Price | Mapping[str, Price | Mapping[str, Price]]

_NETWORKS = {"FR": "20801", "BE": "20601", "GB": "23410", "DE": "26201", "ES": "21401", "IT": "22201"}
_TEST_NETWORK = "00101"  # what ITU-T E.212 keeps for tests


class Tariff:
    """Prices of a part in cents: one for all, by country, by country and network, or those of a RateCard.

    >>> tariff = Tariff({"FR": "4.50", "BE": {"20601": "6", "20605": "7"}})
    >>> tariff.network("+33612345678", "FR"), tariff.network("+32470000001", "BE")
    ('20801', '20605')
    >>> tariff.cents("+32470000001", "20605", country="BE", traffic="marketing")
    Decimal('7')
    """

    _prices: dict[tuple[str | None, str | None], Decimal | None]

    def __init__(self, rates: Prices | Any) -> None:
        self._card: Any = rates if hasattr(rates, "lookup") and hasattr(rates, "rows") else None
        if self._card is not None:
            self._prices = {(row.country, row.network): None for row in self._card.rows}
        else:
            by_country = rates if isinstance(rates, Mapping) else {None: rates}
            self._prices = {
                (country, network): _cents(price)
                for country, prices in by_country.items()
                for network, price in (prices if isinstance(prices, Mapping) else {None: prices}).items()
            }

    def network(self, to: str, country: str | None) -> str:
        """Put a number on one of its country's networks that have a price, always the same one."""
        priced = sorted(network for each, network in self._prices if each == country and network)
        return priced[int(to[1:]) % len(priced)] if priced else _NETWORKS.get(country or "", _TEST_NETWORK)

    def cents(self, to: str, network: str, *, country: str | None, traffic: str) -> Decimal | None:
        """Find the price of a part; None where nothing is sent to."""
        if self._card is not None:
            listed = network if (country, network) in self._prices else None
            rate = self._card.lookup(to, listed, country=country, traffic=traffic)
            return None if rate is None else rate.cents
        keys = ((country, network), (country, None), (None, None))
        return next((self._prices[key] for key in keys if key in self._prices), None)


def _cents(price: object) -> Decimal:
    try:
        found = Decimal(price) if isinstance(price, str | int | Decimal) else Decimal("nan")
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or found < 0:
        raise InputError(
            f"{price!r} is no price of a part; write cents as text, such as '4.50', or a mapping by country",
            value=price,
        )
    return found
