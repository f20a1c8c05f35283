"""What is left of texts without some bytes, in plain Python: the oracle of the native module."""

from __future__ import annotations

from array import array
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from callr_segment.errors import InputError

KEPT = 1


class Residues(NamedTuple):
    """A column by its residues: a code into ``texts`` for each row (int32), of which the first is nothing.

    ``marks`` unite the kinds of all bytes of each text (uint8).
    """

    codes: Any
    marks: Any
    texts: list[bytes]


def read_residues(source: Any, kinds: bytes) -> Residues:
    """Keep of each text of an Arrow column the bytes of an odd kind; ``kinds`` has one for each byte."""
    check_kinds(kinds)
    texts, codes, marks = {b"": 0}, array("i"), bytearray()
    for text in source.to_pylist():
        content = (text or "").encode()
        left = bytes(byte for byte in content if kinds[byte] & KEPT)
        codes.append(texts.setdefault(left, len(texts)))
        marks.append(reduce(or_, (kinds[byte] for byte in content), 0))
    return Residues(codes, marks, list(texts))


def check_kinds(kinds: bytes) -> None:
    """Refuse a table that has not one kind for each byte."""
    if len(kinds) != 256:
        raise InputError(f"a table of {len(kinds)} kinds is not one of 256 bytes")
