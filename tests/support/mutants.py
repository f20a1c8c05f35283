"""Small changes of the code that a test must notice: a seeded sample of them, made and tried one by one.

``python mutants.py [--sample N] [--seed N] [--room ROOM] [--processes N]`` prints each mutant that no test
noticed, and the share that was killed by room. A mutant is first tried with those tests of its room that run
its line, and where these let it pass with those of its house. The changes are those of Cosmic Ray. What can
have no effect is left out: annotations, which are never evaluated; caches, without which the answers are the
same; `strict=` of `zip`, which guards columns that are made alike; and equality for identity or the reverse,
which for None and for small numbers is one question.
"""

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import mutant_trials
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator, operator_names
from folders import DATA, ROOT
from mutant_trials import Survey


class Room(NamedTuple):
    """The tests of a room, and those of its house."""

    tests: tuple[str, ...]
    tests_of_house: tuple[str, ...]


SAMPLE, SEED = 300, 20261129
KILLED, EXPLAINED, SURVIVED = "killed", "explained", "survived"
EXAMPLES = "tests/package/test_examples.py"
SHOWN = f"{EXAMPLES}::test_the_examples_of_docstrings"
CAMPAIGN, SENDING = ("tests/campaign", "tests/cli", EXAMPLES), ("tests/sending", EXAMPLES)
ROOMS = {
    "campaign/rates": Room(("tests/campaign/rates", SHOWN), CAMPAIGN),
    "campaign/costing": Room(
        ("tests/campaign/costing", "tests/campaign/test_estimation.py", SHOWN), CAMPAIGN
    ),
    "campaign/savings": Room(("tests/campaign/savings", SHOWN), CAMPAIGN),
    "text": Room(("tests/text", SHOWN), (*CAMPAIGN, *SENDING)),
    "sending/ledger": Room(
        ("tests/sending/test_ledger.py", "tests/sending/test_delivery.py", SHOWN), SENDING
    ),
}
SAME_QUESTION = ("Is_Eq", "IsNot_NotEq", "Eq_Is", "Eq_IsNot")
EQUIVALENT = json.loads((DATA / "equivalent_mutants.json").read_text(encoding="utf-8"))
"""Why a mutant that no test can notice answers alike: by file, and the line it makes."""
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
    """What became of a mutant: whether a test noticed it, how many tests run its line, and its diff."""

    mutant: Mutant
    is_killed: bool
    tests: int
    diff: str

    @property
    def outcome(self) -> str:
        """Killed, explained as one that answers alike, or survived."""
        if self.is_killed:
            return KILLED
        known = {stripped(line) for line in EQUIVALENT.get(self.mutant.path, {})}
        made = [stripped(line[1:]) for line in self.diff.splitlines()[2:] if line.startswith("+")]
        return EXPLAINED if made and known.issuperset(made) else SURVIVED


def stripped(line: str) -> str:
    """Take the spaces out of a line, of which a change may add some."""
    return "".join(line.split())


def mutants_of(room: str) -> Iterator[Mutant]:
    """Every mutant of the files that lie directly in a room."""
    for path in sorted((ROOT / "callr_segment" / room).glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "written by scripts/" in source.partition("\n")[0]:
            continue
        tree, nodes, lines = ast.parse(source), list(ast_nodes(get_ast(source))), source.splitlines()
        inert, binary = list(inert_spans(tree)), list(binary_spans(tree))
        for operator in operators():
            made = get_operator(operator)()
            positions = (place for node in nodes for place in made.mutation_positions(node))
            for occurrence, (start, stop) in enumerate(positions):
                if any(span.holds(start) for span in inert):
                    continue
                if "ExceptionReplacer" in operator and not is_name(lines, start, stop):
                    continue
                if "BinaryOperator" not in operator or any(span.holds(start) for span in binary):
                    where = str(path.relative_to(ROOT))
                    yield Mutant(room, where, start, stop, operator, occurrence)


def operators() -> Iterator[str]:
    """Operators without arguments that change what is asked."""
    for name in operator_names():
        if not get_operator(name).arguments() and not name.endswith(("NoOp", *SAME_QUESTION)):
            yield name


def inert_spans(tree: ast.AST) -> Iterator[Span]:
    """Where a change has no effect: annotations, imports for type checkers, caches, guards of `zip`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield span_of(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            yield from (span_of(each) for each in node.decorator_list if is_cache(each))
            if node.returns is not None:
                yield span_of(node.returns)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "zip":
            yield from (span_of(each) for each in node.keywords)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield span_of(node)


def binary_spans(tree: ast.AST) -> Iterator[Span]:
    """Where binary operators stand: a star between parameters is none, and what it becomes no Python."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            left, right = node.left, node.right
        elif isinstance(node, ast.AugAssign):
            left, right = node.target, node.value
        else:
            continue
        yield Span((left.end_lineno, left.end_col_offset), (right.lineno, right.col_offset))


def is_name(lines: list[str], start: Position, stop: Position) -> bool:
    """Whether a bare name stands there: an exception that is named with its module cannot be replaced."""
    return start[0] == stop[0] and lines[start[0] - 1][start[1] : stop[1]].isidentifier()


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


def try_all(mutants: list[Mutant], processes: int, is_quick: bool = False) -> Iterator[Verdict]:
    """Try mutants in so many processes, each with a copy of the tree."""
    mutant_trials.preload()
    with TemporaryDirectory() as place:
        folders = [Path(place) / str(number) for number in range(processes)]
        mutant_trials.copy_tree(folders[0])
        surveys = {
            tests: mutant_trials.survey(folders[0], tests)
            for tests in dict.fromkeys(
                tests for mutant in mutants for tests in ROOMS[mutant.room][: 2 - is_quick]
            )
        }
        for folder in folders[1:]:
            shutil.copytree(folders[0], folder)
        with ProcessPoolExecutor(processes, initializer=take_copy, initargs=(folders,)) as pool:
            yield from pool.map(partial(try_mutant, surveys), mutants)


def take_copy(folders: list[Path]) -> None:
    """Take one of the copies of the tree for this process."""
    for folder in folders:
        with suppress(FileExistsError):
            (folder / "taken").touch(exist_ok=False)
            return os.chdir(folder)
    raise RuntimeError("more processes than copies of the tree")


def try_mutant(surveys: dict[tuple[str, ...], Survey], mutant: Mutant) -> Verdict:
    """Make a mutant in the copy of this process and run tests until one fails."""
    operator, count = get_operator(mutant.operator)(), 0
    with use_mutation(Path.cwd() / mutant.path, operator, mutant.occurrence) as (before, after):
        if after is None:
            raise LookupError(f"there is no such mutant: {mutant}")
        changed = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
        diff = "\n".join(changed)
        for survey in (surveys[tests] for tests in ROOMS[mutant.room] if tests in surveys):
            tests = survey.tests_of(mutant.path, mutant.start[0])
            count += len(tests)
            if tests and not mutant_trials.passes(survey, tests):
                return Verdict(mutant, True, count, diff)
    return Verdict(mutant, False, count, diff)


def main() -> int:
    """Try a sample and tell the share that was killed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--room", choices=ROOMS, action="append")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--quick", action="store_true", help="only with the tests of the mutant's room")
    asked = parser.parse_args()
    mutants = sample_of(asked.sample, asked.seed, asked.room or list(ROOMS))
    counts: dict[str, Counter] = {}
    for verdict in try_all(mutants, asked.processes, asked.quick):
        counts.setdefault(verdict.mutant.room, Counter())[verdict.outcome] += 1
        if verdict.outcome != KILLED:
            print(f"{verdict.outcome}: {verdict.mutant.path} {verdict.mutant.operator}")
            print(verdict.diff, flush=True)
    for room, of in {**counts, "all": sum(counts.values(), Counter())}.items():
        print(f"{room}: {dict(of)}, {1 - of[SURVIVED] / of.total():.1%} noticed or explained")
    return 0


if __name__ == "__main__":
    sys.exit(main())
