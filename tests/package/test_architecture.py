"""The rooms stay what they are: floors, the door to the core, public names, and the size of things."""

import ast
import importlib
import inspect
import re
import statistics
import sys
from typing import NamedTuple

import pytest
from folders import ROOT

PACKAGE = ROOT / "callr_segment"
if not (PACKAGE / "__init__.py").exists():
    pytest.skip("the sources are not here: an installed package is being tested", allow_module_level=True)

FLOORS = [
    {"errors", "alphabet", "typing", "version"},
    {"_core"},
    {"text"},
    {"campaign"},
    {"sending", "engines", "pandas", "polars", "widget", "lint", ""},  # "" is callr_segment/__init__.py
    {"testing"},
    {"cli", "__main__"},
]
DOORS = {"callr_segment._core", "callr_segment._core.columnar"}
BEHIND_THE_DOORS = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for kind in ("*.pyx", "fallback/*.py")
    for path in (PACKAGE / "_core").glob(kind)
}
OUTSIDE = {  # what a room may import while it is imported itself; the rest waits until it is used
    "campaign": {"numpy", "pandas", "pyarrow"},
    "engines": {"numpy", "pandas", "pyarrow"},
    "pandas": {"numpy", "pandas", "pyarrow"},
    "polars": {"polars"},
    "sending": {
        *("anyio", "httpcore2", "httpx2", "numpy", "pandas", "pyarrow"),
        *("starlette", "trustme", "uvicorn"),
    },
    "testing": {"pytest"},
    "widget": {"anywidget", "traitlets"},
    "cli": {"cyclopts", "rich"},
}
CYTHON_IMPORT = re.compile(r"^(?:from ([\w.]+) )?c?import (.+)$", re.MULTILINE)

CARRIED = {"callr_segment.errors": {"callr_segment"}}
"""Higher floors whose types only checkers read: an error carries what the floor that raises it knows."""

SOURCES = sorted(path for kind in ("*.py", "*.pyi", "*.pyx", "*.pxd") for path in PACKAGE.rglob(kind))
MODULES = [path for path in SOURCES if path.suffix == ".py"]


class Import(NamedTuple):
    """What one line imports; not `eager` inside a function, or where only type checkers look."""

    module: str
    eager: bool


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module):
    return module.split(".")[1] if "." in module else ""


def floor_of(module):
    return next(number for number, rooms in enumerate(FLOORS) if room_of(module) in rooms)


def exists(module):
    path = PACKAGE.parent.joinpath(*module.split("."))
    return path.is_dir() or any(path.with_suffix(kind).exists() for kind in (".py", ".pyx", ".pxd"))


def named(module, names):
    """Modules that `from module import names` touches."""
    for name in names:
        yield f"{module}.{name}" if exists(f"{module}.{name}") else module


def imports_of(path):
    if path.suffix in (".pyx", ".pxd"):
        return list(cython_imports(path.read_text(encoding="utf-8")))
    return list(python_imports(ast.parse(path.read_text(encoding="utf-8")), eager=True))


def cython_imports(source):
    for module, names in CYTHON_IMPORT.findall(source):
        listed = [name.split(" as ")[0].strip() for name in names.strip("( ").split(",")]
        for each in named(module, listed) if module else listed:
            yield Import(each, eager=True)


def python_imports(node, *, eager):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, eager) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: imports are absolute"
            names = [alias.name for alias in child.names]
            yield from (Import(module, eager) for module in named(child.module, names))
        else:
            later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or is_for_checkers(child)
            yield from python_imports(child, eager=eager and not later)


def is_for_checkers(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def functions_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_of(function):
    """Lines of a function; its docstring and its signature, one line an option, are not counted."""
    documented = ast.get_docstring(function, clean=False) is not None
    statements = function.body[1:] if documented else function.body
    return function.end_lineno - statements[0].lineno + 2 if statements else 1


def code_lines(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def is_public(module):
    return module == "callr_segment._core" or "._" not in module


def is_generated(path):
    return "written by scripts/" in path.read_text(encoding="utf-8").partition("\n")[0]


pytestmark = pytest.mark.once
each_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
each_public_module = pytest.mark.parametrize(
    "path",
    [path for path in MODULES if is_public(module_name(path))],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)


@each_source
def test_a_module_imports_its_own_floor_or_a_lower_one(path):
    here = floor_of(module_name(path))
    above = {
        each.module
        for each in imports_of(path)
        if each.module.split(".")[0] == "callr_segment" and floor_of(each.module) > here
    } - CARRIED.get(module_name(path), set())
    assert not above, f"{module_name(path)} is on floor {here} and imports from above it"


HOUSES = {
    "campaign": ["columns", "files", "recipients", "messages", "rates", "costing", "savings", "reports"],
    "sending": ["api", "ledger", "delivery", "billing"],
}
"""The rooms of each house: a room uses those before it; what lies in the house itself may use all."""

BESIDE = {"demo", "fake"}  # they stand on top of a house, and may use all of it


@pytest.mark.parametrize("house", HOUSES)
def test_a_house_has_the_rooms_of_the_list(house):
    present = {path.parent.name for path in (PACKAGE / house).glob("*/__init__.py")} - BESIDE
    assert present == set(HOUSES[house])


def test_the_map_of_a_campaign_names_the_rooms_in_their_order():
    shown = importlib.import_module("callr_segment.campaign").__doc__
    assert re.findall(r"^\* ``(\w+)``", shown, re.MULTILINE) == HOUSES["campaign"]


@each_source
def test_a_room_uses_only_the_rooms_before_it(path):
    house, room = [*module_name(path).split(".")[1:], "", ""][:2]
    rooms = HOUSES.get(house, [])
    if room in rooms:
        used = {each.module for each in imports_of(path) if each.module.startswith(f"callr_segment.{house}.")}
        allowed = rooms[: rooms.index(room) + 1]
        assert sorted(name for name in used if name.split(".")[2] not in allowed) == []


def test_no_imports_go_round_in_a_circle():
    """Counting those inside functions and those for type checkers."""
    left = {module_name(path): {each.module for each in imports_of(path)} for path in MODULES}
    del left["callr_segment"]  # the door: it opens what is asked for
    while settled := [name for name, used in left.items() if not used & left.keys() - {name}]:
        for name in settled:
            del left[name]
    assert sorted(left) == []


def test_no_file_name_begins_with_an_underscore():
    dunder = ("__init__", "__main__")
    assert [path for path in SOURCES if path.name[0] == "_" and not path.name.startswith(dunder)] == []


@each_source
def test_only_the_doors_open_the_core(path):
    if room_of(module_name(path)) != "_core":
        assert not BEHIND_THE_DOORS & {each.module for each in imports_of(path)}, (
            "ask callr_segment._core or callr_segment._core.columnar instead"
        )


@each_source
def test_native_code_does_without_its_fallback(path):
    """They share records; the fallback waits for where nothing can be compiled, and for tests."""
    module = module_name(path)
    if room_of(module) == "_core" and module not in DOORS and ".fallback" not in module:
        assert not {each.module for each in imports_of(path) if ".fallback" in each.module}


def test_one_message_loads_nothing_of_columns():
    """Nor does anything that the text floor imports, when it is imported or later."""
    columnar = {"callr_segment._core.columnar", "callr_segment._core.column_records"}
    lower = [path for path in SOURCES if room_of(module_name(path)) == "text"]
    touched = {each.module for path in [PACKAGE / "_core/__init__.py", *lower] for each in imports_of(path)}
    assert not columnar & touched


@each_module
def test_heavy_and_optional_dependencies_wait_until_they_are_used(path):
    allowed = {"callr_segment", *sys.stdlib_module_names, *OUTSIDE.get(room_of(module_name(path)), ())}
    eager = {each.module.split(".")[0] for each in imports_of(path) if each.eager}
    assert eager <= allowed


def test_the_package_opens_the_text_floor_only():
    """The frames of `import callr_segment` are fetched when they are first asked for."""
    eager = [each.module for each in imports_of(PACKAGE / "__init__.py") if each.eager]
    assert max(map(floor_of, (name for name in eager if name.startswith("callr_segment")))) == 2


@each_public_module
def test_all_is_written_out_and_is_what_is_exported(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign) for node in tree.body):
        return  # a package that is a docstring exports nothing
    listed = literal_all(tree)
    module = importlib.import_module(module_name(path))
    assert len(set(listed)) == len(listed)
    assert [name for name in listed if not hasattr(module, name)] == []
    made = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [name for name in made if name[0] != "_" and name not in listed] == [], "not private, not exported"


def literal_all(tree):
    """The value of `__all__`, which type checkers can read only when it is a plain list."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    raise AssertionError("there is no __all__")


def test_the_package_exports_what_it_lists():
    package = importlib.import_module("callr_segment")
    public = {name for name, value in vars(package).items() if name[0] != "_" and not inspect.ismodule(value)}
    assert public - {"annotations", "TYPE_CHECKING"} <= set(package.__all__)
    assert set(package.__all__) <= set(dir(package))


def test_every_public_function_shows_an_example():
    package = importlib.import_module("callr_segment")
    functions = [name for name in package.__all__ if inspect.isroutine(getattr(package, name))]
    assert functions
    assert [name for name in functions if ">>>" not in (getattr(package, name).__doc__ or "")] == []


@each_module
def test_every_public_function_and_class_is_documented(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [name for name, node in public_nodes(tree) if not ast.get_docstring(node)] == []


def public_nodes(node):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and child.name[0] != "_":
            yield child.name, child
            if isinstance(child, ast.ClassDef):
                yield from public_nodes(child)


@each_module
def test_no_function_is_longer_than_forty_lines(path):
    assert [node.name for node in functions_of(path) if lines_of(node) > 40] == []


def test_half_the_functions_are_ten_lines_or_shorter():
    assert statistics.median(lines_of(node) for path in MODULES for node in functions_of(path)) <= 10


@each_source
def test_no_file_is_too_long_to_read_at_once(path):
    assert is_generated(path) or len(code_lines(path)) <= (300 if path.suffix == ".pyx" else 450)
