"""A Callr that is not there: a server on this machine, for tests, notebooks and rehearsals.

It answers as the guide says, keeps a journal of what it accepted, lets SMS live and die, posts webhooks, and
does wrong whatever it is asked to. ``python -m callr_segment.sending.fake`` runs it as a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from callr_segment.errors import InputError, MissingExtra

try:
    import httpx2
    import trustme
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol

    from callr_segment.sending.fake.api import Api
    from callr_segment.sending.fake.switchboard import Posted, Switchboard
    from callr_segment.sending.fake.tariff import Prices
except ModuleNotFoundError as _error:
    raise MissingExtra(f'the fake needs {_error.name}: pip install "callr-segment[fake]"') from _error

from callr_segment.sending.api.webhooks import SIGNATURE_HEADER
from callr_segment.sending.client import Client
from callr_segment.sending.fake.faults import FAULTS, Faults

__all__ = ["FAULTS", "FakeCallr", "main"]

_TRIES, _RETRY_SECONDS = 3, 0.05
_ENDS = (signal.SIGINT, signal.SIGTERM)


class FakeCallr:
    """A Callr on this machine, while a ``with`` block runs.

    ``rates`` is the price of a part in cents, a mapping of prices by country, or by country and network, or a
    rate card; a number is on one of its country's networks there. ``outcomes`` tells how an SMS ends, by
    number: ``"delivered"`` unless it says ``"failed"``, ``"expired"`` or ``"error"``. ``webhook`` is where
    events are posted to; one that does not answer well within 5 s is tried three times, and ``unheard`` keeps
    what was not taken. ``journal_file`` gets a line of JSON for each accepted message, before it is answered.

    What nobody knows of Callr can be played either way. A raw ``+`` in a URL, as in the guide's samples, is
    read as ``+`` though it arrives as a space: ``strict=True`` refuses it. With ``extension_is_gsm=False``
    texts with ``€`` are billed as Unicode; with ``prices_at_once=False`` cost, parts and network are known
    only once an SMS is sent.

    >>> with FakeCallr() as fake, fake.client() as client:
    ...     receipt = client.send("+33612345678", "Votre code est 4821", traffic="alerting")
    ...     events = fake.advance(steps=5)
    ...     client.get(receipt.sid).status, fake.journal
    ('delivered', [('+33612345678', 'Votre code est 4821')])
    """

    def __init__(
        self,
        *,
        rates: Prices | Any = "4.50",
        api_key: str = "fake-key",
        tls: bool = False,
        port: int = 0,
        latency_seconds: float = 0.0,
        outcomes: Mapping[str, str] | Callable[[str, str], str] | None = None,
        extension_is_gsm: bool = True,
        prices_at_once: bool = True,
        strict: bool = False,
        webhook: str | None = None,
        secret: str = "fake-secret",  # noqa: S107 (it protects nothing)
        algorithm: str = "sha256",
        header: str = SIGNATURE_HEADER,
        journal_file: str | Path | None = None,
    ) -> None:
        if not isinstance(port, int) or not 0 <= port < 1 << 16:
            raise InputError(f"port is {port!r}; give 1 to 65535, or 0 for one that is free", value=port)
        self.faults: Faults = Faults()
        self.api_key: str = api_key
        self.secret: str = secret
        self.webhook: str | None = webhook
        self.unheard: list[Posted] = []
        self._tls, self._port = tls, port
        self._switchboard = Switchboard(
            rates=rates,
            outcomes=outcomes or {},
            extension_is_gsm=extension_is_gsm,
            prices_at_once=prices_at_once,
            strict=strict,
            signing=(secret, algorithm, header),
        )
        self._api = Api(
            switchboard=self._switchboard,
            faults=self.faults,
            api_key=api_key,
            latency_seconds=latency_seconds,
            journal_file=journal_file,
            advance=lambda steps: len(self.advance(steps)),
        )

    def __enter__(self) -> Self:
        try:
            self._socket = socket.create_server(("127.0.0.1", self._port), backlog=1024)
        except OSError as error:
            message = f"port {self._port} cannot be had: {error}; port=0 finds one that is free"
            raise InputError(message) from None
        self._folder = tempfile.TemporaryDirectory(prefix="fake-callr-")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio would, if it saw TCP
        self._server = uvicorn.Server(self._config())
        serve = {"target": self._server.run, "kwargs": {"sockets": [self._socket]}}
        self._thread = threading.Thread(**serve, daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()
        self._api.close()
        self._folder.cleanup()

    def _config(self) -> uvicorn.Config:
        options: dict[str, Any] = {"http": _Protocol, "ws": "none", "lifespan": "off"}
        if self._tls:
            authority = trustme.CA()
            authority.cert_pem.write_to_path(self.ca_file)
            certificate = Path(self._folder.name, "server.pem")
            authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
            options["ssl_certfile"] = str(certificate)
        return uvicorn.Config(
            self._api.app(), log_config=None, log_level="critical", access_log=False, **options
        )

    @property
    def url(self) -> str:
        """What a client takes as ``base_url``."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}/v2.0"

    @property
    def ca_file(self) -> str:
        """The file with the certificate of the authority that vouches for this server."""
        return str(Path(self._folder.name, "authority.pem"))

    @property
    def journal(self) -> list[tuple[str, str]]:
        """Number and text of every message that was accepted, in order."""
        return list(self._api.journal)

    @property
    def receipts(self) -> list[dict[str, Any]]:
        """The SMS objects as they stand now, in the order they were accepted."""
        return self._switchboard.all()

    def client(self, **options: Any) -> Client:
        """Make a client that sends here."""
        trusted = {"ca_file": self.ca_file} if self._tls else {}
        return Client(self.api_key, base_url=self.url, **trusted, **options)

    def advance(self, steps: int = 1) -> list[Posted]:
        """Let every SMS take steps in its life, post the events that tell of it, and return them."""
        if not isinstance(steps, int) or steps < 0:
            raise InputError(f"steps is {steps!r}; give how many, 0 or more", value=steps)
        events = [event for _ in range(steps) for event in self._switchboard.advance()]
        return [self._told(event) for event in events]

    def _told(self, event: Mapping[str, Any]) -> Posted:
        """Post an event until it is taken, each time counted; it is no fault of the SMS if it never is."""
        posted = self._signed(event, tries=0)
        for tries in range(_TRIES if self.webhook is not None else 0):
            posted = self._signed(event, tries=tries)
            if 200 <= (self.post(posted) or 0) < 300:
                return posted
            time.sleep(_RETRY_SECONDS)
        if self.webhook is not None:
            self.unheard.append(posted)
        return posted

    def _signed(self, event: Mapping[str, Any], *, tries: int) -> Posted:
        return self._switchboard.signed(json.dumps({**event, "try": tries}).encode())

    def post(self, event: Posted) -> int | None:
        """Post an event to the webhook, once more or for the first time.

        Returns the status of the answer, or None where there is none.
        """
        if self.webhook is None:
            raise InputError("there is no webhook; name one: FakeCallr(webhook=...)")
        try:
            with httpx2.Client(trust_env=False, timeout=5.0) as http:
                return http.post(self.webhook, content=event.body, headers=dict(event.headers)).status_code
        except httpx2.HTTPError:
            return None


class _Protocol(H11Protocol):
    """HTTP whose requests know the connection they came by, so that one can be cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def main(arguments: Sequence[str] | None = None, *, program: str | None = None) -> None:
    """Run a Callr that is not there until it is told to end, by Ctrl-C or SIGTERM.

    It prints its URL, and below it the file of its authority.
    """
    parser = argparse.ArgumentParser(
        prog=program or "python -m callr_segment.sending.fake", description=main.__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="0 for one that is free")
    parser.add_argument("--tls", action="store_true", help="answer over https")
    parser.add_argument("--strict", action="store_true", help="refuse a raw + in a URL")
    parser.add_argument("--key", dest="api_key", default="fake-key", help="the key it takes")
    parser.add_argument("--cents", dest="rates", default="4.50", help="the price of a part")
    parser.add_argument("--latency", dest="latency_seconds", type=float, default=0.0, help="seconds")
    parser.add_argument("--journal", dest="journal_file", help="a file for what was accepted")
    parser.add_argument("--webhook", help="where events are posted to")
    parser.add_argument("--secret", default="fake-secret", help="what events are signed with")
    parser.add_argument("--faults", type=json.loads, default={}, help="shares by name, as JSON")
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    asked = vars(parser.parse_args(arguments))
    shares, seed = asked.pop("faults"), asked.pop("seed")
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)  # in all threads to come: they are waited for below
    with FakeCallr(**asked) as fake:
        fake.faults.share(shares, seed=seed)
        print(fake.url, fake.ca_file, sep="\n", flush=True)
        signal.sigwait(_ENDS)
