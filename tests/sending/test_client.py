"""A client sends what was asked, once, and says of everything else what may be done next."""

import asyncio
import json
import pickle
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from inspect import signature
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx2
import pytest
from servers import answer, answering, dropping, received, resetting, serving

import callr_segment
from callr_segment import Policy
from callr_segment.errors import InputError, InvalidMessage, NotSent, OutcomeUnknown, Rejected
from callr_segment.sending.api.wire import Message
from callr_segment.sending.client import AsyncClient, Client
from callr_segment.sending.fake import FakeCallr

pytestmark = pytest.mark.once

KEY = "canary-key-7f3a91"
NUMBER = "+33612345678"
MESSAGE = Message(NUMBER, "Bonjour")
CREATED = json.dumps({"sid": "smsabcd", "status": "created", "to": NUMBER})


class Awaited:
    """An AsyncClient driven as if it were a Client, so that one test tells of both."""

    def __init__(self, *args, **options):
        self.made = lambda: AsyncClient(*args, **options)

    def __getattr__(self, name):
        def call(*args, **options):
            return asyncio.run(self.called(name, args, options))

        return call

    async def called(self, name, args, options):
        async with self.made() as client:
            return await getattr(client, name)(*args, **options)


@pytest.fixture(params=[Client, Awaited], ids=["waits", "awaits"])
def make_client(request):
    made = []

    def make(url, **options):
        made.append(request.param(KEY, base_url=url, **{"timeout": 5} | options))
        return made[-1]

    yield make
    for client in made:
        if isinstance(client, Client):
            client.close()


def test_a_message_is_sent_as_the_api_wants_it(make_client):
    seen = []

    def behave(connection):
        seen.append(received(connection).decode())
        connection.sendall(answer(202, CREATED))

    with serving(behave) as url:
        receipt = make_client(f"{url}/v2.0/").send(
            NUMBER, "Soldes à l’été [€] STOP", sender="MAISON LOU", traffic="alerting", encoding="unicode"
        )
    assert (receipt.sid, receipt.status) == ("smsabcd", "created")
    (request,) = seen
    line, _, rest = request.partition("\r\n")
    head, _, body = rest.partition("\r\n\r\n")
    method, target, _ = line.split(" ")
    headers = dict(each.lower().split(": ", 1) for each in head.split("\r\n"))
    assert (method, urlsplit(target).path) == ("POST", "/v2.0/sms")
    assert "to=%2B33612345678&from=MAISON%20LOU&" in target
    assert parse_qs(urlsplit(target).query) == {
        "to": [NUMBER],
        "from": ["MAISON LOU"],
        "encoding": ["unicode"],
        "trafficType": ["alerting"],
    }
    assert json.loads(body) == {"text": "Soldes à l’été [€] STOP"}
    assert headers["x-api-key"] == KEY
    assert headers["content-type"] == "application/json"
    assert headers["accept-encoding"] == "identity"
    assert "authorization" not in headers
    assert "cookie" not in headers


@pytest.mark.parametrize(
    ("behave", "why"),
    [
        (dropping, {"dropped", "reset"}),
        (resetting, {"reset"}),
        (answering(answer(202, CREATED)[:-3]), {"cut body"}),
        (answering(answer(202, CREATED)[:20]), {"dropped", "not http"}),
        (answering(b"SSH-2.0-OpenSSH\r\n\r\n"), {"not http"}),
        (answering(answer(503)), {"status 503"}),
        (answering(answer(202, b"\x1f\x8b", "Content-Encoding: gzip")), {"not json"}),
    ],
    ids=["drop", "reset", "cut body", "cut head", "not http", "503", "gzip"],
)
def test_what_may_have_been_sent_is_tried_once_and_called_unknown(make_client, behave, why):
    tries = []

    def counting(connection):
        tries.append(connection)
        behave(connection)

    with serving(counting) as url, pytest.raises(OutcomeUnknown) as unknown:
        make_client(url).send(NUMBER, "Bonjour", traffic="alerting")
    assert unknown.value.why in why
    assert len(tries) == 1
    assert unknown.value.__context__ is None, "a traceback must not lead to the request"


def test_no_request_is_answered_later_than_its_deadline(make_client):
    slow = answering(answer(202, CREATED), drip_seconds=0.05)
    with serving(slow) as url, pytest.raises(OutcomeUnknown) as unknown:
        make_client(url, timeout=0.3).deliver(MESSAGE)
    assert unknown.value.why == "timeout"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://callr.invalid"], ids=["refused", "unknown"])
def test_what_cannot_have_been_sent_may_be_sent_again(make_client, url):
    with pytest.raises(NotSent, match="nothing was sent") as unsent:
        make_client(url).deliver(MESSAGE)
    assert unsent.value.retry_after_seconds is None
    assert unsent.value.__context__ is None


def test_a_host_that_does_not_answer_was_sent_nothing(make_client):
    """A handshake that nobody finishes: the connection is there, and not a byte of the request."""
    with serving(lambda connection: connection.recv(1 << 20) and connection.recv(1)) as url:
        client = make_client(url.replace("http:", "https:"), timeout=0.3)
        with pytest.raises(NotSent):
            client.deliver(MESSAGE)


def test_what_certainly_was_not_sent_is_sent_again(make_client):
    answers = [answer(429, "", "Retry-After: 0"), answer(429), answer(202, CREATED)]

    def behave(connection):
        received(connection)
        connection.sendall(answers.pop(0))

    with serving(behave) as url:
        assert make_client(url).send(NUMBER, "Bonjour", traffic="alerting").sid == "smsabcd"
    assert answers == []


def test_no_call_waits_for_longer_than_it_may(make_client):
    with serving(answering(answer(429, "", "Retry-After: 3600"))) as url, pytest.raises(NotSent) as wait:
        make_client(url).send(NUMBER, "Bonjour", traffic="alerting")
    assert (wait.value.status, wait.value.retry_after_seconds) == (429, 3600)


def test_delivery_never_tries_again(make_client):
    tries = []

    def behave(connection):
        tries.append(received(connection))
        connection.sendall(answer(429, "", "Retry-After: 0"))

    with serving(behave) as url, pytest.raises(NotSent):
        make_client(url).deliver(MESSAGE)
    assert len(tries) == 1


def test_nothing_leaves_for_a_message_that_must_not_be_sent(make_client):
    connections = []
    with serving(connections.append) as url:
        client = make_client(url)
        for to, text in [("0612345678", "Bonjour"), (NUMBER, ""), (NUMBER, "a" * 3201), ("", "Bonjour")]:
            with pytest.raises(InvalidMessage) as invalid:
                client.send(to, text, traffic="alerting")
            shown = f"{invalid.value} {invalid.value.problems}"
            assert "12345678" not in shown
        with pytest.raises(InputError, match="a number is a text"):
            client.send(33612345678, "Bonjour")
        with pytest.raises(InvalidMessage):
            client.send(NUMBER, "ça va ?", encoding="gsm", traffic="alerting")
    assert connections == []


def test_a_dry_run_opens_nothing_and_needs_no_key(make_client, monkeypatch):
    monkeypatch.delenv("CALLR_API_KEY", raising=False)
    transport = httpx2.MockTransport(lambda request: pytest.fail("a byte left"))
    client = make_client("https://api.callr.com/v2.0", transport=transport, dry_run=True)
    receipt = client.send(NUMBER, "ça va ? %STOPNUM% " + "a" * 60, traffic="alerting")
    assert (receipt.status, receipt.parts, receipt.encoding, receipt.sid) == ("dry run", 2, "unicode", None)
    Client(dry_run=True).close()


def test_a_transport_of_httpx2_can_take_the_place_of_the_network(make_client):
    def handle(request):
        assert request.headers["x-api-key"] == KEY
        return httpx2.Response(202, json=json.loads(CREATED))

    client = make_client("https://api.callr.com/v2.0", transport=httpx2.MockTransport(handle))
    assert client.deliver(MESSAGE).sid == "smsabcd"


def test_reading_back(make_client):
    asked = []

    def behave(connection):
        asked.append(received(connection).split(b"\r\n")[0].decode())
        listed = {"hits": [json.loads(CREATED)], "hasMore": False}
        is_search = "/sms?" in asked[-1]
        connection.sendall(answer(200, json.dumps(listed) if is_search else CREATED))

    with serving(behave) as url:
        client = make_client(url)
        assert client.ping() is None
        assert client.get("smsabcd").sid == "smsabcd"
        page = client.search(to=NUMBER, limit=100)
    assert (page.receipts[0].sid, page.has_more) == ("smsabcd", False)
    assert [line.split(" ")[1] for line in asked] == [
        "/ping",
        "/sms/smsabcd",
        "/sms?to=%2B33612345678&limit=100",
    ]


def test_a_question_that_is_not_answered_can_be_asked_again(make_client):
    with serving(dropping) as url, pytest.raises(NotSent, match="ask again"):
        make_client(url).get("smsabcd")
    with serving(answering(answer(404, '{"code": "not_found"}'))) as url, pytest.raises(Rejected) as refused:
        make_client(url).get("smsabcd")
    assert (refused.value.status, refused.value.code, refused.value.halts) == (404, "not_found", False)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.callr.com/v2.0",
        "http://192.168.1.5/",
        "http://localhost.evil.example/",
        "http://127.0.0.1.nip.io/",
        "ftp://127.0.0.1/",
        "https://user:pass@api.callr.com/",
        "https://api.callr.com/?x=1",
        "https://api.callr.com/#x",
        "https://",
        "api.callr.com",
        "",
    ],
)
def test_only_an_encrypted_address_or_this_machine_is_taken(url):
    with pytest.raises(InputError):
        Client(KEY, base_url=url)


WRONG = [
    ({"base_url": "https://api.callr.com/v2.0/sms"}, "leave the last step out: https://api.callr.com/v2.0$"),
    ({"base_url": "https://api.callr.com/v2.0/sms/"}, "leave the last step out"),
    ({"base_url": "https://api.callr.com:99999/v2.0"}, "a scheme, a host and a path"),
    ({"base_url": "https://[::1"}, "is no address"),
    ({"base_url": None}, "a scheme, a host and a path|is no address"),
    ({"base_url": b"https://api.callr.com"}, "a scheme, a host and a path|is no address"),
    ({"timeout": None}, "seconds a call may take"),
    ({"timeout": float("nan")}, "seconds a call may take"),
    ({"timeout": float("inf")}, "seconds a call may take"),
    ({"timeout": 0}, "seconds a call may take"),
    ({"timeout": -1}, "seconds a call may take"),
    ({"timeout": "10"}, "seconds a call may take"),
    ({"timeout": True}, "seconds a call may take"),
    ({"attempts": 0}, "give 1 to try once"),
    ({"attempts": None}, "give 1 to try once"),
    ({"attempts": 2.5}, "give 1 to try once"),
    ({"api_key": 5}, "copy it again"),
    ({"ca_file": "no-such.pem"}, "no-such.pem"),
    ({"transport": object()}, "leave it out"),
    ({"base_url": "https://api.callr.com/v2.0\r\nx-api-key: other"}, "is no address"),
    ({"base_url": "https://api callr.com/v2.0"}, "a scheme, a host and a path"),
    ({"base_url": "https://api..callr.com"}, "a scheme, a host and a path"),
    ({"base_url": "https://api.callr.com\\v2.0"}, "a scheme, a host and a path"),
    ({"base_url": "//api.callr.com/v2.0"}, "a scheme, a host and a path"),
    ({"base_url": f"https://{'a' * 64}.com"}, "a scheme, a host and a path"),
    ({"base_url": "https://api.callr.com/v2.0/SMS"}, "leave the last step out"),
    ({"base_url": "https://api.callr.com:0"}, "a scheme, a host and a path"),
    ({"dry_run": "false"}, "dry_run is 'false'; pass True or False"),
    ({"trust_env": 1}, "trust_env is 1; pass True or False"),
    ({"policy": {"no_stop": "error"}}, "pass a Policy, or leave it out"),
    ({"search_names": None}, "a mapping of filters"),
    ({"search_names": [["to"]]}, "a mapping of filters"),
    ({"search_names": {"to": None}}, "a mapping of filters"),
    ({"search_names": {"too": "to"}}, "did you mean 'to'"),
]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" https://api.callr.com/v2.0\n", "https://api.callr.com/v2.0"),
        ("HTTPS://API.Callr.com:443/v2.0//", "https://api.callr.com/v2.0"),
        ("https://api.callr.com/v2.0#", "https://api.callr.com/v2.0"),
        ("http://[::1]:8025/v2.0", "http://[::1]:8025/v2.0"),
        ("https://sms.crêpes.example/v2.0", "https://sms.xn--crpes-isa.example/v2.0"),
    ],
)
def test_an_address_is_one_however_it_is_written(written, meant):
    """A ledger that was sent to one is not refused to the other."""
    assert Client(KEY, base_url=written).base_url == meant


UNASKABLE = [
    (("send", 33612345678, "Bonjour"), "a number is a text"),
    (("send", NUMBER, b"Bonjour"), "what a message says is a text"),
    (("send", NUMBER, None), "what a message says is a text"),
    (("deliver", None), "a NoneType is no Message"),
    (("deliver", Message(None, "Bonjour")), "a number is a text"),
    (("deliver", Message("+336\ud800", "Bonjour")), "holds half of a character"),
    (
        ("deliver", Message(NUMBER, "Bonjour", sender=36105)),
        "a sender is a text such as 'MAISON LOU', or None",
    ),
    (("deliver", Message(NUMBER, "Bonjour", sender="\ud800")), "holds half of a character"),
    (("deliver", Message(NUMBER, "Bonjour", traffic=None)), "traffic is 'marketing' or 'alerting'"),
    (("deliver", Message(NUMBER, "Bonjour", encoding=7)), "an encoding is 'gsm' or 'unicode', or None"),
    (("get", None), "is not the sid"),
    (("get", b"sms"), "is not the sid"),
]


@pytest.mark.parametrize(("asked", "way_out"), UNASKABLE)
def test_what_no_request_can_be_made_of_is_refused_before_any(make_client, asked, way_out):
    connections = []
    with serving(connections.append) as url, pytest.raises(InputError, match=way_out):
        getattr(make_client(url), asked[0])(*asked[1:])
    assert connections == []


@pytest.mark.parametrize(
    ("filters", "way_out"),
    [
        ({"limit": 0}, "limit is 0; give 1 to 100"),
        ({"limit": "10"}, "limit is '10'; give 1 to 100"),
        ({"limit": True}, "limit is True"),
        ({"offset": -1}, "offset is -1; give 0 to"),
        ({"offset": 2.5}, "offset is 2.5"),
        ({"since": "2026-11-23"}, "give a datetime that has a time zone"),
        ({"until": datetime(2026, 11, 23)}, "give a datetime that has a time zone"),
        ({"until": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))}, "before any SMS"),
        ({"to": 33612345678}, "to is 33•••••••78: search for a text"),
        ({"text": "\ud800"}, "search for a text"),
        ({"status": ["sent"]}, "search for a text"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_before_it_is_asked(make_client, filters, way_out):
    connections = []
    with serving(connections.append) as url, pytest.raises(InputError, match=way_out):
        make_client(url).search(**filters)
    assert connections == []


def test_names_of_filters_that_are_not_told_are_those_that_are_assumed():
    with FakeCallr() as fake, fake.client(search_names={"sender": "from"}) as client:
        client.send(NUMBER, "Bonjour", sender="MAISON LOU", traffic="alerting")
        assert len(client.search(to=NUMBER, sender="MAISON LOU", limit=1).receipts) == 1


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("options", "way_out"), WRONG, ids=lambda each: str(each).partition(" object at ")[0][:50]
)
def test_what_would_make_every_send_fail_is_refused_before_any(kind, options, way_out):
    with pytest.raises(InputError, match=way_out):
        kind(**{"api_key": KEY} | options)


@pytest.mark.parametrize(
    ("proxy", "way_out"),
    [
        ("socks5://me:pass@127.0.0.1:1", "pip install"),
        ("socks4://127.0.0.1:1", "no address of http or socks5"),
        ("http://", "no address of http or socks5"),
        ("http://me:pass@proxy:abc", "no address of http or socks5"),
        ("http://me:pass@proxy:99999", "no address of http or socks5"),
        ("http://me:pass@[::1", "no address of http or socks5"),
        ("http://me:pass@pro xy:3128", "no address of http or socks5"),
        ("http://me:pass@proxy:3128\r\nx: y", "no address of http or socks5"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_before_anything_is_sent(monkeypatch, proxy, way_out):
    monkeypatch.setenv("all_proxy", proxy)
    monkeypatch.setattr("callr_segment.sending.api.options.find_spec", lambda name: None)
    with pytest.raises(InputError, match=way_out) as refused:
        Client(KEY, base_url="https://api.callr.com/v2.0", trust_env=True)
    assert "pass@" not in str(refused.value)
    Client(KEY, base_url="https://api.callr.com/v2.0").close()


def test_certificates_of_the_environment_that_are_not_there_are_named(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "no-such.pem")
    with pytest.raises(InputError, match="SSL_CERT_FILE of the environment holds no certificates"):
        Client(KEY, trust_env=True)
    Client(KEY).close()


FORKED = """
import os, sys
import callr_segment as sms
client = sms.Client("fake-key", base_url=sys.argv[1])
client.ping()
for worker in range(4):
    if os.fork() == 0:
        for each in range(24):
            client.send(f"+336{worker}0000{each:03}", "Bonjour", traffic="alerting")
        os._exit(0)
print([os.waitstatus_to_exitcode(os.wait()[1]) for worker in range(4)])
client.ping()
"""
IN_LOOPS = """
import asyncio, os, sys
import callr_segment as sms
client = sms.AsyncClient("fake-key", base_url=sys.argv[1])
async def send(number):
    return (await client.send(number, "Bonjour", traffic="alerting")).sid
for each in range(200):
    if each % 2:
        assert asyncio.run(send(f"+33610000{each:03}"))
    else:  # as older frameworks do: a loop that finishes nothing
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(send(f"+33610000{each:03}"))
        loop.close()
print(len(client._transport._pools), len(os.listdir("/proc/self/fd")) < 40)
"""


@pytest.mark.parametrize(
    ("program", "said", "sends"),
    [
        (FORKED, "[0, 0, 0, 0]", 96),
        (IN_LOOPS.replace("200", "20"), "0 True", 20),
        pytest.param(IN_LOOPS, "0 True", 200, marks=pytest.mark.slice),
    ],
    ids=["forks", "20 loops", "200 loops"],
)
def test_no_connection_is_shared_by_processes_or_event_loops(program, said, sends):
    """Two that read from one connection hear each other's answers, or none: the message is then unknown."""
    with FakeCallr() as fake:
        done = subprocess.run(
            [sys.executable, "-c", program, fake.url], capture_output=True, encoding="utf-8", check=False
        )
        assert (done.stderr, done.stdout.strip()) == ("", said)
        assert len(set(fake.journal)) == len(fake.journal) == sends


def test_connections_are_closed_with_the_loop_that_made_them():
    """With warnings on: nothing is left for the collector to find."""
    program = (
        IN_LOOPS.replace("each % 2", "True").replace("range(200)", "range(3)").replace("print(", "print(0, ")
    )
    with FakeCallr() as fake:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program, fake.url],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert (done.stderr, done.stdout.strip()) == ("", "0 0 True")


def test_a_cancelled_send_leaves_no_connection_behind():
    """A task may be cancelled in the middle of a handshake, which httpcore2 then leaves open."""

    async def cancelled(url):
        async with AsyncClient(KEY, base_url=url.replace("http:", "https:")) as client:
            with anyio.move_on_after(0.1) as scope:
                await client.deliver(MESSAGE)
            assert scope.cancelled_caught

    with serving(lambda connection: connection.recv(1 << 20) and connection.recv(1)) as url:
        asyncio.run(cancelled(url))


@pytest.mark.parametrize("options", [{}, {"dry_run": True}])
def test_a_closed_client_sends_nothing_and_says_so(options):
    closed = pytest.raises(InputError, match="this client is closed, so nothing was sent: make another")
    with FakeCallr() as fake:
        with fake.client(**options) as client:
            client.send(NUMBER, "Bonjour", traffic="alerting")
        client.close()
        for again in (
            client.ping,
            client.__enter__,
            lambda: client.send(NUMBER, "Bonjour", traffic="alerting"),
        ):
            with closed:
                again()
        assert len(fake.journal) == (not options)


def test_a_closed_client_that_awaits_sends_nothing_either():
    async def sends(url):
        async with AsyncClient("fake-key", base_url=url) as client:
            await client.deliver(MESSAGE)
        await client.aclose()
        for again in (client.deliver(MESSAGE), client.ping(), client.__aenter__()):
            with pytest.raises(InputError, match="this client is closed"):
                await again
        return client

    with FakeCallr() as fake:
        client = asyncio.run(sends(fake.url))
        with pytest.raises(InputError, match="this client is closed"):
            asyncio.run(client.deliver(MESSAGE))
        assert len(fake.journal) == 1


def test_a_policy_may_leave_the_conversion_to_callr(make_client):
    lenient = Policy(severities={"not_gsm": "warning"})
    with serving(answering(answer(202, CREATED))) as url:
        client = make_client(url, policy=lenient)
        assert client.send(NUMBER, "ça va ?", encoding="gsm", traffic="alerting").sid == "smsabcd"
    rehearsal = Client(dry_run=True, policy=lenient).send(NUMBER, "ça va ?", encoding="gsm")
    assert (rehearsal.parts, rehearsal.encoding) == (1, "gsm")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost/v2.0"])
def test_this_machine_may_be_asked_in_the_clear(url):
    Client(KEY, base_url=url).close()


def test_the_key_comes_from_the_environment_and_goes_nowhere_else(monkeypatch):
    monkeypatch.setenv("CALLR_API_KEY", KEY)
    client = Client()
    assert KEY not in repr(client)
    assert KEY not in repr(vars(client))
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(client._key)
    with pytest.raises(TypeError):
        pickle.dumps(client)
    client.close()
    monkeypatch.delenv("CALLR_API_KEY")
    with pytest.raises(InputError, match="CALLR_API_KEY"):
        Client()
    for bad in ("", "a\nb", "clé", "a\x00"):
        with pytest.raises(InputError) as refused:
            Client(bad)
        assert not bad or bad not in str(refused.value)


def test_a_proxy_of_the_environment_is_used_only_when_asked(make_client, monkeypatch):
    seen = []

    def proxy(connection):
        seen.append(received(connection).split(b"\r\n")[0])
        connection.sendall(answer(202, CREATED))

    with serving(proxy) as through, serving(answering(answer(202, CREATED))) as url:
        monkeypatch.setenv("http_proxy", through)
        monkeypatch.delenv("no_proxy", raising=False)
        assert make_client(url).deliver(MESSAGE).sid == "smsabcd"
        assert seen == []
        assert make_client(url, trust_env=True).deliver(MESSAGE).sid == "smsabcd"
        assert len(seen) == 1
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert make_client(url, trust_env=True).deliver(MESSAGE).sid == "smsabcd"
        assert len(seen) == 1


def test_a_short_key_does_not_spoil_what_is_read():
    with serving(answering(answer(202, CREATED))) as url, Client("sms", base_url=url) as client:
        assert client.deliver(MESSAGE).sid == "smsabcd"


def test_both_clients_are_made_and_called_alike():
    assert signature(Client) == signature(AsyncClient)
    for name in ("send", "deliver", "ping", "get", "search"):
        assert signature(getattr(Client, name)) == signature(getattr(AsyncClient, name))


def test_the_names_are_public():
    for name in ("Client", "AsyncClient", "Message", "Page", "Receipt"):
        assert getattr(callr_segment, name).__name__ == name
