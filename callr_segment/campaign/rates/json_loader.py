"""Rate cards as JSON: objects with prices, which inherit what the objects around them say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from callr_segment.campaign.rates.column_mapping import Shape
from callr_segment.campaign.rates.csv_loader import Source, read_text
from callr_segment.campaign.rates.money import quoted
from callr_segment.campaign.rates.rows import Record
from callr_segment.errors import RateError

__all__ = ["read_json_records"]


def read_json_records(source: Source, shape: Shape) -> Iterator[Record]:
    """Read an entry for each object that says a price itself, in the order of the file."""
    try:
        # Numbers with decimals stay text: a float would have changed the price.
        tree = json.loads(
            read_text(source), parse_float=str, parse_constant=_refuse, object_pairs_hook=_unique
        )
        objects = list(_objects(tree, {}, shape))
    except json.JSONDecodeError as error:
        raise RateError(f"line {error.lineno}: this is no JSON: {error.msg}", row=error.lineno) from None
    except ValueError as error:
        if isinstance(error, RateError):
            raise
        raise RateError("the file holds a number of thousands of digits: check where it comes from") from None
    except RecursionError:
        raise RateError("the file is nested too deep for a price list: check where it comes from") from None
    if tree and not objects:
        raise RateError(
            f"no object in it says a price, which is called {' or '.join(map(repr, shape.prices))}; name the"
            " column of prices, and the unit if that is not cents"
        )
    yield from enumerate(objects, 1)


def _objects(node: Any, around: Mapping[str, object], shape: Shape) -> Iterator[dict[str, object]]:
    if isinstance(node, list):
        for each in node:
            yield from _objects(each, around, shape)
    elif isinstance(node, dict):
        own = {name: value for name, value in node.items() if not _holds_objects(value)}
        if shape.has_price(own):
            yield {**around, **own}
        for name, value in node.items():
            if _holds_objects(value):
                yield from _objects(value, {**around, **own, "key": name}, shape)


def _holds_objects(value: object) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, (dict, list)) for each in value)
    return isinstance(value, dict)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise RateError(f"an object says {quoted(twice)} twice: keep one", column=twice)
    return values


def _refuse(text: str) -> NoReturn:
    raise RateError(f"{text} is no price: write it in digits, or leave it out", value=text)
