"""What makes a campaign dear: the characters that force Unicode, where they stand, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment._core import GSM
from callr_segment.alphabet.character_names import name_of
from callr_segment.campaign.columns.arrow import as_mask
from callr_segment.campaign.rates.money import CENTS, cents, checked_sum
from callr_segment.campaign.savings.baseline import Billed, uses
from callr_segment.campaign.savings.rewriting import Rewriter
from callr_segment.campaign.savings.signatures import Residue
from callr_segment.text.problem_codes import DAMAGES
from callr_segment.text.replacements import DIRECTIONS, INVISIBLE, JOINERS, RIGHT_TO_LEFT
from callr_segment.text.rewrites import replacement
from callr_segment.text.template import Template

__all__ = [
    "OWN_TEXT",
    "TOGETHER",
    "Cause",
    "count_freed",
    "list_causes",
    "list_culprits",
    "list_damage",
    "list_fields",
]

TOGETHER = "several together"
OWN_TEXT = "(template)"
"""Where a character stands that no field brought in; no field can be called so."""

_BLAME = ("messages", "alone", "together", "extra_parts", "extra_cost_cents", "example_row")


def _unwanted() -> str:
    """Match what cannot be seen, unless it is spelling: joiners in other scripts, marks right to left."""
    others = "".join(char for char in INVISIBLE if char not in JOINERS + DIRECTIONS)
    marks = f"(?:^|[^{RIGHT_TO_LEFT}])[{DIRECTIONS}](?:[^{RIGHT_TO_LEFT}]|$)"
    return f"[{others}]|(?:^|[\x01-\u02ff])[{JOINERS}]|{marks}"


_DAMAGES = (
    *((damage.cause, damage.pattern, damage.way_out) for damage in DAMAGES),
    ("accents apart from their letters (NFD)", "[A-Za-z][\u0300-\u036f]", "compose them: NFC, or SAFE"),
    ("invisible characters", _unwanted(), "leave them out, as SAFE does"),
    ("spaces at the end", "[ \t\xa0\u202f]$", "strip the column"),
)
"""Cause, pattern and way out of what is wrong with a text before it comes here."""


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

    def cells(self, billed: Billed) -> tuple[Any, ...]:
        messages, alone, parts, cost, first = astuple(self)
        money = cents(cost) if billed.plan.rates is not None else None
        return messages, alone, messages - alone, parts, money, billed.labels[first]


def list_culprits(billed: Billed, rewriter: Rewriter) -> pd.DataFrame:
    """Blame each character that GSM lacks, in each place it stands in."""
    found: dict[tuple[str, str], _Blame] = {}
    for place, chars, blame in _accounts(billed, rewriter, by_character=True):
        for char in chars:
            found.setdefault((place, char), _Blame()).add(blame)
    header = ("field", "character", "code_point", "name", *_BLAME, "replacement", "rule", "damage")
    rows = [
        (place, *_identity(char), *blame.cells(billed), *replacement(char), _damage(char))
        for (place, char), blame in found.items()
    ]
    return _sorted(
        pd.DataFrame(rows, columns=list(header), dtype=object).infer_objects(), ["field", "code_point"]
    )


def list_fields(billed: Billed, rewriter: Rewriter) -> pd.DataFrame:
    """Blame each field, and the template's own text."""
    found = _by_field(billed, rewriter)
    rows = [(place, *blame.cells(billed)) for place, blame in found.items()]
    return _sorted(pd.DataFrame(rows, columns=["field", *_BLAME]), ["field"])


def _by_field(billed: Billed, rewriter: Rewriter) -> dict[str, _Blame]:
    found: dict[str, _Blame] = {}
    for place, _, blame in _accounts(billed, rewriter, by_character=False):
        found.setdefault(place, _Blame()).add(blame)
    return found


class Cause(NamedTuple):
    """A step from one part for each message to what is billed: parts more, and microcents more."""

    name: str
    parts: int
    cost: int


def list_causes(billed: Billed, rewriter: Rewriter) -> list[Cause]:
    """Take what is billed apart: one part each, length, each field that forces Unicode, several together."""
    one, as_plain = np.minimum(billed.parts, 1), rewriter.as_gsm
    longer, more = as_plain - one, billed.parts - as_plain
    costs = [billed.sum_costs(parts) for parts in (longer, more)]
    alone = [
        Cause(place, blame.parts, blame.cost)
        for place, blame in sorted(_by_field(billed, rewriter).items(), key=lambda item: -item[1].parts)
        if blame.parts
    ]
    together = Cause(
        TOGETHER,
        int(more.sum()) - sum(cause.parts for cause in alone),
        costs[1] - sum(cause.cost for cause in alone),
    )
    return [
        Cause("one part each", int(one.sum()), checked_sum(billed.costs) - sum(costs)),
        Cause("longer texts", int(longer.sum()), costs[0]),
        *alone,
        *([together] if together.parts else []),
    ]


def count_freed(billed: Billed, rewriter: Rewriter, order: Sequence[tuple[str, str]]) -> np.ndarray:
    """Count, for each place and character in order, the messages that are GSM without it and those before."""
    ranks = {each: rank for rank, each in enumerate(order)}
    freed = np.zeros(len(order) + 1, np.int64)
    for use, places in _places(billed, rewriter):
        last = np.full(len(use.rows), -1)
        for place, marks in places.items():
            worst = [
                max((ranks.get((place, char), len(order)) for char in each), default=-1)
                for each in marks.sets
            ]
            np.maximum(last, np.array(worst)[marks.codes], out=last)
        freed += np.bincount(last[last >= 0], minlength=len(order) + 1)
    return np.cumsum(freed)[:-1]


def list_damage(billed: Billed) -> pd.DataFrame:
    """Name what is wrong with the values of the fields and with the templates: what, where, how often."""
    found: dict[tuple[str, str, str], _Blame] = {}
    for use in _uses(billed):
        for place, texts in _texts(billed, use):
            for cause, pattern, way_out in _DAMAGES:
                hits = use.rows[as_mask(pc.match_substring_regex(texts, pattern))]
                if len(hits):
                    seen = _Blame(messages=len(hits), first=int(hits[0]))
                    found.setdefault((cause, place, way_out), _Blame()).add(seen)
    header = ["damage", "field", "messages", "example_row", "way_out"]
    rows = [
        (cause, place, seen.messages, billed.labels[seen.first], way_out)
        for (cause, place, way_out), seen in found.items()
    ]
    return _sorted(pd.DataFrame(rows, columns=header), ["field", "damage"])


def _texts(billed: Billed, use: _Use) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Tell what stands in each place of a template, row by row."""
    own = " ".join(piece.literal for piece in use.template.pieces) + "."
    yield OWN_TEXT, pa.chunked_array([pa.repeat(own, len(use.rows))])
    for field in use.template.fields:
        yield field, billed.table[field].take(pa.array(use.rows))


def _accounts(
    billed: Billed, rewriter: Rewriter, *, by_character: bool
) -> Iterator[tuple[str, frozenset[str], _Blame]]:
    """Make out an account for each set of culprits, in each place of each template.

    Only what stands alone has a cost: were one of several gone, the message would stay Unicode.
    """
    extra = billed.parts - rewriter.as_gsm
    owed = extra, billed.cost(extra)
    for use, places in _places(billed, rewriter):
        weights = [marks.weights(by_character=by_character) for marks in places.values()]
        sole = np.sum(weights, axis=0) == 1
        for place, marks in places.items():
            for chars, blame in _tally(marks, use.rows, sole, owed):
                yield place, chars, blame


def _places(billed: Billed, rewriter: Rewriter) -> Iterator[tuple[_Use, dict[str, _Marks]]]:
    """Find the culprits in each place of each template, row by row."""
    columns = {field: _marks(rewriter.residue(field)) for field in billed.plan.fields}
    for use in _uses(billed):
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


def _uses(billed: Billed) -> Iterator[_Use]:
    found = (_Use(template, rows) for template, rows in uses(billed, billed.sent))
    yield from (use for use in found if len(use.rows))


def _own_marks(use: _Use) -> _Marks:
    own = frozenset("".join(piece.literal for piece in use.template.pieces)) - GSM
    return _Marks(np.full(len(use.rows), 1 if own else 0), [frozenset(), own])


def _marks(residue: Residue) -> _Marks:
    """Find the culprits of a column: what is left of each text without its GSM characters."""
    found = [frozenset(text) - GSM for text in residue.texts]
    sets = {each: code for code, each in enumerate(dict.fromkeys([frozenset(), *found]))}
    return _Marks(np.array([sets[each] for each in found])[residue.codes], list(sets))


def _sorted(frame: pd.DataFrame, ties: list[str]) -> pd.DataFrame:
    if "extra_cost_cents" in frame:
        frame["extra_cost_cents"] = frame["extra_cost_cents"].astype(pd.ArrowDtype(CENTS))
    order = [False, *[True] * len(ties)]
    return frame.sort_values(["messages", *ties], ascending=order, ignore_index=True)


def _identity(char: str) -> tuple[str, str, str]:
    return char, f"U+{ord(char):04X}", name_of(char)


def _damage(char: str) -> str | None:
    """Name the damage that a character by itself is a sign of."""
    import re  # noqa: PLC0415

    return next((cause for cause, pattern, _ in _DAMAGES if re.search(pattern, f"a{char}.")), None)
