"""The demo campaign, to the part and to the cent: the figures come from two independent programs."""

import gzip
import itertools
import random
import runpy
from decimal import Decimal

import pandas as pd
import pytest
from folders import DATA, ROOT

import callr_segment as sms
from callr_segment.campaign import demo

MAKE_DEMO = ROOT / "scripts" / "make_demo.py"
WHOLE = DATA / "demo" / "recipients.csv.gz"
PLAIN = str.maketrans({"\xa0": " ", "\u202f": " ", "’": "'"})
COLUMNS = {"choose": "template", "to": "to", "country": "country", "default_region": "FR"}


@pytest.fixture(scope="module")
def campaign():
    """All 12,360 recipients, with the templates and the card of the package."""
    with gzip.open(WHOLE, "rt", encoding="utf-8") as file:
        recipients = pd.read_csv(file, dtype=str, keep_default_na=False)
    _, templates, card = demo.load()
    return recipients, templates, card


@pytest.fixture(scope="module")
def truth(campaign):
    recipients, templates, card = campaign
    return sms.estimate(recipients, text=templates, rates=card, invalid="price", **COLUMNS)


@pytest.fixture(scope="module")
def sendable(campaign):
    recipients, templates, card = campaign
    return sms.estimate(recipients, text=templates, rates=card, duplicates="drop", **COLUMNS)


def euros(cents):
    return cents / 100


def test_the_truth(truth):
    assert (truth.messages, truth.parts, truth.units, truth.summary.gsm) == (12_360, 34_753, 1_894_962, 0)
    assert euros(truth.cost_cents) == Decimal("1633.119")
    assert tuple(map(euros, truth.cost_range_cents)) == (Decimal("1626.071"), Decimal("1634.881"))


def test_with_plain_spaces_and_apostrophes(campaign):
    recipients, templates, card = campaign
    plain = recipients.map(lambda cell: cell.translate(PLAIN))
    texts = {name: text.translate(PLAIN) for name, text in templates.items()}
    found = sms.estimate(plain, text=texts, rates=card, invalid="price", **COLUMNS)
    assert (found.parts, found.units, found.summary.gsm) == (24_039, 1_902_534, 7_921)
    assert euros(found.cost_cents) == Decimal("1122.869")


def test_without_duplicates_and_invalid_numbers(truth, sendable, campaign):
    """Line by line, from the truth to what would be sent.

    240 recipients come again, in four spellings, and 120 numbers are bad: 83 are no numbers, 18 were made the
    decimal 639000000.0 by a spreadsheet, which is a number of Mayotte once and a duplicate 17 times, and 19
    are kept for films, in the block +33 1 99 00, and only warn.
    """
    rows, told = truth.rows, sendable.rows["problem"]
    lines = {
        "no number": told == "invalid_number",
        "again": told == "duplicate",
        "kept for films": campaign[0]["to"].str.startswith("+33199"),
    }
    taken = {
        name: (int(where.sum()), int(rows["parts"][where].sum()), rows["cost_cents"][where].sum())
        for name, where in lines.items()
    }
    assert taken == {
        "no number": (101 - 18, 276 - 48, Decimal("1300.8") - 240),
        "again": (240 + 17, 685 + 45, Decimal("3188.9") + Decimal("226.5")),
        "kept for films": (19, 53, Decimal("241.1")),
    }
    assert sendable.messages == 12_360 - 101 - 240 + 1
    assert sendable.parts == 34_753 - 276 - 685 + 3 == 33_795
    assert sendable.cost_cents == Decimal("163311.9") - Decimal("1300.8") - Decimal("3188.9") + Decimal(
        "13.5"
    )
    assert tuple(map(euros, sendable.cost_range_cents)) == (Decimal("1581.437"), Decimal("1590.087"))


def test_without_the_numbers_kept_for_films(campaign):
    """What is left when the 102 bad numbers go that are not read: 12,000 messages, and the one decimal."""
    recipients, templates, card = campaign
    recipients = recipients[~recipients["to"].str.startswith("+33199")]
    found = sms.estimate(recipients, text=templates, rates=card, duplicates="drop", **COLUMNS)
    assert (found.messages, found.parts, euros(found.cost_cents)) == (12_001, 33_742, Decimal("1585.946"))


def test_the_four_spellings_of_a_duplicate_are_one_number(sendable, campaign):
    again = campaign[0]["to"][sendable.rows["problem"] == "duplicate"]
    spellings = {number[:3] if number[0] == "+" and " " not in number else number[:4] for number in again}
    assert {"+33", "0033", "0639", "+33 "} <= spellings


def test_blame_is_given_by_field(truth):
    fields = truth.culprits(by="field").set_index("field")
    assert fields["messages"].to_dict() == {
        "amount_text": 12_203,
        "(template)": 10_927,
        "store": 3_424,
        "first_name": 729,
    }
    assert fields["alone"][["amount_text", "(template)"]].tolist() == [1_413, 155]


@pytest.mark.once
def test_rewriting_brings_the_parts_down(campaign, sendable):
    """SAFE comes to the part to what another program made of it, FOLD to 4 less, by a table of its own.

    The other left out the numbers kept for films, and the decimal, whose 3 parts rewriting makes 2.
    """
    recipients, templates, card = campaign
    some = recipients[~recipients["to"].str.startswith("+33199")]
    found = sms.estimate(some, text=templates, rates=card, duplicates="drop", **COLUMNS)
    assert (found.rewrite(sms.SAFE).parts, found.best().parts) == (23_291 + 3, 18_310 + 2)
    assert (sendable.rewrite(sms.SAFE).parts, sendable.best().parts) == (23_328 + 3, 18_341 + 2)
    assert euros(sendable.best().cost_cents) == Decimal("853.534")


def test_the_best_texts_rest_on_the_euro_sign_being_gsm(sendable):
    lines = sendable.best().sensitivity().set_index("doubt")
    line = lines.loc["if € and the other extension characters are not GSM"]
    assert line[["parts", "more_parts"]].tolist() == [32_828, 14_485]
    assert euros(line["cost_cents"]) == Decimal("1556.935")


def test_the_wording_can_be_shorter_too(sendable):
    stop = {"\nSTOP au 36105": ""}
    lines = sendable.what_if((stop, sms.SAFE, sms.FOLD), (sms.SAFE, sms.FOLD), stop)
    assert lines["saved_parts"].is_monotonic_decreasing
    assert lines["change"].tolist()[1] == "SAFE, FOLD"


def test_recipients_without_a_first_name_are_costed(truth, campaign):
    unnamed = (campaign[0]["first_name"] == "").to_numpy()
    assert unnamed.sum() == 58
    assert truth.rows["cost_cents"][unnamed].notna().all()


def test_seven_uneven_batches_in_any_order_are_the_same_estimate(truth, campaign):
    recipients, templates, card = campaign
    cuts = [0, 1, 60, 61, 2_000, 7_777, 12_359, 12_360]
    parts = [recipients[start:stop] for start, stop in itertools.pairwise(cuts)]
    random.Random(7).shuffle(parts)
    summaries = [
        sms.estimate(part, text=templates, rates=card, invalid="price", **COLUMNS).summary for part in parts
    ]
    assert sum(summaries, sms.Summary()) == truth.summary


@pytest.mark.parametrize("keys", [["country"], ["encoding"], ["parts"], ["template", "store"], ["lang"]])
def test_groups_add_up_to_the_totals(truth, keys):
    groups = truth.by(*keys)
    assert groups["parts"].sum() == truth.parts
    assert groups["cost_cents"].sum() == truth.cost_cents


def test_the_package_has_a_sixth_of_every_kind(campaign):
    whole, packaged = campaign[0], demo.load()[0].astype(str)
    for kind in ("template", "country"):
        counts = pd.DataFrame({"there": packaged[kind].value_counts(), "of": whole[kind].value_counts()})
        assert (counts["there"] >= counts["of"] / 6.5).all()
        assert (counts["there"] <= counts["of"] / 6 + 3).all()
    assert (packaged["first_name"] == "").sum() > 5


@pytest.mark.skipif(not MAKE_DEMO.exists(), reason="the scripts are not here: an installed package is tested")
def test_the_package_is_what_the_script_takes(campaign):
    rows = campaign[0].to_dict("records")
    make_demo = runpy.run_path(str(MAKE_DEMO))
    sample = make_demo["as_csv"](make_demo["sample"](rows))
    assert sample == (demo.FOLDER / "recipients.csv").read_bytes()


def test_the_package_is_costed(campaign):
    recipients, templates, card = demo.load()
    found = sms.estimate(recipients, text=templates, rates=card, duplicates="drop", **COLUMNS)
    assert found.summary.problems["invalid_number"] > 10
    assert found.summary.problems["duplicate"] > 20
    assert found.summary.gsm == 0
    assert Decimal("1588.222") / 7 < euros(found.cost_cents) < Decimal("1588.222") / 5
