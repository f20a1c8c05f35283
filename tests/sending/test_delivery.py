"""`send_all`: what is sent, what is waited for, what stops it, and what the ledger says of it."""

import itertools
import threading
import tracemalloc
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.errors import (
    BudgetExceeded,
    Halted,
    InputError,
    LedgerError,
    NotSent,
    OutcomeUnknown,
    Rejected,
)
from callr_segment.sending.api.webhooks import StatusEvent
from callr_segment.sending.api.wire import Receipt
from callr_segment.sending.delivery import breaker as throttling
from callr_segment.sending.delivery.breaker import Breaker
from callr_segment.sending.delivery.loop import send_all
from callr_segment.sending.delivery.queue import SendQueue
from callr_segment.sending.delivery.rate_limit import CATCH_UP_SECONDS, Backoff, Clock, RateLimit
from callr_segment.sending.delivery.window import Window
from callr_segment.sending.ledger.book import Ledger

pytestmark = pytest.mark.once
CARD = sms.RateCard({"FR": {"20801": "4", "20810": "5"}}, currency="EUR")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
QUICK = Breaker(longest_wait_seconds=0.01)


def people(count, first=0):
    rows = range(first, first + count)
    return pd.DataFrame({"to": [f"+336{row:08d}" for row in rows], "name": [f"Zoé {row}" for row in rows]})


def campaign(frame, text="Bonjour {name}, STOP au 36105", **options):
    return sms.estimate(frame, text=text, to="to", rates=options.pop("rates", CARD), **options)


class Stub:
    """A client that answers as it is told: a function of the message and of how often it was asked for it."""

    dry_run, base_url = False, "https://stub.example/v2.0"

    def __init__(self, answer=None):
        self.answer = answer or (lambda message, times: self.receipt(message))
        self.asked, self.guard, self.messages = Counter(), threading.Lock(), []

    def deliver(self, message):
        with self.guard:
            self.messages.append(message)
            self.asked[message.to] += 1
            times = self.asked[message.to]
        return self.answer(message, times)

    @staticmethod
    def receipt(message, **said):
        told = {"to": message.to, "text": message.text, "status": "created", **said}
        return Receipt(sid=f"sms{message.to}", **told)


def failing(error, until=10**9, only=None):
    """Answer with an error, so many times for each message, or only to some of them."""

    def answer(message, times):
        if times <= until and (only is None or message.to[-1] in only):
            raise error
        return Stub.receipt(message)

    return answer


@pytest.fixture
def ledger(tmp_path):
    with Ledger(tmp_path / "campaign.ledger") as book:
        yield book


def run(client, estimate, book, budget="1000000", **options):
    return send_all(
        client, estimate, book, budget_cents=budget, **{"progress": False, "breaker": QUICK, **options}
    )


def counted(book):
    counts = book.counts()
    known = counts.accepted + counts.rejected + counts.unknown + counts.opted_out
    assert counts.planned == known + counts.not_sent
    return counts.accepted, counts.rejected, counts.unknown, counts.not_sent


def test_every_message_is_sent_once_as_it_was_costed(ledger):
    frame = people(300).assign(kind=["marketing", "alerting", None] * 100)
    found = campaign(frame, traffic="kind", sender="MAISON LOU", encoding="gsm", errors="rewrite")
    client = Stub()
    run(client, found, ledger)
    assert counted(ledger) == (300, 0, 0, 0)
    assert set(client.asked.values()) == {1}
    first = min(client.messages, key=lambda message: message.to)
    assert (first.text, first.sender, first.encoding) == ("Bonjour Zoé 0, STOP au 36105", "MAISON LOU", "gsm")
    assert Counter(message.traffic for message in client.messages) == {"marketing": 200, "alerting": 100}
    assert ledger.counts().spent_cents == 300 * 5, "no cost was told: the dearest one counts"
    run(client, found, ledger)
    assert set(client.asked.values()) == {1}


def test_texts_leave_as_they_were_counted(ledger):
    frame = people(2).assign(name=["l’été", "€"])
    client = Stub()
    run(
        client,
        campaign(frame, "{name} ç, STOP %STOPNUM%", encoding="gsm", errors="rewrite"),
        ledger,
        in_flight=1,
    )
    assert [message.text for message in client.messages] == ["l'été c, STOP %STOPNUM%", "€ c, STOP %STOPNUM%"]


def test_templates_that_are_chosen_reach_those_they_were_chosen_for(ledger):
    frame = people(6).assign(lang=["fr", "en", "fr", "en", "en", "fr"])
    client = Stub()
    run(
        client,
        campaign(frame, {"fr": "Salut {name} STOP", "en": "Hi {name} STOP"}, choose="lang"),
        ledger,
        in_flight=1,
    )
    greeted = [message.text.split()[0] for message in client.messages]
    assert greeted == ["Salut", "Hi", "Salut", "Hi", "Hi", "Salut"]


def test_a_rewritten_estimate_is_sent_rewritten(ledger):
    frame = people(2).assign(name=["l’été " + "a" * 70, "An"])
    found = campaign(frame, "{name} STOP au 36105").best()
    client = Stub()
    run(client, found, ledger, in_flight=1)
    assert client.messages[0].text.startswith("l'été")
    assert [each.parts for each in ledger.deliveries()] == [1, 1]


@pytest.mark.parametrize("wait", [0.0, None, 10**9])
def test_what_was_not_sent_is_sent_again(ledger, wait):
    client = Stub(failing(NotSent("slow down", status=429, retry_after_seconds=wait), until=2))
    run(client, campaign(people(20)), ledger)
    assert counted(ledger) == (20, 0, 0, 0)
    assert set(client.asked.values()) <= {1, 2, 3}


def test_it_stops_where_callr_cannot_be_reached(ledger):
    client = Stub(failing(NotSent("refused")))
    with pytest.raises(Halted, match=r"after 3 waits.*40 not sent; resume with the same call") as stop:
        run(client, campaign(people(40)), ledger, breaker=QUICK._replace(waits_in_a_row=3))
    assert isinstance(stop.value.__cause__, NotSent)
    assert counted(ledger) == (0, 0, 0, 40)
    run(Stub(), None, ledger)
    assert counted(ledger) == (40, 0, 0, 0)


def test_a_key_that_is_refused_burns_nothing(ledger):
    client = Stub(failing(Rejected("no such key", status=401, halts=True)))
    with pytest.raises(Halted, match="no message would pass"):
        run(client, campaign(people(100)), ledger, in_flight=8)
    assert counted(ledger) == (0, 0, 0, 100)
    assert len(client.messages) <= 8


def test_a_client_that_is_closed_burns_nothing(ledger):
    client = sms.Client("a-key-of-nobody")
    client.close()
    with pytest.raises(InputError, match="this client is closed, so nothing was sent"):
        client.send_all(campaign(people(9)), ledger.path.with_name("other"), budget_cents="90")
    assert not ledger.path.with_name("other").exists()
    with pytest.raises(Halted, match=r"no message would pass: this client is closed.*30 not sent"):
        run(Stub(closing(after=3)), campaign(people(33)), ledger, in_flight=2)
    run(Stub(), None, ledger)
    assert counted(ledger) == (33, 0, 0, 0)


def closing(after):
    """Answer until somebody closes the client, as a web server does that ends while a thread of it sends."""
    guard, answered = threading.Lock(), itertools.count(1)

    def answer(message, times):
        with guard:
            if next(answered) > after:
                raise InputError("this client is closed, so nothing was sent: make another")
        return Stub.receipt(message)

    return answer


def test_a_refusal_concerns_one_message(ledger):
    client = Stub(failing(Rejected("bad number", status=400, code="E12"), only="3"))
    run(client, campaign(people(50)), ledger)
    assert counted(ledger) == (45, 5, 0, 0)
    assert {each.why for each in ledger.deliveries("rejected")} == {"E12"}
    assert ledger.counts().spent_cents == 45 * 5


def refusing(code="E7"):
    return Stub(failing(Rejected("refused with status 400: E7, sender not approved", status=400, code=code)))


def test_a_job_that_is_refused_again_and_again_burns_nothing(ledger):
    """A sender that is not approved, in a job that is started every ten minutes: the fault is not theirs."""
    for _ in range(24):
        with pytest.raises(Halted, match=r"20 messages in a row failed.*status 400: E7, sender not approved"):
            run(refusing(), campaign(people(60)), ledger)
        assert counted(ledger) == (0, 0, 0, 60)
    run(Stub(), campaign(people(60)), ledger)
    assert counted(ledger) == (60, 0, 0, 0)


@pytest.mark.parametrize(("left", "is_all"), [(12, True), (5, True), (4, False)])
def test_a_rest_that_is_refused_whole_is_not_burnt_either(ledger, left, is_all):
    halts = pytest.raises(Halted, match=f"all {left} messages were refused") if is_all else nullcontext()
    with halts:
        run(refusing(), campaign(people(left)), ledger)
    assert counted(ledger) == ((0, 0, 0, left) if is_all else (0, left, 0, 0))


def test_refusals_of_different_kinds_are_faults_of_messages(ledger):
    def answer(message, times):
        raise Rejected("no", status=400, code=f"E{int(message.to[1:]) % 3}")

    run(Stub(answer), campaign(people(12)), ledger)
    assert counted(ledger) == (0, 12, 0, 0)


def test_what_was_refused_before_others_were_accepted_stays_refused(ledger):
    client = Stub(failing(Rejected("no", status=400, code="E7"), only="123456789"))
    with pytest.raises(Halted, match="9 messages in a row"):
        run(client, campaign(people(40)), ledger, in_flight=1, breaker=QUICK._replace(failures_in_a_row=9))
    assert counted(ledger) == (1, 0, 0, 39)


def test_a_code_that_repeats_a_number_is_shown_without_it(ledger):
    client = Stub(failing(Rejected("no", status=400, code="+33600000003 is bad"), only="3"))
    run(client, campaign(people(9)), ledger)
    (refused,) = ledger.rejected()
    assert "0000003" not in f"{refused!r} {refused.why}"


def test_a_rehearsal_does_not_go_on_to_somebody_else(ledger):
    client = Stub(failing(NotSent("refused")))
    client.base_url = "http://127.0.0.1:8025/v2.0"
    with pytest.raises(Halted):
        run(client, campaign(people(5)), ledger)
    client.base_url = "http://127.0.0.1:9999/v2.0"
    with pytest.raises(Halted):
        run(client, None, ledger)
    real = Stub()
    with pytest.raises(LedgerError, match=r"was sent to http://127.0.0.1, not to https://stub.example"):
        run(real, None, ledger)
    assert not real.messages
    run(sms.Client(dry_run=True), None, ledger)


def test_hours_and_rate_are_kept(ledger, monkeypatch):
    monkeypatch.setattr(throttling, "LOOK_UP_SECONDS", 0.001)
    night = [NOON + timedelta(hours=12)] * 9
    window = Window(
        opens="09:00", closes="21:00", timezone="Europe/Paris", is_holiday=sms.FRENCH_MARKETING.is_holiday
    )
    with pytest.raises(Halted):
        run(
            Stub(failing(NotSent("x"))),
            campaign(people(9)),
            ledger,
            window=window,
            per_second=50,
            clock=Jumping(NOON),
        )
    began, clock = datetime.now(UTC), Jumping(*night, NOON)
    run(Stub(), None, ledger, clock=clock)
    assert not clock.times, "it waited"
    assert (datetime.now(UTC) - began).total_seconds() > 8 / 50 - CATCH_UP_SECONDS
    kept = {"opens": "09:00:00", "closes": "21:00:00", "timezone": "Europe/Paris", "closed_weekdays": [6]}
    assert ledger.settings()["window"] == {**kept, "holidays": "french"}
    run(Stub(), None, ledger, window=None, per_second=None)
    assert (ledger.settings()["window"], ledger.settings()["per_second"]) == (None, None)
    run(Stub(), None, ledger, window=Window(is_holiday=lambda day: False))
    with pytest.raises(InputError, match="pass window= as before"):
        run(Stub(), None, ledger)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"per_second": -1}, "per_second is -1; give a rate over 0"),
        ({"per_second": float("nan")}, "per_second is nan"),
        ({"per_second": "20"}, "per_second is '20'; give a number over 0, or None"),
        ({"window": "08:00-20:00"}, r"window is '08:00-20:00'; pass a Window, such as Window\(opens="),
        ({"window": ("08:00", "20:00")}, "pass a Window"),
        ({"per_second": True}, "per_second is True"),
        ({"in_flight": "8"}, "in_flight is '8'; give 1 to 1000"),
        ({"in_flight": 8.0}, "in_flight is 8.0"),
        ({"in_flight": True}, "in_flight is True"),
        ({"breaker": None}, "pass a Breaker, or leave it out"),
        ({"breaker": 20}, "pass a Breaker"),
        ({"skip_errors": "no"}, "skip_errors is 'no'; pass True or False"),
        ({"allow_duplicates": 1}, "allow_duplicates is 1; pass True or False"),
        ({"progress": "bar"}, "progress is 'bar'; pass True, False, or a function of Counts"),
        ({"clock": 5}, "pass a Clock"),
        ({"exclude": "+33600000003"}, "exclude is a list or a column of numbers, not one"),
        ({"exclude": {"+33600000003": True}}, "exclude is a list or a column of numbers"),
        ({"exclude": 33600000003}, "exclude is a list or a column of numbers"),
    ],
)
def test_options_that_are_none_are_refused_and_not_kept(ledger, options, match):
    """A word must not pass for what the ledger keeps, nor what is refused be kept for the next run."""
    client = Stub()
    with pytest.raises(InputError, match=match):
        run(client, campaign(people(3)), ledger, **options)
    assert (client.messages, ledger.settings()) == ([], {})
    run(client, campaign(people(3)), ledger)
    assert len(client.messages) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"closed_weekdays": ("sunday",)}, "number days from Monday, 0, to Sunday, 6"),
        ({"closed_weekdays": "6"}, "number days"),
        ({"closed_weekdays": 6}, "number days"),
        ({"closed_weekdays": (7,)}, "number days"),
        ({"closed_weekdays": (6.0,)}, "number days"),
        ({"closed_weekdays": None}, "number days"),
        ({"opens": "08:00+02:00"}, "opens is '08:00\\+02:00': write an hour such as '08:00'"),
        ({"opens": 8}, "write an hour"),
        ({"timezone": "../etc"}, "name one such as 'Europe/Paris'"),
        ({"timezone": ""}, "name one such as"),
        ({"timezone": None}, "name one such as"),
        ({"is_holiday": {"2026-12-25"}}, "a function of a date"),
    ],
)
def test_hours_that_are_none_are_refused(options, said):
    """A day that is not understood must not be a day on which messages leave."""
    with pytest.raises(InputError, match=said):
        Window(**options)


@pytest.mark.parametrize("moment", [None, "2026-11-26", datetime(2026, 11, 26), NOON.date()])
def test_a_window_is_asked_about_moments(moment):
    with pytest.raises(InputError, match="pass a datetime with one"):
        Window().is_open(moment)


@pytest.mark.parametrize(
    "limits",
    [
        {"failures_in_a_row": "5"},
        {"failures_in_a_row": 2.5},
        {"waits_in_a_row": None},
        {"waits_in_a_row": True},
        {"longest_wait_seconds": float("nan")},
        {"longest_wait_seconds": float("inf")},
        {"longest_wait_seconds": "5"},
    ],
)
def test_a_breaker_that_would_not_stop_is_refused(limits):
    (name,) = limits
    with pytest.raises(InputError, match=f"{name} is .*: .*give"):
        Breaker(**limits)


def test_a_frame_is_no_estimate(ledger):
    with pytest.raises(InputError, match=r"a DataFrame is no estimate: pass what estimate\(\) returns"):
        run(Stub(), pd.DataFrame({"to": ["+33612345600"]}), ledger)


def test_a_closed_window_says_until_when_it_waits(ledger, monkeypatch, capsys):
    monkeypatch.setattr(throttling, "LOOK_UP_SECONDS", 0.001)
    clock = Jumping(*[NOON + timedelta(hours=12)] * 20, NOON)
    run(Stub(), campaign(people(3)), ledger, window=Window(), clock=clock, progress=None)
    said = capsys.readouterr().err
    assert said.count("the window is closed: waiting until Friday 2026-11-27 08:00 CET") == 1


def test_prices_above_the_card_stop_it_with_the_figures(ledger):
    client = Stub(lambda message, times: Stub.receipt(message, cost_cents=Decimal("5.25")))
    with pytest.raises(Halted, match=r"they cost 0\.75 cents more than the card's dearest prices"):
        run(client, campaign(people(50)), ledger, in_flight=1)


def test_a_receipt_that_says_error_is_a_refusal_and_may_have_a_price(ledger):
    def answer(message, times):
        raise Rejected("error", status=202, receipt=Stub.receipt(message, cost_cents=Decimal("4.50")))

    with pytest.raises(Halted, match="20 messages in a row failed"):
        run(Stub(answer), campaign(people(30)), ledger, in_flight=1)
    assert counted(ledger) == (0, 20, 0, 10)
    assert ledger.counts().spent_cents == 0, "what Callr refused is not spent"
    assert ledger.counts().committed_cents == 20 * Decimal("4.5"), "but may be charged"


@pytest.mark.parametrize(
    "error", [OutcomeUnknown("it may be sent", why="reset"), ValueError("a bug"), SystemExit()]
)
def test_what_may_have_been_sent_is_never_sent_again(ledger, error):
    client = Stub(failing(error, only="7"))
    for _ in range(3):
        run(client, campaign(people(60)), ledger)
    assert counted(ledger) == (54, 0, 6, 0)
    assert set(client.asked.values()) == {1}
    assert {each.why for each in ledger.unknown()} == {getattr(error, "why", type(error).__name__)}


def test_an_outage_does_not_make_a_campaign_unknown(ledger):
    client = Stub(failing(OutcomeUnknown("it may be sent", why="status 503")))
    with pytest.raises(Halted, match="20 messages in a row failed, the last was unknown"):
        run(client, campaign(people(1000)), ledger, in_flight=8)
    assert len(client.messages) < 20 + 8


def test_a_sid_that_was_there_before_proves_nothing(ledger):
    client = Stub(lambda message, times: Receipt(sid="always the same", status="created"))
    with pytest.raises(Halted, match="in a row failed"):
        run(client, campaign(people(100)), ledger)
    assert counted(ledger)[0] == 1


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ({"parts": 2}, True),
        ({"to": "+33699999999"}, True),
        ({"encoding": "unicode"}, True),
        ({"cost_cents": Decimal("5.01")}, True),
        ({"cost_cents": Decimal(0)}, True),
        ({"cost_cents": Decimal(10**12)}, True),
        ({"parts": 1, "encoding": "gsm", "cost_cents": Decimal("4.20")}, False),
        ({"to": None}, False),
        ({}, False),
    ],
)
def test_answers_that_disagree_with_the_estimate_stop_it(ledger, said, differs):
    client = Stub(lambda message, times: Stub.receipt(message, **said))
    found = campaign(people(200))
    if not differs:
        run(client, found, ledger)
        assert counted(ledger) == (200, 0, 0, 0)
        return
    budget = "999999999999"
    for _ in range(2):
        with pytest.raises(Halted, match="3 of 3 answers disagree"):
            run(client, found, ledger, budget, in_flight=1)
    assert len(client.messages) == 3, "it must not go on by being called again"
    run(client, found, ledger, budget, breaker=Breaker(differing_share="1"))
    assert counted(ledger) == (200, 0, 0, 0)


def test_a_campaign_over_its_budget_does_not_begin(ledger):
    with pytest.raises(BudgetExceeded, match=r"expected to come to 450.00 cents, over the budget of 449"):
        run(Stub(), campaign(people(100)), ledger, "449")
    run(Stub(), campaign(people(100)), ledger, "500")
    assert counted(ledger) == (100, 0, 0, 0)


@pytest.mark.parametrize("told", [None, "4", "5"])
def test_the_dearest_price_counts_until_the_cost_is_told(ledger, told):
    cost = None if told is None else Decimal(told)
    client = Stub(lambda message, times: Stub.receipt(message, cost_cents=cost))
    sent = 100 if told == "4" else 90
    is_full = pytest.raises(BudgetExceeded, match="resume with the same call, and a greater budget_cents")
    with is_full if sent < 100 else nullcontext():
        run(client, campaign(people(100)), ledger, "450", in_flight=4)
    assert counted(ledger) == (sent, 0, 0, 100 - sent)
    assert ledger.counts().spent_cents <= 450


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (
            {"to": [None, "n/a", "+33600000009"]},
            r"2 rows cannot be sent \(2 × invalid_number\), the first is row 0",
        ),
        (
            {"to": ["+33600000001", "+33600000009", "+33600000009"]},
            "1 message goes to a number that has one already",
        ),
        (
            {"to": ["+33600000001", "+4915112345678", "+33600000009"]},
            r"1 row cannot be sent \(1 × unpriced\)",
        ),
        ({"name": ["a", None, "b"]}, r"1 row cannot be sent \(1 × missing_field\)"),
    ],
)
def test_an_estimate_that_should_not_be_sent_is_refused(ledger, change, match):
    found = campaign(people(3).assign(**change))
    with pytest.raises(InputError, match=match):
        run(Stub(), found, ledger)
    client = Stub()
    run(client, found, ledger, skip_errors=True, allow_duplicates=True)
    assert len(client.messages) == found.messages == ledger.counts().planned


def test_what_cannot_be_held_to_a_budget_is_refused_whatever_it_is_told(ledger):
    quiet = sms.Policy(severities={"invalid_number": None, "unpriced": None})
    for found, match in (
        (sms.estimate(people(2), text="{name}"), "without numbers"),
        (campaign(people(2), rates=None), "without rates"),
        (campaign(people(2).assign(to="n/a"), policy=quiet), "row 0 has no number"),
        (campaign(people(2).assign(to="n/a"), invalid="price", country="FR"), "row 0 has no number"),
        (
            campaign(people(2).assign(to=["+33600000001", "+4915112345678"]), policy=quiet),
            "row 1 has no price",
        ),
    ):
        with pytest.raises(InputError, match=match):
            run(Stub(), found, ledger, skip_errors=True, allow_duplicates=True)


@pytest.mark.parametrize(
    "other",
    [
        lambda: campaign(people(5), "Bonsoir {name}, STOP au 36105"),
        lambda: campaign(people(4)),
        lambda: campaign(people(5, first=1)),
        lambda: campaign(people(5)[::-1]),
        lambda: campaign(people(5), sender="LOU"),
        lambda: campaign(people(5), traffic="alerting"),
        lambda: campaign(people(5), encoding="gsm"),
        lambda: campaign(people(5), rates=sms.RateCard({"FR": "4.50"}, currency="EUR")),
        lambda: campaign(people(5), rates=sms.RateCard({"FR": {"20801": "4", "20810": "5"}}, currency="USD")),
    ],
)
def test_another_plan_is_refused(ledger, other):
    run(Stub(), campaign(people(5)), ledger)
    run(Stub(), campaign(people(5)), ledger)
    with pytest.raises(LedgerError, match="holds another plan"):
        run(Stub(), other(), ledger)


def test_who_opts_out_before_it_is_resumed_gets_nothing(ledger):
    frame = pd.concat([people(10), people(2)])
    with pytest.raises(Halted):
        run(Stub(failing(NotSent("refused"))), campaign(frame, duplicates="drop"), ledger)
    client = Stub()
    run(
        client,
        campaign(frame, duplicates="drop", exclude=["+33600000001"]),
        ledger,
        exclude=["0033600000002"],
    )
    assert counted(ledger) == (8, 0, 0, 0)
    run(client, None, ledger)
    assert counted(ledger) == (8, 0, 0, 0), "who has opted out stays so, without being told again"
    assert not {"+33600000001", "+33600000002"} & set(client.asked)
    assert (ledger.counts().opted_out, ledger.counts().is_finished) == (2, True)


def test_it_is_resumed_from_the_ledger_alone(tmp_path):
    with pytest.raises(LedgerError, match="cannot be opened"):
        run(Stub(), None, tmp_path / "none.ledger")
    with Ledger(tmp_path / "empty.ledger") as book, pytest.raises(LedgerError, match="holds no plan yet"):
        run(Stub(), None, book)
    with pytest.raises(Halted):
        run(Stub(failing(NotSent("refused"))), campaign(people(5)), tmp_path / "ledger")
    with run(Stub(), None, tmp_path / "ledger") as book:
        assert counted(book) == (5, 0, 0, 0)


def test_a_dry_run_claims_nothing(ledger):
    run(sms.Client(dry_run=True), campaign(people(5)), ledger)
    assert counted(ledger) == (0, 0, 0, 5)


def test_a_campaign_to_nobody_is_sent(ledger):
    run(Stub(), campaign(people(0)), ledger)
    assert counted(ledger) == (0, 0, 0, 0)


def test_a_webhook_may_be_faster_than_the_answer(ledger):
    def answer(message, times):
        receipt = Stub.receipt(message)
        told = replace(receipt, status="delivered", cost_cents=Decimal("4.5"))
        named = {"id": message.to, "at": NOON, "sid": "w", "type": "v2.sms.outbound.updated", "attempt": 1}
        assert ledger.record(StatusEvent(receipt=told, **named))
        return receipt

    run(Stub(answer), campaign(people(60)), ledger)
    assert {(each.state, each.receipt.status) for each in ledger.deliveries()} == {("accepted", "delivered")}
    assert ledger.counts().spent_cents == 60 * Decimal("4.5")


def test_it_says_how_far_it_is(ledger, capsys):
    seen = []
    run(Stub(), campaign(people(30)), ledger, progress=seen.append)
    assert seen[-1] == ledger.counts()
    assert capsys.readouterr().err == "30 planned = 30 accepted + 0 rejected + 0 unknown + 0 not sent\n"
    run(Stub(), None, ledger, progress=True)
    assert "150.00" not in capsys.readouterr().out


def test_who_only_watches_loses_nothing(ledger):
    seen = []

    def broken(counts):
        seen.append(counts)
        if len(seen) == 1:
            raise BrokenPipeError

    with pytest.raises(Halted, match=r"progress could not be shown: BrokenPipeError\(\)"):
        run(Stub(), campaign(people(30)), ledger, progress=broken)
    assert counted(ledger) == (8, 0, 0, 22)


def test_a_bar_shows_the_money(ledger, capsys):
    run(Stub(), campaign(people(30)), ledger, "2000", progress=True)
    said = capsys.readouterr().err
    assert "1.50 of 20.00 EUR" in said
    assert said.endswith("30 planned = 30 accepted + 0 rejected + 0 unknown + 0 not sent\n")


def test_it_tells_which_command_resumes(ledger, capsys):
    client = Stub(failing(NotSent("refused")))
    with pytest.raises(Halted, match="resume with callr-segment resume x"):
        run(client, campaign(people(3)), ledger, progress=None, resume_with="callr-segment resume x")
    assert capsys.readouterr().err.splitlines()[-1] == "resume with callr-segment resume x"


def test_nothing_runs_without_a_request(ledger):
    for wrong in (0, -1, 1001):
        with pytest.raises(InputError, match=f"in_flight is {wrong}; give 1 to 1000"):
            run(Stub(), campaign(people(3)), ledger, in_flight=wrong)


class Jumping(Clock):
    """A clock on the wall that somebody sets while it is looked at."""

    def __init__(self, *times):
        self.times, self.last = list(times), None

    def now(self):
        self.last = self.times.pop(0) if self.times else self.last
        return self.last


def test_it_waits_outside_the_window_whatever_the_clock_does(ledger, monkeypatch):
    monkeypatch.setattr(throttling, "LOOK_UP_SECONDS", 0.001)
    night = [NOON + timedelta(hours=hours) for hours in (12, 13, -12, 12, -(24 * 400) + 12)]
    clock = Jumping(*night * 3, NOON)
    client = Stub(
        lambda message, times: Stub.receipt(message) if clock.last == NOON else pytest.fail("at night")
    )
    run(client, campaign(people(20)), ledger, window=Window(), clock=clock)
    assert counted(ledger) == (20, 0, 0, 0)
    assert not clock.times


@pytest.mark.parametrize("jump", [0, 3600, -3600, 10**9, -(10**9)])
def test_a_rate_is_kept_whatever_the_clock_does(jump):
    """The clock may stand still while a machine sleeps, or be set on a virtual one."""
    now, started, offset = [0.0], [], [0.0]
    limit = RateLimit(10, monotonic=lambda: now[0] + offset[0])
    for tick in range(2_000):
        now[0] = tick / 100
        if tick == 1_000:
            offset[0] = jump
        free = limit.free(8)
        limit.take(free)
        started += [now[0]] * free
    for first, last in itertools.pairwise([*started[::10], started[-1]]):
        assert last - first > 0.9 - CATCH_UP_SECONDS or last == started[-1]
    assert 190 <= len(started) <= 203


def test_no_rate_is_no_limit():
    limit = RateLimit(None)
    limit.take(10**6)
    assert (limit.free(8), limit.delay_seconds) == (8, 0)
    for wrong in (0, -1, float("inf"), float("nan")):
        with pytest.raises(InputError, match="per_second"):
            RateLimit(wrong)


def test_waits_grow_and_are_relieved():
    now = [0.0]
    backoff = Backoff(longest_seconds=60, monotonic=lambda: now[0])
    waits = []
    for _ in range(12):
        started_in = backoff.round
        for _ in range(8):  # all that were in flight are refused: it is one wait
            backoff.wait(None, started_in)
        waits.append(backoff.delay_seconds)
        now[0] += waits[-1]
    assert backoff.waits == 12
    assert waits[0] <= 1
    assert waits[-1] <= 60
    assert sum(waits) > 100
    now[0] -= 10**9
    assert backoff.delay_seconds <= 60
    backoff.reset()
    assert backoff.waits == 0


def test_a_rate_holds_in_a_campaign(ledger):
    client, began = Stub(), datetime.now(UTC)
    run(client, campaign(people(30)), ledger, per_second=100)
    assert (datetime.now(UTC) - began).total_seconds() > 29 / 100 - CATCH_UP_SECONDS


def test_the_hours_of_a_window():
    paris = Window(opens="09:00", closes="20:00", timezone="Europe/Paris", closed_weekdays=(5, 6))
    friday = datetime(2026, 3, 27, 20, tzinfo=UTC)  # 21:00 in Paris, and the clocks change on Sunday
    assert not paris.is_open(friday)
    assert paris.opening(friday).isoformat() == "2026-03-30T09:00:00+02:00"
    assert paris.wait_seconds(friday) == 59 * 3600
    assert paris.wait_seconds(paris.opening(friday)) == 0
    assert repr(paris) == "Window(opens='09:00', closes='20:00', timezone='Europe/Paris')"
    for wrong in ({"opens": "22:00", "closes": "08:00"}, {"opens": "eight"}):
        with pytest.raises(InputError):
            Window(**wrong)
    with pytest.raises(InputError, match="no time zone"):
        paris.is_open(datetime(2026, 3, 27))
    with pytest.raises(InputError, match="closed on every day"):
        Window(closed_weekdays=tuple(range(7))).opening(friday)
    with pytest.raises(sms.MissingExtra, match="no time zone 'Europe/Lutetia'"):
        Window(timezone="Europe/Lutetia")


@pytest.mark.parametrize("day", ["2026-12-25", "2026-05-14", "2027-03-29", "2026-11-29"])
def test_french_marketing_rests_on_sundays_and_holidays(day):
    noon = datetime.fromisoformat(f"{day}T12:00+01:00")
    assert not sms.FRENCH_MARKETING.is_open(noon)
    assert sms.FRENCH_MARKETING.is_open(noon + timedelta(days=1))
    assert not sms.FRENCH_MARKETING.is_open(noon + timedelta(days=1, hours=10, minutes=1))


def test_a_window_closes_on_the_second():
    evening = datetime.fromisoformat("2026-11-26T21:59:59.999999+01:00")
    assert sms.FRENCH_MARKETING.is_open(evening)
    assert not sms.FRENCH_MARKETING.is_open(evening + timedelta(microseconds=1))
    assert sms.FRENCH_MARKETING.is_open(datetime.fromisoformat("2026-11-26T08:00:00+01:00"))
    assert not sms.FRENCH_MARKETING.is_open(datetime.fromisoformat("2026-11-26T07:59:59+01:00"))


def test_a_breaker_is_refused_that_would_never_send():
    for wrong in ({"differing_share": "1.5"}, {"failures_in_a_row": 0}, {"longest_wait_seconds": 0}):
        with pytest.raises(InputError):
            Breaker(**wrong)


def test_a_long_campaign_is_not_held_in_memory(ledger, tmp_path):
    """What a run holds does not grow with the plan: pages of it, and what is in flight."""

    def peak(rows):
        with Ledger(tmp_path / f"{rows}.ledger") as book:
            book.plan(campaign(people(rows)))
            queue = SendQueue(book)
            tracemalloc.start()
            while claims := queue.peek(8):
                queue.pop(len(claims))
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

    assert peak(20_000) < 2 * peak(2_000)
