"""Times of several works taken in turns, so that whatever slows the machine down slows all of them."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from time import perf_counter, process_time

QUICK = bool(os.environ.get("BENCH_QUICK"))
ROUNDS = 3 if QUICK else 9

Clock = Callable[[], float]
Measure = Callable[[], float]


def timed(work: Callable[..., object], *args: object, times: int = 1, clock: Clock = process_time) -> Measure:
    """Make a measure of the seconds that one call takes: CPU time of all threads, unless told otherwise."""

    def measure() -> float:
        started = clock()
        for _ in range(times):
            work(*args)
        return (clock() - started) / times

    return measure


def elapsed(work: Callable[..., object], *args: object) -> Measure:
    """Make a measure of the seconds that pass on the wall, for works that share several cores."""
    return timed(work, *args, clock=perf_counter)


def interleave(measures: Mapping[str, Measure], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Take every measure once a round, and keep the least of each."""
    gc.collect()
    gc.disable()
    try:
        taken = [[measure() for measure in measures.values()] for _ in range(rounds)]
    finally:
        gc.enable()
    return dict(zip(measures, map(min, zip(*taken, strict=True)), strict=True))
