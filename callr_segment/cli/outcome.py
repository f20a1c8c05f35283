"""How a command ends: its exit code, and the line that says why."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from callr_segment.errors import visible

__all__ = ["CLOSED", "FINE", "INTERRUPTED", "PROBLEMS", "REFUSED", "print_json", "say"]

FINE, PROBLEMS, REFUSED = 0, 1, 2
"""All is well; an answer that is no; a command, or a file, that cannot be read."""
INTERRUPTED, CLOSED = 130, 141
"""What a shell says of a process that SIGINT or SIGPIPE ended."""


def say(message: str, code: int = FINE) -> int:
    """Write one line to standard error, and pass an exit code on."""
    print("callr-segment:", visible(" ".join(message.split())), file=sys.stderr)
    return code


def print_json(figures: Mapping[str, object]) -> None:
    """Write figures to standard output for another program."""
    print(json.dumps(figures, ensure_ascii=False, indent=2))
