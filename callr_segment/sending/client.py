"""Sending with the Callr API over HTTPS, one message at a time: the only door to the network."""

from __future__ import annotations

import itertools
import logging
import os
import time
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

import anyio
import httpx2

from callr_segment.errors import (
    InputError,
    InvalidMessage,
    MissingExtra,
    NotSent,
    Rejected,
    SendError,
)
from callr_segment.sending.api.options import (
    Key,
    checked_attempts,
    checked_seconds,
    checked_url,
    complete_names,
    proxy_of,
    refuse_other_options,
    trusted_certificates,
)
from callr_segment.sending.api.redaction import masked, redact
from callr_segment.sending.api.requests import (
    BASE_URL,
    SEARCH_NAMES,
    Answer,
    Call,
    Page,
    backoff_seconds,
    getting,
    pinging,
    refuse_other_types,
    searching,
    sending,
)
from callr_segment.sending.api.transport import AsyncTransport, Transport, exchange, exchange_async
from callr_segment.sending.api.wire import Message, Receipt
from callr_segment.text.message import segment
from callr_segment.text.policy import POLICY, Policy, Problem, check
from callr_segment.text.template import counted
from callr_segment.typing import Encoding, Traffic
from callr_segment.version import __version__

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate
    from callr_segment.sending.delivery.options import Options
    from callr_segment.sending.ledger.book import Ledger

__all__ = ["BASE_URL", "LONGEST_WAIT_SECONDS", "AsyncClient", "Client", "Filters"]

LONGEST_WAIT_SECONDS = 30.0

_LOGGER = logging.getLogger("callr_segment")
_LOGGER.addHandler(logging.NullHandler())

T = TypeVar("T")


class Filters(TypedDict, total=False):
    """What a search may ask for; all of it must be true of what is found."""

    direction: str | None
    sid: str | None
    sender: str | None
    to: str | None
    text: str | None
    traffic: str | None
    status: str | None
    since: datetime | None
    until: datetime | None
    offset: int | None
    limit: int | None


class _Session:
    """What a client is, whether it waits for answers or awaits them."""

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str = BASE_URL,
        policy: Policy = POLICY,
        dry_run: bool = False,
        timeout: float = 10.0,
        attempts: int = 3,
        transport: Any = None,
        trust_env: bool = False,
        ca_file: str | Path | None = None,
        search_names: Mapping[str, str] = SEARCH_NAMES,
    ) -> None:
        refuse_other_options(policy=policy, dry_run=dry_run, trust_env=trust_env)
        self.policy = policy
        self.dry_run = dry_run
        self._base_url = checked_url(base_url)
        self._key = Key(api_key)
        self._timeout, self._attempts = checked_seconds(timeout), checked_attempts(attempts)
        self._search_names = complete_names(search_names)
        if not self._key.value and not dry_run:
            raise InputError("there is no API key; set CALLR_API_KEY, or pass api_key=")
        if transport is None:
            transport = self._connections(
                trusted_certificates(self._base_url, ca_file, trust_env), proxy_of(self._base_url, trust_env)
            )
        if not isinstance(transport, self._transports):
            raise InputError(
                f"a transport is a {self._transports.__name__} of httpx2, not a {type(transport).__name__}; "
                "leave it out to send over the network"
            )
        self._transport = transport

    _connections: Any = None
    _transports: type = object
    _is_closed = False

    @property
    def base_url(self) -> str:
        """Where it sends to."""
        return self._base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r}{', dry_run=True' if self.dry_run else ''})"

    def _refuse_closed(self) -> None:
        if self._is_closed:
            raise InputError(
                "this client is closed, so nothing was sent: make another, or keep one for as long as your "
                "program sends"
            )

    def _request(self, call: Call[Any]) -> httpx2.Request:
        self._refuse_closed()
        headers = {
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": f"callr-segment/{__version__}",
            "x-api-key": self._key.value,
        }
        if call.body is not None:
            headers["content-type"] = "application/json"
        steps = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        url = f"{self._base_url}{call.target}"
        return httpx2.Request(
            call.method, url, headers=headers, content=call.body, extensions={"timeout": steps}
        )

    def _interpret(self, call: Call[T], outcome: Answer | SendError) -> T:
        try:
            if isinstance(outcome, SendError):
                raise outcome
            answer = call.interpret(outcome.redact(self._key.value))
        except SendError as error:
            _hide(self._key.value, error)
            _LOGGER.debug("%s %s: %s: %s", call.method, call.path, type(error).__name__, error)
            raise
        _LOGGER.debug("%s %s: %s", call.method, call.path, answer)
        return answer

    def _validated(self, to: str, text: str, **options: Any) -> Message:
        message = Message(to, text, **options)
        refuse_other_types(message)
        problems = check(text, to=to, policy=self.policy, **options)
        errors = [masked(str(each)) for each in problems if each.severity == "error"]
        if errors:
            raise InvalidMessage("\n".join(errors), problems=tuple(map(_masked, problems)))
        return message

    def _rehearsed(self, message: Message) -> Receipt:
        """Say what would be sent; what is forced into GSM is counted as if Callr replaced each character."""
        self._refuse_closed()
        found = segment(counted(message.text), encoding=message.encoding, errors="replace")
        return Receipt(
            direction="outbound",
            sender=message.sender,
            to=message.to,
            text=message.text,
            traffic=message.traffic,
            status="dry run",
            parts=found.parts,
            encoding=found.encoding,
        )

    def _wait_seconds(self, tries: int, error: NotSent) -> float:
        """Say how long to wait before a message is tried again; raises the error where it is not."""
        wait = backoff_seconds(tries, error.retry_after_seconds)
        if tries >= self._attempts or wait > LONGEST_WAIT_SECONDS:
            raise error
        return wait


class Client(_Session):
    """Send SMS with the Callr API, each at most once; may be used by many threads at once.

    The key is ``api_key``, else the environment's CALLR_API_KEY. ``timeout`` is the seconds that a whole call
    may take. ``dry_run`` sends nothing and says what would be sent. ``base_url`` is https, or http on this
    machine; ``ca_file`` holds the certificates of a server with a private authority; proxies of the
    environment are used only where ``trust_env`` says so. ``transport`` is one of httpx2, for tests.

    >>> client = Client(dry_run=True)
    >>> client.send("+33612345678", "Votre code est 4821", traffic="alerting")
    Receipt(None, '+33•••••••78', 'dry run', parts=1, encoding=gsm)
    """

    _connections, _transports = Transport, httpx2.BaseTransport

    def send(
        self,
        to: str,
        text: str,
        *,
        sender: str | None = None,
        traffic: Traffic = "marketing",
        encoding: Encoding | None = None,
    ) -> Receipt:
        """Send one SMS after checking it, and return what Callr says of it.

        Nothing leaves for a message that `validate` refuses: InvalidMessage. What certainly was not sent is
        tried again, a few times. Raises NotSent where it may be sent again later, Rejected where it must be
        corrected first, and OutcomeUnknown where it may have been sent and must not be sent again before that
        is known.

        >>> Client(dry_run=True).send("0612345678", "Bonjour")
        Traceback (most recent call last):
        callr_segment.errors.InvalidMessage: '06••••••78' is no number as the API takes it: ...
        """
        message = self._validated(to, text, sender=sender, traffic=traffic, encoding=encoding)
        for tries in itertools.count(1):
            try:
                return self.deliver(message)
            except NotSent as error:
                wait = self._wait_seconds(tries, error)
            time.sleep(wait)
        raise AssertionError("the last try raises")

    def deliver(self, message: Message) -> Receipt:
        """Send a message that has been checked already, once; raises what `send` raises.

        >>> Client(dry_run=True).deliver(Message("+33612345678", "Bonjour")).parts
        1
        """
        call = sending(message)
        return self._rehearsed(message) if self.dry_run else self._called(call)

    def send_all(
        self,
        estimate: Estimate | None,
        ledger: Ledger | str | os.PathLike[str],
        *,
        budget_cents: str | int | Decimal,
        **options: Unpack[Options],
    ) -> Ledger:
        """Send a campaign, each message at most once, never for more than a budget; call it again to resume.

        ``ledger`` is the file that remembers, or its path; without an estimate the plan it holds is resumed.
        ``budget_cents`` is the most that may be spent, the dearest price of each message counted. A
        ``dry_run`` client only writes the plan. Options:

        - ``in_flight``, 8: requests that run at once; ``per_second``: the most that start.
        - ``window``: the hours in which messages may leave, such as FRENCH_MARKETING; else it waits. Hours
          and rate that are not given are those the ledger was sent with before; None is no limit.
        - ``exclude``: numbers that opted out, beside those of the estimate; the ledger remembers them.
        - ``skip_errors``, ``allow_duplicates``: send though some rows cannot be sent, or a number has two.
        - ``breaker``: a Breaker, when to stop because answers disagree with the estimate, or fail.
        - ``progress``: true for a bar, false for silence, or a function that is given Counts.
        - ``resume_with``: the command to show where it stops before its end, at Ctrl-C and SIGTERM too.

        Raises InputError for an estimate with invalid, unpriced or duplicate rows. What stops it before its
        end is resumed by the same call: BudgetExceeded; LedgerError, where nothing can be recorded; Halted,
        for a key that is refused, where Callr cannot be reached, and by the breaker.
        """
        try:
            from callr_segment.sending.delivery.loop import send_all  # noqa: PLC0415 (pandas and pyarrow)
        except ModuleNotFoundError as error:
            extra = 'pip install "callr-segment[campaign]"'
            raise MissingExtra(f"send_all needs {error.name}: {extra}") from error
        self._refuse_closed()
        return send_all(self, estimate, ledger, budget_cents=budget_cents, **options)

    def ping(self) -> None:
        """Ask whether the key is accepted; raises Rejected if not."""
        return self._called(pinging())

    def get(self, sid: str) -> Receipt:
        """Ask what has become of an SMS; raises Rejected for one that Callr does not know."""
        return self._called(getting(sid))

    def search(self, **filters: Unpack[Filters]) -> Page:
        """List SMS that were sent or received, at most 100 at once; ``offset`` asks for those after them.

        No public page tells what the API calls these filters: ``search_names`` of the client does, and
        SEARCH_NAMES is what is assumed.
        """
        return self._called(searching(filters, self._search_names))

    def close(self) -> None:
        """Close the connections; nothing is sent with this client after that."""
        self._is_closed = True
        self._transport.close()

    def __enter__(self) -> Self:
        self._refuse_closed()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _called(self, call: Call[T]) -> T:
        return self._interpret(call, exchange(self._transport, call, self._request(call), self._timeout))


class AsyncClient(_Session):
    """Send SMS with the Callr API from a server that awaits: what `Client` does, without waiting.

    >>> async def otp():
    ...     async with AsyncClient(dry_run=True) as client:
    ...         return await client.send("+33612345678", "Votre code est 4821", traffic="alerting")
    >>> import asyncio
    >>> asyncio.run(otp()).parts
    1
    """

    _connections, _transports = AsyncTransport, httpx2.AsyncBaseTransport

    async def send(
        self,
        to: str,
        text: str,
        *,
        sender: str | None = None,
        traffic: Traffic = "marketing",
        encoding: Encoding | None = None,
    ) -> Receipt:
        """Send one SMS after checking it; raises what `Client.send` raises."""
        message = self._validated(to, text, sender=sender, traffic=traffic, encoding=encoding)
        for tries in itertools.count(1):
            try:
                return await self.deliver(message)
            except NotSent as error:
                wait = self._wait_seconds(tries, error)
            await anyio.sleep(wait)
        raise AssertionError("the last try raises")

    async def deliver(self, message: Message) -> Receipt:
        """Send a message that has been checked already, once."""
        call = sending(message)
        return self._rehearsed(message) if self.dry_run else await self._called(call)

    async def ping(self) -> None:
        """Ask whether the key is accepted; raises Rejected if not."""
        return await self._called(pinging())

    async def get(self, sid: str) -> Receipt:
        """Ask what has become of an SMS; raises Rejected for one that Callr does not know."""
        return await self._called(getting(sid))

    async def search(self, **filters: Unpack[Filters]) -> Page:
        """List SMS that were sent or received, as `Client.search` does."""
        return await self._called(searching(filters, self._search_names))

    async def aclose(self) -> None:
        """Close the connections of this event loop; nothing is sent with this client after that."""
        self._is_closed = True
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        self._refuse_closed()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _called(self, call: Call[T]) -> T:
        outcome = await exchange_async(self._transport, call, self._request(call), self._timeout)
        return self._interpret(call, outcome)


def _masked(problem: Any) -> Problem:
    shown = {name: masked(each) for name, each in problem._asdict().items() if isinstance(each, str)}
    return problem._replace(**shown)


def _hide(key: str, error: SendError) -> None:
    error.args = tuple(redact(key, each) if isinstance(each, str) else each for each in error.args)
    if isinstance(error, Rejected) and error.code:
        error.code = redact(key, error.code)
