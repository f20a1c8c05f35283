"""Every problem a message can have: code, severity, wording; and what a text must hold for some of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from callr_segment.text.damage import DAMAGE, DAMAGES, GBK_SIGNS, Damage
from callr_segment.text.opt_out import STOP
from callr_segment.text.placeholders import (
    BLANK,
    BLANK_SIGNS,
    BLANKS,
    LONGEST_GREETING,
    NAMED_BY,
    NO_WORDS,
    PLACEHOLDER,
    PLACEHOLDER_SIGNS,
    SIGNS,
    UNFINISHED,
)
from callr_segment.typing import Severity

__all__ = [
    "ALARMS",
    "BLANK",
    "BLANKS",
    "BLANK_SIGNS",
    "CLOSES",
    "CODES",
    "CONTEXTUAL",
    "DAMAGE",
    "DAMAGES",
    "DAMAGE_SIGNS",
    "LONGEST_GREETING",
    "NAMED_BY",
    "NO_WORDS",
    "OPENS",
    "PLACEHOLDER",
    "PLACEHOLDER_SIGNS",
    "SIGNS",
    "STARTERS",
    "STOP",
    "UNFINISHED",
    "CodeInfo",
    "Damage",
]


class CodeInfo(NamedTuple):
    """What a code means: its bit in a column of problems, how bad it is, where it is, and its words.

    ``severity`` holds unless a policy overrides it; None is only heard of where a policy asks. ``field`` is
    text, to, sender, traffic or encoding.
    ``message`` has ``{value}`` and ``{limit}`` to fill.
    """

    bit: int
    severity: Severity | None
    field: str
    message: str
    way_out: str


_ERRORS = {
    "missing_text": ("text", "there is no text", "give one, or leave the recipient out"),
    "missing_field": (
        "text",
        "the text has no value for {value}",
        "fill the column, or leave the recipient out",
    ),
    "missing_template": (
        "text",
        "no template is called {value!r}",
        "correct the column that chooses, or give a template '*' for the others",
    ),
    "empty": ("text", "the text is empty", "write at least one character: the API refuses an empty text"),
    "too_long": ("text", "{value} characters are over the limit of {limit}", "shorten the text, or send two"),
    "too_many_parts": (
        "text",
        "{value} parts are over the limit of {limit}",
        "shorten the text; if it is Unicode, rewrite() may make it GSM",
    ),
    "not_gsm": (
        "text",
        "gsm cannot carry {value!r}",
        "replace them, make the text GSM with rewrite(), or leave the encoding to the characters",
    ),
    "lost_zero": (
        "to",
        "{value} may have lost the zero its number began with",
        "read the file with this column as text, or write the number with + and the calling code",
    ),
    "invalid_number": (
        "to",
        "{value!r} is no number as the API takes it: {limit}",
        "pass what normalize_number(number, default_region='FR') makes of it, such as '+33639981020'",
    ),
    "refused_prefix": (
        "to",
        "{value} is outside the prefixes that may be sent to",
        "leave the recipient out, or widen the policy",
    ),
    "no_consent": ("to", "{value} has not agreed to be written to", "leave the recipient out, or ask first"),
    "opted_out": ("to", "{value} has opted out", "leave the recipient out"),
    "unpriced": ("to", "the rate card has no price for {value}", "add a row for it to the card"),
    "invalid_sender": (
        "sender",
        "{value!r} is no sender: {limit}",
        "shorten it, or leave it empty and Callr chooses one",
    ),
    "invalid_traffic": ("traffic", "traffic {value!r} is none of {limit}", "pass one of them"),
    "invalid_encoding": (
        "encoding",
        "encoding {value!r} is none of {limit}",
        "pass one of them, or leave it out",
    ),
}

_WARNINGS = {
    "duplicate": ("to", "{value} is written to more than once", "send to it once"),
    "fictional_number": (
        "to",
        "{value} is kept for films and books: nobody answers it",
        "put a real number in its place",
    ),
    "foreign_number": (
        "to",
        "{value} is no number of the default region, and was read as one of another country",
        "write it with + and the calling code, or mend it: a digit may be missing, or too many",
    ),
    "unassigned_number": (
        "to",
        "{value} is a number that nobody has: none of its country begins so, or has so many digits",
        "look for a digit that is wrong, missing or too many",
    ),
    "country_mismatch": (
        "to",
        "{value} is not in the country that its row says, which decides the price",
        "correct the country or the number, or leave the country to the number",
    ),
    "service_number": (
        "to",
        "{value} is a service that is called, free or at a charge, and receives no SMS",
        "ask for a mobile number",
    ),
    "landline_number": (
        "to",
        "{value} is a landline, and few of them receive SMS",
        "ask for a mobile number",
    ),
    "trimmed_number": (
        "to",
        "{value} holds more than a number, which was left out",
        "look whether it is the right number; an extension cannot receive SMS",
    ),
    "lone_surrogate": (
        "text",
        "half of a character, {value!r}, stands in the text",
        "the text was cut or decoded wrongly: read it again from its source",
    ),
    "encoding_damage": (
        "text",
        "{value!r} looks like damage",
        "read the text again, in the encoding of its source",
    ),
    "placeholder": ("text", "{value!r} looks like a placeholder that was not filled", "fill it"),
    "no_stop": (
        "text",
        "a marketing text to {value} has no STOP option",
        "add one such as 'STOP au %STOPNUM%', or send alerts as traffic='alerting'",
    ),
    "blank_value": (
        "text",
        "{value!r} looks as if a value was blank",
        "fill the column, or word the text so that it reads well without",
    ),
}

_ON_REQUEST = {
    "cut_link": (
        "text",
        "the link {value!r} is cut where a part ends",
        "move it, or shorten what stands before it; phones join parts, but not all of them",
    ),
}


def _numbered() -> dict[str, CodeInfo]:
    tables = [("error", _ERRORS), ("warning", _WARNINGS), (None, _ON_REQUEST)]
    rows = [(code, severity, *words) for severity, table in tables for code, words in table.items()]
    return {code: CodeInfo(1 << place, *words) for place, (code, *words) in enumerate(rows)}


CODES: Mapping[str, CodeInfo] = MappingProxyType(_numbered())
"""Every code, the gravest first, and the bits in that order. Codes are stable: none is ever renamed."""

# What damage and placeholders cannot do without, so that a text without it need not be searched.
CONTEXTUAL = GBK_SIGNS + "矇癡癟챕챔챌ﾃ├╨╤╟╬╣╦┌╘√‚ŽŸŕĺÚÞÛÈËЂ©§®±¶¤¬°µ³¹ºþÝ\x80-\x9f"
"""As a class: what shows damage together with what stands beside it."""
DAMAGE_SIGNS = (
    "#\\" + GBK_SIGNS + "\ufffd\ufffc锟拷鈥烫屯矇癡癟챕챔챌ﾃ├╨╤╟╬╣╦┌╘√‚ŽŸŕĺÚÞÛÈËЂ" + "©§®±¶¤¬°µ³¹ºþÝ\x7f"
    + "".join(map(chr, (*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20), *range(0x80, 0xA0))))
)  # fmt: skip
ALARMS = "{[%<(@|" + DAMAGE_SIGNS
STARTERS = "ÂÃÄÅĂĹĆÎÏÐÑâðïÔΓåèîàÈÀýêóôãáìí"
"""Each shows damage only before a character that is not ASCII."""
OPENS, CLOSES = "&", ";"
"""An entity needs both."""
