"""Rate cards as tables of Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa

from callr_segment.campaign.rates.money import CENTS, DIGITS, cents
from callr_segment.campaign.rates.rows import KEYS, WEIGHT_DECIMALS, Row

__all__ = ["write_table"]

SCHEMA = pa.schema(
    [
        *((key, pa.string()) for key in KEYS),
        *((name, CENTS) for name in ("cents", "low_cents", "high_cents", "surcharge_cents", "fee_cents")),
        *((name, pa.date32()) for name in ("valid_from", "valid_to")),
        ("weight", pa.decimal128(DIGITS, WEIGHT_DECIMALS)),
        ("receipts", pa.int64()),
        ("currency", pa.string()),
    ]
)


def write_table(rows: Sequence[Row], currency: str) -> pa.Table:
    """Write rows as a table."""
    return pa.Table.from_pylist([_record(row, currency) for row in rows], SCHEMA)


def _record(row: Row, currency: str) -> dict[str, object]:
    money = {
        "cents": row.base_microcents,
        "low_cents": row.base_low_microcents,
        "high_cents": row.base_high_microcents,
        "surcharge_cents": row.surcharge_microcents,
        "fee_cents": row.fee_microcents,
    }
    weight = None if row.weight is None else Decimal(row.weight).scaleb(-WEIGHT_DECIMALS)
    return {
        **dict(zip(KEYS, row.keys, strict=True)),
        **{name: cents(amount) if row.is_priced else None for name, amount in money.items()},
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "weight": weight,
        "receipts": row.receipts,
        "currency": currency,
    }
