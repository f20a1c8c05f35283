"""The Callr that is not there answers as the guide says, and does wrong what it is asked to."""

import http.server
import json
import subprocess
import sys
import threading
from decimal import Decimal
from urllib.parse import urlsplit

import httpx2
import pytest
from fake_faults import AFTER, BEFORE, wait_until
from guide import GUIDE
from servers import answer, received, serving

from callr_segment import RateCard, parse_event
from callr_segment.errors import InputError, NotSent, OutcomeUnknown, Rejected
from callr_segment.sending.api.wire import Message, read_receipt
from callr_segment.sending.client import Client
from callr_segment.testing import FAULTS, FakeCallr

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


def post(fake, query, body=None, *, method="POST"):
    content = json.dumps({"text": "a"}) if body is None else body
    headers = {"x-api-key": fake.api_key}
    with httpx2.Client(trust_env=False) as http:
        return http.request(method, f"{fake.url}{query}", content=content, headers=headers)


WRONG = [
    ("POST", "/sms?to=33612345678", None, 400, "invalid_to"),
    ("POST", "/sms?to=%2B33612345678&encoding=utf8", None, 400, "invalid_encoding"),
    ("POST", "/sms?to=%2B33612345678&trafficType=spam", None, 400, "invalid_traffic"),
    ("POST", "/sms?to=%2B33612345678&from=MAISON%20LOUISE", None, 400, "invalid_from"),
    ("POST", "/sms?to=%2B33612345678&from=Cr%C3%AAperie", None, 400, "invalid_from"),
    ("POST", "/sms?to=%2B33612345678", "text=a", 400, "invalid_body"),
    ("POST", "/sms?to=%2B33612345678", "[" * 100_000, 400, "invalid_body"),
    ("POST", "/sms?to=%2B33612345678", '["text"]', 400, "invalid_text"),
    ("POST", "/sms?to=%2B33612345678", '{"text": "half \\ud83d"}', 400, "invalid_text"),
    ("GET", "/sms?limit=0", None, 400, "invalid_limit"),
    ("GET", "/sms?limit=101", None, 400, "invalid_limit"),
    ("GET", "/sms?limit=ten", None, 400, "invalid_limit"),
    ("GET", "/sms?offset=-1", None, 400, "invalid_offset"),
    ("GET", "/sms?from_date=yesterday", None, 400, "invalid_from_date"),
    ("GET", "/sms?to_date=2026-01-01", None, 400, "invalid_to_date"),
    ("GET", "/sms?colour=red", None, 400, "invalid_filter"),
    ("GET", "/sms/nobody", None, 404, "not_found"),
    ("GET", "/", None, 404, "not_found"),
    ("POST", "/sms/", None, 404, "not_found"),
    ("GET", "/calls", None, 404, "not_found"),
    ("PUT", "/sms", None, 405, "method_not_allowed"),
    ("DELETE", "/sms/nobody", None, 405, "method_not_allowed"),
    ("POST", "/ping", None, 405, "method_not_allowed"),
    ("POST", "/../fake/faults", "{", 400, "invalid_body"),
    ("POST", "/../fake/faults", "[]", 400, "invalid_fault"),
    ("POST", "/../fake/advance", '{"steps": "two"}', 400, "invalid_steps"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), WRONG)
def test_every_wrong_request_is_answered_in_json(fake, method, path, body, status, code):
    answer = post(fake, path, body, method=method)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]


def test_a_plus_that_became_a_space_is_taken_unless_strict(fake):
    assert post(fake, "/sms?to=+33612345678").json()["to"] == NUMBER
    with FakeCallr(strict=True) as strict:
        assert post(strict, "/sms?to=+33612345678").json()["code"] == "invalid_to"
        assert post(strict, "/sms?to=%2B33612345678").status_code == 202
    with Client("another", base_url=fake.url) as stranger, pytest.raises(Rejected) as refused:
        stranger.ping()
    assert refused.value.halts


@pytest.mark.parametrize("rates", ["much", "-1", "nan", 4.5, {"FR": "dear"}, {"FR": {"20801": None}}, None])
def test_what_is_no_price_is_refused(rates):
    with pytest.raises(InputError, match="is no price of a part"):
        FakeCallr(rates=rates)


def test_a_mapping_is_a_card():
    with FakeCallr(rates={"FR": "4.50", "BE": {"20601": 6, "20605": "7"}}) as fake, fake.client() as client:
        receipts = [client.deliver(Message(f"+3247000000{digit}", "a")) for digit in range(2)]
        assert {receipt.network: receipt.cost_cents for receipt in receipts} == {"20601": 6, "20605": 7}
        assert client.deliver(MESSAGE).cost_cents == Decimal("4.5")
        with pytest.raises(Rejected, match="nothing is sent to DE"):
            client.deliver(Message("+4915123456789", "a"))


def test_no_sid_comes_twice_through_a_restart():
    sids = []
    for _ in range(2):
        with FakeCallr() as fake, fake.client() as client:
            sids += [client.deliver(MESSAGE).sid for _ in range(3)]
    assert len(set(sids)) == 6


def test_events_tell_of_what_was_refused_and_why():
    outcomes = {"+33612345601": "failed", "+33612345603": "error"}
    with FakeCallr(outcomes=outcomes) as fake, fake.client() as client:
        client.deliver(Message("+33612345601", "a"))
        with pytest.raises(Rejected):
            client.deliver(Message("+33612345603", "a"))
        events = [parse_event(each.body, unsigned=True) for each in fake.advance(steps=5)]
    told = {event.receipt.to: (event.receipt.status, event.receipt.error) for event in events}
    assert told["+33612345601"] == ("failed", "rejected by the carrier")
    assert told["+33612345603"] == ("error", "+33612345603 cannot be reached")
    assert [event.receipt.to for event in events].count("+33612345603") == 1


def test_a_webhook_that_is_down_is_tried_again_and_breaks_nothing():
    answers, tries = [503, 204], []

    def behave(connection):
        tries.append(json.loads(received(connection).partition(b"\r\n\r\n")[2])["try"])
        connection.sendall(answer(answers.pop(0)))

    with serving(behave) as url, FakeCallr(webhook=url) as fake, fake.client() as client:
        client.deliver(MESSAGE)
        fake.advance()
        assert (tries, fake.unheard) == ([0, 1], [])
    with FakeCallr(webhook="http://127.0.0.1:1/") as fake, fake.client() as client:
        client.deliver(MESSAGE)
        (event,) = fake.advance()
        assert fake.unheard == [event]
        assert parse_event(event.body, secret=fake.secret, headers=event.headers).attempt == 2
        assert client.deliver(MESSAGE).sid


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


@pytest.mark.parametrize("command", [["-m", "callr_segment.sending.fake"], ["-m", "callr_segment", "fake"]])
def test_in_a_process_of_its_own(tmp_path, command):
    command = [sys.executable, *command, "--journal", str(tmp_path / "journal")]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            url = process.stdout.readline().strip()
            journal = steered(url)
        finally:
            process.terminate()
        assert process.wait(10) == 0
    assert journal == [[NUMBER, MESSAGE.text]] * 2
    lines = (tmp_path / "journal").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == journal


def steered(url):
    """Steer a fake in another process by its paths; returns its journal."""
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
        return http.get(f"{steer}/journal").json()


WITHOUT_FRAMES = """
import sys
for name in ("pandas", "numpy", "pyarrow"):
    sys.modules[name] = None
from callr_segment.testing import FakeCallr
with FakeCallr(rates={"FR": "4.50"}) as fake, fake.client() as client:
    print(client.send("+33612345678", "Bonjour", traffic="alerting").cost_cents, "pytest" in sys.modules)
"""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"port": "80"}, "give 1 to 65535, or 0"),
        ({"port": 1 << 16}, "give 1 to 65535, or 0"),
        ({"outcomes": {"+33612345678": "lost"}}, "no SMS ends as 'lost'; there are delivered, failed"),
        ({"outcomes": "failed"}, "a mapping of numbers to how their SMS end"),
        ({"journal_file": "no-folder/journal"}, "journal_file cannot be written"),
    ],
)
def test_what_it_cannot_be_asked_is_refused(options, said):
    with pytest.raises(InputError, match=said):
        FakeCallr(**options)


def test_a_port_that_is_taken_is_named():
    with FakeCallr() as fake:
        port = urlsplit(fake.url).port
        with (
            pytest.raises(InputError, match=f"port {port} cannot be had: .*; port=0 finds one"),
            FakeCallr(port=port),
        ):
            pass
        with pytest.raises(InputError, match="give how many, 0 or more"):
            fake.advance(-1)


def test_it_needs_no_frame_library():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_FRAMES], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("4.5 False", "")


def test_a_fixture_of_pytest_runs_one(tmp_path):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["callr_segment.testing"]\n')
    (tmp_path / "test_it.py").write_text(
        "import os, callr_segment as sms\n"
        "def test_a_code_is_sent(fake_callr):\n"
        "    with sms.Client(base_url=os.environ['CALLR_BASE_URL']) as client:\n"
        "        client.send('+33612345678', 'Bonjour', traffic='alerting')\n"
        "    assert fake_callr.journal == [('+33612345678', 'Bonjour')]\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_the_objects_are_those_of_the_guide(fake, client):
    client.deliver(MESSAGE)
    assert set(fake.receipts[-1]) == set(GUIDE)
    assert read_receipt(fake.receipts[-1]).extra == {}
