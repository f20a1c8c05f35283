"""The recipients of a batch: their numbers, what classes of them there are, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from callr_segment._core import columnar
from callr_segment._core.number_records import LOST_ZERO
from callr_segment.campaign.columns.arrow import TEXT, is_arrow, number_column, unmarked
from callr_segment.campaign.columns.codes import Codes, combinations
from callr_segment.campaign.columns.options import CONSENT, Setting, encode_option
from callr_segment.campaign.columns.validation import check_utf8
from callr_segment.campaign.recipients.addressing import Addressing
from callr_segment.campaign.recipients.classes import NOTED, RecipientClasses, Recipients, classify
from callr_segment.campaign.recipients.zones import Places, longest_prefixes, places_of
from callr_segment.errors import InputError
from callr_segment.text.numbers import NOTES_OF_MARKS, country_codes, number_plan
from callr_segment.text.policy import CODES, check_sender

__all__ = ["Audience", "read_audience", "read_numbers"]


class Audience(NamedTuple):
    """Recipients of one batch of n rows; rows of one class always have the same price.

    ``numbers`` uint64[n]: E.164 digits, 0 = none. ``classes`` int32[n]: row -> code of ``known``, what the
    classes share; ``used`` are the codes that occur. ``written`` are the texts the numbers were read from,
    where they are E.164 already. ``refused`` int64[n], or one value for all: bits of problems that are not
    those of a class.
    """

    numbers: np.ndarray
    written: pa.Array | None
    known: RecipientClasses
    classes: np.ndarray
    used: np.ndarray
    refused: np.ndarray | int

    def broadcast(self, cells: np.ndarray) -> np.ndarray:
        """Give each row the cell of its class; that of the code -1 is the first."""
        return np.roll(cells, -1)[self.classes]

    @property
    def listed(self) -> dict[int, Recipients]:
        """The classes that occur."""
        return {code: self.known.listed[code] for code in self.used.tolist()}

    @property
    def country_names(self) -> tuple[str, ...]:
        """Countries that rows can be in: those of numbers, and those the frame names besides."""
        return (*country_codes(), *sorted(self._others)) if self._others else country_codes()

    @property
    def _others(self) -> dict[str, int]:
        """Countries that rows are in and no number is, with their places among all that were ever named."""
        if len(self.known.countries) == len(country_codes()):
            return {}
        names, places = [*self.known.countries], self.known.lines["country"][self.used + 1]
        return {names[at]: at for at in np.unique(places).tolist() if at >= len(country_codes())}

    @property
    def countries(self) -> Codes:
        """Countries as the frame says them, and as the numbers do where it does not."""
        return Codes(self.broadcast(self.place_countries(self.known.lines["country"])), self.country_names)

    def place_countries(self, places: np.ndarray) -> np.ndarray:
        """Tell places among ``country_names`` by those among all countries that were ever named."""
        others = self._others
        if not others:
            return places
        meaning = np.arange(len(self.known.countries) + 1)
        meaning[-1] = -1
        for at, name in enumerate(sorted(others), len(country_codes())):
            meaning[others[name]] = at
        return meaning[places]

    @property
    def networks(self) -> Codes:
        """Networks as the frame says them."""
        if not self.known.networks:
            return Codes(np.full(len(self.classes), -1, np.int32), ())
        places = self.known.lines["network"]
        listed, occurring = [*self.known.networks], np.unique(places[self.used + 1]).tolist()
        names = sorted(listed[at] for at in occurring if at >= 0)  # an order that knows no other campaign
        meaning = np.full(len(listed) + 1, -1, np.int32)
        meaning[[self.known.networks[name] for name in names]] = np.arange(len(names))
        return Codes(self.broadcast(meaning[places]), tuple(names))

    @property
    def dialled(self) -> np.ndarray:
        """Numbers that decide the price, 0 for none."""
        return np.where(self.broadcast(self.known.lines["has_prefix"]), self.numbers, 0)

    def e164(self) -> pa.Array:
        """Write the numbers as E.164, null where there is none."""
        present = self.numbers != 0
        bits = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little"))
        if self.written is not None:
            _, offsets, data = self.written.buffers()
            offsets = offsets and offsets.slice(8 * self.written.offset)
        else:
            offsets, data = map(pa.py_buffer, columnar.write_numbers(self.numbers))
        return pa.Array.from_buffers(TEXT, len(present), [bits, offsets, data])


class _Read(NamedTuple):
    """Numbers, their places, whether the texts are E.164 already, and bits of what is to be said of some."""

    numbers: np.ndarray
    places: np.ndarray
    verbatim: bool
    noted: np.ndarray | int = 0


def read_audience(
    batch: pa.RecordBatch,
    addressing: Addressing,
    *,
    prefixes: frozenset[str] = frozenset(),
    first_row: int = 0,
) -> Audience:
    """Read whom rows go to, by ``prefixes`` of a card; without a column of numbers nobody is invalid.

    A cell that is no value of its option raises InputError with its row, counted from ``first_row``.
    """
    read_option = partial(encode_option, batch, first_row=first_row)
    places = places_of(prefixes)
    if addressing.to is None:
        read = _Read(np.zeros(len(batch), np.uint64), np.zeros(0, np.int32), verbatim=False)
    else:
        read = _parse_column(batch, addressing, read_option(addressing.default_region), places)
        _check_refused(batch.column(addressing.to), addressing.to, read.numbers, first_row)
    columns = [read_option(each) for each in (addressing.country, addressing.network, addressing.traffic)]
    found = None if addressing.to is None else read.places
    known, classes, used = classify(found, prefixes, columns, rows=len(batch))
    written = batch.column(addressing.to) if read.verbatim else None
    refused = _refused_numbers(read.numbers, addressing) | _refused_senders(read_option(addressing.sender))
    refused |= _without_consent(read_option(addressing.consent)) | read.noted
    return Audience(read.numbers, written, known, classes, used, refused)


def _check_refused(texts: pa.Array, name: str, numbers: np.ndarray, first_row: int) -> None:
    """See that what is no number is a text at least, which lists of problems will show."""
    rows = np.flatnonzero(numbers == 0)
    if len(rows):
        check_utf8(texts.take(pa.array(rows)), name, rows=first_row + rows)


def read_numbers(numbers: Iterable[Any] | None, region: Setting) -> np.ndarray:
    """Read numbers such as those that opted out, sorted; one that is no number is an error."""
    if numbers is None:
        return np.zeros(0, np.uint64)
    if isinstance(numbers, str | bytes | Mapping) or not (is_arrow(numbers) or isinstance(numbers, Iterable)):
        raise InputError("exclude is a list or a column of numbers, not one, nor a mapping", value=numbers)
    values = numbers if hasattr(numbers, "dtype") or is_arrow(numbers) else list(numbers)
    column = number_column(values, "exclude", utf8=True)
    texts = column.texts.cast(TEXT).combine_chunks()
    found = _parse(texts, region.value, places_of(frozenset())).numbers
    if not found.all():
        row = int(np.argmin(found != 0))
        value = unmarked(texts[row].as_py())
        raise InputError(
            f"exclude, row {row}: {value!r} is no phone number; mend or drop it", row=row, value=value
        )
    return _distinct(found)


def _distinct(numbers: np.ndarray) -> np.ndarray:
    """Sort numbers, each once: seven times as fast as ``np.unique``, which hashes them first."""
    found = np.sort(numbers)
    return found[np.append(True, found[1:] != found[:-1])] if len(found) else found


def _parse_column(
    batch: pa.RecordBatch, addressing: Addressing, region: Codes | str | None, places: Places
) -> _Read:
    """Read each row as its region writes numbers."""
    texts = batch.column(addressing.to)
    group, regions = combinations([region], rows=len(batch))
    if len(regions) == 1:
        return _parse(texts, regions[0][0], places)
    whole = _Read(np.zeros(len(batch), np.uint64), np.zeros(len(batch), np.int32), verbatim=True)
    noted, verbatim = np.zeros(len(batch), np.int64), True
    for number, (written_in,) in enumerate(regions):
        rows = np.flatnonzero(group == number)
        read = _parse(texts.take(pa.array(rows)), written_in, places)
        whole.numbers[rows], whole.places[rows], noted[rows] = read.numbers, read.places, read.noted
        verbatim &= read.verbatim
    return whole._replace(verbatim=verbatim, noted=noted)


def _parse(texts: pa.Array, region: str | None, places: Places) -> _Read:
    validity, offsets, data = texts.buffers()
    start, stop = 8 * texts.offset, 8 * (texts.offset + len(texts) + 1)
    found = columnar.parse_numbers(
        memoryview(offsets)[start:stop] if offsets is not None and len(texts) else bytes(8),
        data if data is not None else b"",
        validity,
        number_plan(region),
        places=places.found,
        bit_offset=texts.offset,
    )
    numbers, at = np.frombuffer(found.numbers, np.uint64), np.frombuffer(found.places, np.int32)
    statuses = np.frombuffer(found.statuses, np.uint8)
    if (lost := statuses == LOST_ZERO).any():
        at = np.where(lost, np.int32(len(places.listed)), at)
    return _Read(numbers, at, found.verbatim, _noted(statuses, numbers != 0) if found.marks else 0)


def _noted(statuses: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Bits of what is to be said of numbers that were taken out of more text, or read as foreign."""
    bits = np.zeros(len(statuses), np.int64)
    for mark, note in NOTES_OF_MARKS.items():
        bits[numbers & (statuses & mark != 0)] |= NOTED[note]
    return bits


def _refused_senders(senders: Codes | str | None) -> np.ndarray | int:
    """Bits of the senders that nobody may be written to from; each is looked at once."""
    bit = CODES["invalid_sender"].bit
    if not isinstance(senders, Codes):
        return bit if senders is not None and check_sender(senders) else 0
    bits = [bit if name and check_sender(name) else 0 for name in senders.names]
    return np.array([*bits, 0])[senders.codes]


def _without_consent(answers: Codes | str | None) -> np.ndarray | int:
    """Bits of those who did not agree to be written to, or of whom it is not known."""
    bit = CODES["no_consent"].bit
    if not isinstance(answers, Codes):
        return 0
    return np.array([*(0 if CONSENT[name] else bit for name in answers.names), bit])[answers.codes]


def _refused_numbers(numbers: np.ndarray, addressing: Addressing) -> np.ndarray | int:
    """Bits of the numbers that opted out, and of those the policy does not let through."""
    allowed, blocked = addressing.policy.allowed_prefixes, addressing.policy.blocked_prefixes
    if not (len(addressing.opted_out) or allowed or blocked):
        return 0
    found = np.frombuffer(addressing.opted_out_set.find_many(numbers), np.bool_)
    bits = np.where(found, CODES["opted_out"].bit, 0)
    if allowed:
        bits[(numbers != 0) & (longest_prefixes(numbers, allowed)[0] < 0)] |= CODES["refused_prefix"].bit
    if blocked:
        bits[longest_prefixes(numbers, blocked)[0] >= 0] |= CODES["refused_prefix"].bit
    return bits
