"""``callr-segment estimate`` and ``callr-segment demo``: whole campaigns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import callr_segment as sms
from callr_segment.campaign import files
from callr_segment.campaign.contents import figures, outline
from callr_segment.campaign.demo import load
from callr_segment.campaign.plan import Plan, settings, templates_of
from callr_segment.campaign.report import render_html
from callr_segment.cli.outcome import FINE, PROBLEMS, print_json, say
from callr_segment.cli.pricing import Prices, read_card
from callr_segment.cli.terminal import print_report, progress_bar
from callr_segment.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["demo", "estimate", "rows_named_as_in"]


def estimate(
    file: Path,
    /,
    *,
    text: str | None = None,
    templates: Path | None = None,
    choose: str | None = None,
    to: str | None = None,
    prices: Prices = Prices(),
    country: str | None = None,
    network: str | None = None,
    region: str | None = None,
    encoding: str | None = None,
    errors: Literal["strict", "replace", "rewrite"] = "strict",
    traffic: str = "marketing",
    sender: str | None = None,
    when: date | None = None,
    duplicates: Literal["keep", "drop"] = "keep",
    invalid: Literal["exclude", "price"] = "exclude",
    exclude: Path | None = None,
    budget: str | None = None,
    max_parts: int | None = None,
    max_unpriced: int | None = None,
    max_card_age: int | None = None,
    out: Path | None = None,
    report: Path | None = None,
    force: bool = False,
    json: bool = False,
    strict: bool = False,
    no_progress: bool = False,
    file_encoding: str | None = None,
    separator: str | None = None,
) -> int:
    """Cost a campaign: a file of recipients, a text or several, and a rate card or a price.

    Country, network, region, encoding, traffic and sender are each a column, or one value for all rows.

    :param file: Recipients: .csv, .tsv, .parquet or .xlsx, with a header.
    :param text: The text, with columns as `{fields}`; `@file` reads it from a file.
    :param templates: Several texts: a JSON object of names and texts.
    :param choose: The column that names the text of each row.
    :param to: The column of phone numbers.
    :param country: Country of the number, where the number itself does not tell.
    :param network: MCC and MNC, such as 20801.
    :param region: Where numbers without a calling code are dialled, such as FR.
    :param encoding: Force gsm or unicode.
    :param errors: What becomes of a text that a forced gsm cannot carry.
    :param traffic: marketing or alerting.
    :param sender: Sender of the messages.
    :param when: Day of sending, for rate cards with dates; today by default.
    :param duplicates: Whether a number that comes again is sent to again.
    :param invalid: Whether a row without a valid number is left out, or priced by its country.
    :param exclude: Numbers that opted out: one on each line of a .txt, or a table.
    :param budget: Cents the campaign may cost; over this limit or one of the next the exit code is 1.
    :param max_parts: Parts that one message may have.
    :param max_unpriced: Rows that may be without a price.
    :param max_card_age: Days that the rates may be old.
    :param out: Write the rows, with parts and cost, to a new .parquet or .csv.
    :param report: Write a report to a new .html.
    :param force: Replace files that exist.
    :param json: Print JSON.
    :param strict: End with 1 if any row has an error.
    :param no_progress: Show no progress bar.
    :param file_encoding: Encoding of a CSV that is not UTF-8, such as cp1252.
    :param separator: What is between the cells of a CSV, if it is not found; `tab` is one.
    """
    for path, kinds in ((out, files.ROWS), (report, files.PAGES)):
        if path is not None:
            files.check_output(path, kinds, force=force)
    wording, card = _wording(text, templates, choose), read_card(prices)
    opted_out = exclude and files.read_numbers(exclude, column=to, file_encoding=file_encoding)
    limits = sms.Budget(budget, max_parts, max_unpriced, max_card_age)
    table = files.open_table(file, file_encoding=file_encoding, separator=separator)
    options: dict[str, Any] = {
        "country": country, "network": network, "default_region": region, "encoding": encoding,
        "traffic": traffic, "sender": sender,
    }  # fmt: skip
    with progress_bar(shown=not no_progress) as progress:
        frame = table.read(_columns(table.names, wording, choose, to, options))
        with rows_named_as_in(frame):
            found = sms.estimate(
                frame, text=wording, choose=choose, to=to, rates=card, errors=errors, when=when,
                duplicates=duplicates, invalid=invalid, exclude=opted_out, budget=limits, progress=progress,
                **options,
            )  # fmt: skip
    if out is not None:
        files.write_rows(found.to_arrow(), out, index=frame.index, force=force)
        say(f"wrote {out}")
    _tell(found, title=file.name, report=report, force=force, json=json)
    return _judge(found) if strict else FINE


def demo(*, report: Path = Path("demo.html"), force: bool = False, json: bool = False) -> int:
    """Cost the campaign that comes with the package: what it costs, why, and what is wrong in it.

    :param report: Where the report goes.
    :param force: Replace the report if there is one.
    :param json: Print JSON.
    """
    recipients, templates, card = load()
    found = sms.estimate(
        recipients, text=templates, choose="template", to="to", country="country", default_region="FR",
        rates=card, duplicates="drop",
    )  # fmt: skip
    _tell(found, title="A winter sale, the demo campaign", report=report, force=force, json=json)
    return FINE


def _wording(text: str | None, templates: Path | None, choose: str | None) -> str | dict[str, str]:
    if text is not None and templates is None:
        return files.read_text(Path(text[1:])) if text.startswith("@") else text
    if text is not None or templates is None:
        raise InputError(
            "say what to send: --text 'Bonjour {name}', or --templates texts.json --choose column"
        )
    if choose is None:
        raise InputError("--templates needs --choose, the column that names the text of each row")
    return files.read_templates(templates)


def _columns(
    names: Sequence[str],
    wording: str | dict[str, str],
    choose: str | None,
    to: str | None,
    options: dict[str, Any],
) -> tuple[str, ...]:
    """Find the columns that are needed, before any row is read."""
    read: dict[str, Any] = settings(names, options)
    return Plan(templates_of(wording, choose, names), choose, to, **read).columns


@contextmanager
def rows_named_as_in(frame: pd.DataFrame) -> Iterator[None]:
    """Call a row in an error what the file calls it."""
    try:
        yield
    except InputError as error:
        if not isinstance(error.row, int) or str(error).startswith("exclude"):
            raise
        row = frame.index[error.row]
        message = str(error).replace(f"row {error.row}", f"row {row}", 1)
        raise InputError(message, row=row, column=error.column, value=error.value) from error


def _tell(found: sms.Estimate, *, title: str, report: Path | None, force: bool, json: bool) -> None:
    if json and report is None:
        return print_json(figures(found))
    content = outline(found, title=title)
    if report is not None:
        files.write_page(render_html(content), report, force=force)
        say(f"wrote {report}")
    return print_json(figures(found)) if json else print_report(content)


def _judge(found: sms.Estimate) -> int:
    left = found.summary.rows - found.messages
    if not left:
        return FINE
    return say(f"{left:,} of {found.summary.rows:,} rows have errors and are not in the cost", PROBLEMS)
