"""What people use today, each behind the same few words: the parts of texts, and the time that takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from callr_segment import segment_many
from corpora import SHAPES, texts_of
from interleave import Measure
from rivals import libraries, node, recipes
from rivals.kinds import Absent, Rival

__all__ = ["MAKERS", "Absent", "Answered", "Rival", "ask"]

MAKERS = {
    "smsutil": libraries.smsutil,
    "smpplib": libraries.smpplib,
    "compiled regex": recipes.regex,
    "pandas recipe": recipes.pandas,
    "npm sms-length": node.sms_length,
    "npm split-sms": node.split_sms,
    "npm sms-segments-calculator": node.calculator,
}
TEXTS = {  # what each gets through in a moment
    "smsutil": 2_000,
    "smpplib": 5_000,
    "compiled regex": 50_000,
    "pandas recipe": 100_000,
    "npm sms-length": 50_000,
    "npm split-sms": 10_000,
    "npm sms-segments-calculator": 200,
}


class Answered(NamedTuple):
    """A rival at work on a corpus."""

    name: str
    texts: int
    measure: Measure
    right: float  # share of the texts whose parts it tells as we do
    right_at_edges: float  # the same of texts full of what may not be split


def ask(name: str, corpus: Sequence[str]) -> Answered:
    """Give a rival as many texts as it can bear; raise Absent, with the way out, where it is not there."""
    texts = list(corpus[: TEXTS[name]])
    rival = MAKERS[name](texts)
    right, right_at_edges = share_right(rival, texts), share_right(MAKERS[name](awkward()), awkward())
    return Answered(name, len(texts), rival.measure, right, right_at_edges)


def share_right(rival: Rival, texts: list[str]) -> float:
    """Compare with the answers of this library, which the tests hold to the standard."""
    ours = segment_many(texts).parts.tolist()
    return sum(map(int.__eq__, map(int, rival.parts()), ours)) / len(texts)


@cache
def awkward() -> list[str]:
    """Make texts of several parts in which extension characters and emoji abound."""
    return [text for shape in ("extension", "emoji") for text in texts_of(SHAPES[shape], 300, mean=400)]
