"""The rules: what is wrong with one text of a file, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from callr_segment.lint.dialects import Hole, Words, variants_of
from callr_segment.lint.findings import Entry, Finding, Fix
from callr_segment.lint.settings import Settings
from callr_segment.text.message import Segmentation, is_gsm, segment
from callr_segment.text.policy import DAMAGE, STOP
from callr_segment.text.rewrites import EMOJI, FOLD, SAFE, Change, list_changes, rewrite
from callr_segment.text.template import counted

__all__ = ["check_entry"]

INVISIBLE = next(rule for rule in SAFE if rule.name == "invisible")


class _Variant(NamedTuple):
    """One way a text can come out, with values in it, and where each of its own characters is from."""

    text: str
    origins: list[int | None]
    unbounded: list[Hole]


def check_entry(entry: Entry, settings: Settings, path: str = "") -> list[Finding]:
    """List what is told of a text of a file, in the order of its characters.

    >>> entry = Entry("hello", "L’été", range(6))
    >>> [(found.code, found.start, found.fix.text) for found in check_entry(entry, Settings())]
    [('SMS001', 1, "'")]
    """
    variants = [
        _variant(pieces, settings) for pieces in variants_of(entry.text, settings.dialect or entry.dialect)
    ]
    found: dict[tuple[str, int], Finding] = {}
    for variant in variants:
        for each in (*_characters(variant, entry), *_damage(variant, entry)):
            found.setdefault((each.code, each.start), each)
    for each in (*_size(variants, entry, settings), *_unbounded(variants, entry), *_stop(variants, entry)):
        found.setdefault((each.code, each.start), each)
    told = (each for each in found.values() if settings.tells(each.code, path))
    return sorted(told, key=lambda each: (each.start, each.code))


def _variant(pieces: Iterable[Words | Hole], settings: Settings) -> _Variant:
    text, origins, unbounded = "", list[int | None](), list[Hole]()
    for piece in pieces:
        if isinstance(piece, Words):
            text += piece.text
            origins += range(piece.start, piece.start + len(piece.text))
        else:
            longest = settings.fields.get(piece.name)
            unbounded += [piece] if longest is None else []
            value = "x" * longest if isinstance(longest, int) else longest or ""
            text += value
            origins += [None] * len(value)
    return _Variant(text, origins, unbounded)


def _characters(variant: _Variant, entry: Entry) -> Iterator[Finding]:
    """Find what makes a text Unicode that could be GSM, and what nobody sees."""
    for change in list_changes(variant.text, INVISIBLE):
        yield from _replaceable("SMS010", change, variant, entry, is_safe=True)
    if is_gsm(variant.text) or not is_gsm(_replaced(variant.text)):
        return
    done = {change.position for change in list_changes(variant.text, INVISIBLE)}
    done.update(place for match in re.finditer(DAMAGE, variant.text) for place in range(*match.span()))
    for code, rules in (("SMS001", SAFE), ("SMS002", FOLD), ("SMS003", (EMOJI,))):
        for whole in list_changes(variant.text, *rules):
            for change in [whole] if done.isdisjoint(_extent(whole)) else _words(whole):
                if done.isdisjoint(_extent(change)) and not is_gsm(change.before):
                    done.update(_extent(change))
                    yield from _replaceable(code, change, variant, entry, is_safe=code == "SMS001")


def _extent(change: Change) -> range:
    return range(change.position, change.position + len(change.before))


def _words(change: Change) -> list[Change]:
    """Take emoji without the spaces between them and beside them."""
    words = re.finditer(r"\S+", change.before)
    return [Change(change.position + word.start(), word[0], change.after) for word in words]


def _without_spaces(change: Change) -> Change:
    """Take an emoji without the space that goes with it."""
    emoji = change.before.strip()
    return Change(change.position + change.before.index(emoji), emoji, change.after) if emoji else change


def _replaced(text: str) -> str:
    for change in reversed(list_changes(text, *SAFE, *FOLD, EMOJI)):
        text = text[: change.position] + change.after + text[change.position + len(change.before) :]
    return text


def _replaceable(
    code: str, change: Change, variant: _Variant, entry: Entry, *, is_safe: bool
) -> Iterator[Finding]:
    narrow = _without_spaces(change)
    found, whole = (_place(each, variant, entry) for each in (narrow, change))
    if found is None or whole is None:
        return
    before = narrow.before
    shown = " ".join(f"U+{ord(char):04X}" for char in before)
    seen = f"{before} ({shown})" if code != "SMS010" and (before.isprintable() or code == "SMS003") else shown
    instead = f"write {change.after!r}" if change.after else "leave it out"
    message = {
        "SMS001": f"{seen} is not GSM; {instead}",
        "SMS002": f"{seen} is not GSM; {instead} if that may be read",
        "SMS003": f"{seen} is an emoji, and makes the message Unicode; {instead}",
        "SMS010": f"{shown} is invisible; {instead}",
    }[code]
    yield Finding(code, entry.key, *found, message, _fix(change, *whole, entry, is_safe=is_safe))


def _place(change: Change, variant: _Variant, entry: Entry) -> tuple[int, int] | None:
    """Find where a change stands in the file; None where no single place does."""
    origins = [variant.origins[at] for at in _extent(change)]
    places = [entry.offsets[origin + 1] for origin in origins if origin is not None]
    first = origins[0]
    return None if first is None or len(places) < len(origins) else (entry.offsets[first], places[-1])


def _fix(change: Change, start: int, stop: int, entry: Entry, *, is_safe: bool) -> Fix | None:
    """Tell what to write; nothing where a character is escaped, or where another could not be written."""
    if stop - start != len(change.before):
        return None
    written = [entry.escapes.get(char, char) for char in change.after]
    if None in written or (
        start == entry.offsets[0] and not change.after[:1].isalnum() and None in entry.escapes.values()
    ):
        return None
    return Fix(start, stop, "".join(filter(None, written)), is_safe)


def _damage(variant: _Variant, entry: Entry) -> Iterator[Finding]:
    for match in re.finditer(DAMAGE, variant.text):
        origin = variant.origins[match.start()]
        if origin is not None:
            stop = variant.origins[match.end() - 1]
            end = entry.offsets[stop + 1] if stop is not None else entry.offsets[origin + 1]
            message = f"{match[0]!r} looks like damage; write the text again, in UTF-8 and without escapes"
            yield Finding("SMS011", entry.key, entry.offsets[origin], end, message)


def _size(variants: list[_Variant], entry: Entry, settings: Settings) -> Iterator[Finding]:
    """Hold the longest of the variants against the limit, and against the next edge."""
    found = max(
        (segment(counted(variant.text)) for variant in variants), key=lambda each: (each.parts, each.units)
    )
    start, stop = entry.offsets[0], entry.offsets[-1]
    if settings.max_parts and found.parts > settings.max_parts:
        message = f"{_counted(found)}, over the limit of {settings.max_parts}{_saving(found, settings)}"
        yield Finding("SMS101", entry.key, start, stop, message)
    elif found.parts and found.remaining < settings.near:
        message = f"{found.remaining} units more and it takes {found.parts + 1} parts; shorten it"
        yield Finding("SMS102", entry.key, start, stop, message)


def _counted(found: Segmentation) -> str:
    return (
        f"{found.units} units of {'GSM' if found.encoding == 'gsm' else 'Unicode'} take {found.parts} parts"
    )


def _saving(found: Segmentation, settings: Settings) -> str:
    for name, rules in (("plain punctuation", SAFE), ("plain punctuation and letters", SAFE + FOLD)):
        if segment(rewrite(found.text, *rules)).parts <= settings.max_parts:
            return f"; {name} would do"
    return f"; cut {found.over_by} units or more"


def _unbounded(variants: list[_Variant], entry: Entry) -> Iterator[Finding]:
    for hole in {hole.name: hole for variant in variants for hole in variant.unbounded}.values():
        message = (
            f"nobody said how long {hole.name!r} gets; add it to fields, as a text or a number of letters"
        )
        start, stop = entry.offsets[hole.start], entry.offsets[hole.stop]
        yield Finding("SMS103", entry.key, start, stop, message)


def _stop(variants: list[_Variant], entry: Entry) -> Iterator[Finding]:
    if not all(re.search(STOP, variant.text) for variant in variants):
        message = "no STOP option; add one such as 'STOP au %STOPNUM%' if this is marketing"
        yield Finding("SMS201", entry.key, entry.offsets[0], entry.offsets[-1], message)
