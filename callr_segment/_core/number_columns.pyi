from typing import Any

from callr_segment._core.number_plans import NumberPlan
from callr_segment._core.number_prefixes import PrefixMap
from callr_segment._core.number_records import Numbers

def parse_numbers(
    offsets: Any,
    data: Any,
    validity: Any,
    plan: NumberPlan,
    *,
    places: PrefixMap | None = None,
    bit_offset: int = 0,
) -> Numbers: ...
