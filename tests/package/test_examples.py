"""Every example that is shown runs: docstrings, compiled ones too, and the code and commands of the pages."""

import doctest
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from folders import ROOT
from sybil import Sybil
from sybil.example import SybilFailure
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

import callr_segment

PACKAGE = Path(callr_segment.__file__).parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PROGRAMS = {"callr-segment", "python", "echo", "printf", "cat", "head"}
COMPILED = {f"callr_segment._core.{path.stem}" for path in PACKAGE.glob("_core/*.pyi")}


def module_names():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("name", sorted({*module_names(), *COMPILED}))
def test_the_examples_of_docstrings(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if name in COMPILED:
        module = pytest.importorskip(name, reason="the native core is not built")
    else:
        module = importlib.import_module(name)
    runner, report = doctest.DocTestRunner(verbose=False, optionflags=OPTIONS), []
    for examples in doctest.DocTestFinder().find(module, name):
        runner.run(examples, out=report.append)
    assert not runner.failures, "".join(report)


def test_the_compiled_functions_show_examples():
    one = pytest.importorskip("callr_segment._core.text_one", reason="the native core is not built")
    found = doctest.DocTestFinder().find(one)
    assert {"segment", "count_parts", "is_gsm"} <= {
        each.name.split(".")[-1] for each in found if each.examples
    }


def transcript(source):
    """Split a console block into its commands, each with what the page shows it to print."""
    for entry in re.split(r"^\$ ", source.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, shown = entry.partition("\n")
        yield command, shown


def check_make(words):
    """A target is looked up only: it may be the one that runs this test."""
    subprocess.run(["make", "--dry-run", *words[1:]], cwd=ROOT, check=True, capture_output=True)


def check_pip(words):
    """An installation is not repeated; the extras it names must exist."""
    extras = {name for word in words for found in re.findall(r"\[(.+)\]", word) for name in found.split(",")}
    assert extras <= set(metadata.metadata("callr-segment").get_all("Provides-Extra"))


def run_command(command, shown):
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, shell=True, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
    if shown.strip():
        same = doctest.OutputChecker().check_output(shown, done.stdout, OPTIONS)
        assert same, f"$ {command}\n{done.stdout}\ninstead of\n{shown}"


def run_console(example):
    commands = list(transcript(example.parsed))
    assert commands, f"line {example.line}: a command starts with `$ `"
    for command, shown in commands:
        words = shlex.split(command, comments=True)
        if words[0] == "make":
            check_make(words)
        elif words[0] == "pip":
            check_pip(words)
        else:
            assert words[0] in PROGRAMS, f"no test runs {command!r}"
            run_command(command, shown)


PARSERS = [PythonCodeBlockParser(doctest_optionflags=OPTIONS), CodeBlockParser("console", run_console)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_examples_of_pages(page, tmp_path, monkeypatch):
    """A page is run from top to bottom in one folder, beside the files of the packaged demo campaign."""
    for path in (PACKAGE / "campaign" / "demo").iterdir():
        if path.is_file() and path.suffix != ".py":
            shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    for example in Sybil(PARSERS, path=str(page.parent)).parse(page):
        example.evaluate()


@pytest.mark.parametrize(
    "page",
    [
        "```python\n>>> 1 + 1\n3\n```\n",
        "```python\nassert False\n```\n",
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ cat no-such-file\n```\n",
        "```console\n$ make no-such-target\n```\n",
        '```console\n$ pip install "callr-segment[no-such-extra]"\n```\n',
        "```console\n$ no-such-program\n```\n",
        "```console\necho without a prompt\n```\n",
    ],
)
def test_a_wrong_page_is_found_out(page, tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (example,) = Sybil(PARSERS, path=str(tmp_path)).parse(tmp_path / "page.md")
    with pytest.raises((AssertionError, SybilFailure, subprocess.CalledProcessError)):
        example.evaluate()
