"""Callr's wire.

In: a message; out: a request, and what its answer means, as a ``Receipt`` or an error sorted by what to do
next. It knows no file and no frame. Read it in this order, then ``sending.client``: ``wire`` (the objects),
``requests`` (what is asked, and what an answer means), ``transport`` (one exchange), ``options`` (what a
client may be told), ``webhooks``.
"""
