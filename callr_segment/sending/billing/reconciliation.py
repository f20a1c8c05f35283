"""What was estimated against what was billed: message by message, and what the difference teaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa

from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.money import cents, checked_sum, decimal_array
from callr_segment.errors import InputError
from callr_segment.sending.api.requests import Page
from callr_segment.sending.api.webhooks import STATUS, StatusEvent
from callr_segment.sending.api.wire import Receipt
from callr_segment.sending.billing.character_evidence import list_characters, list_extensions
from callr_segment.sending.billing.matching import (
    beside,
    by_content,
    content_of,
    of_estimate,
    of_ledger,
    read_receipts,
)
from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.clocks import is_in_time, middle_difference
from callr_segment.sending.ledger.receipt_columns import to_json

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate
    from callr_segment.sending.ledger.book import Delivery

__all__ = ["Reconciliation", "Searcher", "find_receipts", "reconcile"]

_MOST_TO_A_NUMBER = 1_000
_HUNDREDTH = Decimal("0.01")


class Searcher(Protocol):
    """What lists SMS that were sent: a Client."""

    def search(self, *, to: str, limit: int, offset: int) -> Page:
        """List those to a number, a page at a time."""
        ...


def reconcile(planned: Ledger | Estimate, receipts: Any = None) -> Reconciliation:
    """Hold what was billed against what was estimated, so that the whole equals the invoice.

    ``planned`` is a ledger, or the estimate of a campaign that your own code sent. ``receipts`` is what Callr
    answered: a frame, a list of SMS objects or of Receipt, or the path of a table or of JSON. A ledger has
    its own; of others, those of its own messages are written into it, and those of unknown messages settle
    them: of the same number and text, created while it was sent, where there are no more of them than
    messages. Nothing is ever sent for it. What belongs to no planned message stands on lines of its own.
    Raises InputError for receipts that cannot be read.

    >>> from callr_segment import RateCard, estimate
    >>> frame = pd.DataFrame({"to": ["+33612345678", "+33612345679"], "name": ["Zoé", "Léa"]})
    >>> card = RateCard({"FR": "4.50"}, currency="EUR")
    >>> found = estimate(frame, text="Bonjour {name} STOP", to="to", rates=card)
    >>> billed = pd.DataFrame({"to": ["+33612345678"], "parts": [1], "cost": ["5.10"]})
    >>> print(reconcile(found, billed))
    2 planned = 1 accepted + 0 rejected + 1 unknown + 0 not sent; 4.50 cents estimated, 5.10 billed
    """
    told = [] if receipts is None else read_receipts(receipts)
    if isinstance(planned, Ledger):
        return _of_ledger(planned, told)
    if receipts is None:
        raise InputError("an estimate does not know what was billed: pass receipts, or a ledger instead")
    if told and all(receipt.to is None for receipt in told):
        raise InputError("no receipt tells its number, by which an estimate knows them: add a column 'to'")
    rows, left = beside(of_estimate(planned), told)
    return Reconciliation(rows, currency=planned.currency, unmatched=left)


def _of_ledger(ledger: Ledger, told: list[Receipt]) -> Reconciliation:
    own = {each.sid: each for each in ledger.deliveries("accepted", "rejected") if each.sid}
    _write_own(ledger, own, told)
    others = [receipt for receipt in told if receipt.sid not in own]
    resolved = list(_resolved(ledger.unknown(), others, _clock_difference(own.values())))
    for row, receipt in resolved:
        ledger.confirm(row, receipt)
    settled = {receipt.sid for _, receipt in resolved}
    left = [receipt for receipt in others if receipt.sid not in settled or receipt.sid is None]
    _, currency = ledger.planned_cost_cents()
    return Reconciliation(of_ledger(ledger), currency=currency, unmatched=left, resolved=len(resolved))


def _write_own(ledger: Ledger, own: Mapping[str, Delivery], told: list[Receipt]) -> None:
    """Write into the ledger what is news of its messages, as webhooks would have told it."""
    events = []
    for receipt in told:
        delivery = own.get(receipt.sid or "")
        known = None if delivery is None else delivery.receipt
        if known is not None and known.joined(receipt) != known:
            name = sha256(to_json(receipt).encode()).hexdigest()
            events.append(StatusEvent(id=f"reconciled {name}", type=STATUS, receipt=receipt))
    ledger.record_many(events)


def _clock_difference(own: Iterable[Delivery]) -> timedelta:
    """Tell by how much Callr's clock is ahead of this one's, from what was accepted."""
    told = [(each.receipt.created, each.claimed_at) for each in own if each.receipt]
    return middle_difference([created - claimed for created, claimed in told if created and claimed])


def _resolved(
    unknown: list[Delivery], told: list[Receipt], difference: timedelta
) -> Iterator[tuple[int, Receipt]]:
    """Pair unknown messages with receipts, where there is nothing to choose: they are alike, and enough."""
    alike: dict[tuple[str | None, str | None], list[Delivery]] = {}
    for each in unknown:
        alike.setdefault((each.number, each.text), []).append(each)
    waiting = by_content(receipt for receipt in told if receipt.sid)
    for key, messages in alike.items():
        in_time = [
            receipt
            for receipt in waiting.get(key, [])
            if any(_may_be(receipt, each, difference) for each in messages)
        ]
        if len(in_time) <= len(messages):
            yield from ((each.row, receipt) for each, receipt in zip(messages, in_time, strict=False))


def _may_be(receipt: Receipt, each: Delivery, difference: timedelta) -> bool:
    if each.claimed_at is None:
        return True
    clocks = {timedelta(), difference}
    return any(is_in_time(receipt, each.claimed_at, each.answered_at, clock) for clock in clocks)


def find_receipts(client: Searcher, ledger: Ledger) -> list[Receipt]:
    """Ask Callr for every SMS to the numbers of messages whose outcome, or cost, a ledger does not know.

    The search is by number alone, which is what the guide is surest of; `reconcile` compares the texts. Where
    Callr lists more than 1,000 to one number, none of them is returned: nobody could say which is which.

    >>> class NothingFound:
    ...     def search(self, **filters):
    ...         return Page(receipts=(), offset=0, total=0, has_more=False)
    >>> with Ledger("campaign.ledger") as ledger:
    ...     find_receipts(NothingFound(), ledger)
    []
    """
    open_ = [*ledger.unknown(), *(each for each in ledger.deliveries("accepted") if not _is_billed(each))]
    found: list[Receipt] = []
    for number in sorted({each.number for each in open_ if each.number}):
        found += _listed(client, number)
    return found


def _is_billed(each: Delivery) -> bool:
    return each.receipt is not None and each.receipt.cost_cents is not None


def _listed(client: Searcher, number: str) -> list[Receipt]:
    """List what Callr has of a number, for as long as each page brings something new."""
    found: dict[str | None, Receipt] = {}
    offset = 0
    while offset < _MOST_TO_A_NUMBER:
        page = client.search(to=number, limit=100, offset=offset)
        known = len(found)
        found.update({each.sid: each for each in page.receipts})
        offset += len(page.receipts)
        if not page.has_more or len(found) == known:
            return list(found.values())
    return []


class Reconciliation:
    """What was planned, what was billed, and where they differ; money is in cents of ``currency``.

    ``rows`` has a line for each planned message. ``unmatched`` are receipts of no planned message, or of any
    of several; of those, ``double_sends`` are of the number and text of one that has its own. ``resolved`` is
    how many messages were unknown before. ``invoice_cents`` is all of it, line by line in ``invoice()``.
    """

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
        self.unmatched = tuple(unmatched)
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

    def to_html(
        self, path: str | Path | None = None, *, title: str = "Estimated and billed", force: bool = False
    ) -> str:
        """Write it as one HTML page that needs nothing else, to a new .html too; ``force`` replaces one."""
        from callr_segment.campaign.files.writing import write_page  # noqa: PLC0415
        from callr_segment.campaign.reports.page import render_html  # noqa: PLC0415
        from callr_segment.sending.billing.outline import outline  # noqa: PLC0415

        page = render_html(outline(self, title=title))
        if path is not None:
            write_page(page, Path(path), force=force)
        return page

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        states = [
            name
            for name in ("accepted", "rejected", "unknown", "not sent", "opted out")
            if name in self.counts
        ]
        sums = " + ".join(f"{self.counts[name]:,} {name}" for name in states)
        money = f"{_plain(self.estimated_cents)} cents estimated, {_plain(self.billed_cents)} billed"
        more = f"; {_plain(self.invoice_cents)} with what was not planned" if self.unmatched else ""
        return f"{self.counts['planned']:,} planned = {sums}; {money}{more}"

    def __repr__(self) -> str:
        return f"<Reconciliation: {self}>"


def _costs(receipts: Iterable[Receipt]) -> list[Decimal]:
    return [receipt.cost_cents for receipt in receipts if receipt.cost_cents is not None]


def _sum(amounts: pd.Series) -> Decimal:
    return cents(checked_sum(amounts.to_numpy(dtype="int64")))


def _plain(amount: Decimal) -> str:
    """Write an amount with the decimals it has, at least two."""
    return (
        f"{amount.quantize(_HUNDREDTH) if amount == amount.quantize(_HUNDREDTH) else amount.normalize():,f}"
    )


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
