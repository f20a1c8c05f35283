"""What a ledger tells: how far a campaign is, and of each message what became of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.wire import Receipt
from callr_segment.sending.ledger.claims import State
from callr_segment.sending.ledger.receipt_columns import from_json
from callr_segment.sending.ledger.schema import REPLANNED
from callr_segment.sending.ledger.transitions import PLANNED

__all__ = ["Counts", "Delivery", "cents_of", "read_counts", "read_deliveries"]


class Counts(NamedTuple):
    """How far a campaign is; ``unknown`` holds those ``in_flight`` too, since they may have been sent.

    ``spent_cents`` is what the accepted were billed, at the dearest price where that is not told yet, and
    ``reserved_cents`` what the unknown may cost at most, and those that were planned again may have cost
    before. ``committed_cents`` is what counts against the budget: no message for less than the card's lowest
    price, and what Callr refused after it had made a receipt of it.

    >>> print(Counts(planned=1000, accepted=990, rejected=3, unknown=2, not_sent=5))
    1,000 planned = 990 accepted + 3 rejected + 2 unknown + 5 not sent
    >>> print(Counts(planned=2, accepted=1, opted_out=1))
    2 planned = 1 accepted + 0 rejected + 0 unknown + 0 not sent + 1 opted out
    """

    planned: int = 0
    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    not_sent: int = 0
    in_flight: int = 0
    spent_cents: Decimal = Decimal(0)
    reserved_cents: Decimal = Decimal(0)
    opted_out: int = 0
    committed_cents: Decimal = Decimal(0)

    @property
    def is_finished(self) -> bool:
        """Whether every message was accepted, but those to numbers that opted out."""
        return self.accepted + self.opted_out == self.planned

    def __str__(self) -> str:
        left_out = f" + {self.opted_out:,} opted out" if self.opted_out else ""
        return (
            f"{self.planned:,} planned = {self.accepted:,} accepted + {self.rejected:,} rejected + "
            f"{self.unknown:,} unknown + {self.not_sent:,} not sent{left_out}"
        )


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """One message of a campaign: what was planned and what became of it; costs are in cents.

    ``encoding`` and ``parts`` are those of the estimate, ``forced_encoding`` is what Callr was told to use;
    ``why`` says why it is unknown, or with which code it was rejected.
    """

    row: int
    number: str | None
    text: str | None
    sender: str | None
    traffic: str
    forced_encoding: str | None
    encoding: str
    parts: int
    cost_low_cents: Decimal
    cost_cents: Decimal
    cost_high_cents: Decimal
    state: State
    why: str | None
    claimed_at: datetime | None
    answered_at: datetime | None
    sid: str | None
    receipt: Receipt | None

    def __repr__(self) -> str:
        said = f": {masked(self.why)}" if self.why else ""
        return f"Delivery({self.row}, {masked(self.number or '')!r}, {self.state}{said})"


def read_counts(connection: sqlite3.Connection) -> Counts:
    """Read the totals that the file keeps of itself."""
    planned = (connection.execute("SELECT messages FROM plan").fetchone() or (0,))[0]
    rows = connection.execute("SELECT state, messages, committed, spent FROM totals").fetchall()
    messages = {state: count for state, count, _, _ in rows}
    committed = {state: cents_of(amount) for state, _, amount, _ in rows}
    return Counts(
        planned=planned,
        accepted=messages["accepted"],
        rejected=messages["rejected"],
        unknown=messages["unknown"] + messages["intent"],
        not_sent=planned - sum(messages.values()),
        in_flight=messages["intent"],
        spent_cents=cents_of(sum(spent for *_, spent in rows)),
        reserved_cents=committed["unknown"] + committed["intent"] + committed[REPLANNED],
        opted_out=messages["opted_out"],
        committed_cents=sum(committed.values(), Decimal(0)),
    )


def read_deliveries(connection: sqlite3.Connection, after: int, most: int) -> list[Delivery]:
    """Read messages that come after a row, planned ones too, in the order of the plan."""
    rows = connection.execute(
        f"SELECT {PLANNED}, ifnull(state, 'planned'), why, claimed_at, answered_at, sid, receipt "  # noqa: S608
        "FROM messages LEFT JOIN deliveries USING (row) WHERE row > ? ORDER BY row LIMIT ?",
        (after, most),
    )
    return [_delivery(row) for row in rows]


def _delivery(row: tuple[Any, ...]) -> Delivery:
    *planned, low, expected, high, state, why, claimed_at, answered_at, sid, receipt = row
    shown = "unknown" if state == "intent" else state
    moments = (
        None if moment is None else datetime.fromisoformat(str(moment))
        for moment in (claimed_at, answered_at)
    )
    costs = (cents_of(amount) for amount in (low, expected, high))
    read = None if receipt is None else from_json(str(receipt))
    return Delivery(*planned, *costs, shown, why, *moments, sid, read)  # type: ignore[arg-type]


def cents_of(microcents: int) -> Decimal:
    """Turn microcents into cents, without what counts columns of them."""
    return Decimal(microcents).scaleb(-6)
