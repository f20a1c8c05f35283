"""What is to be sent next, and what became of it: the words that ledger, workers and throttle share.

To claim a message is to lease it for sending: whoever has claimed it sends it, or nobody does.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from callr_segment.sending.api.wire import Message, Receipt

__all__ = ["Claim", "Outcome", "State", "Totals"]

State = Literal["planned", "accepted", "rejected", "unknown", "opted_out"]


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
    """Sums over all deliveries: microcents that count against the cap, answers that could be compared.

    ``excess`` is what was billed beyond the dearest prices of the card, in microcents.
    """

    committed: int
    compared: int
    differing: int
    excess: int
