"""What makes a campaign dear: the characters that force Unicode, and where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment._core import GSM
from callr_segment.campaign._codes import combinations
from callr_segment.campaign.messages import coded
from callr_segment.campaign.plan import Plan, Setting
from callr_segment.campaign.table import segment_many
from callr_segment.text.template import Template

__all__ = ["OWN_TEXT", "list_culprits", "list_fields"]

OWN_TEXT = "(template)"
"""Where a character stands that no field brought in; no field can be called so."""


class _Use(NamedTuple):
    """The rows that one template is sent to."""

    template: Template
    rows: np.ndarray


def list_culprits(table: pa.Table, sent: np.ndarray, plan: Plan) -> pd.DataFrame:
    """Count, for each character that GSM lacks and each place it stands in, the messages it is in."""
    found: Counter[tuple[str, str]] = Counter()
    for use in _uses(table, sent, plan):
        for char in set("".join(piece.literal for piece in use.template.pieces)) - GSM:
            found[OWN_TEXT, char] += len(use.rows)
        for field in use.template.fields:
            for char, count in _characters(table[field].take(pa.array(use.rows))):
                found[field, char] += count
    rows = [(field, char, f"U+{ord(char):04X}", _name(char), count) for (field, char), count in found.items()]
    frame = pd.DataFrame(rows, columns=["field", "character", "code_point", "name", "messages"])
    return frame.sort_values(
        ["messages", "field", "code_point"], ascending=[False, True, True], ignore_index=True
    )


def list_fields(table: pa.Table, sent: np.ndarray, plan: Plan) -> pd.DataFrame:
    """Count the messages each field makes Unicode, and those that it alone makes so."""
    messages: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for use in _uses(table, sent, plan):
        own = not set("".join(piece.literal for piece in use.template.pieces)) <= GSM
        guilty = {OWN_TEXT: np.full(len(use.rows), own)}
        for field in use.template.fields:
            guilty[field] = _is_guilty(table[field].take(pa.array(use.rows)))
        together = np.sum(list(guilty.values()), axis=0)
        messages.update({field: int(where.sum()) for field, where in guilty.items()})
        alone.update({field: int((where & (together == 1)).sum()) for field, where in guilty.items()})
    rows = [(field, count, alone[field]) for field, count in messages.most_common() if count]
    return pd.DataFrame(rows, columns=["field", "messages", "alone"])


def _uses(table: pa.Table, sent: np.ndarray, plan: Plan) -> Iterator[_Use]:
    if plan.choose is None:
        yield _Use(plan.templates[None], np.flatnonzero(sent))
        return
    group, keys = combinations([coded(table, Setting(column=plan.choose))], rows=len(table))
    for number, (key,) in enumerate(keys):
        yield _Use(plan.templates[key], np.flatnonzero(sent & (group == number)))


def _is_guilty(texts: pa.ChunkedArray) -> np.ndarray:
    found = segment_many(texts)
    return ~(found.is_gsm | found.is_missing)


def _characters(texts: pa.ChunkedArray) -> Iterator[tuple[str, int]]:
    """Characters that GSM lacks, each with how many of the texts hold it; each distinct text is read once."""
    counted = pc.value_counts(texts.filter(pa.array(_is_guilty(texts))))
    for text, count in zip(
        counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True
    ):
        for char in set(text) - GSM:
            yield char, count


def _name(char: str) -> str:
    import unicodedata  # noqa: PLC0415 (only when a culprit is shown)

    return unicodedata.name(char, "<unnamed>")
