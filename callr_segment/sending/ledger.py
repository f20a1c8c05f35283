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
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from callr_segment.errors import LedgerError
from callr_segment.sending._billing import bill, stored, unstored
from callr_segment.sending._journal import Journal
from callr_segment.sending.masking import masked
from callr_segment.sending.webhooks import Event, StatusEvent
from callr_segment.sending.wire import Outgoing, Receipt

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate

__all__ = ["Claim", "Counts", "Delivery", "Gate", "Ledger", "Outcome", "State", "Totals"]

State = Literal["planned", "accepted", "rejected", "unknown"]

INTERRUPTED = "interrupted"
CLOCKS_DIFFER = timedelta(
    minutes=10
)  # that ours and Callr's may: an SMS created before its intent is another one
_PLANNED = "row, number, text, sender, traffic, forced_encoding, encoding, parts, low, expected, high"


class Claim(NamedTuple):
    """A message that is to be sent next, and what it was estimated to come to, in microcents."""

    row: int
    message: Outgoing
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


class Counts(NamedTuple):
    """How far a campaign is; ``unknown`` holds those ``in_flight`` too, since they may have been sent.

    ``spent_cents`` is what the accepted cost, ``reserved_cents`` what the unknown may cost at most.

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
            reserved_cents=committed["unknown"] + committed["intent"],
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
                f"SELECT {_PLANNED}, ifnull(state, 'planned'), why, claimed_at, answered_at, sid, receipt "  # noqa: S608
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
            new = connection.execute(
                "INSERT OR IGNORE INTO events (id, sid, number, text, body) VALUES (?, ?, ?, ?, ?)", told
            ).rowcount
            if new:
                _confirm(connection, event_id=event.id)
                _absorb(connection, receipt.sid)
        return bool(new)

    def confirm(self, row: int, receipt: Receipt) -> None:
        """Make an unknown message accepted, by a receipt found for it; LedgerError for any other."""
        if receipt.sid is None:
            raise LedgerError(f"a receipt without a sid confirms nothing: row {row} stays unknown")
        with self._journal.transaction() as connection:
            if _is_known(connection, receipt.sid):
                raise LedgerError(f"this receipt tells of another message already: row {row} stays unknown")
            _accept(connection, row, receipt, "unknown")

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
            return sum(
                connection.execute(
                    "DELETE FROM deliveries WHERE row = ? AND state = 'unknown'", (row,)
                ).rowcount
                for row in rows
            )

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
                connection.execute("UPDATE plan SET purged_at = ?", (_now(),))
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
                _confirm(connection)
            yield
            with self._journal.transaction() as connection:
                _confirm(connection)

    def plan(self, estimate: Estimate) -> None:
        """Take in the messages of an estimate; another one than the ledger holds already is refused."""
        from callr_segment.sending.planning import plan  # noqa: PLC0415 (pandas and pyarrow)

        with self._journal.transaction() as connection:
            plan(connection, estimate, self.path, _now())

    def planned(self, after: int, most: int) -> list[Claim]:
        """List the messages that come next after a row, and are not sent."""
        with self._journal.reading() as connection:
            if not (plan := connection.execute("SELECT purged_at FROM plan").fetchone()):
                raise LedgerError(f"{self.path} holds no plan: pass the estimate that is to be sent")
            if plan[0]:
                raise LedgerError(f"{self.path} was purged at {plan[0]}: what it had not sent is gone")
            rows = connection.execute(
                f"SELECT {_PLANNED} FROM messages LEFT JOIN deliveries USING (row) "  # noqa: S608
                "WHERE row > ? AND state IS NULL ORDER BY row LIMIT ?",
                (after, most),
            ).fetchall()
        return [Claim(row[0], Outgoing(*row[1:6]), *row[6:]) for row in rows]

    def commit(self, outcomes: Iterable[Outcome], claims: Iterable[Claim], gate: Gate) -> list[Claim]:
        """Record what finished and claim what comes next, as the gate admits it: all in one commit.

        Returns the claims that are on the disk as intents, and so may be sent.
        """
        with self._journal.transaction() as connection:
            for outcome in outcomes:
                gate.note(_settle(connection, outcome))
            totals, now, claimed = _totals(connection), _now(), []
            for claim in claims:
                if not gate.admits(claim, totals):
                    break
                self._claim(connection, claim, now)
                totals = totals._replace(committed=totals.committed + claim.high)
                claimed.append(claim)
        return claimed

    def _claim(self, connection: sqlite3.Connection, claim: Claim, now: str) -> None:
        connection.execute(
            "INSERT INTO deliveries (row, state, committed, claimed_at) VALUES (?, 'intent', ?, ?)",
            (claim.row, claim.high, now),
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


def _settle(connection: sqlite3.Connection, outcome: Outcome) -> State:
    """Write down what became of an intent, and tell what it is now: a sid that is known proves nothing."""
    claim, state, why, receipt = outcome
    if state == "planned":
        _one(
            connection.execute("DELETE FROM deliveries WHERE row = ? AND state = 'intent'", (claim.row,)),
            claim.row,
        )
    elif (
        state == "accepted" and receipt is not None and receipt.sid and not _is_known(connection, receipt.sid)
    ):
        _accept(connection, claim.row, receipt, "intent")
        _absorb(connection, receipt.sid)
    elif state == "rejected":
        _reject(connection, claim, why, receipt)
    else:
        _update(connection, claim.row, "intent", state="unknown", why=why or "sid missing or known already")
        return "unknown"
    return state


def _is_known(connection: sqlite3.Connection, sid: str | None) -> bool:
    return connection.execute("SELECT 1 FROM deliveries WHERE sid = ?", (sid,)).fetchone() is not None


def _accept(connection: sqlite3.Connection, row: int, receipt: Receipt, was: str) -> None:
    billed = bill(_estimated(connection, row), receipt)
    _update(connection, row, was, state="accepted", sid=receipt.sid, why=None, **billed._asdict())


def _reject(connection: sqlite3.Connection, claim: Claim, code: str | None, receipt: Receipt | None) -> None:
    """Write down a refusal; what Callr made a receipt of may be billed, as far as anybody knows."""
    billed = {} if receipt is None else {"sid": receipt.sid, **bill(claim, receipt)._asdict()}
    kept = {name: value for name, value in billed.items() if name not in ("compared", "differs")}
    _update(connection, claim.row, "intent", **{"committed": 0, **kept}, state="rejected", why=code)


def _update(connection: sqlite3.Connection, row: int, was: str, **values: object) -> None:
    values["answered_at"] = _now()
    columns = ", ".join(f"{name} = ?" for name in values)
    statement = f"UPDATE deliveries SET {columns} WHERE row = ? AND state = ?"  # noqa: S608
    _one(connection.execute(statement, (*values.values(), row, was)), row)


def _one(done: sqlite3.Cursor, row: int) -> None:
    if done.rowcount != 1:
        raise LedgerError(f"row {row} is not in the state it was left in: somebody else wrote to the ledger")


def _estimated(connection: sqlite3.Connection, row: int) -> Claim:
    found = connection.execute(f"SELECT {_PLANNED} FROM messages WHERE row = ?", (row,)).fetchone()  # noqa: S608
    if found is None:
        raise LedgerError(f"there is no row {row} in the plan")
    return Claim(found[0], Outgoing(*found[1:6]), *found[6:])


def _absorb(connection: sqlite3.Connection, sid: str) -> None:
    """Join what events say of an SMS to its receipt; they may have come before its answer did."""
    found = connection.execute("SELECT row, state, receipt FROM deliveries WHERE sid = ?", (sid,)).fetchone()
    events = connection.execute(
        "SELECT body FROM events WHERE sid = ? AND body IS NOT NULL", (sid,)
    ).fetchall()
    if found is None or not events:
        return
    row, state, receipt = found[0], found[1], unstored(found[2])
    for (body,) in events:
        receipt = receipt.joined(unstored(body))
    _update(connection, row, state, **bill(_estimated(connection, row), receipt)._asdict())
    connection.execute("UPDATE events SET body = NULL, number = NULL, text = NULL WHERE sid = ?", (sid,))


_CONFIRMING = """
SELECT messages.row, claimed_at, events.sid, body
FROM events CROSS JOIN messages ON events.number = messages.number AND events.text = messages.text
CROSS JOIN deliveries ON deliveries.row = messages.row
WHERE state = 'unknown' AND body IS NOT NULL {} ORDER BY messages.row
"""


def _confirm(connection: sqlite3.Connection, event_id: str | None = None) -> None:
    """Accept unknown messages that an event, or any, tells of: the same number and text, each SMS once."""
    which = ("", ()) if event_id is None else ("AND id = ?", (event_id,))
    for row, claimed_at, sid, body in connection.execute(_CONFIRMING.format(which[0]), which[1]).fetchall():
        receipt = unstored(body)
        is_open = connection.execute(
            "SELECT 1 FROM deliveries WHERE row = ? AND state = 'unknown'", (row,)
        ).fetchone()
        if is_open and not _is_known(connection, sid) and not _is_older(receipt, claimed_at):
            _accept(connection, row, receipt, "unknown")
            _absorb(connection, sid)


def _is_older(receipt: Receipt, claimed_at: str) -> bool:
    """Whether an SMS was created before this one was even tried."""
    return (
        receipt.created is not None and receipt.created < datetime.fromisoformat(claimed_at) - CLOCKS_DIFFER
    )


def _totals(connection: sqlite3.Connection) -> Totals:
    return Totals(
        *connection.execute("SELECT sum(committed), sum(compared), sum(differing) FROM totals").fetchone()
    )


def _refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise LedgerError(
            f"{path} is damaged ({found}): bring back a copy; from this one nothing more is sent"
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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
