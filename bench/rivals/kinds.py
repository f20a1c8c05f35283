"""What every rival is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from interleave import Measure, timed


class Absent(Exception):
    """A rival that is not installed; the message says how to install it."""


class Rival(NamedTuple):
    """A counter at work on texts: the parts it tells, and a measure of the seconds it takes for all."""

    parts: Callable[[], Iterable[int]]
    measure: Measure

    @classmethod
    def calling(cls, parts: Callable[[], Iterable[int]]) -> Rival:
        """Time the very call that answers."""
        return cls(parts, timed(parts))
