"""One hash for what the columns of a frame hold, however its library keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import numpy as np
import pyarrow as pa

from callr_segment.campaign.columns import TEXT
from callr_segment.campaign.plan import MALFORMED

__all__ = ["hash_numbers", "hash_table"]


def hash_table(table: pa.Table, columns: Iterable[str]) -> str:
    """Hash columns of texts: the same for the same cells, in whatever chunks; any other cell, another hash.

    >>> whole = pa.table({"a": pa.array(["x", None, "é"], TEXT)})
    >>> cut = pa.concat_tables([whole.slice(0, 1), whole.slice(1)])
    >>> hash_table(whole, ["a"]) == hash_table(cut, ["a"])
    True
    """
    content = sha256(str(len(table)).encode())
    for name in sorted(columns):
        content.update(repr(name).encode())
        for digest in _hash_texts(table[name]):
            content.update(digest)
    if MALFORMED in table.column_names:
        content.update(np.flatnonzero(table[MALFORMED].to_numpy()).astype("<i8").tobytes())
    return content.hexdigest()


def hash_numbers(numbers: np.ndarray) -> str:
    """Hash phone numbers, each the digits of its E.164."""
    return sha256(numbers.astype("<u8").tobytes()).hexdigest()


def _hash_texts(column: pa.ChunkedArray) -> tuple[bytes, bytes]:
    """Hash the lengths of texts in bytes, -1 where one is missing, and apart from them all their bytes."""
    lengths, bodies = sha256(), sha256()
    for chunk in column.cast(TEXT).chunks:
        texts = chunk.fill_null("") if chunk.null_count else chunk  # a null may have bytes that nobody sees
        _, offsets, data = texts.buffers()
        if not len(texts) or offsets is None:
            continue
        ends = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
        sizes = np.diff(ends)
        sizes[chunk.is_null().to_numpy(zero_copy_only=False)] = -1
        lengths.update(sizes.astype("<i8").data)
        if data is not None:
            bodies.update(memoryview(data)[ends[0] : ends[-1]])
    return lengths.digest(), bodies.digest()
