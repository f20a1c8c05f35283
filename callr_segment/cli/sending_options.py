"""How a campaign is sent from the command line: where to, how far, how fast; and how it goes on."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from cyclopts import Parameter

import callr_segment as sms
from callr_segment.campaign.rates.money import cents, microcents, shown
from callr_segment.cli.console import log
from callr_segment.errors import InputError
from callr_segment.sending.api.requests import BASE_URL
from callr_segment.sending.delivery.settings import KEPT
from callr_segment.sending.ledger.reading import Counts

__all__ = ["Connection", "SendingLimits", "allowed_budget", "figures", "log_progress", "resume_command"]


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
class SendingLimits:
    """How far and how fast it may go.

    :param budget: Cents that may be spent at most, with what this ledger has spent before.
    :param yes: Do not ask; needs --budget.
    :param in_flight: Requests that run at once.
    :param per_second: Messages that start in a second, at most; unless given, as this ledger was sent before.
    :param hours: Send within these hours only, such as 08:00-20:00, not on Sundays; `france`, without its
        holidays; or `any`. Unless given, as this ledger was sent before.
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
            "per_second": KEPT if self.per_second is None else self.per_second,
            "window": _window(self.hours, self.timezone),
            "progress": log_progress if self.log_json else self.has_bar,
        }


def allowed_budget(
    limits: SendingLimits, most: Decimal | None, what: str, currency: str | None
) -> str | Decimal:
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
    amount = shown(cents(microcents(budget)), currency)
    print(f"Send {what} for at most {amount}? [y/N] ", end="", flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise InputError("nothing was sent, as you wish")
    return budget


def _window(hours: str | None, timezone: str) -> Any:
    if hours in (None, "any"):
        return KEPT if hours is None else None
    if hours == "france":
        return sms.FRENCH_MARKETING
    opens, dash, closes = hours.partition("-")
    if not dash:
        raise InputError(f"--hours {hours!r} is not like 08:00-20:00, france or any", value=hours)
    return sms.Window(opens=opens, closes=closes, timezone=timezone)


def resume_command(
    ledger: Path, limits: SendingLimits, connection: Connection, budget: str | Decimal, **more: object
) -> str:
    """Write the whole command that goes on as this one does.

    >>> resume_command(Path("sale.ledger"), SendingLimits(yes=True), Connection(timeout=3), "90", region=None)
    'callr-segment resume sale.ledger --budget 90 --timeout 3 --yes'
    """
    options: dict[str, object] = {"budget": budget}
    for given in (connection, limits):
        for each in fields(given):
            value = getattr(given, each.name)
            if each.name != "budget" and value != each.default:
                options[each.name] = value
    options |= {name: value for name, value in more.items() if value is not None}
    words = ["callr-segment", "resume", str(ledger)]
    for name, value in options.items():
        words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return shlex.join(words)


def log_progress(counts: Counts) -> None:
    """Log how far a campaign is."""
    log("progress", **figures(counts))


def figures(counts: Counts) -> dict[str, object]:
    """Name what is counted, for another program."""
    return {
        name: str(value) if isinstance(value, Decimal) else value for name, value in counts._asdict().items()
    }
