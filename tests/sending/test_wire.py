"""The SMS object of the API is read whole, in any shape it may come, and reports of one SMS come together."""

import json
import pickle
import tracemalloc
from dataclasses import astuple
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from random import Random

import pytest
from guide import GUIDE
from hypothesis import given
from hypothesis import strategies as st

from callr_segment.errors import InputError, NotSent, OutcomeUnknown, Rejected, SendError
from callr_segment.sending.api.redaction import masked
from callr_segment.sending.api.requests import (
    SEARCH_NAMES,
    Answer,
    getting,
    pinging,
    retry_after_seconds,
    searching,
    sending,
)
from callr_segment.sending.api.wire import FINAL, RANKS, Message, Transition, rank, read_json, read_receipt
from callr_segment.sending.ledger.receipt_columns import to_json

pytestmark = pytest.mark.once

MESSAGE = Message("+33639981020", "Bonjour à tous", sender="MAISON LOU", encoding="gsm")


def at(second):
    return datetime(2025, 4, 24, 17, 42, second, tzinfo=UTC)


def test_every_field_of_the_guide_is_read():
    receipt = read_receipt(GUIDE)
    assert (receipt.sid, receipt.direction, receipt.sender) == ("smsabcdef12345678", "outbound", "TOPIMMO")
    assert (receipt.to, receipt.text, receipt.traffic) == ("+33639981020", "Hello world!", "marketing")
    assert (receipt.status, receipt.error, receipt.payment_type) == ("sent", None, "prepaid")
    assert (receipt.created, receipt.sent, receipt.updated) == (at(28), at(29), at(30))
    assert (receipt.delivered, receipt.parts, receipt.network) == (None, 1, "20801")
    assert (receipt.encoding, receipt.cost_cents, receipt.extra) == ("gsm", Decimal("4.50"), {})
    steps = (Transition(at(28), "created", "pending"), Transition(at(29), "pending", "sent"))
    assert receipt.history == steps


@given(
    st.dictionaries(
        st.sampled_from([*GUIDE, "new", "sıd"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text()
            | st.decimals(allow_nan=False)
            | st.sampled_from([*RANKS]),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["text", "at", "after"]), inner),
            max_leaves=6,
        ),
    )
)
def test_a_receipt_takes_any_value_in_any_field_and_keeps_what_it_cannot_read(sms):
    receipt = read_receipt(sms)
    unknown = {name for name in sms if name not in GUIDE}
    assert unknown <= set(receipt.extra) <= set(sms)
    assert receipt.cost_cents is None or receipt.cost_cents >= 0
    assert all(moment.tzinfo for moment in (receipt.created, receipt.sent, receipt.updated) if moment)
    copy = pickle.loads(pickle.dumps(receipt))
    assert copy == receipt
    assert hash(copy) == hash(receipt)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cost", "4,50"),
        ("cost", "NaN"),
        ("cost", "-1"),
        ("cost", "1e3"),
        ("cost", "9" * 40),
        ("cost", True),
        ("parts", "two"),
        ("parts", -1),
        ("created", "yesterday"),
        ("created", "2025-04-24T17:42:28"),
        ("created", 1745516548),
        ("network", 20801),
        ("body", "Hello"),
        ("body", {"text": "Hello", "media": []}),
        ("statusHistory", [{"after": "sent"}]),
        ("statusHistory", "sent"),
    ],
)
def test_what_cannot_be_read_is_kept_as_it_came(name, value):
    receipt = read_receipt(GUIDE | {name: value})
    assert receipt.extra == {name: value}
    assert receipt.sid == GUIDE["sid"]


def test_a_cost_is_exact_however_it_is_written():
    costs = read_json(b'["2.0", 2.10, 3, "0.0001"]')
    read = [read_receipt({"cost": cost}).cost_cents for cost in costs]
    assert list(map(str, read)) == ["2.0", "2.10", "3", "0.0001"]


def test_neither_number_nor_text_shows_in_a_repr():
    shown = repr([read_receipt(GUIDE), MESSAGE])
    assert "639981020" not in shown
    assert "Hello" not in shown
    assert "Bonjour" not in shown
    assert "+33•••••••20" in shown


@pytest.mark.parametrize("number", ["+33639981020", "0033 6 39 98 10 20", "33-639.981.020", "%2B33639981020"])
def test_numbers_are_masked_however_they_are_written(number):
    shown = masked(f"to {number} for 1234 cents")
    assert "98" not in shown
    assert "1234 cents" in shown


def test_a_request_escapes_what_a_form_would_change():
    call = sending(MESSAGE)
    assert call.target == "/sms?to=%2B33639981020&from=MAISON%20LOU&encoding=gsm&trafficType=marketing"
    assert json.loads(call.body) == {"text": "Bonjour à tous"}
    assert sending(Message("+33639981020", "a")).target == "/sms?to=%2B33639981020&trafficType=marketing"
    assert json.loads(sending(Message("+1", "\ud83d \x00")).body)["text"] == "\ud83d \x00"


@pytest.mark.parametrize("sid", ["", ".", "..", "a\nb"])
def test_a_sid_that_would_ask_for_something_else_is_refused(sid):
    with pytest.raises(InputError):
        getting(sid)


def test_a_sid_is_one_step_of_the_path():
    assert getting("../ping?x#").target == "/sms/..%2Fping%3Fx%23"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(202, {}, b"<html>"), "not json"),
        (Answer(202, {}, b""), "not json"),
        (Answer(202, {}, b'{"sid":"a"'), "not json"),
        (Answer(202, {}, b"[" * 100_000), "not json"),
        (Answer(202, {}, b"9" * 10_000), "not json"),
        (Answer(202, {}, b'{"sid": NaN}'), "not json"),
        (Answer(202, {}, b"\xff\xfe\x00"), "not json"),
        (Answer(202, {}, b"[]"), "not an object"),
        (Answer(202, {}, b"null"), "not an object"),
        (Answer(202, {}, b"{}"), "no sid"),
        (Answer(202, {}, b'{"sid": 5}'), "no sid"),
        (Answer(202, {}, b'{"sid": ""}'), "no sid"),
        (Answer(200, {}, b'{"sid": "smsabcd"}'), "status 200"),
        (Answer(201, {}, b'{"sid": "smsabcd", "to": "+33639981020"}'), "status 201"),
        (Answer(200, {}, json.dumps(GUIDE | {"to": "+33639981021"}).encode()), "status 200"),
        (Answer(203, {}, json.dumps(GUIDE).encode()), "status 203"),
        (Answer(302, {"location": "http://elsewhere"}, b""), "status 302"),
        (Answer(408, {}, b""), "status 408"),
        (Answer(500, {}, b'{"code": "x"}'), "status 500"),
        (Answer(503, {"retry-after": "1"}, b""), "status 503"),
    ],
)
def test_what_proves_nothing_is_unknown_for_a_message_and_harmless_for_a_question(answer, why):
    with pytest.raises(OutcomeUnknown) as unknown:
        sending(MESSAGE).interpret(answer)
    assert (unknown.value.why, unknown.value.status) == (why, answer.status)
    if answer.status >= 300 or why in ("not json", "not an object"):
        with pytest.raises(NotSent, match="ask again"):
            getting("abc").interpret(answer)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_an_accepted_message_has_a_receipt(status):
    answer = Answer(status, {}, json.dumps(GUIDE).encode())
    assert sending(MESSAGE).interpret(answer) == read_receipt(GUIDE)


def test_what_an_odd_answer_says_is_kept_for_whoever_looks_for_the_message():
    for status, body in [(202, {"to": "+33639981020"}), (200, {"sid": "smsabcd"}), (500, GUIDE)]:
        with pytest.raises(OutcomeUnknown) as unknown:
            sending(MESSAGE).interpret(Answer(status, {}, json.dumps(body).encode()))
        assert unknown.value.receipt == read_receipt(body)
        assert pickle.loads(pickle.dumps(unknown.value)).receipt == unknown.value.receipt
    with pytest.raises(OutcomeUnknown) as unknown:
        sending(MESSAGE).interpret(Answer(502, {}, b"<html>"))
    assert unknown.value.receipt is None


HALF = "half \ud83d of a pair"


@pytest.mark.parametrize("name", [*GUIDE, "new", HALF])
def test_half_a_pair_in_any_field_costs_that_field_and_nothing_else(name):
    odd = {"body": {"text": HALF}, "statusHistory": [{"before": HALF, "after": HALF, "at": HALF}]}
    sms = GUIDE | {name: odd.get(name, HALF)}
    if name == "sid":
        with pytest.raises(OutcomeUnknown, match="no sid"):
            sending(MESSAGE).interpret(Answer(202, {}, json.dumps(sms).encode()))
        return
    receipt = sending(MESSAGE).interpret(Answer(202, {}, json.dumps(sms).encode()))
    told = [value for value in astuple(receipt) if isinstance(value, str)]
    assert "".join(told).encode(), "all that stands in a field can be written"
    assert receipt.extra == {name: sms[name]}
    assert read_receipt(read_json(to_json(receipt).encode())) == receipt


@pytest.mark.parametrize("status", [202, 400, 401, 429, 500])
@pytest.mark.parametrize("depth", [60, 900, 100_000])
def test_no_depth_of_nesting_ends_more_than_one_message(status, depth):
    body = b'{"sid": "smsabcd", "code": %s1%s}' % (b"[" * depth, b"]" * depth)
    with pytest.raises((OutcomeUnknown, Rejected, NotSent)):
        sending(MESSAGE).interpret(Answer(status, {}, body))


@pytest.mark.parametrize(
    "cost", ["1e1000000000", "1e-1000000000", "999999999999", "10000000", '"10000000"', "-1", "1e30"]
)
def test_a_cost_beyond_any_sms_is_kept_aside_in_no_time(cost):
    tracemalloc.start()
    body = b'{"sid": "a", "cost": %s, "parts": 99999999999999999999}' % cost.encode()
    receipt = sending(MESSAGE).interpret(Answer(202, {}, body))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (receipt.cost_cents, receipt.parts, set(receipt.extra)) == (None, None, {"cost", "parts"})
    assert peak < 1_000_000


def test_a_code_that_repeats_the_number_is_masked_and_shown_on_one_line():
    body = json.dumps({"code": "barred +33639981020\n" + "x" * 1000}).encode()
    with pytest.raises(Rejected) as refused:
        sending(MESSAGE).interpret(Answer(400, {}, body))
    assert "639981020" not in refused.value.code + str(refused.value)
    assert refused.value.code.isprintable()
    assert len(refused.value.code) < 250


def test_an_error_at_creation_is_a_refusal_with_its_receipt():
    body = json.dumps(GUIDE | {"status": "error", "error": "+33639981020 is barred"}).encode()
    with pytest.raises(Rejected, match=r"\+33•••••••20 is barred") as refused:
        sending(MESSAGE).interpret(Answer(202, {}, body))
    assert refused.value.receipt.sid == GUIDE["sid"]
    assert not refused.value.halts


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 422, 451])
@pytest.mark.parametrize("body", [b'{"code": "E1", "message": "no\\u001b[2J"}', b"<html>", b""])
def test_a_refusal_says_what_callr_said_and_whether_others_would_pass(status, body):
    with pytest.raises(Rejected) as refused:
        sending(MESSAGE).interpret(Answer(status, {}, body))
    assert refused.value.status == status
    assert refused.value.halts == (status in (401, 402, 403, 404, 405))
    assert refused.value.code == ("E1" if body.startswith(b"{") else None)
    assert "\x1b" not in str(refused.value)
    again = pickle.loads(pickle.dumps(refused.value))
    assert (str(again), vars(again)) == (str(refused.value), vars(refused.value))


NOW = datetime(2026, 11, 26, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("Thu, 26 Nov 2026 12:00:30 GMT", 30),
        ("Thursday, 26-Nov-26 12:00:30 GMT", 30),
        ("Thu Nov 26 12:00:30 2026", 30),
        ("Thu, 26 Nov 2026 13:00:30 +0100", 30),
        ("Thu, 26 Nov 2026 11:00:00 GMT", 0),
        ("", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("9" * 50, None),
        ("soon", None),
        ("1, 2", None),
        ("Thu, 99 Nov 2026 12:00:30 GMT", None),
    ],
)
def test_every_form_of_retry_after(said, seconds):
    assert retry_after_seconds({"retry-after": said}, now=NOW) == seconds
    dated = {"retry-after": said, "date": "Thu, 26 Nov 2026 12:00:00 GMT"}
    with pytest.raises(NotSent) as wait:
        sending(MESSAGE).interpret(Answer(429, dated, b""))
    assert wait.value.retry_after_seconds == seconds


def test_search_reads_a_page_and_asks_in_names_that_can_be_set():
    call = searching(
        {"to": "+33639981020", "since": at(28).astimezone(timezone(timedelta(hours=2))), "limit": 100},
        {"to": "number", "since": "after", "limit": "limit"},
    )
    assert call.target == "/sms?number=%2B33639981020&after=2025-04-24T17%3A42%3A28Z&limit=100"
    listed = {"offset": 100, "total": 102, "hasMore": True, "hits": [GUIDE, GUIDE]}
    page = call.interpret(Answer(200, {}, json.dumps(listed).encode()))
    assert (len(page.receipts), page.offset, page.total, page.has_more) == (2, 100, 102, True)
    with pytest.raises(InputError, match="did you mean 'limit'"):
        searching({"limits": 1}, SEARCH_NAMES)
    for limit in (0, 101, -1):
        with pytest.raises(InputError, match="1 to 100"):
            searching({"limit": limit}, SEARCH_NAMES)
    with pytest.raises(InputError, match="has a time zone"):
        searching({"since": datetime(2025, 4, 24)}, {"since": "after"})


def test_a_ping_is_answered_by_any_success():
    assert pinging().interpret(Answer(204, {}, b"")) is None
    with pytest.raises(Rejected):
        pinging().interpret(Answer(401, {}, b""))


def test_a_later_report_that_says_less_takes_nothing_away():
    whole = read_receipt(GUIDE | {"mood": "good"})
    late = read_receipt({"sid": whole.sid, "status": "delivered", "updated": "2025-04-24T17:42:40Z"})
    joined = whole.joined(late)
    assert joined == late.joined(whole)
    assert (joined.cost_cents, joined.parts, joined.text, joined.network) == (
        Decimal("4.50"),
        1,
        "Hello world!",
        "20801",
    )
    assert (joined.status, joined.updated, joined.extra) == ("delivered", at(40), {"mood": "good"})
    between = read_receipt({"sid": whole.sid, "updated": "2025-04-24T17:42:35Z", "cost": "9.00"})
    assert whole.joined(late).joined(between).cost_cents == 9
    assert read_receipt(read_json(to_json(joined).encode())) == joined


moments = st.none() | st.sampled_from([f"2025-04-24T17:42:{second}Z" for second in (28, 29, 30)])
reports = st.fixed_dictionaries(
    {"sid": st.just("a"), "status": st.sampled_from([*RANKS, "parked", "lost"]), "updated": moments},
    optional={
        "cost": st.sampled_from(["1", "2.0", "2", "much", None]),
        "parts": st.integers(1, 3) | st.just("two"),
        "body": st.sampled_from([{"text": "a"}, {"text": "b"}, {}, None]),
        "network": st.sampled_from(["20801", None]),
        "mood": st.sampled_from(["good", "bad", 1]),
        "statusHistory": st.lists(st.sampled_from(GUIDE["statusHistory"])),
    },
).map(read_receipt)


@given(st.lists(reports, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_reports_matters(found, random: Random):
    joined = reduce(lambda left, right: left.joined(right), found)
    again = random.choices(found, k=5) + random.sample(found, len(found))
    random.shuffle(again)
    assert reduce(lambda left, right: left.joined(right), again) == joined
    middle = random.randrange(len(found))
    halves = [reduce(lambda a, b: a.joined(b), half) for half in (found[:middle], found[middle:]) if half]
    assert reduce(lambda left, right: right.joined(left), halves) == joined
    assert rank(joined.status) == max(rank(each.status) for each in found)
    assert set(joined.history) == {step for each in found for step in each.history}


def test_only_final_statuses_are_final():
    assert {"delivered", "error", "failed", "expired"} == FINAL
    assert not read_receipt(GUIDE).is_final
    assert read_receipt(GUIDE | {"status": "expired"}).is_final


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None), max_size=8)
    | st.sampled_from([*RANKS, "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "1e400", "\ud83d"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "at", "after"]), inner)
    ),
    max_leaves=5,
)


@given(
    st.sampled_from([200, 201, 202, 400, 429, 500]),
    st.dictionaries(st.sampled_from([*GUIDE, "code", "message", "toldAt", "\udc00"]), anything),
)
def test_no_answer_does_more_than_leave_its_message_unknown(status, sms):
    answer = Answer(status, {}, json.dumps({"sid": "smsabcd"} | sms).encode())
    receipt, said = None, ""
    try:
        receipt = sending(MESSAGE).interpret(answer)
    except SendError as error:
        receipt, said = getattr(error, "receipt", None), str(error)
    assert said.isprintable()
    if receipt is not None:
        assert all(each.encode() or True for each in astuple(receipt) if isinstance(each, str))
        kept = to_json(receipt.joined(read_receipt(GUIDE)))
        assert kept.isascii()
        assert read_receipt(read_json(kept.encode())).sid == receipt.joined(read_receipt(GUIDE)).sid
