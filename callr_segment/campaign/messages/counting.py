"""The texts of a batch: filled, counted, and looked over for what is wrong with them."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment._core import columnar
from callr_segment.campaign.columns.arrow import MALFORMED, as_mask, room
from callr_segment.campaign.columns.codes import combinations
from callr_segment.campaign.columns.options import Setting, encode_option
from callr_segment.campaign.messages.rendering import render
from callr_segment.campaign.messages.segment_table import SegmentTable, segment_many
from callr_segment.campaign.messages.wording import Wording
from callr_segment.text.policy import CODES, DAMAGE, PLACEHOLDER, STOP, cut_link
from callr_segment.text.problem_codes import (
    ALARMS,
    BLANK,
    BLANKS,
    CLOSES,
    CONTEXTUAL,
    LONGEST_GREETING,
    NAMED_BY,
    NO_WORDS,
    OPENS,
    SIGNS,
    STARTERS,
    UNFINISHED,
)
from callr_segment.text.template import Template, counted
from callr_segment.typing import Encoding

__all__ = ["MessageCounts", "count_messages", "count_rows", "may_lack_stop"]

_MOST_PLACES = 64  # where fields stand, counted without making texts
_FILLERS = ("x", "", " ")
"""What may stand in a field beside the template's own text: a letter, nothing, a space."""
PREFILTER = columnar.Prefilter(alarms=ALARMS, starters=STARTERS, opens=OPENS, closes=CLOSES)


class MessageCounts(NamedTuple):
    """What each message of a batch comes to, and the bits of its problems."""

    is_gsm: np.ndarray
    units: np.ndarray
    parts: np.ndarray
    remaining: np.ndarray
    over_by: np.ndarray
    problems: np.ndarray

    @classmethod
    def empty(cls, rows: int) -> MessageCounts:
        """Room for so many messages."""
        units, parts, remaining, over_by = np.zeros((4, rows), np.int32)
        return cls(np.zeros(rows, bool), units, parts, remaining, over_by, np.zeros(rows, np.int64))


def count_messages(
    batch: pa.RecordBatch, wording: Wording, *, wants_stop: np.ndarray | None, first_row: int = 0
) -> MessageCounts:
    """Fill and count the text of every row; ``wants_stop`` marks those that need a STOP option, None none."""
    counted = _count_kinds(batch, wording, wants_stop, first_row)
    if MALFORMED in batch.schema.names:
        malformed = batch.column(MALFORMED).to_numpy(zero_copy_only=False)
        counted.problems[malformed] &= ~CODES["encoding_damage"].bit  # the U+FFFD in them is our own
        counted.problems[malformed] |= CODES["lone_surrogate"].bit
    return counted


def count_rows(table: pa.Table, wording: Wording, rows: np.ndarray) -> MessageCounts:
    """Fill and count the texts of some rows of a table, whether or not they will be sent."""
    batches = table.take(pa.array(rows)).combine_chunks().to_batches()
    return count_messages(batches[0], wording, wants_stop=None) if batches else MessageCounts.empty(0)


def may_lack_stop(wording: Wording) -> bool:
    """Whether a text may be without a STOP option, whatever stands in its fields."""
    return not all(map(_always_says_stop, wording.templates.values()))


def _count_kinds(
    batch: pa.RecordBatch, wording: Wording, wants_stop: np.ndarray | None, first_row: int
) -> MessageCounts:
    """Count the rows of each template and encoding."""
    chosen = None if wording.choose is None else encode_option(batch, Setting(column=wording.choose))
    encodings = encode_option(batch, wording.encoding, first_row=first_row)
    group, found_kinds = combinations([chosen, encodings], rows=len(batch))
    kinds = cast("list[tuple[str | None, Encoding | None]]", found_kinds)  # options are held to their words
    if len(kinds) == 1 and (only := wording.template_of(kinds[0][0])):
        return _count_alike(batch, only, kinds[0][1], wording, wants_stop)
    counted = MessageCounts.empty(len(batch))
    for number, (key, encoding) in enumerate(kinds):
        rows = np.flatnonzero(group == number)
        template = wording.template_of(key)
        if template is None:
            counted.problems[rows] = CODES["missing_template"].bit
            continue
        wanting = None if wants_stop is None else wants_stop[rows]
        found = _count_alike(batch.take(pa.array(rows)), template, encoding, wording, wanting)
        for column, values in zip(counted, found, strict=True):
            column[rows] = values
    return counted


def _count_alike(
    batch: pa.RecordBatch,
    template: Template,
    encoding: Encoding | None,
    wording: Wording,
    wants_stop: np.ndarray | None,
) -> MessageCounts:
    """Count the rows of one template and one encoding; a text is made only where it must be looked at."""
    if not template.fields:
        found = _count_texts(render(batch.slice(0, 1), template), template, encoding, wording)
        found = MessageCounts(*(np.repeat(column, len(batch)) for column in found))
    elif _must_be_made(template) or (encoding == "gsm" and wording.errors == "rewrite"):
        found = _count_texts(render(batch, template), template, encoding, wording)
    else:
        found, suspects = _count_pieces(batch, template, encoding, wording)
        if len(suspects):
            texts = render(batch.take(pa.array(suspects)), template)
            for column, values in zip(found, _count_texts(texts, template, encoding, wording), strict=True):
                column[suspects] = values
    _mark_unfilled(found, batch, template)
    if wording.policy.severity("cut_link"):
        _mark_cut_links(found, batch, template, encoding)
    if wants_stop is None or _always_says_stop(template):
        return found
    unsaid = np.flatnonzero(wants_stop & (found.parts > 0))
    if len(unsaid):
        unsaid = unsaid[~_matching(render(batch.take(pa.array(unsaid)), template), STOP)]
        found.problems[unsaid] |= CODES["no_stop"].bit
    return found


def _mark_unfilled(found: MessageCounts, batch: pa.RecordBatch, template: Template) -> None:
    """Mark the rows whose text shows that a value was blank or not filled in: of a field, or of its own."""
    rows = np.arange(len(batch)) if _is_blank_itself(template) else _maybe_unfilled(batch, template)
    if len(rows):
        texts = render(batch.take(pa.array(rows)), template)
        found.problems[rows[_matching(texts, BLANK)]] |= CODES["blank_value"].bit
        billed = _with_tokens(texts, template)
        found.problems[rows[_matching(billed, PLACEHOLDER)]] |= CODES["placeholder"].bit


def _maybe_unfilled(batch: pa.RecordBatch, template: Template) -> np.ndarray:
    rows = [
        columnar.find_unfilled(
            batch.column(field),
            [*BLANKS],
            signs=SIGNS,
            anywhere=[*NO_WORDS],
            within=LONGEST_GREETING,
            names=NAMED_BY,
        )
        for field in template.fields
    ]
    rows += [columnar.find_words(batch.column(field), [""]) for field in _telling_if_blank(template)]
    return np.unique(np.array([*chain.from_iterable(rows)], np.intp))


def _mark_cut_links(
    found: MessageCounts, batch: pa.RecordBatch, template: Template, encoding: Encoding | None
) -> None:
    """Mark the rows where a link goes from one part into the next; one text at a time."""
    long = np.flatnonzero(found.parts > 1)
    if len(long):
        texts = render(batch.take(pa.array(long)), template).to_pylist()
        cut = [cut_link(text, encoding, tokens=template.tokens) is not None for text in texts]
        found.problems[long[np.array(cut, bool)]] |= CODES["cut_link"].bit


def _count_pieces(
    batch: pa.RecordBatch, template: Template, encoding: Encoding | None, wording: Wording
) -> tuple[MessageCounts, np.ndarray]:
    """Count without making texts, and tell the rows that need one."""
    literals, fields = _pieces(template)
    columns = [batch.column(field) for field in fields]
    filled = columnar.count_template(
        literals, columns, prefilter=PREFILTER, encoding=encoding, limits=wording.limits, detailed=True
    )
    table = SegmentTable(filled, encoding=encoding, limits=wording.limits)
    raw = sum(len(piece.literal) for piece in template.pieces) - sum(map(len, literals))
    characters = np.frombuffer(filled.characters, np.int32) + raw
    is_gsm = np.frombuffer(filled.is_gsm, np.bool_)
    found = _judged(_Counted(table, characters, is_gsm), template, encoding, wording)
    return found, np.flatnonzero(np.frombuffer(filled.is_suspect, np.bool_))


def _count_texts(
    texts: pa.Array, template: Template, encoding: Encoding | None, wording: Wording
) -> MessageCounts:
    """Count texts that are made, and search them for damage and placeholders."""
    billed = _with_tokens(texts, template)
    errors = "replace" if wording.errors == "strict" else wording.errors
    table = segment_many(billed, encoding=encoding, errors=errors, limits=wording.limits)
    characters = pc.utf8_length(texts).fill_null(0).to_numpy(zero_copy_only=False)
    is_gsm = table.is_gsm if encoding is None else segment_many(billed, limits=wording.limits).is_gsm
    found = _judged(_Counted(table, characters, is_gsm), template, encoding, wording)
    found.problems[_matching(texts, DAMAGE)] |= CODES["encoding_damage"].bit
    found.problems[_matching(billed, PLACEHOLDER)] |= CODES["placeholder"].bit
    return found


class _Counted(NamedTuple):
    """Texts that are counted: in characters too, and whether GSM could carry each."""

    table: SegmentTable
    characters: np.ndarray
    is_gsm: np.ndarray


def _judged(
    counted: _Counted, template: Template, encoding: Encoding | None, wording: Wording
) -> MessageCounts:
    """Judge the lengths and the encoding; the rules are those of `check`."""
    table, characters, is_gsm = counted
    problems = room(len(table), np.int64)
    problems[:] = 0
    missing, fewest, policy = table.is_missing, table.parts.min(initial=1), wording.policy
    absent = "missing_text" if wording.whole_texts.issuperset(template.fields) else "missing_field"
    if not fewest:
        problems[missing] = CODES[absent].bit
        problems[(table.parts == 0) & ~missing] = CODES["empty"].bit
    if table.parts.max(initial=0) > policy.max_parts:
        problems[table.parts > policy.max_parts] |= CODES["too_many_parts"].bit
    if characters.max(initial=0) > policy.max_characters:
        problems[(characters > policy.max_characters) & ~missing] |= CODES["too_long"].bit
    if encoding == "gsm" and wording.errors == "strict":
        problems[~(is_gsm | missing)] |= CODES["not_gsm"].bit
    is_gsm, units, parts = map(_kept, (table.is_gsm, table.units, table.parts))
    return MessageCounts(is_gsm, units, parts, table.remaining, table.over_by, problems)


def _kept(column: np.ndarray) -> np.ndarray:
    """Copy a column to memory of its own."""
    copied = room(len(column), column.dtype)
    copied[:] = column
    return copied


def _with_tokens(texts: pa.Array, template: Template) -> pa.Array:
    """Put as many digits as will replace it in each token's place: what is billed."""
    for token, length in template.tokens.items():
        if pc.any(pc.match_substring(texts, token)).as_py():
            texts = pc.replace_substring(texts, token, "0" * length)
    return texts


@cache
def _pieces(template: Template) -> tuple[list[str], list[str]]:
    """Literals as they are billed, and the fields between them."""
    literals = [counted(piece.literal, tokens=template.tokens) for piece in template.pieces]
    fields = [piece.field for piece in template.pieces if piece.field is not None]
    return [*literals, *[""] * (len(fields) + 1 - len(literals))], fields


@cache
def _must_be_made(template: Template) -> bool:
    """Whether its own text looks like damage or a placeholder, or may together with a value."""
    literals = [counted(piece.literal, tokens=template.tokens) for piece in template.pieces]
    own = (filler.join(literals) for filler in _FILLERS)
    before_fields = [piece.literal for piece in template.pieces if piece.field is not None]
    unseen = [token for token in template.tokens if token[0] not in ALARMS]
    parts_of_tokens = [token[:size] for token in template.tokens for size in range(1, len(token))]
    return bool(
        unseen
        or len(before_fields) > _MOST_PLACES
        or any(re.search(f"{DAMAGE}|{PLACEHOLDER}", text) for text in own)
        or any(re.search(UNFINISHED, text) or text.endswith(tuple(parts_of_tokens)) for text in before_fields)
        or any(re.search(f"[{CONTEXTUAL}].{{0,3}}$", text) for text in before_fields)
        or any(re.match(f".{{0,3}}[{CONTEXTUAL}]", text) for text in literals[1:])
    )


@cache
def _is_blank_itself(template: Template) -> bool:
    """Whether its own text shows a blank value, whatever stands in the fields."""
    literals = [piece.literal for piece in template.pieces]
    return any(re.search(BLANK, filler.join(literals)) for filler in ("x", "Hello"))


@cache
def _telling_if_blank(template: Template) -> list[str]:
    """Name the fields whose blank value would show: nothing before a comma, a word that means nothing."""
    return [
        field
        for field in template.fields
        if any(
            re.search(BLANK, _filled(template, field, value, filler))
            for value in ("", *BLANKS)
            for filler in ("x", "Hello")
        )
    ]


def _filled(template: Template, field: str, value: str, filler: str) -> str:
    values = [value if piece.field == field else filler if piece.field else "" for piece in template.pieces]
    literals = [piece.literal for piece in template.pieces]
    return "".join(chain.from_iterable(zip(literals, values, strict=True)))


@cache
def _always_says_stop(template: Template) -> bool:
    """Whether it says STOP whatever stands in the fields: nothing, a word, or one that takes it back."""
    for filler in ("", "x", "non", " ", "1"):
        text = "".join(piece.literal + (filler if piece.field else "") for piece in template.pieces)
        if not re.search(STOP, text):
            return False
    return True


def _matching(texts: pa.Array, pattern: str) -> np.ndarray:
    return as_mask(pc.match_substring_regex(texts, pattern))
