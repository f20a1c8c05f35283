"""Hypothesis profiles, the longer slices, and where the shared data is."""

import os

import pytest
from folders import ROOT
from hypothesis import HealthCheck, settings

settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.register_profile("mutants", derandomize=True, max_examples=25, deadline=None, database=None)
settings.register_profile("torture", max_examples=20_000, deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

SHARED = ROOT.parent / "shared"
LONGER = {
    "slice": "CALLR_SEGMENT_SLICES",
    "safety": "CALLR_SEGMENT_SAFETY",
    "torture": "CALLR_SEGMENT_TORTURE",
}


def pytest_collection_modifyitems(items):
    """Switch the longer tests off unless their variable is set."""
    for mark, variable in LONGER.items():
        if not os.environ.get(variable):
            skip = pytest.mark.skip(reason=f"a longer run: set {variable}=1")
            for item in items:
                if mark in item.keywords:
                    item.add_marker(skip)


@pytest.fixture(scope="session")
def shared():
    """Folder of data that may not be committed; tests that need it skip when it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is absent")
    return SHARED / "data"


@pytest.fixture
def call(capsys):
    """Run a command line in this process: its exit code, standard output and standard error."""

    from callr_segment.cli import main

    def run(*tokens):
        with pytest.raises(SystemExit) as ended:
            main([str(token) for token in tokens])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run
