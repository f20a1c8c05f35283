"""The few words that options and answers take, as types: for code of your own that passes them on.

>>> from callr_segment.typing import Encoding, Traffic
>>> def greet(name: str, *, traffic: Traffic = "alerting") -> Encoding:
...     return sms.segment(f"Bonjour {name}").encoding
>>> import callr_segment as sms
>>> greet("Zoé")
'gsm'
"""

from __future__ import annotations

from typing import Literal

__all__ = ["Alphabet", "Encoding", "Errors", "Severity", "Traffic"]

Alphabet = Literal[
    "turkish",
    "spanish",
    "portuguese",
    "bengali",
    "gujarati",
    "hindi",
    "kannada",
    "malayalam",
    "oriya",
    "punjabi",
    "tamil",
    "telugu",
    "urdu",
]
"""A national language of GSM (3GPP TS 23.038, annex A), in the order of their identifiers."""

Encoding = Literal["gsm", "unicode"]
"""How a message is sent."""

Errors = Literal["strict", "replace", "rewrite"]
"""What is done where ``encoding="gsm"`` is asked for a text that GSM 03.38 cannot carry."""

Traffic = Literal["marketing", "alerting"]
"""Why a message is sent."""

Severity = Literal["error", "warning"]
"""How bad a problem is: what must not be sent, and what should be looked at first."""
