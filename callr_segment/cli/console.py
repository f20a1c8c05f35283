"""How a command ends: its exit code, and the line that says why."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from callr_segment.errors import visible

__all__ = [
    "CLOSED",
    "FINE",
    "INTERRUPTED",
    "PROBLEMS",
    "REFUSED",
    "JsonLines",
    "log",
    "log_as_json",
    "print_json",
    "say",
]

FINE, PROBLEMS, REFUSED = 0, 1, 2
"""All is well; an answer that is no; a command, or a file, that cannot be read."""
INTERRUPTED, CLOSED = 130, 141
"""What a shell says of a process that SIGINT or SIGPIPE ended."""


_log: dict[str, Any] = {"as_json": False, "stream": None}


def log_as_json(wanted: bool) -> None:
    """Choose whether lines on standard error are JSON, for the command that runs."""
    _log.update(as_json=wanted, stream=sys.stderr)


def log(event: str, **fields: object) -> None:
    """Write what happened as a line of JSON to standard error, where that is wanted."""
    if _log["as_json"]:
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **fields}
        print(json.dumps(line, ensure_ascii=False), file=_log["stream"] or sys.stderr, flush=True)


class JsonLines(io.TextIOBase):
    """Takes what others print to standard error, and logs each line of it."""

    def write(self, text: str) -> int:
        """Log the lines of a text."""
        for line in filter(None, text.splitlines()):
            log("message", message=visible(line))
        return len(text)


def say(message: str, code: int = FINE) -> int:
    """Write one line to standard error, and pass an exit code on."""
    words = visible(" ".join(message.split()))
    if _log["as_json"]:
        log("message", message=words, code=code)
    else:
        print("callr-segment:", words, file=sys.stderr)
    return code


def print_json(figures: Mapping[str, object]) -> None:
    """Write figures to standard output for another program, with what a terminal would obey escaped."""
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(
        "\n".join(
            "".join(map(_escaped, line)) if not line.isprintable() else line for line in text.split("\n")
        )
    )


def _escaped(char: str) -> str:
    return char if char.isprintable() else json.dumps(char)[1:-1]
