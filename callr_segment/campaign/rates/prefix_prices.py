"""The prices of a card of many prefixes, as columns: what all classes of recipients cost, at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from callr_segment.campaign.rates.rows import Row
from callr_segment.campaign.recipients.zones import PrefixClasses, places_of

__all__ = ["PrefixPrices", "list_prefix_prices"]

MANY = 1_000  # prefixes from which columns are worth their while


class PrefixPrices(NamedTuple):
    """What the prefixes of a card cost, sorted, where one row alone says so, whoever is written to and when.

    ``is_plain`` bool[prefixes] is where; ``microcents`` and ``fee_microcents`` are int64[prefixes].
    """

    is_plain: np.ndarray
    microcents: np.ndarray
    fee_microcents: np.ndarray


def list_prefix_prices(rows: Sequence[Row], prefixes: PrefixClasses) -> PrefixPrices | None:
    """List the prices of prefixes; None where they are few, or rows say more than a prefix and a price."""
    if len(prefixes) < MANY or any(map(_says_more, rows)):
        return None
    places_of(prefixes)  # which remembers them, so that the first estimate is as fast as others
    by_prefix = {row.prefix: row for row in rows if row.prefix}
    listed = [by_prefix[prefix] for prefix in sorted(prefixes)]
    return PrefixPrices(
        np.array([row.is_priced and row.low_microcents == row.high_microcents for row in listed], np.bool_),
        np.array([row.microcents for row in listed], np.int64),
        np.array([row.fee_microcents for row in listed], np.int64),
    )


def _says_more(row: Row) -> bool:
    """Whether a row holds for some only of those who have its prefix, or for a while."""
    keys = (row.network, row.traffic, row.valid_from, row.valid_to, row.prefix and row.country)
    return any(keys)
