"""What makes a campaign wait, and what stops it before it has burnt its budget."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from callr_segment.campaign.rates.money import cents, in_cents, scaled
from callr_segment.errors import InputError, NotSent
from callr_segment.sending.delivery.rate_limit import Backoff, Clock, RateLimit
from callr_segment.sending.delivery.window import Window
from callr_segment.sending.ledger.claims import Outcome, State, Totals

__all__ = ["BREAKER", "Breaker", "Stop", "Throttle"]

LOOK_UP_SECONDS = 60.0  # how long the clock on the wall is trusted while waiting: it may be set
_SAMPLE = (
    100  # answers: fewer are judged as if they were so many, or the first that differs would stop everything
)


_FEW = 5  # messages: all of fewer than these may be at fault


class _Breaker(NamedTuple):
    differing_share: str | Decimal = "0.02"
    failures_in_a_row: int = 20
    waits_in_a_row: int = 10
    longest_wait_seconds: float = 300.0


class Breaker(_Breaker):
    """What stops `send_all` before its end.

    ``differing_share`` is how many of the answers may disagree with the estimate in parts, encoding or cost,
    from 0 to 1; of fewer than 100 answers, as many as of 100. ``failures_in_a_row`` is how many messages
    one after the other may be refused or remain unknown; those refused without a receipt are planned again
    then, since the fault is not theirs. ``waits_in_a_row`` is how often Callr may be out of reach or ask to
    slow down before anything is accepted again, ``longest_wait_seconds`` how long each time.

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
        for name, count in (("failures_in_a_row", failures_in_a_row), ("waits_in_a_row", waits_in_a_row)):
            if not isinstance(count, int) or isinstance(count, bool) or count < 1:
                message = f"{name} is {count!r}: with none it would never send, give 1 or more"
                raise InputError(message, value=count)
        longest = longest_wait_seconds
        if not isinstance(longest, int | float) or not 0 < longest < float("inf"):
            message = f"longest_wait_seconds is {longest!r}: give seconds over 0 that end"
            raise InputError(message, value=longest)
        return super().__new__(cls, differing_share, failures_in_a_row, waits_in_a_row, longest_wait_seconds)

    def is_tripped(self, *, answers: int, differing: int) -> bool:
        """Whether too many answers disagree with the estimate."""
        return differing > Decimal(self.differing_share) * max(answers, _SAMPLE)


BREAKER = Breaker()


class Stop(NamedTuple):
    """Why nothing more is sent, and the error that says so, if one does."""

    why: str
    cause: Exception | None = None


class Throttle:
    """Rate, waits, hours and breaker of one run; ``stop`` is why nothing more may start, or None.

    ``last_error`` says what Callr answered last where it did not accept.
    """

    def __init__(
        self, breaker: Breaker, clock: Clock, *, per_second: float | None = None, window: Window | None = None
    ) -> None:
        self._breaker, self._clock, self._window = breaker, clock, window
        self._rate = RateLimit(per_second, monotonic=clock.monotonic)
        self._backoff = Backoff(longest_seconds=breaker.longest_wait_seconds, monotonic=clock.monotonic)
        self._failures, self._has_accepted = 0, False
        self._refused: dict[int, str | None] = {}  # without a receipt, since one was accepted last
        self._is_all_refused = False
        self.last_error: Exception | None = None
        self.stop: Stop | None = None

    def free(self, most: int) -> int:
        """How many of so many may start now."""
        return 0 if self._backoff.delay_seconds or self._closed_seconds() else self._rate.free(most)

    def on_start(self, starts: int) -> None:
        """Count so many starts against the rate."""
        self._rate.take(starts)

    @property
    def delay_seconds(self) -> float:
        """How long it is until it is worth looking again."""
        closed = min(self._closed_seconds(), LOOK_UP_SECONDS)
        return max(closed, self._backoff.delay_seconds, self._rate.delay_seconds)

    @property
    def closed_until(self) -> datetime | None:
        """When the window opens, while it is closed."""
        now = self._clock.now()
        return None if self._window is None or self._window.is_open(now) else self._window.opening(now)

    def _closed_seconds(self) -> float:
        return 0.0 if self._window is None else self._window.wait_seconds(self._clock.now())

    @property
    def round(self) -> int:
        """Which round of starts it is: each wait ends one."""
        return self._backoff.round

    def on_refusal(self, error: Exception, started_in: int) -> None:
        """Wait after what certainly was not sent, or stop where waiting does not help."""
        if not isinstance(error, NotSent):
            self.stop = Stop(f"no message would pass: {error}", error)
            return
        self._backoff.wait(error.retry_after_seconds, started_in)
        if self._backoff.waits > self._breaker.waits_in_a_row:
            self.stop = Stop(
                f"nothing was accepted after {self._breaker.waits_in_a_row} waits: {error}", error
            )

    def on_outcome(self, outcome: Outcome, state: State) -> None:
        """Count failures in a row, and stop after so many."""
        if state == "accepted":
            self._backoff.reset()
            self._has_accepted = True
            if self.stop is None:
                self._failures = 0
                self._refused.clear()
        elif state in ("rejected", "unknown"):
            self._failures += 1
            if state == "rejected" and outcome.receipt is None:
                self._refused[outcome.claim.row] = outcome.why
            if self._failures >= self._breaker.failures_in_a_row:
                self._stop_for(f"{self._failures} messages in a row failed, the last was {state}")

    def on_end(self) -> None:
        """Stop, though nothing is left, where a run got nothing but one and the same refusal."""
        is_all = len(self._refused) == self._failures >= _FEW and not self._has_accepted
        if is_all and len(set(self._refused.values())) == 1:
            self._stop_for(f"all {self._failures} messages were refused")

    @property
    def not_at_fault(self) -> list[int]:
        """The rows that Callr refused because it refused everything: they are planned again."""
        return list(self._refused) if self._is_all_refused else []

    def _stop_for(self, failed: str) -> None:
        if self.stop is None:
            self._is_all_refused = True
            said = f": {self.last_error}" if self.last_error else ""
            self.stop = Stop(
                f"{failed}{said}; mend that, or where only these are at fault allow more with "
                "Breaker(failures_in_a_row=...)",
                self.last_error,
            )

    def compare(self, totals: Totals) -> None:
        """Stop where too many answers are not as estimated."""
        if self._breaker.is_tripped(answers=totals.compared, differing=totals.differing):
            beyond = f"; they cost {in_cents(cents(totals.excess))} cents more than the card's dearest prices"
            self.stop = self.stop or Stop(
                f"{totals.differing:,} of {totals.compared:,} answers disagree with the estimate in parts, "
                f"encoding or cost{beyond if totals.excess else ''}: see why, and estimate with the prices "
                "that hold, or allow more with Breaker(differing_share=...)"
            )
