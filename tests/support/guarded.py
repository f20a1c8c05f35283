"""Columns that end, or begin, where memory does: the native core runs over them and is compared.

`python guarded.py SPREAD` is run as a process of its own, because an access outside a column kills it.
SPREAD is `few` or `all` of the lengths 0 to 4,096 and of the 64 alignments.
"""

import ctypes
import mmap
import struct
import sys
from array import array
from collections.abc import Callable
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import pyarrow as pa
import pytest

from callr_segment._core import number_columns, pure, template_counts, template_prefilter, text_columns
from callr_segment._core.fallback.numbers import NumberPlan as PlainPlan
from callr_segment._core.fallback.numbers import PrefixMap as PlainMap
from callr_segment._core.number_records import MISSING
from callr_segment.errors import InputError
from callr_segment.text import numbers as rules

LONGEST = 4096
INKS = ("Hello, [world] €5! ", "àΔ{ñ}£é@", "ça 中文 \u200d’", "😀👍🏽a[ç")
CUT = (b"\xc3", b"\xe2\x82", b"\xe2", b"\xf0\x9f\x98", b"\xf0\x9f", b"\xf0")  # characters without their ends
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)


class Guarded:
    """Memory between two pages that nothing may touch."""

    def __init__(self, size):
        inside = -(-size // mmap.PAGESIZE) * mmap.PAGESIZE
        self._memory = mmap.mmap(-1, inside + 2 * mmap.PAGESIZE)
        first = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self.start = first + mmap.PAGESIZE
        self.stop = self.start + inside
        for page in (first, self.stop):
            if LIBC.mprotect(page, mmap.PAGESIZE, 0):
                raise OSError(ctypes.get_errno(), "mprotect")

    def put(self, data, at_end):
        """Copy data to where the memory ends, or begins."""
        address = self.stop - len(data) if at_end else self.start
        ctypes.memmove(address, data, len(data))
        return pa.foreign_buffer(address, len(data), base=self)


VALIDITY, INDEX, DATA, KEYS = Guarded(64), Guarded(64), Guarded(3 * LONGEST), Guarded(64)


def validity_of(rows, at_end):
    if None not in rows:
        return None
    bits = sum(1 << at for at, row in enumerate(rows) if row is not None)
    return VALIDITY.put(bits.to_bytes((len(rows) + 7) // 8, "little"), at_end)


def end_to_end(kind, code):
    """Make columns whose texts are the data between offsets."""

    def column(rows, at_end):
        offsets = array(code, accumulate((len(row or b"") for row in rows), initial=0)).tobytes()
        data = DATA.put(b"".join(row or b"" for row in rows), at_end)
        buffers = [validity_of(rows, at_end), INDEX.put(offsets, at_end), data]
        return pa.Array.from_buffers(kind, len(rows), buffers)

    return column


def views(rows, at_end):
    """Make a column of views: texts of up to twelve bytes stand in the view itself."""
    packed, data = b"", b""
    for row in rows:
        text = row or b""
        if len(text) <= 12:
            packed += struct.pack("<i12s", len(text), text)
        else:
            packed += struct.pack("<i4sii", len(text), text[:4], 0, len(data))
            data += text
    buffers = [validity_of(rows, at_end), INDEX.put(packed, at_end), DATA.put(data, at_end)]
    return pa.Array.from_buffers(pa.string_view(), len(rows), buffers)


def dictionary(rows, at_end):
    """Make a column of indices into another column."""
    words = UTF8([row for row in rows if row is not None], at_end)
    found = accumulate((row is not None for row in rows), initial=0)
    keys = bytes(key for key, _ in zip(found, rows, strict=False))
    buffers = [validity_of(rows, at_end), KEYS.put(keys, at_end)]
    return pa.DictionaryArray.from_arrays(pa.Array.from_buffers(pa.int8(), len(rows), buffers), words)


UTF8, LARGE_UTF8 = end_to_end(pa.string(), "i"), end_to_end(pa.large_string(), "q")


@cache
def text_of(length, ink):
    """So many bytes of UTF-8, whose last character is whatever still fits."""
    text = (INKS[ink] * (length // len(INKS[ink].encode()) + 1)).encode()[:length].decode(errors="ignore")
    return text.rjust(length - len(text.encode()) + len(text)).encode()


@cache
def number_of(length, ink):
    """So many bytes of something like a phone number."""
    written = ("+33639981020", "06 39\u00a098 10 20", "tel:+33-6(39)98.10.20", "9")[ink].encode()
    return written[:length].decode(errors="ignore").encode().ljust(length, (b" ", b"0", b"-", b"9")[ink])


COUNTED = ("is_gsm", "is_missing", "units", "parts", "last", "extensions")


@cache
def counted(row):
    """Cells that the oracle fills for a text."""
    if row is None:
        return b"\0", b"\1", *(bytes(4),) * 4
    text = row.decode()
    answers = pure.count(text)
    whole = (answers.units, answers.parts, answers.last, answers.extensions)
    return bytes([pure.is_gsm(text)]), b"\0", *(struct.pack("=i", each) for each in whole)


def count_arrow(column):
    counts = text_columns.count_arrow(column)
    return [bytes(getattr(counts, name)) for name in COUNTED]


def count_template(column):
    counts = template_counts.count_template(["", ""], [column], prefilter=PREFILTER)
    return [bytes(getattr(counts, name)) for name in COUNTED]


PREFILTER = template_prefilter.Prefilter(alarms="中", starters="à", opens="[", closes="]")
PLAN = rules.number_plan("FR")
PLAIN_PLAN = PlainPlan(rules._readings("FR"), rules._readings_of_codes(), PlainMap(rules.number_zones()))


@cache
def parsed(row):
    """Cells that the rules in plain Python fill for a phone number."""
    answers = (0, -1, MISSING) if row is None else PLAIN_PLAN.place(row.decode(), PLAIN_PLAN.zones)
    return tuple(struct.pack(f"={code}", each) for code, each in zip("QiB", answers, strict=True))


def parse_numbers(column):
    validity, offsets, data = column.buffers()
    here = memoryview(offsets).cast("B").cast("q")[column.offset :][: len(column) + 1]
    found = number_columns.parse_numbers(here, data, validity, PLAN, bit_offset=column.offset)
    return [bytes(column) for column in found[:3]]


class Kernel(NamedTuple):
    """A native function over one layout, and what each cell it fills must hold."""

    layout: Callable
    run: Callable
    text: Callable
    cells: Callable


KERNELS = {
    "utf8": Kernel(UTF8, count_arrow, text_of, counted),
    "large_utf8": Kernel(LARGE_UTF8, count_arrow, text_of, counted),
    "views": Kernel(views, count_arrow, text_of, counted),
    "dictionary": Kernel(dictionary, count_arrow, text_of, counted),
    "template": Kernel(LARGE_UTF8, count_template, text_of, counted),
    "numbers": Kernel(LARGE_UTF8, parse_numbers, number_of, parsed),
}


def check(kernel, rows, at_end):
    """Compare a column, and the slice of it that holds its outermost text."""
    column = kernel.layout(rows, at_end)
    outermost = slice(len(rows) - 1, len(rows)) if at_end else slice(0, 1)
    for part, column_part in ((rows, column), (rows[outermost], column[outermost])):
        want = [b"".join(cells) for cells in zip(*map(kernel.cells, part), strict=True)]
        assert kernel.run(column_part) == want, (kernel, part, at_end)


def check_cut(kernel, length, at_end):
    """Texts that end inside a character are refused, wherever they end."""
    for end in CUT:
        rows = [b"", b"a" * length + end]
        with pytest.raises(InputError) as caught:
            kernel.run(kernel.layout(rows, at_end))
        assert caught.value.row == 1


def check_all(kernel, lengths, shifts):
    """Check texts of each length that begin so many bytes off an alignment, or end there."""
    for length in lengths:
        for ink, shift in enumerate(shifts):
            outer, inner = kernel.text(length, (length + ink) % 4), kernel.text(shift, ink % 4)
            for between in ([], [None]) if shift % 2 else ([],):
                check(kernel, [inner, *between, outer], at_end=True)
                check(kernel, [outer, *between, inner], at_end=False)


def main(spread):
    """Run every kernel over columns of every length."""
    blocks = {64 * block + around for block in range(LONGEST // 64) for around in (-1, 0, 1)}
    few = sorted({*range(260), *blocks, *range(LONGEST - 65, LONGEST + 1)} - {-1})
    lengths, shifts = {"few": (few, (0, 1, 3, 31, 32, 63)), "all": (range(LONGEST + 1), range(64))}[spread]
    for name, kernel in KERNELS.items():
        print(name, flush=True)
        check_all(kernel, lengths, shifts)
        if kernel.cells is counted:
            for length in (*range(70), LONGEST):
                check_cut(kernel, length, at_end=True)
                check_cut(kernel, length, at_end=False)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
