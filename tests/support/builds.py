"""Copies of these sources whose native core is built by another compiler, or with other flags."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from folders import ROOT, SUPPORT

from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION

NEEDED = ("setup.py", "pyproject.toml", "README.md", "LICENSE", "callr_segment", "tests")
LITTER = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
CORE = ROOT / "callr_segment" / "_core"
KERNELS = SUPPORT / "kernels"
SECONDS = 3600 if os.environ.get("CALLR_SEGMENT_TORTURE") else 30  # that a fuzzer runs


def need(command, package):
    """Skip a test that cannot run here, in words; `.ci/run` installs what it needs."""
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not here: apt-get install {package}")
    if not (ROOT / "setup.py").exists():
        pytest.skip("the sources are not here: an installed package is being tested")


def said(*command, cwd=None, **environment):
    """Output of a command that succeeds."""
    done = run(*command, cwd=cwd, **environment)
    assert done.returncode == 0, done.stdout[-20_000:]
    return done.stdout


def run(*command, cwd=None, **environment):
    """Run a command, what it says in one text."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("CALLR_", "PYTHON"))}
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=plain | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=SECONDS + 600,
    )


def runtime(compiler, library):
    """Path of a library that comes with a compiler."""
    path = Path(said(compiler, f"-print-file-name={library}").strip())
    if not path.is_absolute():
        pytest.skip(f"{compiler} comes without {library}")
    return path


def copy_sources(folder):
    """Copy the sources, with the C that Cython has made of them."""
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=LITTER)
        else:
            shutil.copy2(ROOT / name, folder)
    return folder


def build(folder, *compiler):
    """Build the native core of copied sources in place; these flags come last, and so they win."""
    wrapper = folder / "compiler"
    wrapper.write_text(f'#!/bin/sh\nexec {compiler[0]} "$@" {" ".join(compiler[1:])}\n', encoding="utf-8")
    wrapper.chmod(0o755)
    command = (sys.executable, "setup.py", "-q", "build_ext", "--inplace", f"--parallel={os.cpu_count()}")
    said(*command, cwd=folder, CC=str(wrapper), CALLR_SEGMENT_NATIVE="1", CALLR_SEGMENT_SYMBOLS="1")
    return folder


def compile_kernels(folder, compiler, *arguments, changed=None):
    """Compile C that compares the kernels with the alphabet: its septets, unless some are changed."""
    septets = dict.fromkeys(BASIC, 1) | dict.fromkeys(EXTENSION, 2) | {ESCAPE: 0} | (changed or {})
    widths = [septets.get(chr(point), 0) for point in range(max(map(ord, septets)) + 1)]
    table = f"static const unsigned char WIDTHS[] = {{{', '.join(map(str, widths))}}};\n"
    (folder / "alphabet.h").write_text(f"enum {{ ALPHABET = {len(widths)} }};\n{table}", encoding="utf-8")
    program = folder / "program"
    said(
        compiler,
        "-g",
        "-Wall",
        "-Wextra",
        "-Wno-psabi",
        f"-I{folder}",
        f"-I{CORE}",
        "-o",
        program,
        *arguments,
    )
    return program
