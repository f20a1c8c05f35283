"""No kernel reads or writes outside its column: memory that nothing may touch lies right beside it."""

import signal

import pytest
from levels import levels, run_python

pytest.importorskip("callr_segment._core.text_columns", reason="the native core is not built")
pytestmark = pytest.mark.once

PEEK = """
import ctypes, guarded, os
BUFFERS = ("UTF8", 1, 8), ("UTF8", 2, 20), ("LARGE_UTF8", 1, 16), ("views", 1, 16), ("views", 2, 20)
for layout, buffer, size in BUFFERS:
    for at_end, place in ((True, size - 1), (True, size), (False, 0), (False, -1)):
        column = getattr(guarded, layout)([b"a" * 20], at_end)
        if (child := os.fork()) == 0:
            ctypes.string_at(column.buffers()[buffer].address + place, 1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_one_byte_outside_a_column_is_one_too_many():
    done = run_python("-c", PEEK)
    assert done.stdout.split() == ["0", str(-signal.SIGSEGV)] * 10


def check(spread, level):
    done = run_python("-m", "guarded", spread, level=level)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split()[-2:] == ["numbers", "done"]


@pytest.mark.parametrize("level", levels())
def test_columns_are_counted_where_memory_ends_and_begins(level):
    check("few", level)


@pytest.mark.torture
@pytest.mark.parametrize("level", levels())
def test_columns_of_every_length_and_alignment_are_counted_where_memory_ends_and_begins(level):
    check("all", level)
