"""Classes of recipients: whom rows of one price go to. Each is made once, for all batches of a process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from callr_segment._core import columnar
from callr_segment.campaign.columns.codes import Codes, combinations, compact
from callr_segment.campaign.recipients.zones import Places, places_of
from callr_segment.text.numbers import NOTES, country_codes
from callr_segment.text.policy import CODES

__all__ = ["NOTED", "RecipientClasses", "Recipients", "classify"]

NOTED = {note: CODES[f"{note}_number"].bit for note in NOTES if note}
NOTE_BITS = np.array([NOTED[note] if note else 0 for note in NOTES], np.int64)
MOST_CLASSES = 1 << 20

LINE = np.dtype(
    [
        ("problems", np.int64),
        ("country", np.int32),
        ("network", np.int32),
        ("prefix", np.int32),
        ("is_marketing", np.bool_),
        ("has_prefix", np.bool_),
        ("is_known", np.bool_),
    ]
)


class Recipients(NamedTuple):
    """What all recipients of a class have in common, and the bits of their problems.

    ``prefix`` is the one a card knows their numbers by: "" where it knows none, None where no number decides
    the price, because there is none, or because the frame says another country than the number does.
    """

    prefix: str | None
    country: str | None
    network: str | None
    traffic: str | None
    problems: int


class _ByPlace(dict[int, Recipients]):
    """Classes of places, each made when it is asked for: most are only looked at as lines."""

    def __init__(self, places: Places | None, options: tuple[str | None, ...]) -> None:
        self._about = places, options

    def __missing__(self, code: int) -> Recipients:
        places, options = self._about
        return self.setdefault(code, _recipients_of(places, code, *options))


class RecipientClasses:
    """Classes by their code, which is the same in every batch; only those that occurred are made.

    ``lines`` has what they share, as columns (LINE) with the code -1 first; country and network are places in
    ``countries`` and ``networks``, -1 for none; a prefix is its place among those of the card, sorted, and -1
    also where nothing is said of it. A line once made never changes.
    """

    def __init__(self, places: Places | None, by_place: tuple[str | None, ...] | None = None) -> None:
        self.places = places
        self.width: int = 1 if places is None else len(places.listed) + 2  # -1 first, a lost zero last
        self.listed: dict[int, Recipients] = {} if by_place is None else _ByPlace(places, by_place)
        self.lines: np.ndarray = np.zeros(1 if by_place is None else self.width, LINE)
        self.countries: dict[str, int] = {name: at for at, name in enumerate(country_codes())}
        self.networks: dict[str, int] = {}
        self._codes: dict[Any, int] = {}
        self._options: dict[tuple[str | None, ...], int] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.listed)

    def learn_places(self, codes: np.ndarray, options: tuple[str | None, ...]) -> None:
        """Make the classes of places, each of which is its own code, that are not known yet."""
        if self.lines["is_known"][codes + 1].all():
            return
        with self._lock:
            new = codes[~self.lines["is_known"][codes + 1]]
            is_plain = np.zeros(len(new), np.bool_)
            if self.places is not None and not options[0]:
                is_plain = (new >= 0) & (new < len(self.places.listed))
                self._write_places(self.places, new[is_plain], options)
            others = new[~is_plain].tolist()
            self._write(others, [_recipients_of(self.places, code, *options) for code in others])

    def _write_places(self, places: Places, codes: np.ndarray, options: tuple[str | None, ...]) -> None:
        """Write the lines of places whose country is that of the number."""
        _, network, traffic = options
        lines = np.zeros(len(codes), LINE)
        lines["problems"], lines["country"] = NOTE_BITS[places.notes[codes]], places.countries[codes]
        lines["prefix"], lines["network"] = places.prefixes[codes], _place_in(self.networks, network)
        lines["is_marketing"], lines["has_prefix"], lines["is_known"] = traffic == "marketing", True, True
        self.lines[codes + 1] = lines

    def learn_pairs(self, keys: np.ndarray, options: Sequence[tuple[str | None, ...]]) -> np.ndarray:
        """Tell the codes of pairs of options and a place, each as one number; new ones are made."""
        option_of, place_of = keys // self.width, keys % self.width
        with self._lock:
            numbers = [self._options.setdefault(each, len(self._options)) for each in options]
            whole = np.array(numbers, np.int64)[option_of] * self.width + place_of
            known = len(self._codes)
            codes = [self._codes.setdefault(key, len(self._codes)) for key in whole.tolist()]
            self._make_room(len(self._codes) + 1)
            new = [at for at, code in enumerate(codes) if code >= known]
            pairs = zip(place_of[new].tolist(), option_of[new].tolist(), strict=True)
            made = [_recipients_of(self.places, place - 1, *options[option]) for place, option in pairs]
            self._write([codes[at] for at in new], made)
        return np.array(codes, np.int32)

    def _make_room(self, lines: int) -> None:
        if lines > len(self.lines):
            room = np.zeros(2 * lines, LINE)
            room[: len(self.lines)] = self.lines
            self.lines = room

    def _write(self, codes: list[int], made: list[Recipients]) -> None:
        if not codes:
            return
        self.listed.update(zip(codes, made, strict=True))
        countries = [_place_in(self.countries, each.country) for each in made]
        networks = [_place_in(self.networks, each.network) for each in made]
        at = np.array(codes) + 1
        self.lines["prefix"][at] = -1
        self.lines["problems"][at] = [each.problems for each in made]
        self.lines["country"][at], self.lines["network"][at] = countries, networks
        self.lines["is_marketing"][at] = [each.traffic == "marketing" for each in made]
        self.lines["has_prefix"][at] = [each.prefix is not None for each in made]
        self.lines["is_known"][at] = True


def _place_in(names: dict[str, int], name: str | None) -> int:
    return -1 if not name else names.setdefault(name, len(names))


def _recipients_of(places: Places | None, code: int, *options: str | None) -> Recipients:
    """Tell what those at a place of a number, of whom the options say so much, have in common."""
    if places is None:
        return Recipients(None, *options, problems=0)
    if not 0 <= code < len(places.listed):  # no number, or one that may be another, with a zero before it
        problem = "invalid_number" if code < 0 else "lost_zero"
        return Recipients(None, *options, problems=CODES[problem].bit)
    place, (country, network, traffic) = places.listed[code], options
    problems = NOTED[place.note] if place.note else 0
    if country and country != place.country:
        return Recipients(None, country, network, traffic, problems | CODES["country_mismatch"].bit)
    return Recipients(place.prefix, place.country, network, traffic, problems)


def classify(
    found: np.ndarray | None,
    prefixes: frozenset[str],
    options: Sequence[Codes | str | None],
    *,
    rows: int,
) -> tuple[RecipientClasses, np.ndarray, np.ndarray]:
    """Find the class of each row, by the place its number was found at, if it has one, and by its options.

    Tells the classes, the code of each row (int32), and the codes that occur.
    """
    plain = tuple(each for each in options if not isinstance(each, Codes))
    if found is not None and len(plain) == len(options):
        classes = _classes_by_place(prefixes, plain)
        used = np.frombuffer(columnar.mark_used(found, len(classes.lines) - 1), np.bool_)
        codes = np.flatnonzero(used) - 1
        classes.learn_places(codes, plain)
        return classes, found, codes
    index, combined = combinations(options, rows=rows)
    classes, keys = _classes_by_pair(None if found is None else prefixes), np.arange(len(combined))
    if found is not None:
        keys, index = compact(index * classes.width + found + 1, len(combined) * classes.width)
    codes = classes.learn_pairs(keys, combined)
    return classes, codes[index], codes


@lru_cache(maxsize=64)
def _classes_by_place(prefixes: frozenset[str], options: tuple[str | None, ...]) -> RecipientClasses:
    return RecipientClasses(places_of(prefixes), options)


def _classes_by_pair(prefixes: frozenset[str] | None) -> RecipientClasses:
    shelf = _shelf(prefixes)
    if len(shelf[0]) > MOST_CLASSES:  # full: left to those that read it
        shelf[0] = RecipientClasses(shelf[0].places)
    return shelf[0]


@lru_cache(maxsize=64)
def _shelf(prefixes: frozenset[str] | None) -> list[RecipientClasses]:
    return [RecipientClasses(None if prefixes is None else places_of(prefixes))]
