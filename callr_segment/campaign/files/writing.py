"""Files that are written whole or not at all: rows of an estimate, and pages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from callr_segment.campaign.columns.arrow import TEXT, holds_texts, plain
from callr_segment.errors import InputError

__all__ = ["PAGES", "ROWS", "check_output", "write_page", "write_rows"]

ROWS = (".parquet", ".csv")
"""What `write_rows` writes."""
PAGES = (".html", ".htm")
"""What `write_page` writes."""
FORMULA = "^[=+\\-@\t\r\n＝＋－＠]"
NUMBER = "^\\+[0-9]{1,15}$"


def check_output(
    path: Path, kinds: Sequence[str], *, force: bool = False, inputs: Iterable[Path | None] = ()
) -> None:
    """Refuse a path that will not be written, before the work that would be lost.

    Raises InputError where a file exists already, unless ``force``, for one of the ``inputs`` in any case,
    by whatever name, and for a name that does not end in one of ``kinds``.
    """
    if path.suffix.lower() not in kinds:
        raise InputError(f"{path.name} is not one of {', '.join(kinds)}; name it so", value=str(path))
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}; make it first", value=str(path))
    for given in inputs:
        if given is not None and path.exists() and given.exists() and path.samefile(given):
            raise InputError(f"{path} is read itself, as {given}; name another file", value=str(path))
    if path.is_dir() or (path.exists() and not force):
        raise _taken(path)


def write_rows(rows: pa.Table, path: Path, *, index: pd.Index | None = None, force: bool = False) -> None:
    """Write the rows of an estimate to a new .parquet or .csv, all of it or nothing.

    In CSV a text that a spreadsheet would run as a formula gets an apostrophe before it; a number such as
    ``+33639981020`` is none. ``force`` replaces a file that exists.
    """
    check_output(path, ROWS, force=force)
    if index is not None:
        rows = _with_index(rows, index)
    with _replacing(path, force=force) as file:
        if path.suffix.lower() == ".parquet":
            parquet.write_table(rows, file)
        else:
            csv.write_csv(_harmless(rows), file)


def _with_index(rows: pa.Table, index: pd.Index) -> pa.Table:
    """Put what names the rows before them, level by level."""
    try:
        levels = [pa.array(index.get_level_values(at)) for at in range(index.nlevels)]
    except (pa.ArrowException, TypeError, ValueError) as error:
        message = f"the index cannot be written ({error}); leave it out, or reset it"
        raise InputError(message) from error
    unnamed = ["row"] if index.nlevels == 1 else [f"row_{at + 1}" for at in range(index.nlevels)]
    names = ["" if name is None else str(name) for name in index.names]
    for name, other, level in reversed([*zip(names, unnamed, levels, strict=True)]):
        rows = rows.add_column(0, name or other, level)
    return rows


def write_page(page: str, path: Path, *, force: bool = False) -> None:
    """Write a report to a new .html, all of it or nothing; ``force`` replaces one with another content."""
    content = page.encode()
    if path.is_file() and path.read_bytes() == content:
        return
    check_output(path, PAGES, force=force)
    with _replacing(path, force=force) as file:
        file.write(content)


def _harmless(rows: pa.Table) -> pa.Table:
    """Put an apostrophe before each text that begins like a formula and is no phone number."""
    columns = [_apostrophes(plain(column)) if holds_texts(column.type) else column for column in rows.columns]
    names = _apostrophes(pa.chunked_array([rows.column_names], TEXT))
    return pa.Table.from_arrays(columns, [str(name) for name in names])


def _apostrophes(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = texts.cast(TEXT)
    risky = pc.and_not(pc.match_substring_regex(texts, FORMULA), pc.match_substring_regex(texts, NUMBER))
    return pc.if_else(risky, pc.replace_substring_regex(texts, "^", "'", max_replacements=1), texts)


@contextmanager
def _replacing(path: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """Open a file beside the path, and give it the path's name once it is complete."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _rename(temporary, path, force=force)
    finally:
        temporary.unlink(missing_ok=True)


def _rename(temporary: Path, path: Path, *, force: bool) -> None:
    if not force:
        with suppress(PermissionError):  # a file system without links
            try:
                os.link(temporary, path)
            except FileExistsError:
                raise _taken(path) from None
            return
        if path.exists():
            raise _taken(path)
    temporary.replace(path)


def _taken(path: Path) -> InputError:
    if path.is_dir():
        return InputError(f"{path} is a folder; name a file in it", value=str(path))
    return InputError(
        f"{path} exists; name another file, or replace it with force=True (--force)", value=str(path)
    )
