"""Corpora as Arrow columns, made once and then kept in a cache folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

import corpora
import recipients

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "callr-segment" / "bench"
TEXT = "text"
LARGEST = 1_000_000  # rows that are made; a longer column repeats them


def texts(name: str, rows: int) -> pa.Array:
    """Return the texts of a corpus as one Arrow array, 32-bit offsets and all in memory."""
    made = _kept(
        f"{name}-{rows}", corpora, lambda: pa.table({TEXT: pa.array(list(corpora.CORPORA[name](rows)))})
    )
    return made[TEXT].combine_chunks()


def campaign(rows: int) -> pa.Table:
    """Return the recipients of a campaign; beyond a million they repeat."""
    made = min(rows, LARGEST)
    table = _kept(f"recipients-{made}", recipients, lambda: recipients.table(made))
    return pa.concat_tables([table] * (rows // made)).combine_chunks()


def mix(rows: int) -> pa.Array:
    """Return texts as they are sent; beyond a million they repeat."""
    made = min(rows, LARGEST)
    return pa.concat_arrays([texts("mix", made)] * (rows // made))


def _kept(name: str, source: object, make: Callable[[], pa.Table]) -> pa.Table:
    """Read a table back if the code that made it has not changed since, or make it and keep it."""
    digest = sha256(Path(source.__file__).read_bytes()).hexdigest()[:12]
    path = CACHE / f"{name}-{digest}.arrow"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        table = make()
        unfinished = path.with_suffix(f".{os.getpid()}")
        with pa.ipc.new_file(unfinished, table.schema) as file:
            file.write_table(table)
        unfinished.rename(path)
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()
