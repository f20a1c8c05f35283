"""No other way of cutting a text needs fewer parts: proven by trying them all.

The proof shares nothing with the counters: it writes the text as it goes over the air, in septets or UTF-16,
and takes the best of all series of cuts that TS 23.040, 9.2.3.24.1 allows.
"""

from functools import cache
from itertools import islice, pairwise, product
from math import ceil, inf
from struct import iter_unpack

import pytest
from corpus import boundary_texts, edge_texts
from hypothesis import given
from hypothesis import strategies as st

from callr_segment._core.fallback import text as fallback
from callr_segment.alphabet.gsm import BASIC, LIMITS, Limits

pytestmark = pytest.mark.once

ESCAPE = 0x1B
SEPTETS = {char: [septet] for septet, char in enumerate(BASIC) if septet != ESCAPE} | {
    char: [ESCAPE, septet]
    for char, septet in zip("\f^{}\\[~]|€", b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", strict=True)
}
TINY = [Limits(5, 4, 5, 4), Limits(3, 3, 3, 3), Limits(2, 2, 2, 2), Limits(9, 5, 7, 3)]


@pytest.fixture(params=["one", "fallback"], ids=["native", "fallback"])
def count_parts(request):
    if request.param == "fallback":
        return fallback.count_parts
    one = pytest.importorskip("callr_segment._core.text_one", reason="the native core is not built")
    return one.count_parts


def on_air(text):
    """Alphabet and units of a text, and before which of them it may not be cut."""
    if all(char in SEPTETS for char in text):
        units = [septet for char in text for septet in SEPTETS[char]]
        return "gsm", units, {at for at, unit in enumerate(units, 1) if unit == ESCAPE}
    units = [unit for (unit,) in iter_unpack(">H", text.encode("utf-16-be", "surrogatepass"))]
    halves = enumerate(pairwise(units), 1)
    return "unicode", units, {at for at, (left, right) in halves if 0xD800 <= left < 0xDC00 <= right < 0xE000}


@cache
def fewest_parts(text, limits=LIMITS):
    """Parts of the best series of cuts, found for every beginning of the text in turn."""
    encoding, units, uncut = on_air(text)
    single, part = limits.of(encoding)
    if len(units) <= single:
        return 1 if units else 0
    best = [0]
    for stop in range(1, len(units) + 1):
        best.append(inf if stop in uncut else 1 + min(best[max(0, stop - part) : stop]))
    return best[-1]


def divided(text):
    """Parts of a text that might be cut anywhere."""
    encoding, units, _ = on_air(text)
    return ceil(len(units) / LIMITS.of(encoding)[1])


def sample():
    """Texts that crowd the edges of parts, with an extension character or a pair on many of them."""
    return [*boundary_texts(1_000), *islice(edge_texts(), 0, None, 31)]


def check(count_parts, texts, limits=LIMITS):
    assert [text for text in texts if count_parts(text, limits=limits) != fewest_parts(text, limits)] == []


@pytest.mark.parametrize("limits", TINY, ids=lambda limits: "-".join(map(str, limits)))
@pytest.mark.parametrize("letters", ["a[", "ç😀", "ç\ud83d😀"], ids=["gsm", "unicode", "malformed"])
def test_every_short_text_under_tiny_limits(count_parts, letters, limits):
    longest = 12 if len(letters) == 2 else 7
    texts = ["".join(text) for length in range(longest + 1) for text in product(letters, repeat=length)]
    check(count_parts, texts, limits)


def test_texts_around_every_edge(count_parts):
    check(count_parts, sample())


@pytest.mark.slice
def test_twenty_thousand_boundary_heavy_texts(count_parts):
    check(count_parts, boundary_texts(20_000))


@given(st.text(st.sampled_from("ab[€éç中\ud83d😀"), max_size=300), st.sampled_from([LIMITS, *TINY]))
def test_any_text_under_any_limits(text, limits):
    check(fallback.count_parts, [text], limits)


def test_in_both_alphabets_the_rules_cost_a_part_that_division_misses():
    costly = [text for text in sample() if fewest_parts(text) > divided(text)]
    assert {on_air(text)[0] for text in costly} == {"gsm", "unicode"}
