"""The file beside a ledger that one process at a time holds, and that remembers how far the ledger was."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path
from typing import NamedTuple

from callr_segment.errors import LedgerError
from callr_segment.sending.ledger.places import OWNER_ONLY, refuse_link

__all__ = ["LockFile", "Locked", "Note", "read_note"]

_NOTE = re.compile(rb"(\d{1,10})(?: ([0-9a-f]{32}) (\d{1,18}) (begun|claimed))?\s*")
_LONGEST = 100


class Note(NamedTuple):
    """What a lock says: who holds it, and which generation of which ledger it has seen.

    ``claimed`` is false while a generation is begun and nothing may have been sent in it yet.
    """

    process: int
    ledger: str | None = None
    generation: int = 0
    claimed: bool = False

    def __bytes__(self) -> bytes:
        known = f" {self.ledger} {self.generation} {'claimed' if self.claimed else 'begun'}"
        return f"{self.process}{known if self.ledger else ''}\n".encode("ascii")


class Locked(LedgerError):
    """Another process is sending."""


class LockFile:
    """A lock that is held; the system lets go of it when the process ends, however it does."""

    def __init__(self, path: Path) -> None:
        self._path, self._descriptor = path, _open(path)
        try:
            note = _read(self._descriptor, path)
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Locked(
                    f"process {note.process or 'of another'} is sending and has locked {path}: wait for it, "
                    "or stop it"
                ) from None
            self.write(note._replace(process=os.getpid()))
        except BaseException:
            self.close()
            raise

    def write(self, note: Note) -> None:
        """Say who holds it, and how far the ledger is: in one write of one length, or a kill may cut it."""
        os.pwrite(self._descriptor, bytes(note).ljust(_LONGEST), 0)

    def close(self) -> None:
        """Let go of it; what it says stays."""
        os.close(self._descriptor)


def read_note(path: Path) -> Note:
    """Read what a lock says, of nobody and nothing where there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return Note(0)
    try:
        return _read(descriptor, path)
    except LedgerError:
        return Note(0)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(path, flags | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        refuse_link(path, path.lstat())
        return os.open(path, flags)


def _read(descriptor: int, path: Path) -> Note:
    content = os.pread(descriptor, _LONGEST, 0)
    found = _NOTE.fullmatch(content)
    if content and not found:
        raise LedgerError(f"{path} is not the lock of a ledger: move it away, or name another ledger")
    if not found:
        return Note(0)
    ledger = None if found[2] is None else found[2].decode("ascii")
    return Note(int(found[1]), ledger, int(found[3] or 0), found[4] == b"claimed")
