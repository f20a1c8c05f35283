"""Times of several works taken in turns, so that whatever slows the machine down slows all of them."""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Callable, Mapping
from time import perf_counter, process_time

QUICK = bool(os.environ.get("BENCH_QUICK"))
ROUNDS = 3 if QUICK else 9
SECONDS = 0 if QUICK else 4  # at least: whatever else the machine does may take seconds

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h
LARGEST_KEPT = 1 << 25  # bytes: as many as glibc allows

Clock = Callable[[], float]
Measure = Callable[[], float]


def keep_memory() -> None:
    """Have the process keep what it frees (with glibc): else works pay by chance for pages of others."""
    libc = ctypes.CDLL(None) if os.name == "posix" else None
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
        libc.mallopt(M_TRIM_THRESHOLD, -1)


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
    """Take every measure once a round, for as many rounds or longer, and keep the least of each."""
    taken: list[list[float]] = []
    started = perf_counter()
    gc.collect()
    gc.disable()
    try:
        while len(taken) < rounds or perf_counter() - started < SECONDS:
            taken.append([measure() for measure in measures.values()])
    finally:
        gc.enable()
    return dict(zip(measures, map(min, zip(*taken, strict=True)), strict=True))
