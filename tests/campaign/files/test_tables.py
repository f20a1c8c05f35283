"""Files are read as they stand, or refused with the place; what is written is whole, and harmless."""

import csv
import io
import stat
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from callr_segment import InputError, MissingExtra
from callr_segment.campaign.files import tables as files
from callr_segment.campaign.files import texts, writing

pytestmark = pytest.mark.once

openpyxl = pytest.importorskip("openpyxl")


@pytest.fixture
def written(tmp_path):
    """Write bytes, or text as UTF-8, to a file."""

    def write(content, name="recipients.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    def write(*rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / "recipients.xlsx")
        return tmp_path / "recipients.xlsx"

    return write


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def cells(path, **options):
    table = files.open_table(path, **options)
    return {str(name): list(column) for name, column in table.read(table.names).items()}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_the_separator_and_the_line_ends_are_found(written, separator, ending):
    lines = [["to", "text"], ["+33639981020", "20,00 €; et |"], ["0033", "deux"]]
    quoted = ending.join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    assert cells(written(quoted)) == {"to": ["+33639981020", "0033"], "text": ["20,00 €; et |", "deux"]}


def test_a_header_alone_finds_its_separator(written):
    assert cells(written("to;first_name;link\n")) == {"to": [], "first_name": [], "link": []}


def test_the_separator_that_fits_all_rows_is_taken_before_that_of_the_header(written):
    path = written("to;amount, text\n+33639981020;20\n+33639981021;30\n")
    assert list(cells(path)) == ["to", "amount, text"]


@pytest.mark.parametrize(("said", "separator"), [("tab", "\t"), (":", ":")])
def test_a_separator_may_be_said(written, said, separator):
    path = written(f"a{separator}b,c\n1{separator}2,3\n")
    assert cells(path, separator=said) == {"a": ["1"], "b,c": ["2,3"]}


def test_a_separator_is_one_character(written):
    with pytest.raises(InputError, match="';;' is not one character"):
        files.open_table(written("a\n1\n"), separator=";;")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_read_with_or_without_a_byte_order_mark(written, encoding):
    path = written("to,first_name\n+33639981020,Zoé €\n".encode(encoding))
    assert cells(path) == {"to": ["+33639981020"], "first_name": ["Zoé €"]}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-16-be", "cp1250"])
def test_other_encodings_are_read_when_they_are_said(written, encoding):
    path = written("to,first_name\n+33639981020,Zoé\n".encode(encoding))
    assert cells(path, file_encoding=encoding)["first_name"] == ["Zoé"]


@pytest.mark.parametrize("place", ["header", "early", "late"])
def test_an_encoding_is_not_guessed(written, place):
    header = "to,prénom" if place == "header" else "to,name"
    rows = ["+33639981020,Zoe"] * (40_000 if place == "late" else 1)
    path = written("\n".join([header, *rows, "+33639981021,Zoé"]).encode("cp1252"))
    line = 1 if place == "header" else len(rows) + 2
    with pytest.raises(
        InputError, match=rf"^recipients.csv: line {line}: byte 0xe9 is not utf-8.*cp1252"
    ) as caught:
        cells(path)
    assert caught.value.row == line


def test_an_encoding_that_is_wrong_is_refused(written):
    with pytest.raises(InputError, match="line 2: byte 0xff is not ascii"):
        files.open_table(written(b"to\n\xff\n"), file_encoding="ascii")


def test_an_encoding_that_does_not_exist_is_refused(written):
    with pytest.raises(InputError, match="'klingon' is no encoding of files; such are utf-8"):
        files.open_table(written("to\n1\n"), file_encoding="klingon")


@pytest.mark.parametrize("content", ["to,name\n1,é\n".encode("utf-16-le"), b"PK\x03\x04\x00\x00"])
def test_nul_bytes_are_no_text(written, content):
    with pytest.raises(
        InputError, match=r"line 1: a NUL byte; save it as UTF-8 text, or say --file-encoding"
    ):
        files.open_table(written(content))


def test_a_nul_far_into_the_file_is_a_character(written):
    rows = "+33639981020,Zoe\n" * 1000
    assert cells(written(f"to,name\n{rows}+33639981021,Z\0e\n"))["name"][-1] == "Z\0e"


def test_words_that_look_missing_are_texts(written):
    words = ["NA", "None", "null", "NaN", "nan", "", "#N/A", "-", "0012", "1e5", "TRUE", " Zoé "]
    table = io.StringIO()
    csv.writer(table).writerows([["to", "name"], *(["1", word] for word in words)])
    assert cells(written(table.getvalue()))["name"] == words


def test_every_cell_keeps_its_exact_text(written):
    path = written('to,text\n1,"a ""b"", c\nd"\n2,5" x 3"\n3,""\n')
    assert cells(path)["text"] == ['a "b", c\nd', '5" x 3"', ""]


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))] * 2),
        min_size=1,
    )
)
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "recipients.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    filled = [row for row in rows if "".join(row).strip(" \t\r\n")]
    assert list(zip(*cells(path).values(), strict=True)) == filled


@given(st.lists(st.sampled_from(['"', ",", "\n", "a", "b", "\r\n"]), max_size=24).map("".join))
def test_a_body_is_read_as_the_csv_module_reads_it_or_refused(tmp_path_factory, body):
    """Whatever the quotes, no cell is changed, shifted or lost in silence."""
    path = tmp_path_factory.mktemp("csv") / "recipients.csv"
    path.write_bytes(f"x,y\n{body}".encode())
    try:
        rows = list(csv.reader(io.StringIO(f"x,y\n{body}", newline=""), strict=True))[1:]
        rows = [row for row in rows if "".join(row).strip()]
    except csv.Error:
        rows = [[]]
    if any(len(row) != 2 for row in rows):
        with pytest.raises(InputError, match="line "):
            cells(path, separator=",")
    else:
        assert list(map(list, zip(*cells(path, separator=",").values(), strict=True))) == rows


def test_rows_are_numbered_as_a_spreadsheet_does(written, workbook):
    table = files.open_table(written("to\n1\n2\n"))
    assert list(table.read(["to"]).index) == [2, 3]
    assert table.read(["to"]).index.name == "row"
    assert list(files.open_table(workbook(["to"], ["1"])).read(["to"]).index) == [2]


def test_a_comma_without_quotes_is_named_with_its_line(written):
    path = written("to,amount,link\n+33639981020,20 €,a\n+33639981021,20,00 €,b\n")
    with pytest.raises(InputError, match=r"recipients.csv: line 3: 4 cells under a header of 3; put a cell"):
        cells(path)


def test_a_missing_cell_is_named_with_its_line(written):
    with pytest.raises(InputError, match="line 4: 1 cell under a header of 2"):
        cells(written('to,name\n1,"a\nb"\n2\n'))


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('1,"open\n2,b\n3,c\n', 2),
        ('1,a\n2,"open', 3),
        ('1,"Maison "Lou" Paris"\n', 2),
        ('1,"closed" and on\n', 2),
        ('1,a\n2,"a"b"c"\n', 3),
    ],
)
def test_quotes_out_of_order_are_refused_before_they_swallow_rows(written, body, line):
    with pytest.raises(InputError, match=rf"line {line}: .*a quoted cell ends with its quote"):
        cells(written(f"to,name\n{body}"))


def test_quotes_are_followed_from_one_block_to_the_next(written, monkeypatch):
    monkeypatch.setattr("callr_segment.campaign.files.csv_table.CHUNK", 3)
    assert cells(written('a,b\n1,"x ""y"", z"\n2,""\n')) == {"a": ["1", "2"], "b": ['x "y", z', ""]}


def test_two_columns_of_one_name_are_refused(written):
    with pytest.raises(InputError, match="two columns are called 'to'; rename one"):
        files.open_table(written("to,name,to\n1,2,3\n"))


def test_columns_without_a_name_are_passed_over(written):
    assert list(files.open_table(written("to,,\n1,,\n")).read(["to"])["to"]) == ["1"]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(written, content):
    with pytest.raises(InputError, match=r"recipients.csv: the file is empty; it needs a header"):
        files.open_table(written(content))


def test_a_header_with_an_open_quote_is_refused(written):
    with pytest.raises(InputError, match="line 1: unexpected end of data; check the quotes of the header"):
        files.open_table(written('"to,name\n1,2\n'))


def test_a_column_that_is_missing_names_the_nearest(written):
    with pytest.raises(
        InputError, match=r"'phone' is not in recipients.csv; did you mean 'phones'\?"
    ) as caught:
        files.open_table(written("phones,name\n1,a\n")).read(["phone"])
    assert caught.value.column == "phone"


def test_only_the_columns_asked_for_are_read(written, tmp_path):
    pd.DataFrame({"to": ["1"], "name": ["a"], "more": [2]}).to_parquet(tmp_path / "a.parquet")
    for path in (written("to,name,more\n1,a,2\n"), tmp_path / "a.parquet"):
        assert list(files.open_table(path).read(["name", "to"]).columns) == ["name", "to"]


def test_rows_are_counted_without_any_column(written, workbook, tmp_path):
    pd.DataFrame({"to": ["1", "2"]}).to_parquet(tmp_path / "a.parquet")
    for path in (written("to,name\n1,a\n2,b\n"), tmp_path / "a.parquet", workbook(["to"], ["1"], ["2"])):
        assert len(files.open_table(path).read([])) == 2


def test_parquet_keeps_its_types(tmp_path):
    frame = pd.DataFrame({"name": ["Zoé", None], "amount": [1.5, 2.0], "to": [33639981020, 33639981021]})
    frame.to_parquet(tmp_path / "a.parquet", index=False)
    read = files.open_table(tmp_path / "a.parquet").read(["to", "name", "amount"])
    assert [str(kind) for kind in read.dtypes] == [
        "int64[pyarrow]",
        str(read.dtypes["name"]),
        "double[pyarrow]",
    ]
    assert read["name"].isna().tolist() == [False, True]


def test_a_file_that_is_no_parquet_is_refused(written):
    with pytest.raises(InputError, match=r"a.parquet: this is no Parquet file"):
        files.open_table(written("to\n1\n", "a.parquet"))


def test_a_workbook_is_read_as_texts(workbook):
    path = workbook(["to", "name", "count"], [33639981020, "Zoé", 2.0], ["+33639981021", None, 3], [None] * 3)
    assert cells(path) == {
        "to": ["33639981020", "+33639981021"],
        "name": ["Zoé", ""],
        "count": ["2", "3"],
    }


@pytest.mark.parametrize("cell", [datetime(2026, 1, 28), 19.9, True, 1e300])
def test_a_workbook_cell_without_one_text_is_refused(workbook, cell):
    table = files.open_table(workbook(["to", "when"], ["1", "soon"], ["2", cell]))
    with pytest.raises(
        InputError, match=r"recipients.xlsx: row 3, column 'when': .*as the text people"
    ) as caught:
        table.read(["to", "when"])
    assert (caught.value.row, caught.value.column) == (3, "when")
    assert len(table.read(["to"])) == 2


def test_a_formula_without_its_result_is_refused(workbook):
    path = workbook(["to", "text"], ["1", "a"], ["2", "=A1&A2"])
    with pytest.raises(InputError, match=r"row 3, column 'text': =A1&A2 is a formula without a result"):
        files.open_table(path).read(["text"])
    assert len(files.open_table(path).read(["to"])) == 2


def test_the_result_of_a_formula_is_read(workbook, tmp_path):
    """The sheet as a spreadsheet program saves it, with a result beside the formula."""
    path = workbook(["to", "text"], ["1", '=LOWER("A")'])
    computed = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(computed, "w") as new:
        for name in old.namelist():
            sheet = old.read(name).replace(b"<v></v>", b"<v>a</v>").replace(b"<v />", b"<v>a</v>")
            new.writestr(name, sheet.replace(b'<c r="B2">', b'<c r="B2" t="str">'))
    assert cells(computed) == {"to": ["1"], "text": ["a"]}


@pytest.mark.parametrize("error", ["#N/A", "#REF!"])
def test_the_error_of_a_formula_is_a_missing_value_of_its_row(workbook, error):
    read = files.open_table(workbook(["to", "text"], ["1", error], ["2", "b"])).read(["to", "text"])
    assert read["text"].isna().tolist() == [True, False]
    assert read["to"].tolist() == ["1", "2"]


def test_an_empty_workbook_is_refused(workbook):
    with pytest.raises(InputError, match="the first sheet is empty"):
        files.open_table(workbook())


def test_a_file_that_is_no_workbook_is_refused(written):
    with pytest.raises(InputError, match=r"a.xlsx: this is no .xlsx workbook"):
        files.open_table(written("to\n1\n", "a.xlsx"))


def test_a_workbook_needs_openpyxl(workbook, monkeypatch):
    path = workbook(["to"], ["=1"])
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r'pip install "callr-segment\[cli\]"'):
        files.open_table(path)


def test_other_files_are_refused_with_what_is_read(written):
    with pytest.raises(InputError, match=r"a.json is not one of .csv, .tsv, .parquet, .xlsx"):
        files.open_table(written("{}", "a.json"))


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_text_loses_the_line_break_editors_add(written, ending):
    assert texts.read_text(written(f"Bonjour\n\nà demain{ending}", "t.txt")) == "Bonjour\n\nà demain"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"fr": "a", "fr": "b"}', "two values are called 'fr'"),
        ('{"fr": 1}', "texts are a JSON object"),
        ("[]", "texts are a JSON object"),
        ('{"fr": "a",\n}', "line 2: .*; write JSON"),
    ],
)
def test_templates_are_an_object_of_texts(written, content, message):
    with pytest.raises(InputError, match=f"t.json: {message}"):
        texts.read_templates(written(content, "t.json"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("out.txt", "+33639981020\n\n 0639981021 \n"),
        ("out.csv", "phone\n+33639981020\n0639981021\n"),
        ("out.csv", "+33639981020\n0639981021\n"),
        ("out.csv", "name,to\nZoé,+33639981020\nBo,0639981021\nAn,\n"),
    ],
)
def test_opted_out_numbers_are_read_from_lines_and_columns(written, name, content):
    assert list(files.read_numbers(written(content, name), column="to")) == ["+33639981020", "0639981021"]


def test_a_table_of_opted_out_numbers_needs_one_column_of_them(written):
    with pytest.raises(InputError, match=r"'to' is not in out.csv"):
        files.read_numbers(written("a,b\n1,2\n", "out.csv"), column="to")
    with pytest.raises(InputError, match=r"out.csv has several columns"):
        files.read_numbers(written("a,b\n1,2\n", "out.csv"))


FORMULAS = ["=1+1", "+1-1", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "+", "+33639981020x", "=\n+33"]
HARMLESS = ["+33639981020", "+1", "Zoé", "a=b", "'=", " =1", "", "123"]


def written_back(tmp_path, texts, **options):
    rows = pa.table({"network": pa.array(texts, pa.large_string()), "cost": [Decimal("-1.5")] * len(texts)})
    writing.write_rows(rows, tmp_path / "rows.csv", **options)
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_no_formula_runs_in_a_spreadsheet(tmp_path):
    _, *rows = written_back(tmp_path, FORMULAS)
    assert [cell for cell, _ in rows] == [f"'{text}" for text in FORMULAS]
    assert {cost for _, cost in rows} == {"-1.5"}


def test_texts_that_are_no_formula_are_not_damaged(tmp_path):
    assert [cell for cell, _ in written_back(tmp_path, HARMLESS)[1:]] == HARMLESS


def test_an_index_is_written_first_and_its_name_is_no_formula_either(tmp_path):
    header, first = written_back(tmp_path, ["a"], index=pd.Index(["=x"], name="=index"))
    assert (header[:2], first[:2]) == (["'=index", "network"], ["'=x", "a"])


LEVELS = [("=FR", 1), ("BE", 2)]


@pytest.mark.parametrize(
    ("names", "header"),
    [
        (["country", "number"], ["country", "number"]),
        ([None, None], ["row_1", "row_2"]),
        (["=1", None], ["'=1", "row_2"]),
        (["network", "cost"], ["network", "cost"]),  # as columns are called, too
        ([("a", 1), 7], ["('a', 1)", "7"]),
    ],
)
@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_an_index_of_several_levels_is_written_level_by_level(tmp_path, names, header, kind):
    index = pd.MultiIndex.from_tuples(LEVELS, names=names)
    path = tmp_path / f"rows{kind}"
    writing.write_rows(pa.table({"network": ["a", "b"], "cost": [1, 2]}), path, index=index)
    if kind == ".parquet":
        written = parquet.ParquetFile(path).read()
        assert written.column_names == [*(name.removeprefix("'") for name in header), "network", "cost"]
        assert list(zip(*(column.to_pylist() for column in written.columns[:2]), strict=True)) == LEVELS
        return
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [[*header, "network", "cost"], ["'=FR", "1", "a", "1"], ["BE", "2", "b", "2"]]


def test_an_index_that_no_file_can_hold_is_refused(tmp_path):
    index = pd.MultiIndex.from_tuples([("a", object()), ("b", 1)])
    with pytest.raises(InputError, match=r"the index cannot be written .*; leave it out, or reset it"):
        writing.write_rows(pa.table({"cost": [1, 2]}), tmp_path / "rows.csv", index=index)
    assert not list(tmp_path.iterdir())


def test_codes_are_written_out(tmp_path):
    column = pa.chunked_array([pa.array(["=FR", None]).dictionary_encode()])
    writing.write_rows(pa.table({"country": column}), tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8").split() == ['"country"', '"\'=FR"']


def test_rows_keep_their_types_in_parquet(tmp_path):
    rows = pa.table({"cost": pa.array([Decimal("4.5")], pa.decimal128(18, 6)), "number": ["+33639981020"]})
    writing.write_rows(rows, tmp_path / "rows.parquet")
    assert parquet.read_table(tmp_path / "rows.parquet").equals(rows)


@pytest.fixture
def taken(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("mine", encoding="utf-8")
    return path


ROWS = pa.table({"parts": [1, 2]})


def test_a_file_is_not_replaced_unless_told(taken):
    with pytest.raises(InputError, match=r"rows.csv exists; name another file, or replace it"):
        writing.write_rows(ROWS, taken)
    assert taken.read_text(encoding="utf-8") == "mine"
    writing.write_rows(ROWS, taken, force=True)
    assert taken.read_text(encoding="utf-8").split() == ['"parts"', "1", "2"]


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "rows.csv"
    write = writing.csv.write_csv

    def write_slowly(*arguments):
        write(*arguments)
        path.write_text("mine", encoding="utf-8")

    monkeypatch.setattr(writing.csv, "write_csv", write_slowly)
    with pytest.raises(InputError, match="exists"):
        writing.write_rows(ROWS, path)
    assert path.read_text(encoding="utf-8") == "mine"
    assert names_in(tmp_path) == ["rows.csv"]


@pytest.mark.parametrize("failing", ["write_csv", "fsync"])
@pytest.mark.parametrize("force", [False, True])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch, failing, force):
    def fail(*_):
        raise OSError(28, "No space left on device")

    path = tmp_path / "rows.csv"
    if force:
        path.write_text("mine", encoding="utf-8")
    monkeypatch.setattr(
        *((writing.csv, "write_csv") if failing == "write_csv" else (writing.os, "fsync")), fail
    )
    with pytest.raises(OSError, match="No space"):
        writing.write_rows(ROWS, path, force=force)
    assert names_in(tmp_path) == (["rows.csv"] if force else [])
    assert not force or path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("taken_meanwhile", [False, True])
def test_a_file_system_without_links_will_do(tmp_path, monkeypatch, taken_meanwhile):
    path = tmp_path / "rows.csv"

    def refuse(*_):
        if taken_meanwhile:
            path.write_text("mine", encoding="utf-8")
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(writing.os, "link", refuse)
    if taken_meanwhile:
        with pytest.raises(InputError, match="exists"):
            writing.write_rows(ROWS, path)
    else:
        writing.write_rows(ROWS, path)
    assert path.exists()
    assert names_in(tmp_path) == ["rows.csv"]


def test_a_new_file_has_the_permissions_people_expect(tmp_path):
    writing.write_rows(ROWS, tmp_path / "rows.csv")
    (tmp_path / "other").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rows.xls", "rows.xls is not one of .parquet, .csv; name it so"),
        ("absent/rows.csv", "there is no folder .*absent; make it first"),
        ("folder.csv", "folder.csv is a folder; name a file in it"),
    ],
)
def test_a_path_that_cannot_be_written_is_refused(tmp_path, name, message):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=message):
        writing.write_rows(ROWS, tmp_path / name, force=True)


def test_a_page_that_says_the_same_may_stay(tmp_path):
    path = tmp_path / "page.html"
    writing.write_page("<p>one", path)
    writing.write_page("<p>one", path)
    with pytest.raises(InputError, match="exists"):
        writing.write_page("<p>two", path)
    writing.write_page("<p>two", path, force=True)
    assert path.read_text(encoding="utf-8") == "<p>two"


def test_long_rows_are_read(written):
    text = "a" * 3_000_000
    assert cells(written(f"to,text\n1,{text}\n2,b\n"))["text"] == [text, "b"]


@pytest.mark.slice
def test_a_file_that_is_larger_than_a_block_is_read(written):
    body = "".join(f'{number},"text {number}, ""quoted"""\n' for number in range(2_000_000))
    table = files.open_table(written(f"to,text\n{body}")).read(["to", "text"])
    assert table["to"].tolist() == [str(number) for number in range(2_000_000)]
    assert table["text"].iloc[-1] == 'text 1999999, "quoted"'


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.open_table(tmp_path / "a.csv")


def test_a_file_that_is_not_there_is_an_os_error():
    with pytest.raises(FileNotFoundError):
        files.open_table(Path("absent.csv"))
