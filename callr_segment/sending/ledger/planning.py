"""An estimate becomes the plan of a ledger: once, and then only the same one is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callr_segment.campaign.estimation import Estimate
from callr_segment.errors import LedgerError
from callr_segment.sending.ledger.outbox import Fingerprint, outgoing
from callr_segment.sending.ledger.sqlite_file import Journal
from callr_segment.sending.ledger.transitions import PLANNED, now

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["plan"]

_ROWS = 1 << 12  # of one commit: others who record events wait for some hundredths of a second
_COLUMNS = PLANNED.split(", ")


def plan(journal: Journal, estimate: Estimate) -> None:
    """Write the messages of an estimate, or make sure that they are those which are there.

    Messages are written some at a time, and their plan last: messages without a plan are what a run left
    that died in between, and are written anew.
    """
    with journal.reading() as connection:
        found = connection.execute("SELECT fingerprint, made_at FROM plan").fetchone()
    fingerprint = Fingerprint(
        str(estimate.currency), estimate.plan.rates.sha256 if estimate.plan.rates else ""
    )
    if found is None:
        _clear(journal)
    for batch in outgoing(estimate):
        fingerprint.add(batch)
        if found is None:
            _insert(journal, batch)
    if found is None:
        _finish(journal, fingerprint, estimate)
    elif found[0] != fingerprint.hexdigest():
        raise LedgerError(
            f"{journal.path} holds another plan, made at {found[1]}: what was costed is what is sent; "
            "resume with the same frame, text and rates, or name another file for this campaign"
        )


def _clear(journal: Journal) -> None:
    deleted = 1
    while deleted:
        with journal.transaction() as connection:
            statement = "DELETE FROM messages WHERE row IN (SELECT row FROM messages LIMIT ?)"
            deleted = connection.execute(statement, (_ROWS,)).rowcount


def _insert(journal: Journal, batch: pa.RecordBatch) -> None:
    places = ", ".join("?" * len(_COLUMNS))
    statement = f"INSERT INTO messages ({PLANNED}) VALUES ({places})"  # noqa: S608
    for rows in _rows(batch.filter(batch.column("to_send"))):
        with journal.transaction() as connection:
            connection.executemany(statement, rows)


def _rows(sent: pa.RecordBatch) -> Iterator[list[tuple[object, ...]]]:
    for start in range(0, len(sent), _ROWS):
        part = sent.slice(start, _ROWS)
        yield list(zip(*(part.column(name).to_pylist() for name in _COLUMNS), strict=True))


def _finish(journal: Journal, fingerprint: Fingerprint, estimate: Estimate) -> None:
    with journal.transaction() as connection:
        connection.execute(
            "INSERT INTO plan SELECT 1, ?, ?, count(*), ifnull(sum(parts), 0), ifnull(sum(low), 0), "
            "ifnull(sum(expected), 0), ifnull(sum(high), 0), ?, NULL FROM messages",
            (fingerprint.hexdigest(), estimate.currency, now()),
        )
    journal.checkpoint()
