"""What to estimate: the options of `estimate`, read once against the columns there are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Literal, TypedDict, TypeVar, Unpack

import pyarrow as pa

from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.columns.options import CHOICES, OPTIONS, check_column_name, read_settings
from callr_segment.campaign.messages.wording import Wording, read_templates, read_unknown
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.specificity import day_of
from callr_segment.campaign.recipients.addressing import Addressing
from callr_segment.campaign.recipients.audience import read_numbers
from callr_segment.errors import InputError, did_you_mean
from callr_segment.text.policy import POLICY, Policy
from callr_segment.text.template import Template
from callr_segment.typing import Errors

__all__ = ["DEFAULTS", "Options", "Plan", "showing_options"]

Asked = TypeVar("Asked", bound=Callable[..., Any])


class Options(TypedDict, total=False):
    """The options of `estimate`, of `check_many` and of `Plan.of`, which are explained at `estimate`."""

    text: str | Template | Mapping[str, str | Template]
    to: str | None
    rates: RateCard | None
    choose: str | None
    country: str | None
    network: str | None
    default_region: str | None
    encoding: str | None
    traffic: str
    sender: str | None
    consent: str | None
    limits: Limits | tuple[int, int, int, int] | None
    errors: Errors
    when: date | None
    duplicates: Literal["keep", "drop"]
    invalid: Literal["exclude", "price"]
    exclude: Iterable[str] | None
    unknown: Mapping[str, str | int] | None
    policy: Policy


DEFAULTS: dict[str, Any] = dict.fromkeys(Options.__annotations__) | {
    "text": inspect.Parameter.empty,
    "traffic": "marketing",
    "errors": "strict",
    "duplicates": "keep",
    "invalid": "exclude",
    "policy": POLICY,
}
"""What holds where an option is not given; only ``text`` must be."""


def showing_options(function: Asked) -> Asked:
    """Write the options out in the signature of a function, where ``help`` and editors look for them."""
    shown = inspect.signature(function)
    own = [each for each in shown.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    listed = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Options.__annotations__[name]
        )
        for name, default in DEFAULTS.items()
    ]
    by_kind = sorted([*own, *listed], key=lambda each: each.kind)
    function.__signature__ = shown.replace(parameters=by_kind)  # ty: ignore[unresolved-attribute]
    return function


@dataclass(frozen=True, eq=False)
class Plan(Addressing, Wording):
    """Everything `enrich` needs to know; made once, good for any batch with the same columns.

    Plans of the same options are equal, and hash and pickle.

    >>> Plan.of(["name", "tel"], text="Bonjour {name}", to="tel").columns
    ('name', 'tel')
    """

    SETTINGS: ClassVar[tuple[str, ...]] = tuple(OPTIONS)

    _: KW_ONLY
    rates: RateCard | None = None
    when: date | None = None
    invalid: str = "exclude"
    duplicates: str = "keep"

    @classmethod
    def of(cls, columns: Iterable[str], **options: Unpack[Options]) -> Plan:
        """Read the options of `estimate` against the names of columns: those a frame has, or will have.

        Without ``when`` the plan is for today. Raises InputError for an option that is no value it takes,
        and TemplateError for a field without a column.

        >>> Plan.of(["name", "pays"], text="Bonjour {name}", country="pays").country.column
        'pays'
        """
        names, given = tuple(columns), _with_defaults(options)
        _check(given)
        for option in ("to", "choose"):
            check_column_name(option, given[option])
        settings: dict[str, Any] = read_settings(names, {name: given[name] for name in OPTIONS})
        unknown = read_unknown(given["unknown"], names)
        templates = read_templates(given["text"], given["choose"], (*names, *unknown))
        plan = cls(
            templates,
            given["choose"],
            errors=given["errors"],
            limits=Limits(*given["limits"] or LIMITS),
            unknown=unknown,
            policy=given["policy"],
            to=given["to"],
            opted_out=read_numbers(given["exclude"], settings["default_region"]),
            rates=given["rates"],
            when=given["when"] or date.today(),
            invalid=given["invalid"],
            duplicates=given["duplicates"],
            **settings,
        )
        plan.check()
        return plan

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column a batch must have."""
        chosen = () if self.choose is None else (self.choose,)
        return tuple(dict.fromkeys([*self.fields, *chosen, *super().columns]))

    @cached_property
    def given(self) -> tuple[str, ...]:
        """Columns that the user's frame must have: not the fields whose values nobody knows yet."""
        return tuple(name for name in self.columns if name not in self.unknown)

    @property
    def prefixes(self) -> frozenset[str]:
        """Prefixes of numbers that decide the price."""
        return frozenset() if self.rates is None else self.rates.prefixes

    def read(self, frame: Frame) -> pa.Table:
        """Read the columns of a frame that are needed, as texts with offsets of 32 or 64 bits."""
        integers = frozenset(self.fields) - self.whole_texts
        consent = self.consent.column
        return frame.read(self.given, to=self.to, consent=consent, integers=integers)

    def __eq__(self, other: object) -> bool:
        return self._key == other._key if isinstance(other, Plan) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values |= {name: tuple(values[name].items()) for name in ("templates", "unknown")}
        return (*(values | {"opted_out": self.opted_out.tobytes()}).values(),)

    def check(self) -> None:
        """Refuse a plan that cannot tell what messages cost: open days, and rates nothing is told to."""
        for name in self.unknown:
            if name not in self.fields:
                raise InputError(
                    f"unknown {name!r} is no field of the text; write {{{name}}} there", column=name
                )
        if self.rates is None:
            return
        if self.when is None and self.rates.is_dated:
            raise InputError(
                "the rates change with time, and when= is open; give the day, as date.today() is"
            )
        known = (self.to, *self.country[:2], *self.network[:2])
        nowhere = (None, None, None, self.traffic.value)
        if not any(known) and self.rates.rates_of([nowhere], when=self.when) == [None]:
            raise InputError(
                "rates= has prices by destination, and nothing tells where messages go; pass to=, the column "
                "of numbers, or country="
            )


def _with_defaults(options: Mapping[str, Any]) -> dict[str, Any]:
    for name in options:
        if name not in DEFAULTS:
            raise TypeError(f"{name!r} is no option; {did_you_mean(name, DEFAULTS)}")
    if "text" not in options:
        raise TypeError("text= is needed: what to send, such as 'Bonjour {name}'")
    return {**DEFAULTS, **options}


def _check(given: Mapping[str, Any]) -> None:
    """Refuse an option that is none of its choices, or not what it takes."""
    for name in ("errors", "duplicates", "invalid"):
        if (value := given[name]) not in CHOICES[name]:
            raise InputError(f"{name} must be one of {', '.join(CHOICES[name])}, not {value!r}", value=value)
    rates, policy, exclude, limits = (given[name] for name in ("rates", "policy", "exclude", "limits"))
    if rates is not None and not isinstance(rates, RateCard):
        way_out = "make one with RateCard(...), RateCard.flat(...) or RateCard.read_csv(...)"
        raise InputError(f"rates= takes a RateCard, not a {type(rates).__name__}; {way_out}", value=rates)
    if not isinstance(policy, Policy):
        raise InputError(f"policy= takes a Policy, not a {type(policy).__name__}", value=policy)
    if isinstance(exclude, str) or not (exclude is None or isinstance(exclude, Iterable)):
        raise InputError(f"exclude= takes a list of numbers, not {exclude!r}", value=exclude)
    if limits is not None and (not isinstance(limits, tuple) or len(limits) != len(LIMITS)):
        raise InputError(f"limits= takes four numbers such as {tuple(LIMITS)}, not {limits!r}", value=limits)
    day_of(given["when"])
    about_numbers = given["default_region"] or exclude is not None or given["duplicates"] == "drop"
    if given["to"] is None and about_numbers:
        raise InputError("default_region, exclude and duplicates are about numbers: pass to= their column")
