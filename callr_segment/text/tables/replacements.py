"""What GSM 03.38 lacks and what stands in for it, as readable tables: the substance of SAFE and FOLD.

In a table of words the first character of each word is what GSM has, the others are what it replaces.
"""

from __future__ import annotations

__all__ = [
    "ACCENTS",
    "COMPOSED",
    "COMPOSING",
    "CURRENCY",
    "CYRILLIC",
    "DECOMPOSED",
    "DIRECTIONS",
    "FRACTIONS",
    "GREEK",
    "INVISIBLE",
    "JAMO",
    "JOINERS",
    "KEPT_LETTERS",
    "LETTERFORMS",
    "LIGATURES",
    "LOOKALIKES",
    "MARKS",
    "MODIFIERS",
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
'‘’‚‛′‹›´` "“”„‟″«»❝❞〝〞 -‐‑‒–—―−⸺⸻﹘﹣‣◦•⁃●○■□▪►▸➤◆ /⁄∕ .․
"""

_SPACES = (
    "\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2800\u3000"
)

# Zero width non-joiner and joiner, and the variation selectors: inside emoji, Arabic and Indic text they are
# spelling, elsewhere they are leftovers.
JOINERS = "\u200c\u200d" + "".join(map(chr, range(0xFE00, 0xFE10)))

# Marks, embeddings, overrides and isolates of the bidirectional algorithm.
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

# Hebrew, Arabic and their kin, as a range of characters.
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"

_INVISIBLE = (
    "\x1b\xad\u034f\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb"
    + JOINERS
    + DIRECTIONS
)

_ACCENTS = """
AÀÁÂÃĀĂĄǍǠȀȂȦḀẠẢẤẦẨẪẬẮẰẲẴẶȺ BḂḄḆɃƁ CĆĈĊČȻ DĎḊḌḎḐḒĐÐƊ EÈÊËĒĔĖĘĚȄȆȨḔḖḘḚḜẸẺẼẾỀỂỄỆƏƐ FḞ GĜĞĠĢǦǴḠǤ HĤȞḢḤḦḨḪĦ
IÌÍÎÏĨĪĬĮİǏȈȊḬḮỈỊƗ JĴ KĶǨḰḲḴƘ LĹĻĽḶḸḺḼŁĿȽ MḾṀṂ NŃŅŇǸṄṆṈṊŊƝ OÒÓÔÕŌŎƠǑǪǬȌȎȬȮȰṌṎṐṒỌỎỐỒỔỖỘỚỜỞỠỢƆ PṔṖ RŔŖŘȐȒṘṚṜṞ
SŚŜŞŠȘṠṢṤṦṨ TŢŤȚṪṬṮṰŦȾ UÙÚÛŨŪŬŮŲƯǓȔȖṲṴṶṸṺỤỦỨỪỬỮỰ VṼṾ WŴẀẂẄẆẈ XẊẌ YÝŶŸȲẎỲỴỶỸƳ ZŹŻŽẐẒẔƵ
ÄǞ ÅǺ ÆǢǼ ÇḈ ÖŐȪ ØǾ ÜŰǕǗǙǛ
aáâãāăąǎǡȁȃȧḁạảấầẩẫậắằẳẵặ bḃḅḇƀɓ cçćĉċčḉȼ dďḋḍḏḑḓđðɗ eêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệəɛ fḟ gĝğġģǧǵḡǥ hĥȟḣḥḧḩḫẖħ
iíîïĩīĭįǐȉȋḭḯỉịıɨ jĵǰ kķǩḱḳḵĸƙ lĺļľḷḹḻḽłŀƚ mḿṁṃ nńņňǹṅṇṉṋŋɲ oóôõōŏơǒǫǭȍȏȭȯȱṍṏṑṓọỏốồổỗộớờởỡợɔ pṕṗ rŕŗřȑȓṙṛṝṟ
sśŝşšșṡṣṥṧṩſ tţťțṫṭṯṱẗŧ uúûũūŭůųưǔȕȗṳṵṷṹṻụủứừửữự vṽṿ wŵẁẃẅẇẉẘ xẋẍ yýÿŷȳẏẙỳỵỷỹƴ zźżžẑẓẕƶ
äǟ åǻ æǣǽ öőȫ øǿ üűǖǘǚǜ
"""

# The combining diacritical marks, left over where no composed letter is in GSM.
MARKS = "".join(map(chr, range(0x300, 0x370))).replace("\u034f", "")

# What else composes with the character before it: Arabic, Indic, Burmese and Japanese signs; Korean letters.
COMPOSING = (
    "\u0653\u0654\u0655\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0c56\u0cc2\u0cd5\u0cd6\u0d3e\u0d57"
    "\u0dca\u0dcf\u0ddf\u102e\u3099\u309a"
)
JAMO = "\u1100-\u1112\u1161-\u1175\u11a8-\u11c2"
DECOMPOSED = (
    f"[^\\s\u0300-\u036f{COMPOSING}][\u0300-\u036f{COMPOSING}]+|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
    "|[가-힣][\u11a8-\u11c2]"
)
"""Matches what may be a letter apart from its signs, in any script."""

# Letters that mean another word where they are folded, by language.
KEPT_LETTERS = {
    "tr": "ı",
    "az": "ıəƏ",
    "kk": "ı",
    "vi": "".join(chr(code) for code in range(0x1EA0, 0x1EFA)) + "ơƠưƯăĂđĐâÂêÊôÔãÃõÕũŨĩĨýÝáÁíÍóÓúÚ",
}

_CYRILLIC = "AА BВ CС EЕ HН KК MМ OО PР TТ XХ aа cс eе iі IІ jј JЈ oо pр sѕ SЅ xх yу"

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÁÉÍÓÚÝÆÖ"
_PLAIN_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZAÉIOUYÆÖ"
LIGATURES = {
    "œ": "oe", "Œ": "OE", "ĳ": "ij", "Ĳ": "IJ", "ŉ": "'n", "ẞ": "SS", "þ": "th", "Þ": "Th",
    **{f"Þ{after}": f"TH{plain}" for after, plain in zip(_CAPITALS, _PLAIN_CAPITALS, strict=True)},
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    "Ǆ": "DZ", "ǅ": "Dz", "ǆ": "dz", "Ǉ": "LJ", "ǈ": "Lj", "ǉ": "lj", "Ǌ": "NJ", "ǋ": "Nj", "ǌ": "nj",
    "Ǳ": "DZ", "ǲ": "Dz", "ǳ": "dz",
}  # fmt: skip

_LOOKALIKES = "AΑΆ BΒ EΕΈ ZΖ HΗΉ IΙΊΪ KΚ MΜ NΝ OΟΌ PΡ TΤ YΥΎΫ XΧ ΩΏ"

_GREEK_SMALL = """
Aαά Bβ Γγ Δδ Eεέ Zζ Hηή Θθ Iιίϊΐ Kκ Λλ Mμ Nν Ξξ Oοό Ππ Pρ Σσς Tτ Yυύϋΰ Φφ Xχ Ψψ Ωωώ
"""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# Raised, lowered, small and letter-like forms, and what each of them is, in turn.
_FORMS = (
    ("ʰʲʳʷʸˡˢˣᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁᵂᵃᵇᵈᵉᵍᵏᵐᵒᵖᵗᵘᵛᶜᶠᶻⁱⁿⱽ", "hjrwylsxABDEGHIJKLMNOPRTUWabdegkmoptuvcfzinV"),
    ("ᵢᵣᵤᵥₐₑₒₓₕₖₗₘₙₚₛₜⱼ", "iruvaeoxhklmnpstj"),
    ("ℂℊℋℌℍℎℐℑℒℓℕℙℚℛℜℝℤℨℬℭℯℰℱℳℴⅅⅆⅇⅈⅉ", "CgHHHhIILlNPQRRRZZBCeEFMoDdeij"),
    ("﹐﹒﹔﹕﹖﹗﹟﹠﹡﹨﹪﹫﹙﹛﹚﹜﹢﹤﹥﹦﹩⁺⁼⁽⁾₊₌₍₎﹍﹎﹏", ",.;:?!#&*\\%@({)}+<>=$+=()+=()___"),
)
_ROMAN = "I II III IV V VI VII VIII IX X XI XII L C D M i ii iii iv v vi vii viii ix x xi xii l c d m"
_UNITS = ("㎎㎏㎖㎗㎘㎜㎝㎞㎟㎠㎡㎢㎤㎥㎾㏄㏊", "mg kg ml dl kl mm cm km mm2 cm2 m2 km2 cm3 m3 kW cc ha")

# Full-width forms are ASCII from U+FF01 on; the mathematical letters are 13 alphabets and 5 sets of digits.
LETTERFORMS = (
    {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F) if chr(code) != "`"}
    | {chr(0x1D400 + place): _ALPHABET[place % 52] for place in range(13 * 52)}
    | {chr(0x1D7CE + place): str(place % 10) for place in range(5 * 10)}
    | {chr(0x1FBF0 + digit): str(digit) for digit in range(10)}
    | {before: after for forms in _FORMS for before, after in zip(*forms, strict=True)}
    | {chr(0x2160 + place): numeral for place, numeral in enumerate(_ROMAN.split())}
    | {chr(0x2460 + place): f"({place + 1})" for place in range(20)}
    | {chr(0x2474 + place): f"({place + 1})" for place in range(20)}
    | {chr(0x2488 + place): f"{place + 1}." for place in range(20)}
    | {chr(0x249C + place): f"({letter})" for place, letter in enumerate(_ALPHABET[26:])}
    | {chr(0x24B6 + place): f"({letter})" for place, letter in enumerate(_ALPHABET) if letter != "M"}
)

# Letters that stand for signs, and full-width currency signs.
MODIFIERS = dict(zip("￠￡￥ʹʻʼʽʺˮ", "c£¥''''\"\"", strict=True))

FRACTIONS = dict(
    zip(
        "½¼¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞",
        [
            "1/2",
            "1/4",
            "3/4",
            "1/7",
            "1/9",
            "1/10",
            "1/3",
            "2/3",
            "1/5",
            "2/5",
            "3/5",
            "4/5",
            "1/6",
            "5/6",
            "1/8",
            "3/8",
            "5/8",
            "7/8",
        ],
        strict=True,
    )
)

SYMBOLS = {
    "©": "(c)", "®": "(R)", "™": "(TM)", "№": "No", "°C": "C", "°F": "F", "°": "o", "º": "o", "ª": "a",
    "m²": "m2", "m³": "m3", "×": "x", "÷": "/", "±": "+/-", "µ": "u", "≤": "<=", "≥": ">=", "→": "->",
    "←": "<-", "★": "*", "☆": "*", "¦": "|", "·": ".", "‼": "!!", "⁉": "!?", "⁇": "??", "⁈": "?!", "✓": "v",
    "✗": "x", "M²": "M2", "M³": "M3", "℠": "(SM)", "℡": "Tel",
    **FRACTIONS,
    **{f"{digit}{char}": f"{digit} {part}" for digit in range(10) for char, part in FRACTIONS.items()},
    **dict(zip(_UNITS[0], _UNITS[1].split(), strict=True)),
    "©\ufe0f": "(c)", "®\ufe0f": "(R)", "™\ufe0f": "(TM)", "‼\ufe0f": "!!", "⁉\ufe0f": "!?",
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
SPACES = dict.fromkeys(_SPACES, " ") | dict.fromkeys(("\r\r\n", "\r\n", *"\r\v\u2028\u2029"), "\n")
INVISIBLE = dict.fromkeys(_INVISIBLE, "")
ACCENTS = by_word(_ACCENTS) | dict.fromkeys(MARKS, "")
LOOKALIKES = by_word(_LOOKALIKES)
CYRILLIC = by_word(_CYRILLIC)
GREEK = LOOKALIKES | by_word(_GREEK_SMALL)
