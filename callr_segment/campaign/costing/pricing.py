"""What each row costs by the kind of recipient it is for, and the problem that keeps it from being sent."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any, get_args

import numpy as np
import pyarrow as pa

from callr_segment._core import columnar
from callr_segment.campaign.columns.options import all_missing, name_array
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.messages.counting import MessageCounts
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.money import CENTS, checked_total
from callr_segment.campaign.rates.rate import Basis, Rate
from callr_segment.campaign.recipients.audience import Audience
from callr_segment.campaign.recipients.classes import RecipientClasses
from callr_segment.errors import InputError
from callr_segment.text.numbers import country_codes
from callr_segment.text.policy import CODES

__all__ = ["BASES", "COSTS", "PROBLEMS", "SEVERITIES", "UNKNOWN", "price_classes", "price_rows", "resolve"]

PROBLEMS = "problem_bits"
"""Column of an enriched batch with every problem of a row; ``problem`` names the first."""

COSTS = ("cost_low_cents", "cost_cents", "cost_high_cents")
"""The three figures of a cost."""

BASES: tuple[str, ...] = get_args(Basis)
"""How an expected cost is made, the surest way first."""

UNKNOWN = "unknown text"
"""The basis where not the price but the text is not known."""

SEVERITIES = ("error", "warning")

BASIS, COUNTRY = map(columnar.PriceClass._fields.index, ("basis", "country"))

_NO_PRICE = columnar.PriceClass()


def resolve(plan: Plan, audience: Audience) -> tuple[np.ndarray, list[Rate]]:
    """Look up the rate of each row: its place among the rates (int32, -1 for none), and the rates."""
    codes = audience.used.tolist()
    found = _rates(audience.known, plan.rates, plan.when, codes)
    rates = list(dict.fromkeys(rate for rate in found if rate is not None))
    places: dict[Rate | None, int] = {rate: at for at, rate in enumerate(rates)}
    cells = np.full(len(audience.known.lines), -1, np.int32)
    cells[audience.used + 1] = [places.get(rate, -1) for rate in found]
    return audience.broadcast(cells), rates


def _rates(
    classes: RecipientClasses, card: RateCard | None, when: date | None, codes: list[int]
) -> list[Rate | None]:
    if card is None:
        return [None] * len(codes)
    return card.rates_of((classes.listed[code][:4] for code in codes), when=when)


def price_rows(
    audience: Audience,
    messages: MessageCounts,
    table: np.ndarray,
    *,
    errors: int,
    reported: int,
    first_row: int,
) -> dict[str, pa.Array]:
    """Price and judge rows, and take the problems that the policy does not report out of ``messages``."""
    rows = len(audience.classes)
    names = audience.country_names
    costs = _room(rows, exact=_is_exact(table[audience.used + 1]))
    found = columnar.cost_rows(
        audience.classes,
        table,
        messages.parts,
        messages.problems,
        errors=errors,
        reported=reported,
        costs=costs,
    )
    if found.over >= 0:
        raise _too_dear(first_row + found.over, int(messages.parts[found.over]))
    checked_total(found.total)
    priced, troubled = (costs.priced, found.priced), (costs.troubled, found.troubled)
    money = zip(COSTS, costs[:3], strict=True)
    return {
        "country": _named(costs.country, pa.int16(), rows, (costs.located, found.located), names),
        **{name: _column(cells, CENTS, rows, priced) for name, cells in money},
        "basis": _named(costs.basis, pa.int8(), rows, priced, BASES),
        "problem": _named(costs.problem, pa.int8(), rows, troubled, tuple(CODES)),
        "severity": _named(costs.severity, pa.int8(), rows, troubled, SEVERITIES),
        PROBLEMS: pa.array(messages.problems),
    }


def price_classes(audience: Audience, plan: Plan, errors: int) -> np.ndarray:
    """Lay out what each class costs: int64[classes + 1, len(PriceClass)], that of the code -1 first.

    Only the lines of classes that occur say something.
    """
    unpriced = 0 if plan.rates is None else CODES["unpriced"].bit
    excused = errors & CODES["invalid_number"].bit
    prices = _class_prices(audience.known, plan.rates, plan.when, unpriced, excused)
    table = prices.lines_of(audience.used)
    if len(audience.country_names) > len(country_codes()):
        table = table.copy()
        table[:, COUNTRY] = audience.place_countries(table[:, COUNTRY])
    return table


@lru_cache(maxsize=64)
def _class_prices(*about: Any) -> _ClassPrices:
    return _ClassPrices(*about)


class _ClassPrices:
    """What classes of recipients cost by a card on a day; each is looked up once, for all batches."""

    def __init__(
        self, classes: RecipientClasses, card: RateCard | None, when: date | None, unpriced: int, excused: int
    ) -> None:
        self._classes, self._card, self._when = classes, card, when
        self._unpriced, self._excused = unpriced, excused
        self._table = np.zeros((0, len(columnar.PriceClass._fields)), np.int64)
        self._is_known = np.zeros(0, np.bool_)
        self._lock = Lock()

    def lines_of(self, codes: np.ndarray) -> np.ndarray:
        """Return the table, in which the lines of these codes are written."""
        at = codes + 1
        with self._lock:
            self._make_room(len(self._classes.lines))
            new = at[~self._is_known[at]]
            if len(new):
                self._table[new] = self._write(new - 1)
                self._is_known[new] = True
            return self._table

    def _make_room(self, lines: int) -> None:
        known, width = self._table.shape
        if lines > known:
            self._table = np.concatenate([self._table, np.zeros((lines - known, width), np.int64)])
            self._is_known = np.concatenate([self._is_known, np.zeros(lines - known, np.bool_)])

    def _write(self, codes: np.ndarray) -> np.ndarray:
        """Write lines of the table."""
        lines = self._classes.lines[codes + 1]
        table = np.zeros((len(codes), len(columnar.PriceClass._fields)), np.int64)
        is_plain = self._write_plain(table, lines["prefix"])
        rates = self._rates(codes[~is_plain])
        if rates:
            table[~is_plain] = [_NO_PRICE if rate is None else _figures(rate) for rate in rates]
        free = (table[:, BASIS] < 0) & (lines["problems"] & self._excused == 0)
        table[:, 0] = lines["problems"] | np.where(free, self._unpriced, 0)
        table[:, COUNTRY] = lines["country"]
        return table

    def _write_plain(self, table: np.ndarray, prefixes: np.ndarray) -> np.ndarray:
        """Write the lines of prefixes that have one exact price, and tell which those are."""
        plain = None if self._card is None else self._card.prefix_prices
        if plain is None:
            return np.zeros(len(table), np.bool_)
        is_plain = (prefixes >= 0) & plain.is_plain[prefixes]
        price, fee = plain.microcents[prefixes[is_plain]], plain.fee_microcents[prefixes[is_plain]]
        most = (columnar.LARGEST_COST - fee) // np.maximum(price, 1)
        exact = np.zeros_like(price)
        table[is_plain] = np.stack([exact, price, price, price, fee, fee, fee, most, exact, exact], axis=1)
        return is_plain

    def _rates(self, codes: np.ndarray) -> list[Rate | None]:
        return _rates(self._classes, self._card, self._when, codes.tolist())


def _figures(rate: Rate) -> columnar.PriceClass:
    """Write what there is to a rate, in the order of a price class."""
    low, expected, high, fee_low, fee, fee_high, basis, _ = rate
    most = (columnar.LARGEST_COST - fee_high) // max(high, 1)
    return columnar.PriceClass(0, low, expected, high, fee_low, fee, fee_high, most, BASES.index(basis))


def _is_exact(table: np.ndarray) -> bool:
    """Whether rows of all these classes cost the same at least, as expected, and at most."""
    part, fee = table[:, 1:4], table[:, 4:7]
    return bool((part == part[:, :1]).all() and (fee == fee[:, :1]).all())


def _room(rows: int, *, exact: bool) -> columnar.CostColumns:
    """Make room for costs; where they are exact, one column does for all three."""
    costs = columnar.CostColumns(
        *(pa.allocate_buffer(columnar.count_bytes(bits, rows)) for bits in columnar.COST_BITS)
    )
    return costs._replace(low=costs.expected, high=costs.expected) if exact else costs


def _too_dear(row: int, parts: int) -> InputError:
    return InputError(
        f"row {row}: {parts} parts at its price pass 18 digits of microcents: check the price",
        row=row,
        value=parts,
    )


def _column(cells: pa.Buffer, kind: pa.DataType, rows: int, present: tuple[pa.Buffer, int]) -> pa.Array:
    """Make an array of filled memory, and of the bits and the number of the cells that are there."""
    bits, count = present
    return pa.Array.from_buffers(kind, rows, [None if count == rows else bits, cells], rows - count)


def _named(
    cells: pa.Buffer, kind: pa.DataType, rows: int, present: tuple[pa.Buffer, int], names: tuple[str, ...]
) -> pa.DictionaryArray:
    if not present[1]:
        return all_missing(kind, rows, names)
    return pa.DictionaryArray.from_arrays(_column(cells, kind, rows, present), name_array(names), safe=False)
