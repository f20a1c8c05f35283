"""What a Callr that is not there keeps: the SMS it accepted, their lives, and what they cost."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callr_segment.campaign.rates.card import RateCard
from callr_segment.errors import InputError
from callr_segment.text.message import segment
from callr_segment.text.numbers import normalize_number
from callr_segment.text.template import counted

__all__ = ["Posted", "Refusal", "Switchboard"]

LIFE = ("created", "pending", "sent", "remote-queued")
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
        rates: RateCard | str,
        outcomes: Mapping[str, str] | Callable[[str, str], str],
        extension_is_gsm: bool,
        prices_at_once: bool,
        signing: tuple[str, str, str],
    ) -> None:
        self._rates = rates if isinstance(rates, RateCard) else RateCard.flat(rates, currency="EUR")
        self._outcome = outcomes if callable(outcomes) else lambda to, _: outcomes.get(to, "delivered")
        self._extension_is_gsm = extension_is_gsm
        self._prices_at_once = prices_at_once
        self._signing = signing
        self._sms: dict[str, dict[str, Any]] = {}
        self._bills: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def accept(self, query: Mapping[str, str], body: Any) -> dict[str, Any]:
        """Take a message, or raise a Refusal; returns the SMS object."""
        to, text = query.get("to", ""), body.get("text") if isinstance(body, dict) else None
        _check(query, to, text)
        with self._lock:
            sid = f"sms{next(self._numbers):014x}"
            bill = self._bill(to, str(text), query)
            now = _now()
            sms = {
                "sid": sid,
                "direction": "outbound",
                "from": query.get("from", "SMS"),
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
                "encoding": bill["encoding"],
                "cost": None,
                "paymentType": "prepaid",
                "statusHistory": [],
            }
            if self._outcome(to, str(text)) == "error":
                sms |= {"status": "error", "error": f"{to} cannot be reached"}
            elif self._prices_at_once:
                sms |= {name: bill[name] for name in ("parts", "cost")}
            self._sms[sid], self._bills[sid] = sms, bill
            return dict(sms)

    def _bill(self, to: str, text: str, query: Mapping[str, str]) -> dict[str, Any]:
        encoding = query.get("encoding")
        if encoding is None and not self._extension_is_gsm and _EXTENSION.search(text):
            encoding = "unicode"
        found = segment(counted(text), encoding=encoding, errors="replace")
        country = normalize_number(to).country
        network = self._network(country, to)
        traffic = query.get("trafficType", "marketing")
        rate = self._rates.lookup(to, network, country=country, traffic=traffic)
        if rate is None:
            raise Refusal("no_route", f"nothing is sent to {country}")
        cost = rate.cents * found.parts
        return {
            "parts": found.parts,
            "cost": f"{cost.normalize():f}",
            "encoding": found.encoding,
            "network": network,
        }

    def _network(self, country: str | None, to: str) -> str | None:
        """Put a number on one of its country's networks that have a price, always the same."""
        networks = sorted({row.network for row in self._rates.rows if row.network and row.country == country})
        return networks[int(to[1:]) % len(networks)] if networks else None

    def advance(self) -> list[Posted]:
        """Let every SMS take one step in its life; returns the events that tell of it."""
        with self._lock:
            moved = [self._step(sms) for sms in self._sms.values()]
            return [self._event(sms) for sms in moved if sms is not None]

    def _step(self, sms: dict[str, Any]) -> dict[str, Any] | None:
        before = sms["status"]
        if before not in LIFE:
            return None
        later = LIFE[LIFE.index(before) + 1 :]
        after = later[0] if later else self._outcome(sms["to"], sms["body"]["text"])
        now = _now()
        sms |= {"status": after, "updated": now} | ({after: now} if after in ("sent", "delivered") else {})
        if after == "sent":
            sms |= self._bills[sms["sid"]]
        sms["statusHistory"] = [*sms["statusHistory"], {"before": before, "after": after, "at": now}]
        return sms

    def _event(self, sms: Mapping[str, Any]) -> Posted:
        event = {
            "id": f"event{next(self._numbers):012x}",
            "at": sms["updated"],
            "sid": "account1",
            "type": "v2.sms.outbound.updated",
            "try": 0,
            "payload": sms,
        }
        return self.signed(json.dumps(event).encode())

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

    def forget(self) -> None:
        """Forget them all."""
        with self._lock:
            self._sms.clear()


def _check(query: Mapping[str, str], to: str, text: object) -> None:
    if not _NUMBER.fullmatch(to):
        raise Refusal("invalid_to", f"{to} is not E.164")
    if not isinstance(text, str) or not 1 <= len(text) <= 3200:
        raise Refusal("invalid_text", "text has 1 to 3200 characters")
    if query.get("encoding", "gsm") not in ("gsm", "unicode"):
        raise Refusal("invalid_encoding", "encoding is gsm or unicode")
    if query.get("trafficType", "marketing") not in ("marketing", "alerting"):
        raise Refusal("invalid_traffic", "trafficType is marketing or alerting")
    try:
        normalize_number(to)
    except InputError:
        raise Refusal("invalid_to", f"{to} is nobody's number") from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
