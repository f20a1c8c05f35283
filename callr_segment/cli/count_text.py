"""``callr-segment count``: one text, without loading what a campaign needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

from cyclopts import Parameter
from rich.box import ROUNDED
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

import callr_segment as sms
from callr_segment import FOLD, SAFE, Culprit, Segmentation, segment
from callr_segment.alphabet.emoji import CHARACTERS
from callr_segment.cli.console import FINE, PROBLEMS, print_json
from callr_segment.errors import InputError, counted, visible
from callr_segment.text.rewrites import EMOJI, Rewrite, replacement
from callr_segment.typing import Encoding

__all__ = ["count"]

COUNTED = ("encoding", "units", "parts", "remaining", "over_by", "extensions")
RULES: dict[str, tuple[Rewrite, ...]] = {"safe": SAFE, "fold": FOLD, "emoji": (EMOJI,)}
WIDEST, PIPED = 76, 100  # columns of a box, and where there is no terminal
MOST = 12  # culprits


def count(
    *text: Annotated[str, Parameter(allow_leading_hyphen=True)],
    encoding: Encoding | None = None,
    rewrite: str | None = None,
    max_parts: int | None = None,
    json: bool = False,
) -> int:
    """Count one text: its parts, the characters that make it Unicode, and what to write instead.

    :param text: The text, in quotes. `-` reads it from standard input, without the line break at its end.
    :param encoding: Force an encoding. A text that GSM cannot carry is refused then.
    :param rewrite: Count what rules make of it where that saves a part: safe, fold, emoji, with commas.
    :param max_parts: End with 1 where it takes more parts.
    :param json: Print JSON.
    """
    if len(text) != 1:
        raise InputError(f"give one text in quotes, or - to read standard input; there are {len(text)}")
    said = _standard_input() if text[0] == "-" else text[0]
    found = segment(_rewritten(said, rewrite), encoding=encoding)
    if json:
        figures = {name: getattr(found, name) for name in COUNTED}
        culprits = [culprit._asdict() for culprit in found.culprits]
        print_json(figures | {"culprits": culprits} | ({"text": found.text} if rewrite else {}))
    else:
        _print(found, forced=encoding is not None)
    return PROBLEMS if max_parts is not None and found.parts > max_parts else FINE


def _rewritten(text: str, names: str | None) -> str:
    chosen = [name.strip() for name in names.split(",")] if names else []
    for name in chosen:
        if name not in RULES:
            raise InputError(f"--rewrite takes {', '.join(RULES)}, not {name!r}", value=name)
    return sms.rewrite(text, *(rule for name in chosen for rule in RULES[name])) if chosen else text


def _print(found: Segmentation, *, forced: bool) -> None:
    """Print the verdict, the text part by part, and what to write instead."""
    console = Console(
        width=None if sys.stdout.isatty() else PIPED, highlight=False, markup=False, emoji=False
    )
    with console.capture() as captured:
        console.print(_verdict(found), style="bold")
        for number, part in enumerate(found.split(), start=1):
            title = f"part {number}, {counted(part.units, 'unit')}" if found.parts > 1 else None
            marked = _marked(part.text, found.culprits)
            if console.is_terminal:
                box = Panel(marked, box=ROUNDED, title=title, title_align="left")
                console.print(box, width=min(console.width, WIDEST))
            else:
                console.print(Text(f"{title}: " if title else "") + marked, soft_wrap=True)
        for line in (*_reasons(found), *([] if forced else _gains(found))):
            console.print(line, soft_wrap=True)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _verdict(found: Segmentation) -> str:
    name = "GSM" if found.encoding == "gsm" else "Unicode"
    said = f"{counted(found.parts, 'part')} of {name}: {counted(found.units, 'unit')}"
    fewer = f"; {found.over_by} fewer save a part" if found.over_by else ""
    return f"{said}, {found.remaining} more fit{fewer}"


def _marked(text: str, culprits: Sequence[Culprit]) -> Text:
    """Show a text with its culprits reversed, and signs for what cannot be seen."""
    blamed = frozenset("".join(culprit.character for culprit in culprits))
    shown = Text()
    for char in text:
        sign = "⍽" if char != " " and char.isspace() and char != "\n" else visible(char)
        shown.append(char if char == "\n" else sign, style="reverse" if char in blamed else "")
    return shown


def _reasons(found: Segmentation) -> Iterator[str]:
    """Tell of each culprit what it is and what to write instead, of the first ones at least."""
    for culprit in found.culprits[:MOST]:
        shown = culprit.character if _is_seen(culprit.character) else " "
        what = f"{shown} {culprit.code_point} {culprit.name}"
        yield f"{what}, {culprit.count} ×, first at {culprit.position}: {_remedy(culprit.character)}"
    if len(found.culprits) > MOST:
        yield f"and {len(found.culprits) - MOST} more; --json lists them all"


def _is_seen(found: str) -> bool:
    """Whether it can be printed; an emoji with its joiners can."""
    return found.isprintable() or not frozenset(CHARACTERS).isdisjoint(found)


def _remedy(char: str) -> str:
    instead, rules = replacement(char)
    if not frozenset(CHARACTERS).isdisjoint(char):
        instead, rules = "", "emoji"
    if instead is None:
        return "GSM lacks it, and has nothing like it"
    return f"{f'write {instead!r}' if instead else 'leave it out'} (--rewrite {str(rules).lower()})"


def _gains(found: Segmentation) -> Iterator[str]:
    """Tell what rewriting would save, plain punctuation before folded letters."""
    best = found.parts
    for names in ("safe", "safe,fold", "safe,fold,emoji"):
        other = segment(_rewritten(found.text, names))
        if other.parts < best:
            best = other.parts
            yield f"--rewrite {names} makes it {_verdict(other)}"


def _standard_input() -> str:
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise InputError(f"standard input is not UTF-8: byte {error.start} is 0x{byte:02x}") from None
    return text.removesuffix("\n").removesuffix("\r")
