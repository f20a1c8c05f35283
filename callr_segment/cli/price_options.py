"""The options that tell what a part costs: a price list as it came, or one price."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

import callr_segment as sms
from callr_segment.errors import InputError

__all__ = ["Prices", "read_card"]


@Parameter(name="*")
@dataclass(frozen=True)
class Prices:
    """What a part costs.

    :param rates: Price list: .csv, .tsv, .xlsx, .parquet or .json.
    :param rate_columns: A column of a card and what the list calls it, `country=ISO`; may be repeated, and of
        several for the same column the first that is filled counts.
    :param rate_unit: What prices are in: cents, or major units such as euros; cents where nothing says it.
    :param rate_unpriced: A cell of the list that says that there is no price, `N/A`; may be repeated.
    :param rate_decimal: The sign before decimals in the list, where `1,234` may be read both ways.
    :param rate_sheet: The sheet of the list, by name or by number; the first unless told.
    :param rate_header: The row of the list with the names of its columns, where it is not found.
    :param rate_key: Where the prices stand in JSON, such as `data.prices`.
    :param rate_separator: What is between the cells of the list, if it is not found; `tab` is one.
    :param rate_encoding: Encoding of a list that is not UTF-8, such as cp1252.
    :param price: What a part costs, the same everywhere: `4.5` is cents, `€0.045` is euros.
    :param currency: Currency of the prices, such as EUR.
    """

    rates: Path | None = None
    rate_columns: Annotated[tuple[str, ...], Parameter(name="--rate-column", show_default=False)] = ()
    rate_unit: Literal["cents", "major"] | None = None
    rate_unpriced: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    rate_decimal: Literal[".", ","] | None = None
    rate_sheet: str | None = None
    rate_header: int | None = None
    rate_key: str | None = None
    rate_separator: str | None = None
    rate_encoding: str | None = None
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
    return sms.RateCard.read(
        path,
        columns=_columns(prices.rate_columns),
        currency=prices.currency,
        unit=prices.rate_unit,
        unpriced=prices.rate_unpriced,
        decimal=prices.rate_decimal,
        sheet=prices.rate_sheet,
        header=prices.rate_header,
        key=prices.rate_key,
        separator=prices.rate_separator,
        encoding=prices.rate_encoding,
    )


def _columns(named: tuple[str, ...]) -> dict[str, list[str]] | None:
    """Read `country=ISO`, column by column."""
    columns: dict[str, list[str]] = {}
    for each in named:
        column, equals, source = each.partition("=")
        if not (column and equals and source):
            raise InputError(f"--rate-column {each!r} is not like country=ISO", value=each)
        columns.setdefault(column.strip(), []).append(source)
    return columns or None
