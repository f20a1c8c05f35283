r"""The codec ``gsm03.38``: texts as septets, one in each byte, with the error handlers of any codec.

>>> import callr_segment
>>> "5 €".encode("gsm03.38")
b'5 \x1be'
>>> b"\x1b(2\x1b)\x00".decode("gsm03.38")
'{2}@'
>>> "ça va".encode("gsm03.38", "replace"), "ça va".encode("gsm03.38", "xmlcharrefreplace")
(b'?a va', b'&#231;a va')
"""

from __future__ import annotations

import codecs
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from callr_segment.alphabet.gsm import ESCAPE
from callr_segment.alphabet.national import NONE, Tables, tables_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["NAME", "codec", "decode_septets", "encode_septets"]

NAME = "gsm03.38"
_ESCAPE = 0x1B


class _Maps(NamedTuple):
    """A pair of tables as they are looked up: characters to septets, and septets to characters."""

    septets: dict[str, bytes]
    one: dict[int, str]
    two: dict[int, str]


@cache
def _maps(tables: Tables) -> _Maps:
    one = {at: char for at, char in enumerate(tables.basic) if char not in (NONE, ESCAPE)}
    two = {at: char for at, char in enumerate(tables.extension) if char != NONE}
    septets = {char: bytes((_ESCAPE, at)) for at, char in reversed(two.items())}
    septets |= {char: bytes((at,)) for at, char in reversed(one.items())}
    return _Maps(septets, one, two)


def encode_septets(text: str, errors: str = "strict", *, tables: Tables | None = None) -> bytes:
    r"""Write a text as septets, one in each byte.

    What the ``tables`` lack (those of the default alphabet, if none are given) goes to the error handler of
    the name ``errors``, as in ``str.encode``; ``"strict"`` raises UnicodeEncodeError.

    >>> encode_septets("L[1]")
    b'L\x1b<1\x1b>'
    """
    septets = _maps(tables or tables_of(None)[0]).septets
    try:
        return b"".join([septets[char] for char in text])
    except KeyError:
        return _encode_by_hand(text, errors, septets)


def _encode_by_hand(text: str, errors: str, septets: dict[str, bytes]) -> bytes:
    handle, found, at = codecs.lookup_error(errors), bytearray(), 0
    while at < len(text):
        start = at
        while at < len(text) and text[at] in septets:
            found += septets[text[at]]
            at += 1
        start = at
        while at < len(text) and text[at] not in septets:
            at += 1
        if start < at:
            error = UnicodeEncodeError(NAME, text, start, at, "GSM 03.38 has no such character")
            instead, at = handle(error)
            found += instead if isinstance(instead, bytes) else encode_septets(instead, "strict")
            at += len(text) if at < 0 else 0
    return bytes(found)


def decode_septets(septets: bytes, errors: str = "strict", *, tables: Tables | None = None) -> str:
    r"""Read septets, one in each byte.

    What stands for no character, such as an escape at the end, goes to the error handler of the name
    ``errors``, as in ``bytes.decode``; ``"strict"`` raises UnicodeDecodeError. ``tables`` are those of the
    default alphabet, if none are given.

    >>> decode_septets(b"L\x1b<1\x1b>")
    'L[1]'
    """
    text, _ = _decode(septets, errors, tables or tables_of(None)[0], final=True)
    return text


def _decode(septets: bytes, errors: str, tables: Tables, *, final: bool) -> tuple[str, int]:
    """Read septets, and tell how many were read: an escape at the end waits for more that may follow."""
    maps, found, at = _maps(tables), list[str](), 0
    while at < len(septets):
        is_escaped = septets[at] == _ESCAPE
        if is_escaped and at + 1 == len(septets) and not final:
            break
        stop = at + 1 + is_escaped
        char = (
            maps.two.get(septets[at + 1])
            if stop <= len(septets) and is_escaped
            else maps.one.get(septets[at])
        )
        if char is not None:
            found.append(char)
            at = stop
            continue
        stop = min(stop, len(septets))
        error = UnicodeDecodeError(NAME, bytes(septets), at, stop, "GSM 03.38 has no such septets")
        instead, at = codecs.lookup_error(errors)(error)
        found.append(str(instead))
        at += len(septets) if at < 0 else 0
    return "".join(found), at


class _IncrementalEncoder(codecs.IncrementalEncoder):
    def encode(self, input: str, final: bool = False) -> bytes:  # noqa: A002 (its name is Python's)
        return encode_septets(input, self.errors)


class _IncrementalDecoder(codecs.BufferedIncrementalDecoder):
    def _buffer_decode(self, input: ReadableBuffer, errors: str, final: bool) -> tuple[str, int]:  # noqa: A002
        return _decode(bytes(input), errors, tables_of(None)[0], final=final)


class _Codec(codecs.Codec):
    def encode(self, input: str, errors: str = "strict") -> tuple[bytes, int]:  # noqa: A002
        return encode_septets(input, errors), len(input)

    def decode(self, input: ReadableBuffer, errors: str = "strict") -> tuple[str, int]:  # noqa: A002
        septets = bytes(input)
        return decode_septets(septets, errors), len(septets)


class _StreamWriter(_Codec, codecs.StreamWriter):
    pass


class _StreamReader(_Codec, codecs.StreamReader):
    def decode(self, input: ReadableBuffer, errors: str = "strict") -> tuple[str, int]:  # noqa: A002
        return _decode(bytes(input), errors, tables_of(None)[0], final=False)


@cache
def codec() -> codecs.CodecInfo:
    """Make what ``codecs.lookup`` finds."""
    return codecs.CodecInfo(
        _Codec().encode,
        _Codec().decode,
        streamreader=_StreamReader,
        streamwriter=_StreamWriter,
        incrementalencoder=_IncrementalEncoder,
        incrementaldecoder=_IncrementalDecoder,
        name=NAME,
    )
