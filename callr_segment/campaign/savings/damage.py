"""What was done to texts before they came here: wrong encodings, entities, what cannot be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import as_mask
from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.savings.baseline import Baseline, baseline_of, uses
from callr_segment.text.problem_codes import DAMAGES
from callr_segment.text.tables.replacements import DIRECTIONS, INVISIBLE, JOINERS, RIGHT_TO_LEFT
from callr_segment.text.template import Template

__all__ = ["OWN_TEXT", "damage_of", "list_damage"]

OWN_TEXT = "(template)"
"""Where a character stands that no field brought in; no field can be called so."""


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
"""CostStep, pattern and way out of what is wrong with a text before it comes here."""


def list_damage(costed: Costed) -> pd.DataFrame:
    """Name what is wrong with the values of the fields and with the templates: what, where, how often."""
    baseline = costed.view(baseline_of)
    counts: dict[tuple[str, str, str], int] = {}
    first: dict[tuple[str, str, str], int] = {}
    for template, rows in uses(baseline, baseline.sent):
        for place, texts in _texts(baseline, template, rows):
            for cause, pattern, way_out in _DAMAGES:
                hits = rows[as_mask(pc.match_substring_regex(texts, pattern))]
                if len(hits):
                    key = cause, place, way_out
                    counts[key] = counts.get(key, 0) + len(hits)
                    first[key] = min(first.get(key, len(baseline.parts)), int(hits[0]))
    lines = [
        (cause, place, count, baseline.labels[first[cause, place, way_out]], way_out)
        for (cause, place, way_out), count in counts.items()
    ]
    frame = pd.DataFrame(lines, columns=["damage", "field", "messages", "example_row", "way_out"])
    return frame.sort_values(
        ["messages", "field", "damage"], ascending=[False, True, True], ignore_index=True
    )


def _texts(baseline: Baseline, template: Template, rows: np.ndarray) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Tell what stands in each place of a template, row by row."""
    if not len(rows):
        return
    own = " ".join(piece.literal for piece in template.pieces) + "."
    yield OWN_TEXT, pa.chunked_array([pa.repeat(own, len(rows))])
    for field in template.fields:
        yield field, baseline.table[field].take(pa.array(rows))


def damage_of(char: str) -> str | None:
    """Name the damage that a character by itself is a sign of.

    >>> damage_of("\u200b"), damage_of("ж")
    ('invisible characters', None)
    """
    text = f"a{char}."
    if _any_damage().search(text) is None:
        return None
    return next((cause for cause, pattern, _ in _DAMAGES if re.search(pattern, text)), None)


@cache
def _any_damage() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for _, pattern, _ in _DAMAGES))
