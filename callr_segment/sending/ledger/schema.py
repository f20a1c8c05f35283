"""What a ledger's file holds: the plan, its messages, what became of each, and what webhooks said."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from callr_segment.errors import LedgerError

__all__ = ["REPLANNED", "STATES", "is_new", "prepare", "refuse_other"]

STATES = ("intent", "accepted", "rejected", "unknown", "opted_out")
"""What a message can be but planned, which is what it is while there is no row on its delivery."""

REPLANNED = "replanned"
"""What messages may have cost before a person planned them again; it counts against the cap for ever."""

APPLICATION = 0x43534C31  # "CSL1"
VERSION = 2

_TABLES = f"""
CREATE TABLE plan (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint TEXT NOT NULL, currency TEXT NOT NULL, messages INTEGER NOT NULL, parts INTEGER NOT NULL,
    low INTEGER NOT NULL, expected INTEGER NOT NULL, high INTEGER NOT NULL,
    made_at TEXT NOT NULL, purged_at TEXT
) STRICT;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE log (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    ledger TEXT NOT NULL, expected INTEGER NOT NULL, written INTEGER NOT NULL
) STRICT;
CREATE TABLE messages (
    row INTEGER PRIMARY KEY,
    number TEXT, text TEXT, sender TEXT, traffic TEXT NOT NULL, forced_encoding TEXT,
    encoding TEXT NOT NULL, parts INTEGER NOT NULL,
    low INTEGER NOT NULL, expected INTEGER NOT NULL, high INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_number ON messages (number);
CREATE TABLE opt_outs (number TEXT PRIMARY KEY) STRICT;
CREATE TABLE deliveries (
    row INTEGER PRIMARY KEY REFERENCES messages,
    state TEXT NOT NULL CHECK (state IN {STATES}),
    committed INTEGER NOT NULL, compared INTEGER NOT NULL DEFAULT 0, differs INTEGER NOT NULL DEFAULT 0,
    excess INTEGER NOT NULL DEFAULT 0,
    claimed_at TEXT NOT NULL, answered_at TEXT, why TEXT, sid TEXT, status TEXT,
    billed_parts INTEGER, billed_encoding TEXT, billed_cost INTEGER, network TEXT, receipt TEXT,
    CHECK (state <> 'accepted' OR sid IS NOT NULL)
) STRICT;
CREATE INDEX deliveries_by_sid ON deliveries (sid) WHERE sid IS NOT NULL;
CREATE TABLE events (
    id TEXT PRIMARY KEY, sid TEXT NOT NULL, number TEXT, text TEXT, body TEXT
) STRICT;
CREATE INDEX events_by_sid ON events (sid);
CREATE TABLE totals (
    state TEXT PRIMARY KEY, messages INTEGER NOT NULL, committed INTEGER NOT NULL, spent INTEGER NOT NULL,
    compared INTEGER NOT NULL, differing INTEGER NOT NULL, excess INTEGER NOT NULL
) STRICT;
"""

# Totals are kept by the file itself, in the same commit, whoever writes: no wave can sum 100,000 rows up.
_CHANGE = """UPDATE totals SET messages = messages {sign} 1, committed = committed {sign} {row}.committed,
    spent = spent {sign} iif({row}.state = 'accepted', ifnull({row}.billed_cost, {row}.committed), 0),
    compared = compared {sign} {row}.compared, differing = differing {sign} {row}.differs,
    excess = excess {sign} {row}.excess WHERE state = {row}.state;"""
_ADD, _TAKE = _CHANGE.format(sign="+", row="new"), _CHANGE.format(sign="-", row="old")
_TRIGGERS = f"""
CREATE TRIGGER claimed AFTER INSERT ON deliveries BEGIN {_ADD} END;
CREATE TRIGGER answered AFTER UPDATE ON deliveries BEGIN {_TAKE} {_ADD} END;
CREATE TRIGGER returned AFTER DELETE ON deliveries BEGIN {_TAKE} END;
"""


def refuse_other(connection: sqlite3.Connection, path: Path) -> None:
    """Raise LedgerError for a file that is something else, or from another version; it is left as it is.

    What a file says it does, triggers and views among it, is compared with what a ledger does before any
    of it is used: a file that somebody else made could have its own run.
    """
    if is_new(connection):
        return
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION:
        raise LedgerError(f"{path} is a database, but no ledger: name another file")
    if version != VERSION:
        raise LedgerError(
            f"{path} is of version {version}, and {VERSION} is known here: update callr-segment, or finish "
            "with the version that made it"
        )
    if _schema_of(connection) != _schema():
        raise LedgerError(
            f"{path} is not as a ledger is made: somebody changed its tables or triggers; nothing of it is "
            "used, so name another file"
        )


def _schema_of(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    return connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").fetchall()


@lru_cache(maxsize=1)
def _schema() -> list[tuple[str, ...]]:
    connection = sqlite3.connect(":memory:")
    try:
        _make(connection)
        return _schema_of(connection)
    finally:
        connection.close()


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file, unless somebody else just did."""
    if is_new(connection):
        _make(connection)


def is_new(connection: sqlite3.Connection) -> bool:
    """Whether a file holds nothing yet."""
    return connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


def _make(connection: sqlite3.Connection) -> None:
    for statement in _statements(_TABLES + _TRIGGERS):
        connection.execute(statement)
    rows = [(state,) for state in (*STATES, REPLANNED)]
    connection.executemany("INSERT INTO totals VALUES (?, 0, 0, 0, 0, 0, 0)", rows)
    connection.execute("INSERT INTO log VALUES (1, ?, 0, 0)", (uuid4().hex,))
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements(script: str) -> list[str]:
    """Split a script, since executescript() would commit first."""
    found, statement = [], ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return found
