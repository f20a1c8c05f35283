"""The examples that people start from run as they would run them: as processes, against a Callr."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx2
import pytest
from folders import ROOT

from callr_segment.sending.fake import FakeCallr

FOLDER = ROOT / "docs" / "examples"
if not FOLDER.is_dir():
    pytest.skip("the examples are not here: an installed package is being tested", allow_module_level=True)

pytestmark = [pytest.mark.once, pytest.mark.slice]

NUMBER = "+33612345678"
SECRET = "fake-secret"


@contextmanager
def service(fake, port):
    """Run the service of one-time codes; gives a client of it."""
    environment = os.environ | {
        "CALLR_API_KEY": fake.api_key,
        "CALLR_BASE_URL": fake.url,
        "CALLR_WEBHOOK_SECRET": SECRET,
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "otp_service:app",
        "--port",
        str(port),
        "--log-level",
        "critical",
    ]
    with (
        subprocess.Popen(command, cwd=FOLDER, env=environment) as process,
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http,
    ):
        try:
            wait_for(http, process)
            yield http
        finally:
            process.terminate()


def wait_for(http, process):
    for _ in range(200):
        assert process.poll() is None
        try:
            return http.get("/codes/none")
        except httpx2.ConnectError:
            time.sleep(0.05)
    raise AssertionError("the service does not start")


def free_port():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_service_sends_codes_and_hears_what_became_of_them():
    pytest.importorskip("fastapi")
    port = free_port()
    hook = f"http://127.0.0.1:{port}/webhooks/callr"
    with FakeCallr(webhook=hook, secret=SECRET) as fake, service(fake, port) as http:
        answer = http.post("/codes", json={"number": "06 12 34 56 78"})
        assert (answer.status_code, answer.json()["status"]) == (202, "created")
        ((number, text),) = fake.journal
        assert (number, text[:15]) == (NUMBER, "Votre code est ")
        events = fake.advance(steps=4)
        fake.post(events[0])
        assert http.get(f"/codes/{answer.json()['sid']}").json()["status"] == "delivered"

        forged = httpx2.post(hook, content=events[0].body, headers={"X-CALLR-HmacSignature": "AAAA"})
        assert forged.status_code == 401
        for wrong in ("+447911123456", "12", "+33112345678"):
            assert http.post("/codes", json={"number": wrong}).status_code == 422
        fake.faults.then(["503 after accept", "429 in an hour", "400"])
        statuses = [http.post("/codes", json={"number": NUMBER}).status_code for _ in range(3)]
        assert statuses == [202, 503, 502]
        assert len(fake.journal) == 2


def test_a_scheduled_campaign_resumes_until_all_is_sent(tmp_path):
    people = [f"+336123456{row:02},Zoé" for row in range(60)] + ["06 12 34 56 00,Zoé"]
    (tmp_path / "people.csv").write_text("\n".join(["to,first_name", *people]), encoding="utf-8")
    (tmp_path / "rates.csv").write_text("country,cents\nFR,4.50\n", encoding="utf-8")
    with FakeCallr() as fake:
        fake.faults.then(["slow"] * 10 + ["hang after accept"] * 8)  # eight in flight: all of them hang
        environment = os.environ | {
            "CALLR_API_KEY": fake.api_key,
            "CALLR_BASE_URL": fake.url,
            "SMS_PER_SECOND": "500",
        }
        command = [sys.executable, FOLDER / "scheduled_campaign.py"]
        with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as process:
            while len(fake.journal) < 18:
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        fake.faults.then(["401"])
        options = {"cwd": tmp_path, "env": environment, "capture_output": True, "encoding": "utf-8"}
        stopped = subprocess.run(command, **options, check=False)
        assert (stopped.returncode, "check the key" in stopped.stderr) == (1, True)
        done = subprocess.run(command, **options, check=False)
        again = subprocess.run(command, **options, check=False)
    assert done.returncode == again.returncode == 0, done.stderr
    assert "60 planned = 52 accepted + 0 rejected + 8 unknown + 0 not sent" in done.stdout
    assert len(fake.journal) == len(set(fake.journal)) == 60, (
        "what was in flight at the kill is not sent again"
    )
