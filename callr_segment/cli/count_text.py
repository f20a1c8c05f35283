"""``callr-segment count``: one text, without loading what a campaign needs."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from cyclopts import Parameter

from callr_segment import segment
from callr_segment.cli.console import print_json
from callr_segment.errors import InputError

__all__ = ["count"]

COUNTED = ("encoding", "units", "parts", "remaining", "over_by", "extensions")


def count(
    *text: Annotated[str, Parameter(allow_leading_hyphen=True)],
    encoding: Literal["gsm", "unicode"] | None = None,
    json: bool = False,
) -> None:
    """Count one text: its encoding, its parts, and the characters that make it Unicode.

    :param text: The text, in quotes. `-` reads it from standard input, without the line break at its end.
    :param encoding: Force an encoding. A text that GSM cannot carry is refused then.
    :param json: Print JSON.
    """
    if len(text) != 1:
        raise InputError(f"give one text in quotes, or - to read standard input; there are {len(text)}")
    found = segment(_standard_input() if text[0] == "-" else text[0], encoding=encoding)
    figures = {name: getattr(found, name) for name in COUNTED}
    if json:
        print_json(figures | {"culprits": [culprit._asdict() for culprit in found.culprits]})
        return
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<11}{value}")
    for at, culprit in enumerate(found.culprits):
        shown = culprit.character if culprit.character.isprintable() else " "
        what = f"{shown} {culprit.code_point} {culprit.name}"
        print(f"{'' if at else 'culprits':<11}{what}, {culprit.count} ×, first at {culprit.position}")


def _standard_input() -> str:
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise InputError(f"standard input is not UTF-8: byte {error.start} is 0x{byte:02x}") from None
    return text.removesuffix("\n").removesuffix("\r")
