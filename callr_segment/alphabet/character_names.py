"""What a character is called, also where Python's Unicode data has no name for it."""

from __future__ import annotations

from functools import cache

from callr_segment.alphabet.emoji_names import EMOJI_NAMES

__all__ = ["identify", "name_of"]

# Unicode gives control characters no name but aliases (NameAliases.txt, type control).
_C0 = """
NULL|START OF HEADING|START OF TEXT|END OF TEXT|END OF TRANSMISSION|ENQUIRY|ACKNOWLEDGE|ALERT|BACKSPACE
CHARACTER TABULATION|LINE FEED|LINE TABULATION|FORM FEED|CARRIAGE RETURN|SHIFT OUT|SHIFT IN|DATA LINK ESCAPE
DEVICE CONTROL ONE|DEVICE CONTROL TWO|DEVICE CONTROL THREE|DEVICE CONTROL FOUR|NEGATIVE ACKNOWLEDGE
SYNCHRONOUS IDLE|END OF TRANSMISSION BLOCK|CANCEL|END OF MEDIUM|SUBSTITUTE|ESCAPE
INFORMATION SEPARATOR FOUR|INFORMATION SEPARATOR THREE|INFORMATION SEPARATOR TWO|INFORMATION SEPARATOR ONE
"""
_DELETE_AND_C1 = """
DELETE|PADDING CHARACTER|HIGH OCTET PRESET|BREAK PERMITTED HERE|NO BREAK HERE|INDEX|NEXT LINE
START OF SELECTED AREA|END OF SELECTED AREA|CHARACTER TABULATION SET|CHARACTER TABULATION WITH JUSTIFICATION
LINE TABULATION SET|PARTIAL LINE FORWARD|PARTIAL LINE BACKWARD|REVERSE LINE FEED|SINGLE SHIFT TWO
SINGLE SHIFT THREE|DEVICE CONTROL STRING|PRIVATE USE ONE|PRIVATE USE TWO|SET TRANSMIT STATE
CANCEL CHARACTER|MESSAGE WAITING|START OF GUARDED AREA|END OF GUARDED AREA|START OF STRING
SINGLE GRAPHIC CHARACTER INTRODUCER|SINGLE CHARACTER INTRODUCER|CONTROL SEQUENCE INTRODUCER
STRING TERMINATOR|OPERATING SYSTEM COMMAND|PRIVACY MESSAGE|APPLICATION PROGRAM COMMAND
"""
# Zero width joiner and the selectors of text and picture.
_JOINERS = "\u200d\ufe0e\ufe0f"
# Code points without a name are labelled by their kind (The Unicode Standard, 4.8).
_LABELS = {"Cc": "control", "Co": "private-use", "Cs": "surrogate"}


@cache
def _aliases() -> dict[str, str]:
    newer = (line.partition(" ") for line in EMOJI_NAMES.splitlines())
    return {
        **dict(zip(map(chr, range(0x20)), _C0.strip().replace("\n", "|").split("|"), strict=True)),
        **dict(
            zip(
                map(chr, range(0x7F, 0xA0)), _DELETE_AND_C1.strip().replace("\n", "|").split("|"), strict=True
            )
        ),
        **{chr(int(code, 16)): name for code, _, name in newer},
    }


def name_of(char: str) -> str:
    r"""Name a character as Unicode does; a control by its alias, what has none by its kind and code point.

    >>> name_of("é"), name_of("\x92"), name_of("\ue000")
    ('LATIN SMALL LETTER E WITH ACUTE', 'PRIVATE USE TWO', 'PRIVATE-USE-E000')
    """
    from unicodedata import category, name  # noqa: PLC0415 (1 MB that most processes never need)

    found = name(char, None) or _aliases().get(char)
    if found is None:
        code = ord(char)
        noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
        kind = "noncharacter" if noncharacter else _LABELS.get(category(char), "unassigned")
        found = f"{kind}-{code:04X}".upper()
    return found


def identify(char: str) -> tuple[str, str]:
    r"""Tell the code points and the name of a character, or of an emoji of several by all that is seen of it.

    >>> identify("👩\u200d💻")
    ('U+1F469 U+200D U+1F4BB', 'WOMAN, PERSONAL COMPUTER')
    """
    seen = [each for each in char if len(char) == 1 or each not in _JOINERS]
    return " ".join(f"U+{ord(each):04X}" for each in char), ", ".join(map(name_of, seen))
