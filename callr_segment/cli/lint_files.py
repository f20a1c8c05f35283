"""``callr-segment lint``: the SMS texts in the files of a program, without loading what a campaign needs."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from callr_segment.cli.console import FINE, PROBLEMS, say
from callr_segment.errors import InputError, counted
from callr_segment.lint.findings import CODES
from callr_segment.lint.linter import Report, find_files, fix_file, lint_file
from callr_segment.lint.output import render, statistics
from callr_segment.lint.settings import Settings, find_project, read_settings
from callr_segment.lint.suppressions import Baseline, read_baseline, write_baseline

__all__ = ["lint"]

BASELINE = Path(".callr-segment-baseline.json")
Codes = Annotated[list[str] | None, Parameter(consume_multiple=True)]


def lint(
    *paths: Path,
    select: Codes = None,
    ignore: Codes = None,
    max_parts: int | None = None,
    fix: bool = False,
    unsafe_fixes: bool = False,
    output: Literal["full", "concise", "json", "github", "sarif"] = "full",
    statistics: bool = False,
    baseline: Path = BASELINE,
    add_baseline: bool = False,
) -> int:
    """Look at the SMS texts in files of translations: JSON, PO, YAML, XML, properties, strings, CSV, text.

    Ends with 1 where a rule that is an error is broken. Settings are those of `[tool.callr-segment.lint]` in
    pyproject.toml: files, keys, exclude, select, ignore, per-file-ignores, max-parts, near, fields, dialect.

    :param paths: Files, or folders with files; those of the settings without any.
    :param select: Only these codes, or beginnings of them.
    :param ignore: All but these codes.
    :param max_parts: The most parts that a text may take.
    :param fix: Make good what no reader will notice, and tell of the rest.
    :param unsafe_fixes: With `--fix`: make good what readers will notice too.
    :param output: How findings are written.
    :param statistics: Count the findings by code instead.
    :param baseline: The file of findings that are known and not told again.
    :param add_baseline: Write what is found there, so that only what is new is told from now on.
    """
    options = {"select": tuple(select or ()), "ignore": tuple(ignore or ()), "max_parts": max_parts}
    settings = read_settings(find_project(Path()), **options)
    files = list(find_files(paths, settings))
    if unsafe_fixes and not fix:
        raise InputError("--unsafe-fixes goes with --fix")
    if add_baseline:
        return _write_baseline(baseline, [lint_file(path, settings) for path in files])
    known = read_baseline(baseline)
    if fix:
        count = sum(fix_file(path, settings, known, unsafe=unsafe_fixes) for path in files)
        say(f"{counted(count, 'finding')} made good")
    reports = [lint_file(path, settings, known) for path in files]
    sys.stdout.write(_statistics(reports) if statistics else render(reports, output))
    return _conclude(reports, settings)


_statistics = statistics


def _write_baseline(path: Path, reports: Sequence[Report]) -> int:
    found = Baseline()
    for report in reports:
        found.update((report.source.path, each.key, each.code) for each in report.findings)
    write_baseline(path, found)
    return say(f"wrote {counted(found.total(), 'finding')} to {path}")


def _conclude(reports: Sequence[Report], settings: Settings) -> int:
    """Say how much was found, and end with 1 where it holds an error."""
    codes = Counter(finding.code for report in reports for finding in report.findings)
    fixable = sum(bool(each.fix and each.fix.is_safe) for report in reports for each in report.findings)
    remedy = f"; {fixable} can be made good with --fix" if fixable else ""
    say(f"{counted(codes.total(), 'finding')} in {counted(len(reports), 'file')}{remedy}")
    return PROBLEMS if any(CODES[code].severity == "error" for code in codes) else FINE
