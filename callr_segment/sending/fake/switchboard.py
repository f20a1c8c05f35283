"""What a Callr that is not there keeps: the SMS it accepted, their lives, and what they cost."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from callr_segment.errors import InputError, did_you_mean
from callr_segment.sending.api.wire import is_writable
from callr_segment.sending.fake.tariff import Prices, Tariff
from callr_segment.text.message import segment
from callr_segment.text.numbers import normalize_number
from callr_segment.text.policy import check_sender
from callr_segment.text.template import counted
from callr_segment.typing import Encoding

__all__ = ["Posted", "Refusal", "Switchboard"]

LIFE = ("created", "pending", "sent", "remote-queued")
ENDS = ("delivered", "failed", "expired", "error")
_WHY = {"failed": "rejected by the carrier", "expired": "not delivered in time"}
_NUMBER = re.compile(r"\+[0-9]{7,15}")
_EXTENSION = re.compile(r"[\f^{}\\\[~\]|€]")


class Refusal(Exception):
    """A request that Callr would answer with 400: a code, and words for it."""


@dataclass(frozen=True, slots=True)
class Posted:
    """An event as it is posted to a webhook: the body, and the headers that sign it."""

    body: bytes
    headers: Mapping[str, str]


class Switchboard:
    """The SMS of an account, by sid; safe to use from several threads."""

    def __init__(
        self,
        *,
        rates: Prices | Any,
        outcomes: Mapping[str, str] | Callable[[str, str], str],
        extension_is_gsm: bool,
        prices_at_once: bool,
        strict: bool,
        signing: tuple[str, str, str],
    ) -> None:
        self._tariff = Tariff(rates)
        if not callable(outcomes) and not isinstance(outcomes, Mapping):
            raise InputError(
                "outcomes is a mapping of numbers to how their SMS end, or a function", value=outcomes
            )
        for outcome in () if callable(outcomes) else outcomes.values():
            if outcome not in ENDS:
                raise InputError(f"no SMS ends as {outcome!r}; {did_you_mean(outcome, ENDS)}", value=outcome)
        self._outcome = outcomes if callable(outcomes) else lambda to, _: outcomes.get(to, "delivered")
        self._extension_is_gsm = extension_is_gsm
        self._prices_at_once = prices_at_once
        self._strict = strict
        self._signing = signing
        self._sms: dict[str, dict[str, Any]] = {}
        self._bills: dict[str, dict[str, Any]] = {}
        self._refused: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def accept(self, query: Mapping[str, str], body: Any) -> dict[str, Any]:
        """Take a message, or raise a Refusal; returns the SMS object."""
        to, text = query.get("to", ""), body.get("text") if isinstance(body, dict) else None
        if to.startswith(" ") and not self._strict:
            to = f"+{to[1:]}"  # as the guide's own samples write it: a raw + in a URL is read as a space
        text = _checked(query, to, text)
        bill = self._bill(to, text, query)
        sms = self._made(query, to, text) | {"encoding": bill["encoding"]}
        if self._outcome(to, text) == "error":
            sms |= {"status": "error", "error": f"{to} cannot be reached"}
        elif self._prices_at_once:
            sms |= bill
        with self._lock:
            self._sms[sms["sid"]], self._bills[sms["sid"]] = sms, bill
            if sms["status"] == "error":
                self._refused.append(sms)
            return dict(sms)

    def _made(self, query: Mapping[str, str], to: str, text: str) -> dict[str, Any]:
        now = _now()
        return {
            "sid": f"sms{secrets.token_hex(7)}",
            "direction": "outbound",
            "from": query.get("from") or "SMS",
            "to": to,
            "body": {"text": text},
            "trafficType": query.get("trafficType", "marketing"),
            "status": "created",
            "error": "",
            "created": now,
            "updated": now,
            "sent": None,
            "delivered": None,
            "parts": None,
            "network": None,
            "encoding": None,
            "cost": None,
            "paymentType": "prepaid",
            "statusHistory": [],
        }

    def _bill(self, to: str, text: str, query: Mapping[str, str]) -> dict[str, Any]:
        encoding = cast("Encoding | None", query.get("encoding"))  # held to the words of the API before
        if encoding is None and not self._extension_is_gsm and _EXTENSION.search(text):
            encoding = "unicode"
        found = segment(counted(text), encoding=encoding, errors="replace")
        country = normalize_number(to).country
        network = self._tariff.network(to, country)
        traffic = query.get("trafficType", "marketing")
        cents = self._tariff.cents(to, network, country=country, traffic=traffic)
        if cents is None:
            raise Refusal("no_route", f"nothing is sent to {country}")
        return {
            "parts": found.parts,
            "cost": f"{(cents * found.parts).normalize():f}",
            "encoding": found.encoding,
            "network": network,
        }

    def advance(self) -> list[Mapping[str, Any]]:
        """Let every SMS take one step in its life; returns the events that tell of it."""
        with self._lock:
            moved, self._refused = [_refused(sms) for sms in self._refused], []
            moved += [sms for sms in map(self._step, self._sms.values()) if sms is not None]
            return [_event(sms) for sms in moved]

    def _step(self, sms: dict[str, Any]) -> dict[str, Any] | None:
        before = sms["status"]
        if before not in LIFE:
            return None
        later = LIFE[LIFE.index(before) + 1 :]
        after = later[0] if later else self._outcome(sms["to"], sms["body"]["text"])
        now = _now()
        sms |= {"status": after, "updated": now} | ({after: now} if after in ("sent", "delivered") else {})
        sms["error"] = _WHY.get(after, "")
        if after == "sent":
            sms |= self._bills[sms["sid"]]
        sms["statusHistory"] = [*sms["statusHistory"], {"before": before, "after": after, "at": now}]
        return sms

    def signed(self, body: bytes) -> Posted:
        """Sign a body as Callr does."""
        secret, algorithm, header = self._signing
        signature = base64.b64encode(hmac.digest(secret.encode(), body, algorithm)).decode()
        return Posted(body, {header: signature, "Content-Type": "application/json"})

    def get(self, sid: str) -> dict[str, Any] | None:
        """Find the SMS object of a sid, None where there is none."""
        with self._lock:
            found = self._sms.get(sid)
            return None if found is None else dict(found)

    def all(self) -> list[dict[str, Any]]:
        """Every SMS object, in the order they were accepted."""
        with self._lock:
            return [dict(sms) for sms in self._sms.values()]


def _refused(sms: dict[str, Any]) -> dict[str, Any]:
    step = {"before": "created", "after": "error", "at": sms["updated"]}
    sms["statusHistory"] = [step]
    return sms


def _event(sms: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "id": secrets.token_hex(16),
        "at": sms["updated"],
        "sid": "account1",
        "type": "v2.sms.outbound.updated",
        "try": 0,
        "payload": dict(sms),
    }


def _checked(query: Mapping[str, str], to: str, text: object) -> str:
    """Refuse what the guide rules out; returns the text."""
    if not _NUMBER.fullmatch(to):
        raise Refusal("invalid_to", f"{to} is not E.164")
    if not isinstance(text, str) or not 1 <= len(text) <= 3200:
        raise Refusal("invalid_text", "text has 1 to 3200 characters")
    if not is_writable(text):
        raise Refusal("invalid_text", "the text holds half of a surrogate pair")
    if query.get("encoding", "gsm") not in ("gsm", "unicode"):
        raise Refusal("invalid_encoding", "encoding is gsm or unicode")
    if query.get("trafficType", "marketing") not in ("marketing", "alerting"):
        raise Refusal("invalid_traffic", "trafficType is marketing or alerting")
    if problem := check_sender(query.get("from", "")):
        raise Refusal("invalid_from", str(problem))
    try:
        normalize_number(to)
    except InputError:
        raise Refusal("invalid_to", f"{to} is nobody's number") from None
    return text


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
