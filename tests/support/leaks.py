"""Go wrong in every way there is, and write down all that a program could: logs, tracebacks, reprs, warnings.

Run by test_secrets.py in a folder of its own, with the addresses of servers that misbehave as its input.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
import traceback
import warnings
from pathlib import Path

from callr_segment import AsyncClient, CallrSegmentError, Client, parse_event
from callr_segment.sending.api.wire import Message

KEY, NUMBER, TEXT = os.environ.pop("CALLR_API_KEY"), sys.argv[1], sys.argv[2]
PACKAGE = str(Path(sys.modules["callr_segment"].__file__).parent)
BAD = [
    (NUMBER[1:], TEXT),
    (NUMBER, ""),
    (NUMBER, TEXT + "a" * 3200),
    (NUMBER + "0000000", TEXT),
    (NUMBER + "x", TEXT),
]


def told(error):
    """All that is usually written about an error."""
    return "".join([*traceback.format_exception(error), repr(error), str(error), repr(chain(error))])


def of_a_call(error):
    """The same, once it is shown that our own frames hold nothing of the key."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame.locals for frame in shown.stack if frame.filename.startswith(PACKAGE)]
    assert ours
    assert not any(KEY in value for frame in ours for value in frame.values()), ours
    return told(error)


def chain(error):
    return [(each, each.args) for each in (error, error.__cause__, error.__context__) if each is not None]


def waits(url):
    with Client(KEY, base_url=url, timeout=0.5, attempts=1) as client:
        logging.getLogger("user").warning("%r %r", client, vars(client))
        for call in (lambda: client.send(NUMBER, TEXT, traffic="alerting"), lambda: client.get("smsabcd")):
            try:
                logging.getLogger("user").info("%r", call())
            except CallrSegmentError as error:
                yield of_a_call(error)
        with contextlib.suppress(CallrSegmentError):
            client.search(to=NUMBER, text=TEXT)


async def awaits(url):
    async with AsyncClient(KEY, base_url=url, timeout=0.5, attempts=1) as client:
        try:
            logging.getLogger("user").info("%r", await client.send(NUMBER, TEXT, traffic="alerting"))
        except CallrSegmentError as error:
            return [of_a_call(error)]
    return []


def invalid():
    with Client(KEY) as client:
        for to, text in BAD:
            try:
                client.send(to, text)
            except CallrSegmentError as error:
                yield told(error)
    for wrong in (
        {"api_key": KEY + "\n\x00"},
        {"base_url": f"http://{KEY}@127.0.0.1/"},
        {"base_url": "http://a.b"},
    ):
        try:
            Client(**{"api_key": KEY} | wrong)
        except CallrSegmentError as error:
            yield told(error)
    body = json.dumps(
        {"id": "1", "type": "v2.sms.inbound.received", "payload": {"from": NUMBER, "text": TEXT}}
    )
    for headers in ({}, {"X-CALLR-HmacSignature": "AAAA"}):
        try:
            parse_event(body.encode(), secret=KEY, headers=headers)
        except CallrSegmentError as error:
            yield told(error)
    yield repr(Message(NUMBER, TEXT))


def main():
    logging.basicConfig(level=logging.DEBUG, filename="everything.log")
    logging.captureWarnings(True)
    warnings.simplefilter("always")
    failures = list(invalid())
    for url in json.load(sys.stdin):
        failures += [*waits(url), *asyncio.run(awaits(url))]
    Path("tracebacks.txt").write_text("\n".join(failures), encoding="utf-8")
    print(len(failures))


main()
