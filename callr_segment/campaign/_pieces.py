"""A template and its values, piece by piece: what rules make of each, looking at what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.alphabet import BASIC, ESCAPE
from callr_segment.campaign.columns import TEXT
from callr_segment.campaign.messages import as_mask
from callr_segment.campaign.table import segment_many
from callr_segment.text._emoji import CHARACTER
from callr_segment.text._replacements import DIRECTIONS, JOINERS, MARKS
from callr_segment.text.rewrites import EMOJI, Edited, Rewrite, edit
from callr_segment.text.template import Template

__all__ = ["Pieces", "Worded"]

_ONE_SEPTET = frozenset(BASIC) - {ESCAPE}
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_ENTANGLED = f"{JOINERS}{DIRECTIONS}{MARKS}{_RIGHT_TO_LEFT}°²³"
_ADDRESS = r"[@/:]|[wW]{3}|\.[A-Za-z]|^\.|\.$"
_TELLING = f"{_ADDRESS}|[{_ENTANGLED}\\x00]"
"""What makes a value one of several pieces of something; without it, it is rewritten as if it stood alone."""

_FILLERS = ("x", "é", ".", " ")
"""What may stand in a field, for what stands beside it: ASCII letters, others, signs, nothing."""


class Worded(NamedTuple):
    """A template and its values as some rules would have them.

    ``sizes`` count the characters replaced in each row; ``doubtful`` are those that pieces do not decide.
    """

    template: Template
    columns: dict[str, pa.Array]
    sizes: np.ndarray
    doubtful: np.ndarray


class _Values(NamedTuple):
    """The distinct values of a field that may be rewritten, and a code into them by row; -1 for no other."""

    column: pa.Array
    codes: np.ndarray
    distinct: pa.Array
    characters: frozenset[str]
    alone: np.ndarray  # whether each is rewritten whatever stands around it
    translated: dict[tuple[tuple[int, str], ...], tuple[pa.Array, np.ndarray]]


class _Edits(NamedTuple):
    """What becomes of the distinct values of a field."""

    texts: pa.Array
    sizes: np.ndarray
    doubtful: np.ndarray


class _Place(NamedTuple):
    """Where a field stands: the words that touch it, and whether another field touches those."""

    field: str
    before: str
    after: str
    glued: bool


class Pieces:
    """The rows of one template; columns that are ``read_otherwise`` are left as they are."""

    def __init__(self, template: Template, table: pa.Table, *, read_otherwise: frozenset[str]) -> None:
        self._template = template
        self._rows = len(table)
        self._literals = [piece.literal for piece in template.pieces]
        self._values = {
            field: _values(table[field].combine_chunks())
            for field in template.fields
            if field not in read_otherwise
        }
        self._places = [place for place in _places(template) if place.field in self._values]
        self.present = self._find_present()

    def _find_present(self) -> frozenset[str]:
        own = frozenset("".join(self._literals)) - _ONE_SEPTET
        return own.union(*(values.characters for values in self._values.values()))

    def word(self, rules: tuple[Rewrite, ...]) -> Worded:
        """Apply rules to every piece, whether or not that saves a part."""
        literals = [self._edit_literal(at, rules) for at in range(len(self._literals))]
        sizes = np.full(self._rows, sum(size for _, size, _ in literals))
        doubtful = np.full(self._rows, any(doubtful for *_, doubtful in literals))
        columns: dict[str, pa.Array] = {}
        edits: dict[str, _Edits] = {}
        for place in self._places:
            values = self._values[place.field]
            found = _edit_values(values, rules, place)
            sizes += np.append(found.sizes, 0)[values.codes]
            doubtful |= np.append(found.doubtful, False)[values.codes]
            doubtful |= self._is_entangled(place, rules)
            if (other := edits.setdefault(place.field, found)) is not found:
                differ = pc.not_equal(other.texts, found.texts).to_numpy(zero_copy_only=False)
                doubtful |= np.append(differ, False)[values.codes]
            columns[place.field] = _put(values, found.texts)
        return Worded(self._worded_template([text for text, *_ in literals]), columns, sizes, doubtful)

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
        return Template(text, tokens=self._template.tokens)

    def _is_entangled(self, place: _Place, rules: tuple[Rewrite, ...]) -> np.ndarray:
        """Mark the rows whose value may turn what touches it into an address."""
        if not (place.glued or edit(place.before + "x" + place.after, rules).size):
            return np.zeros(self._rows, bool)
        telling = f"{_TELLING}|{CHARACTER}" if EMOJI in rules else _TELLING
        return as_mask(pc.match_substring_regex(self._values[place.field].column, telling))


def _in_turn(first: list[str], second: list[str]) -> Iterator[str]:
    """Take from two lists in turn."""
    for pair in zip(first, second, strict=True):
        yield from pair


def _places(template: Template) -> Iterator[_Place]:
    """Find what touches each field: the words of the template's own text that end and begin there."""
    literals = [piece.literal for piece in template.pieces]
    own = "".join(literals)
    mark = "א " if re.search(f"[{_RIGHT_TO_LEFT}]", own) else " "
    for at, (literal, field) in enumerate(template.pieces):
        if field is None:
            continue
        after = literals[at + 1] if at + 1 < len(literals) else ""
        last = at + 1 >= len(literals) or template.pieces[at + 1].field is None
        glued = (at > 0 and not re.search(r"\s", literal)) or (not last and not re.search(r"\s", after))
        yield _Place(field, mark + re.split(r"\s", literal)[-1], re.split(r"\s", after)[0] + " ", glued)


def _values(column: pa.Array) -> _Values:
    """Read a column: only what GSM lacks, or has in two septets, may be rewritten."""
    found = segment_many(column)
    rows = np.flatnonzero((~found.is_gsm | (found.extensions > 0)) & ~found.is_missing)
    encoded = column.take(pa.array(rows)).dictionary_encode()
    codes = np.full(len(column), -1)
    codes[rows] = encoded.indices.to_numpy()
    distinct = encoded.dictionary.cast(TEXT)
    characters = frozenset("".join(distinct.to_pylist())) - _ONE_SEPTET
    alone = ~as_mask(pc.match_substring_regex(distinct, _TELLING))
    return _Values(column, codes, distinct, characters, alone, {})


def _edit_values(values: _Values, rules: tuple[Rewrite, ...], place: _Place) -> _Edits:
    """Edit the distinct values of a field: all at once where they stand alone, the others one by one."""
    alone = values.alone & (_is_harmless(place) and not _has_sequences(rules))
    texts, sizes = _translate(values, _translation(rules, values.characters))
    slow = np.flatnonzero(~alone)
    doubtful = np.zeros(len(sizes), bool)
    if not len(slow):
        return _Edits(texts, sizes, doubtful)
    edited = texts.to_pylist()
    sizes = sizes.copy()
    for at, text in zip(slow.tolist(), values.distinct.take(pa.array(slow)).to_pylist(), strict=True):
        edited[at], sizes[at], doubtful[at] = edit(text, rules, before=place.before, after=place.after)
    return _Edits(pa.array(edited, TEXT), sizes, doubtful)


def _translate(values: _Values, table: tuple[tuple[int, str], ...]) -> tuple[pa.Array, np.ndarray]:
    """Replace single characters in all distinct values; the same table is asked for by many sets of rules."""
    if not table:
        return values.distinct, np.zeros(len(values.distinct), np.int64)
    if table not in values.translated:
        pattern = "[" + "".join(f"\\x{{{code:x}}}" for code, _ in table) + "]"
        sizes = pc.count_substring_regex(values.distinct, pattern).to_numpy(zero_copy_only=False)
        texts = values.distinct.to_pylist()
        if "\0" in values.characters:
            texts = [text.translate(dict(table)) for text in texts]
        else:
            texts = "\0".join(texts).translate(dict(table)).split("\0")
        values.translated[table] = pa.array(texts, TEXT), sizes.astype(np.int64)
    return values.translated[table]


def _is_harmless(place: _Place) -> bool:
    """Whether what touches a field can make an address or a sequence of nothing that stands in it."""
    before, after = place.before.strip(), place.after.strip().rstrip(".,;:!?)")
    return not (
        re.search(_TELLING, f"{before}a")
        or re.search(_TELLING, after)
        or before[-1:].isalnum()
        or after[:1].isalnum()
    )


def _has_sequences(rules: tuple[Rewrite, ...]) -> bool:
    """Whether they replace sequences that a value may hold though it is thought to stand alone."""
    return any(
        len(before) > 1 and not re.search(f"[{_ENTANGLED}]", before)
        for rule in rules
        for before, _ in rule.replacements
    )


@cache
def _translation(rules: tuple[Rewrite, ...], present: frozenset[str]) -> tuple[tuple[int, str], ...]:
    """List the single characters that are present and replaced, the first rule first."""
    table: dict[int, str] = {}
    for rule in rules:
        for before, after in rule.replacements:
            if before in present:
                table.setdefault(ord(before), after)
    return tuple(sorted(table.items()))


def _put(values: _Values, texts: pa.Array) -> pa.Array:
    """Put the new values in the place of the old ones."""
    if texts.equals(values.distinct):
        return values.column
    places = np.where(values.codes < 0, np.arange(len(values.codes)), len(values.column) + values.codes)
    return pa.concat_arrays([values.column, texts]).take(pa.array(places))
