"""What is left of each value of a column without the characters that cost one unit in either encoding.

A million amounts have a million values and a handful of residues: what makes a message Unicode, and what
rules may replace, is looked at once for each residue.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from callr_segment.alphabet import BASIC, ESCAPE
from callr_segment.campaign.columns import TEXT
from callr_segment.campaign.plan import BATCH

__all__ = ["ONE_SEPTET", "Residue", "residue_of"]

ONE_SEPTET = frozenset(BASIC) - {ESCAPE}
_KEPT, _TELLING = 1, 2  # bits
_KINDS = np.array(
    [
        _KEPT * (byte > 0x7F or chr(byte) not in ONE_SEPTET) + _TELLING * (chr(byte) in "@/:.wW\0")
        for byte in range(256)
    ],
    np.uint8,
)


class Residue(NamedTuple):
    """A column by its residues: a code into ``texts`` for each row, of which the first is nothing.

    ``is_telling`` marks the rows that may be a piece of an address.
    """

    codes: np.ndarray
    texts: tuple[str, ...]
    is_telling: np.ndarray

    def take(self, rows: np.ndarray) -> Residue:
        """Keep some rows, in order, and the texts they have."""
        if len(rows) == len(self.codes):
            return self
        codes, texts = self.codes[rows], np.zeros(len(self.texts), np.intp)
        texts[codes] = 1
        texts[0] = 1
        kept = np.flatnonzero(texts)
        texts[kept] = np.arange(len(kept))
        return Residue(texts[codes], tuple(self.texts[at] for at in kept.tolist()), self.is_telling[rows])


def residue_of(column: pa.ChunkedArray) -> Residue:
    r"""Find the residues of a column of texts; a missing text has none.

    >>> residue_of(pa.chunked_array([["Zoé", "20\xa0€", None, "5\xa0€"]], TEXT))[:2]
    (array([0, 1, 0, 1]), ('', '\xa0€'))
    """
    found = [_without_cheap(batch.column(0)) for batch in pa.table({"": column.cast(TEXT)}).to_batches(BATCH)]
    if all(texts.null_count == len(texts) for texts, _ in found):
        return Residue(np.zeros(len(column), np.intp), ("",), np.zeros(len(column), bool))
    encoded = pa.chunked_array([texts for texts, _ in found]).combine_chunks().dictionary_encode("encode")
    left = [
        "".join(char for char in text or "" if char not in ONE_SEPTET)
        for text in encoded.dictionary.to_pylist()
    ]
    texts = {text: code for code, text in enumerate(dict.fromkeys(["", *left]))}
    codes = np.array([texts[text] for text in left], np.intp)[encoded.indices.to_numpy()]
    return Residue(codes, tuple(texts), np.concatenate([is_telling for _, is_telling in found]))


def _without_cheap(texts: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """Leave out the ASCII of one septet, and mark the texts that hold what stands in an address.

    Where nothing is left of any text, all of them are null and none is marked.
    """
    texts = texts.fill_null("") if texts.null_count else texts
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    content = np.frombuffer(data if data is not None else b"", np.uint8)[ends[0] : ends[-1]]
    ends = ends - ends[0]
    kinds = _KINDS.take(content)
    kept, telling = (kinds & _KEPT).view(bool), (kinds >> 1).view(bool)
    if not kept.any():
        return pa.nulls(len(texts), TEXT), np.zeros(len(texts), bool)
    is_telling = np.diff(_counted_until(telling, ends)) > 0 if telling.any() else np.zeros(len(texts), bool)
    left = [None, pa.py_buffer(_counted_until(kept, ends)), pa.py_buffer(content[kept])]
    return pa.Array.from_buffers(TEXT, len(texts), left), is_telling


def _counted_until(flags: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Count the flags before each end."""
    kind = np.int32 if len(flags) < 1 << 31 else np.int64
    counts = np.zeros(len(flags) + 1, kind)
    np.cumsum(flags, dtype=kind, out=counts[1:])
    return counts[ends].astype(np.int64)
