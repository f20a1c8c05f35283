"""The instruction sets that the native core can be held to on this machine."""

import os
import subprocess
import sys
from pathlib import Path

from folders import SUPPORT

import callr_segment

PACKAGE = Path(callr_segment.__file__).parent


def levels():
    """Values of CALLR_SEGMENT_SIMD that run here; an empty one leaves the choice to the core."""
    try:
        from callr_segment._core.simd import AVAILABLE
    except ImportError:
        return ("",)
    return AVAILABLE


def run_python(*arguments, under=(), level="", **environment):
    """Run Python on modules of this folder in a process of its own, and return what became of it."""
    command = [*under, sys.executable, "-X", "faulthandler", *arguments]
    inherited = {name: value for name, value in os.environ.items() if name != "CALLR_SEGMENT_SIMD"}
    chosen = {"CALLR_SEGMENT_SIMD": level} if level else {}
    paths = f"{SUPPORT}{os.pathsep}{PACKAGE.parent}"  # the modules of these tests, and this package
    return subprocess.run(
        command,
        env=inherited | chosen | {"PYTHONPATH": paths} | environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
