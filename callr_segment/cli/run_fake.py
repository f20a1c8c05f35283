"""``callr-segment fake``: a Callr that is not there, as a process of its own."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from callr_segment.sending.fake.server import main

__all__ = ["fake"]


def fake(*options: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Run a Callr that is not there until it is told to end: it prints its URL, and charges nobody.

    :param options: What `python -m callr_segment.sending.fake` takes; --help lists it.
    """
    main(options, program="callr-segment fake")
