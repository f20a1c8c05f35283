"""What people use today, each behind the same few words: the parts of texts, and the time that takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from callr_segment import segment_many
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


def ask(name: str, corpus: Sequence[str]) -> Answered:
    """Give a rival as many texts as it can bear; raise Absent, with the way out, where it is not there."""
    texts = list(corpus[: TEXTS[name]])
    rival = MAKERS[name](texts)
    ours = segment_many(texts).parts.tolist()
    right = sum(map(int.__eq__, map(int, rival.parts()), ours)) / len(texts)
    return Answered(name, len(texts), rival.measure, right)
