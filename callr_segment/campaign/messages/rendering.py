"""Templates filled with the values of rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import TEXT
from callr_segment.campaign.columns.codes import combinations
from callr_segment.campaign.columns.options import Setting, encode_option
from callr_segment.campaign.messages.wording import Wording
from callr_segment.text.template import Template

__all__ = ["render", "spans_of", "texts_of"]

Spans = tuple[tuple[int, int], ...]
NOTHING = pa.scalar("", TEXT)


def render(rows: pa.RecordBatch | pa.Table, template: Template) -> pa.Array:
    """Fill a template for every row: large_string[n], null where a field is missing.

    >>> batch = pa.record_batch({"name": pa.array(["Zoé", None], TEXT)})
    >>> render(batch, Template("Bonjour {name}")).to_pylist()
    ['Bonjour Zoé', None]
    """
    pieces: list[Any] = []
    for literal, field in template.pieces:
        pieces.append(pa.scalar(literal, TEXT))
        if field is not None:
            pieces.append(rows.column(field))
    if not template.fields:
        return pa.repeat(pa.scalar("".join(piece.literal for piece in template.pieces), TEXT), len(rows))
    return pc.binary_join_element_wise(*pieces, NOTHING, null_handling="emit_null")


def spans_of(table: pa.Table, template: Template, fields: Collection[str]) -> list[Spans]:
    """Tell where the values of some fields stand in the text of each row, which has them all.

    >>> spans_of(pa.table({"name": ["Zoé", ""]}), Template("{name}, {name}"), {"name"})
    [((0, 3), (5, 8)), ((0, 0), (2, 2))]
    """
    columns = {field: table[field].to_pylist() for field in template.fields}
    wanted = not columns.keys().isdisjoint(fields)
    return [tuple(_spans(template, columns, row, fields)) if wanted else () for row in range(len(table))]


def _spans(
    template: Template, columns: dict[str, list[str]], row: int, fields: Collection[str]
) -> Iterator[tuple[int, int]]:
    end = 0
    for literal, field in template.pieces:
        end += len(literal)
        if field is not None:
            start, end = end, end + len(columns[field][row])
            if field in fields:
                yield start, end


def texts_of(table: pa.Table, wording: Wording, rows: np.ndarray) -> pa.ChunkedArray:
    """Fill the texts of some rows, as they will be sent."""
    part = table.take(pa.array(rows)).combine_chunks()
    if wording.choose is None:
        return pa.chunked_array([render(part, wording.templates[None])])
    chosen, keys = combinations([encode_option(part, Setting(column=wording.choose))], rows=len(rows))
    lines = pa.chunked_array([], TEXT)
    places = [np.flatnonzero(chosen == number) for number in range(len(keys))]
    for at, (key,) in zip(places, keys, strict=True):
        template = wording.template_of(key)
        some = part.take(pa.array(at)).combine_chunks()
        filled = pa.nulls(len(at), TEXT) if template is None else render(some, template)
        lines = pa.chunked_array([*lines.chunks, filled.cast(TEXT)], TEXT)
    return lines.take(pa.array(np.argsort(np.concatenate([*places, np.zeros(0, np.intp)]))))
