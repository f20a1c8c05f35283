"""How to pay less: what a campaign would come to if something were different."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import PurePath
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from callr_segment.alphabet.gsm import Limits
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.money import CENTS, cents, checked_sum
from callr_segment.campaign.savings.baseline import Billed, expected_costs, recount, uses
from callr_segment.campaign.savings.rewriting import Rewriter
from callr_segment.errors import InputError, did_you_mean
from callr_segment.text.policy import CODES
from callr_segment.text.rewrites import CURRENCY, EMOJI, EURO, FOLD, GREEK, SAFE, Rewrite
from callr_segment.text.template import Template

__all__ = [
    "RULES",
    "WORDING",
    "allowed_rules",
    "flat_rules",
    "list_near_misses",
    "list_what_ifs",
    "parts_saved",
    "repeated",
]

WORDING = ("currency", "greek", "emoji")
"""Rules that change more than the look of a letter."""

RULES = (*SAFE, *FOLD, CURRENCY, GREEK, EMOJI)
"""Every rule that ``best`` may use."""

_TRIED = (SAFE, SAFE + FOLD, (*SAFE, *FOLD, CURRENCY), (*SAFE, *FOLD, EMOJI), EMOJI, EURO, 5)
"""What is asked where nobody asks for anything else."""

_DROPPED = "without duplicates and invalid numbers"


class _Outcome(NamedTuple):
    """What a change comes to: rows changed, characters changed, parts of each row, microcents saved."""

    name: str
    changed: np.ndarray
    characters: int
    parts: np.ndarray
    saved: int | None


def list_what_ifs(billed: Billed, rewriter: Rewriter, changes: Sequence[Any]) -> pd.DataFrame:
    """Cost an estimate again under each change, and sort them by what they save."""
    asked = _outcomes(billed, rewriter, changes or _TRIED)
    known = [*([] if changes else _dropping(billed, rewriter)), *asked]
    lines = [
        (each.name, int(each.changed.sum()), each.characters, int(each.parts.sum()), *_money(billed, each))
        for each in known
    ]
    header = ["change", "messages", "characters", "parts", "cost_cents", "saved_cents"]
    frame = pd.DataFrame(lines, columns=header)
    frame.insert(4, "saved_parts", int(billed.parts.sum()) - frame["parts"])
    frame = frame.astype({name: pd.ArrowDtype(CENTS) for name in header[-2:]})
    by = ["saved_cents", "saved_parts"] if billed.plan.rates is not None else ["saved_parts", "characters"]
    return frame.sort_values(by, ascending=[False, by[1] == "characters"], kind="stable", ignore_index=True)


def _money(billed: Billed, found: _Outcome) -> tuple[Decimal | None, Decimal | None]:
    if billed.plan.rates is None or found.saved is None:
        return None, None
    return cents(checked_sum(billed.costs) - found.saved), cents(found.saved)


def _outcomes(billed: Billed, rewriter: Rewriter, changes: Iterable[Any]) -> Iterator[_Outcome]:
    for change in changes:
        match change:
            case RateCard():
                yield _other_card(billed, change)
            case bool():
                raise _no_change(change)
            case int():
                yield _shorter(billed, change)
            case Mapping():
                yield _other_words(billed, change, ())
            case Rewrite():
                yield _rewriting(billed, rewriter, (change,))
            case tuple() | list():
                words = {
                    old: new for each in change if isinstance(each, Mapping) for old, new in each.items()
                }
                rules = flat_rules(each for each in change if not isinstance(each, Mapping))
                found = _other_words(billed, words, rules) if words else _rewriting(billed, rewriter, rules)
                yield found
            case _:
                raise _no_change(change)


def _no_change(change: object) -> InputError:
    return InputError(
        f"what_if() takes rules, a mapping of words to shorter ones, a number of units or a rate card, not "
        f"{change!r:.60}",
        value=change,
    )


def flat_rules(rules: Iterable[Any]) -> tuple[Rewrite, ...]:
    """Read rules, and tuples of them such as SAFE, as one set; each counts once."""
    found: list[Rewrite] = []
    for rule in rules:
        if not isinstance(rule, (Rewrite, tuple)):
            raise InputError(
                f"a rule is a Rewrite, or a tuple of them such as SAFE, not {rule!r:.60}", value=rule
            )
        found += [rule] if isinstance(rule, Rewrite) else flat_rules(rule)
    return tuple(dict.fromkeys(found))


def allowed_rules(keep: str | Iterable[str]) -> tuple[Rewrite, ...]:
    """Find the rules that leave alone what is to be kept, named as the rules that would change it."""
    if not isinstance(keep, Iterable):
        raise InputError(f"keep= takes names of rules, not {keep!r}", value=keep)
    kept = {keep} if isinstance(keep, str) else set(keep)
    names = [rule.name for rule in RULES]
    for name in kept - set(names):
        raise InputError(f"keep={name!r} is the name of no rule; {did_you_mean(name, names)}", value=name)
    return tuple(rule for rule in RULES if rule.name not in kept)


def _rewriting(billed: Billed, rewriter: Rewriter, rules: tuple[Rewrite, ...]) -> _Outcome:
    found = rewriter.rewrite(rules)
    saved = billed.sum_costs(billed.parts - found.parts)
    return _Outcome(_name(rules), found.characters > 0, int(found.characters.sum()), found.parts, saved)


def _name(rules: tuple[Rewrite, ...]) -> str:
    """Name a set of rules, SAFE and FOLD as such where all of either is in it."""
    whole = [name for name, each in {"SAFE": SAFE, "FOLD": FOLD}.items() if set(each) <= set(rules)]
    known = {rule for name in whole for rule in {"SAFE": SAFE, "FOLD": FOLD}[name]}
    return ", ".join([*whole, *(rule.name for rule in rules if rule not in known)])


def _dropping(billed: Billed, rewriter: Rewriter) -> Iterator[_Outcome]:
    """Send to each number once and to no other; by itself, and with what SAFE and FOLD save on the rest."""
    if billed.plan.to is None:
        return
    dropped = billed.sent & (repeated(billed) | (billed.problems & CODES["invalid_number"].bit != 0))
    kept, left = np.where(dropped, 0, billed.parts), np.where(dropped, billed.costs, 0)
    yield _Outcome(_DROPPED, dropped, 0, kept, checked_sum(left))
    found = rewriter.rewrite(SAFE + FOLD)
    parts = np.where(dropped, 0, found.parts)
    saved = checked_sum(left) + billed.sum_costs(kept - parts)
    changed = dropped | (found.characters > 0)
    characters = int(found.characters[~dropped].sum())
    yield _Outcome(f"{_DROPPED}, SAFE, FOLD", changed, characters, parts, saved)


def repeated(billed: Billed) -> np.ndarray:
    """Mark the messages to a number that another message goes to before."""
    numbers = np.where(billed.sent, billed.numbers, 0)
    return pd.Series(numbers).duplicated().to_numpy() & (numbers > 0)


def _shorter(billed: Billed, units: int) -> _Outcome:
    fewer = parts_saved(billed, units)
    name = f"{units} units fewer in every message" if units > 1 else "1 unit fewer in every message"
    return _Outcome(name, fewer > 0, units * int(fewer.sum()), billed.parts - fewer, billed.sum_costs(fewer))


def _other_words(billed: Billed, words: Mapping[str, str], rules: tuple[Rewrite, ...]) -> _Outcome:
    """Change words of the templates, in every message that has them, and rewrite what comes of it."""
    changed, sizes = _with_words(billed, words)
    parts, name = changed.parts, ", ".join(f"{new!r} for {old!r}" for old, new in words.items())
    if rules:
        found = Rewriter(changed).rewrite(rules)
        parts, sizes, name = found.parts, sizes + found.characters, f"{name}, {_name(rules)}"
    saved = billed.sum_costs(billed.parts - parts)
    return _Outcome(name, sizes > 0, int(sizes.sum()), parts, saved)


def _with_words(billed: Billed, words: Mapping[str, str]) -> tuple[Billed, np.ndarray]:
    """Count the messages with other words, and the characters that are changed in each."""
    templates: dict[str | None, Template] = {}
    sizes = np.zeros(len(billed.parts), np.int64)
    lengths: dict[Template, int] = {}
    for key, template in billed.plan.templates.items():
        text, lengths[template] = template.text, 0
        for old, new in words.items():
            lengths[template] += len(old) * text.count(old)
            text = text.replace(old, new)
        templates[key] = Template(text, tokens=template.tokens, fields=billed.table.column_names)
    if not any(lengths.values()):
        missing = ", ".join(map(repr, words))
        raise InputError(f"no template has {missing}; copy the words from it", value=words)
    for template, rows in uses(billed, billed.sent):
        sizes[rows] = lengths[template]
    plan = replace(billed.plan, templates=templates)
    parts = np.where(billed.sent, recount(billed.table, plan).parts, 0)
    return billed._replace(plan=plan, parts=parts), sizes


def _other_card(billed: Billed, card: RateCard) -> _Outcome:
    """Price the same parts by another card; no cost where it has no price for some of them."""
    name, nobody = f"the rates of {PurePath(card.source).name}", np.zeros(len(billed.parts), bool)
    if billed.plan.rates is not None and card.currency != billed.plan.rates.currency:
        raise InputError(
            f"a card in {card.currency} compares with none in {billed.plan.rates.currency}",
            value=card.currency,
        )
    costs, priced = expected_costs(billed, card)
    saved = checked_sum(billed.costs) - checked_sum(costs) if priced[billed.sent].all() else None
    return _Outcome(name, nobody, 0, billed.parts, saved)


def list_near_misses(billed: Billed, units: int) -> pd.DataFrame:
    """Tell, for each number of units up to so many, which messages lose a part with that many fewer."""
    lines = []
    for cut in range(1, _checked_units(billed.plan.limits, units) + 1):
        fewer = parts_saved(billed, cut)
        lines.append((cut, int(np.count_nonzero(fewer)), int(fewer.sum()), billed.total(fewer)))
    frame = pd.DataFrame(lines, columns=["units", "messages", "parts", "cost_cents"]).set_index("units")
    return frame.astype({"cost_cents": pd.ArrowDtype(CENTS)})


def parts_saved(billed: Billed, units: int) -> np.ndarray:
    """Count the parts each message loses, at most one, if it ends so many units earlier."""
    _checked_units(billed.plan.limits, units)
    return ((billed.parts > 1) & (billed.over_by <= units)).astype(np.int64)


def _checked_units(limits: Limits, units: object) -> int:
    """Refuse more units than a message of three parts can lose before it is but one."""
    most = min(2 * limits.gsm_part - limits.gsm_single, 2 * limits.unicode_part - limits.unicode_single)
    if not isinstance(units, int) or not 1 <= units <= most:
        raise InputError(f"messages are cut by 1 to {most} units, not {units!r}", value=units)
    return units
