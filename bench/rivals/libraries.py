"""Libraries from PyPI."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from rivals.kinds import Absent, Rival


def smsutil(texts: list[str]) -> Rival:
    """The one library of Python that splits as the standard says."""
    split = _module("smsutil").split
    return Rival.calling(lambda: [len(split(text).parts) for text in texts])


def smpplib(texts: list[str]) -> Rival:
    """What clients of SMPP call before they send."""
    make_parts = _module("smpplib.gsm").make_parts
    return Rival.calling(lambda: [len(make_parts(text)[0]) for text in texts])


def number_parser() -> Callable[[str], object]:
    """What everybody parses phone numbers with."""
    return _module("phonenumbers").parse


def _module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise Absent(f"pip install {name.partition('.')[0]}") from error
