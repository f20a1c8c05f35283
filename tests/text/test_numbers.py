"""Numbers are read as people write them, or refused with the reason; countries are those of phonenumbers."""

import csv
import importlib.util
import pickle
from pathlib import Path

import phonenumbers
import pytest
from folders import ROOT
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from callr_segment._core import STATUSES
from callr_segment.errors import InputError, InvalidNumber
from callr_segment.text import numbers as numbers_module
from callr_segment.text.numbers import Number, country_and_note, country_codes, normalize_number, number_plan
from callr_segment.text.tables import regions

E164, INTERNATIONAL, NATIONAL, RFC3966 = (
    PhoneNumberFormat.E164,
    PhoneNumberFormat.INTERNATIONAL,
    PhoneNumberFormat.NATIONAL,
    PhoneNumberFormat.RFC3966,
)
FICTIONAL = Number("+33639981020", "FR", "fictional")


@pytest.mark.parametrize(
    "written",
    [
        "+33639981020",
        "0033639981020",
        "06 39 98 10 20",
        "06.39.98.10.20",
        "06-39-98-10-20",
        "06/39/98/10/20",
        "(06) 39 98 10 20",
        "+33 (0)6 39 98 10 20",
        "+33 (0) 6.39.98.10.20",
        "0033 (0)6 39 98 10 20",
        "06\N{NO-BREAK SPACE}39\N{NARROW NO-BREAK SPACE}98\N{THIN SPACE}10\N{FIGURE SPACE}20",
        "\N{LEFT-TO-RIGHT EMBEDDING}+33639981020\N{POP DIRECTIONAL FORMATTING}",
        "\N{LEFT-TO-RIGHT MARK}+33 6 39 98 10 20\N{ZERO WIDTH SPACE}",
        "\N{ZERO WIDTH NO-BREAK SPACE}0639981020",
        "\N{FULLWIDTH PLUS SIGN}３３６３９９８１０２０",
        "٠٦٣٩٩٨١٠٢٠",
        "+۳۳۶۳۹۹۸۱۰۲۰",
        "०६३९९८१०२०",
        "06‑39–98—10−20",
        "tel:+33-6-39-98-10-20",
        "TEL:0639981020",
        "'+33639981020",
        "'0639981020",
        "\t 0639981020\r\n",
        "639981020",
        "33639981020",
        "330639981020",
        "33639981020.0",
        "+33639981020.0",
    ],
)
def test_every_spelling_of_a_number_is_the_number(written):
    assert normalize_number(written, default_region="FR") == FICTIONAL


@pytest.mark.parametrize("number", [33639981020, 33639981020.0, "33639981020", "33639981020.0"])
@pytest.mark.parametrize(("region", "note"), [(None, "fictional"), ("FR", "fictional"), ("US", "foreign")])
def test_digits_mean_the_same_wherever_they_come_from(number, region, note):
    assert normalize_number(number, default_region=region) == FICTIONAL._replace(note=note)


@pytest.mark.parametrize(
    ("digits", "region", "e164"),
    [
        (612345678, "FR", "+33612345678"),
        (692123456, "FR", "+262692123456"),
        (7911123456, "GB", "+447911123456"),
        (2124567890, "US", "+12124567890"),
        (3331234567, "IT", "+393331234567"),
        (9123456789, "RU", "+79123456789"),
        (447911123456, "GB", "+447911123456"),
    ],
)
def test_a_whole_number_is_read_with_the_region_as_its_digits_are(digits, region, e164):
    for number in (digits, float(digits), str(digits), f"{digits}.0", f"{digits}.00", f"{digits}."):
        assert normalize_number(number, default_region=region).e164 == e164


@pytest.mark.parametrize(
    ("digits", "region"),
    [
        (669812345, "IT"),  # 06 6981 2345
        (331123456, "IT"),  # 0331 123456, rather than a mobile of nine digits
        (708091011, "CI"),
        (1123456, "GA"),
        (549886377, "SM"),
        (51234567, "CG"),
    ],
)
def test_a_whole_number_that_may_have_lost_its_zero_is_never_guessed(digits, region):
    for number in (digits, float(digits), f"{digits}.0"):
        with pytest.raises(InvalidNumber, match=f"may have lost the zero .* {region} do; read the file with"):
            normalize_number(number, default_region=region)
    assert normalize_number(f"0{digits}", default_region=region).note in (None, "landline")


def test_whole_numbers_without_a_region_are_international_or_refused():
    assert normalize_number(4930123456).e164 == "+4930123456"
    for number in (639981020, 639981020.0, "639981020", "299123456", 999999999):
        with pytest.raises(InvalidNumber, match=r"does not say its country|column of decimals"):
            normalize_number(number)
    with pytest.raises(InvalidNumber, match="may be two different numbers"):
        normalize_number(4930123456, default_region="DE")


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ('="0639981020"', "FR", "+33639981020"),
        ("Tel. 06 39 98 10 20", "FR", "+33639981020"),
        ("tél : 06.39.98.10.20", "FR", "+33639981020"),
        ("whatsapp:+33639981020", None, "+33639981020"),
        ("<+33 6 39 98 10 20>", None, "+33639981020"),
        ("06 39 98 10 20 ext 5", "FR", "+33639981020"),
        ("06 39 98 10 20 ext. 5", "FR", "+33639981020"),
        ("06 39 98 10 20 x5", "FR", "+33639981020"),
        ("06 39 98 10 20 #12", "FR", "+33639981020"),
        ("06 39 98 10 20 доб. 12", "FR", "+33639981020"),
        ("tel:+33639981020;ext=5", None, "+33639981020"),
        ("tel:0639981020;phone-context=+33", None, "+33639981020"),
        ("tel:639981020;phone-context=+33;ext=7", "DE", "+33639981020"),
        ("tel:0639981020;phone-context=example.com", "FR", "+33639981020"),
        ("0639981020,,12#", "FR", "+33639981020"),
        ("0639981020;", "FR", "+33639981020"),
        ("(212) 456-7890 extension 4", "US", "+12124567890"),
    ],
)
def test_what_stands_around_a_number_is_left_out_as_phonenumbers_does(written, region, e164):
    read = normalize_number(written, default_region=region)
    assert read.e164 == e164
    assert read.note in ("trimmed", "fictional")
    theirs = phonenumbers.parse(written, region)
    assert phonenumbers.format_number(theirs, PhoneNumberFormat.E164) == e164


def test_a_note_says_that_text_was_left_out():
    assert normalize_number("Tel. 06 12 34 56 78", default_region="FR").note == "trimmed"
    assert normalize_number("tel:06 12 34 56 78", default_region="FR").note is None
    assert normalize_number("sms:+33612345678?body=Oui&x=1") == ("+33612345678", "FR", "trimmed")
    assert normalize_number("tel:+33612345678;phone-context=+44") == ("+33612345678", "FR", "trimmed")


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("0692 12 34 56", "FR", ("+262692123456", "RE", None)),
        ("0639 12 34 56", "FR", ("+262639123456", "YT", None)),
        ("0690 12 34 56", "FR", ("+590690123456", "GP", None)),
        ("0694 12 34 56", "FR", ("+594694123456", "GF", None)),
        ("0696 12 34 56", "FR", ("+596696123456", "MQ", None)),
        ("0262 12 34 56", "FR", ("+262262123456", "RE", "landline")),
        ("0596 52 34 56", "FR", ("+596596523456", "MQ", "landline")),
        ("0508 41 12 34", "FR", ("+508411234", "PM", "landline")),
        ("06 12 34 56 78", "RE", ("+33612345678", "FR", None)),
        ("01 42 34 56 78", "MQ", ("+33142345678", "FR", "landline")),
        ("0696 12 34 56", "RE", ("+596696123456", "MQ", None)),
        ("0596 52 34 56", "MQ", ("+596596523456", "MQ", "landline")),
        ("06 12 34 56 78", "GF", ("+33612345678", "FR", None)),
    ],
)
def test_france_and_its_overseas_departments_dial_each_other_as_at_home(written, region, number):
    assert normalize_number(written, default_region=region) == number


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("011 15-2345-6789", "AR", "+5491123456789"),
        ("11 15 2345 6789", "AR", "+5491123456789"),
        ("(221) 15 412-3456", "AR", "+5492214123456"),
        ("02901 15-412345", "AR", "+5492901412345"),
        ("+54 11 15 2345 6789", None, "+5491123456789"),
        ("+54 9 11 2345 6789", None, "+5491123456789"),
        ("011 2345-6789", "AR", "+541123456789"),
        ("1 55 1234 5678", "MX", "+525512345678"),
        ("01 55 1234 5678", "MX", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("074 12 34 56", "GA", "+24174123456"),
        ("+241 074 12 34 56", None, "+24174123456"),
        ("555-1234", "BS", "+12425551234"),
        ("886377", "SM", "+3780549886377"),
        ("376 345 940", "AD", "+376345940"),
        ("687 751234", "NC", "+687751234"),
        ("681 721234", "WF", "+681721234"),
        ("508 551234", "PM", "+508551234"),
        ("682 71234", "CK", "+68271234"),
        ("0 15 11 91234 5678", "BR", "+5511912345678"),
    ],
)
def test_regions_have_rules_of_their_own(written, region, e164):
    assert normalize_number(written, default_region=region).e164 == e164


def test_the_way_out_says_what_a_country_writes_otherwise():
    with pytest.raises(InvalidNumber, match="have 10 after it, without the 1 that mobiles had until 2019"):
        normalize_number("+52 1 55 1234 5678")


@pytest.mark.parametrize(
    ("written", "region", "note"),
    [
        ("61234567890", "FR", "foreign"),
        ("447911123456", "FR", "foreign"),
        ("+33000000000", None, "unassigned"),
        ("+11234567890", None, "unassigned"),
        ("+33699123456", None, None),
        ("+33694123456", None, "unassigned"),
        ("+491512345678", None, "unassigned"),  # a mobile one digit short
        ("+4915112345678", None, None),
        ("+491511234567890", None, "unassigned"),  # and two too long, as a voicemail may be
        ("201 155 0198", "US", "unassigned"),  # no exchange begins with 1
        ("+1 264 999 1234", None, "unassigned"),  # nor with 9 in Anguilla
        ("0800 123 456", "FR", "service"),
        ("+33 899 12 34 56", None, "service"),
        ("+18002345678", None, "service"),
    ],
)
def test_numbers_are_never_foreign_unassigned_or_services_in_silence(written, region, note):
    assert normalize_number(written, default_region=region).note == note


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("61234567890.00", "FR"),
        ("(612) 3456 7890", "FR"),
        ("(44) 7911 123456", "FR"),
        ("8 9123 4567 8", "RU"),
        ("6123456789", "FR"),  # a digit too many, and no number of Australia
        ("061234567", "FR"),
        ("06123456789", "FR"),
    ],
)
def test_a_national_form_that_does_not_fit_is_refused_not_foreign(written, region):
    with pytest.raises(InvalidNumber):
        normalize_number(written, default_region=region)


@pytest.mark.parametrize(
    ("written", "region", "why"),
    [
        ("", "FR", "'' holds no digit; leave the number missing"),
        (" \N{ZERO WIDTH SPACE}", "FR", "holds no digit"),
        ("+", "FR", "holds no digit"),
        ("n/a", "FR", "'n/a' holds something that is no part of a phone number"),
        ("06,39,98,10,20", "FR", "no part of a phone number"),
        ("06+39981020", "FR", "no part of a phone number"),
        ("++33639981020", "FR", "no part of a phone number"),
        ("0639981O20", "FR", "no part of a phone number"),
        ("06 39 98 10 ²0", "FR", "no part of a phone number"),
        ("\ud83d\ude00", "FR", "no part of a phone number"),
        ("\ud800", "FR", "no part of a phone number"),
        ("3.36E+10", "FR", "has lost its last digits to scientific notation; export the column as text"),
        ("3,36e+10", "FR", "has lost its last digits"),
        ("3.36E10", None, "has lost its last digits"),
        ("639000000.0", None, "column of decimals, where only 10 to 15 digits can be trusted"),
        ("0.0", None, "column of decimals"),
        ("06.39.98", "FR", r"'06\.39\.98' has too few digits: numbers of \+33 have 9 after it"),
        ("+33 6", "FR", r"has too few digits: numbers of \+33 have 9 after it"),
        ("0033 6 39 98", "US", r"has too few digits: numbers of \+33 have 9 after it"),
        ("011 33 6", "US", r"has too few digits: numbers of \+33 have 9 after it"),
        ("+336399810201", None, r"has too many digits: numbers of \+33 have 9 after it"),
        ("06 39 98 10 20 / 06 39 98 10 21", "FR", "have 9 after it; if it is two numbers, keep one"),
        ("9" * 40, "FR", "has too many digits"),
        ("00" + "9" * 40, None, "has too many digits: no number has so many"),
        ("+999123456789", "FR", "begins with a calling code that no country has"),
        ("+0639981020", "FR", "begins with a calling code that no country has"),
        ("0639981020", None, "does not say its country; .* pass default_region, such as 'FR'"),
        ("639981020", None, "does not say its country"),
        ("999123456789", None, "does not say its country"),
        ("4930123456", "DE", "may be two different numbers in DE; write it with "),
        ("006561234567", "SG", "may be two different numbers in SG"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason_and_the_way_out(written, region, why):
    with pytest.raises(InvalidNumber, match=why) as refused:
        normalize_number(written, default_region=region)
    assert refused.value.value == written
    assert str(refused.value).startswith(ascii(written))


@pytest.mark.parametrize(
    "number", [None, True, -33639981020, 3.5, float("nan"), float("inf"), b"+33639981020", []]
)
def test_what_is_no_text_and_no_whole_number_is_refused(number):
    with pytest.raises(InvalidNumber, match="is not a phone number; give a text"):
        normalize_number(number)


def test_a_whole_number_that_is_refused_is_shown():
    with pytest.raises(InvalidNumber, match=r"^'12345' has too few digits") as refused:
        normalize_number(12_345, default_region="FR")
    assert refused.value.value == "12345"


def test_every_reason_has_a_message():
    assert set(numbers_module.REASONS) == set(STATUSES) - {"ok", "missing"}


@pytest.mark.parametrize("region", ["fr", "UK", "XX", "001", "", "France"])
def test_a_region_that_is_no_country_is_refused(region):
    with pytest.raises(
        InputError, match=r"is not a country; write the two capital letters of ISO 3166"
    ) as refused:
        normalize_number("+33639981020", default_region=region)
    assert refused.value.value == region


@pytest.mark.parametrize(
    ("written", "region", "e164"),
    [
        ("393331234567", "IT", "+393331234567"),  # no national number of 12 digits begins so
        ("3933312345", "IT", "+393933312345"),  # a mobile that begins like the calling code
        ("06 698 12345", "IT", "+3906698" + "12345"),  # the zero belongs to the number
        ("306912345678", "GR", "+306912345678"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("8 800 555-35-35", "RU", "+78005553535"),
        ("800 555-35-35", "RU", "+78005553535"),
        ("+7 8 912 345 67 89", None, "+79123456789"),
        ("+7 800 555 35 35", None, "+78005553535"),
        ("8 029 491 19 11", "BY", "+375294911911"),
        ("06 1 234 5678", "HU", "+3612345678"),
        ("(212) 456-7890", "US", "+12124567890"),
        ("1-212-456-7890", "US", "+12124567890"),
        ("011 44 20 7123 4567", "US", "+442071234567"),
        ("0044 20 7123 4567", "US", "+442071234567"),
        ("0011 44 20 7123 4567", "AU", "+442071234567"),
        ("8 10 44 20 7123 4567", "RU", "+442071234567"),
        ("4915112345678", "DE", "+4915112345678"),  # a mobile rather than a landline
        ("49 (0)151 12345678", "DE", "+4915112345678"),
        ("43 (0)664 1234567", "AT", "+436641234567"),
        ("91 098123 45678", "IN", "+919812345678"),
        ("447700900123", "FR", "+447700900123"),
        ("+81 (0)90-1234-5678", None, "+819012345678"),
        ("+4910000010858", None, "+4910000010858"),
        ("+901000011997", None, "+901000011997"),
    ],
)
def test_digits_are_read_as_they_are_dialled_where_they_were_written(written, region, e164):
    assert normalize_number(written, default_region=region).e164 == e164


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+12042345678", "CA"),
        ("+12125550123", "US"),
        ("+18002345678", "US"),
        ("+77001234567", "KZ"),
        ("+79123456789", "RU"),
        ("+447700900123", "GB"),
        ("+447781123456", "GG"),
        ("+390669812345", "VA"),
        ("+262639123456", "YT"),
        ("+4910000010858", "DE"),
        ("+901000011997", "TR"),
        ("+80012345678", None),
        ("+881612345678", None),
        ("+8835100123456", None),
    ],
)
def test_the_country_follows_from_the_calling_code_and_the_area(number, country):
    assert normalize_number(number).country == country


@pytest.mark.parametrize(
    ("number", "note"),
    [
        ("+33199001234", "fictional"),
        ("+33261911234", "fictional"),
        ("+33353011234", "fictional"),
        ("+33465711234", "fictional"),
        ("+33536491234", "fictional"),
        ("+33639981234", "fictional"),
        ("+33639971234", "unassigned"),
        ("+33140000000", "landline"),
        ("+447700900123", "fictional"),
        ("+447700901123", "unassigned"),
        ("+442079460123", "fictional"),
        ("+442079461123", "landline"),
        ("+12125550123", "fictional"),
        ("+12125550223", None),
        ("+14165550199", "fictional"),
        ("+493023125123", "fictional"),
        ("+4915228817386", "fictional"),
        ("+4915228817387", None),
        ("+61491570156", "fictional"),
        ("+61491570155", None),
        ("+61255501234", "fictional"),
        ("+390612345678", "landline"),
        ("+393331234567", None),
        ("+80012345678", "service"),
    ],
)
def test_numbers_that_reach_nobody_by_sms_are_noted(number, note):
    assert normalize_number(number).note == note


def test_a_number_cannot_change_and_can_be_pickled():
    assert pickle.loads(pickle.dumps(FICTIONAL)) == FICTIONAL
    with pytest.raises(AttributeError):
        FICTIONAL.country = "BE"


def test_an_invalid_number_can_be_pickled():
    with pytest.raises(InvalidNumber) as refused:
        normalize_number("n/a")
    copy = pickle.loads(pickle.dumps(refused.value))
    assert (type(copy), str(copy), copy.value) == (InvalidNumber, str(refused.value), "n/a")


def digits_of(number):
    return phonenumbers.format_number(number, E164).removeprefix("+")


def examples():
    """Every example number of phonenumbers: of every region and every type."""
    kinds = [value for name, value in vars(PhoneNumberType).items() if name.isupper()]
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        found = filter(None, (phonenumbers.example_number_for_type(region, kind) for kind in kinds))
        yield from ((region, number) for number in {digits_of(number): number for number in found}.values())
    for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        yield None, phonenumbers.example_number_for_non_geo_entity(code)


EXAMPLES = list(examples())
LOCAL_ONLY = {"+13101234"}  # CA 310-1234 cannot be dialled with its calling code, nor receive an SMS


def disagreements(spell, region_of=lambda region: None):
    """E.164 numbers of the examples that are not read as phonenumbers reads them, when spelt so."""
    found = set()
    for region, number in EXAMPLES:
        written = spell(region, number)
        country = phonenumbers.region_code_for_number(number)
        expected = (phonenumbers.format_number(number, E164), None if country == "001" else country)
        try:
            read = normalize_number(written, default_region=region_of(region))[:2]
        except InvalidNumber:
            read = None
        if written and read != expected:
            found.add(expected[0])
    return found


def test_there_are_examples_of_every_country():
    assert {region for region, _ in EXAMPLES} - {None} == set(country_codes())
    assert len(EXAMPLES) > 1000


@pytest.mark.parametrize("style", [E164, INTERNATIONAL, RFC3966])
def test_number_and_country_are_those_of_phonenumbers(style):
    assert disagreements(lambda _, number: phonenumbers.format_number(number, style)) == LOCAL_ONLY


def test_number_and_country_do_not_depend_on_the_default_region():
    written = lambda _, number: phonenumbers.format_number(number, INTERNATIONAL)  # noqa: E731
    for region in ("FR", "US", "RU", "DE", "SG"):
        assert disagreements(written, lambda _, region=region: region) == LOCAL_ONLY


def test_zero_zero_stands_for_plus():
    assert disagreements(lambda _, number: "00" + digits_of(number)) == LOCAL_ONLY


def test_ten_digits_and_more_need_no_plus():
    assert disagreements(lambda _, number: digits_of(number) if len(digits_of(number)) >= 10 else "") == set()


def test_numbers_are_read_as_they_are_written_in_their_country():
    national = lambda region, number: region and phonenumbers.format_number(number, NATIONAL)  # noqa: E731
    assert disagreements(national, lambda region: region) == set()


def test_numbers_are_read_as_they_are_dialled_from_the_united_states():
    dialled = phonenumbers.format_out_of_country_calling_number
    assert disagreements(lambda _, number: dialled(number, "US"), lambda _: "US") == LOCAL_ONLY


def test_numbers_are_read_without_their_trunk_prefix():
    bare = lambda region, number: region and phonenumbers.national_significant_number(number)  # noqa: E731
    assert disagreements(bare, lambda region: region) == set()


def test_numbers_are_read_after_their_own_calling_code():
    refused = {"+4930123456", "+62218350123", "+38328012345"}  # two landlines
    services = {"+5540041234", "+4918012345", "+38380001234", "+38390001234"}
    written = lambda _, number: digits_of(number) if len(digits_of(number)) >= 10 else ""  # noqa: E731
    assert disagreements(written, lambda region: region) == refused | services


@pytest.mark.once
def test_the_table_is_generated_from_the_metadata():
    if phonenumbers.__version__ != regions.PHONENUMBERS:
        pytest.skip(
            f"the table is that of phonenumbers {regions.PHONENUMBERS}, not {phonenumbers.__version__}"
        )
    script = ROOT / "scripts" / "make_regions.py"
    if not script.exists():
        pytest.skip("the generators of tables are not beside these tests")
    spec = importlib.util.spec_from_file_location("make_regions", script)
    make_regions = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_regions)
    assert Path(regions.__file__).read_text(encoding="utf-8") == make_regions.source()


@given(st.sampled_from(EXAMPLES), st.data())
def test_punctuation_and_invisible_characters_change_nothing(example, data):
    e164 = phonenumbers.format_number(example[1], E164)
    if e164 in LOCAL_ONLY:
        return
    gaps = data.draw(
        st.lists(st.sampled_from(["", " ", "-", "\u202f", "\u200e", "\xa0", "/", "("]), min_size=16)
    )
    written = "".join(gap + char for gap, char in zip(gaps, e164, strict=False))
    assert normalize_number(written) == normalize_number(e164)


@given(
    st.text("+0123456789 .-()eEx'", max_size=24), st.sampled_from([None, "FR", "DE", "US", "RU", "IT", "SG"])
)
def test_a_number_read_once_is_read_the_same_again(text, region):
    try:
        number = normalize_number(text, default_region=region)
    except InvalidNumber:
        return
    assert normalize_number(number.e164, default_region=region) == number
    assert 5 <= len(number.e164) <= 16


def test_the_demo_campaign_holds_the_dirt_that_was_put_in(shared):
    with (shared / "demo" / "recipients.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    plan, statuses, found = number_plan("FR"), dict.fromkeys(STATUSES, 0), []
    for row in rows:
        number, place, status = plan.read(row["to"])
        statuses[STATUSES[status]] += 1
        if number:
            found.append(number)
            # 19 landlines of 01 99 00, a French block for films, stand in rows of any country,
            # and 18 cells have 639000000.0, which dialled in France is a number of Mayotte.
            country, note = country_and_note(place)
            assert (
                country == row["country"]
                or (number // 10**4, note) == (3319900, "fictional")
                or (row["to"], country) == ("639000000.0", "YT")
            )
    assert {name: count for name, count in statuses.items() if count} == {
        "ok": 12_277,
        "empty": 18,
        "characters": 10,
        "too_short": 42,
        "unknown_code": 13,
    }
    assert len(found) - len(set(found)) == 257  # 240, and 17 of the 18
    assert sum(number // 10**4 == 3319900 for number in found) == 19
