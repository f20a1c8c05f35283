"""What a receipt means for a ledger: what it cost, whether it is what was estimated, and how it is kept."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from callr_segment.sending.api.wire import Receipt, digits_of, read_json, read_receipt

if TYPE_CHECKING:
    from callr_segment.sending.ledger.claims import Claim

__all__ = ["ReceiptColumns", "compute_columns", "from_json", "to_json"]

_LARGEST = 10**18 - 1  # microcents: what an estimate may come to, too


class ReceiptColumns(NamedTuple):
    """A receipt held against the estimate: the columns of a delivery that come of it, in microcents.

    ``committed`` is what counts against the cap: the cost where it is told and not less than was thought
    possible, else the most it may be. ``excess`` is what it cost beyond the dearest price of the card.
    """

    committed: int
    compared: bool
    differs: bool
    excess: int
    status: str | None
    billed_parts: int | None
    billed_encoding: str | None
    billed_cost: int | None
    network: str | None
    receipt: str


def compute_columns(estimated: Claim, receipt: Receipt) -> ReceiptColumns:
    """Hold a receipt against what was estimated; what it does not say does not disagree."""
    cost = _cost(receipt.cost_cents)
    said = (receipt.parts, receipt.encoding, receipt.cost_cents)
    differs = (
        digits_of(receipt.to) not in (None, digits_of(estimated.message.to))
        or receipt.parts not in (None, estimated.parts)
        or receipt.encoding not in (None, estimated.encoding)
        or (
            receipt.cost_cents is not None
            and not (cost is not None and estimated.low <= cost <= estimated.high)
        )
    )
    committed = estimated.high if cost is None or cost < estimated.low else cost
    excess = 0 if cost is None else max(0, cost - estimated.high)
    return ReceiptColumns(
        committed, differs or said != (None, None, None), differs, excess, receipt.status,
        _storable(receipt.parts), receipt.encoding, cost, receipt.network, to_json(receipt),
    )  # fmt: skip


def _cost(cents: Decimal | None) -> int | None:
    """Microcents, rounded up; None where they are not told, or are too many to be an amount."""
    if cents is None or not cents.is_finite() or cents.adjusted() > 15:
        return None
    return _storable(int((cents * 10**6).to_integral_value(ROUND_CEILING)))


def _storable(number: int | None) -> int | None:
    return number if number is not None and number <= _LARGEST else None


_NAMES = {  # of what is text or a number; ours, and the API's
    **{name: name for name in ("sid", "direction", "to", "status", "error", "parts", "network", "encoding")},
    **{name: name for name in ("created", "sent", "delivered", "updated")},
    **{"sender": "from", "traffic": "trafficType", "cost_cents": "cost", "payment_type": "paymentType"},
}


def to_json(receipt: Receipt) -> str:
    """Write a receipt as the API would, so that it is read in one way only.

    >>> to_json(Receipt(sid="smsabcd", parts=1, cost_cents=Decimal("4.50")))
    '{"sid": "smsabcd", "parts": 1, "cost": "4.50"}'
    """
    told = {name: getattr(receipt, ours) for ours, name in _NAMES.items()}
    sms: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    if receipt.text is not None:
        sms["body"] = {"text": receipt.text}
    if receipt.history:
        sms["statusHistory"] = [{"before": h.before, "after": h.after, "at": h.at} for h in receipt.history]
    if receipt.told_at:
        sms["toldAt"] = dict(receipt.told_at)
    return json.dumps({**receipt.extra, **sms}, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def from_json(text: str) -> Receipt:
    """Read a receipt back.

    >>> from_json('{"sid": "smsabcd", "cost": "4.50"}')
    Receipt('smsabcd', '', None, cost_cents=4.50)
    """
    return read_receipt(read_json(text.encode()))
