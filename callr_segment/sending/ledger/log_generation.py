"""Whether the log that belongs to a ledger's file is there: a count that stands in both.

While a run sends, what is newest stands in the write-ahead log alone. So before the first claim the file
itself says that it expects a generation of the log, and the log, which comes later, that this one was
written. A file that expects more than was written has lost its log, and with it what was sent.

====================================  =======================  =======================
what is done                          the file alone says      with its log it says
====================================  =======================  =======================
between runs                          expected 1, written 1    the same
a run sends, or was killed            expected 2, written 1    expected 2, written 2
killed, and its log is gone           expected 2, written 1    (refused)
killed, then read and closed          expected 2, written 2    (the log was brought in)
====================================  =======================  =======================

That the file stays behind while a run goes on, whoever checkpoints it, is held by a reader of our own who
sees the file as it was in between: nobody may bring anything later than that into the file.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from callr_segment.errors import LedgerError
from callr_segment.sending.ledger import places
from callr_segment.sending.ledger.lock_file import LockFile, Note, read_note

__all__ = ["LogGeneration", "find_lost_log", "forget_lost_log"]

TRIES, PAUSE_SECONDS = 40, 0.25


class LogGeneration:
    """The count of one open ledger, and the reader that keeps the file behind its log."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, connect: Callable[[], sqlite3.Connection]
    ) -> None:
        self._path, self._connection, self._connect = path, connection, connect
        self._reader: sqlite3.Connection | None = None

    def begin(self, lock: LockFile) -> None:
        """Make the file, and the lock of the run, expect a log that has more than it; once for each run."""
        if self._reader is not None:
            return
        self._expect(lock)
        if any(self._is_copied() or time.sleep(PAUSE_SECONDS) for _ in range(TRIES)):
            self._write(lock)
            return
        raise LedgerError(
            f"{self._path} is being read or written by another program: close it there; nothing was sent"
        )

    def renew(self, lock: LockFile | None) -> None:
        """Bring the log into the file; in a run up to where the next generation begins."""
        if self._reader is None or lock is None:
            self._execute("PRAGMA wal_checkpoint(PASSIVE)")
            return
        # Somebody who has read for long may keep part of the log out of the file. Only if the log is lost
        # then, and the run killed, would the file seem whole at what that reader sees.
        self._expect(lock)
        self.unpin()
        self._execute("PRAGMA wal_checkpoint(PASSIVE)")
        self._write(lock)

    def end(self, lock: LockFile) -> None:
        """Count once more, so that a copy made meanwhile is known to be old; the log is needed no longer."""
        if self._reader is None:
            return
        self._execute("UPDATE log SET expected = expected + 1, written = expected + 1")
        self._note(lock)
        self.unpin()

    def unpin(self) -> None:
        """Let go of the reader that keeps the file behind."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _is_copied(self) -> bool:
        _, log, copied = self._execute("PRAGMA wal_checkpoint(PASSIVE)")
        return log == copied

    def _expect(self, lock: LockFile) -> None:
        ledger, expected, _ = self._read()
        lock.write(Note(os.getpid(), ledger, expected + 1))
        self._execute("UPDATE log SET expected = expected + 1")

    def _write(self, lock: LockFile) -> None:
        """Keep the file where it is now, and let the log alone say that it was written."""
        self._reader = self._connect()
        self._reader.execute("BEGIN")
        self._reader.execute("SELECT * FROM log").fetchone()
        self._execute("UPDATE log SET written = expected")
        self._note(lock)

    def _note(self, lock: LockFile) -> None:
        ledger, expected, _ = self._read()
        lock.write(Note(os.getpid(), ledger, expected, claimed=True))

    def _read(self) -> tuple[str, int, int]:
        return self._execute("SELECT ledger, expected, written FROM log")

    def _execute(self, statement: str) -> Any:
        return self._connection.execute(statement).fetchone()


def find_lost_log(connection: sqlite3.Connection, path: Path, *, has_log: bool) -> LedgerError | None:
    """Say what is lost of a file without the log of its last run, and of an older copy of one."""
    ledger, expected, written = connection.execute("SELECT ledger, expected, written FROM log").fetchone()
    note = read_note(places.beside(path, "-lock"))
    is_own = note.ledger == ledger
    if is_own and note.generation > max(expected, written) + (not note.claimed):
        return LedgerError(
            f"{path} is older than what stood here: it does not know what was sent since, so nothing is read "
            f"or sent from it; put the newer one back, or settle what is in doubt with {_way_out(path)}"
        )
    was_only_begun = is_own and note.generation == expected and not note.claimed
    if written < expected and not has_log and not was_only_begun:
        return LedgerError(
            f"{path} has lost its log: the run that used it did not end, and what it sent last stands in "
            f"{path.name}-wal, which belongs beside it; put it back, or, if it is lost for good, "
            f"let everything that it may have sent become unknown with {_way_out(path)}"
        )
    return None


def _way_out(path: Path) -> str:
    return f"Ledger.recover({str(path)!r}) or: callr-segment recover {path}"


def forget_lost_log(connection: sqlite3.Connection, path: Path) -> Note:
    """Begin a generation that is newer than all that were; returns what the lock is to say of it."""
    newest = read_note(places.beside(path, "-lock")).generation
    statement = "UPDATE log SET expected = max(expected, ?) + 1, written = max(expected, ?) + 1"
    connection.execute(statement, (newest, newest))
    ledger, expected, _ = connection.execute("SELECT ledger, expected, written FROM log").fetchone()
    return Note(os.getpid(), ledger, expected, claimed=True)
