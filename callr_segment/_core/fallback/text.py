"""The interface of the native modules in plain Python: slower, the same answers, no compiler."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from callr_segment._core import pure
from callr_segment._core.hooks import force_gsm, render
from callr_segment._core.records import (
    Culprit,
    Part,
    check_encoding,
    check_limits,
    check_threads,
    find_culprits,
    is_missing,
    not_a_text,
    not_gsm,
)
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.errors import InputError, MissingExtra


class Segmentation:
    """What one text comes to when it is sent: encoding, units, parts, and what is left."""

    __slots__ = ("_last", "encoding", "extensions", "limits", "parts", "text", "units")

    def __init__(self) -> None:
        raise TypeError("a Segmentation is made by segment(text)")

    text: str
    limits: Limits
    encoding: str
    units: int
    parts: int
    extensions: int

    @property
    def remaining(self) -> int:
        """Units that still fit into the last part."""
        single, part = self.limits.of(self.encoding)
        return (part if self.parts > 1 else single) - self._last

    @property
    def over_by(self) -> int:
        """Units over the previous edge: cut so many from the end and one part less is billed."""
        if self.parts > 2:
            return self._last
        return self.units - self.limits.of(self.encoding)[0] if self.parts == 2 else 0

    @property
    def culprits(self) -> tuple[Culprit, ...]:
        """One per distinct character that forces Unicode, in order of appearance."""
        return find_culprits(self.text)

    def split(self) -> tuple[Part, ...]:
        """Cut the text into the parts that are billed; joined, they are the text again."""
        parts = pure.split(self.text, self.encoding, self.limits)
        return tuple(Part(self.text[start:stop], units, start, stop) for start, stop, units in parts)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Segmentation does not change: {name} is read-only")

    def __repr__(self) -> str:
        return (
            f"Segmentation(encoding={self.encoding!r}, units={self.units}, parts={self.parts}, "
            f"remaining={self.remaining})"
        )

    def _repr_html_(self) -> str | None:
        return render(self, "html")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Segmentation) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        return _segment_as, self._key()

    def _key(self) -> tuple[str, str, Limits]:
        return self.text, self.encoding, self.limits


def _segment_as(text: str, encoding: str, limits: Limits) -> Segmentation:
    return segment(text, encoding=encoding, limits=limits)


def segment(
    text: str, *, encoding: str | None = None, errors: str = "strict", limits: Limits | None = None
) -> Segmentation:
    """Tell how a text will be sent: in which encoding, in how many parts, and what is left."""
    limits = _check(text, encoding, limits)
    text = str.__str__(text)  # of a subclass, what it holds
    if encoding == "gsm" and not pure.is_gsm(text):
        text = force_gsm(text, errors)
    self = object.__new__(Segmentation)
    count = pure.count(text, encoding, limits)
    fields = {**count._asdict(), "_last": count.last, "text": text, "limits": limits}
    for name in Segmentation.__slots__:
        object.__setattr__(self, name, fields[name])
    return self


def count_parts(text: str, *, encoding: str | None = None, limits: Limits | None = None) -> int:
    """Tell how many parts a text will be billed as."""
    limits = _check(text, encoding, limits)
    if encoding == "gsm" and not pure.is_gsm(text):
        raise not_gsm(text)
    return pure.count(text, encoding, limits).parts


def is_gsm(text: str) -> bool:
    """Tell whether GSM 03.38 can carry a text."""
    _check(text, None, None)
    return pure.is_gsm(text)


def _check(text: object, encoding: str | None, limits: Limits | None) -> Limits:
    if not isinstance(text, str):
        raise TypeError(f"a text is a str, not {type(text).__name__}")
    return _options(encoding, limits)


def _options(encoding: str | None, limits: Limits | None) -> Limits:
    check_encoding(encoding)
    limits = LIMITS if limits is None else Limits(*limits)
    check_limits(limits)
    return limits


class Counts:
    """Six columns, one cell per text: buffers of bytes (flags) and of 32-bit integers."""

    def __init__(self) -> None:
        self.is_gsm, self.is_missing = bytearray(), bytearray()
        self.units, self.parts, self.last, self.extensions = (array("i") for _ in range(4))

    def __len__(self) -> int:
        return len(self.units)

    def add(self, text: str | None, encoding: str | None, limits: Limits) -> None:
        """Append the count of one more text."""
        count = pure.count(text or "", encoding, limits)
        self.is_missing.append(text is None)
        self.is_gsm.append(text is not None and pure.is_gsm(text))
        self.units.append(count.units)
        self.parts.append(count.parts)
        self.last.append(count.last)
        self.extensions.append(count.extensions)


def count_objects(
    values: Iterable[object], *, encoding: str | None = None, limits: Limits | None = None
) -> Counts:
    """Count a list or an array of Python strings; None, NaN and NA are missing."""
    if isinstance(values, memoryview) or hasattr(values, "dtype"):
        view: Any = memoryview(values)  # type: ignore[arg-type]
        if view.ndim != 1 or view.format != "O":
            raise InputError(f"an array of format {view.format!r} holds no texts; make it text first")
    return _count(_texts(values), encoding, limits)


def count_arrow(
    source: Any, *, encoding: str | None = None, limits: Limits | None = None, threads: int | None = None
) -> Counts:
    """Count a column that speaks the Arrow PyCapsule interface, whole or in chunks."""
    check_threads(threads)  # plain Python is no faster with more of them
    return _count(_arrow_texts(source), encoding, limits)


def _count(texts: Iterable[str | None], encoding: str | None, limits: Limits | None) -> Counts:
    limits = _options(encoding, limits)
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


class Watch:
    """Characters that make a text worth a closer look; here every text is looked at."""

    def __init__(self, *, alarms: str = "", starters: str = "", opens: str = "", closes: str = "") -> None:
        self.characters = alarms + starters + opens + closes


class Filled(Counts):
    """Columns of what each row of a template comes to; masks have a bit for each field."""

    def __init__(self) -> None:
        super().__init__()
        self.is_suspect = bytearray()
        self.characters = array("i")
        self.not_gsm_fields = array("Q")
        self.extension_fields = array("Q")

    def fill(
        self, literals: list[str], values: Iterable[str | None], encoding: str | None, limits: Limits
    ) -> None:
        """Append the count of one more row."""
        cells = list(values)
        present = [cell for cell in cells if cell is not None]
        missing = len(present) < len(cells)
        pairs = zip(present, literals[1:], strict=False)
        text = None if missing else literals[0] + "".join(chain.from_iterable(pairs))
        self.add(text, encoding, limits)
        self.is_suspect.append(not missing)
        self.characters.append(len(text or ""))
        self.not_gsm_fields.append(0 if missing else _mask(not pure.is_gsm(cell) for cell in present))
        self.extension_fields.append(
            0 if missing else _mask(not pure.TWO_SEPTETS.isdisjoint(cell) for cell in present)
        )


def _mask(flags: Iterable[bool]) -> int:
    return sum(flag << at for at, flag in enumerate(flags))


def count_filled(
    literals: list[str],
    columns: list[Any],
    *,
    watch: Watch,
    encoding: str | None = None,
    limits: Limits | None = None,
    detailed: bool = False,
) -> Filled:
    """Count a template: its literals, one more than there are columns between them."""
    del watch, detailed
    limits = _options(encoding, limits)
    filled = Filled()
    for cells in zip(*(column.to_pylist() for column in columns), strict=True):
        filled.fill(literals, cells, encoding, limits)
    return filled
