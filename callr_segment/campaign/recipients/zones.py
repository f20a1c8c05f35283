"""Where numbers are: what the longest prefix of each tells of its country, its kind, and its price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from callr_segment import _core
from callr_segment._core.number_records import ZONES
from callr_segment.text.numbers import NOTES, country_and_note, country_codes, number_zones

__all__ = ["Place", "Places", "PrefixClasses", "longest_prefixes", "places_of"]


class Place(NamedTuple):
    """What there is to know of the numbers of a place: country, note, and the prefix a card knows them by."""

    country: str | None
    note: str | None
    prefix: str


class Places(NamedTuple):
    """Every place, and the map that finds its position by prefix; -1 is no number at all.

    Each stands twice in ``listed``: for numbers of the lengths that are assigned, and for others.
    ``prefixes`` int32[places] is which of the prefixes of the card, sorted, a place has, -1 where none;
    ``countries`` int32[places] which country, -1 where none; ``notes`` int8[places] which note.
    """

    found: _core.PrefixMap
    listed: tuple[Place, ...]
    prefixes: np.ndarray
    countries: np.ndarray
    notes: np.ndarray


class PrefixClasses(frozenset[str]):
    """Prefixes of a card, of which many cost the same: ``leaders`` names one for each that stands for it.

    As a set it equals any of the same prefixes; of two with leaders each is itself alone, as caches need it.
    """

    leaders: Mapping[str, str]

    def __new__(cls, leaders: Mapping[str, str]) -> PrefixClasses:
        """Take the prefixes from the names of ``leaders``."""
        made = super().__new__(cls, leaders)
        made.leaders = leaders
        return made

    def __eq__(self, other: object) -> bool:
        return self is other if isinstance(other, PrefixClasses) else super().__eq__(other)

    def __hash__(self) -> int:
        return super().__hash__()


@lru_cache(maxsize=64)
def places_of(prefixes: frozenset[str]) -> Places:
    """Part the numbers of the world by the country and the note they have, and by prefixes of a card.

    >>> from callr_segment._core.number_records import place_of
    >>> places = places_of(frozenset({"336"}))
    >>> places.listed[2 * (places.found.find("33612345678") % ZONES)]
    Place(country='FR', note=None, prefix='336')
    """
    names = tuple(sorted(prefixes))
    of_zone, of_card = _zone_map(), _map_of(names)
    leaders = prefixes.leaders if isinstance(prefixes, PrefixClasses) else {}
    at_of = {name: at for at, name in enumerate(names)}
    leader_of = [at_of[leaders.get(name, name)] for name in names]
    zones = {"": 0, **{name: max(0, of_zone.find(name)) for name in names}, **number_zones()}
    ids: dict[tuple[int, int], int] = {}
    found = {}
    for prefix, value in zones.items():
        zone = value % ZONES
        at = of_card.find(prefix)
        found[prefix] = value - zone + ids.setdefault((zone, leader_of[at] if at >= 0 else -1), len(ids))
    told = cache(country_and_note)
    listed = tuple(
        Place(*told(2 * zone + other), names[at] if at >= 0 else "") for zone, at in ids for other in (0, 1)
    )
    country_at = {None: -1, **{name: at for at, name in enumerate(country_codes())}}
    return Places(
        _core.PrefixMap(found),
        listed,
        np.repeat(np.array([at for _, at in ids], np.int32), 2),
        np.array([country_at[place.country] for place in listed], np.int32),
        np.array([NOTES.index(place.note) for place in listed], np.int8),
    )


@cache
def _zone_map() -> _core.PrefixMap:
    return _core.PrefixMap(number_zones())


@lru_cache(maxsize=64)
def _map_of(prefixes: tuple[str, ...]) -> _core.PrefixMap:
    return _core.PrefixMap({prefix: at for at, prefix in enumerate(prefixes)})


def longest_prefixes(numbers: np.ndarray, prefixes: Iterable[str]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Find the longest prefix of each number (uint64): its place among those that are returned, or -1.

    >>> longest_prefixes(np.array([33639980102, 44], np.uint64), {"33", "336"})
    (array([ 1, -1], dtype=int32), ('33', '336'))
    """
    names = tuple(sorted(prefixes))
    return np.frombuffer(_map_of(names).find_many(np.ascontiguousarray(numbers)), np.int32), names
