"""Small changes of the code that a test must notice: a seeded sample of them, made and tried one by one.

``python mutants.py [--sample N] [--seed N] [--room ROOM]`` prints each mutant that no test noticed, and the
share that was killed. A mutant is first tried with the tests of its room, and where these let it pass with
those of the whole house. The changes are those of Cosmic Ray. What can have no effect is left out:
annotations, which are never evaluated, and caches, without which the answers are the same.
"""

import argparse
import ast
import os
import random
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.plugins import get_operator, operator_names
from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import MutationSpec, TestOutcome
from folders import ROOT

SAMPLE, SEED = 300, 20261129
SECONDS = 300  # that tests may take before a mutant is taken to never end, and so to be noticed
CAMPAIGN, SENDING = ("tests/campaign", "tests/cli", "tests/package/test_examples.py"), ("tests/sending",)
ROOMS = {  # the tests of a room, and those of its house
    "campaign/rates": (("tests/campaign/rates",), CAMPAIGN),
    "campaign/costing": (("tests/campaign/costing", "tests/campaign/test_estimation.py"), CAMPAIGN),
    "campaign/savings": (("tests/campaign/savings",), CAMPAIGN),
    "text": (("tests/text",), (*CAMPAIGN, *SENDING)),
    "sending/ledger": (("tests/sending/test_ledger.py", "tests/sending/test_delivery.py"), SENDING),
}
LITTER = shutil.ignore_patterns("__pycache__", ".git", ".venv", "build", "dist", ".hypothesis")
CACHES = ("cache", "lru_cache", "cached_property")
Position = tuple[int, int]


class Span(NamedTuple):
    """From one position in a source to another: line and column."""

    start: Position
    stop: Position

    def holds(self, position: Position) -> bool:
        return self.start <= position < self.stop


class Mutant(NamedTuple):
    """One change of a file: which operator, and where it applies for the so manieth time."""

    room: str
    path: str
    start: Position
    stop: Position
    operator: str
    occurrence: int


class Verdict(NamedTuple):
    """What became of a mutant: whether a test noticed it, and the change as a diff."""

    mutant: Mutant
    is_killed: bool
    diff: str


def mutants_of(room: str) -> Iterator[Mutant]:
    """Every mutant of the files that lie directly in a room."""
    for path in sorted((ROOT / "callr_segment" / room).glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "written by scripts/" in source.partition("\n")[0]:
            continue
        inert, nodes = list(inert_spans(ast.parse(source))), list(ast_nodes(get_ast(source)))
        for operator in operators():
            made = get_operator(operator)()
            positions = (place for node in nodes for place in made.mutation_positions(node))
            for occurrence, (start, stop) in enumerate(positions):
                if not any(span.holds(start) for span in inert):
                    where = str(path.relative_to(ROOT))
                    yield Mutant(room, where, start, stop, operator, occurrence)


def operators() -> Iterator[str]:
    """Operators without arguments; `is` for `==` tells of the interpreter, and one does nothing."""
    for name in operator_names():
        if not get_operator(name).arguments() and not name.endswith(("NoOp", "Eq_Is", "Eq_IsNot")):
            yield name


def inert_spans(tree: ast.AST) -> Iterator[Span]:
    """Where a change has no effect: annotations, imports for type checkers, caches, and `__all__`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield span_of(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            yield from (span_of(each) for each in node.decorator_list if is_cache(each))
            if node.returns is not None:
                yield span_of(node.returns)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield span_of(node)


def span_of(node: ast.AST) -> Span:
    """Where a node stands; the sign of a decorator is its own."""
    return Span((node.lineno, max(node.col_offset - 1, 0)), (node.end_lineno, node.end_col_offset))


def is_cache(decorator: ast.expr) -> bool:
    """Whether a decorator only remembers answers."""
    return ast.unparse(decorator).partition("(")[0].rpartition(".")[2] in CACHES


def sample_of(size: int, seed: int, rooms: list[str]) -> list[Mutant]:
    """One mutant at each of so many places, drawn from all that can be changed there."""
    places: dict[tuple[str, Position], list[Mutant]] = {}
    for mutant in (mutant for room in rooms for mutant in mutants_of(room)):
        places.setdefault((mutant.path, mutant.start), []).append(mutant)
    drawn = random.Random(seed)
    return sorted(
        drawn.choice(places[place]) for place in drawn.sample(sorted(places), min(size, len(places)))
    )


def enter(folders: list[Path]) -> None:
    """Take one of the copies of the tree for this process."""
    for folder in folders:
        try:
            (folder / "taken").touch(exist_ok=False)
        except FileExistsError:
            continue
        os.chdir(folder)
        os.environ |= {"PYTHONPATH": str(folder), "HYPOTHESIS_PROFILE": "mutants"}
        return
    raise RuntimeError("more processes than copies of the tree")


def try_mutant(mutant: Mutant) -> Verdict:
    """Make a mutant in the copy of this process and run tests until one fails."""
    spec = MutationSpec(
        module_path=Path.cwd() / mutant.path,
        operator_name=mutant.operator,
        occurrence=mutant.occurrence,
        start_pos=mutant.start,
        end_pos=mutant.stop,
    )
    diff = ""
    for tests in ROOMS[mutant.room]:
        result = mutate_and_test([spec], command(tests), SECONDS)
        diff = result.diff or result.output or ""
        if result.test_outcome is not TestOutcome.SURVIVED:
            return Verdict(mutant, result.test_outcome is TestOutcome.KILLED, diff)
    return Verdict(mutant, is_killed=False, diff=diff)


def check_unchanged(rooms: set[str]) -> None:
    """Make sure that tests pass where nothing is changed: else every mutant would seem to be noticed."""
    for tests in dict.fromkeys(tests for room in rooms for tests in ROOMS[room]):
        outcome, output = run_tests(command(tests), SECONDS)
        if outcome is not TestOutcome.SURVIVED:
            raise RuntimeError(f"{tests} fail without a mutant: {output[-2000:]}")


def command(tests: tuple[str, ...]) -> str:
    """How tests are run on a mutant: until the first fails."""
    return f"{sys.executable} -m pytest -q -x -p no:benchmark --no-header {' '.join(tests)}"


def try_all(mutants: list[Mutant], report=print) -> list[Verdict]:
    """Try mutants on every core, each process in a copy of its own."""
    cores = len(os.sched_getaffinity(0))
    with TemporaryDirectory() as place:
        folders = [Path(place) / str(core) for core in range(cores)]
        for folder in folders:
            shutil.copytree(ROOT, folder, ignore=LITTER)
        with ProcessPoolExecutor(cores, initializer=enter, initargs=(folders,)) as pool:
            pool.submit(check_unchanged, {mutant.room for mutant in mutants}).result()
            verdicts = []
            for verdict in pool.map(try_mutant, mutants):
                verdicts.append(verdict)
                if not verdict.is_killed:
                    report(f"survived: {verdict.mutant.path} {verdict.mutant.operator}\n{verdict.diff}\n")
            return verdicts


def main() -> int:
    """Try a sample and tell the share that was killed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--room", choices=ROOMS, action="append")
    asked = parser.parse_args()
    verdicts = try_all(sample_of(asked.sample, asked.seed, asked.room or list(ROOMS)))
    killed = sum(verdict.is_killed for verdict in verdicts)
    print(f"{killed} of {len(verdicts)} mutants were noticed: {killed / len(verdicts):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
