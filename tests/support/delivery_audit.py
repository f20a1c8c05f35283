"""A server that plays the Callr API badly on purpose, and counts what it accepted: the judge of a campaign.

``python delivery_audit.py`` serves on a port of 127.0.0.1, which it prints. JUDGE is JSON: the ``share`` of
requests that meet a fault, the ``seconds`` an answer takes, the ``prices`` in hundredths of a cent, and how
often an answer ``tells`` parts and cost. ``GET /verdict`` says how often each (to, text) was accepted, and
what was spent.
"""

import asyncio
import json
import os
import random
import socket
import struct
from collections import Counter
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

HANG_SECONDS = 1.0  # over the time that clients allow
REFUSE_SECONDS = 0.05
BEFORE = ("drop before", "reset before", "503 before", "hang", "400", "429", "202 error")
AFTER = ("drop after", "reset after", "503 after", "cut body", "late", "not json", "no sid", "half a line")
FAULTS = (*BEFORE, *AFTER, "refuse")


class Judge:
    def __init__(self, *, share=0, seconds=0, prices=(450,), tells=1, seed=5):
        self.random = random.Random(seed)
        self.share, self.seconds, self.prices, self.tells = share, seconds, prices, tells
        self.accepted, self.faults, self.spent = Counter(), Counter(), 0
        self.server = self.port = None

    async def listen(self, port=0):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", port, backlog=500)
        self.port = self.server.sockets[0].getsockname()[1]

    async def refuse(self):
        """Let nobody in for a while."""
        self.server.close()
        while not self.server.is_serving():
            await asyncio.sleep(REFUSE_SECONDS)
            with suppress(OSError):  # a connection of another process may have the port for a moment
                await self.listen(self.port)

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
                length = next(
                    (
                        int(h.split(b":")[1])
                        for h in head.lower().split(b"\r\n")
                        if h.startswith(b"content-length")
                    ),
                    0,
                )
                body = await reader.readexactly(length)
                if method == "GET":
                    self.answer(writer, 200, self.verdict())
                elif not await self.send(writer, target, body):
                    return
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def verdict(self):
        accepted = [[to, text, times] for (to, text), times in self.accepted.items()]
        return {"accepted": accepted, "faults": self.faults, "spent": self.spent}

    async def send(self, writer, target, body):
        """Answer a request to send; false where the connection does not go on."""
        fault = self.random.choice(FAULTS) if self.random.random() < self.share else None
        self.faults[fault] += 1
        await asyncio.sleep(self.seconds * self.random.uniform(0.5, 1.5))
        if fault in BEFORE:
            return await self.fail(writer, fault)
        if fault == "late":
            await asyncio.sleep(HANG_SECONDS)  # whoever asked has given up by now
        sms = self.accept(target, body)
        if fault in (None, "refuse"):
            self.answer(writer, 202, sms)
            if fault:
                asyncio.get_running_loop().create_task(self.refuse())
            return True
        return await self.fail(writer, fault, sms)

    def accept(self, target, body):
        query = parse_qs(urlsplit(target).query)
        (to,), text, price = query["to"], json.loads(body)["text"], self.random.choice(self.prices)
        self.accepted[to, text] += 1
        self.spent += price
        sms = {
            "sid": f"{self.random.getrandbits(64):016x}",
            "to": to,
            "body": {"text": text},
            "status": "created",
        }
        return sms | ({"parts": 1, "cost": f"{price / 100:.2f}"} if self.random.random() < self.tells else {})

    async def fail(self, writer, fault, sms=None):
        kind = fault.split(" ")[0]
        if kind == "hang":
            await asyncio.sleep(HANG_SECONDS)
        if kind == "reset":
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        if kind in ("503", "400"):
            self.answer(writer, int(kind), {"code": "E", "message": "no"})
        elif kind == "429":
            self.answer(writer, 429, {}, "Retry-After: 0\r\n")
        elif kind == "202":
            self.answer(writer, 202, {"sid": None, "status": "error"})
        elif kind == "no":
            self.answer(writer, 202, {**sms, "sid": None})
        elif kind == "not":
            writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n<>")
        elif kind == "cut":
            writer.write(b'HTTP/1.1 202 Accepted\r\ncontent-length: 999\r\n\r\n{"sid": "cut"')
        elif kind == "half":
            writer.write(b"HTTP/1.1 2")
        return kind in ("503", "400", "429", "202", "no", "not")

    def answer(self, writer, status, value, headers=""):
        body = json.dumps(value).encode()
        head = f"HTTP/1.1 {status} x\r\n{headers}content-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)


async def main():
    judge = Judge(**json.loads(os.environ.get("JUDGE", "{}")))
    await judge.listen()
    print(judge.port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
