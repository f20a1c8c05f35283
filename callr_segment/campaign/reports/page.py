"""An estimate as people read it: one HTML page, or plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callr_segment.campaign.reports.outline import Report, brief, outline
from callr_segment.errors import MissingExtra

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate

__all__ = ["brief_html", "render_html", "report_html", "report_text"]

PAGE = Path(__file__).with_name("page.html.jinja")


def report_html(estimate: Estimate, *, title: str = "SMS campaign", problems: int = 50) -> str:
    """Write an estimate as one HTML page that needs nothing else: no script, font or image from elsewhere.

    ``problems`` is how many of them are listed, errors first. Everything in it is escaped, and characters
    that cannot be seen, or that change how others are, stand as their code points.

    >>> import pandas as pd
    >>> from callr_segment import estimate
    >>> found = estimate(pd.DataFrame({"name": ["<script>"]}), text="Bonjour {name}")
    >>> "<h1>A &amp; B</h1>" in report_html(found, title="A & B")
    True
    """
    return render_html(outline(estimate, title=title, problems=problems))


def render_html(report: Report) -> str:
    """Write a report as one HTML page, as `report_html` does.

    >>> "<h1>A &amp; B</h1>" in render_html(Report("A & B", (), (), (), ()))
    True
    """
    return _page().render(report=report)


def brief_html(estimate: Estimate) -> str:
    """Write what an estimate comes to as a notebook shows it: escaped, and with nothing from elsewhere.

    >>> import pandas as pd
    >>> from callr_segment import estimate
    >>> found = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
    >>> "<td>1 of 1 row will be sent, in 1 part.</td>" in brief_html(found).replace("div", "td")
    True
    """
    report = brief(estimate)
    said = [f"<div>{escape(sentence)}</div>" for sentence in report.sentences]
    facts = [(fact.label, fact.value, fact.note) for fact in report.facts]
    tables = [_table(("", "", ""), "lrl", facts)]
    tables += [_table(section.header, section.align, section.rows) for section in report.sections]
    return "".join([*said, *tables])


def _table(header: Sequence[str], align: str, rows: Iterable[Sequence[str]]) -> str:
    sides = [f"text-align:{'right' if side == 'r' else 'left'}" for side in align]
    lines = [("th", header)] if any(header) else []
    cells = (
        "".join(
            f'<{tag} style="{side}">{escape(cell)}</{tag}>' for side, cell in zip(sides, row, strict=True)
        )
        for tag, row in [*lines, *(("td", row) for row in rows)]
    )
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in cells)}</table>"


def report_text(
    estimate: Estimate, *, title: str = "SMS campaign", problems: int = 10, lines: int = 12
) -> str:
    """Write an estimate as plain text, with so many problems and so many lines of each other table.

    >>> import pandas as pd
    >>> from callr_segment import estimate
    >>> found = estimate(pd.DataFrame({"name": ["Zoé", "François"]}), text="Bonjour {name}")
    >>> print(report_text(found).partition("WHERE")[0])
    SMS campaign
    <BLANKLINE>
    2 of 2 rows will be sent, in 2 parts.
    1 message is Unicode: 70 characters in one part instead of 160.
    <BLANKLINE>
    messages        2  of 2 rows
    parts           2  1.00 per message
    cost      unknown  without a rate card that has prices for it
    <BLANKLINE>
    <BLANKLINE>
    """
    report = outline(estimate, title=title, problems=problems, lines=lines)
    blocks = [report.title, "\n".join(report.sentences), _columns(report.facts, "lrl")]
    for section in report.sections:
        table = _columns([section.header, *section.rows], section.align)
        blocks.append("\n".join(filter(None, [section.title.upper(), table, section.note])))
    blocks.append(_columns(report.origin, "ll"))
    return "\n\n".join(blocks) + "\n"


def _columns(rows: Sequence[Sequence[str]], align: str) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    adjust = {"l": str.ljust, "r": str.rjust}
    lines = (
        "  ".join(adjust[side](cell, width) for cell, width, side in zip(row, widths, align, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


@cache
def _page() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise MissingExtra('an HTML report needs Jinja2: pip install "callr-segment[campaign]"') from error
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(PAGE.read_text(encoding="utf-8"))
