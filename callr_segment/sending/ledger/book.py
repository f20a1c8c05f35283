"""One file that remembers of every message of a campaign what was planned, tried and answered.

A message is planned until, in a commit that is on the disk before its first byte leaves, it becomes an
intent; its answer makes it accepted, rejected or unknown. What was an intent when a run died is unknown too:
it may have been sent, and nothing but a person makes it planned again.
"""

from __future__ import annotations

import json
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from callr_segment.errors import InputError, LedgerError, counted, did_you_mean
from callr_segment.sending.api.webhooks import Event
from callr_segment.sending.api.wire import Message, Receipt
from callr_segment.sending.ledger.claims import Claim, Outcome, State, Totals
from callr_segment.sending.ledger.log_generation import forget_lost_log
from callr_segment.sending.ledger.places import MEMORY, MOUNTS, filesystem_of, path_of
from callr_segment.sending.ledger.reading import Counts, Delivery, cents_of, read_counts, read_deliveries
from callr_segment.sending.ledger.recording import record_events
from callr_segment.sending.ledger.sqlite_file import Journal
from callr_segment.sending.ledger.transitions import (
    PLANNED,
    accept,
    apply_outcome,
    called,
    confirm,
    estimated,
    is_known,
    now,
    replan,
    state_of,
    totals_of,
)

if TYPE_CHECKING:
    import numpy as np

    from callr_segment.campaign.estimation import Estimate

__all__ = ["Ledger"]

T = TypeVar("T")

INTERRUPTED, LOST = "interrupted", "its log was lost"
_PAGE = 1000  # messages that are listed at once


class Ledger:
    """A file that remembers of every message whether it was sent, through crashes and power cuts.

    Made where there is none, readable by nobody else, on a local disk. One process at a time sends from it;
    any may read it, or record events. ``read_only`` opens one that is there, and writes nothing to it.

    While a run goes on, and after one that was killed, the file and its log (the same name with ``-wal``)
    belong together: move or copy both, or make a copy with `copy_to`. Raises LedgerError for a file whose
    log is missing, that is older than the one that stood here, that is something else, or cannot be relied
    upon.

    >>> with Ledger("campaign.ledger") as ledger:
    ...     print(ledger)
    0 planned = 0 accepted + 0 rejected + 0 unknown + 0 not sent
    """

    _journal_type = Journal

    def __init__(
        self, path: str | os.PathLike[str], *, must_exist: bool = False, read_only: bool = False
    ) -> None:
        self._journal = self._journal_type(path, must_exist=must_exist, read_only=read_only)

    @classmethod
    def recover(cls, path: str | os.PathLike[str], *, old_copy: bool = False) -> Ledger:
        """Open a ledger whose log is lost for good, or an older copy; all that it may have sent is unknown.

        Every message that is not known to be sent becomes unknown, counts against the budget, and is sent
        again only when a person says so: look for them first, with `reconcile` or in the webhooks. An older
        copy that stands elsewhere looks sound: ``old_copy=True`` says what it is. Raises LedgerError for a
        ledger that has lost nothing.
        """
        ledger = cls.__new__(cls)
        ledger._journal = cls._journal_type(path, must_exist=True, lost_log=True)
        try:
            ledger._recover(old_copy)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def _recover(self, old_copy: bool) -> None:
        if self._journal.loss is None and old_copy is not True:
            raise LedgerError(
                f"{self.path} has lost nothing, and was left as it is: open it, or resume it; if it is an "
                "older copy of a ledger that was sent from since, say so with old_copy=True or --old-copy"
            )
        with self._journal.lock():
            with self._journal.transaction() as connection:
                _refuse_damage(connection, self.path)
                _call_unknown(connection)
                note = forget_lost_log(connection, self.path)
            self._journal.held.write(note)
            self._journal.checkpoint()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._journal.path

    # Reading: any process may, while another one sends.

    def counts(self) -> Counts:
        """Tell how far it is and what it cost.

        planned = accepted + rejected + unknown + not sent + opted out.
        """
        with self._journal.reading() as connection:
            return read_counts(connection)

    def planned_cost_cents(self) -> tuple[Decimal, str | None]:
        """Tell the expected cost of the whole plan, and its currency; 0 and None before there is one."""
        with self._journal.reading() as connection:
            found = connection.execute("SELECT expected, currency FROM plan").fetchone() or (0, None)
        return cents_of(found[0]), found[1]

    def unknown(self) -> list[Delivery]:
        """List the messages that may have been sent: look for them in Callr's list before anything else."""
        return list(self.deliveries("unknown"))

    def rejected(self) -> list[Delivery]:
        """List the messages that Callr refused; ``why`` of each is the code or status it gave."""
        return list(self.deliveries("rejected"))

    def deliveries(self, *states: State) -> Iterator[Delivery]:
        """Yield the messages in these states, or all, in the order of the plan, some at a time."""
        known = get_args(State)
        for state in states:
            if state not in known:
                raise InputError(f"there is no state {state!r}; {did_you_mean(state, known)}", value=state)
        after, wanted = -1, states or known
        while page := self._deliveries(after):
            yield from (each for each in page if each.state in wanted)
            after = page[-1].row

    def _deliveries(self, after: int) -> list[Delivery]:
        with self._journal.reading() as connection:
            return read_deliveries(connection, after, _PAGE)

    def refuse_without_plan(self) -> None:
        """Raise LedgerError where no message is known: none yet, or none any more."""
        with self._journal.reading() as connection:
            _refuse_without_plan(connection, self.path)

    def settings(self) -> dict[str, Any]:
        """Tell how the campaign was sent last: where to, in which hours and how fast; none before a run."""
        with self._journal.reading() as connection:
            rows = connection.execute("SELECT name, value FROM settings").fetchall()
            return {name: json.loads(value) for name, value in rows}

    def copy_to(self, path: str | os.PathLike[str]) -> None:
        """Write a copy that may travel: one new file, with all that is known now, while others go on.

        Send from one of the two only: neither knows what the other sends.
        """
        self._journal.copy_to(path_of(path))

    # Writing what is learned from elsewhere: webhooks, the list of Callr, a person.

    def record(self, event: Event) -> bool:
        """Take in what a webhook said; false if it was known already, or is not about a message of this one.

        Order and repetition make no difference, and nothing is ever sent for it. An event of an SMS that is
        not known confirms an unknown message of the same number and text that was being sent when that SMS
        was created. Of any other nothing is kept.
        """
        return self.record_many([event])[0]

    def record_many(self, events: Iterable[Event]) -> list[bool]:
        """Take in what many webhooks said, in one commit: a thousand a second and more.

        Returns of each what `record` would.
        """
        events = _listed(events)
        for each in events:
            if not isinstance(each, Event):
                raise InputError(f"a {type(each).__name__} is no event: pass what parse_event returns")
        with self._journal.transaction() as connection:
            if _is_purged(connection):
                return [False] * len(events)
            taken, difference = record_events(connection, events)
        self._warn(difference)
        return taken

    def confirm(self, row: int, receipt: Receipt) -> None:
        """Make an unknown message accepted, by a receipt found for it; LedgerError for any other."""
        row = _row(row)
        if not isinstance(receipt, Receipt):
            raise InputError(f"a {type(receipt).__name__} is no Receipt: pass what get() or search() returns")
        if receipt.sid is None:
            raise LedgerError(f"a receipt without a sid confirms nothing: row {row} stays unknown")
        with self._journal.transaction() as connection:
            _refuse_without_plan(connection, self.path)
            if is_known(connection, receipt.sid):
                raise LedgerError(f"this receipt tells of another message already: row {row} stays unknown")
            state, _ = state_of(connection, row)
            if state != "unknown":
                raise LedgerError(f"row {row} is {called(state)}: only what is unknown can be confirmed")
            accept(connection, estimated(connection, row), receipt, "unknown")

    def end_interrupted(self) -> None:
        """Call unknown what a run that was killed left in flight; raises Locked while another one goes on."""
        if self._journal.is_held:
            return
        with self._journal.lock(), self._journal.transaction() as connection:
            difference = _end_interrupted(connection)
        self._warn(difference)

    def opt_out(self, numbers: Iterable[Any], *, default_region: str | None = None) -> int:
        """Leave numbers out for good, from now on and at each resume; returns how many messages that stops.

        Another process may be sending: what it has in flight is not stopped. Numbers are read as those of a
        campaign; raises InputError for one that cannot be read.
        """
        from callr_segment.campaign.columns.options import Setting  # noqa: PLC0415 (pandas and pyarrow)
        from callr_segment.campaign.recipients.audience import read_numbers  # noqa: PLC0415

        return self.write_opt_outs(read_numbers(numbers, Setting(default_region)))

    def write_opt_outs(self, digits: np.ndarray) -> int:
        """Leave out numbers that were read already: sorted digits of E.164, uint64."""
        from callr_segment.sending.ledger.opting_out import write_opt_outs  # noqa: PLC0415 (NumPy)

        return write_opt_outs(self._journal, digits)

    def replan(
        self, rows: Iterable[int] | None = None, *, may_duplicate: bool = False, rejected: bool = False
    ) -> int:
        """Plan messages again, these or all: a person's decision, no script's; returns how many there were.

        ``may_duplicate=True`` plans the unknown again, and accepts that some are sent twice.
        ``rejected=True`` plans those again that Callr refused, and accepts that what it made a receipt of may
        be charged twice. What they may have cost counts against the budget for ever. Raises LedgerError, and
        plans none again, where one of ``rows`` is in no such state, or is none of the plan.
        """
        states = ["unknown"] * (may_duplicate is True) + ["rejected"] * (rejected is True)
        if not states:
            raise LedgerError(
                "unknown messages may have been sent: look for them first, or pass may_duplicate=True to "
                "accept that some are sent twice; rejected=True plans those again that Callr refused"
            )
        wanted = None if rows is None else sorted({_row(each) for each in _listed(rows)})
        self.end_interrupted()
        with self._journal.lock():
            with self._journal.transaction() as connection:
                _refuse_without_plan(connection, self.path)
                count = replan(connection, wanted, states)
            self._journal.checkpoint()
        return count

    def purge(self, *, unfinished: bool = False) -> None:
        """Remove every text and number from the file, and keep the totals; it cannot be undone.

        Raises LedgerError while messages are not sent or unknown, unless ``unfinished`` gives them up.
        """
        self.end_interrupted()
        with self._journal.lock():
            counts = self.counts()
            if (counts.not_sent or counts.unknown) and unfinished is not True:
                raise LedgerError(
                    f"{counted(counts.not_sent, 'message')} not sent and {counts.unknown:,} unknown: finish "
                    "them first, or pass unfinished=True to give them up"
                )
            with self._journal.transaction() as connection:
                connection.execute("UPDATE messages SET number = NULL, text = NULL, sender = NULL")
                connection.execute("UPDATE deliveries SET receipt = NULL")
                connection.execute("DELETE FROM events")
                connection.execute("DELETE FROM opt_outs")
                connection.execute("UPDATE plan SET purged_at = ?", (now(),))
            self._journal.rewrite()

    # Sending: what the delivery room does.

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Keep others from sending, and call unknown what a run before left in flight."""
        if self._journal.is_held:
            raise LedgerError(f"{self.path} is being sent from here already: wait until that has ended")
        with self._journal.lock():
            with self._journal.transaction() as connection:
                _refuse_damage(connection, self.path)
                difference = _end_interrupted(connection)
            self._warn(difference)
            yield
            with self._journal.transaction() as connection:
                confirm(connection)
            self._journal.end_log()

    def plan(self, estimate: Estimate) -> None:
        """Take in the messages of an estimate; another one than the ledger holds already is refused."""
        from callr_segment.sending.ledger.planning import plan  # noqa: PLC0415 (pandas and pyarrow)

        with self._journal.lock():
            plan(self._journal, estimate)

    def keep(self, settings: Mapping[str, Any]) -> None:
        """Remember how the campaign is sent, as values of JSON by name, so that it is resumed so."""
        rows = [(name, json.dumps(value)) for name, value in settings.items()]
        with self._journal.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", rows)

    def planned(self, after: int, most: int) -> list[Claim]:
        """List the messages that come next after a row, and are not sent."""
        with self._journal.reading() as connection:
            _refuse_without_plan(connection, self.path)
            rows = connection.execute(
                f"SELECT {PLANNED} FROM messages LEFT JOIN deliveries USING (row) "  # noqa: S608
                "WHERE row > ? AND state IS NULL ORDER BY row LIMIT ?",
                (after, most),
            ).fetchall()
        return [Claim(row[0], Message(*row[1:6]), *row[6:]) for row in rows]

    def commit(
        self,
        outcomes: Iterable[Outcome],
        claims: Iterable[Claim],
        *,
        on_outcome: Callable[[Outcome, State], object],
        admits: Callable[[Claim, Totals], bool],
    ) -> tuple[list[Claim], int]:
        """Record what finished and claim what comes next, as far as it is admitted: all in one commit.

        ``on_outcome`` hears what each message is now, which may be less certain than its outcome. Returns the
        claims that are on the disk as intents, and so may be sent, and how many were gone through: between
        them may be messages that somebody has just opted out of.
        """
        claims = list(claims)
        if claims:
            self._journal.begin_log()
        with self._journal.transaction() as connection:
            for outcome in outcomes:
                on_outcome(outcome, apply_outcome(connection, outcome))
            totals, moment, claimed, passed = totals_of(connection), now(), [], 0
            for claim in claims:
                if not admits(claim, totals):
                    break
                passed += 1
                if self._claim(connection, claim, moment):
                    totals = totals._replace(committed=totals.committed + claim.high)
                    claimed.append(claim)
        return claimed, passed

    def _claim(self, connection: sqlite3.Connection, claim: Claim, moment: str) -> bool:
        done = connection.execute(
            "INSERT OR IGNORE INTO deliveries (row, state, committed, claimed_at) VALUES (?, 'intent', ?, ?)",
            (claim.row, claim.high, moment),
        )
        return done.rowcount == 1

    def take_back(self, rows: Iterable[int]) -> None:
        """Plan again what was refused only because everything was: no receipt was made of it."""
        with self._journal.transaction() as connection:
            for row in rows:
                connection.execute(
                    "DELETE FROM deliveries WHERE row = ? AND state = 'rejected' AND receipt IS NULL", (row,)
                )

    def _warn(self, difference: timedelta) -> None:
        if difference:
            warnings.warn(
                f"Callr's clock and the one here differ by about {abs(difference)}: it was allowed for, but "
                "set the clock of this machine, since unknown messages are found by their times",
                stacklevel=3,
            )

    def warn_of_memory(self) -> None:
        """Warn of a disk that a restart empties."""
        kind = filesystem_of(self.path, MOUNTS)
        if kind in MEMORY:
            warnings.warn(
                f"{self.path} is on {kind}, which a restart empties, and with it what was sent: use a disk",
                stacklevel=3,
            )

    def close(self) -> None:
        """Let go of the file."""
        self._journal.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __str__(self) -> str:
        return str(self.counts())

    def __repr__(self) -> str:
        try:
            return f"Ledger({str(self.path)!r}): {self}"
        except LedgerError:
            return f"Ledger({str(self.path)!r}): closed"


def _listed(values: Iterable[T]) -> list[T]:
    try:
        return list(values)
    except TypeError:
        raise InputError(f"several come as a list, not as a {type(values).__name__}", value=values) from None


def _row(value: object) -> int:
    """Take the number of a row, of whatever type of whole number, before a transaction is begun for it."""
    try:
        found = index(value)  # type: ignore[arg-type]
    except TypeError:
        found = -1
    if not 0 <= found < 1 << 63:
        raise InputError(f"{value!r} is no row: give its number in the plan", value=value)
    return found


def _refuse_without_plan(connection: sqlite3.Connection, path: Path) -> None:
    plan = connection.execute("SELECT purged_at FROM plan").fetchone()
    if plan is None:
        raise LedgerError(f"{path} holds no plan yet: send a campaign to it, with its estimate, first")
    if plan[0]:
        raise LedgerError(
            f"{path} was purged at {plan[0]}: its numbers, texts and receipts are gone, and counts() is what "
            "is left; name another file for another campaign"
        )


def _is_purged(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM plan WHERE purged_at IS NOT NULL").fetchone() is not None


def _refuse_damage(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise LedgerError(
            f"{path} is damaged ({found}): nothing more is sent from it, nor from an older copy, which does "
            "not know what was sent since; see in Callr's list what was"
        )


def _end_interrupted(connection: sqlite3.Connection) -> timedelta:
    """Let what was in flight be unknown, or what events say: whoever holds the lock knows that nothing is."""
    statement = "UPDATE deliveries SET state = 'unknown', why = ? WHERE state = 'intent'"
    connection.execute(statement, (INTERRUPTED,))
    return confirm(connection)


def _call_unknown(connection: sqlite3.Connection) -> None:
    """Let everything that may have been sent be unknown, from when it was planned until now."""
    moment = now()
    connection.execute(
        "UPDATE deliveries SET state = 'unknown', why = ?, answered_at = ? WHERE state = 'intent'",
        (LOST, moment),
    )
    connection.execute(
        "INSERT INTO deliveries (row, state, committed, claimed_at, answered_at, why) "
        "SELECT row, 'unknown', messages.high, made_at, ?, ? FROM messages, plan "
        "WHERE row NOT IN (SELECT row FROM deliveries)",
        (moment, LOST),
    )
