from typing import Any

from callr_segment._core.column_records import Signatures

def read_signatures(source: Any, classes: bytes) -> Signatures: ...
