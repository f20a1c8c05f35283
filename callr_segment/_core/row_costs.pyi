from typing import Any

from callr_segment._core.column_records import CostColumns, CostTotals
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
    classes: Any, table: Any, parts: Any, problems: Any, *, errors: int, reported: int, costs: CostColumns
) -> CostTotals: ...
