"""A text as a notebook shows it: part by part, with what makes it Unicode marked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from callr_segment._core.records import GSM, find_blamed
from callr_segment.alphabet.character_names import identify
from callr_segment.errors import visible

__all__ = ["render_html"]

MARK = "background:rgba(255,165,0,.35);color:inherit;border-radius:2px"
PART = (
    "margin:.25em 0;padding:.4em .6em;max-width:42em;border:1px solid rgba(128,128,128,.4);border-radius:6px;"
    "white-space:pre-wrap;overflow-wrap:anywhere;text-align:left"
)
MOST_PARTS, MOST_NAMES = 10, 3


def render_html(segmentation: Any) -> str:
    """Write a segmentation as HTML: escaped, and with nothing from elsewhere."""
    parts = segmentation.split()
    shown = [
        f'<div dir="auto" style="{PART}">{"".join(_marked(part.text))}</div>' for part in parts[:MOST_PARTS]
    ]
    more = [f"<div>and {len(parts) - MOST_PARTS:,} parts more</div>"] if len(parts) > MOST_PARTS else []
    return "".join([f"<div>{_facts(segmentation)}</div>", *shown, *more])


def _facts(segmentation: Any) -> str:
    noun = "part" if segmentation.parts == 1 else "parts"
    name = {"gsm": "GSM", "unicode": "Unicode"}[segmentation.encoding]
    units = f"{segmentation.units:,} units, {segmentation.remaining:,} left"
    over = f", {segmentation.over_by:,} over the edge" if segmentation.over_by else ""
    return f"<b>{segmentation.parts:,} {noun}</b> of {name}: {units}{over}"


def _marked(text: str) -> Iterator[str]:
    """Mark what GSM lacks, run by run; what cannot be seen stands as its code."""
    from html import escape  # noqa: PLC0415 (only where something is shown)

    for is_gsm, run in groupby(text, GSM.__contains__):
        chars = "".join(run)
        shown = "".join(escape(char if char == "\n" else visible(char)) for char in chars)
        if is_gsm:
            yield shown
        else:
            named = escape(", ".join(_names(chars)))
            yield f'<mark style="{MARK}" title="{named}">{shown}</mark>'


def _names(chars: str) -> Iterator[str]:
    distinct = list(dict.fromkeys(found for found, _ in find_blamed(chars)))
    yield from (" ".join(identify(found)) for found in distinct[:MOST_NAMES])
    if len(distinct) > MOST_NAMES:
        yield f"and {len(distinct) - MOST_NAMES} more"
