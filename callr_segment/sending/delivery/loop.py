"""The loop of a campaign: claim, send in parallel, record; and everything that makes it wait or stop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, Unpack

from callr_segment.campaign.rates.money import cents, in_cents, microcents
from callr_segment.errors import BudgetExceeded, Halted
from callr_segment.sending.api.wire import Message, Receipt
from callr_segment.sending.delivery.breaker import Stop, Throttle
from callr_segment.sending.delivery.options import Options, SendingOptions
from callr_segment.sending.delivery.progress import reporting, say, tell_wait
from callr_segment.sending.delivery.queue import SendQueue
from callr_segment.sending.delivery.settings import host_of, keep, settings_of
from callr_segment.sending.delivery.signals import Interruption
from callr_segment.sending.delivery.workers import Workers
from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.claims import Claim, Outcome, Totals
from callr_segment.sending.ledger.outbox import opted_out, refuse_unfit

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate

__all__ = ["Deliverer", "send_all"]


class Deliverer(Protocol):
    """What sends one message and does not try again: a Client."""

    @property
    def dry_run(self) -> bool:
        """Whether it only says what it would send."""
        ...

    @property
    def base_url(self) -> str:
        """Where it sends to."""
        ...

    def deliver(self, message: Message) -> Receipt:
        """Send it; NotSent, Rejected or OutcomeUnknown says what else became of it."""
        ...


def send_all(
    client: Deliverer,
    estimate: Estimate | None,
    ledger: Ledger | str | os.PathLike[str],
    *,
    budget_cents: str | int | Decimal,
    **options: Unpack[Options],
) -> Ledger:
    """Send a campaign with a client; all of it is told by `Client.send_all`."""
    asked = SendingOptions(**options)
    if estimate is not None:
        refuse_unfit(estimate, skip_errors=asked.skip_errors, allow_duplicates=asked.allow_duplicates)
    budget = microcents(budget_cents)
    with _opened(ledger, must_exist=estimate is None) as book:
        with book.sending():
            if estimate is not None:
                book.plan(estimate)
            book.write_opt_outs(opted_out(estimate, asked.exclude))
            _refuse_dear(book, budget)
            if client.dry_run:
                return book
            run = _send(client, book, asked, budget)
        if asked.progress is not False:
            say(book.counts(), book.path, asked.resume_with, is_done=run.is_done)
        if run.interruption.signal is not None:
            run.interruption.deliver(run.interruption.signal)
        run.raise_for_stop(asked.resume_with)
        return book


def _send(client: Deliverer, book: Ledger, asked: SendingOptions, budget: int) -> _Run:
    """Send what is planned, until nothing is left or something stops it."""
    settings = settings_of(book, host_of(client.base_url), asked.window, asked.per_second)
    throttle = Throttle(asked.breaker, asked.clock, per_second=settings.per_second, window=settings.window)
    keep(book, settings)
    book.warn_of_memory()
    workers = Workers(client.deliver, asked.in_flight)
    with (
        workers,
        Interruption(workers.wake) as interruption,
        reporting(asked.progress, book, budget) as report,
    ):
        queue = SendQueue(book)
        run = _Run(book, queue, workers, interruption=interruption, throttle=throttle, budget=budget)
        run.go_on(report, tell_waits=asked.progress is not False)
    return run


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
            f"the campaign is expected to come to {in_cents(expected)} cents, over the budget of "
            f"{in_cents(cents(budget))}; raise budget_cents, or send to fewer"
        )


class _Run:
    """One run over a ledger: waves of outcomes and claims, until nothing is left or something stops it."""

    def __init__(
        self,
        book: Ledger,
        queue: SendQueue,
        workers: Workers,
        *,
        interruption: Interruption,
        throttle: Throttle,
        budget: int,
    ) -> None:
        self._book, self._queue, self._workers = book, queue, workers
        self.interruption, self._throttle, self._budget = interruption, throttle, budget
        self._is_full = False
        self._told_until: datetime | None = None

    def go_on(self, report: Callable[[], object], *, tell_waits: bool) -> None:
        """Send until the end; outcomes of what finished and the next intents share a commit."""
        outcomes: list[Outcome] = []
        while True:
            claims = self._queue.peek(self._free())
            if outcomes or claims:
                self._wave(outcomes, claims)
                self._show(report)
            if not self._workers.busy and self._is_over():
                return self._end()
            if tell_waits:
                self._tell_until_when()
            outcomes = self._finished()

    def _wave(self, outcomes: list[Outcome], claims: list[Claim]) -> None:
        self._is_full = False
        claimed, passed = self._book.commit(
            outcomes, claims, on_outcome=self._throttle.on_outcome, admits=self.admits
        )
        self._queue.pop(passed)
        self._throttle.on_start(len(claimed))
        for claim in claimed:
            self._workers.start(claim, self._throttle.round)

    def _end(self) -> None:
        """Plan again what was refused only because everything was."""
        if self.interruption.signal is None:
            self._throttle.on_end()
        if rows := self._throttle.not_at_fault:
            self._book.take_back(rows)

    def _show(self, report: Callable[[], object]) -> None:
        try:
            report()
        except Exception as error:  # noqa: BLE001 (whoever only watches must not lose what is in flight)
            self._throttle.stop = Stop(f"progress could not be shown: {error!r}", error)

    def _tell_until_when(self) -> None:
        until = self._throttle.closed_until
        if until not in (None, self._told_until) and not self._is_over():
            self._told_until = until
            tell_wait(until)

    def _finished(self) -> list[Outcome]:
        """Wait for what is in flight, or until more may start; what was not sent comes next again."""
        may_start = self._workers.free and not self._is_over()
        outcomes = []
        for outcome, error, started_in in self._workers.finished(
            self._throttle.delay_seconds if may_start else None
        ):
            outcomes.append(outcome)
            if outcome.state == "planned" and error is not None:
                self._queue.push_back(outcome.claim)
                self._throttle.on_refusal(error, started_in)
            self._throttle.last_error = error or self._throttle.last_error
        return outcomes

    def _free(self) -> int:
        return 0 if self._is_stopped else self._throttle.free(self._workers.free)

    @property
    def _is_stopped(self) -> bool:
        return self.interruption.signal is not None or self._throttle.stop is not None

    def _is_over(self) -> bool:
        return self._is_stopped or self._is_full or not self._queue.peek(1)

    @property
    def is_done(self) -> bool:
        """Whether everything that may be sent has been."""
        return not self._queue.peek(1) and not self._throttle.not_at_fault

    def admits(self, claim: Claim, totals: Totals) -> bool:
        """Whether a message may be claimed: nothing stops the run, and its dearest price is in the budget."""
        self._throttle.compare(totals)
        self._is_full = totals.committed + claim.high > self._budget
        return not self._is_stopped and not self._is_full

    def raise_for_stop(self, resume_with: str | None) -> None:
        """Raise, with how far it came, what stopped it before its end."""
        how_far = f"{self._book.counts()}; resume with {resume_with or 'the same call'}"
        if self._throttle.stop is not None:
            why, cause = self._throttle.stop
            raise Halted(f"{why}; {how_far}") from cause
        if self._is_full:
            raise BudgetExceeded(
                f"the next message may cost more than is left of {in_cents(cents(self._budget))} cents; "
                f"{how_far}, and a greater budget_cents"
            )
