"""How a campaign is sent, kept in its ledger: where to, in which hours and how fast."""

from __future__ import annotations

from datetime import time
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from callr_segment.errors import InputError, LedgerError
from callr_segment.sending.delivery.window import Window, french_holidays
from callr_segment.sending.ledger.book import Ledger

__all__ = ["KEPT", "Kept", "Settings", "host_of", "keep", "settings_of"]

Kept = Literal["kept"]
KEPT: Final = "kept"
"""What an option is that is not given: as it was when the campaign was sent last."""


class Settings(NamedTuple):
    """Where a campaign is sent to, in which hours, and how many start in a second at most."""

    host: str
    window: Window | None
    per_second: float | None


def host_of(base_url: str) -> str:
    """Name what is sent to; on this machine the port does not matter, since a test has another each time.

    >>> host_of("https://api.callr.com/v2.0"), host_of("http://127.0.0.1:8025/v2.0")
    ('https://api.callr.com', 'http://127.0.0.1')
    """
    parts = urlsplit(base_url)
    is_here = parts.scheme == "http"  # which a client takes on this machine only
    return f"{parts.scheme}://{parts.hostname if is_here else parts.netloc}"


def settings_of(
    book: Ledger, host: str, window: Window | Kept | None, per_second: float | Kept | None
) -> Settings:
    """Complete what was given by what the ledger keeps; LedgerError for another host."""
    kept = book.settings()
    if kept.get("host", host) != host:
        raise LedgerError(
            f"{book.path} was sent to {kept['host']}, not to {host}: what one has accepted the other knows "
            "nothing of; use a client of the same base_url, or another ledger for a campaign of its own"
        )
    hours = _to_window(kept.get("window")) if isinstance(window, str) else window
    rate = kept.get("per_second") if isinstance(per_second, str) else per_second
    return Settings(host, hours, rate)


def keep(book: Ledger, settings: Settings) -> None:
    """Keep in a ledger how it is sent, once that was found to be possible."""
    new = settings._asdict() | {"window": _from_window(settings.window)}
    if new != book.settings():
        book.keep(new)


def _from_window(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    holidays = {None: None, french_holidays: "french"}.get(window.is_holiday, "other")
    zone = window.timezone.key if isinstance(window.timezone, ZoneInfo) else None
    hours = {name: getattr(window, name).isoformat() for name in ("opens", "closes")}
    days = sorted(window.closed_weekdays)
    return {**hours, "timezone": zone, "closed_weekdays": days, "holidays": holidays}


def _to_window(kept: dict[str, Any] | None) -> Window | None:
    if kept is None:
        return None
    if kept["timezone"] is None or kept["holidays"] == "other":
        raise InputError(
            "this campaign has hours whose holidays or time zone a file cannot hold: pass window= as before, "
            "or None to send at any hour"
        )
    return Window(
        opens=time.fromisoformat(kept["opens"]),
        closes=time.fromisoformat(kept["closes"]),
        timezone=kept["timezone"],
        closed_weekdays=tuple(kept["closed_weekdays"]),
        is_holiday=french_holidays if kept["holidays"] == "french" else None,
    )
