"""Price lists as people lay them out: each is read right or refused with the way out, never read wrong."""

import io
import os
import threading
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from callr_segment import RateCard, RateError
from callr_segment.text.numbers import country_codes
from tests.support.price_lists import make_list

pytestmark = pytest.mark.once

EUR = {"currency": "EUR"}
FRENCH = {"columns": {"country": "Pays", "price": "Prix"}, "currency": "EUR"}


def prices_of(card, places):
    """Look up places such as FR, +33612345678 or FR/20801, in cents."""
    for place in places:
        country, _, network = place.partition("/")
        asked = {"number": place} if place[0] == "+" else {"country": country, "network": network or None}
        rate = card.lookup(**asked)
        yield rate and rate.cents


def expected(wanted):
    pairs = (each.split("=") for each in wanted.split())
    return {place: None if cents == "none" else Decimal(cents) for place, cents in pairs}


def check(card, wanted):
    told = expected(wanted)
    assert dict(zip(told, prices_of(card, told), strict=True)) == told


@pytest.mark.parametrize("seed", range(150))
def test_a_list_laid_out_at_random_says_what_it_was_made_of(seed):
    made = make_list(seed)
    read = RateCard.from_rows if isinstance(made.content, pd.DataFrame) else RateCard.read
    card = read(made.content, **made.options)
    assert len(card) == len(made.cents)
    found = {country: card.lookup(country=country) for country in made.cents}
    assert {country: rate and rate.cents for country, rate in found.items()} == made.cents


# Lists in text files

LISTS = {
    "decimal commas": ("country;cents\nFR;4,5\nBE;6,25", EUR, "FR=4.5 BE=6.25"),
    "tabs": ("country\tcents\nFR\t4.5\n", EUR, "FR=4.5"),
    "bars": ("country|cents\nFR|4.5\n", EUR, "FR=4.5"),
    "a caret": ("country^cents\nFR^4.5\n", EUR | {"separator": "^"}, "FR=4.5"),
    "quotes": ('"country","cents"\n"FR","4,5"\n', EUR, "FR=4.5"),
    "sep=": ("sep=;\ncountry;cents\nFR;4,5\n", EUR, "FR=4.5"),
    "CR": ("Pays;Prix\rFrance;0,045 €\rBelgique;0,06 €\r", FRENCH, "FR=4.5 BE=6"),
    "CRLF": ("Pays;Prix\r\nFrance;0,045 €\r\n", FRENCH, "FR=4.5"),
    "spaces": (" country ; cents \n FR ; 4.5 \n", EUR, "FR=4.5"),
    "empty last column": ("country;cents;\nFR;4;\nBE;5;\n", EUR, "FR=4 BE=5"),
    "a title": ("Tarifs 2026\n\nPays;Prix\nFrance;0,045 €\n", FRENCH, "FR=4.5"),
    "two titles": ("ACME\nAu 1er janvier\n\nPays;Zone;Prix\nFrance;EU;0,045 €\n", FRENCH, "FR=4.5"),
    "a note below": ("Pays;Zone;Prix\nFrance;EU;0,045 €\n;;\n* hors taxes;;\n", FRENCH, "FR=4.5"),
    "pages": ("Pays;Zone;Prix\nFrance;EU;0,045 €\nPage 1 / 3;;\n", FRENCH, "FR=4.5"),
    "a number in the title": (
        "ACME;2026;;\n\nPays;Zone;X;Prix\nFrance;EU;;0,045 €\n",
        FRENCH | {"header": 3},
        "FR=4.5",
    ),
    "a default": ("country;cents\nFR;4\n;9\n", EUR, "FR=4 BE=9"),
    "rest of world": ("Country;cents\nFrance;4\nRest of world;9\n", EUR, "FR=4 BR=9"),
    "others": ("country;network;cents\nFR;20801;4\nFR;Others;5\n", EUR, "FR/20801=4 FR/20815=5"),
    "calling codes": (
        "prefix;cents\n+33;4\n0032;5\n1-809;6\n1 829;7\n(44);8\n49.0;9\n",
        EUR,
        "+33612345678=4 +32470000001=5 +18095551234=6 +18295551234=7 +447911123456=8 +4915112345678=9",
    ),
    "MCC and MNC": ("mcc;mnc;cents\n208;01;4\n208;2;5\n310;4;6\n", EUR, "/20801=4 /20802=5 /310004=6"),
    "MCC of decimals": ("mcc;mnc;cents\n208.0;1.0;4\n", EUR, "/20801=4"),
    "MCC alone": ("mcc;mnc;cents\n208;;4\n206;*;5\n", EUR, "FR=4 BE=5"),
    "a name beside": ("network;mcc;mnc;cents\nOrange;208;1;4\n", EUR, "/20801=4"),
    "names": (
        "Pays;Prix\nCongo (RDC);1\nHong Kong SAR;2\nTürkiye;3\nBurma;4\nCzechia (Czech Republic);5\n",
        FRENCH,
        "CD=1 HK=2 TR=3 MM=4 CZ=5",
    ),
    "codes of three letters": ("Pays;Prix\nFRA;1\nDEU;2\nGBR;3\nnam;4\n", FRENCH, "FR=1 DE=2 GB=3 NA=4"),
    "names and codes": (
        "Pays;Prix\nFrance (FR);1\nBE - Belgium;2\nNamibia [NA];3\n",
        FRENCH,
        "FR=1 BE=2 NA=3",
    ),
    "NA": ("country;cents\nNA;4\nNO;5\n", EUR, "NA=4 NO=5"),
    "header (EUR)": ("country;Price (EUR)\nFR;0,045\n", {}, "FR=4.5"),
    "header ct/SMS": ("country;ct/SMS\nFR;4,5\n", EUR | {"columns": {"price": "ct/SMS"}}, "FR=4.5"),
    "header €/SMS": ("country;€/SMS\nFR;0,045\n", {"columns": {"price": "€/SMS"}}, "FR=4.5"),
    "traffic": ("country;traffic;cents\nFR;Marketing;4\nFR;ALERTING;5\n", EUR, "FR=4"),
    "1.234 by the comma": ("country;cents\nFR;1.234\nBE;4,5\n", EUR | {"decimal": ","}, "FR=1234 BE=4.5"),
    "unpriced": (
        "country;cents\nFR;N/A\nBE;5\nDE;-\n",
        EUR | {"unpriced": ("n/a", "-")},
        "FR=none BE=5 DE=none",
    ),
    "unpriced blanks": ("country;cents\nFR;\nBE;5\n;9\n", EUR | {"unpriced": ("",)}, "FR=none BE=5 DE=9"),
    "dated": ("country;cents;valid_from\nFR;4;2020-01-01\nBE;5;2999-01-01\n", EUR, "FR=4 BE=none"),
}
NO_LISTS = {
    "commas twice": (
        "country,cents\nFR,4,5\nBE,6,25\n",
        EUR,
        "line 2: 3 cells under 2 columns: quote a cell",
    ),
    "an unknown separator": ("country^cents\nFR^4.5\n", EUR, "no column 'cents' among 'country.cents'"),
    "a title that is taken for names": (
        "ACME;2026;;\n\nPays;Zone;X;Prix\nFrance;EU;;1 €\n",
        FRENCH,
        "is the row with the names",
    ),
    "a header again": (
        "Pays;Prix\nFrance;0,045 €\nPays;Prix\nBelgique;1 €\n",
        FRENCH,
        "line 3, column price: 'Prix'",
    ),
    "sections": (
        "Pays;Zone;Prix\nEUROPE;;\nFrance;EU;0,045 €\n",
        FRENCH,
        "line 2, column price: no price: write 0",
    ),
    "a name without its country": (
        "Pays;N;Prix\nFrance;Orange;1 €\n;SFR;2 €\n",
        FRENCH | {"columns": {"country": "Pays", "network": "N", "price": "Prix"}},
        "line 3, column network: 'SFR' is a name, which many countries may have: say its country",
    ),
    "a mean": ("Pays;Zone;Prix\nFrance;EU;1 €\nMoyenne;;1 €\n", FRENCH, "'Moyenne': write two letters"),
    "a range of codes": ("prefix;cents\n336-337;4\n", EUR, "'336-337': write up to 15 digits"),
    "several codes": ('prefix;cents\n"1809,1829";4\n', EUR, "of several, each in a row of its own"),
    "codes beside one another": ("prefix;cents\n336 337;4\n", EUR, "'336 337': write up to 15 digits"),
    "half a code": ("prefix;cents\n33.5;4\n", EUR, "'33.5': write up to 15 digits"),
    "a code with a dash": ("network;cents\n208-01;4\n", EUR, "write MCC and MNC together"),
    "several networks": ("mcc;mnc;cents\n208;01/02;4\n", EUR, "'01/02': write its digits"),
    "a network twice": ("mcc;mnc;cents\n208;01;4\n208;1;4\n", EUR, "line 3 prices the same as line 2"),
    "UK": ("country;cents\nUK;4\n", EUR, "UK is no country of ISO 3166: write GB"),
    "a continent": ("country;cents\nEurope;4\n", EUR, "'Europe': write two letters"),
    "two countries": ("country;cents\nNiger (Nigeria);4\n", EUR, r"'Niger \(Nigeria\)': "),
    "a department and its country": ("country;cents\nGuadeloupe (FR);4\n", EUR, r"'Guadeloupe \(FR\)'"),
    "a number of ISO": ("country;cents\n250;4\n", EUR, "'250': write two letters"),
    "another currency": ("country;Price (EUR)\nFR;0,045\n", {"currency": "USD"}, "is EUR, and the card USD"),
    "signs that contradict the header": ("country;Price (EUR)\nFR;$0.045\n", {}, "the header says EUR"),
    "units that contradict": (
        "country;cents\nFR;0,045 €\n",
        EUR,
        "the header says cents and the cell says major",
    ),
    "no unit": (
        "country;price\nFR;0,62\nBE;0,045\n",
        EUR,
        "line 3, column price: '0,045' is 0.045 cents, or 0.045 EUR",
    ),
    "no currency": ("country;cents\nFR;4\n", {}, "no currency: say which"),
    "dollars of some country": ("country;price\nFR;$0.04\n", {}, "no currency: say which"),
    "1.234 among commas": ("country;cents\nFR;1.234\nBE;4,5\n", EUR, "'1.234': other prices have a comma"),
    "columns twice": ("country;cents;cents\nFR;4;5\n", EUR, "two columns are called 'cents'"),
    "rows twice": ("country;cents\nFR;4\nFrance;4\n", EUR, "line 3 prices the same as line 2"),
    "cells too many": ("country;cents\nFR;4;\n", EUR, "3 cells under 2 columns"),
    "cells too few": ("country;zone;cents\nFR;4\n", EUR, "2 cells under 3 columns"),
    "no price": ("country;cents\nFR;\n", EUR, "no price: write 0 if it is free, or leave the row out"),
    "a French date": ("country;cents;valid_from\nFR;4;01/02/2026\n", EUR, "write a date as in 2026-01-31"),
    "another traffic": ("country;traffic;cents\nFR;Transactional;4\n", EUR, "write marketing or alerting"),
    "French names unsaid": ("pays;prix\nFR;4\n", EUR, "column 'pays': did you mean 'country'"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_in_a_text_file_is_read(name):
    text, options, wanted = LISTS[name]
    check(RateCard.read(io.StringIO(text), **options), wanted)


@pytest.mark.parametrize("name", NO_LISTS)
def test_a_list_that_may_be_read_wrong_is_refused(name):
    text, options, way_out = NO_LISTS[name]
    with pytest.raises(RateError, match=way_out):
        RateCard.read(io.StringIO(text), **options)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "iso8859-15", "mac-roman"]
)
def test_a_list_is_read_in_the_encoding_it_has_or_refused(encoding):
    data = io.BytesIO("Pays;Prix\nAlgérie;0,045 €\n".encode(encoding))
    if encoding.startswith("utf"):
        check(RateCard.read(data, **FRENCH), "DZ=4.5")
        return
    with pytest.raises(RateError, match="is not utf-8; save the file as UTF-8, or say how it is written"):
        RateCard.read(data, **FRENCH)
    data.seek(0)
    check(RateCard.read(data, encoding=encoding, **FRENCH), "DZ=4.5")
    for wrong in {"cp1252", "mac-roman", "cp850"} - {encoding}:
        data.seek(0)
        with pytest.raises(RateError, match=r"faults|is not a plain number|'Alg.rie'"):
            RateCard.read(data, encoding=wrong, **FRENCH)


def test_a_list_may_come_through_a_pipe(tmp_path):
    path = tmp_path / "list.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"country;cents\nFR;4,5\n",))
    writer.start()
    check(RateCard.read(path, **EUR), "FR=4.5")
    writer.join()


# JSON

JSON = {
    "a mapping": ('{"FR": 0.045, "*": 0.06}', {"unit": "major"}, "FR=4.5 BE=6"),
    "words": ('{"France": "0,045 €", "default": "6 ct"}', {}, "FR=4.5 BE=6"),
    "networks": ('{"FR": {"20801": 4, "other": 5}}', {}, "FR/20801=4 FR/20802=5"),
    "objects by country": ('{"FR": {"price": 4}, "32": {"price": 5}}', {}, "FR=4 +32470000001=5 DE=none"),
    "one object by country": ('{"FR": {"price": 4}}', {}, "FR=4 BE=none"),
    "objects by country and network": (
        '{"FR": {"20801": {"price": 4}}}',
        {},
        "FR/20801=4 FR/20802=none BE=none",
    ),
    "lists by country": ('{"FR": [{"network": "Orange", "price": 4}]}', {}, "FR/Orange=4 BE/Orange=none"),
    "continents around": ('{"Europe": {"FR": {"price": 4}}}', {}, "FR=4 BE=none"),
    "a key": (
        '{"data": {"prices": [{"country": "FR", "price": "4,5 ct"}]}}',
        {"key": "data.prices"},
        "FR=4.5",
    ),
    "no price here": (
        '[{"country": "FR", "price": null}, {"country": "BE", "price": 1}]',
        {},
        "FR=none BE=1",
    ),
}
NO_JSON = {
    "no unit": ('{"FR": 0.045}', {}, "is 0.045 cents, or 0.045 EUR"),
    "two currencies": (
        '[{"country": "FR", "price": 1, "currency": "USD"}]',
        {},
        "USD, but the call says EUR",
    ),
    "names of what is no network, perhaps": (
        '{"FR": {"mobile": {"price": 4}}}',
        {},
        "entry 1: no country in it, and 'FR' and 'mobile' hold it: make them columns",
    ),
    "a code that may be a network": ('{"20801": {"price": 4}}', {}, "no country in it, and '20801' hold it"),
    "lines": ('{"country": "FR", "cents": 4}\n{"country": "BE", "cents": 5}\n', {}, "line 2: Extra data"),
    "no price": ('[{"tariff": 4}]', {}, "no object in it says a price"),
}


@pytest.mark.parametrize("name", JSON)
def test_a_list_in_json_is_read(name):
    text, options, wanted = JSON[name]
    check(RateCard.read_json(io.StringIO(text), **EUR, **options), wanted)


@pytest.mark.parametrize("name", NO_JSON)
def test_json_that_may_be_read_wrong_is_refused(name):
    text, options, way_out = NO_JSON[name]
    with pytest.raises(RateError, match=way_out):
        RateCard.read_json(io.StringIO(text), **EUR, **options)


def test_objects_know_all_the_names_that_hold_them():
    text = '{"FR": {"Orange": {"price": 4}, "SFR": {"price": 5}}, "BE": {"Orange": {"price": 6}}}'
    columns = {"country": lambda row: row["keys"][0], "network": lambda row: row["keys"][1]}
    card = RateCard.read_json(io.StringIO(text), columns=columns, **EUR)
    check(card, "FR/Orange=4 FR/SFR=5 BE/Orange=6 DE=none")


# Workbooks

SHEETS = {
    "decimals": ([["FR", 0.045]], {"unit": "major"}, "FR=4.5"),
    "decimals that were computed": (
        [["FR", 0.1 + 0.2], ["BE", 0.045 * 1.1]],
        {"unit": "major"},
        "FR=30 BE=4.95",
    ),
    "small ones": ([["FR", 1e-05]], {"unit": "major"}, "FR=0.001"),
    "texts among numbers": ([["FR", 4], ["BE", "6,2 ct"]], {}, "FR=4 BE=6.2"),
    "errors": ([["FR", "#N/A"], ["BE", 4]], {"unpriced": ("#N/A",)}, "FR=none BE=4"),
    "blanks": ([["FR", None], ["BE", 4]], {"unpriced": ("",)}, "FR=none BE=4"),
    "a row left empty": ([["FR", 4], [None, None], ["BE", 5]], {}, "FR=4 BE=5"),
}
NO_SHEETS = {
    "no unit": ([["FR", 0.045]], {}, "row 2, column price: 0.045 is 0.045 cents, or 0.045 EUR"),
    "a date": ([["FR", date(2026, 5, 4)]], {}, "2026-05-04 is a date: write the price in the sheet"),
    "a moment": ([["FR", datetime(2026, 5, 4, 9)]], {}, "is a date: write the price"),
    "a truth": ([["FR", True]], {}, "True is not a number"),
    "a formula": ([["FR", "=4+0.5"]], {}, "row 2: =4.0.5 is a formula without a result"),
    "an error": ([["FR", "#REF!"]], {}, "say unpriced="),
    "too fine": ([["FR", 1e-09]], {"unit": "major"}, "more than 8 decimals"),
    "negative": ([["FR", -1]], {}, "must not be negative"),
    "a country that became a truth": ([[False, 4]], {}, "False is bool: write it as text"),
    "a country that is a number": ([[33, 4]], {}, "33 is int: write it as text"),
    "no such sheet": ([["FR", 4]], {"sheet": "Prix"}, "there is no sheet 'Prix'; there are"),
}


def sheet(rows, columns=("country", "price")):
    file = io.BytesIO()
    pd.DataFrame(rows, columns=list(columns), dtype=object).to_excel(file, index=False)
    file.seek(0)
    return file


@pytest.mark.parametrize("name", SHEETS)
def test_a_list_in_a_workbook_is_read(name):
    rows, options, wanted = SHEETS[name]
    check(RateCard.read_excel(sheet(rows), **EUR, **options), wanted)


@pytest.mark.parametrize("name", NO_SHEETS)
def test_a_workbook_that_may_be_read_wrong_is_refused(name):
    rows, options, way_out = NO_SHEETS[name]
    with pytest.raises(RateError, match=way_out):
        RateCard.read_excel(sheet(rows), **EUR, **options)


def test_merged_cells_have_their_value_in_each_row():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["ACME", None, None], [None] * 3, ["country", "network", "price"], ["FR", "20801", 4],
                [None, "20810", 5], [None, None, 6], ["BE", None, 7]):  # fmt: skip
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    book.active.merge_cells("A4:A6")
    book.save(file := io.BytesIO())
    file.seek(0)
    card = RateCard.read_excel(file, **EUR)
    check(card, "FR/20801=4 FR/20810=5 FR/20815=6 BE=7 DE=none")


# Frames

FRAMES = {
    "decimals with blanks": (
        pd.DataFrame({"mcc": [208, np.nan], "mnc": [1, np.nan], "cents": [4, 5]}),
        {},
        "/20801=4 DE=5",
    ),
    "codes as decimals": (
        pd.DataFrame({"prefix": [33.0, np.nan], "cents": [4, 5]}),
        {},
        "+33612345678=4 DE=5",
    ),
    "blanks": (
        pd.DataFrame({"country": ["FR", "BE"], "cents": [4, np.nan]}),
        {"unpriced": ("",)},
        "FR=4 BE=none",
    ),
    "of 32 bits": (
        pd.DataFrame({"country": ["FR"], "price": np.array([0.045], "f4")}),
        {"unit": "major"},
        "FR=4.5",
    ),
    "decimals": (pd.DataFrame({"country": ["FR"], "price": [Decimal("0.045")]}), {"unit": "major"}, "FR=4.5"),
    "categories": (pd.DataFrame({"country": pd.Categorical(["FR"]), "cents": [4]}), {}, "FR=4"),
    "an index with a name": (
        pd.DataFrame({"cents": [4]}, index=pd.Index(["FR"], name="country")),
        {},
        "FR=4 BE=none",
    ),
    "two levels of an index": (
        pd.DataFrame(
            {"cents": [4, 5]},
            pd.MultiIndex.from_tuples([("FR", "20801"), ("FR", "all")], names=["country", "network"]),
        ),
        {},
        "FR/20801=4 FR/20802=5",
    ),
    "moments": (
        pd.DataFrame({"country": ["FR"], "cents": [4], "valid_from": pd.to_datetime(["2020-01-01"])}),
        {},
        "FR=4",
    ),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_list_in_a_frame_is_read(name):
    frame, options, wanted = FRAMES[name]
    check(RateCard.from_rows(frame, **EUR, **options), wanted)


def test_namibia_is_not_lost_in_silence():
    codes = [code for code in sorted(country_codes()) if code > "MA"][:60]
    listed = "country,cents\n" + "".join(f"{code},{at}\n" for at, code in enumerate(codes))
    assert "NA" in codes
    with pytest.warns(UserWarning, match="column 'country' has an empty cell and no NA, Namibia"):
        card = RateCard.from_rows(pd.read_csv(io.StringIO(listed)), **EUR)
    assert card.lookup(country="FR").cents == codes.index("NA")
    frame = pd.read_csv(io.StringIO(listed), keep_default_na=False)
    check(RateCard.from_rows(frame, **EUR), f"NA={codes.index('NA')} FR=none")


@pytest.mark.parametrize(
    ("rows", "way_out"),
    [
        (pd.DataFrame({"prefix": [33.5], "cents": [4]}), "33.5 is float: write it as text"),
        (pd.DataFrame({"country": ["FR"], "cents": [np.inf]}), "inf is no price"),
        (pd.DataFrame({"country": ["FR"], "cents": [np.nan]}), "no price: write 0"),
        (pd.DataFrame({"country": ["FR"], "price": [Decimal("0.045")]}), "0.045 cents, or 0.045 EUR"),
        (pd.Series({"FR": 4}), r"write RateCard\(prices.to_dict"),
        (pd.DataFrame([["FR", 4]]), "no column 'cents' among '0', '1'"),
        ({"country": ["FR"], "cents": [4]}, "row 1 is no dictionary: 'country'"),
    ],
)
def test_a_frame_that_may_be_read_wrong_is_refused(rows, way_out):
    with pytest.raises(RateError, match=way_out):
        RateCard.from_rows(rows, **EUR)
