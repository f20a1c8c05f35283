"""A Callr that is not there: a server on this machine, for tests, notebooks and rehearsals.

In: a price or a rate card, and the faults it shall make. Out: answers as the guide describes them, a journal
of what was accepted, webhooks. It stands beside sending and may use all of it.
"""

from callr_segment.sending.fake.server import FAULTS, FakeCallr

__all__ = ["FAULTS", "FakeCallr"]
