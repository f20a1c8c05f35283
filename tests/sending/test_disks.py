"""What a ledger holds after a power cut at any moment, and after a disk that is full or fails at any write.

A recorder between SQLite and the disk writes down every write, every sync and every message that leaves.
From that, the disk is made again as a cut at any moment may leave it: what was synced is there; of what was
written since, any part is, down to single sectors.
"""

import os
import random
import struct
import subprocess
import sys
from collections import Counter
from errno import EIO, ENOSPC
from pathlib import Path
from typing import NamedTuple

import pytest
import zygotes
from folders import SUPPORT

pytest.importorskip("httpx2", reason='sending needs pip install "callr-segment[send]"')
from builds import need

from callr_segment.sending.ledger.book import Ledger

HEAD = struct.Struct("=4q")
SECTOR = 512
pytestmark = [pytest.mark.once, pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD is of Linux")]


@pytest.fixture(scope="session")
def recorder(tmp_path_factory):
    need("cc", "build-essential")
    library = tmp_path_factory.mktemp("disk") / "recorder.so"
    command = ["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library]
    subprocess.run([*command, SUPPORT / "disk" / "recorder.c", "-ldl", "-lpthread"], check=True)
    return library


@pytest.fixture
def memory(tmp_path):
    """A folder in memory where there is one: thousands of disks are made in it."""
    folder = Path("/dev/shm")
    if not os.access(folder, os.W_OK):
        yield tmp_path
        return
    folder /= f"callr-segment-{os.getpid()}"
    folder.mkdir()
    yield folder
    subprocess.run(["rm", "-r", folder], check=True)


def run(recorder, what, folder, *, rows, **options):
    """Let a campaign run beneath the recorder."""
    todo = {
        "what": what,
        "path": f"{folder}/ledger",
        "posted": f"{folder}/posted",
        "rows": rows,
        "ledger": "Ledger",
    }
    todo |= {"budget": str(5 * rows), "in_flight": 4, "prices": "4.50", **options}
    todo |= {"folder": str(folder)} | ({"record_to": f"{folder}.record"} if what == "record" else {})
    return zygotes.ask(todo, LD_PRELOAD=str(recorder))


class Step(NamedTuple):
    kind: str
    name: str
    offset: int
    data: bytes


def steps(path):
    """Read what the recorder wrote down."""
    record, at = path.read_bytes(), 0
    while at < len(record):
        kind, name, offset, length = HEAD.unpack_from(record, at)
        at += HEAD.size
        yield Step(chr(kind), record[at : at + name].decode(), offset, record[at + name : at + name + length])
        at += name + length


class File:
    """A file as a disk holds it: what was synced, and what was written since."""

    def __init__(self):
        self.synced, self.pending, self.is_lasting, self.is_deleted = bytearray(), [], False, False

    def after_cut(self, survives):
        content = bytearray(self.synced)
        for step in self.pending:
            apply(content, step, survives)
        return content

    def sync(self):
        for step in self.pending:
            apply(self.synced, step, lambda: True)
        self.pending.clear()


def apply(content, step, survives):
    """Put a write into a file, sector by sector, as far as it survives."""
    if step.kind == "t":
        if survives():
            del content[step.offset :]
            content.extend(bytes(step.offset - len(content)))
        return
    for start in range(0, len(step.data), SECTOR):
        piece = step.data[start : start + SECTOR]
        at = step.offset + start
        if survives():
            content.extend(bytes(max(0, at - len(content))))
            content[at : at + len(piece)] = piece


class Disk:
    """What a recorded run has done to a disk so far, and to the world."""

    def __init__(self):
        self.files, self.posted = {}, set()

    def take(self, step):
        if step.name == "posted":
            self.posted.update(map(int, step.data.split()))
        elif step.name == "":
            for file in self.files.values():
                file.is_lasting = True
            self.files = {name: file for name, file in self.files.items() if not file.is_deleted}
        elif not step.name.endswith(("-shm", "-lock")):
            self._take(step)

    def _take(self, step):
        file = self.files.get(step.name)
        if file is None or (step.kind == "o" and file.is_deleted):
            file = self.files[step.name] = File()
        if step.kind in "wt":
            file.pending.append(step)
        elif step.kind == "s":
            file.sync()
        file.is_deleted |= step.kind == "d"

    def cut(self, folder, survives):
        """Write the files as a power cut may leave them."""
        for path in folder.iterdir():
            path.unlink()
        for name, file in self.files.items():
            if (file.is_lasting and not file.is_deleted) or survives():
                (folder / name).write_bytes(file.after_cut(survives))


def sent_again(folder, disk):
    """Open what is left as a run would, and tell which messages it would send a second time."""
    with Ledger(folder / "ledger") as book, book.sending():
        if not book.counts().planned:
            return disk.posted
        return disk.posted & {claim.row for claim in book.planned(-1, 10_000)}


def cuts(record, folder, chance):
    """Cut at every step, in every manner: nothing, all, or some of what was not synced is there."""
    manners = [
        lambda: False,
        lambda: True,
        *([lambda: chance.random() < 0.5] * 3),
        lambda: chance.random() < 0.9,
    ]
    disk = Disk()
    for step in steps(record):
        disk.take(step)
        for survives in manners:
            disk.cut(folder, survives)
            yield len(sent_again(folder, disk))


def cut_again_and_again(recorder, tmp_path, memory, *, rows, ledger="Ledger"):
    (tmp_path / "run").mkdir()
    assert run(recorder, "record", tmp_path / "run", rows=rows, ledger=ledger)["code"] == 0
    return list(cuts(tmp_path / "run.record", memory, random.Random(3)))


def test_no_power_cut_sends_twice(recorder, tmp_path, memory):
    found = cut_again_and_again(recorder, tmp_path, memory, rows=16)
    assert len(found) > 350
    assert not sum(found)


@pytest.mark.slice
def test_none_of_five_thousand_power_cuts_sends_twice(recorder, tmp_path, memory):
    found = cut_again_and_again(recorder, tmp_path, memory, rows=240)
    assert len(found) > 5_000
    assert not sum(found)


def test_the_cuts_find_out_who_does_not_wait_for_the_disk(recorder, tmp_path, memory):
    assert sum(cut_again_and_again(recorder, tmp_path, memory, rows=12, ledger="Normal"))


@pytest.mark.parametrize("ledger", ["Ledger", "Normal"])
def test_no_message_leaves_before_its_intent_is_synced(recorder, tmp_path, memory, ledger):
    """The order itself: whenever a message leaves, what is synced at that moment is enough to know of it."""
    (tmp_path / "run").mkdir()
    run(recorder, "record", tmp_path / "run", rows=40, ledger=ledger)
    disk, forgotten = Disk(), 0
    for step in steps(tmp_path / "run.record"):
        disk.take(step)
        if step.name == "posted" and step.kind == "w":
            disk.cut(memory, lambda: False)
            forgotten += bool(sent_again(memory, disk))
    assert len(disk.posted) == 40
    assert forgotten == 0 if ledger == "Ledger" else forgotten > 20


def fill(recorder, tmp_path, *, error, all_after, every):
    """Let every so manieth write or sync fail, resume on a disk that works, and judge by what was posted."""
    rows, codes = 12, Counter()
    found = run(recorder, "fill", tmp_path, rows=rows, error=error, all_after=all_after, times=every)
    for each in found["runs"]:
        folder = Path(each["folder"])
        codes[tuple(each["codes"])] += 1
        posted = Counter((folder / "posted").read_text(encoding="ascii").split())
        with Ledger(folder / "ledger") as book:
            states = {str(delivery.row): delivery.state for delivery in book.deliveries()}
        assert max(posted.values()) == 1, "sent twice"
        assert len(states) == rows
        assert {state for row, state in states.items() if row not in posted} <= {"unknown"}, "lost"
        assert "planned" not in states.values()
    return codes


@pytest.mark.parametrize("every", [23, pytest.param(1, marks=pytest.mark.slice)])
@pytest.mark.parametrize(
    ("error", "all_after"), [(ENOSPC, 1), pytest.param(EIO, 0, id="once")], ids=["full", "fails once"]
)
def test_a_disk_that_is_full_or_fails_stops_the_run(recorder, tmp_path, error, all_after, every):
    """5 is what a refused run ends with, 0 one that went to its end, as every one does that is resumed."""
    codes = fill(recorder, tmp_path, error=error, all_after=all_after, every=every)
    assert codes.pop((6, 0), 0) <= 2, "SQLite passes over a folder that is not synced; then we sync it"
    assert codes.pop((0, 0)) == 1
    assert set(codes) == {(5, 0)}
    assert codes[5, 0] >= 60 // every
