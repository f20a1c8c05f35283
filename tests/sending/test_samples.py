"""The Callr that is not there answers the code that people start from, and fills every field."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from folders import SUPPORT
from guide import GUIDE

from callr_segment.testing import FakeCallr

pytestmark = pytest.mark.once

NUMBER, TEXT = "+33639981020", "Hello world!"
PYTHON, NODE = (
    [sys.executable, SUPPORT / "clients" / "minimal.py"],
    ["node", SUPPORT / "clients" / "minimal.mjs"],
)
LANGUAGES = {  # how the samples of the guide begin, what they are called, and what runs them
    "node": ("const baseUrl", "sample.mjs", ["node", "sample.mjs"]),
    "python": ("import requests", "sample.py", [sys.executable, "sample.py"]),
    "php": ("<?php", "sample.php", ["php", "sample.php"]),
    "go": ("package main", "sample.go", ["go", "run", "sample.go"]),
    "dotnet": ("using System;", "sample.cs", ["dotnet", "run", "sample.cs"]),
}


def run(command, folder=None):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed here")
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("command", [PYTHON, NODE], ids=["python, a raw +", "node, %2B"])
def test_a_minimal_client_is_answered_as_the_guide_says(command):
    with FakeCallr() as fake:
        sms = json.loads(run([*command, fake.url, fake.api_key, NUMBER, TEXT]))
        assert fake.journal == [(NUMBER, TEXT)]
    assert sms.pop("http") == 202
    assert set(sms) == set(GUIDE)
    assert (sms["to"], sms["body"], sms["encoding"], sms["parts"]) == (NUMBER, {"text": TEXT}, "gsm", 1)
    assert (sms["cost"], sms["network"], sms["paymentType"]) == ("4.5", "20801", "prepaid")
    assert re.fullmatch("sms[0-9a-f]{14}", sms["sid"])


def samples(guide):
    """Cut the samples out of the guide's text; none of it is kept here."""
    text = guide.read_text(encoding="utf-8").split("📋")[0]
    starts = sorted(text.index(begin) for begin, _, _ in LANGUAGES.values())
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    return {
        name: text[at : ends[at]] for name, (begin, _, _) in LANGUAGES.items() for at in [text.index(begin)]
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_samples_of_the_guide_are_answered_when_only_the_address_is_changed(shared, tmp_path, language):
    guide = shared.parent / "callr-guide.txt"
    if not guide.exists():
        pytest.skip("the guide is absent")
    if language == "python":
        pytest.importorskip("requests", reason="the guide's sample in Python uses requests")
    _, name, command = LANGUAGES[language]
    sample = samples(guide)[language]
    assert "https://api.callr.com/v2.0" in sample
    with FakeCallr(api_key="<callr-api-key>") as fake:
        (tmp_path / name).write_text(sample.replace("https://api.callr.com/v2.0", fake.url), encoding="utf-8")
        said = run(command, tmp_path)
        assert fake.journal == [(NUMBER, TEXT)]
    assert fake.receipts[0]["sid"] in said
