"""Processes that fork what tests ask them for: they import for seconds, so each environment has but one."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from folders import SUPPORT


def ask(todo, **environment):
    """What a campaign came to in a process of its own, and what was said on its standard error."""
    process = _process(tuple(sorted(environment.items())))
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as errors:
        process.stdin.write(json.dumps(todo | {"errors": errors.name}) + "\n")
        process.stdin.flush()
        answer, said = json.loads(process.stdout.readline()), Path(errors.name).read_text(encoding="utf-8")
    assert answer is not None, said
    return answer | {"said": said}


@lru_cache
def _process(environment):
    process = subprocess.Popen(
        [sys.executable, SUPPORT / "zygote.py"],
        env=os.environ | dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    atexit.register(_end, process)
    return process


def _end(process):
    with process:
        process.kill()
