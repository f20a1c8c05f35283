"""What may go wrong between a client and Callr, each before or after the message was accepted."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from callr_segment.errors import InputError, did_you_mean

__all__ = ["FAULTS", "Fault", "Faults", "end", "headers_of"]

_HTML = b"<html><body>Service Unavailable</body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """How one request goes wrong: whether its message is accepted, and what the client gets to see of it."""

    accepts: bool = False
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b'{"code":"fault","message":"asked for"}'
    ending: str | None = None
    wait_seconds: float = 0.0


def _in(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def _busy(retry_after: str | None) -> Fault:
    headers = () if retry_after is None else (("Retry-After", retry_after),)
    return Fault(status=429, headers=headers)


FAULTS: Mapping[str, Fault] = {
    "400": Fault(status=400),
    "401": Fault(status=401),
    "403": Fault(status=403),
    "405": Fault(status=405),
    "429": _busy(None),
    "429 in 0 s": _busy("0"),
    "429 in 1 s": _busy("1"),
    "429 in an hour": _busy("3600"),
    "429 until a date": _busy("date"),
    "429 soon": _busy("soon"),
    "503 before accept": Fault(status=503, body=_HTML),
    "503 after accept": Fault(accepts=True, status=503, body=_HTML),
    "drop before accept": Fault(ending="drop"),
    "drop after accept": Fault(accepts=True, ending="drop"),
    "reset before accept": Fault(ending="reset"),
    "reset after accept": Fault(accepts=True, ending="reset"),
    "hang before accept": Fault(ending="hang"),
    "hang after accept": Fault(accepts=True, ending="hang"),
    "late accept": Fault(accepts=True, ending="late", wait_seconds=1.5),
    "cut body": Fault(accepts=True, ending="cut"),
    "no sid": Fault(accepts=True, status=202, body=b'{"status":"created"}'),
    "not json": Fault(accepts=True, status=202, body=_HTML),
    "not an object": Fault(accepts=True, status=202, body=b"[]"),
    "status error": Fault(status=202, body=b'{"sid":"smsrefused","status":"error","error":"refused"}'),
    "redirect": Fault(status=307, headers=(("Location", "http://127.0.0.1:9/v2.0/sms"),)),
    "slow": Fault(accepts=True, wait_seconds=0.2),
}
"""Faults by name; ``accepts`` tells which of them accept the message all the same."""


class Faults:
    """Which requests go wrong, and how: the next ones in order, then a share of all others by chance."""

    def __init__(self) -> None:
        self._next: deque[str] = deque()
        self._shares: dict[str, float] = {}
        self._random = random.Random(0)  # noqa: S311 (a test must be able to run again as it ran)

    def then(self, names: Iterable[str]) -> None:
        """Let the next requests go wrong, one each."""
        self._next.extend(_known(name) for name in names)

    def share(self, shares: Mapping[str, float], *, seed: int = 0) -> None:
        """Let these shares of all requests go wrong, the same ones for the same seed."""
        if not 0 <= sum(shares.values()) <= 1:
            raise InputError(f"shares add up to {sum(shares.values())}; keep them between 0 and 1")
        self._shares = {_known(name): share for name, share in shares.items()}
        self._random = random.Random(seed)  # noqa: S311

    def draw(self) -> Fault | None:
        """Tell what goes wrong with the next request, None where nothing does."""
        if self._next:
            return FAULTS[self._next.popleft()]
        if not self._shares:
            return None
        drawn = self._random.random()
        for name, share in self._shares.items():
            drawn -= share
            if drawn < 0:
                return FAULTS[name]
        return None


def _known(name: str) -> str:
    if name not in FAULTS:
        raise InputError(f"there is no fault {name!r}; {did_you_mean(name, FAULTS)}", value=name)
    return name


def headers_of(fault: Fault) -> dict[str, str]:
    """Make the headers of a fault's answer; a date is counted from now."""
    return {name: _in(2) if value == "date" else value for name, value in fault.headers}


async def end(
    fault: Fault, transport: Any, accept: Callable[[], Any], gone: Callable[[], Awaitable[Any]]
) -> None:
    """End a connection as the fault has it, without an answer or within one."""
    match fault.ending:
        case "late":
            await asyncio.sleep(fault.wait_seconds)
            accept()
        case "hang":
            await gone()
        case "cut":
            transport.write(b'HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\n{"sid":"smscut"')
        case "reset":
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
            return
    transport.close()
