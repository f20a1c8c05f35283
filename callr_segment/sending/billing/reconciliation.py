"""What was estimated against what was billed: message by message, and what the difference teaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from callr_segment.errors import InputError
from callr_segment.sending.api.requests import Page
from callr_segment.sending.api.webhooks import STATUS, StatusEvent
from callr_segment.sending.api.wire import Receipt
from callr_segment.sending.billing.comparison import Comparison
from callr_segment.sending.billing.matching import (
    beside,
    by_content,
    of_estimate,
    of_ledger,
    read_receipts,
)
from callr_segment.sending.billing.outline import outline
from callr_segment.sending.ledger.book import Ledger
from callr_segment.sending.ledger.clocks import is_in_time, middle_difference
from callr_segment.sending.ledger.lock_file import Locked
from callr_segment.sending.ledger.receipt_columns import to_json

if TYPE_CHECKING:
    from callr_segment.campaign.estimation import Estimate
    from callr_segment.sending.ledger.reading import Delivery

__all__ = ["Reconciliation", "Searcher", "find_receipts", "reconcile"]

_MOST_TO_A_NUMBER = 1_000


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
    Raises InputError for receipts that cannot be read, LedgerError for a ledger that holds no plan, or was
    purged.

    >>> import pandas as pd
    >>> from callr_segment import RateCard, estimate
    >>> frame = pd.DataFrame({"to": ["+33612345678", "+33612345679"], "name": ["Zoé", "Léa"]})
    >>> card = RateCard({"FR": "4.50"}, currency="EUR")
    >>> found = estimate(frame, text="Bonjour {name} STOP", to="to", rates=card)
    >>> billed = pd.DataFrame({"to": ["+33612345678"], "parts": [1], "cost": ["5.10"]})
    >>> print(reconcile(found, billed))
    2 planned = 1 accepted + 0 rejected + 1 unknown + 0 not sent; 4.50 cents estimated, 5.10 billed
    """
    if not isinstance(planned, Ledger) and not hasattr(planned, "enriched"):
        raise InputError(f"a {type(planned).__name__} is neither a Ledger nor an Estimate: pass one of them")
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
    ledger.refuse_without_plan()
    own = {each.sid: each for each in ledger.deliveries("accepted", "rejected") if each.sid}
    _write_own(ledger, own, told)
    others = [receipt for receipt in told if receipt.sid not in own]
    open_ = _unknown(ledger) if others else []
    resolved = list(_resolved(open_, others, _clock_difference(own.values())))
    for row, receipt in resolved:
        ledger.confirm(row, receipt)
    settled = {receipt.sid for _, receipt in resolved}
    left = [receipt for receipt in others if receipt.sid not in settled or receipt.sid is None]
    _, currency = ledger.planned_cost_cents()
    return Reconciliation(of_ledger(ledger), currency=currency, unmatched=left, resolved=len(resolved))


def _unknown(ledger: Ledger) -> list[Delivery]:
    """List what may be settled: what is in flight just now is not."""
    if ledger.counts().in_flight:
        with suppress(Locked):
            ledger.end_interrupted()
    return [each for each in ledger.unknown() if each.why is not None]


def _write_own(ledger: Ledger, own: Mapping[str, Delivery], told: list[Receipt]) -> None:
    """Write into the ledger what is news of its messages, as webhooks would have told it."""
    events = []
    for receipt in told:
        delivery = own.get(receipt.sid or "")
        known = None if delivery is None else delivery.receipt
        if known is not None and known.joined(receipt) != known:
            name = sha256(to_json(receipt).encode()).hexdigest()
            events.append(StatusEvent(id=f"reconciled {name}", type=STATUS, receipt=receipt))
    if events:
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


class Reconciliation(Comparison):
    """What was planned, what was billed, and where they differ; money is in cents of ``currency``.

    ``rows`` has a line for each planned message. ``unmatched`` are receipts of no planned message, or of any
    of several; of those, ``double_sends`` are of the number and text of one that has its own. ``resolved`` is
    how many messages were unknown before. ``invoice_cents`` is all of it, line by line in ``invoice()``.
    """

    def to_html(
        self, path: str | Path | None = None, *, title: str = "Estimated and billed", force: bool = False
    ) -> str:
        """Write it as one HTML page that needs nothing else, to a new .html too; ``force`` replaces one."""
        from callr_segment.campaign.files.writing import write_page  # noqa: PLC0415
        from callr_segment.campaign.reports.page import render_html  # noqa: PLC0415

        page = render_html(outline(self, title=title))
        if path is not None:
            write_page(page, Path(path), force=force)
        return page

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return f"<Reconciliation: {self}>"
