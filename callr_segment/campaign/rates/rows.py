"""From records of cells to the rows of a rate card: the road every loader takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import count, pairwise
from typing import Any, NamedTuple

from callr_segment.campaign.rates.cells import Cells, is_empty
from callr_segment.campaign.rates.countries import find_country, is_every_country
from callr_segment.campaign.rates.money import quoted, scaled
from callr_segment.campaign.rates.prices import PriceRule, Said
from callr_segment.errors import RateError

__all__ = [
    "CENTS_NAMES",
    "KEYS",
    "KNOWN",
    "NAMES",
    "WEIGHT_DECIMALS",
    "Record",
    "Row",
    "all_faults",
    "check_columns",
    "place_of",
    "read_mapping_records",
    "read_rows",
]

Record = tuple[int, Mapping[str, object] | RateError]
"""A row of a source by its number: its cells by column, or why it has none."""

# What a part costs, what comes on top of each part, what each message costs besides, and between what and
# what the price of a part lies where it is not the same each time; the first names say that they hold cents.
CENTS_NAMES = ("cents", "surcharge_cents", "fee_cents", "low_cents", "high_cents")
NAMES = ("price", "surcharge", "fee", "low", "high")
KEYS = ("country", "prefix", "network", "traffic")
OTHERS = ("mcc", "mnc", "valid_from", "valid_to", "weight", "receipts", "currency")
KNOWN = (*KEYS, *CENTS_NAMES, *NAMES, *OTHERS)
"""Columns that have a meaning."""
WEIGHT_DECIMALS = 9
MOST_FAULTS = 20  # that one message lists

_SYNONYMS = {
    "country": {"pays", "iso", "iso2"},
    "prefix": {"indicatif"},
    "network": {"mccmnc", "mcc_mnc"},
    "traffic": {"traffictype", "traffic_type"},
    "price": {"prix", "tarif", "cost", "rate", "preis", "precio", "cent"},
}


class Row(NamedTuple):
    """One row of a rate card: what it applies to, and what it charges in microcents.

    A key that is None applies to any. ``line`` is its place in the source, ``weight`` counts 1e-9,
    ``receipts`` those a price was learned from; ``extra`` holds the cells of columns without a meaning here.
    A row that is not priced says that there is no price, though a less specific row has one.
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
    is_priced: bool = True

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
        cells = "|".join("" if value is None else str(value) for value in self[1:-2])
        return cells if self.is_priced else f"{cells}|unpriced"

    def __str__(self) -> str:
        named = (f"{name} {key}" for name, key in zip(KEYS, self.keys, strict=True) if key is not None)
        return ", ".join(named) or "the default"


def read_rows(records: Iterable[Record], *, noun: str, rule: PriceRule) -> tuple[tuple[Row, ...], str]:
    """Check every record and make it a row; tell the one currency they are all in.

    Raises RateError with all faults there are, each with its place.
    """
    reader = _Reader(noun, rule)
    faults: list[RateError] = []
    for line, values in records:
        try:
            if isinstance(values, RateError):
                raise values
            reader.read(line, values)
        except RateError as fault:
            faults.append(fault)
    if not (faults or reader.rows):
        raise RateError("a rate card without a row prices nothing")
    faults += reader.faults()
    if faults:
        raise all_faults(faults)
    return tuple(reader.rows), str(reader.said.code("currency"))


def all_faults(faults: Sequence[RateError]) -> RateError:
    """Make one error of several: it lists them, and has the place of the first; ``faults`` are all."""
    faults = list({str(fault): fault for fault in faults}.values())
    first = faults[0]
    if len(faults) == 1:
        return first
    listed = ";\n".join(map(str, faults[:MOST_FAULTS]))
    more = f";\nand {len(faults) - MOST_FAULTS:,} more" if len(faults) > MOST_FAULTS else ""
    error = RateError(
        f"{len(faults):,} faults: {listed}{more}", row=first.row, column=first.column, value=first.value
    )
    error.faults = tuple(faults)
    return error


class _Reader:
    """Makes rows of records, and remembers what they must agree on."""

    def __init__(self, noun: str, rule: PriceRule) -> None:
        self.noun, self.rule = noun, rule
        self.rows: list[Row] = []
        self.said = Cells.of("the call", None, {"currency": rule.currency})
        self._checked: set[frozenset[str]] = set()
        self._grouped: list[RateError] = []
        self._has_comma = False

    def read(self, line: int, values: Mapping[str, object]) -> None:
        """Read one record."""
        cells = Cells.of(f"{self.noun} {line}", line, values)
        if (columns := frozenset(values)) not in self._checked:
            self._checked.add(columns)
            check_columns(columns, place=cells.place, rule=self.rule)
        self.said = _same_currency(self.said, _with_written_currency(cells, self.rule))
        self._note_decimals(cells)
        self.rows.append(_read_row(cells, self.rule, _money_columns(values)))

    def _note_decimals(self, cells: Cells) -> None:
        """Note which sign stands before decimals, for what may be read both ways."""
        for name in (*CENTS_NAMES, *NAMES):
            value = cells.values.get(name)
            value = value.value if isinstance(value, Said) else value
            if isinstance(value, str) and self.rule.decimal is None:
                self._has_comma |= _WITH_COMMA.search(value) is not None
                if _GROUPED.search(value):
                    way_out = 'other prices have a comma before decimals: say decimal="," or decimal="."'
                    self._grouped.append(cells.refused(name, f"{quoted(value)}: {way_out}"))

    def faults(self) -> list[RateError]:
        """List what is wrong with the rows together."""
        faults = list(_overlaps(self.rows, self.noun))
        faults += self._grouped if self._has_comma else []
        if self.said.code("currency") is None and self.rows:
            faults.append(RateError('no currency: say which, as in currency="EUR"', column="currency"))
        return faults


_WITH_COMMA = re.compile(r"[0-9],[0-9]+(?![0-9.,])")
_GROUPED = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9.,])")


def _with_written_currency(cells: Cells, rule: PriceRule) -> Cells:
    """Take the currency of a row from the signs of its prices, where no column says it."""
    if "currency" in cells.values:
        return cells
    written = (
        cells.number(name, rule.currency_of) for name in (*CENTS_NAMES, *NAMES) if name in cells.values
    )
    found = next(filter(None, written), None)
    return cells._replace(values={**cells.values, "currency": found}) if found else cells


def read_mapping_records(prices: Mapping[Any, object]) -> Iterator[Record]:
    """Read the records a mapping stands for: one for each price."""
    if not isinstance(prices, Mapping):
        raise RateError(
            f"a rate card is made of a mapping such as {{'33': '4.50'}}, not of {quoted(prices)}; for one"
            " price everywhere there is RateCard.flat(...)",
            value=prices,
        )
    entry = count(1)
    for key, price in prices.items():
        try:
            place = place_of(key)
        except RateError as fault:
            yield next(entry), fault
            continue
        if not isinstance(price, Mapping):
            yield next(entry), {**place, "price": price}
            continue
        for network, of_network in price.items():
            yield next(entry), {**place, "network": network, "price": of_network}


def check_columns(columns: Iterable[str], *, place: str, rule: PriceRule) -> None:
    """Refuse a column named almost like one that is absent: ignored, it would change prices in silence."""
    columns = sorted(columns)
    has_price = not {"price", "cents"}.isdisjoint(columns)
    passed_over = {"mcc", "mnc", *columns, *(("price", "cents") if has_price else ())}
    passed_over |= {"network"} if "mcc" in columns else set()
    absent = [name for name in KNOWN if name not in passed_over]
    for name in columns:
        if rule.unit == "major" and name in CENTS_NAMES:
            other = NAMES[CENTS_NAMES.index(name)]
            way_out = f'did you mean {other!r}? rename it if it holds major units, or say unit="cents"'
            raise RateError(f"{place}: column {quoted(name)}: {way_out}", column=name)
        if name not in KNOWN and (meant := _meaning(name.lower(), absent)):
            said = f"columns={{{meant!r}: {name!r}}} (--rate-column {meant}=…)"
            way_out = f"did you mean {meant!r}? say {said}, or rename it if it is not {meant}"
            raise RateError(f"{place}: column {quoted(name)}: {way_out}", column=name)
    if not has_price:
        missing = "price" if rule.unit == "major" else "cents"
        raise RateError(
            f"{place}: no column {missing!r} among {', '.join(map(quoted, columns[:20])) or 'none'}; say"
            " which it is, columns={'price': …} (--rate-column price=…)",
            column=missing,
        )


def _meaning(name: str, absent: list[str]) -> str | None:
    synonyms = (known for known in absent if name in _SYNONYMS.get(known, ()))
    return next(synonyms, None) or next(iter(get_close_matches(name, absent, 1, 0.8)), None)


def _same_currency(said: Cells, cells: Cells) -> Cells:
    """Compare the currency of a row with what was said before; whoever said it first."""
    here = cells.code("currency")
    if here is None:
        return said
    before = said.code("currency") or here
    if here != before:
        raise cells.refused("currency", f"{here}, but {said.place} says {before}: a card has one currency")
    return said if "currency" in said.values else cells


def _overlaps(rows: Iterable[Row], noun: str) -> Iterator[RateError]:
    """Find rows that price the same on the same day as one before."""
    alike: dict[tuple[str | None, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(row.keys, []).append(row)
    for same in (rows for rows in alike.values() if len(rows) > 1):
        for before, after in pairwise(sorted(same, key=lambda row: row.validity)):
            if after.validity[0] < before.validity[1]:
                first, second = sorted((before.line, after.line))
                yield RateError(
                    f"{noun} {second} prices the same as {noun} {first} ({before}): keep one, or give them"
                    " dates that do not overlap",
                    row=second,
                )


def place_of(key: object) -> dict[str, object]:
    """Read a key of a mapping: a calling code, a country, or ``*`` and None for all others."""
    text = "*" if key is None else str(key)
    if is_every_country(text):
        return {}
    if text.removeprefix("+").isdecimal():
        return {"prefix": text}
    if len(text) == 2 or find_country(text):
        return {"country": text}
    way_out = 'write a calling code such as "33", a country such as "FR", or "*" for all others'
    raise RateError(f"key {quoted(key)}: {way_out}", value=key)


def _read_row(cells: Cells, rule: PriceRule, money: Sequence[str]) -> Row:
    base, surcharge, fee, low, high = money
    is_priced = not rule.is_unpriced(cells.values.get(base))
    amount = cells.money(base, rule) if is_priced else 0
    if amount is None:
        raise cells.refused(base, "no price: write 0 if it is free, or leave the row out if it is unpriced")
    row = Row(
        line=cells.line or 0,
        country=cells.country(),
        prefix=cells.code("prefix"),
        network=cells.network(),
        traffic=cells.code("traffic"),
        base_microcents=amount,
        base_low_microcents=_bound(cells, low, rule, amount),
        base_high_microcents=_bound(cells, high, rule, amount),
        surcharge_microcents=cells.money(surcharge, rule) or 0,
        fee_microcents=cells.money(fee, rule) or 0,
        valid_from=cells.day("valid_from"),
        valid_to=cells.day("valid_to"),
        weight=cells.number("weight", _weight),
        receipts=cells.number("receipts", _count),
        extra=_extra(cells.values),
        is_priced=is_priced,
    )
    first, after = row.validity
    if first >= after:
        raise cells.refused("valid_to", f"{after} is not after valid_from, which is {first}")
    for name, bad in ((low, row.base_low_microcents > amount), (high, row.base_high_microcents < amount)):
        if bad:
            way_out = f"{base} lies between {low} and {high}"
            raise cells.refused(name, f"{quoted(cells.shown(name))} leaves the price out: {way_out}")
    return row


def _money_columns(values: Mapping[str, object]) -> list[str]:
    """Tell which columns hold money: those that say cents, unless only the others are there or filled."""
    both = zip(CENTS_NAMES, NAMES, strict=True)
    return [
        plain if is_empty(values.get(in_cents)) and (plain in values or in_cents not in values) else in_cents
        for in_cents, plain in both
    ]


def _bound(cells: Cells, column: str, rule: PriceRule, price: int) -> int:
    bound = cells.money(column, rule)
    return price if bound is None else bound


def _weight(value: object) -> int:
    return scaled(value, decimals=WEIGHT_DECIMALS)


def _count(value: object) -> int:
    return scaled(value, decimals=0)


def _extra(values: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    return tuple((name, value) for name, value in values.items() if name not in KNOWN)
