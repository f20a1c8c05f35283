"""The options that say what is sent to whom: recipients, texts, and what is to be known of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

import callr_segment as sms
from callr_segment.campaign.costing.plan import DEFAULTS
from callr_segment.campaign.files import tables, texts
from callr_segment.cli.price_options import Prices, read_card
from callr_segment.cli.terminal import progress_bar
from callr_segment.errors import InputError
from callr_segment.typing import Errors

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Campaign", "TableFile", "estimated", "read_once", "rows_named_as_in"]


def _table_file(_: object, path: Path | None) -> None:
    """Refuse an option that is none, and was taken for a file because ``-`` is one."""
    if path and path.name.startswith("-") and path.name != "-":
        raise ValueError(f"unknown option {path}")


TableFile = Annotated[Path, Parameter(allow_leading_hyphen=True, validator=_table_file)]
"""A file of recipients; ``-`` is standard input."""


@Parameter(name="*")
@dataclass(frozen=True)
class Campaign:
    """What is sent to whom.

    Country, network, region, encoding, traffic and sender are each a column, or one value for all rows.

    :param text: The text, with columns as `{fields}`; `@file` reads it from a file.
    :param templates: Several texts: a JSON object of names and texts.
    :param choose: The column that names the text of each row.
    :param to: The column of phone numbers.
    :param country: Country of the number, where the number itself does not tell.
    :param network: MCC and MNC, such as 20801.
    :param region: Where numbers without a calling code are dialled, such as FR.
    :param encoding: Force gsm or unicode.
    :param errors: What becomes of a text that a forced gsm cannot carry.
    :param traffic: marketing or alerting.
    :param sender: Sender of the messages.
    :param consent: Column of yes and no (oui, 1, true …): who did not agree, or says nothing, is left out.
    :param when: Day of sending, for rate cards with dates; today by default.
    :param duplicates: Whether a number that comes again is sent to again.
    :param invalid: Whether a row without a valid number is left out, or priced by its country.
    :param unknown: A field without a column and its longest value, `code=000000`; may be repeated.
    :param exclude: Numbers that opted out: one on each line of a .txt, or a table; - is standard input.
    :param exclude_sheet: The sheet of a workbook of them, by name or by number; the first unless told.
    :param exclude_header: The row with the names of its columns, where it is not found.
    :param file_encoding: Encoding of a CSV that is not UTF-8, such as cp1252.
    :param separator: What is between the cells of a CSV, if it is not found; `tab` is one.
    :param sheet: The sheet of a workbook, by name or by number; the first unless told.
    :param header: The row with the names of the columns, where it is not found.
    """

    text: str | None = None
    templates: Path | None = None
    choose: str | None = None
    to: str | None = None
    country: str | None = None
    network: str | None = None
    region: str | None = None
    encoding: str | None = None
    errors: Errors = "strict"
    traffic: str = "marketing"
    sender: str | None = None
    consent: str | None = None
    when: date | None = None
    duplicates: Literal["keep", "drop"] = "keep"
    invalid: Literal["exclude", "price"] = "exclude"
    unknown: Annotated[tuple[str, ...], Parameter(show_default=False)] = ()
    exclude: TableFile | None = None
    exclude_sheet: str | None = None
    exclude_header: int | None = None
    file_encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    header: int | None = None

    def plan(self, columns: tuple[str, ...], card: sms.RateCard | None) -> sms.Plan:
        """Read the options against the columns there are."""
        shared = {name: getattr(self, name) for name in DEFAULTS if name != "text" and hasattr(self, name)}
        opted_out = self.exclude and tables.read_numbers(
            self.exclude,
            column=self.to,
            file_encoding=self.file_encoding,
            sheet=self.exclude_sheet,
            header=self.exclude_header,
        )
        shared |= {"unknown": _unknown(self), "exclude": opted_out, "default_region": self.region}
        return sms.Plan.of(columns, text=_wording(self), rates=card, **shared)


def estimated(
    file: Path, campaign: Campaign, prices: Prices, *, budget: sms.Budget | None, shown: bool
) -> tuple[sms.Estimate, pd.DataFrame]:
    """Read a campaign's recipients and cost it; ``shown`` is whether a bar may tell how far that is."""
    read_once(file, campaign.exclude)
    table = tables.open_table(
        file,
        sheet=campaign.sheet,
        header=campaign.header,
        file_encoding=campaign.file_encoding,
        separator=campaign.separator,
    )
    plan = campaign.plan(table.names, read_card(prices))
    with progress_bar(shown=shown) as progress:
        frame = table.read(plan.given)
        with rows_named_as_in(frame):
            found = sms.estimate(frame, plan=plan, budget=budget, progress=progress)
    return found, frame


def read_once(*files: Path | None) -> None:
    """Refuse standard input for two files."""
    if files.count(Path("-")) > 1:
        raise InputError("standard input is one file; give the recipients, or --exclude, by name")


def _wording(campaign: Campaign) -> str | dict[str, str]:
    text, templates = campaign.text, campaign.templates
    if text is not None and templates is None:
        return texts.read_text(Path(text[1:])) if text.startswith("@") else text
    if text is not None or templates is None:
        raise InputError(
            "say what to send: --text 'Bonjour {name}', or --templates texts.json --choose column"
        )
    if campaign.choose is None:
        raise InputError("--templates needs --choose, the column that names the text of each row")
    return texts.read_templates(templates)


def _unknown(campaign: Campaign) -> dict[str, str]:
    """Read `code=000000`, field by field."""
    longest: dict[str, str] = {}
    for each in campaign.unknown:
        name, equals, value = each.partition("=")
        if not (name and equals):
            raise InputError(f"--unknown {each!r} is not like code=000000", value=each)
        longest[name.strip()] = value
    return longest


@contextmanager
def rows_named_as_in(frame: pd.DataFrame) -> Iterator[None]:
    """Call a row in an error what the file calls it."""
    try:
        yield
    except InputError as error:
        if not isinstance(error.row, int) or str(error).startswith("exclude"):
            raise
        row = frame.index[error.row]
        message = str(error).replace(f"row {error.row}", f"row {row}", 1)
        raise InputError(message, row=row, column=error.column, value=error.value) from error
