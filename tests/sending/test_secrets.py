"""Neither the key nor a number is written anywhere, and nothing but a client opens a connection."""

import contextlib
import json
import os
import re
import subprocess
import sys

import pytest
from folders import SUPPORT
from servers import answer, dropping, received, resetting, serving

from callr_segment.sending.fake import FakeCallr

pytestmark = pytest.mark.once

KEY = "canary-key-7f3a91-of-the-mine"
NUMBER = "+33698123777"
TEXT = "canary text: votre code est 4821"
ECHOES = [
    lambda said: answer(400, json.dumps({"code": said, "message": said})),
    lambda said: answer(401, json.dumps({"code": "auth", "message": said})),
    lambda said: answer(403, said),
    lambda said: answer(404, json.dumps({"message": said})),
    lambda said: answer(202, json.dumps({"sid": "a", "status": "error", "error": said, "to": NUMBER})),
    lambda said: answer(
        202, json.dumps({"sid": "a", "status": "sent", "to": NUMBER, "body": {"text": TEXT}})
    ),
    lambda said: answer(202, json.dumps({"to": NUMBER, said[:20]: said})),
    lambda said: answer(202, said),
    lambda said: answer(202, json.dumps([said])),
    lambda said: answer(302, said, f"Location: http://127.0.0.1/?{said}"),
    lambda said: answer(429, said, f"Retry-After: {said}"),
    lambda said: answer(500, said, f"X-Request: {said}"),
    lambda said: answer(503, json.dumps({"code": said, "message": said})),
    lambda said: f"HTTP/1.1 202 {said}\r\nContent-Length: 90000\r\n\r\n{said}".encode(),
    lambda said: f"HTTP/1.1 202 A\r\n{said}\r\n\r\n".encode(),
    lambda said: f"{said}\r\n\r\n".encode(),
    lambda said: b"",
]


def echoing(make):
    """Behave by saying back all that the client said."""

    def behave(connection):
        request = received(connection).decode("latin-1")
        said = f"{request.split(' ')[1]} {KEY} {NUMBER}"
        connection.sendall(make(said))

    return behave


def secrets():
    digits = NUMBER[1:]
    yield re.compile(re.escape(KEY).encode())
    yield re.compile(digits[2:].encode())
    yield re.compile(r"[ .-]?".join(digits).encode())
    yield re.compile(b"canary text|votre code")


@pytest.fixture
def servers():
    """Addresses of servers that echo, hang up, redirect, flood, or are not there."""
    with contextlib.ExitStack() as stack:
        behaviours = [*map(echoing, ECHOES), dropping, resetting, lambda connection: connection.recv(1)]
        urls = [stack.enter_context(serving(behave)) for behave in behaviours]
        tls = stack.enter_context(FakeCallr(tls=True))
        yield [*urls, tls.url, "http://127.0.0.1:1", "https://callr.invalid"]


def test_fifty_failures_write_neither_key_nor_number_nor_text(servers, tmp_path):
    environment = os.environ | {"CALLR_API_KEY": KEY, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-X", "dev", SUPPORT / "leaks.py", NUMBER, TEXT],
        input=json.dumps(servers).encode(),
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) >= 50
    written = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    written |= {"stdout": done.stdout, "stderr": done.stderr}
    assert b"POST /sms" in written[str(tmp_path / "everything.log")]
    assert b"OutcomeUnknown" in written[str(tmp_path / "tracebacks.txt")]
    for name, content in written.items():
        for secret in secrets():
            found = secret.search(content)
            assert found is None, f"{name}: {content[max(0, found.start() - 300) : found.end() + 50]}"


OFFLINE = """
import sys
seen = []
sys.addaudithook(lambda event, args: seen.append(event) if event.startswith("socket.") else None)
import callr_segment as sms, callr_segment.pandas, pandas as pd
from callr_segment.cli import main
sms.validate("Votre code est 4821", to="+33612345678", traffic="alerting")
card = sms.RateCard({"FR": "4.50"}, currency="EUR")
frame = pd.DataFrame({"to": ["+33612345678"], "text": ["Ça va, garçon ?"]})
found = sms.estimate(frame, text="{text}", to="to", rates=card)
found.what_if(), frame["text"].sms.parts()
try:
    main(["demo", "--report", "demo.html"])
except SystemExit as ended:
    assert not ended.code
rooms = [name for name in sys.modules if name.startswith(("callr_segment.sending", "httpx2", "httpcore2"))]
print(seen, rooms, file=sys.stderr)
"""


def test_nothing_else_imports_this_floor_or_opens_a_connection(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "[] []")


@pytest.mark.slice
def test_the_other_test_would_hear_a_connection(tmp_path):
    heard = OFFLINE.replace(
        "sms.validate", "__import__('socket').create_server(('127.0.0.1', 0)); sms.validate"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", heard],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "socket.bind" in done.stderr


def test_the_server_does_hear_the_number_and_the_key():
    """What the other tests look for was there to be found."""
    heard = []
    with (
        serving(lambda connection: heard.append(received(connection))) as url,
        contextlib.suppress(Exception),
    ):
        from callr_segment import Client

        with Client(KEY, base_url=url) as client:
            client.send(NUMBER, TEXT, traffic="alerting")
    assert KEY.encode() in heard[0]
    assert NUMBER[1:].encode() in heard[0]
