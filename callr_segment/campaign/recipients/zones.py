"""Where numbers are: what the longest prefix of each tells of its country, its kind, and its price."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from callr_segment import _core
from callr_segment.text.numbers import country_codes, number_zones

__all__ = ["Place", "Places", "longest_prefixes", "places_of"]


class Place(NamedTuple):
    """What there is to know of the numbers of a place: country, note, and the prefix a card knows them by."""

    country: str | None
    note: int
    prefix: str


class Places(NamedTuple):
    """Every place, and the map that finds its position by prefix; -1 is no number at all."""

    found: _core.PrefixMap
    listed: tuple[Place, ...]


@lru_cache(maxsize=64)
def places_of(prefixes: frozenset[str]) -> Places:
    """Part the numbers of the world by the country and the note they have, and by prefixes of a card.

    >>> places = places_of(frozenset({"336"}))
    >>> places.listed[places.found.find("33612345678")]
    Place(country='FR', note=0, prefix='336')
    """
    names = tuple(sorted(prefixes))
    of_zone, of_card = _zone_map(), _map_of(names)
    zones = {"": -1, **{name: of_zone.find(name) for name in names}, **number_zones()}
    ids: dict[tuple[int, int], int] = {}
    found = {prefix: ids.setdefault((zone, of_card.find(prefix)), len(ids)) for prefix, zone in zones.items()}
    listed = (_place(zone, "" if at < 0 else names[at]) for zone, at in ids)
    return Places(_core.PrefixMap(found), tuple(listed))


@cache
def _zone_map() -> _core.PrefixMap:
    return _core.PrefixMap(number_zones())


def _place(zone: int, prefix: str) -> Place:
    country, note = _core.parts_of_zone(zone)
    return Place(country_codes()[country] if country >= 0 else None, note, prefix)


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
