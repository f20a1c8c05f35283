"""Damaged columns through every public door, in a process of its own: an access outside a column kills it.

`python damaged_arrow.py FIRST COUNT PLACE` tries so many cases, and writes the number of the one it is at to
the file PLACE. A case is made of its number alone: `str(Case(number))` tells what it is.
"""

import collections
import json
import mmap
import os
import random
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pyarrow as pa
from damaged_columns import LAYOUTS, SEEN, SIZED, Column, Rows, Stream, damage, described, made_by_pyarrow

import callr_segment as sms
import callr_segment.pandas
from callr_segment.campaign.columns.arrow import arrow_column, number_column, text_column, widened
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.columns.hashing import hash_table
from callr_segment.campaign.columns.options import Setting, encode_option
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.messages.rendering import render
from callr_segment.campaign.recipients.audience import read_numbers
from callr_segment.errors import CallrSegmentError

ROWS = 12
DOORS_EVERY = int(os.environ.get("DOORS_EVERY", "20"))
"""One case in so many goes through a whole door; the others read the column alone, as every door does."""

DIES_AT = int(os.environ.get("DAMAGED_ARROW_DIES_AT", "-1"))  # to see that a death is seen
CELLS = {
    "to": ["+33639980102", "0639980103", "+32470000001", "n/a", "+33 6 39 98 01 04"],
    "text": ["Bonjour Zoé, STOP au 36105", "ça va ? Votre colis est prêt", "€" * 40, "x", "Привет, как дела"],
    "name": ["Zoé", "François-Xavier de la", "Bob", "’", "中文"],
    "country": ["FR", "BE", " fr "],
    "network": ["20801", "20810", "20610"],
    "encoding": ["gsm", "unicode"],
    "traffic": ["marketing", "alerting"],
    "sender": ["CALLR", "36105", "+33639980105"],
    "default_region": ["FR", "BE"],
    "choose": ["a", "b"],
    "parts": ["1", "2"],
    "cost": ["5.5", "11"],
    "sid": [f"s{at}" for at in range(ROWS)],
    "status": ["delivered", "sent"],
    "group": ["one", "two, which is longer than a view"],
}
CARD = sms.RateCard({"FR": "4.5", "BE": "6"}, currency="EUR")
SETTINGS = ("country", "network", "encoding", "traffic", "sender", "default_region")


def sound(role):
    return pa.array([CELLS[role][at % len(CELLS[role])] for at in range(ROWS)])


FRAME = {role: sound(role) for role in CELLS}
PLANNED = sms.estimate(pa.table(FRAME), text="{text}", to="to", default_region="FR")


class Case:
    """What a number stands for: a door, the role of a column in it, its layout, its damage, its container."""

    def __init__(self, number):
        self.chance = random.Random(number)
        self.door = "columns" if number % DOORS_EVERY else self.chance.choice(WEIGHTED)
        self.role = self.chance.choice(DOORS[self.door])
        self.layout = self.chance.choice(LAYOUTS)
        cells = [self.chance.choice([*CELLS[self.role], None]) for _ in range(ROWS)]
        if self.chance.random() < 0.5:
            cells = [cell or CELLS[self.role][0] for cell in cells]
        self.column = described(self.layout, cells)
        self.is_given = self.chance.random() < 0.3
        damage(self.column, self.chance, SEEN if self.is_given else SIZED)

    def __str__(self):
        source = "C structure" if self.is_given else "pyarrow"
        return f"{self.door}({self.role}=), {self.layout} of {source}: {', '.join(self.column.done)}"

    def run(self):
        """Put the column through the door; what is no error of ours goes up."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            globals()[f"through_{self.door}"](self)

    def values(self):
        """Give the column alone, in some container."""
        if self.is_given:
            column = Column(self.column, self.chance)
            if self.chance.random() < 0.5:
                return column
            failing = self.chance.random() < 0.05
            return Stream(pa.field("", self.column.kind), [column.array], kept=column, failing=failing)
        array = made_by_pyarrow(self.column, self.chance)
        if array is None:
            raise Unmade
        kind = self.chance.randrange(4)
        if array.offset < 0:  # pyarrow does not survive making anything of it
            return array
        if kind == 0 and array.type == pa.string():
            return pa.chunked_array([FRAME[self.role], array, FRAME[self.role]])
        if kind == 1:
            return pa.chunked_array([array])
        return array[2:-1] if kind == 2 else array

    def frame(self):
        """Give a frame with the column in it, in some container."""
        if self.is_given:
            others = {name: described("string", column.to_pylist()) for name, column in FRAME.items()}
            return Rows({**others, self.role: self.column}, ROWS, self.chance, self.role)
        array = made_by_pyarrow(self.column, self.chance)
        if (
            array is None or len(array) > 10 * ROWS or array.offset < 0
        ):  # which kills pyarrow as it makes a table
            raise Unmade
        others = {
            name: column.take(pa.array([at % ROWS for at in range(len(array))], pa.int64()))
            for name, column in FRAME.items()
        }
        table = table_of({**others, self.role: array})
        kind = self.chance.randrange(5)
        if kind == 0:
            return table.to_batches()[0] if len(table) else table
        if kind == 1:
            pandas = pd.DataFrame({name: others[name].to_pandas() for name in others if name != self.role})
            pandas[self.role] = pd.arrays.ArrowExtensionArray(pa.chunked_array([array]))
            return pandas
        return table.slice(1, len(table) - 2) if kind == 2 and len(table) > 3 else table


class Unmade(Exception):
    """pyarrow itself refuses to make the column."""


def table_of(columns):
    """Make a table, unless pyarrow refuses to."""
    try:
        return pa.table(columns)
    except pa.ArrowInvalid as error:
        raise Unmade from error


def options_of(role):
    if role in SETTINGS or role == "to":
        return {"text": "{name}, STOP au 36105", "to": "to", role: role}
    if role == "choose":
        return {"text": {"a": "{name} STOP", "b": "{text}"}, "to": "to", "choose": "choose"}
    return {"text": "{text}" if role == "text" else "Bonjour {name}[{name}], à bientôt", "to": "to"}


def through_columns(case):
    """Read a column as every door does, and everything of it that is read later."""
    name, is_number = case.role, case.role == "to"
    values = case.values()
    if isinstance(values, pa.Array) and values.offset < 0:
        raise Unmade
    if case.is_given:
        column = number_column(values, name) if is_number else text_column(arrow_column(values, name), name)
        table = pa.table({name: column.texts})
    else:
        table = Frame(table_of({name: values})).read([name], to=name if is_number else None)
    table = widened(table)
    hash_table(table, [name])
    for batch in table.to_batches():
        batch.take(pa.array(range(len(batch))))
        if name in SETTINGS or name == "choose":
            encode_option(batch, Setting(column=name, option=name if name in SETTINGS else None))
        else:
            render(batch, sms.Template("{x}".replace("x", name)))
    if is_number:
        read_numbers(table[name], Setting("FR"))
    sms.segment_many(table[name]).to_arrow()


def through_estimate(case):
    options = options_of(case.role)
    if case.role == "name" and case.chance.random() < 0.2:
        options |= {"text": {"a": "x", "b": "{name}"}, "choose": "choose"}
    found = sms.estimate(case.frame(), rates=CARD, **options)
    follow = case.chance.randrange(12)
    if follow == 0:
        found.problems(), found.rows, found.to_arrow()
    elif follow == 1:
        found.culprits(), found.damage()
    elif follow == 2:
        found.what_if(), found.best()
    elif follow == 3:
        found.to_json(), found.changes()
    elif follow == 4:
        found.rewrite().to_frame()
    elif follow == 5:
        found.by("country", "group")


def through_enrich(case):
    options = {case.role: Setting(column=case.role, option=case.role)} if case.role in SETTINGS else {}
    text = options_of(case.role)["text"]
    texts = text if isinstance(text, dict) else {None: text}
    templates = {key: sms.Template(each) for key, each in texts.items()}
    choose = "choose" if case.role == "choose" else None
    plan = Plan(templates, choose=choose, to="to", rates=CARD, **options)
    frame = case.frame()
    if isinstance(frame, pa.Table):
        frame = (frame.to_batches() or [None])[0]
    if isinstance(frame, pa.RecordBatch):
        sms.enrich(frame, plan)


def through_by(case):
    sms.estimate(case.frame(), text="x", rates=CARD, country="country").by(case.role)


def through_coverage(case):
    CARD.coverage(case.frame(), **{name: name for name in {"to", case.role}})


def through_learn(case):
    extra = {case.role: case.role} if case.role in ("network", "to") else {}
    sms.RateCard.learn(case.frame(), parts="parts", cost="cost", country="country", currency="EUR", **extra)


def through_reconcile(case):
    sms.reconcile(PLANNED, case.frame())


def through_segment_many(case):
    encoding = case.chance.choice([None, "gsm", "unicode"])
    sms.segment_many(case.values(), encoding=encoding, errors="replace")


def through_check_many(case):
    sms.check_many(case.frame(), **{**options_of(case.role), "traffic": "marketing"})


def through_exclude(case):
    sms.estimate(pa.table(FRAME), text="x", to="to", exclude=case.values(), default_region="FR")


def through_accessor(case):
    values = case.values()
    if (
        case.is_given or case.layout == "int64" or (isinstance(values, pa.Array) and values.offset < 0)
    ):  # which kills pandas
        raise Unmade
    series = pd.Series(pd.arrays.ArrowExtensionArray(values), name="text")
    which = case.chance.randrange(4)
    if which == 0:
        series.sms.rewrite()
    elif which == 1:
        series.sms.culprits()
    elif which == 2:
        series.sms.parts(encoding="gsm", errors="replace")
    else:
        series.sms.check()


FILLED = (
    "to",
    "text",
    "name",
    "country",
    "network",
    "encoding",
    "traffic",
    "sender",
    "default_region",
    "choose",
)
DOORS = {
    "columns": FILLED,
    "estimate": FILLED,
    "enrich": FILLED,
    "by": ("group", "country"),
    "coverage": ("to", "country", "network", "traffic"),
    "learn": ("country", "network", "parts", "cost", "to"),
    "reconcile": ("to", "text", "sid", "status", "parts", "cost", "network", "encoding"),
    "segment_many": ("text",),
    "check_many": ("to", "text", "name", "sender", "default_region", "encoding", "choose"),
    "exclude": ("to",),
    "accessor": ("text",),
}
NAMING = set(DOORS) - {"segment_many", "accessor", "exclude"}  # a column of its own has another name, or none
WEIGHTED = [door for door, roles in DOORS.items() for _ in roles if door != "columns"]


def outcome(number):
    """Run a case: whether the door answered or refused, or what else was raised."""
    try:
        case = Case(number)
        case.run()
    except Unmade:
        return "unmade"
    except CallrSegmentError as error:
        is_silent = "damaged" in str(error) and case.door in NAMING
        if is_silent and error.column not in (case.role, "exclude"):
            return f"names no column: {error}"
        return "refused"
    except Exception as error:  # noqa: BLE001 (whatever it is)
        return f"{type(error).__name__}: {error}"
    return "answered"


def main(first, count, place):
    """Try cases one after the other; what each came to is printed as JSON at the end."""
    totals, wrong = collections.Counter(), []
    with Path(place).open("r+b") as file, mmap.mmap(file.fileno(), 8) as at:
        for number in range(int(first), int(first) + int(count)):
            at[:] = number.to_bytes(8, "little")
            if number == DIES_AT:
                os.kill(os.getpid(), signal.SIGSEGV)
            found = outcome(number)
            totals[found if found in ("answered", "refused", "unmade") else "wrong"] += 1
            if found not in totals:
                wrong.append((number, str(Case(number)), found))
    print(json.dumps([totals, wrong]))


def try_cases(first, count, place):
    """Try cases in other processes: their totals, what was wrong, and the cases that killed a process."""
    totals, wrong, deaths = collections.Counter(), [], []
    stop = first + count
    while first < stop:
        place.write_bytes(bytes(8))
        command = [sys.executable, "-X", "faulthandler", __file__, str(first), str(stop - first), str(place)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode == 0:
            found, cases = json.loads(done.stdout.splitlines()[-1])
            return totals + collections.Counter(found), wrong + cases, deaths
        last = int.from_bytes(place.read_bytes(), "little")
        deaths.append((last, str(Case(last)), done.returncode, done.stderr[:2000]))
        first = max(last, first) + 1
    return totals, wrong, deaths


if __name__ == "__main__":
    main(*sys.argv[1:])
