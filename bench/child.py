"""Works that need a process of their own: `python bench/child.py JOB ARGUMENT...` prints JSON."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

import stock
import works
from interleave import interleave, keep_memory, timed

GROWING: dict[str, Callable[[int], works.Work]] = {
    "segment_many": lambda rows: works.segmenting(stock.mix(rows)),
    "estimate": lambda rows: works.estimating(stock.campaign(rows)),
}


class Grown(NamedTuple):
    """What a work takes at one size: CPU time, and memory at its peak beyond what it is given."""

    work: str
    rows: int
    seconds: float
    megabytes: float


def ask(job: str, *arguments: object, **environment: str) -> Any:
    """Run a job in a process of its own, and return what it found."""
    command = [sys.executable, __file__, job, *map(str, arguments)]
    done = subprocess.run(command, env=os.environ | environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def forced(rows: str) -> float | str:
    """Tell how a mix compares with a copy at the level that CALLR_SEGMENT_SIMD names."""
    level = os.environ.pop("CALLR_SEGMENT_SIMD")
    if find_spec("callr_segment._core.simd") is None:
        return "this build has but one level"
    from callr_segment._core import simd

    if level not in simd.AVAILABLE:
        return f"this processor has no {level}"
    simd.use(level)
    keep_memory()
    mix = stock.mix(int(rows))
    found = interleave({"ours": timed(works.segmenting(mix)), "copy": timed(works.copying(mix))})
    return found["ours"] / found["copy"]


def grow(name: str, rows: str) -> dict[str, object]:
    """Tell what one size of a work takes."""
    GROWING[name](1_000)()
    work = GROWING[name](int(rows))
    pa.default_memory_pool().release_unused()
    forget_peak()
    before = peak_megabytes()
    work()
    megabytes = peak_megabytes() - before
    keep_memory()
    seconds = interleave({name: timed(work)}, rounds=3 if int(rows) >= 10**6 else 9)[name]
    return Grown(name, int(rows), seconds, megabytes)._asdict()


def forget_peak() -> None:
    """Let the peak be counted from now on, where the system can (Linux, proc(5), clear_refs)."""
    switch = Path("/proc/self/clear_refs")
    if switch.exists():
        switch.write_text("5", encoding="ascii")


def peak_megabytes() -> float:
    """Return the most memory this process has had."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux ru_maxrss is at least what the parent had when it started this process
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    jobs = {"forced": forced, "grow": grow}
    print(json.dumps(jobs[sys.argv[1]](*sys.argv[2:])))
