"""Prices as lists write them: the one rule for every price that comes in, and its unit.

The unit is said by the caller (``unit="cents"`` or ``"major"``), by the header of the column, or by a sign in
the cell. Where nothing says it cents are meant, as in the API; but a float, or a price under half a cent, is
then more likely one of euros, and is refused with both readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from callr_segment.campaign.rates.money import Unit, microcents, quoted
from callr_segment.campaign.rates.signs import NOTHING_SAID, Signs, read_signs, without_asides
from callr_segment.errors import InputError

__all__ = ["PriceRule", "Said"]

HALF_A_CENT = 500_000  # microcents

_WRITTEN = re.compile(r"([^\d.,\-]*?)(-?[\d.,](?:[\d.,'’\s]*[\d.,])?)([^\d]*)")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")  # as most are
_DOT = re.compile(r"(?<=[^\W\d_])\.(?=\s|$|[0-9]+[.,][0-9])")  # of an abbreviation
_DOT_OR_POINT = re.compile(r"[^\W\d_]\.[0-9]")
_SPACES = re.compile(r"[\s'’]")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[\s'’][0-9]{3})+(?:[.,][0-9]*)?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")
_NO_PRICE = re.compile(
    r"[-–—.?/ ]+|#\S+|n\W?/?a\W?|n\W?[cd]\W?|tbd|tba|none|null|nil|(?:up)?on request|not available|"
    r"contact us|sur (?:demande|devis)|nous consulter|(?:in|non )?disponible|auf anfrage|nicht verfügbar|"
    r"su richiesta|a consultar|op aanvraag",
    re.IGNORECASE,
)
_FREE = re.compile(r"free|gratis|gratuite?|gratuito|kostenlos|kostenfrei", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A cell and what the header above it says of its unit and its currency."""

    value: Any
    signs: Signs = NOTHING_SAID


class PriceRule(NamedTuple):
    """How the prices of one list are read: what the caller said of them.

    ``decimal`` is the sign before decimals, ``unpriced`` are the cells that say there is no price.
    """

    unit: Unit | None = None
    currency: str | None = None
    decimal: str | None = None
    unpriced: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        unit: Unit | None = None,
        currency: str | None = None,
        decimal: str | None = None,
        unpriced: Iterable[str] = (),
    ) -> PriceRule:
        """Check what the caller says."""
        if unit not in (None, "cents", "major"):
            raise InputError(f'unit={unit!r} is none of "cents", "major"', value=unit)
        if decimal not in (None, ".", ","):
            raise InputError(f'decimal={decimal!r} is none of ".", ","', value=decimal)
        cells = [unpriced] if isinstance(unpriced, str) else unpriced
        return cls(unit, currency, decimal, frozenset(str(cell).strip().casefold() for cell in cells))

    def is_unpriced(self, value: object) -> bool:
        """Whether a cell says that there is no price."""
        value = value.value if isinstance(value, Said) else value
        text = "" if value is None else value
        return isinstance(text, str) and text.strip().casefold() in self.unpriced

    def currency_of(self, value: object) -> str | None:
        """Tell the currency that is written beside a price, or above it."""
        said = value if isinstance(value, Said) else Said(value)
        signs = self._parts(said.value)[1] if isinstance(said.value, str) else NOTHING_SAID
        above = said.signs.currencies
        both = signs.currencies & above if signs.currencies and above else signs.currencies | above
        if signs.currencies and above and not both:
            message = f"{quoted(said.value)}: the header says {_listed(above)}: correct either"
            raise InputError(message, value=said.value)
        return self._same_currency(said.value, both)

    def read(self, value: object) -> int:
        """Read a price exactly, in microcents.

        Raises InputError for one that can be read in two ways, and as ``microcents`` does.

        >>> PriceRule.of(currency="EUR").read("0,045 €")
        4500000
        >>> PriceRule.of(unit="major").read(0.045), PriceRule.of(unit="cents").read(0.045)
        (4500000, 45000)
        """
        said = value if isinstance(value, Said) else Said(value)
        text, here = said.value, NOTHING_SAID
        if isinstance(text, str):
            number, here = self._parts(text)
            text = _plain(number, self.decimal, text)
        unit = self._agreed(value=said.value, here=here.unit, above=said.signs.unit)
        self.currency_of(said)
        number = _exact(text)
        amount = _scaled(number, unit or "cents", said.value)
        if unit is None and (_is_float(said.value) or 0 < amount < HALF_A_CENT):
            raise self._unclear(said.value, number)
        return amount

    def _parts(self, text: str) -> tuple[str, Signs]:
        """Cut a text into its number, and what the signs around it say."""
        if _PLAIN.fullmatch(text):
            return text, NOTHING_SAID
        plain = _DOT.sub(" ", without_asides(text.strip().removeprefix("'")).replace("−", "-"))
        found = None if _DOT_OR_POINT.search(plain) else _WRITTEN.fullmatch(plain.strip())
        signs = read_signs(f"{found[1]} {found[3]}") if found else None
        return (found[2], signs) if found and signs is not None else (text, NOTHING_SAID)

    def _agreed(self, *, value: object, here: Unit | None, above: Unit | None) -> Unit | None:
        """Take the unit from who says it: the caller, the header or the cell; they must not contradict.

        A header that names a currency may be of cents all the same, where the caller says so.
        """
        above = None if self.unit and above == "major" else above
        said: dict[str, Unit | None] = {"unit=": self.unit, "the header": above, "the cell": here}
        units: dict[str, Unit] = {who: unit for who, unit in said.items() if unit is not None}
        if len(set(units.values())) > 1:
            told = " and ".join(f"{who} says {unit}" for who, unit in units.items())
            raise InputError(f"{quoted(value)}: {told}: correct either", value=value)
        return next(iter(units.values()), None)

    def _same_currency(self, value: object, currencies: frozenset[str]) -> str | None:
        here = self.currency and self.currency.strip().upper()
        if here and currencies and here not in currencies:
            message = (
                f"{quoted(value)} is {_listed(currencies)}, and the card {here}: a card has one currency"
            )
            raise InputError(message, value=value)
        return next(iter(currencies)) if len(currencies) == 1 else None

    def _unclear(self, value: object, number: object) -> InputError:
        shown = quoted(value)
        major = self.currency or "euros or the like"
        return InputError(
            f'{shown} is {number} cents, or {number} {major}: say unit="cents" or "major" (--rate-unit)',
            value=value,
        )


def _listed(currencies: frozenset[str]) -> str:
    names = sorted(currencies)
    return " or ".join(names) if len(names) < 4 else "in another currency"


def _plain(number: str, decimal: str | None, text: str) -> str:
    """Write a number with a point before its decimals and nothing else between its digits."""
    if _SPACES.search(number):
        if not _GROUPED.fullmatch(number):
            return text
        number = _SPACES.sub("", number)
    marks = {mark for mark in ".," if mark in number}
    if len(marks) == 2:
        last = max(marks, key=number.rfind)
        whole, _, decimals = number.rpartition(last)
        if (decimal and decimal != last) or last in whole or not _THOUSANDS.fullmatch(whole):
            return text
        return f"{re.sub('[.,]', '', whole)}.{decimals}"
    mark = next(iter(marks), ".")
    return _with_one_mark(number, mark, decimal, text)


def _with_one_mark(number: str, mark: str, decimal: str | None, text: str) -> str:
    grouped = _THOUSANDS.fullmatch(number) is not None
    if number.count(mark) > 1 or (decimal and decimal != mark):
        return number.replace(mark, "") if grouped or mark not in number else text
    if mark == "," and grouped and decimal is None:
        plain, whole = number.replace(",", "."), number.replace(",", "")
        raise InputError(
            f'{quoted(text)} is {plain} or {whole}: write it so, or say decimal="," (--rate-decimal)',
            value=text,
        )
    return number.replace(",", ".")


def _is_float(value: object) -> bool:
    return isinstance(value, (float, np.floating))


def _exact(value: Any) -> Any:
    """Take a float for the shortest number it is written as, and an integer of NumPy for one."""
    if _is_float(value):
        if not np.isfinite(value):
            raise InputError(f"{value} is no price: leave the row out, or say unpriced=", value=value)
        return np.format_float_positional(value, trim="0")
    if isinstance(value, date):  # what a spreadsheet makes of 4.5 where dates are written so
        raise InputError(
            f"{value} is a date: write the price in the sheet, as a number or a text", value=value
        )
    return int(value) if isinstance(value, np.integer) else value


def _scaled(number: Any, unit: Unit, value: object) -> int:
    try:
        return microcents(number, unit=unit)
    except InputError as error:
        text = value.strip() if isinstance(value, str) else ""
        if _NO_PRICE.fullmatch(text):
            way_out = f"if it means that there is no price, say unpriced=({text!r},) (--rate-unpriced)"
        elif _FREE.fullmatch(text):
            way_out = "if it means that a part costs nothing, write 0"
        else:
            raise error from None
        raise InputError(f"{quoted(value)} is no number: {way_out}", value=value) from None
