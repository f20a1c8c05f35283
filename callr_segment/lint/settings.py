"""What to look at, and how: the table ``[tool.callr-segment.lint]`` of a pyproject.toml, and options."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from callr_segment.errors import InputError, did_you_mean
from callr_segment.lint.dialects import DIALECTS
from callr_segment.lint.findings import CODES

__all__ = ["Settings", "find_project", "read_settings"]

OFF_UNLESS_SELECTED = frozenset({"SMS201"})
KINDS: dict[type, tuple[str, Callable[[Any], bool]]] = {
    tuple: (
        "a list of texts",
        lambda value: isinstance(value, list) and all(isinstance(v, str) for v in value),
    ),
    int: ("a whole number from 0 on", lambda value: type(value) is int and value >= 0),
    str: ("a text", lambda value: isinstance(value, str)),
    dict: ("a table", lambda value: isinstance(value, dict)),
}


@dataclass(frozen=True)
class Settings:
    """How files are looked at.

    ``files`` and ``exclude`` are globs of paths, ``keys`` globs of keys: only texts with such a key are
    looked at. ``select`` and ``ignore`` are codes, or beginnings of them; ``per_file_ignores`` maps globs
    of paths to codes not told there. ``max_parts`` is the most that a text may take, 0 for any number;
    ``near`` how many units to the next part are too few. ``fields`` tell the longest value of a
    placeholder: a text, or how many letters.
    ``dialect`` is whose placeholders the texts hold; "" leaves that to the format and the text.
    """

    files: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ("SMS",)
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_parts: int = 0
    near: int = 3
    fields: Mapping[str, str | int] = field(default_factory=dict)
    dialect: str = ""

    def tells(self, code: str, path: str) -> bool:
        """Whether findings of a code are told for a file."""
        chosen = any(code.startswith(each) for each in self.select)
        if code in OFF_UNLESS_SELECTED:
            chosen = code in self.select
        silent = [
            code for glob, codes in self.per_file_ignores.items() if _matches(path, glob) for code in codes
        ]
        return chosen and not any(code.startswith(each) for each in (*self.ignore, *silent))

    def looks_at(self, key: str) -> bool:
        """Whether texts of a key are looked at."""
        return not self.keys or any(fnmatchcase(key, glob) for glob in self.keys)

    def leaves_out(self, path: str) -> bool:
        """Whether a file is left out."""
        return any(_matches(path, glob) for glob in self.exclude)


def _matches(path: str, glob: str) -> bool:
    """Whether a path, or one of the folders it is in, is like a glob."""
    whole = Path(path)
    return any(fnmatchcase(each.as_posix(), glob) for each in (whole, *whole.parents)) or fnmatchcase(
        whole.name, glob
    )


def find_project(start: Path) -> Path | None:
    """Find the pyproject.toml of a folder, in it or above it."""
    folders = (start.resolve(), *start.resolve().parents)
    return next((path for folder in folders if (path := folder / "pyproject.toml").is_file()), None)


def read_settings(path: Path | None, **options: Any) -> Settings:
    """Read settings from a pyproject.toml, then from options, which count more.

    Raises InputError that names the file, the name and the value of what is no setting.
    """
    table: Mapping[str, Any] = {}
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: not TOML: {error}", value=str(path)) from None
        table = table.get("tool", {}).get("callr-segment", {}).get("lint", {})
    named = {name.replace("-", "_"): value for name, value in table.items()}
    named |= {name: value for name, value in options.items() if value}
    return _checked(named, where=f"{path}: " if path else "")


def _checked(named: dict[str, Any], *, where: str) -> Settings:
    kinds = {each.name: type(each.default) if each.name not in ("fields", "per_file_ignores") else dict
             for each in fields(Settings)}  # fmt: skip
    for name, value in named.items():
        if name not in kinds:
            hint = did_you_mean(name.replace("_", "-"), [known.replace("_", "-") for known in kinds])
            raise InputError(f"{where}lint has no setting {name.replace('_', '-')!r}; {hint}", value=name)
        wanted, holds = KINDS[kinds[name]]
        if not holds(list(value) if isinstance(value, tuple) else value):
            raise InputError(f"{where}{name.replace('_', '-')} is {wanted}, not {value!r}", value=value)
    for name in ("select", "ignore"):
        _check_codes(named.get(name, ()), where=where)
    for codes in named.get("per_file_ignores", {}).values():
        _check_codes(codes, where=where)
    if (dialect := named.get("dialect")) and dialect not in DIALECTS:
        raise InputError(f"{where}dialect is one of {', '.join(DIALECTS)}, not {dialect!r}", value=dialect)
    made: dict[str, Any] = {
        name: tuple(value) if kinds[name] is tuple else value for name, value in named.items()
    }
    return Settings(**made)


def _check_codes(codes: Iterable[str], *, where: str) -> None:
    for code in codes:
        if not any(known.startswith(code) for known in CODES):
            raise InputError(f"{where}there is no code {code!r}; {did_you_mean(code, CODES)}", value=code)
