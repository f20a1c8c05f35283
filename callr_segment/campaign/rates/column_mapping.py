"""From the columns a price list has to those of a rate card: by name, by first filled, or by a function."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from math import prod
from typing import Any, NamedTuple, TypeGuard

from callr_segment.campaign.rates.cells import is_empty
from callr_segment.campaign.rates.money import quoted
from callr_segment.campaign.rates.prices import PriceRule, Said
from callr_segment.campaign.rates.rows import CENTS_NAMES, KNOWN, NAMES, Record
from callr_segment.campaign.rates.signs import check_header, read_header
from callr_segment.errors import RateError, did_you_mean

__all__ = ["Column", "Columns", "Keep", "Shape", "own_name"]

MOST_OF_ONE = 10_000  # rows that one object of lists stands for
MOST_ROWS = 2_000_000
_MONEY = (*CENTS_NAMES, *NAMES)
_TWINS: dict[str, str] = dict(zip(_MONEY, (*NAMES, *CENTS_NAMES), strict=True))

Column = str | Sequence[str] | Callable[[Mapping[str, Any]], object]
Columns = Mapping[str, Column]
Keep = Callable[[Mapping[str, Any]], object]


class Shape(NamedTuple):
    """What a price list looks like: which column of it makes which of a card, and which rows to keep.

    A column is made of one of the list, of the first of several that is filled, or by a function of the
    row. A cell that is a list stands for as many rows. Columns that are not named keep their names.
    """

    columns: Columns | None = None
    keep: Keep | None = None
    rule: PriceRule = PriceRule()
    noun: str = "row"

    def check(self) -> Shape:
        """Refuse to make a column that no card has."""
        for name, column in (self.columns or {}).items():
            if name not in KNOWN:
                message = f"columns: a card has no column {name!r}; {did_you_mean(name, KNOWN)}"
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
        kept = [record for record in map(self._keeping, records) if record is not None]
        self._check_sources(
            {name for _, values in kept if not isinstance(values, RateError) for name in values}
        )
        made = 0
        for line, values in kept:
            if isinstance(values, RateError):
                yield line, values
                continue
            try:
                rows = self._one_by_one(self._made(line, values), line)
            except RateError as fault:
                yield line, fault
                continue
            for row in rows:
                if (made := made + 1) > MOST_ROWS:
                    raise RateError(f"over {MOST_ROWS:,} rows; check what its lists stand for", row=line)
                yield line, row

    def _keeping(self, record: Record) -> Record | None:
        """Return a record that is wanted, or why that is not known."""
        try:
            return record if isinstance(record[1], RateError) or self._keeps(record) else None
        except RateError as fault:
            return record[0], fault

    def _keeps(self, record: tuple[int, Any]) -> bool:
        line, values = record
        if not isinstance(values, Mapping):
            raise RateError(f"{self.noun} {line} is no dictionary: {quoted(values)}", row=line, value=values)
        return self.keep is None or bool(self._ask(self.keep, record, "keep"))

    def has_price(self, values: Mapping[str, object]) -> bool:
        """Whether an object says a price itself."""
        for column in self._price_columns:
            if callable(column):
                try:
                    return column(values) is not None
                except (KeyError, TypeError):
                    return False
        return any(values.get(name) is not None for name in self.prices)

    @property
    def prices(self) -> tuple[str, ...]:
        """What the price of a part is called in the list; nothing where a function finds it."""
        return tuple(dict.fromkeys(chain.from_iterable(map(_names, self._price_columns))))

    @property
    def _price_columns(self) -> list[Column]:
        columns = self.columns or {}
        said = [columns[name] for name in ("cents", "price") if name in columns]
        plain: list[Column] = ["price"] if self.rule.unit == "major" else ["cents", "price"]
        return said or plain

    def _check_sources(self, found: set[str]) -> None:
        for name, column in (self.columns or {}).items():
            named = _names(column)
            for source in named if name in _MONEY else ():
                check_header(source)
            if found and named and not found.intersection(named):
                raise RateError(
                    f"column {name}: no {self.noun} has {' or '.join(map(repr, named))}; "
                    f"{did_you_mean(named[0], sorted(found))}{self._other_header}",
                    column=name,
                )
        _check_roles(found - self.sources)

    @property
    def _other_header(self) -> str:
        return "" if self.noun == "entry" else "; header= (--rate-header) is the row with the names"

    def _made(self, line: int, values: Mapping[str, object]) -> Mapping[str, object]:
        columns = self.columns or {}
        rest: dict[str, object] = {}
        for name, value in values.items():
            if name not in self.sources:
                own = own_name(name, values)
                rest[own] = _said(value, name) if own in _MONEY else value
        made = {name: self._value(column, (line, values), name) for name, column in columns.items()}
        return {name: value for name, value in rest.items() if _TWINS.get(name) not in made} | made

    def _one_by_one(self, values: Mapping[str, object], line: int) -> list[Mapping[str, object]]:
        """Write a row whose cells are lists out as a row for each item; no item is a cell that is empty."""
        lists = {
            name: _distinct(value) for name, value in values.items() if name in KNOWN and _is_list(value)
        }
        if not lists:
            return [values]
        if prod(map(len, lists.values())) > MOST_OF_ONE:
            raise RateError(
                f"{self.noun} {line} stands for over {MOST_OF_ONE:,} rows: check its lists", row=line
            )
        together = product(*(items or [None] for items in lists.values()))
        return [{**values, **dict(zip(lists, items, strict=True))} for items in together]

    def _value(self, column: Column, record: tuple[int, Mapping[str, Any]], name: str) -> object:
        if callable(column):
            return self._ask(column, record, name)
        for source in _names(column):
            if not is_empty(value := record[1].get(source)):
                return _said(value, source) if name in _MONEY else value
        return None

    def _ask(
        self,
        function: Callable[[Mapping[str, Any]], object],
        record: tuple[int, Mapping[str, Any]],
        name: str,
    ) -> object:
        line, values = record
        try:
            return function(values)
        except KeyError as error:
            problem = f"there is no {error.args[0]!r}; {did_you_mean(error.args[0], values)}"
            cause: Exception = error
        except (TypeError, ValueError, AttributeError, IndexError) as error:
            problem, cause = f"{error}; make it fit for this row, or drop the row", error
        raise RateError(f"{self.noun} {line}, function {name}: {problem}", row=line, column=name) from cause


def own_name(name: str, values: Collection[str]) -> str:
    """Find the column of a card that a name is, in whatever case; a price may say its unit and currency."""
    plain = str(name).strip().lower()
    if plain in KNOWN:
        return plain
    role, signs = read_header(str(name))
    return role if signs.unit is not None and role in NAMES and role not in values else name


def _check_roles(names: Collection[str]) -> None:
    """Refuse two columns that say themselves that they are the same of a card."""
    roles: dict[str, str] = {}
    for name in sorted(map(str, names)):
        role = own_name(name, names)
        if role in KNOWN and role in roles:
            raise RateError(
                f"columns {quoted(roles[role])} and {quoted(name)} may both be {role}: say which is, as in"
                f" columns={{{role!r}: {name!r}}}",
                column=name,
            )
        roles[role] = name


def _said(value: object, name: str) -> object:
    """Put what a header says of a price beside it."""
    _, signs = read_header(str(name))
    return value if signs.unit is None or is_empty(value) or _is_list(value) else Said(value, signs)


def _names(column: Column) -> tuple[str, ...]:
    if callable(column):
        return ()
    return (column,) if isinstance(column, str) else tuple(column)


def _distinct(values: Sequence[object]) -> list[object]:
    if len(values) > MOST_OF_ONE:
        return list(values)
    return [value for at, value in enumerate(values) if value not in values[:at]]


def _is_list(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return isinstance(value, (list, tuple))
