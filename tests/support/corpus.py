"""Seeded texts that crowd the edges of parts, and the oracle's answers to them."""

import random

from callr_segment._core import pure

GSM_FILL = "ae é\n@Δ"
PAIR, EXTENSIONS = "😀", "[€\f"
EDGES = (70, 134, 160, 201, 306, 459, 612)
ODD = ("ç", "中", "\u200d", "\x1b", "`", "\u00a0", "\ud83d", "\ufffd", "\x00", "👍🏽", "e\u0301")


def boundary_text(rng, *, surrogates=True):
    """One text whose units land within a few of an edge."""
    length = max(0, rng.choice(EDGES) + rng.randint(-4, 4))
    chars = [rng.choice(GSM_FILL)] * length
    for _ in range(rng.choice((0, 0, 1, 2, 5))):
        chars.insert(rng.randint(0, len(chars)), rng.choice(EXTENSIONS))
    if rng.random() < 0.5:
        for _ in range(rng.choice((1, 2, 5, 30))):
            chars.insert(rng.randint(0, len(chars)), rng.choice((PAIR, *ODD)))
    text = "".join(chars)
    return text if surrogates else text.replace("\ud83d", "")


def boundary_texts(count, *, seed=20261122, surrogates=True):
    rng = random.Random(seed)
    return [boundary_text(rng, surrogates=surrogates) for _ in range(count)]


def edge_texts():
    """Every length 0 to 700, with a pair or an extension character at each position around each edge."""
    for fill, special in (("a", "["), ("ç", PAIR), ("a", PAIR)):
        walls = (67, 70, 134, 201) if special == PAIR else (153, 160, 306, 459)
        places = [wall + shift for wall in walls for shift in (-3, -2, -1, 0, 1)]
        for length in range(701):
            yield fill * length
            yield from (
                fill * place + special + fill * (length - place - 1) for place in places if place < length
            )


def expected(texts, encoding=None, limits=pure.LIMITS):
    """Columns the oracle answers with."""
    counts = [pure.count(text, encoding, limits) for text in texts]
    return {
        "is_gsm": [pure.is_gsm(text) for text in texts],
        "units": [count.units for count in counts],
        "parts": [count.parts for count in counts],
        "last": [count.last for count in counts],
        "extensions": [count.extensions for count in counts],
    }
