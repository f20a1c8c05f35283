"""Runs of `send_all` that are started by fork, by the hundred, and killed, interrupted or left alone.

``python zygote.py`` reads what to do, a line of JSON each, and prints what it saw. Imports take seconds and a
fork takes milliseconds, so all is imported once, and nothing is opened before the fork.
"""

import ctypes
import json
import os
import random
import re
import select
import signal
import sqlite3
import sys
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

import callr_segment as sms
from callr_segment.errors import BudgetExceeded, Halted, LedgerError
from callr_segment.sending.api.wire import Receipt
from callr_segment.sending.client import Client
from callr_segment.sending.delivery.breaker import Breaker
from callr_segment.sending.delivery.loop import send_all
from callr_segment.sending.ledger import sqlite_file
from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.sqlite_file import Journal

DONE, FULL, HALTED, REFUSED, TOLERATED, INTERRUPTED = 0, 3, 4, 5, 6, 130


class SendThenMark(Ledger):
    """The mistake of marking a message when its answer is there."""

    def commit(self, outcomes, claims, **admission):
        with self._journal.transaction() as connection:
            for outcome in outcomes:
                super()._claim(connection, outcome.claim, datetime.now(UTC).isoformat())
        return super().commit(outcomes, claims, **admission)

    def _claim(self, connection, claim, now):
        return True


class MarkThenSend(Ledger):
    """The mistake of marking a message as sent before it is."""

    def sending(self):
        with self._journal.transaction() as connection:
            connection.execute("UPDATE deliveries SET state = 'accepted', sid = row WHERE state = 'intent'")
        return super().sending()


class SendAgain(Ledger):
    """The mistake of sending again what was in flight."""

    def sending(self):
        with self._journal.transaction() as connection:
            connection.execute("DELETE FROM deliveries WHERE state IN ('intent', 'unknown')")
        return super().sending()


class NormalJournal(Journal):
    synchronous = "NORMAL"


class Normal(Ledger):
    """The mistake of not waiting for the disk."""

    _journal_type = NormalJournal


LEDGERS = {kind.__name__: kind for kind in (Ledger, SendThenMark, MarkThenSend, SendAgain, Normal)}


def campaign(rows, prices, **options):
    """An estimate over so many recipients, each with a text of their own."""
    frame = pd.DataFrame(
        {"to": [f"+336{row:08d}" for row in range(rows)], "code": [str(row) for row in range(rows)]}
    )
    card = sms.RateCard({"FR": prices}, currency="EUR")
    return sms.estimate(frame, text="Votre colis {code} est prêt. STOP 36105", to="to", rates=card, **options)


def forked(work, *arguments):
    """Do something in a process of its own, which ends with what it returns."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        code = work(*arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 (whatever it is, the child ends here)
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


class Announced(Client):
    """A client that says through a pipe when it begins."""

    def __init__(self, pipe, **options):
        super().__init__("key", timeout=0.5, **options)
        self.pipe = pipe

    def deliver(self, message):
        os.write(self.pipe, b".")
        return super().deliver(message)


def send(todo, pipe=None):
    """Send from the ledger until something stops it, and tell what did."""
    url = f"http://127.0.0.1:{todo['port']}/v2.0"
    client = Client("key", timeout=0.5, base_url=url) if pipe is None else Announced(pipe, base_url=url)
    book = LEDGERS[todo["ledger"]](todo["path"])
    options = {
        "budget_cents": todo["budget"],
        "in_flight": todo["in_flight"],
        "progress": todo.get("progress", False),
    }
    try:
        send_all(client, None, book, breaker=Breaker(differing_share="1"), **options)
    except BudgetExceeded:
        return FULL
    except Halted as stop:
        print(stop, file=sys.stderr)
        return HALTED
    except LedgerError:
        return REFUSED
    return DONE


def plan(todo):
    with Ledger(todo["path"]) as book:
        book.plan(campaign(todo["rows"], todo["prices"]))
    return DONE


def ended(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def disturb(todo):
    """Start it again and again, and disturb each run by a signal after a random time; then let it finish."""
    chance, codes, left, meddled, home = random.Random(todo["seed"]), [], [], [], todo["path"]
    number = getattr(signal, todo["signal"])
    for _ in range(todo["times"]):
        heard, said = os.pipe()
        pid = forked(send, todo, said)
        if chance.random() < 0.8:  # the others meet it while they start
            select.select([heard], [], [], 5)
        linger(heard, chance.uniform(0, todo["longest"]), todo["rows"] // (2 * todo["times"]))
        with suppress(ProcessLookupError):
            for _ in range(todo.get("signals", 1)):
                os.kill(pid, number)
                time.sleep(0.005 * (todo.get("signals", 1) > 1))
        codes.append(ended(pid))
        os.close(heard)
        os.close(said)
        if number != signal.SIGKILL:
            left.append(in_flight(todo))
        if todo.get("meddles"):
            meddled.append(meddle(todo, chance))
    move(todo, home)
    last = []
    while not last or (last[-1] == HALTED and len(last) < 20):
        last.append(ended(forked(send, todo)))
    return {"codes": codes, "left": left, "last": last[-1], "meddled": meddled}


def linger(heard, seconds, most):
    """Let a run go on for so long, or until it has begun so many requests: some are left for each kill."""
    until, begun = time.monotonic() + seconds, 0
    while begun < most and select.select([heard], [], [], max(0, until - time.monotonic()))[0]:
        begun += len(os.read(heard, most - begun))


def meddle(todo, chance):
    """Do to a ledger between two runs what people do; tell what, and what was found."""
    how = chance.choice(["nothing", "sqlite3", "status", "moved", "alone"])
    if how == "moved":
        folder = Path(todo["path"]).parent
        home, times = re.fullmatch(r"(.*?)(?:-moved-(\d+))?", folder.name).groups()
        there = folder.with_name(f"{home}-moved-{int(times or 0) + 1}")
        move(todo, there / "campaign.ledger", leave_lock=chance.random() < 0.5)
    work = {"sqlite3": read_by_sqlite, "status": count, "alone": open_alone}.get(how)
    return [how, DONE if work is None else ended(forked(work, todo))]


def move(todo, path, *, leave_lock=False):
    """Move a ledger with what belongs to it, to where a run will look for it next."""
    before, after = Path(todo["path"]), Path(path)
    after.parent.mkdir(exist_ok=True)
    for each in sorted(before.parent.glob(f"{before.name}*")):
        if each.is_file() and not (leave_lock and each.name.endswith("-lock")):
            each.rename(after.with_name(after.name + each.name.removeprefix(before.name)))
    todo["path"] = str(after)


def read_by_sqlite(todo):
    """Read with nothing but SQLite, which brings the log into the file as it closes it."""
    connection = sqlite3.connect(todo["path"])
    connection.execute("SELECT count(*) FROM deliveries").fetchone()
    connection.close()
    return DONE


def open_alone(todo):
    """Copy the file without its log: it is refused, or it would send nothing that was sent."""
    alone = Path(f"{todo['path']}-alone")
    alone.write_bytes(Path(todo["path"]).read_bytes())
    try:
        with Ledger(alone) as copy:
            planned = {each.row for each in copy.deliveries("planned")}
    except LedgerError as error:
        return REFUSED if "has lost its log" in str(error) else 71
    finally:
        for each in alone.parent.glob(f"{alone.name}*"):
            each.unlink()
    with Ledger(todo["path"], read_only=True) as book:
        return 0 if planned <= {each.row for each in book.deliveries("planned")} else 72


def in_flight(todo):
    """Tell, in a process of its own, how many messages a run left without an outcome."""
    return ended(forked(count, todo))


def count(todo):
    with Ledger(todo["path"]) as book:
        return book.counts().in_flight


def race(todo):
    """Start it in several processes at once, again and again; tell what stopped each."""
    rounds = []
    for _ in range(todo["times"]):
        pids = [forked(send, todo) for _ in range(3)]
        rounds.append([ended(pid) for pid in pids])
    return {"rounds": rounds}


class Posted:
    """A client that leaves no more than a line in a file: what was posted, in order with what was synced."""

    dry_run, base_url = False, "https://posted.example"

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def deliver(self, message):
        (row,) = re.findall(r"\d+(?= est)", message.text)
        os.write(self.file, f"{row}\n".encode())
        return Receipt(sid=f"sms{row}", to=message.to, text=message.text, parts=1, status="created")


def post(todo, failure=None):
    """Plan and send a campaign to a file, while the disk fails or does not."""
    sqlite_file.COMMITS = 9  # many checkpoints, since they are where a log is begun anew
    if failure is not None:
        ctypes.CDLL(None).recorder_fail(*failure)
    try:
        with LEDGERS[todo["ledger"]](todo["path"]) as book:
            client = Posted(todo["posted"])
            options = {"budget_cents": todo["budget"], "in_flight": todo["in_flight"], "progress": False}
            send_all(client, campaign(todo["rows"], todo["prices"]), book, **options)
            is_reached = failure is not None and ctypes.CDLL(None).recorder_calls() > failure[0]
    except LedgerError:
        return REFUSED
    return TOLERATED if is_reached else DONE


def record(todo):
    return {"code": ended(forked(post, todo))}


def fill(todo):
    """Let every write, or some, fail in a run of its own; then go on with a disk that works again."""
    found = []
    for call in range(0, 2_000, todo["times"]):
        folder = f"{todo['path']}{call}"
        Path(folder).mkdir()
        each = {**todo, "path": f"{folder}/ledger", "posted": f"{folder}/posted"}
        codes = [
            ended(forked(post, each, (call, todo["error"], todo["all_after"]))),
            ended(forked(post, each)),
        ]
        found.append({"folder": folder, "codes": codes})
        if codes[0] not in (REFUSED, TOLERATED):
            break
    return {"runs": found}


def work(todo):
    """Do what is asked, in a process of its own, and print what was seen."""
    os.dup2(os.open(todo["errors"], os.O_WRONLY), 2)
    if "folder" in todo:
        to = todo.get("record_to")
        ctypes.CDLL(None).recorder_begin(todo["folder"].encode(), to and to.encode())
    if "port" in todo:
        assert ended(forked(plan, todo)) == DONE
    works = {"disturb": disturb, "race": race, "record": record, "fill": fill}
    print(json.dumps(works[todo["what"]](todo)), flush=True)
    return DONE


def main():
    for asked in sys.stdin:
        if ended(forked(work, json.loads(asked))) != DONE:
            print("null", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started this may ignore some
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    main()
