"""One text in plain Python: slower, the same answers, no compiler."""

from __future__ import annotations

from callr_segment._core import national, pure
from callr_segment._core.hooks import force_gsm, render
from callr_segment._core.records import (
    Culprit,
    Part,
    check_encoding,
    check_limits,
    find_culprits,
    not_gsm,
)
from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.alphabet.national import Tables
from callr_segment.typing import Alphabet, Encoding, Errors


class Segmentation:
    """What one text comes to when it is sent: encoding, units, parts, and what is left."""

    __slots__ = ("_last", "alphabet", "encoding", "extensions", "limits", "parts", "tables", "text", "units")

    def __init__(self) -> None:
        raise TypeError("a Segmentation is made by segment(text)")

    text: str
    limits: Limits
    encoding: Encoding
    units: int
    parts: int
    extensions: int
    alphabet: Alphabet | None
    tables: Tables | None

    @property
    def remaining(self) -> int:
        """Units that still fit into the last part."""
        single, part = self.limits.of(self.encoding)
        return (part if self.parts > 1 else single) - self._last

    @property
    def over_by(self) -> int:
        """Units over the previous edge: cut so many from the end and one part less is billed."""
        if self.parts > 2:
            return self._last
        return self.units - self.limits.of(self.encoding)[0] if self.parts == 2 else 0

    @property
    def culprits(self) -> tuple[Culprit, ...]:
        """One per distinct character, or emoji as a whole, that forces Unicode, in order of appearance."""
        if self.alphabet is None:
            return find_culprits(self.text)
        return () if self.encoding == "gsm" else national.find_culprits(self.text, self.alphabet)

    def split(self) -> tuple[Part, ...]:
        """Cut the text into the parts that are billed; joined, they are the text again."""
        if self.tables is not None and self.encoding == "gsm":
            return national.split(self.text, self.tables)
        parts = pure.split(self.text, self.encoding, self.limits)
        return tuple(Part(self.text[start:stop], units, start, stop) for start, stop, units in parts)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Segmentation does not change: {name} is read-only")

    def __repr__(self) -> str:
        return (
            f"Segmentation(encoding={self.encoding!r}, units={self.units}, parts={self.parts}, "
            f"remaining={self.remaining})"
        )

    def _repr_html_(self) -> str | None:
        return render(self, "html")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Segmentation) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, ...]:
        return _segment_as, self._key()

    def _key(self) -> tuple[str, Encoding, Limits | None, Alphabet | None]:
        return self.text, self.encoding, None if self.alphabet else self.limits, self.alphabet


def _segment_as(
    text: str, encoding: Encoding, limits: Limits | None, alphabet: Alphabet | None = None
) -> Segmentation:
    return segment(text, encoding=encoding, limits=limits, alphabet=alphabet)


def segment(
    text: str,
    *,
    encoding: Encoding | None = None,
    errors: Errors = "strict",
    limits: Limits | None = None,
    alphabet: Alphabet | None = None,
) -> Segmentation:
    """Tell how a text will be sent: in which encoding, in how many parts, and what is left."""
    found_limits = _check(text, encoding, limits)
    text = str.__str__(text)  # of a subclass, what it holds
    tables = None
    if alphabet is not None:
        text, count, tables = national.count(text, encoding, errors, limits, alphabet)
        found_limits = tables.limits
    else:
        if encoding == "gsm" and not pure.is_gsm(text):
            text = force_gsm(text, errors)
        count = pure.count(text, encoding, found_limits)
    return _segmentation(count, text=text, limits=found_limits, alphabet=alphabet, tables=tables)


def _segmentation(count: pure.Count, **more: object) -> Segmentation:
    self = object.__new__(Segmentation)
    fields = {**count._asdict(), "_last": count.last, **more}
    for name in Segmentation.__slots__:
        object.__setattr__(self, name, fields[name])
    return self


def count_parts(
    text: str,
    *,
    encoding: Encoding | None = None,
    limits: Limits | None = None,
    alphabet: Alphabet | None = None,
) -> int:
    """Tell how many parts a text will be billed as."""
    if alphabet is not None:
        return segment(text, encoding=encoding, limits=limits, alphabet=alphabet).parts
    limits = _check(text, encoding, limits)
    if encoding == "gsm" and not pure.is_gsm(text):
        raise not_gsm(text)
    return pure.count(text, encoding, limits).parts


def is_gsm(text: str) -> bool:
    """Tell whether GSM 03.38 can carry a text."""
    _check(text, None, None)
    return pure.is_gsm(text)


def _check(text: object, encoding: Encoding | None, limits: Limits | None) -> Limits:
    if not isinstance(text, str):
        raise TypeError(f"a text is a str, not {type(text).__name__}")
    return check_options(encoding, limits)


def check_options(encoding: Encoding | None, limits: Limits | None) -> Limits:
    """Refuse what no text is counted by; return the limits, which may be left out."""
    check_encoding(encoding)
    if limits is None:
        return LIMITS
    check_limits(limits)
    return Limits(*limits)
