"""One exchange with a server that may be slow, broken or hostile: bounded in time and size, silent in logs.

These are the transports of httpx2 without its client, so there are no redirects, no cookies, no netrc and no
log of URLs to switch off: the number stands in the URL.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

import httpcore2
import httpx2

from callr_segment.errors import NotSent, SendError, visible
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.requests import Answer, Call, unanswered

__all__ = ["LARGEST_BODY", "AsyncTransport", "Transport", "exchange", "exchange_async"]

LARGEST_BODY = 4_000_000
"""Bytes of an answer that are read; a hundred SMS of 3,200 characters are half of it."""

_MOST_CONNECTIONS = 256
_IDLE_SECONDS = 5.0
_BEFORE = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)

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


class _AsyncStream(httpcore2.AsyncNetworkStream):
    """The same, awaited."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _AsyncNetwork(httpcore2.AsyncNetworkBackend):
    def __init__(self) -> None:
        self._network: Any = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore2.AsyncNetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _AsyncStream(await self._network.connect_tcp(host, port, left, *args, **options))


def _pool(context: ssl.SSLContext, proxy: str | None) -> dict[str, Any]:
    through = httpx2.Proxy(proxy) if proxy else None
    return {
        "ssl_context": context,
        "proxy": through and httpcore2.Proxy(str(through.url), auth=through.raw_auth),
        "max_connections": _MOST_CONNECTIONS,
        "keepalive_expiry": _IDLE_SECONDS,
    }


class Transport(httpx2.HTTPTransport):
    """The connections of a client that waits; httpx2 limits each step, this the whole of a call too."""

    def __init__(self, context: ssl.SSLContext, proxy: str | None) -> None:
        super().__init__(verify=context)
        self._pool = httpcore2.ConnectionPool(**_pool(context, proxy), network_backend=_Network())


class AsyncTransport(httpx2.AsyncHTTPTransport):
    """The connections of a client that awaits, limited likewise."""

    def __init__(self, context: ssl.SSLContext, proxy: str | None) -> None:
        super().__init__(verify=context)
        self._pool = httpcore2.AsyncConnectionPool(**_pool(context, proxy), network_backend=_AsyncNetwork())


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
    reading = _Reading(call)
    try:
        with _until(seconds):
            response = transport.handle_request(request)
            try:
                reading.begin(response)
                for chunk in response.stream:  # type: ignore[union-attr]
                    reading.take(chunk)
            finally:
                response.close()
    except Exception as error:  # noqa: BLE001 (whatever it is, the message may be on its way)
        return reading.failure(error)
    return reading.answer()


async def exchange_async(
    transport: httpx2.AsyncBaseTransport, call: Call[Any], request: httpx2.Request, seconds: float
) -> Answer | SendError:
    """Do as `exchange` does, awaiting."""
    reading = _Reading(call)
    try:
        with _until(seconds):
            response = await transport.handle_async_request(request)
            try:
                reading.begin(response)
                async for chunk in response.stream:  # type: ignore[union-attr]
                    reading.take(chunk)
            finally:
                await response.aclose()
    except Exception as error:  # noqa: BLE001 (whatever it is, the message may be on its way)
        return reading.failure(error)
    return reading.answer()


class _TooLarge(Exception):
    pass


class _Reading:
    """How far an exchange has come, and so what its failure means."""

    def __init__(self, call: Call[Any]) -> None:
        self.call = call
        self._response: httpx2.Response | None = None
        self._body = bytearray()

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
        if isinstance(error, _BEFORE):
            return NotSent(f"Callr cannot be reached: {_quoted(error)}; nothing was sent")
        return unanswered(self.call, self._why(error))

    def _why(self, error: Exception) -> str:
        match error:
            case httpx2.TimeoutException():
                return "timeout"
            case _TooLarge():
                return "too large"
            case httpx2.NetworkError() | httpx2.RemoteProtocolError() if self._response is not None:
                return "cut body"
            case httpx2.NetworkError():
                return "reset"
            case httpx2.RemoteProtocolError():
                return "dropped" if "disconnected" in str(error) else "not http"
        return type(error).__name__


def _quoted(error: Exception) -> str:
    """Say why there is no connection: ``[Errno 111] Connection refused``."""
    return visible(masked(str(error)))[:200] or type(error).__name__
