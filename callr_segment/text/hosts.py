"""Where addresses stand in a text: links, hosts that end in a top-level domain, e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from callr_segment.text.tables.top_level_domains import TOP_LEVEL_DOMAINS

if TYPE_CHECKING:
    import re

__all__ = ["find_addresses", "find_links"]

_LETTER = r"\w\u0300-\u036f"
_TAIL = rf"[{_LETTER}/=&\#%+~$*-]"
_ADDRESS = rf"""
    (?P<link> (?: :// | \b[Ww]{{3}}\. | \bmailto: ) \S* {_TAIL} )
  | (?<! [{_LETTER}.+%@-] ) [{_LETTER}.+%-]+ @ [{_LETTER}-]+ (?: \.[{_LETTER}-]+ )+
  | (?P<host> (?<! [{_LETTER}.-] ) [{_LETTER}-]+ (?: \.[{_LETTER}-]+ )*
    \. (?P<domain> [^\W\d_]{{2,24}} ) (?! [{_LETTER}] )
    (?P<path> (?: :\d+ )? (?: [/?\#]\S* {_TAIL} )? ) )
"""


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """List where addresses start and stop.

    >>> list(find_addresses("C'est prêt.Passez sur forêt.com"))
    [(22, 31)]
    """
    if not any(sign in text for sign in ".@:"):
        return
    for match in _pattern().finditer(text):
        if match["host"] is None or _is_host(match):
            yield match.span()


def find_links(text: str) -> Iterator[tuple[int, int]]:
    """List where what a phone makes a link of starts and stops, scheme included.

    >>> list(find_links("Voir https://x.fr/a?b=c, zoe@x.fr ou mlou.fr"))
    [(5, 23), (37, 44)]
    """
    for match in _pattern().finditer(text):
        if match["link"] or (match["host"] and _is_host(match)):
            start = match.start()
            while start and text[start - 1].isalnum() and match[0].startswith("://"):
                start -= 1
            yield start, match.end()


def _is_host(match: re.Match[str]) -> bool:
    """Whether it ends in a top-level domain; a capital after a small letter begins a sentence."""
    domain = match["domain"]
    begins_a_sentence = domain[0].isupper() and not domain.isupper() and not match["path"]
    return domain.lower() in TOP_LEVEL_DOMAINS and not begins_a_sentence


@cache
def _pattern() -> re.Pattern[str]:
    import re  # noqa: PLC0415 (a third of the time this package takes to import)

    return re.compile(_ADDRESS, re.VERBOSE)
