"""Say the same in characters GSM has: only what is asked for, only where it saves a part.

Never changed: what GSM carries in one septet already; anything inside a URL, a host name or an e-mail
address; joiners and variation selectors inside emoji, Arabic or Indic text; direction marks in right-to-left
text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from callr_segment._core.hooks import FORCED
from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION, LIMITS, Limits
from callr_segment.errors import InputError
from callr_segment.text import emoji
from callr_segment.text import replacements as tables
from callr_segment.text.message import count_parts, is_gsm
from callr_segment.text.template import counted

if TYPE_CHECKING:
    import re

__all__ = [
    "CURRENCY",
    "EMOJI",
    "EURO",
    "FOLD",
    "GREEK",
    "SAFE",
    "Change",
    "Edited",
    "Rewrite",
    "Suggestion",
    "edit",
    "list_changes",
    "replacement",
    "rewrite",
    "suggest",
    "to_gsm",
]

_ONE_SEPTET = frozenset(BASIC) - {ESCAPE}
_GSM = _ONE_SEPTET | frozenset(EXTENSION)
_MOST_RULES = 12

_LATIN = r"\x00-\u02ff\u1e00-\u1eff"
_PLAIN = rf"{_LATIN}\u0300-\u052f\u2000-\u206f\u20a0-\u20cf\ufe00-\ufe0f\ufeff"
_LETTER = r"\w\u0300-\u036f"
_ADDRESS = rf"""
    (?: :// | \b[Ww]{{3}}\. | \bmailto: ) \S* [{_LETTER}/=&\#%+~$*-]
  | (?<! [{_LETTER}.+%@-] ) [{_LETTER}.+%-]+ @ [{_LETTER}-]+ (?: \.[{_LETTER}-]+ )+
  | (?<! [{_LETTER}.-] ) [{_LETTER}-]+ (?: \.[{_LETTER}-]+ )* \.[A-Za-z]{{2,24}} (?! [{_LETTER}] )
    (?: :\d+ )? (?: [/?\#]\S* [{_LETTER}/=&\#%+~$*-] )?
"""
_SPELLING = rf"""
    (?: [^{_PLAIN}] | [©®‼⁉] ) [{tables.JOINERS}]+
  | (?<! [{tables.JOINERS}] ) [{tables.JOINERS}]+ (?= [^{_PLAIN}] )
  | [^{_LATIN}\u0300-\u036f] [\u0300-\u036f]+
"""


class _Rewrite(NamedTuple):
    name: str
    replacements: tuple[tuple[str, str], ...]
    description: str


class Rewrite(_Rewrite):
    """A named set of replacements, each of one character or a short sequence, by what GSM has.

    Raises InputError where a replacement is not GSM, or would replace what costs one septet already.

    >>> hearts = Rewrite("hearts", {"♥": "<3"}, "hearts as people type them")
    >>> hearts.replacements
    (('♥', '<3'),)
    """

    __slots__ = ()

    def __new__(
        cls, name: str, replacements: Mapping[str, str] | Iterable[tuple[str, str]], description: str = ""
    ) -> Rewrite:
        """Check the replacements."""
        pairs = _pairs_of(name, replacements)
        for before, after in pairs:
            if not before or before in _ONE_SEPTET:
                raise InputError(
                    f"rewrite {name!r} replaces {before!r}, which costs one septet at most; leave it out",
                    value=before,
                )
            if not _GSM.issuperset(after):
                raise InputError(
                    f"rewrite {name!r} makes {before!r} {after!r}, which GSM cannot carry either", value=after
                )
        return super().__new__(cls, name, pairs, description)

    def __repr__(self) -> str:
        return f"Rewrite({self.name!r}, {len(self.replacements):,} replacements)"

    def __hash__(self) -> int:  # of 1,000 pairs would cost more than a rewriting
        return hash((self.name, len(self.replacements)))


def _pairs_of(name: str, replacements: Any) -> tuple[tuple[str, str], ...]:
    try:
        pairs = tuple(dict(replacements).items())
    except (TypeError, ValueError):
        pairs = ((replacements, None),)
    for pair in pairs:
        if not all(isinstance(text, str) for text in pair):
            raise InputError(
                f"rewrite {name!r} is made of a mapping of texts such as {{'♥': '<3'}}, not of {pair!r:.60}",
                value=replacements,
            )
    return pairs


class Change(NamedTuple):
    """One replacement: where in the text it was before, what stood there and what stands there now."""

    position: int
    before: str
    after: str


class Suggestion(NamedTuple):
    """A rewriting that saves parts: the names of its rules, the text it makes and every change made."""

    rules: tuple[str, ...]
    text: str
    parts_before: int
    parts_after: int
    changes: tuple[Change, ...]


SAFE: tuple[Rewrite, ...] = (
    Rewrite("composition", tables.COMPOSED, "letters and their accents as one character (NFC)"),
    Rewrite(
        "punctuation", tables.PUNCTUATION, "typographic quotes, dashes, bullets and ellipses as typed ones"
    ),
    Rewrite("spaces", tables.SPACES, "no-break, thin and other spaces and tabs as plain spaces"),
    Rewrite(
        "invisible", tables.INVISIBLE, "zero-width characters, soft hyphens and direction marks left out"
    ),
)
"""What no reader notices."""

FOLD: tuple[Rewrite, ...] = (
    Rewrite("accents", tables.ACCENTS, "letters without the accents GSM lacks; é è à ù and the like stay"),
    Rewrite("ligatures", tables.LIGATURES, "œ and other joined letters apart"),
    Rewrite("lookalikes", tables.LOOKALIKES, "Greek capitals that look Latin as the Latin ones"),
    Rewrite(
        "letterforms", tables.LETTERFORMS, "full-width and mathematical letters and digits as plain ones"
    ),
    Rewrite("symbols", tables.SYMBOLS, "© ® ™ ° × and other symbols in letters"),
)
"""What a reader notices and understands."""

GREEK = Rewrite("greek", tables.GREEK, "Greek in unaccented capitals, which GSM has")
"""Greek as it is commonly sent in GSM; a change of style, so in neither set."""

CURRENCY = Rewrite("currency", tables.CURRENCY, "currency signs as currency codes")
"""₺ as TRY and so on; a change of wording, so in neither set."""

EMOJI = Rewrite(
    "emoji", dict.fromkeys((*emoji.SELECTED, *emoji.CHARACTERS), ""), "emoji left out, each as a whole"
)
"""A message loses what they say, so in neither set. A keycap keeps its digit; beside an address all stay."""

EURO = Rewrite("euro", {"€": "EUR"}, "EUR for €, which GSM has in two septets")
"""Saves only where an operator has no extension table; a change of wording, so in neither set."""


def rewrite(text: str, *rules: Rewrite, limits: Limits = LIMITS) -> str:
    """Rewrite a text in characters GSM has, if it is then billed as fewer parts; else return it as it is.

    Without rules: SAFE. Of the rules given, those are applied that together save the most parts, with the
    fewest changes. Tokens such as %STOPNUM% count as what will replace them.

    >>> rewrite("L’été… " * 11)[:14]
    "L'été... L'été"
    >>> rewrite("L’été… ")  # one part either way
    'L’été… '
    >>> rewrite("Ça commence : " + "ç" * 60, *SAFE, *FOLD)[:20]
    'Ça commence : cccccc'
    """
    while found := suggest(text, *(rules or SAFE), limits=limits):
        text = found[0].text
    return text


def suggest(text: str, *rules: Rewrite, limits: Limits = LIMITS) -> tuple[Suggestion, ...]:
    """List what would save parts, the best first: most parts saved, then fewest characters changed.

    Without rules: SAFE and FOLD. Each set of rules that saves is listed, unless fewer of them save as much.

    >>> for found in suggest("Réduction d’été ! Le prêt à porter à -50 % jusqu’à samedi : à très bientôt"):
    ...     print(found.rules, found.parts_before, "→", found.parts_after, found.changes[0])
    ('punctuation', 'accents') 2 → 1 Change(position=11, before='’', after="'")
    """
    _check(rules)
    before = count_parts(counted(text), limits=limits)
    if before < 2:
        return ()
    rules = rules or SAFE + FOLD
    spots = _spots(text, rules)
    saving: dict[frozenset[int], Suggestion] = {}
    for chosen in _sets_of_rules(spots):
        changes = tuple(_changes(spots, chosen))
        after = _edit(text, changes)
        parts = count_parts(counted(after), limits=limits)
        with_fewer = (found.parts_after for fewer, found in saving.items() if fewer < chosen)
        if 0 < parts < min(with_fewer, default=before):
            names = tuple(rules[place].name for place in sorted(chosen))
            saving[chosen] = Suggestion(names, after, before, parts, changes)
    return tuple(sorted(saving.values(), key=_rank))


def replacement(char: str) -> tuple[str | None, str | None]:
    """Tell what SAFE or FOLD makes of a character, and which of them; None where neither has it.

    >>> replacement("’"), replacement("œ"), replacement("Ж")
    (("'", 'SAFE'), ('oe', 'FOLD'), (None, None))
    """
    for name, rules in (("SAFE", SAFE), ("FOLD", FOLD)):
        for rule in rules:
            if (after := dict(rule.replacements).get(char)) is not None:
                return after, name
    return None, None


def to_gsm(text: str) -> str:
    """Make any text GSM, whatever it costs in meaning: SAFE and FOLD everywhere, then ``?`` for the rest.

    This is what a forced encoding asks for. It spares neither URLs nor emoji, and may add parts.

    >>> to_gsm("« Ça va, Zoë ? » 🙂")
    '" Ça va, Zoe ? " ?'
    """
    if is_gsm(text):
        return text
    pattern, replace = _forced()
    return "".join(char if char in _GSM else "?" for char in pattern.sub(replace, text))


FORCED["rewrite"] = to_gsm


def list_changes(text: str, *rules: Rewrite) -> tuple[Change, ...]:
    """List every replacement that rules make in a text, whether a part is saved or not; without rules: SAFE.

    >>> list_changes("L’été…")
    (Change(position=1, before='’', after="'"), Change(position=5, before='…', after='...'))
    """
    _check(rules)
    rules = rules or SAFE
    return tuple(_changes(_spots(text, rules), frozenset(range(len(rules)))))


class Edited(NamedTuple):
    """A piece of a text after rules were applied to it, saving or not; ``size`` counts what was replaced.

    ``doubtful``: what stands around the piece decides about it, or it about what stands around.
    """

    text: str
    size: int
    doubtful: bool


def edit(text: str, rules: tuple[Rewrite, ...], *, before: str = "", after: str = "") -> Edited:
    """Apply rules to a piece of a text, wherever they may be, looking at what stands before and after it.

    >>> edit("L’été…", SAFE)
    Edited(text="L'été...", size=2, doubtful=False)
    >>> edit("’", SAFE, before="https://x.fr/a", after="b")
    Edited(text='’', size=0, doubtful=False)
    """
    start, stop = len(before), len(before) + len(text)
    spots = _spots(before + text + after, rules)
    inside = [spot for spot in spots if start <= spot.position and spot.position + len(spot.piece) <= stop]
    around = [spot.piece for spot in spots if spot not in inside]
    apart = [spot.piece for spot in (*_spots(before + "x", rules), *_spots("x" + after, rules))]
    changes = tuple(_changes(inside, frozenset(range(len(rules)))))
    text = _edit(text, (change._replace(position=change.position - start) for change in changes))
    size = sum(len(change.before) for change in changes)
    return Edited(text, size, around != apart)


class _Spot(NamedTuple):
    """What may be replaced, and by what according to each rule that would, by the rule's place."""

    position: int
    piece: str
    options: dict[int, str]


def _spots(text: str, rules: tuple[Rewrite, ...]) -> list[_Spot]:
    pattern, tables = _scanner(rules)
    found = list(pattern.finditer(text))
    addresses, spelling = _kept(text) if found else (frozenset(), frozenset())
    return [
        _Spot(match.start(), match[0], dict(_options(match, tables)))
        for match in found
        if addresses.isdisjoint(range(*match.span()))
        and (
            _stands_apart(text, match, addresses)
            if match.lastgroup
            else spelling.isdisjoint(range(*match.span()))
        )
    ]


def _options(match: re.Match[str], tables: tuple[dict[str, str], ...]) -> Iterator[tuple[int, str]]:
    piece, whole = match[0], match.lastgroup is not None
    for place, table in enumerate(tables):
        by_character = table is emoji.PARTS if whole else table is not emoji.PARTS
        after = "".join(table.get(char, char) for char in piece) if by_character else piece
        after = table.get(piece, after)
        if after != piece and (by_character or whole):
            yield place, after


def _stands_apart(text: str, match: re.Match[str], addresses: frozenset[int]) -> bool:
    """Whether without an emoji what stands on both sides of it makes no address, and was none with it."""
    start, stop = match.span()
    before, after = text[max(start - 1, 0) : start], text[stop : stop + 2]
    joined = (before in tuple("@/.") and after[:1].isalnum()) or (
        after[:1] in tuple("@/.:") and after[1:].isalnum()
    )
    return not joined and start - 1 not in addresses


def _sets_of_rules(spots: list[_Spot]) -> Iterator[frozenset[int]]:
    """Every set of the rules that have something to replace, the small ones first."""
    places = sorted({place for spot in spots for place in spot.options})
    for size in range(1, len(places) + 1):
        yield from map(frozenset, combinations(places, size))


def _changes(spots: list[_Spot], chosen: frozenset[int]) -> Iterator[Change]:
    for position, piece, options in spots:
        for place, after in options.items():
            if place in chosen:
                yield Change(position, piece, after)
                break


def _edit(text: str, changes: Iterable[Change]) -> str:
    pieces, end = [], 0
    for position, before, after in changes:
        pieces += text[end:position], after
        end = position + len(before)
    return "".join([*pieces, text[end:]])


def _rank(found: Suggestion) -> tuple[int, int]:
    return found.parts_after, sum(len(change.before) for change in found.changes)


def _check(rules: tuple[object, ...]) -> None:
    for rule in rules:
        if not isinstance(rule, Rewrite):
            raise InputError(
                f"a rule is a Rewrite, not {rule!r:.60}; a tuple of them needs a star: *SAFE", value=rule
            )
    if len(rules) > _MOST_RULES:
        raise InputError(
            f"{len(rules)} rules are too many to try in every combination, the limit is {_MOST_RULES}; "
            "join some into one Rewrite",
            value=len(rules),
        )


@lru_cache(maxsize=64)
def _scanner(rules: tuple[Rewrite, ...]) -> tuple[re.Pattern[str], tuple[dict[str, str], ...]]:
    import re  # noqa: PLC0415 (a third of the time this package takes to import)

    tables = tuple(emoji.PARTS if rule == EMOJI else dict(rule.replacements) for rule in rules)
    keys = sorted(
        set().union(*(table for table in tables if table is not emoji.PARTS)), key=len, reverse=True
    )
    sequences = [re.escape(key) for key in keys if len(key) > 1]
    single = "".join(re.escape(key) for key in keys if len(key) == 1)
    whole = [f"(?P<whole>{emoji.PATTERN})"] if emoji.PARTS in tables else []
    pieces = [*whole, *sequences, *([f"[{single}]"] if single else [])]
    return re.compile("|".join(pieces or ["(?!)"])), tables


@cache
def _forced() -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    pattern, tables = _scanner(SAFE + FOLD)
    merged: dict[str, str] = {}
    for table in reversed(tables):
        merged |= table
    return pattern, lambda match: merged[match[0]]


def _kept(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Where nothing may be replaced: in addresses; and in joined emoji, letters and other scripts."""
    import re  # noqa: PLC0415

    spelling = re.finditer(_SPELLING, text, re.VERBOSE)
    if re.search(f"[{tables.RIGHT_TO_LEFT}]", text):
        spelling = chain(spelling, re.finditer(f"[{tables.DIRECTIONS}]", text))
    return _places(re.finditer(_ADDRESS, text, re.VERBOSE)), _places(spelling)


def _places(matches: Iterable[re.Match[str]]) -> frozenset[int]:
    return frozenset(chain.from_iterable(range(*match.span()) for match in matches))
