"""Which receipt belongs to which planned message: by number and text, as often as each occurs."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from callr_segment._core.records import is_missing
from callr_segment.campaign.columns.arrow import arrow_column, is_arrow
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.files import tables
from callr_segment.errors import InputError, did_you_mean
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.wire import Receipt, read_json, read_receipt
from callr_segment.sending.ledger.outbox import outgoing

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate
    from callr_segment.sending.ledger.book import Ledger

__all__ = ["PLANNED", "beside", "by_content", "content_of", "of_estimate", "of_ledger", "read_receipts"]

PLANNED = ["row", "number", "text", "forced_encoding", "encoding", "parts", "low", "expected", "high"]
"""What is known of a message before it is sent; costs are in microcents."""

BILLED = ["sid", "status", "billed_encoding", "billed_parts", "billed", "network"]
_MICROCENTS = 1_000_000
_NAMES = {  # ours, where they are not those of the API
    "sender": "from",
    "traffic": "trafficType",
    "cost_cents": "cost",
    "payment_type": "paymentType",
    "body.text": "text",
}
_TIMES = ("created", "sent", "delivered", "updated")
_KNOWN = {"sid", "to", "text", "body", "status", "error", "parts", "encoding", "network", "cost", *_TIMES}
_E164 = re.compile(r"[+ ]?([1-9][0-9]{6,14})")


def read_receipts(receipts: Any) -> list[Receipt]:
    """Read receipts from wherever they are, and join those of the same SMS.

    ``receipts`` is a frame of any library or a list of mappings, with the fields of Receipt or those of the
    API, ``body`` and ``body.text`` among them; a page of the API; a list of Receipt; or the path of a table
    or of JSON. Numbers may lack their ``+``. Raises InputError, with row and column, for a value that cannot
    be read, and where no column tells the cost, or neither the number nor the sid.

    >>> receipts = [
    ...     {"sid": "a", "to": "+33612345678", "status": "sent", "body": {"text": "Bonjour"}, "cost": None},
    ...     {"sid": "a", "to": 33612345678, "status": "delivered", "text": "Bonjour", "cost": "4.50"},
    ... ]
    >>> read_receipts(receipts)
    [Receipt('a', '+33•••••••78', 'delivered', cost_cents=4.50)]
    """
    by_sid: dict[object, list[Receipt]] = defaultdict(list)
    for number, receipt in enumerate(_reports(receipts)):
        by_sid[receipt.sid or number].append(receipt)
    return [reduce(Receipt.joined, reports) for reports in by_sid.values()]


def _reports(receipts: Any) -> Iterator[Receipt]:
    if isinstance(receipts, str | os.PathLike):
        receipts = _from_file(Path(receipts))
    if hasattr(receipts, "columns") or hasattr(receipts, "column_names"):
        yield from _of_frame(Frame(receipts))
        return
    if not isinstance(receipts, Iterable) or isinstance(receipts, bytes):
        raise InputError(f"a {type(receipts).__name__} is no receipts: pass a frame, a list or a path")
    given = receipts.get("hits", [receipts]) if isinstance(receipts, Mapping) else list(receipts)
    mappings = [each for each in given if isinstance(each, Mapping)]
    for row, each in enumerate(given):
        if not isinstance(each, Receipt | Mapping):
            raise InputError(
                f"row {row} is a {type(each).__name__}; pass receipts, or mappings of their fields", row=row
            )
        yield each if isinstance(each, Receipt) else _of_cells(each, row)
    if mappings:
        _check_names(dict.fromkeys(name for each in mappings for name in each))


def _from_file(path: Path) -> Any:
    if not path.is_file():
        raise InputError(
            f"{path}: there is no such file; pass the path of a table or of JSON", value=str(path)
        )
    if path.suffix.lower() != ".json":
        table = tables.open_table(path)
        return table.read(table.names)
    with tables.naming(path):
        try:
            return read_json(path.read_bytes())
        except ValueError as error:
            raise InputError(f"it is not JSON: {error}") from None


def _of_frame(frame: Frame) -> Iterator[Receipt]:
    names = [name for name in frame.names if _NAMES.get(name, name) in _KNOWN]
    columns = {name: _cells(frame.column(name), name) for name in names}
    for row in range(len(frame)):
        yield _of_cells({name: values[row] for name, values in columns.items()}, row)
    _check_names(frame.names)


def _check_names(names: Iterable[object]) -> None:
    """Refuse what would leave every message pending: a column that is called otherwise."""
    listed = list(names)
    wired = {_NAMES.get(str(name), name) for name in listed}
    for wanted, why in (("to", "whose they are"), ("cost", "what was billed")):
        if wanted not in wired and not (wanted == "to" and "sid" in wired):
            raise InputError(
                f"no column {wanted!r} tells {why}; rename the one that does: {did_you_mean(wanted, listed)}",
                column=wanted,
            )


def _cells(column: Any, name: str) -> list[Any]:
    return arrow_column(column, name, utf8=True).texts.to_pylist() if is_arrow(column) else column.tolist()


def _of_cells(cells: Mapping[Any, Any], row: int) -> Receipt:
    """Read a receipt of which each cell must be readable; a history can do without."""
    sms: dict[str, Any] = {}
    for name, value in cells.items():
        wired = _NAMES.get(name, name)
        if wired in _KNOWN and not (isinstance(value, Mapping) or is_missing(value)):
            sms[wired] = _as_wired(value, wired, row)
        elif wired == "body" and isinstance(value, Mapping):
            sms["text"] = value.get("text")
    text = sms.pop("text", sms.pop("body", None))
    receipt = read_receipt({**sms, "body": {"text": text}})
    for name in receipt.extra:
        _refuse(row, name, sms.get(name, text), "cannot be read")
    return receipt


def _as_wired(value: Any, name: str, row: int) -> Any:
    """Write a cell as the API would."""
    if isinstance(value, date):
        return value.isoformat()
    if name == "to":
        return _number(value, row)
    if name == "cost" and isinstance(value, float):
        _refuse(row, name, value, "is a float, which is not exact: read the column as text")
    if name == "parts" or (name == "network" and not isinstance(value, str)):
        if isinstance(value, str) and value.isdecimal():
            return int(value)
        whole = _whole(value)
        if whole is None:
            _refuse(row, name, value, "is not a whole number")
        return whole if name == "parts" else str(whole)
    return str(value) if name == "cost" else value


def _whole(value: Any) -> int | None:
    """Read a whole number; None where it is none, or no number at all."""
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return whole if whole == value else None


def _number(value: Any, row: int) -> str:
    """Read a number that may have lost its ``+``, or become a number of another kind."""
    written = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip(" \t")
    found = _E164.fullmatch(written)
    if found is None:
        raise InputError(
            f"row {row}, column 'to': {masked(written)!r} is not E.164; write it as +33612345678, with its "
            "calling code",
            row=row,
            column="to",
            value=value,
        )
    return f"+{found[1]}"


def _refuse(row: int, column: str, value: object, problem: str) -> None:
    message = f"row {row}, column {column!r}: {value!r} {problem}"
    raise InputError(message, row=row, column=column, value=value)


def of_estimate(estimate: Estimate) -> pd.DataFrame:
    """List the messages that an estimate meant to be sent; whether they were is not known yet."""
    batches = [batch.filter(batch.column("to_send")).to_pandas() for batch in outgoing(estimate)]
    planned = pd.concat([pd.DataFrame(columns=[*PLANNED]), *(batch[PLANNED] for batch in batches)])
    return planned.assign(state="unknown", why="no receipt").reset_index(drop=True)


def of_ledger(ledger: Ledger) -> pd.DataFrame:
    """List the messages of a ledger, with what became of them and what Callr said."""
    rows = [
        (
            *(each.row, each.number, each.text, each.forced_encoding, each.encoding, each.parts),
            *map(_microcents, (each.cost_low_cents, each.cost_cents, each.cost_high_cents)),
            *(each.state, each.why, *_billed(each.receipt)),
        )
        for each in ledger.deliveries()
    ]
    return _typed(pd.DataFrame(rows, columns=[*PLANNED, "state", "why", *BILLED]))


def beside(planned: pd.DataFrame, receipts: Iterable[Receipt]) -> tuple[pd.DataFrame, list[Receipt]]:
    """Put receipts beside the planned messages of the same number and text; return those of none, too.

    Where two messages are alike, so are their receipts: which is whose makes no difference.
    """
    waiting = by_content(_with_texts(planned, list(receipts)))
    found = [
        waiting[key].pop() if waiting.get(key) else None
        for key in zip(planned["number"], planned["text"], strict=True)
    ]
    told = pd.DataFrame([_billed(receipt) for receipt in found], columns=BILLED, index=planned.index)
    rows = _typed(pd.concat([planned.drop(columns=BILLED, errors="ignore"), told], axis=1))
    is_told = pd.Series([receipt is not None for receipt in found], rows.index)
    is_refused = is_told & (rows["status"] == "error")
    rows.loc[is_told, "why"] = None
    rows.loc[is_told, "state"] = "accepted"
    rows.loc[is_refused, "state"] = "rejected"
    return rows, [receipt for left in waiting.values() for receipt in left]


def _with_texts(planned: pd.DataFrame, receipts: list[Receipt]) -> list[Receipt]:
    """Give receipts without texts those that were planned, where a number has but one message."""
    if all(receipt.text is not None for receipt in receipts):
        return receipts
    receipts = [replace(receipt, to=content_of(receipt)[0]) for receipt in receipts]
    numbers = planned["number"]
    texts = dict(zip(numbers, planned["text"], strict=True))
    repeated = set(numbers[numbers.duplicated()])
    for receipt in receipts:
        if receipt.text is None and receipt.to in repeated:
            raise InputError(
                f"{masked(str(receipt.to))} was to get several messages, and a receipt does not tell which: "
                "add the column of texts"
            )
    return [
        replace(receipt, text=texts.get(receipt.to)) if receipt.text is None else receipt
        for receipt in receipts
    ]


def by_content(receipts: Iterable[Receipt]) -> dict[tuple[str | None, str | None], list[Receipt]]:
    """Gather receipts by number and text; a number may have lost its ``+``."""
    waiting: dict[tuple[str | None, str | None], list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        waiting[content_of(receipt)].append(receipt)
    return waiting


def content_of(receipt: Receipt) -> tuple[str | None, str | None]:
    """Tell the number and text of a receipt."""
    found = _E164.fullmatch(receipt.to or "")
    return (f"+{found[1]}" if found else receipt.to), receipt.text


def _billed(receipt: Receipt | None) -> tuple[Any, ...]:
    if receipt is None:
        return (None,) * len(BILLED)
    cost = None if receipt.cost_cents is None else _microcents(receipt.cost_cents)
    return receipt.sid, receipt.status, receipt.encoding, receipt.parts, cost, receipt.network


def _microcents(cents: Decimal) -> int:
    return int((cents * _MICROCENTS).to_integral_value())


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    whole = dict.fromkeys(("row", "parts", "low", "expected", "high"), "int64")
    texts = ("number", "text", "forced_encoding", "encoding", "state", "why", "sid", "status")
    maybe = dict.fromkeys(("billed_parts", "billed"), "Int64")
    named = dict.fromkeys((*texts, "billed_encoding", "network"), "string")
    return rows.astype({**whole, **maybe, **named})
