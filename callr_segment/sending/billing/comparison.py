"""What was planned held against what was billed, message by message: the figures and tables of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa

from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.money import cents, checked_sum, decimal_array, in_cents
from callr_segment.errors import InputError
from callr_segment.sending.api.wire import Receipt
from callr_segment.sending.billing.character_evidence import list_characters, list_extensions
from callr_segment.sending.billing.matching import content_of

__all__ = ["Comparison"]


class Comparison:
    """What a reconciliation tells before it is a page: totals, tables and what they teach."""

    def __init__(
        self,
        rows: pd.DataFrame,
        *,
        currency: str | None,
        unmatched: Iterable[Receipt] = (),
        resolved: int = 0,
    ) -> None:
        self._rows = rows
        self.currency = currency
        self.unmatched: tuple[Receipt, ...] = tuple(unmatched)
        self.resolved = resolved

    @property
    def strangers(self) -> tuple[Receipt, ...]:
        """The same as ``unmatched``, by its older name."""
        return self.unmatched

    @cached_property
    def double_sends(self) -> tuple[Receipt, ...]:
        """What of the unmatched was sent once more: all planned messages of its content have their own."""
        open_ = self._rows["state"].isin(["unknown", "planned"])
        contents = list(zip(self._rows["number"], self._rows["text"], strict=True))
        undecided = {content for content, is_open in zip(contents, open_, strict=True) if is_open}
        again = set(contents) - undecided
        return tuple(receipt for receipt in self.unmatched if content_of(receipt) in again)

    def invoice(self) -> pd.DataFrame:
        """Add up the invoice: planned messages, double sends, and what is not of this campaign.

        Columns: line (text), messages (how many are billed, int64), billed_cents (exact decimal, cents).
        """
        double, unmatched = _costs(self.double_sends), _costs(self.unmatched)
        lines = [
            ("planned messages", len(self._billed), self.billed_cents),
            ("double sends", len(double), sum(double, Decimal(0))),
            ("of no planned message", len(unmatched) - len(double), sum(unmatched) - sum(double, Decimal(0))),
        ]
        frame = pd.DataFrame(lines, columns=["line", "messages", "billed_cents"])
        microcents = [int((amount * 10**6).to_integral_value()) for amount in frame["billed_cents"]]
        return _as_cents(frame.assign(billed_cents=pd.Series(microcents, dtype="Int64")), "billed_cents")

    @property
    def invoice_cents(self) -> Decimal:
        """What all receipts come to: those of planned messages, and those of none."""
        return self.billed_cents + sum(_costs(self.unmatched), Decimal(0))

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One line per planned message: what was estimated, what became of it, what was billed.

        Columns: row (of the frame), number, text, forced_encoding, encoding and parts as estimated,
        cost_low_cents, cost_cents and cost_high_cents as estimated, state and why (as in a ledger), sid,
        status, billed_encoding, billed_parts, billed_cents and network as billed, missing where not told.
        """
        names = {"low": "cost_low_cents", "expected": "cost_cents", "high": "cost_high_cents"}
        shown = self._rows.rename(columns={**names, "billed": "billed_cents"})
        return _as_cents(shown, *names.values(), "billed_cents")

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many messages are in each state; of the accepted, how many are billed, and pending."""
        states = self._rows["state"].value_counts()
        found = {name: int(states.get(name, 0)) for name in ("accepted", "rejected", "unknown")}
        is_pending = (self._rows["state"] == "accepted") & self._rows["billed"].isna()
        left_out = {"opted out": int(states["opted_out"])} if states.get("opted_out") else {}
        return {
            "planned": len(self._rows),
            **found,
            "not sent": int(states.get("planned", 0)),
            **left_out,
            "billed": len(self._billed),
            "pending": int(is_pending.sum()),
        }

    @cached_property
    def _billed(self) -> pd.DataFrame:
        return self._rows[self._rows["billed"].notna()]

    @property
    def billed_cents(self) -> Decimal:
        """What was billed so far."""
        return _sum(self._billed["billed"])

    @property
    def estimated_cents(self) -> Decimal:
        """What was expected for just those messages that are billed."""
        return _sum(self._billed["expected"])

    @property
    def estimated_range_cents(self) -> tuple[Decimal, Decimal]:
        """Between what they were estimated to come to."""
        return _sum(self._billed["low"]), _sum(self._billed["high"])

    @property
    def difference_cents(self) -> Decimal:
        """How much more was billed than expected."""
        return self.billed_cents - self.estimated_cents

    def explained(self) -> pd.DataFrame:
        """Tell where the difference comes from: other parts at the expected price, then other prices."""
        billed = self._billed
        by_parts = billed["expected"] * (billed["billed_parts"] - billed["parts"]) // billed["parts"].clip(1)
        by_parts = by_parts.fillna(0).astype("int64")
        by_price = (billed["billed"] - billed["expected"] - by_parts).astype("int64")
        lines = {"parts counted otherwise": by_parts, "prices other than expected": by_price}
        frame = pd.DataFrame(
            {
                "because": list(lines),
                "messages": [int((each != 0).sum()) for each in lines.values()],
                "difference": [int(checked_sum(each.to_numpy())) for each in lines.values()],
            }
        )
        return _as_cents(frame.rename(columns={"difference": "difference_cents"}), "difference_cents")

    def confusion(self, of: str = "parts") -> pd.DataFrame:
        """Count messages by what was estimated and what Callr counted: ``"parts"`` or ``"encoding"``."""
        if of not in ("parts", "encoding"):
            raise InputError(f"there is a confusion of 'parts' and of 'encoding', not of {of!r}", value=of)
        told = self._rows[self._rows[f"billed_{of}"].notna()]
        groups = told.groupby([of, f"billed_{of}"], sort=True)["row"].count()
        return (
            groups.rename("messages")
            .reset_index()
            .rename(columns={of: "estimated", f"billed_{of}": "billed"})
        )

    def failed_but_billed(self) -> pd.DataFrame:
        """List messages that were billed though they did not arrive; nothing documents whether they are."""
        lost = self.rows["status"].isin(["error", "failed", "expired"]).fillna(False)
        return self.rows[lost & (self.rows["billed_cents"] > 0).fillna(False)]

    def learn(self) -> RateCard:
        """Make a rate card of what was billed: prices, and on which networks people are."""
        if self.currency is None:
            raise InputError("the currency is not known: estimate with rates=, whose currency it will be")
        billed = self._billed[self._billed["billed_parts"].fillna(0) > 0]
        frame = _as_cents(billed[["number", "network", "billed_parts", "billed"]], "billed")
        return RateCard.learn(
            frame,
            currency=self.currency,
            parts="billed_parts",
            cost="billed",
            network="network",
            to="number",
            source="reconciliation",
        )

    def characters(self) -> pd.DataFrame:
        """List the characters on which Callr disagreed: texts with them were counted in the other encoding.

        What stands in any message that was billed as GSM makes no message Unicode, and is not listed.
        ``certain`` is true where some message leaves no other to blame.
        """
        return list_characters(self._rows)

    def extension_characters(self) -> pd.DataFrame:
        """Count how Callr took each extension character: as GSM, at two septets, or as Unicode.

        Only messages that tell count: none whose encoding was forced, none that is Unicode for another
        character.
        """
        return list_extensions(self._rows)

    def figures(self) -> dict[str, Any]:
        """Gather the totals for programs: money is in cents, as exact text."""
        low, high = self.estimated_range_cents
        return {
            **{name.replace(" ", "_"): count for name, count in self.counts.items()},
            "resolved": self.resolved,
            "unmatched": len(self.unmatched),
            "strangers": len(self.unmatched),
            "double_sends": len(self.double_sends),
            "currency": self.currency,
            "billed_cents": str(self.billed_cents),
            "double_sends_cents": str(sum(_costs(self.double_sends), Decimal(0))),
            "unmatched_cents": str(sum(_costs(self.unmatched), Decimal(0))),
            "invoice_cents": str(self.invoice_cents),
            "estimated_cents": {"low": str(low), "expected": str(self.estimated_cents), "high": str(high)},
            "difference_cents": str(self.difference_cents),
        }

    @property
    def states(self) -> str:
        """What became of the planned messages, as a sum in words."""
        names = ("accepted", "rejected", "unknown", "not sent", "opted out")
        parts = [f"{self.counts[name]:,} {name}" for name in names if name in self.counts]
        return f"{self.counts['planned']:,} planned = {' + '.join(parts)}"

    def __str__(self) -> str:
        money = f"{in_cents(self.estimated_cents)} cents estimated, {in_cents(self.billed_cents)} billed"
        more = f"; {in_cents(self.invoice_cents)} with what was not planned" if self.unmatched else ""
        return f"{self.states}; {money}{more}"


def _costs(receipts: Iterable[Receipt]) -> list[Decimal]:
    return [receipt.cost_cents for receipt in receipts if receipt.cost_cents is not None]


def _sum(amounts: pd.Series) -> Decimal:
    return cents(checked_sum(amounts.to_numpy(dtype="int64")))


def _as_cents(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Write columns of microcents as exact cents."""
    exact = {
        name: decimal_array(
            frame[name].to_numpy(dtype="int64", na_value=0), frame[name].isna().to_numpy(dtype=bool)
        )
        for name in names
    }
    columns = {
        name: pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([each])), frame.index)
        for name, each in exact.items()
    }
    return frame.assign(**columns)
