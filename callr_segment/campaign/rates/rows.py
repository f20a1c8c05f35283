"""From records of cells to the rows of a rate card: the road every loader takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from itertools import count, pairwise
from typing import NamedTuple

from callr_segment.campaign.rates.cells import Cells
from callr_segment.campaign.rates.money import Unit, quoted, scaled
from callr_segment.errors import RateError

__all__ = [
    "KEYS",
    "MONEY",
    "WEIGHT_DECIMALS",
    "Record",
    "Row",
    "check_columns",
    "known_columns",
    "place_of",
    "read_mapping_records",
    "read_rows",
]

Record = tuple[int, Mapping[str, object]]

# What a part costs, what comes on top of each part, what each message costs besides, and between what and
# what the price of a part lies where it is not the same each time.
MONEY: dict[Unit, tuple[str, str, str, str, str]] = {
    "cents": ("cents", "surcharge_cents", "fee_cents", "low_cents", "high_cents"),
    "major": ("price", "surcharge", "fee", "low", "high"),
}
KEYS = ("country", "prefix", "network", "traffic")
OTHERS = ("valid_from", "valid_to", "weight", "receipts", "currency")
WEIGHT_DECIMALS = 9

_SYNONYMS = {
    "country": {"pays", "iso", "iso2"},
    "prefix": {"indicatif"},
    "network": {"mccmnc", "mcc_mnc"},
    "traffic": {"traffictype", "traffic_type"},
    "cents": {"price", "prix", "cost", "rate"},
    "surcharge_cents": {"surcharge"},
    "fee_cents": {"fee"},
    "price": {"cents", "prix", "cost", "rate"},
    "surcharge": {"surcharge_cents"},
    "fee": {"fee_cents"},
}


class Row(NamedTuple):
    """One row of a rate card: what it applies to, and what it charges in microcents.

    A key that is None applies to any. ``line`` is its place in the source, ``weight`` counts 1e-9,
    ``receipts`` those a price was learned from; ``extra`` holds the cells of columns without a meaning here.
    """

    line: int
    country: str | None
    prefix: str | None
    network: str | None
    traffic: str | None
    base_microcents: int
    base_low_microcents: int
    base_high_microcents: int
    surcharge_microcents: int
    fee_microcents: int
    valid_from: date | None
    valid_to: date | None
    weight: int | None
    receipts: int | None
    extra: tuple[tuple[str, object], ...]

    @property
    def keys(self) -> tuple[str | None, ...]:
        """What the row applies to, in the order of ``KEYS``."""
        return self[1:5]

    @property
    def microcents(self) -> int:
        """What one part costs."""
        return self.base_microcents + self.surcharge_microcents

    @property
    def low_microcents(self) -> int:
        """The least one part costs."""
        return self.base_low_microcents + self.surcharge_microcents

    @property
    def high_microcents(self) -> int:
        """The most one part costs."""
        return self.base_high_microcents + self.surcharge_microcents

    @property
    def validity(self) -> tuple[date, date]:
        """The first day, and the day after the last."""
        return self.valid_from or date.min, self.valid_to or date.max

    def is_valid(self, day: date) -> bool:
        """Whether the price holds on that day."""
        first, after = self.validity
        return first <= day < after

    @property
    def canonical(self) -> str:
        """The content as text, however the source spelt it."""
        return "|".join("" if value is None else str(value) for value in self[1:-1])

    def __str__(self) -> str:
        named = (f"{name} {key}" for name, key in zip(KEYS, self.keys, strict=True) if key is not None)
        return ", ".join(named) or "the default"


def known_columns(unit: Unit) -> tuple[str, ...]:
    """Columns that have a meaning."""
    return (*KEYS, *MONEY[unit], *OTHERS)


def read_rows(
    records: Iterable[Record], *, noun: str, unit: Unit, currency: str | None
) -> tuple[tuple[Row, ...], str]:
    """Check every record and make it a row; tell the one currency they are all in."""
    said = Cells.of("the call", None, {"currency": currency})
    rows = []
    seen: set[frozenset[str]] = set()
    for line, values in records:
        cells = Cells.of(f"{noun} {line}", line, values)
        if (columns := frozenset(values)) not in seen:
            check_columns(columns, place=cells.place, unit=unit)
            seen.add(columns)
        said = _same_currency(said, cells)
        rows.append(_read_row(cells, unit))
    if not rows:
        raise RateError("a rate card without a row prices nothing")
    if (agreed := said.code("currency")) is None:
        raise RateError('no currency: say which, as in currency="EUR"', column="currency")
    _refuse_overlaps(rows, noun)
    return tuple(rows), agreed


def read_mapping_records(prices: Mapping[str | None, object], *, unit: Unit) -> Iterator[Record]:
    """Read the records a mapping stands for: one for each price."""
    if not isinstance(prices, Mapping):
        raise RateError(
            f"a rate card is made of a mapping such as {{'33': '4.50'}}, not of {quoted(prices)}; for one"
            " price everywhere there is RateCard.flat(...)",
            value=prices,
        )
    money = MONEY[unit][0]
    entry = count(1)
    for key, price in prices.items():
        place = place_of(key)
        if not isinstance(price, Mapping):
            yield next(entry), {**place, money: price}
            continue
        for network, of_network in price.items():
            yield next(entry), {**place, "network": None if network == "*" else network, money: of_network}


def check_columns(columns: Iterable[str], *, place: str, unit: Unit) -> None:
    """Refuse a column named almost like one that is absent: ignored, it would change prices in silence."""
    columns = sorted(columns)
    known = known_columns(unit)
    absent = [name for name in known if name not in columns]
    for name in columns:
        if name not in known and (meant := _meaning(name.lower(), absent)):
            raise RateError(
                f"{place}: column {quoted(name)}: did you mean {meant!r}? {_way_out(name, meant, unit)}",
                column=name,
            )
    if MONEY[unit][0] in absent:
        raise RateError(
            f"{place}: no column {MONEY[unit][0]!r} among {', '.join(map(quoted, columns[:20])) or 'none'}",
            column=MONEY[unit][0],
        )


def _meaning(name: str, absent: list[str]) -> str | None:
    synonyms = (known for known in absent if name in _SYNONYMS.get(known, ()))
    return next(synonyms, None) or next(iter(get_close_matches(name, absent, 1, 0.8)), None)


def _way_out(name: str, meant: str, unit: Unit) -> str:
    other: Unit = "major" if unit == "cents" else "cents"
    if name in MONEY[other]:
        held = "cents" if unit == "cents" else "major units"
        return f'rename it if it holds {held}, or say unit="{other}"'
    return f"rename it, or drop it if it is not {meant}"


def _same_currency(said: Cells, cells: Cells) -> Cells:
    """Compare the currency of a row with what was said before; whoever said it first."""
    here = cells.code("currency")
    if here is None:
        return said
    before = said.code("currency") or here
    if here != before:
        raise cells.refused("currency", f"{here}, but {said.place} says {before}: a card has one currency")
    return said if "currency" in said.values else cells


def _refuse_overlaps(rows: Iterable[Row], noun: str) -> None:
    """Refuse two rows that price the same on the same day."""
    alike: dict[tuple[str | None, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(row.keys, []).append(row)
    for same in (rows for rows in alike.values() if len(rows) > 1):
        for before, after in pairwise(sorted(same, key=lambda row: row.validity)):
            if after.validity[0] < before.validity[1]:
                first, second = sorted((before.line, after.line))
                raise RateError(
                    f"{noun} {second} prices the same as {noun} {first} ({before}): keep one, or give them"
                    " dates that do not overlap",
                    row=second,
                )


def place_of(key: object) -> dict[str, object]:
    """Read a key of a mapping: a calling code, a country, or ``*`` and None for all others."""
    text = "*" if key is None else str(key)
    if text == "*":
        return {}
    if text.removeprefix("+").isdecimal():
        return {"prefix": text}
    if len(text) == 2:
        return {"country": text}
    way_out = 'write a calling code such as "33", a country such as "FR", or "*" for all others'
    raise RateError(f"key {quoted(key)}: {way_out}", value=key)


def _read_row(cells: Cells, unit: Unit) -> Row:
    base, surcharge, fee, low, high = MONEY[unit]
    amount = cells.money(base, unit)
    if amount is None:
        raise cells.refused(base, "no price: write 0 if it is free, or leave the row out if it is unpriced")
    row = Row(
        line=cells.line or 0,
        country=cells.country(),
        prefix=cells.code("prefix"),
        network=cells.network(),
        traffic=cells.code("traffic"),
        base_microcents=amount,
        base_low_microcents=_bound(cells, low, unit, amount),
        base_high_microcents=_bound(cells, high, unit, amount),
        surcharge_microcents=cells.money(surcharge, unit) or 0,
        fee_microcents=cells.money(fee, unit) or 0,
        valid_from=cells.day("valid_from"),
        valid_to=cells.day("valid_to"),
        weight=cells.number("weight", _weight),
        receipts=cells.number("receipts", _count),
        extra=_extra(cells.values, known_columns(unit)),
    )
    first, after = row.validity
    if first >= after:
        raise cells.refused("valid_to", f"{after} is not after valid_from, which is {first}")
    for name, bad in ((low, row.base_low_microcents > amount), (high, row.base_high_microcents < amount)):
        if bad:
            way_out = f"{base} lies between {low} and {high}"
            raise cells.refused(name, f"{quoted(cells.values[name])} leaves the price out: {way_out}")
    return row


def _bound(cells: Cells, column: str, unit: Unit, price: int) -> int:
    bound = cells.money(column, unit)
    return price if bound is None else bound


def _weight(value: object) -> int:
    return scaled(value, decimals=WEIGHT_DECIMALS)


def _count(value: object) -> int:
    return scaled(value, decimals=0)


def _extra(values: Mapping[str, object], known: tuple[str, ...]) -> tuple[tuple[str, object], ...]:
    return tuple((name, value) for name, value in values.items() if name not in known)
