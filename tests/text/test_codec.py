"""The codec gsm03.38, as Python's machinery of codecs drives it."""

import codecs
import io

import gsmcodecs  # noqa: F401 (it registers what this is compared with)
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment  # noqa: F401 (it registers the codec)
from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION

GSM = BASIC.replace(ESCAPE, "") + EXTENSION
texts = st.text(st.sampled_from(GSM))


@pytest.mark.parametrize("name", ["gsm03.38", "GSM03.38", "gsm0338", "GSM 03.38"])
def test_it_is_found_by_its_names(name):
    assert codecs.lookup(name).name == "gsm03.38"


@given(texts)
def test_it_is_the_codec_of_another_library(text):
    septets = text.encode("gsm03.38")
    assert septets == text.encode("gsm23.038")
    assert septets.decode("gsm03.38") == text


@pytest.mark.parametrize(
    ("errors", "septets"),
    [
        ("ignore", b"a va 1"),
        ("replace", b"?a va ??1"),
        ("backslashreplace", b"\x1b/xe7a va \x1b/u4e2d\x1b/u6587" + b"1"),
        ("xmlcharrefreplace", b"&#231;a va &#20013;&#25991;1"),
        ("namereplace", b"\x1b/N\x1b(LATIN SMALL LETTER C WITH CEDILLA\x1b)a va "),
    ],
)
def test_the_usual_handlers_take_what_it_lacks(errors, septets):
    assert "ça va 中文1".encode("gsm03.38", errors).startswith(septets)


def test_strict_names_the_place():
    with pytest.raises(UnicodeEncodeError) as said:
        "ok ç中 ok".encode("gsm03.38")
    assert (said.value.start, said.value.end, said.value.object) == (3, 5, "ok ç中 ok")
    with pytest.raises(UnicodeDecodeError) as said:
        b"ok\x1bX".decode("gsm03.38")
    assert (said.value.start, said.value.end) == (2, 4)


@pytest.mark.parametrize(
    ("septets", "replaced", "ignored"),
    [
        (b"a\x1b", "a\ufffd", "a"),  # an escape of nothing
        (b"a\x1bXb", "a\ufffdb", "ab"),  # of what the extension table has not
        (b"a\x1b\x1bb", "a\ufffdb", "ab"),  # of another escape
        (b"a\x80\xffb", "a\ufffd\ufffdb", "ab"),  # no septets
    ],
)
def test_what_is_no_character_is_left_to_the_handler(septets, replaced, ignored):
    with pytest.raises(UnicodeDecodeError):
        septets.decode("gsm03.38")
    assert septets.decode("gsm03.38", "replace") == replaced
    assert septets.decode("gsm03.38", "ignore") == ignored


def test_a_handler_of_ones_own_says_where_to_go_on():
    codecs.register_error("callr-test-x", lambda error: ("€", error.end))
    assert "ç中a".encode("gsm03.38", "callr-test-x") == b"\x1bea"
    codecs.register_error("callr-test-back", lambda error: (b"\x05", error.end - len(error.object)))
    assert "ça".encode("gsm03.38", "callr-test-back") == b"\x05a"


def test_a_handler_that_answers_with_what_it_lacks_too_is_an_error():
    codecs.register_error("callr-test-y", lambda error: ("中", error.end))
    with pytest.raises(UnicodeEncodeError):
        "ç".encode("gsm03.38", "callr-test-y")


@given(texts, st.integers(1, 5))
def test_septets_may_come_in_pieces(text, size):
    septets = text.encode("gsm03.38")
    pieces = [septets[at : at + size] for at in range(0, len(septets), size)]
    assert "".join(codecs.iterdecode(pieces, "gsm03.38")) == text
    assert b"".join(codecs.iterencode(text, "gsm03.38")) == septets
    assert codecs.getreader("gsm03.38")(io.BytesIO(septets)).read() == text


def test_files_are_read_and_written(tmp_path):
    path = tmp_path / "texts.gsm"
    path.write_text("5 € {net}\n", encoding="gsm03.38")
    assert path.read_bytes() == b"5 \x1be \x1b(net\x1b)\n"
    assert path.read_text(encoding="gsm03.38") == "5 € {net}\n"
