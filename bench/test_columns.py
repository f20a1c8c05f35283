"""`segment_many` over texts of every shape, and over every container they come in."""

import polars
import pytest

import corpora
import stock
import works
from callr_segment import segment_many

ROWS = 20_000
CONTAINERS = {
    "arrow": lambda texts: texts,
    "arrow, 64-bit offsets": lambda texts: texts.cast("large_string"),
    "arrow views": lambda texts: texts.cast("string_view"),
    "arrow dictionary": lambda texts: texts.dictionary_encode(),
    "polars": polars.Series,
    "pandas": lambda texts: texts.to_pandas(),
    "objects": works.objects_of,
    "list": lambda texts: texts.to_pylist(),
}


@pytest.mark.benchmark(group="shapes")
@pytest.mark.parametrize("shape", corpora.CORPORA)
def test_shape(benchmark, shape):
    texts = stock.texts(shape, ROWS)
    table = benchmark(segment_many, texts, threads=1)
    benchmark.extra_info["gsm"] = float(table.is_gsm.mean())
    assert len(table) == len(texts)


@pytest.mark.benchmark(group="containers")
@pytest.mark.parametrize("container", CONTAINERS)
def test_container(benchmark, container):
    texts = stock.texts("mix", ROWS)
    table = benchmark(segment_many, CONTAINERS[container](texts), threads=1)
    assert table.parts.sum() == segment_many(texts).parts.sum()
