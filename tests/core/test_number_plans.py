"""A text, a native column and a column without a compiler: the same numbers, or the same refusals."""

import csv
from array import array
from functools import cache
from itertools import accumulate, pairwise

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from callr_segment._core.fallback import numbers as fallback
from callr_segment._core.number_records import (
    ABROAD,
    MISSING,
    STATUSES,
    Reading,
    parts_of_zone,
    place_of,
    with_lengths,
    zone_of,
)
from callr_segment.errors import InputError
from callr_segment.text import numbers as rules

plans = pytest.importorskip("callr_segment._core.number_plans", reason="the native core is not built")
columns = pytest.importorskip("callr_segment._core.number_columns", reason="the native core is not built")
prefixes = pytest.importorskip("callr_segment._core.number_prefixes", reason="the native core is not built")
written = pytest.importorskip("callr_segment._core.number_writing", reason="the native core is not built")


class native:  # noqa: N801 (stands beside the module ``fallback``)
    NumberPlan = plans.NumberPlan
    parse_numbers = columns.parse_numbers


REGIONS = (
    *(None, "FR", "US", "IT", "DE", "RU", "BY", "IN", "BR", "AU", "CV", "XK", "JP"),
    *("AR", "MX", "GA", "RE", "AD", "BS", "SM", "CI"),
)
MAPS = {"native": prefixes.PrefixMap, "fallback": fallback.PrefixMap}
implementations = pytest.mark.parametrize("core", [native, fallback], ids=["native", "fallback"])
maps = pytest.mark.parametrize("prefix_map", MAPS.values(), ids=MAPS)


@cache
def plan(core, region):
    prefix_map = MAPS["native" if core is native else "fallback"]
    return core.NumberPlan(
        rules._readings(region),
        rules._readings_of_codes(),
        prefix_map(rules.number_zones()),
        rules._zero(region),
    )


def parse(core, texts, region, **how):
    """The rows of a column of texts and of missing cells."""
    return rows(parsed(core, texts, region, **how))


def parsed(core, texts, region, **how):
    utf8 = [b"" if text is None else text.encode() for text in texts]
    offsets = array("q", accumulate(map(len, utf8), initial=0))
    bits = sum(1 << row for row, text in enumerate(texts) if text is not None)
    validity = bits.to_bytes(len(texts) // 8 + 1, "little")
    return core.parse_numbers(offsets, b"".join(utf8), validity, plan(core, region), **how)


def rows(found):
    typed = zip(found[:3], "QiB", strict=True)
    cells = (memoryview(cells).cast("B").cast(code) for cells, code in typed)
    return list(zip(*cells, strict=True))


def assert_agreement(texts, region):
    expected = [(0, -1, MISSING) if text is None else plan(fallback, region).read(text) for text in texts]
    found = parsed(native, texts, region)
    assert found == parsed(fallback, texts, region)
    assert rows(found) == expected
    assert [
        (0, -1, MISSING) if text is None else plan(native, region).read(text) for text in texts
    ] == expected


MEANT = "".join(map(chr, fallback.MEANINGS))
pieces = st.sampled_from(
    [
        *("+", "00", "011", "810", "0", "33", "39", "390", "49", "375", "80", "8", "1", "7", "91", "(0)"),
        *(".0", ".", ",", "-", " ", "\xa0", "\u200e", "e", "E+", "tel:", "TEL:", "'", "x", "n/a"),
        *("６", "٣", "９", "é", "İ", "K", "😀", "(", ")", '="', '"', "Tel. ", " ext 5", ";ext=12", "#", ","),
        *(".00", "15", "11", "0692", "1", "241", "54", "052", "376", "whatsapp:", " x"),
    ]
)
digits = st.text("0123456789", min_size=1, max_size=12)
written_texts = st.lists(pieces | digits, max_size=6).map("".join)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
texts = st.one_of(written_texts, st.text(MEANT, max_size=20), anything, st.none())


@given(st.lists(texts, max_size=8), st.sampled_from(REGIONS))
@example(
    ["3.36E+10", "3,36e10", "E5", "3E", "3e-5", "1.2.3e4", "3e5.0", "+3e5", "--3e5", "3e+-5", "3é5"], "FR"
)
@example(["0.0", ".0", "1234567890.0", "12345678901.00", "1.0.0", "-1234567890.0", "12-34567890.0"], None)
@example(["'tel:+33639981020", "tel:'+33639981020", "'+'1", "tel:", "te:1", "'", "''1"], None)
@example(["9" * size for size in (14, 15, 16, 31, 32, 33, 48, 49, 200)], "FR")
@example(["+" + "9" * size for size in (14, 15, 16, 31, 32, 33, 48, 49, 200)], "DE")
@example(["00" + "4" * size for size in (14, 15, 16, 29, 30, 31, 32, 33, 48, 200)], "US")
@example(["+", "+3", "+33", "+21", "+212", "+88", "+1", "33", "3", "0", "00", "001"], None)
def test_columns_and_texts_agree(column, region):
    assert_agreement(column, region)


def test_every_character_means_the_same():
    characters = [chr(point) for point in (*range(0xD800), *range(0xE000, 0x11000))]
    assert_agreement([f"+3363998{char}1020" for char in characters], None)
    assert_agreement(characters, "FR")


def test_lone_surrogates_are_refused_alike():
    for text in ("\ud800", "+33\udfff639981020", "\ud83d"):
        assert plan(native, "FR").read(text) == plan(fallback, "FR").read(text)


@pytest.mark.parametrize("region", REGIONS)
def test_every_example_of_phonenumbers_is_read_alike_in_every_spelling(region):
    column = [spelling for number in examples() for spelling in spellings(number)]
    assert len(column) > 9_000
    assert_agreement(column, region)


def examples():
    kinds = [value for name, value in vars(PhoneNumberType).items() if name.isupper()]
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        yield from filter(None, (phonenumbers.example_number_for_type(country, kind) for kind in kinds))


def spellings(number):
    digits = phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]
    yield from (f"+{digits}", f"00{digits}", digits, f"{digits}.0", f"+{digits[:-2]}", f"+{digits}00")
    yield from (phonenumbers.format_number(number, style) for style in (1, 2, 3))
    yield phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL).translate(
        {ord("0") + digit: 0xFF10 + digit for digit in range(10)} | {ord(" "): "\u202f"}
    )


@pytest.mark.parametrize("region", [None, "FR", "DE", "US"])
def test_the_demo_campaign_is_read_alike(shared, region):
    with (shared / "demo" / "recipients.csv").open(encoding="utf-8", newline="") as file:
        assert_agreement([row["to"] for row in csv.DictReader(file)], region)


def test_the_plan_in_use_is_this_one():
    for text in ("06 39 98 10 20", "+12125550123", "n/a"):
        assert rules.number_plan("FR").read(text) == plan(fallback, "FR").read(text)


@implementations
def test_a_slice_of_a_column_is_read_with_its_own_offsets_and_bits(core):
    texts = [
        "+33639981020",
        None,
        "06 39 98 10 21",
        "",
        None,
        "+447700900123",
        "n/a",
        None,
        None,
        "0639981022",
    ]
    utf8 = [(text or "").encode() for text in texts]
    offsets = array("q", accumulate(map(len, utf8), initial=0))
    bits = sum(1 << row for row, text in enumerate(texts) if text is not None).to_bytes(2, "little")
    whole = parse(core, texts, "FR")
    for start in range(len(texts) + 1):
        found = core.parse_numbers(
            memoryview(offsets)[start:], b"".join(utf8), bits, plan(core, "FR"), bit_offset=start
        )
        assert rows(found) == whole[start:]


@implementations
def test_a_column_may_be_empty_and_without_bits(core):
    assert rows(core.parse_numbers(b"", b"", None, plan(core, None))) == []
    assert rows(core.parse_numbers(bytes(8), b"", None, plan(core, None))) == []
    assert rows(core.parse_numbers(array("q", [0, 0]), b"", None, plan(core, None)))[0][2] == fallback.EMPTY


@implementations
@pytest.mark.parametrize(
    ("offsets", "row"),
    [
        ([0, 5, 3, 12], 1),
        ([-1, 5, 12], 0),
        ([0, 5, 13], 1),
        ([0, 2**62], 0),
        ([5, -(2**63), 12], 0),
        ([2**63 - 1, 2**63 - 1], 0),
    ],
)
def test_damaged_offsets_are_refused_by_row(core, offsets, row):
    with pytest.raises(InputError, match=f"row {row} has offsets outside its column") as refused:
        core.parse_numbers(array("q", offsets), b"+33639981020", None, plan(core, None))
    assert refused.value.row == row


@implementations
def test_damaged_offsets_of_a_missing_cell_are_refused_too(core):
    with pytest.raises(InputError, match="row 0 has offsets outside its column"):
        core.parse_numbers(array("q", [7, 3]), b"+33639981020", b"\0", plan(core, None))


@implementations
def test_short_buffers_are_refused(core):
    with pytest.raises(InputError, match="a buffer of 7 bytes does not hold 64-bit integers"):
        core.parse_numbers(bytes(7), b"", None, plan(core, None))
    with pytest.raises(InputError, match="a validity bitmap of 1 bytes is too short for 9 rows from bit 0"):
        core.parse_numbers(bytes(80), b"", b"\0", plan(core, None))
    with pytest.raises(InputError, match="is too short for 1 rows from bit 8"):
        core.parse_numbers(bytes(16), b"", b"\0", plan(core, None), bit_offset=8)
    with pytest.raises(InputError, match="from bit -1"):
        core.parse_numbers(bytes(16), b"", b"\0", plan(core, None), bit_offset=-1)


@implementations
@pytest.mark.parametrize(
    "broken",
    [
        *(b"\xff", b"+33\x80", b"\xe2\x80", b"\xc2", b"\xf0\x9f", b"\xf0\x9f\x98\x80", b"\xf4\x90\x80\x80"),
        *(b"\xc0\xab33639981020", b"\xe0\x80\xab33639981020", b"33\xe2\x80\x8e639981020\xe2"),
        *(b"\xed\xa0\x80", b"3e\xc3"),
    ],
)
def test_broken_utf8_is_no_number_and_no_crash(core, broken):
    found = rows(core.parse_numbers(array("q", [0, len(broken)]), broken, None, plan(core, None)))
    assert [STATUSES[status] for _, _, status in found] == ["characters"]


@given(st.binary(max_size=12))
def test_any_bytes_are_read_alike(data):
    offsets = array("q", [0, len(data)])
    assert rows(native.parse_numbers(offsets, data, None, plan(native, "FR"))) == rows(
        fallback.parse_numbers(offsets, data, None, plan(fallback, "FR"))
    )


@implementations
@pytest.mark.parametrize(
    ("readings", "codes"),
    [
        ([Reading("123456789", "33", 1 << 9)], {}),
        ([Reading("0", "123456789", 1 << 5)], {}),
        ([Reading("0", "33", 1 << 14)], {}),
        ([Reading("0", "33", -1)], {}),
        ([Reading("00", ABROAD, 1 << 32)], {}),
        ([], {"33": [Reading("0", "33", 1 << 14)]}),
        ([Reading("+", "33", 1)], {}),
        ([Reading("0", "3٣", 1)], {}),
        ([], {"3333": []}),
        ([], {"": []}),
        ([], {"3a": []}),
    ],
)
def test_a_plan_that_holds_no_numbers_is_refused(core, readings, codes):
    prefix_map = MAPS["native" if core is native else "fallback"]
    with pytest.raises(InputError):
        core.NumberPlan(readings, codes, prefix_map({}))


short = st.text("0123456789", max_size=6)
values = st.integers(0, 2**31 - 1)
long = st.text("0123456789", min_size=1, max_size=15).filter(lambda digits: digits[0] != "0")


@given(st.dictionaries(short | long, values, max_size=40), st.lists(short | long, max_size=20))
def test_the_longest_prefix_wins(prefix_values, wanted):
    def longest(digits):
        sizes = (size for size in range(len(digits), -1, -1) if digits[:size] in prefix_values)
        return (
            prefix_values[digits[: next(sizes)]]
            if any(digits.startswith(prefix) for prefix in prefix_values)
            else -1
        )

    native_map, plain_map = prefixes.PrefixMap(prefix_values), fallback.PrefixMap(prefix_values)
    wanted = [*wanted, *prefix_values]
    for digits in filter(None, wanted):
        assert native_map.find(digits) == plain_map.find(digits) == longest(digits)
    numbers = array("Q", [int(digits) for digits in wanted if digits and digits[0] != "0"])
    expected = [longest(str(number)) for number in numbers]
    assert list(memoryview(native_map.find_many(numbers)).cast("i")) == expected
    assert list(memoryview(plain_map.find_many(numbers)).cast("i")) == expected


@maps
def test_a_number_of_each_length_is_walked_to_its_last_digit(prefix_map):
    numbers = [int("123456789876543"[:size]) for size in range(1, 16)]
    values = prefix_map({str(number): size for size, number in enumerate(numbers)})
    assert list(memoryview(values.find_many(array("Q", numbers))).cast("i")) == list(range(15))
    assert values.find_many(array("Q", [0, 10**15, 2**64 - 1])) == array("i", [-1, -1, -1]).tobytes()
    assert values.find_many(b"") == b""


@maps
def test_what_is_not_digits_has_no_prefix(prefix_map):
    values = prefix_map({"33": 1, "": 0})
    assert [values.find(text) for text in ("3361", "44", "", "+33", "٣٣", "3 3")] == [1, 0, -1, -1, -1, -1]


@maps
@pytest.mark.parametrize(
    ("prefix", "value", "why"),
    [
        ("+33", 1, "is not digits"),
        ("3٣", 1, "is not digits"),
        ("33", -1, "value -1"),
        ("33", 2**31, "give 0 to"),
    ],
)
def test_a_map_of_something_else_is_refused(prefix_map, prefix, value, why):
    with pytest.raises(InputError, match=why):
        prefix_map({prefix: value})


@maps
def test_a_column_of_something_else_is_refused(prefix_map):
    with pytest.raises(InputError, match="a buffer of 4 bytes does not hold 64-bit integers"):
        prefix_map({}).find_many(array("i", [1]))


def test_nothing_native_can_be_used_before_it_is_made():
    for made in (native.NumberPlan, prefixes.PrefixMap):
        with pytest.raises(TypeError):
            made.__new__(made)


e164 = st.from_regex(r"\+[1-9][0-9]{0,16}", fullmatch=True)
close = st.sampled_from(["+33639981020", "+336399810201", "+12125550123", "+390612345678", "+80012345678"])
prefix_maps = st.dictionaries(st.from_regex("[1-9][0-9]{0,12}|", fullmatch=True), st.integers(0, 2**31 - 1))


@given(st.lists(e164 | close | written_texts, max_size=8), prefix_maps, st.sampled_from([None, "FR", "IT"]))
@example(["+33639981020", "+3363998102"], {"": 7, "33": 1, "3363": 2, "33639981": 3, "33639981020": 4}, None)
@example(["+393312345678", "+3933123456789"], {"3933123456789": 5, "39331234567": 6, "3": 2**31 - 1}, "IT")
def test_places_are_those_of_the_longest_prefix(column, values, region):
    found = parsed(native, column, region, places=prefixes.PrefixMap(values))
    assert found == parsed(fallback, column, region, places=fallback.PrefixMap(values))
    known = fallback.PrefixMap(values)
    numbers, places = memoryview(found.numbers).cast("Q"), memoryview(found.places).cast("i")
    written = [str(number) if number else "" for number in numbers]
    assert places.tolist() == [
        place_of(known.find(digits), len(digits)) if digits else -1 for digits in written
    ]


def test_a_place_tells_whether_numbers_of_that_length_are_assigned():
    value = with_lengths(zone_of(7, 2), 1 << 9 | 1 << 11)
    assert [place_of(value, size) & 1 for size in range(8, 13)] == [1, 0, 1, 0, 1]
    assert {parts_of_zone(place_of(value, size) >> 1) for size in (9, 10)} == {(7, 2)}
    assert place_of(-1, 9) == -1


@implementations
def test_texts_are_verbatim_where_all_numbers_are_written_as_e164(core):
    assert parsed(core, ["+33639981020", None, "n/a", "+12125550123"], "FR").verbatim
    for other in ("0639981020", "+33 6 39 98 10 20", "+330639981020", "＋33639981020", "+3363998102０"):
        found = parsed(core, ["+33639981020", other], "FR")
        assert memoryview(found.numbers).cast("Q").tolist() == [33639981020, 33639981020]
        assert not found.verbatim, other


@given(st.lists(st.just(0) | st.integers(1, 10**15 - 1) | st.integers(1, 2**64 - 1), max_size=20))
@example([0, *(10**power - one for power in range(20) for one in (1, 0)), 2**64 - 1])
def test_numbers_are_written_as_they_are_read(values):
    column = array("Q", values)
    offsets, data = written.write_numbers(column)
    ends = memoryview(offsets).cast("q")
    texts = [bytes(data[start:stop]).decode() for start, stop in pairwise(ends)]
    assert texts == [f"+{value}" if value else "" for value in values]
    assert (offsets, data[: ends[-1]]) == fallback.write_numbers(column)
