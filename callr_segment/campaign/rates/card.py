"""What one part of a message costs, by destination."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Any, Unpack
from weakref import WeakValueDictionary

import pyarrow as pa

from callr_segment.campaign.rates.cells import Cells
from callr_segment.campaign.rates.column_mapping import Columns, Keep, Shape
from callr_segment.campaign.rates.coverage import count_destinations, list_coverage, read_destinations
from callr_segment.campaign.rates.learning import learn_records
from callr_segment.campaign.rates.loaders import (
    KINDS,
    Key,
    ReadOptions,
    Source,
    name_of,
    open_source,
    read_frame_records,
    read_records,
    refusing,
    shape_of,
)
from callr_segment.campaign.rates.money import Unit
from callr_segment.campaign.rates.multipliers import read_multiplier_records
from callr_segment.campaign.rates.prefix_prices import PrefixPrices, list_prefix_prices
from callr_segment.campaign.rates.prices import PriceRule
from callr_segment.campaign.rates.rate import Rate
from callr_segment.campaign.rates.rows import Record, Row, read_mapping_records, read_rows
from callr_segment.campaign.rates.specificity import Destination, Levels, classes_of, day_of, digits_of
from callr_segment.campaign.rates.table import write_table
from callr_segment.campaign.recipients.zones import PrefixClasses
from callr_segment.errors import counted
from callr_segment.text.numbers import country_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RateCard"]

MOST_KNOWN = 200_000  # destinations remembered: the batches of a campaign share nearly all of them


class RateCard:
    """A price list for text messages: what each destination costs, in one currency.

    ``prices`` maps a calling code (``"33"``), a country (``"FR"`` or its name) or ``"*"`` for all others to
    the price of one part, or to the prices on each network there. The most specific row wins: network, then
    the longest prefix, then country, then the default. A card never changes, and equals any of the same
    content.

    Every price is read exactly, by one rule: its unit is said by ``unit="cents"`` or ``"major"`` (euros,
    dollars), by the header of its column (``cents``, ``Price (EUR)``), or by a sign beside it (``€0.045``,
    ``4.5 ct``). Where nothing says it cents are meant, as in the API, but a float, or a price under half a
    cent, is then refused with both readings. A comma before decimals is read as one; ``1,234`` may be either.

    >>> card = RateCard({"33": "4.50", "BE": {"20601": "6", "*": "6.2"}}, currency="EUR")
    >>> card.lookup("+33639980102").cents
    Decimal('4.500000')
    >>> card
    RateCard(EUR, 3 rows, 1 country, sha256 76e2cebb…, from a mapping)
    >>> RateCard({"FR": 0.045, "DE": "0,0789 €"}, currency="EUR", unit="major").lookup(country="DE").cents
    Decimal('7.890000')
    """

    __slots__ = (
        "__weakref__", "_currency", "_known", "_levels", "_packed", "_prefixes", "_rows", "_sha256",
        "_skipped", "_source", "prefix_prices",
    )  # fmt: skip

    _currency: str
    _known: dict[tuple[Destination, date], Rate | None]
    _levels: Levels
    _packed: bytes | None
    _prefixes: PrefixClasses
    _rows: tuple[Row, ...]
    _sha256: str
    _skipped: int
    _source: str
    prefix_prices: PrefixPrices | None

    def __init__(
        self, prices: Mapping[str | None, object], *, currency: str, unit: Unit | None = None
    ) -> None:
        rule = PriceRule.of(unit, currency)
        rows, currency = read_rows(read_mapping_records(prices), noun="entry", rule=rule)
        self._fill(rows, currency, "a mapping")

    @classmethod
    def flat(cls, price: object, *, currency: str, unit: Unit | None = None) -> RateCard:
        """One price for a part, wherever it goes.

        >>> RateCard.flat("4.50", currency="EUR").lookup("+33639980102").cents
        Decimal('4.500000')
        """
        return cls({"*": price}, currency=currency, unit=unit)

    @classmethod
    def read(
        cls,
        source: Source,
        *,
        columns: Columns | None = None,
        keep: Keep | None = None,
        currency: str | None = None,
        unit: Unit | None = None,
        unpriced: Iterable[str] = (),
        decimal: str | None = None,
        sheet: str | int | None = None,
        header: int | None = None,
        key: Key = None,
        encoding: str | None = None,
        separator: str | None = None,
    ) -> RateCard:
        r"""Read a price list from whatever file holds it: CSV, Excel, Parquet or JSON.

        ``source`` is a path, ``"-"`` for standard input, or an open file. Columns: ``country`` (ISO 3166, two
        letters, or a name), ``prefix`` (digits), ``network`` (MCC and MNC, or a name; or ``mcc`` and ``mnc``
        in two columns; words such as "All" or "Other networks" mean every one), ``traffic``, ``price`` and
        ``surcharge`` of a part, ``low`` and ``high`` that the price lies between, ``fee`` of a message,
        ``valid_from``, ``valid_to`` (the first day it no longer holds), ``weight``, ``receipts``,
        ``currency``. Columns of money may say that they hold cents: ``cents``, ``surcharge_cents``,
        ``low_cents``, ``high_cents``, ``fee_cents``; how the unit of the others is known, `RateCard` tells.
        Only a price is needed; an empty cell means any, and other columns are kept aside.

        ``columns`` says what they are called in the list: each is a name, several names of which the first
        that is filled counts, or a function of the row; the function ``keep`` picks the rows. Names of
        networks match whole, as they are spelt. ``unpriced`` are the texts that say that there is no price,
        such as ``("N/A", "-")``: the destination then has none, though a less specific row has one.
        ``decimal=","`` settles what ``1,234`` means. ``sheet`` is one of a workbook, by name or by number
        from 1, ``header`` the row with the names of the columns where it is not found, ``key`` where the
        prices stand in JSON, such as ``"data.prices"``. A text file that is not UTF-8 needs its ``encoding``,
        such as ``"cp1252"``. Raises RateError with all that is wrong, each with row, column and value.

        >>> from pathlib import Path
        >>> text = "Prices of 2026;;\n;;\nCountry;MCC;MNC;Price (EUR)\nFrance;208;1;0,045\nCuba;;;N/A\n"
        >>> size = Path("list.csv").write_text(text, encoding="utf-8")
        >>> card = RateCard.read("list.csv", unpriced=("N/A",))
        >>> card.currency, card.lookup(country="FR", network="20801").cents, card.lookup(country="CU")
        ('EUR', Decimal('4.500000'), None)
        """
        return cls._load(
            source, None, columns=columns, keep=keep, currency=currency, unit=unit, unpriced=unpriced,
            decimal=decimal, sheet=sheet, header=header, key=key, encoding=encoding, separator=separator,
        )  # fmt: skip

    @classmethod
    def read_csv(cls, source: Source, **options: Unpack[ReadOptions]) -> RateCard:
        r"""Read a price list from a CSV file, whatever its name: see ``read``. Errors count its lines.

        >>> from io import StringIO
        >>> RateCard.read_csv(StringIO("country;cents\nFR;4.5\nNA;3"), currency="EUR").countries
        ('FR', 'NA')
        """
        return cls._load(source, ".csv", **options)

    @classmethod
    def read_excel(cls, source: Source, **options: Unpack[ReadOptions]) -> RateCard:
        """Read a price list from a workbook (.xlsx): see ``read``. Errors count the rows of the sheet.

        >>> import pandas as pd
        >>> prices = pd.DataFrame({"Country": ["France", "Belgium"], "Price (EUR)": [0.045, 0.062]})
        >>> prices.to_excel("list.xlsx", index=False)
        >>> RateCard.read_excel("list.xlsx", columns={"price": "Price (EUR)"}).lookup(country="BE").cents
        Decimal('6.200000')
        """
        return cls._load(source, ".xlsx", **options)

    @classmethod
    def read_json(cls, source: Source, **options: Unpack[ReadOptions]) -> RateCard:
        """Read a price list from a JSON file, however its objects are nested: see ``read``.

        Every object that says a price itself is an entry, and what it does not say it has from the objects
        around it; ``key`` is the name these hold it by, ``keys`` are all such names, the outermost first. A
        cell that is a list, as of ranges of numbers, is an entry for each item. An object of prices by
        country or calling code is read as a mapping. Errors count the entries from 1.

        >>> from io import StringIO
        >>> text = '''{"code": "ZM", "currency": "EUR", "default": "0.2", "networks": [
        ...     {"id": "64502", "ranges": [26076, 26096], "price": "0.28725000"}]}'''
        >>> columns = {"country": "code", "network": "id", "prefix": "ranges", "price": ["price", "default"]}
        >>> card = RateCard.read_json(StringIO(text), columns=columns, unit="major")
        >>> card.lookup("+260760000000", network="64502", country="ZM").cents
        Decimal('28.725000')
        >>> prices = StringIO('{"data": {"FR": 0.045, "BE": 0.062}}')
        >>> RateCard.read_json(prices, key="data", unit="major", currency="EUR").lookup(country="BE").cents
        Decimal('6.200000')
        """
        return cls._load(source, ".json", **options)

    @classmethod
    def read_parquet(cls, source: Source, **options: Unpack[ReadOptions]) -> RateCard:
        """Read a price list from a Parquet file, such as one of ``to_arrow``; see ``read``.

        Errors count the rows from 1.

        >>> from pyarrow import parquet
        >>> card = RateCard({"FR": "4.5", "BE": {"20601": "6"}}, currency="EUR")
        >>> parquet.write_table(card.to_arrow(), "rates.parquet")
        >>> RateCard.read_parquet("rates.parquet") == card
        True
        """
        return cls._load(source, ".parquet", **options)

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Mapping[str, object]] | Any,
        *,
        columns: Columns | None = None,
        keep: Keep | None = None,
        currency: str | None = None,
        unit: Unit | None = None,
        unpriced: Iterable[str] = (),
        decimal: str | None = None,
        source: str = "rows",
    ) -> RateCard:
        """Make a card of dictionaries, or of a frame, with the columns of ``read``; errors count rows from 1.

        A float is exactly the number it is written as: 0.045 is 0.045, once its unit is said.

        >>> rows = [{"country": "FR", "cents": "4.5"}, {"country": "FR", "network": "20815", "cents": 4}]
        >>> RateCard.from_rows(rows, currency="EUR").lookup(country="FR", network="20815").cents
        Decimal('4.000000')
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"country": ["FR", "BE"], "price": [0.045, 0.062]})
        >>> RateCard.from_rows(frame, currency="EUR", unit="major").lookup(country="FR").cents
        Decimal('4.500000')
        """
        shape = Shape(columns, keep, PriceRule.of(unit, currency, decimal, unpriced)).check()
        return cls._read(read_frame_records(rows), shape, source)

    @classmethod
    def from_multipliers(
        cls,
        multipliers: Mapping[str | None, object],
        *,
        price: object,
        currency: str,
        unit: Unit | None = None,
        source: str = "multipliers",
    ) -> RateCard:
        """Make a card of one price and how many times it is paid for each destination.

        ``multipliers`` has the keys of a mapping of prices. ``price`` is an amount, or a mapping of days to
        amounts, each of which holds from its day until the next. Products are exact: one finer than a
        millionth of a cent is refused.

        >>> prices = {"2025-04-01": "2.30", "2026-04-01": "2.50"}
        >>> card = RateCard.from_multipliers({"44": 1, "1242": 4}, price=prices, currency="GBP")
        >>> card.lookup("+12425550100", when=date(2026, 3, 31)).cents
        Decimal('9.200000')
        >>> card.lookup("+12425550100", when=date(2026, 4, 1)).cents
        Decimal('10.000000')
        """
        rule = PriceRule.of(unit, currency)
        records = read_multiplier_records(multipliers, price, rule=rule)
        return cls._read(records, Shape(rule=PriceRule.of("cents", currency), noun="entry"), source)

    @classmethod
    def learn(
        cls,
        receipts: Any,
        *,
        currency: str,
        parts: str = "parts",
        cost: str = "cost_cents",
        unit: Unit | None = None,
        country: str | None = None,
        network: str | None = None,
        to: str | None = None,
        default_region: str | None = None,
        source: str = "receipts",
    ) -> RateCard:
        """Learn a card from what was billed: a frame with the parts and the cost of each message.

        ``country`` and ``network`` are each a column, or one value; ``to`` is the column of numbers that tell
        the country. Each destination gets the mean price of a part, the least and the most that was billed
        for one, and the count of its ``receipts``: they weigh the networks where that of a number is not
        known. The unit of the cost is known as that of a price is: ``cost_cents`` says it. Receipts without a
        cost tell nothing; one that cannot be right is left out, ``skipped`` counts these, and a warning tells
        of them.

        >>> import pandas as pd
        >>> receipts = pd.DataFrame({"parts": [2, 1, 1], "cost_cents": ["11", "5.5", "5"]})
        >>> receipts["mccmnc"] = ["26201", "26201", "26276"]
        >>> card = RateCard.learn(receipts, currency="EUR", country="DE", network="mccmnc")
        >>> card.lookup(country="DE").basis, card.lookup(country="DE", network="26201").cents
        ('learned mix', Decimal('5.500000'))
        >>> card.to_arrow().select(["network", "receipts"]).to_pylist()
        [{'network': '26201', 'receipts': 2}, {'network': '26276', 'receipts': 1}]
        """
        options = {"country": country, "network": network, "to": to, "default_region": default_region}
        rule = PriceRule.of(unit, currency)
        records, skipped = learn_records(receipts, parts=parts, cost=cost, rule=rule, **options)
        shape = Shape(rule=PriceRule.of("cents", currency), noun="destination")
        card = cls._read(records, shape, source)
        card._skipped = skipped
        return card

    @classmethod
    def _load(cls, source: Source, kind: str | None, **options: Unpack[ReadOptions]) -> RateCard:
        with refusing():
            file = open_source(source, KINDS, kind=kind)
            shape = shape_of(file, options)
        with refusing(file):
            return cls._read(read_records(file, shape, options), shape, name_of(source))

    @classmethod
    def _read(cls, records: Iterable[Record], shape: Shape, source: str) -> RateCard:
        rows, currency = read_rows(shape.apply(records), noun=shape.noun, rule=shape.rule)
        return cls._of(rows, currency, source)

    @classmethod
    def _of(cls, rows: tuple[Row, ...], currency: str, source: str) -> RateCard:
        card = cls.__new__(cls)
        card._fill(rows, currency, source)
        return card

    def _fill(self, rows: tuple[Row, ...], currency: str, source: str) -> None:
        self._rows, self._currency, self._source = rows, currency, source
        self._known, self._packed, self._skipped = {}, None, 0
        self._levels = Levels(rows)
        self._prefixes = classes_of(rows)
        self.prefix_prices = list_prefix_prices(rows, self._prefixes)
        content = "\n".join([currency, *sorted(row.canonical for row in rows)])
        self._sha256 = sha256(content.encode()).hexdigest()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows, in the order of the source."""
        return self._rows

    @property
    def currency(self) -> str:
        """The ISO 4217 code of the one currency all prices are in."""
        return self._currency

    @property
    def source(self) -> str:
        """Where the card was read from."""
        return self._source

    @property
    def skipped(self) -> int:
        """How many receipts were left out of a card that was learned: those that cannot be right."""
        return self._skipped

    @property
    def sha256(self) -> str:
        """A hash of the content: the same in any order of rows and any spelling of prices."""
        return self._sha256

    @property
    def prefixes(self) -> frozenset[str]:
        """The prefixes that rows name."""
        return self._prefixes

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries that rows name, sorted."""
        return tuple(sorted({row.country for row in self._rows if row.country}))

    def to_arrow(self) -> pa.Table:
        """Return the rows as a table with the columns of ``read``, in cents; cells kept aside stay out.

        A row that says that there is no price has null for it: ``read_parquet(…, unpriced=("",))`` reads it.

        >>> RateCard({"FR": "4.5"}, currency="EUR").to_arrow().select(["country", "cents"]).to_pylist()
        [{'country': 'FR', 'cents': Decimal('4.500000')}]
        """
        return write_table(self._rows, self._currency)

    def lookup(
        self,
        number: str | None = None,
        network: str | None = None,
        *,
        country: str | None = None,
        traffic: str = "marketing",
        when: date | None = None,
    ) -> Rate | None:
        """Tell what a part to a destination costs, or None if the card has no price for it.

        ``number`` is E.164, ``network`` MCC and MNC, ``country`` that of the number unless another is given,
        as in `estimate`. Where the network is unknown, the rate spans every network the number may be on.
        ``when`` is the day of sending, today by default: a date is taken as it is, a moment that knows its
        time zone by its day in UTC.

        >>> card = RateCard({"FR": "4.5"}, currency="EUR")
        >>> card.lookup("+33639980102").cents, card.lookup(country="FR").cents
        (Decimal('4.500000'), Decimal('4.500000'))
        >>> card.lookup("+32470000000") is None
        True
        """
        digits = None if number is None else digits_of(number)
        asked = Cells.of("the call", None, {"country": country, "network": network, "traffic": traffic})
        at = asked.country() or (country_of(digits) if digits else None)
        destination = Destination(digits, at, asked.code("network"), asked.code("traffic"))
        return self._rate(destination, day_of(when))

    def rates_of(
        self, destinations: Iterable[tuple[str | None, ...]], *, when: date | None = None
    ) -> list[Rate | None]:
        """Look destinations up: prefix on the card, country, network and traffic of each; None for no price.

        A prefix is the card's longest prefix of the number: ``""`` if the number is known but no prefix of
        the card matches, None if there is no number; rows for its country then apply.

        >>> RateCard({"33": "4.5"}, currency="EUR").rates_of([("33", "FR", None, "alerting")])[0].cents
        Decimal('4.500000')
        """
        day = day_of(when)
        asked = (Destination(prefix, *(key or None for key in keys)) for prefix, *keys in destinations)
        return [self._rate(destination, day) for destination in asked]

    def valid_on(self, day: date) -> RateCard:
        """Keep only the rows in force on a day.

        >>> rows = [{"cents": "4", "valid_to": "2026-02-01"}, {"cents": "5", "valid_from": "2026-02-01"}]
        >>> len(RateCard.from_rows(rows, currency="EUR").valid_on(date(2026, 2, 1)))
        1
        """
        kept = tuple(row for row in self._rows if row.is_valid(day_of(day)))
        return RateCard._of(kept, self._currency, self._source)

    def coverage(
        self,
        destinations: Any,
        *,
        to: str | None = None,
        country: str | None = None,
        network: str | None = None,
        default_region: str | None = None,
        traffic: str = "marketing",
        when: date | None = None,
    ) -> pd.DataFrame:
        """Tell how the card prices the rows of a frame, or of an estimate: by which rows, how well, or not.

        A line is a country and a network, if that is known, with its count of ``rows``. ``basis`` is that of
        a rate, or "unpriced"; ``priced_by`` tells whether rows for networks, prefixes, countries or the
        default apply. Rows with a wrong number go nowhere and are not counted. For a frame the options are
        those of ``estimate``; an estimate has its own.

        >>> import pandas as pd
        >>> frame = pd.DataFrame({"to": ["+33639980102", "+33639980103", "+32470000001"]})
        >>> covered = RateCard({"FR": "4.5"}, currency="EUR").coverage(frame, to="to")
        >>> covered[["country", "rows", "basis"]].to_records(index=False).tolist()
        [('BE', 1, 'unpriced'), ('FR', 2, 'exact')]
        """
        options = {"country": country, "network": network, "default_region": default_region}
        addressing, table = read_destinations(destinations, to=to, traffic=traffic, **options)
        counts = count_destinations(table, addressing, self._prefixes)
        when = getattr(addressing, "when", when)
        return list_coverage(counts, partial(self.rates_of, when=when), self._rows)

    @property
    def is_dated(self) -> bool:
        """Whether a price begins or ends to hold on some day."""
        return any(row.valid_from or row.valid_to for row in self._rows)

    def age(self, *, on: date | None = None) -> int | None:
        """Count the days since the newest price in force began to hold; None if no row in force says when.

        >>> card = RateCard.from_rows([{"cents": "4", "valid_from": "2026-02-01"}], currency="EUR")
        >>> card.age(on=date(2026, 3, 1))
        28
        """
        day = day_of(on)
        began = [row.valid_from for row in self._rows if row.valid_from and row.is_valid(day)]
        return (day - max(began)).days if began else None

    def _rate(self, destination: Destination, day: date) -> Rate | None:
        asked = destination, day
        if asked in (known := self._known):
            return known[asked]
        rows = self._levels.candidates(destination, day)
        rate = Rate.of(rows) if rows else None
        # A full memory is left to the threads that read it, and not emptied under them.
        self._known = {asked: rate} if len(known) >= MOST_KNOWN else known
        self._known[asked] = rate
        return rate

    def __len__(self) -> int:
        return len(self._rows)

    def __eq__(self, other: object) -> bool:
        return self._sha256 == other._sha256 if isinstance(other, RateCard) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._sha256)

    def __reduce__(self) -> tuple[object, ...]:
        """Write the rows by columns, once; a process that knows the card takes the one it has."""
        if self._packed is None:
            columns = [*zip(*self._rows, strict=True)]
            self._packed = pickle.dumps((columns, self._currency, self._source, self._skipped), protocol=5)
        digest = blake2b(self._packed, digest_size=16).digest()
        _CARDS.setdefault(digest, self)
        return _revive, (digest, self._packed)

    def __repr__(self) -> str:
        size = f"{counted(len(self), 'row')}, {counted(len(self.countries), 'country', 'countries')}"
        return f"RateCard({self.currency}, {size}, sha256 {self.sha256[:8]}…, from {self.source})"


_CARDS: WeakValueDictionary[bytes, RateCard] = WeakValueDictionary()  # by what was written of them


def _revive(digest: bytes, packed: bytes) -> RateCard:
    known = _CARDS.get(digest)
    if known is not None:
        return known
    columns, currency, source, skipped = pickle.loads(packed)  # noqa: S301 (a part of what is being loaded)
    card = RateCard._of(tuple(map(Row._make, zip(*columns, strict=True))), currency, source)
    card._skipped, card._packed = skipped, packed
    _CARDS[digest] = card
    return card
