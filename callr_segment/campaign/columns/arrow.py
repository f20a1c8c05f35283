"""Columns as people have them, in any library, as Arrow columns of texts; nothing is guessed in silence."""

from __future__ import annotations

import re
import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment._core.number_records import WHOLE, is_digits
from callr_segment._core.records import is_missing, not_a_text, shorten
from callr_segment.campaign.columns.capsules import import_column
from callr_segment.campaign.columns.validation import check_array, damaged, is_text
from callr_segment.errors import InputError

__all__ = [
    "BATCH",
    "DUPLICATE",
    "MALFORMED",
    "TEXT",
    "Column",
    "arrow_column",
    "as_mask",
    "holds_texts",
    "is_arrow",
    "key_column",
    "number_column",
    "plain",
    "room",
    "text_column",
    "unmarked",
    "widened",
    "word_column",
]

BATCH = 1 << 16  # rows: small enough to stay in the cache, large enough to forget the loop around it
TEXT = pa.large_string()

DUPLICATE, MALFORMED = "\x00duplicate", "\x00malformed"
"""Columns a batch may carry beside the user's: what only the whole frame, or its first reading, tells."""

LARGEST_EXACT = 2**53
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class Column(NamedTuple):
    """A column of texts; ``malformed`` marks the rows whose lone surrogates became U+FFFD."""

    texts: pa.ChunkedArray
    malformed: np.ndarray | None = None


def room(rows: int, kind: Any) -> np.ndarray:
    """Make an array, yet to be filled, in memory of Arrow, which keeps what it is given back."""
    kind = np.dtype(kind)
    return np.frombuffer(pa.allocate_buffer(kind.itemsize * rows), kind)


def as_mask(flags: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Read Arrow booleans as a NumPy mask, false where null."""
    return flags.fill_null(False).to_numpy(zero_copy_only=False)


def arrow_column(values: Any, name: object = None, *, utf8: bool = False) -> Column:
    """Read values of any library as one Arrow column of whatever type they have, whose cells can be read.

    ``utf8`` has the texts checked too, for those whom the core will not count.
    """
    if is_arrow(values):
        column = _imported(values, name)
        check_array(column, name, utf8=utf8)
        return Column(_chunked(column))
    if hasattr(values, "to_numpy") and values.dtype == object:
        return _from_objects(values.to_numpy(), name)
    array = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)
    return _from_objects(array, name) if array.dtype.kind in "OU" else Column(_chunked(pa.array(array)))


_KEYS = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_boolean, pa.types.is_null),
    *(pa.types.is_integer, pa.types.is_float32, pa.types.is_float64, pa.types.is_decimal),
    *(pa.types.is_date, pa.types.is_time, pa.types.is_timestamp, pa.types.is_duration),
    *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary),
)


def is_arrow(values: Any) -> bool:
    """Whether values are of a library that keeps them as Arrow does, or gives them as such."""
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return True
    if isinstance(values, (pd.Series, pd.Index)):
        return values.dtype != object
    return hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__")


def _imported(values: Any, name: object) -> pa.Array | pa.ChunkedArray:
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values
    try:
        if isinstance(values, (pd.Series, pd.Index)):
            return pa.array(values, from_pandas=True)
        return import_column(values)
    except pa.ArrowInvalid as error:
        raise damaged(name, error) from error


def text_column(column: Column, name: object, *, integers: bool = False) -> Column:
    """Read a column as texts; whole numbers are digits where ``integers`` allows them."""
    kind = column.texts.type
    if holds_texts(kind):
        return column._replace(texts=plain(column.texts).cast(TEXT))
    if _all_missing(column.texts):
        return column._replace(texts=_nothing(len(column.texts)))
    if integers and pa.types.is_integer(kind):
        return column._replace(texts=column.texts.cast(TEXT))
    way_out = "format it first, to the text people will read"
    raise _wrong_type(column.texts, name, "a text", way_out)


def word_column(column: Column) -> Column:
    """Read truths and numbers as the words for them: true, false, 1, 0; what is not a number is missing."""
    kind, texts = column.texts.type, column.texts
    if pa.types.is_floating(kind):
        texts = pc.if_else(pc.is_nan(texts), None, texts)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column._replace(texts=texts.cast(TEXT))
    return column


def widened(rows: Any) -> Any:
    """Give the texts of a table or a batch 64-bit offsets, as templates and numbers need them.

    >>> widened(pa.table({"name": pa.array(["Zoé"], pa.string())})).schema.field("name").type
    DataType(large_string)
    """
    kinds = [field.with_type(TEXT) if field.type == pa.string() else field for field in rows.schema]
    schema = pa.schema(kinds)
    return rows if schema.equals(rows.schema) else rows.cast(schema)


def number_column(values: Any, name: object, *, utf8: bool = False) -> Column:
    """Read phone numbers; whole numbers among them are their digits, marked as such, with a warning.

    Texts may keep 32-bit offsets; ``utf8`` is that of `arrow_column`.
    """
    marked = _mark_whole_numbers(values)
    column = arrow_column(values if marked is None else marked, name, utf8=utf8)
    kind = column.texts.type
    if marked is not None:
        _warn_of_whole_numbers(name)
        return column
    if kind == pa.string():
        return column
    if holds_texts(kind):
        return column._replace(texts=plain(column.texts).cast(TEXT))
    if _all_missing(column.texts):
        return column._replace(texts=_nothing(len(column.texts)))
    if not (pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_integer(kind)):
        raise _wrong_type(column.texts, name, "a phone number", "make it text such as '+33639981020'")
    digits = _whole_numbers(column.texts, name).cast(TEXT)
    _warn_of_whole_numbers(name)
    return column._replace(
        texts=pc.binary_join_element_wise(digits, pa.scalar(WHOLE, TEXT), pa.scalar("", TEXT))
    )


def unmarked(number: str | None) -> str | int | None:
    """Show a number as its cell was: a whole number, if it is marked as one.

    >>> unmarked("612345678."), unmarked("06 12 34 56 78")
    (612345678, '06 12 34 56 78')
    """
    if number is not None and number.endswith(WHOLE) and is_digits(number[:-1]):
        return int(number[:-1])
    return number


def _mark_whole_numbers(values: Any) -> list[Any] | None:
    """Write whole numbers among texts as marked digits; None where they are not mixed."""
    if is_arrow(values) or getattr(values, "dtype", "object") != "object":
        return None
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind not in ("mixed-integer", "mixed", "mixed-integer-float"):
        return None
    return [
        f"{int(value)}{WHOLE}" if _is_whole_number(value) else None if is_missing(value) else value
        for value in values
    ]


def _is_whole_number(value: object) -> bool:
    """Whether a cell is a number that may be one of a phone."""
    if isinstance(value, (float, np.floating)):
        return float(value).is_integer() and 0 <= float(value) <= LARGEST_EXACT
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and int(value) >= 0


def _warn_of_whole_numbers(name: object) -> None:
    warnings.warn(
        f"column {name!r} holds numbers, not texts: read as the digits they are, without a zero that they "
        "may have begun with; read the file with this column as text to be sure",
        stacklevel=3,
    )


def _from_objects(values: np.ndarray, name: object) -> Column:
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "string":
        return _from_strings(values)
    if kind in ("integer", "floating", "empty", "boolean"):
        return Column(_chunked(pa.array(values, from_pandas=True)))
    others = (row for row, value in enumerate(values) if not (isinstance(value, str) or is_missing(value)))
    row = next(others, None)
    if row is None:  # not a number, no time and NA among texts, or alone
        return _from_strings(
            np.array([value if isinstance(value, str) else None for value in values], object)
        )
    value = values[row]
    error = not_a_text(value, row)
    place = "" if name is None else f"column {name!r}: "
    way_out = (
        "; make the whole column text, as frame[name].astype(str) does" if kind.startswith("mixed") else ""
    )
    raise InputError(f"{place}{error}{way_out}", row=row, column=name, value=value)


def _from_strings(values: np.ndarray) -> Column:
    try:
        return Column(_chunked(pa.array(values, TEXT, from_pandas=True)))
    except UnicodeEncodeError:
        mended = [
            _LONE_SURROGATES.sub("\ufffd", value) if isinstance(value, str) else None for value in values
        ]
        pairs = zip(values, mended, strict=True)
        malformed = np.fromiter(
            (isinstance(old, str) and old != new for old, new in pairs), bool, len(mended)
        )
        return Column(_chunked(pa.array(mended, TEXT)), malformed)


def _chunked(array: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def plain(array: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write dictionaries and views out, for what takes neither."""
    if pa.types.is_string_view(array.type):
        return array.cast(TEXT)
    if not pa.types.is_dictionary(array.type):
        return array
    kind = TEXT if holds_texts(array.type) else array.type.value_type
    return pa.chunked_array([chunk.dictionary.cast(kind).take(chunk.indices) for chunk in array.chunks], kind)


def key_column(array: pa.ChunkedArray, name: object) -> pa.ChunkedArray:
    """Read a column as what rows can be grouped by; what is no text, number, truth or time is refused."""
    array = plain(array)
    if any(is_kind(array.type) for is_kind in _KEYS):
        return array
    raise _wrong_type(array, name, "a text, a number or a date to group by", "make it text")


def holds_texts(kind: pa.DataType) -> bool:
    """Whether a column of this type is one of texts, whatever its layout."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return is_text(kind)


def _all_missing(array: pa.ChunkedArray) -> bool:
    if array.null_count == len(array):
        return True
    return pa.types.is_floating(array.type) and pc.all(pc.is_null(array, nan_is_null=True)).as_py()


def _nothing(length: int) -> pa.ChunkedArray:
    return _chunked(pa.nulls(length, TEXT))


def _whole_numbers(array: pa.ChunkedArray, name: object) -> pa.ChunkedArray:
    if pa.types.is_integer(array.type):
        array = array.cast(pa.int64())
    if pa.types.is_floating(array.type):
        array = array.cast(pa.float64())
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, array.type), array)
    if pa.types.is_decimal32(array.type) or pa.types.is_decimal64(array.type):
        array = array.cast(pa.decimal128(38, array.type.scale))
    exact = pc.and_(pc.equal(pc.floor(array), array), pc.less_equal(array, LARGEST_EXACT))
    exact = pc.and_(exact, pc.greater_equal(array, 0))
    if not pc.all(exact).as_py():
        raise _at_first(
            array,
            pc.fill_null(pc.invert(exact), fill_value=False),
            name,
            "is no whole number as phones have",
            "read the file with this column as text",
        )
    return array.cast(pa.int64())


def _wrong_type(array: pa.ChunkedArray, name: object, wanted: str, way_out: str) -> InputError:
    return _at_first(array, pc.is_valid(array), name, f"is {array.type}, where {wanted} is expected", way_out)


def _at_first(array: pa.ChunkedArray, guilty: Any, name: object, problem: str, way_out: str) -> InputError:
    row = pc.index(guilty, pa.scalar(True)).as_py()
    value = array[row].as_py()
    place = f"row {row}" if name is None else f"column {name!r}, row {row}"
    message = f"{place}: {shorten(repr(value))} {problem}; {way_out}"
    return InputError(message, row=row, column=name, value=value)
