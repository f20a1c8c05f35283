"""Templates of other systems, read as ours: what stands for a value, and what says more than one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

__all__ = ["convert"]

_PATH = r"[^\W\d][\w-]*(?:(?:\.|\ +)[^\W][\w-]*)*"
_NAMES = rf"""
    \{{\{{\{{ \s* (?P<triple> {_PATH} ) \s* \}}\}}\}}          # Mustache, unescaped
  | \{{\{{ [&]? \s* [.$@]? (?P<mustache> {_PATH} ) \s* \}}\}}   # Mustache, Handlebars, Liquid, Go
  | [$%\#]\{{ \s* (?P<dollar> {_PATH} ) \s* \}}                # shells, Rails, Ruby
  | \*\| (?P<mailchimp> {_PATH} ) \|\*
  | <%=? \s* @? (?P<erb> {_PATH} ) \s* %>
  | \[\[ \s* (?P<brackets> {_PATH} ) \s* \]\]
  | \(\( \s* (?P<notify> {_PATH} ) \s* \)\)                     # GOV.UK Notify
  | %\( (?P<python> {_PATH} ) \)[sdif]
  | (?<! [0-9A-Fa-f%] ) %%? (?P<percent> [^\W\d][\w.-]{{2,}} ) %%? (?![0-9A-Fa-f]{{2}})
  | %(?P<place> \d+ )\$[sdif@]
  | \[ (?P<square> \w+(?:_\w+)+ | (?i: (?:first|last)\ name) ) \]
  | \# (?P<hashes> [A-Z][A-Z0-9]*(?:_[A-Z0-9]+)* ) \#
  | (?<! [\w.] ) @ (?P<contact> (?:contact|fields|results|flow) \.\w+ )
  | \{{ (?P<place_from_0> \d+ ) \}}
  | \{{ \w+ = (?P<mautic> \w+ ) \}}
  | (?P<own> \{{ [^\W\d][\w '-]* \}} )
  | (?P<next> (?<! \d ) (?<! \d\ ) %[sd@] (?![\w]) )
  | (?P<left> \{{\{{\{{?[^{{}}]*\}}\}}\}}? | \{{%[^%]*%\}} | <%[^%]*%> | [$%\#]\{{[^{{}}]*\}}
              | \(\([^()]*\?\?[^()]*\)\) | \*\|[^|]*\|\* | \{{ \d+ [:,][^{{}}]* \}} )
  | (?P<brace> [{{}}] )
"""


def convert(text: str, tokens: tuple[str, ...]) -> tuple[str, list[tuple[int, str]]]:
    """Write another system's template as ours; also list what is no field, with its position.

    >>> convert("Hi {{user.name}}, {% if vip %}yes{% endif %} {x}", ())
    ('Hi {user_name}, {% if vip %}yes{% endif %} {x}', [(18, '{% if vip %}'), (33, '{% endif %}')])
    """
    left: list[tuple[int, str]] = []
    return "".join(_pieces(text, tokens, left)), left


def _pieces(text: str, tokens: tuple[str, ...], left: list[tuple[int, str]]) -> Iterator[str]:
    end = count = 0
    for match in _pattern().finditer(text):
        yield text[end : match.start()]
        end, kind, piece = match.end(), match.lastgroup, match[0]
        if piece in tokens or kind == "own":
            yield piece
        elif kind == "brace":
            yield piece * 2
        elif kind == "left":
            left.append((match.start(), piece))
            yield piece
        else:
            count += kind == "next"
            yield f"{{{_name(kind, match, count)}}}"
    yield text[end:]


def _name(kind: str | None, match: re.Match[str], count: int) -> str:
    """Name the field: as it was called, or by its number where it was called nothing."""
    found = match[kind or 0]
    if kind == "next":
        return f"value_{count}"
    if kind in ("place", "place_from_0"):
        return f"value_{int(found) + (kind == 'place_from_0')}"
    return found.replace(".", "_")


@cache
def _pattern() -> re.Pattern[str]:
    import re  # noqa: PLC0415 (a third of the time this package takes to import)

    return re.compile(_NAMES, re.VERBOSE)
