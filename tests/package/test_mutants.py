"""Tests notice when the code is changed: nine of ten small changes, of a seeded sample."""

import os

import pytest

pytestmark = [pytest.mark.once, pytest.mark.torture]


def test_nine_of_ten_mutants_are_noticed():
    mutants = pytest.importorskip("mutants", reason="cosmic-ray is not here: make torture installs it")
    sample = mutants.sample_of(mutants.SAMPLE, mutants.SEED, list(mutants.ROOMS))
    verdicts = list(mutants.try_all(sample, len(os.sched_getaffinity(0))))
    survivors = [verdict.diff for verdict in verdicts if verdict.outcome == mutants.SURVIVED]
    assert len(verdicts) >= 300
    assert len(survivors) <= 0.1 * len(verdicts), survivors
