"""Seeded recipients of a campaign: five columns for a template, their numbers, and a card of rates."""

from __future__ import annotations

import random

import pyarrow as pa

import callr_segment as sms

SEED = 20261122
TEMPLATE = sms.Template(
    "Bonjour {first_name}, votre commande {order} de {amount} vous attend chez {shop} jusqu'au {day}. "
    "STOP au 36105"
)
DEAR = sms.Template(
    "Bonjour {first_name}, c’est les soldes chez {shop} !\xa0-30 % sur tout jusqu’au {day}. Votre bon de "
    "{amount} vous attend, commande {order} : https://mlou.fr/soldes\nSTOP au 36105"
)
COLUMNS = ("first_name", "order", "amount", "shop", "day")
NAMES = (
    "Zoé", "Marie", "Jean", "Noémie", "Luca", "Jürgen", "Emma", "Inès", "Paul", "Ana", "Théo", "Marie-Hélène",
    "Louis", "Camille", "Hugo", "Manon", "Ahmed", "Nathalie", "Sébastien", "Olivier", "Julie", "Élodie",
)  # fmt: skip
RARE_NAMES = ("Anaïs", "François", "Chloë", "Łukasz", "Sofía", "李娜", "Ольга", "Thierry 🎉")
SHOPS = (
    "Le Bon Café", "Chez Rosa", "Boulangerie Martin", "L'Épicerie", "Optique Plus", "Mode & Co", "Zoo Market",
    "Garage du Lac", "Pressing Net", "Fleurs de Nice", "Librairie Page 12",
)  # fmt: skip
DAYS = tuple(f"{day:02d}/{month:02d}" for month in range(1, 13) for day in range(1, 29))
NUMBERS = (  # how numbers begin, how many digits follow, and how often
    ("+336", 8, 50), ("+337", 8, 20), ("+324", 8, 8), ("+4915", 9, 6), ("+447", 9, 5), ("+346", 8, 4),
    ("+3934", 8, 3), ("+4179", 7, 2), ("+1415", 7, 2),
)  # fmt: skip
RATES = {
    "FR": "4.50", "BE": {"20601": "6", "20605": "7"}, "DE": "7.2", "GB": "3.9", "ES": "5.5", "IT": "5.1",
    "CH": "6.6", "US": "0.8", "3367": "4.4", "3375": "4.6", "44778": "4.2", "49157": "7.0",
}  # fmt: skip


def table(rows: int, *, seed: int = SEED) -> pa.Table:
    """Make so many recipients."""
    rng = random.Random(seed)
    starts = rng.choices(NUMBERS, [often for *_, often in NUMBERS], k=rows)
    columns = {
        "first_name": rng.choices(NAMES * 3 + RARE_NAMES, k=rows),
        "order": [f"{rng.randrange(10**8):08d}" for _ in range(rows)],
        "amount": [f"{rng.randrange(5, 400)},{rng.randrange(100):02d} €" for _ in range(rows)],
        "shop": rng.choices(SHOPS, k=rows),
        "day": rng.choices(DAYS, k=rows),
        "to": [_number(rng, start, digits) for start, digits, _ in starts],
    }
    return pa.table(columns)


def _number(rng: random.Random, start: str, digits: int) -> str:
    return f"{start}{rng.randrange(10**digits):0{digits}d}"


def card() -> sms.RateCard:
    """Make the card that prices them."""
    return sms.RateCard(RATES, currency="EUR")
