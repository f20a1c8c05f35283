"""The native core commits no error of memory, and nothing that C leaves undefined, while its tests run."""

import sys

import pytest
from builds import build, copy_sources, need, run, runtime, said

pytestmark = [pytest.mark.once, pytest.mark.safety]

FLAGS = (
    "-O1",
    "-g",
    "-fno-omit-frame-pointer",
    "-fno-wrapv",  # Python has its modules compiled with -fwrapv, and overflow would pass unseen
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=undefined",
)
TESTS = (
    *("core", "damaged_columns", "kernels", "number_plans", "rows"),
    *("signatures", "template_counts", "threads"),
)
LEFT_OUT = ("every_code_point", "boundary_heavy", "every_example")  # and take long
FAULTS = """
from libc.stdint cimport int32_t

def over_read(bytes text not None):
    return (<const unsigned char*>text)[len(text) + 1]  # there is a NUL after the last byte

def overflow(int32_t number):
    return number + number
"""


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory):
    """Sources built with both sanitizers, and among them a module that is at fault."""
    need("gcc", "build-essential")
    folder = copy_sources(tmp_path_factory.mktemp("sanitized"))
    (folder / "callr_segment" / "_core" / "faults.pyx").write_text(FAULTS, encoding="utf-8")
    return build(folder, "gcc", *FLAGS)


@pytest.fixture
def environment(sanitized):
    """Make Python's objects blocks of their own, so that what lies beyond them is nobody's."""
    return {
        "ASAN_OPTIONS": "detect_leaks=0",
        "CALLR_SEGMENT_IMPLEMENTATION": "native",
        "LD_PRELOAD": f"{runtime('gcc', 'libasan.so')} {runtime('gcc', 'libubsan.so')}",
        "PYTHONMALLOC": "malloc",
        "PYTHONPATH": str(sanitized),
    }


@pytest.mark.parametrize(
    ("call", "report"),
    [
        ("over_read(b'a' * 100)", "AddressSanitizer: heap-buffer-overflow"),
        ("overflow(1 << 30)", "runtime error: signed integer overflow"),
    ],
)
def test_a_fault_is_reported(sanitized, environment, call, report):
    command = (sys.executable, "-c", f"from callr_segment._core.faults import *; {call}")
    done = run(*command, cwd=sanitized, **environment)
    assert done.returncode != 0
    assert report in done.stdout


def test_the_core_is_at_no_fault(sanitized, environment):
    where = "from callr_segment._core import text_columns; print(text_columns.__file__)"
    assert said(sys.executable, "-c", where, cwd=sanitized, **environment).startswith(str(sanitized))
    chosen = " and ".join(f"not {name}" for name in LEFT_OUT)
    files = [sanitized / "tests" / "core" / f"test_{name}.py" for name in TESTS]
    said(sys.executable, "-m", "pytest", "-q", "-x", "-k", chosen, *files, cwd=sanitized, **environment)
