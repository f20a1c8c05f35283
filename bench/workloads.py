"""Fixed pieces of work, run once each between the marks of a gauge: `python bench/workloads.py GAUGE`."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

import recipients
import stock
from callr_segment import _core
from callr_segment._core import columnar
from callr_segment.campaign.costing.enrichment import enrich
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.summary import Summary
from callr_segment.text.numbers import number_plan
from callr_segment.text.problem_codes import ALARMS, CLOSES, OPENS, STARTERS

ROWS = 20_000
EMPTY = "empty"

Work = Callable[[], object]


def arrow() -> Work:
    """Count a mix of texts in an Arrow column."""
    return partial(columnar.count_arrow, stock.texts("mix", ROWS))


def objects() -> Work:
    """Count the same texts as Python objects."""
    return partial(columnar.count_objects, stock.texts("mix", ROWS).to_numpy(zero_copy_only=False))


def calls() -> Work:
    """Ask about one text after the other."""
    texts = stock.texts("mix", ROWS).to_pylist()

    def work() -> None:
        for text in texts:
            _core.is_gsm(text)
            _core.count_parts(text)
            _core.segment(text)

    return work


def template() -> Work:
    """Count a template without making its texts."""
    table, pieces = stock.campaign(ROWS), recipients.TEMPLATE.pieces
    columns = [table[piece.field].chunk(0).cast("large_string") for piece in pieces if piece.field]
    literals = [piece.literal for piece in pieces] + [""] * (len(columns) + 1 - len(pieces))
    prefilter = columnar.Prefilter(alarms=ALARMS, starters=STARTERS, opens=OPENS, closes=CLOSES)
    return partial(columnar.count_template, literals, columns, prefilter=prefilter)


def numbers() -> Work:
    """Read phone numbers."""
    _, offsets, data = stock.campaign(ROWS)["to"].chunk(0).buffers()
    wide = np.frombuffer(offsets, np.int32)[: ROWS + 1].astype(np.int64)
    return partial(columnar.parse_numbers, wide, data, None, number_plan(None))


def estimate() -> Work:
    """Cost a batch of rows, and sum them up."""
    table = stock.campaign(ROWS)
    schema = pa.schema([(name, pa.large_string()) for name in table.column_names])
    batch = table.cast(schema).combine_chunks().to_batches()[0]
    plan = Plan({None: recipients.TEMPLATE}, to="to", rates=recipients.card())
    return lambda: Summary.of(enrich(batch, plan))


WORKLOADS: dict[str, Callable[[], Work]] = {
    EMPTY: lambda: bool,
    "arrow": arrow,
    "objects": objects,
    "calls": calls,
    "template": template,
    "numbers": numbers,
    "estimate": estimate,
}


def main(library: str) -> None:
    """Run every workload that this version of the core knows how to run."""
    gauge = ctypes.CDLL(library)
    pa.set_memory_pool(pa.system_memory_pool())
    for name, make in WORKLOADS.items():
        try:
            work = make()
            work()  # once before it counts: whatever is made on first use is there then
        except (AttributeError, TypeError) as error:
            print(f"{name} does not run on this version: {error}", file=sys.stderr)
            continue
        gauge.begin()
        work()
        gauge.end(name.encode())


if __name__ == "__main__":
    main(sys.argv[1])
