"""What a client says of each fault of the fake, and a wait that ends."""

import threading

from callr_segment.errors import NotSent, OutcomeUnknown, Rejected
from callr_segment.sending.fake import FAULTS

BEFORE = {
    "400": Rejected,
    "401": Rejected,
    "403": Rejected,
    "405": Rejected,
    "429": NotSent,
    "429 in 0 s": NotSent,
    "429 in 1 s": NotSent,
    "429 in an hour": NotSent,
    "429 until a date": NotSent,
    "429 soon": NotSent,
    "503 before accept": OutcomeUnknown,
    "drop before accept": OutcomeUnknown,
    "reset before accept": OutcomeUnknown,
    "hang before accept": OutcomeUnknown,
    "status error": Rejected,
    "redirect": OutcomeUnknown,
}
AFTER = {name: OutcomeUnknown for name in FAULTS if name not in BEFORE} | {"slow": None}


def wait_until(holds, seconds=10.0):
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError(f"still not so after {seconds} s")
