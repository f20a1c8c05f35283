"""What stands beside a price or above it: the unit and the currencies that signs, words and codes mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from callr_segment.campaign.rates.money import Unit, quoted
from callr_segment.errors import RateError

__all__ = ["NOTHING_SAID", "Signs", "check_header", "read_header", "read_signs", "without_asides"]

_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
    LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
    PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
"""Of ISO 4217."""

_MAJOR = """
    EUR: € euro euros
    USD: us$ $us us
    CAD: ca$ c$ $ca
    AUD: a$ au$
    NZD: nz$
    HKD: hk$
    SGD: s$ sg$
    TWD: nt$
    MXN: mx$
    BRL: r$ real reais
    USD CAD AUD NZD HKD SGD TWD BBD BSD BZD BMD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD: $ dollar dollars
    MXN CLP COP ARS UYU DOP BRL: $ peso pesos
    GBP: £
    GBP EGP LBP SDG SYP: pound pounds
    CHF: fr sfr
    CHF XOF XAF XPF: franc francs
    XOF XAF: fcfa cfa
    XPF: fcfp cfp
    SEK NOK DKK ISK: kr
    PLN: zł zl
    CZK: kč kc
    HUF: ft
    RON MDL: lei leu
    BGN: лв lv
    RUB: ₽ руб
    UAH: ₴ грн
    TRY: ₺ tl
    INR: ₹
    INR PKR LKR NPR MUR SCR: rs
    JPY CNY: ¥
    JPY: 円
    CNY: 元 rmb
    KRW: ₩
    ZAR: r rand
    NGN: ₦
    GHS: ₵
    ILS: ₪
    THB: ฿
    VND: ₫
    PHP: ₱
    KES: ksh
    TZS: tsh
    UGX: ush
    MAD AED: dh dhs
    TND: dt
    DZD: da
    : major
"""
_CENTS = """
    : c ct cts cent cents ¢ centime centimes céntimo céntimos centesimo centesimi
    : centavo centavos cêntimo cêntimos
    EUR: eurocent eurocents ceur eurct eurcts euroct
    GBP: p penny pence
    CHF: rp rappen
    SEK: öre
    NOK DKK: øre
    PLN: gr grosz grosze groszy
    TRY: kuruş
    RUB UAH: коп
    INR: paise
"""
# Codes that are words too: in a header, money only in brackets and capitals.
_NOT_MONEY = frozenset(("all", "bob", "cop", "cup", "mad", "mop", "pen", "sos", "top", "try"))
_WORD = re.compile(r"(?:us|ca|c|au|a|nz|hk|sg|s|nt|mx|r)\$|\$(?:us|ca)\b|[^\W\d_]+|[^\w\s.,;:'’/()\[\]|-]")
_JOINED = re.compile(r"(€|us)[- ]?(?=ct|cent)")  # €-ct, US cents
_HEADER_WORD = re.compile(r"[^\W_]+\$?|[€$£¢₹₺₽₴₦₵₪¥]")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_AFTER = "sms|msg|messages?|mensajes?|messaggi?o?|mensagem|nachrichten?|bericht|parts?|segments?|units?"
_PER = re.compile(
    rf"(?:/|\b(?:per|par|pro|por|je|the|le)\b)\s*(?:1\s*)?(?:{_AFTER})s?(?:\s*parts?)?\s*(?=$|[(\[)\]€$])",
    re.IGNORECASE,
)
_WITHOUT_TAX = re.compile(
    r"(?<=[\s\d€$£])(?:h\.?\s?t\.?|hors taxes?|net(?:to)?|(?:excl?\.?|zzgl\.?|hors|sans)\s?"
    r"(?:vat|tva|btw|mwst|ust|iva|moms|dph|gst|tax|taxes?)\.?)\s*$",
    re.IGNORECASE,
)
_OF_A_HUNDRED = re.compile(r"(?<![\d.,])100(?![\d.,])|\bhundred\b", re.IGNORECASE)
_OF_A_THOUSAND = re.compile(
    r"(?<!\d)1[\s.,']?000(?!\d)|\b(?:per|par|pro|por) k\b|thousand|tausend|\bmil(?:le)?\b|\bcpm\b",
    re.IGNORECASE,
)
_MILLIONTHS = re.compile(r"\b[µμ]\s?(?:€|\$|£|eur|usd|gbp|chf)|micro", re.IGNORECASE)
_THOUSANDTHS = re.compile(r"\bm\s?(?:€|\$|£|eur|usd|gbp|chf)|milli|\bmills?\b", re.IGNORECASE)
_OTHERWISE = (
    (_OF_A_HUNDRED, "for 100 messages", 100),
    (_OF_A_THOUSAND, "for 1,000 messages", 1_000),
    (_THOUSANDTHS, "in thousandths", 1_000),
    (_MILLIONTHS, "in millionths", 1_000_000),
)


class Signs(NamedTuple):
    """What is said of a price: its unit, and the currencies it may be in; any where none is named."""

    unit: Unit | None = None
    currencies: frozenset[str] = frozenset()


NOTHING_SAID = Signs()


@lru_cache(maxsize=256)
def read_signs(text: str) -> Signs | None:
    """Read the signs, words and codes beside a price; None where one is not known, or two contradict.

    >>> read_signs("€"), read_signs("ct."), read_signs("net of rebates")
    (Signs(unit='major', currencies=frozenset({'EUR'})), Signs(unit='cents', currencies=frozenset()), None)
    """
    plain = _JOINED.sub(r"\1 ", text.lower().replace("€uro", "euro"))
    words = _WORD.findall(plain)
    if _WORD.sub("", plain).replace(".", "").strip() or not all(word in _signs() for word in words):
        return None
    return _together(_signs()[word] for word in words)


def read_header(name: str) -> tuple[str, Signs]:
    """Read the name of a column of prices: what is left of it, and what it says.

    >>> read_header("Price (EUR)")
    ('price', Signs(unit='major', currencies=frozenset({'EUR'})))
    >>> read_header("surcharge_cents"), read_header("Prix / SMS")[0]
    (('surcharge', Signs(unit='cents', currencies=frozenset())), 'prix')
    """
    plain = _PER.sub("", name.lower())
    words = _HEADER_WORD.findall(plain.replace("_", " "))
    clear = [word for word in words if word in _signs() and _is_clear(word)]
    bracketed = _WORD.findall(" ".join(_BRACKETED.findall(plain)))
    inside = [
        word for word in bracketed if word in _signs() and (word not in _NOT_MONEY or word.upper() in name)
    ]
    said = _together([_signs()[word] for word in (*clear, *inside)])
    return " ".join(word for word in words if word not in clear and word not in inside), said or NOTHING_SAID


def check_header(name: str) -> None:
    """Refuse a column of prices whose name says that they are those of many messages, or finer than cents."""
    for pattern, what, times in _OTHERWISE:
        if pattern.search(name):
            unit = "cents" if "cent" in name.lower() else "major"
            made = f'columns={{"price": lambda row: Decimal(row[{name!r}]) / {times}}}, unit="{unit}"'
            raise RateError(f"column {quoted(name)}: its prices seem to be {what}; say {made}", column=name)


def without_asides(text: str) -> str:
    """Leave out of a price what says that it is for a message, and without taxes.

    >>> without_asides("0,045 € HT"), without_asides("0.045 EUR per SMS")
    ('0,045 €', '0.045 EUR')
    """
    if not (text[-1:].isalpha() or text.endswith(".")):
        return text
    return _WITHOUT_TAX.sub("", _PER.sub("", text)).strip()


def _is_clear(word: str) -> bool:
    """Whether a word means money wherever it stands in a header, as FR, P and ALL do not."""
    return (len(word) > 2 and word not in _NOT_MONEY) or word in ("c", "ct") or not word[0].isalpha()


def _together(signs: Iterable[Signs]) -> Signs | None:
    """Join what is said: cents of a currency are cents; None where the currencies contradict."""
    unit: Unit | None = None
    currencies: frozenset[str] = frozenset()
    for said in signs:
        unit = "cents" if "cents" in (unit, said.unit) else unit or said.unit
        if currencies and said.currencies and not currencies & said.currencies:
            return None
        currencies = (
            currencies & said.currencies if currencies and said.currencies else currencies | said.currencies
        )
    return Signs(unit, currencies)


@cache
def _signs() -> dict[str, Signs]:
    units: tuple[tuple[Unit, str], ...] = (("major", _MAJOR), ("cents", _CENTS))
    found = {code.lower(): Signs("major", frozenset((code,))) for code in _CODES.split()}
    for unit, table in units:
        for line in table.strip().splitlines():
            codes, _, words = line.partition(":")
            for word in words.split():
                known = found.get(word, NOTHING_SAID).currencies
                found[word] = Signs(unit, known | frozenset(codes.split()))
    return found
