"""A campaign that is costed: its rows, their sums, what they were made of. Every view is a function of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import BATCH, arrow_column, widened
from callr_segment.campaign.columns.frames import Frame, to_pandas
from callr_segment.campaign.columns.hashing import hash_table
from callr_segment.campaign.costing.enrichment import NumberSet, enrich_texts
from callr_segment.campaign.costing.groups import group_rows
from callr_segment.campaign.costing.plan import Plan
from callr_segment.campaign.costing.pricing import BASES, COSTS, PROBLEMS, UNKNOWN
from callr_segment.campaign.costing.problems import list_problems
from callr_segment.campaign.costing.summary import Summary
from callr_segment.campaign.costing.unknown_fields import with_unknown
from callr_segment.campaign.rates.money import cents
from callr_segment.errors import InputError, did_you_mean
from callr_segment.text.policy import CODES
from callr_segment.text.rewrites import Rewrite

__all__ = ["Costed", "Progress", "cost_frame", "cost_table"]

Progress = Callable[[int, int], object]
View = TypeVar("View")


def _silent(done: int, total: int) -> None:
    """Report to nobody."""


def cost_table(table: pa.Table, plan: Plan, report: Progress = _silent) -> tuple[pa.Table, Summary]:
    """Cost the rows of a table batch by batch: the enriched rows, and what they sum to."""
    plan.check()
    done, enriched, summary, seen = 0, [], Summary(), NumberSet()
    for batch in table.to_batches(BATCH) or [pa.RecordBatch.from_pylist([], table.schema)]:
        enriched.append(enrich_texts(batch, plan, first_row=done, seen=seen))
        summary += Summary.of(enriched[-1])
        done += len(batch)
        report(done, len(table))
    return pa.Table.from_batches(enriched).unify_dictionaries(), summary


def cost_frame(frame: Frame, plan: Plan, report: Progress = _silent) -> Costed:
    """Cost the rows of a frame.

    >>> frame = Frame(pd.DataFrame({"name": ["Zoé"]}))
    >>> cost_frame(frame, Plan.of(frame.names, text="Bonjour {name}")).parts
    1
    """
    table = plan.read(frame)
    return Costed(plan, frame, table, *cost_table(table, plan, report))


class Costed:
    """The rows of a campaign and what each costs.

    ``source`` is the frame it was made of, ``enriched`` the rows with every problem of theirs (see `enrich`),
    ``summary`` what they sum to. ``before`` is the campaign that was rewritten by ``rules`` to make this one,
    but for the values of ``kept_fields``.
    """

    def __init__(
        self,
        plan: Plan,
        source: Frame,
        table: pa.Table,
        enriched: pa.Table,
        summary: Summary,
        *,
        before: Costed | None = None,
        rules: tuple[Rewrite, ...] = (),
        kept_fields: frozenset[str] = frozenset(),
    ) -> None:
        self.plan = plan
        self.source = source
        self.enriched = enriched
        self.summary = summary
        self.before = before
        self.rules = rules
        self.kept_fields = kept_fields
        self._table = table
        self._views: dict[Callable[[Any], Any], Any] = {}

    @cached_property
    def columns(self) -> pa.Table:
        """The columns it was made of, as texts; most campaigns are never asked what needs them again."""
        return widened(with_unknown(self._table, self.plan))

    def view(self, make: Callable[[Costed], View]) -> View:
        """Return what a function makes of this campaign, made once."""
        if make not in self._views:
            self._views[make] = make(self)
        return self._views[make]

    def costed_with(self, plan: Plan) -> Costed:
        """Cost the same rows by another plan, from scratch."""
        return Costed(plan, self.source, self.columns, *cost_table(self.columns, plan))

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

    @cached_property
    def opted_out_found(self) -> int:
        """How many of the numbers that opted out the frame has, each counted once."""
        if not len(self.plan.opted_out):
            return 0
        rows = self.enriched[PROBLEMS].to_numpy() & CODES["opted_out"].bit != 0
        return int(pc.count_distinct(self.enriched["number"].filter(pa.array(rows))).as_py())

    @property
    def currency(self) -> str | None:
        """Currency of the rate card; None without one."""
        return None if self.plan.rates is None else self.plan.rates.currency

    @property
    def cost_cents(self) -> Decimal | None:
        """Expected cost in cents; None where nothing has a price, never 0 for that reason."""
        return cents(self.summary.expected) if self.summary.priced else None

    @property
    def cost_range_cents(self) -> tuple[Decimal, Decimal] | None:
        """Lowest and highest cost in cents: they differ where networks have several prices."""
        return (cents(self.summary.low), cents(self.summary.high)) if self.summary.priced else None

    @property
    def exact_share(self) -> Decimal | None:
        """Share of the expected cost that has no range, from 0 to 1: ``basis.get("exact", 0)``.

        None where nothing has a price, or where a message that will be sent has none.
        """
        if not self.summary.priced or self.summary.unpriced:
            return None
        return self.basis.get("exact", Decimal(0))

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
        """Return the rows as an Arrow table with the columns of ``rows``, in the order of the frame."""
        rows = self.enriched.drop_columns([PROBLEMS])
        if self.before is not None:
            rows = rows.append_column("parts_before", self.before.enriched["parts"])
            rows = rows.append_column("cost_before_cents", self.before.enriched["cost_cents"])
        return rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row per row of the frame, with its index.

        Columns: ``number`` (E.164 text), ``country``, ``network`` (categories), ``billable`` (bool: it will
        be sent), ``encoding`` (gsm or unicode), ``units``, ``parts``, ``remaining``, ``over_by`` (Int32,
        missing where it will not be sent), ``cost_low_cents``, ``cost_cents``, ``cost_high_cents`` (decimal
        cents, missing where it will not be sent or has no price), ``basis``, ``problem``, ``severity``; after
        ``rewrite`` also ``parts_before`` and ``cost_before_cents``.

        >>> from callr_segment import estimate
        >>> spring = estimate(pd.DataFrame({"name": ["Zoé", None]}), text="Bonjour {name}")
        >>> spring.rows[["billable", "parts"]].values.tolist()
        [[True, 1], [False, <NA>]]
        """
        return self.to_frame()

    def to_frame(self, *, money: Literal["decimal", "float"] = "decimal") -> pd.DataFrame:
        """Return ``rows``; with ``money="float"`` money is for plots and display only: it is not exact."""
        table = self.to_arrow()
        if money == "float":
            for name in COSTS:
                place = table.schema.get_field_index(name)
                table = table.set_column(place, name, table[name].cast(pa.float64()))
        return to_pandas(table, self.source.index)

    def by(self, *keys: str) -> pd.DataFrame:
        """Sum up by columns of ``rows`` or of the frame, the dearest group first.

        The index holds the keys; one called as a figure is ``by_parts`` there and so on. Columns: ``rows``
        (int64), ``messages``, ``parts`` (int64, of what will be sent), ``cost_low_cents``, ``cost_cents``,
        ``cost_high_cents`` (decimal cents, missing where a group has no price, never 0 for that reason).

        >>> from callr_segment import estimate
        >>> spring = estimate(pd.DataFrame({"name": ["Zoé", "An", "Chloë"]}), text="Bonjour {name}")
        >>> spring.by("encoding")["messages"].to_dict()
        {'gsm': 2, 'unicode': 1}
        """
        known = self.to_arrow()
        columns = {key: known[key] if key in known.column_names else self._column(key) for key in keys}
        return group_rows(self.enriched, columns)

    def _column(self, key: str) -> pa.ChunkedArray:
        own = [name for name in self.enriched.column_names if name != PROBLEMS]
        if key not in self.source.names:
            way_out = did_you_mean(key, [*own, *self.source.names])
            raise InputError(f"by({key!r}): no such column; {way_out}", column=key)
        return arrow_column(self.source.column(key), key, utf8=True).texts

    def problems(self, *, limit: int | None = None, first: int | None = None) -> pd.DataFrame:
        """List every problem of every row: where it is, what it is, how grave, and the way out.

        With ``limit``, those of so many rows only, of rows with an error before the others; ``first`` is its
        old name. Columns: ``row`` (label of the index), ``code``, ``severity`` (error or warning), ``field``,
        ``value``, ``way_out`` (texts).

        >>> from callr_segment import estimate
        >>> spring = estimate(pd.DataFrame({"name": ["Zoé", None]}), text="Bonjour {name}")
        >>> spring.problems()[["row", "code"]].values.tolist()
        [[1, 'missing_field']]
        """
        most = first if limit is None else limit
        return list_problems(self.enriched, self.columns, self.plan, self.source.index, limit=most)

    @cached_property
    def input_sha256(self) -> str:
        """A hash of the columns that were used: the same whatever library, index or chunks held them."""
        return hash_table(self.columns, self.plan.columns)
