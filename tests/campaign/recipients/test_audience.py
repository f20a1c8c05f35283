"""Columns of numbers are read by one rule whatever holds them, and what is odd about a recipient is said."""

import json
import warnings
from io import BytesIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import callr_segment as sms
from callr_segment.errors import InputError

DIGITS = [612345678, 692123456, 33612345679]
E164 = ["+33612345678", "+262692123456", "+33612345679"]


def parquet(values):
    file = BytesIO()
    pq.write_table(pa.table({"to": values}), file)
    return pq.read_table(file)


def estimate(frame, **options):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "column .* holds numbers", UserWarning)
        return sms.estimate(frame, text="a", to="to", traffic="alerting", **options)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"to": DIGITS}),
        pd.DataFrame({"to": [float(each) for each in DIGITS]}),
        pd.DataFrame({"to": pd.array(DIGITS, "Int64")}),
        pd.DataFrame({"to": [DIGITS[0], float(DIGITS[1]), str(DIGITS[2])]}, dtype=object),
        pd.DataFrame({"to": [np.int64(DIGITS[0]), f"0{DIGITS[1]}", f"+{DIGITS[2]}"]}, dtype=object),
        pd.DataFrame({"to": [f"{each}.0" for each in DIGITS]}),
        pd.DataFrame({"to": [str(each) for each in DIGITS]}),
        pa.table({"to": pa.array(DIGITS, pa.uint64())}),
        parquet(pa.array(DIGITS)),
        parquet(pa.array(DIGITS, pa.float64())),
    ],
    ids=[
        "int",
        "float",
        "Int64",
        "mixed",
        "mixed texts",
        "decimals",
        "texts",
        "Arrow",
        "Parquet",
        "Parquet floats",
    ],
)
def test_digits_are_read_alike_wherever_they_come_from(frame):
    found = estimate(frame, default_region="FR")
    assert found.rows["number"].tolist() == E164
    assert found.problems()["code"].tolist() == []


def test_missing_cells_stay_missing_among_whole_numbers():
    found = estimate(pd.DataFrame({"to": [612345678, None, "0612345679"]}, dtype=object), default_region="FR")
    assert found.rows["number"].dropna().tolist() == ["+33612345678", "+33612345679"]


@pytest.mark.parametrize("excluded", [[612345678], [612345678.0], ["0612345678"], pd.Series([612345678])])
def test_numbers_that_opted_out_are_found_whatever_they_are_written_as(excluded):
    frame = pd.DataFrame({"to": ["06 12 34 56 78", "06 12 34 56 79"]})
    found = estimate(frame, default_region="FR", exclude=excluded)
    assert found.problems()[["row", "code"]].values.tolist() == [[0, "opted_out"]]
    assert "opted out: 1 given, 1 found" in repr(found)


def test_numbers_that_opted_out_are_found_once_each_and_every_view_says_so():
    frame = pd.DataFrame({"to": ["06 12 34 56 78", "+33612345678", "06 12 34 56 79", "06 12 34 56 80"]})
    found = estimate(frame, default_region="FR", exclude=["0612345678", "0612345680", "0612345699"])
    assert found.summary.problems["opted_out"] == 3
    assert found.opted_out_found == 2
    assert "opted out: 3 given, 2 found" in repr(found)
    assert "3 given, 2 found" in found.to_html()
    assert json.loads(found.to_json())["opted_out"] == {"given": 3, "found": 2}
    assert estimate(frame, default_region="FR").opted_out_found == 0


def test_a_lost_zero_is_an_error_that_shows_the_cell_and_the_way_out():
    found = estimate(pd.DataFrame({"to": [669812345, 3331234567]}), default_region="IT")
    assert found.rows["number"].tolist()[1:] == ["+393331234567"]
    problem = found.problems().iloc[0]
    assert (problem["code"], problem["severity"], problem["value"]) == ("lost_zero", "error", 669812345)
    assert "read the file with this column as text" in problem["way_out"]
    assert found.messages == 1


def test_negative_and_broken_numbers_are_refused():
    for value in (-612345678, 612345678.5):
        with pytest.raises(InputError, match="is no whole number as phones have"):
            estimate(pd.DataFrame({"to": [612345678, value]}), default_region="FR")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("61412345678", "foreign_number"),
        ("+33694123456", "unassigned_number"),
        ("0800 123 456", "service_number"),
        ("01 42 34 56 78", "landline_number"),
        ("Tel. 06 12 34 56 78", "trimmed_number"),
    ],
)
def test_what_is_odd_about_a_number_is_a_warning_and_it_is_counted(number, code):
    found = estimate(pd.DataFrame({"to": [number, "+33612345678"]}), default_region="FR")
    assert found.problems()[["row", "code", "severity", "value"]].values.tolist() == [
        [0, code, "warning", number]
    ]
    assert found.messages == 2


def test_a_landline_of_argentina_says_how_its_mobiles_are_written():
    found = estimate(pd.DataFrame({"to": ["+54 11 4321-5678", "+33 1 42 34 56 78"]}))
    ways_out = found.problems()["way_out"].tolist()
    assert ["+54 9" in way_out for way_out in ways_out] == [True, False]


def test_regions_of_a_column_note_what_they_read():
    frame = pd.DataFrame({"to": ["61412345678", "0612345678", "Tel. 0612345678"], "in": ["FR", "FR", "FR"]})
    frame.loc[3] = ["2125550123", "US"]
    found = estimate(frame, default_region="in")
    assert found.rows["country"].tolist() == ["AU", "FR", "FR", "US"]
    assert found.problems()["code"].tolist() == ["foreign_number", "trimmed_number", "fictional_number"]


def test_the_country_of_a_row_decides_the_price_and_a_contradiction_is_said():
    card = sms.RateCard({"FR": 5, "BE": 9}, currency="EUR", unit="cents")
    frame = pd.DataFrame({"to": ["+33612345678", "+33612345679"], "country": ["BE", "FR"]})
    found = estimate(frame, country="country", rates=card)
    assert found.rows["country"].tolist() == ["BE", "FR"]
    assert [float(cost) for cost in found.rows["cost_cents"]] == [9, 5]
    assert found.problems()[["row", "code"]].values.tolist() == [[0, "country_mismatch"]]
