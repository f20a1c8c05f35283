"""Callr's wire.

In: a message; out: a request, and what its answer means, as a ``Receipt`` or an error sorted by what to do
next. It knows no file and no frame.
"""
