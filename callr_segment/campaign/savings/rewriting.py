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
import pyarrow.compute as pc

from callr_segment.alphabet.gsm import EXTENSION, Limits
from callr_segment.campaign.columns.arrow import TEXT, as_mask
from callr_segment.campaign.columns.options import Setting
from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.messages.rendering import render, spans_of
from callr_segment.campaign.savings.baseline import Baseline, baseline_of, count_with, unforced, uses
from callr_segment.campaign.savings.row_classes import NOBODY, RowClasses, Trial
from callr_segment.campaign.savings.signatures import Signatures, read_signatures
from callr_segment.campaign.savings.template_pieces import (
    CONTEXT_DEPENDENT,
    MISSING,
    PAIRS,
    SEPTETS,
    SIZE,
    UNITS,
    WIDE,
    Pieces,
    PieceWeights,
)
from callr_segment.text.problem_codes import DAMAGE
from callr_segment.text.rewrites import REPAIR, SAFE, Rewrite, suggest, touches
from callr_segment.text.template import Template

__all__ = ["Choice", "Rewriter", "Rewritten", "reword", "rewriter_of", "rewritten"]

WORDING, WHOLE = "\x00wording", "rewritten_text"
"""Columns of a reworded table: the template of each row, and the texts that had to be made."""

_SPARSE = 4  # times the rows there may be classes, of which most then occur nowhere
_SIZES = 32  # bits for the characters replaced, below those for the parts
_MOST_SHORTENERS = 6


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


def rewriter_of(costed: Costed) -> Rewriter:
    """Make the rewriter of a campaign; ask for it with ``costed.view(rewriter_of)``, and it is made once."""
    return Rewriter(costed.view(baseline_of))


def rewritten(
    costed: Costed, rules: tuple[Rewrite, ...], kept: frozenset[str] = frozenset()
) -> tuple[pa.Table, Plan]:
    """Make the table and the plan of a campaign that rules rewrite, where that saves a part."""
    found = costed.view(rewriter_of).keeping(kept).rewrite(rules, texts=True)
    return reword(costed.view(baseline_of), found)


class Rewriter:
    """Rewrites the messages of an estimate by any rules; what does not depend on the rules is done once.

    The values of ``kept`` fields stay as they are, and those that are options: rewritten, they would say
    another number or country.
    """

    def __init__(self, baseline: Baseline, kept: frozenset[str] = frozenset()) -> None:
        self._baseline = baseline
        self._kept = kept
        self._keeping: dict[frozenset[str], Rewriter] = {kept: self}
        self._signatures: dict[str, Signatures] = {}
        self._known: dict[tuple[tuple[Rewrite, ...], ...], Rewritten] = {}

    def keeping(self, kept: frozenset[str]) -> Rewriter:
        """Make the rewriter that leaves the values of some fields as they are; texts made whole have any."""
        kept |= {WHOLE} if kept else frozenset()
        if kept not in self._keeping:
            found = Rewriter(self._baseline, kept)
            found._signatures, found._keeping = self._signatures, self._keeping
            self._keeping[kept] = found
        return self._keeping[kept]

    def signature(self, field: str) -> Signatures:
        """Find what is left of the values of a field without the characters that cost one septet."""
        if field not in self._signatures:
            self._signatures[field] = read_signatures(self._baseline.table[field])
        return self._signatures[field]

    @cached_property
    def _groups(self) -> list[_Group]:
        long = self._baseline.sent & (self._baseline.parts > 1)
        return [
            _Group(self._baseline, template, rows, self, self._kept)
            for template, rows in uses(self._baseline, long)
            if len(rows)
        ]

    def rewrite(self, rules: tuple[Rewrite, ...], *, texts: bool = False) -> Rewritten:
        """Count every message as the rules allow, where it then has fewer parts, with the fewest changes.

        The choices are made only if the ``texts`` are wanted.
        """
        active = tuple(group.active(rules) for group in self._groups)
        if texts:
            return self._rewritten(active, texts=True)
        if active not in self._known:
            self._known[active] = self._rewritten(active, texts=False)
        return self._known[active]

    def _rewritten(self, active: tuple[tuple[Rewrite, ...], ...], *, texts: bool) -> Rewritten:
        parts, characters = self._baseline.parts.copy(), np.zeros(len(self._baseline.parts), np.int64)
        choices: list[Choice] = []
        for group, rules in zip(self._groups, active, strict=True):
            if rules:
                found = group.best(rules, texts=texts)
                parts[group.rows], characters[group.rows] = found.parts, found.characters
                choices += found.choices
        return Rewritten(parts, characters, choices)

    @cached_property
    def as_gsm(self) -> np.ndarray:
        """Parts of each row if GSM had one septet for what it lacks; forced encodings stay what they are."""
        parts = self._baseline.parts.copy()
        free = unforced(self._baseline)
        for group in self._groups:
            spelled = np.minimum(group.as_gsm(), parts[group.rows])
            parts[group.rows] = np.where(free[group.rows], spelled, parts[group.rows])
        return parts


class _Group:
    """The rows of one template that have more than one part."""

    def __init__(
        self,
        baseline: Baseline,
        template: Template,
        rows: np.ndarray,
        rewriter: Rewriter,
        kept: frozenset[str],
    ) -> None:
        plan = baseline.plan
        self.rows = rows
        self._baseline = baseline
        self._plan = replace(plan, templates={None: template}, choose=None)
        self._template = template
        self._parts = baseline.parts[rows].astype(np.int64)
        self._kept = kept | _options(plan)
        signatures = {field: rewriter.signature(field).take(rows) for field in template.fields}
        self._pieces = Pieces(template, baseline.table, signatures, rows, kept=self._kept)
        self._counted: dict[tuple[Rewrite, ...], Trial] = {}
        self._known_bases: dict[tuple[bool, ...], np.ndarray] = {}
        self._known_classes: dict[tuple[bool, ...], RowClasses] = {}

    def _base(self, weighed: PieceWeights) -> np.ndarray:
        """Units of each row but for its pieces, as they are weighed: the same in either encoding."""
        found = self._known_bases
        if weighed.alone not in found:
            before = weighed.before
            as_sent = np.where(before[:, MISSING] == 0, before[:, SEPTETS], before[:, UNITS])
            found[weighed.alone] = self._baseline.units[self.rows] - as_sent[weighed.codes]
        return found[weighed.alone]

    def _states(self, weighed: PieceWeights) -> tuple[np.ndarray, int]:
        """Tell rows apart by units and parts, beside their pieces: a number for each, below a limit."""
        base, parts = self._base(weighed), int(self._parts.max(initial=0)) + 1
        least = int(base.min(initial=0))
        return (base - least) * parts + self._parts, (int(base.max(initial=0)) - least + 1) * parts

    @cached_property
    def _each(self) -> RowClasses:
        everyone = np.arange(len(self.rows))
        return RowClasses(everyone, everyone)

    def _classes(self, weighed: PieceWeights) -> RowClasses:
        """Find the rows that are alike whatever the rules; where hardly any are, each is a class."""
        found = self._known_classes
        if weighed.alone not in found:
            states, count = self._states(weighed)
            size = len(weighed.weights) * count
            few = size <= _SPARSE * len(self.rows)
            found[weighed.alone] = RowClasses.of(weighed.codes * count + states, size) if few else self._each
        return found[weighed.alone]

    def as_gsm(self) -> np.ndarray:
        """Count parts as if GSM had one septet for each character that it lacks."""
        weighed = self._pieces.weigh(())
        forced = replace(self._plan, encoding=Setting("gsm"), errors="replace")
        return self._laid_out(weighed, (), forced, is_gsm=np.ones(len(weighed.weights), bool)).of_rows()

    def _laid_out(
        self, weighed: PieceWeights, rules: tuple[Rewrite, ...], plan: Plan, *, is_gsm: np.ndarray
    ) -> Trial:
        """Tell the parts of each row by its units; where pairs may leave a unit unused, by its text."""
        classes, weights = self._classes(weighed), weighed.weights
        codes, base = weighed.codes[classes.representatives], self._base(weighed)[classes.representatives]
        added = np.where(is_gsm, weights[:, SEPTETS], weights[:, UNITS])
        most = int(base.max(initial=0) + added.max(initial=0)) + 1
        parts, is_sure = (np.concatenate(each) for each in zip(*_by_units(plan.limits, most), strict=True))
        places = base + (added + np.where(is_gsm, 0, most))[codes]
        pairs = np.where(is_gsm, weights[:, PAIRS], weights[:, WIDE]) > 0
        unsure = ~is_sure[places] & pairs[codes]
        rows = np.flatnonzero(unsure[classes.classes]) if unsure.any() else NOBODY
        return Trial(classes, parts[places], rows, self._recounted(rules, rows, plan))

    def _recounted(self, rules: tuple[Rewrite, ...], some: np.ndarray, plan: Plan) -> np.ndarray:
        """Count the texts of some rows as rules would have them."""
        if not len(some):
            return NOBODY
        worded = self._pieces.word(rules, some)
        table = self._table(some)
        for field, column in worded.columns.items():
            table = table.set_column(table.schema.get_field_index(field), field, column)
        return count_with(table, replace(plan, templates={None: worded.template})).parts

    def _table(self, some: np.ndarray) -> pa.Table:
        encoding = self._plan.encoding.column
        names = dict.fromkeys([*self._template.fields, *([encoding] if encoding else [])])
        table = self._baseline.table
        return (
            table.select(list(names) or table.column_names[:1])
            .take(pa.array(self.rows[some]))
            .combine_chunks()
        )

    def active(self, rules: tuple[Rewrite, ...]) -> tuple[Rewrite, ...]:
        """Keep the rules that have anything to replace here; REPAIR may make that for all of them."""
        if REPAIR in rules and len(self._damaged):
            return rules
        return tuple(rule for rule in rules if touches(rule, self._pieces.present))

    @cached_property
    def _damaged(self) -> np.ndarray:
        """Find the rows whose text was damaged: what it was is only known of the whole."""
        texts = render(self._table(self._each.representatives), self._template)
        return np.flatnonzero(as_mask(pc.match_substring_regex(texts, DAMAGE)))

    def best(self, rules: tuple[Rewrite, ...], *, texts: bool) -> Rewritten:
        """Choose for each row what costs the fewest parts, then what changes the fewest characters."""
        rule_sets = _rule_sets(rules, self._pieces.present)
        tried = [self._try(rule_set) for rule_set in rule_sets]
        classes, ranks = self._ranked(tried)
        best = ranks.min(axis=0)
        damaged = self._damaged if REPAIR in rules else NOBODY
        doubtful = np.unique(np.concatenate([damaged, *(each.doubtful for each in tried)]))
        parts, sizes = (best >> _SIZES)[classes.classes], (best & ((1 << _SIZES) - 1))[classes.classes]
        parts[doubtful], sizes[doubtful] = self._parts[doubtful], 0
        choices = list(self._one_by_one(rules, doubtful, parts, sizes))
        if texts:
            chosen = ranks.argmin(axis=0)[classes.classes]
            chosen[doubtful] = 0
            choices += self._choices(rule_sets, chosen)
        return Rewritten(parts, sizes, choices)

    def _ranked(self, tried: Sequence[Trial]) -> tuple[RowClasses, np.ndarray]:
        """Put side by side what classes of rows rank, as they are and as each rule set has them."""
        classes = (
            next(iter(tried)).partition if len({id(each.partition) for each in tried}) == 1 else self._each
        )
        apart = np.unique(np.concatenate([NOBODY, *(each.rows for each in tried)]))
        classes = classes.apart(apart)
        ranks = [self._parts[classes.representatives] << _SIZES, *(each.of(classes, apart) for each in tried)]
        return classes, np.array(ranks)

    def _try(self, rule_set: tuple[Rewrite, ...]) -> Trial:
        """Rank rows by their parts, then by the characters replaced; where none is saved, as they are."""
        if rule_set not in self._counted:
            weighed = self._pieces.weigh(rule_set)
            if self._plan.encoding.column or self._plan.encoding.value:
                tried = Trial(self._each, self._recounted(rule_set, self._each.representatives, self._plan))
            else:
                is_gsm = weighed.weights[:, MISSING] == 0
                tried = self._laid_out(weighed, rule_set, self._plan, is_gsm=is_gsm)
            sizes = weighed.weights[:, SIZE]
            self._counted[rule_set] = tried._replace(
                found=self._rank(
                    tried.found,
                    tried.partition.representatives,
                    sizes[weighed.codes[tried.partition.representatives]],
                ),
                found_apart=self._rank(tried.found_apart, tried.rows, sizes[weighed.codes[tried.rows]]),
                doubtful=self._doubtful(weighed),
            )
        return self._counted[rule_set]

    def _rank(self, parts: np.ndarray, rows: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        now = self._parts[rows]
        return np.where(
            (parts > 0) & (parts < now), (parts.astype(np.int64) << _SIZES) + sizes, now << _SIZES
        )

    def _doubtful(self, weighed: PieceWeights) -> np.ndarray:
        """Find the rows where what stands around their values decides."""
        doubts = weighed.weights[:, CONTEXT_DEPENDENT] > 0
        marks = [doubts[weighed.codes]] if doubts.any() else []
        if weighed.entangled is not None:
            marks.append(weighed.entangled)
        return np.flatnonzero(np.any(marks, axis=0)) if marks else NOBODY

    def _choices(self, rule_sets: Sequence[tuple[Rewrite, ...]], chosen: np.ndarray) -> Iterator[Choice]:
        for place, rule_set in enumerate(rule_sets, start=1):  # 0 is a row as it is
            rows = np.flatnonzero(chosen == place)
            if len(rows):
                worded = self._pieces.word(rule_set, rows)
                yield Choice(worded.template, self.rows[rows], worded.columns)

    def _one_by_one(
        self, rules: tuple[Rewrite, ...], rows: np.ndarray, parts: np.ndarray, sizes: np.ndarray
    ) -> Iterator[Choice]:
        """Rewrite whole texts where their pieces cannot be judged apart; the few that are not seen twice."""
        if not len(rows) or self._plan.encoding.column or self._plan.encoding.value:
            return
        table = self._table(rows)
        texts = render(table, self._template).to_pylist()
        texts = list(zip(texts, spans_of(table, self._template, self._kept), strict=True))
        limits = self._plan.limits
        found = {each: suggest(each[0], *rules, limits=limits, keep=each[1])[:1] for each in set(texts)}
        hits = [at for at, text in enumerate(texts) if found[text]]
        for at in hits:
            (saving,) = found[texts[at]]
            parts[rows[at]] = saving.parts_after
            sizes[rows[at]] = sum(len(change.before) for change in saving.changes)
        if hits:
            whole = pa.array([found[texts[at]][0].text for at in hits], TEXT)
            template = Template(f"{{{WHOLE}}}", tokens=self._template.tokens)
            yield Choice(template, self.rows[rows[hits]], {WHOLE: whole})


def _by_units(limits: Limits, most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Tell, for GSM and for Unicode, the parts of so many units, and whether pairs may need one more."""
    units = np.arange(most)
    for single, part in (limits[:2], limits[2:]):
        parts = np.where(units > single, -(-units // part), units > 0).astype(np.int64)
        yield parts, (parts < 2) | (units + parts - 1 <= parts * part)


def _options(plan: Plan) -> frozenset[str]:
    """Name the columns that tell more than words."""
    settings = (plan.country, plan.network, plan.default_region, plan.encoding, plan.traffic, plan.sender)
    return frozenset(filter(None, (plan.to, plan.choose, *(setting.column for setting in settings))))


def _rule_sets(rules: tuple[Rewrite, ...], present: frozenset[str]) -> list[tuple[Rewrite, ...]]:
    """List the sets of rules to try on texts that hold these characters, the one that makes GSM first."""
    to_gsm = tuple(rule for rule in rules if not _only_spells_out(rule))
    shorteners = [rule for rule in rules if _shortens(rule, present)]
    if len(shorteners) > _MOST_SHORTENERS:
        sets: Iterator[tuple[Rewrite, ...]] = chain([tuple(shorteners)], ((rule,) for rule in shorteners))
    else:
        sizes = range(len(shorteners), 0, -1)
        sets = chain.from_iterable(combinations(shorteners, size) for size in sizes)
    return list(dict.fromkeys(rule_set for rule_set in (to_gsm, *sets) if rule_set))


def _only_spells_out(rule: Rewrite) -> bool:
    """Whether it does nothing but replace what GSM has in two septets by more."""
    return all(before in EXTENSION and len(after) > 2 for before, after in rule.replacements)


def _shortens(rule: Rewrite, present: frozenset[str]) -> bool:
    """Whether it may make a text that stays Unicode shorter."""
    return any(
        _width(after) < _width(before) and not present.isdisjoint(before)
        for before, after in rule.replacements
    ) or (rule == SAFE[0] and touches(rule, present))


def _width(text: str) -> int:
    return sum(1 + (char > "\uffff") for char in text)


def reword(baseline: Baseline, found: Rewritten) -> tuple[pa.Table, Plan]:
    """Make the table and the plan of rewritten messages: each choice is a template of its own."""
    plan, rows = baseline.plan, len(baseline.parts)
    names = [f"rewritten {number}" for number in range(1, len(found.choices) + 1)]
    chosen = pa.nulls(rows, TEXT) if plan.choose is None else baseline.table[plan.choose].combine_chunks()
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
            known = field in baseline.table.column_names
            column = baseline.table[field].combine_chunks() if known else pa.nulls(rows, TEXT)
            new.setdefault(field, (column, []))[1].append((choice.rows, values))
    table = baseline.table
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
