"""A template and its values, piece by piece: what rules make of each, looking at what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.alphabet.emoji import CHARACTER
from callr_segment.alphabet.gsm import EXTENSION
from callr_segment.campaign.columns.arrow import TEXT, as_mask
from callr_segment.campaign.columns.codes import Codes, combinations
from callr_segment.campaign.savings.signatures import ONE_SEPTET, UNTOUCHED, Signatures
from callr_segment.text.rewrites import EMOJI, REPAIR, Edited, Rewrite, edit
from callr_segment.text.tables.replacements import (
    COMPOSING,
    DIRECTIONS,
    FRACTIONS,
    JAMO,
    JOINERS,
    MARKS,
    RIGHT_TO_LEFT,
)
from callr_segment.text.template import Template

__all__ = [
    "CONTEXT_DEPENDENT",
    "MISSING",
    "PAIRS",
    "SEPTETS",
    "SIZE",
    "UNITS",
    "WIDE",
    "PieceWeights",
    "Pieces",
    "RewordedColumns",
]

_ENTANGLED = f"{JOINERS}{DIRECTIONS}{MARKS}{COMPOSING}{JAMO}{RIGHT_TO_LEFT}°²³{''.join(FRACTIONS)}Þ"
_ADDRESS = "[@/:]|[wW]{3}|\\.[A-Za-z\x80-\U0010ffff]|^\\.|\\.$"
_TELLING = f"{_ADDRESS}|[{_ENTANGLED}\\x00]"
"""What makes a value one of several pieces of something that it stands in."""
_HOLDS_ADDRESS = "://|mailto:|@|[wW]{3}|\\.[A-Za-z\x80-\U0010ffff]|\\x00"
# Letters that run right to left are judged by the marks beside them.
_SEQUENCES = f"{JOINERS}{DIRECTIONS}{MARKS}{COMPOSING}{JAMO}°²³{''.join(FRACTIONS)}Þ"
_HOLDS_SEQUENCE = f"[{_SEQUENCES}\\r]|{CHARACTER}"
"""What a value must have to hold an address or a sequence; without it, each character is rewritten alone."""

_UNTOUCHED = "".join(map(re.escape, sorted(UNTOUCHED)))
_VISIBLE = "".join(map(re.escape, sorted(char for char in UNTOUCHED if not char.isspace())))
_STRETCH = f"([@/.:][{_UNTOUCHED}]|[{_UNTOUCHED}])[{_UNTOUCHED}]*[{_VISIBLE}][{_UNTOUCHED}]*([{_UNTOUCHED}])"
"""What no rule touches, but that it is there, and what stands at its two ends."""

_LEFTWARD, _MARKED = re.compile(f"[{RIGHT_TO_LEFT}]"), re.compile(f"[{DIRECTIONS}]")

_FIRST_WORD = re.compile(r"\S*(?:\r\n|\s)?")

_FILLERS = ("x", "é", ".", " ", "")
"""What may stand in a field, for what stands beside it: ASCII letters, others, signs, spaces, nothing."""

SEPTETS, UNITS, MISSING, PAIRS, WIDE, SIZE, CONTEXT_DEPENDENT = range(7)
"""What a piece weighs: septets if GSM had all of it, UTF-16 units, characters that GSM lacks, those of two
septets, those of two units; then characters replaced, and whether what stands around decides about it."""


class RewordedColumns(NamedTuple):
    """A template, and the values of some rows, as some rules would have them."""

    template: Template
    columns: dict[str, pa.Array]


class PieceWeights(NamedTuple):
    """Rows as codes of what they have in common, what each code weighs, and which rows are entangled.

    ``before`` is what a code weighs without the rules. ``alone`` are the fields that rules see by themselves:
    the codes are the same where these are.
    """

    codes: np.ndarray
    before: np.ndarray
    weights: np.ndarray
    entangled: np.ndarray | None
    alone: tuple[bool, ...]


class _Place(NamedTuple):
    """Where a field stands: what touches it up to a space, whether another field does, whether it stays.

    ``leftward`` where the template's own text runs right to left, which stands before it then.
    """

    field: str
    before: str
    after: str
    glued: bool
    is_kept: bool
    leftward: bool


class _Kinds(NamedTuple):
    """The values of a field as codes into what is edited once: signatures, outlines, values that are whole.

    An outline is a value without the inner part of what no rule touches. ``starts`` are the first codes of
    outlines and of whole values.
    """

    codes: np.ndarray
    texts: list[str]
    starts: tuple[int, int]


class _Values:
    """The values of a field in the rows of a template; the first kind is all that rules never touch."""

    def __init__(self, column: pa.ChunkedArray, signature: Signatures, rows: np.ndarray) -> None:
        self._column = column
        self._rows = rows
        self._signature = signature
        self.present: frozenset[str] = frozenset("".join(signature.texts))

    def take(self, rows: np.ndarray) -> pa.Array:
        """Read some of the values."""
        return self._column.take(pa.array(self._rows[rows])).combine_chunks()

    @cached_property
    def alone(self) -> _Kinds:
        """Find the kinds where only values that may hold something larger are looked at as more than that."""
        codes, texts, is_telling = self._signature
        has_sequence = np.array([bool(re.search(_HOLDS_SEQUENCE, text)) for text in texts])[codes]
        rows = np.flatnonzero((codes > 0) & (is_telling | has_sequence))
        has_address = as_mask(pc.match_substring_regex(self.take(rows), _HOLDS_ADDRESS))
        whole, outlined = rows[has_address], rows[~has_address & has_sequence[rows]]
        kinds = _Kinds(codes.copy(), list(texts), (len(texts), len(texts)))
        outlines = pc.replace_substring_regex(self.take(outlined), _STRETCH, "\\1x\\2")
        starts = len(kinds.texts), _extend(kinds, outlined, outlines)
        _extend(kinds, whole, self.take(whole))
        return kinds._replace(starts=starts)

    @cached_property
    def whole(self) -> _Kinds:
        """Find the kinds where every value must be looked at as a whole."""
        rows = np.flatnonzero(self._signature.codes)
        kinds = _Kinds(np.zeros(len(self._rows), np.intp), [""], (1, 1))
        _extend(kinds, rows, self.take(rows))
        return kinds


def _extend(kinds: _Kinds, rows: np.ndarray, values: pa.Array) -> int:
    """Give rows kinds of their own, by what is looked at there; return the first code after them."""
    encoded = values.dictionary_encode()
    kinds.codes[rows] = len(kinds.texts) + encoded.indices.to_numpy()
    kinds.texts.extend(encoded.dictionary.to_pylist())
    return len(kinds.texts)


class _Edits(NamedTuple):
    """What rules make of the kinds of a field in one place, and what each then weighs."""

    kinds: _Kinds
    texts: list[str]
    weights: np.ndarray


class Pieces:
    """The rows of one template, whose fields have these signatures; values of ``kept`` fields stay."""

    def __init__(
        self,
        template: Template,
        table: pa.Table,
        signatures: dict[str, Signatures],
        rows: np.ndarray,
        *,
        kept: frozenset[str] = frozenset(),
    ) -> None:
        self._template = template
        self._rows = len(rows)
        self._literals = [piece.literal for piece in template.pieces]
        self._values = {
            field: _Values(table[field], signature, rows) for field, signature in signatures.items()
        }
        self._places = list(_places(template, kept))
        self._combined: dict[tuple[bool, ...], tuple[np.ndarray, np.ndarray]] = {}
        self._present = self._characters(self._values)
        self.present: frozenset[str] = self._characters(field for field in self._values if field not in kept)

    def _characters(self, fields: Iterable[str]) -> frozenset[str]:
        """Find what does not cost one septet, in the template's own text and in some fields."""
        own = frozenset("".join(self._literals)) - UNTOUCHED
        return own.union(*(self._values[field].present for field in fields))

    def weigh(self, rules: tuple[Rewrite, ...]) -> PieceWeights:
        """Weigh what rules may touch in each row, with or without gain: once for rows that are alike."""
        edits = [found for _, found in self._edits(rules)]
        alone = tuple(_stands_alone(place, rules) for place in self._places)
        codes, alike = self._classes(alone)
        literals = [self._edit_literal(at, rules) for at in range(len(self._literals))]
        weights = _added(literals, [found.weights for found in edits], alike)
        weights[:, CONTEXT_DEPENDENT] += self._runs_both_ways([found.kinds.texts for found in edits], alike)
        unchanged = [Edited(literal, 0, False) for literal in self._literals]
        before = _added(unchanged, [_weigh_all(found.kinds.texts) for found in edits], alike)
        entangled = (self._entangled(place, rules) for place in self._places)
        marks = [mark for mark in entangled if mark is not None]
        return PieceWeights(codes, before, weights, np.any(marks, axis=0) if marks else None, alone)

    def _runs_both_ways(self, texts: list[list[str]], alike: np.ndarray) -> np.ndarray:
        """Mark what has letters that run right to left in a value: they keep marks of direction anywhere."""
        own = "".join(self._literals)
        letters, marks = np.zeros(len(alike), bool), np.full(len(alike), bool(_MARKED.search(own)))
        known = "".join(self._present)
        if _LEFTWARD.search(own) or not (_LEFTWARD.search(known) and _MARKED.search(known)):
            return letters
        for at, each in enumerate(texts):
            letters |= np.array([bool(_LEFTWARD.search(text)) for text in each])[alike[:, at]]
            marks |= np.array([bool(_MARKED.search(text)) for text in each])[alike[:, at]]
        return letters & marks

    def _classes(self, alone: tuple[bool, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Find the rows that have the same kinds in all places: a code for each, and the kinds of a code."""
        if alone not in self._combined:
            kinds = list(map(self._kinds, self._places, alone))
            numbers: Any = [range(len(each.texts)) for each in kinds]
            columns = [Codes(each.codes, names) for each, names in zip(kinds, numbers, strict=True)]
            codes, found = combinations(columns, rows=self._rows)
            self._combined[alone] = codes, np.array(found, np.intp).reshape(len(found), len(columns))
        return self._combined[alone]

    def _kinds(self, place: _Place, alone: bool) -> _Kinds:
        values = self._values[place.field]
        return values.alone if alone else values.whole

    def word(self, rules: tuple[Rewrite, ...], rows: np.ndarray) -> RewordedColumns:
        """Write the template and the values of some rows as rules would have them."""
        literals = [self._edit_literal(at, rules).text for at in range(len(self._literals))]
        columns = {
            place.field: self._word(place, edits, rules, rows)
            for place, edits in self._edits(rules)
            if not place.is_kept
        }
        return RewordedColumns(self._worded_template(literals), columns)

    def _edits(self, rules: tuple[Rewrite, ...]) -> Iterator[tuple[_Place, _Edits]]:
        seen: dict[str, list[str]] = {}
        for place in self._places:
            edits = _edit_values(self._values[place.field], rules, place)
            if place.is_kept:
                yield place, edits
                continue
            other = seen.setdefault(place.field, edits.texts)
            if other is not edits.texts:
                edits.weights[:, CONTEXT_DEPENDENT] += (
                    1 if len(other) != len(edits.texts) else np.not_equal(other, edits.texts)
                )
            yield place, edits

    def _word(self, place: _Place, edits: _Edits, rules: tuple[Rewrite, ...], rows: np.ndarray) -> pa.Array:
        """Write the values of a field: of a whole one what it became, of another each character in it."""
        values = self._values[place.field]
        codes, column = edits.kinds.codes[rows], values.take(rows)
        outlined, whole = edits.kinds.starts
        encoded = column.dictionary_encode()
        places, texts = encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()
        edited = set(places[(codes >= outlined) & (codes < whole)].tolist())
        table = str.maketrans(_single(rules, values.present))
        rules = _unrepaired(rules)
        texts = [
            edit(text, rules, before=place.before, after=place.after).text
            if at in edited
            else text.translate(table)
            for at, text in enumerate(texts)
        ]
        words = pa.array([*texts, *edits.texts], TEXT)
        places = np.where(codes >= whole, len(texts) + codes, places)
        return pc.if_else(pa.array(codes > 0), words.take(pa.array(places)), column)

    def _edit_literal(self, at: int, rules: tuple[Rewrite, ...]) -> Edited:
        """Edit a piece of the template's own text; doubtful where it matters what stands in the fields."""
        edits = [self._edit_between(at, rules, filler) for filler in _FILLERS]
        return edits[0]._replace(doubtful=len({found.text for found in edits}) > 1)

    def _edit_between(self, at: int, rules: tuple[Rewrite, ...], filler: str) -> Edited:
        before = "".join(literal + filler for literal in self._literals[:at])
        after = "".join(filler + literal for literal in self._literals[at + 1 :])
        if at == len(self._literals) - 1 and self._template.pieces[at].field is not None:
            after = filler
        return edit(self._literals[at], rules, before=before, after=after)

    def _worded_template(self, literals: list[str]) -> Template:
        escaped = [literal.replace("{", "{{").replace("}", "}}") for literal in literals]
        fields = [f"{{{piece.field}}}" if piece.field else "" for piece in self._template.pieces]
        text = "".join(_in_turn(escaped, fields))
        return Template(text, tokens=self._template.tokens, fields=self._template.fields)

    def _entangled(self, place: _Place, rules: tuple[Rewrite, ...]) -> np.ndarray | None:
        """Mark the rows whose value may turn what touches it into an address, or belong together with it."""
        telling = []
        if place.glued or edit(place.before + "x" + place.after, rules).size:
            telling += [_TELLING, "\r"]
        if EMOJI in rules and (telling or place.leftward):
            telling.append(CHARACTER)
        if place.before.endswith("\r"):
            telling.append("^\n")
        if place.after.startswith("\n"):
            telling.append("\r$")
        if not telling:
            return None
        values = self._values[place.field].take(np.arange(self._rows))
        return as_mask(pc.match_substring_regex(values, "|".join(telling)))


def _in_turn(first: list[str], second: list[str]) -> Iterator[str]:
    """Take from two lists in turn."""
    for pair in zip(first, second, strict=True):
        yield from pair


def _places(template: Template, kept: frozenset[str]) -> Iterator[_Place]:
    """Find what touches each field: the words of the template's own text that end and begin there."""
    literals = [piece.literal for piece in template.pieces]
    leftward = bool(_LEFTWARD.search("".join(literals)))
    for at, (literal, field) in enumerate(template.pieces):
        if field is None:
            continue
        after = literals[at + 1] if at + 1 < len(literals) else ""
        last = at + 1 >= len(literals) or template.pieces[at + 1].field is None
        glued = (at > 0 and not re.search(r"\s", literal)) or (not last and not re.search(r"\s", after))
        before, after = re.split(r"(?=\s\S*$)", literal)[-1], _FIRST_WORD.match(after)[0]  # type: ignore[index]
        before = "א " * leftward + " " * (at > 0 and glued) + before
        yield _Place(field, before, after + " " * (glued and not last), glued, field in kept, leftward)


def _edit_values(values: _Values, rules: tuple[Rewrite, ...], place: _Place) -> _Edits:
    """Edit the kinds of a field: a signature character by character, an outline or a whole value as one."""
    kinds = values.alone if _stands_alone(place, rules) else values.whole
    if place.is_kept:
        return _Edits(kinds, kinds.texts, _weigh_all(kinds.texts))
    single = _single(rules, values.present)
    table = str.maketrans(single)
    rules = _unrepaired(rules)
    edits = [
        edit(text, rules, before=place.before, after=place.after)
        if code >= kinds.starts[0]
        else Edited(text.translate(table), sum(map(text.count, single)), False)
        for code, text in enumerate(kinds.texts)
    ]
    weights = np.array([_weigh(*each) for each in edits], np.int64)
    return _Edits(kinds, [each.text for each in edits], weights)


def _unrepaired(rules: tuple[Rewrite, ...]) -> tuple[Rewrite, ...]:
    """Take the rules but REPAIR, which is only tried on whole messages."""
    return tuple(rule for rule in rules if rule != REPAIR)


def _weigh(text: str, size: int, doubtful: bool) -> np.ndarray:
    costly = [char for char in text if char not in ONE_SEPTET]
    pairs = sum(char in EXTENSION for char in costly)
    wide = sum(char > "\uffff" for char in costly)
    return np.array([len(text) + pairs, len(text) + wide, len(costly) - pairs, pairs, wide, size, doubtful])


def _weigh_all(texts: list[str]) -> np.ndarray:
    """Weigh texts as they are."""
    return np.array([_weigh(text, 0, False) for text in texts], np.int64)


def _added(literals: list[Edited], weights: list[np.ndarray], alike: np.ndarray) -> np.ndarray:
    """Add up what the template's own text and the kinds of each field weigh, for each code."""
    own = np.sum([_weigh(*literal) for literal in literals], axis=0, initial=0, dtype=np.int64)
    found = np.zeros((len(alike), CONTEXT_DEPENDENT + 1), np.int64) + own
    for at, each in enumerate(weights):
        found += each[alike[:, at]]
    return found


def _stands_alone(place: _Place, rules: tuple[Rewrite, ...]) -> bool:
    return _is_harmless(place) and not _has_sequences(rules)


@cache
def _is_harmless(place: _Place) -> bool:
    """Whether what touches a field can make an address or a sequence of nothing that stands in it."""
    before, after = place.before.strip(), place.after.strip().rstrip(".,;:!?)")
    return not (
        re.search(_TELLING, f"{before}a")
        or re.search(_TELLING, after)
        or before[-1:].isalnum()
        or after[:1].isalnum()
    )


@cache
def _has_sequences(rules: tuple[Rewrite, ...]) -> bool:
    """Whether they replace sequences that a value may hold though it is thought to stand alone."""
    return any(
        len(before) > 1 and not re.search(f"{_HOLDS_SEQUENCE}|[{RIGHT_TO_LEFT}]", before)
        for rule in rules
        for before, _ in rule.replacements
    )


def _single(rules: tuple[Rewrite, ...], present: frozenset[str]) -> dict[str, str]:
    """Find what single characters that are present become, the first rule first."""
    table: dict[str, str] = {}
    for rule in rules:
        for before, after in rule.replacements:
            if before in present:
                table.setdefault(before, after)
    return table
