"""A costed campaign as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.reports.outline import outline

__all__ = ["report_text"]


def report_text(campaign: Costed, *, title: str = "SMS campaign", problems: int = 10, lines: int = 12) -> str:
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
    report = outline(campaign, title=title, problems=problems, lines=lines)
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
