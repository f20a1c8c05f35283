"""A report in a terminal, or in the file that takes its output; and the bar shown while one waits for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from callr_segment.campaign.reports.outline import Fact, Report, Section

__all__ = ["print_report", "progress_bar"]

PIPED = 100  # columns where there is no terminal
BAR = 10  # characters of a full bar
SIDES: dict[str, Literal["left", "right"]] = {"l": "left", "r": "right"}


def print_report(report: Report, *, lines: int = 12) -> None:
    """Print a report to standard output: in colours, and as wide as the terminal, if it is one.

    Tables are cut after so many lines.

    >>> print_report(Report("Sale", ("2 of 2 rows will be sent, in 2 parts.",), (), (), ()))
    Sale
    2 of 2 rows will be sent, in 2 parts.
    """
    width = None if sys.stdout.isatty() else PIPED
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:  # printed at once: the console would end the process on a closed pipe
        console.print(report.title, style="bold")
        console.print("\n".join(report.sentences))
        if report.facts:
            console.print("", _facts(report.facts), sep="\n")
        for section in (whole.cut(lines) for whole in report.sections):
            console.print()
            console.print(section.title, style="bold")
            console.print(_table(section))
            if section.note:
                console.print(section.note, style="dim")
        if report.sections:  # the first lines have left the terminal by now
            console.print(
                "", "In all " + ", ".join(f"{fact.value} {fact.label}" for fact in report.facts), sep="\n"
            )
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _facts(facts: tuple[Fact, ...]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right", style="bold")
    table.add_column(style="dim")
    for fact in facts:
        table.add_row(*fact)
    return table


def _table(section: Section) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True, header_style="dim")
    for name, side in zip(section.header, section.align, strict=True):
        table.add_column(name, justify=SIDES[side], overflow="fold")
    if section.shares:
        table.add_column(width=BAR, style="cyan")
    for at, row in enumerate(section.rows):
        bar = ["━" * round(BAR * section.shares[at])] if section.shares else []
        table.add_row(*row, *bar)
    return table


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Callable[[int, int], object]]:
    """Show how much is done, if standard error is a terminal; the function takes rows done, and all rows.

    >>> with progress_bar(shown=False) as progress:
    ...     progress(1, 2)
    """
    if not (shown and sys.stderr.isatty()):
        yield lambda done, total: None
        return
    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
