"""What a mobile network is called: by its code, MCC and MNC together, or by its name.

The codes, and the countries they belong to, are those of ITU-T E.212 and its Operational Bulletin.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

__all__ = [
    "code_beside_name",
    "country_of_mcc",
    "is_all_but_some",
    "is_every_network",
    "is_network",
    "join_network",
    "may_be_in",
    "means_every",
]

# A name is one digit, as of a network called 3, or has a letter; 2O801 is a code with a slip in it.
_NETWORK = r"[0-9]{5,6}|[0-9]|(?!(?=\w{5,7}$)(?:.*[0-9]){4})(?=.*[^\W\d_]).{1,100}"

_LONG_MNC = frozenset(  # countries whose MNC have three digits
    map(
        str,
        (*range(310, 317), *range(342, 349, 2), *range(352, 361, 2), 302, 334, 338, 365, 366, 376, 708, 722),
    )
)
# Words by which lists say that a price is for every network, or for every other one.
_EVERY = """
    all any every each other others default rest remaining remainder else unknown none null nil
    tous toutes tout chaque autre autres défaut reste restants restantes divers inconnu inconnus
    alle allen alles andere anderen andern sonstige sonstigen übrige übrigen beliebig jedes unbekannt
    todos todas cualquier cualquiera otro otros otra otras resto demás defecto predeterminado desconocido
    qualquer outro outros outra outras restantes demais padrão desconhecido
    tutti tutte qualsiasi altro altri altre restanti predefinito sconosciuto
    overig overige elk elke iedere ander standaard onbekend
    alla andra andre övrig övriga øvrig øvrige kaikki muut
    wszystkie wszyscy inne inni pozostałe pozostali dowolna dowolny domyślna domyślny
    všechny všichni všetky všetci ostatní ostatné toate toți alte alții minden összes egyéb
    sve svi ostale ostali tüm tümü hepsi diğer
    все другие другая прочие остальные всі інші όλα όλοι άλλα άλλοι
    全部 所有 其他 其它 すべて 全て その他 모든 전체 기타
"""
_NETWORKS = """
    network networks operator operators carrier carriers provider providers mobile mobiles gsm mnc mno mnos
    réseau réseaux opérateur opérateurs netz netze netzen netzbetreiber mobilfunknetz mobilfunknetze anbieter
    red redes operador operadores operadora operadoras móvil móviles rede móvel móveis rete reti operatore
    operatori gestore gestori mobili netwerk netwerken aanbieders mobiele nät nett nettverk net netværk verkot
    operaattorit sieć sieci operatorzy sítě siete operátoři operátori rețea rețele hálózat mreže mreža şebeke
    şebekeler operatörler сеть сети операторы мережі оператори δίκτυα 网络 運営 运营商 網路 ネットワーク
"""
_EXCEPT = """
    except excepting excluding but without sauf hors excepté außer ohne salvo excepto menos tranne eccetto
    behalve
"""
_BETWEEN = " the of le la les l des de del de los las i gli le os as par per por von die der"
_COUNTRIES = """\
AD=213 AE=424,430,431 AF=412 AG=344 AI=365 AL=276 AM=283 AO=631 AR=722 AS=544 AT=232 AU=505 AW=363
AZ=400 BA=218 BB=342 BD=470 BE=206 BF=613 BG=284 BH=426 BI=642 BJ=616 BM=350 BN=528 BO=736 BR=724 BS=364
BT=402 BW=652 BY=257 BZ=702 CA=302 CD=630 CF=623 CG=629 CH=228 CI=612 CK=548 CL=730 CM=624 CN=460 CO=732
CR=712 CU=368 CV=625 CW=362 CY=280 CZ=230 DE=262 DJ=638 DK=238 DM=366 DO=370 DZ=603 EC=740 EE=248 EG=602
ER=657 ES=214 ET=636 FI=244 FJ=542 FK=750 FM=550 FO=288 FR=208 GA=628 GB=234,235 GD=352 GE=282,289
GH=620 GI=266 GL=290 GM=607 GN=611 GP=340 GQ=627 GR=202 GT=704 GW=632 GY=738 HK=454 HN=708 HR=219 HT=372
HU=216 ID=510 IE=272 IL=425 IN=404,405 IQ=418 IR=432 IS=274 IT=222 JM=338 JO=416 JP=440,441 KE=639
KG=437 KH=456 KI=545 KM=654 KN=356 KP=467 KR=450 KW=419 KY=346 KZ=401 LA=457 LB=415 LC=358 LI=295 LK=413
LR=618 LS=651 LT=246 LU=270 LV=247 LY=606 MA=604 MC=212 MD=259 ME=297 MG=646 MH=551 MK=294 ML=610 MM=414
MN=428 MO=455 MR=609 MS=354 MT=278 MU=617 MV=472 MW=650 MX=334 MY=502 MZ=643 NA=649 NC=546 NE=614 NG=621
NI=710 NL=204 NO=242 NP=429 NU=555 NR=536 NZ=530 OM=422 PA=714 PE=716 PF=547 PG=537 PH=515 PK=410 PL=260
PM=308 PR=330 PT=268 PW=552 PY=744 QA=427 RE=647 RO=226 RS=220 RU=250 RW=635 SA=420 SB=540 SC=633 SD=634
SE=240 SG=525 SH=658 SI=293 SK=231 SL=619 SM=292 SN=608 SO=637 SR=746 SS=659 ST=626 SV=706 SY=417 SZ=653
TC=376 TD=622 TG=615 TH=520 TJ=436 TL=514 TM=438 TN=605 TO=539 TR=286 TT=374 TV=553 TW=466 TZ=640 UA=255
UG=641 US=310,311,312,313,314,315,316 UY=748 UZ=434 VA=225 VC=360 VE=734 VG=348 VN=452 VU=541 WF=543
WS=549 XK=221 YE=421 ZA=655 ZM=645 ZW=648
"""


def is_network(text: str) -> bool:
    """Whether a text may be a network: MCC and MNC, or a name.

    >>> is_network("20801"), is_network("Orange"), is_network("2O801")
    (True, True, False)
    """
    return _pattern().fullmatch(text) is not None


def is_every_network(text: str) -> bool:
    """Whether a cell means every network of its country, or every other one, and is no name of any.

    >>> is_every_network("All networks"), is_every_network("Autres opérateurs"), is_every_network("Orange")
    (True, True, False)
    """
    return means_every(text, _NETWORKS) or text.strip(" #.").casefold() in ("n/a", "n.a", "na")


def means_every(text: str, nouns: str) -> bool:
    """Whether a cell means all there are, or all others, of what nouns call it; a star does too.

    >>> means_every("Rest of world", "world"), means_every("*", ""), means_every("New World", "world")
    (True, True, False)
    """
    if not text.strip(" *"):
        return "*" in text
    every, words = _words_of(_EVERY), _words(text)
    return not words.isdisjoint(every) and words <= every | _words_of(nouns + _BETWEEN)


def _words(text: str) -> frozenset[str]:
    """Cut a text into its words, without case and accents."""
    plain = "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))
    return frozenset("".join(char if char.isalnum() else " " for char in plain).split())


_words_of = cache(_words)  # of tables


def is_all_but_some(text: str) -> bool:
    """Whether a cell means every network except for some, which no row can say.

    >>> is_all_but_some("All except Orange"), is_all_but_some("Tous sauf SFR"), is_all_but_some("But")
    (True, True, False)
    """
    words = _words(text)
    return not (words.isdisjoint(_words_of(_EVERY)) or words.isdisjoint(_words_of(_EXCEPT)))


def code_beside_name(text: str) -> str | None:
    """Find the one code of MCC and MNC that stands beside a name; None where there is none.

    >>> code_beside_name("Orange (20801)"), code_beside_name("20801 - Orange"), code_beside_name("20801")
    ('20801', '20801', None)
    """
    codes = [word for word in _words(text) if word.isdecimal() and len(word) in (5, 6)]
    is_one = len(codes) == 1 and country_of_mcc(codes[0]) is not None
    return codes[0] if is_one and any(char.isalpha() for char in text) else None


@cache
def _pattern() -> re.Pattern[str]:
    import re  # noqa: PLC0415 (one text needs no network)

    return re.compile(_NETWORK)


def country_of_mcc(mcc: str) -> str | None:
    """Tell the country that an MCC, or a network that begins with it, belongs to; None where it has none.

    >>> country_of_mcc("208"), country_of_mcc("20801"), country_of_mcc("901")
    ('FR', 'FR', None)
    """
    return _countries().get(mcc[:3])


def may_be_in(network: str, country: str) -> bool:
    """Whether a network may be one of a country, as far as its MCC tells; a name may be anywhere.

    Territories without an MCC of their own share that of others, and Puerto Rico those of the United States.

    >>> may_be_in("20801", "FR"), may_be_in("26201", "FR"), may_be_in("34001", "MQ")
    (True, False, True)
    """
    home = country_of_mcc(network) if network.isdecimal() else None
    if home in (None, country) or (home, country) == ("US", "PR"):
        return True
    return country not in _countries().values()


def join_network(mcc: str, mnc: str) -> str:
    """Write MCC and MNC together, with the zeros that a spreadsheet takes from an MNC.

    >>> join_network("208", "1"), join_network("310", "4"), join_network("310", "12")
    ('20801', '310004', '31012')
    """
    digits = 3 if mcc in _LONG_MNC and len(mnc) < 2 else 2
    return mcc + mnc.zfill(digits)


@cache
def _countries() -> Mapping[str, str]:
    pairs = (each.partition("=") for each in _COUNTRIES.split())
    return {mcc: country for country, _, codes in pairs for mcc in codes.split(",")}
