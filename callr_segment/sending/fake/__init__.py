"""A Callr that is not there: a server on this machine, for tests, notebooks and rehearsals.

In: a price, a mapping of prices or a rate card, and the faults it shall make. Out: answers as the guide
describes them, a journal of what was accepted, webhooks. It stands beside sending and may use all of it; its
public door is ``callr_segment.testing``.
"""

from callr_segment.sending.fake.server import FAULTS, FakeCallr

__all__ = ["FAULTS", "FakeCallr"]
