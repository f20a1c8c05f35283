"""The hook and the action run what they say, and the page lists every code."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from folders import ROOT

from callr_segment.lint.findings import CODES
from callr_segment.lint.linter import FORMATS

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not (ROOT / "action.yml").exists(), reason="the sources are not beside these tests"),
]


def run(command, folder):
    """Run a command line with the commands of this environment."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_the_hook_looks_at_every_format_that_is_translated(tmp_path):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    seen = {suffix for suffix in FORMATS if re.search(hook["files"], f"a{suffix}")}
    assert seen == FORMATS.keys() - {".txt"}
    (tmp_path / "a.json").write_text('{"a": "l’été"}', encoding="utf-8")
    assert run([*shlex.split(hook["entry"]), "a.json"], tmp_path).returncode == 1


def test_the_action_annotates(tmp_path):
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    step = action["runs"]["steps"][-1]["run"].replace("${{ inputs.paths }}", "a.json")
    (tmp_path / "a.json").write_text('{"a": "l’été"}', encoding="utf-8")
    done = run(["bash", "-c", step], tmp_path)
    assert (done.returncode, done.stdout.partition(" ")[0]) == (1, "::error")


def test_the_page_lists_every_code():
    page = (ROOT / "docs" / "how-to" / "lint.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (SMS\d+) \| (\w+) \|", page, re.MULTILINE))
    assert listed == {code: each.severity for code, each in CODES.items()}
