"""``callr-segment send``, ``resume``, ``status`` and ``reconcile``: a campaign that is sent, and its bill."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from cyclopts import Parameter

import callr_segment as sms
from callr_segment.campaign.files import tables, writing
from callr_segment.campaign.rates.money import cents, microcents
from callr_segment.campaign.reports.outline import outline
from callr_segment.campaign.reports.page import render_html
from callr_segment.cli.campaign_options import Campaign, estimated
from callr_segment.cli.console import FINE, PROBLEMS, JsonLines, log, log_as_json, print_json, say
from callr_segment.cli.price_options import Prices
from callr_segment.cli.terminal import print_report
from callr_segment.errors import InputError, visible
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.requests import BASE_URL
from callr_segment.sending.billing import outline as bill
from callr_segment.sending.billing.matching import read_receipts
from callr_segment.sending.billing.reconciliation import Reconciliation, find_receipts
from callr_segment.sending.ledger.book import Counts

__all__ = ["Connection", "Limits", "reconcile", "resume", "send", "status"]


@Parameter(name="*")
@dataclass(frozen=True)
class Connection:
    """How Callr is reached; the key is in the environment, as CALLR_API_KEY.

    :param base_url: Where the API is.
    :param ca_file: Certificates to trust, where they are not those of the system.
    :param timeout: Seconds that a request may take.
    """

    base_url: str = BASE_URL
    ca_file: Path | None = None
    timeout: float = 10.0

    def client(self, *, dry_run: bool = False) -> sms.Client:
        """Make the client."""
        return sms.Client(base_url=self.base_url, ca_file=self.ca_file, timeout=self.timeout, dry_run=dry_run)


@Parameter(name="*")
@dataclass(frozen=True)
class Limits:
    """How far and how fast it may go.

    :param budget: Cents that may be spent at most, with what this ledger has spent before.
    :param yes: Do not ask; needs --budget.
    :param in_flight: Requests that run at once.
    :param per_second: Messages that start in a second, at most.
    :param hours: Send within these hours only, such as 08:00-20:00, not on Sundays; or `france`, without its
        holidays.
    :param timezone: Where those hours are.
    :param log_json: Say on standard error what happens as JSON, a line each.
    :param no_progress: Show no progress bar.
    """

    budget: str | None = None
    yes: bool = False
    in_flight: int = 8
    per_second: float | None = None
    hours: str | None = None
    timezone: str = "Europe/Paris"
    log_json: bool = False
    no_progress: bool = False

    @property
    def has_bar(self) -> bool:
        """Whether a bar is shown, which ends with what became of every message."""
        return sys.stderr.isatty() and not (self.no_progress or self.log_json)

    @property
    def options(self) -> dict[str, Any]:
        """What `Client.send_all` takes."""
        return {
            "in_flight": self.in_flight,
            "per_second": self.per_second,
            "window": _window(self.hours, self.timezone),
            "progress": _log_progress if self.log_json else self.has_bar,
        }


def send(
    file: Path,
    /,
    *,
    ledger: Path,
    campaign: Campaign = Campaign(),
    prices: Prices = Prices(),
    limits: Limits = Limits(),
    connection: Connection = Connection(),
    skip_errors: bool = False,
    allow_duplicates: bool = False,
    dry_run: bool = False,
) -> int:
    """Send a campaign: show what it will cost, ask, and send each message at most once.

    The ledger remembers what was sent, through crashes and power cuts; the same command, or `resume`, goes on
    where it stopped. It ends with 0 where every message was accepted, with 1 where one was not.

    :param file: Recipients: .csv, .tsv, .parquet or .xlsx, with a header.
    :param ledger: The file that remembers; made where there is none.
    :param skip_errors: Send though some rows cannot be sent.
    :param allow_duplicates: Send though a number has several messages.
    :param dry_run: Write the plan into the ledger, and send nothing.
    """
    log_as_json(limits.log_json)
    found, _ = estimated(file, campaign, prices, budget=None, shown=not limits.no_progress)
    _show(found, file.name)
    most = None if found.cost_range_cents is None else found.cost_range_cents[1]
    with connection.client(dry_run=dry_run) as client, sms.Ledger(ledger) as book:
        budget = (
            limits.budget
            if dry_run and limits.budget
            else _allowed(limits, most, f"{found.messages:,} SMS", found.currency)
        )
        options = {**limits.options, "skip_errors": skip_errors, "allow_duplicates": allow_duplicates}
        with _told(book, limits, is_rehearsal=dry_run):
            client.send_all(found, book, budget_cents=budget, resume_with=_resume(book), **options)
        return FINE if dry_run else _code(book.counts())


def resume(
    ledger: Path,
    /,
    *,
    limits: Limits = Limits(),
    connection: Connection = Connection(),
    exclude: Path | None = None,
    region: str | None = None,
) -> int:
    """Go on with a campaign where it stopped; what may have been sent is never sent again.

    :param ledger: The file that remembers.
    :param exclude: Numbers that have opted out by now: one on each line of a .txt, or a table.
    :param region: Where numbers without a calling code are dialled, such as FR.
    """
    log_as_json(limits.log_json)
    opted_out = _opted_out(exclude, region)
    with connection.client() as client, sms.Ledger(ledger, must_exist=True) as book:
        counts, (_, currency) = book.counts(), book.planned_cost_cents()
        print(counts)
        budget = _allowed(limits, None, f"the {counts.not_sent:,} SMS that are left", currency)
        with _told(book, limits):
            client.send_all(
                None,
                book,
                budget_cents=budget,
                exclude=opted_out,
                resume_with=_resume(book),
                **limits.options,
            )
        return _code(book.counts())


def status(ledger: Path, /, *, unknown: bool = False, json: bool = False) -> int:
    """Tell how far a campaign is and what it has cost; another process may be sending it.

    :param ledger: The file that remembers.
    :param unknown: List the messages that may have been sent.
    :param json: Print JSON.
    """
    with sms.Ledger(ledger, must_exist=True) as book:
        expected, currency = book.planned_cost_cents()
        if json:
            print_json({**_figures(book.counts()), "expected_cents": str(expected), "currency": currency})
            return FINE
        print(book.counts())
        print(_money(book.counts(), expected, currency))
        for each in book.unknown() if unknown else ():
            print(visible(f"row {each.row}, {masked(each.number or '')}: {each.why or 'in flight'}"))
    return FINE


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
    :param receipts: A table of what Callr answered: to, text, sid, status, parts, encoding, cost.
    :param search: Ask Callr for the messages that may have been sent.
    :param report: Write a report to a new .html.
    :param force: Replace the report if there is one.
    :param json: Print JSON.
    """
    if report is not None:
        writing.check_output(report, writing.PAGES, force=force, inputs=(ledger, receipts))
    with sms.Ledger(ledger, must_exist=True) as book:
        told = [] if receipts is None else _read(receipts)
        if search:
            with connection.client() as client:
                told += find_receipts(client, book)
        found = sms.reconcile(book, told)
    _tell(found, ledger.name, report=report, force=force, json=json)
    return PROBLEMS if found.counts["unknown"] else FINE


def _show(found: sms.Estimate, title: str) -> None:
    """Show what a campaign comes to, without the tables of a report."""
    log("estimate", messages=found.messages, parts=found.parts, expected_cents=str(found.cost_cents))
    print_report(outline(found, title=title, problems=0)._replace(sections=()))


def _allowed(limits: Limits, most: Decimal | None, what: str, currency: str | None) -> str | Decimal:
    """Ask whether it may be sent, and for how much; without a terminal the options must say so."""
    if limits.yes:
        if limits.budget is None:
            raise InputError("--yes needs --budget, the cents that may be spent at most")
        return limits.budget
    budget = limits.budget or most
    if budget is None:
        raise InputError("give --budget, the cents that may be spent at most")
    if not sys.stdin.isatty():
        raise InputError("nobody is here to be asked: pass --yes and --budget")
    amount = f"{cents(microcents(budget)) / 100:,.2f} {currency}"
    print(f"Send {what} for at most {amount}? [y/N] ", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InputError("nothing was sent, as you wish")
    return budget


def _window(hours: str | None, timezone: str) -> sms.Window | None:
    if hours is None:
        return None
    if hours == "france":
        return sms.FRENCH_MARKETING
    opens, dash, closes = hours.partition("-")
    if not dash:
        raise InputError(f"--hours {hours!r} is not like 08:00-20:00, or france", value=hours)
    return sms.Window(opens=opens, closes=closes, timezone=timezone)


@contextmanager
def _told(book: sms.Ledger, limits: Limits, *, is_rehearsal: bool = False) -> Iterator[None]:
    """Print what became of every message, whatever ends the run."""
    try:
        with redirect_stderr(JsonLines()) if limits.log_json else nullcontext():
            yield
    finally:
        counts = book.counts()
        log("end", **_figures(counts))
        if not limits.has_bar:
            print(counts)
        if counts.not_sent and not is_rehearsal:
            say(f"resume with {_resume(book)}")
        if counts.unknown:
            say(f"look for the unknown with callr-segment reconcile {book.path} --search")


def _resume(book: sms.Ledger) -> str:
    return f"callr-segment resume {book.path}"


def _log_progress(counts: Counts) -> None:
    log("progress", **_figures(counts))


def _figures(counts: Counts) -> dict[str, object]:
    return {
        name: str(value) if isinstance(value, Decimal) else value for name, value in counts._asdict().items()
    }


def _money(counts: Counts, expected: Decimal, currency: str | None) -> str:
    spent, reserved = counts.spent_cents / 100, counts.reserved_cents / 100
    more = f", and at most {reserved:,.2f} for what may have been sent" if reserved else ""
    return f"{spent:,.2f} of {expected / 100:,.2f} {currency or 'nothing planned'} spent{more}"


def _code(counts: Counts) -> int:
    return FINE if counts.accepted == counts.planned else PROBLEMS


def _opted_out(exclude: Path | None, region: str | None) -> list[str] | None:
    """Read numbers in E.164: a ledger does not know where they are dialled."""
    if exclude is None:
        return None
    written = tables.read_numbers(exclude).dropna()
    return [sms.normalize_number(each, default_region=region).e164 for each in written]


def _read(path: Path) -> list[sms.Receipt]:
    table = tables.open_table(path)
    with tables.naming(path):
        return read_receipts(table.read(table.names))


def _tell(found: Reconciliation, title: str, *, report: Path | None, force: bool, json: bool) -> None:
    content = bill.outline(found, title=title)
    if report is not None:
        writing.write_page(render_html(content), report, force=force)
        say(f"wrote {report}")
    if json:
        return print_json(found.figures())
    return print_report(content)
