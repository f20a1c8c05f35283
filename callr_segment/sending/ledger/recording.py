"""What webhooks say of the messages of a ledger, and nothing that they say of others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import timedelta

from callr_segment.sending.api.webhooks import Event, StatusEvent
from callr_segment.sending.ledger.receipt_columns import to_json
from callr_segment.sending.ledger.transitions import absorb, confirm, is_known

__all__ = ["record_events"]

_INSERT = "INSERT OR IGNORE INTO events (id, sid, number, text, body) VALUES (?, ?, ?, ?, ?)"
_OPEN = """
SELECT 1 FROM messages JOIN deliveries USING (row)
WHERE number = ? AND state IN ('intent', 'unknown') AND (text = ? OR instr(text, '%STOPNUM%'))
"""


def record_events(connection: sqlite3.Connection, events: Iterable[Event]) -> tuple[list[bool], timedelta]:
    """Take in what is news of messages of this ledger; tells which was, and how far ahead Callr is."""
    difference, taken = timedelta(), []
    for event in events:
        taken.append(False)
        if isinstance(event, StatusEvent) and _write(connection, event):
            taken[-1] = True
            difference = confirm(connection, event_id=event.id) or difference
            absorb(connection, event.receipt.sid or "")
    return taken, difference


def _write(connection: sqlite3.Connection, event: StatusEvent) -> bool:
    """Keep an event of a message of ours: one that has its sid, or may, since its answer is not there yet."""
    receipt = event.receipt
    if receipt.sid is None:
        return False
    is_ours = is_known(connection, receipt.sid)
    if not is_ours and not connection.execute(_OPEN, (receipt.to, receipt.text)).fetchone():
        return False
    told = (event.id, receipt.sid, receipt.to, receipt.text, to_json(receipt))
    return connection.execute(_INSERT, told).rowcount > 0
