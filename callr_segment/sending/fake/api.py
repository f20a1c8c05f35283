"""The API of a Callr that is not there: its paths, and those by which a test in another process steers it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from callr_segment.errors import InputError
from callr_segment.sending.api.requests import SEARCH_NAMES
from callr_segment.sending.fake.faults import Fault, Faults, end, headers_of
from callr_segment.sending.fake.switchboard import Refusal, Switchboard

__all__ = ["Api"]


class _Nothing(Response):
    """The answer of a connection that has ended already."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0)


class Api:
    """The requests of an account, answered; `journal` is what was accepted, in order."""

    def __init__(
        self,
        *,
        switchboard: Switchboard,
        faults: Faults,
        api_key: str,
        latency_seconds: float,
        journal_file: str | Path | None,
        advance: Callable[[int], int],
    ) -> None:
        self.journal: list[tuple[str, str]] = []
        self.latency_seconds = latency_seconds
        self._switchboard, self._faults, self._api_key = switchboard, faults, api_key
        self._advance = advance
        try:
            self._file = None if journal_file is None else Path(journal_file).open("a", encoding="utf-8")  # noqa: SIM115
        except OSError as error:
            raise InputError(f"journal_file cannot be written: {error}; name one elsewhere") from None

    def app(self) -> Starlette:
        """Make the application that a server runs."""
        found = Starlette(
            routes=[
                Route("/v2.0/sms", self._keyed(self._sms), methods=["GET", "POST"]),
                Route("/v2.0/sms/{sid}", self._keyed(self._get)),
                Route("/v2.0/ping", self._keyed(self._ping)),
                Route("/fake/journal", self._show_journal),
                Route("/fake/faults", self._set_faults, methods=["POST"]),
                Route("/fake/advance", self._let_live, methods=["POST"]),
            ],
            exception_handlers={HTTPException: _as_error, Refusal: _as_error},
        )
        found.router.redirect_slashes = False
        return found

    def close(self) -> None:
        """Close the journal's file."""
        if self._file is not None:
            self._file.close()

    def _keyed(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def keyed(request: Request) -> Response:
            if request.headers.get("x-api-key") != self._api_key:
                return _error(401, "unauthorized", "the key is not known")
            return await answer(request)

        return keyed

    async def _sms(self, request: Request) -> Response:
        return await (self._send if request.method == "POST" else self._search)(request)

    async def _send(self, request: Request) -> Response:
        body = await request.body()
        await asyncio.sleep(self.latency_seconds)
        fault = self._faults.draw()
        return await self._wrong(request, body, fault) if fault else self._accepted(request, body)

    async def _wrong(self, request: Request, body: bytes, fault: Fault) -> Response:
        def accept() -> Response:
            return self._accepted(request, body)

        if fault.ending:
            if fault.accepts and fault.ending != "late":
                accept()
            await end(fault, request.scope["state"]["transport"], accept, request.receive)
            return _Nothing()
        answer = accept() if fault.accepts else None
        await asyncio.sleep(fault.wait_seconds)
        if fault.status is None and answer is not None:
            return answer
        return Response(fault.body, fault.status or 500, headers_of(fault))

    def _accepted(self, request: Request, body: bytes) -> Response:
        sms = self._switchboard.accept(dict(request.query_params), _read(body))
        if sms["status"] != "error":
            self._note(sms["to"], sms["body"]["text"])
        return JSONResponse(sms, 202)

    def _note(self, to: str, text: str) -> None:
        self.journal.append((to, text))
        if self._file is not None:
            self._file.write(json.dumps([to, text]) + "\n")
            self._file.flush()

    async def _get(self, request: Request) -> Response:
        found = self._switchboard.get(request.path_params["sid"])
        return _error(404, "not_found", "there is no such SMS") if found is None else JSONResponse(found)

    async def _search(self, request: Request) -> Response:
        query = dict(request.query_params)
        offset = _whole(query, "offset", default=0, least=0, most=None)
        limit = _whole(query, "limit", default=20, least=1, most=100)
        if unknown := set(query) - set(SEARCH_NAMES.values()):
            raise Refusal("invalid_filter", f"there is no filter {sorted(unknown)}")
        since, until = _date(query, SEARCH_NAMES["since"]), _date(query, SEARCH_NAMES["until"])
        hits = [sms for sms in self._switchboard.all() if _matches(sms, query, since, until)]
        page = hits[offset : offset + limit]
        more = offset + len(page) < len(hits)
        return JSONResponse({"offset": offset, "total": len(hits), "hasMore": more, "hits": page})

    async def _ping(self, _: Request) -> Response:
        return JSONResponse({"pong": True})

    async def _show_journal(self, _: Request) -> Response:
        return JSONResponse(self.journal)

    async def _set_faults(self, request: Request) -> Response:
        asked = _read(await request.body())
        try:
            self._faults.then(asked.get("next", []))
            self._faults.share(asked.get("shares", {}), seed=asked.get("seed", 0))
        except (InputError, AttributeError, TypeError) as error:
            raise Refusal("invalid_fault", str(error)) from None
        return Response(status_code=204)

    async def _let_live(self, request: Request) -> Response:
        asked = _read(await request.body() or b"{}")
        steps = asked.get("steps", 1) if isinstance(asked, dict) else None
        if not isinstance(steps, int) or steps < 0:
            raise Refusal("invalid_steps", 'write how many steps: {"steps": 1}')
        return JSONResponse({"events": await asyncio.to_thread(self._advance, steps)})


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)


async def _as_error(_: Request, error: Exception) -> Response:
    """Answer every wrong request with a code and words: a path or a method that is none, too."""
    if isinstance(error, HTTPException):
        return _error(error.status_code, error.detail.lower().replace(" ", "_"), error.detail)
    return _error(400, *error.args)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal("invalid_body", "the body is not JSON") from None


def _whole(query: dict[str, str], name: str, *, default: int, least: int, most: int | None) -> int:
    written = query.pop(name, str(default))
    found = int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else -1
    if found < least or (most is not None and found > most):
        raise Refusal(f"invalid_{name}", f"{name} is a whole number from {least} to {most or 'any'}")
    return found


def _date(query: dict[str, str], name: str) -> datetime | None:
    written = query.pop(name, None)
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refusal(f"invalid_{name}", f"{name} is a time with its zone, as in RFC 3339")
    return found


def _matches(
    sms: dict[str, Any], query: dict[str, str], since: datetime | None, until: datetime | None
) -> bool:
    told = sms | {"text": sms["body"]["text"][:64]}
    created = datetime.fromisoformat(sms["created"])
    return (
        all(told.get(name) == value for name, value in query.items())
        and (since is None or since <= created)
        and (until is None or created <= until)
    )
