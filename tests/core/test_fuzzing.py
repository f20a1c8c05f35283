"""Texts that nobody thought of, found by libFuzzer in the branches of the native code, are read alike."""

import re
import sys

import pytest
from builds import KERNELS, SECONDS, build, compile_kernels, copy_sources, need, run, runtime, said

pytestmark = [pytest.mark.once, pytest.mark.safety]

SANITIZERS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")
SEEDS = KERNELS / "seeds"
WRONG = "from callr_segment._core import pure; pure.ONE_SEPTET |= {'`'}; import fuzzed; fuzzed.main(*OPTIONS)"


def options(folder, seconds=SECONDS):
    """Options of libFuzzer, which writes what it finds into a folder."""
    found = folder / "found"
    found.mkdir()
    limits = ("-rss_limit_mb=4096", "-max_len=4096", "-len_control=20", "-timeout=60", "-seed=1")
    return (f"-max_total_time={seconds}", *limits, f"-artifact_prefix={folder}/", str(found), str(SEEDS))


@pytest.fixture(scope="module")
def instrumented(tmp_path_factory):
    """Sources whose branches libFuzzer sees, and libFuzzer as a library."""
    need("clang", "clang")
    folder = copy_sources(tmp_path_factory.mktemp("instrumented"))
    build(folder, "clang", *SANITIZERS, "-fsanitize=fuzzer-no-link", "-shared-libasan", "-w")
    whole = ("-Wl,--whole-archive", runtime("clang", "libclang_rt.fuzzer_no_main-x86_64.a"))
    libraries = ("-Wl,--no-whole-archive", "-lstdc++", "-lm", "-lpthread")
    said("clang", "-shared", "-o", folder / "libfuzzer.so", *whole, *libraries)
    return folder


def fuzz(folder, *command):
    """Run Python with libFuzzer and the sanitizers under it."""
    asan = runtime("clang", "libclang_rt.asan-x86_64.so")
    return run(
        sys.executable,
        *command,
        cwd=folder,
        ASAN_OPTIONS="detect_leaks=0:verify_asan_link_order=0",
        CALLR_SEGMENT_IMPLEMENTATION="native",
        LD_PRELOAD=f"{folder / 'libfuzzer.so'} {asan}",  # its counters of branches hide those of the other
        PYTHONMALLOC="malloc",
        PYTHONPATH=f"{folder}:{folder / 'tests' / 'support'}",
    )


def test_columns_of_any_bytes_are_read_alike(instrumented, tmp_path):
    done = fuzz(instrumented, "-m", "fuzzed", *options(tmp_path))
    assert done.returncode == 0, done.stdout[-20_000:]
    seen = re.search(r"Loaded (\d+) modules +\((\d+) inline 8-bit counters\)", done.stdout)
    assert int(seen[1]) >= 5, "the native modules are not instrumented"
    assert int(re.search(r"Done (\d+) runs", done.stdout)[1]) > 100


def test_a_difference_between_columns_and_the_oracle_is_found(instrumented, tmp_path):
    """The oracle takes a grave accent for GSM here."""
    done = fuzz(instrumented, "-c", WRONG.replace("OPTIONS", repr(options(tmp_path))))
    assert done.returncode != 0
    assert "AssertionError" in done.stdout
    assert list(tmp_path.glob("crash-*"))


def test_kernels_read_any_bytes_alike(tmp_path):
    need("clang", "clang")
    program = compile_kernels(tmp_path, "clang", *SANITIZERS, "-fsanitize=fuzzer", KERNELS / "fuzz.c")
    assert "Done" in said(program, *options(tmp_path))


def test_a_difference_between_kernels_and_the_oracle_is_found(tmp_path):
    """The oracle takes a grave accent for GSM here."""
    need("clang", "clang")
    build_with = ("clang", *SANITIZERS, "-fsanitize=fuzzer", KERNELS / "fuzz.c")
    program = compile_kernels(tmp_path, *build_with, changed={"`": 1})
    done = run(program, *options(tmp_path))
    assert done.returncode != 0
    assert "is_gsm" in done.stdout
    assert list(tmp_path.glob("crash-*"))
