from collections.abc import Mapping, Sequence
from typing import Any, Self, final

from callr_segment._core.number_prefixes import PrefixMap
from callr_segment._core.number_records import Numbers, Reading

ABROAD: str
DOUBTFUL: str

@final
class NumberPlan:
    def __new__(
        cls, readings: Sequence[Reading], codes: Mapping[str, Sequence[Reading]], zones: PrefixMap
    ) -> Self: ...
    def read(self, text: str) -> tuple[int, int, int, int]: ...

def parse_numbers(
    offsets: Any,
    data: Any,
    validity: Any,
    plan: NumberPlan,
    *,
    places: PrefixMap | None = None,
    bit_offset: int = 0,
) -> Numbers: ...
