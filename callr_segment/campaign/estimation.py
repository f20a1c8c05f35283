"""A whole campaign: a frame of recipients in, its parts and its cost out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.campaign.budget import Budget, hold_to, refuse_problems
from callr_segment.campaign.columns.arrow import BATCH, DUPLICATE, arrow_column, as_mask, widened
from callr_segment.campaign.columns.frames import Frame, to_pandas
from callr_segment.campaign.columns.hashing import hash_table
from callr_segment.campaign.columns.options import read_settings
from callr_segment.campaign.costing.enrichment import enrich, severities
from callr_segment.campaign.costing.groups import group_rows
from callr_segment.campaign.costing.plan import Plan, check_choices, check_kinds
from callr_segment.campaign.costing.pricing import BASES, COSTS, PROBLEMS, UNKNOWN
from callr_segment.campaign.costing.problems import list_problems
from callr_segment.campaign.costing.summary import Summary
from callr_segment.campaign.costing.unknown_fields import unknown_values, widen_range, with_unknown
from callr_segment.campaign.messages.rendering import texts_of
from callr_segment.campaign.messages.wording import read_templates
from callr_segment.campaign.rates.card import RateCard
from callr_segment.campaign.rates.money import cents, from_decimal_array
from callr_segment.campaign.recipients.audience import read_audience, read_numbers
from callr_segment.campaign.savings.baseline import Billed, numbers_and_prices
from callr_segment.campaign.savings.culprits import list_culprits, list_damage, list_fields
from callr_segment.campaign.savings.rewriting import Rewriter, reword
from callr_segment.campaign.savings.sensitivity import list_sensitivities
from callr_segment.campaign.savings.what_ifs import (
    WORDING,
    allowed_rules,
    flat_rules,
    list_near_misses,
    list_what_ifs,
)
from callr_segment.errors import InputError, MissingExtra, did_you_mean
from callr_segment.text.policy import CODES, POLICY, Policy
from callr_segment.text.rewrites import SAFE, Rewrite
from callr_segment.text.template import Template

__all__ = ["Estimate", "estimate"]

LONG = 1_000_000  # rows: a second or so

Progress = Callable[[int, int], object]


def estimate(
    frame: Any,
    *,
    text: str | Template | Mapping[str, str | Template],
    to: str | None = None,
    rates: RateCard | None = None,
    choose: str | None = None,
    country: str | None = None,
    network: str | None = None,
    default_region: str | None = None,
    encoding: str | None = None,
    traffic: str = "marketing",
    sender: str | None = None,
    limits: Limits | None = None,
    errors: Literal["strict", "replace", "rewrite"] = "strict",
    when: date | None = None,
    duplicates: Literal["keep", "drop"] = "keep",
    invalid: Literal["exclude", "price"] = "exclude",
    exclude: Iterable[str] | None = None,
    unknown: Mapping[str, str | int] | None = None,
    policy: Policy = POLICY,
    budget: Budget | str | int | Decimal | None = None,
    progress: bool | Progress | None = None,
) -> Estimate:
    """Tell what sending a text to everybody in a frame will cost, before it is sent.

    ``text`` is a template whose ``{fields}`` are columns, or a mapping of templates from which the column
    ``choose`` picks one for each row. ``to`` is the column of phone numbers. ``country``, ``network``,
    ``default_region``, ``encoding``, ``traffic`` and ``sender`` are each a column, or one value for all.
    Without ``rates`` parts and problems are told, and no cost. ``exclude`` are numbers that opted out;
    ``budget`` is in cents, or a Budget with more limits; BudgetExceeded is raised when one is passed.
    ``invalid="price"`` costs rows whose number is no number, ``duplicates="drop"`` sends to each number
    once. ``unknown`` are fields without a column, such as a code that is made when it is sent, with their
    longest value, or a number of characters: the range is that of `Template.bounds`, what is expected has
    that value, or as many letters.

    >>> frame = pd.DataFrame({"to": ["+33639980102", "+33639980103"], "name": ["Zoé", "François"]})
    >>> card = RateCard({"FR": "4.50"}, currency="EUR")
    >>> found = estimate(frame, text="Bonjour {name}, STOP au 36105", to="to", rates=card)
    >>> found.parts, found.cost_cents
    (2, Decimal('9.000000'))
    """
    check_choices(errors=errors, duplicates=duplicates, invalid=invalid)
    check_kinds(rates=rates, policy=policy, exclude=exclude, when=when, limits=limits)
    if to is None and (default_region or exclude is not None or duplicates == "drop"):
        raise InputError("default_region, exclude and duplicates are about numbers: pass to= their column")
    source = Frame(frame)
    options = {"country": country, "network": network, "default_region": default_region}
    options |= {"encoding": encoding, "traffic": traffic, "sender": sender}
    named: dict[str, Any] = {
        **read_settings(source.names, options),
        "unknown": unknown_values(unknown, source.names),
    }
    texts = read_templates(text, choose, (*source.names, *named["unknown"]))
    opted_out = read_numbers(exclude, named["default_region"])
    day = when or date.today()
    plan = Plan(
        texts, choose, to=to, rates=rates, limits=Limits(*limits or LIMITS), errors=errors, when=day,
        invalid=invalid, opted_out=opted_out, policy=policy, **named
    )  # fmt: skip
    table = with_unknown(plan.read(source), plan)
    if duplicates == "drop":
        table = table.append_column(DUPLICATE, [_duplicates(table, plan)])
    rows, summary = _enrich_all(table, plan, _reporter(progress, len(table)))
    return hold_to(budget, Estimate(plan, source, table, rows, summary))


def _duplicates(table: pa.Table, plan: Plan) -> pa.Array:
    """Mark every row that could be sent but for a row before it to the same number."""
    rows, _ = _enrich_all(table, plan, lambda done, total: None)
    errors, _ = severities(plan)
    numbers = np.concatenate(
        [np.zeros(0, np.uint64), *(read_audience(widened(b), plan).numbers for b in table.to_batches(BATCH))]
    )
    sendable = (rows[PROBLEMS].to_numpy() & errors == 0) & (numbers != 0)
    marks = np.zeros(len(table), bool)
    marks[sendable] = pd.Series(numbers[sendable]).duplicated()
    return pa.array(marks)


def _enrich_all(table: pa.Table, plan: Plan, report: Progress) -> tuple[pa.Table, Summary]:
    done, enriched, summary = 0, [], Summary()
    for batch in table.to_batches(BATCH) or [pa.RecordBatch.from_pylist([], table.schema)]:
        found = enrich(batch, plan, first_row=done)
        enriched.append(widen_range(found, batch, plan, first_row=done) if plan.unknown else found)
        summary += Summary.of(enriched[-1])
        done += len(batch)
        report(done, len(table))
    return pa.Table.from_batches(enriched).unify_dictionaries(), summary


def _reporter(progress: bool | Progress | None, total: int) -> Progress:
    """Show a bar when asked, or on a terminal when it will take a while; or call what was given."""
    if callable(progress):
        return progress
    if progress is None:
        progress = total >= LONG and sys.stderr.isatty()
    if not progress:
        return lambda done, total: None
    try:
        from tqdm.auto import tqdm  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise MissingExtra('a progress bar needs pip install "callr-segment[cli]"') from error
    bar = tqdm(total=total, unit=" rows", unit_scale=True)
    return lambda done, total: (bar.update(done - bar.n), done < total or bar.close())


class Estimate:
    """What a campaign comes to: its totals, its rows, and the problems in it.

    ``messages`` are the rows that will be sent, ``parts`` what is billed for them; money is in cents of
    ``currency``. Rows with an error are in ``rows``, without a cost, and outside the totals.
    """

    def __init__(
        self,
        plan: Plan,
        source: Frame,
        table: pa.Table,
        enriched: pa.Table,
        summary: Summary,
        *,
        before: Estimate | None = None,
        rules: tuple[Rewrite, ...] = (),
    ) -> None:
        self._before = before
        self._rules = rules
        self.plan = plan
        self.summary = summary
        self._source = source
        self._as_it_is = table
        self._enriched = enriched

    @property
    def columns(self) -> pa.Table:
        """The columns it was made from, as texts."""
        return self._table

    @cached_property
    def _table(self) -> pa.Table:
        """The columns it was made from, as texts; most estimates are never asked what needs them again."""
        return widened(self._as_it_is)

    @property
    def messages(self) -> int:
        """How many rows will be sent."""
        return self.summary.messages

    @property
    def parts(self) -> int:
        """How many parts will be billed."""
        return self.summary.parts

    @property
    def units(self) -> int:
        """Septets and UTF-16 code units of all messages."""
        return self.summary.units

    @property
    def currency(self) -> str | None:
        """Currency of the rate card; None without one."""
        return None if self.plan.rates is None else self.plan.rates.currency

    @property
    def cost_cents(self) -> Decimal | None:
        """Expected cost; None where nothing has a price, never 0 for that reason."""
        return cents(self.summary.expected) if self.summary.priced else None

    @property
    def cost_range_cents(self) -> tuple[Decimal, Decimal] | None:
        """Lowest and highest cost: they differ where networks have several prices."""
        return (cents(self.summary.low), cents(self.summary.high)) if self.summary.priced else None

    @property
    def exact_share(self) -> Decimal | None:
        """Share of the expected cost that has no range, from 0 to 1."""
        if not self.summary.expected:
            return Decimal(1) if self.summary.priced else None
        return Decimal(self.summary.exact) / Decimal(self.summary.expected)

    @property
    def basis(self) -> dict[str, Decimal]:
        """How the expected cost was made, as shares of it: "exact", "weights" and so on.

        Exact has but one price. Elsewhere the network is not known, and the price is a mean of those of the
        networks: by the weights of the card, by a mix learned from receipts, or each alike ("unweighted
        mean"); or the parts are not known ("unknown text"). Empty where nothing has a price.
        """
        total = self.summary
        if not total.expected:
            return {"exact": Decimal(1)} if total.priced else {}
        known = (total.exact, total.weighted, total.learned)
        rest = total.expected - sum(known) - total.unknown
        made = zip((*BASES, UNKNOWN), (*known, rest, total.unknown), strict=True)
        return {basis: Decimal(amount) / total.expected for basis, amount in made if amount}

    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table, one per row of the frame, in its order."""
        rows = self._enriched.drop_columns([PROBLEMS])
        if self._before is not None:
            rows = rows.append_column("parts_before", self._before._enriched["parts"])
            rows = rows.append_column("cost_before_cents", self._before._enriched["cost_cents"])
        return rows

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row per row of the frame, with its index: number, country, parts, cost, problem."""
        return self.to_frame()

    def to_frame(self, *, money: Literal["decimal", "float"] = "decimal") -> pd.DataFrame:
        """Return the rows as a frame; ``money="float"`` is for plots and display only: it is not exact."""
        table = self.to_arrow()
        if money == "float":
            floats = {name: table[name].cast(pa.float64()) for name in COSTS}
            for name, column in floats.items():
                table = table.set_column(table.schema.get_field_index(name), name, column)
        return to_pandas(table, self._source.index)

    def by(self, *keys: str) -> pd.DataFrame:
        """Sum up by columns of ``rows`` or of the frame: rows, messages, parts and cost of each group.

        The cost of a group without any price is missing, never 0.
        """
        known = self.to_arrow()
        columns = {key: known[key] if key in known.column_names else self._column(key) for key in keys}
        return group_rows(self._enriched, columns)

    def _column(self, key: str) -> pa.ChunkedArray:
        own = [name for name in self._enriched.column_names if name != PROBLEMS]
        if key not in self._source.names:
            way_out = did_you_mean(key, [*own, *self._source.names])
            raise InputError(f"by({key!r}): no such column; {way_out}", column=key)
        return arrow_column(self._source.column(key), key, utf8=True).texts

    def culprits(self, by: Literal["character", "field"] = "character") -> pd.DataFrame:
        """Tell which characters force Unicode, in which field or the template's own text, and what it costs.

        ``messages`` are those it stands in: ``alone``, or ``together`` with other culprits. The extra parts
        and cost, in cents, are what the messages it is alone in would come to less if GSM had it; those with
        others would stay Unicode. ``replacement`` is what SAFE or FOLD, the ``rule``, would make of it, and
        ``damage`` says where the character is a sign of one. With ``by="field"`` each field is blamed as one.
        """
        listing = {"character": list_culprits, "field": list_fields}
        if by not in listing:
            raise InputError(f"by must be one of {', '.join(listing)}, not {by!r}", value=by)
        return listing[by](self._billed, self._rewriter)

    def damage(self) -> pd.DataFrame:
        """Name what was done to the texts before they came here: in which field, in how many messages.

        Wrong encodings, HTML entities, accents apart from their letters, invisible characters, spaces at the
        end; each with an example and the way out.
        """
        return list_damage(self._billed)

    def near_misses(self, units: int = 5) -> pd.DataFrame:
        """Tell how many messages are just over an edge, and what ending a little earlier would save.

        One line for each number of units up to ``units``: the messages that have a part fewer if they end so
        many units earlier, the parts and the cost in cents that this saves. A unit is a septet of GSM, where
        ``€`` and others are two, and a UTF-16 code unit, where emoji are two. No more than 64, by default
        limits: beyond it two parts may go at once.
        """
        return list_near_misses(self._billed, units)

    def what_if(self, *changes: Any) -> pd.DataFrame:
        """Tell what would be paid if something were different, the greatest saving first.

        A change is a Rewrite, or a tuple of them such as SAFE, applied only where it saves a part; a mapping
        of words of the templates to other words, alone or in a tuple with rules; a number of units that every
        message ends earlier; or another RateCard. Without changes the usual ones are tried. Each line is by
        itself, against this estimate, so savings of two lines do not add up: ask for both as one change.

        >>> found = estimate(pd.DataFrame({"name": ["Zoé"]}), text="{name}, l’été arrive" + "!" * 80)
        >>> found.what_if(SAFE)[["change", "messages", "characters", "saved_parts"]].values.tolist()
        [['SAFE', 1, 1, 1]]
        """
        return list_what_ifs(self._billed, self._rewriter, changes)

    def sensitivity(self, *, failed: str | int | Decimal = "0.02") -> pd.DataFrame:
        """Tell how far off the estimate would be if what it rests on were otherwise.

        One line for each doubt, with the parts and the cost in cents it would come to, and in words. Doubts
        are whether ``€`` and the other extension characters are GSM, whether parts are a plain division, how
        long tokens will be, which networks the numbers are on, and whether the share ``failed`` of messages
        is billed.

        >>> found = estimate(pd.DataFrame({"name": ["Zoé"]}), text="{name}, -20 €" + "!" * 80)
        >>> found.sensitivity()["line"][0]
        'if € and the other extension characters are not GSM: 1 part more'
        """
        return list_sensitivities(self._billed, self.summary, failed=failed)

    def rewrite(self, *rules: Rewrite | tuple[Rewrite, ...]) -> Estimate:
        """Estimate the same campaign with its messages rewritten, each only where that saves a part.

        Without rules: SAFE. Of the rules, each message has those applied that save the most. The ``rows`` of
        the new estimate show ``parts_before`` and ``cost_before_cents`` too, and ``changes()`` the texts.
        """
        return self._rewritten(flat_rules(rules or SAFE))

    def best(self, *, keep: str | Iterable[str] = WORDING) -> Estimate:
        """Estimate the campaign as cheap as rewriting makes it, leaving alone what is to be kept.

        ``keep`` are names of rules that must not be used: of SAFE and FOLD, "currency", "greek" or "emoji",
        the last three unless told otherwise. No rewrite by the rules that are left costs less.
        """
        return self._rewritten(allowed_rules(keep))

    def _rewritten(self, rules: tuple[Rewrite, ...]) -> Estimate:
        table, plan = reword(self._billed, self._rewriter.rewrite(rules, texts=True))
        rows, summary = _enrich_all(table, plan, _reporter(False, len(table)))
        return Estimate(plan, self._source, table, rows, summary, before=self, rules=rules)

    def changes(self, *, first: int = 100) -> pd.DataFrame:
        """Show messages before and after they were rewritten, the first so many of them.

        One line for each message: its text and parts, before and after; none if nothing was rewritten.
        """
        before = self if self._before is None else self._before
        rows = np.flatnonzero(self._billed.parts < before._billed.parts)[:first]
        found = {
            "text_before": texts_of(before._table, before.plan, rows).to_pylist(),
            "text": texts_of(self._table, self.plan, rows).to_pylist(),
            "parts_before": before._billed.parts[rows],
            "parts": self._billed.parts[rows],
        }
        return pd.DataFrame(found, index=self._source.index.take(rows))

    @cached_property
    def _billed(self) -> Billed:
        """Everything about the rows that savings are made of."""
        sent = ~as_mask(pc.equal(self._enriched["severity"].cast(pa.string()), "error"))
        units, parts, over_by = (
            self._enriched[name].fill_null(0).to_numpy() for name in ("units", "parts", "over_by")
        )
        is_gsm = as_mask(pc.equal(self._enriched["encoding"].cast(pa.string()), "gsm"))
        numbers, prices = numbers_and_prices(self._table, self.plan)
        costs, _ = from_decimal_array(self._enriched["cost_cents"])
        return Billed(
            table=self._table, plan=self.plan, sent=sent, is_gsm=is_gsm, units=units,
            parts=np.where(sent, parts, 0), over_by=over_by, costs=costs, prices=prices,
            problems=self._enriched[PROBLEMS].to_numpy(), numbers=numbers, labels=self._source.index,
        )  # fmt: skip

    @cached_property
    def _rewriter(self) -> Rewriter:
        return Rewriter(self._billed)

    @cached_property
    def input_sha256(self) -> str:
        """A hash of the columns that were used: the same whatever library, index or chunks held them."""
        return hash_table(self._table, self.plan.columns)

    def to_json(self) -> str:
        """Write the figures, and what they were made of, as JSON: money in cents as exact text.

        Version, hashes of the alphabet, the rates and the input, and every option are in its ``origin``;
        ``callr-segment verify`` makes the estimate again from them and compares. No recipient is in it.

        >>> found = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
        >>> '"parts": 1,' in found.to_json()
        True
        """
        from callr_segment.campaign.reports.outline import to_json  # noqa: PLC0415 (it makes them of estimates)

        return to_json(self)

    def to_html(
        self, path: str | Path | None = None, *, title: str = "SMS campaign", force: bool = False
    ) -> str:
        """Write a report for people as one HTML page that needs nothing else, to a new .html too.

        ``force`` replaces a file; without it one that is there already raises InputError and stays.

        >>> found = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
        >>> "<h1>Spring</h1>" in found.to_html(title="Spring")
        True
        """
        from callr_segment.campaign.files.writing import write_page  # noqa: PLC0415 (only where one is written)
        from callr_segment.campaign.reports.page import report_html  # noqa: PLC0415 (it reports on estimates)

        page = report_html(self, title=title)
        if path is not None:
            write_page(page, Path(path), force=force)
        return page

    def raise_for_problems(self) -> None:
        """Raise InvalidMessage if a row cannot be sent; never for a warning.

        Its ``problems`` are the first of them, with the label of the row. Without errors nothing happens.
        """
        refuse_problems(self)

    def problems(self, *, first: int | None = None) -> pd.DataFrame:
        """Every problem of every row: where it is, what it is, how grave, and the way out.

        With ``first``, those of so many rows only, of rows with an error before the others.
        """
        return list_problems(self._enriched, self._table, self.plan, self._source.index, first=first)

    def plot(self, what: Literal["all", "causes", "lengths", "culprits"] = "all") -> Any:
        """Draw why the campaign costs what it does; the answer is a matplotlib Figure.

        ``causes`` add up from one part for each message to the cost; ``lengths`` are a histogram of units,
        with the walls behind which a part more is billed; ``culprits`` are the characters that force Unicode,
        and how many messages were GSM again without the first so many of them.
        """
        from callr_segment.campaign.reports.plots import draw  # noqa: PLC0415 (it draws estimates)

        return draw(self, what)

    def __repr__(self) -> str:
        return _describe(self)

    def _repr_html_(self) -> str:
        from callr_segment.campaign.reports.page import brief_html  # noqa: PLC0415 (it reports on estimates)

        return brief_html(self)


def _describe(found: Estimate) -> str:
    """Write an estimate in a few lines."""
    total = found.summary
    lines = [
        f"Estimate of {total.rows:,} rows",
        f"  {total.messages:,} messages to send, {total.gsm:,} of them GSM",
        f"  {total.parts:,} parts, {total.units:,} units",
        f"  {_cost_line(found)}",
    ]
    lines += [f"  {count:,} × {code} ({_severity(found, code)})" for code, count in total.problems.items()]
    return "\n".join(lines)


def _cost_line(found: Estimate) -> str:
    if found.cost_cents is None or found.cost_range_cents is None or found.exact_share is None:
        return "no cost: no rate card was given, or it has no price for any of them"
    low, high = (amount / 100 for amount in found.cost_range_cents)
    made = ", ".join(f"{share:.1%} of it {basis}" for basis, share in found.basis.items())
    spread = "exactly" if low == high else f"between {low:,.2f} and {high:,.2f}, {made}"
    return f"{found.cost_cents / 100:,.2f} {found.currency} expected, {spread}"


def _severity(found: Estimate, code: str) -> str:
    errors, _ = severities(found.plan)
    return "error" if errors & CODES[code].bit else "warning"
