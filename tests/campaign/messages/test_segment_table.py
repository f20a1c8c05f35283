"""segment_many answers as segment does, whatever holds the texts; bad cells are named."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from corpus import boundary_texts
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
import callr_segment.pandas
from callr_segment.errors import InputError, NotGsmError

TEXTS = ["a", "ç", None, "[€" * 80, "", "😀" * 67]
FORMS = {
    "list": list,
    "tuple": tuple,
    "generator": lambda texts: (text for text in texts),
    "numpy object": lambda texts: np.array(texts, dtype=object),
    "numpy strided": lambda texts: np.array([each for text in texts for each in (text, 5)], dtype=object)[
        ::2
    ],
    "pandas object": lambda texts: pd.Series(texts, dtype=object),
    "pandas string": lambda texts: pd.Series(texts, dtype="string"),
    "pandas default": pd.Series,
    "pandas arrow": lambda texts: pd.Series(texts, dtype=pd.ArrowDtype(pa.string())),
    "pandas category": lambda texts: pd.Series(texts, dtype="category"),
    "pandas index": lambda texts: pd.Index(texts, dtype=object),
    "polars": pl.Series,
    "polars category": lambda texts: pl.Series(texts, dtype=pl.Categorical),
    "arrow utf8": pa.array,
    "arrow large_utf8": lambda texts: pa.array(texts, pa.large_string()),
    "arrow string_view": lambda texts: pa.array(texts, pa.string_view()),
    "arrow dictionary": lambda texts: pa.array(texts).dictionary_encode(),
    "arrow chunks": lambda texts: pa.chunked_array([texts[:2], texts[2:]]),
    "arrow slice": lambda texts: pa.array(["x", *texts, "y"])[1:-1],
}
COLUMNS = ("is_gsm", "units", "parts", "remaining", "over_by", "extensions")


def one_by_one(texts):
    found = [None if text is None else sms.segment(text) for text in texts]
    answers = {name: [getattr(each, name) if each else 0 for each in found] for name in COLUMNS[1:]}
    return {"is_gsm": [each is not None and each.encoding == "gsm" for each in found], **answers}


@pytest.mark.parametrize("form", FORMS)
def test_every_container_gives_the_same_answers(form):
    table = sms.segment_many(FORMS[form](TEXTS))
    assert {name: getattr(table, name).tolist() for name in COLUMNS} == one_by_one(TEXTS)
    assert table.is_missing.tolist() == [text is None for text in TEXTS]


def test_boundary_heavy_columns():
    texts = boundary_texts(3_000, seed=7, surrogates=False)
    want = one_by_one(texts)
    for form in ("list", "pandas default", "polars", "arrow string_view"):
        table = sms.segment_many(FORMS[form](texts))
        assert {name: getattr(table, name).tolist() for name in COLUMNS} == want


def test_numpy_strings():
    assert sms.segment_many(np.array(["a", "ç"])).units.tolist() == [1, 1]
    if hasattr(np.dtypes, "StringDType"):
        assert sms.segment_many(np.array(["a", "ç" * 71], dtype=np.dtypes.StringDType())).parts.tolist() == [
            1,
            2,
        ]


@pytest.mark.parametrize("nothing", [[], [None], [float("nan")] * 2, [pd.NA, None], [pd.NaT]])
def test_a_column_without_texts_is_all_missing(nothing):
    for form in (list, lambda values: pd.Series(values, dtype=object), pd.Series):
        table = sms.segment_many(form(nothing))
        assert table.is_missing.tolist() == [True] * len(nothing)
        assert table.to_pandas()["parts"].isna().all()


def test_the_frame_keeps_the_index_and_what_is_missing():
    frame = sms.segment_many(pd.Series(["a", None], index=["x", "x"], dtype=object)).to_pandas()
    assert list(frame.index) == ["x", "x"]
    assert frame["units"].tolist() == [1, pd.NA]
    assert pa.table(sms.segment_many(["a", None])).column("is_gsm").to_pylist() == [True, None]


@pytest.mark.parametrize(
    ("cells", "row", "said"),
    [
        (["a", 5], 1, "int"),
        (["a", b"b"], 1, "bytes"),
        ([None, 1.5], 1, "float"),
        (pd.Series([1, 2]), 0, "int64"),
        (pd.Series([1.5, None]), 0, "double"),
        (pd.Series([True]), 0, "bool"),
        (pd.Series(pd.to_datetime(["2026-01-01"])), 0, "timestamp"),
        (pd.Series(["a", ["b"]]), 1, "list"),
        (pa.array([b"a"]), 0, "binary"),
        (pl.Series([1]), 0, "int64"),
    ],
)
def test_a_cell_that_is_no_text_is_named(cells, row, said):
    with pytest.raises(InputError, match=f"row {row}.*{said}") as caught:
        sms.segment_many(cells)
    assert caught.value.row == row


@pytest.mark.parametrize("thing", ["a text", b"bytes", {"a": 1}, pd.DataFrame({"a": ["b"]})])
def test_what_is_no_column_is_refused(thing):
    with pytest.raises(InputError, match="takes a column of texts"):
        sms.segment_many(thing)


def test_damaged_arrow_is_found_before_it_is_read():
    offsets = np.zeros(3, dtype="i4")
    column = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(offsets), pa.py_buffer(b"abcd")])
    offsets[:] = [0, 2, 900_000_000]
    with pytest.raises(InputError, match="damaged"):
        sms.segment_many(column)


def test_forced_gsm_in_columns():
    with pytest.raises(NotGsmError, match="CEDILLA") as caught:
        sms.segment_many(pd.Series(["a", None, "ça"]), encoding="gsm")
    assert caught.value.row == 2
    replaced = sms.segment_many(["ça 😀", None], encoding="gsm", errors="replace")
    assert (replaced.is_gsm.tolist(), replaced.units.tolist()) == ([True, False], [4, 0])
    rewritten = sms.segment_many(pd.Series(["œuf", "a"]), encoding="gsm", errors="rewrite")
    assert rewritten.units.tolist() == [4, 1]
    assert sms.segment_many(["a"], encoding="unicode").remaining.tolist() == [69]


@given(st.lists(st.none() | st.text(max_size=200), max_size=5), st.sampled_from([None, "unicode", "gsm"]))
def test_columns_and_single_texts_agree(texts, encoding):
    table = sms.segment_many(texts, encoding=encoding, errors="replace")
    for row, text in enumerate(texts):
        if text is not None:
            one = sms.segment(text, encoding=encoding, errors="replace")
            assert (table.units[row], table.parts[row]) == (one.units, one.parts)
            assert (table.remaining[row], table.over_by[row]) == (one.remaining, one.over_by)


def test_the_accessor():
    column = pd.Series(["It’s " + "a" * 80, "ça", None], index=["x", "y", "z"], dtype=object)
    assert column.sms.parts().tolist() == [2, 1, pd.NA]
    assert column.sms.is_gsm().tolist() == [False, False, pd.NA]
    assert list(column.sms.segment().index) == ["x", "y", "z"]
    assert column.sms.rewrite().iloc[0].startswith("It's")
    assert column.sms.rewrite().iloc[1] == "ça"
    assert column.sms.rewrite().isna().tolist() == [False, False, True]
    assert column.sms.units().tolist() == [len(column.iloc[0]), 2, pd.NA]
    assert column.sms.encoding().tolist() == ["unicode", "unicode", pd.NA]
    assert column.sms.culprits().tolist() == ["’", "ç", pd.NA]
    assert column.sms.check()[["row", "code"]].values.tolist() == [["z", "missing_text"]]
    with pytest.raises(AttributeError, match="columns of texts"):
        _ = pd.Series([1, 2]).sms


def test_a_table_can_be_pickled():
    import pickle

    table = sms.segment_many(pd.Series(["a", "ç" * 71, None], index=list("xyz")))
    again = pickle.loads(pickle.dumps(table))
    assert again.to_pandas().equals(table.to_pandas())
