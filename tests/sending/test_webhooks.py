"""Only what Callr signed is read, and whatever it signed is read without a crash."""

import base64
import email
import hmac
import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from guide import GUIDE
from hypothesis import given
from hypothesis import strategies as st

import callr_segment
from callr_segment.errors import InputError, WebhookError
from callr_segment.sending.api.webhooks import Event, InboundMessage, StatusEvent, parse_event

pytestmark = pytest.mark.once

SECRET = "s3cret-canary"
ENVELOPE = {
    "id": "a033174403257076580mk8v4KiGgZA32",
    "at": "2025-04-07T13:29:30.765Z",
    "sid": "pdszbxss",
    "type": "v2.sms.outbound.updated",
    "try": 0,
    "payload": GUIDE,
}
BODY = json.dumps(ENVELOPE).encode()


def signature(body, *, secret=SECRET, algorithm="sha256"):
    return base64.b64encode(hmac.digest(secret.encode(), body, algorithm)).decode()


def signed(body, **options):
    return {"X-CALLR-HmacSignature": signature(body, **options)}


def test_every_field_of_the_guide_is_read():
    event = parse_event(BODY, secret=SECRET, headers=signed(BODY))
    assert isinstance(event, StatusEvent)
    assert (event.id, event.sid, event.attempt) == ("a033174403257076580mk8v4KiGgZA32", "pdszbxss", 0)
    assert event.at == datetime(2025, 4, 7, 13, 29, 30, 765_000, tzinfo=UTC)
    assert event.receipt.sid == GUIDE["sid"], "the envelope's sid is not that of the SMS"
    assert (event.receipt.cost_cents, event.extra) == (Decimal("4.50"), {})
    assert pickle.loads(pickle.dumps(event)) == event
    assert "639981020" not in repr(event)


def test_an_inbound_message():
    body = json.dumps(
        ENVELOPE
        | {
            "type": "v2.sms.inbound.received",
            "payload": {"sid": "in1", "from": "+33612345678", "to": "36105", "body": {"text": "STOP"}},
        }
    ).encode()
    message = parse_event(body, secret=SECRET, headers=signed(body))
    assert isinstance(message, InboundMessage)
    assert (message.sender, message.to, message.text) == ("+33612345678", "36105", "STOP")
    assert "12345" not in repr(message)
    assert "STOP" not in repr(message)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("write", [lambda mac: base64.b64encode(mac).decode(), bytes.hex])
def test_header_and_algorithm_are_settings(algorithm, write):
    mac = write(hmac.digest(SECRET.encode(), BODY, algorithm))
    event = parse_event(
        BODY, secret=SECRET, headers={"x-hook-SIGNATURE": mac}, header="X-Hook-Signature", algorithm=algorithm
    )
    assert event.id == ENVELOPE["id"]
    with pytest.raises(WebhookError, match="missing"):
        parse_event(BODY, secret=SECRET, headers={"x-hook-SIGNATURE": mac}, algorithm=algorithm)


def test_any_of_several_secrets_will_do_while_one_replaces_another():
    for used in ("older", SECRET):
        headers = signed(BODY, secret=used)
        assert parse_event(BODY, secret=[SECRET, b"older"], headers=headers).id == ENVELOPE["id"]
    with pytest.raises(WebhookError, match="signature"):
        parse_event(BODY, secret=[SECRET, "older"], headers=signed(BODY, secret="oldest"))


@pytest.mark.parametrize("secret", [None, "", b"", [], [""], [SECRET, ""]])
def test_without_a_secret_nothing_is_believed(secret):
    headers = signed(BODY, secret="" if secret != [SECRET, ""] else SECRET)
    with pytest.raises(WebhookError, match="no secret"):
        parse_event(BODY, secret=secret, headers=headers)


def test_an_event_without_a_signature_is_read_only_when_that_is_said():
    """The guide names none."""
    event = parse_event(BODY, unsigned=True)
    assert event == parse_event(BODY, secret=SECRET, headers=signed(BODY))
    assert parse_event(BODY, unsigned=True, headers={"anything": "at all"}) == event
    for nothing in (None, "", [], b""):
        with pytest.raises(WebhookError, match="no secret"):
            parse_event(BODY, secret=nothing, headers={})
    with pytest.raises(WebhookError, match="no secret"):
        parse_event(BODY)
    for secret in (SECRET, "", []):
        with pytest.raises(InputError, match="without a secret"):
            parse_event(BODY, secret=secret, headers=signed(BODY), unsigned=True)
    with pytest.raises(InputError, match="unsigned=True"):
        parse_event(BODY, unsigned="yes")
    with pytest.raises(WebhookError, match="unsigned=True"):
        parse_event(BODY, secret=SECRET, headers={})
    with pytest.raises(WebhookError, match="no JSON object"):
        parse_event(b"<html>", unsigned=True)


def test_headers_come_as_any_framework_has_them():
    value = signature(BODY)
    message = email.message_from_string(f"X-Callr-HmacSignature: {value}\n\n")
    asgi = [(b"host", b"a"), (b"x-callr-hmacsignature", value.encode())]
    for headers in (asgi, tuple(asgi), [("X-CALLR-HMACSIGNATURE", value)], message, dict(asgi)):
        assert parse_event(BODY, secret=SECRET, headers=headers).id == ENVELOPE["id"]
    several = {
        "Host": None,
        "X-Length": 5,
        "X-Callr-HmacSignature": ["older", value],
    }  # as serverless gateways
    for headers in (several, [*asgi, (b"x-callr-hmacsignature", b"another")]):
        assert parse_event(BODY, secret=SECRET, headers=headers).id == ENVELOPE["id"]
    for headers in (
        [*asgi[:1], (b"x-callr-hmacsignature", b"another")],
        several | {"X-Callr-HmacSignature": []},
    ):
        with pytest.raises(WebhookError):
            parse_event(BODY, secret=SECRET, headers=headers)
    named = [{"name": "x-callr-hmacsignature", "value": value}]
    for wrong in (
        *(None, "x-callr-hmacsignature", 5, [b"x-callr"], {"x-callr-hmacsignature": 5}, {5: "a"}),
        *(named, [("a", "b", "c")], ["X-Callr-HmacSignature", value], {"x-callr-hmacsignature": None}),
    ):
        with pytest.raises(InputError, match="pass those of the request"):
            parse_event(BODY, secret=SECRET, headers=wrong)


@pytest.mark.parametrize("secret", [5, ["s", 5], bytearray(b"s"), "\ud800", [["s"]]])
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises(InputError, match="a secret is a text or bytes, or several"):
        parse_event(BODY, secret=secret, headers=signed(BODY))


@pytest.mark.parametrize("header", [None, "", " ", 5, b"X-Callr", ["X-Callr"]])
def test_what_is_no_name_of_a_header_is_refused(header):
    with pytest.raises(InputError, match="name the one that holds the signature"):
        parse_event(BODY, secret=SECRET, headers=signed(BODY), header=header)


def test_half_a_pair_in_an_event_can_be_written_all_the_same():
    half = "a\ud83d"
    for changes in ({"id": half}, {"type": half}, {"sid": half}, {half: half}, {"payload": {"sid": half}}):
        event = parse_event(json.dumps(ENVELOPE | changes).encode(), unsigned=True)
        assert (event.id + event.type + (event.sid or "")).encode()
    first, second = (parse_event(json.dumps(ENVELOPE | {"id": half}).encode(), unsigned=True) for _ in "ab")
    assert first.id == second.id


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_bit_is_found(position, change):
    forged = bytearray(BODY)
    forged[position] ^= change
    with pytest.raises(WebhookError, match="signature"):
        parse_event(bytes(forged), secret=SECRET, headers=signed(BODY))


@given(st.text(max_size=100) | st.binary(max_size=70).map(lambda mac: base64.b64encode(mac).decode()))
def test_no_other_signature_is_believed(claim):
    with pytest.raises(WebhookError) as refused:
        parse_event(BODY, secret=SECRET, headers={"X-CALLR-HmacSignature": claim})
    assert SECRET not in str(refused.value)


def test_the_bytes_are_verified_and_not_what_they_mean():
    same = json.dumps(ENVELOPE, indent=1).encode()
    with pytest.raises(WebhookError):
        parse_event(same, secret=SECRET, headers=signed(BODY))
    with pytest.raises(InputError, match="raw bytes"):
        parse_event(BODY.decode(), secret=SECRET, headers=signed(BODY))
    for algorithm in ("md5", "shake_128", "none"):
        with pytest.raises(InputError, match="use one of"):
            parse_event(BODY, secret=SECRET, headers=signed(BODY), algorithm=algorithm)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"id": 1, "type": "x"}',
        b'{"id": "a"}',
        b"\xff",
        b" " * 1_000_001,
    ],
)
def test_a_signed_body_that_is_no_event_is_refused_in_words(body):
    with pytest.raises(WebhookError):
        parse_event(body, secret=SECRET, headers=signed(body))


@given(
    st.dictionaries(
        st.sampled_from([*ENVELOPE, "new"]),
        st.none() | st.integers() | st.text() | st.just(GUIDE) | st.lists(st.just(GUIDE)),
    )
)
def test_an_event_of_any_shape_is_read_and_nothing_of_it_is_lost(changes):
    event = ENVELOPE | changes
    body = json.dumps(event).encode()
    if not isinstance(event["id"], str) or not isinstance(event["type"], str):
        with pytest.raises(WebhookError):
            parse_event(body, secret=SECRET, headers=signed(body))
        return
    read = parse_event(body, secret=SECRET, headers=signed(body))
    assert (read.id, read.type) == (event["id"], event["type"])
    assert read.extra.get("new") == event.get("new")
    assert isinstance(read, StatusEvent) or read.extra["payload"] == event["payload"]
    assert read.attempt == event["try"] or read.extra.get("try") == event["try"]


def test_an_event_of_another_type_is_kept():
    body = json.dumps(ENVELOPE | {"type": "v2.call.ended"}).encode()
    event = parse_event(body, secret=SECRET, headers=signed(body))
    assert type(event) is Event
    assert event.extra == {"payload": GUIDE}


def test_the_names_are_public():
    for name in ("Event", "StatusEvent", "InboundMessage", "parse_event"):
        assert getattr(callr_segment, name).__name__ == name
