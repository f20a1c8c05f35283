"""What the bill tells about how Callr reads characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from callr_segment.alphabet.character_names import name_of
from callr_segment.alphabet.gsm import BASIC, EXTENSION
from callr_segment.text.message import count_parts

__all__ = ["list_characters", "list_extensions"]

_GSM = frozenset(BASIC + EXTENSION)
_EXTENSION = frozenset(EXTENSION) - {"\x1b"}


class _Said(NamedTuple):
    """A message and how it was read: as estimated, and as billed."""

    text: str
    estimated: str
    billed: str


def list_characters(rows: pd.DataFrame) -> pd.DataFrame:
    """Blame characters for every message that was billed in another encoding than estimated."""
    said = list(_said(rows))
    cleared = {char for each in said if each.billed == "gsm" for char in each.text}
    blamed: Counter[tuple[str, str]] = Counter()
    certain: set[tuple[str, str]] = set()
    for each in said:
        if each.estimated != each.billed:
            suspects = [(char, each.billed) for char in _suspects(each, cleared)]
            blamed.update(suspects)
            certain.update(suspects if len(suspects) == 1 else [])
    lines = [
        (char, f"U+{ord(char):04X}", name_of(char), read, count, (char, read) in certain)
        for (char, read), count in blamed.most_common()
    ]
    return pd.DataFrame(
        lines, columns=["character", "code_point", "name", "billed_as", "messages", "certain"]
    )


def _suspects(each: _Said, cleared: set[str]) -> Iterable[str]:
    """Name what may have made Callr read a text otherwise: extension characters first, they are in doubt."""
    characters = dict.fromkeys(each.text)
    if each.billed == "gsm":
        return [char for char in characters if char not in _GSM]
    suspects = [char for char in characters if char not in cleared]
    return [char for char in suspects if char in _EXTENSION] or suspects


def list_extensions(rows: pd.DataFrame) -> pd.DataFrame:
    """Count by extension character how many messages were read as GSM, and how many as Unicode."""
    counts: dict[str, Counter[str]] = {}
    for each in _said(rows):
        found = _EXTENSION.intersection(each.text) if each.estimated == "gsm" else ()
        for char in found:
            counts.setdefault(char, Counter())[each.billed] += 1
    lines = [(char, read["gsm"], read["unicode"]) for char, read in sorted(counts.items())]
    return pd.DataFrame(lines, columns=["character", "as_gsm", "as_unicode"])


def _said(rows: pd.DataFrame) -> Iterator[_Said]:
    """Pass over messages whose encoding was forced or is not told; where only parts are, they may tell it."""
    told = rows[rows["forced_encoding"].isna() & rows["text"].notna()]
    names = ("text", "encoding", "parts", "billed_encoding", "billed_parts")
    columns = (told[name].astype(object).tolist() for name in names)
    for text, estimated, parts, billed, billed_parts in zip(*columns, strict=True):
        read = _inferred(text, estimated, parts, billed_parts) if pd.isna(billed) else billed
        if read in ("gsm", "unicode"):
            yield _Said(text, estimated, read)


def _inferred(text: str, estimated: str, parts: int, billed_parts: int) -> str | None:
    """Tell an encoding from a part count, where the two would differ."""
    if pd.isna(billed_parts) or estimated != "gsm":
        return None
    as_unicode = count_parts(text, encoding="unicode")
    if as_unicode == parts:
        return None
    return {parts: "gsm", as_unicode: "unicode"}.get(billed_parts)
