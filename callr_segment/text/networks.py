"""What a mobile network is called: by its code, MCC and MNC together, or by its name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

__all__ = ["is_network"]

# A name is one digit, as of a network called 3, or has a letter; 2O801 is a code with a slip in it.
_NETWORK = r"[0-9]{5,6}|[0-9]|(?!(?=\w{5,7}$)(?:.*[0-9]){4})(?=.*[^\W\d_]).{1,100}"


def is_network(text: str) -> bool:
    """Whether a text may be a network: MCC and MNC, or a name.

    >>> is_network("20801"), is_network("Orange"), is_network("2O801")
    (True, True, False)
    """
    return _pattern().fullmatch(text) is not None


@cache
def _pattern() -> re.Pattern[str]:
    import re  # noqa: PLC0415 (one text needs no network)

    return re.compile(_NETWORK)
