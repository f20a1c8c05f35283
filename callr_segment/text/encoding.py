"""Messages as they go over the air: septets or UTF-16, each part with its header (TS 23.038, TS 23.040)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, get_args

from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.alphabet.national import Tables, pair_of, tables_of
from callr_segment.errors import InputError, counted
from callr_segment.text.codec import decode_septets, encode_septets
from callr_segment.text.message import Segmentation, segment
from callr_segment.typing import Alphabet, Encoding, Errors

__all__ = ["EncodedPart", "decode", "encode", "pack_septets", "unpack_septets"]

_MOST_PARTS = 255
_SHORT, _LONG, _SINGLE, _LOCKING = 0x00, 0x08, 0x24, 0x25  # elements of a header (TS 23.040, 9.2.3.24)


class EncodedPart(NamedTuple):
    r"""One part of a message as octets.

    ``header`` is the user data header with its length, ``b""`` where there is none, and ``body`` what
    follows it: packed septets, septets one in each octet, or UTF-16, the high octet first. ``units`` are
    septets or UTF-16 code units of the body.

    >>> encode("hellohello")[0].body.hex()
    'e8329bfd4697d9ec37'
    """

    header: bytes
    body: bytes
    units: int
    encoding: Encoding
    is_packed: bool

    @property
    def user_data(self) -> bytes:
        """Header and body, as the field TP-User-Data of a PDU holds them.

        >>> encode("é" * 161, reference=7)[1].user_data.hex()
        '0500030702020a8542a150281400'
        """
        return self.header + self.body

    @property
    def length(self) -> int:
        """What TP-User-Data-Length says: septets, those the header takes among them, or octets.

        >>> encode("é" * 161)[1].length, encode("ç")[0].length
        (15, 2)
        """
        if self.encoding == "unicode" or not self.is_packed:
            return len(self.user_data)
        return (len(self.header) * 8 + 6) // 7 + self.units


def encode(
    text: str,
    *,
    encoding: Encoding | None = None,
    errors: Errors = "strict",
    alphabet: Alphabet | None = None,
    packed: bool = True,
    reference: int = 0,
    long_reference: bool = False,
) -> tuple[EncodedPart, ...]:
    r"""Write a message as the octets of its parts, each with its header; no part for an empty text.

    ``encoding``, ``errors`` and ``alphabet`` are those of `segment`. Septets are ``packed`` as over the air,
    eight into seven octets, or one in each octet, as most gateways take them. The parts of a longer message
    share a ``reference`` from 0 to 255; with a ``long_reference`` it is one of 16 bits, to 65,535, and each
    part holds 152 septets or 66 code units. Raises InputError for a message of more than 255 parts.

    >>> [part.user_data for part in encode("Prix : 5 €", packed=False)]
    [b'Prix : 5 \x1be']
    >>> first, second = encode("ç" * 71, reference=0xCA)
    >>> first.header, second.body
    (b'\x05\x00\x03\xca\x02\x01', b'\x00\xe7\x00\xe7\x00\xe7\x00\xe7')
    """
    most = 0xFFFF if long_reference else 0xFF
    if not 0 <= reference <= most:
        raise InputError(f"a reference goes from 0 to {most:,}, not {reference:,}", value=reference)
    if alphabet is not None and long_reference:
        raise InputError("an alphabet has references of 8 bits; leave long_reference out", value=alphabet)
    limits = Limits.with_header(7) if long_reference else LIMITS
    found = segment(text, encoding=encoding, errors=errors, limits=limits, alphabet=alphabet)
    if found.parts > _MOST_PARTS:
        raise InputError(
            f"the text has {found.parts} parts, and no header counts over {_MOST_PARTS}; shorten it",
            value=found.parts,
        )
    return _parts(found, reference.to_bytes(1 + long_reference), packed=packed)


def _parts(found: Segmentation, reference: bytes, *, packed: bool) -> tuple[EncodedPart, ...]:
    tables, encoded = found.tables or tables_of(None)[0], []
    for number, part in enumerate(found.split(), start=1):
        elements = tables.header
        if found.parts > 1:
            octets = reference + bytes((found.parts, number))
            elements = bytes((_SHORT if len(reference) == 1 else _LONG, len(octets))) + octets + elements
        header = bytes((len(elements),)) + elements if elements else b""
        if found.encoding == "gsm":
            body = encode_septets(part.text, tables=tables)
            body = pack_septets(body, after=len(header)) if packed else body
        else:
            body = part.text.encode("utf-16-be", "surrogatepass")
        encoded.append(EncodedPart(header, body, part.units, found.encoding, packed))
    return tuple(encoded)


def decode(parts: EncodedPart | Iterable[EncodedPart], *, errors: str = "strict") -> str:
    """Read a message from its parts, in any order.

    The header of each says which it is, and which national tables it uses. ``errors`` names the error handler
    for what stands for no character, as in ``bytes.decode``. Raises InputError for parts of different
    messages, or where one is missing or there twice.

    >>> decode(reversed(encode("Şifreniz: 4821. " * 20, alphabet="turkish")))[-16:]
    'Şifreniz: 4821. '
    """
    listed = [parts] if isinstance(parts, EncodedPart) else list(parts)
    elements = [_elements(part.header) for part in listed]
    order = _order(elements)
    return "".join(_decoded(listed[at], elements[at], errors) for at in order)


def _elements(header: bytes) -> dict[int, bytes]:
    """Read the elements of a header."""
    found, at = dict[int, bytes](), 1
    if header and header[0] != len(header) - 1:
        raise InputError(f"a header of {len(header)} octets says {header[0]} follow", value=header)
    while at < len(header):
        body = header[at + 2 : at + 2 + header[at + 1]] if at + 1 < len(header) else b""
        if at + 1 >= len(header) or len(body) < header[at + 1]:
            raise InputError("an element of the header is cut", value=header)
        found[header[at]] = body
        at += 2 + len(body)
    return found


def _order(elements: list[dict[int, bytes]]) -> list[int]:
    """Find the order of parts by what their headers say."""
    said = [each.get(_LONG) or each.get(_SHORT) or b"" for each in elements]
    if len(said) <= 1 and not any(said):
        return list(range(len(said)))
    if len({octets[:-1] for octets in said}) > 1 or not all(said):
        raise InputError("these are parts of several messages; decode one message at a time")
    total, numbers = said[0][-2], [octets[-1] for octets in said]
    missing = sorted(set(range(1, total + 1)) - set(numbers))
    if missing or len(numbers) != total:
        what = f"part {missing[0]} is missing" if missing else "one is there twice"
        raise InputError(f"{counted(len(numbers), 'part')} of {total}: {what}", value=numbers)
    return sorted(range(total), key=numbers.__getitem__)


def _decoded(part: EncodedPart, elements: dict[int, bytes], errors: str) -> str:
    if part.encoding == "unicode":
        return part.body.decode("utf-16-be", "surrogatepass" if errors == "strict" else errors)
    tables = _tables_named(elements)
    septets = unpack_septets(part.body, part.units, after=len(part.header)) if part.is_packed else part.body
    return decode_septets(septets, errors, tables=tables)


def _tables_named(elements: dict[int, bytes]) -> Tables:
    """Find the tables that a header names."""
    names = (None, *get_args(Alphabet))
    locking, single = (elements.get(which, b"\0")[0] for which in (_LOCKING, _SINGLE))
    for number in (locking, single):
        if number >= len(names):
            raise InputError(f"there is no national language {number}", value=number)
    return pair_of(names[locking], names[single])


def pack_septets(septets: bytes, *, after: int = 0) -> bytes:
    """Pack septets, the first in the low bits (TS 23.038, 6.1.2.1).

    ``after`` so many octets of a header they begin at the next border of a septet (TS 23.040, 9.2.3.24).

    >>> pack_septets(b"hello").hex()
    'e8329bfd06'
    """
    bits, length = 0, -after * 8 % 7
    for septet in septets:
        bits |= (septet & 0x7F) << length
        length += 7
    return bits.to_bytes((length + 7) // 8, "little")


def unpack_septets(octets: bytes, units: int, *, after: int = 0) -> bytes:
    """Unpack so many septets, ``units``, that were packed ``after`` so many octets of a header.

    >>> unpack_septets(bytes.fromhex("e8329bfd06"), 5)
    b'hello'
    """
    fill = -after * 8 % 7
    if fill + 7 * units > 8 * len(octets):
        raise InputError(
            f"{counted(units, 'septet')} do not fit into {counted(len(octets), 'octet')}", value=units
        )
    bits = int.from_bytes(octets, "little") >> fill
    return bytes(bits >> (7 * at) & 0x7F for at in range(units))
