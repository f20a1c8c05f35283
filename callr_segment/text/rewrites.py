"""Say the same in characters GSM has: only what is asked for, only where it saves a part.

Never changed: what GSM carries in one septet already, but carriage returns; anything inside a URL, a host
name or an e-mail address; joiners and variation selectors inside emoji, Arabic or Indic text; direction marks
in right-to-left text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain, combinations
from typing import TYPE_CHECKING, NamedTuple

from callr_segment._core import GSM
from callr_segment._core.hooks import FORCED
from callr_segment.alphabet import emoji
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.errors import InputError
from callr_segment.text.damage import find_repairs
from callr_segment.text.hosts import find_addresses
from callr_segment.text.message import count_parts, is_gsm, segment
from callr_segment.text.rules import (
    CURRENCY,
    CYRILLIC,
    EMOJI,
    EURO,
    FOLD,
    GREEK,
    REPAIR,
    SAFE,
    Rewrite,
    fold,
    fold_for,
)
from callr_segment.text.tables import replacements as tables
from callr_segment.text.template import counted

if TYPE_CHECKING:
    import re

__all__ = [
    "CURRENCY",
    "CYRILLIC",
    "EMOJI",
    "EURO",
    "FOLD",
    "GREEK",
    "REPAIR",
    "SAFE",
    "Change",
    "Edited",
    "Rewrite",
    "Suggestion",
    "edit",
    "fold_for",
    "list_changes",
    "replacement",
    "rewrite",
    "suggest",
    "to_gsm",
    "touches",
]

_MOST_RULES = 16
_MOST_TRIED = 200_000  # characters to replace times sets of rules

_LATIN = r"\x00-\u02ff\u1e00-\u1eff"
_PLAIN = rf"{_LATIN}\u0300-\u052f\u2000-\u206f\u20a0-\u20cf\ufe00-\ufe0f\ufeff"
_COMPOSING = frozenset(tables.MARKS + tables.COMPOSING) | frozenset(
    map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)))
)
_SPELLING = rf"""
    (?: [^{_PLAIN}] | [©®‼⁉] ) [{tables.JOINERS}]+
  | (?<! [{tables.JOINERS}] ) [{tables.JOINERS}]+ (?= [^{_PLAIN}] )
  | [^{_LATIN}\u0300-\u036f] [\u0300-\u036f]+
"""


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


def suggest(
    text: str,
    *rules: Rewrite,
    limits: Limits = LIMITS,
    saving_only: bool = True,
    keep: Iterable[tuple[int, int]] = (),
) -> tuple[Suggestion, ...]:
    """List what would save parts, the best first: most parts saved, then fewest characters changed.

    Without rules: SAFE and FOLD. Each set of rules that saves is listed, unless fewer of them save as much.
    With ``saving_only=False`` also what makes a text shorter or GSM though it has as many parts, as whoever
    writes a template may want to know. ``keep`` are the places, as (start, stop), that stay as they are.
    Of a text with very many characters to replace, the rules are tried one by one, all together, and all
    but one.

    >>> for found in suggest("Réduction d’été ! Le prêt à porter à -50 % jusqu’à samedi : à très bientôt"):
    ...     print(found.rules, found.parts_before, "→", found.parts_after, found.changes[0])
    ('punctuation', 'accents') 2 → 1 Change(position=11, before='’', after="'")
    >>> suggest("L’été", saving_only=False)[0].text
    "L'été"
    """
    _check(rules)
    before = _size(text, limits, saving_only=saving_only)
    if saving_only and before[0] < 2:
        return ()
    rules = rules or SAFE + FOLD
    kept = _kept_places(keep)
    spots = [spot for spot in _spots(text, rules) if kept.isdisjoint(_extent(spot))]
    saving: dict[frozenset[int], tuple[tuple[int, int], Suggestion]] = {}
    for chosen in _sets_of_rules(spots):
        changes = tuple(_changes(spots, chosen))
        after = _edit(text, changes)
        size = _size(after, limits, saving_only=saving_only)
        with_fewer = (found for fewer, (found, _) in saving.items() if fewer < chosen)
        if after and size < min(with_fewer, default=before):
            names = tuple(rules[place].name for place in sorted(chosen))
            saving[chosen] = size, Suggestion(names, after, before[0], size[0], changes)
    return tuple(found for _, found in sorted(saving.values(), key=_rank))


def _kept_places(keep: Iterable[tuple[int, int]]) -> frozenset[int]:
    try:
        return frozenset(chain.from_iterable(range(start, stop) for start, stop in keep))
    except (TypeError, ValueError):
        raise InputError(
            f"keep= takes places as (start, stop), such as [(8, 16)], not {keep!r:.60}", value=keep
        ) from None


def _size(text: str, limits: Limits, *, saving_only: bool) -> tuple[int, int]:
    """Parts of a text, then, where they do not tell all, its bits."""
    billed = counted(text)
    parts = count_parts(billed, limits=limits)
    if saving_only:
        return parts, 0
    found = segment(billed)
    return parts, found.units * (7 if found.encoding == "gsm" else 16)


def replacement(char: str) -> tuple[str | None, str | None]:
    """Tell what SAFE or FOLD makes of a character, and which of them; None where neither has it.

    >>> replacement("’"), replacement("œ"), replacement("Ж")
    (("'", 'SAFE'), ('oe', 'FOLD'), (None, None))
    """
    return _replacements().get(char, (None, None))


@cache
def _replacements() -> dict[str, tuple[str, str]]:
    named = [(rule, name) for name, rules in (("FOLD", FOLD), ("SAFE", SAFE)) for rule in rules]
    return {before: (after, name) for rule, name in named for before, after in rule.replacements}


def to_gsm(text: str) -> str:
    """Make any text GSM, whatever it costs in meaning: SAFE and FOLD everywhere, then ``?`` for the rest.

    This is what a forced encoding asks for. It spares neither URLs nor emoji, and may add parts.

    >>> to_gsm("« Ça va, Zoë ? » 🙂")
    '" Ça va, Zoe ? " ?'
    """
    if is_gsm(text):
        return text
    pattern, replace = _forced()
    return "".join(char if char in GSM else "?" for char in pattern.sub(replace, text))


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
    is_inside = [start <= spot.position and spot.position + len(spot.piece) <= stop for spot in spots]
    inside = [spot for spot, within in zip(spots, is_inside, strict=True) if within]
    around = [spot.piece for spot, within in zip(spots, is_inside, strict=True) if not within]
    apart = [*_pieces_of(before + "x", rules), *_pieces_of("x" + after, rules)]
    changes = tuple(_changes(inside, frozenset(range(len(rules)))))
    text = _edit(text, (change._replace(position=change.position - start) for change in changes))
    size = sum(len(change.before) for change in changes)
    return Edited(text, size, around != apart)


@lru_cache(maxsize=1024)
def _pieces_of(text: str, rules: tuple[Rewrite, ...]) -> tuple[str, ...]:
    return tuple(spot.piece for spot in _spots(text, rules))


class _Spot(NamedTuple):
    """What may be replaced, and by what according to each rule that would, by the rule's place.

    ``then`` is what other rules make of what the first made.
    """

    position: int
    piece: str
    options: dict[int, str]
    then: dict[int, str]


def _spots(text: str, rules: tuple[Rewrite, ...]) -> list[_Spot]:
    pattern, by_rule = _scanner(rules)
    found = list(pattern.finditer(text))
    repaired = list(_repaired(text, rules, by_rule)) if REPAIR in rules else []
    addresses, spelling = _kept(text) if found or repaired else (frozenset(), frozenset())
    taken = frozenset(place for spot in repaired for place in _extent(spot))
    spots = [
        _Spot(match.start(), match[0], dict(_options(match, by_rule)), dict(_then(match, by_rule)))
        for match in found
        if addresses.isdisjoint(range(*match.span()))
        and taken.isdisjoint(range(*match.span()))
        and _may_go(text, match, addresses, spelling)
    ]
    if repaired:
        spots += [spot for spot in repaired if addresses.isdisjoint(_extent(spot))]
        spots.sort(key=lambda spot: spot.position)
    return [spot for spot in spots if spot.options]


def _extent(spot: _Spot) -> range:
    return range(spot.position, spot.position + len(spot.piece))


def _may_go(text: str, match: re.Match[str], addresses: frozenset[int], spelling: frozenset[int]) -> bool:
    if match.lastgroup == "whole":
        return _stands_apart(text, match, addresses)
    is_one = match.lastgroup == "composed" or (len(match[0]) > 1 and match[0][-1] == "\ufe0f")
    return is_one or spelling.isdisjoint(range(*match.span()))


def _repaired(text: str, rules: tuple[Rewrite, ...], by_rule: tuple[dict[str, str], ...]) -> Iterator[_Spot]:
    """List what REPAIR makes of the text, and what other rules make of that."""
    place = rules.index(REPAIR)
    for start, stop, after in find_repairs(text):
        yield _Spot(start, text[start:stop], {place: after}, dict(_by_character(after, by_rule)))


def _options(match: re.Match[str], by_rule: tuple[dict[str, str], ...]) -> Iterator[tuple[int, str]]:
    piece, kind = match[0], match.lastgroup
    if kind == "whole":
        yield from _options_of_emoji(piece, by_rule)
        return
    if kind is None and len(piece) > 1:
        yield from ((place, table[piece]) for place, table in enumerate(by_rule) if piece in table)
        if piece[-1] == "\ufe0f":  # an emoji, as a whole
            return
    for place, table in enumerate(by_rule):
        after = piece
        if kind == "composed":
            if table is tables.COMPOSED:
                after = _compose(piece)
            elif _is_latin(piece[0]) and table is not emoji.PARTS:
                after = "".join(table.get(char, char) for char in piece)
        elif table is not emoji.PARTS:
            after = table.get(piece, "".join(table.get(char, char) for char in piece))
        if after != piece:
            yield place, after


def _options_of_emoji(piece: str, by_rule: tuple[dict[str, str], ...]) -> Iterator[tuple[int, str]]:
    """Leave a run of emoji out, with the space that goes with it; other rules see a sign, and the space."""
    whole = piece.strip()
    for place, table in enumerate(by_rule):
        if whole in table and table is not emoji.PARTS:
            yield place, piece.replace(whole, table[whole])
    yield by_rule.index(emoji.PARTS), ""
    for place, table in enumerate(by_rule):
        after = piece.replace("\r\n", table.get("\r\n", "\r\n"))
        after = "".join(table.get(char, char) if char in emoji.SPACES else char for char in after)
        if after != piece and whole not in table:
            yield place, after


def _then(match: re.Match[str], by_rule: tuple[dict[str, str], ...]) -> Iterator[tuple[int, str]]:
    if match.lastgroup == "composed":
        yield from _by_character(_compose(match[0]), by_rule)


def _by_character(text: str, by_rule: tuple[dict[str, str], ...]) -> Iterator[tuple[int, str]]:
    """List what each rule makes of the characters of a text."""
    for place, table in enumerate(by_rule):
        after = "".join(table.get(char, char) for char in text)
        if table is not emoji.PARTS and after != text:
            yield place, after


def _is_latin(char: str) -> bool:
    return char < "\u0300" or "\u1e00" <= char < "\u1f00"


def _compose(piece: str) -> str:
    from unicodedata import normalize  # noqa: PLC0415 (1 MB that most processes never need)

    return normalize("NFC", piece)


def _stands_apart(text: str, match: re.Match[str], addresses: frozenset[int]) -> bool:
    """Whether without an emoji what stands on both sides of it makes no address, and was none with it."""
    start, stop = match.span()
    before, after = text[max(start - 1, 0) : start], text[stop : stop + 2]
    joined = (before in tuple("@/.") and after[:1].isalnum()) or (
        after[:1] in tuple("@/.:") and after[1:].isalnum()
    )
    glued = not match[0][0].isspace() and (start - 1 in addresses or before in tuple("@/"))
    return not joined and not glued


def _sets_of_rules(spots: list[_Spot]) -> Iterator[frozenset[int]]:
    """Every set of the rules that have something to replace, the small ones first; of too many, a few."""
    places = sorted({place for spot in spots for place in (*spot.options, *spot.then)})
    few = len(spots) << len(places) > _MOST_TRIED
    sizes = {1, len(places) - 1, len(places)} if few else range(1, len(places) + 1)
    for size in sorted(sizes):
        yield from map(frozenset, combinations(places, size) if size else ())


def _changes(spots: list[_Spot], chosen: frozenset[int]) -> Iterator[Change]:
    for position, piece, options, then in spots:
        for place, after in options.items():
            if place in chosen:
                further = (then[other] for other in then if other in chosen and other != place)
                yield Change(position, piece, after if is_gsm(after) else next(further, after))
                break


def _edit(text: str, changes: Iterable[Change]) -> str:
    pieces, end = [], 0
    for position, before, after in changes:
        pieces += text[end:position], after
        end = position + len(before)
    return "".join([*pieces, text[end:]])


def _rank(found: tuple[tuple[int, int], Suggestion]) -> tuple[tuple[int, int], int]:
    size, suggestion = found
    return size, sum(len(change.before) for change in suggestion.changes)


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

    found = tuple(map(_table, rules))
    keys = sorted(set().union(*(table for table in found if table is not emoji.PARTS)), key=len, reverse=True)
    sequences = [re.escape(key) for key in keys if len(key) > 1]
    single = "".join(re.escape(key) for key in keys if len(key) == 1)
    whole = [f"(?P<whole>{emoji.PATTERN})"] if EMOJI in rules else []
    composed = [f"(?P<composed>{tables.DECOMPOSED})"] if SAFE[0] in rules else []
    pieces = [*whole, *composed, *sequences, *([f"[{single}]"] if single else [])]
    return re.compile("|".join(pieces or ["(?!)"])), found


def _table(rule: Rewrite) -> dict[str, str]:
    return {EMOJI.name: emoji.PARTS, SAFE[0].name: tables.COMPOSED}.get(rule.name) or dict(rule.replacements)


@cache
def _forced() -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]]:
    pattern, found = _scanner(SAFE + fold(""))
    merged: dict[str, str] = {}
    for table in reversed(found):
        merged |= table

    def replace(match: re.Match[str]) -> str:
        piece = _compose(match[0]) if match.lastgroup == "composed" else match[0]
        return merged.get(piece) or "".join(merged.get(char, char) for char in piece)

    return pattern, replace


def _kept(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Where nothing may be replaced: in addresses; and in joined emoji, letters and other scripts."""
    import re  # noqa: PLC0415

    spelling = re.finditer(_SPELLING, text, re.VERBOSE)
    if re.search(f"[{tables.RIGHT_TO_LEFT}]", text):
        spelling = chain(spelling, re.finditer(f"[{tables.DIRECTIONS}]", text))
    addresses = chain.from_iterable(range(*span) for span in find_addresses(text))
    return frozenset(addresses), frozenset(chain.from_iterable(range(*match.span()) for match in spelling))


def touches(rule: Rewrite, present: frozenset[str]) -> bool:
    r"""Whether a rule may have anything to replace in texts that hold these characters.

    >>> touches(GREEK, frozenset("α")), touches(EURO, frozenset("α")), touches(SAFE[0], frozenset("и\u0306"))
    (True, False, True)
    """
    if rule.name == SAFE[0].name and not present.isdisjoint(_COMPOSING):
        return True
    return any(not present.isdisjoint(before) for before, _ in rule.replacements)
