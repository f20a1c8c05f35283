"""Libraries from npm: each runs in a process of node that answers, and times itself, when it is asked."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
from functools import cache, partial
from pathlib import Path

from rivals.kinds import Absent, Rival

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "callr-segment" / "rivals"
LOCKED = ("package.json", "package-lock.json")


def _rival(library: str, texts: list[str]) -> Rival:
    command = ["node", HERE / "answers.js", library]
    environment = os.environ | {"NODE_PATH": str(_modules())}
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, encoding="utf-8")
    atexit.register(process.communicate)
    parts = _ask(process, texts)
    return Rival(lambda: parts, partial(_ask, process, None))


sms_length = partial(_rival, "sms-length")
split_sms = partial(_rival, "split-sms")
calculator = partial(_rival, "sms-segments-calculator")


def _ask(process: subprocess.Popen, question: object) -> object:
    """Put a line and read the line that answers it: texts get their parts, null the seconds they take."""
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


@cache
def _modules() -> Path:
    """Folder of the libraries, installed as locked."""
    if not shutil.which("npm"):
        raise Absent("install node and npm")
    if any(not (CACHE / name).exists() or not _same(name) for name in LOCKED):
        _install()
    return CACHE / "node_modules"


def _same(name: str) -> bool:
    return (CACHE / name).read_bytes() == (HERE / name).read_bytes()


def _install() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in LOCKED:
        shutil.copy(HERE / name, CACHE)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False)
    if done.returncode:
        (CACHE / LOCKED[-1]).unlink()
        raise Absent(f"npm ci failed: {done.stderr.strip()[-200:]}")
