"""Rate cards as one price, which may change from day to day, times a multiplier for each destination."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count, pairwise, zip_longest

from callr_segment.campaign.rates.cells import Cells
from callr_segment.campaign.rates.money import cents, quoted, scaled
from callr_segment.campaign.rates.prices import PriceRule
from callr_segment.campaign.rates.rows import Record, place_of
from callr_segment.errors import RateError

__all__ = ["read_multiplier_records"]

MULTIPLIER_DECIMALS = 6

Price = tuple[date | None, date | None, int]


def read_multiplier_records(
    multipliers: Mapping[str | None, object], price: object, *, rule: PriceRule
) -> Iterator[Record]:
    """Read the records that multipliers stand for, in cents: one for each price and destination."""
    prices = _prices(price, rule)
    entry = count(1)
    for key, multiplier in multipliers.items():
        place = place_of(key)
        times = Cells.of(f"multiplier of {key}", None, {"multiplier": multiplier}).number(
            "multiplier", _times
        )
        if times is None:
            raise RateError(f"multiplier of {key}: there is none: leave out what is unpriced", value=key)
        for first, after, amount in prices:
            product, finer = divmod(amount * times, 10**MULTIPLIER_DECIMALS)
            if finer:
                raise RateError(
                    f"multiplier of {key}: {cents(amount)} cents × {quoted(multiplier)} is finer than a"
                    " millionth of a cent: round the multiplier",
                    value=multiplier,
                )
            yield next(entry), {**place, "cents": cents(product), "valid_from": first, "valid_to": after}


def _times(value: object) -> int:
    return scaled(value, decimals=MULTIPLIER_DECIMALS)


def _prices(price: object, rule: PriceRule) -> list[Price]:
    """Tell each price with the days it holds: from its own until that of the next."""
    if not isinstance(price, Mapping):
        return [(None, None, _amount("price", price, rule))]
    dated = sorted((_day(day), _amount(f"price of {day}", each, rule)) for day, each in price.items())
    days = [day for day, _ in dated]
    for day, after in pairwise(days):
        if day == after:
            raise RateError(f"two prices hold from {day} on: keep one", value=day)
    return [(day, after, amount) for (day, amount), after in zip_longest(dated, days[1:])]


def _day(value: object) -> date:
    day = Cells.of("price", None, {"valid_from": value}).day("valid_from")
    if day is None:
        raise RateError("price: a day is missing: say from when each price holds", column="valid_from")
    return day


def _amount(place: str, value: object, rule: PriceRule) -> int:
    amount = Cells.of(place, None, {"price": value}).money("price", rule)
    if amount is None:
        raise RateError(f"{place}: there is none: write 0 if it is free", column="price")
    return amount
