"""Campaigns to cost: one way to do it, and random ones."""

from decimal import Decimal

import pandas as pd
from hypothesis import strategies as st

import callr_segment as sms

NUMBERS = ["+33639980102", "+33639980103", "+32470000001", "+491729925904", "+447400123456", "n/a", None]
WORDS = [
    "STOP au 36105",
    "l’été",
    "Où ça ?",
    "€ 20",
    "œuvre",
    "🎉",
    "a" * 40,
    "ж" * 30,
    "\xa0",
    "[x]",
    " ",
    "«Zoë»",
    "👩\u200d💻",
    "❤\ufe0f 🎉",
    "(🎉!",
    "x\r\ny",
    "e\u0301té",
    "\r",
    "\n",
    "שלום\u200f",
    "x.fr/é",
    "Ã©",
]
CARDS = [
    sms.RateCard({"FR": "4.5", "BE": {"20601": "6", "20605": "7"}, "GB": "2.9"}, currency="EUR"),
    sms.RateCard({"*": "1.234567"}, currency="EUR"),
    sms.RateCard.from_rows(
        [
            {"country": "FR", "cents": 4, "fee_cents": 1},
            {"prefix": "336", "cents": 3},
            {"country": "DE", "network": "26201", "cents": 5, "weight": 3},
            {"country": "DE", "network": "26202", "cents": 8, "weight": 1},
        ],
        currency="EUR",
    ),
]


def cost(frame, **options):
    """Cost a frame with the columns ``to`` and ``body``, in the ways that are not asked for otherwise."""
    if not isinstance(frame, pd.DataFrame):
        frame = pd.DataFrame({"body": frame}, dtype=object).assign(to="+33639980102")
    return sms.estimate(frame, **{"text": "{body}", "to": "to", "rates": CARDS[0], **options})


texts = st.tuples(st.sampled_from([" ", " ", "", "\n"]), st.lists(st.sampled_from(WORDS), max_size=6)).map(
    lambda pieces: pieces[0].join(pieces[1])
)
rows = st.lists(st.tuples(st.sampled_from(NUMBERS), st.none() | texts), min_size=1, max_size=6)
templates = st.tuples(
    st.sampled_from([" ", " ", "", "\n"]),
    st.lists(st.sampled_from([*WORDS, "{body}"]), min_size=1, max_size=5),
).map(lambda pieces: pieces[0].join(pieces[1]).replace("[x]", "x"))
rules = st.sampled_from(
    [
        *(sms.SAFE, sms.FOLD, sms.SAFE + sms.FOLD, sms.SAFE[:2], (sms.CURRENCY,), (sms.EMOJI, sms.EURO)),
        (*sms.SAFE, *sms.FOLD, sms.EMOJI, sms.CURRENCY),
        (sms.REPAIR, *sms.SAFE, sms.EMOJI),
        (sms.EMOJI,),
    ]
)


@st.composite
def campaigns(draw):
    """A frame and the options it is costed with."""
    frame = pd.DataFrame(draw(rows), columns=["to", "body"], dtype=object)
    options = {"text": draw(templates), "to": "to", "rates": draw(st.sampled_from([None, *CARDS]))}
    options["duplicates"] = draw(st.sampled_from(["keep", "drop"]))
    options["invalid"] = draw(st.sampled_from(["exclude", "price"]))
    options["policy"] = sms.Policy(max_parts=draw(st.sampled_from([1, 2, 255])))
    encoding = draw(st.sampled_from([None, None, "gsm", "unicode"]))
    if encoding:
        options |= {"encoding": encoding, "errors": draw(st.sampled_from(["strict", "replace", "rewrite"]))}
    return frame, options


words = st.dictionaries(
    st.sampled_from(WORDS), st.sampled_from(["", "STOP 36105", "ete", "é", "ж" * 80]), min_size=1, max_size=2
)


def figures(line):
    """Parts, cost and saving of a line of what_if: money is None where there is none."""
    money = [None if pd.isna(line[name]) else Decimal(line[name]) for name in ("cost_cents", "saved_cents")]
    return int(line["parts"]), *money


def difference(before, after):
    """The same three figures, of two estimates."""
    costs = before.cost_cents, after.cost_cents
    saved = None if None in costs else costs[0] - costs[1]
    return after.parts, costs[1], saved
