"""Rows enriched in any batches: each is what one message comes to, and the sums are those of the rows."""

from decimal import Decimal
from io import StringIO
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.campaign.costing.pricing import COSTS
from callr_segment.campaign.rates.money import CENTS
from callr_segment.errors import InputError
from callr_segment.text.policy import CODES

CARD = sms.RateCard.read_csv(
    StringIO(
        """country,prefix,network,traffic,cents,surcharge_cents,fee_cents,weight
FR,,,,4.5,,,
FR,,,alerting,4.25,0.05,,
,336,,,4.4,,,
FR,,20801,,4.6,,0.5,
BE,,20601,,6,,,3
BE,,20605,,7,,1,1
,44778,,,2.000001,,,
US,,310260,,0.8,,,
US,,310410,,0.9,,,
,80,,,9,,,
"""
    ),
    currency="EUR",
)
NUMBERS = (
    "+33612345678", "+33712345678", "0612345678", "06 12 34 56 78", "+32470123456", "+447781234567",
    "+447400123456", "+14155550123", "+4915112345678", "+80012345678", "n/a", "", None, "0033612345678",
    "+33199001234", "612345678",
)  # fmt: skip
NAMES = ("Zoé", "", "François", "€" * 90, "a" * 170, "🎉" * 40, None, "[x]", "Anaïs " * 30)
rows = st.fixed_dictionaries(
    {
        "to": st.sampled_from(NUMBERS),
        "name": st.sampled_from(NAMES),
        "country": st.sampled_from([None, None, "FR", "BE", "US", "AQ"]),
        "network": st.sampled_from([None, None, "20801", "20601", "310260"]),
        "traffic": st.sampled_from([None, "marketing", "alerting"]),
        "region": st.sampled_from([None, "FR", "DE"]),
    }
)
OPTIONS = {"country": "country", "network": "network", "traffic": "traffic", "default_region": "region"}
TEXT = "Bonjour {name}, STOP au 36105"


def plain(frame):
    """Say of each row what the library says of one message: number, country, parts, and the three costs."""
    for row in frame.to_dict("records"):
        number = normalized(row["to"], row.get("region"))
        own = number and number.country
        country = row.get("country") or own
        decides = number is not None and own == country
        rate = CARD.lookup(
            number.e164 if decides else None,
            row.get("network"),
            country=country,
            traffic=row.get("traffic") or "marketing",
        )
        parts = None if row["name"] is None else sms.count_parts(TEXT.format(name=row["name"]))
        costs = (None, None, None)
        if number and rate and parts:
            prices = (rate.low_cents, rate.cents, rate.high_cents)
            low, _, high = rate.fee_low_microcents, rate.fee_cents, rate.fee_high_microcents
            fees = (Decimal(low).scaleb(-6), rate.fee_cents, Decimal(high).scaleb(-6))
            costs = tuple(price * parts + fee for price, fee in zip(prices, fees, strict=True))
        billed = parts if number and rate else None
        yield (number and number.e164, country, row.get("network"), billed, *costs)


def normalized(text, region):
    try:
        return None if text is None else sms.normalize_number(text, default_region=region)
    except InputError:
        return None


def enriched(frame, options, edges=()):
    """Enrich a frame in batches that end at some edges."""
    found = sms.estimate(frame, text=TEXT, to="to", rates=CARD, **options)
    batch = found.columns.combine_chunks().to_batches()[0]
    pieces = (batch.slice(start, stop - start) for start, stop in pairwise(sorted({0, *edges, len(frame)})))
    return found, [sms.enrich(piece, found.plan) for piece in pieces]


@settings(max_examples=60)
@given(st.lists(rows, min_size=1, max_size=25), st.data())
def test_every_row_is_what_one_message_comes_to(cells, data):
    frame = pd.DataFrame(cells, dtype=object)
    options = {name: OPTIONS[name] for name in data.draw(st.sets(st.sampled_from([*OPTIONS])))}
    edges = data.draw(st.lists(st.integers(0, len(cells) - 1), max_size=3))
    found, batches = enriched(frame, options, edges)
    used = frame.drop(columns=[column for name, column in OPTIONS.items() if name not in options])
    table = pa.Table.from_batches(batches)
    names = ["number", "country", "network", "parts", *COSTS]
    assert list(zip(*(table[name].to_pylist() for name in names), strict=True)) == list(plain(used))
    assert table.unify_dictionaries().drop_columns("problem_bits").to_pylist() == found.to_arrow().to_pylist()
    assert sum(map(sms.Summary.of, batches), sms.Summary()) == found.summary == summed(table)


def summed(table):
    """Add rows up one by one."""
    total = dict.fromkeys(("rows", "messages", "gsm", "units", "parts", "low", "expected", "high", "exact",
                           "weighted", "learned", "priced"), 0)  # fmt: skip
    problems = dict.fromkeys(CODES, 0)
    for row in table.to_pylist():
        sent = row["severity"] != "error"
        assert row["billable"] == sent
        low, expected, high = (int((row[name] or Decimal(0)).scaleb(6)) for name in COSTS)
        ranged = expected if low != high else 0
        more = {
            "rows": 1, "messages": sent, "gsm": sent and row["encoding"] == "gsm",
            "units": (row["units"] or 0) * sent, "parts": (row["parts"] or 0) * sent,
            "low": low, "expected": expected, "high": high, "exact": expected - ranged,
            "weighted": ranged if row["basis"] == "weights" else 0,
            "learned": ranged if row["basis"] == "learned mix" else 0,
            "priced": row["cost_cents"] is not None,
        }  # fmt: skip
        total = {name: value + more[name] for name, value in total.items()}
        for code, info in CODES.items():
            problems[code] += row["problem_bits"] & info.bit != 0
    return sms.Summary(**total, problems={code: count for code, count in problems.items() if count})


def test_numbers_that_are_e164_already_are_not_written_again():
    texts = pa.array(["+33612345678", None, "n/a", "+447781234567"], pa.large_string())
    table = pa.table({"to": texts, "name": ["a"] * 4})
    found = sms.estimate(table, text=TEXT, to="to", rates=CARD).to_arrow()["number"]
    assert found.to_pylist() == ["+33612345678", None, None, "+447781234567"]
    assert found.chunk(0).buffers()[2].address == texts.buffers()[2].address
    other = pa.array(["06 12 34 56 78", None, "n/a", "+447781234567"], pa.large_string())
    table = table.set_column(0, "to", other)
    found = sms.estimate(table, text=TEXT, to="to", rates=CARD, default_region="FR").to_arrow()["number"]
    assert found.to_pylist() == ["+33612345678", None, None, "+447781234567"]


def test_one_column_of_costs_does_where_prices_are_exact():
    frame = pd.DataFrame({"to": ["+447781234567", "n/a"], "name": ["a", "b"]})
    found = sms.estimate(frame, text=TEXT, to="to", rates=CARD).to_arrow()
    assert len({found[name].chunk(0).buffers()[1].address for name in COSTS}) == 1
    for name in COSTS:
        assert found[name].to_pylist() == [Decimal("2.000001"), None]
    ranged = frame.assign(to=["+447781234567", "+32470123456"])
    found = sms.estimate(ranged, text=TEXT, to="to", rates=CARD).to_arrow()
    assert [found[name][1].as_py() for name in COSTS] == [Decimal(6), Decimal("6.5"), Decimal(8)]


@pytest.mark.parametrize("name", ["cents", "fee_cents"])
@pytest.mark.parametrize(("dear", "cheap"), [(1, 0), (0, 1)])
def test_a_network_of_no_weight_is_in_the_range_and_not_in_what_is_expected(name, dear, cheap):
    amounts = {"cents": "4", "fee_cents": "1"}
    prices = [
        {"country": "DE", "network": "26201", "weight": dear, **amounts, name: "8"},
        {"country": "DE", "network": "26202", "weight": cheap, **amounts, name: "6"},
    ]
    card = sms.RateCard.from_rows(prices, currency="EUR")
    found = sms.estimate(pd.DataFrame({"to": ["+4915112345678"]}), text="a", to="to", rates=card)
    rest = 1 if name == "cents" else 4
    assert found.cost_range_cents == (6 + rest, 8 + rest)
    assert found.cost_cents == (8 if dear else 6) + rest
    assert found.rows[list(COSTS)].to_numpy().tolist() == [[6 + rest, found.cost_cents, 8 + rest]]


def test_rows_of_a_frame_may_be_changed_and_the_estimate_stays():
    frame = pd.DataFrame({"to": ["+447781234567"] * 3, "name": ["a", "b", None]})
    found = sms.estimate(frame, text=TEXT, to="to", rates=CARD)
    changed = found.to_frame()
    changed.loc[:, "parts"] = 9
    changed.loc[1, "cost_cents"] = Decimal(0)
    changed.loc[1, "severity"] = "warning"
    assert found.to_arrow()["parts"].to_pylist() == [1, 1, None]
    assert found.to_arrow()["cost_cents"].to_pylist() == [Decimal("2.000001"), Decimal("2.000001"), None]
    assert found.rows["severity"].isna().tolist() == [True, True, False]


DEAREST = sms.RateCard({"FR": "999999999.999999"}, currency="EUR")


def test_a_price_that_passes_18_digits_names_the_row():
    frame = pd.DataFrame({"to": ["+33712345678"] * 2, "name": ["a", "a" * 153 * 1000]})
    lenient = sms.Policy(max_parts=5_000, max_characters=10**6)
    with pytest.raises(InputError, match="row 1: 1001 parts at its price pass 18 digits") as caught:
        sms.estimate(frame, text=TEXT, to="to", rates=DEAREST, policy=lenient)
    assert caught.value.row == 1


def test_a_total_that_passes_18_digits_is_refused():
    frame = pd.DataFrame({"to": ["+33712345678"] * 1001, "name": ["a"] * 1001})
    with pytest.raises(InputError, match=r"a total of 1000999999999\.998999 cents passes 18 digits"):
        sms.estimate(frame, text=TEXT, to="to", rates=DEAREST)


def test_the_frame_has_the_types_it_always_had():
    frame = pd.DataFrame({"to": ["+33712345678", "n/a"], "name": ["a", None]})
    rows = sms.estimate(frame, text=TEXT, to="to", rates=CARD).rows
    assert rows.dtypes["parts"] == rows.dtypes["over_by"] == pd.Int32Dtype()
    assert all(rows.dtypes[name] == pd.ArrowDtype(CENTS) for name in COSTS)
    names = ("country", "network", "encoding", "basis", "problem", "severity")
    assert all(isinstance(rows.dtypes[name], pd.CategoricalDtype) for name in names)
    assert rows.loc[1].isna().tolist() == [True] * 3 + [False] + [True] * 9 + [False, False]
    assert np.asarray(rows["parts"].fillna(0)).tolist() == [1, 0]


def test_a_number_that_is_none_but_priced_all_the_same_may_find_no_price():
    """`invalid="price"` asks for a price, so that a card without one leaves the row outside the totals."""
    frame = pd.DataFrame({"to": ["n/a", "+33612345678"]})
    card = sms.RateCard({"FR": "4.5"}, currency="EUR")
    found = sms.estimate(frame, text="a", to="to", rates=card, invalid="price", traffic="alerting")
    assert (found.messages, found.cost_cents) == (1, Decimal("4.5"))
    assert found.rows["problem"].tolist()[0] == "unpriced"
