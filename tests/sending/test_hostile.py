"""A server that lies, floods, dawdles or sends elsewhere learns no more and costs no more than its share."""

import datetime
import gzip
import json
import ssl
import threading
import time
import tracemalloc
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
import trustme
from servers import answer, answering, received, serving

from callr_segment import Breaker, RateCard, estimate
from callr_segment.errors import NotSent, OutcomeUnknown, Rejected
from callr_segment.sending.api.wire import Message
from callr_segment.sending.client import Client

pytestmark = pytest.mark.once

CARD = RateCard({"FR": "4.50"}, currency="EUR")
KEY = "canary-key-7f3a91"
MESSAGE = Message("+33612345678", "Bonjour")
CREATED = json.dumps({"sid": "smsabcd", "status": "created"})
FLOOD = 100_000_000


def deliver(url, **options):
    with Client(KEY, base_url=url, **{"timeout": 3.0} | options) as client:
        return client.deliver(MESSAGE)


def outcome(url, **options):
    with pytest.raises(OutcomeUnknown) as unknown:
        deliver(url, **options)
    return unknown.value.why


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status):
    visits = []
    with serving(visits.append) as elsewhere:
        location = f"Location: {elsewhere}/v2.0/sms"
        with serving(answering(answer(status, "", location))) as url:
            assert outcome(url) == f"status {status}"
    assert visits == []


def test_a_cookie_is_not_given_back():
    requests = []

    def behave(connection):
        requests.append(received(connection))
        connection.sendall(answer(202, CREATED, "Set-Cookie: trace=1; Path=/"))

    with serving(behave) as url, Client(KEY, base_url=url) as client:
        client.deliver(MESSAGE)
        client.deliver(MESSAGE)
    assert len(requests) == 2
    assert b"cookie" not in requests[1].lower()


@pytest.fixture
def impostor():
    """Serve TLS with any certificate and tell what clients say once the line is encrypted."""
    authority, heard = trustme.CA(), []

    def serve(certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)

        def behave(connection):
            with context.wrap_socket(connection, server_side=True) as encrypted:
                heard.append(received(encrypted))
                encrypted.sendall(answer(202, CREATED))

        return serving(behave)

    serve.authority, serve.heard = authority, heard
    return serve


def test_a_stranger_with_a_certificate_of_its_own_hears_nothing(impostor, tmp_path):
    authority = impostor.authority
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    strangers = [
        (trustme.CA().issue_cert("127.0.0.1"), "self-signed|unable to get|self signed"),
        (authority.issue_cert("callr.example"), "IP address mismatch|match"),
        (authority.issue_cert("127.0.0.1", not_after=long_ago), "expired"),
    ]
    for certificate, why in strangers:
        with impostor(certificate) as url, pytest.raises(NotSent, match=why):
            deliver(url.replace("http:", "https:"), ca_file=tmp_path / "ca.pem")
    assert not any(impostor.heard)
    with impostor(authority.issue_cert("127.0.0.1")) as url:
        assert deliver(url.replace("http:", "https:"), ca_file=tmp_path / "ca.pem").sid == "smsabcd"


def flooding(head, piece, sent):
    """Behave by sending `head`, then `piece` until 100 MB are gone or nobody listens."""

    def behave(connection):
        received(connection)
        connection.sendall(head)
        while sum(sent) < FLOOD:
            connection.sendall(piece)
            sent.append(len(piece))

    return behave


CHUNK = b"10000\r\n" + b"a" * 65536 + b"\r\n"
FLOODS = {
    "endless headers": (b"HTTP/1.1 202 Accepted\r\n", b"X-A: " + b"a" * 1000 + b"\r\n", "not http"),
    "one endless header": (b"HTTP/1.1 202 Accepted\r\nX-A: ", b"a" * 65536, "not http"),
    "endless reason": (b"HTTP/1.1 202 ", b"a" * 65536, "not http"),
    "100 MB body": (f"HTTP/1.1 202 A\r\nContent-Length: {FLOOD}\r\n\r\n".encode(), b"a" * 65536, "too large"),
    "100 MB chunked": (b"HTTP/1.1 202 A\r\nTransfer-Encoding: chunked\r\n\r\n", CHUNK, "too large"),
    "endless body": (b"HTTP/1.1 202 A\r\n\r\n", b"a" * 65536, "too large"),
    "an endless refusal": (b"HTTP/1.1 401 A\r\n\r\n", b"a" * 65536, "too large"),
    "endless early hints": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100, "timeout"),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_turned_off(name):
    head, piece, why = FLOODS[name]
    sent = []
    tracemalloc.start()
    with serving(flooding(head, piece, sent)) as url:
        found = outcome(url, timeout=0.5 if why == "timeout" else 10.0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == why
    assert peak < 30_000_000
    assert sum(sent) < FLOOD


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b" " * 50_000_000)
    tracemalloc.start()
    with serving(answering(answer(202, bomb, "Content-Encoding: gzip"))) as url:
        assert outcome(url) == "not json"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (answer(202, CREATED), None),
        (b"HTTP/1.1 202 A\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ", "not http"),
        (b"HTTP/1.1 202 A\r\nContent-Length: -1\r\n\r\n{}", "not http"),
        (b"HTTP/1.1 202 A\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", "cut body"),
        (b"HTTP/1.1 202 A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}", "cut body"),
        (b"HTTP/1.1 202 A\r\nX-\x00: 1\r\n\r\n{}", "not http"),
        (b"HTTP/1.1 9999 A\r\n\r\n{}", "not http"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "not http"),
        (b"{}", "not http"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "not http"),
        (answer(202, "[" * 100_000), "not json"),
        (answer(202, '{"sid": "' + "a" * 1_000_000), "not json"),
        (answer(202, "{}"), "no sid"),
        (answer(202, "\ufeff" + CREATED), None),
        (answer(204), "status 204"),
    ],
    ids=str,
)
def test_an_answer_that_is_none_proves_nothing(data, why):
    with serving(answering(data)) as url:
        if why is None:
            assert deliver(url).sid == "smsabcd"
        else:
            assert outcome(url, timeout=1.0) in (why, "dropped", "cut body")


@pytest.mark.parametrize("size", [0, 9, 40, 70])
def test_a_server_that_drips_is_left_at_the_deadline(size):
    """The first bytes come at once, the rest one by one: never silent for as long as a time-out of a read."""
    data = answer(202, CREATED)

    def behave(connection):
        received(connection)
        connection.sendall(data[:size])
        for byte in data[size:]:
            time.sleep(0.1)
            connection.sendall(bytes([byte]))

    with serving(behave) as url:
        assert outcome(url, timeout=0.4) == "timeout"


def test_a_server_may_speak_to_a_terminal_and_is_not_heard():
    said = json.dumps({"code": "\x1b[2J", "message": f"\x1b]0;owned\x07 {KEY} +33612345678 \u202e"})
    with serving(answering(answer(400, said))) as url, pytest.raises(Rejected) as refused:
        deliver(url)
    shown = str(refused.value)
    assert shown.isprintable()
    assert KEY not in shown + refused.value.code
    assert "12345678" not in shown


def test_slow_servers_do_not_hold_up_other_threads():
    release = threading.Event()

    def behave(connection):
        if b'text": "slow' in received(connection):
            release.wait(5)
        connection.sendall(answer(202, CREATED))

    with serving(behave) as url, Client(KEY, base_url=url) as client:
        slow = threading.Thread(target=client.deliver, args=(Message("+33612345678", "slow"),))
        slow.start()
        assert client.deliver(MESSAGE).sid == "smsabcd"
        assert slow.is_alive()
        release.set()
        slow.join()


HALF = "\ud83d"
ODD = {
    "half a pair everywhere": {
        "sid": HALF, "direction": HALF, "from": HALF, "status": HALF, "error": HALF, "network": HALF,
        "encoding": HALF, "paymentType": HALF, "created": HALF, HALF: HALF, "body": {"text": HALF},
        "statusHistory": [{"before": HALF, "after": HALF, "at": "2026-01-01T00:00:00Z"}],
    },
    "half a pair beside a sid": {"error": HALF, "network": HALF, "body": {"text": HALF}, HALF: HALF},
    "a huge cost": {"cost": "999999999999"},
    "huge counts": {"parts": 10**25},
    "the ends of time": {"created": "0001-01-01T00:00:00+23:59", "updated": "9999-12-31T23:59:59-23:59"},
    "nesting": {"extra": json.loads("[" * 40 + "]" * 40)},
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("every", [False, True], ids=["one answer", "every answer"])
def test_an_odd_answer_costs_a_campaign_no_more_than_its_own_message(tmp_path, name, every):
    numbers = [f"+336123456{row:02}" for row in range(16)]
    plan = estimate(pd.DataFrame({"to": numbers}), text="Bonjour. STOP 36105", to="to", rates=CARD)
    seen = []

    def behave(connection):
        target = received(connection).split(b" ")[1].decode()
        number = f"+{parse_qs(urlsplit(target).query)['to'][0][1:]}"
        seen.append(number)
        odd = ODD[name] if every or number == numbers[3] else {}
        sms = {"sid": f"sms{number}", "status": "created", "to": number} | odd
        connection.sendall(answer(202, json.dumps(sms)))

    options = {"budget_cents": 1000, "progress": False, "breaker": Breaker("1", failures_in_a_row=100)}
    with serving(behave) as url, Client(KEY, base_url=url) as client:
        ledger = client.send_all(plan, tmp_path / "ledger", **options)
    counts = ledger.counts()
    ledger.close()
    unknown = (16 if every else 1) if "sid" in ODD[name] else 0
    assert (counts.accepted, counts.unknown, counts.not_sent) == (16 - unknown, unknown, 0)
    assert sorted(seen) == numbers
