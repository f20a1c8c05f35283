"""Rows of a column that hold one of a few words, in native code and in plain Python."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment._core.fallback import columns as fallback
from callr_segment.errors import InputError
from callr_segment.text.problem_codes import BLANK, LONGEST_GREETING, NAMED_BY, NO_WORDS, SIGNS
from callr_segment.text.problem_codes import BLANKS as BLANK_WORDS

native = pytest.importorskip("callr_segment._core.text_columns", reason="the native core is not built")

pytestmark = pytest.mark.once

WORDS = ["", "nan", "None", "N/A", "çà"]
LIKELY = st.sampled_from([*WORDS, "na", "nan ", "Nona", "çé", "N/A, undefined and more", None]) | st.text()


@given(
    texts=st.lists(LIKELY, max_size=80),
    start=st.integers(0, 9),
    kind=st.sampled_from([pa.string(), pa.large_string(), pa.string_view()]),
)
def test_the_rows_are_those_whose_text_is_a_word(texts, start, kind):
    column = pa.array(texts, kind)[start:]
    expected = [row for row, text in enumerate(texts[start:]) if text in WORDS]
    assert native.find_words(column, WORDS) == fallback.find_words(column, WORDS) == expected


def test_rows_of_chunks_are_counted_through():
    column = pa.chunked_array([pa.array(["Zoé", ""]), pa.array(["nan"])])
    assert native.find_words(column, WORDS) == fallback.find_words(column, WORDS) == [1, 2]


def test_a_word_that_is_too_long_is_an_error():
    with pytest.raises(InputError, match="too long"):
        native.find_words(pa.array(["a"]), ["a word of sixteen"])


BLANKS = {"words": ["nan", "None", "<NA>"], "signs": "€%", "anywhere": ["<NA>"], "within": 8, "names": "$_«"}


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_rows_that_may_show_a_value_that_is_not_there(kind):
    shown = [
        "Hi , x",
        "Hi nan, x",
        "Hi\nnan",
        ", x",
        "x" * 90 + " nan %",
        "x" * 90 + "€None",
        "y" * 90 + " <NA>",
    ]
    sound = [
        "Hi, x",
        "Hi nena",
        "x" * 90 + " nan",
        "12 €",
        "5%",
        "x" * 90 + " ,",
        "<br>",
        "",
        None,
        "€",
        "%",
        "5 $ et $5",
        "a_",
        "« x",
    ]
    column = pa.chunked_array([pa.array(sound, kind), pa.array([None, *shown], kind)[1:]])
    assert native.find_unfilled(column, **BLANKS) == list(range(len(sound), len(column)))
    assert set(fallback.find_unfilled(column, **BLANKS)) >= set(range(len(sound), len(column)))


PIECES = st.sampled_from(
    [
        *BLANK_WORDS,
        "Hi",
        "Bonjour",
        " ",
        ",",
        "\n",
        "€",
        "%",
        "$",
        "_",
        "«",
        "(",
        ":",
        "é",
        "und",
        "na",
        "x" * 60,
    ]
)


@given(
    texts=st.lists(st.none() | st.lists(PIECES, max_size=6).map("".join), max_size=60),
    start=st.integers(0, 9),
    kind=st.sampled_from([pa.string(), pa.large_string(), pa.string_view()]),
)
def test_no_text_that_shows_a_blank_value_is_overlooked(texts, start, kind):
    found = native.find_unfilled(
        pa.array(texts, kind)[start:],
        [*BLANK_WORDS],
        signs=SIGNS,
        anywhere=[*NO_WORDS],
        within=LONGEST_GREETING,
        names=NAMED_BY,
    )
    shown = [row for row, text in enumerate(texts[start:]) if text and re.search(BLANK, text)]
    assert set(found) >= set(shown)
    assert found == sorted(set(found))


def test_columns_whose_offsets_fall_are_searched_row_by_row():
    offsets = pa.py_buffer(np.array([0, 6, 2, 6], np.int64))
    damaged = pa.Array.from_buffers(pa.large_string(), 3, [None, offsets, pa.py_buffer(b"Hi nan")])
    assert native.find_unfilled(damaged, **BLANKS)[0] == 0


def test_words_of_too_many_beginnings_are_an_error():
    with pytest.raises(InputError, match="7 letters"):
        native.find_unfilled(pa.array(["x"]), **BLANKS | {"words": [letter * 3 for letter in "abcdef"]})
