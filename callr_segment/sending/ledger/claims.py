"""What is to be sent next, and what became of it: the words that ledger, workers and brakes share."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

from callr_segment.sending.api.wire import Message, Receipt

__all__ = ["Claim", "Gate", "Outcome", "State", "Totals"]

State = Literal["planned", "accepted", "rejected", "unknown"]


class Claim(NamedTuple):
    """A message that is to be sent next, and what it was estimated to come to, in microcents."""

    row: int
    message: Message
    encoding: str
    parts: int
    low: int
    expected: int
    high: int


class Outcome(NamedTuple):
    """What became of a claim: planned again if it certainly was not sent."""

    claim: Claim
    state: State
    why: str | None = None
    receipt: Receipt | None = None


class Totals(NamedTuple):
    """Sums over all deliveries: microcents that count against the cap, answers that could be compared."""

    committed: int
    compared: int
    differing: int


class Gate(Protocol):
    """What decides, in the middle of a commit, whether more may be claimed."""

    def note(self, state: State) -> None:
        """Hear what became of a message."""
        ...

    def admits(self, claim: Claim, totals: Totals) -> bool:
        """Whether a message may be claimed beside what counts already."""
        ...
