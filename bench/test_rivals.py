"""What people use today, on the same mix of texts, and on how many of them each is right."""

import pytest

import rivals
import stock


@pytest.fixture(scope="module")
def texts():
    return stock.mix(100_000).to_pylist()


@pytest.mark.benchmark(group="rivals")
@pytest.mark.parametrize("name", rivals.MAKERS)
def test_rival(benchmark, name, texts):
    try:
        rival = rivals.ask(name, texts)
    except rivals.Absent as absent:
        pytest.skip(str(absent))
    benchmark.extra_info |= {
        "texts": rival.texts,
        "right": rival.right,
        "right_at_edges": rival.right_at_edges,
    }
    benchmark.pedantic(rival.measure, rounds=3)
    assert rival.right > 0.99
