"""``callr-segment reconcile``: the bill of a campaign that was sent."""

from __future__ import annotations

from pathlib import Path

import callr_segment as sms
from callr_segment.campaign.files import writing
from callr_segment.campaign.reports.page import render_html
from callr_segment.cli.console import FINE, PROBLEMS, print_json, say
from callr_segment.cli.sending_options import Connection
from callr_segment.cli.terminal import print_report
from callr_segment.sending.billing import outline as bill
from callr_segment.sending.billing.matching import read_receipts
from callr_segment.sending.billing.reconciliation import Reconciliation, find_receipts

__all__ = ["reconcile"]


def reconcile(
    ledger: Path,
    /,
    *,
    connection: Connection = Connection(),
    receipts: Path | None = None,
    search: bool = False,
    report: Path | None = None,
    force: bool = False,
    json: bool = False,
) -> int:
    """Hold the bill against the estimate, and settle what may have been sent.

    It ends with 1 while there are messages of which it is not known whether they were sent.

    :param ledger: The file that remembers.
    :param receipts: What Callr answered: a table (to, text, sid, status, parts, encoding, cost) or JSON.
    :param search: Ask Callr for the messages that may have been sent, or whose cost is not known.
    :param report: Write a report to a new .html.
    :param force: Replace the report if there is one.
    :param json: Print JSON.
    """
    if report is not None:
        writing.check_output(report, writing.PAGES, force=force, inputs=(ledger, receipts))
    with sms.Ledger(ledger, must_exist=True) as book:
        told = [] if receipts is None else read_receipts(receipts)
        if search:
            with connection.client() as client:
                told += find_receipts(client, book)
        found = sms.reconcile(book, told)
    _tell(found, ledger.name, report=report, force=force, json=json)
    return PROBLEMS if found.counts["unknown"] else FINE


def _tell(found: Reconciliation, title: str, *, report: Path | None, force: bool, json: bool) -> None:
    content = bill.outline(found, title=title)
    if report is not None:
        writing.write_page(render_html(content), report, force=force)
        say(f"wrote {report}")
    if json:
        return print_json(found.figures())
    return print_report(content)
