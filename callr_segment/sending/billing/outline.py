"""What a reconciliation has to say, as a report."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from callr_segment.campaign.rates.money import major
from callr_segment.campaign.reports.outline import Fact, Report, Section
from callr_segment.errors import RateError, counted, visible
from callr_segment.sending.billing.comparison import Comparison
from callr_segment.version import __version__

__all__ = ["outline"]

_LINES = 25


def outline(found: Comparison, *, title: str) -> Report:
    """Gather what is to be said: figures, and a table for each way in which a bill may differ."""
    invoice = found.invoice() if found.unmatched else found.rows.iloc[:0]
    sections = (
        _section("What the invoice adds up to", invoice, found),
        _section("Where the difference comes from", found.explained(), found),
        _section("Parts", found.confusion("parts"), found, "Estimated by row, as Callr counted them beside."),
        _section("Encodings", found.confusion("encoding"), found),
        _section(
            "Extension characters",
            found.extension_characters(),
            found,
            "Whether Callr takes € and its like as GSM is documented nowhere: this is what it did.",
        ),
        _section("Characters that Callr read otherwise", _characters(found), found),
        _section("Billed though not delivered", _lost(found), found),
        _section("Prices that were billed", _prices(found), found),
    )
    shown = tuple(section.cut(_LINES) for section in sections if section.rows)
    origin = (("made by", f"callr_segment {__version__}"), ("currency", found.currency or "not known"))
    return Report(visible(title), tuple(_sentences(found)), tuple(_facts(found)), shown, origin)


def _sentences(found: Comparison) -> Iterator[str]:
    counts = found.counts
    yield f"{found.states}."
    if pending := counts["pending"]:
        are = counted(pending, "of the accepted is", "of the accepted are")
        yield f"{are} not billed yet: their receipts tell no cost."
    if counts["unknown"]:
        yield f"{counts['unknown']:,} may have been sent: look for them before anything is sent again."
    if double := len(found.double_sends):
        are = counted(double, "receipt is of a message that was", "receipts are of messages that were")
        yield f"{are} sent once more."
    if others := len(found.unmatched) - double:
        are = counted(others, "receipt is", "receipts are")
        yield f"{are} of no message of this plan, or of any of several."


def _facts(found: Comparison) -> Iterator[Fact]:
    low, high = found.estimated_range_cents
    billed, difference = found.billed_cents, found.difference_cents
    spread = "whatever the network" if low == high else f"{_major(low, found):,} to {_major(high, found):,}"
    yield Fact(
        "billed",
        f"{_major(billed, found):,} {found.currency or ''}".strip(),
        f"for {counted(found.counts['billed'], 'message')}",
    )
    yield Fact("estimated for them", f"{_major(found.estimated_cents, found):,}", spread)
    share = f"{difference / found.estimated_cents:+.2%}" if found.estimated_cents else "of nothing"
    yield Fact("difference", f"{_major(difference, found):+,}", share)


def _characters(found: Comparison) -> pd.DataFrame:
    blamed = found.characters()
    return blamed.assign(certain=["yes" if each else "no" for each in blamed["certain"]])


def _lost(found: Comparison) -> pd.DataFrame:
    lost = found.failed_but_billed()
    return lost[["row", "status", "parts", "billed_cents"]]


def _prices(found: Comparison) -> Any:
    try:
        card = found.learn().to_arrow().to_pandas()
    except RateError:
        return found.rows.iloc[:0]
    return card[["country", "network", "cents", "receipts"]]


def _section(title: str, frame: pd.DataFrame, found: Comparison, remark: str = "") -> Section:
    """Show a frame as it is, its cents as major units."""
    money = [name for name in frame.columns if name.endswith("_cents")]
    shown = frame.astype(dict.fromkeys(money, object))
    for name in money:
        shown[name] = pd.Series([_major(each, found) for each in frame[name]], frame.index, dtype=object)
    header = [name.removesuffix("_cents").replace("_", " ") for name in shown.columns]
    return Section.of(title, header, shown.itertuples(index=False, name=None), remark=remark)


def _major(cents: Decimal, found: Comparison) -> Decimal:
    """Turn cents into major units, all of a report to as many places as its sum has."""
    return major(cents, found.currency, beside=found.billed_cents)
