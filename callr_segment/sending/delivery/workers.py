"""Requests in flight: each claim in a thread of its own, its outcome in a queue."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import NamedTuple

from callr_segment.errors import InputError, NotSent, OutcomeUnknown, Rejected
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.wire import Message, Receipt
from callr_segment.sending.ledger.claims import Claim, Outcome

__all__ = ["Finished", "Workers"]

Deliver = Callable[[Message], Receipt]


class Finished(NamedTuple):
    """An outcome, the error it came of, and the round it was started in."""

    outcome: Outcome
    error: Exception | None
    round: int


class Workers:
    """So many threads that send what they are given; they die with the process, nothing waits for them."""

    def __init__(self, deliver: Deliver, threads: int) -> None:
        self._deliver = deliver
        self._claims: SimpleQueue[tuple[Claim, int] | None] = SimpleQueue()
        self._finished: SimpleQueue[Finished | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        self.busy: int = 0

    def __enter__(self) -> Workers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for _thread in self._threads:
            self._claims.put(None)

    @property
    def free(self) -> int:
        """How many more can be given something to do."""
        return len(self._threads) - self.busy

    def start(self, claim: Claim, started_in: int) -> None:
        """Send a claim, whose intent is on the disk."""
        self.busy += 1
        self._claims.put((claim, started_in))

    def wake(self) -> None:
        """End the waiting; safe in a signal handler."""
        self._finished.put(None)

    def finished(self, seconds: float | None) -> list[Finished]:
        """Wait until something is finished, for so long, and return everything that is."""
        found: list[Finished] = []
        try:
            each = self._finished.get(timeout=seconds)
            while True:
                if each is not None:
                    found.append(each)
                each = self._finished.get_nowait()
        except Empty:
            pass
        self.busy -= len(found)
        return found

    def _work(self) -> None:
        while (given := self._claims.get()) is not None:
            claim, started_in = given
            self._finished.put(Finished(*_attempt(self._deliver, claim), started_in))


def _attempt(deliver: Deliver, claim: Claim) -> tuple[Outcome, Exception | None]:
    """Send once, and sort what came of it; whatever is not certain is unknown."""
    try:
        return Outcome(claim, "accepted", receipt=deliver(claim.message)), None
    except (NotSent, InputError) as error:  # what a client refuses has not left it
        return Outcome(claim, "planned"), error
    except Rejected as error:
        if error.halts:
            return Outcome(claim, "planned"), error
        receipt = error.receipt if isinstance(error.receipt, Receipt) else None
        return Outcome(claim, "rejected", masked(error.code or str(error.status)), receipt), error
    except OutcomeUnknown as error:
        return Outcome(claim, "unknown", error.why), error
    except BaseException as error:  # noqa: BLE001 (its bytes may have left, whatever went wrong)
        return Outcome(claim, "unknown", type(error).__name__), None
