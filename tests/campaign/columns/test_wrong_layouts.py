"""Columns of layouts that hold no texts are refused by their names, in every role, with the way out."""

import datetime
import warnings
from contextlib import suppress
from decimal import Decimal

import pyarrow as pa
import pytest
from damaged_arrow import CARD, FILLED, FRAME, PLANNED, ROWS, options_of

import callr_segment as sms
from callr_segment.errors import CallrSegmentError, InputError

pytestmark = pytest.mark.once

DAY = datetime.datetime(2026, 3, 1)
TEXTS = pa.array(["a", "bc"] * (ROWS // 2))
FIRST = pa.array([0, 1] * (ROWS // 2), pa.int8())
TYPES = pa.array([0] * ROWS, pa.int8())
ODD = {
    "list": pa.array([["a"]] * ROWS),
    "large list": pa.array([["a"]] * ROWS, pa.large_list(pa.string())),
    "list of a size": pa.array([["a"]] * ROWS, pa.list_(pa.string(), 1)),
    "list view": pa.array([["a"]] * ROWS, pa.list_view(pa.string())),
    "struct": pa.array([{"a": "b"}] * ROWS),
    "map": pa.array([[("a", "b")]] * ROWS, pa.map_(pa.string(), pa.string())),
    "decimal": pa.array([Decimal("4.5")] * ROWS),
    "small decimal": pa.array([Decimal("4.5")] * ROWS, pa.decimal32(5, 2)),
    "half float": pa.array([1.5] * ROWS, pa.float32()).cast(pa.float16()),
    "dictionary of lists": pa.DictionaryArray.from_arrays(FIRST, pa.array([["a"], ["b"]])),
    "dictionary of a dictionary": pa.DictionaryArray.from_arrays(FIRST, TEXTS[:2].dictionary_encode()),
    "run ends": pa.RunEndEncodedArray.from_arrays(pa.array(range(1, ROWS + 1), pa.int32()), TEXTS),
    "binary": TEXTS.cast(pa.binary()),
    "binary view": TEXTS.cast(pa.binary_view()),
    "time": pa.array([DAY] * ROWS),
    "interval": pa.array([(1, 2, 3)] * ROWS, pa.month_day_nano_interval()),
    "union": pa.UnionArray.from_sparse(TYPES, [TEXTS, TEXTS]),
    "extension": pa.ExtensionArray.from_storage(pa.json_(), TEXTS),
}
SUMMED = ("decimal", "small decimal", "binary", "time")
"""What rows can be grouped by though it is no text."""


def frame(role, layout):
    return pa.table({**FRAME, role: ODD[layout]})


@pytest.mark.parametrize("layout", ODD)
@pytest.mark.parametrize("role", FILLED)
def test_a_layout_without_texts_is_refused_in_every_role(role, layout):
    with pytest.raises(InputError) as refused:
        sms.estimate(frame(role, layout), rates=CARD, **options_of(role))
    assert f"column '{role}'" in str(refused.value)
    assert refused.value.column == role
    assert ";" in str(refused.value), "a way out"


@pytest.mark.parametrize("layout", [each for each in ODD if each not in SUMMED])
def test_what_nothing_can_be_grouped_by_is_refused(layout):
    with pytest.raises(InputError, match=r"column 'group', row 0: .*, where a text, a number or a date"):
        sms.estimate(frame("group", layout), text="x").by("group")


@pytest.mark.parametrize("layout", SUMMED)
def test_numbers_and_times_are_grouped_by(layout):
    assert sms.estimate(frame("group", layout), text="x").by("group")["messages"].sum() == ROWS


@pytest.mark.parametrize("layout", ODD)
@pytest.mark.parametrize("role", ["parts", "cost", "country", "network"])
def test_receipts_of_wrong_layouts_are_errors_of_ours(role, layout):
    """Or answered, where what is written there can be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for through in (_learn, _reconcile):
            with suppress(CallrSegmentError):
                through(frame(role, layout))


def _learn(receipts):
    options = {"country": "country", "network": "network", "currency": "EUR"}
    sms.RateCard.learn(receipts, parts="parts", cost="cost", **options)


def _reconcile(receipts):
    sms.reconcile(PLANNED, receipts)
