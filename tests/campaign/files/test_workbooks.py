"""Workbooks as programs and people leave them, and as nobody should: two readers that agree, and bounds."""

import io
import random
import re
import zipfile
from contextlib import suppress
from datetime import date, datetime

import pytest

import callr_segment as sms
from callr_segment import InputError
from callr_segment.campaign.files import excel_table
from callr_segment.campaign.files.tables import open_table
from callr_segment.campaign.files.workbook import check_workbook

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("python_calamine")
pytestmark = pytest.mark.once

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
TEXTS = [
    "Zoé",
    " a ",
    "007",
    "TRUE",
    "line\nbreak",
    "<&>\"'",
    "_x000D_",
    "😀",
    "'=1",
    "#note",
    "-",
    "\u202e",
    "x" * 900,
]
NUMBERS = [0, -1, 33639981020, 2.0, 19.9, 0.045, 1e300, 1e-9, 2**53]
OTHERS = [True, False, None, datetime(2026, 1, 28), date(2026, 2, 1), datetime(2026, 1, 28, 9, 30)]


def book(*rows, **more):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for title, listed in more.items():
        sheet = made.create_sheet(title)
        for row in listed:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def edited(data, part=SHEET, **changes):
    """Write a workbook again with a part of it replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, changes["make"](content) if name == part else content)
    return file.getvalue()


def with_shared_strings(data):
    """Write a workbook again with its texts in a part of their own, as spreadsheet programs do."""
    found = []

    def index(match):
        found.append(match[1])
        return b't="s"><v>%d</v></c>' % (len(found) - 1)

    data = edited(
        data, make=lambda xml: re.sub(rb't="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>', index, xml)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = b"".join(b"<si><t>%s</t></si>" % text for text in found)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/{STRINGS}" ContentType="{kind}"/></Types>'.encode()
    data = edited(data, "[Content_Types].xml", make=lambda xml: xml.replace(b"</Types>", part))
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(STRINGS, b'<sst xmlns="%s">%s</sst>' % (main.encode(), items))
    return file.getvalue()


@pytest.fixture
def path(tmp_path):
    def write(data):
        (tmp_path / "list.xlsx").write_bytes(data)
        return tmp_path / "list.xlsx"

    return write


@pytest.mark.parametrize("seed", range(12))
def test_two_readers_say_the_same_of_any_sheet(seed):
    source = random.Random(seed)
    cells = TEXTS + NUMBERS + OTHERS
    rows = [
        [source.choice(cells) for _ in range(source.randrange(1, 7))] for _ in range(source.randrange(1, 25))
    ]
    data = book(["to", "name", "price", "day", "other", "more", "last"], *rows)
    sheet = check_workbook(io.BytesIO(data))
    assert not sheet.computed
    plain, computed = (
        [
            [*row, *[None] * (7 - len(row))]
            for row in ([None if cell == "" else cell for cell in row] for row in read)
        ]
        for read in (
            excel_table._read_plain(io.BytesIO(data), sheet),
            excel_table._read_computed(io.BytesIO(data), sheet),
        )
    )
    moment = {date: lambda day: datetime(day.year, day.month, day.day)}
    same = [[moment.get(type(cell), lambda cell: cell)(cell) for cell in row] for row in plain]
    other = [[moment.get(type(cell), lambda cell: cell)(cell) for cell in row] for row in computed]
    assert same == other[: len(same)]
    assert not any(cell is not None for row in other[len(same) :] for cell in row)


def test_a_sheet_is_chosen_by_name_or_number_and_its_header_found_below_a_title(path):
    listed = [
        ["Tarifs 2026"],
        [],
        ["Country", "Price (EUR)"],
        ["France", 0.045],
        [],
        ["Belgique", 0.062],
    ]
    file = path(book(["to"], ["0612345678"], Tarifs=listed))
    assert sms.read(file)["to"].tolist() == ["0612345678"]
    for sheet in ("Tarifs", 2, "2"):
        card = sms.RateCard.read(file, sheet=sheet, columns={"country": "Country", "price": "Price (EUR)"})
        assert (card.currency, [str(row.microcents) for row in card.rows]) == ("EUR", ["4500000", "6200000"])
        assert [row.line for row in card.rows] == [4, 6]
    with pytest.raises(InputError, match=r"there is no sheet 'Tarif'; did you mean 'Tarifs'"):
        sms.read(file, sheet="Tarif")


def test_an_error_is_a_missing_value_of_its_row_and_a_total_is_no_recipient(path):
    rows = [["to", "name"], ["0612345678", "#N/A"], [None, None], ["0612345679", "Zoé"], ["Total", 2]]
    with pytest.warns(UserWarning, match=r"list.xlsx: 'Total 2' at its end is taken for a total"):
        frame = sms.read(path(book(*rows)))
    assert frame.index.tolist() == [2, 4]
    assert frame["name"].isna().tolist() == [True, False]


SMALL = with_shared_strings(book(["to", "name"], ["0612345678", "Zoé"], ["0612345679", "Bo"]))
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'


@pytest.mark.parametrize(
    "make",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda xml: xml.replace(b'r="A2"', b'r="A99999999"').replace(b'<row r="2"', b'<row r="99999999"'),
        lambda xml: xml.replace(b'r="B3"', b'r="XFD1048576"'),
        lambda xml: xml.replace(b'r="B3"', b'r="ZZZZZ3"'),
        lambda xml: BOMB + xml,
        lambda xml: xml.replace(b"<v>", b"<v>9999999"),
        lambda xml: xml.replace(b"<v>", b"<v>-1"),
        lambda xml: xml.replace(b"<v>", b"<v>x"),
        lambda xml: xml.replace(
            b"<sheetData>", b"<sheetData>" + b"<row/>" * 9 + b"<v>" + b"9" * (1 << 26) + b"</v>"
        ),
        lambda xml: b"",
        lambda xml: b"\xff\xfe" + xml.decode().encode("utf-16-le")[:-7],
    ],
)
def test_a_damaged_sheet_is_refused_in_one_line(path, make):
    with pytest.raises(InputError, match=r"list\.xlsx: ") as caught:
        sms.read(path(edited(SMALL, make=make)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"])
def test_a_damaged_part_is_refused(path, part):
    for make in (lambda xml: xml[:-9], lambda xml: BOMB + xml, lambda xml: b""):
        with pytest.raises(InputError, match=r"list\.xlsx: "):
            sms.read(path(edited(SMALL, part, make=make)))


def test_a_flipped_byte_is_refused_or_changes_nothing(path):
    """In the zip itself: the checksums of its parts tell."""
    whole = sms.read(path(SMALL))
    source = random.Random(5)
    for at in source.sample(range(len(SMALL)), 60):
        damaged = bytearray(SMALL)
        damaged[at] ^= 1 << source.randrange(8)
        with suppress(InputError):
            assert sms.read(path(bytes(damaged))).equals(whole)


def test_texts_in_a_part_of_their_own_are_read_by_both_readers(path):
    sheet = check_workbook(io.BytesIO(SMALL))
    for read in (excel_table._read_plain, excel_table._read_computed):
        assert [list(row) for row in read(io.BytesIO(SMALL), sheet)][1] == ["0612345678", "Zoé"]
    assert sms.read(path(SMALL))["name"].tolist() == ["Zoé", "Bo"]


def test_a_cut_file_is_refused(path):
    for size in range(0, len(SMALL), 251):
        with pytest.raises(InputError):
            open_table(path(SMALL[:size]))
