from collections.abc import Iterable
from typing import Any

from callr_segment._core.text_counts import Counts
from callr_segment.alphabet.gsm import Limits
from callr_segment.typing import Encoding

def count_arrow(
    source: Any, *, encoding: Encoding | None = None, limits: Limits | None = None, threads: int | None = None
) -> Counts: ...
def find_words(source: Any, words: list[str]) -> list[int]: ...
def find_unfilled(
    source: Any, words: list[str], *, signs: str, anywhere: list[str], within: int, names: str
) -> list[int]: ...
def count_objects(
    values: Iterable[object], *, encoding: Encoding | None = None, limits: Limits | None = None
) -> Counts: ...
