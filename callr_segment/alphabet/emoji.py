"""Which characters are emoji, and what a whole one looks like: Unicode 15, as readable ranges.

Emoji that are text unless a variation selector follows, such as © and ↔, are emoji only where it does.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["CHARACTER", "CHARACTERS", "PARTS", "PATTERN", "SELECTED", "SINGLE", "SPACES"]

_RANGES = """
20E3 231A-231B 2328 23CF 23E9-23F3 23F8-23FA 25AA-25AB 25B6 25C0 25FB-25FE 2600-2604 260E 2611 2614-2615 2618
261D 2620 2622-2623 2626 262A 262E-262F 2638-263A 2640 2642 2648-2653 265F-2660 2663 2665-2666 2668 267B
267E-267F 2692-2697 2699 269B-269C 26A0-26A1 26A7 26AA-26AB 26B0-26B1 26BD-26BE 26C4-26C5 26C8 26CE-26CF 26D1
26D3-26D4 26E9-26EA 26F0-26F5 26F7-26FA 26FD 2702 2705 2708-270D 270F 2712 2714 2716 271D 2721 2728 2733-2734
2744 2747 274C 274E 2753-2755 2757 2763-2764 2795-2797 27A1 27B0 27BF 2934-2935 2B05-2B07 2B1B-2B1C 2B50 2B55
1F004 1F0CF 1F170-1F171 1F17E-1F17F 1F18E 1F191-1F19A 1F1E6-1F1FF 1F201-1F202 1F21A 1F22F 1F232-1F23A
1F250-1F251 1F300-1F64F 1F680-1F6FF 1F7E0-1F7EB 1F7F0 1F90C-1F9FF 1FA70-1FAFF E0020-E007F
"""
_TEXT_UNLESS_SELECTED = "00A9 00AE 203C 2049 2122 2139 2194-2199 21A9-21AA 24C2 3030 303D 3297 3299"


def _characters(ranges: str) -> Iterator[str]:
    for each in ranges.split():
        first, _, last = each.partition("-")
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


def _class(ranges: str) -> str:
    return "".join("-".join(chr(int(code, 16)) for code in each.split("-")) for each in ranges.split())


CHARACTERS = tuple(_characters(_RANGES))
"""Every character that is an emoji by itself, and the pieces of keycaps, flags and skins."""

CHARACTER = f"[{_class(_RANGES)}]"

_TEXT = _class(_TEXT_UNLESS_SELECTED)
SELECTED = tuple(f"{char}\ufe0f" for char in _characters(_TEXT_UNLESS_SELECTED))
_RUN = f"(?>(?:(?:\ufe0f?\u20e3|{CHARACTER}|[{_TEXT}]\ufe0f)[\ufe0e\ufe0f]?(?:\u200d[{_TEXT}]?\ufe0f?)*)+)"
"""A run of whole emoji, with their joiners and selectors; of a keycap not its digit, which GSM has."""

SPACES = " \xa0\u202f"
_RUNS = f"(?>{_RUN}(?:[{SPACES}]+{_RUN})*)"
_BEGINS = r"(?:(?<![\s\S])|(?<=[\s(\[{«“‘„¡¿]))"
_ENDS = r"(?=\r?\n|[.,;:!?…)\]}»”’]|(?![\s\S]))"
PATTERN = "|".join(
    (
        # a line of its own
        rf"(?:(?<![\s\S])|(?<=\n)){_RUNS}\r?\n|\r?\n{_RUNS}(?![\s\S])",
        rf"[{SPACES}]{_RUNS}{_ENDS}|[ ]{_RUNS}(?=[\xa0\u202f])",
        rf"{_BEGINS}{_RUNS}[{SPACES}]?",
        _RUN,
    )
)
"""A run of emoji, with one of the two spaces or line ends that it stands between."""

PARTS = dict.fromkeys((*CHARACTERS, *_characters(_TEXT_UNLESS_SELECTED), *"\u200d\ufe0e\ufe0f"), "")
"""What is left of each character of such a run."""

_BASE = rf"(?:{CHARACTER}|[{_TEXT}](?=\ufe0f))[\U0001f3fb-\U0001f3ff]?[\ufe0e\ufe0f]?[\U000e0020-\U000e007f]*"
SINGLE = (
    "[\U0001f1e6-\U0001f1ff]{2}|\ufe0f?\u20e3\ufe0f?"
    rf"|{_BASE}(?:\u200d(?:{_BASE}|[{_TEXT}]\ufe0f?))*\u200d?"
)
"""One whole emoji: a flag, a keycap without its digit, a family with its joiners, skins and selectors."""
