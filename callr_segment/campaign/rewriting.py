"""Messages rewritten where that saves parts: once for each distinct value, without making the texts.

A message has its fewest parts either as GSM, and then every rule that removes a culprit is needed, or as
Unicode, and then only what shortens it is. So a few sets of rules are tried, not all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from callr_segment.alphabet import EXTENSION
from callr_segment.campaign._pieces import Pieces, Worded
from callr_segment.campaign.columns import TEXT
from callr_segment.campaign.messages import render
from callr_segment.campaign.plan import Plan
from callr_segment.campaign.recounting import Billed, recount, uses
from callr_segment.text.rewrites import Rewrite, suggest
from callr_segment.text.template import Template

__all__ = ["Choice", "Rewriter", "Rewritten", "reword"]

WORDING, WHOLE = "\x00wording", "rewritten_text"
"""Columns of a reworded table: the template of each row, and the texts that had to be made."""

_AS_IT_IS = -1
_MOST_SHORTENERS = 4


class Choice(NamedTuple):
    """One way to word one template: the template, the rows that take it, and the values they have then."""

    template: Template
    rows: np.ndarray
    columns: dict[str, pa.Array]


class Rewritten(NamedTuple):
    """Parts of each row, and characters replaced in it, when each is worded as costs the fewest parts."""

    parts: np.ndarray
    characters: np.ndarray
    choices: list[Choice]


class Rewriter:
    """Rewrites the messages of an estimate by any rules; what does not depend on the rules is done once."""

    def __init__(self, billed: Billed) -> None:
        self._billed = billed

    @cached_property
    def _groups(self) -> list[_Group]:
        long = self._billed.sent & (self._billed.parts > 1)
        return [
            _Group(self._billed, template, rows) for template, rows in uses(self._billed, long) if len(rows)
        ]

    def rewrite(self, rules: tuple[Rewrite, ...], *, texts: bool = False) -> Rewritten:
        """Count every message as the rules allow, where it then has fewer parts, with the fewest changes.

        The choices are made only if the ``texts`` are wanted.
        """
        parts, characters = self._billed.parts.copy(), np.zeros(len(self._billed.parts), np.int64)
        choices: list[Choice] = []
        for group in self._groups:
            found = group.best(rules, texts=texts)
            parts[group.rows], characters[group.rows] = found.parts, found.characters
            choices += found.choices
        return Rewritten(parts, characters, choices)


class _Group:
    """The rows of one template that have more than one part."""

    def __init__(self, billed: Billed, template: Template, rows: np.ndarray) -> None:
        plan, table = billed.plan, billed.table
        names = [*template.fields, *([plan.encoding.column] if plan.encoding.column else [])]
        self.rows = rows
        columns = table.select(list(dict.fromkeys(names or table.column_names[:1])))
        self._table = columns.take(pa.array(rows)).combine_chunks()
        self._plan = replace(plan, templates={None: template}, choose=None)
        self._template = template
        self._parts = billed.parts[rows]
        self._pieces = Pieces(template, self._table, read_otherwise=_options(plan))
        self._counted: dict[tuple[Rewrite, ...], tuple[Worded, np.ndarray]] = {}

    def best(self, rules: tuple[Rewrite, ...], *, texts: bool) -> Rewritten:
        """Choose for each row what costs the fewest parts, then what changes the fewest characters."""
        parts, sizes = self._parts.copy(), np.zeros(len(self.rows), np.int64)
        chosen = np.full(len(self.rows), _AS_IT_IS)
        doubtful = np.zeros(len(self.rows), bool)
        rungs = _ladder(rules, self._pieces.present)
        for place, rung in enumerate(rungs):
            worded, counts = self._count(rung)
            better = (counts > 0) & (
                (counts < parts) | ((counts == parts) & (worded.sizes < sizes) & (counts < self._parts))
            )
            parts[better], sizes[better], chosen[better] = counts[better], worded.sizes[better], place
            doubtful |= worded.doubtful
        chosen[doubtful] = _AS_IT_IS
        parts[doubtful], sizes[doubtful] = self._parts[doubtful], 0
        choices = list(self._one_by_one(rules, doubtful, parts, sizes))
        if texts:
            choices += self._choices(rungs, chosen)
        return Rewritten(parts, sizes, choices)

    def _count(self, rung: tuple[Rewrite, ...]) -> tuple[Worded, np.ndarray]:
        if rung not in self._counted:
            worded = self._pieces.word(rung)
            table = self._table
            for field, column in worded.columns.items():
                table = table.set_column(table.schema.get_field_index(field), field, column)
            plan = replace(self._plan, templates={None: worded.template})
            self._counted[rung] = worded, recount(table, plan).parts
        return self._counted[rung]

    def _choices(self, rungs: Sequence[tuple[Rewrite, ...]], chosen: np.ndarray) -> Iterator[Choice]:
        for place, rung in enumerate(rungs):
            rows = np.flatnonzero(chosen == place)
            if len(rows):
                worded, _ = self._counted[rung]
                taken = {field: column.take(pa.array(rows)) for field, column in worded.columns.items()}
                yield Choice(worded.template, self.rows[rows], taken)

    def _one_by_one(
        self, rules: tuple[Rewrite, ...], doubtful: np.ndarray, parts: np.ndarray, sizes: np.ndarray
    ) -> Iterator[Choice]:
        """Rewrite whole texts where their pieces cannot be judged apart; the few that are not seen twice."""
        rows = np.flatnonzero(doubtful)
        if not len(rows) or self._plan.encoding.column or self._plan.encoding.value:
            return
        texts = render(self._table.take(pa.array(rows)).combine_chunks(), self._template).to_pylist()
        found = {text: suggest(text, *rules, limits=self._plan.limits)[:1] for text in set(texts)}
        hits = [at for at, text in enumerate(texts) if found[text]]
        for at in hits:
            (saving,) = found[texts[at]]
            parts[rows[at]] = saving.parts_after
            sizes[rows[at]] = sum(len(change.before) for change in saving.changes)
        if hits:
            whole = pa.array([found[texts[at]][0].text for at in hits], TEXT)
            template = Template(f"{{{WHOLE}}}", tokens=self._template.tokens)
            yield Choice(template, self.rows[rows[hits]], {WHOLE: whole})


def _options(plan: Plan) -> frozenset[str]:
    """Name the columns that tell more than words: rewritten, they would say another number or country."""
    settings = (plan.country, plan.network, plan.default_region, plan.encoding, plan.traffic, plan.sender)
    return frozenset(filter(None, (plan.to, plan.choose, *(setting.column for setting in settings))))


def _ladder(rules: tuple[Rewrite, ...], present: frozenset[str]) -> list[tuple[Rewrite, ...]]:
    """List the sets of rules to try on texts that hold these characters, the one that makes GSM first."""
    active = tuple(rule for rule in rules if any(not present.isdisjoint(key) for key, _ in rule.replacements))
    to_gsm = tuple(rule for rule in active if not _only_spells_out(rule))
    shorteners = [rule for rule in active if _shortens(rule, present)]
    if len(shorteners) > _MOST_SHORTENERS:
        sets: Iterator[tuple[Rewrite, ...]] = chain([tuple(shorteners)], ((rule,) for rule in shorteners))
    else:
        sizes = range(len(shorteners), 0, -1)
        sets = chain.from_iterable(combinations(shorteners, size) for size in sizes)
    return list(dict.fromkeys(rung for rung in (to_gsm, *sets) if rung))


def _only_spells_out(rule: Rewrite) -> bool:
    """Whether it does nothing but replace what GSM has in two septets by more."""
    return all(before in EXTENSION and len(after) > 2 for before, after in rule.replacements)


def _shortens(rule: Rewrite, present: frozenset[str]) -> bool:
    """Whether it may make a text that stays Unicode shorter."""
    return any(
        _width(after) < _width(before) and not present.isdisjoint(before)
        for before, after in rule.replacements
    )


def _width(text: str) -> int:
    return sum(1 + (char > "\uffff") for char in text)


def reword(billed: Billed, found: Rewritten) -> tuple[pa.Table, Plan]:
    """Make the table and the plan of rewritten messages: each choice is a template of its own."""
    plan, rows = billed.plan, len(billed.parts)
    names = [f"rewritten {number}" for number in range(1, len(found.choices) + 1)]
    chosen = pa.nulls(rows, TEXT) if plan.choose is None else billed.table[plan.choose].combine_chunks()
    new = {
        WORDING: (
            chosen,
            [
                (each.rows, pa.repeat(pa.scalar(name, TEXT), len(each.rows)))
                for name, each in zip(names, found.choices, strict=True)
            ],
        )
    }
    for choice in found.choices:
        for field, values in choice.columns.items():
            known = field in billed.table.column_names
            column = billed.table[field].combine_chunks() if known else pa.nulls(rows, TEXT)
            new.setdefault(field, (column, []))[1].append((choice.rows, values))
    table = billed.table
    for name, (old, pieces) in new.items():
        column = _laid(old.cast(TEXT), pieces)
        at = table.schema.get_field_index(name)
        table = table.append_column(name, column) if at < 0 else table.set_column(at, name, column)
    templates = dict(zip(names, (choice.template for choice in found.choices), strict=True))
    return table, replace(plan, templates={**plan.templates, **templates}, choose=WORDING)


def _laid(column: pa.Array, pieces: list[tuple[np.ndarray, pa.Array]]) -> pa.Array:
    """Lay values over some rows of a column."""
    places, stop = np.arange(len(column)), len(column)
    for rows, _ in pieces:
        places[rows] = np.arange(stop, stop + len(rows))
        stop += len(rows)
    return pa.concat_arrays([column, *(values.cast(TEXT) for _, values in pieces)]).take(pa.array(places))
