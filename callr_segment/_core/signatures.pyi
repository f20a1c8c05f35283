from typing import Any

from callr_segment._core.fallback.signatures import Residues

def read_residues(source: Any, kinds: bytes) -> Residues: ...
