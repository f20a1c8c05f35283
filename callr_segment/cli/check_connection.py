"""``callr-segment ping``: whether Callr can be reached, and takes the key."""

from __future__ import annotations

from callr_segment.cli.console import FINE
from callr_segment.cli.sending_options import Connection

__all__ = ["ping"]


def ping(*, connection: Connection = Connection()) -> int:
    """Ask Callr whether it takes the key that CALLR_API_KEY holds; nothing is sent.

    It ends with 0 where the key is taken, and with 2, saying why, where it is not or nobody answers.
    """
    with connection.client() as client:
        client.ping()
    print(f"{connection.base_url} takes the key")
    return FINE
