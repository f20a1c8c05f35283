"""A service that sends one-time codes, and hears from Callr what became of them.

Run it with CALLR_API_KEY and CALLR_WEBHOOK_SECRET in the environment::

    uvicorn otp_service:app
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel

import callr_segment as sms

OPTIONS = {"base_url": url} if (url := os.environ.get("CALLR_BASE_URL")) else {}
ONE_PART_TO_FRANCE = sms.Policy(
    max_parts=1, allowed_prefixes=["+33"], severities={"landline_number": "error"}
)

codes: dict[str, str] = {}  # a service of several processes keeps both in a database
receipts: dict[str, sms.Receipt] = {}


@asynccontextmanager
async def lifespan(service: FastAPI) -> AsyncIterator[None]:
    """Keep one client, and so its connections, for as long as the service runs."""
    async with sms.AsyncClient(policy=ONE_PART_TO_FRANCE, timeout=5.0, **OPTIONS) as client:
        service.state.callr = client
        yield


app = FastAPI(lifespan=lifespan)


class Asked(BaseModel):
    """Who wants a code."""

    number: str


@app.post("/codes", status_code=202)
async def send_code(asked: Asked) -> dict[str, str | None]:
    """Send a code: nothing leaves for a number that is none, nothing is sent twice."""
    code = f"{secrets.randbelow(1_000_000):06}"
    try:
        number = sms.normalize_number(asked.number, default_region="FR").e164
        receipt = await app.state.callr.send(number, f"Votre code est {code}", traffic="alerting")
    except (sms.InvalidNumber, sms.InvalidMessage) as refused:
        raise HTTPException(422, str(refused)) from None
    except sms.NotSent as unsent:
        seconds = str(round(unsent.retry_after_seconds or 5))
        raise HTTPException(503, "try again soon", headers={"Retry-After": seconds}) from None
    except sms.Rejected as rejected:
        raise HTTPException(502, str(rejected)) from None
    except sms.OutcomeUnknown:
        codes[number] = code  # it may arrive: let it be typed, and let a person ask for another
        return {"sid": None, "status": "unknown"}
    codes[number] = code
    remember(receipt)
    return {"sid": receipt.sid, "status": receipt.status}


@app.get("/codes/{sid}")
async def tell(sid: str) -> dict[str, str | None]:
    """Tell what has become of a code."""
    if sid not in receipts:
        raise HTTPException(404)
    return {"sid": sid, "status": receipts[sid].status}


@app.post("/webhooks/callr", status_code=204)
async def hear(request: Request) -> None:
    """Take what Callr says, once it is shown to be Callr; events may come twice and in any order."""
    secret = os.environ.get("CALLR_WEBHOOK_SECRET", "")
    try:
        event = sms.parse_event(await request.body(), secret=secret, headers=request.headers)
    except sms.WebhookError:
        raise HTTPException(401) from None
    if isinstance(event, sms.StatusEvent):
        remember(event.receipt)


def remember(receipt: sms.Receipt) -> None:
    """Put a report beside those before it."""
    known = receipts.get(receipt.sid or "")
    receipts[receipt.sid or ""] = receipt if known is None else known.joined(receipt)
