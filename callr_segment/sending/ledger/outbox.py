"""The messages of an estimate as they will be sent, a batch at a time: what was costed is what is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import TEXT
from callr_segment.campaign.columns.codes import Codes
from callr_segment.campaign.columns.hashing import TextHash
from callr_segment.campaign.columns.options import Setting, encode_option
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import COSTS, PROBLEMS
from callr_segment.campaign.costing.rows import severities
from callr_segment.campaign.messages.counting import count_rows
from callr_segment.campaign.messages.rendering import texts_of
from callr_segment.campaign.rates.money import from_decimal_array
from callr_segment.campaign.recipients.audience import read_numbers
from callr_segment.errors import InputError, counted
from callr_segment.text.message import segment
from callr_segment.text.policy import CODES

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate

__all__ = ["Fingerprint", "opted_out", "outgoing", "refuse_unfit"]

ROWS = 1 << 13  # a batch: its texts are all of the campaign that is held at once

_HASHED = ("row", "number", "text", "sender", "traffic", "forced_encoding", "encoding", "parts")


def outgoing(found: Estimate, *, rows: int = ROWS) -> Iterator[pa.RecordBatch]:
    """Yield the messages to send, in the order of the frame, with what each was estimated to come to.

    ``row`` is the place in the frame, ``forced_encoding`` what the API is told, ``encoding`` what was
    counted; costs are in microcents. Messages to those who opted out and to a number that has one before
    are there too, with ``to_send`` false, so that a plan stays the same whoever opts out later.

    >>> import pandas as pd
    >>> from callr_segment import RateCard, estimate
    >>> frame = pd.DataFrame({"to": ["+33639980102", "n/a"], "name": ["Zoé", "An"]})
    >>> card = RateCard({"FR": "4.50"}, currency="EUR")
    >>> found = estimate(frame, text="Bonjour {name} STOP", to="to", rates=card)
    >>> pa.Table.from_batches(outgoing(found)).select(["row", "number", "text", "high"]).to_pylist()
    [{'row': 0, 'number': '+33639980102', 'text': 'Bonjour Zoé STOP', 'high': 4500000}]
    """
    for start in range(0, len(found.columns), rows):
        enriched = found.enriched.slice(start, rows).combine_chunks()
        kept = np.flatnonzero(_unfit(enriched, found.plan) == 0)
        if len(kept):
            yield _batch(
                found.columns.slice(start, rows), enriched.take(pa.array(kept)), found.plan, kept, start
            )


def _unfit(enriched: pa.Table, plan: Plan) -> np.ndarray:
    """Bits of the errors that nobody asked for: opt-outs and duplicates were left out on purpose."""
    errors, _ = severities(plan)
    return enriched[PROBLEMS].to_numpy() & errors & ~_left_out()


def _left_out() -> int:
    return CODES["opted_out"].bit | CODES["no_consent"].bit | CODES["duplicate"].bit


def _batch(table: pa.Table, enriched: pa.Table, plan: Plan, kept: np.ndarray, start: int) -> pa.RecordBatch:
    errors, _ = severities(plan)
    left_out = enriched[PROBLEMS].to_numpy() & errors & _left_out() != 0
    part = table.take(pa.array(kept)).combine_chunks()
    forced = _values(part, plan.encoding)
    costs = (from_decimal_array(enriched[name])[0] for name in COSTS)
    # Rows that are left out have no parts in an estimate; a plan knows what they would have.
    parts = pa.array(count_rows(table, plan, kept).parts) if left_out.any() else _plain(enriched["parts"])
    return pa.RecordBatch.from_pydict(
        {
            "row": pa.array(kept + start),
            "number": _plain(enriched["number"]),
            "text": _as_counted(texts_of(table, plan, kept), forced, plan),
            "sender": _values(part, plan.sender),
            "traffic": _values(part, plan.traffic),
            "forced_encoding": forced,
            "encoding": _plain(enriched["encoding"].cast(TEXT)),
            "parts": parts,
            **dict(zip(("low", "expected", "high"), map(pa.array, costs), strict=True)),
            "to_send": pa.array(~left_out),
        }
    )


def _plain(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([*column.chunks, pa.array([], column.type)])


def _values(part: pa.Table, setting: Setting) -> pa.Array:
    """Write an option out for each row; null where it has no value."""
    found = encode_option(part, setting)
    if not isinstance(found, Codes):
        return pa.array([found or None] * len(part), TEXT)
    names = pa.array([name or None for name in found.names], TEXT)
    return names.take(pa.array(found.codes, mask=found.codes < 0))


def _as_counted(texts: pa.ChunkedArray, forced: pa.Array, plan: Plan) -> pa.Array:
    """Replace in forced GSM what was replaced when it was counted: Callr has nothing left to guess."""
    plain = _plain(texts.cast(TEXT))
    if plan.errors == "strict" or not pc.any(pc.equal(forced, "gsm")).as_py():
        return plain
    pairs = zip(plain.to_pylist(), forced.to_pylist(), strict=True)
    replaced = [
        segment(text, encoding="gsm", errors=plan.errors).text if way == "gsm" else text
        for text, way in pairs
    ]
    return pa.array(replaced, TEXT)


def opted_out(found: Estimate | None, exclude: Iterable[Any] | None) -> np.ndarray:
    """Read who has opted out by now: those that the estimate knows, and more; sorted digits of E.164."""
    if found is None:
        return read_numbers(exclude, Setting())
    return np.union1d(found.plan.opted_out, read_numbers(exclude, found.plan.default_region))


def refuse_unfit(found: Estimate, *, skip_errors: bool, allow_duplicates: bool) -> None:
    """Raise InputError, saying how many and the way out, for an estimate that should not be sent as it is."""
    if not hasattr(found, "plan"):
        raise InputError(f"a {type(found).__name__} is no estimate: pass what estimate() returns")
    if found.plan.to is None:
        raise InputError("an estimate without numbers cannot be sent: pass to= their column to estimate()")
    if found.plan.rates is None:
        raise InputError("an estimate without rates cannot be held to a budget: pass rates= to estimate()")
    if found.plan.unknown:
        name = next(iter(found.plan.unknown))
        raise InputError(f"what {{{name}}} will be is not known: make it a column, and estimate again")
    unfit = _unfit(found.enriched, found.plan)
    if unfit.any() and not skip_errors:
        raise _refused(found, unfit)
    _refuse_incomplete(found, unfit)
    repeated = _repeated(found, unfit)
    if repeated and not allow_duplicates:
        raise InputError(
            f"{counted(repeated, 'message goes', 'messages go')} to a number that has one already; estimate "
            "with duplicates='drop', or pass allow_duplicates=True to send them all"
        )


def _refused(found: Estimate, unfit: np.ndarray) -> InputError:
    row = int(np.flatnonzero(unfit)[0])
    counts = {code: int(np.count_nonzero(unfit & info.bit)) for code, info in CODES.items()}
    listed = ", ".join(f"{count:,} × {code}" for code, count in counts.items() if count)
    return InputError(
        f"{counted(int(np.count_nonzero(unfit)), 'row')} cannot be sent ({listed}), the first is row {row}; "
        "mend them, see problems(), or pass skip_errors=True to leave them out",
        row=row,
    )


def _refuse_incomplete(found: Estimate, unfit: np.ndarray) -> None:
    """Refuse what a policy lets through though it cannot be sent, or not within a budget."""
    left_out = found.enriched[PROBLEMS].to_numpy() & _left_out() != 0
    for name, what in (("number", "no number"), ("cost_high_cents", "no price"), ("encoding", "no text")):
        lacking = pc.is_null(found.enriched[name]).to_numpy() & (unfit == 0) & ~left_out
        if lacking.any():
            row = int(np.flatnonzero(lacking)[0])
            raise InputError(
                f"row {row} has {what}, whatever the policy says: leave it out of the frame", row=row
            )


def _repeated(found: Estimate, unfit: np.ndarray) -> int:
    errors, _ = severities(found.plan)
    sent = found.enriched[PROBLEMS].to_numpy() & errors == 0
    return int(found.enriched["number"].filter(pa.array(sent & (unfit == 0))).to_pandas().duplicated().sum())


class Fingerprint:
    """A hash of messages that tells whether a plan is still the same; how they are batched does not matter.

    >>> batch = pa.record_batch({name: pa.array(["1"]) for name in _HASHED})
    >>> one, other = Fingerprint("EUR"), Fingerprint("EUR")
    >>> one.add(batch), other.add(batch), one.hexdigest() == other.hexdigest()
    (None, None, True)
    """

    def __init__(self, *circumstances: str) -> None:
        self._circumstances = circumstances
        self._columns = {name: TextHash() for name in _HASHED}

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch in; the batches of a plan are taken in their order."""
        for name, texts in self._columns.items():
            texts.add(batch.column(name))

    def hexdigest(self) -> str:
        """Write the hash of everything taken in so far."""
        whole = sha256("\n".join(self._circumstances).encode())
        for texts in self._columns.values():
            whole.update(texts.digest())
        return whole.hexdigest()
