"""The cells of a rate card: each is checked, and what is refused is named with its place and the way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from callr_segment.campaign.rates.money import Unit, microcents, quoted
from callr_segment.errors import InputError, RateError
from callr_segment.text.networks import is_network

__all__ = ["Cells"]

LARGEST_PRICE = 10**15  # microcents; a message, of at most 255 parts, then stays within 18 digits

_FORMS: dict[str, tuple[Callable[[str], object], str]] = {
    "country": (re.compile(r"[A-Z]{2}").fullmatch, "write two letters of ISO 3166, such as FR"),
    "prefix": (
        re.compile(r"[1-9][0-9]{0,14}").fullmatch,
        "write up to 15 digits, such as 33, without leading zeros",
    ),
    "network": (
        is_network,
        "write MCC and MNC together, 5 or 6 digits, such as 20801, or the name of the network",
    ),
    "traffic": (re.compile(r"marketing|alerting").fullmatch, "write marketing or alerting"),
    "currency": (re.compile(r"[A-Z]{3}").fullmatch, "write three letters of ISO 4217, such as EUR"),
}
_SPELLINGS: dict[str, Callable[[str], str]] = {
    "country": str.upper,
    "currency": str.upper,
    "prefix": lambda text: text.removeprefix("+"),
}
_NOT_ISO = {
    "UK": "write GB",
    "EL": "write GR",
    "XX": "leave it empty for any",
    "ZZ": "leave it empty for any",
}


class Cells(NamedTuple):
    """The cells of one row that are not empty, and where it stands: ``place`` in words."""

    place: str
    line: int | None
    values: Mapping[str, object]

    @classmethod
    def of(cls, place: str, line: int | None, values: Mapping[str, object]) -> Cells:
        """Take the cells of a row, leaving out None and blank text."""
        return cls(place, line, {name: value for name, value in values.items() if not _is_empty(value)})

    def refused(self, column: str, problem: object) -> RateError:
        """Make the error that names the place, the column and the value."""
        message = f"{self.place}, column {column}: {problem}"
        return RateError(message, row=self.line, column=column, value=self.values.get(column))

    def text(self, column: str) -> str:
        """Read a cell that must be text."""
        value = self.values[column]
        if column == "prefix" and type(value) is int:  # it has no zeros to lose
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
        code = self.code("network")
        if code and not code.isdecimal() and not {"country", "prefix"} & self.values.keys():
            way_out = "say its country, or leave the row out"
            raise self.refused(
                "network", f"{quoted(code)} is a name, which many countries may have: {way_out}"
            )
        return code

    def country(self) -> str | None:
        """Read a country, refusing two letters that ISO 3166 gives to none."""
        code = self.code("country")
        if code in _NOT_ISO:
            raise self.refused("country", f"{code} is no country of ISO 3166: {_NOT_ISO[code]}")
        return code

    def number(self, column: str, convert: Callable[[object], int]) -> int | None:
        """Read a number exactly; None if the cell is empty."""
        if column not in self.values:
            return None
        try:
            return convert(self.values[column])
        except InputError as error:
            raise self.refused(column, error) from None

    def money(self, column: str, unit: Unit) -> int | None:
        """Read an amount in microcents; None if the cell is empty."""
        amount = self.number(column, lambda value: microcents(value, unit=unit))
        if amount is not None and amount >= LARGEST_PRICE:
            raise self.refused(column, f"{quoted(self.values[column])} is too large for one message")
        return amount

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


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and (not value or value.isspace()))
