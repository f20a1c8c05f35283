"""The texts of a batch: filled, counted, and looked over for what is wrong with them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign._codes import Codes, combinations
from callr_segment.campaign.columns import TEXT
from callr_segment.campaign.plan import MALFORMED, Plan, Setting
from callr_segment.campaign.table import SegmentTable, segment_many
from callr_segment.errors import InputError, did_you_mean
from callr_segment.text.policy import CODES, DAMAGE, PLACEHOLDER, STOP
from callr_segment.text.template import Template

__all__ = ["Messages", "as_mask", "coded", "count_messages", "render", "texts_of"]

NOTHING = pa.scalar("", TEXT)


class Messages(NamedTuple):
    """What each message of a batch comes to, and the bits of its problems."""

    is_gsm: np.ndarray
    units: np.ndarray
    parts: np.ndarray
    remaining: np.ndarray
    over_by: np.ndarray
    problems: np.ndarray

    @classmethod
    def empty(cls, rows: int) -> Messages:
        """Room for so many messages."""
        units, parts, remaining, over_by = np.zeros((4, rows), np.int32)
        return cls(np.zeros(rows, bool), units, parts, remaining, over_by, np.zeros(rows, np.int64))


def coded(batch: pa.RecordBatch | pa.Table, chosen: Setting) -> Codes | str | None:
    """Read an option: a coded column, or the one value of all rows."""
    if chosen.column is None:
        return chosen.value
    column = batch.column(chosen.column)
    column = (column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column).dictionary_encode()
    codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Codes(codes, column.dictionary.to_pylist())


def count_messages(
    batch: pa.RecordBatch, plan: Plan, *, wants_stop: np.ndarray, first_row: int = 0
) -> Messages:
    """Fill and count the text of every row; ``wants_stop`` marks those that need a STOP option."""
    counted = Messages.empty(len(batch))
    chosen = None if plan.choose is None else coded(batch, Setting(column=plan.choose))
    group, kinds = combinations([chosen, coded(batch, plan.encoding)], rows=len(batch))
    for number, (key, encoding) in enumerate(kinds):
        rows = np.flatnonzero(group == number)
        template = _chosen_template(plan, key, first_row + int(rows[0]))
        part = batch if len(kinds) == 1 else batch.take(pa.array(rows))
        found = _count_alike(part, template, encoding, plan, wants_stop[rows])
        for column, values in zip(counted, found, strict=True):
            column[rows] = values
    if MALFORMED in batch.schema.names:
        malformed = batch.column(MALFORMED).to_numpy(zero_copy_only=False)
        counted.problems[malformed] &= ~CODES["encoding_damage"].bit  # the U+FFFD in them is our own
        counted.problems[malformed] |= CODES["lone_surrogate"].bit
    return counted


def _chosen_template(plan: Plan, key: str | None, row: int) -> Template:
    if key in plan.templates:
        return plan.templates[key]
    way_out = did_you_mean(key, plan.templates)
    message = f"row {row}: column {plan.choose!r} asks for template {key!r}, which text= has not; {way_out}"
    raise InputError(message, row=row, column=plan.choose, value=key)


def render(batch: pa.RecordBatch | pa.Table, template: Template) -> pa.Array:
    """Fill a template for every row; null where a field is missing."""
    pieces: list[Any] = []
    for literal, field in template.pieces:
        pieces.append(pa.scalar(literal, TEXT))
        if field is not None:
            pieces.append(batch.column(field))
    if not template.fields:
        return pa.repeat(pa.scalar("".join(piece.literal for piece in template.pieces), TEXT), len(batch))
    return pc.binary_join_element_wise(*pieces, NOTHING, null_handling="emit_null")


def texts_of(table: pa.Table, plan: Plan, rows: np.ndarray) -> pa.ChunkedArray:
    """Fill the texts of some rows, as they will be sent."""
    part = table.take(pa.array(rows)).combine_chunks()
    if plan.choose is None:
        return pa.chunked_array([render(part, plan.templates[None])])
    chosen = part[plan.choose].to_pylist()
    lines = [render(part.slice(at, 1), plan.templates[key])[0].as_py() for at, key in enumerate(chosen)]
    return pa.chunked_array([pa.array(lines, TEXT)])


def _count_alike(
    batch: pa.RecordBatch, template: Template, encoding: str | None, plan: Plan, wants_stop: np.ndarray
) -> Messages:
    """Count the rows of one template and one encoding."""
    texts = render(batch, template)
    billed = _with_tokens(texts, template)
    errors = "replace" if plan.errors == "strict" else plan.errors
    table = segment_many(billed, encoding=encoding, errors=errors, limits=plan.limits)
    problems = _problems(texts, table, plan, wants_stop)
    absent = "missing_text" if plan.whole_texts.issuperset(template.fields) else "missing_field"
    problems[table.is_missing] = CODES[absent].bit
    if encoding == "gsm" and plan.errors == "strict":
        problems[~segment_many(billed, limits=plan.limits).is_gsm & ~table.is_missing] |= CODES["not_gsm"].bit
    return Messages(table.is_gsm, table.units, table.parts, table.remaining, table.over_by, problems)


def _with_tokens(texts: pa.Array, template: Template) -> pa.Array:
    """Put as many digits as will replace it in each token's place: what is billed."""
    for token, length in template.tokens.items():
        if pc.any(pc.match_substring(texts, token)).as_py():
            texts = pc.replace_substring(texts, token, "0" * length)
    return texts


def _problems(texts: pa.Array, table: SegmentTable, plan: Plan, wants_stop: np.ndarray) -> np.ndarray:
    """Bits of what is wrong with each text; the rules are those of `check`."""
    problems = np.zeros(len(table), np.int64)
    problems[table.parts == 0] |= CODES["empty"].bit
    problems[table.parts > plan.policy.max_parts] |= CODES["too_many_parts"].bit
    problems[as_mask(pc.greater(pc.utf8_length(texts), plan.policy.max_characters))] |= CODES["too_long"].bit
    problems[_matching(texts, DAMAGE)] |= CODES["encoding_damage"].bit
    problems[_matching(texts, PLACEHOLDER)] |= CODES["placeholder"].bit
    if wants_stop.any():
        problems[wants_stop & (table.parts > 0) & ~_matching(texts, STOP)] |= CODES["no_stop"].bit
    return problems


def _matching(texts: pa.Array, pattern: str) -> np.ndarray:
    return as_mask(pc.match_substring_regex(texts, pattern))


def as_mask(flags: pa.Array) -> np.ndarray:
    """Arrow booleans as a NumPy mask, false where null."""
    return flags.fill_null(False).to_numpy(zero_copy_only=False)
