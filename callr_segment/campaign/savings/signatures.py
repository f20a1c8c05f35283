"""What is left of each value of a column without the characters that no rule ever touches.

Those cost one unit in either encoding; a carriage return does too, but SAFE makes one line end of CR LF.

A million amounts have a million values and a handful of signatures: what makes a message Unicode, and what
rules may replace, is looked at once for each signature.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from callr_segment._core import columnar
from callr_segment.alphabet.gsm import BASIC, ESCAPE
from callr_segment.campaign.columns.arrow import TEXT

__all__ = ["ONE_SEPTET", "UNTOUCHED", "Signatures", "read_signatures"]

ONE_SEPTET = frozenset(BASIC) - {ESCAPE}
UNTOUCHED = ONE_SEPTET - {"\r"}
_TELLING = 2 * columnar.KEPT
_KINDS = bytes(
    columnar.KEPT * (byte > 0x7F or chr(byte) not in UNTOUCHED) + _TELLING * (chr(byte) in "@/:.wW\0")
    for byte in range(256)
)


class Signatures(NamedTuple):
    """A column by its signatures: a code into ``texts`` for each row, of which the first is nothing.

    ``is_telling`` marks the rows that may be a piece of an address.
    """

    codes: np.ndarray
    texts: tuple[str, ...]
    is_telling: np.ndarray

    def take(self, rows: np.ndarray) -> Signatures:
        """Keep some rows, in order, and the texts they have."""
        if len(rows) == len(self.codes):
            return self
        codes = self.codes.take(rows)
        used = np.bincount(codes, minlength=len(self.texts)) > 0
        used[0] = True
        if not used.all():
            codes = (np.cumsum(used, dtype=np.int32) - 1).take(codes)
        texts = tuple(self.texts[at] for at in np.flatnonzero(used).tolist())
        return Signatures(codes, texts, self.is_telling.take(rows))


def read_signatures(column: pa.ChunkedArray) -> Signatures:
    r"""Find the signatures of a column of texts; a missing text has none.

    >>> read_signatures(pa.chunked_array([["Zoé", "20\xa0€", None, "5\xa0€"]], TEXT))[:2]
    (array([0, 1, 0, 1], dtype=int32), ('', '\xa0€'))
    """
    found = columnar.read_signatures(column.cast(TEXT), _KINDS)
    codes, is_telling = np.frombuffer(found.codes, np.int32), np.frombuffer(found.marks, np.uint8) & _TELLING
    left = ["".join(char for char in text.decode() if char not in UNTOUCHED) for text in found.texts]
    texts = {text: code for code, text in enumerate(dict.fromkeys(left))}
    if len(texts) < len(left):
        codes = np.array([texts[text] for text in left], np.int32).take(codes)
    return Signatures(codes, tuple(texts), is_telling > 0)
