"""What GSM 03.38 lacks and what stands in for it, as readable tables: the substance of SAFE and FOLD.

In a table of words the first character of each word is what GSM has, the others are what it replaces.
"""

from __future__ import annotations

__all__ = [
    "ACCENTS",
    "COMPOSED",
    "CURRENCY",
    "DIRECTIONS",
    "GREEK",
    "INVISIBLE",
    "JOINERS",
    "LETTERFORMS",
    "LIGATURES",
    "LOOKALIKES",
    "MARKS",
    "PUNCTUATION",
    "RIGHT_TO_LEFT",
    "SPACES",
    "SYMBOLS",
    "by_word",
]

COMPOSED = {
    base + mark: whole
    for mark, bases, wholes in (
        ("\u0300", "aeiou", "àèìòù"),
        ("\u0301", "eE", "éÉ"),
        ("\u0303", "nN", "ñÑ"),
        ("\u0308", "aouAOU", "äöüÄÖÜ"),
        ("\u030a", "aA", "åÅ"),
        ("\u0327", "C", "Ç"),
    )
    for base, whole in zip(bases, wholes, strict=True)
} | {"\u212b": "Å", "\u2126": "Ω", "\u212a": "K", "\u037e": ";"}

_PUNCTUATION = """
'‘’‚‛′‹›ʹʻʼ´` "“”„‟″«» -‐‑‒–—―−‣◦•⁃ /⁄∕ .·․
"""

_SPACES = "\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

# Zero width non-joiner and joiner, and the variation selectors: inside emoji, Arabic and Indic text they are
# spelling, elsewhere they are leftovers.
JOINERS = "\u200c\u200d" + "".join(map(chr, range(0xFE00, 0xFE10)))

# Marks, embeddings, overrides and isolates of the bidirectional algorithm.
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

# Hebrew, Arabic and their kin, as a range of characters.
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"

_INVISIBLE = "\x1b\xad\u034f\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff" + JOINERS + DIRECTIONS

_ACCENTS = """
AÀÁÂÃĀĂĄǍǠȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶȺ BḂḄḆɃ CĆĈĊČȻ DĎḊḌḎḐḒĐÐ EÈÊËĒĔĖĘĚȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆƏ FḞ GĜĞĠĢǦǴḠǤ HĤȞḢḤḦḨḪĦ
IÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊƗ JĴ KĶǨḰḲḴ LĹĻĽḶḸḺḼŁĿȽ MḾṀṂ NŃŅŇǸṄṆṈṊŊ OÒÓÔÕŌŎŐƠǑǪǬȌȎȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢ PṔṖ RŔŖŘȐȒṘṚṜṞ
SŚŜŞŠȘṠṢṤṦṨ TŢŤȚṪṬṮṰŦȾ UÙÚÛŨŪŬŮŰŲƯǓȔȖṲṴṶṸṺỤỦỨỪỬỮỰ VṼṾ WŴẀẂẄẆẈ XẊẌ YÝŶŸȲẎỲỴỶỸ ZŹŻŽẐẒẔƵ
ÄǞ ÅǺ ÆǢǼ ÇḈ ÖȪ ØǾ ÜǕǗǙǛ
aáâãāăąǎǡȁȃȧḁạảấầẩẫậắằẳẵặ bḃḅḇƀ cçćĉċčḉȼ dďḋḍḏḑḓđð eêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệə fḟ gĝğġģǧǵḡǥ hĥȟḣḥḧḩḫẖħ
iíîïĩīĭįǐȉȋḭḯỉịıɨ jĵǰ kķǩḱḳḵĸ lĺļľḷḹḻḽłŀƚ mḿṁṃ nńņňǹṅṇṉṋŋ oóôõōŏőơǒǫǭȍȏȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ pṕṗ rŕŗřȑȓṙṛṝṟ
sśŝşšșṡṣṥṧṩſ tţťțṫṭṯṱẗŧ uúûũūŭůűųưǔȕȗṳṵṷṹṻụủứừửữự vṽṿ wŵẁẃẅẇẉẘ xẋẍ yýÿŷȳẏẙỳỵỷỹ zźżžẑẓẕƶ
äǟ åǻ æǣǽ öȫ øǿ üǖǘǚǜ
"""

# The combining diacritical marks, left over where no composed letter is in GSM.
MARKS = "".join(map(chr, range(0x300, 0x370))).replace("\u034f", "")

LIGATURES = {
    "œ": "oe", "Œ": "OE", "ĳ": "ij", "Ĳ": "IJ", "ŉ": "'n", "ẞ": "SS", "þ": "th", "Þ": "Th",
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    "Ǆ": "DZ", "ǅ": "Dz", "ǆ": "dz", "Ǉ": "LJ", "ǈ": "Lj", "ǉ": "lj", "Ǌ": "NJ", "ǋ": "Nj", "ǌ": "nj",
    "Ǳ": "DZ", "ǲ": "Dz", "ǳ": "dz",
}  # fmt: skip

_LOOKALIKES = "AΑΆ BΒ EΕΈ ZΖ HΗΉ IΙΊΪ KΚ MΜ NΝ OΟΌ PΡ TΤ YΥΎΫ XΧ ΩΏ"

_GREEK_SMALL = """
Aαά Bβ Γγ Δδ Eεέ Zζ Hηή Θθ Iιίϊΐ Kκ Λλ Mμ Nν Ξξ Oοό Ππ Pρ Σσς Tτ Yυύϋΰ Φφ Xχ Ψψ Ωωώ
"""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# Full-width forms are ASCII from U+FF01 on; the mathematical letters are 13 alphabets and 5 sets of digits.
LETTERFORMS = (
    {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F) if chr(code) != "`"}
    | {chr(0x1D400 + place): _ALPHABET[place % 52] for place in range(13 * 52)}
    | {chr(0x1D7CE + place): str(place % 10) for place in range(5 * 10)}
)

SYMBOLS = {
    "©": "(c)", "®": "(R)", "™": "(TM)", "№": "No", "°C": "C", "°F": "F", "°": "o", "º": "o", "ª": "a",
    "m²": "m2", "m³": "m3", "×": "x", "÷": "/", "±": "+/-", "µ": "u", "≤": "<=", "≥": ">=", "→": "->",
    "←": "<-", "★": "*", "☆": "*", "¦": "|",
} | {chr(0x2080 + digit): str(digit) for digit in range(10)}  # fmt: skip

CURRENCY = {
    "₺": "TRY", "₽": "RUB", "₴": "UAH", "₸": "KZT", "₼": "AZN", "₾": "GEL", "₪": "ILS", "₹": "INR",
    "₫": "VND", "₩": "KRW", "₱": "PHP", "฿": "THB", "₦": "NGN", "₵": "GHS", "₡": "CRC", "₲": "PYG",
    "₿": "BTC", "¢": "c",
}  # fmt: skip


def by_word(table: str) -> dict[str, str]:
    """Read a table of words: each character after the first is replaced by the first."""
    return {char: word[0] for word in table.split() for char in word[1:]}


PUNCTUATION = by_word(_PUNCTUATION) | {"…": "...", "‥": ".."}
SPACES = dict.fromkeys(_SPACES, " ") | dict.fromkeys("\v\u2028\u2029", "\n")
INVISIBLE = dict.fromkeys(_INVISIBLE, "")
ACCENTS = by_word(_ACCENTS) | dict.fromkeys(MARKS, "")
LOOKALIKES = by_word(_LOOKALIKES)
GREEK = LOOKALIKES | by_word(_GREEK_SMALL)
