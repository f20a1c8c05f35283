"""From the columns a price list has to those of a rate card: by name, by first filled, or by a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any, NamedTuple, TypeGuard

from callr_segment.campaign.rates.money import Unit, quoted
from callr_segment.campaign.rates.rows import MONEY, Record, known_columns
from callr_segment.errors import RateError, did_you_mean

__all__ = ["Column", "Columns", "Keep", "Shape"]

Column = str | Sequence[str] | Callable[[Mapping[str, Any]], object]
Columns = Mapping[str, Column]
Keep = Callable[[Mapping[str, Any]], object]


class Shape(NamedTuple):
    """What a price list looks like: which column of it makes which of a card, and which rows to keep.

    A column is made of one of the list, of the first of several that is filled, or by a function of the
    row. A cell that is a list stands for as many rows. Columns that are not named keep their names.
    """

    columns: Columns | None
    keep: Keep | None
    unit: Unit
    noun: str

    def check(self) -> Shape:
        """Refuse to make a column that no card has."""
        known = known_columns(self.unit)
        for name, column in (self.columns or {}).items():
            if name not in known:
                message = f"columns: a card has no column {name!r}; {did_you_mean(name, known)}"
                raise RateError(message, column=name)
            if not (callable(column) or isinstance(column, str) or _is_list(column)):
                message = f"columns: {name!r} is made of {column!r}: give a name, several, or a function"
                raise RateError(message, column=name, value=column)
        return self

    @property
    def sources(self) -> frozenset[str]:
        """Columns of the list that are named."""
        return frozenset(chain.from_iterable(_names(column) for column in (self.columns or {}).values()))

    def apply(self, records: Iterable[Record]) -> Iterator[Record]:
        """Keep the records that are wanted, with the columns of a card."""
        kept = [record for record in records if self._keeps(record)]
        self._check_sources({name for _, values in kept for name in values})
        for record in kept:
            for values in self._one_by_one(self._made(record)):
                yield record[0], values

    def _keeps(self, record: Record) -> bool:
        line, values = record
        if not isinstance(values, Mapping):
            raise RateError(f"{self.noun} {line} is no dictionary: {quoted(values)}", row=line, value=values)
        return self.keep is None or bool(self._ask(self.keep, record, "keep"))

    def has_price(self, values: Mapping[str, object]) -> bool:
        """Whether an object says a price itself."""
        column = (self.columns or {}).get(MONEY[self.unit][0])
        if callable(column):
            try:
                return column(values) is not None
            except KeyError:
                return False
        return any(values.get(name) is not None for name in self.prices)

    @property
    def prices(self) -> tuple[str, ...]:
        """What the price of a part is called in the list; nothing where a function finds it."""
        price = MONEY[self.unit][0]
        return _names((self.columns or {}).get(price, price))

    def _check_sources(self, found: set[str]) -> None:
        for name, column in (self.columns or {}).items():
            named = _names(column)
            if found and named and not found.intersection(named):
                raise RateError(
                    f"column {name}: no {self.noun} has {' or '.join(map(repr, named))}; "
                    f"{did_you_mean(named[0], sorted(found))}",
                    column=name,
                )

    def _made(self, record: Record) -> Mapping[str, object]:
        if self.columns is None:
            return record[1]
        known = known_columns(self.unit)
        rest = {
            name.lower() if name.lower() in known else name: value
            for name, value in record[1].items()
            if name not in self.sources
        }
        return rest | {name: self._value(column, record, name) for name, column in self.columns.items()}

    def _one_by_one(self, values: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
        """Write a row whose cells are lists out as a row for each item; no item is a cell that is empty."""
        known = known_columns(self.unit)
        lists = {name: value for name, value in values.items() if name in known and _is_list(value)}
        for items in product(*(_distinct(value) or [None] for value in lists.values())):
            yield {**values, **dict(zip(lists, items, strict=True))}

    def _value(self, column: Column, record: Record, name: str) -> object:
        if callable(column):
            return self._ask(column, record, name)
        found = (record[1].get(source) for source in _names(column))
        return next((value for value in found if value not in (None, "")), None)

    def _ask(self, function: Callable[[Mapping[str, Any]], object], record: Record, name: str) -> object:
        line, values = record
        try:
            return function(values)
        except KeyError as error:
            problem = f"there is no {error.args[0]!r}; {did_you_mean(error.args[0], values)}"
            cause: Exception = error
        except (TypeError, ValueError, AttributeError, IndexError) as error:
            problem, cause = f"{error}; make it fit for this row, or drop the row", error
        raise RateError(f"{self.noun} {line}, function {name}: {problem}", row=line, column=name) from cause


def _names(column: Column) -> tuple[str, ...]:
    if callable(column):
        return ()
    return (column,) if isinstance(column, str) else tuple(column)


def _distinct(values: Sequence[object]) -> list[object]:
    return [value for at, value in enumerate(values) if value not in values[:at]]


def _is_list(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return isinstance(value, (list, tuple))
