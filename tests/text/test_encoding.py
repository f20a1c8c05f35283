"""Octets of parts: published vectors, a table worked out by hand, other libraries, and the way back."""

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.text.encoding import pack_septets, unpack_septets


@pytest.mark.parametrize(
    ("text", "octets"),
    [  # messages of one part that every introduction to PDUs shows
        ("hellohello", "E8329BFD4697D9EC37"),
        ("How are you?", "C8F71D14969741F977FD07"),
        ("It is easy to send text messages.", "493A283D0795C3F33C88FE06CDCB6E32885EC6D341EDF27C1E3E97E72E"),
    ],
)
def test_packed_septets_are_those_of_published_examples(text, octets):
    (part,) = sms.encode(text)
    assert (part.header, part.body.hex().upper(), part.length) == (b"", octets, len(text))


@pytest.mark.parametrize(
    ("text", "octets"),
    [  # each septet is written beside its bits: the first in the low seven bits of the first octet
        ("@", "00"),
        ("a", "61"),  # 1100001
        ("aa", "e130"),  # 1 of the second in the top bit: 11100001, then 110000
        ("@" * 8, "00" * 7),
        ("à" * 8, "ff" * 7),  # 1111111, eight times
        ("€", "9b32"),  # 0011011 then 1100101: 10011011, 00110010
        ("[", "1b1e"),  # 0011011 then 0111100: 00011011, 00011110
    ],
)
def test_packed_septets_are_those_of_pencil_and_paper(text, octets):
    assert sms.encode(text)[0].body.hex() == octets


@pytest.mark.parametrize(
    ("text", "alphabet", "septets"),
    [
        ("mes|sage", None, b"mes\x1b\x40sage"),
        ("{}", None, b"\x1b\x28\x1b\x29"),
        ("ıĞ", "turkish", b"\x07\x0b"),
        ("ìıĞ", "turkish", b"\x07\x1b\x69\x1b\x47"),
        ("ção", "portuguese", b"\x09\x7bo"),
        ("é", None, b"\x05"),
    ],
)
def test_unpacked_septets_are_those_of_other_libraries(text, alphabet, septets):
    assert sms.encode(text, packed=False, alphabet=alphabet)[0].body == septets


def test_headers_say_which_part_it_is():
    parts = sms.encode("a" * 160 + "[", reference=0xA7)
    assert [part.header.hex() for part in parts] == ["050003a70201", "050003a70202"]
    assert [(part.units, part.length, len(part.user_data)) for part in parts] == [
        (153, 160, 140),
        (9, 16, 14),
    ]
    # one bit fills the seventh septet of the header up: 1100001 0, and 1 1100001 of the next two
    assert parts[0].body[:2].hex() == "c2e1"
    parts = sms.encode("a" * 161, reference=0x1234, long_reference=True)
    assert [part.header.hex() for part in parts] == ["06080412340201", "06080412340202"]
    assert [part.units for part in parts] == [152, 9]
    assert parts[0].body == pack_septets(b"a" * 152)  # seven octets are eight septets


def test_headers_name_the_national_tables():
    headers = {
        "ğ": "03250101",
        "ìğ": "03240101",
        "नमस्ते ABC": "06240106250106",
    }
    for text, header in headers.items():
        (part,) = sms.encode(text, alphabet="hindi" if "A" in text else "turkish")
        assert part.header.hex() == header
        assert sms.decode(part) == text
    first, _ = sms.encode("ğ" * 156, alphabet="turkish", reference=1)
    assert first.header.hex() == "08000301020125" + "0101"
    assert (first.units, len(first.user_data)) == (149, 140)


def test_unicode_is_utf_16_and_never_cuts_a_pair():
    first, second = sms.encode("a" * 66 + "😀ççç")
    assert (first.body.decode("utf-16-be"), second.body.hex()) == ("a" * 66, "d83dde00" + "00e7" * 3)
    assert (first.encoding, first.units, first.length) == ("unicode", 66, 138)
    assert sms.decode(sms.encode("\ud83d")) == "\ud83d"


@pytest.mark.parametrize("text", ["Prix : 5 €", "a" * 160, "{" * 80, "déjà"])
def test_one_part_is_what_smsutil_encodes(text):
    assert sms.encode(text, packed=False)[0].body == smsutil.encode(text)


@given(st.data())
def test_a_message_is_read_back_from_its_parts_in_any_order(data):
    alphabet = data.draw(st.sampled_from([None, "turkish", "spanish", "portuguese", "hindi", "urdu"]))
    letters = {None: "aé€[ç😀", "hindi": "aनमAé", "urdu": "aابA"}.get(alphabet, "aéş€[ğáç")
    text = data.draw(st.text(st.sampled_from(letters), max_size=400) | st.text(max_size=200))
    long_reference = alphabet is None and data.draw(st.booleans())
    parts = sms.encode(
        text,
        alphabet=alphabet,
        packed=data.draw(st.booleans()),
        reference=data.draw(st.integers(0, 255)),
        long_reference=long_reference,
    )
    limits = sms.Limits.with_header(7) if long_reference else None
    assert len(parts) == sms.count_parts(text, alphabet=alphabet, limits=limits)
    assert sms.decode(data.draw(st.permutations(parts))) == text
    for part in parts:
        assert len(part.user_data) <= (140 if part.is_packed or part.encoding == "unicode" else 160)


@given(st.binary(max_size=200), st.integers(0, 12))
def test_septets_are_unpacked_as_they_were_packed(octets, after):
    septets = bytes(octet & 0x7F for octet in octets)
    packed = pack_septets(septets, after=after)
    assert unpack_septets(packed, len(septets), after=after) == septets
    assert len(packed) == ((-after * 8) % 7 + 7 * len(septets) + 7) // 8


PARTS = sms.encode("é" * 400)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (PARTS[:2], "part 3 is missing"),
        (PARTS[1:], "part 1 is missing"),
        ([*PARTS, PARTS[1]], "one is there twice"),
        ([PARTS[0], *sms.encode("é" * 400, reference=9)[1:]], "several messages"),
        ([PARTS[0], sms.encode("é")[0]], "several messages"),
        ([PARTS[0]._replace(header=b"\x05\x00\x03\x00\x03")], "says 5 follow"),
        ([PARTS[0]._replace(header=b"\x02\x00\x03")], "is cut"),
        ([PARTS[0]._replace(header=b"\x03\x25\x01\x20")], "no national language 32"),
        ([PARTS[0]._replace(units=200, header=b"")], "do not fit into 134 octets"),
    ],
)
def test_what_is_no_message_says_why(parts, why):
    with pytest.raises(sms.InputError, match=why):
        sms.decode(parts)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"text": "é" * 39_016}, "256 parts, and no header counts over 255"),
        ({"text": "a", "reference": 256}, "a reference goes from 0 to 255, not 256"),
        ({"text": "a", "reference": 65_536, "long_reference": True}, "to 65,535, not 65,536"),
        ({"text": "a", "alphabet": "turkish", "long_reference": True}, "leave long_reference out"),
    ],
)
def test_what_cannot_be_encoded_says_why(options, why):
    with pytest.raises(sms.InputError, match=why):
        sms.encode(**options)


def test_no_text_has_no_part():
    assert sms.encode("") == ()
    assert sms.decode(()) == ""
    assert sms.encode("ç", encoding="gsm", errors="replace")[0].body == b"?"
