"""A whole campaign: a frame of recipients in, its parts and its cost out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Unpack

import numpy as np
import pandas as pd

from callr_segment.campaign.budget import Budget, raise_if_over_budget, raise_if_unsendable
from callr_segment.campaign.columns.frames import Frame
from callr_segment.campaign.costing.costed import Costed, Progress, cost_table
from callr_segment.campaign.costing.plan import Options, Plan, showing_options
from callr_segment.campaign.costing.rows import severities
from callr_segment.campaign.files.writing import write_page
from callr_segment.campaign.messages.rendering import texts_of
from callr_segment.campaign.rates.money import major, shown
from callr_segment.campaign.reports.figures import to_json
from callr_segment.campaign.reports.page import brief_html, report_html
from callr_segment.campaign.reports.plots import draw
from callr_segment.campaign.reports.text import report_text
from callr_segment.campaign.savings.baseline import baseline_of
from callr_segment.campaign.savings.culprits import list_culprits, list_fields
from callr_segment.campaign.savings.damage import list_damage
from callr_segment.campaign.savings.near_misses import list_near_misses
from callr_segment.campaign.savings.rewriting import rewritten
from callr_segment.campaign.savings.sensitivity import list_sensitivities
from callr_segment.campaign.savings.what_ifs import (
    WORDING,
    allowed_rules,
    fields_to_keep,
    flat_rules,
    list_what_ifs,
)
from callr_segment.errors import InputError, MissingExtra, counted
from callr_segment.text.policy import CODES
from callr_segment.text.rewrites import SAFE, Rewrite

__all__ = ["Estimate", "estimate"]

LONG = 1_000_000  # rows: a second or so


@showing_options
def estimate(
    frame: Any,
    *,
    plan: Plan | None = None,
    budget: Budget | str | int | Decimal | None = None,
    progress: bool | Progress | None = None,
    **options: Unpack[Options],
) -> Estimate:
    """Tell what sending a text to everybody in a frame will cost, before it is sent.

    ``text`` is a template whose ``{fields}`` are columns, or a mapping of templates from which the column
    ``choose`` picks one for each row; that of ``"*"`` is for all rows that name no other. ``to`` is the
    column of phone numbers. ``country``, ``network``, ``default_region``, ``encoding``, ``traffic`` and
    ``sender`` are each a column, or one value for all; ``consent`` is a column of yes and no, and nobody is
    written to who did not agree, or where it is blank. Without ``rates`` parts and problems are told, and no
    cost. ``exclude`` are numbers that opted out; ``budget`` is in cents, or a Budget with more limits;
    BudgetExceeded is raised when one is passed. ``when`` is the day of sending, today unless told.
    ``invalid="price"`` costs rows whose number is no number, ``duplicates="drop"`` sends to each number
    once. ``unknown`` are fields without a column, such as a code that is made when it is sent, with their
    longest value, or a number of characters: the range is that of `Template.bounds`, what is expected has
    that value, or as many letters. A ``plan`` made before by `Plan.of` stands in for all of these options.

    Raises InputError, with row, column, value and the way out, for what cannot be read as it stands.

    >>> from callr_segment import RateCard
    >>> from callr_segment import RateCard
    >>> frame = pd.DataFrame({"to": ["+33639980102", "+33639980103"], "name": ["Zoé", "François"]})
    >>> card = RateCard({"FR": "4.50"}, currency="EUR")
    >>> spring = estimate(frame, text="Bonjour {name}, STOP au 36105", to="to", rates=card)
    >>> spring.parts, spring.cost_cents
    (2, Decimal('9.000000'))
    """
    source = Frame(frame)
    if plan is None:
        plan = Plan.of(source.names, **options)
    elif options:
        raise InputError(f"plan= has all options, and {next(iter(options))}= is one; give either")
    table = plan.read(source)
    found = Estimate(plan, source, table, *cost_table(table, plan, _reporter(progress, len(table))))
    raise_if_over_budget(budget, found)
    return found


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


class Estimate(Costed):
    """What a campaign comes to: its totals, its rows, why it costs that, and how to pay less.

    * Figures: ``messages``, ``parts``, ``units``, ``currency``, ``cost_cents``, ``cost_range_cents``,
      ``exact_share``, ``basis``. Money is in cents of ``currency``.
    * Rows: ``rows``, ``to_frame``, ``to_arrow``, ``by``, ``problems``, ``changes``.
    * Why: ``culprits``, ``damage``, ``near_misses``, ``sensitivity``.
    * Less: ``what_if``, ``rewrite``, ``best``.
    * Out: ``to_text``, ``to_html``, ``to_json``, ``plot``; it is a table of Arrow, too.
    * Guards and origin: ``raise_for_problems``; ``plan``, ``summary``, ``input_sha256``.

    ``messages`` are the rows that will be sent, ``parts`` what is billed for them. Rows with an error are in
    ``rows``, without counts and cost, and outside the totals.
    """

    def culprits(self, by: Literal["character", "field"] = "character") -> pd.DataFrame:
        """Tell which characters force Unicode, in which field or the template's own text, and what it costs.

        One line per character and field, the most frequent first; an emoji is one as a whole, whatever joins
        it. Columns: ``field`` ("(template)" is the
        template's own text), ``character``, ``code_point``, ``name`` (texts), ``messages`` (int64, those it
        occurs in), ``alone`` (of these, where it is the only culprit), ``together`` (the others),
        ``extra_parts`` (int64) and ``extra_cost_cents`` (decimal cents, missing without a price): what the
        messages it is alone in would come to less if GSM had it; ``example_row`` (label of the index),
        ``replacement`` and ``rule`` (what SAFE or FOLD would make of it), ``damage`` (what it is a sign of).
        With ``by="field"`` each field is blamed as one, without the columns about a character.

        >>> spring = estimate(pd.DataFrame({"name": ["Zoë"]}), text="Bonjour {name}")
        >>> spring.culprits()[["field", "character", "messages"]].values.tolist()
        [['name', 'ë', 1]]
        """
        listing = {"character": list_culprits, "field": list_fields}
        if by not in listing:
            raise InputError(f"by must be one of {', '.join(listing)}, not {by!r}", value=by)
        return listing[by](self)

    def damage(self) -> pd.DataFrame:
        """Name what was done to the texts before they came here: in which field, in how many messages.

        Wrong encodings, HTML entities, accents apart from their letters, invisible characters, spaces at the
        end. Columns: ``damage``, ``field`` (texts), ``messages`` (int64), ``example_row`` (label of the
        index), ``way_out`` (text).

        >>> spring = estimate(pd.DataFrame({"name": ["Zoé "]}), text="Bonjour {name}")
        >>> spring.damage()[["damage", "field"]].values.tolist()
        [['spaces at the end', 'name']]
        """
        return list_damage(self)

    def near_misses(self, units: int = 5) -> pd.DataFrame:
        """Tell how many messages are just over an edge, and what ending a little earlier would save.

        One line for each number of ``units`` (the index) up to ``units``. Columns: ``messages`` (int64, those
        that have a part fewer if they end so many units earlier), ``parts`` (int64) and ``cost_cents``
        (decimal cents, missing without a price) that this saves. A unit is a septet of GSM, where ``€`` and
        others are two, and a UTF-16 code unit, where emoji are two. No more than 64, by default limits:
        beyond it two parts may go at once. Raises InputError for more.

        >>> spring = estimate(pd.DataFrame({"name": ["a" * 161]}), text="{name}")
        >>> spring.near_misses(1)["parts"].tolist()
        [1]
        """
        return list_near_misses(self, units)

    def what_if(self, *changes: Any, keep_fields: str | Iterable[str] = ()) -> pd.DataFrame:
        """Tell what would be paid if something were different, the greatest saving first.

        A change is a Rewrite, or a tuple of them such as SAFE, applied only where it saves a part; a mapping
        of words of the templates to other words, alone or in a tuple with rules; a number of units that every
        message ends earlier; or another RateCard. Without changes the usual ones are tried. Each line is what
        estimating the changed campaign from scratch would say, by itself, so savings of two lines do not add
        up: ask for both as one change. Rules leave the values of ``keep_fields`` as they are.

        Columns: ``change`` (text), ``messages`` (int64, those that change), ``characters`` (int64, those
        replaced), ``parts`` (int64, of the campaign then), ``saved_parts`` (int64), ``cost_cents``,
        ``saved_cents`` (decimal cents, missing where nothing has a price, or another card lacks some).

        >>> spring = estimate(pd.DataFrame({"name": ["Zoé"]}), text="{name}, l’été arrive" + "!" * 80)
        >>> spring.what_if(SAFE)[["change", "messages", "characters", "saved_parts"]].values.tolist()
        [['SAFE', 1, 1, 1]]
        """
        return list_what_ifs(self, changes, fields_to_keep(self, keep_fields))

    def sensitivity(self, *, failed: str | int | Decimal = "0.02") -> pd.DataFrame:
        """Tell how far off the estimate would be if what it rests on were otherwise.

        One line for each doubt: whether ``€`` and the other extension characters are GSM, whether parts are a
        plain division, how long tokens will be, which networks the numbers are on, and whether the share
        ``failed`` of messages is billed. Columns: ``doubt`` (text), ``parts``, ``more_parts`` (int64),
        ``cost_cents``, ``more_cents`` (decimal cents, missing without a price), ``line`` (it in words).

        >>> spring = estimate(pd.DataFrame({"name": ["Zoé"]}), text="{name}, -20 €" + "!" * 80)
        >>> spring.sensitivity()["line"][0]
        'if € and the other extension characters are not GSM: 1 part more'
        """
        return list_sensitivities(self, failed=failed)

    def rewrite(
        self, *rules: Rewrite | tuple[Rewrite, ...], keep_fields: str | Iterable[str] = ()
    ) -> Estimate:
        """Estimate the same campaign with its messages rewritten, each only where that saves a part.

        Without rules: SAFE. Of the rules, each message has those applied that save the most. The ``rows`` of
        the new estimate show ``parts_before`` and ``cost_before_cents`` too, and ``changes()`` the texts.

        ``keep_fields`` are columns whose values stay as they are, so that François stays François; so do
        those of the columns that are options, ``to`` and the others, and in an estimate that was rewritten
        already the texts that had to be made as a whole. Raises InputError for what is no column.

        >>> spring = estimate(pd.DataFrame({"name": ["Zoé"]}), text="{name}, l’été arrive" + "!" * 80)
        >>> spring.parts, spring.rewrite(SAFE).parts
        (2, 1)
        >>> spring = estimate(pd.DataFrame({"name": ["Zoë"]}), text="{name}, l’été" + "!" * 140)
        >>> [spring.best(keep_fields=kept).parts for kept in ((), "name")]
        [1, 3]
        """
        return self.rewritten(flat_rules(rules or SAFE), fields_to_keep(self, keep_fields))

    def best(self, *, keep: str | Iterable[str] = WORDING, keep_fields: str | Iterable[str] = ()) -> Estimate:
        """Estimate the campaign as cheap as rewriting makes it, leaving alone what is to be kept.

        ``keep`` are names of rules that must not be used: of SAFE and FOLD, "currency", "greek" or "emoji",
        the last three unless told otherwise. ``keep_fields`` are columns whose values stay as they are, as
        in `rewrite`. No rewrite by the rules that are left costs less.

        >>> spring = estimate(pd.DataFrame({"name": ["Zoë"]}), text="{name}, c’est l’été" + "!" * 80)
        >>> spring.best().parts
        1
        """
        return self.rewritten(allowed_rules(keep), fields_to_keep(self, keep_fields))

    def rewritten(self, rules: tuple[Rewrite, ...], kept: frozenset[str] = frozenset()) -> Estimate:
        """Estimate the campaign as rules have it: what ``rewrite`` and ``best`` do with theirs."""
        table, plan = rewritten(self, rules, kept)
        costed = cost_table(table, plan)
        return Estimate(plan, self.source, table, *costed, before=self, rules=rules, kept_fields=kept)

    def changes(self, *, limit: int = 100, first: int | None = None) -> pd.DataFrame:
        """Show messages before and after they were rewritten, the first ``limit`` of them.

        One line for each message, with the index of the frame; none if nothing was rewritten. Columns:
        ``text_before``, ``text`` (texts), ``parts_before``, ``parts`` (int32). ``first`` is the old name of
        ``limit``.

        >>> spring = estimate(pd.DataFrame({"name": ["Zoé"]}), text="{name}, l’été arrive" + "!" * 80)
        >>> spring.rewrite(SAFE).changes()["text"].str[:16].tolist()
        ["Zoé, l'été arriv"]
        """
        before = self if self.before is None else self.before
        then, now = (each.view(baseline_of).parts for each in (before, self))
        rows = np.flatnonzero(now < then)[: limit if first is None else first]
        lines = {
            "text_before": texts_of(before.columns, before.plan, rows).to_pylist(),
            "text": texts_of(self.columns, self.plan, rows).to_pylist(),
            "parts_before": then[rows],
            "parts": now[rows],
        }
        return pd.DataFrame(lines, index=self.source.index.take(rows))

    def to_json(self) -> str:
        """Write the figures, and what they were made of, as JSON: money in cents as exact text.

        Version, hashes of the alphabet, the rates and the input, and every option are in its ``origin``;
        ``callr-segment verify`` makes the estimate again from them and compares. No recipient is in it.

        >>> spring = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
        >>> '"parts": 1,' in spring.to_json()
        True
        """
        return to_json(self)

    def to_text(self, *, title: str = "SMS campaign", limit: int = 12) -> str:
        """Write a report for people as plain text, with so many lines of each table.

        >>> spring = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
        >>> spring.to_text(title="Spring").splitlines()[2]
        '1 of 1 row will be sent, in 1 part.'
        """
        return report_text(self, title=title, lines=limit)

    def to_html(
        self, path: str | Path | None = None, *, title: str = "SMS campaign", force: bool = False
    ) -> str:
        """Return the report for people as one self-contained HTML page; with ``path``, also write it there.

        Raises InputError if the file exists, unless ``force``.

        >>> spring = estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
        >>> "<h1>Spring</h1>" in spring.to_html(title="Spring")
        True
        """
        page = report_html(self, title=title)
        if path is not None:
            write_page(page, Path(path), force=force)
        return page

    def raise_for_problems(self) -> None:
        """Raise InvalidMessage if a row cannot be sent; never for a warning.

        Its ``problems`` are the first of them, with the label of the row. Without errors nothing happens.
        """
        raise_if_unsendable(self)

    def plot(self, what: Literal["all", "causes", "lengths", "culprits"] = "all") -> Any:
        """Draw why the campaign costs what it does; the answer is a matplotlib Figure.

        ``causes`` add up from one part for each message to the cost; ``lengths`` are a histogram of units,
        with the walls behind which a part more is billed; ``culprits`` are the characters that force Unicode,
        and how many messages were GSM again without the first so many of them.
        """
        return draw(self, what)

    def __repr__(self) -> str:
        total, (errors, _) = self.summary, severities(self.plan)
        lines = [
            f"Estimate of {total.rows:,} rows",
            f"  {total.messages:,} messages to send, {total.gsm:,} of them GSM",
            f"  {total.parts:,} parts, {total.units:,} units",
            f"  {_cost_line(self)}",
        ]
        if given := len(self.plan.opted_out):
            lines.append(f"  opted out: {given:,} given, {self.opted_out_found:,} found")
        for code, count in total.problems.items():
            severity = "error" if errors & CODES[code].bit else "warning"
            lines.append(f"  {count:,} × {code} ({severity})")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return brief_html(self)


def _cost_line(found: Estimate) -> str:
    cost, around, total = found.cost_cents, found.cost_range_cents, found.summary
    if cost is None or around is None:
        return "no cost: no rate card was given, or it has no price for any of them"
    low, high = (f"{major(amount, found.currency, beside=cost):,}" for amount in around)
    made = ", ".join(f"{share:.1%} of it {basis}" for basis, share in found.basis.items())
    how = "exactly" if around[0] == around[1] else f"between {low} and {high}, {made}"
    lacking = f"; {counted(total.unpriced, 'message')} without a price" if total.unpriced else ""
    return f"{shown(cost, found.currency)} expected, {how}{lacking}"
