"""How texts are damaged before they come here: what shows it, what it is, and what the text was.

The patterns are written in what Python's ``re`` and RE2 share, so that a column is judged as one text is.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re

__all__ = ["DAMAGE", "DAMAGES", "Damage", "Repair", "find_repairs", "undamaged_word"]

UTF_8 = "read the source as UTF-8"
_LONGEST_WORD = 60


class Damage(NamedTuple):
    """A way texts are damaged: what shows it, what it is, how to avoid it.

    ``read_in`` are the encodings that the bytes were wrongly read in, one of which it is; ``written_in`` is
    the one that they are in. What is not a matter of encodings is an ``escape``, or ``empty`` of meaning.
    """

    pattern: str
    cause: str
    way_out: str
    read_in: tuple[str, ...] = ()
    written_in: str = "utf-8"
    escape: bool = False
    empty: bool = False


# UTF-8 read as cp1252: the lead byte as a capital, the next as a sign that no word goes on with. Quotes,
# dashes and » do follow words that end in a capital, so a letter must come after them.
_AS_CP1252 = (
    "[Â-ÅÎ-Ñ](?:[€‚ƒ„†‡ˆ‰Š‹ŒŽ˜™š›œžŸ¡-º¼-¿]|[»‘’“”•–—…][A-Za-z])"
    "|[ÂÃ]\xa0|â(?:€.?|‚¬|„¢|†.)|ðŸ.{0,2}|ï(?:»¿|¿½)"
)
# The same as Latin-1, where it differs from cp1252: a C1 control among the bytes that follow the first.
_AS_LATIN_1 = (
    "[\xc2-\xdf][\x80-\x9f]|[\xe0-\xef](?:[\x80-\x9f][\x80-\xbf]|[\xa0-\xbf][\x80-\x9f])"
    "|[\xf0-\xf4][\x80-\x9f][\x80-\xbf]{2}"
)
# The same on a DOS console: the first byte as a piece of a box, those of typographic signs as ÔÇ or ΓÇ.
_AS_DOS = "├[^ ─-╿\t\n]|[ÔΓ](?:Ç[^A-Za-z0-9 .,;:!?\n]|é¼)"
_AS_MACINTOSH = "√[^ -~\n]|‚(?:Ä[^A-Za-z0-9 .,;:!?\n]|Ç¨)"
_AS_CP1251 = "Г[©§®±¶¤¬]|вЂ.?|в‚¬|[РС][^а-яА-ЯёЁ -~\n]Р[°µ]|Р[°µ][РС]"
_AS_GBK = "锟斤拷?|斤拷|鈥.?|烫烫|屯屯|[a-z](?:茅(?:[^A-Za-z一-鿿]|$)|[茅猫锚脿莽][a-z])|[茅脿莽][a-z]"
# Turkish, Romanian and Polish letters in the places of Icelandic ones and of superscripts.
_CP1254_AS_LATIN = (
    "ýþ|[a-zöüç]þ[a-zöüç]{0,3}[ýð]|Ýnd[ie]|Ýstanbul|Ýyi|ðý(?:[nm]ý|[nmrlz])z?(?:[^A-Za-zÀ-ɏ]|$)"
)
_CP1250_AS_LATIN = "[a-zãâî]þ(?:i|ã|a|e|ii|ie)?(?:[^A-Za-zÀ-ɏ]|$)|(?:^|[ (])ºi |[a-z][³¹][a-z]"
_CYRILLIC_AS_LATIN = "[åèîàÅÈÎÀ][À-ÖØ-öø-ÿ]{4}|[À-ÖØ-öø-ÿ]{1,10}[åèîà][À-ÖØ-öø-ÿ]{1,10},? [À-ÖØ-öø-ÿ]{3}"

# The named entities of HTML 4 and &apos;
_ENTITY_NAMES = (
    "[A-Za-z](?:acute|grave|circ|uml|cedil|tilde|ring|slash|caron)|(?:ae|AE|oe|OE|sz)lig|ETH|eth|THORN|thorn"
    "|amp|lt|gt|quot|apos|nbsp|iexcl|cent|pound|curren|yen|brvbar|sect|copy|ordf|laquo|raquo|not|shy|reg|macr|deg"
    "|plusmn|sup[123]|micro|para|middot|ordm|frac(?:12|14|34)|iquest|times|divide|fnof|thetasym|upsih|piv"
    "|[Aa]lpha|[Bb]eta|[Gg]amma|[Dd]elta|[Ee]psilon|[Zz]eta|[EeTt]ta|[Tt]heta|[Ii]ota|[Kk]appa|[Ll]ambda|[MmNn]u|[Xx]i"
    "|[Oo]micron|[Pp]i|[Rr]ho|[Ss]igmaf?|[Tt]au|[Uu]psilon|[Pp]hi|[Cc]hi|[Pp]si|[Oo]mega|bull|hellip|[Pp]rime|oline"
    "|frasl|weierp|image|real|trade|alefsym|[lurdh]arr|crarr|[lurdh]Arr|forall|part|exist|empty|nabla|isin|notin|ni"
    "|prod|sum|minus|lowast|radic|prop|infin|ang|and|or|cap|cup|int|there4|sim|cong|asymp|ne|equiv|[lg]e|n?su[bp]e?"
    "|oplus|otimes|perp|sdot|[lr](?:ceil|floor|ang)|loz|spades|clubs|hearts|diams|tilde|e[nm]sp|thinsp|zwn?j"
    "|[lr]rm|[nm]dash|[lrs][bs]?quo|[lrb]dquo|[dD]agger|permil|[lr]saquo|euro"
)
_ENTITY = f"&(?:#[0-9]{{1,7}}|#[xX][0-9A-Fa-f]{{1,6}}|{_ENTITY_NAMES});"
_ESCAPE = (
    r"\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|[A-Za-zÀ-ɏ]\\['’][A-Za-zÀ-ɏ]|\\\""
    r"|[^:\\]\\[nrt](?:[^A-Za-z0-9_.\\-]|[A-ZÀ-Þ]|\\[nrt]|$)|[.,!?;] ?\\n"
)

DAMAGES = (
    Damage(
        "\ufffd",
        "a character that was lost in decoding",
        "read the text again, in the encoding of its source",
    ),
    Damage(
        "[\\x00-\\x08\\x0b\\x0e-\\x1a\\x1c-\\x1f\\x7f]",
        "a control character, which no phone shows",
        "leave it out, as REPAIR does",
        empty=True,
    ),
    Damage("\ufffc", "the place of a picture that was pasted", "leave it out, as REPAIR does", empty=True),
    Damage(
        "[\ue000-\uf8ff]",
        "a character of private use, from an icon font or one maker's phones",
        "write what it showed",
    ),
    Damage(_AS_LATIN_1, "UTF-8 read as Latin-1", UTF_8, ("latin-1",)),
    Damage(_AS_CP1252, "UTF-8 read as cp1252", UTF_8, ("cp1252",)),
    Damage("[\x80-\x9f]", "cp1252 read as Latin-1", "read the source as cp1252", ("latin-1",), "cp1252"),
    Damage(_AS_DOS, "UTF-8 read as cp850 or cp437", UTF_8, ("cp850", "cp437")),
    Damage(_AS_MACINTOSH, "UTF-8 read as Mac Roman", UTF_8, ("mac-roman",)),
    Damage(_AS_CP1251, "UTF-8 read as cp1251", UTF_8, ("cp1251",)),
    Damage(_AS_GBK, "another encoding read as GBK", "read the source in its own encoding", ("gbk",)),
    Damage(
        _CP1254_AS_LATIN,
        "cp1254 (Turkish) read as Latin-1",
        "read the source as cp1254",
        ("cp1252",),
        "cp1254",
    ),
    Damage(
        _CP1250_AS_LATIN,
        "cp1250 (Central European) read as Latin-1",
        "read the source as cp1250",
        ("cp1252",),
        "cp1250",
    ),
    Damage(
        _CYRILLIC_AS_LATIN,
        "cp1251 (Cyrillic) read as Latin-1",
        "read the source as cp1251",
        ("cp1252",),
        "cp1251",
    ),
    Damage(_ENTITY, "an HTML entity", "unescape the text, for instance with html.unescape()", escape=True),
    Damage(
        _ESCAPE,
        "an escape that was not undone",
        "read the text again, as what it was written as",
        escape=True,
    ),
    Damage(
        "#(?:NAME\\?|NOM\\?|N/A|REF!|VALUE!|VALEUR!|DIV/0!|NULL!|NUM!|NOMBRE!)",
        "an error of a spreadsheet",
        "mend the formula, or leave the cell empty",
    ),
)
DAMAGE = "|".join(f"(?:{damage.pattern})" for damage in DAMAGES)
"""Finds a text that was damaged on its way."""


class Repair(NamedTuple):
    """What was damaged, where, and what it was."""

    start: int
    stop: int
    text: str


def undamaged_word(text: str, start: int, stop: int, damage: Damage) -> str | None:
    """Read the word around some damage as it was meant, where that can be told.

    >>> utf_8 = next(damage for damage in DAMAGES if damage.cause == "UTF-8 read as cp1252")
    >>> undamaged_word("Bel Ã©tÃ© !", 4, 6, utf_8)
    'été'
    """
    if damage.escape:
        return _unescaped(text[start:stop])
    first, last = _word(text, start, stop)
    word = _reread(text[first:last], damage)
    return _reread(text[start:stop], damage) if word is None else word


def find_repairs(text: str) -> list[Repair]:
    """List what was damaged and can be undone with certainty, from left to right.

    An encoding is undone only where the bytes it gives are valid in the encoding that is named, and reading
    them wrongly again gives what stands in the text.

    >>> for repair in find_repairs("Câ€™est l&#39;Ã©tÃ©"):
    ...     print(repair)
    Repair(start=0, stop=7, text='C’est')
    Repair(start=9, stop=14, text="'")
    Repair(start=14, stop=19, text='été')
    """
    found: list[Repair] = []
    taken = bytearray(len(text))
    for damage, pattern in zip(DAMAGES, _patterns(), strict=True):
        for match in pattern.finditer(text):
            repair = _repair(text, match, damage)
            if repair and not any(taken[repair.start : repair.stop]):
                taken[repair.start : repair.stop] = b"\1" * (repair.stop - repair.start)
                found.append(repair)
    return sorted(found)


def _repair(text: str, match: re.Match[str], damage: Damage) -> Repair | None:
    start, stop = match.span()
    if damage.read_in:
        for first, last in (_word(text, start, stop), (start, stop)):
            said = _reread(text[first:last], damage)
            if said is not None and said != text[first:last]:
                return Repair(first, last, said)
        return None
    if damage.escape:
        said = _unescaped(match[0])
        return None if said is None or said == match[0] else Repair(start, stop, said)
    return Repair(start, stop, "") if damage.empty else None


def _word(text: str, start: int, stop: int) -> tuple[int, int]:
    """Find what stands between spaces around a place, without the entities and stops at its end."""
    first, last = start, stop
    while first > max(0, start - _LONGEST_WORD) and text[first - 1] not in " \n\t\r&;<>":
        first -= 1
    while last < min(len(text), stop + _LONGEST_WORD) and text[last] not in " \n\t\r&;<>":
        last += 1
    return first, last


def _reread(piece: str, damage: Damage) -> str | None:
    """Read a piece as it was meant; None where its bytes are no text of that encoding, or several."""
    for read_in in damage.read_in:
        try:
            raw = b"".join(_bytes_of(char, read_in) for char in piece)
            said = raw.decode(damage.written_in)
        except UnicodeError:
            continue
        if _is_plausible(said):
            twice = _patterns()[DAMAGES.index(damage)].search(said)
            again = _reread(said, damage) if twice else None
            return said if again is None else again
    return None


def _bytes_of(char: str, encoding: str) -> bytes:
    """Encode a character; bytes that cp1252 lacks stand as controls, as browsers read them."""
    try:
        return char.encode(encoding)
    except UnicodeEncodeError:
        if encoding == "cp1252" and "\x80" <= char <= "\x9f":
            return char.encode("latin-1")
        raise


def _is_plausible(said: str) -> bool:
    return all(char >= " " or char in "\n\r\t" for char in said) and not any(
        "\x7f" <= char <= "\x9f" for char in said
    )


def _unescaped(piece: str) -> str | None:
    import re  # noqa: PLC0415 (a third of the time this package takes to import)
    from html import unescape  # noqa: PLC0415

    if piece.startswith("&"):
        said = unescape(piece)
    else:
        said = re.sub(r"\\(u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|r\\n|.)", _escaped, piece)
    return None if any("\ud800" <= char <= "\udfff" or char == "\ufffd" for char in said) else said


def _escaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "ux":
        return chr(int(code[1:], 16))
    return {"n": "\n", "r": "\n", "r\\n": "\n", "t": " "}.get(code, code)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    import re  # noqa: PLC0415

    return tuple(re.compile(damage.pattern) for damage in DAMAGES)
