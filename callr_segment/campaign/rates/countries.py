"""Countries as price lists write them: by code or by name, in the languages of most lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from unicodedata import combining, normalize

from callr_segment.text.networks import means_every
from callr_segment.text.numbers import country_codes

__all__ = ["find_country", "fold_name", "is_every_country", "refusal_of"]

_COUNTRIES = """
    country countries destination destinations world pays monde land länder ländern welt país países mundo
    paese paesi mondo landen wereld destinos destinazioni kraj kraje świat страны мир
"""

_PARTS = re.compile(r"\s*[(\[/|,:]\s*|\s+[-–—]\s+")  # between a name and a code
_WITHOUT_NUMBERS = frozenset(("AQ", "BV", "GS", "HM", "PN", "TF", "UM"))  # of ISO 3166 all the same
_WAYS_OUT = {
    "UK": "write GB",
    "EL": "write GR",
    "XX": "leave it empty for any",
    "ZZ": "leave it empty for any",
    "AN": "the Netherlands Antilles are CW, SX and BQ now: write those",
    "QK": "for Kosovo write XK",
    "KO": "for Kosovo write XK, for South Korea KR",
    "KV": "for Kosovo write XK",
    "YU": "write RS, ME",
    "CS": "write RS, ME, or CZ",
    "TP": "write TL",
    "ZR": "write CD",
    "BU": "write MM",
    "SU": "write RU",
    "DD": "write DE",
    "FX": "write FR",
}


def find_country(text: str) -> str | None:
    """Find the country that a code or a name stands for, or both side by side; None where there is none.

    >>> find_country("fr"), find_country("Côte d’Ivoire"), find_country("KOREA (SOUTH)"), find_country("QK")
    ('FR', 'CI', 'KR', None)
    >>> find_country("DEU"), find_country("Germany (DE)"), find_country("Niger (NG)")
    ('DE', 'DE', None)
    """
    code = text.strip().upper()
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code if code in _WITHOUT_NUMBERS or code in country_codes() else None
    if (found := _names().get(fold_name(text))) or not (parts := _PARTS.split(text.strip(" )]"))[1:]):
        return found
    both = {find_country(part) for part in (_PARTS.split(text)[0], *parts)}
    return both.pop() if len(both) == 1 else None


def is_every_country(text: str) -> bool:
    """Whether a cell means every country, or every other one.

    >>> is_every_country("Rest of world"), is_every_country("Autres pays"), is_every_country("France")
    (True, True, False)
    """
    return means_every(text, _COUNTRIES)


def refusal_of(text: str) -> str:
    """Word why a text is no country, and the way out."""
    code = text.strip().upper()
    if code in _WAYS_OUT:
        return f"{code} is no country of ISO 3166: {_WAYS_OUT[code]}"
    if len(code) == 2 and code.isascii() and code.isalpha():
        return f"no number has the country {code}: write a code of ISO 3166 such as FR, or leave the row out"
    near = get_close_matches(fold_name(text), _names(), 1, 0.75)
    meant = f"did you mean {_names()[near[0]]}? " if near else ""
    return f"{meant}write two letters of ISO 3166, such as FR, or the name of a country"


def fold_name(name: str) -> str:
    """Leave case, accents and punctuation out of a name.

    >>> fold_name("The Côte d'Ivoire & Co.")
    'cote d ivoire and co'
    """
    plain = normalize("NFKD", name.casefold().replace("&", " and "))
    words = re.sub(r"[^a-z0-9]+", " ", "".join(char for char in plain if not combining(char)))
    return words.strip().removeprefix("the ")


@cache
def _names() -> Mapping[str, str]:
    from callr_segment.text.tables.country_names import NAMES  # noqa: PLC0415 (when one is met)

    found: dict[str, str] = {}
    country = ""
    for each in NAMES.strip().split("|"):
        code, equals, name = each.rpartition("=")
        country = code.strip() if equals else country
        found[name.strip()] = country
    return found
