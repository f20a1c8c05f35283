"""The ledger by itself: what it refuses to be, what webhooks tell it, and a model it must agree with."""

import os
import resource
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from folders import ROOT, SUPPORT
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

import callr_segment as sms
from callr_segment.errors import InputError, LedgerError
from callr_segment.sending.api.webhooks import StatusEvent
from callr_segment.sending.api.wire import Receipt, Transition
from callr_segment.sending.ledger import book as book_room
from callr_segment.sending.ledger import places, schema, sqlite_file, transitions
from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.claims import Outcome
from callr_segment.sending.ledger.clocks import CLOCKS_DIFFER, is_in_time
from callr_segment.sending.ledger.log_generation import LogGeneration
from callr_segment.sending.ledger.places import filesystem_of
from callr_segment.sending.ledger.reading import Counts
from callr_segment.sending.ledger.receipt_columns import compute_columns, from_json, to_json

pytestmark = pytest.mark.once
CARD = sms.RateCard({"FR": {"20801": "4", "20810": "5"}}, currency="EUR")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
MICROCENTS = 10**6
SENT = Receipt(sid="sms0", status="sent")


def campaign(rows, text="Bonjour {name}, STOP"):
    frame = pd.DataFrame({"to": [f"+336{row:08d}" for row in range(rows)], "name": ["Zoé"] * rows})
    return sms.estimate(frame, text=text, to="to", rates=CARD)


OPEN = {"on_outcome": lambda outcome, state: None, "admits": lambda claim, totals: True}


def receipt_of(claim, **said):
    return Receipt(sid=f"sms{claim.row}", to=claim.message.to, text=claim.message.text, **said)


def event(name, receipt):
    return StatusEvent(
        id=name, at=NOON, sid="webhook", type="v2.sms.outbound.updated", attempt=1, receipt=receipt
    )


@pytest.fixture
def ledger(tmp_path):
    with Ledger(tmp_path / "campaign.ledger") as book:
        book.plan(campaign(5))
        yield book


def claimed(book, most=5):
    return book.commit([], book.planned(-1, most), **OPEN)[0]


# What it refuses to be.


def test_nobody_else_can_read_it(tmp_path):
    before = os.umask(0)
    try:
        with Ledger(tmp_path / "ledger") as book, book.sending():
            book.plan(campaign(3))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) == {"ledger", "ledger-wal", "ledger-shm", "ledger-lock"}
    assert set(modes.values()) == {0o600}


def test_a_ledger_that_others_could_read_is_closed_to_them(tmp_path):
    Ledger(tmp_path / "ledger").close()
    (tmp_path / "ledger").chmod(0o644)
    Ledger(tmp_path / "ledger").close()
    assert stat.S_IMODE((tmp_path / "ledger").stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_network_file_systems_are_refused_by_name(tmp_path, monkeypatch, kind):
    mounts = tmp_path / "mounts"
    share = tmp_path / "à partager"
    folder = str(share).replace(" ", "\\040")
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/x {folder} {kind} rw 0 0\n", encoding="utf-8")
    assert filesystem_of(share / "ledger", mounts) == kind
    assert filesystem_of(tmp_path / "à partagers" / "ledger", mounts) == "ext4"
    monkeypatch.setattr(places, "MOUNTS", mounts)
    share.mkdir()
    with pytest.raises(LedgerError, match=f"is on {kind}, a network file system"):
        Ledger(share / "ledger")
    assert list(share.iterdir()) == []


def other_database(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()


def later_version(path):
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()


def hard_link(path):
    Ledger(path.with_name("first")).close()
    path.hardlink_to(path.with_name("first"))


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (other_database, "is a database, but no ledger"),
        (later_version, "is of version 3, and 2 is known here: update callr-segment"),
        (hard_link, "is not a file of its own"),
        (lambda path: path.mkdir(), "is not a file but a folder: name a file in it"),
        (
            lambda path: path.write_text("Dear diary, " * 100, encoding="ascii"),
            "not a database; name another",
        ),
        (lambda path: path.symlink_to("/nowhere/at/all"), "cannot be opened"),
    ],
)
def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path, make, match):
    path = tmp_path / "ledger"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LedgerError, match=match):
        Ledger(path)
    assert before == (path.read_bytes() if path.is_file() else None)


@pytest.mark.parametrize(
    ("name", "options", "match"),
    [
        ("nowhere/ledger", {}, "make the folder .*nowhere first"),
        ("ledger", {"must_exist": True}, "no file is there; look where it is"),
        ("ledger", {"read_only": True}, "no file is there; look where it is"),
    ],
)
def test_a_ledger_that_is_not_there_says_what_is_missing(tmp_path, name, options, match):
    with pytest.raises(LedgerError, match=match):
        Ledger(tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_a_closed_ledger_says_so(ledger):
    ledger.close()
    ledger.close()
    for use in (ledger.counts, ledger.unknown, lambda: ledger.opt_out(["+33600000001"])):
        with pytest.raises(LedgerError, match="is closed: open it again"):
            use()


def test_a_damaged_ledger_sends_nothing(tmp_path):
    path = tmp_path / "ledger"
    with Ledger(path) as book:
        book.plan(campaign(500))
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = bytes(200)
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=r"damaged|malformed"), Ledger(path) as book, book.sending():
        pytest.fail("it must not be sent from")


def test_one_path_at_a_time_sends(ledger, tmp_path):
    (tmp_path / "elsewhere").symlink_to(tmp_path)
    with ledger.sending(), Ledger(tmp_path / "elsewhere" / "campaign.ledger") as other:
        assert other.counts() == ledger.counts()
        with pytest.raises(LedgerError, match=f"process {os.getpid()} is sending"), other.sending():
            pytest.fail("two at once")
    with Ledger(ledger.path) as other, other.sending():
        pass


def test_a_fork_opens_its_own(ledger):
    pid = os.fork()
    if not pid:
        try:
            ledger.counts()
        except LedgerError as error:
            os._exit("forked" not in str(error))
        os._exit(2)
    assert os.waitpid(pid, 0)[1] == 0


@pytest.mark.parametrize("step", [-1, 1])
def test_no_other_process_uses_it_whatever_its_number(ledger, monkeypatch, step):
    other = os.getpid() + step
    monkeypatch.setattr(os, "getpid", lambda: other)
    with pytest.raises(LedgerError, match="was opened before this process was forked"):
        ledger.counts()
    monkeypatch.undo()
    assert ledger.counts().planned == 5


def test_a_ledger_that_failed_is_opened_again(ledger):
    with pytest.raises(LedgerError, match="no such table"), ledger._journal.transaction() as connection:
        connection.execute("SELECT * FROM absent")
    with pytest.raises(LedgerError, match="failed before"):
        claimed(ledger)
    with Ledger(ledger.path) as again, again.sending():
        assert len(claimed(again)) == 5


@pytest.mark.parametrize("disturb", [Path.unlink, lambda path: path.rename(path.with_name("moved"))])
def test_a_ledger_that_is_taken_away_stops_the_run(ledger, disturb):
    with ExitStack() as run:
        run.enter_context(ledger.sending())
        claims = claimed(ledger, 2)
        disturb(ledger.path)
        with pytest.raises(LedgerError, match="could not be written"):
            ledger.commit([Outcome(claims[0], "unknown")], [], **OPEN)
        run.pop_all()


def test_a_ledger_that_is_replaced_stops_the_run(ledger):
    content = ledger.path.read_bytes()
    ledger.path.unlink()
    ledger.path.write_bytes(content)
    with pytest.raises(LedgerError, match="moved, removed or replaced"), ledger.sending():
        pytest.fail("it must not be sent from")


def test_a_ledger_that_is_moved_away_stops_the_run(ledger):
    ledger.path.rename(ledger.path.with_name("elsewhere"))
    with pytest.raises(LedgerError, match="put it back, or open it where it is now"), ledger.sending():
        pytest.fail("it must not be sent from")


def test_an_outcome_of_what_was_not_claimed_is_refused(ledger):
    (claim, *_) = ledger.planned(-1, 1)
    with pytest.raises(LedgerError, match="row 0 is not in the state it was left in"):
        ledger.commit([Outcome(claim, "accepted", receipt=receipt_of(claim))], [], **OPEN)


# What others may put in its way.


def test_a_lock_that_is_a_link_is_refused_and_its_target_left_alone(ledger, tmp_path):
    target = tmp_path / "diary"
    target.write_text("Dear diary", encoding="ascii")
    (tmp_path / "campaign.ledger-lock").unlink()
    (tmp_path / "campaign.ledger-lock").symlink_to(target)
    with pytest.raises(LedgerError, match="is a link, or somebody else's"), ledger.sending():
        pytest.fail("it must not be sent from")
    (tmp_path / "campaign.ledger-lock").unlink()
    target.rename(tmp_path / "campaign.ledger-lock")
    with pytest.raises(LedgerError, match="is not the lock of a ledger"), ledger.sending():
        pytest.fail("it must not be sent from")
    assert (tmp_path / "campaign.ledger-lock").read_text(encoding="ascii") == "Dear diary"


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_log_that_is_a_link_is_refused_and_its_target_left_alone(tmp_path, ending):
    Ledger(tmp_path / "ledger").close()
    target = tmp_path / "diary"
    target.write_text("Dear diary", encoding="ascii")
    target.chmod(0o644)
    (tmp_path / f"ledger{ending}").symlink_to(target)
    with pytest.raises(LedgerError, match="is a link"):
        Ledger(tmp_path / "ledger")
    assert target.read_text(encoding="ascii") == "Dear diary"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TRIGGER mine AFTER INSERT ON messages BEGIN DELETE FROM messages; END",
        "CREATE VIEW mine AS SELECT 1",
        "DROP TRIGGER answered",
        "ALTER TABLE events ADD COLUMN mine TEXT",
    ],
)
def test_a_ledger_that_somebody_changed_is_not_used(tmp_path, change):
    Ledger(tmp_path / "ledger").close()
    with sqlite3.connect(tmp_path / "ledger") as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(LedgerError, match="not as a ledger is made"):
        Ledger(tmp_path / "ledger")


def test_what_a_damaged_row_holds_is_an_error_of_the_ledger(ledger):
    with ledger.sending():
        (claim, *_) = claimed(ledger)
        ledger.commit([Outcome(claim, "accepted", receipt=receipt_of(claim))], [], **OPEN)
        for wrong in ("not json", "[]", '"text"'):
            with sqlite3.connect(ledger.path) as connection:
                connection.execute(
                    "UPDATE deliveries SET receipt = ?, claimed_at = 'noon' WHERE row = 0", (wrong,)
                )
            connection.close()
            with Ledger(ledger.path) as again, pytest.raises(LedgerError, match="damaged"):
                list(again.deliveries())


def test_a_ledger_in_memory_is_warned_of(ledger, tmp_path, monkeypatch):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"tmpfs {tmp_path} tmpfs rw 0 0\n", encoding="ascii")
    monkeypatch.setattr("callr_segment.sending.ledger.book.MOUNTS", mounts)
    with pytest.warns(UserWarning, match="is on tmpfs, which a restart empties"):
        ledger.warn_of_memory()


def test_another_writer_is_waited_for_and_poisons_nothing(ledger, monkeypatch):
    monkeypatch.setattr("callr_segment.sending.ledger.sqlite_file.BUSY_SECONDS", 0.01)
    with Ledger(ledger.path) as hasty, ledger._journal.transaction():
        with pytest.raises(LedgerError, match="was used by another process"):
            hasty.record(event("e", SENT))
        assert hasty.counts().planned == 5
    with Ledger(ledger.path) as hasty:
        with ledger._journal.transaction(), pytest.raises(LedgerError, match="try again"):
            hasty.opt_out(["+33600000000"])
        assert hasty.opt_out(["+33600000000"]) == 1


def test_a_ledger_that_is_read_only_is_not_written_to(ledger):
    before = {path.name: path.read_bytes() for path in ledger.path.parent.iterdir()}
    with Ledger(ledger.path, read_only=True) as reader:
        assert reader.counts() == ledger.counts()
        for write in (
            reader.purge,
            lambda: reader.plan(campaign(5)),
            lambda: reader.replan(may_duplicate=True),
        ):
            with pytest.raises(LedgerError, match="read only"):
                write()
    after = {path.name: path.read_bytes() for path in ledger.path.parent.iterdir()}
    assert {name: after[name] for name in before if not name.endswith("-shm")} == {
        name: before[name] for name in before if not name.endswith("-shm")
    }
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger(ledger.path.with_name("none"), read_only=True)
    assert not ledger.path.with_name("none").exists()


def test_a_closed_ledger_shows_itself(ledger):
    ledger.close()
    assert repr(ledger).endswith("campaign.ledger'): closed")


def test_a_ledger_without_a_plan_is_of_nothing(tmp_path):
    with Ledger(tmp_path / "ledger") as book:
        assert book.planned_cost_cents() == (0, None)
        assert book.counts() == Counts()
        assert set(Counts()) == {0}


# What belongs together.


def killed(path, claims=3):
    """A run that ended without a word: its ledger and its log are as they were left."""
    pid = os.fork()
    if not pid:
        try:
            book = Ledger(path)
            run = book.sending()
            run.__enter__()
            os._exit(len(claimed(book, claims)) - claims)
        finally:
            os._exit(70)
    assert os.waitpid(pid, 0)[1] == 0


def killed_before_it_claims(path):
    """A run that said that its log would be needed, and ended before anything was in it."""
    pid = os.fork()
    if not pid:
        LogGeneration._write = lambda log, lock: os._exit(0)
        try:
            book = Ledger(path)
            with book.sending():
                claimed(book)
        finally:
            os._exit(70)
    assert os.waitpid(pid, 0)[1] == 0


def read_by_sqlite(path):
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM messages").fetchone() == (5,)
    connection.close()


def read_by_status(path):
    with Ledger(path, read_only=True) as book:
        assert book.counts().unknown == 3


def opened_and_closed(path):
    Ledger(path).close()


@pytest.fixture
def interrupted(ledger, tmp_path):
    ledger.close()
    killed(tmp_path / "campaign.ledger")
    return tmp_path / "campaign.ledger"


@pytest.mark.parametrize("read", [lambda path: None, read_by_sqlite, read_by_status, opened_and_closed])
@pytest.mark.parametrize("with_lock", [True, False])
def test_a_ledger_that_is_moved_with_its_log_goes_on(interrupted, tmp_path, read, with_lock):
    (tmp_path / "elsewhere").mkdir()
    read(interrupted)
    for path in sorted(tmp_path.glob("campaign.ledger*")):
        if with_lock or not path.name.endswith("-lock"):
            path.rename(tmp_path / "elsewhere" / path.name)
    moved = tmp_path / "elsewhere" / "campaign.ledger"
    read(moved)
    with Ledger(moved) as book, book.sending():
        assert (book.counts().unknown, book.counts().not_sent) == (3, 2)


@pytest.mark.parametrize("with_lock", [True, False])
def test_a_ledger_without_its_log_is_refused(interrupted, tmp_path, with_lock):
    (tmp_path / "elsewhere").mkdir()
    for ending in ("", "-lock") if with_lock else ("",):
        content = interrupted.with_name(f"campaign.ledger{ending}").read_bytes()
        (tmp_path / "elsewhere" / f"campaign.ledger{ending}").write_bytes(content)
    moved = tmp_path / "elsewhere" / "campaign.ledger"
    for options in ({}, {"read_only": True}, {"must_exist": True}):
        with pytest.raises(
            LedgerError, match=r"has lost its log.*campaign.ledger-wal.*callr-segment recover"
        ):
            Ledger(moved, **options)
    with Ledger.recover(moved) as book:
        assert (book.counts().unknown, book.counts().not_sent) == (5, 0)
        assert book.counts().reserved_cents == 25, "all of it may have been sent"
    with Ledger(moved) as book, book.sending():
        assert {each.why for each in book.unknown()} == {"its log was lost"}


def test_a_log_that_nothing_was_written_to_is_not_missed(ledger):
    ledger.close()
    killed_before_it_claims(ledger.path)
    ledger.path.with_name("campaign.ledger-wal").unlink()
    with Ledger(ledger.path) as book, book.sending():
        assert (book.counts().unknown, len(claimed(book))) == (0, 5)


def test_a_ledger_that_was_closed_needs_nothing_beside_it(ledger, tmp_path):
    with ledger.sending():
        claims = claimed(ledger)
        ledger.commit([Outcome(each, "accepted", receipt=receipt_of(each)) for each in claims], [], **OPEN)
    ledger.close()
    alone = tmp_path / "alone"
    alone.write_bytes((tmp_path / "campaign.ledger").read_bytes())
    with Ledger(alone) as book, book.sending():
        assert book.counts().accepted == 5


def test_the_file_stays_behind_its_log_whoever_brings_one_into_the_other(ledger, tmp_path):
    """A checkpoint in the middle of a run, by anybody, leaves a file that knows that it needs its log."""
    with ledger.sending():
        claimed(ledger, 1)
        other = sqlite3.connect(ledger.path)
        other.execute("PRAGMA wal_checkpoint(PASSIVE)")
        other.close()
        ledger._journal.checkpoint()
        claimed(ledger, 1)
        (tmp_path / "alone").write_bytes(ledger.path.read_bytes())
        with pytest.raises(LedgerError, match="has lost its log"):
            Ledger(tmp_path / "alone")


def test_the_log_of_a_long_run_does_not_grow_without_end(ledger, monkeypatch):
    monkeypatch.setattr(sqlite_file, "COMMITS", 8)
    log, sizes = ledger.path.with_name("campaign.ledger-wal"), []
    with ledger.sending():
        (claim,) = claimed(ledger, 1)
        for number in range(120):
            ledger.record(event(f"evt{number}", receipt_of(claim, status="sent")))
            sizes.append(log.stat().st_size)
    assert max(sizes) < 2 * sizes[0]


def test_a_copy_may_travel_whenever_it_is_made(ledger, tmp_path):
    (tmp_path / "away").mkdir()
    with ledger.sending():
        claimed(ledger, 2)
        ledger.copy_to(tmp_path / "away" / "copy")
        with pytest.raises(LedgerError, match="is there already"):
            ledger.copy_to(tmp_path / "away" / "copy")
    assert {path.name for path in (tmp_path / "away").iterdir()} == {"copy"}
    assert stat.S_IMODE((tmp_path / "away" / "copy").stat().st_mode) == 0o600
    with Ledger(tmp_path / "away" / "copy") as copy, copy.sending():
        assert (copy.counts().unknown, copy.counts().not_sent) == (2, 3)


def test_an_older_copy_is_known_by_what_stands_beside_it(ledger, tmp_path):
    path = tmp_path / "campaign.ledger"
    ledger.copy_to(tmp_path / "backup")
    with ledger.sending():
        claimed(ledger, 2)
    ledger.close()
    (tmp_path / "backup").replace(path)
    with pytest.raises(LedgerError, match=r"is older than what stood here.*recover"):
        Ledger(path)
    with Ledger.recover(path) as book:
        assert book.counts().unknown == 5
    Ledger(path).close()


# What receipts cost.


@pytest.mark.parametrize(
    ("cost", "stored"),
    [
        ("5", 5 * MICROCENTS),
        ("5.0000001", 5 * MICROCENTS + 1),
        ("999999999999.999999", 10**18 - 1),
        ("999999999999.9999991", None),
        ("1E+12", None),
        ("1E+999999", None),
        ("Infinity", None),
        ("NaN", None),
        (None, None),
    ],
)
def test_a_cost_is_kept_in_microcents_rounded_up_or_not_at_all(ledger, cost, stored):
    (claim,) = ledger.planned(-1, 1)
    found = compute_columns(claim, receipt_of(claim, cost_cents=cost and Decimal(cost)))
    assert (found.billed_cost, found.committed) == (stored, stored or claim.high)
    assert found.excess == (stored or claim.high) - claim.high
    assert found.differs is (cost not in ("5", None))


# What a person decides.


def test_who_opted_out_once_is_never_sent_to_again(ledger):
    with ledger.sending():
        claimed(ledger, 2)
    assert ledger.opt_out(["06 00 00 00 01", "+33600000004", "+33699999999"], default_region="FR") == 1
    assert ledger.opt_out(["+33600000004"]) == 0
    with ledger.sending():
        assert (ledger.counts().unknown, ledger.counts().not_sent, ledger.counts().opted_out) == (2, 2, 1)
    assert ledger.replan(may_duplicate=True) == 2
    assert [each.row for each in ledger.planned(-1, 9)] == [0, 2, 3]
    assert [each.row for each in ledger.deliveries("opted_out")] == [1, 4]


def test_a_long_list_of_who_opted_out_may_end_before_the_numbers_of_the_plan(ledger):
    told = [f"+3360{row:07d}" for row in range(1, 2_000, 2)]
    assert ledger.opt_out([*told, "+33500000000"]) == 2
    assert ledger.opt_out([f"+335{row:08d}" for row in range(1_001)]) == 0
    assert [each.row for each in ledger.deliveries("opted_out")] == [1, 3]


def test_an_opt_out_while_it_sends_is_heeded(ledger):
    with ledger.sending():
        claims = ledger.planned(-1, 5)
        with Ledger(ledger.path) as webhook:
            webhook.opt_out([claims[1].message.to])
        found, passed = ledger.commit([], claims[:3], **OPEN)
        assert ([each.row for each in found], passed) == ([0, 2], 3)


def test_what_callr_refused_is_planned_again_by_a_person_only(ledger):
    with ledger.sending():
        claims = claimed(ledger, 3)
        receipt = receipt_of(claims[0], status="error", cost_cents=Decimal("4.5"))
        outcomes = [Outcome(claims[0], "rejected", "E1", receipt), Outcome(claims[1], "rejected", "E2")]
        ledger.commit([*outcomes, Outcome(claims[2], "unknown")], [], **OPEN)
    assert [each.why for each in ledger.rejected()] == ["E1", "E2"]
    assert ledger.counts().spent_cents == 0
    assert ledger.replan([0, 0], rejected=True) == 1
    assert ledger.replan(rejected=True) == 1
    assert (ledger.counts().rejected, ledger.counts().unknown, ledger.counts().not_sent) == (0, 1, 4)
    assert ledger.counts().committed_cents == Decimal("9.5"), "what has a receipt may be charged twice"


def test_a_receipt_cheaper_than_the_card_frees_nothing_of_the_budget(ledger):
    with ledger.sending():
        claims = claimed(ledger, 2)
        said = (
            receipt_of(each, cost_cents=Decimal(cost))
            for each, cost in zip(claims, ("3.99", "4"), strict=True)
        )
        ledger.commit(
            [Outcome(each, "accepted", receipt=r) for each, r in zip(claims, said, strict=True)], [], **OPEN
        )
    assert ledger.counts().spent_cents == Decimal("7.99")
    assert ledger.counts().committed_cents == 5 + 4


def test_only_a_person_plans_again_what_may_have_been_sent(ledger):
    with ledger.sending():
        claimed(ledger, 2)
    with ledger.sending():
        assert [each.why for each in ledger.unknown()] == ["interrupted"] * 2
    for flag in (False, 1, None):
        with pytest.raises(LedgerError, match="may_duplicate=True"):
            ledger.replan([0], may_duplicate=flag)
    assert ledger.replan([0], may_duplicate=True) == 1
    assert (ledger.counts().unknown, ledger.counts().not_sent) == (1, 4)
    assert ledger.counts().reserved_cents == 10, "it may have been billed: it counts against the cap for ever"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (99, "there is no row 99 in the plan"),
        (0, "row 0 is accepted, not unknown or rejected: nothing was planned again"),
        (1, "row 1 is rejected, not unknown: nothing was planned again"),
        (3, "row 3 is planned, not unknown or rejected"),
        (4, "row 4 is opted out, not unknown or rejected"),
    ],
)
def test_what_cannot_be_planned_again_is_named_and_nothing_is(ledger, row, said):
    with ledger.sending():
        claims = claimed(ledger, 3)
        ledger.opt_out(["+33600000004"])
        outcomes = [
            Outcome(claims[0], "accepted", receipt=receipt_of(claims[0])),
            Outcome(claims[1], "rejected", "E1"),
            Outcome(claims[2], "unknown"),
        ]
        ledger.commit(outcomes, [], **OPEN)
    before = ledger.counts()
    with pytest.raises(LedgerError, match=said):
        ledger.replan([2, row], may_duplicate=True, rejected=row != 1)
    assert ledger.counts() == before
    assert ledger.replan(np.array([2]), may_duplicate=True) == 1


@pytest.mark.parametrize("row", ["0", 0.0, None, -1, 1 << 63, [0]])
def test_what_is_no_row_is_refused_and_poisons_nothing(ledger, row):
    with pytest.raises(InputError, match="is no row: give its number in the plan"):
        ledger.replan([row], may_duplicate=True)
    with pytest.raises(InputError, match="is no row"):
        ledger.confirm(row, Receipt(sid="a"))
    assert ledger.counts().planned == 5


@pytest.mark.parametrize("path", [None, 5, "a\0b", ["campaign.ledger"]])
def test_what_is_no_path_is_refused(ledger, path):
    for ask in (Ledger, Ledger.recover, ledger.copy_to):
        with pytest.raises(InputError, match="is no path: name a file"):
            ask(path)
    assert sms.Ledger(os.fsencode(ledger.path)).counts().planned == 5


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda book: list(book.deliveries("sent")), "there is no state 'sent'; there are planned, accepted"),
        (lambda book: list(book.deliveries(["unknown"])), "there is no state"),
        (lambda book: book.opt_out("+33600000001"), "a list or a column of numbers, not one"),
        (lambda book: book.record_many(event("a", Receipt(sid="a"))), "several come as a list"),
        (lambda book: book.replan(1, may_duplicate=True), "several come as a list"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_poisons_nothing(ledger, ask, said):
    with pytest.raises(InputError, match=said):
        ask(ledger)
    assert ledger.counts().not_sent == 5


def test_a_path_that_sqlite_cannot_open_is_refused_in_words(tmp_path):
    folder = tmp_path
    while len(str(folder)) < 520:
        folder /= "a" * 100
    folder.mkdir(parents=True)
    with pytest.raises(
        LedgerError, match="is longer than the 500 bytes that SQLite takes: use a shorter path"
    ):
        Ledger(folder / "ledger")
    assert list(folder.iterdir()) == []


def test_a_copy_that_finds_no_room_leaves_nothing_and_the_ledger_goes_on(ledger, tmp_path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, limits[1]))
    try:
        with pytest.raises(
            LedgerError, match=r"copy cannot be written.*; make room, or name a file elsewhere"
        ):
            ledger.copy_to(tmp_path / "copy")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not (tmp_path / "copy").exists()
    assert ledger.opt_out(["+33600000001"]) == 1
    with pytest.raises(LedgerError, match="name a file elsewhere"):
        ledger.copy_to(tmp_path / "no-folder" / "copy")
    ledger.copy_to(tmp_path / "copy")


def test_a_ledger_on_a_disk_that_is_only_read_can_be_read(ledger, tmp_path, monkeypatch):
    """As one that is archived, or mounted into a container: SQLite would make files beside it."""
    ledger.close()
    monkeypatch.setattr(places, "is_unwritable", lambda folder: True)
    with Ledger(ledger.path, read_only=True) as book:
        assert book.counts().not_sent == 5
        assert not (tmp_path / "campaign.ledger-shm").exists()
    monkeypatch.setattr(places, "create", lambda path, **_: (_ for _ in ()).throw(OSError(30, "Read-only")))
    with pytest.raises(LedgerError, match=r"nothing can be written in its folder: pass read_only=True"):
        Ledger(tmp_path / "new")


def test_a_sound_ledger_is_not_recovered_but_an_older_copy_is(ledger, tmp_path):
    ledger.copy_to(tmp_path / "backup")
    for path in (tmp_path / "backup", ledger.path):
        with pytest.raises(LedgerError, match="has lost nothing, and was left as it is: open it"):
            Ledger.recover(path)
    with ledger.sending():
        claimed(ledger, 2)
        with pytest.raises(LedgerError, match="has lost nothing"):
            Ledger.recover(ledger.path)
        with pytest.raises(LedgerError, match="is sending and has locked"):
            Ledger.recover(ledger.path, old_copy=True)
    assert ledger.counts().not_sent == 3
    with Ledger.recover(tmp_path / "backup", old_copy=True) as book:
        assert (book.counts().unknown, book.counts().not_sent) == (5, 0)


@pytest.mark.parametrize("flag", [1, "yes", None])
def test_only_a_plain_yes_gives_messages_up(ledger, flag):
    with pytest.raises(LedgerError, match="or pass unfinished=True"):
        ledger.purge(unfinished=flag)
    assert next(ledger.deliveries()).number == "+33600000000"


def test_what_is_no_receipt_or_event_is_refused_and_poisons_nothing(ledger):
    with pytest.raises(InputError, match="a dict is no Receipt: pass what"):
        ledger.confirm(0, {"sid": "a"})
    with pytest.raises(InputError, match="a bytes is no event: pass what parse_event returns"):
        ledger.record_many([event("a", Receipt(sid="a")), b"{}"])
    assert ledger.counts().planned == 5


def test_what_a_killed_run_left_in_flight_is_settled_without_another_run(ledger):
    """Two claims and no answer, as after kill -9: a person looks first, and sends later."""
    with suppress(KeyboardInterrupt), ledger.sending():
        claims = claimed(ledger, 3)
        raise KeyboardInterrupt
    assert (ledger.counts().in_flight, ledger.counts().unknown) == (3, 3)
    told = [receipt_of(claims[0]), receipt_of(claims[1])]
    with Ledger(ledger.path) as other, other._journal.lock():
        assert sms.reconcile(ledger, told).resolved == 0, "another process may still be sending them"
    with pytest.raises(LedgerError, match="row 0 is in flight: only what is unknown can be confirmed"):
        ledger.confirm(0, told[0])
    ledger.record(event("told", receipt_of(claims[2], status="sent")))
    assert sms.reconcile(ledger, told[:1]).resolved == 1, "the third was confirmed by what a webhook said"
    assert str(ledger.counts()) == "5 planned = 2 accepted + 0 rejected + 1 unknown + 2 not sent"
    assert ledger.replan(may_duplicate=True) == 1
    assert str(ledger.counts()) == "5 planned = 2 accepted + 0 rejected + 0 unknown + 3 not sent"


def test_a_ledger_without_a_plan_says_so(tmp_path):
    with Ledger(tmp_path / "new") as book:
        for ask in (
            lambda: sms.reconcile(book),
            lambda: book.replan(rejected=True),
            lambda: book.confirm(0, Receipt(sid="a")),
            lambda: book.planned(-1, 1),
        ):
            with pytest.raises(LedgerError, match="holds no plan yet: send a campaign to it"):
                ask()


@pytest.mark.parametrize("set_by", [timedelta(days=-1), timedelta(days=1)])
@pytest.mark.parametrize("is_right", ["before", "after"])
def test_a_clock_that_is_set_while_a_message_is_sent_does_not_hide_it(ledger, monkeypatch, set_by, is_right):
    """Callr's SMS is of the moment that was right: when it was claimed, or when it was given up."""
    now = datetime.now(UTC)
    moments = {"before": now, "after": now + set_by}
    with ledger.sending():
        monkeypatch.setattr(book_room, "now", moments["before"].isoformat)
        (claim,) = claimed(ledger, 1)
        monkeypatch.setattr(transitions, "now", moments["after"].isoformat)
        ledger.commit([Outcome(claim, "unknown", "timeout")], [], **OPEN)
    made = moments[is_right] + timedelta(seconds=1)
    assert sms.reconcile(ledger, [receipt_of(claim, created=made - timedelta(days=9))]).resolved == 0
    assert sms.reconcile(ledger, [receipt_of(claim, created=made)]).resolved == 1


def test_a_bill_is_read_from_a_ledger_that_must_not_change(ledger):
    with Ledger(ledger.path, read_only=True) as book:
        assert sms.reconcile(book).counts["not sent"] == 5


def test_a_receipt_that_was_found_confirms(ledger):
    with ledger.sending():
        (first, second) = claimed(ledger, 2)
    with ledger.sending():
        pass
    ledger.confirm(0, receipt_of(first, cost_cents=Decimal("4.20")))
    assert ledger.counts().spent_cents == Decimal("4.2")
    for row, receipt in (
        (0, receipt_of(first)),
        (3, receipt_of(first)),
        (99, receipt_of(first)),
        (1, Receipt()),
    ):
        with Ledger(ledger.path) as book, pytest.raises(LedgerError):
            book.confirm(row, receipt)
    with Ledger(ledger.path) as book, pytest.raises(LedgerError, match="tells of another message already"):
        book.confirm(second.row, receipt_of(first))


def test_a_purge_leaves_totals_and_nothing_of_anybody(tmp_path):
    path, canary, number = tmp_path / "ledger", "canari-4821", "+33600000003"
    with Ledger(path) as book:
        book.plan(campaign(400, f"{canary} {{name}} STOP"))
        with book.sending():
            claims = claimed(book, 400)
            book.record(event("early", receipt_of(claims[3], status="sent")))
            book.record(event("stray", replace(receipt_of(claims[3]), sid="other")))
            book.commit(
                [Outcome(claim, "accepted", receipt=receipt_of(claim)) for claim in claims[1:]], [], **OPEN
            )
        with pytest.raises(LedgerError, match="0 messages not sent and 1 unknown"):
            book.purge()
        before = book.counts()
        assert canary.encode() in b"".join(file.read_bytes() for file in tmp_path.iterdir())
        book.purge(unfinished=True)
        assert book.counts() == before
        written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert canary.encode() not in written
        assert number.encode() not in written
        assert b"+336" not in written
        with pytest.raises(LedgerError, match="was purged"):
            book.planned(-1, 1)
        assert {each.number for each in book.deliveries()} == {None}
        assert not book.record(event("late", receipt_of(claims[5], status="delivered")))
        for ask in (
            lambda: book.confirm(0, receipt_of(claims[0])),
            lambda: book.replan(may_duplicate=True),
            lambda: sms.reconcile(book),
        ):
            with pytest.raises(LedgerError, match=r"was purged at 20.*counts\(\) is what is left"):
                ask()
    assert b"+336" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_nothing_shows_a_number(ledger):
    assert "+33600000000" not in repr(next(ledger.deliveries()))
    assert repr(ledger).endswith("5 planned = 0 accepted + 0 rejected + 0 unknown + 5 not sent")


# What webhooks tell.


def test_events_may_come_in_any_order_twice_and_before_the_answer(tmp_path):
    statuses = ("pending", "sent", "delivered")
    for number, order in enumerate(permutations([*range(3), "answer"])):
        with Ledger(tmp_path / f"{number}") as book:
            book.plan(campaign(1))
            with book.sending():
                (claim,) = claimed(book)
                for step in order:
                    if step == "answer":
                        said = receipt_of(claim, status="created", parts=1)
                        book.commit([Outcome(claim, "accepted", receipt=said)], [], **OPEN)
                        continue
                    moment = NOON + timedelta(seconds=step)
                    told = receipt_of(claim, status=statuses[step], updated=moment, cost_cents=Decimal("4.5"))
                    assert book.record(event(f"e{step}", told))
                    assert not book.record(event(f"e{step}", told))
            (delivery,) = book.deliveries()
            assert (delivery.state, delivery.receipt.status) == ("accepted", "delivered")
            assert book.counts().spent_cents == Decimal("4.5")


def test_an_event_confirms_one_unknown_message_and_sends_none(ledger):
    with ledger.sending():
        claims = claimed(ledger, 2)
    with ledger.sending():
        pass
    stranger = replace(receipt_of(claims[0]), sid="else", text="another text")
    late = replace(receipt_of(claims[0]), sid="before", created=NOON - timedelta(days=9_000))
    tomorrow = replace(late, sid="after", created=datetime.now(UTC) + timedelta(days=1))
    for number, (receipt, is_kept) in enumerate(((stranger, False), (late, True), (tomorrow, True))):
        assert ledger.record(event(f"x{number}", receipt)) is is_kept
    assert (ledger.counts().accepted, ledger.counts().unknown) == (0, 2)
    assert ledger.record(event("y", receipt_of(claims[0], status="sent")))
    assert not ledger.record(event("z", replace(receipt_of(claims[0]), sid="again"))), "nothing waits for it"
    assert (ledger.counts().accepted, ledger.counts().unknown, ledger.counts().not_sent) == (1, 1, 3)


def test_an_event_that_came_first_confirms_what_a_crash_left(ledger):
    with ledger.sending():
        claims = claimed(ledger, 2)
        ledger.record(event("early", receipt_of(claims[1], status="sent")))
        assert ledger.counts().in_flight == 2
    with ledger.sending():
        assert (ledger.counts().accepted, ledger.counts().unknown) == (1, 1)


def test_other_events_change_nothing(ledger):
    assert not ledger.record(event("none", Receipt(to="+33600000000")))
    text = "Votre code est 4821"
    assert not ledger.record(event("stray", Receipt(sid="other", to="+33600000000", text=text)))
    assert ledger.counts().not_sent == 5
    assert text.encode() not in b"".join(file.read_bytes() for file in ledger.path.parent.iterdir())


def test_another_process_may_record_while_one_sends(ledger):
    code = "import sys, test_ledger as t; print(t.Ledger(sys.argv[1]).record(t.event('far', t.SENT)))"
    with ledger.sending():
        claims = claimed(ledger, 1)
        ledger.commit([Outcome(claims[0], "accepted", receipt=receipt_of(claims[0]))], [], **OPEN)
        command = [sys.executable, "-c", code, ledger.path]
        here = Path(__file__).parent
        path = os.pathsep.join([str(SUPPORT), str(ROOT), str(here)])
        said = subprocess.check_output(command, cwd=here, env=os.environ | {"PYTHONPATH": path})
        assert said == b"True\n"
        assert next(ledger.deliveries()).receipt.status == "sent"


def test_receipts_are_kept_whole():
    receipt = Receipt(
        sid="s", direction="outbound", sender="LOU", to="+33600000000", text="é\n\"", traffic="alerting",
        status="sent", error="none", created=NOON, sent=NOON, delivered=NOON, updated=NOON, parts=2,
        network="20801", encoding="gsm", cost_cents=Decimal("4.500"), payment_type="prepaid",
        history=(Transition(NOON, "created", "sent"),),
        extra={"mood": ["good", 1], "price": Decimal("0.1")},
    )  # fmt: skip
    again = from_json(to_json(receipt))
    assert replace(again, extra={}) == replace(receipt, extra={})
    assert again.extra == {"mood": ["good", 1], "price": "0.1"}
    assert from_json(to_json(Receipt())) == Receipt()


def test_an_sms_of_another_day_settles_nothing(ledger):
    """What was created ten minutes before a message was claimed, or after it was answered, is another."""
    with ledger.sending():
        (claim,) = claimed(ledger, 1)
        ledger.commit([Outcome(claim, "unknown", "timeout")], [], **OPEN)
    (unknown,) = ledger.unknown()
    for number, moment in enumerate(
        (
            unknown.claimed_at - timedelta(minutes=10, seconds=5),
            unknown.answered_at + timedelta(minutes=10, seconds=5),
        )
    ):
        ledger.record(event(f"e{number}", replace(receipt_of(claim), sid=f"other{number}", created=moment)))
        assert ledger.counts().unknown == 1
    moment = unknown.claimed_at - timedelta(minutes=9, seconds=55)
    assert ledger.record(event("right", replace(receipt_of(claim), created=moment)))
    assert ledger.counts().unknown == 0


def test_clocks_that_differ_are_allowed_for_and_told_of(ledger):
    ahead = timedelta(hours=2)
    with ledger.sending():
        claims = claimed(ledger, 3)
        created = datetime.now(UTC) + ahead
        said = [Outcome(each, "accepted", receipt=receipt_of(each, created=created)) for each in claims[:2]]
        ledger.commit([*said, Outcome(claims[2], "unknown", "timeout")], [], **OPEN)
    with pytest.warns(UserWarning, match=r"differ by about (1:59|2:00)"):
        assert ledger.record(event("e", receipt_of(claims[2], created=created)))
    assert (ledger.counts().accepted, ledger.counts().unknown) == (3, 0)


def test_many_events_are_one_commit(ledger):
    with ledger.sending():
        claims = claimed(ledger)
        ledger.commit([Outcome(each, "accepted", receipt=receipt_of(each)) for each in claims], [], **OPEN)
        told = [event(f"e{each.row}", receipt_of(each, status="sent")) for each in claims]
        other = event("other", Receipt(sid="else", to="+33600000000", text="another"))
        before = ledger._journal._commits
        assert ledger.record_many([*told, other, told[0]]) == [True] * 5 + [False, False]
        assert ledger._journal._commits == before + 1
    assert {each.receipt.status for each in ledger.deliveries()} == {"sent"}


# A model.


INSTANT, ANSWERED = timedelta(microseconds=1), NOON + timedelta(seconds=40)


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (NOON - CLOCKS_DIFFER, True),
        (NOON - CLOCKS_DIFFER - INSTANT, False),
        (ANSWERED + CLOCKS_DIFFER, True),
        (ANSWERED + CLOCKS_DIFFER + INSTANT, False),
        (None, True),
    ],
)
@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=-2), timedelta(days=1)])
def test_an_sms_is_that_of_a_message_up_to_ten_minutes_around_it(created, expected, ahead):
    """Whatever Callr's clock says beside ours, once it is known by how much they differ."""
    receipt = Receipt(created=created and created + ahead)
    assert is_in_time(receipt, NOON, ANSWERED, ahead) is expected
    assert is_in_time(receipt, ANSWERED, None, ahead) is (expected and created != NOON - CLOCKS_DIFFER)


class Model(RuleBasedStateMachine):
    """The ledger against a dictionary, through claims, answers, events, crashes and a person's decisions."""

    claims = Bundle("claims")

    def __init__(self):
        super().__init__()
        self.folder = ExitStack()
        self.sids = self.replanned = 0

    @initialize(rows=st.integers(1, 8), budget=st.integers(1, 45))
    def begin(self, rows, budget):
        self.path = f"{self.folder.enter_context(tempfile.TemporaryDirectory())}/ledger"
        self.estimate, self.rows = campaign(rows), rows
        self.states = dict.fromkeys(range(rows), ("planned", 0))
        self.budget, self.events, self.opted_out = budget * MICROCENTS, {}, set()
        self.open()
        self.book.plan(self.estimate)

    def open(self):
        self.book, self.run = Ledger(self.path), ExitStack()
        self.run.enter_context(self.book.sending())
        self.after_start()

    def after_start(self):
        for row, (state, cost) in self.states.items():
            if state == "intent":
                self.states[row] = ("unknown", cost)
        for row in self.states:
            self.confirm_by_events(row)

    def confirm_by_events(self, row):
        if self.states[row][0] == "unknown" and row in self.events:
            self.states[row] = ("accepted", self.events[row])

    @property
    def admission(self):
        return OPEN | {"admits": self.admits}

    def admits(self, claim, totals):
        assert totals.committed == self.committed() + self.claiming
        admitted = totals.committed + claim.high <= self.budget
        self.claiming += claim.high * admitted
        return admitted

    @rule(target=claims, most=st.integers(1, 4))
    def claim(self, most):
        self.claiming = 0
        found, _ = self.book.commit([], self.book.planned(-1, most), **self.admission)
        for claim in found:
            assert self.states[claim.row][0] == "planned"
            self.states[claim.row] = ("intent", claim.high)
        return found

    @rule(
        claims=claims,
        state=st.sampled_from(["accepted", "rejected", "unknown", "planned"]),
        cents=st.sampled_from([None, "4", "5", "0", "7"]),
    )
    def answer(self, claims, state, cents):
        outcomes = []
        for claim in claims:
            if self.states[claim.row][0] == "intent":
                cost = None if cents is None else Decimal(cents)
                outcomes.append(Outcome(claim, state, receipt=receipt_of(claim, cost_cents=cost)))
                committed = claim.high if cost is None or cost < 4 else int(cost) * MICROCENTS
                known = {"planned": 0, "unknown": claim.high}.get(state, committed)
                self.states[claim.row] = (
                    self.unless_opted_out(claim.row, state),
                    self.events.get(claim.row, known) if state == "accepted" else known,
                )
        self.claiming = 0
        self.book.commit(outcomes, [], **self.admission)

    @rule(row=st.integers(0, 7), cents=st.sampled_from(["4", "5"]))
    def hear(self, row, cents):
        if (
            row < self.rows
            and row not in self.events
            and self.states[row][0] in ("intent", "unknown", "accepted")
        ):
            self.sids += 1
            claim = next(each for each in self.everything() if each.row == row)
            said = Receipt(
                sid=f"sms{row}", to=claim.number, text=claim.text, updated=NOON, cost_cents=Decimal(cents)
            )
            assert self.book.record(event(f"event{self.sids}", said))
            self.events[row] = int(cents) * MICROCENTS
            if self.states[row][0] == "accepted":
                self.states[row] = ("accepted", self.events[row])
            self.confirm_by_events(row)

    @rule()
    def crash(self):
        """The process is gone: nothing is said, the lock falls, and another one starts."""
        self.book._journal.close()
        with suppress(LedgerError):
            self.run.close()
        self.open()

    @rule()
    def end_and_start(self):
        self.run.close()
        for row in self.states:
            self.confirm_by_events(row)
        self.book.close()
        self.open()

    @precondition(lambda self: any(state == "unknown" for state, _ in self.states.values()))
    @rule(chance=st.randoms(use_true_random=False))
    def decide(self, chance):
        self.run.close()
        rows = [row for row in self.states if chance.random() < 0.5]
        self.after_start()
        unknown = [row for row in rows if self.states[row][0] == "unknown"]
        if unknown != rows:
            with pytest.raises(LedgerError, match="nothing was planned again"):
                self.book.replan(rows, may_duplicate=True)
        assert self.book.replan(unknown, may_duplicate=True) == len(unknown)
        for row in unknown:
            self.replanned += self.states[row][1]
            self.states[row] = (self.unless_opted_out(row, "planned"), 0)
        self.book.close()
        self.open()

    @rule(rows=st.sets(st.integers(0, 9)), strangers=st.sampled_from([0, 1_001]))
    def opt_out(self, rows, strangers):
        """Few numbers are looked up in the plan, of many the plan is gone through."""
        told = np.array(sorted({*range(10, 10 + strangers), *rows}), np.uint64) + np.uint64(33_600_000_000)
        stopped = [row for row in rows if self.states.get(row) == ("planned", 0)]
        assert self.book.write_opt_outs(told) == len(stopped)
        self.opted_out |= rows
        self.states |= dict.fromkeys(stopped, ("opted_out", 0))

    def unless_opted_out(self, row, state):
        return "opted_out" if state == "planned" and row in self.opted_out else state

    @rule()
    def plan_again(self):
        self.book.plan(self.estimate)

    def everything(self):
        return list(self.book.deliveries())

    @invariant()
    def agrees(self):
        shown = {row: "unknown" if state == "intent" else state for row, (state, _) in self.states.items()}
        assert {each.row: each.state for each in self.everything()} == shown
        counts, names = self.book.counts(), [state for state, _ in self.states.values()]
        assert (
            counts.planned
            == self.rows
            == counts.accepted + counts.rejected + counts.unknown + counts.not_sent + counts.opted_out
        )
        assert not self.opted_out & {row for row, (state, _) in self.states.items() if state == "planned"}
        assert counts.in_flight == names.count("intent")
        assert [each.row for each in self.book.planned(-1, 99)] == [
            row for row, (state, _) in self.states.items() if state == "planned"
        ]
        assert counts.committed_cents * MICROCENTS == self.committed()
        assert counts.spent_cents + counts.reserved_cents <= counts.committed_cents

    def committed(self):
        return sum(cost for _, cost in self.states.values()) + self.replanned

    def teardown(self):
        if hasattr(self, "book"):
            self.run.close()
            self.book.close()
        self.folder.close()


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=settings.default.max_examples // 5, stateful_step_count=25)
