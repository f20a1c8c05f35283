"""Over every fault of a network a client says what happened: judged by the server, message by message."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from fake_faults import AFTER, BEFORE, wait_until
from servers import serving

from callr_segment.errors import NotSent, OutcomeUnknown, Rejected, SendError
from callr_segment.sending.client import Client
from callr_segment.sending.fake import FakeCallr

pytestmark = [pytest.mark.once, pytest.mark.slice]

SENDS = 100
OVER_THE_WIRE = [
    "429 in 0 s",
    "429 until a date",
    "429 soon",
    "503 before accept",
    "503 after accept",
    "drop before accept",
    "drop after accept",
    "reset before accept",
    "reset after accept",
    "hang after accept",
    "cut body",
    "late accept",
]


def outcome_of(client, number):
    try:
        client.send(number, "Votre code est 4821", traffic="alerting")
    except SendError as error:
        return type(error)
    return "accepted"


def send_all(client):
    numbers = [f"+3361234{index:04}" for index in range(SENDS)]
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda number: outcome_of(client, number), numbers))
    return dict(zip(numbers, outcomes, strict=True))


def judge(outcomes, accepted):
    """Nothing twice; nothing that was refused; all that was accepted; of the unknown, either."""
    assert max(accepted.values(), default=0) <= 1
    for number, outcome in outcomes.items():
        if outcome != OutcomeUnknown:
            assert accepted[number] == (outcome == "accepted"), (number, outcome)


@pytest.mark.parametrize("name", OVER_THE_WIRE)
def test_a_hundred_sends_over_a_fault(name):
    with FakeCallr() as fake, fake.client(timeout=0.6) as client:
        fake.faults.share({name: 0.4}, seed=1)
        outcomes = send_all(client)
        unknown = [number for number, outcome in outcomes.items() if outcome == OutcomeUnknown]
        accepts = name in AFTER
        if name == "late accept":
            wait_until(lambda: len(fake.journal) == SENDS)
        accepted = Counter(number for number, _ in fake.journal)
        judge(outcomes, accepted)
        assert 20 <= len(unknown) <= 60 or BEFORE.get(name) is NotSent
        assert all(accepted[number] == accepts for number in unknown)


@contextmanager
def refused():
    with serving(lambda connection: None) as url:
        pass
    yield {"base_url": url}


@contextmanager
def no_such_host():
    yield {"base_url": "https://callr.invalid/v2.0"}


@contextmanager
def not_trusted():
    with FakeCallr(tls=True) as fake:
        yield {"base_url": fake.url}
        assert fake.journal == []


@pytest.mark.parametrize("unreachable", [refused, no_such_host, not_trusted])
def test_a_hundred_sends_to_nobody(unreachable):
    with unreachable() as options, Client("key", **options, attempts=1) as client:
        assert set(send_all(client).values()) == {NotSent}


def test_a_hundred_sends_over_every_fault_at_once():
    shares = dict.fromkeys([*BEFORE, *AFTER], 0.03)
    with FakeCallr() as fake, fake.client(timeout=0.6) as client:
        fake.faults.share(shares, seed=3)
        outcomes = send_all(client)
        assert set(outcomes.values()) == {"accepted", NotSent, OutcomeUnknown, Rejected}
        judge(outcomes, Counter(number for number, _ in fake.journal))
