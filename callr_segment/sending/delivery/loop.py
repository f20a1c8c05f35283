"""The loop of a campaign: claim, send in parallel, record; and everything that makes it wait or stop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from callr_segment.campaign.rates.money import cents, microcents
from callr_segment.errors import BudgetExceeded, Halted, InputError
from callr_segment.sending.api.wire import Message, Receipt
from callr_segment.sending.delivery.breaker import BREAKER, Brakes, Breaker, Stop
from callr_segment.sending.delivery.progress import Progress, reporting, say
from callr_segment.sending.delivery.queue import Upcoming
from callr_segment.sending.delivery.rate_limit import CLOCK, Clock
from callr_segment.sending.delivery.signals import Interruption
from callr_segment.sending.delivery.window import Window
from callr_segment.sending.delivery.workers import Workers
from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.claims import Claim, Outcome, State, Totals
from callr_segment.sending.ledger.outbox import opted_out, refuse_unfit

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate

__all__ = ["Deliverer", "Options", "send_all"]


class Deliverer(Protocol):
    """What sends one message and does not try again: a Client."""

    @property
    def dry_run(self) -> bool:
        """Whether it only says what it would send."""
        ...

    def deliver(self, message: Message) -> Receipt:
        """Send it; NotSent, Rejected or OutcomeUnknown says what else became of it."""
        ...


class Options(TypedDict, total=False):
    """How to send; `Client.send_all` tells what each option does."""

    in_flight: int
    per_second: float | None
    window: Window | None
    exclude: Iterable[Any] | None
    skip_errors: bool
    allow_duplicates: bool
    breaker: Breaker
    progress: bool | Progress | None
    resume_with: str | None
    clock: Clock


def send_all(
    client: Deliverer,
    estimate: Estimate | None,
    ledger: Ledger | str | os.PathLike[str],
    *,
    budget_cents: str | int | Decimal,
    in_flight: int = 8,
    per_second: float | None = None,
    window: Window | None = None,
    exclude: Iterable[Any] | None = None,
    skip_errors: bool = False,
    allow_duplicates: bool = False,
    breaker: Breaker = BREAKER,
    progress: bool | Progress | None = None,
    resume_with: str | None = None,
    clock: Clock = CLOCK,
) -> Ledger:
    """Send a campaign with a client; all of it is told by `Client.send_all`."""
    if in_flight < 1:
        raise InputError(
            f"in_flight is {in_flight}, and nothing would be sent; give 1 or more", value=in_flight
        )
    if estimate is not None:
        refuse_unfit(estimate, skip_errors=skip_errors, allow_duplicates=allow_duplicates)
    budget = microcents(budget_cents)
    with _opened(ledger, must_exist=estimate is None) as book:
        with book.sending():
            if estimate is not None:
                book.plan(estimate)
            upcoming = Upcoming(book, opted_out(estimate, exclude))
            _refuse_dear(book, budget)
            if client.dry_run:
                return book
            workers = Workers(client.deliver, in_flight)
            brakes = Brakes(breaker, clock, per_second=per_second, window=window)
            with (
                workers,
                Interruption(workers.wake) as interruption,
                reporting(progress, book, budget) as report,
            ):
                run = _Run(book, upcoming, workers, interruption=interruption, brakes=brakes, budget=budget)
                run.go_on(report)
        if progress is not False:
            say(book.counts(), book.path, resume_with, is_done=run.is_done)
        if interruption.signal is not None:
            interruption.deliver(interruption.signal)
        run.raise_for_stop(resume_with)
        return book


@contextmanager
def _opened(ledger: Ledger | str | os.PathLike[str], *, must_exist: bool) -> Iterator[Ledger]:
    """Open a path, and close it again if it comes to nothing; a ledger stays as it is."""
    if isinstance(ledger, Ledger):
        yield ledger
        return
    book = Ledger(ledger, must_exist=must_exist)
    try:
        yield book
    except BaseException:
        book.close()
        raise


def _refuse_dear(book: Ledger, budget: int) -> None:
    """Begin nothing that is not expected to be finished."""
    counts, (expected, _) = book.counts(), book.planned_cost_cents()
    if counts.not_sent == counts.planned and expected > cents(budget):
        raise BudgetExceeded(
            f"the campaign is expected to come to {expected:,} cents, over the budget of {cents(budget):,}; "
            "raise budget_cents, or send to fewer"
        )


class _Run:
    """One run over a ledger: waves of outcomes and claims, until nothing is left or something stops it."""

    def __init__(
        self,
        book: Ledger,
        upcoming: Upcoming,
        workers: Workers,
        *,
        interruption: Interruption,
        brakes: Brakes,
        budget: int,
    ) -> None:
        self._book, self._upcoming, self._workers = book, upcoming, workers
        self._interruption, self._brakes, self._budget = interruption, brakes, budget
        self._is_full = False

    def go_on(self, report: Callable[[], object]) -> None:
        """Send until the end; outcomes of what finished and the next intents share a commit."""
        outcomes: list[Outcome] = []
        while True:
            claims = self._upcoming.first(self._free())
            if outcomes or claims:
                self._wave(outcomes, claims)
                self._show(report)
            if not self._workers.busy and self._is_over():
                return
            outcomes = self._finished()

    def _wave(self, outcomes: list[Outcome], claims: list[Claim]) -> None:
        self._is_full = False
        claimed = self._book.commit(outcomes, claims, self)
        self._upcoming.take(len(claimed))
        self._brakes.started(len(claimed))
        for claim in claimed:
            self._workers.start(claim, self._brakes.round)

    def _show(self, report: Callable[[], object]) -> None:
        try:
            report()
        except Exception as error:  # noqa: BLE001 (whoever only watches must not lose what is in flight)
            self._brakes.stop = Stop(f"progress could not be shown: {error!r}", error)

    def _finished(self) -> list[Outcome]:
        """Wait for what is in flight, or until more may start; what was not sent comes next again."""
        may_start = self._workers.free and not self._is_over()
        outcomes = []
        for outcome, error, started_in in self._workers.finished(
            self._brakes.delay_seconds if may_start else None
        ):
            outcomes.append(outcome)
            if outcome.state == "planned" and error is not None:
                self._upcoming.give_back(outcome.claim)
                self._brakes.refused(error, started_in)
        return outcomes

    def _free(self) -> int:
        return 0 if self._is_stopped else self._brakes.free(self._workers.free)

    @property
    def _is_stopped(self) -> bool:
        return self._interruption.signal is not None or self._brakes.stop is not None

    def _is_over(self) -> bool:
        return self._is_stopped or self._is_full or not self._upcoming.first(1)

    @property
    def is_done(self) -> bool:
        """Whether everything that may be sent has been."""
        return not self._upcoming.first(1)

    def note(self, state: State) -> None:
        """Hear what became of a message."""
        self._brakes.note(state)

    def admits(self, claim: Claim, totals: Totals) -> bool:
        """Whether a message may be claimed: no brake is on, and at its dearest it keeps to the budget."""
        self._brakes.compare(totals)
        self._is_full = totals.committed + claim.high > self._budget
        return not self._is_stopped and not self._is_full

    def raise_for_stop(self, resume_with: str | None) -> None:
        """Raise, with how far it came, what stopped it before its end."""
        how_far = f"{self._book.counts()}; resume with {resume_with or 'the same call'}"
        if self._brakes.stop is not None:
            why, cause = self._brakes.stop
            raise Halted(f"{why}; {how_far}") from cause
        if self._is_full:
            raise BudgetExceeded(
                f"the next message may cost more than is left of {cents(self._budget):,} cents; {how_far}, "
                "and a greater budget_cents"
            )
