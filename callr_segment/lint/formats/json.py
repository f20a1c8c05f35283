"""JSON, and the files of translations that are JSON: i18next, ARB of Flutter, string catalogues of Xcode."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from callr_segment.errors import InputError
from callr_segment.lint.findings import Entry
from callr_segment.lint.formats.escapes import Written, unescape
from callr_segment.lint.sources import Source

__all__ = ["read"]

TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|[{}\[\],:]', re.DOTALL)
WRITTEN = {'"': '\\"', "\\": "\\\\"}
ESCAPE = re.compile(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|\\u\w{4}|\\.", re.DOTALL)


def read(source: Source) -> Iterator[Entry]:
    """Read every text of a JSON file; its key is the path to it, with dots."""
    try:
        json.loads(source.text)
    except json.JSONDecodeError as error:
        raise InputError(f"{source.path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"{source.path}: not JSON that can be read: {error}") from None
    kept = _rule_of(source.path)
    for path, written in _texts(source.text):
        if written.text and kept(path):
            yield Entry(".".join(map(str, path)), *written, escapes=WRITTEN)


def _texts(text: str) -> Iterator[tuple[list[str | int], Written]]:
    """Walk valid JSON: the path and the writing of each text."""
    path: list[str | int] = []
    names: list[bool] = []  # of each open object or array: whether a name comes next
    for token in TOKEN.finditer(text):
        sign = token[0]
        if sign in "{[":
            path.append("" if sign == "{" else 0)
            names.append(sign == "{")
        elif sign in "}]":
            path.pop()
            names.pop()
        elif sign == "," and isinstance(path[-1], int):
            path[-1] += 1
        elif sign == ",":
            names[-1] = True
        elif sign != ":":
            written = unescape(token[1], token.start(1), ESCAPE, lambda match: json.loads(f'"{match[0]}"'))
            if names and names[-1]:
                path[-1], names[-1] = written.text, False
            else:
                yield path, written


def _rule_of(path: str) -> Callable[[list[str | int]], bool]:
    """Tell which texts of a file are for people, by the kind of file."""
    if path.endswith(".arb"):
        return lambda keys: not any(str(key).startswith("@") for key in keys)
    if path.endswith(".xcstrings"):
        return lambda keys: keys[-2:] == ["stringUnit", "value"]
    return lambda keys: True
