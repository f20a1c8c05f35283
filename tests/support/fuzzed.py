"""What libFuzzer drives: bytes become columns, which the native core must read as plain Python does.

`python fuzzed.py` takes the options of libFuzzer, whose library is loaded before Python. The first byte
chooses encoding and limits, and how many rows there are; so many more bytes are their sizes; the rest is the
text, and the block of memory ends where it ends.
"""

import ctypes
import os
import sys
import traceback
from array import array
from itertools import accumulate, pairwise

import pyarrow as pa
import pytest
from corpus import expected

from callr_segment._core import number_columns, template_counts, template_prefilter, text_columns
from callr_segment._core.fallback import numbers as numbers_fallback
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.errors import InputError
from callr_segment.text import numbers as rules

OPTIONS = ((None, LIMITS), ("unicode", LIMITS), ("gsm", LIMITS), (None, Limits(9, 5, 7, 2)))
PLAN = rules.number_plan("FR")
PLAIN_MAP = numbers_fallback.PrefixMap(rules.number_zones())
PLAIN_PLAN = numbers_fallback.NumberPlan(rules._readings("FR"), rules._readings_of_codes(), PLAIN_MAP)
PREFILTER = template_prefilter.Prefilter(alarms="中", starters="à", opens="[", closes="]")
Target = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)


def listed(counts):
    """Columns as the oracle gives them."""
    found = {name: list(array("i", bytes(getattr(counts, name)))) for name in ("units", "parts", "last")}
    extensions = list(array("i", bytes(counts.extensions)))
    return {"is_gsm": list(map(bool, counts.is_gsm)), **found, "extensions": extensions}


def decoded(text):
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


def agree(count, texts, want):
    """Count a column; the first of its texts that is no UTF-8 is refused by its row."""
    if want is None:
        with pytest.raises(InputError) as caught:
            count()
        assert caught.value.row == texts.index(None)
    else:
        assert listed(count()) == want


def check_texts(columns, texts, encoding, limits):
    how = {"encoding": encoding, "limits": limits}
    want = None if None in texts else expected(texts, encoding, limits)
    for column in columns:
        agree(lambda column=column: text_columns.count_arrow(column, **how), texts, want)
    large = columns[-1]
    agree(lambda: template_counts.count_template(["", ""], [large], prefilter=PREFILTER, **how), texts, want)
    if want is not None:
        around = [f"[à {text}{text}中" for text in texts]
        twice = template_counts.count_template(["[à ", "", "中"], [large, large], prefilter=PREFILTER, **how)
        assert listed(twice) == expected(around, encoding, limits)
        assert listed(text_columns.count_objects(texts, **how)) == want


def check_bytes(rows, encoding, limits):
    """Strings of one byte a character, as Python keeps them."""
    texts = [row.decode("latin-1") for row in rows]
    found = text_columns.count_objects(texts, encoding=encoding, limits=limits)
    assert listed(found) == expected(texts, encoding, limits)


def check(address, length):
    head = ctypes.string_at(address, 1)[0]
    count = min(head >> 2, length - 1)
    size = length - 1 - count
    sizes = ctypes.string_at(address + 1, count)
    ends = [min(end, size) for end in accumulate(sizes, initial=0)]
    data = pa.foreign_buffer(address + 1 + count, size)
    text = ctypes.string_at(address + 1 + count, size)
    rows = [text[start:stop] for start, stop in pairwise(ends)]
    offsets = array("q", ends)
    narrow, wide = (pa.py_buffer(array(code, ends).tobytes()) for code in "iq")
    plain = pa.Array.from_buffers(pa.string(), count, [None, narrow, data])
    large = pa.Array.from_buffers(pa.large_string(), count, [None, wide, data])
    texts = [decoded(row) for row in rows]
    check_texts([plain, large], texts, *OPTIONS[head & 3])
    check_bytes(rows, *OPTIONS[head & 3])
    found = number_columns.parse_numbers(offsets, data, None, PLAN)
    assert found == numbers_fallback.parse_numbers(offsets, text, None, PLAIN_PLAN)


@Target
def run_one(address, length):
    """Check one input; whatever is raised ends the process, so that libFuzzer keeps the input."""
    try:
        if length:
            check(address, length)
    except BaseException:  # noqa: BLE001 (ctypes would print it and go on)
        traceback.print_exc()
        os.abort()
    return 0


def main(*arguments):
    """Hand over to libFuzzer, which ends the process when it is done."""
    words = (ctypes.c_char_p * (len(arguments) + 2))(b"fuzzed", *map(os.fsencode, arguments), None)
    count, values = ctypes.c_int(len(arguments) + 1), ctypes.cast(words, ctypes.POINTER(ctypes.c_char_p))
    return ctypes.CDLL(None).LLVMFuzzerRunDriver(ctypes.byref(count), ctypes.byref(values), run_one)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
