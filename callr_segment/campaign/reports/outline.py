"""What there is to say about an estimate: sentences, figures and tables, each cell as it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from numbers import Integral
from typing import Any, NamedTuple

import pandas as pd

from callr_segment._core.records import is_missing, shorten
from callr_segment.campaign.columns.options import OPTIONS
from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.costing.rows import severities
from callr_segment.campaign.rates.money import major
from callr_segment.campaign.reports.provenance import origin_of
from callr_segment.campaign.savings.baseline import baseline_of
from callr_segment.campaign.savings.culprits import list_culprits, list_fields
from callr_segment.campaign.savings.what_ifs import list_what_ifs, repeated
from callr_segment.errors import counted, visible
from callr_segment.text.policy import CODES
from callr_segment.text.rewrites import FOLD, SAFE

__all__ = ["Fact", "Report", "Section", "brief", "outline"]

NONE = "—"
NEAR = 5  # units that a text can lose by one word less
HUNDREDTH = Decimal("0.01")
MEANS = {
    "weights": ("weighted mean", "of the cost, where the network is not known"),
    "learned mix": ("learned mean", "of the cost, where the network is not known"),
    "unweighted mean": ("mean price", "of the cost, where the network is not known"),
    "unknown text": ("unknown text", "of the cost, where the text may take more or fewer parts"),
}
"""What a cost that is not exact is made of: its label, and where."""


class Fact(NamedTuple):
    """A figure: what it is, how much, and what to know about it."""

    label: str
    value: str
    note: str


class Section(NamedTuple):
    """A table: ``align`` is ``l`` or ``r`` by column, ``shares`` a bar from 0 to 1 by row, or none."""

    title: str
    header: tuple[str, ...]
    align: str
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...] = ()
    remark: str = ""
    hidden: int = 0

    @property
    def note(self) -> str:
        """What stands under the table: its remark, or how many rows are not in it."""
        return f"{self.hidden:,} more are not listed." if self.hidden else self.remark

    def cut(self, lines: int) -> Section:
        """Keep the first rows."""
        more = max(len(self.rows) - lines, 0)
        return self._replace(rows=self.rows[:lines], shares=self.shares[:lines], hidden=self.hidden + more)

    @classmethod
    def of(cls, title: str, header: Sequence[str], rows: Iterable[Sequence[object]], **more: Any) -> Section:
        """Write cells as they are shown: numbers to the right, texts so that nothing in them hides."""
        cells = list(rows)
        numeric = [all(map(_is_number, column)) for column in zip(*cells, strict=True)]
        align = "".join("r" if right else "l" for right in numeric)
        shown = tuple(tuple(map(_shown, row)) for row in cells)
        return cls(title, tuple(map(visible, header)), align, shown, **more)


class Report(NamedTuple):
    """All there is to say; ``origin`` is what the figures were made of, so that they can be made again."""

    title: str
    sentences: tuple[str, ...]
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    origin: tuple[tuple[str, str], ...]


def outline(campaign: Costed, *, title: str, problems: int = 50, lines: int = 25) -> Report:
    """Gather what an estimate has to say, with so many problems and so many lines of each other table.

    >>> from callr_segment import estimate
    >>> found = estimate(pd.DataFrame({"name": ["Zoé", "François"]}), text="Bonjour {name}")
    >>> outline(found, title="A test").sentences[1]
    '1 message is Unicode: 70 characters in one part instead of 160.'
    """
    sections = (
        _savings(campaign),
        _fields(campaign),
        _characters(campaign, lines),
        _problem_codes(campaign),
        _groups(campaign, "country", "By country", lines),
        _groups(campaign, "encoding", "By encoding", lines),
        _groups(campaign, "parts", "By parts of a message", lines),
        _problems(campaign, problems),
    )
    return Report(
        visible(title),
        (*_sentences(campaign), *_repeated(campaign)),
        tuple(_facts(campaign)),
        tuple(section for section in sections if section.rows),
        tuple((visible(label), visible(value)) for label, value in _origin(campaign)),
    )


def brief(campaign: Costed) -> Report:
    """Gather what can be said at once, without looking at the rows again.

    >>> from callr_segment import estimate
    >>> found = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
    >>> [fact.value for fact in brief(found).facts]
    ['1', '1', 'unknown']
    """
    problems = _problem_codes(campaign, each="see problems()")
    sections = (problems,) if problems.rows else ()
    return Report("Estimate", tuple(_sentences(campaign)), tuple(_facts(campaign)), sections, ())


def _sentences(campaign: Costed) -> Iterator[str]:
    total, limits = campaign.summary, campaign.plan.limits
    rows, parts = counted(total.rows, "row"), counted(total.parts, "part")
    yield f"{total.messages:,} of {rows} will be sent, in {parts}."
    unicode = total.messages - total.gsm
    if unicode:
        some = counted(unicode, "message is", "messages are")
        who = "All of them are" if unicode == total.messages > 1 else some
        yield f"{who} Unicode: {limits.unicode_single} characters in one part instead of {limits.gsm_single}."
    if given := len(campaign.plan.opted_out):
        yield f"Opted out: {given:,} given, {campaign.opted_out_found:,} found."


def _repeated(campaign: Costed) -> Iterator[str]:
    again = int(repeated(campaign.view(baseline_of)).sum())
    if again:
        some = counted(again, "message goes", "messages go")
        yield f"{some} to a number that already gets one; with duplicates dropped each number gets one."


def _facts(campaign: Costed) -> Iterator[Fact]:
    total = campaign.summary
    yield Fact("messages", f"{total.messages:,}", f"of {counted(total.rows, 'row')}")
    yield Fact("parts", f"{total.parts:,}", f"{_mean(total.parts, total.messages)} per message")
    cost, spread, share = campaign.cost_cents, campaign.cost_range_cents, campaign.exact_share
    if cost is None or spread is None:
        yield Fact("cost", "unknown", "without a rate card that has prices for it")
        return
    low, high = spread
    around = (
        f"{_major(low, campaign):,} to {_major(high, campaign):,}" if low != high else "whatever the network"
    )
    yield Fact("expected cost", f"{_major(cost, campaign):,} {campaign.currency}", around)
    if share is None:
        yield Fact("unpriced", f"{total.unpriced:,}", "messages have no price, and are not in the cost")
    else:
        yield Fact("exact", f"{share:.1%}", "of the cost has no range")
    for basis, part in campaign.basis.items():
        if basis != "exact":
            label, where = MEANS[basis]
            yield Fact(label, f"{part:.1%}", where)


def _savings(campaign: Costed) -> Section:
    found = list_what_ifs(campaign, (SAFE, (SAFE, FOLD), NEAR))
    found = found[found["saved_parts"] > 0]
    costs = () if campaign.cost_cents is None else (f"{campaign.currency} less",)
    return Section.of(
        "What would save most",
        ("change", "messages", "fewer parts", *costs),
        (
            (row.change, row.messages, row.saved_parts, *_costs(row, campaign, "saved_cents"))
            for row in _lines(found)
        ),
        shares=_shares(found["saved_parts"], campaign.parts),
        remark="Each by itself; SAFE is what no reader notices, FOLD what a reader understands.",
    )


def _fields(campaign: Costed) -> Section:
    found = list_fields(campaign)
    return Section.of(
        "Where texts turn Unicode",
        ("field", "messages", "by itself", "extra parts", *_extra(campaign)),
        (
            (row.field, row.messages, row.alone, row.extra_parts, *_costs(row, campaign, "extra_cost_cents"))
            for row in _lines(found)
        ),
        shares=_shares(found["messages"], campaign.messages),
        remark="By itself: messages that would be GSM but for this field, and so many parts less.",
    )


def _characters(campaign: Costed, lines: int) -> Section:
    found = list_culprits(campaign)
    shown = found.head(lines)
    return Section.of(
        "Characters that make them so",
        ("character", "code point", "name", "field", "messages", "instead"),
        (
            (
                *(_seen(row.character), row.code_point, row.name, row.field, row.messages),
                None if is_missing(row.replacement) else f"“{row.replacement}”",
            )
            for row in _lines(shown)
        ),
        shares=_shares(shown["messages"], campaign.messages),
        hidden=max(len(found) - lines, 0),
    )


def _problem_codes(campaign: Costed, *, each: str = "see each of them below") -> Section:
    total, (errors, _) = campaign.summary, severities(campaign.plan)
    left = total.rows - total.messages
    ways_out = {code: info.way_out for code, info in CODES.items()} | {"invalid_number": each}
    return Section.of(
        "What to look at first",
        ("problem", "rows", "outcome", "way out"),
        (
            (_words(code), count, "not sent" if CODES[code].bit & errors else "sent", ways_out.get(code))
            for code, count in total.problems.items()
        ),
        remark=f"{counted(left, 'row is', 'rows are')} not sent, and not in the cost." if left else "",
    )


def _groups(campaign: Costed, key: str, title: str, lines: int) -> Section:
    """Sum messages up by a column, where it says anything of them."""
    groups = campaign.by(key)
    groups = groups[groups["messages"] > 0]
    groups = groups[groups.index.notna()]
    shown = groups.head(lines)
    costs = () if campaign.cost_cents is None else (f"{campaign.currency} expected", "low", "high")
    return Section.of(
        title,
        (key, "messages", "parts", "per message", *costs),
        (
            (
                *(str(name), row.messages, row.parts, _mean(row.parts, row.messages)),
                *_costs(row, campaign, "cost_cents", "cost_low_cents", "cost_high_cents"),
            )
            for name, row in zip(shown.index, _lines(shown), strict=True)
        ),
        shares=_shares(shown["cost_cents"].fillna(0), campaign.cost_cents) if costs else (),
        hidden=max(len(groups) - lines, 0),
    )


def _costs(row: Any, campaign: Costed, *names: str) -> tuple[Any, ...]:
    if campaign.cost_cents is None:
        return ()
    return tuple(_major(getattr(row, name), campaign) for name in names)


def _extra(campaign: Costed) -> tuple[str, ...]:
    return () if campaign.cost_cents is None else (f"{campaign.currency}",)


def _problems(campaign: Costed, lines: int) -> Section:
    found = campaign.problems(limit=lines).sort_values("severity", kind="stable")
    return Section.of(
        "Problems, row by row",
        ("row", "severity", "problem", "value", "way out"),
        (
            (str(row.row), row.severity, _words(row.code), _short(row.value), row.way_out)
            for row in _lines(found.head(lines))
        ),
        hidden=max(sum(campaign.summary.problems.values()) - lines, 0),
    )


def _origin(campaign: Costed) -> Iterator[tuple[str, str]]:
    """Tell everything that the figures depend on."""
    plan, origin = campaign.plan, origin_of(campaign)
    rates, source = origin["rates"], origin["input"]
    yield "made with", f"callr_segment {origin['version']}, {origin['implementation']}"
    yield "alphabet", f"3GPP TS 23.038, sha256 {origin['alphabet_sha256']}"
    yield "limits", "GSM {}, or {} in each part; Unicode {}, or {} in each part".format(*plan.limits)
    yield "rates", "none" if rates is None else "{source}, {currency}, sha256 {sha256}".format(**rates)
    yield "input", f"{counted(source['rows'], 'row')}, sha256 {source['sha256']}"
    yield "numbers", "none" if plan.to is None else f"column {plan.to}"
    yield "invalid numbers", "costed" if plan.invalid == "price" else "left out"
    yield "opted out", counted(origin["opted_out"]["count"], "number")
    for name in OPTIONS:
        setting = getattr(plan, name)
        if setting.column or setting.value:
            yield _words(name), f"column {setting.column}" if setting.column else setting.value
    for name, longest in plan.unknown.items():
        most = longest if isinstance(longest, str) else counted(longest, "character")
        yield f"unknown {name}", f"{most} at most"
    for key, template in plan.templates.items():
        yield "text" if key is None else f"text {key}", template.text


def _lines(frame: pd.DataFrame) -> Iterator[Any]:
    return frame.itertuples(index=False)


def _shares(amounts: Iterable[Any], whole: Any) -> tuple[float, ...]:
    return tuple(float(amount / whole) if whole else 0.0 for amount in amounts)


def _seen(character: str) -> str:
    return character if character.replace("\u200d", "").isprintable() and character != "\u200d" else ""


def _words(name: str) -> str:
    return name.replace("_", " ")


def _mean(total: int, count: int) -> Decimal:
    return (Decimal(total) / max(count, 1)).quantize(HUNDREDTH)


def _major(cents: Any, campaign: Costed) -> Decimal | None:
    """Turn cents into major units, with as many places as the cost of the campaign has."""
    if is_missing(cents):
        return None
    return major(cents, campaign.currency, beside=campaign.cost_cents)


def _short(value: object) -> str | None:
    return None if is_missing(value) else shorten(str(value))


def _is_number(cell: object) -> bool:
    return isinstance(cell, Integral | Decimal)


def _shown(cell: object) -> str:
    if is_missing(cell):
        return NONE
    return f"{cell:,}" if _is_number(cell) else visible(cell)
