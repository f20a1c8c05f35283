"""How fast a campaign may go on: at a steady rate, and waiting after what was not sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from callr_segment.errors import InputError
from callr_segment.sending.api.requests import backoff_seconds

__all__ = ["CATCH_UP_SECONDS", "CLOCK", "Backoff", "Clock", "RateLimit"]

CATCH_UP_SECONDS = 0.1  # that a rate may be behind and make up for: what a commit takes, and no burst


class Clock:
    """The two clocks there are: one that only goes on, for waiting, and that of the wall, for hours."""

    def monotonic(self) -> float:
        """Return seconds from anywhere on, never fewer than before."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the time of day, which may be set back and forth."""
        return datetime.now(UTC)


CLOCK = Clock()


class RateLimit:
    """So many starts per second, evenly spaced (GCRA), whatever happened before: no burst after a pause.

    >>> clock = iter([0.0, 0.0, 0.0, 9.0])
    >>> limit = RateLimit(2, monotonic=lambda: next(clock))
    >>> limit.free(8), limit.take(1), limit.free(8), limit.free(8)
    (1, None, 0, 1)
    """

    def __init__(self, per_second: float | None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        if per_second is not None and not 0 < per_second < float("inf"):
            raise InputError(
                f"per_second is {per_second!r}; give a rate over 0, or None for no limit", value=per_second
            )
        self._interval = 0.0 if per_second is None else 1 / per_second
        self._monotonic = monotonic
        self._due = self._seen = float("-inf")

    def free(self, most: int) -> int:
        """How many of so many may start now."""
        early = self._early()
        if not self._interval:
            return most
        return (
            0 if early > CATCH_UP_SECONDS else min(most, int((CATCH_UP_SECONDS - early) / self._interval) + 1)
        )

    def take(self, starts: int) -> None:
        """Note that so many start."""
        if starts:
            early = self._early()
            self._due = self._seen + max(early, 0.0) + starts * self._interval

    @property
    def delay_seconds(self) -> float:
        """How long it is until the next may start."""
        return max(0.0, self._early() - CATCH_UP_SECONDS) if self._interval else 0.0

    def _early(self) -> float:
        """How long before its time the next start would be; a clock set back does not make it wait."""
        now = self._monotonic()
        if now < self._seen:
            self._due -= self._seen - now
        self._seen = now
        return max(self._due - now, 0.0)


class Backoff:
    """Waiting after what was not sent: as long as Callr asks, or twice as long each time, to a limit.

    >>> backoff = Backoff(longest_seconds=60, monotonic=lambda: 0.0)
    >>> backoff.wait(9999, backoff.round)
    >>> backoff.delay_seconds, backoff.waits
    (60.0, 1)
    """

    def __init__(self, *, longest_seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._longest, self._monotonic = longest_seconds, monotonic
        self._until = float("-inf")
        self.waits: int = 0
        self.round: int = 0

    def wait(self, asked_seconds: float | None, started_in: int) -> None:
        """Begin to wait; what was started before the last wait began belongs to that one."""
        if started_in == self.round:
            self.waits += 1
            self.round += 1
        seconds = backoff_seconds(self.waits, asked_seconds)
        self._until = max(self._until, self._monotonic() + min(max(seconds, 0.0), self._longest))

    def reset(self) -> None:
        """Note that something was accepted."""
        self.waits = 0

    @property
    def delay_seconds(self) -> float:
        """How long it is to wait still."""
        return min(max(0.0, self._until - self._monotonic()), self._longest)
