"""The API of a Callr that is not there: its paths, and those by which a test in another process steers it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
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
        self._file = None if journal_file is None else Path(journal_file).open("a", encoding="utf-8")  # noqa: SIM115

    def app(self) -> Starlette:
        """Make the application that a server runs."""
        return Starlette(
            routes=[
                Route("/v2.0/sms", self._keyed(self._send), methods=["POST"]),
                Route("/v2.0/sms", self._keyed(self._search), methods=["GET"]),
                Route("/v2.0/sms/{sid}", self._keyed(self._get)),
                Route("/v2.0/ping", self._keyed(self._ping)),
                Route("/fake/journal", self._show_journal),
                Route("/fake/faults", self._set_faults, methods=["POST"]),
                Route("/fake/advance", self._let_live, methods=["POST"]),
            ]
        )

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

    async def _send(self, request: Request) -> Response:
        body = await request.body()
        await asyncio.sleep(self.latency_seconds)
        fault = self._faults.draw()
        try:
            return await self._wrong(request, body, fault) if fault else self._accepted(request, body)
        except Refusal as refused:
            return _error(400, *refused.args)

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
        try:
            read = json.loads(body)
        except ValueError:
            raise Refusal("invalid_body", "the body is not JSON") from None
        sms = self._switchboard.accept(dict(request.query_params), read)
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
        offset, limit = int(query.pop("offset", 0)), int(query.pop("limit", 20))
        if unknown := set(query) - set(SEARCH_NAMES.values()):
            return _error(400, "invalid_filter", f"there is no filter {sorted(unknown)}")
        hits = [sms for sms in self._switchboard.all() if _matches(sms, query)]
        page = hits[offset : offset + min(limit, 100)]
        more = offset + len(page) < len(hits)
        return JSONResponse({"offset": offset, "total": len(hits), "hasMore": more, "hits": page})

    async def _ping(self, _: Request) -> Response:
        return JSONResponse({"pong": True})

    async def _show_journal(self, _: Request) -> Response:
        return JSONResponse(self.journal)

    async def _set_faults(self, request: Request) -> Response:
        asked = await request.json()
        try:
            self._faults.then(asked.get("next", []))
            self._faults.share(asked.get("shares", {}), seed=asked.get("seed", 0))
        except InputError as error:
            return _error(400, "invalid_fault", str(error))
        return Response(status_code=204)

    async def _let_live(self, request: Request) -> Response:
        asked = json.loads(await request.body() or b"{}")
        return JSONResponse({"events": await asyncio.to_thread(self._advance, asked.get("steps", 1))})


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message}, status)


def _matches(sms: dict[str, Any], query: dict[str, str]) -> bool:
    told = sms | {"text": sms["body"]["text"][:64]}
    asked = dict(query)
    since, until = asked.pop(SEARCH_NAMES["since"], None), asked.pop(SEARCH_NAMES["until"], None)
    created = datetime.fromisoformat(sms["created"])
    return (
        all(told.get(name) == value for name, value in asked.items())
        and (since is None or datetime.fromisoformat(since) <= created)
        and (until is None or created <= datetime.fromisoformat(until))
    )
