"""What a part costs with a Callr that is not there, and on which network a number is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, Protocol

from callr_segment.errors import InputError

__all__ = ["Card", "Price", "Prices", "Tariff", "network_of", "tariff_of"]

Price = str | int | Decimal
Prices = Price | Mapping[str, Price | Mapping[str, Price]]

_NETWORKS = {"FR": "20801", "BE": "20601", "GB": "23410", "DE": "26201", "ES": "21401", "IT": "22201"}
_TEST_NETWORK = "00101"  # what ITU-T E.212 keeps for tests


class Card(Protocol):
    """What knows prices as a RateCard does."""

    @property
    def rows(self) -> Any:
        """Its rows: each has a country, and a network or None."""
        ...

    def lookup(self, to: str, network: str | None, *, country: str | None, traffic: str) -> Any:
        """Find the rate of a message: its ``cents``; None where there is none."""
        ...


class Tariff(NamedTuple):
    """Prices of a part in cents, by country and then by network; None is any other one."""

    prices: Mapping[str | None, Mapping[str | None, Decimal]]

    def networks(self, country: str | None) -> list[str]:
        """List the networks of a country that have prices of their own."""
        return sorted(network for network in self.prices.get(country, {}) if network)

    def cents(self, to: str, network: str, *, country: str | None, traffic: str) -> Decimal | None:
        """Find the price of a part, the same for all traffic."""
        del to, traffic
        found = self.prices.get(country, self.prices.get(None, {}))
        return found.get(network, found.get(None))


class _CardTariff(NamedTuple):
    """The same, of a card."""

    card: Card

    def networks(self, country: str | None) -> list[str]:
        return sorted({row.network for row in self.card.rows if row.network and row.country == country})

    def cents(self, to: str, network: str, *, country: str | None, traffic: str) -> Decimal | None:
        listed = network if network in self.networks(country) else None
        rate = self.card.lookup(to, listed, country=country, traffic=traffic)
        return None if rate is None else rate.cents


def tariff_of(rates: Card | Prices) -> Tariff | _CardTariff:
    """Read one price, prices by country, by country and network, or a rate card.

    >>> tariff = tariff_of({"FR": "4.50", "BE": {"20601": "6", "20605": "7"}})
    >>> tariff.cents("+33612345678", "20801", country="FR", traffic="marketing"), tariff.networks("BE")
    (Decimal('4.50'), ['20601', '20605'])
    """
    if hasattr(rates, "lookup") and hasattr(rates, "rows"):
        return _CardTariff(rates)  # type: ignore[arg-type]
    if not isinstance(rates, Mapping):
        return Tariff({None: {None: _cents(rates)}})
    return Tariff({country: _by_network(prices) for country, prices in rates.items()})


def _by_network(prices: object) -> dict[str | None, Decimal]:
    if isinstance(prices, Mapping):
        return {network: _cents(price) for network, price in prices.items()}
    return {None: _cents(prices)}


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


def network_of(tariff: Tariff | _CardTariff, to: str, country: str | None) -> str:
    """Put a number on one of its country's networks that have a price, always the same one."""
    networks = tariff.networks(country)
    if networks:
        return networks[int(to[1:]) % len(networks)]
    return _NETWORKS.get(country or "", _TEST_NETWORK)
