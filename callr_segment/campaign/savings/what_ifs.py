"""How to pay less: what a campaign would come to if something were different."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import PurePath
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.money import CENTS, cents, checked_sum
from callr_segment.campaign.savings.baseline import Baseline, baseline_of, uses
from callr_segment.campaign.savings.near_misses import parts_saved
from callr_segment.campaign.savings.rewriting import rewriter_of
from callr_segment.errors import InputError, counted, did_you_mean
from callr_segment.text.policy import CODES
from callr_segment.text.rewrites import CURRENCY, EMOJI, EURO, FOLD, GREEK, SAFE, Rewrite
from callr_segment.text.template import Template

__all__ = [
    "RULES",
    "WORDING",
    "allowed_rules",
    "fields_to_keep",
    "flat_rules",
    "list_what_ifs",
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
    """What a change comes to: rows changed (bool[n]), characters changed, parts, microcents in all.

    ``microcents`` are None where the cost is not known.
    """

    name: str
    changed: np.ndarray
    characters: int
    parts: int
    microcents: int | None


def list_what_ifs(costed: Costed, changes: Sequence[Any], kept: frozenset[str] = frozenset()) -> pd.DataFrame:
    """Cost a campaign again under each change, and sort them by what they save; ``kept`` fields stay."""
    known = list(_outcomes(costed, changes or _TRIED, kept))
    if not changes:
        known = [*_dropping(costed, kept), *known]
    lines = [
        (each.name, int(each.changed.sum()), each.characters, each.parts, *_money(costed, each))
        for each in known
    ]
    header = ["change", "messages", "characters", "parts", "cost_cents", "saved_cents"]
    frame = pd.DataFrame(lines, columns=header)
    frame.insert(4, "saved_parts", costed.parts - frame["parts"])
    frame = frame.astype({name: pd.ArrowDtype(CENTS) for name in header[-2:]})
    by = ["saved_cents", "saved_parts"] if costed.plan.rates is not None else ["saved_parts", "characters"]
    return frame.sort_values(by, ascending=[False, by[1] == "characters"], kind="stable", ignore_index=True)


def _money(costed: Costed, found: _Outcome) -> tuple[Decimal | None, Decimal | None]:
    """Read cost and saving in cents; nothing is saved on what has no price."""
    if found.microcents is None:
        return None, None
    saved = cents(costed.summary.expected - found.microcents) if costed.summary.priced else None
    return cents(found.microcents), saved


def _outcomes(costed: Costed, changes: Iterable[Any], kept: frozenset[str]) -> Iterator[_Outcome]:
    names = _card_names(changes)
    for change in changes:
        match change:
            case RateCard():
                yield _other_card(costed, change, names[change])
            case bool():
                raise _no_change(change)
            case int():
                yield _shorter(costed, change)
            case Mapping():
                yield _other_words(costed, change, (), kept)
            case Rewrite():
                yield _rewriting(costed, (change,), kept)
            case tuple() | list():
                words = {
                    old: new for each in change if isinstance(each, Mapping) for old, new in each.items()
                }
                rules = flat_rules(each for each in change if not isinstance(each, Mapping))
                if words:
                    yield _other_words(costed, words, rules, kept)
                else:
                    yield _rewriting(costed, rules, kept)
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


def fields_to_keep(costed: Costed, names: str | Iterable[str]) -> frozenset[str]:
    """Read the columns whose values stay as they are."""
    if not isinstance(names, Iterable):
        raise InputError(f"keep_fields= takes names of columns, not {names!r:.60}", value=names)
    kept, fields = [names] if isinstance(names, str) else list(names), costed.plan.fields
    known = list(dict.fromkeys([*costed.source.names, *fields]))
    for name in kept:
        if name not in known:
            raise InputError(f"keep_fields={name!r} is no column; {did_you_mean(name, known)}", value=name)
    return frozenset(kept).intersection(fields)


def _name(rules: tuple[Rewrite, ...]) -> str:
    """Name a set of rules, SAFE and FOLD as such where all of either is in it."""
    whole = [name for name, each in {"SAFE": SAFE, "FOLD": FOLD}.items() if set(each) <= set(rules)]
    known = {rule for name in whole for rule in {"SAFE": SAFE, "FOLD": FOLD}[name]}
    return ", ".join([*whole, *(rule.name for rule in rules if rule not in known)])


def _total(costed: Costed, fewer: np.ndarray) -> int | None:
    """Price a campaign of which each message loses some parts, in microcents."""
    if not costed.summary.priced:
        return None
    return costed.summary.expected - costed.view(baseline_of).sum_costs(fewer)


def _rewriting(costed: Costed, rules: tuple[Rewrite, ...], kept: frozenset[str]) -> _Outcome:
    found = costed.view(rewriter_of).keeping(kept).rewrite(rules)
    total = _total(costed, costed.view(baseline_of).parts - found.parts)
    return _Outcome(
        _name(rules), found.characters > 0, int(found.characters.sum()), int(found.parts.sum()), total
    )


def _other_words(
    costed: Costed, words: Mapping[str, str], rules: tuple[Rewrite, ...], kept: frozenset[str]
) -> _Outcome:
    """Change words of the templates, cost what comes of it, and rewrite that where there are rules."""
    reworded, name = (
        _with_words(costed, words),
        ", ".join(f"{new!r} for {old!r}" for old, new in words.items()),
    )
    sizes = _replaced(costed, words)
    found = _rewriting(reworded, rules, kept)
    if rules:
        sizes = sizes + reworded.view(rewriter_of).keeping(kept).rewrite(rules).characters
        name = f"{name}, {found.name}"
    return found._replace(name=name, changed=sizes > 0, characters=int(sizes.sum()))


def _with_words(costed: Costed, words: Mapping[str, str]) -> Costed:
    """Cost the campaign with other words in its templates."""
    templates: dict[str | None, Template] = {}
    for key, template in costed.plan.templates.items():
        text = template.text
        for old, new in words.items():
            text = text.replace(old, new)
        templates[key] = Template(text, tokens=template.tokens, fields=costed.columns.column_names)
    return costed.costed_with(replace(costed.plan, templates=templates))


def _replaced(costed: Costed, words: Mapping[str, str]) -> np.ndarray:
    """Count the characters of the template that are replaced in each message."""
    baseline = costed.view(baseline_of)
    sizes = np.zeros(len(baseline.parts), np.int64)
    for template, rows in uses(baseline, baseline.sent):
        text = template.text
        for old, new in words.items():
            sizes[rows] += len(old) * text.count(old)
            text = text.replace(old, new)
    if not any(old in template.text for template in costed.plan.templates.values() for old in words):
        missing = ", ".join(map(repr, words))
        raise InputError(f"no template has {missing}; copy the words from it", value=words)
    return sizes


def _dropping(costed: Costed, kept_fields: frozenset[str]) -> Iterator[_Outcome]:
    """Send to each number once and to no other; by itself, and with what SAFE and FOLD save on the rest."""
    if costed.plan.to is None:
        return
    baseline = costed.view(baseline_of)
    found = costed.view(rewriter_of).keeping(kept_fields).rewrite(SAFE + FOLD)
    dropped = baseline.sent & (repeated(baseline) | (baseline.problems & CODES["invalid_number"].bit != 0))
    left = checked_sum(np.where(dropped, 0, baseline.costs)) if baseline.priced else None
    kept, parts = (np.where(dropped, 0, each) for each in (baseline.parts, found.parts))
    yield _Outcome(_DROPPED, dropped, 0, int(kept.sum()), left)
    total = None if left is None else left - baseline.sum_costs(kept - parts)
    characters = int(found.characters[~dropped].sum())
    changed = dropped | (found.characters > 0)
    yield _Outcome(f"{_DROPPED}, SAFE, FOLD", changed, characters, int(parts.sum()), total)


def repeated(baseline: Baseline) -> np.ndarray:
    """Mark the messages to a number that another message goes to before: bool[n]."""
    numbers = np.where(baseline.sent, baseline.numbers, 0)
    return pd.Series(numbers).duplicated().to_numpy() & (numbers > 0)


def _shorter(costed: Costed, units: int) -> _Outcome:
    fewer = parts_saved(costed.view(baseline_of), units)
    name, characters = f"{counted(units, 'unit')} fewer in every message", units * int(fewer.sum())
    return _Outcome(name, fewer > 0, characters, costed.parts - int(fewer.sum()), _total(costed, fewer))


def _card_names(changes: Iterable[Any]) -> dict[RateCard, str]:
    """Name the cards among the changes by their sources, and by their content where several share one."""
    cards = list(dict.fromkeys(change for change in changes if isinstance(change, RateCard)))
    sources = [PurePath(card.source).name for card in cards]
    return {
        card: f"the rates of {source}" + (f", sha256 {card.sha256[:8]}" if sources.count(source) > 1 else "")
        for card, source in zip(cards, sources, strict=True)
    }


def _other_card(costed: Costed, card: RateCard, name: str) -> _Outcome:
    """Price the campaign by another card; no cost where that has no price for some of its messages."""
    if costed.plan.rates is not None and card.currency != costed.plan.rates.currency:
        raise InputError(
            f"a card in {card.currency} compares with none in {costed.plan.rates.currency}",
            value=card.currency,
        )
    other, sent = costed.costed_with(replace(costed.plan, rates=card)), costed.view(baseline_of).sent
    is_priced = other.enriched["cost_cents"].is_valid().to_numpy()
    total = other.summary.expected if is_priced[sent].all() and other.summary.priced else None
    return _Outcome(name, np.zeros(len(sent), bool), 0, other.parts, total)
