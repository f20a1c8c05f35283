"""What to ask the API and what its answers mean, as data: the part that a client of any kind shares.

An answer is sorted by what the caller may do next. Only a whole answer that says so proves that a message was
accepted or refused; after anything else it may have been sent.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
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
from callr_segment.sending.api.wire import Message, Receipt, digits_of, is_writable, read_json, read_receipt

__all__ = [
    "BASE_URL",
    "SEARCH_NAMES",
    "Answer",
    "Call",
    "Page",
    "backoff_seconds",
    "getting",
    "pinging",
    "refuse_other_types",
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
_HALTS_SENDING = (*_HALTS, 402, 404)  # out of credit, or a wrong address: a 404 to a question is about an SMS
_LARGEST_PAGE, _LARGEST_OFFSET = 100, 10**9
_FIRST_WAIT_SECONDS = 0.5
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
        if status in (200, 201, 202) or (not self.sends and 200 <= status < 300):
            return self._read(answer)
        if status == 429:
            wait = retry_after_seconds(answer.headers)
            raise NotSent(f"Callr asks to slow down{_said(answer)}", status=429, retry_after_seconds=wait)
        if 400 <= status < 500 and status != 408:
            raise _rejected(answer, _HALTS_SENDING if self.sends else _HALTS)
        raise unanswered(self, f"status {status}", answer)

    def _read(self, answer: Answer) -> T:
        try:
            return self.read(answer)
        except _Odd as odd:
            why = str(odd)
        raise unanswered(self, why, answer)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the SMS that a search found, and whether there are more after them."""

    receipts: tuple[Receipt, ...]
    offset: int
    total: int | None
    has_more: bool


_TEXTS = {
    "to": "a number is a text such as '+33639981020'",
    "text": "what a message says is a text such as 'Bonjour'",
    "sender": "a sender is a text such as 'MAISON LOU', or None",
    "traffic": "traffic is 'marketing' or 'alerting'",
    "encoding": "an encoding is 'gsm' or 'unicode', or None",
}


def refuse_other_types(message: Message) -> None:
    """Raise InputError for what no request can be made of, as `Message` takes anything."""
    if not isinstance(message, Message):
        raise InputError(f"a {type(message).__name__} is no Message: pass Message(to, text)", value=message)
    for name, words in _TEXTS.items():
        value = getattr(message, name)
        if not isinstance(value, str) and not (value is None and words.endswith("None")):
            raise InputError(f"{words}, not {type(value).__name__}", column=name)
        if name != "text" and not is_writable(value or ""):
            raise InputError(f"{words}: {masked(repr(value))} holds half of a character", column=name)


def sending(message: Message) -> Call[Receipt]:
    r"""Ask to send a message; InputError for what is none.

    >>> sending(Message("+33639981020", "Ça va ?")).body
    b'{"text": "\\u00c7a va ?"}'
    """
    refuse_other_types(message)
    query = {
        "to": message.to,
        "from": message.sender,
        "encoding": message.encoding,
        "trafficType": message.traffic,
    }
    named = tuple((name, value) for name, value in query.items() if value)
    body = json.dumps({"text": message.text}).encode()
    return Call("POST", "/sms", partial(_accepted, message), named, body, sends=True)


def pinging() -> Call[None]:
    """Ask whether the key is accepted."""
    return Call("GET", "/ping", lambda _: None)


def getting(sid: str) -> Call[Receipt]:
    """Ask for one SMS; InputError for what cannot be the name of one."""
    if not isinstance(sid, str) or not sid.strip(".") or not sid.isprintable():
        raise InputError(f"{sid!r} is not the sid of an SMS; take it from a receipt", value=sid)
    return Call("GET", f"/sms/{quote(sid, safe='')}", lambda answer: read_receipt(_object(answer)))


def searching(filters: Mapping[str, object], names: Mapping[str, str]) -> Call[Page]:
    """Ask for the SMS that match all filters; a time is written as RFC 3339, and None is no filter."""
    for key in filters:
        if key not in names:
            raise InputError(f"there is no filter {key!r}; {did_you_mean(key, names)}", value=key)
    query = tuple((names[key], _written(key, value)) for key, value in filters.items() if value is not None)
    return Call("GET", "/sms", _page, query)


def _written(key: str, value: object) -> str:
    if key in ("since", "until"):
        return _as_rfc3339(key, value)
    if key in ("limit", "offset"):
        least, most = (1, _LARGEST_PAGE) if key == "limit" else (0, _LARGEST_OFFSET)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InputError(
                f"{key} is {value!r}; give {least} to {most:,}: a page has 1 to {_LARGEST_PAGE}, and offset= "
                "asks for those after it",
                value=value,
            )
        return str(value)
    if not isinstance(value, str) or not is_writable(value):
        raise InputError(f"{key} is {masked(repr(value))}: search for a text, or leave it out", value=value)
    return value


def _as_rfc3339(key: str, value: object) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise InputError(
            f"{key} is {value!r}: give a datetime that has a time zone, such as datetime(2026, 11, 23, "
            "tzinfo=UTC)",
            value=value,
        )
    try:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        raise InputError(f"{key} is {value}, before any SMS: leave it out", value=value) from None


def unanswered(call: Call[Any], why: str, answer: Answer | None = None) -> SendError:
    """Say what it means that no answer came that tells anything: a message may be on its way."""
    status = None if answer is None else answer.status
    if not call.sends:
        return NotSent(
            f"Callr did not answer: {why}; nothing was sent by asking, so ask again", status=status
        )
    way_out = "look for it with search() or in the webhooks before you send it again"
    message = f"the message may have been sent: {why}; {way_out}"
    return OutcomeUnknown(message, why=why, status=status, receipt=answer and _receipt_in(answer))


def _receipt_in(answer: Answer) -> Receipt | None:
    """Keep what an odd answer says all the same."""
    try:
        return read_receipt(_object(answer))
    except _Odd:
        return None


class _Odd(Exception):
    """An answer that was whole, and yet does not tell what it should."""


def _accepted(message: Message, answer: Answer) -> Receipt:
    """Read the SMS that was made: a 202 needs but a sid, another success the whole of this very message."""
    receipt = read_receipt(_object(answer))
    is_this = digits_of(receipt.to) == digits_of(message.to)
    if answer.status != 202 and not (receipt.sid and receipt.status and is_this):
        raise _Odd(f"status {answer.status}")
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


def _rejected(answer: Answer, halting: tuple[int, ...]) -> Rejected:
    code, halts = _error_of(answer).get("code"), answer.status in halting
    way_out = f"; no other message would pass: check {_TO_CHECK[answer.status]}" if halts else ""
    message = f"Callr refused it with status {answer.status}{_said(answer)}{way_out}"
    shown = None if code is None else _quoted(str(code))
    return Rejected(message, status=answer.status, code=shown, halts=halts)


_TO_CHECK = {
    401: "the key",
    402: "the credit of the account",
    403: "the key and what it may do",
    404: "base_url",
    405: "base_url",
}


def _said(answer: Answer) -> str:
    error = _error_of(answer)
    said = ", ".join(str(error[name]) for name in ("code", "message") if error.get(name) not in (None, ""))
    return f": {_quoted(said)}" if said else ""


def _error_of(answer: Answer) -> Mapping[str, Any]:
    try:
        return _object(answer)
    except _Odd:
        return {}


def _quoted(said: str | None) -> str:
    """Show what Callr said: short, on one line, and without the number it may repeat."""
    return visible(masked((said or "")[:_SHOWN]))


def backoff_seconds(tries: int, asked: float | None) -> float:
    """Say how long to wait after so many tries: as Callr asks, else twice as long each time, by chance.

    >>> backoff_seconds(3, 7.0), 1 <= backoff_seconds(3, None) <= 2
    (7.0, True)
    """
    if asked is not None:
        return asked
    return _FIRST_WAIT_SECONDS * 2 ** min(tries - 1, 30) * random.uniform(0.5, 1)  # noqa: S311


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
