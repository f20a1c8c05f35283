"""What to estimate: the options of `estimate`, checked against the columns there are and made ready."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np

from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.cells import is_network
from callr_segment.errors import InputError, TemplateError, did_you_mean
from callr_segment.text.numbers import country_codes
from callr_segment.text.policy import POLICY, Policy
from callr_segment.text.template import Template

__all__ = [
    "BATCH",
    "DUPLICATE",
    "EXPECTED",
    "MALFORMED",
    "Plan",
    "Setting",
    "check_choices",
    "check_kinds",
    "settings",
    "templates_of",
]

DUPLICATE, MALFORMED = "\x00duplicate", "\x00malformed"
"""Columns a batch may carry beside the user's: what only the whole frame, or its first reading, tells."""

BATCH = 1 << 16  # rows: small enough to stay in the cache, large enough to forget the loop around it

NO_COUNTRIES = ("UK", "EL", "XX", "ZZ")  # those of ISO 3166 are GB and GR, and none
CHOICES = {
    "encoding": ("gsm", "unicode"),
    "traffic": ("marketing", "alerting"),
    "errors": ("strict", "replace", "rewrite"),
    "duplicates": ("keep", "drop"),
    "invalid": ("exclude", "price"),
}


class Setting(NamedTuple):
    """One value of an option for every message, or the column that has one for each.

    >>> Setting(option="country").clean(" fr ")
    'FR'
    """

    value: str | None = None
    column: str | None = None
    option: str | None = None

    def clean(self, cell: str) -> str:
        """Read a cell as people write it; an empty one is missing."""
        if self.option in ("country", "default_region"):
            return cell.strip().upper()
        return cell.strip() if self.option else cell

    @property
    def missing(self) -> str | None:
        """Read a missing cell: the API takes a message to be marketing unless told."""
        return "marketing" if self.option == "traffic" else None

    def refuses(self, cell: str) -> bool:
        """Whether a cell is no value of this option."""
        value = self.clean(cell)
        if value and self.option == "network":  # cards may know it by name, which a plain value must not be
            return not is_network(value)
        return bool(value and self.option) and not _is_value(str(self.option), value)


@dataclass(frozen=True)
class Plan:
    """Everything `enrich` needs to know; made once, good for any batch with the same columns."""

    templates: Mapping[str | None, Template]
    choose: str | None = None
    to: str | None = None
    rates: RateCard | None = None
    limits: Limits = LIMITS
    errors: str = "strict"
    when: date | None = None
    invalid: str = "exclude"
    opted_out: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint64))
    policy: Policy = POLICY
    country: Setting = Setting()
    network: Setting = Setting()
    default_region: Setting = Setting()
    encoding: Setting = Setting()
    traffic: Setting = Setting("marketing")
    sender: Setting = Setting()
    unknown: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """Columns the templates are filled from."""
        return tuple(dict.fromkeys(name for template in self.templates.values() for name in template.fields))

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The options that may be columns."""
        return self.country, self.network, self.default_region, self.encoding, self.traffic, self.sender

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column a batch must have."""
        named = (self.choose, self.to, *(setting.column for setting in self.settings))
        return tuple(dict.fromkeys([*self.fields, *(name for name in named if name is not None)]))

    @property
    def given(self) -> tuple[str, ...]:
        """Columns that the user's frame must have: not the fields whose values nobody knows yet."""
        return tuple(name for name in self.columns if name not in self.unknown)

    @property
    def whole_texts(self) -> frozenset[str]:
        """Columns that are a message by themselves, so that a number there is a mistake."""
        return frozenset(
            t.fields[0] for t in self.templates.values() if t.text == f"{{{''.join(t.fields[:1])}}}"
        )


def settings(columns: Sequence[str], values: Mapping[str, str | None]) -> dict[str, Setting]:
    """Read options, each a column where there is one of that name, and a plain value otherwise."""
    return {name: _setting(name, value, columns) for name, value in values.items()}


def _setting(name: str, value: str | None, columns: Sequence[str]) -> Setting:
    if value is None:
        return Setting(option=name)
    if value in columns:
        return Setting(column=value, option=name)
    if not isinstance(value, str) or not _is_value(name, value):
        raise InputError(
            f"{name}={value!r} is neither a column nor {EXPECTED[name]}; {did_you_mean(value, columns)}",
            column=value,
            value=value,
        )
    return Setting(value=value, option=name)


EXPECTED = {
    "country": "a country such as 'FR'",
    "default_region": "a country such as 'FR'",
    "network": "a network such as '20801'",
    "encoding": "one of gsm, unicode",
    "traffic": "one of marketing, alerting",
    "sender": "a sender",
}


def _is_value(option: str, value: str) -> bool:
    if option == "default_region":
        return value in country_codes()
    if option == "country":
        return len(value) == 2 and value.isascii() and value.isupper() and value not in NO_COUNTRIES
    if option == "network":
        return value.isdecimal() and len(value) in (5, 6)
    return value in CHOICES.get(option, (value,))


def templates_of(
    text: str | Template | Mapping[str, str | Template], choose: str | None, columns: Sequence[str]
) -> dict[str | None, Template]:
    """Read the text or texts to send; every field must be a column."""
    if isinstance(text, Mapping):
        if choose is None:
            raise InputError(
                "text is a mapping of templates: pass choose= the column that picks one for each row"
            )
        return {str(key): _template(each, columns) for key, each in text.items()}
    if choose is not None:
        raise InputError(f"choose={choose!r} picks among templates: pass text= a mapping {{value: template}}")
    return {None: _template(text, columns)}


def _template(text: str | Template, columns: Iterable[str]) -> Template:
    if isinstance(text, str) and text in columns:
        raise InputError(
            f"text={text!r} would send that word to everybody; write '{{{text}}}' to send the column"
        )
    given = text if isinstance(text, Template) else Template(text)
    if half := re.search("[\ud800-\udfff]", given.text):
        raise TemplateError(
            f"the text has half a character, {half[0]!r}, at position {half.start()}; write it again",
            value=half[0],
        )
    return Template(given.text, tokens=given.tokens, fields=columns)


def check_choices(**values: object) -> None:
    """Refuse an option that is none of its choices."""
    for name, value in values.items():
        if value not in CHOICES[name]:
            raise InputError(f"{name} must be one of {', '.join(CHOICES[name])}, not {value!r}", value=value)


def check_kinds(
    *, rates: object, policy: object, exclude: object, when: object = None, limits: object = None
) -> None:
    """Refuse an object that is not what its option takes."""
    if rates is not None and not isinstance(rates, RateCard):
        way_out = "make one with RateCard(...), RateCard.flat(...) or RateCard.read_csv(...)"
        raise InputError(f"rates= takes a RateCard, not a {type(rates).__name__}; {way_out}", value=rates)
    if not isinstance(policy, Policy):
        raise InputError(f"policy= takes a Policy, not a {type(policy).__name__}", value=policy)
    if isinstance(exclude, str) or not (exclude is None or isinstance(exclude, Iterable)):
        raise InputError(f"exclude= takes a list of numbers, not {exclude!r}", value=exclude)
    if not (when is None or isinstance(when, date)):
        raise InputError(f"when= takes a date, not {when!r}; write date(2026, 2, 1)", value=when)
    if limits is not None and (not isinstance(limits, tuple) or len(limits) != len(LIMITS)):
        raise InputError(f"limits= takes four numbers such as {tuple(LIMITS)}, not {limits!r}", value=limits)
