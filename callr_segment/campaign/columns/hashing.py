"""One hash for what the columns of a frame hold, however its library keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import numpy as np
import pyarrow as pa

from callr_segment.campaign.columns.arrow import MALFORMED, TEXT

__all__ = ["TextHash", "hash_numbers", "hash_table"]


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
        texts = TextHash()
        for chunk in table[name].chunks:
            texts.add(chunk)
        content.update(texts.digest())
    if MALFORMED in table.column_names:
        content.update(np.flatnonzero(table[MALFORMED].to_numpy()).astype("<i8").tobytes())
    return content.hexdigest()


def hash_numbers(numbers: np.ndarray) -> str:
    """Hash phone numbers, each the digits of its E.164."""
    return sha256(numbers.astype("<u8").tobytes()).hexdigest()


class TextHash:
    """A hash of texts that come in chunks: of their lengths in bytes, -1 for a missing one, and their bytes.

    >>> one, other = TextHash(), TextHash()
    >>> one.add(pa.array(["x", None, "é"])), other.add(pa.array(["x"])), other.add(pa.array([None, "é"]))
    (None, None, None)
    >>> one.digest() == other.digest()
    True
    """

    def __init__(self) -> None:
        self._lengths, self._bodies = sha256(), sha256()

    def add(self, chunk: pa.Array) -> None:
        """Take in what comes next."""
        chunk = chunk.cast(TEXT)
        texts = chunk.fill_null("") if chunk.null_count else chunk  # a null may have bytes that nobody sees
        _, offsets, data = texts.buffers()
        if not len(texts) or offsets is None:
            return
        ends = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
        sizes = np.diff(ends)
        sizes[chunk.is_null().to_numpy(zero_copy_only=False)] = -1
        self._lengths.update(sizes.astype("<i8").data)
        if data is not None:
            self._bodies.update(memoryview(data)[ends[0] : ends[-1]])

    def digest(self) -> bytes:
        """Return the hash of everything so far."""
        return self._lengths.digest() + self._bodies.digest()
