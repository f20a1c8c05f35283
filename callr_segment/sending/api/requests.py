"""What to ask the API and what its answers mean, as data: the part that a client of any kind shares.

An answer is sorted by what the caller may do next. Only a whole answer that says so proves that a message was
accepted or refused; after anything else it may have been sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from callr_segment.errors import (
    InputError,
    NotSent,
    OutcomeUnknown,
    Rejected,
    SendError,
    did_you_mean,
    visible,
)
from callr_segment.sending.api.redaction import masked, redact
from callr_segment.sending.api.wire import Message, Receipt, read_json, read_receipt

__all__ = [
    "BASE_URL",
    "SEARCH_NAMES",
    "Answer",
    "Call",
    "Page",
    "getting",
    "pinging",
    "retry_after_seconds",
    "searching",
    "sending",
    "unanswered",
]

T = TypeVar("T")

BASE_URL = "https://api.callr.com/v2.0"

SEARCH_NAMES = {
    "direction": "direction",
    "sid": "sid",
    "sender": "from",
    "to": "to",
    "text": "text",
    "traffic": "trafficType",
    "status": "status",
    "since": "from_date",
    "until": "to_date",
    "offset": "offset",
    "limit": "limit",
}
"""What search filters are called in the query. No public page tells, so this is assumed and can be set."""

_HALTS = (401, 403, 405)
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_SHOWN = 200
_SHORTEST_KEY = 8


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A whole answer: its status, its headers by lower-case name, and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def redact(self, secret: str) -> Answer:
        """Take a secret out, should the answer repeat it; one too short for a key may be there by chance."""
        if len(secret) < _SHORTEST_KEY:
            return self
        headers = {name: redact(secret, value) for name, value in self.headers.items()}
        body = self.body.replace(secret.encode(), b"***")
        return Answer(self.status, headers, body)


@dataclass(frozen=True, slots=True, repr=False)
class Call(Generic[T]):
    """A request, whether it sends a message, and how to read a good answer to it."""

    method: str
    path: str
    read: Callable[[Answer], T]
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    sends: bool = False

    @property
    def target(self) -> str:
        """Path and query, percent-encoded: a ``+`` is ``%2B`` and a space ``%20``.

        >>> sending(Message("+33639981020", "Bonjour", sender="MAISON LOU")).target
        '/sms?to=%2B33639981020&from=MAISON%20LOU&trafficType=marketing'
        """
        query = urlencode(self.query, quote_via=quote, safe="")
        return f"{self.path}?{query}" if query else self.path

    def interpret(self, answer: Answer) -> T:
        """Read an answer, or raise what it means: NotSent, Rejected or OutcomeUnknown."""
        status = answer.status
        if status == 202 or (not self.sends and 200 <= status < 300):
            return self._read(answer)
        if status == 429:
            wait = retry_after_seconds(answer.headers)
            raise NotSent(f"Callr asks to slow down{_said(answer)}", status=429, retry_after_seconds=wait)
        if 400 <= status < 500 and status != 408:
            raise _rejected(answer)
        raise unanswered(self, f"status {status}", status=status)

    def _read(self, answer: Answer) -> T:
        try:
            return self.read(answer)
        except _Odd as odd:
            why = str(odd)
        raise unanswered(self, why, status=answer.status)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the SMS that a search found, and whether there are more after them."""

    receipts: tuple[Receipt, ...]
    offset: int
    total: int | None
    has_more: bool


def sending(message: Message) -> Call[Receipt]:
    r"""Ask to send a message.

    >>> sending(Message("+33639981020", "Ça va ?")).body
    b'{"text": "\\u00c7a va ?"}'
    """
    query = {
        "to": message.to,
        "from": message.sender,
        "encoding": message.encoding,
        "trafficType": message.traffic,
    }
    named = tuple((name, value) for name, value in query.items() if value)
    return Call("POST", "/sms", _accepted, named, json.dumps({"text": message.text}).encode(), sends=True)


def pinging() -> Call[None]:
    """Ask whether the key is accepted."""
    return Call("GET", "/ping", lambda _: None)


def getting(sid: str) -> Call[Receipt]:
    """Ask for one SMS; InputError for what cannot be the name of one."""
    if not sid.strip(".") or not sid.isprintable():
        raise InputError(f"{sid!r} is not the sid of an SMS; take it from a receipt", value=sid)
    return Call("GET", f"/sms/{quote(sid, safe='')}", lambda answer: read_receipt(_object(answer)))


def searching(filters: Mapping[str, object], names: Mapping[str, str]) -> Call[Page]:
    """Ask for the SMS that match all filters; a time is written as RFC 3339, and None is no filter."""
    for key in filters:
        if key not in names:
            raise InputError(f"there is no filter {key!r}; {did_you_mean(key, names)}", value=key)
    query = tuple((names[key], _written(value)) for key, value in filters.items() if value is not None)
    return Call("GET", "/sms", _page, query)


def _written(value: object) -> str:
    if not isinstance(value, datetime):
        return str(value)
    if value.tzinfo is None:
        raise InputError(f"{value} has no time zone; add tzinfo=UTC, or yours", value=value)
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def unanswered(call: Call[Any], why: str, *, status: int | None = None) -> SendError:
    """Say what it means that no answer came that tells anything: a message may be on its way."""
    if not call.sends:
        return NotSent(
            f"Callr did not answer: {why}; nothing was sent by asking, so ask again", status=status
        )
    way_out = "look for it with search() or in the webhooks before you send it again"
    return OutcomeUnknown(f"the message may have been sent: {why}; {way_out}", why=why, status=status)


class _Odd(Exception):
    """An answer that was whole, and yet does not tell what it should."""


def _accepted(answer: Answer) -> Receipt:
    receipt = read_receipt(_object(answer))
    if receipt.status == "error":
        said = f": {_quoted(receipt.error)}" if receipt.error else ""
        raise Rejected(f"Callr refused the message at creation{said}", status=answer.status, receipt=receipt)
    if not receipt.sid:
        raise _Odd("no sid")
    return receipt


def _object(answer: Answer) -> Mapping[str, Any]:
    try:
        found = read_json(answer.body)
    except ValueError:
        raise _Odd("not json") from None
    if not isinstance(found, dict):
        raise _Odd("not an object")
    return found


def _page(answer: Answer) -> Page:
    found = _object(answer)
    hits = found.get("hits")
    if not isinstance(hits, list):
        raise _Odd("no hits")
    total, offset = found.get("total"), found.get("offset")
    return Page(
        receipts=tuple(read_receipt(hit) for hit in hits if isinstance(hit, dict)),
        offset=offset if isinstance(offset, int) else 0,
        total=total if isinstance(total, int) else None,
        has_more=found.get("hasMore") is True,
    )


def _rejected(answer: Answer) -> Rejected:
    code, halts = _error_of(answer).get("code"), answer.status in _HALTS
    way_out = "; no other message would pass: check the key and what it may do" if halts else ""
    message = f"Callr refused it with status {answer.status}{_said(answer)}{way_out}"
    return Rejected(message, status=answer.status, code=None if code is None else str(code), halts=halts)


def _said(answer: Answer) -> str:
    error = _error_of(answer)
    said = ", ".join(str(error[name]) for name in ("code", "message") if error.get(name) not in (None, ""))
    return f": {_quoted(said)}" if said else ""


def _error_of(answer: Answer) -> Mapping[str, Any]:
    try:
        found = read_json(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _quoted(said: str | None) -> str:
    """Show what Callr said: short, on one line, and without the number it may repeat."""
    return visible(masked((said or "")[:_SHOWN]))


def retry_after_seconds(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Read how long to wait: a number of seconds, or a date of any form of HTTP; None if it is not said.

    A date is held against that of the answer where it has one, so that clocks need not agree.

    >>> retry_after_seconds({"retry-after": "120"}), retry_after_seconds({"retry-after": "soon"})
    (120.0, None)
    >>> dated = {"date": "Sun, 06 Nov 1994 08:49:37 GMT", "retry-after": "Sunday, 06-Nov-94 08:50:07 GMT"}
    >>> retry_after_seconds(dated)
    30.0
    """
    said = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(said):
        return float(said)
    until = _date(said)
    if until is None:
        return None
    since = _date(headers.get("date", "")) or now or datetime.now(UTC)
    return max(0.0, (until - since).total_seconds())


def _date(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
