"""Tests notice when the code is changed: nine of ten small changes, of a seeded sample."""

import json

import pytest
from folders import DATA

pytestmark = [pytest.mark.once, pytest.mark.torture]

EQUIVALENT = json.loads((DATA / "equivalent_mutants.json").read_text(encoding="utf-8"))
"""Why a mutant that no test can notice answers alike: by file, and the line it makes."""


def test_nine_of_ten_mutants_are_noticed():
    mutants = pytest.importorskip("mutants", reason="cosmic-ray is not here: make torture installs it")
    verdicts = mutants.try_all(mutants.sample_of(mutants.SAMPLE, mutants.SEED, list(mutants.ROOMS)))
    noticed = [verdict for verdict in verdicts if verdict.is_killed or is_equivalent(verdict)]
    assert len(noticed) >= 0.9 * len(verdicts)


def is_equivalent(verdict):
    """Whether the new line of a mutant is among those that are explained."""
    explained = EQUIVALENT.get(verdict.mutant.path, {})
    added = [
        line[1:].strip() for line in verdict.diff.splitlines() if line.startswith("+") and line[1:2] != "+"
    ]
    return bool(added) and all(line in explained for line in added)
