"""Many threads at once, on the same texts: each gets the answers that one thread alone gets."""

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Lock, Thread

import numpy as np
import pyarrow as pa
import pytest
from corpus import boundary_texts

from callr_segment.text import numbers as rules

one = pytest.importorskip("callr_segment._core.text_one", reason="the native core is not built")
filled = pytest.importorskip("callr_segment._core.template_counts", reason="the native core is not built")
many = pytest.importorskip("callr_segment._core.text_columns", reason="the native core is not built")
numbers = pytest.importorskip("callr_segment._core.number_columns", reason="the native core is not built")
prefixes = pytest.importorskip("callr_segment._core.number_prefixes", reason="the native core is not built")
screens = pytest.importorskip("callr_segment._core.template_prefilter", reason="the native core is not built")

pytestmark = pytest.mark.once

THREADS, ROUNDS = 16, 6
TEXTS = boundary_texts(3_000, surrogates=False)
COLUMN = pa.array(TEXTS, pa.large_string())
OBJECTS = np.array(TEXTS, dtype=object)
WRITTEN = pa.array([f"+3363998{row:04d}" if row % 3 else f"06 39 98 {row:04d}" for row in range(9_000)])
NUMBERS = WRITTEN.cast(pa.large_string()).buffers()
PLAN = rules.number_plan("FR")
ZONES = prefixes.PrefixMap(rules.number_zones())
E164 = np.arange(33_639_980_000, 33_640_980_000, 100, dtype="u8")
PREFILTER = screens.Prefilter(alarms="中", starters="a", opens="[", closes="]")
SHARED = one.segment("ça [" * 300)
TEMPLATE = (["Bonjour ", ", ", " !"], [COLUMN, COLUMN])
COUNTED = ("is_gsm", "is_missing", "units", "parts", "last", "extensions")
FILLED = (*COUNTED, "is_suspect", "characters", "not_gsm_fields", "extension_fields")


def cells(found, names):
    return [bytes(getattr(found, name)) for name in names]


def fill():
    return cells(filled.count_template(*TEMPLATE, prefilter=PREFILTER), FILLED)


def read_numbers():
    found = numbers.parse_numbers(NUMBERS[1], NUMBERS[2], NUMBERS[0], PLAN)
    return [bytes(column) for column in found[:3]]


CALLS = {
    "count_arrow": lambda: cells(many.count_arrow(COLUMN), COUNTED),
    "count_arrow, views": lambda: cells(many.count_arrow(COLUMN.cast(pa.string_view())), COUNTED),
    "count_arrow, dictionary": lambda: cells(many.count_arrow(COLUMN.dictionary_encode()), COUNTED),
    "count_template": fill,
    "parse_numbers": read_numbers,
    "find_many": lambda: [bytes(ZONES.find_many(E164))],
    "count_objects": lambda: cells(many.count_objects(TEXTS), COUNTED),
    "count_objects, array": lambda: cells(many.count_objects(OBJECTS), COUNTED),
    "segment": lambda: [repr(one.segment(text)) for text in TEXTS],
    "one segmentation": lambda: [(SHARED.split(), SHARED.culprits, SHARED.over_by, hash(SHARED))] * 40,
    "one number": lambda: [PLAN.read(number) for number in ("0639981020", "+12125550123", "n/a")] * 500,
}


@pytest.fixture
def eager():
    """Pass the interpreter's lock on a thousand times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


def at_once(calls):
    """Start every call in a thread of its own, all at the same moment."""
    start = Barrier(len(calls))

    def wait_and(call):
        start.wait(60)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(wait_and, calls))


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("name", CALLS)
def test_threads_that_share_a_column_get_the_same_answers(name):
    alone = CALLS[name]()
    for _ in range(ROUNDS):
        assert all(found == alone for found in at_once([CALLS[name]] * THREADS))


@pytest.mark.usefixtures("eager")
def test_threads_that_hold_the_lock_and_threads_that_do_not_get_the_same_answers():
    alone = [call() for call in CALLS.values()]
    for _ in range(ROUNDS):
        assert at_once(list(CALLS.values())) == alone


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("names", [FILLED, FILLED[::-1]], ids=["counts first", "fields first"])
def test_threads_that_ask_first_for_what_is_not_made_yet_get_the_same_answers(names):
    alone = cells(filled.count_template(*TEMPLATE, prefilter=PREFILTER), names)
    for _ in range(ROUNDS):
        found = filled.count_template(*TEMPLATE, prefilter=PREFILTER)
        assert all(seen == alone for seen in at_once([partial(cells, found, names)] * THREADS))


@pytest.fixture
def stubborn():
    """Never take the interpreter's lock from a thread that does not give it up."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(before)


def lets_others_run(call, rounds):
    """Whether another thread gets to run during one of some calls."""
    waiting, seen = Lock(), []
    waiting.acquire()
    other = Thread(target=lambda: waiting.acquire() and seen.append(True))
    other.start()
    waiting.release()
    ran = any(call() is not None and seen for _ in range(rounds))
    other.join()
    return ran


@pytest.mark.usefixtures("stubborn")
@pytest.mark.parametrize("name", ["count_arrow", "count_template", "parse_numbers", "find_many"])
def test_columns_are_read_without_the_interpreters_lock(name):
    assert lets_others_run(CALLS[name], 10_000)


@pytest.mark.usefixtures("stubborn")
def test_objects_are_counted_under_the_interpreters_lock():
    assert not lets_others_run(CALLS["count_objects"], 20)
