"""A campaign killed again and again, over a network that fails in every way: nothing twice, nothing lost."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from decimal import Decimal
from typing import NamedTuple
from urllib.request import urlopen

import pytest
import zygotes
from folders import SUPPORT

pytest.importorskip("httpx2", reason='sending needs pip install "callr-segment[send]"')
from callr_segment.sending.ledger.book import Ledger

pytestmark = pytest.mark.once


class Verdict(NamedTuple):
    """What the server knows better than the ledger."""

    duplicates: int
    lost: int
    strays: int
    spent: Decimal
    faults: dict


@contextmanager
def judge(**options):
    """A server of its own for a test; gives its port."""
    environment = os.environ | {"JUDGE": json.dumps(options)}
    with subprocess.Popen(
        [sys.executable, SUPPORT / "delivery_audit.py"], env=environment, stdout=subprocess.PIPE
    ) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def run(what, path, port, *, rows, times, **options):
    """What was seen of a campaign whose runs were disturbed in some way, so many times."""
    todo = {"what": what, "path": str(path), "port": port, "rows": rows, "times": times, "seed": 5}
    todo |= {"ledger": "Ledger", "signal": "SIGKILL", "longest": 0.3, "in_flight": 8, "prices": "4.50"}
    todo |= {"budget": str(Decimal("4.5") * rows), **options}
    return zygotes.ask(todo)


def verdict(path, port):
    """Hold the ledger against what the server accepted, message by message."""
    with urlopen(f"http://127.0.0.1:{port}/verdict") as answer:
        told = json.load(answer)
    accepted = Counter({(to, text): times for to, text, times in told["accepted"]})
    lost = 0
    with Ledger(path) as book:
        for each in book.deliveries():
            times = accepted.pop((each.number, each.text), 0)
            lost += (each.state == "accepted" and not times) or (
                each.state in ("rejected", "planned") and times > 0
            )
    repeated = sum(times - 1 for _, _, times in told["accepted"])
    return Verdict(repeated, lost, len(accepted), Decimal(told["spent"]) / 100, told["faults"])


def refuse_corruption(path):
    """The file is whole, and its totals are those of its rows."""
    with Ledger(path) as book, book._journal.reading() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        names = "state, messages, committed, compared, differing, excess"
        kept = f"SELECT {names} FROM totals WHERE messages ORDER BY 1"
        sums = "count(*), sum(committed), sum(compared), sum(differs), sum(excess)"
        counted = f"SELECT state, {sums} FROM deliveries GROUP BY state"
        assert connection.execute(kept).fetchall() == connection.execute(counted).fetchall()


def check(path, port, *, rows, budget):
    found = verdict(path, port)
    refuse_corruption(path)
    with Ledger(path) as book:
        counts = book.counts()
    assert (found.duplicates, found.lost, found.strays) == (0, 0, 0)
    assert counts.planned == counts.accepted + counts.rejected + counts.unknown + counts.not_sent == rows
    assert found.spent <= counts.committed_cents <= budget
    return found, counts


def kill(tmp_path, *, rows, times, **options):
    path, budget = tmp_path / "campaign.ledger", Decimal("4.5") * rows
    with judge(share=0.06, seconds=0.002, seed=options.get("seed", 5)) as port:
        seen = run("disturb", path, port, rows=rows, times=times, **options)
        found, counts = check(path, port, rows=rows, budget=budget)
    assert Counter(seen["codes"]) == {-signal.SIGKILL: times}, seen["said"]
    meddled = Counter(map(tuple, seen["meddled"]))
    assert set(meddled) <= {
        ("alone", 5),
        *((how, 0) for how in ("nothing", "sqlite3", "moved", "alone")),
        *(("status", in_flight) for in_flight in range(9)),  # which is what it counts
    }
    assert not options.get("meddles") or meddled["alone", 5] > 0, "a file without its log is refused"
    assert (seen["last"], counts.not_sent) == (0, 0)
    return found, counts


def test_killed_a_few_times_and_moved_in_between(tmp_path):
    _, counts = kill(tmp_path, rows=800, times=12, longest=0.05, meddles=True)
    assert counts.accepted > 600


@pytest.mark.slice
def test_killed_forty_times(tmp_path):
    found, counts = kill(tmp_path, rows=6_000, times=40, longest=0.1, meddles=True)
    assert min(found.faults.values()) > 5
    assert counts.unknown <= 40 * 8 + sum(found.faults.values()) - found.faults["null"]


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(50))
def test_killed_ten_thousand_times(tmp_path, seed):
    kill(tmp_path, rows=20_000, times=200, longest=0.1, seed=seed, meddles=True)


@pytest.mark.parametrize(
    "mistake",
    [
        "SendThenMark",
        *(pytest.param(name, marks=pytest.mark.slice) for name in ("MarkThenSend", "SendAgain")),
    ],
)
def test_the_judge_finds_a_mistake_out(tmp_path, mistake):
    with judge(share=0.06, seconds=0.002) as port:
        run("disturb", tmp_path / "ledger", port, rows=600, times=6, longest=0.15, ledger=mistake)
        found = verdict(tmp_path / "ledger", port)
    assert found.lost if mistake == "MarkThenSend" else found.duplicates


def test_a_budget_is_kept_through_kills(tmp_path):
    """The dearest price counts until a cost is told, so that the cap holds though not every cost is."""
    path, rows, budget = tmp_path / "ledger", 500, Decimal(3080)
    prices = {"20801": "4", "20810": "8"}
    with judge(share=0.02, seconds=0.002, prices=[400, 800], tells=0.5) as port:
        seen = run("disturb", path, port, rows=rows, times=6, longest=0.1, budget=str(budget), prices=prices)
        found, counts = check(path, port, rows=rows, budget=budget)
    assert seen["last"] == 3
    assert counts.not_sent > 0
    assert found.spent <= budget < counts.committed_cents + 8


def interrupt(tmp_path, *, times, rows, name, longest=0.15):
    path, budget = tmp_path / "ledger", Decimal("4.5") * rows
    with judge(share=0, seconds=0.01) as port:
        seen = run("disturb", path, port, rows=rows, times=times, longest=longest, signal=name, progress=None)
        _, counts = check(path, port, rows=rows, budget=budget)
    assert set(seen["left"]) == {0}, "in flight when the process ended"
    assert (counts.accepted, counts.unknown) == (rows, 0)
    return seen


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SIGINT", 130),
        pytest.param("SIGTERM", 128 + signal.SIGTERM, marks=pytest.mark.slice),
        pytest.param("SIGHUP", 128 + signal.SIGHUP, marks=pytest.mark.slice),
    ],
)
def test_interrupted_it_records_what_is_in_flight_and_says_how_to_resume(tmp_path, name, code):
    seen = interrupt(tmp_path, times=5, rows=600, name=name)
    assert set(seen["codes"]) <= {code, -getattr(signal, name)}
    assert code in seen["codes"]
    assert seen["said"].count("resume with the same call on") >= seen["codes"].count(code) // 2


def test_a_second_interrupt_does_not_wait(tmp_path):
    path, rows = tmp_path / "ledger", 60
    with judge(share=0, seconds=0.2) as port:
        seen = run("disturb", path, port, rows=rows, times=4, longest=0.1, signal="SIGINT", signals=2)
        _, counts = check(path, port, rows=rows, budget=Decimal("4.5") * rows)
    assert set(seen["codes"]) <= {130, -signal.SIGINT}
    assert 0 < counts.unknown <= 4 * 8


@pytest.mark.slice
def test_interrupted_at_a_hundred_moments(tmp_path):
    interrupt(tmp_path, times=100, rows=5_000, longest=0.1, name="SIGINT")


def test_only_one_process_sends(tmp_path):
    path, rows = tmp_path / "ledger", 300
    with judge(share=0.03, seconds=0.005) as port:
        rounds = run("race", path, port, rows=rows, times=3)["rounds"]
        check(path, port, rows=rows, budget=Decimal("4.5") * rows)
    assert 5 in rounds[0]
    assert 0 in rounds[0]
