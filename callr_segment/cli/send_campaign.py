"""``callr-segment send``, ``resume`` and ``status``: a campaign that is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr
from decimal import Decimal
from pathlib import Path

import callr_segment as sms
from callr_segment.campaign.files import tables
from callr_segment.campaign.rates.money import shown
from callr_segment.campaign.reports.outline import outline
from callr_segment.cli.campaign_options import Campaign, TableFile, estimated
from callr_segment.cli.console import FINE, PROBLEMS, JsonLines, log, log_as_json, print_json, say
from callr_segment.cli.price_options import Prices
from callr_segment.cli.sending_options import (
    Connection,
    SendingLimits,
    allowed_budget,
    figures,
    resume_command,
)
from callr_segment.cli.terminal import print_report
from callr_segment.errors import InputError, visible
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.ledger.reading import Counts

__all__ = ["resume", "send", "status"]


def send(
    file: TableFile,
    /,
    *,
    ledger: Path,
    campaign: Campaign = Campaign(),
    prices: Prices = Prices(),
    limits: SendingLimits = SendingLimits(),
    connection: Connection = Connection(),
    skip_errors: bool = False,
    allow_duplicates: bool = False,
    dry_run: bool = False,
) -> int:
    """Send a campaign: show what it will cost, ask, and send each message at most once.

    The ledger remembers what was sent, through crashes and power cuts; the same command, or `resume`, goes on
    where it stopped. It ends with 0 where every message was accepted, but those to who opted out, else
    with 1.

    :param file: Recipients: .csv, .tsv, .parquet or .xlsx, with a header.
    :param ledger: The file that remembers; made where there is none.
    :param skip_errors: Send though some rows cannot be sent.
    :param allow_duplicates: Send though a number has several messages.
    :param dry_run: Write the plan into the ledger, and send nothing.
    """
    if file == Path("-"):
        raise InputError(
            "send reads no standard input: the same command must find the recipients again to go on; "
            "write them to a file"
        )
    log_as_json(limits.log_json)
    found, _ = estimated(file, campaign, prices, budget=None, shown=not limits.no_progress)
    _show(found, file.name)
    most = None if found.cost_range_cents is None else found.cost_range_cents[1]
    with connection.client(dry_run=dry_run) as client, sms.Ledger(ledger) as book:
        budget = (
            limits.budget
            if dry_run and limits.budget
            else allowed_budget(limits, most, f"{found.messages:,} SMS", found.currency)
        )
        options = {**limits.options, "skip_errors": skip_errors, "allow_duplicates": allow_duplicates}
        again = resume_command(book.path, limits, connection, budget)
        with _told(book, limits, again, is_rehearsal=dry_run):
            client.send_all(found, book, budget_cents=budget, resume_with=again, **options)
        return FINE if dry_run else _code(book.counts())


def resume(
    ledger: Path,
    /,
    *,
    limits: SendingLimits = SendingLimits(),
    connection: Connection = Connection(),
    exclude: Path | None = None,
    region: str | None = None,
) -> int:
    """Go on with a campaign where it stopped; what may have been sent is never sent again.

    :param ledger: The file that remembers.
    :param exclude: Numbers that have opted out by now: one on each line of a .txt, or a table. Those that
        were told before are remembered.
    :param region: Where numbers without a calling code are dialled, such as FR.
    """
    log_as_json(limits.log_json)
    opted_out = _opted_out(exclude, region)
    with connection.client() as client, sms.Ledger(ledger, must_exist=True) as book:
        counts, (_, currency) = book.counts(), book.planned_cost_cents()
        print(counts)
        budget = allowed_budget(limits, None, f"the {counts.not_sent:,} SMS that are left", currency)
        again = resume_command(book.path, limits, connection, budget, exclude=exclude, region=region)
        with _told(book, limits, again):
            client.send_all(
                None, book, budget_cents=budget, exclude=opted_out, resume_with=again, **limits.options
            )
        return _code(book.counts())


def status(ledger: Path, /, *, unknown: bool = False, rejected: bool = False, json: bool = False) -> int:
    """Tell how far a campaign is and what it has cost; another process may be sending it.

    :param ledger: The file that remembers; nothing is written to it.
    :param unknown: List the messages that may have been sent, and why they may.
    :param rejected: List the messages that Callr refused, and why.
    :param json: Print JSON.
    """
    with sms.Ledger(ledger, read_only=True) as book:
        expected, currency = book.planned_cost_cents()
        if json:
            print_json({**figures(book.counts()), "expected_cents": str(expected), "currency": currency})
            return FINE
        print(book.counts())
        print(_money(book.counts(), expected, currency))
        for each in [*(book.unknown() if unknown else ()), *(book.rejected() if rejected else ())]:
            print(visible(f"row {each.row}, {masked(each.number or '')}: {each.why or 'in flight'}"))
    return FINE


def _show(found: sms.Estimate, title: str) -> None:
    """Show what a campaign comes to, without the tables of a report."""
    log("estimate", messages=found.messages, parts=found.parts, expected_cents=str(found.cost_cents))
    print_report(outline(found, title=title, problems=0)._replace(sections=()))


@contextmanager
def _told(
    book: sms.Ledger, limits: SendingLimits, again: str, *, is_rehearsal: bool = False
) -> Iterator[None]:
    """Print what became of every message, whatever ends the run."""
    try:
        with redirect_stderr(JsonLines()) if limits.log_json else nullcontext():
            yield
    finally:
        counts = book.counts()
        log("end", **figures(counts))
        if not limits.has_bar:
            print(counts)
        if counts.not_sent and not is_rehearsal:
            say(f"resume with {again}")
        if counts.unknown:
            say(f"look for the unknown with callr-segment reconcile {book.path} --search")


def _money(counts: Counts, expected: Decimal, currency: str | None) -> str:
    reserved = shown(counts.reserved_cents, None)
    more = f", and at most {reserved} for what may have been sent" if counts.reserved_cents else ""
    spent, whole = shown(counts.spent_cents, None), shown(expected, currency or "nothing planned")
    return f"{spent} of {whole} spent{more}"


def _code(counts: Counts) -> int:
    return FINE if counts.is_finished else PROBLEMS


def _opted_out(exclude: Path | None, region: str | None) -> list[str] | None:
    """Read numbers in E.164: a ledger does not know where they are dialled."""
    if exclude is None:
        return None
    written = tables.read_numbers(exclude).dropna()
    return [sms.normalize_number(each, default_region=region).e164 for each in written]
