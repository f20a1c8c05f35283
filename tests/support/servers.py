"""Servers of a test's own making, down to the bytes: what a well-behaved library would never answer."""

import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress


@contextmanager
def serving(behave):
    """Run `behave(connection)` in a thread for each connection; gives the address."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    threading.Thread(target=accept, args=(listening, behave), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def accept(listening, behave):
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=guarded, args=(connection, behave), daemon=True).start()


def guarded(connection, behave):
    with connection, suppress(OSError):
        behave(connection)


def received(connection):
    """Read one request to the end of its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(status, body=b"", *headers):
    """The bytes of an answer."""
    body = body if isinstance(body, bytes) else body.encode()
    lines = [
        f"HTTP/1.1 {status} Whatever",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *headers,
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


def answering(data, *, drip_seconds=0.0):
    """Behave by giving this answer, at once or byte by byte."""

    def behave(connection):
        received(connection)
        for piece in [bytes([byte]) for byte in data] if drip_seconds else [data]:
            connection.sendall(piece)
            time.sleep(drip_seconds)

    return behave


def resetting(connection):
    received(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def dropping(connection):
    received(connection)
