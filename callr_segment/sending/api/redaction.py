"""What may be shown of numbers and keys: enough to recognise one's own, too little for anybody else."""

from __future__ import annotations

import re

__all__ = ["masked", "redact"]

_NUMBER = re.compile(r"\d(?:[ .()/-]{0,2}\d){6,}")
_ENDS = 2


def masked(text: str) -> str:
    """Hide the middle of every phone number in a text: all but the first and the last two of its digits.

    >>> masked("+33639981020 was refused, 12 cents")
    '+33•••••••20 was refused, 12 cents'
    """
    return _NUMBER.sub(lambda found: _dotted(found[0]), text)


def _dotted(digits: str) -> str:
    return digits[:_ENDS] + re.sub(r"\d", "•", digits[_ENDS:-_ENDS]) + digits[-_ENDS:]


def redact(secret: str, text: str) -> str:
    """Take a secret out of a text that somebody else wrote.

    >>> redact("k3y", "the key k3y is not known")
    'the key ••• is not known'
    """
    return text.replace(secret, "•••") if secret else text
