"""Every problem a message can have: code, severity, wording; and the patterns that find damage in a text.

The patterns are written in what Python's ``re`` and RE2 share, so that a column is judged as one text is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = [
    "ALARMS",
    "CLOSES",
    "CODES",
    "DAMAGE",
    "DAMAGES",
    "OPENS",
    "PLACEHOLDER",
    "STARTERS",
    "STOP",
    "UNFINISHED",
    "CodeInfo",
    "Damage",
]


class CodeInfo(NamedTuple):
    """What a code means: its bit in a column of problems, how bad it is, where it is, and its words.

    ``severity`` holds unless a policy overrides it. ``field`` is text, to, sender, traffic or encoding.
    ``message`` has ``{value}`` and ``{limit}`` to fill.
    """

    bit: int
    severity: str
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
    "landline_number": (
        "to",
        "{value} is a landline, and few of them receive SMS",
        "ask for a mobile number",
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
}


def _numbered() -> dict[str, CodeInfo]:
    both = [("error", _ERRORS), ("warning", _WARNINGS)]
    rows = [(code, severity, *words) for severity, table in both for code, words in table.items()]
    return {code: CodeInfo(1 << place, *words) for place, (code, *words) in enumerate(rows)}


CODES: Mapping[str, CodeInfo] = MappingProxyType(_numbered())
"""Every code, the gravest first, and the bits in that order. Codes are stable: none is ever renamed."""


class Damage(NamedTuple):
    """A way texts are damaged before they come here: what shows it, what it is, how to undo it.

    ``codecs`` are the one the text was wrongly read in and the one it is in.
    """

    pattern: str
    cause: str
    way_out: str
    codecs: tuple[str, str] | None = None


# UTF-8 read as cp1252: the lead byte as a capital, the next as a sign that no word goes on with. Quotes,
# dashes and » do follow words that end in a capital, so a letter must come after them.
_MOJIBAKE = (
    "[Â-ÅÎ-Ñ](?:[€‚ƒ„†‡ˆ‰Š‹ŒŽ˜™š›œžŸ¡-º¼-¿]|[»‘’“”•–—…][A-Za-z])"
    "|[ÂÃ]\xa0|â(?:€.?|‚¬|„¢|†.)|ðŸ.{0,2}|ï(?:»¿|¿½)"
)

DAMAGES = (
    Damage(
        "\ufffd",
        "a character that was lost in decoding",
        "read the text again, in the encoding of its source",
    ),
    Damage("[\x80-\x9f]", "cp1252 read as Latin-1", "read the source as cp1252", ("latin-1", "cp1252")),
    Damage(_MOJIBAKE, "UTF-8 read as cp1252", "read the source as UTF-8", ("cp1252", "utf-8")),
    Damage(
        "锟斤拷?|斤拷|鈥.?|烫烫|屯屯", "another encoding read as GBK", "read the source in its own encoding"
    ),
    Damage(
        "&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|nbsp|euro|pound|copy|reg|deg|hellip|[mn]dash"
        "|[lr][as]quo|[lr]dquo|(?:ae|AE|oe|OE|sz)lig"
        "|[A-Za-z](?:acute|grave|circ|uml|cedil|tilde|ring|slash));",
        "an HTML entity",
        "unescape the text, for instance with html.unescape()",
    ),
)
DAMAGE = "|".join(f"(?:{damage.pattern})" for damage in DAMAGES)
"""Finds a text that was damaged on its way."""

_NAME = "[A-Za-zÀ-ɏ_][A-Za-zÀ-ɏ0-9_.-]*"
PLACEHOLDER = "|".join(
    (
        r"\{\{[^{}]*\}\}",
        r"\$\{[^{}]*\}",
        rf"\{{ ?{_NAME} ?\}}",
        r"\{[0-9]+\}",
        r"\{%[^%]*%\}",
        r"\[\[[^\[\]]*\]\]",
        rf"%\({_NAME}\)[sdif]",
        "%[a-z_]{4,}%",  # shorter ones are bytes of a URL
        "<%[^%]*%>",
    )
)
"""Finds what looks like a placeholder that was not filled; Callr's own ``%STOPNUM%`` is none."""

# The word STOP, but not in "non-stop", as shops are open. RE2 cannot look behind: what is not NON is listed.
_NOT_NON = "(?:^|[^Nn -]|(?:^|[^Oo])[Nn]|(?:^|[^Nn])[Oo][Nn])"
STOP = f"%STOPNUM%|(?:^|[^A-Za-z -]|{_NOT_NON}[ -])[Ss][Tt][Oo][Pp](?:[Ss][Mm][Ss])?(?:[^A-Za-z]|$)"
"""Finds a STOP option."""

# What the patterns above cannot do without, so that a text that has none of it need not be searched.
ALARMS = "{[%<\ufffd锟拷鈥烫屯" + "".join(map(chr, range(0x80, 0xA0)))
STARTERS = "ÂÃÄÅÎÏÐÑâðï"
"""Each shows damage only before a character that is not ASCII."""
OPENS, CLOSES = "&", ";"
"""An entity needs both."""
UNFINISHED = r"(?:\{[^{}]*|\[[^\[\]]*|%\(?[\w.-]*|<[^>]*|\$|&[#A-Za-z0-9]{0,10})$"
"""Finds a text that what follows it may turn into one of these."""
