"""An estimate becomes the plan of a ledger: once, and then only the same one is taken."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from callr_segment.campaign.estimation import Estimate
from callr_segment.errors import LedgerError
from callr_segment.sending.ledger.outbox import Fingerprint, outgoing

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["plan"]

_COLUMNS = (
    "row",
    "number",
    "text",
    "sender",
    "traffic",
    "forced_encoding",
    "encoding",
    "parts",
    "low",
    "expected",
    "high",
)


def plan(connection: sqlite3.Connection, estimate: Estimate, path: Path, now: str) -> None:
    """Write the messages of an estimate, or make sure that they are those which are there."""
    found = connection.execute("SELECT fingerprint, made_at FROM plan").fetchone()
    fingerprint = Fingerprint(
        str(estimate.currency), estimate.plan.rates.sha256 if estimate.plan.rates else ""
    )
    for batch in outgoing(estimate):
        fingerprint.add(batch)
        if found is None:
            _insert(connection, batch)
    if found is None:
        connection.execute(
            "INSERT INTO plan SELECT 1, ?, ?, count(*), ifnull(sum(parts), 0), ifnull(sum(low), 0), "
            "ifnull(sum(expected), 0), ifnull(sum(high), 0), ?, NULL FROM messages",
            (fingerprint.hexdigest(), estimate.currency, now),
        )
    elif found[0] != fingerprint.hexdigest():
        raise LedgerError(
            f"{path} holds another plan, made at {found[1]}: what was costed is what is sent; "
            "resume with the same frame, text and rates, or name another file for this campaign"
        )


def _insert(connection: sqlite3.Connection, batch: pa.RecordBatch) -> None:
    sent = batch.filter(batch.column("to_send"))
    columns = (sent.column(name).to_pylist() for name in _COLUMNS)
    places = ", ".join("?" * len(_COLUMNS))
    connection.executemany(
        f"INSERT INTO messages ({', '.join(_COLUMNS)}) VALUES ({places})",  # noqa: S608
        zip(*columns, strict=True),
    )
