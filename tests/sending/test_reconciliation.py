"""What was billed is held against the estimate, message by message, and teaches prices and alphabets."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callr_segment import Breaker, RateCard, estimate, reconcile
from callr_segment.errors import InputError, RateError
from callr_segment.sending.api.requests import Page
from callr_segment.sending.api.wire import Message, Receipt, read_receipt
from callr_segment.sending.billing.matching import of_estimate, read_receipts
from callr_segment.sending.billing.reconciliation import find_receipts
from callr_segment.sending.fake import FakeCallr

pytestmark = pytest.mark.once

CARD = RateCard({"FR": "4.50", "BE": {"20601": "6", "20605": "7"}}, currency="EUR")
PATIENT = Breaker("1", failures_in_a_row=1000)
TEXTS = ["Bonjour, à demain", "20 € offerts " + "a" * 90, "ça va, garçon ?", "[promo] " + "b" * 200]
FRAME = pd.DataFrame(
    {
        "to": [f"+336123456{row:02}" for row in range(40)] + [f"+324700000{row:02}" for row in range(20)],
        "body": [f"{TEXTS[row % 4]} STOP 36105" for row in range(60)],
    }
)


@pytest.fixture(scope="module")
def found():
    return estimate(FRAME, text="{body}", to="to", rates=CARD)


def sent(found, fake, *, steps=5):
    """Send with code of one's own, as most people do, and keep the answers as a frame."""
    with fake.client() as client:
        for number, text in of_estimate(found)[["number", "text"]].itertuples(index=False):
            client.deliver(Message(number, text))
        fake.advance(steps=steps)
    return frame_of(fake.receipts)


def frame_of(receipts):
    frame = pd.DataFrame(receipts)
    return frame.assign(text=[body["text"] for body in frame["body"]]).drop(columns=["body", "statusHistory"])


def test_a_bill_as_estimated_holds_no_difference(found):
    with FakeCallr(rates=CARD) as fake:
        bill = reconcile(found, sent(found, fake))
    assert bill.counts == {
        "planned": 60,
        "accepted": 60,
        "rejected": 0,
        "unknown": 0,
        "not sent": 0,
        "billed": 60,
        "pending": 0,
    }
    assert bill.confusion("parts").query("estimated != billed").empty
    assert bill.confusion("encoding").query("estimated != billed").empty
    assert bill.characters().empty
    low, high = bill.estimated_range_cents
    assert low <= bill.billed_cents <= high
    by_parts, by_price = bill.explained()["difference_cents"]
    assert (by_parts, by_parts + by_price) == (0, bill.difference_cents)
    assert bill.estimated_cents == found.cost_cents
    assert bill.strangers == ()
    assert str(bill).startswith("60 planned = 60 accepted + 0 rejected + 0 unknown + 0 not sent; ")


def test_prices_and_networks_are_learned(found):
    with FakeCallr(rates=CARD) as fake:
        card = reconcile(found, sent(found, fake)).learn()
    assert card.lookup(country="FR").cents == Decimal("4.5")
    assert card.lookup(country="BE", network="20605").cents == 7
    mixed = card.lookup(country="BE")
    assert (mixed.basis, mixed.low_cents, mixed.high_cents) == ("learned mix", 6, 7)
    again = estimate(FRAME, text="{body}", to="to", rates=card)
    assert again.cost_range_cents == found.cost_range_cents


def test_the_doubt_about_extension_characters_is_settled(found):
    with FakeCallr(rates=CARD) as fake:
        settled = reconcile(found, sent(found, fake)).extension_characters()
    assert settled.values.tolist() == [["[", 15, 0], ["]", 15, 0], ["€", 15, 0]]
    with FakeCallr(rates=CARD, extension_is_gsm=False) as fake:
        bill = reconcile(found, sent(found, fake))
    assert bill.extension_characters().values.tolist() == [["[", 0, 15], ["]", 0, 15], ["€", 0, 15]]
    blamed = bill.characters().set_index("character")
    assert set(blamed.index) == {"€", "[", "]"}
    assert blamed.loc["€", ["billed_as", "messages", "certain"]].tolist() == ["unicode", 15, True]
    assert not blamed.loc["[", "certain"], "it never came without ]"
    confused = bill.confusion("encoding").set_index(["estimated", "billed"])["messages"]
    assert confused.loc[("gsm", "unicode")] == 30
    by_parts, by_price = bill.explained()["difference_cents"]
    assert by_parts > 0
    assert by_parts + by_price == bill.difference_cents


def test_a_part_count_alone_may_tell_an_encoding(found):
    with FakeCallr(rates=CARD, extension_is_gsm=False) as fake:
        receipts = sent(found, fake).drop(columns=["encoding"])
    settled = reconcile(found, receipts).extension_characters().set_index("character")
    assert settled.loc["€"].tolist() == [0, 15]


def test_what_callr_took_as_gsm_all_the_same_is_named(found):
    with FakeCallr(rates=CARD) as fake:
        receipts = sent(found, fake)
    receipts.loc[receipts["text"].str.startswith("ça"), "encoding"] = "gsm"
    blamed = reconcile(found, receipts).characters()
    assert blamed[["character", "billed_as", "messages", "certain"]].values.tolist() == [
        ["ç", "gsm", 15, True]
    ]


def test_failed_messages_that_cost_are_listed(found):
    outcomes = {"+33612345600": "failed", "+33612345601": "expired"}
    with FakeCallr(rates=CARD, outcomes=outcomes) as fake:
        lost = reconcile(found, sent(found, fake)).failed_but_billed()
    assert lost["number"].tolist() == list(outcomes)
    assert (lost["billed_cents"] > 0).all()


def test_what_is_not_billed_yet_is_pending(found):
    with FakeCallr(rates=CARD, prices_at_once=False) as fake:
        bill = reconcile(found, sent(found, fake, steps=1))
    assert (bill.counts["pending"], bill.counts["billed"], bill.billed_cents) == (60, 0, 0)
    with pytest.raises(RateError, match="no receipt"):
        bill.learn()
    assert "not billed yet" in bill.to_html()


def test_reports_of_the_same_sms_are_one_receipt(found):
    with FakeCallr(rates=CARD) as fake:
        early = sent(found, fake, steps=1)
        fake.advance(steps=4)
        late = frame_of(fake.receipts)
    once = reconcile(found, late)
    twice = reconcile(found, pd.concat([late, early, late]).sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(once.rows, twice.rows)


def test_alike_messages_are_matched_as_often_as_they_occur():
    frame = pd.DataFrame({"to": ["+33612345678"] * 3 + ["+33612345679"], "body": ["Bonjour"] * 4})
    found = estimate(frame, text="{body}", to="to", rates=CARD)
    receipts = [Receipt(sid=sid, to="+33612345678", text="Bonjour", cost_cents=Decimal(5)) for sid in "abcd"]
    bill = reconcile(found, receipts[:2])
    assert (bill.counts["accepted"], bill.counts["unknown"], len(bill.strangers)) == (2, 2, 0)
    bill = reconcile(found, receipts)
    assert (bill.counts["accepted"], bill.counts["unknown"], len(bill.strangers)) == (3, 1, 1)


def test_receipts_without_texts_are_matched_by_number_where_that_is_enough(found):
    with FakeCallr(rates=CARD) as fake:
        receipts = sent(found, fake).drop(columns=["text"])
    assert reconcile(found, receipts).counts["accepted"] == 60
    twice = pd.concat([FRAME, FRAME.assign(body="Bonsoir")])
    again = estimate(twice, text="{body}", to="to", rates=CARD)
    with pytest.raises(InputError, match=r"\+33•••••••00 was to get several messages"):
        reconcile(again, receipts)


@pytest.mark.parametrize("library", ["polars", "arrow"])
def test_frames_of_other_libraries_are_read(found, library):
    with FakeCallr(rates=CARD) as fake:
        receipts = sent(found, fake)
    other = pl.from_pandas(receipts) if library == "polars" else pl.from_pandas(receipts).to_arrow()
    pd.testing.assert_frame_equal(reconcile(found, other).rows, reconcile(found, receipts).rows)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("cost", 4.5, "is a float"),
        ("cost", "4,50", "cannot be read"),
        ("parts", 1.5, "not a whole number"),
        ("parts", "two", "not a whole number"),
        ("created", "yesterday", "cannot be read"),
    ],
)
def test_a_receipt_that_cannot_be_read_is_refused_by_row(found, column, value, problem):
    frame = pd.DataFrame(
        {"to": ["+33612345600"] * 2, "text": ["a", "b"], column: [None, value]}, dtype=object
    )
    with pytest.raises(InputError, match=problem) as refused:
        reconcile(found, frame)
    assert (refused.value.row, refused.value.column) == (1, column)


def test_a_file_of_receipts_is_named_once_when_it_is_refused(found, tmp_path):
    missing, empty = tmp_path / "missing.csv", tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(InputError, match=r"missing\.csv: there is no such file; pass the path of a table"):
        reconcile(found, missing)
    with pytest.raises(InputError, match=r"empty\.csv: the file is empty") as refused:
        reconcile(found, empty)
    assert str(refused.value).count("empty.csv") == 1


def test_numbers_that_lost_their_kind_are_read_for_what_they_are():
    frame = pd.DataFrame({"parts": [2.0, None], "network": [20801, None], "cost_cents": [Decimal("9"), None]})
    first, second = read_receipts(frame.assign(sid=["a", "b"], sent=pd.Timestamp("2025-04-24", tz="UTC")))
    assert (first.parts, first.network, first.cost_cents) == (2, "20801", 9)
    assert (second.parts, second.network, second.cost_cents) == (None, None, None)
    assert second.sent.isoformat() == "2025-04-24T00:00:00+00:00"


@pytest.mark.parametrize("receipts", [5, b"receipts.csv", object(), [5], "nothing.csv"])
def test_what_is_no_receipts_is_refused_in_words(found, receipts):
    with pytest.raises(InputError, match=r"pass (a frame, a list or a path|receipts|the path)"):
        reconcile(found, receipts)
    for planned in (None, {}, "sale.ledger", FRAME):
        with pytest.raises(InputError, match="is neither a Ledger nor an Estimate"):
            reconcile(planned, [])


def test_an_estimate_alone_was_not_billed(found):
    with pytest.raises(InputError, match="pass receipts"):
        reconcile(found)


def test_the_page_shows_it_all(found, tmp_path):
    with FakeCallr(rates=CARD, extension_is_gsm=False, outcomes={"+33612345600": "failed"}) as fake:
        bill = reconcile(found, [*read_receipts(sent(found, fake)), Receipt(sid="x", to="+1", text="<b>")])
    page = bill.to_html(tmp_path / "bill.html", title="Août & <co>")
    assert (tmp_path / "bill.html").read_text(encoding="utf-8") == page
    with pytest.raises(InputError, match="force"):
        bill.to_html(tmp_path / "bill.html")
    for shown in ("Août &amp; &lt;co&gt;", "1 receipt is of no message", "Extension characters", "failed"):
        assert shown in page
    assert "http" not in page.split("</head>")[1]
    assert "12345" not in page
    assert "Where the difference comes from" in bill._repr_html_()


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["€", "[", "ç", "é", "a", "😀", "ê"]), min_size=1, max_size=8), st.data())
def test_only_characters_that_may_be_to_blame_are_blamed(words, data):
    """Callr is played with a secret alphabet: whoever it calls Unicode is among the blamed, if anybody is."""
    secret = data.draw(st.sets(st.sampled_from(["€", "[", "é"])))
    frame = pd.DataFrame({"body": words, "to": [f"+336123456{row:02}" for row in range(len(words))]})
    found = estimate(frame, text="{body}", to="to", rates=CARD)
    unicode = {*secret, "ç", "😀", "ê"}
    receipts = [
        Receipt(sid=str(row), to=to, text=text, encoding="unicode" if text in unicode else "gsm", parts=1)
        for row, (text, to) in enumerate(frame.itertuples(index=False))
    ]
    blamed = reconcile(found, receipts).characters()
    assert Counter(blamed["character"]) == Counter(secret & set(words))


def campaign(rows=40):
    frame = pd.DataFrame({"to": [f"+336123456{row:02}" for row in range(rows)], "name": ["Zoé"] * rows})
    return estimate(frame, text="Bonjour {name} STOP", to="to", rates=CARD)


def test_unknown_messages_are_settled_by_what_callr_lists_and_by_nothing_else(tmp_path):
    lost = {"drop after accept": 0.2, "drop before accept": 0.2, "cut body": 0.1}
    with FakeCallr(rates=CARD) as fake, fake.client(timeout=2.0) as client:
        fake.faults.share(lost, seed=4)
        path, options = tmp_path / "ledger", {"breaker": PATIENT, "progress": False}
        ledger = client.send_all(campaign(), path, budget_cents=1000, **options)
        unknown = {each.number for each in ledger.unknown()}
        arrived = {number for number, _ in fake.journal}
        assert unknown & arrived
        assert unknown - arrived
        before = reconcile(ledger)
        assert (before.counts["unknown"], before.resolved) == (len(unknown), 0)
        bill = reconcile(ledger, find_receipts(client, ledger))
        again = reconcile(ledger, find_receipts(client, ledger))
        sent = len(fake.journal)
    assert bill.resolved == len(unknown & arrived)
    assert {each.number for each in ledger.unknown()} == unknown - arrived
    assert bill.counts["accepted"] == len(arrived) == sent == bill.counts["billed"]
    assert bill.billed_cents == Decimal("4.5") * len(arrived)
    assert (again.resolved, again.counts) == (0, bill.counts)
    ledger.close()


SHAPES = {
    "list of dicts": lambda sms: sms,
    "page": lambda sms: {"hits": sms, "total": len(sms)},
    "bodies": pd.DataFrame,
    "normalised": pd.json_normalize,
    "text beside": frame_of,
    "bodies as texts": lambda sms: pd.DataFrame([{**each, "body": each["body"]["text"]} for each in sms]),
    "polars": lambda sms: pl.DataFrame([{**each, "body": each["body"]["text"]} for each in sms]),
    "whole numbers": lambda sms: frame_of(sms).assign(to=[int(each["to"]) for each in sms]),
    "floats": lambda sms: frame_of(sms).assign(to=[float(each["to"]) for each in sms]),
    "no plus": lambda sms: frame_of(sms).assign(to=[each["to"][1:] for each in sms]),
    "receipts": lambda sms: [replace(read_receipt(each), to=each["to"][1:]) for each in sms],
}


@pytest.fixture(scope="module")
def answered(found):
    with FakeCallr(rates=CARD) as fake:
        sent(found, fake)
        return fake.receipts


@pytest.mark.parametrize("shape", SHAPES)
def test_receipts_come_in_the_shape_of_the_api_or_of_a_table(found, answered, shape):
    bill = reconcile(found, SHAPES[shape](answered))
    assert (bill.counts["billed"], bill.unmatched) == (60, ())
    assert bill.billed_cents == sum(Decimal(each["cost"]) for each in answered)


@pytest.mark.parametrize("name", ["bill.json", "bill.csv", "bill.parquet"])
def test_receipts_may_be_in_a_file(found, answered, tmp_path, name):
    path, table = tmp_path / name, frame_of(answered)
    if name == "bill.json":
        path.write_text(json.dumps(answered), encoding="utf-8")
    elif name == "bill.csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path)
    for place in (path, str(path)):
        assert reconcile(found, place).billed_cents == sum(Decimal(each["cost"]) for each in answered)
    (tmp_path / "torn.json").write_text('[{"sid"', encoding="utf-8")
    with pytest.raises(InputError, match=r"torn\.json.*not JSON"):
        reconcile(found, tmp_path / "torn.json")


def test_a_text_that_a_receipt_has_is_never_taken_from_the_plan(found, answered):
    other = [{**each, "body": {"text": "another campaign"}} for each in answered]
    for receipts in (other, pd.DataFrame(other), pd.json_normalize(other)):
        bill = reconcile(found, receipts)
        assert (bill.counts["billed"], len(bill.unmatched), bill.double_sends) == (0, 60, ())


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        (lambda frame: frame.rename(columns={"cost": "costs"}), "cost", "did you mean 'costs'"),
        (lambda frame: frame.drop(columns="to").drop(columns="sid"), "to", "whose they are"),
        (lambda frame: frame.assign(to="06 12 34 56 78"), "to", "row 0, column 'to': .*calling code"),
        (lambda frame: frame.assign(to="n/a"), "to", "is not E.164"),
        (lambda frame: frame.assign(to=0.5), "to", "is not E.164"),
    ],
)
def test_a_column_that_would_leave_all_of_it_pending_is_named(found, answered, change, column, words):
    with pytest.raises(InputError, match=words) as refused:
        reconcile(found, change(frame_of(answered)))
    assert refused.value.column == column
    assert "34 56" not in str(refused.value)


def test_an_estimate_knows_receipts_by_their_numbers(found, answered):
    with pytest.raises(InputError, match="no receipt tells its number"):
        reconcile(found, frame_of(answered).drop(columns="to"))


def test_final_receipts_of_its_own_messages_are_written_into_a_ledger(tmp_path):
    """Sent before prices were known, and never told by a webhook: the bill comes by another way."""
    options = {"budget_cents": 1000, "progress": False}
    with (
        FakeCallr(rates=CARD, prices_at_once=False) as fake,
        fake.client() as client,
        client.send_all(campaign(20), tmp_path / "ledger", **options) as ledger,
    ):
        assert (reconcile(ledger).counts["pending"], reconcile(ledger).billed_cents) == (20, 0)
        fake.advance(steps=5)
        by_sid = [
            {"sid": each["sid"], "cost": each["cost"], "status": each["status"]} for each in fake.receipts
        ]
        bill = reconcile(ledger, by_sid)
        assert (bill.counts["billed"], bill.counts["pending"]) == (20, 0)
        assert (bill.billed_cents, bill.unmatched) == (Decimal("90"), ())
        assert reconcile(ledger).billed_cents == 90, "the ledger knows it from now on"
        assert set(bill.rows["status"]) == {"delivered"}


def test_accepted_messages_without_a_cost_are_asked_about_too(tmp_path):
    options = {"budget_cents": 1000, "progress": False}
    with (
        FakeCallr(rates=CARD, prices_at_once=False) as fake,
        fake.client() as client,
        client.send_all(campaign(3), tmp_path / "ledger", **options) as ledger,
    ):
        fake.advance(steps=5)
        assert reconcile(ledger, find_receipts(client, ledger)).counts["billed"] == 3
        assert find_receipts(client, ledger) == []


class Endless:
    """A server that always has more: the same page again and again, or ever new SMS."""

    def __init__(self, made):
        self.made, self.asked = made, 0

    def search(self, *, to, limit, offset):
        self.asked += 1
        receipts = tuple(Receipt(sid=self.made(offset + each), to=to, text="a") for each in range(limit))
        return Page(receipts=receipts, offset=offset, total=None, has_more=True)


def test_a_search_ends_though_the_server_has_more(tmp_path):
    with FakeCallr(rates=CARD) as fake, fake.client(timeout=2.0) as client:
        fake.faults.then(["drop after accept"])
        with client.send_all(campaign(1), tmp_path / "ledger", budget_cents=1000, progress=False) as ledger:
            again = Endless(lambda number: str(number % 100))
            assert len(find_receipts(again, ledger)) == 100
            assert again.asked == 2
            new = Endless(str)
            assert find_receipts(new, ledger) == []
            assert new.asked == 10


OFFER = "Bonjour, 20 % ce samedi. STOP 36105"
DOUBLE, FOREIGN, MISSING = 37, 11, 9


def invoice_of(receipts, numbers, seed):
    """An invoice as it comes: reports late and early and in any order, some missing, some of others."""
    random = Random(seed)
    other = {"body": {"text": "Autre"}, "status": "delivered", "cost": "3.333"}
    foreign = [{"sid": f"foreign{each}", "to": f"+3361111{each:04}", **other} for each in range(FOREIGN)]
    missing = numbers[DOUBLE : DOUBLE + MISSING]
    lines = [*(each for each in receipts if each["to"] not in missing), *foreign]
    early = [
        {**each, "cost": None, "parts": None, "status": "created", "updated": "2020-01-01T00:00:00Z"}
        for each in random.sample(lines, len(lines) // 5)
    ]
    random.shuffle(lines := [*lines, *early])
    return lines


def send_twice_what_was_sent(fake, plan, numbers, ledger_file):
    """Send a campaign, by a ledger or by code of one's own, and then some of it once more."""
    with fake.client() as client:
        ledger = None
        if ledger_file is None:
            for number in numbers:
                client.deliver(Message(number, OFFER))
        else:
            options = {"breaker": PATIENT, "progress": False, "in_flight": 32}
            ledger = client.send_all(plan, ledger_file, budget_cents=len(numbers) * 10, **options)
        for number in numbers[:DOUBLE]:
            client.deliver(Message(number, OFFER))
    fake.advance(steps=5)
    return ledger


@pytest.mark.parametrize("by_ledger", [True, False], ids=["ledger", "estimate"])
@pytest.mark.parametrize("messages", [200, pytest.param(2000, marks=pytest.mark.slice)])
def test_the_whole_is_the_invoice_to_the_cent(tmp_path, messages, by_ledger):
    numbers = [f"+33612{row:06}" for row in range(messages)]
    plan = estimate(pd.DataFrame({"to": numbers}), text=OFFER, to="to", rates=CARD)
    with FakeCallr(rates="4.517") as fake:
        ledger = send_twice_what_was_sent(fake, plan, numbers, tmp_path / "ledger" if by_ledger else None)
        lines = invoice_of(fake.receipts, numbers, seed=messages)
    bill = reconcile(ledger or plan, lines)
    billed = messages if by_ledger else messages - MISSING  # a ledger was told the cost by the answers
    amounts = [billed * Decimal("4.517"), DOUBLE * Decimal("4.517"), FOREIGN * Decimal("3.333")]
    invoice = bill.invoice()
    assert invoice["line"].tolist() == ["planned messages", "double sends", "of no planned message"]
    assert invoice["messages"].tolist() == [billed, DOUBLE, FOREIGN]
    assert invoice["billed_cents"].tolist() == amounts
    assert bill.invoice_cents == sum(amounts)
    assert (len(bill.double_sends), len(bill.unmatched)) == (DOUBLE, DOUBLE + FOREIGN)
    assert bill.strangers == bill.unmatched
    assert bill.counts["unknown"] == messages - billed
    assert bill.figures()["invoice_cents"] == str(bill.invoice_cents)
    assert "37 receipts are of messages that were sent once more." in bill.to_html()
    assert "with what was not planned" in str(bill)
    if ledger:
        ledger.close()


def test_a_message_that_may_be_of_another_campaign_stays_unknown(tmp_path):
    """The same text to the same number, twice in Callr's list and once in the plan: nobody can say which."""
    with FakeCallr(rates=CARD) as fake, fake.client(timeout=2.0) as client:
        fake.faults.then(["drop after accept"])
        ledger = client.send_all(campaign(1), tmp_path / "ledger", budget_cents=1000, progress=False)
        client.deliver(Message("+33612345600", "Bonjour Zoé STOP"))
        bill = reconcile(ledger, find_receipts(client, ledger))
    assert (bill.resolved, bill.counts["unknown"], len(bill.strangers)) == (0, 1, 2)
    ledger.close()


@pytest.mark.parametrize("days", [-1, 1])
def test_a_message_of_another_time_confirms_nothing(tmp_path, days):
    """Of yesterday's campaign, or of tomorrow's: with the same text."""
    long_ago = datetime.now(UTC) + timedelta(days=days)
    old = Receipt(sid="old", to="+33612345600", text="Bonjour Zoé STOP", created=long_ago)
    with FakeCallr(rates=CARD) as fake, fake.client(timeout=2.0) as client:
        fake.faults.then(["drop before accept"])
        ledger = client.send_all(campaign(1), tmp_path / "ledger", budget_cents=1000, progress=False)
    assert reconcile(ledger, [old]).counts["unknown"] == 1
    new = replace(old, sid="new", created=datetime.now(UTC))
    assert reconcile(ledger, [old, new]).counts["accepted"] == 1
    ledger.close()


@pytest.mark.parametrize(
    ("in_time", "of_another_day", "resolved"),
    [(0, 0, 0), (1, 0, 1), (2, 0, 2), (3, 0, 0), (2, 2, 2), (1, 3, 1), (0, 2, 0), (3, 1, 0)],
)
def test_alike_receipts_settle_alike_messages_unless_there_are_more_of_them(
    tmp_path, in_time, of_another_day, resolved
):
    """Two messages of one number and text are unknown: which is which matters to nobody."""
    twice = pd.DataFrame({"to": ["+33612345600"] * 2, "name": ["Zoé"] * 2})
    found = estimate(twice, text="Bonjour {name} STOP", to="to", rates=CARD)
    options = {"budget_cents": 1000, "allow_duplicates": True, "progress": False}
    with FakeCallr(rates=CARD) as fake, fake.client(timeout=2.0) as client:
        fake.faults.then(["drop before accept"] * 2)
        ledger = client.send_all(found, tmp_path / "ledger", **options)
    moment = datetime.now(UTC)
    created = [moment] * in_time + [moment - timedelta(days=1)] * of_another_day
    told = [
        Receipt(sid=f"sms{at}", to="+33612345600", text="Bonjour Zoé STOP", created=each)
        for at, each in enumerate(created)
    ]
    bill = reconcile(ledger, told)
    assert (bill.resolved, bill.counts["unknown"]) == (resolved, 2 - resolved)
    assert len(bill.unmatched) == len(told) - resolved
    assert {each.sid for each in ledger.deliveries("accepted")} == {f"sms{at}" for at in range(resolved)}
    ledger.close()
