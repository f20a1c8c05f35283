"""How texts are damaged before they come here: what shows it, what it is, and what the text was.

The patterns are written in what Python's ``re`` and RE2 share, so that a column is judged as one text is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re

__all__ = ["DAMAGE", "DAMAGES", "GBK_SIGNS", "Damage", "Repair", "find_repairs", "undamaged_word"]

UTF_8, CP1252 = "read the source as UTF-8", "read the source as cp1252"
_LONGEST_WORD = 60
_NO_WORD = "[a-zß-ÿĀ-ſά-ώа-я][À-ÖØ-ÞΆ-ΫА-Я]|[A-Za-z\xc0-\u04ff][¡-©«-¹»-¿×÷ˆ‰‡†„“”‚›‹•™][a-z\xc0-\u04ff]"
"""Finds a capital with an accent after a small letter, and a sign within a word."""


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
# The same in cp1250, cp1253 and cp1257: a capital before a sign, or before a small letter within small ones.
_AS_CP1250 = "Ă[©¨§±¶¤¬«°´¸¦®…Ł\xa0\xad˘]|[a-z]Ă[şłźśĽˇąžť]|Ĺ[‚„‘’“”›™ˇĽşź±…\xad]|[a-z]Ä[…™‡›Ť]|â€[šťžś™ś“”¦]"
_AS_CP1253 = "[a-z ]Γ[©¨§±¶³¤¬®°²´…¦\xa0\xad]|(?:[ΞΟ][€‚ƒ„…†‡‰‹‘’“”•–—™›\xa0£¤¥¦§¨©«¬\xad®―°±²³΄µ¶·»½]){2}"
_AS_CP1257 = "[a-z ]Ć[©¶§±¼½¾®¤¬°´µ·»«¢£²³¹\xa0\xad]|Å[‚„›™¼ŗ]"
# The same on a DOS console: the first byte as a piece of a box, those of typographic signs as ÔÇ or ΓÇ.
_AS_DOS = (
    "├[^ ─-╿\t\n]|[ÔΓ](?:Ç[^A-Za-z0-9 .,;:!?\n]|é¼)|[╨╤][^ -~\t\n─-╿]"
    "|(?:[ðÐ][ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐]){2}"
)
_AS_MACINTOSH = (
    "√[^ -~\n]|‚(?:Ä[^A-Za-z0-9 .,;:!?\n]|Ç¨)"
    "|(?:[–—][ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø]){2}"
)
_AS_CP1251 = (
    "[A-Za-z ]Г[©§®±¶¤¬Ё]|вЂ.?|в‚¬|[РС][^а-яА-ЯёЁ -~\n]Р[°µ]|Р[°µ][РС]"
    "|(?:[В-Я][ЂЃѓ‚„…†‡€‰‹ђ‘’“”•–—™›ќћџ\xa0ўј¤¦§©«¬\xad®°±іґµ¶·ё№є»ѕї]){2}"
)
# In KOI8-R what follows the first byte is a piece of a box.
_AS_KOI8_R = "[а-яё][╟╬╣╦┌╘╖╗╙╚╛╜╝╞│┐└┘┤┬┴┼▀▄█▌▐░▒▓⌠■∙≈≤≥═║╒╓╔╕╠╡╢╥╧╨╩╪╫]"
# The letters éèêàçäöüßñóíáã of French, German, Spanish and Portuguese in UTF-8, as they stand in GBK.
GBK_SIGNS = "茅猫锚脿莽盲枚眉脽帽贸铆谩茫"
_AS_GBK = (
    "锟斤拷?|斤拷|鈥.?|烫烫|屯屯"
    f"|[a-z](?:[茅脽](?:[^A-Za-z一-鿿]|$)|[{GBK_SIGNS}][a-z]|[{GBK_SIGNS}]{{2}}[a-z])|[茅脿莽脽][a-z]"
)
# The commonest accents of French and German in UTF-8, as they stand in Big5, Shift-JIS and EUC-KR.
_AS_ASIAN = "[a-z][矇癡癟챕챔챌](?:[a-z ,.!?]|$)|[a-z]ﾃ[｡-ﾟ](?:[a-z ,.!?]|$)"
# A capital with an accent within small letters is none: cp1252 on a DOS console or on a Mac, or back. Which
# of them, the letter alone does not tell.
_CONSOLE_AND_MAC = "[a-z][ÚÞÛÈËŽŸ‚][a-z]"
_CP1252_AS_CP1250 = "(?:^|[ '’])ŕ |[ti]ŕ(?:[ ,.!?]|$)|(?:^| )[a-z]{1,4}ĺ(?:[ ,.!?]|$)"
# Turkish, Romanian and Polish letters in the places of Icelandic ones and of superscripts.
_CP1254_AS_LATIN = (
    "ýþ|þiniz|teþekk|görüþ|baþla|hazýr|yarýn|fýrsat|[a-zöüç]þ[a-zöüç]{0,3}[ýð]|Ýnd[ie]|Ýstanbul|Ýyi"
    "|ðý(?:[nm]ý|[nmrlz])z?(?:[^A-Za-zÀ-ɏ]|$)"
)
_CP1250_AS_LATIN = "[a-zãâî]þ(?:i|ã|a|e|ii|ie)?(?:[^A-Za-zÀ-ɏ]|$)|(?:^|[ (])ºi |[a-z][³¹][a-z]"
_GREEK_AS_LATIN = "(?:^|[ ,.])(?:êáé|óáò|ôïõ|ôçí|ôçò|ôï|ãéá|áðü|åßíáé|óôï|óôç|ìáò|íá|ðïõ)(?:[ ,.!;]|$)"
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
    Damage(_AS_CP1252, "UTF-8 read as cp1252", UTF_8, ("cp1252", "cp1254")),
    Damage(_AS_CP1250, "UTF-8 read as cp1250", UTF_8, ("cp1250",)),
    Damage(_AS_CP1253, "UTF-8 read as cp1253", UTF_8, ("cp1253",)),
    Damage(_AS_CP1257, "UTF-8 read as cp1257", UTF_8, ("cp1257",)),
    Damage("[\x80-\x9f]", "cp1252 read as Latin-1", CP1252, ("latin-1",), "cp1252"),
    Damage(_AS_DOS, "UTF-8 read as cp850 or cp437", UTF_8, ("cp850", "cp437")),
    Damage(_AS_MACINTOSH, "UTF-8 read as Mac Roman", UTF_8, ("mac-roman",)),
    Damage(_AS_CP1251, "UTF-8 read as cp1251", UTF_8, ("cp1251",)),
    Damage(_AS_KOI8_R, "UTF-8 read as KOI8-R", UTF_8, ("koi8-r",)),
    Damage(
        _AS_ASIAN, "UTF-8 read as Big5, Shift-JIS or EUC-KR", UTF_8, ("big5", "shift-jis", "euc-kr", "cp949")
    ),
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
        _GREEK_AS_LATIN, "cp1253 (Greek) read as Latin-1", "read the source as cp1253", ("cp1252",), "cp1253"
    ),
    Damage(
        _CYRILLIC_AS_LATIN,
        "cp1251 (Cyrillic) read as Latin-1",
        "read the source as cp1251",
        ("cp1252",),
        "cp1251",
    ),
    Damage(
        _CONSOLE_AND_MAC,
        "cp1252, cp850 and Mac Roman read as one another",
        "read the source in its own encoding",
    ),
    Damage(_CP1252_AS_CP1250, "cp1252 read as cp1250", CP1252, ("cp1250",), "cp1252"),
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
    them wrongly again gives what stands in the text. Where one word shows that the text was read wrongly, all
    are read again that can be.

    >>> for repair in find_repairs("Câ€™est l&#39;Ã©tÃ©"):
    ...     print(repair)
    Repair(start=0, stop=7, text='C’est')
    Repair(start=9, stop=14, text="'")
    Repair(start=14, stop=19, text='été')
    """
    found: list[Repair] = []
    taken = bytearray(len(text))
    for damage, pattern in zip(DAMAGES, _patterns(), strict=True):
        for repair in _repairs(text, damage, pattern):
            if not any(taken[repair.start : repair.stop]):
                taken[repair.start : repair.stop] = b"\1" * (repair.stop - repair.start)
                found.append(repair)
    return sorted(found)


def _repairs(text: str, damage: Damage, pattern: re.Pattern[str]) -> Iterator[Repair]:
    matches = [match.span() for match in pattern.finditer(text)]
    if matches and damage.read_in:
        read = {place: _reread(text[slice(*place)], damage) for place in _other_words(text)}
        if damage.written_in != "utf-8" and None in read.values():
            return
        for place, said in read.items():
            if said is not None and said != text[slice(*place)]:
                yield Repair(*place, said)
            elif said is None:
                yield from _repaired_runs(text, place, damage, matches)
        return
    for start, stop in matches:
        said = _unescaped(text[start:stop]) if damage.escape else "" if damage.empty else None
        if said is not None and said != text[start:stop]:
            yield Repair(start, stop, said)


def _repaired_runs(
    text: str, word: tuple[int, int], damage: Damage, matches: list[tuple[int, int]]
) -> Iterator[Repair]:
    """Read what is not ASCII in a word again, run by run, where damage shows."""
    import re  # noqa: PLC0415

    damaged = {place for match in matches for place in range(*match)}
    for run in re.finditer(r"[^\x00-\x7f]+", text[slice(*word)]):
        start, stop = (word[0] + at for at in run.span())
        said = None if damaged.isdisjoint(range(start, stop)) else _reread(run[0], damage)
        if said is not None and said != run[0]:
            yield Repair(start, stop, said)


def _other_words(text: str) -> Iterator[tuple[int, int]]:
    """List where words stand that are not ASCII."""
    import re  # noqa: PLC0415 (a third of the time this package takes to import)

    for match in re.finditer(r"[^ \n\t\r&;<>]+", text):
        if not match[0].isascii() and len(match[0]) <= _LONGEST_WORD:
            yield match.span()


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
        if _is_plausible(said) and not (damage.written_in != "utf-8" and _mixes_cases(said)):
            return _read_once_more(said)
    return None


def _read_once_more(said: str) -> str:
    """Read what was damaged twice again."""
    for damage, pattern in zip(DAMAGES, _patterns(), strict=True):
        if damage.read_in and damage.written_in == "utf-8" and pattern.search(said):
            again = _reread(said, damage)
            if again is not None:
                return again
    return said


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


def _mixes_cases(said: str) -> bool:
    """Whether a capital with an accent follows a small letter, or a sign stands within a word."""
    import re  # noqa: PLC0415

    return bool(re.search(_NO_WORD, said))


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
