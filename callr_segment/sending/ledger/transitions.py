"""What is written of one message when something is learned of it; the transaction is the caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from callr_segment.errors import LedgerError
from callr_segment.sending.api.wire import Message, Receipt
from callr_segment.sending.ledger.claims import Claim, Outcome, State, Totals
from callr_segment.sending.ledger.clocks import compute_clock_difference, is_in_time
from callr_segment.sending.ledger.receipt_columns import compute_columns, from_json
from callr_segment.sending.ledger.schema import REPLANNED

__all__ = [
    "PLANNED",
    "absorb",
    "accept",
    "apply_outcome",
    "called",
    "confirm",
    "estimated",
    "is_known",
    "now",
    "replan",
    "state_of",
    "totals_of",
]

PLANNED = "row, number, text, sender, traffic, forced_encoding, encoding, parts, low, expected, high"
_OPTED_OUT = "SELECT 1 FROM messages JOIN opt_outs USING (number) WHERE row = ?"


def apply_outcome(connection: sqlite3.Connection, outcome: Outcome) -> State:
    """Write down what became of an intent, and tell what it is now: a sid that is known proves nothing."""
    claim, state, why, receipt = outcome
    if state == "planned":
        return _plan_again(connection, claim.row, "intent")
    if state == "accepted" and receipt and receipt.sid and not is_known(connection, receipt.sid):
        accept(connection, claim, receipt, "intent")
        absorb(connection, receipt.sid)
    elif state == "rejected":
        _reject(connection, claim, why, receipt)
    else:
        _update(connection, claim.row, "intent", state="unknown", why=why or "sid missing or known already")
        return "unknown"
    return state


def _plan_again(connection: sqlite3.Connection, row: int, was: str) -> State:
    """Plan a message that was not sent again, unless somebody has opted out meanwhile."""
    if connection.execute(_OPTED_OUT, (row,)).fetchone():
        kept = (
            "UPDATE deliveries SET state = 'opted_out', committed = 0, why = NULL WHERE row = ? AND state = ?"
        )
        _one(connection.execute(kept, (row, was)), row)
        return "opted_out"
    _one(connection.execute("DELETE FROM deliveries WHERE row = ? AND state = ?", (row, was)), row)
    return "planned"


def is_known(connection: sqlite3.Connection, sid: str | None) -> bool:
    """Whether an SMS is that of a message already."""
    return connection.execute("SELECT 1 FROM deliveries WHERE sid = ?", (sid,)).fetchone() is not None


def accept(connection: sqlite3.Connection, claim: Claim, receipt: Receipt, was: str) -> None:
    """Write down that Callr has a message, and what it says of it."""
    columns = compute_columns(claim, receipt)
    _update(connection, claim.row, was, state="accepted", sid=receipt.sid, why=None, **columns._asdict())


def _reject(connection: sqlite3.Connection, claim: Claim, code: str | None, receipt: Receipt | None) -> None:
    """Write down a refusal; what Callr made a receipt of may be billed, as far as anybody knows."""
    columns = {} if receipt is None else {"sid": receipt.sid, **compute_columns(claim, receipt)._asdict()}
    kept = {name: value for name, value in columns.items() if name not in ("compared", "differs", "excess")}
    _update(connection, claim.row, "intent", **{"committed": 0, **kept}, state="rejected", why=code)


def _update(connection: sqlite3.Connection, row: int, was: str, **values: object) -> None:
    values["answered_at"] = now()
    columns = ", ".join(f"{name} = ?" for name in values)
    statement = f"UPDATE deliveries SET {columns} WHERE row = ? AND state = ?"  # noqa: S608
    _one(connection.execute(statement, (*values.values(), row, was)), row)


def _one(done: sqlite3.Cursor, row: int) -> None:
    if done.rowcount != 1:
        raise LedgerError(f"row {row} is not in the state it was left in: somebody else wrote to the ledger")


def estimated(connection: sqlite3.Connection, row: int) -> Claim:
    """Read what was planned for a row; LedgerError where there is none."""
    found = connection.execute(f"SELECT {PLANNED} FROM messages WHERE row = ?", (row,)).fetchone()  # noqa: S608
    if found is None:
        raise LedgerError(f"there is no row {row} in the plan")
    return Claim(found[0], Message(*found[1:6]), *found[6:])


def absorb(connection: sqlite3.Connection, sid: str) -> None:
    """Join what events say of an SMS to its receipt; they may have come before its answer did."""
    told = "SELECT body FROM events WHERE sid = ? AND body IS NOT NULL"
    events = connection.execute(told, (sid,)).fetchall()
    if not events:
        return
    found = connection.execute("SELECT row, state, receipt FROM deliveries WHERE sid = ?", (sid,)).fetchone()
    if found is None:
        return
    row, state, receipt = found[0], found[1], from_json(found[2])
    for (body,) in events:
        receipt = receipt.joined(from_json(body))
    columns = compute_columns(estimated(connection, row), receipt)._asdict()
    if state == "rejected":  # as when it was refused: it was never compared
        columns |= {"compared": 0, "differs": 0, "excess": 0}
    _update(connection, row, state, **columns)
    connection.execute("UPDATE events SET body = NULL, number = NULL, text = NULL WHERE sid = ?", (sid,))


_CONFIRMING = """
SELECT messages.row, claimed_at, answered_at, events.sid, body
FROM events CROSS JOIN messages ON events.number = messages.number AND events.text = messages.text
CROSS JOIN deliveries ON deliveries.row = messages.row
WHERE state = 'unknown' AND body IS NOT NULL {} ORDER BY messages.row
"""


def confirm(connection: sqlite3.Connection, event_id: str | None = None) -> timedelta:
    """Accept unknown messages that an event, or any, tells of: the same number and text, each SMS once.

    Returns by how much Callr's clock is ahead, where that had to be allowed for.
    """
    which = ("", ()) if event_id is None else ("AND id = ?", (event_id,))
    is_open = "SELECT 1 FROM deliveries WHERE row = ? AND state = 'unknown'"
    difference = timedelta()
    for row, *moments, sid, body in connection.execute(_CONFIRMING.format(which[0]), which[1]).fetchall():
        receipt = from_json(body)
        if not connection.execute(is_open, (row,)).fetchone() or is_known(connection, sid):
            continue
        claimed_at, answered_at = (each and datetime.fromisoformat(each) for each in moments)
        if not is_in_time(receipt, claimed_at, answered_at):
            difference = compute_clock_difference(connection)
            if not difference or not is_in_time(receipt, claimed_at, answered_at, difference):
                continue
        accept(connection, estimated(connection, row), receipt, "unknown")
        absorb(connection, sid)
    return difference


def replan(connection: sqlite3.Connection, rows: Sequence[int] | None, states: Sequence[str]) -> int:
    """Plan messages again, these or all in such states; what they may have cost goes on counting.

    Returns how many. Raises LedgerError for a row that is in another state.
    """
    if rows is None:
        which = f"SELECT row FROM deliveries WHERE state IN ({', '.join('?' * len(states))})"  # noqa: S608
        rows = [row for (row,) in connection.execute(which, tuple(states))]
    for row in rows:
        state, committed = state_of(connection, row)
        if state not in states:
            raise LedgerError(
                f"row {row} is {called(state)}, not {' or '.join(states)}: nothing was planned again; "
                "unknown() and rejected() list what can be"
            )
        _plan_again(connection, row, state)
        kept = "UPDATE totals SET committed = committed + ? WHERE state = ?"
        connection.execute(kept, (committed, REPLANNED))
    return len(rows)


def called(state: str) -> str:
    """Name a state in words."""
    return {"intent": "in flight", "opted_out": "opted out"}.get(state, state)


def state_of(connection: sqlite3.Connection, row: int) -> tuple[str, int]:
    """Tell what a message is, and what counts against the cap for it; LedgerError where there is none."""
    estimated(connection, row)
    found = "SELECT state, committed FROM deliveries WHERE row = ?"
    return connection.execute(found, (row,)).fetchone() or ("planned", 0)


def totals_of(connection: sqlite3.Connection) -> Totals:
    """Sum up what counts against the cap and the breaker."""
    sums = "SELECT sum(committed), sum(compared), sum(differing), sum(excess) FROM totals"
    return Totals(*connection.execute(sums).fetchone())


def now() -> str:
    """Write the time as the file holds it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
