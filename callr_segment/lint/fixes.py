"""Findings made good in the files they were found in."""

from __future__ import annotations

from collections.abc import Iterable

from callr_segment.lint.findings import Finding, Fix
from callr_segment.lint.sources import Source

__all__ = ["apply_fixes"]


def apply_fixes(source: Source, findings: Iterable[Finding], *, unsafe: bool = False) -> tuple[str, int]:
    """Return the text of a file with its findings made good, and how many were; others are left alone.

    >>> source = Source("a.txt", "L’été")
    >>> apply_fixes(source, [Finding("SMS001", "1", 1, 2, "", Fix(1, 2, "'", is_safe=True))])
    ("L'été", 1)
    """
    fixes = sorted({found.fix for found in findings if found.fix and (unsafe or found.fix.is_safe)})
    kept: list[Fix] = []
    for fix in fixes:
        if not kept or fix.start >= kept[-1].stop:
            kept.append(fix)
    text, end = [], 0
    for fix in kept:
        text += source.text[end : fix.start], fix.text
        end = fix.stop
    return "".join([*text, source.text[end:]]), len(kept)
