"""Recipients as people keep them: each is the number it means, or an error with row, value and way out."""

import gzip
import io
import os
import re
import threading
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

import callr_segment as sms
from callr_segment import InputError

pytestmark = [pytest.mark.once, pytest.mark.filterwarnings("ignore:column 'to' holds numbers")]
ONE, TWO = "+33612345678", "+33612345679"


def read_back(frame, **options):
    """Cost a frame: the number of each row, or the problem that keeps it from being sent."""
    found = sms.estimate(frame, text="Bonjour, STOP au 36105", to="to", **{"default_region": "FR", **options})
    rows = found.rows
    kept_back = rows["problem"].astype("str").where(~rows["billable"].astype(bool))
    return kept_back.where(kept_back.notna(), rows["number"].astype("str")).tolist()


TEXT_FILES = {
    "semicolons": (f"to;nom\n{ONE};a\n06 12 34 56 79;b\n", [ONE, TWO]),
    "one column": (f"to\n{ONE}\n0612345679\n", [ONE, TWO]),
    "a total": (f"to;nom\n{ONE};a\nTOTAL;1\n", [ONE]),
    "empty rows": (f"to;nom\n\n{ONE};a\n;\n\n0612345679;b\n\n", [ONE, TWO]),
    "a note": (f"to;nom\n{ONE};a\nExporté le 12/03/2026;\n", [ONE, "invalid_number"]),
    "a header again": (f"to;nom\n{ONE};a\nto;nom\n0612345679;b\n", [ONE, "invalid_number", TWO]),
    "a formula": (f'to;nom\n="0612345678";a\n={TWO};b\n', [ONE, TWO]),
    "an empty last column": (f"to;nom;\n{ONE};a;\n", [ONE]),
    "scientific": ("to;nom\n3,36123E+10;a\n3.36E+10;b\n336123e5;c\n", ["invalid_number"] * 3),
    "decimals": ("to;nom\n33612345678.0;a\n612345679,00;b\n", [ONE, TWO]),
    "errors": (f"to;nom\n{ONE};#N/A\n#N/A;x\n#REF!;y\n", [ONE, "invalid_number", "invalid_number"]),
    "two in a cell": ("to;nom\n06 12 34 56 78 / 06 12 34 56 79;a\n", ["invalid_number"]),
    "quotes": (f'"to","nom"\n"{ONE}","a"\n"06 12 34 56 79","b, c"\n', [ONE, TWO]),
    "bars": (f"to|nom\n{ONE}|a\n", [ONE]),
    "a title": (f"Contacts 2026;;\n;;\nto;nom;ville\n{ONE};a;Lyon\n", [ONE]),
}


@pytest.mark.parametrize("name", TEXT_FILES)
@pytest.mark.filterwarnings("ignore:.*taken for a total")
def test_a_text_file_of_recipients_is_read(name):
    text, numbers = TEXT_FILES[name]
    assert read_back(sms.read(io.StringIO(text))) == numbers
    assert read_back(sms.read(io.BytesIO(text.encode("utf-16")))) == numbers
    assert read_back(sms.read(io.BytesIO(gzip.compress(text.replace("\n", "\r\n").encode())))) == numbers


def test_recipients_may_come_through_a_pipe(tmp_path):
    path = tmp_path / "people.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(f"to;nom\n{ONE};a\n".encode(),))
    writer.start()
    assert read_back(sms.read(path)) == [ONE]
    writer.join()


def workbook(cells, columns=("to",)):
    file = io.BytesIO()
    pd.DataFrame(cells, columns=list(columns), dtype=object).to_excel(file, index=False)
    file.seek(0)
    return file


CELLS = {
    "a text": ("06 12 34 56 78", ONE),
    "an apostrophe": ("'0612345678", ONE),
    "a whole number": (612345678, ONE),
    "a whole number with its code": (33612345678, ONE),
    "a decimal that is whole": (612345678.0, ONE),
    "a decimal with its code": (33612345678.0, ONE),
    "sixteen digits": (3361234567812345.0, "invalid_number"),
    "scientific text": ("3.36E+10", "invalid_number"),
    "an error": ("#N/A", "invalid_number"),
    "a date as text": ("01/03/2026", "invalid_number"),
}
NO_CELLS = {
    "half a number": (612345678.5, "612345678.5"),
    "far too large": (3.36e20, r"3.36e\+20"),
    "a date": (date(2026, 3, 1), "2026, 3, 1"),
    "a moment": (datetime(2026, 3, 1, 9, 30), "2026, 3, 1"),
    "a truth": (True, "True"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_of_a_workbook_is_the_number_it_means(name):
    cell, number = CELLS[name]
    assert read_back(sms.read(workbook([[cell]]))) == [number]
    assert read_back(sms.read(workbook([["+33612345670"], [cell]]), columns=["to"])) == [
        "+33612345670",
        number,
    ]


@pytest.mark.parametrize("name", NO_CELLS)
def test_a_cell_of_a_workbook_that_is_no_number_is_refused(name):
    cell, said = NO_CELLS[name]
    rows = [["0612345679"], [cell]]
    with pytest.raises(InputError, match=said) as caught:
        read_back(sms.read(workbook(rows)))
    assert caught.value.row == 1
    with pytest.raises(
        InputError, match=r"row 3, column 'to': .*; write it in the sheet as the text"
    ) as caught:
        sms.read(workbook(rows), columns=["to"])
    assert (caught.value.row, caught.value.column) == (3, "to")


def test_a_formula_that_no_program_computed_is_refused():
    with pytest.raises(
        InputError, match=re.escape('row 2, column \'to\': ="06"&"12345678" is a formula without a result')
    ):
        sms.read(workbook([['="06"&"12345678"']]))


def test_columns_that_are_not_texts_are_as_they_are_and_do_not_stop_a_workbook():
    rows = [["0612345678", date(1990, 2, 3), 19.9, 7], ["0612345679", None, 20, 8]]
    frame = sms.read(workbook(rows, ("to", "born", "amount", "count")))
    assert read_back(frame) == [ONE, TWO]
    assert frame["born"].tolist() == [date(1990, 2, 3), None]
    assert frame["amount"].tolist() == [19.9, 20]
    assert frame["count"].tolist() == ["7", "8"]
    assert frame.index.tolist() == [2, 3]
    with pytest.raises(InputError, match="born"):
        sms.estimate(frame, text="{born}")


def test_a_number_that_a_spreadsheet_took_the_zero_of_is_refused_where_zeros_belong_to_numbers():
    cells = [["a", 612345678.5], ["b", 612345678]]
    frame = sms.read(workbook(cells, ("nom", "to")))
    assert read_back(frame[1:], default_region="IT") == ["lost_zero"]


FRAMES = {
    "decimals": ([612345678.0, np.nan], [ONE, "invalid_number"]),
    "whole numbers": (pd.array([612345678, None], "Int64"), [ONE, "invalid_number"]),
    "a mixture": (np.array([612345678.0, "06 12 34 56 79", None, 33612345670], object),
                  [ONE, TWO, "invalid_number", "+33612345670"]),
    "categories": (pd.Categorical([ONE, "n/a"]), [ONE, "invalid_number"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
def test_a_column_of_a_frame_is_the_numbers_it_means(name):
    cells, numbers = FRAMES[name]
    assert read_back(pd.DataFrame({"to": cells})) == numbers


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([612345678.5], "row 0: 612345678.5 is no whole number"),
        ([-612345678], "row 0: -612345678 is no whole number"),
        ([np.inf], "row 0: inf is no whole number"),
        (np.array(["06", date(2026, 1, 1)], object), r"row 1 holds datetime.date\(2026, 1, 1\)"),
        (np.array(["06", True], object), "row 1 holds True, a bool"),
        (pd.to_datetime(["2026-01-01"]), "where a phone number is expected; make it text"),
    ],
)
def test_a_column_of_a_frame_that_holds_no_numbers_is_refused(cells, said):
    with pytest.raises(InputError, match=said):
        read_back(pd.DataFrame({"to": cells}))


@pytest.mark.parametrize(
    ("answers", "sent"),
    [("oui non", 1), ("Opt-in opt-out", 1), ("TRUE FALSE", 1), ("1 0", 1), ("Yes -", None), ("x x", None)],
)
def test_who_agreed_is_told_by_a_word(answers, sent):
    rows = "\n".join(f"061234567{at};{word}" for at, word in enumerate(answers.split()))
    frame = sms.read(io.StringIO(f"to;accord\n{rows}\n061234560;\n"))
    if sent is None:
        with pytest.raises(InputError, match="is not a yes or a no"):
            read_back(frame, consent="accord")
        return
    assert sum(each.startswith("+") for each in read_back(frame, consent="accord")) == sent
