from typing import Any

from callr_segment._core.fallback.rows import Costed, Costs
from callr_segment.alphabet.gsm import Limits

def mark_used(codes: Any, size: int) -> bytearray: ...
def measure_edges(
    is_gsm: Any,
    is_missing: Any,
    units: Any,
    parts: Any,
    last: Any,
    *,
    limits: Limits,
    remaining: Any,
    over_by: Any,
) -> None: ...
def cost_rows(
    kinds: Any, table: Any, parts: Any, problems: Any, *, errors: int, heard: int, costs: Costs
) -> Costed: ...
