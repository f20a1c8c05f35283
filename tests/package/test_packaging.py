"""What is handed out: an sdist that builds anywhere, and a wheel that works on its own.

`make dist` names in CALLR_SEGMENT_DIST the folder of what it built, and the slow tests run on just that.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest
from folders import ROOT

if not (ROOT / "callr_segment" / "__init__.py").exists():
    pytest.skip("the sources are not here: an installed package is being tested", allow_module_level=True)

DIST = os.environ.get("CALLR_SEGMENT_DIST")
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "build", "dist")
SHIPPED = {".py", ".pyi", ".so", ".csv", ".gz", ".json", ".jinja", ".typed", ".txt", ""}
pytestmark = pytest.mark.once
built = pytest.mark.skipif(not DIST, reason="`make dist` builds what this test looks at")


def call(*command, folder, **environment):
    """Run a command and return what it says; a failure shows all of it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("CALLR_", "PYTHON"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=plain | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def build(kind, source, target, **environment):
    call(
        sys.executable,
        "-m",
        "build",
        kind,
        "--no-isolation",
        "--outdir",
        target,
        source,
        folder=target,
        **environment,
    )
    (path,) = target.iterdir()
    return path


def the_only(pattern):
    (path,) = Path(DIST).glob(pattern)
    return path


@pytest.fixture(scope="session")
def sdist(tmp_path_factory):
    """The sdist: what `make dist` built, or else one of these sources with the litter of a build in them."""
    if DIST:
        return the_only("*.tar.gz")
    sources = tmp_path_factory.mktemp("sources") / "callr-segment"
    shutil.copytree(ROOT, sources, ignore=LEFT_OUT)
    for litter in ("one.c", "many.cpython-311-x86_64-linux-gnu.so", "many.pyc"):
        (sources / "callr_segment" / "_core" / litter).touch()
    return build("--sdist", sources, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def unpacked(sdist, tmp_path_factory):
    """The folder of the unpacked sdist."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


@pytest.fixture(scope="session")
def wheel():
    """The wheel that `make dist` built from the unpacked sdist."""
    return the_only("*.whl")


@pytest.fixture(scope="session")
def outside(unpacked, tmp_path_factory):
    """The sdist once more, without one Python file of the package: only the wheel's can be imported."""
    folder = tmp_path_factory.mktemp("outside") / "callr-segment"
    shutil.copytree(unpacked, folder, ignore=shutil.ignore_patterns("build"))
    for path in (folder / "callr_segment").rglob("*.py"):
        path.unlink()
    return folder


def install(wheel, folder):
    """Make a virtual environment of this wheel; everything else comes from where this test runs."""
    call(sys.executable, "-m", "venv", folder, folder=folder.parent)
    python = folder / "bin" / "python"
    call(python, "-m", "pip", "install", "-qq", "--no-index", "--no-deps", wheel, folder=folder.parent)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


def test_the_sdist_holds_every_source(unpacked):
    inside = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert set(filter(None, listed.stdout.split("\0"))) <= inside
    assert {
        "callr_segment/_core/text_one.pyx",
        "callr_segment/_core/text_one.pyi",
        "callr_segment/_core/text_splitting.pxd",
    } <= inside
    assert {
        "callr_segment/_core/kernels/gsm_tables.h",
        "tests/core/test_core.py",
        "scripts/make_tables.py",
        ".ci/run",
    } <= inside


def test_the_sdist_holds_nothing_generated(unpacked):
    generated = {".so", ".pyd", ".pyc", ".html"}
    assert [path for path in unpacked.rglob("*") if path.suffix in generated] == []
    assert list((unpacked / "callr_segment").rglob("*.c")) == []


@built
def test_the_wheel_holds_what_runs_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {Path(name).suffix for name in names} <= SHIPPED
    assert {name.split("/")[0].split("-")[0] for name in names} == {"callr_segment"}
    assert {"callr_segment/py.typed", "callr_segment/_core/text_one.pyi"} <= set(names)
    assert any(name.startswith("callr_segment/campaign/demo/") and ".csv" in name for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


@built
def test_the_wheel_holds_every_native_module(wheel, unpacked):
    with zipfile.ZipFile(wheel) as archive:
        compiled = {Path(name).name.split(".")[0] for name in archive.namelist() if name.endswith(".so")}
    assert compiled == {path.stem for path in (unpacked / "callr_segment" / "_core").glob("*.pyx")}


@built
def test_the_wheel_is_small(wheel):
    assert wheel.stat().st_size < 1_100_000  # of which numbering plans, by region, are a tenth


@built
def test_the_suite_passes_over_the_wheel_and_an_older_pandas(wheel, outside, tmp_path):
    """What is in development has the newest pandas; this one is read before whatever else is installed."""
    python = install(wheel, tmp_path / "venv")
    call(python, "-m", "pip", "install", "-qq", "pandas<3", folder=tmp_path)
    places = "import callr_segment, pandas; print(callr_segment.__file__, pandas.__file__, sep='\\n')"
    for place in call(python, "-c", places, folder=outside).splitlines():
        assert Path(place).is_relative_to(tmp_path)
    suite = (python, "-m", "pytest", "-q", "-m", "not slice", "-n", "auto", "-p", "no:benchmark")
    said = call(*suite, folder=outside, CALLR_SEGMENT_IMPLEMENTATION="native")
    assert " passed" in said


@built
def test_without_a_compiler_the_fallback_is_built_and_announced_once(unpacked, tmp_path):
    (tmp_path / "wheel").mkdir()
    sources = shutil.copytree(unpacked, tmp_path / "sources", ignore=shutil.ignore_patterns("build", "*.c"))
    wheel = build("--wheel", sources, tmp_path / "wheel", CC="/bin/false")
    python = install(wheel, tmp_path / "venv")
    said = call(
        python,
        "-c",
        "import callr_segment as sms\n"
        "print(sms.IMPLEMENTATION, sms.count_parts('a' * 161), sms.segment('ça').encoding)",
        folder=tmp_path,
    )
    assert said.count("RuntimeWarning") == 1
    assert said.splitlines()[-1] == "fallback 2 unicode"
