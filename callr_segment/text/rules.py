"""The rules of what may be replaced by what, and the sets they come in: SAFE, FOLD and those on request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from callr_segment.alphabet import emoji
from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION
from callr_segment.errors import InputError
from callr_segment.text.tables import replacements as tables

__all__ = [
    "CURRENCY",
    "CYRILLIC",
    "EMOJI",
    "EURO",
    "FOLD",
    "GREEK",
    "REPAIR",
    "SAFE",
    "Rewrite",
    "fold",
    "fold_for",
]

_ONE_SEPTET = frozenset(BASIC) - {ESCAPE}
_GSM = _ONE_SEPTET | frozenset(EXTENSION)


class _Rewrite(NamedTuple):
    name: str
    replacements: tuple[tuple[str, str], ...]
    description: str


class Rewrite(_Rewrite):
    """A named set of replacements, each of one character or a short sequence, by what GSM has.

    Raises InputError where a replacement is not GSM, or would replace what costs one septet already.

    >>> hearts = Rewrite("hearts", {"♥": "<3"}, "hearts as people type them")
    >>> hearts.replacements
    (('♥', '<3'),)
    """

    __slots__ = ()

    def __new__(
        cls, name: str, replacements: Mapping[str, str] | Iterable[tuple[str, str]], description: str = ""
    ) -> Rewrite:
        """Check the replacements."""
        pairs = _pairs_of(name, replacements)
        for before, after in pairs:
            if not before or before in _ONE_SEPTET - {"\r"}:
                raise InputError(
                    f"rewrite {name!r} replaces {before!r}, which costs one septet at most; leave it out",
                    value=before,
                )
            if not _GSM.issuperset(after):
                raise InputError(
                    f"rewrite {name!r} makes {before!r} {after!r}, which GSM cannot carry either", value=after
                )
        return super().__new__(cls, name, pairs, description)

    def __repr__(self) -> str:
        return f"Rewrite({self.name!r}, {len(self.replacements):,} replacements)"

    def __hash__(self) -> int:  # of 1,000 pairs would cost more than a rewriting
        return hash((self.name, len(self.replacements)))


def _pairs_of(name: str, replacements: Any) -> tuple[tuple[str, str], ...]:
    try:
        pairs = tuple(dict(replacements).items())
    except (TypeError, ValueError):
        pairs = ((replacements, None),)
    for pair in pairs:
        if not all(isinstance(text, str) for text in pair):
            raise InputError(
                f"rewrite {name!r} is made of a mapping of texts such as {{'♥': '<3'}}, not of {pair!r:.60}",
                value=replacements,
            )
    return pairs


SAFE: tuple[Rewrite, ...] = (
    Rewrite("composition", tables.COMPOSED, "letters and their accents as one character (NFC)"),
    Rewrite(
        "punctuation", tables.PUNCTUATION, "typographic quotes, dashes, bullets and ellipses as typed ones"
    ),
    Rewrite(
        "spaces",
        tables.SPACES,
        "no-break, thin and other spaces and tabs as plain ones; line ends as one character",
    ),
    Rewrite(
        "invisible", tables.INVISIBLE, "zero-width characters, soft hyphens and direction marks left out"
    ),
)
"""What no reader notices."""

_KEPT = "ı" + tables.KEPT_LETTERS["vi"]
"""Letters that FOLD keeps as long as nobody says which language it is, unless another has them too."""


def fold(kept: str) -> tuple[Rewrite, ...]:
    """Take the rules that fold letters, all but those that are kept."""
    accents = {before: after for before, after in tables.ACCENTS.items() if before not in kept}
    return (
        Rewrite("accents", accents, "letters without the accents GSM lacks; é è à ù and the like stay"),
        Rewrite("ligatures", tables.LIGATURES, "œ and other joined letters apart"),
        Rewrite("lookalikes", tables.LOOKALIKES, "Greek capitals that look Latin as the Latin ones"),
        Rewrite(
            "letterforms",
            tables.LETTERFORMS | tables.MODIFIERS,
            "full-width and mathematical letters and digits as plain ones",
        ),
        Rewrite("symbols", tables.SYMBOLS, "© ® ™ ° × and other symbols in letters"),
    )


FOLD: tuple[Rewrite, ...] = fold(
    "ı" + "".join(char for char in tables.KEPT_LETTERS["vi"] if char >= "\u0180")
)
"""What a reader notices and understands, in any language: Turkish ı and Vietnamese tones stay."""


def fold_for(language: str) -> tuple[Rewrite, ...]:
    """Take the rules of FOLD that suit a language, by its ISO 639 code: ``"fr"``, ``"pt-BR"``.

    What means another word without its accent stays: Turkish ı, Azerbaijani ə, the letters and tones of
    Vietnamese. In any other language all letters that GSM lacks are folded, those too.

    >>> [("ı", "i") in fold_for(language)[0].replacements for language in ("tr", "fr")]
    [False, True]
    """
    code = language.replace("_", "-").partition("-")[0].lower() if isinstance(language, str) else ""
    if not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
        raise InputError(
            f"{language!r:.60} is no language; write a code such as 'fr' or 'tr'", value=language
        )
    return fold(tables.KEPT_LETTERS.get(code, ""))


REPAIR = Rewrite(
    "repair", {}, "what was damaged on its way as it was: Ã© as é, &amp; as &, a literal \\\\n as a line"
)
"""Undoes only what is certain: see `find_repairs`. Other rules go on from what it makes."""

GREEK = Rewrite("greek", tables.GREEK, "Greek in unaccented capitals, which GSM has")
"""Greek as it is commonly sent in GSM; a change of style, so in neither set."""

CYRILLIC = Rewrite("cyrillic", tables.CYRILLIC, "Cyrillic letters that look Latin as the Latin ones")
"""Of use where a few stand in Latin words; in Cyrillic text they save nothing, so in neither set."""

CURRENCY = Rewrite("currency", tables.CURRENCY, "currency signs as currency codes")
"""₺ as TRY and so on; a change of wording, so in neither set."""

EMOJI = Rewrite(
    "emoji", dict.fromkeys((*emoji.SELECTED, *emoji.CHARACTERS), ""), "emoji left out, each as a whole"
)
"""A message loses what they say, so in neither set. A keycap keeps its digit; beside an address all stay.

One of the spaces or line ends that an emoji stands between goes with it.
"""

EURO = Rewrite("euro", {"€": "EUR"}, "EUR for €, which GSM has in two septets")
"""Saves only where an operator has no extension table; a change of wording, so in neither set."""
