"""The figures of the table, each from works that take turns."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

import callr_segment as sms
import child
import rivals
import stock
import works
from interleave import QUICK, elapsed, interleave, timed
from rivals import Absent, libraries
from targets import SHAPES

ROWS = 200_000 if QUICK else 1_000_000
SHAPE_ROWS = 50_000 if QUICK else 200_000
SIZES = tuple(10**power for power in ((4, 5, 6) if QUICK else (4, 5, 6, 7)))
PARSED = 500  # numbers for a parser that takes its time
SPIN = 1.8  # how much faster two threads spin where there is a second core for them
LATENCY_SECONDS = 0.05
OUTPUT = 9  # bytes a row: is_gsm, units, parts

Figures = Iterator[tuple[str, float | str]]  # a figure of TARGETS, or words on why there is none


class Beside(NamedTuple):
    """A rival beside us on the same texts."""

    name: str
    nanoseconds: float
    times: float
    right: float
    right_at_edges: float


def columns() -> Figures:
    """Rows 1 and 4: a mix of texts, in Arrow and as Python objects."""
    mix, short = stock.mix(ROWS), stock.texts("short", ROWS)
    objects = works.objects_of(mix)
    found = interleave(
        {
            "mix": timed(works.segmenting(mix)),
            "copy": timed(works.copying(mix)),
            "len": timed(works.measuring(mix)),
            "short": timed(works.segmenting(short)),
            "objects": timed(works.segmenting(objects)),
            "array": timed(pa.array, objects),
            "objects len": timed(works.measuring_objects(objects)),
        }
    )
    yield "mix/copy", found["mix"] / found["copy"]
    yield "mix/len", found["mix"] / found["len"]
    yield "short", found["short"] / len(short) * 1e9
    yield "objects/array", found["objects"] / found["array"]
    yield "objects/len", found["objects"] / found["objects len"]


def levels() -> Figures:
    """Row 2: the same with a lower level of SIMD forced."""
    for level in ("avx2", "scalar"):
        yield f"{level}/copy", child.ask("forced", ROWS, CALLR_SEGMENT_SIMD=level)


def shapes() -> Figures:
    """Row 3: texts of one kind each."""
    for shape in SHAPES:
        texts = stock.texts(shape, SHAPE_ROWS)
        found = interleave({"ours": timed(works.segmenting(texts)), "copy": timed(works.copying(texts))})
        yield f"{shape}/copy", found["ours"] / found["copy"]


def calls() -> Figures:
    """Row 5: one call."""
    found = interleave(
        {
            name: timed(works.calling(function))
            for name, function in (("len", len), ("count_parts", sms.count_parts), ("segment", sms.segment))
        }
    )
    yield "count_parts/len", found["count_parts"] / found["len"]
    yield "segment/len", found["segment"] / found["len"]


def beside() -> list[Beside | str]:
    """Row 6: every rival beside us, or words on why it is not there."""
    mix = stock.mix(ROWS)
    texts, found = mix.slice(0, 100_000).to_pylist(), []
    for name in rivals.MAKERS:
        try:
            rival = rivals.ask(name, texts)
        except Absent as absent:
            found.append(f"{name}: {absent}")
            continue
        taken = interleave({"ours": timed(works.segmenting(mix)), "theirs": rival.measure})
        theirs = taken["theirs"] / rival.texts
        times = theirs / (taken["ours"] / ROWS)
        found.append(Beside(name, theirs * 1e9, times, rival.right, rival.right_at_edges))
    return found


def campaign() -> Figures:
    """Rows 7, 8 and 9: a template, the rates of its numbers, and the whole estimate."""
    table = stock.campaign(ROWS)
    numbers = table["to"].chunk(0)
    measures = {
        "template": timed(works.filling(table)),
        "render": timed(works.rendering(table)),
        "estimate": timed(works.estimating(table)),
        "rate": timed(works.rating(numbers)),
    }
    try:
        some = numbers.slice(0, PARSED).to_pylist()
        measures["parse"] = timed(works.parsing(libraries.number_parser(), some))
    except Absent as absent:
        yield "parse/rate", str(absent)
    found = interleave(measures)
    yield "template/render", found["template"] / found["render"]
    yield "estimate/render", found["estimate"] / found["render"]
    if "parse" in found:
        yield "parse/rate", found["parse"] / PARSED / (found["rate"] / ROWS)


def questions() -> Figures:
    """Row 12: why it costs that, and what would save."""
    cost = works.costing(works.dear(stock.campaign(ROWS)))
    found = cost()
    measures = {
        "estimate": timed(cost),
        "culprits": timed(works.asking(found, sms.Estimate.culprits)),
        "what_if": timed(works.asking(found, sms.Estimate.what_if)),
        "near_misses": timed(works.asking(found, sms.Estimate.near_misses)),
        "input_sha256": timed(lambda: type(found).input_sha256.func(found)),
    }
    taken = interleave(measures)
    for name in ("culprits", "what_if", "near_misses", "input_sha256"):
        yield f"{name}/estimate", taken[name] / taken["estimate"]


def threads() -> Figures:
    """Row 11: two threads, on the wall clock."""
    mix = stock.mix(ROWS)
    found = interleave(
        {
            "one": elapsed(works.segmenting(mix, threads=1)),
            "two": elapsed(works.segmenting(mix, threads=2)),
            "spin alone": elapsed(works.spinning(1)),
            "spin in two": elapsed(works.spinning(2)),
        }
    )
    gained, control = found["one"] / found["two"], found["spin alone"] / found["spin in two"]
    enough = control >= SPIN
    yield "threads", gained if enough else f"{gained:.2f} ×, where two threads spin {control:.2f} × as fast"


def sending() -> Figures:
    """Row 12: a campaign sent with a ledger and without, to a server that takes 50 ms to answer."""
    command = [sys.executable, "-m", "callr_segment.sending.fake", "--latency", str(LATENCY_SECONDS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        url = server.stdout.readline().strip()
        with sms.Client("fake-key", base_url=url) as client:
            for in_flight in (8, 32):
                found = works.campaign(stock.campaign(in_flight * (20 if QUICK else 50)))
                times = {
                    "without": elapsed(works.sending(client, found, in_flight)),
                    "with": elapsed(works.journalling(client, found, in_flight)),
                }
                taken = interleave(times, rounds=3 if QUICK else 5)
                yield f"journal/{in_flight}", taken["without"] / taken["with"]
        server.communicate()


def growth() -> list[child.Grown]:
    """Time and memory from ten thousand rows on, each in a process of its own."""
    return [child.Grown(**child.ask("grow", work, rows)) for work in child.GROWING for rows in SIZES]


def of_growth(grown: list[child.Grown]) -> Figures:
    """Row 10, and how row 9 goes on."""
    *_, before, last = [each for each in grown if each.work == "estimate"]
    yield "estimate growth", last.seconds / before.seconds
    segmented = next(each for each in grown if (each.work, each.rows) == ("segment_many", 10**6))
    yield "memory", segmented.megabytes - OUTPUT * segmented.rows / 1e6
