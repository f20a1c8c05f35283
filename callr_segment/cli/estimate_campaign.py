"""``callr-segment estimate`` and ``callr-segment demo``: whole campaigns."""

from __future__ import annotations

from pathlib import Path

import callr_segment as sms
from callr_segment.campaign.demo import load
from callr_segment.campaign.files import writing
from callr_segment.campaign.reports.figures import figures
from callr_segment.campaign.reports.outline import outline
from callr_segment.campaign.reports.page import render_html
from callr_segment.cli.campaign_options import Campaign, TableFile, estimated
from callr_segment.cli.console import FINE, PROBLEMS, print_json, say
from callr_segment.cli.price_options import Prices
from callr_segment.cli.terminal import print_report

__all__ = ["demo", "estimate"]


def estimate(
    file: TableFile,
    /,
    *,
    campaign: Campaign = Campaign(),
    prices: Prices = Prices(),
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
) -> int:
    """Cost a campaign: a file of recipients, a text or several, and a rate card or a price.

    Country, network, region, encoding, traffic and sender are each a column, or one value for all rows.

    :param file: Recipients: .csv, .csv.gz, .tsv, .parquet or .xlsx, with a header; - is standard input.
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
    """
    inputs = (file, campaign.exclude, campaign.templates, prices.rates)
    for path, kinds in ((out, writing.ROWS), (report, writing.PAGES)):
        if path is not None:
            writing.check_output(path, kinds, force=force, inputs=inputs)
    limits = sms.Budget(budget, max_parts, max_unpriced, max_card_age)
    found, frame = estimated(file, campaign, prices, budget=limits, shown=not no_progress)
    if out is not None:
        writing.write_rows(found.to_arrow(), out, index=frame.index, force=force)
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


def _tell(found: sms.Estimate, *, title: str, report: Path | None, force: bool, json: bool) -> None:
    if json and report is None:
        return print_json(figures(found))
    content = outline(found, title=title)
    if report is not None:
        writing.write_page(render_html(content), report, force=force)
        say(f"wrote {report}")
    return print_json(figures(found)) if json else print_report(content)


def _judge(found: sms.Estimate) -> int:
    left = found.summary.rows - found.messages
    if not left:
        return FINE
    return say(f"{left:,} of {found.summary.rows:,} rows have errors and are not in the cost", PROBLEMS)
