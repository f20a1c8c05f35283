"""The texts that counters get wrong, and what is right."""

from array import array
from typing import NamedTuple
from unicodedata import normalize

import pytest

from callr_segment.errors import InvalidMessage, NotGsmError
from callr_segment.text.policy import Policy, check, validate
from callr_segment.text.rewrites import FOLD, SAFE, rewrite, to_gsm

LATIN_LOOKING = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
EXTENSION = "\f^{}\\[~]|€"


class Trap(NamedTuple):
    """A text and the answer to it."""

    text: str
    encoding: str
    units: int
    parts: int = 1


def gsm(text, units, parts=1):
    return Trap(text, "gsm", units, parts)


def unicode(text, units, parts=1):
    return Trap(text, "unicode", units, parts)


TRAPS = {
    "c cedilla, small and capital": [unicode("\u00e7", 1), gsm("\u00c7", 1)],
    "Greek omega and delta": [gsm("\u03a9", 1), gsm("\u0394", 1)],
    "ohm sign and increment": [unicode("\u2126", 1), unicode("\u2206", 1)],
    "Greek capitals that look Latin": [unicode(char, 1) for char in LATIN_LOOKING],
    "form feed": [gsm("\f", 2)],
    "escape": [unicode("\x1b", 1), unicode("\x1be", 2), unicode("a\x1b", 2), unicode("[\x1b", 2)],
    "CR, LF, CR LF": [gsm("\r", 1), gsm("\n", 1), gsm("\r\n", 2)],
    "grave accent, tab, NUL, DEL, NBSP": [unicode(char, 1) for char in "`\t\0\x7f\u00a0"],
    "extension characters in GSM": [gsm(char, 2) for char in EXTENSION],
    "extension characters inside a Unicode text": [unicode(f"ç{char}", 2) for char in EXTENSION],
    "an escape sequence is not cut": [
        gsm("a" * 152 + "[" + "a" * 152, 306, 3),
        gsm("]" * 153, 306, 3),
        gsm("[" * 80, 160),
        gsm("[" * 81, 162, 2),
    ],
    "a surrogate pair is not cut": [
        unicode("😀" * 67, 134, 3),
        unicode("😀" * 35, 70),
        unicode("😀" * 36, 72, 2),
        unicode("中" + "a" * 65 + "😀" + "a" * 66, 134, 3),
    ],
    "lone surrogate": [
        unicode("\ud83d", 1),
        unicode("\ude00", 1),
        unicode("\ude00\ud83d", 2),
        unicode("a" * 69 + "\ud83d", 70),
        unicode("a" * 70 + "\ud83d", 71, 2),
    ],
    "255 parts and 256": [gsm("a" * 39_015, 39_015, 255), gsm("a" * 39_016, 39_016, 256)],
    "the empty text": [gsm("", 0, 0)],
    "decomposed e acute, and composed": [unicode("e\u0301", 2), gsm(normalize("NFC", "e\u0301"), 1)],
}
EACH = pytest.mark.parametrize(
    "trap", [pytest.param(trap, id=words) for words, traps in TRAPS.items() for trap in traps]
)


@pytest.fixture(params=["native", "fallback"])
def one(request):
    return implementation(request.param, "text_one", "text")


@pytest.fixture(params=["native", "fallback"])
def many(request):
    return implementation(request.param, "text_columns", "columns")


def implementation(kind, native, plain):
    name = native if kind == "native" else f"fallback.{plain}"
    return pytest.importorskip(f"callr_segment._core.{name}", reason="the native core is not built")


@EACH
def test_one_text(one, trap):
    found = one.segment(trap.text)
    assert (found.text, found.encoding, found.units, found.parts) == trap
    assert one.count_parts(trap.text) == trap.parts
    assert one.is_gsm(trap.text) == (trap.encoding == "gsm")


@EACH
def test_its_parts(one, trap):
    pieces = one.segment(trap.text).split()
    assert "".join(piece.text for piece in pieces) == trap.text
    assert (sum(piece.units for piece in pieces), len(pieces)) == trap[2:]


@EACH
def test_a_column_of_it(many, trap):
    counts = many.count_objects(["a", trap.text, None])
    assert list(counts.is_gsm) == [True, trap.encoding == "gsm", False]
    assert list(array("i", bytes(counts.units))) == [1, trap.units, 0]
    assert list(array("i", bytes(counts.parts))) == [1, trap.parts, 0]


def test_extension_characters_are_counted_in_gsm_only(one):
    assert one.segment("a" + EXTENSION).extensions == 10
    assert one.segment("ç" + EXTENSION).extensions == 0


def test_the_escape_is_never_sent_as_gsm(one):
    """Before an e it would reach the phone as a euro sign."""
    with pytest.raises(NotGsmError, match=r"U\+001B"):
        one.segment("\x1be", encoding="gsm")
    with pytest.raises(NotGsmError):
        one.count_parts("\x1be", encoding="gsm")
    assert one.segment("\x1be", encoding="gsm", errors="replace").text == "?e"
    assert [culprit.code_point for culprit in one.segment("\x1be").culprits] == ["U+001B"]


def test_an_escape_forced_into_gsm_is_an_error():
    (found,) = check("\x1be", encoding="gsm")
    assert (found.code, found.severity, found.value) == ("not_gsm", "error", "\x1b")


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("Hé 👩\u200d💻, 👨\u200d🚀 et 👩\u200d💻 !", ["👩\u200d💻", "👨\u200d🚀"]),
        ("tapez 1\ufe0f\u20e3 ou 2\ufe0f\u20e3", ["\ufe0f\u20e3"]),
        ("❤\ufe0f❤ 👍🏽", ["❤\ufe0f", "❤", "👍🏽"]),
        ("🇫🇷🇧🇪", ["🇫🇷", "🇧🇪"]),
        ("©\ufe0f © ç", ["©\ufe0f", "©", "ç"]),
        ("a\u200db नमस्\u200dते", ["\u200d", *"नमस्ते"]),
    ],
)
def test_an_emoji_is_blamed_as_a_whole(one, text, blamed):
    found = one.segment(text).culprits
    assert [culprit.character for culprit in found] == blamed
    assert all(text.startswith(culprit.character, culprit.position) for culprit in found)
    assert all(text.count(culprit.character) >= culprit.count for culprit in found)
    with pytest.raises(NotGsmError) as refused:
        one.segment(text, encoding="gsm")
    assert refused.value.culprits == found
    (problem,) = (each for each in check(text, encoding="gsm") if each.code == "not_gsm")
    assert problem.value == "".join(blamed)


def test_no_rewriting_keeps_the_escape_in_gsm():
    assert "\x1b" not in to_gsm("\x1be")
    assert "\x1b" not in rewrite("\x1be" * 60, *SAFE, *FOLD)


def test_a_decomposed_letter_is_composed_before_anything_else():
    assert rewrite("e\u0301" * 60, *SAFE) == "é" * 60
    assert to_gsm("man\u0303ana") == "mañana"


@EACH
def test_lone_surrogates_and_nothing_else_are_flagged_as_malformed(trap):
    codes = {problem.code: problem.severity for problem in check(trap.text)}
    assert codes.get("lone_surrogate") == ("warning" if trap in TRAPS["lone surrogate"] else None)


def test_256_parts_are_a_problem_even_where_the_length_is_none():
    whole, over = (trap.text for trap in TRAPS["255 parts and 256"])
    long = Policy(max_characters=100_000)
    assert check(whole, policy=long) == ()
    (found,) = check(over, policy=long)
    assert (found.code, found.severity, found.value, found.limit) == ("too_many_parts", "error", 256, 255)
    with pytest.raises(InvalidMessage, match="256 parts"):
        validate(over, policy=long)


def test_the_empty_text_is_refused():
    (found,) = check("")
    assert (found.code, found.severity) == ("empty", "error")
    with pytest.raises(InvalidMessage, match="empty"):
        validate("")
