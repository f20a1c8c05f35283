"""Ctrl-C, SIGTERM and SIGHUP while something is in flight: the first asks to stop, a second does not wait."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

__all__ = ["Interruption"]

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
STOPPING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))


class Interruption:
    """Notes the first of SIGINT, SIGTERM and SIGHUP and wakes who waits; a second one acts as it always did.

    In the main thread only, where Python hands signals over; one that was ignored stays so.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._before: dict[int, object] = {}
        self.signal: int | None = None

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            for number in STOPPING:
                handler = signal.getsignal(number)
                if handler not in (signal.SIG_IGN, None):
                    self._before[number] = handler
                    signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()

    def _restore(self) -> None:
        while self._before:
            number, handler = self._before.popitem()
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal is not None:
            self.deliver(number)
        self.signal = number
        self._wake()

    def deliver(self, number: int) -> None:
        """Let a signal do what it would have done; one that would kill ends the program in good order."""
        self._restore()
        if signal.getsignal(number) is signal.SIG_DFL:
            raise SystemExit(128 + number)
        signal.raise_signal(number)
