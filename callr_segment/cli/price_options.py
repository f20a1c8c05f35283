"""The options that tell what a part costs: a price list as it came, or one price."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

import callr_segment as sms
from callr_segment.campaign.files import tables
from callr_segment.errors import InputError

__all__ = ["Prices", "read_card"]

READERS = {
    ".csv": sms.RateCard.read_csv,
    ".tsv": sms.RateCard.read_csv,
    ".json": sms.RateCard.read_json,
    ".parquet": sms.RateCard.read_parquet,
}


@Parameter(name="*")
@dataclass(frozen=True)
class Prices:
    """What a part costs.

    :param rates: Price list: .csv, .tsv, .json or .parquet.
    :param rate_columns: A column of a card and what the list calls it, `country=ISO`; may be repeated, and of
        several for the same column the first that is filled counts.
    :param rate_unit: What prices in the list are in: cents, or major units such as euros.
    :param price: Cents of a part, the same everywhere.
    :param currency: Currency of the prices, such as EUR.
    """

    rates: Path | None = None
    rate_columns: Annotated[tuple[str, ...], Parameter(name="--rate-column", show_default=False)] = ()
    rate_unit: Literal["cents", "major"] = "cents"
    price: str | None = None
    currency: str | None = None


def read_card(prices: Prices) -> sms.RateCard | None:
    """Read the rate card, or make one of the one price; None where nothing tells."""
    if prices.rates is not None and prices.price is not None:
        raise InputError("give --rates or --price, not both")
    if prices.rates is not None:
        return _read(prices.rates, prices)
    if prices.rate_columns:
        raise InputError("--rate-column tells about the columns of --rates; give them too")
    if prices.price is None:
        return None
    if prices.currency is None:
        raise InputError("--price needs --currency, such as EUR")
    return sms.RateCard.flat(prices.price, currency=prices.currency, unit=prices.rate_unit)


def _read(path: Path, prices: Prices) -> sms.RateCard:
    kind = path.suffix.lower()
    if kind not in READERS:
        raise InputError(f"{path.name} is not one of {', '.join(READERS)}; save it as one", value=str(path))
    columns = _columns(prices.rate_columns)
    with tables.naming(path):
        return READERS[kind](path, columns=columns, currency=prices.currency, unit=prices.rate_unit)


def _columns(named: tuple[str, ...]) -> dict[str, list[str]] | None:
    """Read `country=ISO`, column by column."""
    columns: dict[str, list[str]] = {}
    for each in named:
        column, equals, source = each.partition("=")
        if not (column and equals and source):
            raise InputError(f"--rate-column {each!r} is not like country=ISO", value=each)
        columns.setdefault(column.strip(), []).append(source)
    return columns or None
