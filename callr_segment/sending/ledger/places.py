"""Where a ledger may stand: which file it is, what stands beside it, and what disk it is on."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from callr_segment.errors import InputError, LedgerError

__all__ = [
    "MEMORY",
    "OWNER_ONLY",
    "beside",
    "close_to_others",
    "create",
    "filesystem_of",
    "identity_of",
    "is_unwritable",
    "path_of",
    "refuse_link",
    "sync_folder",
]

OWNER_ONLY = 0o600
LONGEST = 500  # 512, less the ending of a name beside it
MOUNTS = Path("/proc/self/mounts")
_OCTAL = re.compile(rb"\\([0-7]{3})")  # how a space is written there
_OWN = ("-wal", "-shm", "-journal")  # what SQLite reads and writes beside a file
NETWORK = (
    "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.cephfs", "fuse.davfs",
    "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "pvfs2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
)  # fmt: skip
"""File systems on which locks or syncs of several machines cannot be relied upon."""
MEMORY = ("tmpfs", "ramfs")
"""File systems that a restart empties."""


def path_of(given: str | bytes | os.PathLike[Any]) -> Path:
    """Find the one name of a file, whatever it is called by."""
    try:
        return Path(os.path.realpath(os.fsdecode(given)))
    except (TypeError, ValueError):
        raise InputError(
            f"{given!r} is no path: name a file, such as 'campaign.ledger'", value=given
        ) from None


def beside(path: Path, ending: str) -> Path:
    """Name a file that belongs to a ledger's."""
    return path.with_name(f"{path.name}{ending}")


def create(path: Path, *, must_exist: bool) -> None:
    """Make sure there is a file to rely upon, with nothing of others beside it."""
    if len(os.fsencode(path)) > LONGEST:
        raise LedgerError(f"{path} is longer than the {LONGEST} bytes that SQLite takes: use a shorter path")
    kind = filesystem_of(path, MOUNTS)
    if kind in NETWORK:
        raise LedgerError(
            f"{path} is on {kind}, a network file system, where a commit may be lost: use a local disk"
        )
    if not path.parent.is_dir():
        raise LedgerError(f"{path} cannot be opened as a ledger: make the folder {path.parent} first")
    if must_exist and not path.exists():
        raise LedgerError(
            f"{path} cannot be opened as a ledger: no file is there; look where it is, or send a campaign, "
            "which makes it"
        )
    if path.is_dir():
        raise LedgerError(f"{path} is not a file but a folder: name a file in it")
    if not must_exist:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        raise LedgerError(f"{path} is not a file of its own: links to a ledger would each have their own log")
    for each in (beside(path, ending) for ending in _OWN):
        with suppress(FileNotFoundError):
            refuse_link(each, each.lstat())


def refuse_link(path: Path, found: os.stat_result) -> None:
    """Raise LedgerError for what would be written somewhere else, or to somebody else's."""
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or found.st_uid != os.geteuid():
        raise LedgerError(
            f"{path} is a link, or somebody else's, and would be written to: remove it, or use another ledger"
        )


def is_unwritable(folder: Path) -> bool:
    """Whether no file can be made in a folder: it is on a disk that is only read, or is somebody else's."""
    return not os.access(folder, os.W_OK)


def identity_of(path: Path) -> tuple[int, int]:
    """Tell one file from another that bears its name."""
    found = path.stat()
    return found.st_dev, found.st_ino


def close_to_others(path: Path) -> None:
    """Let nobody else read a ledger, nor its log."""
    for each in (path, beside(path, "-wal"), beside(path, "-shm")):
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


def sync_folder(folder: Path) -> None:
    """Make the names of new files last too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
