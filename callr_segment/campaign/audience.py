"""The recipients of a batch: their numbers, their countries, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from callr_segment import _core
from callr_segment.campaign._codes import Codes, combinations
from callr_segment.campaign._prefixes import Prefixes
from callr_segment.campaign.columns import TEXT, arrow_column, number_column
from callr_segment.campaign.messages import coded
from callr_segment.campaign.plan import Plan, Setting
from callr_segment.errors import InputError
from callr_segment.text.numbers import FICTIONAL, LANDLINE, country_codes, number_plan
from callr_segment.text.policy import CODES, check_sender

__all__ = ["Audience", "read_audience", "read_numbers"]


class Audience(NamedTuple):
    """Who a batch goes to: E.164 digits (0 for none), countries, and the bits of their problems.

    ``dialled`` are the numbers that decide the price: none where the frame says another country than the
    number does.
    """

    numbers: np.ndarray
    dialled: np.ndarray
    countries: Codes | str | None
    problems: np.ndarray

    def e164(self) -> pa.Array:
        """Write the numbers as E.164, null where there is none."""
        offsets, data = _core.write_numbers(self.numbers)
        present = np.packbits(self.numbers != 0, bitorder="little")
        return pa.Array.from_buffers(
            TEXT, len(self.numbers), [pa.py_buffer(each) for each in (present, offsets, data)]
        )


def read_audience(batch: pa.RecordBatch, plan: Plan) -> Audience:
    """Read whom each row goes to; without a column of numbers nobody is invalid."""
    problems = np.zeros(len(batch), np.int64)
    numbers, own = np.zeros(len(batch), np.uint64), None
    if plan.to is not None:
        numbers, own, notes = _parse_column(batch, plan)
        problems[numbers == 0] |= CODES["invalid_number"].bit
        problems[notes == FICTIONAL] |= CODES["fictional_number"].bit
        problems[notes == LANDLINE] |= CODES["landline_number"].bit
        problems[np.isin(numbers, plan.opted_out)] |= CODES["opted_out"].bit
        problems[_refused_prefixes(numbers, plan)] |= CODES["refused_prefix"].bit
    problems[_refused_senders(batch, plan)] |= CODES["invalid_sender"].bit
    countries = _countries(batch, plan, own)
    return Audience(numbers, _dialled(numbers, own, countries), countries, problems)


def read_numbers(numbers: Iterable[Any] | None, region: Setting) -> np.ndarray:
    """Read numbers such as those that opted out, sorted; one that is no number is an error."""
    if numbers is None:
        return np.zeros(0, np.uint64)
    values = numbers if hasattr(numbers, "dtype") else list(numbers)
    texts = number_column(arrow_column(values), "exclude").texts.combine_chunks()
    found, _, _ = _parse(texts, region.value)
    if not found.all():
        row = int(np.argmin(found != 0))
        value = texts[row].as_py()
        raise InputError(
            f"exclude, row {row}: {value!r} is no phone number; mend or drop it", row=row, value=value
        )
    return np.unique(found)


def _parse_column(batch: pa.RecordBatch, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers, countries and notes; each row is read as its region writes numbers."""
    texts = batch.column(plan.to)
    group, regions = combinations([coded(batch, plan.default_region)], rows=len(batch))
    if len(regions) == 1:
        return _parse(texts, regions[0][0])
    numbers, countries, notes = (np.zeros(len(batch), kind) for kind in (np.uint64, np.int16, np.uint8))
    for number, (region,) in enumerate(regions):
        rows = np.flatnonzero(group == number)
        numbers[rows], countries[rows], notes[rows] = _parse(texts.take(pa.array(rows)), region)
    return numbers, countries, notes


def _parse(texts: pa.Array, region: str | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    validity, offsets, data = texts.buffers()
    start, stop = 8 * texts.offset, 8 * (texts.offset + len(texts) + 1)
    found = _core.parse_numbers(
        memoryview(offsets)[start:stop] if offsets is not None and len(texts) else bytes(8),
        data if data is not None else b"",
        validity,
        number_plan(region),
        bit_offset=texts.offset,
    )
    numbers = np.frombuffer(found.numbers, np.uint64)
    return numbers, np.frombuffer(found.countries, np.int16), np.frombuffer(found.notes, np.uint8)


def _countries(batch: pa.RecordBatch, plan: Plan, own: np.ndarray | None) -> Codes | str | None:
    """Countries as the frame says them, and as the numbers do where it does not."""
    given = coded(batch, plan.country)
    if given is None:
        return None if own is None else Codes(own.astype(np.int32), country_codes())
    if not isinstance(given, Codes):
        return given
    ids = {name: number for number, name in enumerate(dict.fromkeys([*country_codes(), *given.names]))}
    codes = np.array([*(ids[name] for name in given.names), -1], np.int32)[given.codes]
    return Codes(codes if own is None else np.where(codes < 0, own, codes), list(ids))


def _dialled(numbers: np.ndarray, own: np.ndarray | None, countries: Codes | str | None) -> np.ndarray:
    if own is None:
        return numbers
    if isinstance(countries, Codes):  # those that numbers may have stand first, as in country_codes()
        return np.where(countries.codes == own, numbers, 0)
    said = country_codes().index(countries) if countries in country_codes() else -1
    return np.where(said == own, numbers, 0)


def _refused_prefixes(numbers: np.ndarray, plan: Plan) -> np.ndarray:
    allowed, blocked = plan.policy.allowed_prefixes, plan.policy.blocked_prefixes
    refused = np.zeros(len(numbers), bool)
    if allowed:
        refused |= (numbers != 0) & (Prefixes.of(allowed).longest(numbers) == 0)
    if blocked:
        refused |= Prefixes.of(blocked).longest(numbers) != 0
    return refused


def _refused_senders(batch: pa.RecordBatch, plan: Plan) -> np.ndarray:
    senders = coded(batch, plan.sender)
    if not isinstance(senders, Codes):
        return np.full(len(batch), senders is not None and bool(check_sender(senders)))
    refused = np.array([*(bool(name and check_sender(name)) for name in senders.names), False])
    return refused[senders.codes]
