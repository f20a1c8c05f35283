"""A SQLite file whose commits are on the disk when they return, and that one process at a time sends from."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from callr_segment.errors import CallrSegmentError, LedgerError
from callr_segment.sending.ledger import places, schema
from callr_segment.sending.ledger.lock_file import LockFile
from callr_segment.sending.ledger.log_generation import LogGeneration, find_lost_log

__all__ = ["Journal"]

BUSY_SECONDS = 10
OLDEST = (3, 37)  # STRICT tables
COMMITS = 2048  # between checkpoints: the log stays at some tens of megabytes
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Journal:
    """One connection to one file: write-ahead log, every commit synced, no one else may read it."""

    synchronous = "FULL"  # with NORMAL a power cut forgets commits, and what they claimed is sent again

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        must_exist: bool = False,
        read_only: bool = False,
        lost_log: bool = False,
    ) -> None:
        self.path: Path = places.path_of(path)
        self.is_read_only: bool = read_only
        self._guard = threading.RLock()
        self._commits = 0
        self._failed: Exception | None = None
        self._is_closed = False
        self._process = os.getpid()
        self._held: LockFile | None = None
        self._holder: int | None = None
        if sqlite3.sqlite_version_info < OLDEST:
            raise LedgerError(
                f"SQLite {sqlite3.sqlite_version} is too old for a ledger: it takes 3.37 or later"
            )
        try:
            places.create(self.path, must_exist=must_exist or read_only)
            self._file = places.identity_of(self.path)
            has_log = _size(places.beside(self.path, "-wal")) > 0
            self._is_immutable = read_only and not has_log and places.is_unwritable(self.path.parent)
            self._connection = self.connect()
        except (sqlite3.Error, OSError) as error:
            raise self._unopened(error) from error
        self._log = LogGeneration(self.path, self._connection, self.connect)
        try:
            self._prepare(self._connection)
            self.loss: LedgerError | None = find_lost_log(self._connection, self.path, has_log=has_log)
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise self._unopened(error) from error
        except BaseException:
            self.close()
            raise
        if self.loss is not None and not lost_log:
            self.close()
            raise self.loss

    def _unopened(self, error: Exception) -> LedgerError:
        """Word why the file cannot be opened, and the way out."""
        if str(error) == "file is not a database":
            way_out = "name another file"
        elif places.is_unwritable(self.path.parent):
            way_out = (
                "nothing can be written in its folder: pass read_only=True to read it, or copy it elsewhere"
            )
        else:
            way_out = "make room or mend the disk, then try again"
        return LedgerError(f"{self.path} cannot be opened as a ledger: {error}; {way_out}")

    def connect(self) -> sqlite3.Connection:
        """Open the file once more; where nothing can be written beside it, SQLite must be told so."""
        mode = ("ro&immutable=1" if self._is_immutable else "ro") if self.is_read_only else "rw"
        return sqlite3.connect(
            f"file:{quote(os.fsencode(self.path))}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )

    def _prepare(self, connection: sqlite3.Connection) -> None:
        for setting in ("trusted_schema = off", "cell_size_check = on"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("PRAGMA temp_store = memory")  # a purge must not write what it removes elsewhere
        if self.is_read_only and schema.is_new(connection):
            raise LedgerError(f"{self.path} is empty: it is no ledger yet")
        schema.refuse_other(connection, self.path)
        if not self.is_read_only:
            self._prepare_to_write(connection)

    def _prepare_to_write(self, connection: sqlite3.Connection) -> None:
        places.close_to_others(self.path)
        (mode,) = connection.execute("PRAGMA journal_mode = wal").fetchone()
        if mode != "wal":
            raise LedgerError(f"{self.path} cannot have a write-ahead log here: put it on a local disk")
        for setting in (f"synchronous = {self.synchronous}", "fullfsync = on", "checkpoint_fullfsync = on"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("PRAGMA secure_delete = on")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # it would pass over errors in silence
        if schema.is_new(connection):
            with self.transaction():
                schema.prepare(connection)
            places.sync_folder(self.path.parent)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of it, synced, or nothing. Raises LedgerError, after which the file is opened again."""
        with self._guard, self._failing():
            if not self.path.exists() or places.identity_of(self.path) != self._file:
                raise FileNotFoundError(
                    "it was moved, removed or replaced; put it back, or open it where it is now"
                )
            self._begin("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            self._commits += 1
            if self._commits % COMMITS == 0:
                self._log.renew(self._held)

    def _begin(self, statement: str) -> None:
        """Begin to write or read; others who do only have to be waited for, and nothing has failed."""
        if self.is_read_only and statement != "BEGIN":
            raise LedgerError(f"{self.path} was opened to be read only: open it without read_only=True")
        try:
            self._connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY:
                raise
            raise LedgerError(
                f"{self.path} was used by another process for {BUSY_SECONDS} seconds: try again"
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """See the file as it is at one moment, whoever writes to it."""
        with self._guard, self._failing():
            if self._connection.in_transaction:
                yield self._connection
                return
            try:
                self._begin("BEGIN")
                yield self._connection
            finally:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")

    def _refuse_unusable(self) -> None:
        if os.getpid() != self._process:
            raise LedgerError(f"{self.path} was opened before this process was forked: open it here again")
        if self._is_closed:
            raise LedgerError(f"{self.path} is closed: open it again")
        if self._failed is not None:
            raise LedgerError(f"{self.path} failed before ({self._failed}): open it again") from self._failed

    @contextmanager
    def _failing(self) -> Iterator[None]:
        self._refuse_unusable()
        try:
            yield
        except CallrSegmentError:
            raise
        except (sqlite3.Error, OSError) as error:
            self._failed = error
            raise LedgerError(
                f"{self.path} could not be written or read: {error}; nothing more is sent: make room or mend "
                "the disk, then open it again"
            ) from error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            self._failed = error
            raise LedgerError(
                f"{self.path} holds what no ledger holds ({error}): it is damaged, and nothing more is sent"
            ) from error

    def rewrite(self) -> None:
        """Write the file anew, without what was deleted, and empty the log."""
        with self._guard, self._failing():
            self._connection.execute("VACUUM")
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LedgerError(
                f"{self.path} is being read: its log still holds what was removed; close it elsewhere"
            )

    def copy_to(self, path: Path) -> None:
        """Write all that is committed to a new file, which needs nothing beside it."""
        self._refuse_unusable()
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW, places.OWNER_ONLY))
        except FileExistsError:
            raise LedgerError(f"{path} is there already: name a new file for the copy") from None
        except OSError as error:
            raise LedgerError(f"{path} cannot be written: {error}; name a file elsewhere") from error
        try:
            with self._guard, closing(sqlite3.connect(path)) as copy:
                self._connection.backup(copy)
            places.sync_folder(path.parent)
        except (sqlite3.Error, OSError) as error:
            path.unlink(missing_ok=True)
            raise LedgerError(
                f"{path} cannot be written: {error}; make room, or name a file elsewhere"
            ) from error

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other process from sending; the system lets go when this one ends, however it does.

        Whoever holds it already in this thread goes on.
        """
        if self._holder == threading.get_ident():
            yield
            return
        if self.is_read_only:
            raise LedgerError(f"{self.path} was opened to be read only: open it without read_only=True")
        try:
            self._held = LockFile(places.beside(self.path, "-lock"))
        except OSError as error:
            raise LedgerError(f"{self.path} cannot be locked: {error}; nothing is sent") from error
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder, held, self._held = None, self._held, None
            held.close()

    @property
    def is_held(self) -> bool:
        """Whether this thread holds the lock."""
        return self._holder == threading.get_ident()

    @property
    def held(self) -> LockFile:
        """The lock, while it is held."""
        if self._held is None:
            raise LedgerError(f"{self.path} is not locked: a run locks it")
        return self._held

    def begin_log(self) -> None:
        """Say in the file itself, before anything is claimed, that its log is needed from now on."""
        with self._guard, self._failing():
            self._log.begin(self.held)

    def end_log(self) -> None:
        """Say that nothing more is claimed."""
        with self._guard, self._failing():
            self._log.end(self.held)

    def checkpoint(self) -> None:
        """Bring into the file itself what only its log holds, as far as nobody reads it."""
        with self._guard, self._failing():
            self._log.renew(self._held)

    def close(self) -> None:
        """Let go of the file."""
        self._is_closed = True
        with self._guard, suppress(sqlite3.Error):
            self._log.unpin()
            self._connection.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
