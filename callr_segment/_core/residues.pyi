from typing import Any

from callr_segment._core.residues_fallback import Residues

def read_residues(source: Any, kinds: bytes) -> Residues: ...
