"""What the core answers with, and how it says what it cannot take."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from callr_segment.alphabet.character_names import identify
from callr_segment.alphabet.emoji import SINGLE
from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION, Limits
from callr_segment.errors import InputError, NotGsmError

if TYPE_CHECKING:
    import re

GSM = frozenset(BASIC + EXTENSION) - {ESCAPE}


class Part(NamedTuple):
    """One part of a message as it is billed: its text, its units and where it stands in the whole."""

    text: str
    units: int
    start: int
    stop: int


class Culprit(NamedTuple):
    """A character, or an emoji as a whole, that forces Unicode: what, how often it occurs and where first."""

    character: str
    code_point: str
    name: str
    count: int  # type: ignore[assignment]  # the tuple's own method is not missed
    position: int


def find_blamed(text: str) -> Iterator[tuple[str, int]]:
    r"""List what GSM 03.38 lacks of a text and where, an emoji as a whole with what joins it.

    >>> list(find_blamed("\u0141 1\ufe0f\u20e3 👩\u200d💻"))
    [('Ł', 0), ('️⃣', 3), ('👩\u200d💻', 6)]
    """
    return ((match[0], match.start()) for match in _blamed().finditer(text))


@cache
def _blamed() -> re.Pattern[str]:
    import re  # noqa: PLC0415 (a third of the time this package takes to import)

    return re.compile(f"{SINGLE}|[^{re.escape(''.join(sorted(GSM)))}]")


def find_culprits(text: str, known: frozenset[str] = GSM) -> tuple[Culprit, ...]:
    """One culprit per distinct character that GSM 03.38 lacks, or whole emoji, in order of appearance.

    ``known`` are the characters that an alphabet has, beside those of GSM.
    """
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    for found, position in find_blamed(text):
        if found in known:
            continue
        counts[found] = counts.get(found, 0) + 1
        first.setdefault(found, position)
    return tuple(Culprit(found, *identify(found), count, first[found]) for found, count in counts.items())


def not_gsm(text: str, known: frozenset[str] = GSM, **where: object) -> NotGsmError:
    """Build the error for a text that GSM 03.38 cannot carry, or an alphabet that has ``known`` beside it."""
    culprits = find_culprits(text, known)
    named = ", ".join(f"{c.character!r} {c.code_point} {c.name}" for c in culprits[:3])
    more = f" and {len(culprits) - 3} more" if len(culprits) > 3 else ""
    message = (
        f"gsm cannot carry {named}{more}; replace them, pass errors='rewrite' or errors='replace', "
        "or leave encoding to the characters"
    )
    return NotGsmError(message, culprits=culprits, value=shorten(text), **where)


def check_encoding(encoding: object) -> None:
    """Refuse an encoding the API does not have."""
    if encoding is not None and not (isinstance(encoding, str) and encoding in ("gsm", "unicode")):
        shown = shorten(repr(encoding))
        raise InputError(f"encoding must be 'gsm', 'unicode' or None, not {shown}", value=encoding)


def check_limits(limits: Limits) -> None:
    """Refuse limits into which an unsplittable pair of units would not fit."""
    if (
        not isinstance(limits, (tuple, list))
        or len(limits) != 4
        or any(type(size) is not int for size in limits)
    ):
        shown = shorten(repr(limits))
        raise InputError(f"limits are four numbers such as (160, 153, 70, 67), not {shown}", value=limits)
    for single, part in (limits[:2], limits[2:]):
        if not 2 <= part <= single:
            raise InputError(f"limits need 2 <= part <= single, not {part} and {single}", value=limits)


def check_threads(threads: object) -> None:
    """Refuse a number of threads that is none."""
    if threads is not None and (not isinstance(threads, int) or threads < 1):
        raise InputError(f"threads must be at least 1, or None for all cores, not {threads!r}", value=threads)


def cores() -> int:
    """Count the cores this process may use."""
    import os  # noqa: PLC0415

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_missing(value: object) -> bool:
    """Whether a cell holds no text: None, NaN, NA or NaT."""
    return value is None or (isinstance(value, float) and value != value) or _is_pandas_missing(value)  # noqa: PLR0124


def _is_pandas_missing(value: object) -> bool:
    return type(value).__name__ in ("NAType", "NaTType")  # known without importing pandas


def not_a_text(value: object, row: int) -> InputError:
    """Build the error for a cell that is neither a text nor missing."""
    shown = shorten(repr(value))
    return InputError(
        f"row {row} holds {shown}, a {type(value).__name__}, where a text is expected; "
        "make the column text first",
        row=row,
        value=value,
    )


def shorten(text: str, limit: int = 60) -> str:
    """Cut a long text for an error message."""
    return text if len(text) <= limit else f"{text[:limit]}…"
