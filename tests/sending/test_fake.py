"""The Callr that is not there answers as the guide says, and does wrong what it is asked to."""

import http.server
import json
import subprocess
import sys
import threading
from decimal import Decimal

import httpx2
import pytest
from fake_faults import AFTER, BEFORE, wait_until
from guide import GUIDE

from callr_segment import RateCard, parse_event
from callr_segment.errors import InputError, NotSent, OutcomeUnknown, Rejected
from callr_segment.sending.api.wire import Message, read_receipt
from callr_segment.sending.client import Client
from callr_segment.sending.fake import FAULTS, FakeCallr

pytestmark = pytest.mark.once

NUMBER = "+33612345678"
MESSAGE = Message(NUMBER, "Votre code est 4821", traffic="alerting")


@pytest.fixture(scope="module")
def fake():
    with FakeCallr() as running:
        yield running


@pytest.fixture
def client(fake):
    with fake.client(timeout=0.5) as made:
        yield made


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_goes_wrong_as_it_says(fake, client, name):
    before = len(fake.journal)
    fake.faults.then([name])
    meant = (BEFORE | AFTER)[name]
    if meant is None:
        assert client.deliver(MESSAGE).sid
    else:
        with pytest.raises(meant):
            client.deliver(MESSAGE)
    if name == "late accept":
        wait_until(lambda: len(fake.journal) > before)
    assert len(fake.journal) - before == (name in AFTER)
    assert client.deliver(MESSAGE).sid, "the next message finds all well again"


def test_a_share_of_faults_is_the_same_for_the_same_seed(fake):
    def drawn():
        fake.faults.share({"400": 0.2, "503 after accept": 0.1}, seed=7)
        found = [fake.faults.draw() for _ in range(1000)]
        fake.faults.share({})
        return found

    first = drawn()
    assert first == drawn()
    assert 150 < first.count(FAULTS["400"]) < 250
    assert 60 < first.count(FAULTS["503 after accept"]) < 140
    with pytest.raises(InputError, match="did you mean '503 after accept'"):
        fake.faults.then(["503 after accepting"])
    with pytest.raises(InputError, match="between 0 and 1"):
        fake.faults.share({"400": 0.7, "401": 0.7})


def test_an_sms_lives_as_the_guide_tells(fake, client):
    sid = client.deliver(MESSAGE).sid
    seen = [client.get(sid).status]
    for _ in range(5):
        fake.advance()
        seen.append(client.get(sid).status)
    assert seen == ["created", "pending", "sent", "remote-queued", "delivered", "delivered"]
    receipt = client.get(sid)
    assert (receipt.parts, receipt.cost_cents, receipt.encoding) == (1, Decimal("4.5"), "gsm")
    assert [step.after for step in receipt.history] == seen[1:-1]
    assert receipt.created <= receipt.sent <= receipt.delivered == receipt.updated
    assert (receipt.extra, receipt.to, receipt.text, receipt.traffic) == (
        {},
        NUMBER,
        MESSAGE.text,
        "alerting",
    )


def test_an_sms_may_end_badly():
    outcomes = {"+33612345601": "failed", "+33612345602": "expired", "+33612345603": "error"}
    with FakeCallr(outcomes=outcomes) as fake, fake.client() as client:
        sids = [client.deliver(Message(number, "a")).sid for number in list(outcomes)[:2]]
        with pytest.raises(Rejected) as refused:
            client.deliver(Message("+33612345603", "a"))
        assert "12345603" not in str(refused.value)
        fake.advance(steps=4)
        assert [client.get(sid).status for sid in sids] == ["failed", "expired"]
        assert len(fake.journal) == 2


def test_a_card_prices_what_is_sent():
    card = RateCard({"FR": "4.50", "BE": {"20601": "6", "20605": "7"}}, currency="EUR")
    with FakeCallr(rates=card, prices_at_once=False) as fake, fake.client() as client:
        sids = [client.deliver(Message(f"+3247000000{digit}", "a" * 161)).sid for digit in range(2)]
        assert [client.get(sid).cost_cents for sid in sids] == [None, None]
        fake.advance(steps=2)
        receipts = [client.get(sid) for sid in sids]
        assert {receipt.network: receipt.cost_cents for receipt in receipts} == {"20601": 12, "20605": 14}
        with pytest.raises(Rejected) as refused:
            client.deliver(Message("+4915123456789", "a"))
        assert refused.value.code == "no_route"


def test_the_doubt_about_extension_characters_can_be_played_out():
    counted = {}
    for is_gsm in (True, False):
        with FakeCallr(extension_is_gsm=is_gsm) as fake, fake.client() as client:
            counted[is_gsm] = client.deliver(Message(NUMBER, "€" + "a" * 100)).parts
    assert counted == {True: 1, False: 2}


def test_the_server_is_as_strict_as_the_guide(fake):
    for query, code in [
        ("to=+33612345678", "invalid_to"),  # the + of the guide's own samples arrives as a space
        ("to=%2B33612345678&encoding=utf8", "invalid_encoding"),
        ("to=%2B33612345678&trafficType=spam", "invalid_traffic"),
    ]:
        url = f"{fake.url}/sms?{query}"
        answer = httpx2.post(url, json={"text": "a"}, headers={"x-api-key": fake.api_key}, trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    with Client("another", base_url=fake.url) as stranger, pytest.raises(Rejected) as refused:
        stranger.ping()
    assert refused.value.halts


def test_what_was_sent_can_be_found_again(fake, client):
    for digit in range(3):
        client.deliver(Message("+33698765432", f"nummer {digit}"))
    page = client.search(to="+33698765432", limit=2)
    rest = client.search(to="+33698765432", limit=2, offset=2)
    assert [each.text for each in (*page.receipts, *rest.receipts)] == ["nummer 0", "nummer 1", "nummer 2"]
    assert (page.has_more, rest.has_more, page.total) == (True, False, 3)
    since = page.receipts[1].created
    assert len(client.search(to="+33698765432", since=since).receipts) >= 2
    assert client.search(text="nummer 1").receipts[0].text == "nummer 1"


def test_webhooks_are_posted_and_can_be_trusted():
    seen = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        with FakeCallr(webhook=url, secret="s", algorithm="sha512") as fake, fake.client() as client:
            sent = client.deliver(MESSAGE)
            events = fake.advance(steps=4)
            assert fake.post(events[0]) == 204
        server.shutdown()
    read = [parse_event(body, secret="s", headers=headers, algorithm="sha512") for body, headers in seen]
    assert [event.receipt.status for event in read] == [
        "pending",
        "sent",
        "remote-queued",
        "delivered",
        "pending",
    ]
    assert read[0] == read[-1]
    joined = sent
    for event in reversed(read):
        joined = joined.joined(event.receipt)
    assert (joined.status, len(joined.history)) == ("delivered", 4)


def test_over_tls_with_an_authority_of_its_own():
    with FakeCallr(tls=True) as fake:
        with fake.client() as client:
            assert client.deliver(MESSAGE).sid
        with Client(fake.api_key, base_url=fake.url) as stranger, pytest.raises(NotSent, match="CERTIFICATE"):
            stranger.deliver(MESSAGE)
        assert len(fake.journal) == 1


def test_in_a_process_of_its_own(tmp_path):
    command = [sys.executable, "-m", "callr_segment.sending.fake", "--journal", str(tmp_path / "journal")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        url = process.stdout.readline().strip()
        steer = url.removesuffix("/v2.0") + "/fake"
        with Client("fake-key", base_url=url) as client, httpx2.Client(trust_env=False) as http:
            assert client.deliver(MESSAGE).sid
            http.post(f"{steer}/faults", json={"next": ["503 after accept"], "shares": {"400": 1.0}})
            with pytest.raises(OutcomeUnknown):
                client.deliver(MESSAGE)
            with pytest.raises(Rejected):
                client.deliver(MESSAGE)
            assert http.post(f"{steer}/faults", json={"next": ["wrong"]}).status_code == 400
            assert http.post(f"{steer}/advance", json={"steps": 2}).json() == {"events": 4}
            journal = http.get(f"{steer}/journal").json()
        process.stdin.close()
        assert process.wait(10) == 0
    assert journal == [[NUMBER, MESSAGE.text]] * 2
    lines = (tmp_path / "journal").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == journal


def test_the_objects_are_those_of_the_guide(fake, client):
    client.deliver(MESSAGE)
    assert set(fake.receipts[-1]) == set(GUIDE)
    assert read_receipt(fake.receipts[-1]).extra == {}
