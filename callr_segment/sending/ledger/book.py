"""One file that remembers of every message of a campaign what was planned, tried and answered.

A message is planned until, in a commit that is on the disk before its first byte leaves, it becomes an
intent; its answer makes it accepted, rejected or unknown. What was an intent when a run died is unknown too:
it may have been sent, and nothing but a person makes it planned again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from callr_segment.errors import LedgerError
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.webhooks import Event, StatusEvent
from callr_segment.sending.api.wire import Message, Receipt
from callr_segment.sending.ledger.claims import Claim, Gate, Outcome, State
from callr_segment.sending.ledger.receipt_columns import stored, unstored
from callr_segment.sending.ledger.schema import REPLANNED
from callr_segment.sending.ledger.sqlite_file import Journal
from callr_segment.sending.ledger.transitions import (
    PLANNED,
    absorb,
    accept,
    confirm,
    estimated,
    is_known,
    now,
    replan,
    settle,
    totals_of,
)

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate

__all__ = ["Counts", "Delivery", "Ledger"]

INTERRUPTED = "interrupted"


class Counts(NamedTuple):
    """How far a campaign is; ``unknown`` holds those ``in_flight`` too, since they may have been sent.

    ``spent_cents`` is what the accepted cost, ``reserved_cents`` what the unknown may cost at most, and those
    that were planned again may have cost before.

    >>> print(Counts(planned=1000, accepted=990, rejected=3, unknown=2, not_sent=5))
    1,000 planned = 990 accepted + 3 rejected + 2 unknown + 5 not sent
    """

    planned: int = 0
    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    not_sent: int = 0
    in_flight: int = 0
    spent_cents: Decimal = Decimal(0)
    reserved_cents: Decimal = Decimal(0)

    def __str__(self) -> str:
        return (
            f"{self.planned:,} planned = {self.accepted:,} accepted + {self.rejected:,} rejected + "
            f"{self.unknown:,} unknown + {self.not_sent:,} not sent"
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
        said = f": {self.why}" if self.why else ""
        return f"Delivery({self.row}, {masked(self.number or '')!r}, {self.state}{said})"


class Ledger:
    """A file that remembers of every message whether it was sent, through crashes and power cuts.

    Made where there is none, readable by nobody else, on a local disk. Raises LedgerError for a file that is
    something else or cannot be relied upon. One process at a time sends from it; any may read it, or record
    events.

    >>> with Ledger("campaign.ledger") as ledger:
    ...     print(ledger)
    0 planned = 0 accepted + 0 rejected + 0 unknown + 0 not sent
    """

    _journal_type = Journal

    def __init__(self, path: str | os.PathLike[str], *, must_exist: bool = False) -> None:
        self._journal = self._journal_type(path, must_exist=must_exist)

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._journal.path

    # Reading: any process may, while another one sends.

    def counts(self) -> Counts:
        """Tell how far it is and what it cost: planned = accepted + rejected + unknown + not sent."""
        with self._journal.reading() as connection:
            planned = connection.execute("SELECT messages FROM plan").fetchone() or (0,)
            rows = connection.execute("SELECT state, messages, committed FROM totals").fetchall()
        messages = {state: count for state, count, _ in rows}
        committed = {state: _cents(amount) for state, _, amount in rows}
        return Counts(
            planned=planned[0],
            accepted=messages["accepted"],
            rejected=messages["rejected"],
            unknown=messages["unknown"] + messages["intent"],
            not_sent=planned[0] - sum(messages.values()),
            in_flight=messages["intent"],
            spent_cents=committed["accepted"] + committed["rejected"],
            reserved_cents=committed["unknown"] + committed["intent"] + committed[REPLANNED],
        )

    def planned_cost_cents(self) -> tuple[Decimal, str | None]:
        """Tell the expected cost of the whole plan, and its currency; 0 and None before there is one."""
        with self._journal.reading() as connection:
            found = connection.execute("SELECT expected, currency FROM plan").fetchone() or (0, None)
        return _cents(found[0]), found[1]

    def unknown(self) -> list[Delivery]:
        """List the messages that may have been sent: look for them in Callr's list before anything else."""
        return list(self.deliveries("unknown"))

    def deliveries(self, *states: State) -> Iterator[Delivery]:
        """Yield the messages in these states, or all, in the order of the plan, some at a time."""
        after, wanted = -1, set(states or ("planned", "accepted", "rejected", "unknown"))
        while rows := self._deliveries(after):
            yield from (each for each in map(_delivery, rows) if each.state in wanted)
            after = rows[-1][0]

    def _deliveries(self, after: int) -> list[tuple[Any, ...]]:
        with self._journal.reading() as connection:
            return connection.execute(
                f"SELECT {PLANNED}, ifnull(state, 'planned'), why, claimed_at, answered_at, sid, receipt "  # noqa: S608
                "FROM messages LEFT JOIN deliveries USING (row) WHERE row > ? ORDER BY row LIMIT 1000",
                (after,),
            ).fetchall()

    # Writing what is learned from elsewhere: webhooks, the list of Callr, a person.

    def record(self, event: Event) -> bool:
        """Take in what a webhook said; false if it was known already, or is not about a sent message.

        Order and repetition make no difference, and nothing is ever sent for it. An event of an SMS that is
        not known confirms an unknown message of the same number and text.
        """
        if not isinstance(event, StatusEvent) or (receipt := event.receipt).sid is None:
            return False
        told = (event.id, receipt.sid, receipt.to, receipt.text, stored(receipt))
        with self._journal.transaction() as connection:
            if _is_purged(connection):
                return False
            new = connection.execute(
                "INSERT OR IGNORE INTO events (id, sid, number, text, body) VALUES (?, ?, ?, ?, ?)", told
            ).rowcount
            if new:
                confirm(connection, event_id=event.id)
                absorb(connection, receipt.sid)
        return bool(new)

    def confirm(self, row: int, receipt: Receipt) -> None:
        """Make an unknown message accepted, by a receipt found for it; LedgerError for any other."""
        if receipt.sid is None:
            raise LedgerError(f"a receipt without a sid confirms nothing: row {row} stays unknown")
        with self._journal.transaction() as connection:
            if _is_purged(connection):
                raise LedgerError(f"{self.path} was purged: what was unknown stays so")
            if is_known(connection, receipt.sid):
                raise LedgerError(f"this receipt tells of another message already: row {row} stays unknown")
            accept(connection, estimated(connection, row), receipt, "unknown")

    def replan(self, rows: Iterable[int], *, may_duplicate: bool) -> int:
        """Plan unknown messages again, though they may have been sent: a person's decision, no script's.

        ``may_duplicate=True`` accepts that. Returns how many there were; raises LedgerError.
        """
        if may_duplicate is not True:
            raise LedgerError(
                "unknown messages may have been sent: look for them first, or pass may_duplicate=True to "
                "accept that some are sent twice"
            )
        with self._journal.lock(), self._journal.transaction() as connection:
            return sum(replan(connection, row) for row in rows)

    def purge(self, *, unfinished: bool = False) -> None:
        """Remove every text and number from the file, and keep the totals; it cannot be undone.

        Raises LedgerError while messages are not sent or unknown, unless ``unfinished`` gives them up.
        """
        with self._journal.lock():
            counts = self.counts()
            if (counts.not_sent or counts.unknown) and not unfinished:
                raise LedgerError(
                    f"{counts.not_sent:,} messages are not sent and {counts.unknown:,} unknown: finish them "
                    "first, or pass unfinished=True to give them up"
                )
            with self._journal.transaction() as connection:
                connection.execute("UPDATE messages SET number = NULL, text = NULL, sender = NULL")
                connection.execute("UPDATE deliveries SET receipt = NULL")
                connection.execute("DELETE FROM events")
                connection.execute("UPDATE plan SET purged_at = ?", (now(),))
            self._journal.rewrite()

    # Sending: what delivery.py does.

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Keep others from sending, and call unknown what a run before left in flight."""
        with self._journal.lock():
            with self._journal.transaction() as connection:
                _refuse_damage(connection, self.path)
                connection.execute(
                    "UPDATE deliveries SET state = 'unknown', why = ? WHERE state = 'intent'", (INTERRUPTED,)
                )
                confirm(connection)
            yield
            with self._journal.transaction() as connection:
                confirm(connection)

    def plan(self, estimate: Estimate) -> None:
        """Take in the messages of an estimate; another one than the ledger holds already is refused."""
        from callr_segment.sending.ledger.planning import plan  # noqa: PLC0415 (pandas and pyarrow)

        with self._journal.transaction() as connection:
            plan(connection, estimate, self.path, now())

    def planned(self, after: int, most: int) -> list[Claim]:
        """List the messages that come next after a row, and are not sent."""
        with self._journal.reading() as connection:
            if not (plan := connection.execute("SELECT purged_at FROM plan").fetchone()):
                raise LedgerError(f"{self.path} holds no plan: pass the estimate that is to be sent")
            if plan[0]:
                raise LedgerError(f"{self.path} was purged at {plan[0]}: what it had not sent is gone")
            rows = connection.execute(
                f"SELECT {PLANNED} FROM messages LEFT JOIN deliveries USING (row) "  # noqa: S608
                "WHERE row > ? AND state IS NULL ORDER BY row LIMIT ?",
                (after, most),
            ).fetchall()
        return [Claim(row[0], Message(*row[1:6]), *row[6:]) for row in rows]

    def commit(self, outcomes: Iterable[Outcome], claims: Iterable[Claim], gate: Gate) -> list[Claim]:
        """Record what finished and claim what comes next, as the gate admits it: all in one commit.

        Returns the claims that are on the disk as intents, and so may be sent.
        """
        with self._journal.transaction() as connection:
            for outcome in outcomes:
                gate.note(settle(connection, outcome))
            totals, moment, claimed = totals_of(connection), now(), []
            for claim in claims:
                if not gate.admits(claim, totals):
                    break
                self._claim(connection, claim, moment)
                totals = totals._replace(committed=totals.committed + claim.high)
                claimed.append(claim)
        return claimed

    def _claim(self, connection: sqlite3.Connection, claim: Claim, moment: str) -> None:
        connection.execute(
            "INSERT INTO deliveries (row, state, committed, claimed_at) VALUES (?, 'intent', ?, ?)",
            (claim.row, claim.high, moment),
        )

    def close(self) -> None:
        """Let go of the file."""
        self._journal.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __str__(self) -> str:
        return str(self.counts())

    def __repr__(self) -> str:
        return f"Ledger({str(self.path)!r}): {self}"


def _is_purged(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM plan WHERE purged_at IS NOT NULL").fetchone() is not None


def _refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise LedgerError(
            f"{path} is damaged ({found}): nothing more is sent from it, nor from an older copy, which does "
            "not know what was sent since; see in Callr's list what was"
        )


def _delivery(row: tuple[Any, ...]) -> Delivery:
    *planned, low, expected, high, state, why, claimed_at, answered_at, sid, receipt = row
    shown = "unknown" if state == "intent" else state
    moments = (
        None if moment is None else datetime.fromisoformat(str(moment))
        for moment in (claimed_at, answered_at)
    )
    costs = (_cents(amount) for amount in (low, expected, high))
    read = None if receipt is None else unstored(str(receipt))
    return Delivery(*planned, *costs, shown, why, *moments, sid, read)  # type: ignore[arg-type]


def _cents(microcents: int) -> Decimal:
    return Decimal(microcents).scaleb(-6)
