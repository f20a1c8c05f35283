"""Columns of texts in plain Python: the oracle of the native modules."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from callr_segment._core import pure
from callr_segment._core.fallback.text import check_options
from callr_segment._core.records import check_threads, is_missing, not_a_text
from callr_segment.alphabet.gsm import Limits
from callr_segment.errors import InputError, MissingExtra
from callr_segment.typing import Encoding


class Counts:
    """Six columns, one cell per text: buffers of bytes (flags) and of 32-bit integers."""

    def __init__(self) -> None:
        self.is_gsm, self.is_missing = bytearray(), bytearray()
        self.units, self.parts, self.last, self.extensions = (array("i") for _ in range(4))

    def __len__(self) -> int:
        return len(self.units)

    def add(self, text: str | None, encoding: Encoding | None, limits: Limits) -> None:
        """Append the count of one more text."""
        count = pure.count(text or "", encoding, limits)
        self.is_missing.append(text is None)
        self.is_gsm.append(text is not None and pure.is_gsm(text))
        self.units.append(count.units)
        self.parts.append(count.parts)
        self.last.append(count.last)
        self.extensions.append(count.extensions)


def count_objects(
    values: Iterable[object], *, encoding: Encoding | None = None, limits: Limits | None = None
) -> Counts:
    """Count a list or an array of Python strings; None, NaN and NA are missing."""
    if isinstance(values, memoryview) or hasattr(values, "dtype"):
        view: Any = memoryview(values)  # type: ignore[arg-type]
        if view.ndim != 1 or view.format != "O":
            raise InputError(f"an array of format {view.format!r} holds no texts; make it text first")
    return _count(_texts(values), encoding, limits)


def count_arrow(
    source: Any, *, encoding: Encoding | None = None, limits: Limits | None = None, threads: int | None = None
) -> Counts:
    """Count a column that speaks the Arrow PyCapsule interface, whole or in chunks."""
    check_threads(threads)  # plain Python is no faster with more of them
    return _count(_arrow_texts(source), encoding, limits)


def find_words(source: Any, words: list[str]) -> list[int]:
    """List the rows of a column of texts, no dictionary, that hold one of a few short words."""
    return [row for row, text in enumerate(_arrow_texts(source)) if text in words]


def find_unfilled(
    source: Any, words: list[str], *, signs: str, anywhere: list[str], within: int, names: str
) -> list[int]:
    """List the rows of a column that may show a blank value or an unfilled one; here it is any text."""
    del words, signs, anywhere, within, names
    return [row for row, text in enumerate(_arrow_texts(source)) if text]


def _count(texts: Iterable[str | None], encoding: Encoding | None, limits: Limits | None) -> Counts:
    limits = check_options(encoding, limits)
    counts = Counts()
    for text in texts:
        counts.add(text, encoding, limits)
    return counts


def _texts(values: Iterable[object]) -> Iterator[str | None]:
    for row, value in enumerate(values):
        if isinstance(value, str):
            yield value
        elif is_missing(value):
            yield None
        else:
            raise not_a_text(value, row)


def _arrow_texts(source: Any) -> Iterator[str | None]:
    try:
        import pyarrow as pa  # noqa: PLC0415 (only Arrow columns need it)
    except ImportError as error:
        raise MissingExtra(
            'without the native core, Arrow needs pip install "callr-segment[campaign]"'
        ) from error
    column = pa.chunked_array(source) if hasattr(source, "__arrow_c_stream__") else pa.array(source)
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return chain.from_iterable(map(_chunk_texts, chunks))


def _chunk_texts(chunk: Any) -> Iterator[str | None]:
    import pyarrow as pa  # noqa: PLC0415

    kind = chunk.type.value_type if pa.types.is_dictionary(chunk.type) else chunk.type
    if pa.types.is_run_end_encoded(kind):
        raise InputError("run-end encoded columns are not read; cast to string first", value=str(kind))
    if str(kind) not in ("string", "large_string", "string_view", "null"):
        raise InputError(
            f"a column of Arrow type {kind} holds no texts; cast it to string first", value=str(kind)
        )
    try:
        chunk.validate(full=True)
    except pa.ArrowInvalid as error:
        raise InputError(f"the Arrow data is damaged: {error}") from error
    return iter(chunk.to_pylist())
