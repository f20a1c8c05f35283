"""What Callr tells on its own account: verified over the raw bytes first, and read only then."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callr_segment.errors import InputError, WebhookError
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.wire import Receipt, read_json, read_receipt

__all__ = ["SIGNATURE_HEADER", "STATUS", "Event", "Headers", "InboundMessage", "StatusEvent", "parse_event"]

SIGNATURE_HEADER = "X-CALLR-HmacSignature"
"""The header that carried signatures in the older API; no public page names that of v2, so it can be set."""

_ALGORITHMS = sorted(hashlib.algorithms_guaranteed - {"md5", "shake_128", "shake_256"})
_LARGEST_BODY = 1_000_000

Headers = Mapping[str, str] | Iterable[tuple[bytes, bytes]] | Iterable[tuple[str, str]]

STATUS, _INBOUND = "v2.sms.outbound.updated", "v2.sms.inbound.received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at Callr; of a type that is not known here unless it is one of the others.

    ``id`` is the same in every repetition, ``attempt`` counts them, and ``sid`` is not that of the SMS.
    ``extra`` holds what else there is.
    """

    id: str
    type: str
    at: datetime | None = None
    sid: str | None = None
    attempt: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict, hash=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvent(Event):
    """An SMS that was sent has a new status: ``receipt`` is all that Callr says of it now."""

    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InboundMessage(Event):
    """Somebody has written: ``sender`` to ``to``, and the text."""

    receipt: Receipt

    def __repr__(self) -> str:
        characters = f"{len(self.text or '')} characters"
        return f"InboundMessage(id={self.id!r}, sender={masked(self.sender or '')!r}, {characters})"

    @property
    def sender(self) -> str | None:
        """Who has written."""
        return self.receipt.sender

    @property
    def to(self) -> str | None:
        """To which of your numbers."""
        return self.receipt.to

    @property
    def text(self) -> str | None:
        """What was written."""
        return self.receipt.text


def parse_event(
    body: bytes,
    *,
    secret: str | bytes | Iterable[str | bytes] | None = None,
    headers: Headers | None = None,
    header: str = SIGNATURE_HEADER,
    algorithm: str = "sha256",
    unsigned: bool = False,
) -> StatusEvent | InboundMessage | Event:
    """Read an event that Callr posted to you, after proving that it was Callr who did.

    ``body`` is the request's body as it came, not what a framework made of it. ``secret`` may be several
    while one replaces another; the signature in ``header`` may be base64 or hexadecimal. ``headers`` is a
    mapping, or the pairs that ASGI gives. The guide names no signature: where your webhook has none,
    ``unsigned=True`` reads whatever comes, so let nobody but Callr reach that address. Events come repeated
    and out of order: ``Receipt.joined`` puts them together. Raises WebhookError for what Callr cannot be
    shown to have sent, also where the secret is empty; InputError for arguments that contradict each other.

    >>> body = b'{"id": "a1", "type": "v2.sms.outbound.updated", "payload": {"sid": "abc", "status": "sent"}}'
    >>> signature = base64.b64encode(hmac.digest(b"s3cret", body, "sha256")).decode()
    >>> event = parse_event(body, secret=["s3cret", "older"], headers={"x-callr-hmacsignature": signature})
    >>> event.receipt
    Receipt('abc', '', 'sent')
    """
    if not isinstance(body, bytes):
        raise InputError(f"the body must be the raw bytes that came, not {type(body).__name__}")
    if not isinstance(unsigned, bool) or (unsigned and secret is not None):
        raise InputError("unsigned=True is for events without a signature: pass it without a secret, or not")
    if len(body) > _LARGEST_BODY:
        raise WebhookError(f"an event of {len(body):,} bytes is over the limit of {_LARGEST_BODY:,}")
    if not unsigned:
        _verify(body, _secrets(secret), _signatures(headers, header), header, algorithm)
    return _read(body)


def _verify(body: bytes, secrets: list[bytes], given: list[str], header: str, algorithm: str) -> None:
    if algorithm not in _ALGORITHMS:
        raise InputError(f"no signature is made with {algorithm!r}; use one of {', '.join(_ALGORITHMS)}")
    if not given:
        raise WebhookError(
            f"the header {header} is missing; if Callr sends another, name it with header=; if it signs "
            "nothing, pass unsigned=True instead of a secret"
        )
    if not _is_signed(body, given, secrets, algorithm):
        raise WebhookError(
            f"the signature in {header} is not that of this body with this secret ({algorithm})"
        )


def _secrets(secret: str | bytes | Iterable[str | bytes] | None) -> list[bytes]:
    try:
        given = [secret] if isinstance(secret, str | bytes | None) else list(secret)
        found = [each.encode() if isinstance(each, str) else bytes(memoryview(each or b"")) for each in given]
    except (TypeError, ValueError):
        raise InputError(
            "a secret is a text or bytes, or several of them: copy it from the Callr portal"
        ) from None
    if not found or not all(found):
        raise WebhookError("there is no secret to verify events with; copy it from the Callr portal")
    return found


def _signatures(headers: Headers | None, header: str) -> list[str]:
    """Read what stands under a name in headers of any framework, once or several times."""
    if not isinstance(header, str) or not header.strip():
        raise InputError(f"header is {header!r}; name the one that holds the signature", value=header)
    try:
        given: Any = headers
        pairs = given.items() if hasattr(given, "items") else [_pair(each) for each in given]
        values = [value for name, value in pairs if _as_text(name).lower() == header.strip().lower()]
        texts = [[each] if isinstance(each, str | bytes) else list(each) for each in values]
        return [text for each in texts for value in each if (text := _as_text(value).strip())]
    except (TypeError, ValueError, AttributeError):
        raise InputError(
            "headers are a mapping of names, or pairs as in ASGI's scope['headers'], not "
            f"{type(headers).__name__}: pass those of the request"
        ) from None


def _pair(each: Any) -> Any:
    if not isinstance(each, list | tuple) or len(each) != 2:
        raise TypeError("a header is a name and a value")
    return each


def _as_text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value + ""


def _is_signed(body: bytes, given: list[str], secrets: list[bytes], algorithm: str) -> bool:
    """Compare in a time that tells nothing of a secret; which of several it was is no secret."""
    signed = [hmac.digest(secret, body, algorithm) for secret in secrets]
    claims = [claim for each in given for claim in _claims(each)]
    return any(hmac.compare_digest(each, claim) for each in signed for claim in claims)


def _claims(given: str) -> list[bytes]:
    found = []
    for decode in (bytes.fromhex, _from_base64):
        try:
            found.append(decode(given))
        except (ValueError, binascii.Error):
            continue
    return found


def _from_base64(given: str) -> bytes:
    return base64.b64decode(given, validate=True)


def _read(body: bytes) -> StatusEvent | InboundMessage | Event:
    try:
        event = read_json(body)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise WebhookError("the body is not an event: it is no JSON object")
    if not isinstance(event.get("id"), str) or not isinstance(event.get("type"), str):
        raise WebhookError("the body is not an event: it lacks an id or a type")
    return _made(event)


def _made(event: dict[str, Any]) -> StatusEvent | InboundMessage | Event:
    payload, kind = event.get("payload"), _KINDS.get(event["type"])
    is_known = kind is not None and isinstance(payload, dict)
    known = {"id", "type", "at", "sid", "try", *(["payload"] if is_known else [])}
    extra = {name: value for name, value in event.items() if name not in known}
    envelope = read_receipt({"created": event.get("at"), "sid": event.get("sid"), "parts": event.get("try")})
    unread = {"created": "at", "sid": "sid", "parts": "try"}
    told = {
        "id": _writable(event["id"]),
        "type": _writable(event["type"]),
        "at": envelope.created,
        "sid": envelope.sid,
        "attempt": envelope.parts,
        "extra": {**extra, **{unread[name]: value for name, value in envelope.extra.items()}},
    }
    if kind is not None and isinstance(payload, dict):
        return kind(**told, receipt=read_receipt(payload))
    return Event(**told)


def _writable(text: str) -> str:
    """Escape halves of surrogate pairs, which no file or database takes."""
    return text.encode("utf-8", "backslashreplace").decode()


_KINDS: dict[str, type[StatusEvent | InboundMessage]] = {STATUS: StatusEvent, _INBOUND: InboundMessage}
