"""A campaign to try things on: 2,010 recipients of a winter sale, texts in ten languages, a rate card."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from callr_segment.campaign.files.tables import open_table
from callr_segment.campaign.rates.card import RateCard

__all__ = ["FOLDER", "load"]

FOLDER = Path(__file__).parent
"""Where recipients.csv, templates.json and rates.csv are."""


def load() -> tuple[pd.DataFrame, dict[str, str], RateCard]:
    """Load the demo campaign: its recipients, its templates by name, and what a part costs in cents.

    The dirt in it is what files have: numbers in four spellings, duplicates, bad numbers, empty names.

    >>> recipients, templates, card = load()
    >>> len(recipients), len(templates), card.currency
    (2010, 11, 'EUR')
    """
    table = open_table(FOLDER / "recipients.csv")
    templates = json.loads((FOLDER / "templates.json").read_text(encoding="utf-8"))
    return table.read(table.names), templates, RateCard.read_csv(FOLDER / "rates.csv", currency="EUR")
