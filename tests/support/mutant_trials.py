"""Runs of tests on a changed tree, started by fork, and by name: those that run the changed line.

What is imported from elsewhere is imported once, before the forks: it is most of what a short test takes. A
first run over the unchanged tree tells how long each test takes and which lines it runs. A mutant is tried
with the tests that run its line, shortest first, until one fails. What only few ran may be what a cache kept
for the others: there, all that run something of its file are tried.
"""

import ast
import compileall
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import NamedTuple

import coverage
import pytest
from folders import ROOT

CPU_SECONDS = 20  # that a test may work beyond five times what it takes on the unchanged tree
COLLECTION_SECONDS = 10  # on the unchanged tree
SECONDS = 120  # that it may take beyond twenty times that: a test that waits for ever has noticed something
MEMORY = 8 << 30
FEW = 5  # tests, of which one may have filled a cache for others
IMPORT = ""  # what runs a line outside of every test
LITTER = shutil.ignore_patterns("__pycache__", ".git", ".venv", "build", "dist", ".hypothesis")
OPTIONS = ("-q", "--no-header", "-p", "no:benchmark", "-W", "ignore::pytest.PytestAssertRewriteWarning")
SURVEY = "survey.json"
LONGER = ("CALLR_SEGMENT_SLICES", "CALLR_SEGMENT_SAFETY", "CALLR_SEGMENT_TORTURE")
PRELOADED = (
    "anyio",
    "cyclopts",
    "httpx2",
    "hypothesis",
    "jinja2",
    "openpyxl",
    "pandas",
    "pyarrow.compute",
    "pyarrow.csv",
    "pyarrow.parquet",
    "python_calamine",
    "rich.console",
    "starlette.applications",
    "tqdm",
    "uvicorn",
)


class Survey(NamedTuple):
    """What the tests of a room do on the unchanged tree: CPU seconds by test, tests by line by path."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, list[str]]]

    def tests_of(self, path: str, line: int) -> list[str]:
        """The tests that run a line, shortest first; all of them for what an import runs."""
        ran = self.lines.get(path, {})
        known = [number for number in ran if number <= line]
        chosen = set(ran[max(known)]) if known and is_in_function(ROOT / path, line) else {IMPORT}
        if len(chosen) <= FEW and IMPORT not in chosen:
            chosen = set().union(*ran.values()) - {IMPORT}
        tests = self.seconds if IMPORT in chosen else chosen.intersection(self.seconds)
        return sorted(tests, key=self.seconds.__getitem__)


class Surveyor:
    """A plugin that notes how long each test takes and which lines of the package it runs."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._started = time.process_time()
        self._coverage = coverage.Coverage(data_file=None, source=["callr_segment"], config_file=False)
        self._coverage.start()

    def pytest_runtest_logstart(self, nodeid) -> None:
        self._coverage.switch_context(nodeid)
        self._started = time.process_time()

    def pytest_runtest_logreport(self, report) -> None:
        if report.passed and report.when == "call":
            self._seconds[report.nodeid] = time.process_time() - self._started

    def pytest_runtest_logfinish(self) -> None:
        self._coverage.switch_context(IMPORT)

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        lines = {
            str(Path(path).relative_to(Path.cwd())): data.contexts_by_lineno(path)
            for path in data.measured_files()
        }
        Path(SURVEY).write_text(json.dumps([self._seconds, lines]), encoding="utf-8")


class Chosen:
    """A plugin that runs some of the tests that are collected, in a given order, none of them for ever."""

    def __init__(self, tests: list[str], seconds: dict[str, float]) -> None:
        self._order = {test: place for place, test in enumerate(tests)}
        self._seconds = seconds

    def pytest_collection_modifyitems(self, items) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid]
        )

    def pytest_collection(self) -> None:
        allow(COLLECTION_SECONDS)

    def pytest_runtest_logstart(self, nodeid) -> None:
        allow(self._seconds[nodeid])


def is_in_function(path: Path, line: int) -> bool:
    """Whether a line stands in the body of a function."""
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return any(node.body[0].lineno <= line <= node.end_lineno for node in functions)


def allow(seconds: float) -> None:
    """Let this process go on for some times what it takes on the unchanged tree, before it is ended."""
    most = round(time.process_time() + CPU_SECONDS + 5 * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
    signal.alarm(round(SECONDS + 20 * seconds))


def preload() -> None:
    """Import what tests take from elsewhere; what is absent, they do without."""
    for name in PRELOADED:
        with suppress(ImportError):
            importlib.import_module(name)


def survey(folder: Path, tests: tuple[str, ...]) -> Survey:
    """Run tests on the unchanged tree; one that fails there is left out, for it would notice every mutant."""
    code = run_apart(lambda: pytest.main([*OPTIONS, *tests], plugins=[Surveyor()]), folder)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        output = (folder / "output").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"the tests {' '.join(tests)} could not be run on the unchanged tree:\n{output}")
    seconds, lines = json.loads((folder / SURVEY).read_text(encoding="utf-8"))
    return Survey(seconds, {path: {int(line): ran for line, ran in of.items()} for path, of in lines.items()})


def passes(survey: Survey, tests: list[str]) -> bool:
    """Whether tests of a survey pass on the tree of this process."""
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    options = [*OPTIONS, "-x", *files]
    return not run_apart(lambda: pytest.main(options, plugins=[Chosen(tests, survey.seconds)]), Path.cwd())


def enter(folder: Path) -> None:
    """Make a copy of the tree the one that this process imports from, and switch longer tests off."""
    os.chdir(folder)
    for variable in LONGER:
        os.environ.pop(variable, None)
    os.environ |= {
        "PYTHONPATH": str(folder),
        "HYPOTHESIS_PROFILE": "mutants",
        "OPENBLAS_NUM_THREADS": "1",
    }
    sys.path.insert(0, str(folder))


def copy_tree(folder: Path) -> None:
    """Copy the tree; bytecode is told from its source by a hash, for a mutant is as long and as young."""
    shutil.copytree(ROOT, folder, ignore=LITTER)
    package = str(folder / "callr_segment")
    compileall.compile_dir(package, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)


def run_apart(run: Callable[[], int], folder: Path) -> int:
    """Run something in a process of its own on a tree: its exit code, or a negative one if it was ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            enter(folder)
            code = run_here(run)
        finally:  # whatever it raised, this is not to go on as a second parent
            os._exit(code)
    try:
        ended = os.waitpid(child, 0)
    finally:
        with suppress(ProcessLookupError):  # what a test that failed has left
            os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(ended[1])


def run_here(run: Callable[[], int]) -> int:
    """Run something with its output in a file, in a session of its own, and within limits."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with open("output", "wb", buffering=0) as output:  # noqa: PTH123 - the descriptor is what counts
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.modules.pop("folders", None)  # the copy has its own
    sys.dont_write_bytecode = True
    return int(run())
