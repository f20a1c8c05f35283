"""What is left of texts without some bytes, in plain Python: the oracle of the native module."""

from __future__ import annotations

from array import array
from functools import reduce
from operator import or_
from typing import Any

from callr_segment._core.column_records import KEPT, Signatures, check_classes


def read_signatures(source: Any, classes: bytes) -> Signatures:
    """Keep of each text of an Arrow column the bytes of an odd class; ``classes`` has one for each byte."""
    check_classes(classes)
    texts, codes, marks = {b"": 0}, array("i"), bytearray()
    for text in source.to_pylist():
        content = (text or "").encode()
        left = bytes(byte for byte in content if classes[byte] & KEPT)
        codes.append(texts.setdefault(left, len(texts)))
        marks.append(reduce(or_, (classes[byte] for byte in content), 0))
    return Signatures(codes, marks, list(texts))
