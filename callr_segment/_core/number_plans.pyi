from collections.abc import Mapping, Sequence
from typing import Self, final

from callr_segment._core.number_prefixes import PrefixMap
from callr_segment._core.number_records import Reading

ABROAD: str
DOUBTFUL: str
STOP: str

@final
class NumberPlan:
    def __new__(
        cls,
        readings: Sequence[Reading],
        codes: Mapping[str, Sequence[Reading]],
        zones: PrefixMap,
        zero: str = "",
    ) -> Self: ...
    def read(self, text: str) -> tuple[int, int, int]: ...
