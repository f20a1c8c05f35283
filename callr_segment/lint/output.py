"""Findings as text for people, as JSON, as annotations of GitHub, and as SARIF for tools of code review."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

from callr_segment import __version__
from callr_segment.errors import visible
from callr_segment.lint.findings import CODES, Finding
from callr_segment.lint.linter import Report
from callr_segment.lint.sources import Source

__all__ = ["FORMATS", "render", "statistics"]

WIDTH = 100


def render(reports: Iterable[Report], form: str) -> str:
    """Render reports in one of FORMATS, with a line break at the end of each line."""
    return FORMATS[form](list(reports))


def _each(reports: list[Report]) -> Iterator[tuple[Source, Finding]]:
    return ((report.source, finding) for report in reports for finding in report.findings)


def _line(source: Source, finding: Finding) -> str:
    place = source.place(finding.start)
    where = f"{source.path}:{place.line}:{place.column}"
    fixable = " [*]" if finding.fix and finding.fix.is_safe else ""
    return f"{where}: {finding.code}{fixable} {visible(finding.message)}\n"


def _concise(reports: list[Report]) -> str:
    return "".join(_line(source, finding) for source, finding in _each(reports))


def _full(reports: list[Report]) -> str:
    """Render each finding with the line it stands in, and carets below it."""
    return "".join(_line(source, finding) + _excerpt(source, finding) for source, finding in _each(reports))


def _excerpt(source: Source, finding: Finding) -> str:
    line, column = source.place(finding.start)
    text = source.line(line)
    first = max(0, column - 1 - WIDTH // 2)
    stop = min(finding.stop - finding.start, max(len(text) - column + 1, 1), WIDTH // 2)
    before, marked = text[first : column - 1], text[column - 1 : column - 1 + stop]
    after = text[column - 1 + stop : first + WIDTH]
    shown = [visible(each).replace("\t", " ") for each in (before, marked, after)]
    number = f"{line:>5} | "
    carets = " " * len(number + shown[0]) + "^" * max(len(shown[1]), 1)
    return f"{number}{''.join(shown)}\n{carets}\n\n"


def _records(reports: list[Report]) -> Iterator[dict[str, Any]]:
    for source, finding in _each(reports):
        start, stop = source.place(finding.start), source.place(finding.stop)
        fix = finding.fix and {"text": finding.fix.text, "safe": finding.fix.is_safe}
        yield {
            "path": source.path, "line": start.line, "column": start.column, "end_line": stop.line,
            "end_column": stop.column, "code": finding.code, "severity": CODES[finding.code].severity,
            "key": finding.key, "message": finding.message, "fix": fix,
        }  # fmt: skip


def _json(reports: list[Report]) -> str:
    return json.dumps(list(_records(reports)), ensure_ascii=False, indent=2) + "\n"


def _github(reports: list[Report]) -> str:
    lines = []
    for each in _records(reports):
        place = f"file={_property(each['path'])},line={each['line']},col={each['column']}"
        place += f",endLine={each['end_line']},endColumn={each['end_column']},title={each['code']}"
        lines.append(f"::{each['severity']} {place}::{_data(visible(each['message']))}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(reports: list[Report]) -> str:
    rules = [
        {"id": code, "name": each.name, "shortDescription": {"text": each.summary},
         "defaultConfiguration": {"level": each.severity}}
        for code, each in CODES.items()
    ]  # fmt: skip
    driver = {"name": "callr-segment", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": list(_results(reports))}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return (
        json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)
        + "\n"
    )


def _results(reports: list[Report]) -> Iterator[dict[str, Any]]:
    for each in _records(reports):
        region = {
            "startLine": each["line"], "startColumn": each["column"],
            "endLine": each["end_line"], "endColumn": each["end_column"],
        }  # fmt: skip
        uri = PurePath(each["path"]).as_posix()
        yield {
            "ruleId": each["code"],
            "level": each["severity"],
            "message": {"text": each["message"]},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        }


def statistics(reports: Iterable[Report]) -> str:
    """Count the findings by code, the most frequent first."""
    counts = Counter(finding.code for _, finding in _each(list(reports)))
    return "".join(f"{count:>5}  {code}  {CODES[code].summary}\n" for code, count in counts.most_common())


FORMATS = {"full": _full, "concise": _concise, "json": _json, "github": _github, "sarif": _sarif}
"""How findings can be written."""
