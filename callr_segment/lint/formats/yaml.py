"""YAML: the locale files of Rails and others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callr_segment.errors import InputError, MissingExtra
from callr_segment.lint.findings import Entry
from callr_segment.lint.formats.escapes import Written, align, unescape
from callr_segment.lint.sources import Source

__all__ = ["read"]

ESCAPE = re.compile(r"\\(?:x\w\w|u\w{4}|U\w{8}|\r?\n[ \t]*|.)", re.DOTALL)
MEANS = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
MEANS |= {"_": "\xa0", "N": "\x85", "L": "\u2028", "P": "\u2029"}
WRITTEN: dict[str | None, dict[str, str | None]] = {
    '"': {'"': '\\"', "\\": "\\\\"},
    "'": {"'": "''"},
    None: dict.fromkeys(":#", None),
}
HEADER = re.compile(r"[|>][^\n]*\n")


def read(source: Source) -> Iterator[Entry]:
    """Read every text of a YAML file; its key is the path to it, with dots."""
    try:
        import yaml  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise MissingExtra('YAML files need pip install "callr-segment[lint]"') from error
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = source.text.removeprefix("\ufeff")
    try:
        for document in yaml.compose_all(text, Loader=loader):
            if document is not None:
                yield from _entries(source, document)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{source.path}:{line}: not YAML: {error.problem or error}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{source.path}: not YAML that can be read: {error}") from None


def _entries(source: Source, document: Any) -> Iterator[Entry]:
    """Walk a tree of nodes in order; a node that is an alias is read where it was first."""
    seen: set[int] = set()
    waiting = [("", document)]
    while waiting:
        key, node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.id == "mapping":
            pairs = [(f"{key}.{name.value}".lstrip("."), value) for name, value in node.value]
            waiting.extend(reversed(pairs))
        elif node.id == "sequence":
            waiting.extend((f"{key}.{at}", each) for at, each in reversed(list(enumerate(node.value))))
        elif node.value and (node.style or not _is_other(node.tag)):
            written = _written(source.text, node)
            yield Entry(key, *written, escapes=WRITTEN.get(node.style or None, {}))


def _is_other(tag: str) -> bool:
    """Whether a plain scalar is a number, a date or nothing; words such as `yes` are texts to people."""
    return tag.rpartition(":")[2] in ("int", "float", "null", "timestamp")


def _written(text: str, node: Any) -> Written:
    """Tell where each character of a scalar stands."""
    start, stop = node.start_mark.index, node.end_mark.index
    raw = text[start:stop]
    if node.style == '"':
        return align(unescape(raw[1:-1], start + 1, ESCAPE, _meaning), node.value)
    if node.style == "'":
        return align(unescape(raw[1:-1], start + 1, re.compile("''"), lambda _: "'"), node.value)
    if node.style in ("|", ">"):
        header = HEADER.match(raw)
        skipped = header.end() if header else 0
        raw, start = raw[skipped:], start + skipped
    return align(Written(raw, list(range(start, start + len(raw) + 1))), node.value)


def _meaning(match: re.Match[str]) -> str:
    said = match[0][1:]
    if said[0] in "xuU" and len(said) > 1:
        return chr(int(said[1:], 16))
    return "" if said[0] in "\r\n" else MEANS.get(said, said)
