"""Options that are a column or one value for every row, and what their cells may hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callr_segment.campaign.columns.arrow import BATCH
from callr_segment.campaign.columns.codes import Codes
from callr_segment.campaign.columns.validation import check_texts
from callr_segment.errors import InputError, did_you_mean
from callr_segment.text.networks import code_beside_name, is_every_network, is_network
from callr_segment.text.numbers import country_codes
from callr_segment.typing import Encoding, Errors, Traffic

__all__ = [
    "CHOICES",
    "CONSENT",
    "MARKETING",
    "OPTIONS",
    "UNSET",
    "Setting",
    "all_missing",
    "check_column_name",
    "dictionary_array",
    "encode_option",
    "name_array",
    "read_settings",
]

NO_COUNTRIES = ("UK", "EL", "XX", "ZZ")  # those of ISO 3166 are GB and GR, and none

CHOICES: dict[str, tuple[str, ...]] = {
    "encoding": get_args(Encoding),
    "traffic": get_args(Traffic),
    "errors": get_args(Errors),
    "duplicates": ("keep", "drop"),
    "invalid": ("exclude", "price"),
}
"""Options that take one of a few words."""

OPTIONS = {
    "country": "a country such as 'FR'",
    "network": "a network such as '20801'",
    "default_region": "a country such as 'FR'",
    "encoding": "one of gsm, unicode",
    "traffic": "one of marketing, alerting",
    "sender": "a sender",
    "consent": "a yes or a no, such as oui, non, yes, no, 1, 0, true or false",
}
"""Options that are a column or one value, and what that value is."""


YES = (
    "oui",
    "o",
    "yes",
    "y",
    "ja",
    "j",
    "si",
    "sí",
    "sim",
    "true",
    "vrai",
    "wahr",
    "vero",
    "1",
    "1.0",
    "on",
    "optin",
    "opt-in",
    "opt in",
    "opted in",
)
NO = (
    "non",
    "n",
    "no",
    "nein",
    "nee",
    "não",
    "nao",
    "false",
    "faux",
    "falsch",
    "falso",
    "0",
    "0.0",
    "off",
    "optout",
    "opt-out",
    "opt out",
    "opted out",
)
CONSENT = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
"""What a cell that tells whether somebody agreed to be written to may say."""


class Setting(NamedTuple):
    """One value of an option for every message, or the column that has one for each.

    >>> Setting(option="country").clean(" fr ")
    'FR'
    """

    value: str | None = None
    column: str | None = None
    option: str | None = None

    def clean(self, cell: str) -> str:
        """Read a cell as people write it; an empty one is missing."""
        if self.option in ("country", "default_region"):
            return cell.strip().upper()
        if self.option == "consent":
            return cell.strip().casefold()
        if self.option == "network" and is_every_network(cell):  # it is not known which
            return ""
        if self.option == "network":
            return code_beside_name(cell) or cell.strip()
        return cell.strip() if self.option else cell

    @property
    def missing(self) -> str | None:
        """Read a missing cell: the API takes a message to be marketing unless told."""
        return "marketing" if self.option == "traffic" else None

    def refuses(self, value: str) -> bool:
        """Whether a cell, cleaned, is no value of this option."""
        if value and self.option == "network":  # cards may know it by name, which a plain value must not be
            return not is_network(value)
        return bool(value and self.option) and not _is_value(str(self.option), value)


UNSET, MARKETING = Setting(), Setting("marketing")


def read_settings(columns: Sequence[str], values: Mapping[str, str | None]) -> dict[str, Setting]:
    """Read options, each a column where there is one of that name, and a plain value otherwise.

    >>> read_settings(["pays"], {"country": "pays", "traffic": "alerting"})["country"].column
    'pays'
    """
    return {name: _setting(name, value, columns) for name, value in values.items()}


def check_column_name(option: str, value: object) -> None:
    """Refuse a column itself where its name is wanted."""
    if hasattr(value, "dtype") or hasattr(value, "__arrow_c_array__") or isinstance(value, list):
        name = getattr(value, "name", None)
        way_out = f"write {option}={name!r}" if isinstance(name, str) else "write its name"
        raise InputError(f"{option}= takes the name of a column, not a {type(value).__name__}; {way_out}")


def _setting(name: str, value: str | None, columns: Sequence[str]) -> Setting:
    check_column_name(name, value)
    if value is None:
        return Setting(option=name)
    if value in columns:
        return Setting(column=value, option=name)
    if name == "consent":
        message = f"consent={value!r} is not a column; {did_you_mean(value, columns)}"
        raise InputError(message, column=value, value=value)
    if not isinstance(value, str) or not _is_value(name, value):
        raise InputError(
            f"{name}={value!r} is neither a column nor {OPTIONS[name]}; {did_you_mean(value, columns)}",
            column=value,
            value=value,
        )
    return Setting(value=value, option=name)


def _is_value(option: str, value: str) -> bool:
    if option == "default_region":
        return value in country_codes()
    if option == "country":
        return len(value) == 2 and value.isascii() and value.isupper() and value not in NO_COUNTRIES
    if option == "network":
        return value.isdecimal() and len(value) in (5, 6)
    if option == "consent":
        return value in CONSENT
    return value in CHOICES.get(option, (value,))


def encode_option(
    rows: pa.RecordBatch | pa.Table, setting: Setting, *, first_row: int = 0
) -> Codes | str | None:
    """Dictionary-encode the column an option names: `Codes` (intp, -1 is missing), or the one value of all.

    A cell that is no value of the option raises InputError with its row, counted from ``first_row``.

    >>> batch = pa.record_batch({"pays": pa.array(["fr", " FR", None])})
    >>> encode_option(batch, Setting(column="pays", option="country"))
    Codes(codes=array([ 0,  0, -1]), names=['FR'])
    """
    if setting.column is None:
        return setting.value
    column = rows.column(setting.column)
    column = (column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column).dictionary_encode()
    check_texts(column.dictionary, rows.column(setting.column), setting.column, first_row=first_row)
    cells = column.dictionary.to_pylist()
    names: list[str | None] = [setting.clean(cell) for cell in cells]
    for code, (cell, name) in enumerate(zip(cells, names, strict=True)):
        if name and setting.refuses(name):
            raise _refused(cell, setting, first_row + pc.index(column.indices, code).as_py())
    names.append(setting.missing)
    known = {name: None for name in names if name or (name == "" and not setting.option)}
    places: dict[str | None, int] = {name: place for place, name in enumerate(known)}
    meaning = np.array([places.get(name, -1) for name in names])
    return Codes(meaning[column.indices.fill_null(-1).to_numpy(zero_copy_only=False)], list(known))


def _refused(cell: str, setting: Setting, row: int) -> InputError:
    message = f"row {row}, column {setting.column!r}: {cell!r} is not {OPTIONS[str(setting.option)]}"
    return InputError(message, row=row, column=setting.column, value=cell)


def dictionary_array(codes: np.ndarray, names: tuple[str, ...]) -> pa.DictionaryArray:
    """Make an Arrow column of names from codes into them; the code -1 is null.

    >>> dictionary_array(np.array([0, -1]), ("FR",)).to_pylist()
    ['FR', None]
    """
    missing = codes < 0
    if missing.all():
        return all_missing(pa.int32(), len(codes), names)
    cells = pa.array(codes, mask=missing if missing.any() else None)
    return pa.DictionaryArray.from_arrays(cells, name_array(names), safe=False)


@lru_cache(maxsize=256)
def name_array(names: tuple[str, ...]) -> pa.Array:
    """Make an array of names, the same one for all batches."""
    return pa.array(names, pa.string())


def all_missing(kind: pa.DataType, rows: int, names: tuple[str, ...]) -> pa.DictionaryArray:
    """Make a column of names, with codes of a kind, that is null in every row."""
    if rows <= BATCH:
        return _batch_all_missing(kind, names).slice(0, rows)
    return pa.DictionaryArray.from_arrays(pa.nulls(rows, kind), name_array(names), safe=False)


@lru_cache(maxsize=16)
def _batch_all_missing(kind: pa.DataType, names: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.nulls(BATCH, kind), name_array(names), safe=False)
