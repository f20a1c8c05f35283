"""Measure everything, print the table beside its targets, and write it to README.md.

BENCH_QUICK=1 takes fewer rows and rounds, and leaves README.md as it is.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import callr_segment as sms
import measures
from child import Grown
from interleave import QUICK, ROUNDS, keep_memory
from measures import Beside
from plot import draw
from targets import TARGETS

README, PLOT = (Path(__file__).with_name(name) for name in ("README.md", "scaling.svg"))
RESULTS = "## Results\n"  # everything from here on is written by `make bench`
LIBRARIES = ("numpy", "pandas", "pyarrow", "httpx2", "phonenumbers", "smsutil", "smpplib")
LEVELS = ("ssse3", "avx2", "avx512bw", "avx512vbmi", "asimd")


def main() -> None:
    """Measure, print and write."""
    keep_memory()
    beside = measures.beside()
    grown = measures.growth()
    figures = dict(
        chain(
            measures.columns(),
            measures.levels(),
            measures.shapes(),
            measures.calls(),
            ((each.name, each.times) for each in beside if isinstance(each, Beside)),
            measures.campaign(),
            measures.questions(),
            measures.of_growth(grown),
            measures.threads(),
            measures.sending(),
        )
    )
    results = "\n".join([RESULTS, *machine(), *targets(figures), *rivals(beside), *scaling(grown)])
    print(results)
    if not QUICK:
        PLOT.write_text(draw(grown), encoding="utf-8")
        prose = README.read_text(encoding="utf-8").partition(RESULTS)[0]
        README.write_text(f"{prose}{results.strip()}\n", encoding="utf-8")


def machine() -> Iterator[str]:
    """Say where and with what it was measured."""
    cores, model, flags = processor()
    found = ", ".join(level for level in LEVELS if level in flags) or "none of the levels"
    yield f"{date.today()}, {model}, {cores} cores ({found}), {platform.system()}, {compiler()}."
    libraries = ", ".join(f"{name} {version_of(name)}" for name in LIBRARIES)
    yield f"callr_segment {sms.__version__} ({sms.IMPLEMENTATION}), Python {platform.python_version()},"
    yield f"{libraries}, node {node_version()}."
    yield f"Least of {ROUNDS} rounds or more; {measures.ROWS:,} rows where no number is given.\n"


def processor() -> tuple[int, str, set[str]]:
    """Read the number of cores, the model and the flags of the processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    cells = [tuple(part.strip() for part in line.partition(":")[::2]) for line in lines]
    first = dict(reversed(cells))
    flags = first.get("flags", first.get("Features", "")).split()
    cores = sum(name == "processor" for name, _ in cells)
    return cores, first.get("model name", platform.machine()), set(flags)


def compiler() -> str:
    """Name the compiler that is likely to have built the core."""
    done = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0] or "no compiler"


def version_of(name: str) -> str:
    """Tell the version of a library, or that there is none."""
    try:
        return version(name)
    except ModuleNotFoundError:
        return "absent"


def node_version() -> str:
    """Tell the version of node, or that there is none."""
    if not shutil.which("node"):
        return "absent"
    return subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()


def targets(figures: dict[str, float | str]) -> Iterator[str]:
    """Set every figure beside its target."""
    rows = []
    for name, target in TARGETS.items():
        value = figures.get(name, "not measured")
        reached = "—" if isinstance(value, str) else "yes" if target.reached(value) else "**no**"
        figure = value if isinstance(value, str) else f"{value:,.{2 if value < 100 else 0}f} {target.unit}"
        rows.append((target.row, target.work, figure, target.words(), reached))
    yield from markdown(("#", "work", "figure", "target", "reached"), rows)


def rivals(beside: Iterable[Beside | str]) -> Iterator[str]:
    """Set every rival beside us."""
    yield "### Rivals, on the Arrow mix\n"
    rows = [
        (
            each.name,
            f"{each.nanoseconds:,.0f}",
            f"{each.times:,.0f} ×",
            f"{each.right:.2%}",
            f"{each.right_at_edges:.2%}",
        )
        if isinstance(each, Beside)
        else (each, "", "", "", "")
        for each in beside
    ]
    yield from markdown(("rival", "ns a text", "our speed", "right", "right where pairs abound"), rows)


def scaling(grown: Iterable[Grown]) -> Iterator[str]:
    """List what the plot shows."""
    yield "### Growth, on one thread\n"
    yield "![CPU time and peak memory over the rows](scaling.svg)\n"
    rows = [
        (each.work, f"{each.rows:,}", f"{each.seconds / each.rows * 1e9:,.0f}", f"{each.megabytes:,.1f}")
        for each in grown
    ]
    yield from markdown(("work", "rows", "ns a row", "MB beyond the input"), rows)


def markdown(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """Write a table, and the blank line after it."""
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(map(str, row))} |"
    yield ""


if __name__ == "__main__":
    sys.exit(main())
