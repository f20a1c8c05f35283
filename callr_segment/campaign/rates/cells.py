"""The cells of a rate card: each is checked, and what is refused is named with its place and the way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple, TypeVar

from callr_segment.campaign.rates.countries import find_country, is_every_country, refusal_of
from callr_segment.campaign.rates.money import quoted
from callr_segment.campaign.rates.prices import PriceRule, Said
from callr_segment.errors import InputError, RateError
from callr_segment.text.networks import (
    code_beside_name,
    country_of_mcc,
    is_all_but_some,
    is_every_network,
    is_network,
    join_network,
)

__all__ = ["Cells", "is_empty"]

LARGEST_PRICE = 10**15  # microcents; a message, of at most 255 parts, then stays within 18 digits

_FORMS: dict[str, tuple[Callable[[str], object], str]] = {
    "prefix": (
        re.compile(r"[1-9][0-9]{0,14}").fullmatch,
        "write up to 15 digits, such as 33, without leading zeros; of several, each in a row of its own",
    ),
    "network": (
        is_network,
        "write MCC and MNC together, 5 or 6 digits, such as 20801, or the name of the network",
    ),
    "traffic": (re.compile(r"marketing|alerting").fullmatch, "write marketing or alerting"),
    "currency": (re.compile(r"[A-Z]{3}").fullmatch, "write three letters of ISO 4217, such as EUR"),
}
_PREFIX = re.compile(r"(?:\+|00)?\(?([1-9][0-9]*)\)?|(?:\+|00)?([17])[ -]\(?([0-9]{3})\)?")  # 1-809, 7 (701)


def _plain_prefix(text: str) -> str:
    """Write a prefix in digits only; what may be several is left as it is."""
    found = _PREFIX.fullmatch(text)
    return "".join(filter(None, found.groups())) if found else text


_SPELLINGS: dict[str, Callable[[str], str]] = {
    "currency": str.upper,
    "prefix": _plain_prefix,
    "traffic": str.lower,
}
_COUNTED = ("prefix", "network", "mcc", "mnc")  # none begins with a zero that a number has lost, but the MNC
_MCC, _MNC = re.compile(r"[2-79][0-9]{2}"), re.compile(r"[0-9]{1,3}")
_ALL_OF_MCC = re.compile(r"([2-79][0-9]{2})[-_ /]*([^\W\d_]+|\*+)")  # 208xx, 208-*, 208 all


Read = TypeVar("Read")


class Cells(NamedTuple):
    """The cells of one row that are not empty, and where it stands: ``place`` in words."""

    place: str
    line: int | None
    values: Mapping[str, object]

    @classmethod
    def of(cls, place: str, line: int | None, values: Mapping[str, object]) -> Cells:
        """Take the cells of a row, leaving out None and blank text, and words that mean any."""
        kept = {name: value for name, value in values.items() if not is_empty(value)}
        kept = {name: value for name, value in kept.items() if not _is_any(name, value)}
        return cls(place, line, _with_mcc_of_all(kept))

    def refused(self, column: str, problem: object) -> RateError:
        """Make the error that names the place, the column and the value."""
        message = f"{self.place}, column {column}: {problem}"
        return RateError(message, row=self.line, column=column, value=self.shown(column))

    def text(self, column: str) -> str:
        """Read a cell that must be text."""
        value = self.values[column]
        if column in _COUNTED:
            value = _whole(value)
            if type(value) is int:
                return quoted(value)
        if not isinstance(value, str):
            raise self.refused(column, f"{quoted(value)} is {type(value).__name__}: write it as text")
        return value.strip()

    def code(self, column: str) -> str | None:
        """Read a code, which must have the form of its column; None if the cell is empty."""
        if column not in self.values:
            return None
        text = self.text(column)
        code = _SPELLINGS.get(column, str)(text)
        form, way_out = _FORMS[column]
        if not form(code):
            raise self.refused(column, f"{quoted(text)}: {way_out}")
        return code

    def network(self) -> str | None:
        """Read a network, refusing a name that no country or prefix goes with."""
        code = self._code_of_network()
        if code is None or not code.isdecimal():  # a name beside MCC and MNC says no more than they do
            code = self._mcc_and_mnc() or code
        if code and not code.isdecimal() and not {"country", "prefix"} & self.values.keys():
            way_out = "say its country, or leave the row out"
            raise self.refused(
                "network", f"{quoted(code)} is a name, which many countries may have: {way_out}"
            )
        return code

    def _code_of_network(self) -> str | None:
        code = self.code("network")
        if code and is_all_but_some(code):
            way_out = (
                "write those in rows of their own, and the price of the others in a row without a network"
            )
            raise self.refused("network", f"{quoted(code)} is every network but some: {way_out}")
        return code and (code_beside_name(code) or code)

    def _mcc_and_mnc(self) -> str | None:
        """Put a network together; one without MNC is all of its country."""
        mcc, mnc = self._digits("mcc", _MCC, "such as 208"), self._digits("mnc", _MNC, "such as 01")
        if mnc is not None and mcc is None:
            raise self.refused("mnc", f"{quoted(mnc)} has no MCC beside it: fill mcc, or leave mnc out")
        return None if mcc is None or mnc is None else join_network(mcc, mnc)

    def _digits(self, column: str, form: re.Pattern[str], example: str) -> str | None:
        text = self.text(column) if column in self.values else None
        if text is None or not text.strip("0"):
            return None if column == "mcc" else text
        if not form.fullmatch(text):
            raise self.refused(column, f"{quoted(text)}: write its digits, {example}")
        return text

    def country(self) -> str | None:
        """Read a country by its code or its name, refusing one that no number has."""
        if "country" not in self.values:
            return self._country_of_mcc()
        text = self.text("country")
        country = find_country(text)
        if country is None:
            shown = "" if len(text) == 2 and text.isalpha() else f"{quoted(text)}: "
            raise self.refused("country", f"{shown}{refusal_of(text)}")
        return country

    def _country_of_mcc(self) -> str | None:
        """Tell the country of a row for an MCC and all its networks."""
        mcc = None if {"network", "mnc"} & self.values.keys() else self._digits("mcc", _MCC, "such as 208")
        if mcc is None:
            return None
        if (country := country_of_mcc(mcc)) is None:
            raise self.refused("mcc", f"{quoted(mcc)} is that of no country: say its country, or its mnc")
        return country

    def number(self, column: str, convert: Callable[[object], Read]) -> Read | None:
        """Read a cell exactly, by a function; None if it is empty."""
        if column not in self.values:
            return None
        try:
            return convert(self.values[column])
        except InputError as error:
            raise self.refused(column, error) from None

    def money(self, column: str, rule: PriceRule) -> int | None:
        """Read an amount in microcents; None if the cell is empty."""
        says_cents = column == "cents" or column.endswith("_cents")
        amount = self.number(column, lambda value: rule.read(_in_cents(value) if says_cents else value))
        if amount is not None and amount >= LARGEST_PRICE:
            raise self.refused(column, f"{quoted(self.shown(column))} is too large for one message")
        return amount

    def shown(self, column: str) -> object:
        """Give a cell as it stands in the list."""
        value = self.values.get(column)
        return value.value if isinstance(value, Said) else value

    def day(self, column: str) -> date | None:
        """Read a date; None if the cell is empty."""
        if column not in self.values:
            return None
        if type(value := self.values[column]) is date:
            return value
        text = self.text(column)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.refused(column, f"{quoted(text)}: write a date as in 2026-01-31") from None


def _whole(value: object) -> object:
    """Read a whole number that a table of decimals holds."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.removesuffix(".0") if isinstance(value, str) else value


def _in_cents(value: object) -> Said:
    said = value if isinstance(value, Said) else Said(value)
    return replace(said, signs=said.signs._replace(unit="cents"))


def _is_any(column: str, value: object) -> bool:
    """Whether a cell means whatever there is: by a word for every network or country, or a star."""
    return isinstance(value, str) and column in _ANY and _ANY[column](value)


def _is_every_mnc(text: str) -> bool:
    return is_every_network(text) or not text.strip(" xX")


_ANY: dict[str, Callable[[str], bool]] = {
    "country": is_every_country,
    "network": is_every_network,
    "mnc": _is_every_mnc,
    **dict.fromkeys(("prefix", "mcc", "traffic"), lambda text: text.strip() == "*"),
}


def _with_mcc_of_all(values: dict[str, object]) -> dict[str, object]:
    """Read a network such as 208xx as the MCC it is, with every network of it."""
    found = _ALL_OF_MCC.fullmatch(str(values.get("network", "")).strip())
    if not found or not _is_every_mnc(found[2]):
        return values
    return {name: value for name, value in values.items() if name != "network"} | {"mcc": found[1]}


def is_empty(value: object) -> bool:
    """Whether a cell holds nothing."""
    value = value.value if isinstance(value, Said) else value
    return value is None or (isinstance(value, str) and (not value or value.isspace()))
