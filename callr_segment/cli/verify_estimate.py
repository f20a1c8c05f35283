"""``callr-segment verify``: an estimate that was written as JSON, made again and compared."""

from __future__ import annotations

from pathlib import Path

from callr_segment.campaign.files import tables, texts
from callr_segment.campaign.reports.figures import figures
from callr_segment.campaign.verification import Difference, RecordedEstimate, list_differences
from callr_segment.cli.campaign_options import TableFile, read_once, rows_named_as_in
from callr_segment.cli.console import FINE, PROBLEMS, print_json, say
from callr_segment.cli.price_options import Prices, read_card
from callr_segment.cli.terminal import progress_bar
from callr_segment.errors import visible

__all__ = ["verify"]


def verify(
    estimate: Path,
    recipients: TableFile,
    /,
    *,
    prices: Prices = Prices(),
    exclude: TableFile | None = None,
    exclude_sheet: str | None = None,
    exclude_header: int | None = None,
    json: bool = False,
    no_progress: bool = False,
    file_encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
) -> int:
    """Make an estimate again from its recipients and rates, and say what differs.

    Texts and options are those in the estimate. It ends with 0 where input, rates and figures are the same,
    with 1 where one of them is not, and with 2 where a file cannot be read.

    :param estimate: What `callr-segment estimate --json` printed, or `Estimate.to_json()` wrote.
    :param recipients: Recipients: .csv, .tsv, .parquet or .xlsx, with the columns it was made of;
        - is standard input.
    :param exclude: Numbers that had opted out; - is standard input.
    :param exclude_sheet: The sheet of a workbook of them, by name or by number; the first unless told.
    :param exclude_header: The row with the names of its columns, where it is not found.
    :param json: Print JSON.
    :param no_progress: Show no progress bar.
    :param file_encoding: Encoding of a CSV that is not UTF-8, such as cp1252.
    :param separator: What is between the cells of a CSV, if it is not found; `tab` is one.
    :param sheet: The sheet of a workbook of recipients, by name or by number; the first unless told.
    :param header: The row with the names of the columns, where it is not found.
    """
    read_once(recipients, exclude)
    with tables.naming(estimate):
        record = RecordedEstimate(texts.read_text(estimate))
    card = read_card(prices)
    opted_out = exclude and tables.read_numbers(
        exclude,
        column=record.options["to"],
        file_encoding=file_encoding,
        sheet=exclude_sheet,
        header=exclude_header,
    )
    table = tables.open_table(
        recipients, sheet=sheet, header=header, file_encoding=file_encoding, separator=separator
    )
    with progress_bar(shown=not no_progress) as progress:
        frame = table.read(record.columns)
        with rows_named_as_in(frame):
            found = record.remake(frame, rates=card, exclude=opted_out, progress=progress)
    differences = list_differences(record.figures, figures(found))
    same = not any(each.matters for each in differences)
    if json:
        print_json({"same": same, "differences": [each._asdict() for each in differences]})
    else:
        _tell(differences)
    if same:
        return FINE
    return say(f"{estimate.name} is not the estimate of {recipients.name}: {_blame(differences)}", PROBLEMS)


def _tell(differences: list[Difference]) -> None:
    for each in differences:
        print(visible(each))
    if not any(each.matters for each in differences):
        print("the figures are the same, of the same input")


def _blame(differences: list[Difference]) -> str:
    """Name the cause: what went in, else the program, else the file."""
    causes = [each.what for each in differences if each.is_cause]
    if causes:
        return f"{' and '.join(causes)} changed"
    return "the figures differ though nothing they depend on does; the file may have been edited"
