"""What is not to be told: comments beside a text, and the baseline of an old code base."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from callr_segment.errors import InputError
from callr_segment.lint.findings import Entry, Finding
from callr_segment.lint.sources import Source

__all__ = ["Baseline", "keep_unsuppressed", "read_baseline", "write_baseline"]

COMMENT = re.compile(r"(?:#|!|//|/\*|<!--)[^\n]*?\bsms:\s*ignore\b(?:\[([A-Z0-9,\s]*)\])?")
COMMENTED = (".po", ".pot", ".yaml", ".yml", ".xml", ".properties", ".strings")


class _Suppression(NamedTuple):
    """A comment, and the entry it is about."""

    start: int
    stop: int
    codes: frozenset[str]
    key: str | None


def keep_unsuppressed(
    source: Source, entries: Sequence[Entry], findings: Iterable[Finding]
) -> Iterator[Finding]:
    """Leave out what a comment on the same line, or above, says is not to be told."""
    comments = list(_comments(source, entries)) if source.path.endswith(COMMENTED) else []
    used: set[int] = set()
    for finding in findings:
        by = [
            each
            for each in comments
            if each.key == finding.key and (not each.codes or finding.code in each.codes)
        ]
        used.update(each.start for each in by)
        if not by:
            yield finding
    for each in comments:
        if each.start not in used:
            message = "this comment suppresses nothing; take it out"
            yield Finding("SMS900", each.key or "", each.start, each.stop, message)


def _comments(source: Source, entries: Sequence[Entry]) -> Iterator[_Suppression]:
    lines = [(source.place(entry.offsets[0]).line, entry.key) for entry in entries]
    for match in COMMENT.finditer(source.text):
        line = source.place(match.start()).line
        after = (key for where, key in lines if where >= line)
        codes = frozenset(filter(None, re.split(r"[,\s]+", match[1] or "")))
        yield _Suppression(match.start(), match.end(), codes, next(after, None))


Baseline = Counter[tuple[str, str, str]]
"""How many findings of a file, a key and a code were there when the baseline was written."""


def read_baseline(path: Path) -> Baseline:
    """Read a baseline; one that does not exist is empty."""
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return Counter(
            {
                (file, key, code): int(count)
                for file, keys in found.items()
                for key, codes in keys.items()
                for code, count in codes.items()
            }
        )
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: not a baseline; write it again with --add-baseline") from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, sorted, so that two of them can be compared by eye."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for (file, key, code), count in sorted(baseline.items()):
        found.setdefault(file, {}).setdefault(key, {})[code] = count
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
