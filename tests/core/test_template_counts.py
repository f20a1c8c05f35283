"""A template comes to what its texts come to, at every level, and its prefilter sees all."""

import random
from array import array
from itertools import chain, pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment._core import pure
from callr_segment._core.fallback import templates as fallback
from callr_segment.text.problem_codes import ALARMS, CLOSES, OPENS, STARTERS

filled = pytest.importorskip("callr_segment._core.template_counts", reason="the native core is not built")
kernels = pytest.importorskip("callr_segment._core.simd", reason="the native core is not built")
screens = pytest.importorskip("callr_segment._core.template_prefilter", reason="the native core is not built")

pytestmark = pytest.mark.once

PIECES = (
    "a",
    "b" * 70,
    "é",
    "â",
    "Ã",
    "€",
    "[",
    "&",
    ";",
    "ç",
    "中",
    "屯",
    "\x85",
    "\ufffd",
    "😀",
    "%",
    "É",
    "\ue000",
    "\uf8ff",
    "豈",
    "퟿",
)
VALUES = st.none() | st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
LITERALS = st.lists(st.sampled_from(("", "x", "été", "à", " ; ", "&", "z" * 80)), min_size=3, max_size=3)
WATCHED = {"alarms": ALARMS, "starters": STARTERS, "opens": OPENS, "closes": CLOSES}
OTHERS = {"alarms": "中\x85a", "starters": "éx", "opens": "[", "closes": "]ç"}
ENCODINGS = (None, "gsm", "unicode")
FIELDS = {
    "not_gsm_fields": lambda value: not pure.is_gsm(value),
    "extension_fields": lambda value: not pure.TWO_SEPTETS.isdisjoint(value),
}


@pytest.fixture(params=kernels.AVAILABLE, scope="module")
def level(request):
    """Count with each level in turn."""
    before = kernels.level()
    kernels.use(request.param)
    yield request.param
    kernels.use(before)


def count(literals, columns, watched, encoding=None, *, detailed=False):
    """Count the template, and read its columns as lists."""
    arrow = [pa.array(column, pa.large_string()) for column in columns]
    seen = screens.Prefilter(**watched)
    found = filled.count_template(literals, arrow, prefilter=seen, encoding=encoding, detailed=detailed)
    flags = {name: list(map(bool, getattr(found, name))) for name in ("is_gsm", "is_missing", "is_suspect")}
    names = ("units", "parts", "last", "extensions", "characters")
    numbers = {name: array("i", bytes(getattr(found, name))).tolist() for name in names}
    masks = {name: array("Q", bytes(getattr(found, name))).tolist() for name in FIELDS}
    return flags | numbers | masks


def fill(literals, values):
    """Make a text."""
    return literals[0] + "".join(chain.from_iterable(zip(values, literals[1:], strict=True)))


def is_suspect(literals, values, watched):
    """Tell, one character at a time, what a prefilter is for; a literal's own alarms are its author's."""
    text = fill(literals, values)
    follows = pairwise(text)
    return (
        any(set(value) & set(watched["alarms"]) for value in values)
        or any("\ue000" <= char <= "\uf8ff" for value in values for char in value)
        or any(first in watched["starters"] and second > "\x7f" for first, second in follows)
        or bool(set(text) & set(watched["opens"]) and set(text) & set(watched["closes"]))
    )


def expected(literals, columns, watched, encoding=None):
    """What the oracle says of the texts."""
    rows = {name: [] for name in ("is_missing", "is_suspect", "characters", "is_gsm", *FIELDS)}
    rows |= {name: [] for name in ("units", "parts", "last", "extensions")}
    for values in zip(*columns, strict=True):
        missing = None in values
        text = "" if missing else fill(literals, values)
        counted = pure.count(text, encoding)
        rows["is_missing"].append(missing)
        rows["is_gsm"].append(not missing and pure.is_gsm(text))
        rows["is_suspect"].append(not missing and is_suspect(literals, values, watched))
        present = [] if missing else values
        for name, is_marked in FIELDS.items():
            rows[name].append(sum(is_marked(value) << at for at, value in enumerate(present)))
        rows["characters"].append(len(text))
        for name in ("units", "parts", "last", "extensions"):
            rows[name].append(getattr(counted, name))
    return rows


@pytest.mark.parametrize("watched", [WATCHED, OTHERS], ids=["ours", "another"])
@given(st.data())
def test_rows_come_to_what_their_texts_come_to(level, watched, data):
    literals, encoding = data.draw(LITERALS), data.draw(st.sampled_from(ENCODINGS))
    rows = data.draw(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=30))
    columns = list(map(list, zip(*rows, strict=True)))
    found = count(literals, columns, watched, encoding, detailed=data.draw(st.booleans()))
    want = expected(literals, columns, watched, encoding)
    for name, values in want.items():
        assert found[name] == values, name


@pytest.mark.parametrize("literals", [["", " ", ""], ["Bonjour ", ", à ", "; fin"], ["&", "x", "é"]])
def test_many_rows_come_to_what_their_texts_come_to(level, literals):
    rng = random.Random(len(literals[0]))
    pieces = [*PIECES, *["mot ", "été "] * 20]
    columns = [
        [
            None if rng.random() < 0.01 else "".join(rng.choices(pieces, k=rng.randrange(30)))
            for _ in range(2_500)
        ]
        for _ in range(2)
    ]
    want = expected(literals, columns, WATCHED)
    assert count(literals, columns, WATCHED) == want
    assert count(literals, columns, WATCHED, detailed=True) == want


def test_the_fallback_marks_the_same_fields():
    columns = [["été", None, "€ ж", "a"], ["[", "ж", "ç", "😀"]]
    arrow = [pa.array(column, pa.large_string()) for column in columns]
    found = fallback.count_template(["", " ", ""], arrow, prefilter=fallback.Prefilter())
    want = expected(["", " ", ""], columns, WATCHED)
    assert {name: list(getattr(found, name)) for name in FIELDS} == {name: want[name] for name in FIELDS}
    assert want["extension_fields"] == [2, 0, 1, 0]


@pytest.mark.parametrize("odd", ["ж", "€", "é", "😀"])
def test_long_plain_stretches_come_to_what_their_texts_come_to(level, odd):
    """Values of digits fill whole tiles; one that holds something else reaches from a tile into the next."""
    rng = random.Random(odd)
    columns = [
        [odd + "7" * 9_000 if row % 700 == 350 else "7" * rng.randrange(40) for row in range(2_500)],
        [str(row) for row in range(2_500)],
    ]
    assert count(["a ", " b ", ""], columns, WATCHED) == expected(["a ", " b ", ""], columns, WATCHED)
