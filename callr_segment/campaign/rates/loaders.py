"""Price lists as records: from a table in any file or frame, and from JSON however it is nested."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from os import PathLike, fspath
from typing import Any, TypedDict

import pandas as pd
import pyarrow as pa

from callr_segment.campaign.files.csv_table import read_text_file
from callr_segment.campaign.files.layout import is_blank, is_total
from callr_segment.campaign.files.sources import Source, SourceFile, naming, open_source
from callr_segment.campaign.files.tables import TABLES, open_table
from callr_segment.campaign.files.texts import parse_json
from callr_segment.campaign.rates.column_mapping import Columns, Keep, Shape, own_name
from callr_segment.campaign.rates.countries import find_country
from callr_segment.campaign.rates.money import Unit, quoted
from callr_segment.campaign.rates.prices import PriceRule
from callr_segment.campaign.rates.rows import Record, check_columns, place_of, read_mapping_records
from callr_segment.errors import InputError, RateError, did_you_mean

__all__ = [
    "KINDS",
    "Key",
    "ReadOptions",
    "Source",
    "name_of",
    "open_source",
    "read_frame_records",
    "read_records",
    "refusing",
    "shape_of",
]

KINDS = (*TABLES, ".json")

Key = str | Sequence[str | int] | None

WORLD = 30  # countries from which a list is one of the world
NOUNS = {".csv": "line", ".tsv": "line", ".json": "entry"}
_NOTE = re.compile(
    r"[*†‡(]|[0-9]\)|(?:\S+\s+){3}\S"
)  # what stands below a table, and is no name of a country


class ReadOptions(TypedDict, total=False):
    """The options of ``RateCard.read``, which says what each means."""

    columns: Columns | None
    keep: Keep | None
    currency: str | None
    unit: Unit | None
    unpriced: Iterable[str]
    decimal: str | None
    sheet: str | int | None
    header: int | None
    key: Key
    encoding: str | None
    separator: str | None


def shape_of(file: SourceFile, options: ReadOptions) -> Shape:
    """Take from the options what says how the rows of a file are read."""
    rule = PriceRule.of(
        options.get("unit"), options.get("currency"), options.get("decimal"), options.get("unpriced", ())
    )
    noun = NOUNS.get(file.kind, "row")
    return Shape(options.get("columns"), options.get("keep"), rule, noun).check()


def name_of(source: Source) -> str:
    """Tell what to call a source: its path, or the name of an open file."""
    if isinstance(source, (str, PathLike)):
        return fspath(source)
    return str(getattr(source, "name", "an open file"))


@contextmanager
def refusing(source: SourceFile | None = None) -> Iterator[None]:
    """Refuse what cannot be read as a rate card, saying in which file."""
    try:
        with naming("" if source is None else source.name):
            yield
    except RateError:
        raise
    except InputError as error:
        raise RateError(str(error), row=error.row, column=error.column, value=error.value) from error


def read_records(file: SourceFile, shape: Shape, options: ReadOptions) -> list[Record]:
    """Read the records of a file, each with the number of its row."""
    key, encoding = options.get("key"), options.get("encoding")
    if file.kind == ".json":
        return list(_json_records(file, shape, key, encoding))
    if key is not None:
        raise RateError(f"key={key!r}: only JSON has keys; leave it out", value=key)
    asked: dict[str, Any] = {name: options.get(name) for name in ("sheet", "header", "separator")}
    table = open_table(file._replace(name=""), file_encoding=encoding, **asked)
    names = table.names
    if shape.columns is None:
        own = (own_name(name, names) for name in filter(None, names))
        check_columns(own, place=f"{table.noun} {table.header_row}", rule=shape.rule)
    rows = list(table.rows())
    while rows and _is_note(rows[-1][1], len(names)):
        rows.pop()
    return [_record(line, cells, names, table.noun) for line, cells in rows]


def _is_note(cells: Sequence[object], width: int) -> bool:
    """Whether a row below a table is no part of it: a note, or a total."""
    filled = [cell for cell in cells if not is_blank(cell)]
    return is_total(cells) or (
        width > 2 and len(filled) == 1 and isinstance(filled[0], str) and bool(_NOTE.match(filled[0].strip()))
    )


def _record(line: int, cells: Sequence[object], names: Sequence[str], noun: str) -> Record:
    if len(cells) != len(names):
        message = (
            f"{noun} {line}: {len(cells)} cells under {len(names)} columns: quote a cell that holds the"
            " separator, and write decimals after a point"
        )
        return line, RateError(message, row=line)
    return line, {name: cell for name, cell in zip(names, cells, strict=True) if name}


def read_frame_records(rows: Any) -> Iterable[Record]:
    """Read the records of a frame, or of dictionaries, counted from 1."""
    if isinstance(rows, pd.Series):
        raise RateError("a Series has no columns: write RateCard(prices.to_dict(), ...), or a DataFrame")
    if isinstance(rows, pd.DataFrame):
        rows = _with_index(rows)
        columns = [_cells(rows.iloc[:, at]) for at in range(rows.shape[1])]
        names = [str(name) for name in rows.columns]
        for name, cells in zip(names, columns, strict=True):
            _warn_of_namibia(name, cells)
        return _named(enumerate(zip(*columns, strict=True), 1), names)
    if hasattr(rows, "__arrow_c_stream__") or isinstance(rows, pa.RecordBatch):
        table = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else pa.table(rows)
        columns = [_arrow_cells(column) for column in table.columns]
        return _named(enumerate(zip(*columns, strict=True), 1), table.column_names)
    return enumerate(rows, 1)


def _warn_of_namibia(name: str, cells: Sequence[object]) -> None:
    """Warn of a list of the world's codes whose NA was read as no cell, as ``pandas.read_csv`` does."""
    codes = {cell for cell in cells if isinstance(cell, str)}
    if None in cells and "NA" not in codes and len(codes) >= WORLD and all(map(_is_code, codes)):
        warnings.warn(
            f"column {name!r} has an empty cell and no NA, Namibia: if its row is Namibia's, it prices every"
            " country that is not listed; read the list with RateCard.read, or keep_default_na=False",
            stacklevel=5,
        )


def _is_code(text: str) -> bool:
    return len(text) == 2 and find_country(text) is not None


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Make columns of an index whose levels have names."""
    named = [name for name in frame.index.names if name is not None and name not in frame.columns]
    return frame.reset_index(named) if named else frame


def _named(rows: Iterable[tuple[int, Sequence[object]]], names: Sequence[str]) -> Iterator[Record]:
    twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        raise RateError(f"two columns are called {twice!r}: rename one", column=twice)
    for line, cells in rows:
        if not all(map(is_blank, cells)):
            yield line, dict(zip(names, cells, strict=True))


def _arrow_cells(column: pa.ChunkedArray) -> list[object]:
    small = pa.types.is_float16(column.type) or pa.types.is_float32(column.type)
    return _cells(column.to_pandas()) if small else [_cell(value) for value in column.to_pylist()]


def _cells(column: pd.Series) -> list[object]:
    """Give the cells of a column as Python holds them; floats of 32 bits stay so, for their digits."""
    small = column.dtype in ("float32", "float16")
    values = list(column.to_numpy()) if small else column.tolist()
    return [_cell(value) for value in values]


def _cell(value: Any) -> Any:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
        return value.date()
    return value


def _json_records(file: SourceFile, shape: Shape, key: Key, file_encoding: str | None) -> Iterator[Record]:
    """Read an entry for each object that says a price itself, in the order of the file.

    Where none does, an object of prices by country or calling code is read as a mapping is.
    """
    tree = _at(parse_json(read_text_file(file, file_encoding)), key)
    try:
        objects = list(_objects(tree, {}, shape))
    except RecursionError:
        raise RateError("the file is nested too deep for a price list: check where it comes from") from None
    if not objects and isinstance(tree, dict) and tree and all(map(_is_place, tree)):
        yield from read_mapping_records(tree)
        return
    if tree and not objects:
        raise RateError(
            f"no object in it says a price, which is called {' or '.join(map(repr, shape.prices))}; name the"
            " column of prices, and the unit if that is not cents"
        )
    for entry, (values, held_by) in enumerate(objects, 1):
        says_where = {own_name(name, values) for name in values} | set(shape.columns or ())
        place = {} if says_where & {"country", "prefix", "mcc"} else _place_in(held_by, entry)
        yield entry, place if isinstance(place, RateError) else {**values, **place}


def _place_in(held_by: Sequence[str], entry: int) -> dict[str, object] | RateError:
    """Tell where an object is for that does not say so, by the names that hold it: FR, or FR and 20801."""
    at = next((at for at, name in enumerate(held_by) if _is_place(name)), None)
    if at is None:
        return {}
    first, *more = held_by[at:]
    if len(first.lstrip("+")) < 5 or not first.lstrip("+").isdecimal():
        if not more:
            return place_of(first)
        if len(more) == 1 and len(more[0]) in (5, 6) and more[0].isdecimal():
            return {**place_of(first), "network": more[0]}
    names = " and ".join(map(quoted, (first, *more)))
    way_out = 'make them columns, as in columns={"country": lambda row: row["keys"][0]}'
    return RateError(f"entry {entry}: no country in it, and {names} hold it: {way_out}", row=entry)


def _at(tree: Any, key: Key) -> Any:
    """Go down to where the prices stand: ``data.prices``, or the steps one by one."""
    steps: Sequence[str | int] = key.split(".") if isinstance(key, str) else key or ()
    for step in steps:
        if isinstance(tree, list) and str(step).isdecimal() and int(step) < len(tree):
            tree = tree[int(step)]
        elif isinstance(tree, dict) and str(step) in tree:
            tree = tree[str(step)]
        else:
            there = list(tree) if isinstance(tree, dict) else []
            raise RateError(f"key {key!r}: there is no {step!r}; {did_you_mean(step, there)}", value=key)
    return tree


def _is_place(key: str) -> bool:
    try:
        place_of(key)
    except RateError:
        return False
    return True


def _objects(
    node: Any, around: Mapping[str, object], shape: Shape, held_by: tuple[str, ...] = ()
) -> Iterator[tuple[dict[str, object], tuple[str, ...]]]:
    """Find the objects that say a price, each with what those around it say, and the names that hold it."""
    if isinstance(node, list):
        for each in node:
            yield from _objects(each, around, shape, held_by)
    elif isinstance(node, dict):
        own = {name: value for name, value in node.items() if not _holds_objects(value)}
        if shape.has_price(own):
            yield {**around, **({"keys": held_by} if held_by else {}), **own}, held_by
        for name, value in node.items():
            if _holds_objects(value):
                yield from _objects(value, {**around, **own, "key": name}, shape, (*held_by, name))


def _holds_objects(value: object) -> bool:
    if isinstance(value, list):
        return any(isinstance(each, (dict, list)) for each in value)
    return isinstance(value, dict)
