"""What importing costs, and what works where nothing else is installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import callr_segment

PACKAGE = Path(callr_segment.__file__).parent
HEAVY = {"numpy", "pandas", "pyarrow", "polars", "jinja2"}
SLOW = {"asyncio", "dataclasses", "inspect", "json", "decimal", "unicodedata", "csv", "logging", "pathlib"}
WITHOUT_NUMPY = "import sys; sys.modules['numpy'] = None; import callr_segment"
COLUMN_MODULES = (
    *("column*.py", "arrow.*", "row_*.*", "signatures.*", "template_*.*", "text_[!os]*.*"),  # built or not
    *("fallback/columns.py", "fallback/rows.py", "fallback/signatures.py", "fallback/templates.py"),
)
TEXT_MODULES = [
    f"callr_segment.{path.parent.name}.{path.stem}"
    for room in ("_core", "text")
    for path in sorted((PACKAGE / room).glob("*.py"))
    if path.stem != "__init__"
]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A folder with this package and nothing else, to be the only one beside the standard library."""
    folder = tmp_path_factory.mktemp("alone")
    (folder / "callr_segment").symlink_to(PACKAGE)
    return folder


def run(code, *, folder=None):
    """Run code in a Python of its own; without site-packages when a folder takes their place."""
    options = ()
    if folder is not None:
        options, code = ("-I", "-S"), f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"
    command = [sys.executable, "-X", "utf8", *options, "-c", code]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def loaded_by(statement, *, folder=None):
    """The modules that a statement adds."""
    done = run(
        f"import sys; before = set(sys.modules)\n{statement}\nprint(*set(sys.modules) - before)",
        folder=folder,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_package_loads_no_frame_library():
    assert not loaded_by("import callr_segment") & HEAVY


def test_a_service_that_sends_loads_no_frame_library():
    added = loaded_by("from callr_segment import AsyncClient, Client, parse_event; Client(dry_run=True)")
    assert "httpx2" in added
    assert not added & {*HEAVY, "starlette", "uvicorn"}


def test_the_package_loads_nothing_slow(alone):
    """15 ms are two regular expressions and a few dozen files."""
    assert not loaded_by("import callr_segment", folder=alone) & SLOW


@pytest.mark.parametrize("implementation", ["native", "fallback"])
def test_one_message_loads_nothing_for_columns(alone, implementation):
    """Neither native modules nor, where they run, what stands in for them."""
    chosen = f"import os; os.environ['CALLR_SEGMENT_IMPLEMENTATION'] = {implementation!r}"
    asked = "import callr_segment as sms; sms.validate('Oui', to='+33639981020')"
    added = {
        name.rpartition(".")[2] for name in loaded_by(f"{chosen}; {asked}", folder=alone) if "_core." in name
    }
    other = {"native": "fallback", "fallback": "text_one"}[implementation]
    columns = {
        path.name.partition(".")[0] for kind in COLUMN_MODULES for path in (PACKAGE / "_core").glob(kind)
    }
    assert {"columnar", "arrow", "rows"} <= columns
    assert added.isdisjoint(columns | {other})


def test_the_text_floor_stands_on_the_standard_library_alone(alone):
    added = loaded_by(f"import {', '.join(TEXT_MODULES)}", folder=alone)
    allowed = sys.stdlib_module_names | {"callr_segment", "cython_runtime"}
    assert {
        name for name in added if name.split(".")[0] not in allowed and not name.startswith("_cython_")
    } == set()


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("segment('Prix : 5 €').units", "11"),
        ("segment('ça va ?').culprits[0].name", "LATIN SMALL LETTER C WITH CEDILLA"),
        ("count_parts('a' * 161)", "2"),
        ("is_gsm('ça')", "False"),
        ("normalize_number('06 39 98 10 20', default_region='FR').e164", "+33639981020"),
        ("Template('Bonjour {name}').segment(name='Zoé').units", "11"),
        ("rewrite('L\\u2019été. ' * 11, *sms.SAFE).count(\"'\")", "11"),
        ("validate('Bonjour', to='+33639981020').parts", "1"),
    ],
)
def test_one_message_needs_nothing_installed(alone, call, answer):
    done = run(f"import callr_segment as sms; print(sms.{call})", folder=alone)
    assert (done.stdout.strip(), done.stderr) == (answer, "")


@pytest.mark.parametrize(
    ("statement", "extra"),
    [
        ("import callr_segment; callr_segment.estimate", "campaign"),
        ("import callr_segment; callr_segment.segment_many", "campaign"),
        ("import callr_segment; callr_segment.Client", "send"),
        ("import callr_segment; callr_segment.reconcile", "campaign"),
        ("import callr_segment.testing", "fake"),
        (
            f"{WITHOUT_NUMPY}; callr_segment.Client(dry_run=True).send_all(None, 'x', budget_cents='1')",
            "campaign",
        ),
        ("import callr_segment.pandas", "campaign"),
        ("from callr_segment.cli import main; main(['demo'])", "cli"),
    ],
)
def test_what_is_missing_says_which_extra_brings_it(alone, statement, extra):
    done = run(statement, folder=None if WITHOUT_NUMPY in statement else alone)
    assert done.returncode != 0
    assert f'pip install "callr-segment[{extra}]"' in done.stderr


def test_a_half_built_package_says_so_and_the_way_out():
    code = (
        "import sys; sys.modules['callr_segment._core.simd'] = None\n"
        "try: import callr_segment\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CALLR_SEGMENT_IMPLEMENTATION": "native"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("callr_segment is only built in part: ")
    assert "CALLR_SEGMENT_IMPLEMENTATION=fallback" in done.stdout
