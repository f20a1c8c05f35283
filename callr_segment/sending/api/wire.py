"""The SMS object of the Callr API, in both directions: what is asked, what is answered, what webhooks tell.

No input or output here. What the API does not document yet is kept: a field nobody knows, or a value that
cannot be read, stands in ``extra`` under its own name, and never loses a receipt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from callr_segment.sending.api.redaction import masked
from callr_segment.typing import Encoding, Traffic

__all__ = [
    "FINAL",
    "RANKS",
    "Message",
    "Receipt",
    "Transition",
    "digits_of",
    "is_writable",
    "rank",
    "read_json",
    "read_receipt",
]


RANKS = ("created", "pending", "sent", "remote-queued", "", "error", "expired", "failed", "delivered")
"""Statuses by what they rule out: each one is later news than those before it; ``""`` is any other one."""

FINAL = frozenset(RANKS[5:])
"""Statuses that nothing follows."""

_COST = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,12})?")  # so that what a million messages cost can be summed
_MOST_PARTS = 9_999
_DEEPEST = 50
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    """One SMS before it is sent: to whom, what it says, and how; ``Client.deliver`` takes it.

    ``to`` is E.164 with ``+``. With a ``sender`` of None Callr chooses one, with an ``encoding`` of None the
    characters of the text do.

    >>> Message("+33639981020", "Bonjour")
    Message('+33•••••••20', 7 characters, 'marketing')
    """

    to: str
    text: str
    sender: str | None = None
    traffic: Traffic = "marketing"
    encoding: Encoding | None = None

    def __repr__(self) -> str:
        return f"Message({masked(self.to)!r}, {len(self.text)} characters, {self.traffic!r})"


@dataclass(frozen=True, slots=True, order=True)
class Transition:
    """One step in the life of an SMS: from which status, to which, and when."""

    at: datetime
    before: str
    after: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Receipt:
    """What Callr says of one SMS: every field of its guide, None where it did not say it.

    ``cost_cents`` is exact; the currency is that of the account. ``parts``, ``cost_cents`` and ``network``
    (MCC and MNC) may be known only later. Times are in UTC. ``extra`` keeps what is not documented or cannot
    be read; ``told_at`` when a field was said that later reports left out.

    >>> read_receipt({"sid": "smsabcd", "to": "+33639981020", "status": "sent", "cost": "4.50", "mood": 1})
    Receipt('smsabcd', '+33•••••••20', 'sent', cost_cents=4.50, extra=['mood'])
    """

    sid: str | None = None
    direction: str | None = None
    sender: str | None = None
    to: str | None = None
    text: str | None = None
    traffic: str | None = None
    status: str | None = None
    error: str | None = None
    created: datetime | None = None
    sent: datetime | None = None
    delivered: datetime | None = None
    updated: datetime | None = None
    parts: int | None = None
    network: str | None = None
    encoding: str | None = None
    cost_cents: Decimal | None = None
    payment_type: str | None = None
    history: tuple[Transition, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)
    told_at: Mapping[str, datetime] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        said = [f"{name}={getattr(self, name)}" for name in ("parts", "encoding", "cost_cents", "network")]
        known = [each for each in said if not each.endswith("=None")]
        more = [f"extra={sorted(self.extra)}"] if self.extra else []
        who = (repr(self.sid), repr(masked(self.to or "")), repr(self.status))
        return f"Receipt({', '.join([*who, *known, *more])})"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self.status in FINAL

    def joined(self, other: Receipt) -> Receipt:
        """Put two reports of the same SMS together; order and repetition make no difference.

        The status is the one of the higher rank, the history all steps of both; anything else is as the
        report says that was updated last of those that say it at all.

        >>> early = Receipt(sid="smsabcd", status="sent", parts=2)
        >>> late = Receipt(sid="smsabcd", status="delivered")
        >>> early.joined(late) == late.joined(early)
        True
        >>> early.joined(late)
        Receipt('smsabcd', '', 'delivered', parts=2)
        """
        updated = max((each.updated for each in (self, other) if each.updated), default=None)
        ours, theirs = _claims(self), _claims(other)
        last = {name: max(ours.get(name, _NOTHING), theirs.get(name, _NOTHING)) for name in {*ours, *theirs}}
        statuses = [each for each in (self.status, other.status) if each is not None]
        extra = {
            name.removeprefix(_EXTRA): claim.value for name, claim in last.items() if name not in _JOINED
        }
        return Receipt(
            **{name: last[name].value for name in _JOINED if name in last},
            updated=updated,
            status=max(statuses, key=rank, default=None),
            history=tuple(sorted({*self.history, *other.history})),
            extra=extra,
            told_at={name: claim.at for name, claim in last.items() if claim.at != (updated or _EARLIEST)},
        )


_JOINED = frozenset(each.name for each in fields(Receipt)) - {
    "updated",
    "status",
    "history",
    "extra",
    "told_at",
}
_EXTRA = "extra."


@dataclass(frozen=True, slots=True, order=True)
class _Claim:
    """What a report says of one field, and when; the rest only makes the order total."""

    at: datetime
    kind: str
    written: str
    value: Any = field(compare=False)


_NOTHING = _Claim(_EARLIEST, "", "", None)


def _claims(receipt: Receipt) -> dict[str, _Claim]:
    """List what a report says: its fields, and what is not documented."""
    told = {name: value for name in _JOINED if (value := getattr(receipt, name)) is not None}
    default = receipt.updated or _EARLIEST
    return {
        name: _Claim(receipt.told_at.get(name, default), type(value).__name__, _written(value), value)
        for name, value in {**told, **{_EXTRA + name: value for name, value in receipt.extra.items()}}.items()
    }


def _written(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def rank(status: str) -> tuple[int, str]:
    """Order statuses by what they rule out; one nobody knows yet comes before the final ones.

    >>> rank("sent") < rank("remote-queued") < rank("parked") < rank("failed") < rank("delivered")
    True
    """
    return (RANKS.index(status) if status in RANKS else RANKS.index(""), status)


def digits_of(number: str | None) -> str | None:
    """Leave the sign out: a raw ``+`` that a server reads as a space is still the same number."""
    return number if number is None else number.lstrip("+ ")


def is_writable(text: str) -> bool:
    """Whether a text can be written anywhere: one with half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_json(body: bytes) -> Any:
    """Read JSON without losing a digit of a number; ValueError for what is not JSON, or no sane one.

    >>> read_json(b'{"cost": 4.50}')
    {'cost': Decimal('4.50')}
    """
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        found = None
    else:
        if _is_shallow(found):
            return found
    raise ValueError("nested too deeply")


def _is_shallow(found: Any) -> bool:
    """Whether it can be written again by whatever depth of calls."""
    level = [found]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return True
    return False


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def read_receipt(sms: Mapping[str, Any]) -> Receipt:
    """Read an SMS object of the API, whatever else stands in it.

    >>> receipt = read_receipt({"cost": "4.50", "parts": "two", "sent": "2025-04-24T17:42:29Z"})
    >>> receipt.cost_cents, receipt.sent.tzname(), receipt.parts, receipt.extra
    (Decimal('4.50'), 'UTC', None, {'parts': 'two'})
    """
    known: dict[str, Any] = {}
    extra: dict[str, object] = {}
    for name, value in sms.items():
        read = _READERS.get(name)
        if read is None or not read(known, value):
            extra[name] = value
    return Receipt(**known, extra=extra)


_Reader = Callable[[dict[str, Any], Any], bool]
"""Puts what a value means into the fields; false where some of it had to be left out."""


def _into(name: str, convert: Callable[[Any], Any]) -> _Reader:
    def read(known: dict[str, Any], value: Any) -> bool:
        if value is None:
            return True
        known[name] = convert(value)
        return known[name] is not None

    return read


def _text(value: Any) -> str | None:
    """Take a text that can be written anywhere."""
    return value if isinstance(value, str) and is_writable(value) else None


def _error(value: Any) -> str | None:
    return _text(value) if isinstance(value, str) else json.dumps(value, default=str)


def _time(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _count(value: Any) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 <= value <= _MOST_PARTS else None


def _cost(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    if (
        isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 20
    ):  # 1e1000000000 is 1 GB
        value = f"{value:f}"
    written = str(value)
    return Decimal(written) if _COST.fullmatch(written) else None


def _read_body(known: dict[str, Any], value: Any) -> bool:
    if not isinstance(value, Mapping):
        return value is None
    known["text"] = _text(value.get("text"))
    return set(value) <= {"text"} and known["text"] == value.get("text")


def _read_history(known: dict[str, Any], value: Any) -> bool:
    if not isinstance(value, list):
        return value is None
    steps = [_transition(each) for each in value]
    known["history"] = tuple(sorted({step for step in steps if step}))
    return all(steps)


def _transition(step: Any) -> Transition | None:
    if not isinstance(step, Mapping):
        return None
    at, before, after = _time(step.get("at")), _text(step.get("before")), _text(step.get("after"))
    return Transition(at, before or "", after) if at and after else None


def _read_told_at(known: dict[str, Any], value: Any) -> bool:
    """Read what a ledger has kept; Callr says nothing of the kind."""
    if not isinstance(value, Mapping):
        return value is None
    known["told_at"] = {name: moment for name, at in value.items() if (moment := _time(at))}
    return set(known["told_at"]) == set(value)


_READERS: dict[str, _Reader] = {
    "sid": _into("sid", _text),
    "direction": _into("direction", _text),
    "from": _into("sender", _text),
    "to": _into("to", _text),
    "body": _read_body,
    "trafficType": _into("traffic", _text),
    "status": _into("status", _text),
    "error": _into("error", _error),
    "created": _into("created", _time),
    "sent": _into("sent", _time),
    "delivered": _into("delivered", _time),
    "updated": _into("updated", _time),
    "parts": _into("parts", _count),
    "network": _into("network", _text),
    "encoding": _into("encoding", _text),
    "cost": _into("cost_cents", _cost),
    "paymentType": _into("payment_type", _text),
    "statusHistory": _read_history,
    "toldAt": _read_told_at,
}
