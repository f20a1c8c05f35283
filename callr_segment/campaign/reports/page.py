"""An estimate as people read it: one HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.reports.outline import Report, brief, outline
from callr_segment.errors import MissingExtra

__all__ = ["brief_html", "render_html", "report_html"]

PAGE = Path(__file__).with_name("page.html.jinja")


def report_html(campaign: Costed, *, title: str = "SMS campaign", problems: int = 50) -> str:
    """Write an estimate as one HTML page that needs nothing else: no script, font or image from elsewhere.

    ``problems`` is how many of them are listed, errors first. Everything in it is escaped, and characters
    that cannot be seen, or that change how others are, stand as their code points.

    >>> import pandas as pd
    >>> from callr_segment import estimate
    >>> found = estimate(pd.DataFrame({"name": ["<script>"]}), text="Bonjour {name}")
    >>> "<h1>A &amp; B</h1>" in report_html(found, title="A & B")
    True
    """
    return render_html(outline(campaign, title=title, problems=problems))


def render_html(report: Report) -> str:
    """Write a report as one HTML page, as `report_html` does.

    >>> "<h1>A &amp; B</h1>" in render_html(Report("A & B", (), (), (), ()))
    True
    """
    return _page().render(report=report)


def brief_html(campaign: Costed) -> str:
    """Write what an estimate comes to as a notebook shows it: escaped, and with nothing from elsewhere.

    >>> import pandas as pd
    >>> from callr_segment import estimate
    >>> found = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
    >>> "<td>1 of 1 row will be sent, in 1 part.</td>" in brief_html(found).replace("div", "td")
    True
    """
    report = brief(campaign)
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
