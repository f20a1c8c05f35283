"""A SQLite file whose commits are on the disk when they return, and that one process at a time sends from."""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from callr_segment.errors import LedgerError
from callr_segment.sending.ledger import schema

__all__ = ["Journal", "filesystem_of"]

OWNER_ONLY = 0o600
BUSY_SECONDS = 10
OLDEST = (3, 37)  # STRICT tables
MOUNTS = Path("/proc/self/mounts")
_OCTAL = re.compile(rb"\\([0-7]{3})")  # how a space is written there
COMMITS = 256  # between checkpoints: the log stays at a few megabytes
NETWORK = (
    "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.cephfs", "fuse.davfs",
    "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "pvfs2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
)  # fmt: skip
"""File systems on which locks or syncs of several machines cannot be relied upon."""


class Journal:
    """One connection to one file: write-ahead log, every commit synced, no one else may read it."""

    synchronous = "FULL"  # with NORMAL a power cut forgets commits, and what they claimed is sent again

    def __init__(self, path: str | os.PathLike[str], *, must_exist: bool = False) -> None:
        self.path = Path(os.path.realpath(path))
        self._guard = threading.RLock()
        self._commits = 0
        self._failed: Exception | None = None
        self._process = os.getpid()
        if sqlite3.sqlite_version_info < OLDEST:
            raise LedgerError(
                f"SQLite {sqlite3.sqlite_version} is too old for a ledger: it takes 3.37 or later"
            )
        try:
            self._file = _create(self.path, must_exist=must_exist)
            self._connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"{self.path} cannot be opened as a ledger: {error}") from error
        try:
            self._prepare(self._connection)
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise LedgerError(f"{self.path} cannot be opened as a ledger: {error}") from error
        except BaseException:
            self.close()
            raise

    def _prepare(self, connection: sqlite3.Connection) -> None:
        for setting in ("trusted_schema = off", "cell_size_check = on", "secure_delete = on"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("PRAGMA temp_store = memory")  # a purge must not write what it removes elsewhere
        schema.refuse_other(connection, self.path)
        _close_to_others(self.path)
        (mode,) = connection.execute("PRAGMA journal_mode = wal").fetchone()
        if mode != "wal":
            raise LedgerError(f"{self.path} cannot have a write-ahead log here: put it on a local disk")
        for setting in (f"synchronous = {self.synchronous}", "fullfsync = on", "checkpoint_fullfsync = on"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # it would pass over errors in silence
        if schema.is_new(connection):
            with self.transaction():
                schema.prepare(connection)
            _sync_folder(self.path.parent)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of it, synced, or nothing. Raises LedgerError, after which the file is opened again."""
        with self._guard, self._failing():
            if _identity(self.path) != self._file:
                raise FileNotFoundError("it was moved, removed or replaced")
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            self._commits += 1
            if self._commits % COMMITS == 0:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """See the file as it is at one moment, whoever writes to it."""
        with self._guard, self._failing():
            if self._connection.in_transaction:
                yield self._connection
                return
            try:
                self._connection.execute("BEGIN")
                yield self._connection
            finally:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _failing(self) -> Iterator[None]:
        if os.getpid() != self._process:
            raise LedgerError(f"{self.path} was opened before this process was forked: open it here again")
        if self._failed is not None:
            raise LedgerError(f"{self.path} failed before ({self._failed}): open it again") from self._failed
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self._failed = error
            raise LedgerError(
                f"{self.path} could not be written or read: {error}; nothing more is sent"
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

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other process from sending; the system lets go when this one ends, however it does."""
        try:
            descriptor = _lock(self.path.with_name(f"{self.path.name}-lock"))
        except OSError as error:
            raise LedgerError(f"{self.path} cannot be locked: {error}; nothing is sent") from error
        try:
            yield
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Let go of the file."""
        with self._guard, suppress(sqlite3.Error):
            self._connection.close()


def _lock(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace") or "another one"
            raise LedgerError(
                f"process {holder} is sending and has locked {path}: wait for it, or stop it"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode("ascii"), 0)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _create(path: Path, *, must_exist: bool) -> tuple[int, int]:
    """Make sure there is a file to rely upon, and tell which one it is."""
    kind = filesystem_of(path, MOUNTS)
    if kind in NETWORK:
        raise LedgerError(
            f"{path} is on {kind}, a network file system, where a commit may be lost: use a local disk"
        )
    if not must_exist:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        raise LedgerError(f"{path} is not a file of its own: links to a ledger would each have their own log")
    return _identity(path)


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _close_to_others(path: Path) -> None:
    for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(FileNotFoundError):
            each.chmod(OWNER_ONLY)


def filesystem_of(path: Path, mounts: Path) -> str | None:
    """Name the file system a path is on; None where the system does not tell.

    >>> filesystem_of(Path("/proc/self"), MOUNTS)
    'proc'
    """
    if not mounts.exists():
        return None
    found, longest = None, -1
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        _, folder, kind, *_ = line.split(" ")
        folder = os.fsdecode(_OCTAL.sub(lambda code: bytes([int(code[1], 8)]), os.fsencode(folder)))
        if path.is_relative_to(folder) and len(folder) >= longest:
            found, longest = kind, len(folder)
    return found


def _sync_folder(folder: Path) -> None:
    """Make the names of new files last too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
