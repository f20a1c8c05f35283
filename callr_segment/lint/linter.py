"""Look at files: find them, read their texts, hold the rules against each, leave out what is suppressed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from callr_segment.errors import InputError
from callr_segment.lint.findings import Entry, Finding
from callr_segment.lint.fixes import apply_fixes
from callr_segment.lint.rules import check_entry
from callr_segment.lint.settings import Settings
from callr_segment.lint.sources import Source, read_source
from callr_segment.lint.suppressions import Baseline, keep_unsuppressed

__all__ = ["FORMATS", "Report", "find_files", "fix_file", "lint_file"]

FORMATS = {
    **dict.fromkeys((".json", ".arb", ".xcstrings"), "json"),
    **dict.fromkeys((".po", ".pot"), "po"),
    **dict.fromkeys((".yaml", ".yml"), "yaml"),
    ".csv": "csv",
    ".properties": "properties",
    ".strings": "strings",
    ".txt": "text",
    ".xml": "xml",
}
"""The format of a file, by the end of its name."""


class Report(NamedTuple):
    """A file that was looked at, and what was found in it."""

    source: Source
    findings: list[Finding]


def find_files(paths: Iterable[Path], settings: Settings) -> Iterator[Path]:
    """Find the files to look at: those that are named, and in folders those of a known format, in order.

    Without paths, those that the setting ``files`` is like. Raises InputError for a path that is not there,
    and for a file of no known format.
    """
    paths = list(paths) or [path for glob in settings.files for path in sorted(Path().glob(glob))]
    if not paths:
        raise InputError(
            "there is nothing to look at; name files or folders, or set files in [tool.callr-segment.lint]"
        )
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.suffix in FORMATS and each.is_file())
            yield from (each for each in inside if not settings.leaves_out(str(each)))
        elif not path.exists():
            raise InputError(f"{path}: there is no such file", value=str(path))
        elif path.suffix not in FORMATS:
            raise InputError(f"{path}: of no known format; known are {', '.join(FORMATS)}", value=str(path))
        elif not settings.leaves_out(str(path)):
            yield path


def lint_file(path: Path, settings: Settings, baseline: Baseline | None = None) -> Report:
    """Look at one file; what a baseline has is not told again."""
    source = read_source(path)
    entries = [entry for entry in _reader(path)(source) if settings.looks_at(entry.key)]
    found = (finding for entry in entries for finding in check_entry(entry, settings, str(path)))
    kept = keep_unsuppressed(source, entries, found)
    told = [each for each in kept if settings.tells(each.code, str(path))]
    return Report(source, sorted(_new(told, str(path), baseline or Counter()), key=lambda each: each.start))


def _reader(path: Path) -> Callable[[Source], Iterator[Entry]]:
    return import_module(f"callr_segment.lint.formats.{FORMATS[path.suffix]}").read


def _new(findings: Iterable[Finding], path: str, baseline: Baseline) -> Iterator[Finding]:
    left = Counter(baseline)
    for finding in findings:
        known = (path, finding.key, finding.code)
        if left[known] > 0:
            left[known] -= 1
        else:
            yield finding


def fix_file(
    path: Path, settings: Settings, baseline: Baseline | None = None, *, unsafe: bool = False
) -> int:
    """Make good in a file what can be, and count it; the file is written whole or not at all."""
    report = lint_file(path, settings, baseline)
    text, count = apply_fixes(report.source, report.findings, unsafe=unsafe)
    if count:
        beside = path.with_name(f"{path.name}.{os.getpid()}.new")
        beside.write_bytes(text.encode(report.source.encoding))
        beside.replace(path)
    return count
