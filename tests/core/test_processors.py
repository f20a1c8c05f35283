"""On a processor without AVX, or of another family, the core chooses what runs there and answers the same."""

import pytest
from builds import KERNELS, compile_kernels, need, run, said
from levels import run_python

pytestmark = [pytest.mark.once, pytest.mark.safety]

COUNT = """
from corpus import boundary_texts, expected
from callr_segment import IMPLEMENTATION, segment
from callr_segment._core import text_columns
texts = boundary_texts(400)
found = text_columns.count_objects(texts)
want = expected(texts)
assert list(memoryview(found.parts).cast("B").cast("i")) == want["parts"]
assert list(memoryview(found.units).cast("B").cast("i")) == want["units"]
assert [segment(text).parts for text in texts] == want["parts"]
print(IMPLEMENTATION)
"""
COLUMN = """
import pyarrow as pa
texts = boundary_texts(400, surrogates=False)
found = text_columns.count_arrow(pa.array(texts))
assert list(memoryview(found.last).cast("B").cast("i")) == expected(texts)["last"]
"""
LEVEL = """
from callr_segment._core import simd
print(simd.level())
"""
PROCESSORS = {  # and the best level of each
    "core2duo": "scalar",  # SSSE3, but no POPCNT
    "Nehalem": "ssse3",
    "max": "avx2",  # what the emulator has
}
cpus = pytest.mark.parametrize("cpu", PROCESSORS)


@cpus
def test_the_core_runs_on_an_old_processor(cpu):
    need("qemu-x86_64", "qemu-user")
    pytest.importorskip("callr_segment._core.text_columns", reason="the native core is not built")
    column = COLUMN if cpu != "core2duo" else ""  # pyarrow itself needs SSE 4.2
    emulator = ("qemu-x86_64", "-cpu", cpu)
    done = run_python("-c", COUNT + column + LEVEL, under=emulator, CALLR_SEGMENT_IMPLEMENTATION="native")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["native", PROCESSORS[cpu]]


@cpus
def test_every_kernel_of_an_old_processor_agrees_and_no_other_is_chosen(cpu, tmp_path):
    need("qemu-x86_64", "qemu-user")
    sweep = compile_kernels(tmp_path, "gcc", "-O2", "-Werror", KERNELS / "sweep.c")
    levels = said("qemu-x86_64", "-cpu", cpu, sweep).split()
    assert levels == list(PROCESSORS.values())[: len(levels)]
    assert levels[-1] == PROCESSORS[cpu]


def test_neon_agrees(tmp_path):
    need("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu")
    need("qemu-aarch64", "qemu-user")
    sweep = compile_kernels(
        tmp_path, "aarch64-linux-gnu-gcc", "-O2", "-static", "-Werror", KERNELS / "sweep.c"
    )
    assert said("qemu-aarch64", sweep).split() == ["scalar", "neon"]


def test_a_level_that_is_wrong_is_found(tmp_path):
    """One septet too many in the oracle's table, and the sweep ends."""
    sweep = compile_kernels(tmp_path, "gcc", "-O2", KERNELS / "sweep.c", changed={"`": 1})
    done = run(sweep)
    assert done.returncode != 0
    assert "is_gsm" in done.stdout
