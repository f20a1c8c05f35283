"""One exchange with a server that may be slow, broken or hostile: bounded in time and size, silent in logs.

These are the connections of httpcore2 without a client above them, so there are no redirects, no cookies, no
netrc and no log of URLs to switch off: the number stands in the URL. A connection belongs to the process,
and where one awaits to the event loop, that made it: another one would read what the first was answered.
"""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, closing, contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

import anyio
import httpcore2
import httpx2
from anyio.lowlevel import EventLoopToken, current_token

from callr_segment.errors import NotSent, SendError, visible
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.requests import Answer, Call, unanswered

__all__ = [
    "LARGEST_BODY",
    "MOST_CONNECTIONS",
    "AsyncTransport",
    "Transport",
    "exchange",
    "exchange_async",
]

LARGEST_BODY = 4_000_000
"""Bytes of an answer that are read; a hundred SMS of 3,200 characters are half of it."""

MOST_CONNECTIONS = 256
_IDLE_SECONDS = 1.5  # servers give idle connections up: gunicorn after 2 s, Apache, Node and uvicorn after 5


def _errors(*names: str) -> tuple[type[Exception], ...]:
    """Find errors by name; those of httpx2 are raised by transports that others wrote for tests."""
    return tuple(getattr(library, name) for name in names for library in (httpcore2, httpx2))


_BEFORE = _errors("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol")
_TIMEOUT = (TimeoutError, *_errors("TimeoutException"))
_NETWORK, _PROTOCOL = _errors("NetworkError"), _errors("RemoteProtocolError")

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def _is_ours(_: logging.LogRecord) -> bool:
    return _deadline.get() is None


for _name in ("connection", "http11", "http2", "proxy", "socks"):
    logging.getLogger(f"httpcore2.{_name}").addFilter(_is_ours)  # headers of an answer may repeat the number


def _left(timeout: float | None, refused: type[Exception]) -> float | None:
    deadline = _deadline.get()
    if deadline is None:
        return timeout
    left = deadline - monotonic()
    if left <= 0:
        raise refused("the deadline has passed")
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore2.NetworkStream):
    """A connection whose every step ends at the deadline of the call that it serves."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Network(httpcore2.SyncBackend):
    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left, *args, **options))


def _options(context: ssl.SSLContext | None, proxy: httpx2.Proxy | None) -> dict[str, Any]:
    return {
        "ssl_context": context,
        "proxy": proxy and httpcore2.Proxy(str(proxy.url), auth=proxy.raw_auth),
        "max_connections": MOST_CONNECTIONS,
        "keepalive_expiry": _IDLE_SECONDS,
    }


def _asked(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    place = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore2.Request(
        request.method,
        place,
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _answered(response: httpcore2.Response) -> httpx2.Response:
    stream: Any = response.stream
    return httpx2.Response(response.status, headers=response.headers, stream=stream)


class Transport(httpx2.BaseTransport):
    """The connections of a client that waits: of each process its own, whatever it inherited by a fork."""

    def __init__(self, context: ssl.SSLContext | None, proxy: httpx2.Proxy | None) -> None:
        self._options = _options(context, proxy)
        self._pools: dict[int, httpcore2.ConnectionPool] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; the errors are those of httpcore2."""
        process = os.getpid()
        if (
            process not in self._pools
        ):  # no lock, which a fork might leave locked: a second pool opens nothing
            self._pools.setdefault(
                process, httpcore2.ConnectionPool(**self._options, network_backend=_Network())
            )
        return _answered(self._pools[process].handle_request(_asked(request)))

    def close(self) -> None:
        """Close the connections of this process."""
        if pool := self._pools.pop(os.getpid(), None):
            pool.close()


_Loop = tuple[int, EventLoopToken]


def _is_closed(loop: _Loop) -> bool:
    """Whether an event loop of asyncio was closed without finishing its generators."""
    native: Any = loop[1].native_token
    return hasattr(native, "is_closed") and native.is_closed()


class AsyncTransport(httpx2.AsyncBaseTransport):
    """The connections of a client that awaits: of each event loop its own, closed when that ends."""

    def __init__(self, context: ssl.SSLContext | None, proxy: httpx2.Proxy | None) -> None:
        self._options = _options(context, proxy)
        self._pools: dict[_Loop, httpcore2.AsyncConnectionPool] = {}
        self._held: dict[_Loop, AsyncGenerator[httpcore2.AsyncConnectionPool]] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; the errors are those of httpcore2."""
        pool = await self._pool((os.getpid(), current_token()))
        return _answered(await pool.handle_async_request(_asked(request)))

    async def _pool(self, loop: _Loop) -> httpcore2.AsyncConnectionPool:
        if loop not in self._pools:
            for ended in [each for each in self._held if _is_closed(each)]:
                del self._held[ended], self._pools[ended]
            self._held[loop] = self._hold(loop)
            self._pools[loop] = await anext(self._held[loop])
        return self._pools[loop]

    async def _hold(self, loop: _Loop) -> AsyncGenerator[httpcore2.AsyncConnectionPool]:
        """Hold connections in a generator that is not finished: its loop finishes it before it ends."""
        pool = httpcore2.AsyncConnectionPool(**self._options)
        try:
            yield pool
        finally:
            self._held.pop(loop, None)
            self._pools.pop(loop, None)
            await pool.aclose()

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        if held := self._held.get((os.getpid(), current_token())):
            await held.aclose()


@contextmanager
def _until(seconds: float) -> Iterator[None]:
    token = _deadline.set(monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def exchange(
    transport: httpx2.BaseTransport, call: Call[Any], request: httpx2.Request, seconds: float
) -> Answer | SendError:
    """Send a request and read its whole answer; what went wrong instead is returned, bare."""
    reading = _Reading(call, is_traced=isinstance(transport, Transport))
    request.extensions["trace"] = reading.trace
    try:
        with _until(seconds):
            response: Any = transport.handle_request(request)
            reading.begin(response)
            with closing(response.stream) as stream:
                for chunk in stream:
                    reading.take(chunk)
    except Exception as error:  # noqa: BLE001 (whatever it is, the message may be on its way)
        return reading.failure(error)
    return reading.answer()


async def exchange_async(
    transport: httpx2.AsyncBaseTransport, call: Call[Any], request: httpx2.Request, seconds: float
) -> Answer | SendError:
    """Do as `exchange` does, awaiting."""
    reading = _Reading(call, is_traced=isinstance(transport, AsyncTransport))
    request.extensions["trace"] = reading.trace_async
    try:
        with _until(seconds), anyio.fail_after(seconds):
            response: Any = await transport.handle_async_request(request)
            reading.begin(response)
            async with aclosing(response.stream) as stream:
                async for chunk in stream:
                    reading.take(chunk)
    except Exception as error:  # noqa: BLE001 (whatever it is, the message may be on its way)
        return reading.failure(error)
    finally:
        await reading.leave()
    return reading.answer()


class _TooLarge(Exception):
    pass


class _Reading:
    """How far an exchange has come, and so what its failure means."""

    def __init__(self, call: Call[Any], *, is_traced: bool) -> None:
        self.call = call
        self._may_have_left = not is_traced
        self._stream: httpcore2.AsyncNetworkStream | None = None
        self._response: httpx2.Response | None = None
        self._body = bytearray()

    def trace(self, event: str, told: dict[str, Any]) -> None:
        """Hear from httpcore2 that the first byte leaves; what a proxy is asked before is no byte of ours."""
        if event.endswith("send_request_headers.started") and told["request"].method != b"CONNECT":
            self._may_have_left = True

    async def trace_async(self, event: str, told: dict[str, Any]) -> None:
        self.trace(event, told)
        if event.endswith("connect_tcp.complete"):
            self._stream = told["return_value"]

    async def leave(self) -> None:
        """Close a connection that was given up before it was used: httpcore2 leaves it where it is."""
        if self._stream is not None and not self._may_have_left:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()

    def begin(self, response: httpx2.Response) -> None:
        self._response = response

    def take(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > LARGEST_BODY:
            raise _TooLarge

    def answer(self) -> Answer:
        response = self._response
        if response is None:
            raise RuntimeError("there is no answer before it has begun")
        return Answer(response.status_code, dict(response.headers), bytes(self._body))

    def failure(self, error: Exception) -> SendError:
        if isinstance(error, _BEFORE) or not self._may_have_left:
            return NotSent(f"Callr cannot be reached: {_quoted(error)}; nothing was sent")
        return unanswered(self.call, self._why(error))

    def _why(self, error: Exception) -> str:
        if isinstance(error, _TIMEOUT):
            return "timeout"
        if isinstance(error, _TooLarge):
            return "too large"
        if self._response is not None and isinstance(error, _NETWORK + _PROTOCOL):
            return "cut body"
        if isinstance(error, _NETWORK):
            return "reset"
        if isinstance(error, _PROTOCOL):
            return "dropped" if "disconnected" in str(error) else "not http"
        return type(error).__name__


def _quoted(error: Exception) -> str:
    """Say why there is no connection: ``[Errno 111] Connection refused``."""
    return visible(masked(str(error)))[:200] or type(error).__name__
