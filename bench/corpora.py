"""Seeded texts of every shape that is measured, made the same on every machine."""

from __future__ import annotations

import random

SEED = 20261122
ASCII = (
    "Votre code est",
    "4821",
    "Your parcel arrives today between 2 and 4 pm",
    "call us on 0805 690 000",
    "http://clr.ac/k9Zq",
    "merci de votre confiance",
    "STOP 36180",
    "rendez-vous le 12/05 a 14h30",
    "Dear customer,",
    "your order 77120934 has shipped",
    "-20% on everything until Sunday",
    "see you soon!",
    "Rappel :",
    "pensez a confirmer votre venue",
    "reply YES to confirm or NO to cancel",
    "Thank you",
)
ACCENTS = (
    "à très bientot",
    "votre carte a été livrée",
    "à régler avant le 5",
    "déjà 2 000 clientes",
    "café & thé à volonté",
    "Grüße aus Köln",
    "¿Nos vemos mañana?",
    "où sommes-nous",
    "prix : 15 €",
)
EXTENSION = ("[offre]", "{prénom}", "a|b|c", "10 € ~ 12 €", "C:\\menu", "^^", "[1] [2] [3]")
TYPOGRAPHIC = (
    "l’offre de l’été",
    "ça vous plaît ?",
    "bientôt la fête…",
    "“promo” – à saisir",
    "reçu, garçon",
)
CJK = ("您的验证码是", "请勿告诉他人", "ご注文ありがとうございます", "배송이 시작되었습니다")
SCRIPTS = ("Ваш код подтверждения", "рады видеть вас", "مرحبا بكم في متجرنا", "ยินดีต้อนรับ")
EMOJI = ("🎉🎉", "👍🏽", "❤️", "🚚 en route", "👩‍👩‍👧‍👦", "🇫🇷", "⏰ 14h")

Pools = tuple[tuple[str, ...], ...]
MIX: tuple[tuple[float, Pools], ...] = (  # share of the texts, and what one of each kind must and may hold
    (0.68, (ASCII,)),
    (0.03, (("{ref}", "[STOP]", "a|b", "~"), ASCII)),
    (0.16, (ACCENTS, ASCII, ASCII)),
    (0.03, (EXTENSION, ACCENTS, ASCII)),
    (0.05, (TYPOGRAPHIC, ACCENTS, ASCII)),
    (0.02, (EMOJI, ASCII, ASCII)),
    (0.015, (CJK,)),
    (0.015, (SCRIPTS,)),
)
SHAPES: dict[str, Pools] = {
    "ascii": (ASCII,),
    "accents": (ACCENTS,),
    "extension": (EXTENSION,),
    "typographic": (TYPOGRAPHIC, ACCENTS),
    "cjk": (CJK,),
    "scripts": (SCRIPTS,),
    "emoji": (EMOJI, ASCII),
}


def one_text(rng: random.Random, pools: Pools, length: int) -> str:
    """Join pieces, the first from the first pool, until the text is long enough; then cut it."""
    pieces = [rng.choice(pools[0])]
    size = len(pieces[0])
    while size < length:
        piece = rng.choice(rng.choice(pools))
        pieces.append(piece)
        size += len(piece) + 1
    return " ".join(pieces)[:length]


def draw_length(rng: random.Random, mean: int) -> int:
    """Draw a length as campaigns have them: many short, a tail of several parts."""
    return min(900, max(12, int(rng.gammavariate(2.2, mean / 2.2))))


def mix(count: int = 1_000_000, *, seed: int = SEED) -> list[str]:
    """Make texts as they are sent: about 119 bytes each, 71 % ASCII, 90 % GSM."""
    rng = random.Random(seed)
    shares, kinds = zip(*MIX, strict=True)
    chosen = rng.choices(kinds, shares, k=count)
    return [one_text(rng, pools, draw_length(rng, 114)) for pools in chosen]


def short(count: int = 1_000_000, *, seed: int = SEED) -> list[str]:
    """Make texts of 40 bytes or fewer, as one-time codes are."""
    rng = random.Random(seed)
    codes = (f"Code {rng.randrange(10**6):06d} {rng.choice(ASCII)}" for _ in range(count))
    return [code[: rng.randint(12, 40)] for code in codes]


def long(count: int = 400, *, seed: int = SEED) -> list[str]:
    """Make texts of about 120 kB."""
    rng = random.Random(seed)
    return [one_text(rng, (ASCII, ACCENTS, ASCII), 120_000) for _ in range(count)]


def shape(name: str, count: int = 200_000, *, seed: int = SEED) -> list[str]:
    """Make texts of one of SHAPES, about 200 characters each."""
    rng = random.Random(seed)
    return [one_text(rng, SHAPES[name], draw_length(rng, 200)) for _ in range(count)]
