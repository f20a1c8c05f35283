"""Count the instructions of fixed workloads, and fail where a change costs more than 3 % of them.

Callgrind counts them, and comes to the same whatever else the machine does. The tree is compared with the
commit at which it left main, or else with the one before, or with the one that is named. Both are built here,
alike; each runs its own workloads, since names change. A change that must cost more says so in a last line of
its commit message: `Slower: WORKLOAD`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import stock
from workloads import EMPTY, ROWS, WORKLOADS

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = 1.03
LEVELS = ("scalar", "ssse3", "avx2")  # valgrind knows no AVX-512
NEEDED = ("bench", "callr_segment", "setup.py", "pyproject.toml", "README.md", "LICENSE")
LITTER = shutil.ignore_patterns("*.so", "*.c", "__pycache__")
DUMP = re.compile(r"^desc: Trigger: Client Request: (.+)$", re.MULTILINE)
TOTAL = re.compile(r"^totals: (\d+)$", re.MULTILINE)
FUNCTION = re.compile(r"^ *([\d,]+) \([ \d.]+%\)  \S*?:(\S+)", re.MULTILINE)
GAUGE = """
#include <valgrind/callgrind.h>
void begin(void) { CALLGRIND_START_INSTRUMENTATION; CALLGRIND_ZERO_STATS; }
void end(const char *workload) { CALLGRIND_DUMP_STATS_AT(workload); CALLGRIND_STOP_INSTRUMENTATION; }
"""


class Key(NamedTuple):
    """What is counted: a workload at a level of SIMD."""

    level: str
    workload: str


class Count(NamedTuple):
    """How many instructions that takes, and the profile that tells where."""

    instructions: int
    profile: Path


Counts = dict[Key, Count]


def main() -> int:
    """Count, compare and print; return 1 where something has grown that may not."""
    stock.texts("mix", ROWS)
    stock.campaign(ROWS)
    commit = sys.argv[1] if sys.argv[1:] else base_commit()
    with TemporaryDirectory() as folder:
        head, base = count_both(Path(folder), commit)
        if commit and not base:
            print(f"the sources are those of {commit[:12]}")
        if lost := WORKLOADS.keys() - {EMPTY, *(key.workload for key in head)}:
            sys.exit(f"these workloads do not run any more: {', '.join(sorted(lost))}")
        excused = excuses(commit) if commit else set()
        return max([show(key, head[key], base.get(key), key.workload in excused) for key in sorted(head)])


def count_both(folder: Path, commit: str | None) -> tuple[Counts, Counts]:
    """Build and count the tree, and the commit if it differs."""
    gauge = folder / "gauge.so"
    compiler = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", gauge]
    subprocess.run(compiler, input=GAUGE, text=True, check=True)
    trees = [copy_tree(folder / "head")]
    if commit and differs(commit):
        trees.append(copy_commit(commit, folder / "base"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(build, trees))
        jobs = [[pool.submit(count, tree, level, gauge) for level in levels(tree)] for tree in trees]
    head, *base = ({key: one for job in tree for key, one in job.result().items()} for tree in jobs)
    return head, base[0] if base else {}


def git(*words: str) -> str | None:
    """Ask git about this tree; None where it has no answer."""
    if not (ROOT / ".git").exists():
        return None
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def base_commit() -> str | None:
    """Find what to compare with: where this branch left main, or what main was before its last commit."""
    head = git("rev-parse", "HEAD")
    forks = (git("merge-base", "HEAD", main) for main in ("origin/main", "main"))
    fork = next(filter(None, forks), head)
    return git("rev-parse", "--verify", "HEAD^") if fork == head and not differs(head) else fork


def differs(commit: str | None) -> bool:
    """Tell whether what is built is another than at a commit."""
    return git("diff", "--quiet", commit or "HEAD", "--", "callr_segment", "setup.py") is None


def excuses(commit: str) -> set[str]:
    """Read the workloads that commits since then say are slower."""
    said = git("log", "--format=%(trailers:key=Slower,valueonly)", f"{commit}..HEAD") or ""
    return set(said.replace(",", " ").split())


def copy_tree(folder: Path) -> Path:
    """Copy what the build needs of this tree."""
    folder.mkdir()
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LITTER)
        else:
            shutil.copy(source, folder)
    return folder


def copy_commit(commit: str, folder: Path) -> Path:
    """Copy what the build needs of a commit."""
    folder.mkdir()
    command = ["git", "archive", commit, *NEEDED]
    archive = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
    return folder


def build(tree: Path) -> None:
    """Build the core of a tree in place."""
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    environment = os.environ | {"CALLR_SEGMENT_NATIVE": "1", "CALLR_SEGMENT_SYMBOLS": "1"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{tree.name} does not build:\n{done.stderr[-2000:]}")


def levels(tree: Path) -> tuple[str, ...]:
    """Tell which levels of SIMD a tree knows; a tree without any has one way to do it."""
    core = tree / "callr_segment" / "_core"
    return LEVELS if any((core / name).exists() for name in ("simd.pyx", "kernels.pyx")) else ("native",)


def count(tree: Path, level: str, gauge: Path) -> Counts:
    """Run every workload at one level, and count the instructions beyond those of the gauge itself."""
    out = tree / f"callgrind.{level}"
    tool = ["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}"]
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"}
    environment |= {"CALLR_SEGMENT_IMPLEMENTATION": "native"}
    if level in LEVELS:
        environment |= {"CALLR_SEGMENT_SIMD": level}
    script = tree / "bench" / "workloads.py"
    subprocess.run([*tool, sys.executable, script, gauge], env=environment, check=True)
    found = {}
    for path in sorted(tree.glob(f"{out.name}.*")):
        text = path.read_text(encoding="utf-8")
        if marked := DUMP.search(text):
            found[marked[1]] = Count(int(TOTAL.search(text)[1]), path)
    overhead = found.pop(EMPTY).instructions
    return {
        Key(level, name): Count(each.instructions - overhead, each.profile) for name, each in found.items()
    }


def show(key: Key, head: Count, base: Count | None, excused: bool) -> int:
    """Print one line, and where a workload has grown too much the functions that did; return 1 for that."""
    line = f"{key.level:8} {key.workload:10} {head.instructions:14,}"
    if base is None:
        print(line)
        return 0
    ratio = head.instructions / base.instructions
    print(f"{line}  {ratio - 1:+8.2%} of {base.instructions:,}{'  excused' if excused else ''}")
    if ratio <= ALLOWED or excused:
        return 0
    for name, more in grown(head, base):
        print(f"{'':20}{more:+14,}  {name}")
    return 1


def grown(head: Count, base: Count) -> list[tuple[str, int]]:
    """List the functions that take more instructions than they did, the worst first."""
    after, before = functions(head.profile), functions(base.profile)
    more = ((name, here - before.get(name, 0)) for name, here in after.items())
    return sorted((each for each in more if each[1] > 0), key=lambda each: -each[1])[:5]


def functions(profile: Path) -> dict[str, int]:
    """Read how many instructions each function takes for itself."""
    command = ["callgrind_annotate", "--threshold=100", profile]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, int] = {}
    for digits, name in FUNCTION.findall(done.stdout):
        found[name] = found.get(name, 0) + int(digits.replace(",", ""))
    return found


if __name__ == "__main__":
    sys.exit(main())
