"""What makes a campaign wait, and what stops it before it has burnt its budget."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from callr_segment.campaign.rates.money import scaled
from callr_segment.errors import InputError, NotSent
from callr_segment.sending.delivery.rate_limit import Clock, Pace, Patience
from callr_segment.sending.delivery.window import Window
from callr_segment.sending.ledger.claims import State, Totals

__all__ = ["BREAKER", "Brakes", "Breaker", "Stop"]

LOOK_UP_SECONDS = 60.0  # how long the clock on the wall is trusted while waiting: it may be set
_SAMPLE = (
    100  # answers: fewer are judged as if they were so many, or the first that differs would stop everything
)


class _Breaker(NamedTuple):
    differing_share: str | Decimal = "0.02"
    failures_in_a_row: int = 20
    waits_in_a_row: int = 10
    longest_wait_seconds: float = 300.0


class Breaker(_Breaker):
    """What stops `send_all` before its end.

    ``differing_share`` is how many of the answers may disagree with the estimate in parts, encoding or cost,
    from 0 to 1; of fewer than 100 answers, as many as of 100. ``failures_in_a_row`` is how many messages
    one after the other may be refused or remain unknown; ``waits_in_a_row`` how often Callr may be out of
    reach or ask to slow down before anything is accepted again, ``longest_wait_seconds`` how long each time.

    >>> Breaker().is_tripped(answers=50, differing=2), Breaker().is_tripped(answers=50, differing=3)
    (False, True)
    """

    __slots__ = ()

    def __new__(
        cls,
        differing_share: str | Decimal = "0.02",
        failures_in_a_row: int = 20,
        waits_in_a_row: int = 10,
        longest_wait_seconds: float = 300.0,
    ) -> Breaker:
        """Check the limits."""
        if scaled(differing_share, decimals=6) > 10**6:
            raise InputError(
                f"differing_share is {differing_share}: a share is from 0 to 1", value=differing_share
            )
        if failures_in_a_row < 1 or waits_in_a_row < 1 or longest_wait_seconds <= 0:
            raise InputError("a breaker that allows no failure and no wait would never send: give 1 or more")
        return super().__new__(cls, differing_share, failures_in_a_row, waits_in_a_row, longest_wait_seconds)

    def is_tripped(self, *, answers: int, differing: int) -> bool:
        """Whether too many answers disagree with the estimate."""
        return differing > Decimal(self.differing_share) * max(answers, _SAMPLE)


BREAKER = Breaker()


class Stop(NamedTuple):
    """Why nothing more is sent, and the error that says so, if one does."""

    why: str
    cause: Exception | None = None


class Brakes:
    """Rate, waits, hours and breaker of one run; ``stop`` is why nothing more may start, or None."""

    def __init__(
        self, breaker: Breaker, clock: Clock, *, per_second: float | None = None, window: Window | None = None
    ) -> None:
        self._breaker, self._clock, self._window = breaker, clock, window
        self._pace = Pace(per_second, monotonic=clock.monotonic)
        self._patience = Patience(longest_seconds=breaker.longest_wait_seconds, monotonic=clock.monotonic)
        self._failures = 0
        self.stop: Stop | None = None

    def free(self, most: int) -> int:
        """How many of so many may start now."""
        return 0 if self._patience.delay_seconds or self._closed_seconds() else self._pace.free(most)

    def started(self, starts: int) -> None:
        """Hear that so many start."""
        self._pace.take(starts)

    @property
    def delay_seconds(self) -> float:
        """How long it is until it is worth looking again."""
        closed = min(self._closed_seconds(), LOOK_UP_SECONDS)
        return max(closed, self._patience.delay_seconds, self._pace.delay_seconds)

    def _closed_seconds(self) -> float:
        return 0.0 if self._window is None else self._window.wait_seconds(self._clock.now())

    @property
    def round(self) -> int:
        """Which round of starts it is: each wait ends one."""
        return self._patience.round

    def refused(self, error: Exception, started_in: int) -> None:
        """Hear why a message certainly was not sent: wait, or stop where waiting does not help."""
        if not isinstance(error, NotSent):
            self.stop = Stop(f"no message would pass: {error}", error)
            return
        self._patience.wait(error.retry_after_seconds, started_in)
        if self._patience.waits > self._breaker.waits_in_a_row:
            self.stop = Stop(
                f"nothing was accepted after {self._breaker.waits_in_a_row} waits: {error}", error
            )

    def note(self, state: State) -> None:
        """Hear what became of a message."""
        if state == "accepted":
            self._failures = 0
            self._patience.relieve()
        elif state != "planned":
            self._failures += 1
            if self._failures >= self._breaker.failures_in_a_row:
                self.stop = self.stop or Stop(
                    f"{self._failures} messages in a row failed, the last was {state}"
                )

    def compare(self, totals: Totals) -> None:
        """Hear how many answers there are to compare, and how many of them are not as estimated."""
        if self._breaker.is_tripped(answers=totals.compared, differing=totals.differing):
            self.stop = self.stop or Stop(
                f"{totals.differing:,} of {totals.compared:,} answers disagree with the estimate in parts, "
                "encoding or cost: see why, or allow more with Breaker(differing_share=...)"
            )
