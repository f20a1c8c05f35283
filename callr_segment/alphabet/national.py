"""The national languages of GSM: their locking and single shift tables (3GPP TS 23.038, annex A).

A locking shift table stands for the whole basic table, a single shift table for the extension table, whose
characters follow an escape and count two septets. A header in each part names the ones in use, which costs
that part four septets or more (TS 23.040, 9.2.3.24.15 and 9.2.3.24.16).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, get_args

from callr_segment.alphabet.gsm import BASIC, ESCAPE, Limits
from callr_segment.errors import InputError, did_you_mean
from callr_segment.typing import Alphabet

__all__ = ["NONE", "Tables", "pair_of", "tables_of"]

NONE = "\0"
"""Stands where a table has no character."""

_CONCATENATION = 5  # octets of the header that says which part of which message it is (9.2.3.24.1)
_IDENTIFIERS = {name: number for number, name in enumerate(get_args(Alphabet), start=1)}  # 6.2.1.2.4


class Tables(NamedTuple):
    """A pair of tables: the characters of each septet, alone and after an escape, and what names them.

    ``locking`` and ``single`` are the identifiers of the languages (6.2.1.2.4), 0 for the tables of the
    default alphabet. ``one`` and ``two`` are the characters that count one septet and two.
    """

    basic: str
    extension: str
    locking: int
    single: int
    one: frozenset[str]
    two: frozenset[str]

    @property
    def header(self) -> bytes:
        """The elements of the user data header that name the tables."""
        single = bytes((0x24, 1, self.single)) if self.single else b""
        return single + (bytes((0x25, 1, self.locking)) if self.locking else b"")

    @property
    def limits(self) -> Limits:
        """How many septets fit beside the header, in a message of one part and in each of several."""
        octets = len(self.header)
        alone = Limits.with_header(octets + 1).gsm_part if octets else Limits().gsm_single
        return Limits(alone, Limits.with_header(octets + 1 + _CONCATENATION).gsm_part)


def _placed(places: dict[int, str], base: str = NONE * 128) -> str:
    """Write characters over a table, each run of them from its septet on."""
    septets = list(base)
    for start, chars in places.items():
        septets[start : start + len(chars)] = chars
    return "".join(septets)


# 6.2.1.1: EXTENSION, each at its septet
_DEFAULT = _placed({0x0A: "\f", 0x14: "^", 0x28: "{}", 0x2F: "\\", 0x3C: "[~]", 0x40: "|", 0x65: "€"})

_TURKISH = _placed(  # A.3.1
    {0x04: "€", 0x07: "ı", 0x0B: "Ğğ", 0x1C: "Şş", 0x40: "İ", 0x60: "ç"}, BASIC
)
_PORTUGUESE = (  # A.3.3
    "@£$¥êéúíóç\nÔô\rÁá"
    f"Δ_ªÇÀ∞^\\€Ó|{ESCAPE}ÂâÊÉ"
    " !\"#º%&'()*+,-./"
    "0123456789:;<=>?"
    "ÍABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÃÕÚÜ§"
    "~abcdefghijklmno"
    "pqrstuvwxyzãõ`üà"
)
_URDU = (  # A.3.13; escaped, because of its direction
    "\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\n\u0679\u067d\r\u067a\u067c"
    f"\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f{ESCAPE}\u068c\u0688\u0689\u068a"
    " !\u068f\u068d\u0630\u0631\u0691\u0693)(\u0699\u0632,\u0696.\u0698"
    "0123456789:;\u069a\u0633\u0634?"
    "\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646"
    "\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657"
    "\u0654abcdefghijklmno"
    "pqrstuvwxyz\u0655\u0651\u0653\u0656\u0670"
)

# A.3.4 to A.3.12: the scripts of India, whose blocks in Unicode are laid out alike, share one table of places
# in their block. Each lacks a few letters, and has six of its own, where there are stars.
_INDIAN = """
    01 02 03 05 06 07 08 09 0A 0B LF 0C 0D CR 0E 0F
    10 11 12 13 14 15 16 17 18 19 1A ES 1B 1C 1D 1E
    SP !  1F 20 21 22 23 24 )  (  25 26 ,  27 .  28
    0  1  2  3  4  5  6  7  8  9  :  ;  29 2A 2B ?
    2C 2D 2E 2F 30 31 32 33 34 35 36 37 38 39 3C 3D
    3E 3F 40 41 42 43 44 45 46 47 48 49 4A 4B 4C 4D
    *  a  b  c  d  e  f  g  h  i  j  k  l  m  n  o
    p  q  r  s  t  u  v  w  x  y  z  *  *  *  *  *
"""
_NAMED = {"LF": "\n", "CR": "\r", "SP": " ", "ES": ESCAPE}


def _indian(block: int, lacks: str, own: str) -> str:
    """Write the locking shift table of a script: where its block starts, what it lacks, its own letters."""
    missing, letters = set(lacks.split()), iter(own.split())
    table = []
    for place in _INDIAN.split():
        chosen = next(letters) if place == "*" else place
        if chosen in _NAMED or len(chosen) == 1:
            table.append(_NAMED.get(chosen, chosen))
        else:
            table.append(NONE if chosen in missing else chr(block + int(chosen, 16)))
    return "".join(table)


_LOCKING = {
    "turkish": _TURKISH,
    "portuguese": _PORTUGUESE,
    "bengali": _indian(0x0980, "0D 0E 11 12 29 31 33 34 35 45 46 49 4A", "4E 57 5C 5D 70 71"),
    "gujarati": _indian(0x0A80, "0E 12 29 31 34 46 4A", "50 60 61 62 63 71"),
    "hindi": _indian(0x0900, "", "50 72 7B 7C 7E 7F"),
    "kannada": _indian(0x0C80, "01 0D 11 29 34 45 49", "55 56 60 61 62 63"),
    "malayalam": _indian(0x0D00, "01 0D 11 29 3C 45 49", "57 60 61 62 63 79"),
    "oriya": _indian(0x0B00, "0D 0E 11 12 29 31 34 45 46 49 4A", "56 57 60 61 62 63"),
    "punjabi": _indian(0x0A00, "0B 0C 0D 0E 11 12 29 31 34 37 3D 43 44 45 46 49 4A", "51 70 71 72 73 74"),
    "tamil": _indian(
        0x0B80,
        "01 0B 0C 0D 11 16 17 18 1B 1D 20 21 22 25 26 27 2B 2C 2D 3C 3D 43 44 45 49",
        "50 57 70 71 72 79",
    ),
    "telugu": _indian(0x0C00, "0D 11 29 34 3C 45 49", "55 56 60 61 62 63"),
    "urdu": _URDU,
}

# A.2.4 to A.2.13: all share the signs and capitals of the Latin script, and fill what is left with their own.
_LATIN = _placed({0x00: "@£$¥¿\"¤%&'\f*+", 0x0E: "-/<=>¡^¡_#*", 0x41: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, _DEFAULT)
_LEFT = (0x19, 0x1A, *range(0x1C, 0x28), *range(0x2A, 0x2F), *range(0x30, 0x3C), 0x3F)


def _with_own(codes: str) -> str:
    """Fill the septets that are left with code points, of which ``first-last`` is a run."""
    chars: list[str] = []
    for run in codes.split():
        first, _, last = run.partition("-")
        chars += map(chr, range(int(first, 16), int(last or first, 16) + 1))
    return _placed(dict(zip(_LEFT, chars, strict=False)), _LATIN)


_SINGLE = {
    "turkish": _placed(
        {0x47: "Ğ", 0x49: "İ", 0x53: "Ş", 0x63: "ç", 0x67: "ğ", 0x69: "ı", 0x73: "ş"}, _DEFAULT
    ),
    "spanish": _placed(
        {0x09: "ç", 0x41: "Á", 0x49: "Í", 0x4F: "Ó", 0x55: "Ú", 0x61: "á", 0x69: "í", 0x6F: "ó", 0x75: "ú"},
        _DEFAULT,
    ),
    "portuguese": _placed(
        {
            **{
                0x05: "ê",
                0x09: "ç",
                0x0B: "Ôô",
                0x0E: "Áá",
                0x12: "ΦΓ^ΩΠΨΣΘ",
                0x1F: "Ê",
                0x41: "À",
                0x49: "Í",
            },
            **{
                0x4F: "Ó",
                0x55: "Ú",
                0x5B: "ÃÕ",
                0x61: "Â",
                0x69: "í",
                0x6F: "ó",
                0x75: "ú",
                0x7B: "ãõ",
                0x7F: "â",
            },
        },
        _DEFAULT,
    ),
    "bengali": _with_own("09E6-09EF 09DF-09E3 09F2-09FA"),
    "gujarati": _with_own("0964-0965 0AE6-0AEF"),
    "hindi": _with_own("0964-096F 0951-0954 0958-0963 0970-0971"),
    "kannada": _with_own("0964-0965 0CE6-0CEF 0CDE 0CF1-0CF2"),
    "malayalam": _with_own("0964-0965 0D66-0D75 0D7A-0D7F"),
    "oriya": _with_own("0964-0965 0B66-0B6F 0B5C-0B5D 0B5F 0B70-0B71"),
    "punjabi": _with_own("0964-0965 0A66-0A6F 0A59-0A5C 0A5E 0A75"),
    "tamil": _with_own("0964-0965 0BE6-0BEF 0BF3-0BF8 0BFA"),
    "telugu": _with_own("0000 0000 0C66-0C6F 0C58-0C59 0C78-0C7F"),
    "urdu": _with_own("0600-0601 06F0-06F9 060C-0614 061B 061F 0640 0652 0658 066B-066C 0672-0673 06CD 06D4"),
}


@cache
def tables_of(alphabet: str | None) -> tuple[Tables, ...]:
    """List the pairs of tables that an alphabet offers, the default one first; of None, that alone.

    >>> [(tables.locking, tables.single, tables.limits[:2]) for tables in tables_of("turkish")]
    [(0, 0, (160, 153)), (0, 1, (155, 149)), (1, 0, (155, 149)), (1, 1, (152, 146))]
    >>> [(tables.locking, tables.single) for tables in tables_of("spanish")]
    [(0, 0), (0, 2)]
    """
    if alphabet is not None and alphabet not in _IDENTIFIERS:
        raise InputError(
            f"there is no alphabet {alphabet!r}; {did_you_mean(alphabet, _IDENTIFIERS)}", value=alphabet
        )
    locking = [None, alphabet] if alphabet in _LOCKING else [None]
    single = [None, alphabet] if alphabet in _SINGLE else [None]
    return tuple(pair_of(lock, shift) for lock in locking for shift in single)


def pair_of(locking: str | None, single: str | None) -> Tables:
    """Pair the tables of two languages, None being the default alphabet.

    >>> pair_of("turkish", None).header.hex()
    '250101'
    """
    basic = _LOCKING[locking] if locking else BASIC
    extension = _SINGLE[single] if single else _DEFAULT
    one = frozenset(basic) - {NONE, ESCAPE}
    two = frozenset(extension) - {NONE} - one
    return Tables(basic, extension, _IDENTIFIERS.get(locking, 0), _IDENTIFIERS.get(single, 0), one, two)
