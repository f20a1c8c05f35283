"""What makes a campaign dear: the characters that force Unicode, where they stand, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from callr_segment._core.records import find_blamed
from callr_segment.alphabet.character_names import identify
from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.rates.money import CENTS, cents, checked_sum
from callr_segment.campaign.savings.baseline import Baseline, baseline_of, uses
from callr_segment.campaign.savings.damage import OWN_TEXT, damage_of
from callr_segment.campaign.savings.rewriting import Rewriter, rewriter_of
from callr_segment.campaign.savings.signatures import Signatures
from callr_segment.text.rewrites import replacement
from callr_segment.text.template import Template

__all__ = [
    "TOGETHER",
    "CostStep",
    "count_freed",
    "list_cost_steps",
    "list_culprits",
    "list_fields",
]

TOGETHER = "several together"
_BLAME = ("messages", "alone", "together", "extra_parts", "extra_cost_cents", "example_row")


class _Marks(NamedTuple):
    """The characters that GSM lacks, of every row: a code into the sets of them that occur; 0 is none."""

    codes: np.ndarray
    sets: Sequence[frozenset[str]]

    def take(self, rows: np.ndarray) -> _Marks:
        return self if len(rows) == len(self.codes) else self._replace(codes=self.codes[rows])

    def weights(self, *, by_character: bool) -> np.ndarray:
        """Count the culprits of each row: the characters, or the place as one."""
        sizes = [len(each) if by_character else min(len(each), 1) for each in self.sets]
        return np.array(sizes)[self.codes]


class _Use(NamedTuple):
    """The rows that one template is sent to."""

    template: Template
    rows: np.ndarray


@dataclass
class _Blame:
    """What is on the account of one culprit; money in microcents."""

    messages: int = 0
    alone: int = 0
    parts: int = 0
    cost: int = 0
    first: int = np.iinfo(np.int64).max

    def add(self, other: _Blame) -> None:
        self.messages += other.messages
        self.alone += other.alone
        self.parts += other.parts
        self.cost += other.cost
        self.first = min(self.first, other.first)

    def cells(self, baseline: Baseline) -> tuple[Any, ...]:
        money = cents(self.cost) if baseline.priced else None
        together, label = self.messages - self.alone, baseline.labels[self.first]
        return self.messages, self.alone, together, self.parts, money, label


def list_culprits(costed: Costed) -> pd.DataFrame:
    """Blame each character that GSM lacks, in each place it stands in."""
    baseline, rewriter = costed.view(baseline_of), costed.view(rewriter_of)
    found: dict[tuple[str, str], _Blame] = {}
    for place, chars, blame in _accounts(baseline, rewriter, by_character=True):
        for char in chars:
            found.setdefault((place, char), _Blame()).add(blame)
    header = ("field", "character", "code_point", "name", *_BLAME, "replacement", "rule", "damage")
    rows = [
        (place, char, *identify(char), *blame.cells(baseline), *replacement(char), _damage(char))
        for (place, char), blame in found.items()
    ]
    return _sorted(
        pd.DataFrame(rows, columns=list(header), dtype=object).infer_objects(), ["field", "code_point"]
    )


def list_fields(costed: Costed) -> pd.DataFrame:
    """Blame each field, and the template's own text."""
    baseline, rewriter = costed.view(baseline_of), costed.view(rewriter_of)
    found = _by_field(baseline, rewriter)
    rows = [(place, *blame.cells(baseline)) for place, blame in found.items()]
    return _sorted(pd.DataFrame(rows, columns=["field", *_BLAME]), ["field"])


def _by_field(baseline: Baseline, rewriter: Rewriter) -> dict[str, _Blame]:
    found: dict[str, _Blame] = {}
    for place, _, blame in _accounts(baseline, rewriter, by_character=False):
        found.setdefault(place, _Blame()).add(blame)
    return found


class CostStep(NamedTuple):
    """A step from one part for each message to what is baseline: parts more, and microcents more."""

    name: str
    parts: int
    cost: int


def list_cost_steps(costed: Costed) -> list[CostStep]:
    """Take what is billed apart: one part each, length, each field that forces Unicode, several together."""
    baseline, rewriter = costed.view(baseline_of), costed.view(rewriter_of)
    one, as_plain = np.minimum(baseline.parts, 1), rewriter.as_gsm
    longer, more = as_plain - one, baseline.parts - as_plain
    costs = [baseline.sum_costs(parts) for parts in (longer, more)]
    alone = [
        CostStep(place, blame.parts, blame.cost)
        for place, blame in sorted(_by_field(baseline, rewriter).items(), key=lambda item: -item[1].parts)
        if blame.parts
    ]
    together = CostStep(
        TOGETHER,
        int(more.sum()) - sum(cause.parts for cause in alone),
        costs[1] - sum(cause.cost for cause in alone),
    )
    return [
        CostStep("one part each", int(one.sum()), checked_sum(baseline.costs) - sum(costs)),
        CostStep("longer texts", int(longer.sum()), costs[0]),
        *alone,
        *([together] if together.parts else []),
    ]


def count_freed(costed: Costed, order: Sequence[tuple[str, str]]) -> np.ndarray:
    """Count, for each place and character in order, the messages that are GSM without it and those before."""
    baseline, rewriter = costed.view(baseline_of), costed.view(rewriter_of)
    ranks = {each: rank for rank, each in enumerate(order)}
    freed = np.zeros(len(order) + 1, np.int64)
    for use, places in _places(baseline, rewriter):
        last = np.full(len(use.rows), -1)
        for place, marks in places.items():
            worst = [
                max((ranks.get((place, char), len(order)) for char in each), default=-1)
                for each in marks.sets
            ]
            np.maximum(last, np.array(worst)[marks.codes], out=last)
        freed += np.bincount(last[last >= 0], minlength=len(order) + 1)
    return np.cumsum(freed)[:-1]


def _accounts(
    baseline: Baseline, rewriter: Rewriter, *, by_character: bool
) -> Iterator[tuple[str, frozenset[str], _Blame]]:
    """Make out an account for each set of culprits, in each place of each template.

    Only what stands alone has a cost: were one of several gone, the message would stay Unicode.
    """
    extra = baseline.parts - rewriter.as_gsm
    owed = extra, baseline.cost(extra)
    for use, places in _places(baseline, rewriter):
        weights = [marks.weights(by_character=by_character) for marks in places.values()]
        sole = np.sum(weights, axis=0) == 1
        for place, marks in places.items():
            for chars, blame in _tally(marks, use.rows, sole, owed):
                yield place, chars, blame


def _places(baseline: Baseline, rewriter: Rewriter) -> Iterator[tuple[_Use, dict[str, _Marks]]]:
    """Find the culprits in each place of each template, row by row."""
    columns = {field: _marks(rewriter.signature(field)) for field in baseline.plan.fields}
    for use in _uses(baseline):
        fields = {field: columns[field].take(use.rows) for field in use.template.fields}
        yield use, {OWN_TEXT: _own_marks(use), **fields}


def _tally(
    marks: _Marks, rows: np.ndarray, sole: np.ndarray, owed: tuple[np.ndarray, np.ndarray]
) -> Iterator[tuple[frozenset[str], _Blame]]:
    """Sum up rows by the culprits they have in one place."""
    sets = len(marks.sets)
    messages, alone = np.bincount(marks.codes, minlength=sets), np.bincount(marks.codes[sole], minlength=sets)
    parts, cost = np.zeros((2, sets), np.int64)
    for total, amounts in zip((parts, cost), owed, strict=True):
        np.add.at(total, marks.codes[sole], amounts[rows[sole]])
    first = np.zeros(sets, np.int64)
    first[marks.codes[::-1]] = rows[::-1]  # of several rows the last one written is the first
    for code in np.flatnonzero(messages).tolist():
        if code:
            figures = (int(column[code]) for column in (messages, alone, parts, cost, first))
            yield marks.sets[code], _Blame(*figures)


def _uses(baseline: Baseline) -> Iterator[_Use]:
    found = (_Use(template, rows) for template, rows in uses(baseline, baseline.sent))
    yield from (use for use in found if len(use.rows))


def _own_marks(use: _Use) -> _Marks:
    own = _blamed(" ".join(piece.literal for piece in use.template.pieces))
    return _Marks(np.full(len(use.rows), 1 if own else 0), [frozenset(), own])


def _marks(signature: Signatures) -> _Marks:
    """Find the culprits of a column: what is left of each text without its GSM characters."""
    found = list(map(_blamed, signature.texts))
    sets = {each: code for code, each in enumerate(dict.fromkeys([frozenset(), *found]))}
    return _Marks(np.array([sets[each] for each in found])[signature.codes], list(sets))


def _blamed(text: str) -> frozenset[str]:
    return frozenset(found for found, _ in find_blamed(text))


def _sorted(frame: pd.DataFrame, ties: list[str]) -> pd.DataFrame:
    frame["extra_cost_cents"] = frame["extra_cost_cents"].astype(pd.ArrowDtype(CENTS))
    order = [False, *[True] * len(ties)]
    return frame.sort_values(["messages", *ties], ascending=order, ignore_index=True)


def _damage(char: str) -> str | None:
    return damage_of(char) if len(char) == 1 else None
