"""``callr-segment send``, ``resume``, ``status`` and ``reconcile``, against a Callr that is not there."""

import itertools
import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from decimal import Decimal

import pytest

from callr_segment.sending.fake import FakeCallr

pytestmark = pytest.mark.once

PEOPLE = [f"+336123456{row:02},Zoé" for row in range(30)]
TEXT = ["--text", "Bonjour {first_name}. STOP au 36105", "--to", "to", "--price", "4.50", "--currency", "EUR"]


@pytest.fixture
def fake(monkeypatch):
    with FakeCallr() as running:
        monkeypatch.setenv("CALLR_API_KEY", running.api_key)
        yield running


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("\n".join(["to,first_name", *PEOPLE, ""]), encoding="utf-8")
    return tmp_path


def sending(fake, *more):
    return [
        "send",
        "people.csv",
        *TEXT,
        "--ledger",
        "sale.ledger",
        "--base-url",
        fake.url,
        "--timeout",
        "2",
        *more,
    ]


def test_a_campaign_is_shown_sent_and_accounted_for(call, fake):
    code, out, err = call(*sending(fake, "--yes", "--budget", "200"))
    assert code == 0, err
    assert "30 of 30 rows will be sent, in 30 parts." in out
    assert "1.3500 EUR" in out
    assert out.splitlines()[-1] == "30 planned = 30 accepted + 0 rejected + 0 unknown + 0 not sent"
    assert len(set(fake.journal)) == len(fake.journal) == 30
    again, out, _ = call(*sending(fake, "--yes", "--budget", "200"))
    assert (again, len(fake.journal)) == (0, 30), "what was sent is not sent again"


def test_nothing_is_sent_unasked(call, fake):
    for more, reason in [
        ([], "nobody is here to be asked: pass --yes and --budget"),
        (["--yes"], "--yes needs --budget"),
        (["--yes", "--budget", "100"], "over the budget of 100.00;"),
        (["--yes", "--budget", "200", "--hours", "morning"], "is not like 08:00-20:00"),
    ]:
        code, _, err = call(*sending(fake, *more))
        assert code in (1, 2)
        assert reason in err
    assert fake.journal == []


def on_a_terminal(command, answer):
    """Run a command whose input is a terminal on which somebody types."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        os.write(ours, f"{answer}\n".encode())
        out, err = process.communicate()
    os.close(ours)
    os.close(theirs)
    return process.returncode, out, err


@pytest.mark.parametrize(("answer", "code", "sent"), [("", 2, 0), ("y", 0, 30)])
def test_a_person_is_asked_with_the_sum_in_sight(fake, answer, code, sent):
    command = [sys.executable, "-m", "callr_segment", *sending(fake)]
    found, out, err = on_a_terminal(command, answer)
    assert "Send 30 SMS for at most 1.35 EUR? [y/N]" in out
    assert out.index("1.3500 EUR") < out.index("Send 30 SMS")
    assert (found, len(fake.journal)) == (code, sent), err


def test_a_rehearsal_writes_the_plan_and_sends_nothing(call, fake):
    code, out, _ = call(*sending(fake, "--dry-run", "--budget", "200"))
    assert code == 0
    assert out.splitlines()[-1] == "30 planned = 0 accepted + 0 rejected + 0 unknown + 30 not sent"
    assert fake.journal == []


def test_what_is_left_is_resumed_and_what_is_unknown_is_found(call, fake):
    fake.faults.then(["400", "drop after accept", "drop before accept", "401"])
    code, out, err = call(*sending(fake, "--yes", "--budget", "200", "--in-flight", "1"))
    assert code == 1
    assert out.splitlines()[-1] == "30 planned = 0 accepted + 1 rejected + 2 unknown + 27 not sent"
    assert "check the key" in err
    assert "resume with callr-segment resume" in err
    code, out, err = call("resume", "sale.ledger", "--yes", "--budget", "200", "--base-url", fake.url)
    assert code == 1
    assert out.splitlines()[-1] == "30 planned = 27 accepted + 1 rejected + 2 unknown + 0 not sent"
    assert "reconcile" in err
    assert len(set(fake.journal)) == len(fake.journal) == 28
    code, out, _ = call("status", "sale.ledger", "--unknown")
    assert code == 0
    assert "+33•••••••01: " in out
    assert "0.09 for what may have been sent" in out
    code, out, _ = call(
        "reconcile", "sale.ledger", "--search", "--base-url", fake.url, "--report", "bill.html"
    )
    assert code == 1
    assert "28 accepted + 1 rejected + 1 unknown + 0 not sent" in out
    assert len(fake.journal) == 28, "to look is not to send"
    code, out, _ = call("reconcile", "sale.ledger", "--json")
    figures = json.loads(out)
    assert (figures["accepted"], figures["billed_cents"]) == (28, "126.000000")
    assert Decimal(figures["difference_cents"]) == 0


def test_receipts_of_a_table_settle_the_unknown_too(call, fake, folder):
    fake.faults.then(["drop after accept"])
    call(*sending(fake, "--yes", "--budget", "200", "--in-flight", "1"))
    (sms,) = [each for each in fake.receipts if each["to"] == PEOPLE[0].split(",")[0]]
    line = f'{sms["sid"]},{sms["to"]},"{sms["body"]["text"]}",1,4.5\n'
    (folder / "found.csv").write_text(f"sid,to,text,parts,cost\n{line}", encoding="utf-8")
    code, out, err = call("reconcile", "sale.ledger", "--receipts", "found.csv")
    assert code == 0, err
    assert "30 planned = 30 accepted" in out


def test_programs_read_what_happens_line_by_line(call, fake):
    fake.faults.then(["401"])
    code, _, err = call(*sending(fake, "--yes", "--budget", "200", "--log-json", "--in-flight", "1"))
    lines = [json.loads(line) for line in err.splitlines()]
    assert code == 1
    events = [line["event"] for line in lines]
    assert events[0] == "estimate"
    assert events[-3:] == ["end", "message", "message"]
    assert {"progress", "message"} <= set(events)
    assert lines[-1]["event"] == "message"
    assert lines[-1]["code"] == 1
    (end,) = [line for line in lines if line["event"] == "end"]
    assert (end["planned"], end["not_sent"], end["spent_cents"]) == (30, 30, "0.000000")
    assert "612345600" not in err


def test_who_has_opted_out_since_is_left_out(call, fake, folder):
    fake.faults.then(["401"])
    call(*sending(fake, "--yes", "--budget", "200", "--in-flight", "1"))
    (folder / "out.txt").write_text("06 12 34 56 00\n+33612345601\n", encoding="utf-8")
    options = ["--yes", "--budget", "200", "--base-url", fake.url, "--exclude", "out.txt", "--region", "FR"]
    code, out, _ = call("resume", "sale.ledger", *options)
    assert code == 0, "it is finished: nobody is left to be sent to"
    assert "28 accepted + 0 rejected + 0 unknown + 0 not sent + 2 opted out" in out
    assert {number for number, _ in fake.journal}.isdisjoint({"+33612345600", "+33612345601"})


def test_the_command_that_resumes_is_whole(call, fake, folder):
    fake.faults.then(["401"])
    asked = sending(
        fake, "--yes", "--budget", "200", "--in-flight", "1", "--per-second", "500", "--no-progress"
    )
    _, _, err = call(*asked)
    (line,) = [line for line in err.splitlines() if line.startswith("callr-segment: resume with ")]
    command = shlex.split(line.removeprefix("callr-segment: resume with "))
    assert command[:3] == ["callr-segment", "resume", str(folder / "sale.ledger")]
    assert {"--yes", "--no-progress"} < set(command)
    options = dict(itertools.pairwise(command))
    wanted = {"--base-url": fake.url, "--budget": "200", "--in-flight": "1", "--per-second": "500.0"}
    assert {name: options[name] for name in wanted} == wanted
    code, out, _ = call(*command[1:])
    assert code == 0
    assert "30 planned = 30 accepted" in out


def test_a_resume_that_leaves_the_address_out_goes_nowhere(call, fake):
    fake.faults.then(["401"])
    call(*sending(fake, "--yes", "--budget", "200", "--in-flight", "1"))
    code, _, err = call("resume", "sale.ledger", "--yes", "--budget", "200")
    assert code == 2
    assert "was sent to http://127.0.0.1, not to https://api.callr.com" in err


def test_a_person_plans_again_what_was_refused_or_is_unknown(call, fake):
    fake.faults.then(["400", "drop before accept"])
    call(*sending(fake, "--yes", "--budget", "200", "--in-flight", "1"))
    code, out, _ = call("status", "sale.ledger", "--unknown", "--rejected")
    assert code == 0
    assert "row 0, +33•••••••00: " in out
    assert "row 1, +33•••••••01: " in out
    for options, reason in ((["--unknown"], "may_duplicate=True"), ([], "may have been sent")):
        code, _, err = call("replan", "sale.ledger", *options)
        assert (code, reason in err) == (2, True)
    code, out, _ = call("replan", "sale.ledger", "--rejected", "--unknown", "--may-duplicate", "--row", "0")
    assert (code, out.startswith("1 planned again: 30 planned = 28 accepted")) == (0, True)
    code, out, _ = call("replan", "sale.ledger", "--unknown", "--may-duplicate")
    assert out.strip() == "1 planned again: 30 planned = 28 accepted + 0 rejected + 0 unknown + 2 not sent"
    code, out, _ = call("resume", "sale.ledger", "--yes", "--budget", "200", "--base-url", fake.url)
    assert (code, len(fake.journal)) == (0, 30)
    code, out, _ = call("purge", "sale.ledger")
    assert (code, "30 planned = 30 accepted" in out) == (0, True)
    code, _, err = call("recover", "nothing.ledger")
    assert (code, "nothing.ledger" in err) == (2, True)


HEEDS_INTERRUPTS = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may ignore it
from callr_segment.cli import main
main(sys.argv[1:])
"""


def test_ctrl_c_says_how_far_it_came(folder):
    with FakeCallr(latency_seconds=0.4) as fake:
        environment = os.environ | {"CALLR_API_KEY": fake.api_key}
        asked = sending(fake, "--yes", "--budget", "200", "--in-flight", "2")
        command = [sys.executable, "-c", HEEDS_INTERRUPTS, *asked]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
        with subprocess.Popen(command, env=environment, **pipes) as process:
            while not fake.journal:
                assert process.poll() is None
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            try:
                out, err = process.communicate(timeout=30)
            finally:
                process.kill()
        assert process.returncode == 130, err
        accepted = len(fake.journal)
        assert f"30 planned = {accepted} accepted + 0 rejected + 0 unknown + {30 - accepted} not sent" in out
        assert "resume with callr-segment resume" in err
        assert 0 < accepted < 30


BUDGET = ["--yes", "--budget", "200"]
GOING_ON = [
    ["status"],
    ["resume", *BUDGET],
    ["reconcile"],
    ["replan", "--rejected"],
    ["recover"],
    ["purge"],
]


@pytest.mark.parametrize("command", GOING_ON, ids=lambda command: command[0])
def test_there_must_be_a_ledger_to_go_on_with(call, fake, folder, command):
    code, out, err = call(command[0], "nothing.ledger", *command[1:])
    assert (code, out) == (2, "")
    assert "nothing.ledger cannot be opened as a ledger: no file is there; look where it is, or send a" in err
    code, _, err = call(command[0], "people.csv", *command[1:])
    assert (code, "people.csv cannot be opened as a ledger: file is not a database; name another" in err) == (
        2,
        True,
    )
    assert [each.name for each in folder.iterdir()] == ["people.csv"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["status"], "is empty: it is no ledger yet"),
        (["resume", *BUDGET], "holds no plan yet: send a campaign to it"),
        (["reconcile"], "holds no plan yet: send a campaign to it"),
        (["replan", "--rejected"], "holds no plan yet: send a campaign to it"),
        (["recover"], "has lost nothing, and was left as it is"),
    ],
    ids=lambda each: each[0],
)
def test_an_empty_file_is_not_gone_on_with(call, fake, folder, command, said):
    (folder / "empty.ledger").touch()
    code, _, err = call(command[0], "empty.ledger", *command[1:])
    assert (code, said in err) == (2, True), err
    assert fake.journal == []


def test_commands_in_the_wrong_order_change_nothing(call, fake, folder):
    """A second campaign into the ledger of a first, a recovery of what is sound, a row that is none."""
    (folder / "others.csv").write_text("to,first_name\n+33612345699,Léa\n", encoding="utf-8")
    assert call(*sending(fake, *BUDGET))[0] == 0
    for asked, said in [
        (
            ["others.csv" if each == "people.csv" else each for each in sending(fake, *BUDGET)],
            "holds another plan",
        ),
        (["recover", "sale.ledger"], "open it, or resume it"),
        (["replan", "sale.ledger", "--rejected", "--row", "99"], "there is no row 99"),
        (["replan", "sale.ledger", "--rejected", "--row", "3"], "row 3 is accepted, not rejected"),
    ]:
        code, _, err = call(*asked)
        assert (code, said in err) == (2, True), err
    code, out, _ = call("status", "sale.ledger")
    assert out.splitlines()[0] == "30 planned = 30 accepted + 0 rejected + 0 unknown + 0 not sent"
    call("purge", "sale.ledger")
    for asked in (["resume", "sale.ledger", *BUDGET, "--base-url", fake.url], ["reconcile", "sale.ledger"]):
        code, _, err = call(*asked)
        assert (code, "was purged at" in err) == (2, True), err
    assert len(fake.journal) == 30


def test_a_server_that_is_down_from_the_start_loses_nothing(call, fake, monkeypatch):
    """Each wait is cut short; the port was one that somebody listened to just now."""
    monkeypatch.setattr(
        "callr_segment.sending.delivery.rate_limit.backoff_seconds", lambda tries, asked: 0.001
    )
    with FakeCallr() as down:
        address = down.url
    asked = [address if each == fake.url else each for each in sending(fake, *BUDGET)]
    code, out, err = call(*asked)
    assert code == 1
    assert "nothing was accepted after 10 waits: Callr cannot be reached" in err
    assert out.splitlines()[-1] == "30 planned = 0 accepted + 0 rejected + 0 unknown + 30 not sent"
    code, out, _ = call("resume", "sale.ledger", *BUDGET, "--base-url", fake.url)
    assert (code, len(fake.journal)) == (0, 30)
