"""What is measured: every work as a function that can be called again and again."""

from __future__ import annotations

import hashlib
import timeit
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

import callr_segment as sms
import recipients
from callr_segment._core import columnar
from callr_segment.campaign.columns.arrow import BATCH
from callr_segment.campaign.columns.arrow import TEXT as TEXT_TYPE
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import resolve
from callr_segment.campaign.messages.counting import PREFILTER
from callr_segment.campaign.recipients.audience import read_audience
from callr_segment.sending.api.wire import Message
from callr_segment.sending.ledger.outbox import outgoing

Work = Callable[[], object]

TEXT = "Votre code est 4821"


def segmenting(texts: object, *, threads: int = 1) -> Work:
    """Tell is_gsm, units and parts of a column."""

    def work() -> None:
        table = sms.segment_many(texts, threads=threads)
        _ = table.is_gsm, table.units, table.parts

    return work


def copying(texts: pa.Array) -> Work:
    """Copy the UTF-8 of a column to memory that is there already."""
    start, stop = texts.offset, texts.offset + len(texts)
    offsets = np.frombuffer(texts.buffers()[1], np.int32)
    source = np.frombuffer(texts.buffers()[2], np.uint8)[offsets[start] : offsets[stop]]
    target = np.zeros_like(source)
    return partial(np.copyto, target, source)


def measuring(texts: pa.Array) -> Work:
    """Tell the lengths of an Arrow column in pandas."""
    return pd.Series(texts, dtype=pd.ArrowDtype(texts.type)).str.len


def measuring_objects(texts: np.ndarray) -> Work:
    """Tell the lengths of an object column in pandas."""
    return pd.Series(texts, dtype=object).str.len


def objects_of(texts: pa.Array) -> np.ndarray:
    """Make a column of Python strings."""
    return texts.to_numpy(zero_copy_only=False)


def calling(function: Callable[[str], object], calls: int = 20_000) -> Work:
    """Call a function of one text over and over, in the tightest loop Python has."""
    return partial(timeit.Timer("function(text)", globals={"function": function, "text": TEXT}).timeit, calls)


def rendering(table: pa.Table) -> Work:
    """Write the text of every recipient."""
    pieces: list[object] = []
    for literal, field in recipients.TEMPLATE.pieces:
        pieces += [pa.scalar(literal), *([] if field is None else [table[field].chunk(0)])]
    return partial(pc.binary_join_element_wise, *pieces, pa.scalar(""))


def filling(table: pa.Table) -> Work:
    """Count the text of every recipient without writing it."""
    pieces = recipients.TEMPLATE.pieces
    literals = [piece.literal for piece in pieces]
    columns = [table[piece.field].chunk(0).cast(TEXT_TYPE) for piece in pieces if piece.field is not None]
    literals += [""] * (len(columns) + 1 - len(literals))
    return partial(columnar.count_template, literals, columns, prefilter=PREFILTER)


def rating(numbers: pa.Array) -> Work:
    """Find the rate of every number, from its text."""
    table = pa.table({"to": numbers.cast(TEXT_TYPE)})
    plan = Plan({}, to="to", rates=recipients.card())
    audiences = partial(read_audience, addressing=plan, prefixes=plan.prefixes)
    return lambda: [resolve(plan, audiences(batch)) for batch in table.to_batches(BATCH)]


def parsing(parse: Callable[[str], object], numbers: list[str]) -> Work:
    """Parse numbers one by one."""
    return lambda: [parse(number) for number in numbers]


def estimating(table: pa.Table) -> Work:
    """Cost a campaign: template, numbers, rates, and the frame of all rows."""
    options = {"text": recipients.TEMPLATE, "to": "to", "rates": recipients.card()}
    return lambda: sms.estimate(table, progress=False, **options).rows


def campaign(table: pa.Table) -> sms.Estimate:
    """Cost a campaign at the price that the stand-in for Callr asks."""
    return sms.estimate(
        table, text=recipients.TEMPLATE, to="to", rates=sms.RateCard.flat("4.50", currency="EUR")
    )


def sending(client: sms.Client, found: sms.Estimate, in_flight: int) -> Work:
    """Send a campaign as fast as a client goes, and remember nothing."""
    messages = [Message(row["number"], row["text"]) for batch in outgoing(found) for row in batch.to_pylist()]

    def work() -> None:
        with ThreadPoolExecutor(in_flight) as pool:
            deque(pool.map(client.deliver, messages), maxlen=0)

    return work


def journalling(client: sms.Client, found: sms.Estimate, in_flight: int) -> Work:
    """Send the same campaign from a ledger."""

    def work() -> None:
        with TemporaryDirectory() as folder, sms.Ledger(f"{folder}/ledger") as ledger:
            budget = found.cost_cents
            client.send_all(
                found, ledger, budget_cents=budget, in_flight=in_flight, progress=False, allow_duplicates=True
            )

    return work


def dear(table: pa.Table) -> pa.Table:
    """Make every message Unicode, of several parts, and every amount another."""
    amounts = pc.binary_join_element_wise(table["order"].chunk(0), pa.scalar(",00\xa0€"), pa.scalar(""))
    return table.set_column(table.schema.get_field_index("amount"), "amount", amounts)


def costing(table: pa.Table) -> Callable[[], sms.Estimate]:
    """Cost a campaign of messages that are dear, without the frame of its rows."""
    options = {"text": recipients.DEAR, "to": "to", "rates": recipients.card()}
    return lambda: sms.estimate(table, progress=False, **options)


def asking(found: sms.Estimate, question: Callable[[sms.Estimate], object]) -> Work:
    """Ask an estimate as if nobody had asked it before."""

    def work() -> object:
        for kept in ("_billed", "_rewriter"):
            found.__dict__.pop(kept, None)
        return question(found)

    return work


def spinning(threads: int) -> Work:
    """Keep so many threads busy with the same work in all, far from Python and from memory."""
    data = bytes(40_000_000 // threads)

    def work() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(hashlib.sha256, [data] * threads))

    return work
