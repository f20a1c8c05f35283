"""How to send a campaign: what `Client.send_all` takes, read before anything is planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

from callr_segment.errors import InputError
from callr_segment.sending.delivery.breaker import BREAKER, Breaker
from callr_segment.sending.delivery.progress import Progress
from callr_segment.sending.delivery.rate_limit import CLOCK, Clock
from callr_segment.sending.delivery.settings import KEPT, Kept
from callr_segment.sending.delivery.window import Window

__all__ = ["Options", "SendingOptions"]

MOST_IN_FLIGHT = 1000  # threads, and connections: more would be refused somewhere, and be unknown


class Options(TypedDict, total=False):
    """How to send, as a caller names it; `Client.send_all` tells what each option does."""

    in_flight: int
    per_second: float | Kept | None
    window: Window | Kept | None
    exclude: Iterable[Any] | None
    skip_errors: bool
    allow_duplicates: bool
    breaker: Breaker
    progress: bool | Progress | None
    resume_with: str | None
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class SendingOptions:
    """The same with what is not named; raises InputError for a value of another type."""

    in_flight: int = 8
    per_second: float | Kept | None = KEPT
    window: Window | Kept | None = KEPT
    exclude: Iterable[Any] | None = None
    skip_errors: bool = False
    allow_duplicates: bool = False
    breaker: Breaker = BREAKER
    progress: bool | Progress | None = None
    resume_with: str | None = None
    clock: Clock = CLOCK

    def __post_init__(self) -> None:
        for name, (fits, way_out) in _TYPES.items():
            value = getattr(self, name)
            if not fits(value):
                raise InputError(f"{name} is {value!r}; {way_out}", value=value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return _is_number(value) and isinstance(value, int) and 1 <= value <= MOST_IN_FLIGHT


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


_WINDOW = "pass a Window, such as Window(opens='08:00', closes='20:00'), or None to send at any hour"
_RATE = "give a number over 0, or None for no limit"
_FLAG = (_is_flag, "pass True or False")
_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "in_flight": (_is_count, f"give 1 to {MOST_IN_FLIGHT}"),
    "per_second": (lambda each: each in (None, KEPT) or _is_number(each), _RATE),
    "window": (lambda each: each == KEPT or isinstance(each, Window | None), _WINDOW),
    "skip_errors": _FLAG,
    "allow_duplicates": _FLAG,
    "breaker": (lambda each: isinstance(each, Breaker), "pass a Breaker, or leave it out"),
    "progress": (
        lambda each: each is None or _is_flag(each) or callable(each),
        "pass True, False, or a function of Counts",
    ),
    "clock": (lambda each: isinstance(each, Clock), "pass a Clock, or leave it out"),
}
