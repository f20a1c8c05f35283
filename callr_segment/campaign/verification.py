"""An estimate made again from what it was made of, and held against what it said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from callr_segment.campaign.columns.options import OPTIONS
from callr_segment.campaign.estimation import Estimate, estimate
from callr_segment.campaign.files.texts import parse_json
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.reports.provenance import FORMAT, rule_of
from callr_segment.campaign.savings.what_ifs import RULES
from callr_segment.errors import InputError
from callr_segment.text.policy import Policy
from callr_segment.text.rewrites import EURO, Rewrite
from callr_segment.text.template import Template

__all__ = ["Difference", "RecordedEstimate", "list_differences"]

_CAUSES = {
    "version": ("version",),
    "alphabet": ("alphabet_sha256",),
    "input": ("input", "sha256"),
    "rates": ("rates", "sha256"),
    "numbers that opted out": ("opted_out", "sha256"),
}
"""What figures depend on, by its place in the origin; options are taken over and cannot differ."""


class Difference(NamedTuple):
    """What is not as it was: what it is, what it was then and what it is now."""

    what: str
    then: Any
    now: Any

    @property
    def is_cause(self) -> bool:
        """Whether it is what figures depend on, and not a figure."""
        return self.what in _CAUSES

    @property
    def matters(self) -> bool:
        """Whether it is about the campaign or its figures, not just about the program that made them."""
        return self.what not in ("version", "alphabet")

    def __str__(self) -> str:
        return f"{self.what}: {_short(self.then)} then, {_short(self.now)} now"


DAMAGE = (KeyError, TypeError, AttributeError, ValueError, IndexError, OverflowError)


class RecordedEstimate:
    """An estimate as it was written by ``Estimate.to_json``: what it was made of, and its figures.

    >>> RecordedEstimate("{}")
    Traceback (most recent call last):
    callr_segment.errors.InputError: this is no estimate of callr-segment; make one with to_json() or --json
    """

    def __init__(self, text: str) -> None:
        self.figures: Any = parse_json(text, decimals=float)
        found = self.figures.get("format") if isinstance(self.figures, dict) else None
        if found != FORMAT:
            other = "" if found is None else f", or one of another version ({found!r})"
            raise InputError(
                f"this is no estimate of callr-segment{other}; make one with to_json() or --json", value=found
            )
        try:
            self.origin: dict[str, Any] = self.figures["origin"]
            self.options: dict[str, Any] = self._read_options(self.origin["options"])
            rewrites = [_rules(rules) for rules in self.origin["rewrites"]]
            kept = self.origin.get("kept_fields", [[]] * len(rewrites))
            self.rewrites: list[tuple[tuple[Rewrite, ...], list[str]]] = [
                (rules, [*names]) for rules, names in zip(rewrites, kept, strict=True)
            ]
            self.needs: dict[str, Any] = {
                "rates": self.origin["rates"],
                "exclude": self.origin["opted_out"]["count"],
            }
            self.columns: tuple[str, ...] = tuple(map(str, self.origin["input"]["columns"]))
        except DAMAGE as error:
            raise _damaged(error) from None

    @staticmethod
    def _read_options(written: Mapping[str, Any]) -> dict[str, Any]:
        options = {name: value for name, value in written.items() if name != "templates"}
        texts = {each["key"]: Template(each["text"], tokens=each["tokens"]) for each in written["templates"]}
        options["text"] = texts if options["choose"] is not None else texts[None]
        for name in OPTIONS:
            setting = options.get(name)
            options[name] = setting["column"] if isinstance(setting, dict) else setting
        options["limits"] = tuple(options["limits"])
        options["policy"] = Policy(**options["policy"])
        day = options["when"]
        options["when"] = day and (datetime if "T" in day else date).fromisoformat(day)
        return options

    def remake(
        self, frame: Any, *, rates: RateCard | None, exclude: Iterable[str] | None, **more: Any
    ) -> Estimate:
        """Make the estimate again of a frame, with the options it was made with."""
        for name, value in {"rates": rates, "exclude": exclude}.items():
            if self.needs[name] and value is None:
                raise InputError(f"the estimate was made with {name}; give {name} to make it again")
            if value is not None and not self.needs[name]:
                raise InputError(f"the estimate was made without {name}; leave {name} out")
        try:
            found = estimate(frame, rates=rates, exclude=exclude, **self.options, **more)
        except DAMAGE as error:  # of options that no estimate was made with
            raise _damaged(error) from error
        for rules, kept in self.rewrites:
            found = found.rewrite(*rules, keep_fields=kept) if rules else found.rewritten(())
        return found


def _damaged(error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    return InputError(f"the estimate is damaged: {error!r}; take the file as it was written")


def _rules(written: list[dict[str, str]]) -> tuple[Rewrite, ...]:
    """Find the rules that an estimate was rewritten by."""
    known = {rule.name: rule for rule in (*RULES, EURO)}
    for each in written:
        if each["name"] not in known or rule_of(known[each["name"]]) != each:
            raise InputError(
                f"the estimate was rewritten by the rule {each['name']!r}, which is not one of this version; "
                "make it again in Python, with rewrite()",
                value=each["name"],
            )
    return tuple(known[each["name"]] for each in written)


def list_differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Compare two estimates by their figures and by what they were made of, causes before effects.

    >>> list_differences({"origin": {}, "parts": 2}, {"origin": {}, "parts": 3})
    [Difference(what='parts', then=2, now=3)]
    """
    causes = (
        Difference(what, _at(then["origin"], *path), _at(now["origin"], *path))
        for what, path in _CAUSES.items()
    )
    figures = _unlike("", _figures(then), _figures(now))
    return [each for each in causes if each.then != each.now] + list(figures)


def _figures(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in written.items() if name not in ("format", "origin")}


def _at(tree: Any, *path: str) -> Any:
    for name in path:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree


def _unlike(name: str, then: Any, now: Any) -> Iterator[Difference]:
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*then, *now]):
            yield from _unlike(f"{name} {key}".strip().replace("_", " "), then.get(key), now.get(key))
    elif isinstance(then, list) and isinstance(now, list):
        lines = sum(each not in now for each in then), sum(each not in then for each in now)
        if any(lines) or len(then) != len(now):
            yield Difference(name, f"{lines[0]:,} lines", f"{lines[1]:,} others")
    elif then != now:
        yield Difference(name, then, now)


def _short(value: Any) -> str:
    if isinstance(value, str) and len(value) == 64:
        return f"sha256 {value[:12]}…"
    return "none" if value is None else f"{value:,}" if isinstance(value, int) else str(value)[:60]
