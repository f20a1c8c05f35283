"""Texts to send, from files: one text, or several by name in a JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from callr_segment.campaign.files.csv_table import read_text_file
from callr_segment.campaign.files.sources import SourceFile, naming
from callr_segment.errors import InputError

__all__ = ["parse_json", "read_templates", "read_text"]


def read_text(path: Path) -> str:
    """Read a text to send from a file of UTF-8, without the line break editors put at its end."""
    return _read(path).removesuffix("\n").removesuffix("\r")


def read_templates(path: Path) -> dict[str, str]:
    """Read texts by name from a JSON object; a name that stands there twice is an error."""
    text = _read(path)
    with naming(path):
        found = parse_json(text)
        if not (isinstance(found, dict) and all(isinstance(text, str) for text in found.values())):
            raise InputError('texts are a JSON object of names and texts, {"fr": "Bonjour {first_name}"}')
    return found


def _read(path: Path) -> str:
    with naming(path):
        return read_text_file(SourceFile(path.name, path.suffix, None, path.read_bytes()))


def parse_json(text: str, *, decimals: Callable[[str], Any] = str) -> Any:
    """Read JSON, with its decimals as the texts that stand there; a name that stands twice is an error.

    Raises InputError, with the line where one is to blame.

    >>> parse_json('{"FR": 0.0450}')
    {'FR': '0.0450'}
    """
    try:
        return json.loads(text, parse_float=decimals, parse_constant=_refuse, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise InputError(f"line {error.lineno}: {error.msg}; write JSON", row=error.lineno) from None
    except RecursionError:
        raise InputError("the JSON is nested too deep; check where the file comes from") from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError("the JSON holds a number of thousands of digits; check the file") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise InputError(f"two values are called {twice!r}; rename one", column=twice)
    return found


def _refuse(text: str) -> NoReturn:
    raise InputError(f"{text} is no JSON; write a number in digits, or leave it out", value=text)
