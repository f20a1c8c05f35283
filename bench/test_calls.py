"""One call about one text."""

import pytest

import callr_segment as sms
import works

CALLS = {
    "len": len,
    "is_gsm": sms.is_gsm,
    "count_parts": sms.count_parts,
    "segment": sms.segment,
    "validate": lambda text: sms.validate(text, traffic="alerting"),
}


@pytest.mark.benchmark(group="one call")
@pytest.mark.parametrize("call", CALLS)
def test_call(benchmark, call):
    assert benchmark(CALLS[call], works.TEXT)
