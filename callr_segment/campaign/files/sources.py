"""Where a file comes from: a path, standard input, a pipe, an open file; packed by gzip or not."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa

from callr_segment.errors import InputError

__all__ = ["Source", "SourceFile", "naming", "open_source"]

Source = str | PathLike[str] | IO[str] | IO[bytes]

STANDARD_INPUT = "-"
LARGEST_UNPACKED = 1 << 32  # bytes of a file that gzip packed
LARGEST_RATIO = 1000  # what gzip packs tables by is 3 to 30, and 1032 is the most it can
CHUNK = 1 << 24  # bytes
KINDS_BY_START = ((b"PK\x03\x04", ".xlsx"), (b"PAR1", ".parquet"), (b"{", ".json"), (b"[", ".json"))


class SourceFile(NamedTuple):
    """A file that can be read: its ``name``, its ``kind`` such as ``.csv``, and its path or its bytes."""

    name: str
    kind: str
    path: Path | None
    data: bytes

    def buffer(self) -> pa.Buffer:
        """Map the file into memory, or show the bytes that were read."""
        if self.path is None:
            return pa.py_buffer(self.data)
        if not self.path.stat().st_size:
            return pa.py_buffer(b"")
        return pa.memory_map(str(self.path)).read_buffer()


def open_source(source: Source | SourceFile, kinds: Sequence[str], *, kind: str | None = None) -> SourceFile:
    """Open a file, which must be of one of ``kinds``: told by the end of its name, else by its first bytes.

    Where a ``kind`` is said it is that, whatever its name. ``-`` is standard input. Of what is no file on a
    disk all bytes are read, and those of gzip unpacked. Raises InputError for a file of another kind, OSError
    for one that cannot be read.
    """
    if isinstance(source, SourceFile):
        return source
    name, path = _name_of(source), _path_of(source)
    suffixes = [suffix.lower() for suffix in Path(name).suffixes[-2:]]
    named = kind or next(iter(suffixes[::-1]), "")
    is_plain = path is not None and (path.is_file() or not path.exists() or path.is_dir())
    if path is not None and is_plain and suffixes[-1:] != [".gz"]:
        if named not in kinds:
            raise _of_another_kind(name, kinds)
        with path.open("rb"):  # says what is wrong with it
            return SourceFile(name, named, path, b"")
    with naming(name):
        data = _unpacked(_read(source, path))
    kind = kind or next((each for each in suffixes[::-1] if each in kinds), "") or _kind_of(data)
    if kind not in kinds:
        raise _of_another_kind(name, kinds)
    return SourceFile(name, kind, None, data)


def _of_another_kind(name: str, kinds: Sequence[str]) -> InputError:
    return InputError(f"{name} is not one of {', '.join(kinds)}; save it as one", value=name)


def _name_of(source: Source) -> str:
    if isinstance(source, (str, PathLike)):
        return "standard input" if fspath(source) == STANDARD_INPUT else Path(source).name or fspath(source)
    name = getattr(source, "name", None)
    return Path(name).name if isinstance(name, str) else ""


def _path_of(source: Source) -> Path | None:
    if isinstance(source, (str, PathLike)) and fspath(source) != STANDARD_INPUT:
        return Path(source)
    return None


def _read(source: Source, path: Path | None) -> bytes:
    if path is not None:
        return path.read_bytes()
    if isinstance(source, (str, PathLike)):
        if sys.stdin is None:
            raise InputError("standard input is closed; give a file")
        return sys.stdin.buffer.read()
    data = source.read()
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data


def _unpacked(data: bytes) -> bytes:
    """Unpack gzip, as much of it as is plausible."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    most = min(LARGEST_UNPACKED, max(len(data) * LARGEST_RATIO, CHUNK))
    unpacked = bytearray()
    try:
        with gzip.open(pa.input_stream(pa.py_buffer(data))) as file:
            while chunk := file.read(CHUNK):
                unpacked += chunk
                if len(unpacked) > most:
                    raise InputError(f"it unpacks to over {most >> 20} MiB; check where it comes from")
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"this is no gzip file, or a cut one: {error}; pack it again") from error
    return bytes(unpacked)


def _kind_of(data: bytes) -> str:
    head = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((kind for start, kind in KINDS_BY_START if head.startswith(start)), ".csv")


@contextmanager
def naming(source: Path | str) -> Iterator[None]:
    """Say of an error in which file it stands."""
    name = source if isinstance(source, str) else source.name
    try:
        yield
    except InputError as error:
        if not name:
            raise
        named = type(error)(f"{name}: {error}", row=error.row, column=error.column, value=error.value)
        named.__dict__.update({key: value for key, value in error.__dict__.items() if key == "faults"})
        raise named from None
