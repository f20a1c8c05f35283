"""What must not be sent is an error, what should be looked at is a warning, and both floors judge alike."""

import html
import json
import pickle
import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callr_segment.errors import InputError, InvalidMessage
from callr_segment.text.message import segment
from callr_segment.text.policy import (
    CODES,
    DAMAGE,
    PLACEHOLDER,
    POLICY,
    STOP,
    Policy,
    Problem,
    check,
    check_sender,
    problem,
    validate,
)
from callr_segment.text.problem_codes import DAMAGES
from callr_segment.text.template import counted

TO = "+33612345678"
FRAGMENTS = (
    *("STOP", "stop", "sToP", "non", "NoN", " ", "-", "on", "sms", "é", "\n", "ſtop", "%STOPNUM%", "36105"),
    *("{", "}", "{{", "}}", "$", "[[", "]]", "%(", ")s", "<%", "%>", "%", "name", "prénom", ".", "1", "_"),
    *(
        "Ã",
        "©",
        "Â",
        "\xa0",
        "â",
        "€",
        "™",
        "’",
        "»",
        "ð",
        "Ÿ",
        "ï",
        "¿",
        "½",
        "锟",
        "斤",
        "拷",
        "鈥",
        "\x92",
    ),
    *("&", "amp;", "#39;", "#x27;", "eacute;", "\ufffd", "\x00", "A", "z"),
)
SHAPES = st.lists(st.sampled_from(FRAGMENTS) | st.characters(exclude_categories=["Cs"]), max_size=12).map(
    "".join
)


def codes(text, **options):
    return [found.code for found in check(text, **options)]


def test_a_clean_message_has_no_problem():
    assert (
        check("Votre code est 123456", to=TO, sender="MAISON LOU", traffic="alerting", encoding="gsm") == ()
    )
    assert check("Soldes d’été ! -30 % jusqu’à demain. STOP au %STOPNUM%", to=TO) == ()
    assert check("STOP", to=TO, sender="") == ()


@pytest.mark.parametrize(
    ("text", "options", "code", "value", "limit"),
    [
        (None, {}, "missing_text", None, None),
        ("", {}, "empty", None, None),
        ("a" * 3201, {}, "too_long", 3201, 3200),
        ("a" * 39_016, {"policy": Policy(max_characters=50_000)}, "too_many_parts", 256, 255),
        ("a" * 161, {"policy": Policy(max_parts=1)}, "too_many_parts", 2, 1),
        ("ça ’ ç", {"encoding": "gsm"}, "not_gsm", "ç’", None),
        ("a", {"to": "06 12 34 56 78"}, "invalid_number", "06 12 34 56 78", "+ and 7 to 15 digits"),
        ("a", {"to": ""}, "invalid_number", "", "+ and 7 to 15 digits"),
        ("a", {"sender": "Maison Lou SARL"}, "invalid_sender", "Maison Lou SARL", None),
        ("a", {"traffic": "otp"}, "invalid_traffic", "otp", "marketing or alerting"),
        ("a", {"encoding": "ucs2"}, "invalid_encoding", "ucs2", "gsm or unicode"),
        (
            "a",
            {"to": "+12025550123", "policy": Policy(allowed_prefixes=["33"])},
            "refused_prefix",
            None,
            None,
        ),
        ("a", {"to": TO, "policy": Policy(blocked_prefixes=["+336"])}, "refused_prefix", TO, None),
        ("a \ud83d b", {}, "lone_surrogate", "\ud83d", None),
        ("aÃ©", {}, "encoding_damage", "Ã©", None),
        ("Hi {name}", {}, "placeholder", "{name}", None),
        ("Soldes !", {"to": TO}, "no_stop", "FR", None),
        ("STOP", {"to": "+33639981020"}, "fictional_number", "+33639981020", None),
        ("STOP", {"to": "+33145678901"}, "landline_number", "+33145678901", None),
    ],
)
def test_each_problem_has_its_code_value_limit_and_way_out(text, options, code, value, limit):
    found = {each.code: each for each in check(text, **options)}[code]
    info = CODES[code]
    assert (found.severity, found.field) == (info.severity, info.field)
    if value is not None:
        assert found.value == value
    if limit is not None:
        assert found.limit == limit
    assert found.message
    assert found.way_out
    assert str(found) == f"{found.message}; {found.way_out}"
    assert "None" not in str(found)


def test_the_limits_themselves_pass():
    assert codes("a" * 3200) == []
    assert codes("a" * 39_015, policy=Policy(max_characters=50_000)) == []
    assert codes("a" * 160, policy=Policy(max_parts=1)) == []
    assert codes("😀" * 3200, policy=Policy(max_characters=3200)) == []


def test_tokens_count_as_what_replaces_them():
    text = "a" * 150 + " %STOPNUM%"
    assert len(text) == 160
    assert codes(text + "bbbb", policy=Policy(max_parts=1)) == []
    assert codes(text + "bbbbb", policy=Policy(max_parts=1)) == ["too_many_parts"]
    assert validate(text).units == 156


@pytest.mark.parametrize(
    ("to", "reason"),
    [("+336", "too few digits: numbers of"), ("+999123456789", "a calling code that no country has")],
)
def test_a_number_that_says_its_country_is_told_what_is_wrong_with_it(to, reason):
    (found,) = check("a", to=to)
    assert found.code == "invalid_number"
    assert reason in found.way_out


@pytest.mark.parametrize("to", ["06 12 34 56 78", "0612345678", "garbage", ""])
def test_a_number_that_names_no_country_is_sent_to_normalize_number(to):
    (found,) = check("a", to=to)
    assert found.code == "invalid_number"
    assert "normalize_number(number, default_region='FR')" in found.way_out


@pytest.mark.parametrize(
    "to", ["0033612345678", "+33 6 12 34 56 78", "33612345678", " +33612345678", "+33(0)612345678"]
)
def test_a_number_that_can_be_read_is_shown_as_the_api_takes_it(to):
    found = check("STOP", to=to)[0]
    assert (found.code, found.way_out) == ("invalid_number", f"write it {TO!r}")


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "SMS",
        "a",
        "Maison Lou",
        "A_b-C 12345",
        "12345678a",
        "+33639981020",
        "33639981020",
        "36105",
        "123456789012",
    ],
)
def test_good_senders(sender):
    assert check_sender(sender) is None
    assert check("a", sender=sender) == ()


@pytest.mark.parametrize(
    "sender",
    [
        "Crêperie",
        "Maison Lou S",
        "12",
        "1-2",
        "-",
        " ",
        "a+b",
        "+a",
        "++33639981020",
        "1234567890123456",
        "a\n",
        "١٢٣٤",
    ],
)
def test_bad_senders(sender):
    found = check_sender(sender)
    assert found.code == "invalid_sender"
    assert "at most 11" in found.message


@pytest.mark.parametrize("text", [5, b"a", 1.5, ["a"], 0, b"", []])
def test_what_is_no_text_raises(text):
    with pytest.raises(TypeError, match="a text is a str, not"):
        check(text)


def test_errors_come_before_warnings_whatever_the_policy():
    options = {"to": "+33639981020", "sender": "!", "traffic": "marketing"}
    assert codes("{x}", **options) == ["invalid_sender", "fictional_number", "placeholder", "no_stop"]
    policy = Policy(severities={"no_stop": "error", "invalid_sender": "warning", "placeholder": None})
    assert codes("{x}", **options, policy=policy) == ["no_stop", "invalid_sender", "fictional_number"]


def test_validate_raises_on_errors_and_never_on_warnings():
    with pytest.raises(InvalidMessage, match="the text is empty; write at least one character") as caught:
        validate("", to="+33639981020")
    assert [each.code for each in caught.value.problems] == ["empty", "fictional_number"]
    assert validate("Soldes {x}", to="+33639981020") == segment("Soldes {x}")
    assert validate("ça", encoding="unicode").encoding == "unicode"
    with pytest.raises(InvalidMessage):
        validate(None)
    with pytest.raises(InvalidMessage):
        validate("Soldes", to=TO, policy=Policy(severities={"no_stop": "error"}))


def test_validate_says_every_error():
    with pytest.raises(InvalidMessage) as caught:
        validate("ç" * 3201, to="+1", sender="é", traffic="x", encoding="gsm")
    assert str(caught.value).count("\n") == 4
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


@given(
    st.none() | st.text(max_size=200) | SHAPES,
    st.none() | st.text(max_size=15),
    st.sampled_from([None, "gsm", "unicode"]),
)
def test_any_message_is_judged_and_validate_agrees(text, to, encoding):
    found = check(text, to=to, encoding=encoding)
    assert all(isinstance(each, Problem) and str(each) for each in found)
    if any(each.severity == "error" for each in found):
        with pytest.raises(InvalidMessage):
            validate(text, to=to, encoding=encoding)
    else:
        assert validate(text, to=to, encoding=encoding).parts >= 1


def test_the_registry_is_one_bit_a_code_errors_first():
    assert [info.bit for info in CODES.values()] == [1 << place for place in range(len(CODES))]
    severities = [info.severity or "unheard" for info in CODES.values()]
    assert severities == sorted(severities, key=["error", "warning", "unheard"].index)
    assert {info.field for info in CODES.values()} == {"text", "to", "sender", "traffic", "encoding"}
    for code in CODES:
        assert code == code.lower()
        said = problem(code, value="v")
        assert said is None or not re.search(r"[{}]|\bNone\b", str(said))
        assert problem(code, policy=Policy(severities={code: None})) is None


def test_policies_are_checked_values():
    policy = Policy(max_parts=2, allowed_prefixes=["+33", "44"], severities={"no_stop": None})
    assert policy.allowed_prefixes == ("33", "44")
    assert policy.severity("no_stop") is None
    assert pickle.loads(pickle.dumps(policy)) == policy
    assert hash(policy) == hash(Policy(**policy._asdict()))
    assert Policy() == POLICY
    assert codes("Soldes", to=TO, policy=Policy(stop_countries=())) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_parts": 0}, "max_parts is a whole number from 1 on, not 0"),
        ({"max_characters": -1}, "max_characters is a whole number from 1 on, not -1"),
        ({"allowed_prefixes": "33"}, r"write \['33'\]"),
        ({"blocked_prefixes": ["0033 6"]}, "prefix '0033 6' is not digits"),
        ({"blocked_prefixes": [""]}, "prefix '' is not digits"),
        ({"severities": {"nostop": None}}, "no problem 'nostop'; did you mean 'no_stop'"),
        ({"severities": {"no_stop": "fatal"}}, "use 'error', 'warning' or None"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        Policy(**options)


@pytest.mark.parametrize(
    "text",
    ["STOP au 36105", "Stop SMS : 36105", "x\nSTOP", "stop", "STOPSMS au 36105", "Maison STOP 36105",
     "(stop)", "%STOPNUM%", "Envoyez STOP.", "non... STOP 36105", "action-stop", "-STOP", "Éd. STOP"],
)  # fmt: skip
def test_a_stop_option_is_seen(text):
    assert re.search(STOP, text)


@pytest.mark.parametrize(
    "text",
    [
        "Soldes -50% - STOP 36105", "Reply STOP to opt out", "STOP 36 105", "STOPSMS36034", "txt STOP 2 end",
        "Répondez STOP pour ne plus recevoir", "Text STOP to 87239", "Para baja envía STOP al 5550",
        "Antworte mit STOP", "Désinscription : STOP", "STOP SMS au 36173 - 2e", "“STOP” au 36105, merci",
        "STOP to unsubscribe", "STOP: www.x.fr/s", "Stop pub 38080", "Fini -- STOP 36105",
    ],
)  # fmt: skip
def test_a_stop_option_is_seen_in_other_words(text):
    assert codes(text, to=TO) == []


@pytest.mark.parametrize(
    "text",
    [
        "Stop aux prix fous", "Stop ! Venez vite", "STOP à la vie chère", "Stop aux 3 pour 2", "non - stop",
        "Dites stop aux rides", "Stop au gaspillage", "Stop & Go, la carte", "Plus vite, stop au froid",
    ],
)  # fmt: skip
def test_a_slogan_is_no_stop_option(text):
    assert codes(text, to=TO) == ["no_stop"]


@pytest.mark.parametrize(
    "text",
    [
        "Soldes",
        "ouvert non-stop",
        "Non stop de 9h à 19h",
        "NON-STOP",
        "stopper",
        "nonstop",
        "autostop",
        "STOPNUM",
    ],
)
def test_other_words_are_no_stop_option(text):
    assert not re.search(STOP, text)
    assert codes(text, to=TO) == ["no_stop"]
    assert codes(text, to=TO, traffic="alerting") == []
    assert codes(text, to="+32470123456") == []
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    ["{name}", "{ first_name }", "{prénom}", "{0}", "{user.name}", "{{name}}", "{{ .Code }}", "{{1}}",
     "${name}", "[[name]]", "%(name)s", "%(n)d", "<%= name %>", "{% if x %}", "%prenom%",
     "%first_name%", "#{name}", "{{ First Name }}", "{{ object.name or '' }}", "{{{x}}}", "%{name}", "{0:C}",
     "{contactfield=x}", "%PRENOM%", "%%X%%", "*|FNAME|*", "((name))", "((appointment date))", "#NAME#",
     "[customer_name]", "[First Name]", "@contact.name", "{имя}", "{姓名}", "%1$s", "%s", "{First Name}",
     "%nom%"],
)  # fmt: skip
def test_an_unfilled_placeholder_is_seen(text):
    assert codes(f"Hi {text}, bye") == ["placeholder"]
    assert codes(text) == ["placeholder"]


@pytest.mark.parametrize(
    "text",
    ["%STOPNUM%", "-20% et -30%", "50%", "{", "}", ":-}", "{voir conditions}", "[x]", "10%(s)",
     "100% sur 50%", "https://x.fr/%c3%a9t%c3%a9", "a<b%c", "}{", "{}", "%20 indirim", "[OK]", "((lol))",
     "https://x.fr/%C3%A9cole%20de%20la", "https://x.fr/%C3%A9COLE%20", "#SOLDES#PROMO",
     "zoe@contact.name.fr", "20%de 30%", "(Lyon) ((3e))", "[1]", "[Info]", "5 %de remise", "un @contact"],
)  # fmt: skip
def test_other_braces_and_percents_are_no_placeholder(text):
    assert codes(f"Hi {text}, bye") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("l\x92été", "'l’été'"),
        ("10 \x80", "'€'"),
        ("cafÃ©", "'café'"),
        ("Ã\xa0 bientÃ´t", "'à'"),
        ("lâ€™Ã©tÃ©", "'l’été'"),
        ("l\u00e2\u0080\u0099\u00c3\u00a9t\u00c3\u00a9", "'l’été'"),
        ("10 â‚¬", "'€'"),
        ("20Â°", "'20°'"),
        ("Å‚adny", "'ładny'"),
        ("ÄŸ", "'ğ'"),
        ("Î±", "'α'"),
        ("aoÃ»t", None),
        ("Ã‰tÃ©", "'Été'"),
        ("Ãƒâ€°tÃƒÂ©", "'Été'"),
        ("ðŸ˜€", None),
        ("\ufffd", None),
        ("锟斤拷", None),
        ("!鈥┾", None),
        ("Tom &amp; Lea", "'&'"),
        ("l&#39;ami", '"\'"'),
        ("&lt;3", "'<'"),
        ("&eacute;t&eacute;", None),
        ("ï»¿Bonjour", None),
    ],
)
def test_damage_is_seen_and_undone_where_it_can_be(text, said):
    (found,) = check(text)
    assert found.code == "encoding_damage"
    assert found.way_out.startswith("it may be ")
    if said is not None:
        assert found.way_out.endswith(f", where it says {said}")


BROKEN = "L’été à Évry, ça coûte 20 €"


@pytest.mark.parametrize(
    ("text", "written_in", "read_in", "cause", "said"),
    [
        (BROKEN, "utf-8", "latin-1", "UTF-8 read as Latin-1", "L’été"),
        (BROKEN, "utf-8", "cp850", "UTF-8 read as cp850", "L’été"),
        (BROKEN, "utf-8", "cp437", "UTF-8 read as cp850 or cp437", "L’été"),
        (BROKEN, "utf-8", "mac-roman", "UTF-8 read as Mac Roman", "L’été"),
        (BROKEN, "utf-8", "cp1251", "UTF-8 read as cp1251", "L’été"),
        (BROKEN, "cp1252", "latin-1", "cp1252 read as Latin-1", "L’été"),
        ("un café, là", "utf-8", "gbk", "another encoding read as GBK", "café"),
        ("Это лучшая цена, приходите", "utf-8", "cp1251", "UTF-8 read as cp1251", "Это"),
        ("Ждём вас завтра, приходите", "cp1251", "latin-1", "cp1251 (Cyrillic) read as Latin-1", "завтра"),
        ("Bugün alışveriş var", "cp1254", "latin-1", "cp1254 (Turkish) read as Latin-1", "alışveriş"),
        ("cel mai bun preţ", "cp1250", "latin-1", "cp1250 (Central European) read as Latin-1", "preţ"),
        ("jak długo", "cp1250", "latin-1", "cp1250 (Central European) read as Latin-1", "długo"),
    ],
)
def test_the_cause_of_damage_is_the_right_one(text, written_in, read_in, cause, said):
    (found,) = check(text.encode(written_in).decode(read_in, "replace").replace("\ufffd", ""))
    assert cause in found.way_out
    assert said in found.way_out


@pytest.mark.parametrize(
    "text",
    ["&bull; un", "&frac12;", "Marque&trade;", "&shy;", r"l\'été", r"Bonjour\nSoldes", r"caf\u00e9", "#NAME?",
     "#N/A", "a\0b", "\ufffc", "\ue001", "Fin.\\r\\nSuite"],
)  # fmt: skip
def test_what_is_no_matter_of_encodings_is_damage_too(text):
    assert codes(text) == ["encoding_damage"]


def test_every_control_character_that_no_message_holds_is_damage():
    found = {char for char in map(chr, [*range(0x20), *range(0x7F, 0xA0)]) if codes(f"a{char}b")}
    assert found == {*map(chr, [*range(0x20), *range(0x7F, 0xA0)])} - set("\t\n\f\r\x1b")


@pytest.mark.parametrize(
    "text",
    ["Bonjour , vos soldes", "Hi None, bye", "Bonjour nan, votre", "Cher NULL,", "Votre solde : nan €",
     "Hola null!", "Dear <NA>,", "Soldes\nBonjour , vous", "Total: €NaN",
     "RDV le NaT à 9 h", "Votre code : NaN.", "[object Object], bonjour", "Points : <NA>"],
)  # fmt: skip
def test_a_value_that_was_blank_is_seen(text):
    assert codes(text) == ["blank_value"]


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, vous",
        "Bonjour !",
        "None of them",
        "null Uhr",
        "my nan says hi",
        "Hi Nancy,",
        "Banane, 5 €",
        "NATO",
        "le NAT",
        "Nat, 5 €",
        "Taille N/A",
        "a undefined b",
        "Nan mais allo",
        "Bonjour Nanette , salut",
    ],
)
def test_words_that_mean_nothing_elsewhere_are_no_blank_value(text):
    assert codes(text) == []


def test_a_link_that_is_cut_is_told_where_asked():
    text = "a" * 150 + " https://x.fr/abcdefgh"
    asked = Policy(severities={"cut_link": "warning"})
    assert codes(text) == []
    assert codes(text, policy=asked) == ["cut_link"]
    assert codes("https://x.fr/abcdefgh " + "a" * 150, policy=asked) == []
    assert codes("a" * 145 + " mlou.fr/été ", policy=asked) == []
    assert codes("a" * 148 + " mlou.fr/été " + "a" * 9, policy=asked) == ["cut_link"]


@pytest.mark.parametrize(
    "text",
    ["L’été à Évry, ça coûte 20 € — “MAÇÔ” «THÉÂ» d’août…", "ESPAÑA ¡SÍ! NÃO ÅLAND Ä", "Ñandú º ª", "&nbsp",
     "R&D; M&M;", "a & b; c", "Ürün %20’dir", "中文 鈴", "Ð Đ ð Þ", "Νέα Ελλάδα", "Été ’22", "PÂQUES – PÂ"],
)  # fmt: skip
def test_undamaged_text_is_left_alone(text):
    assert codes(text) == []


@given(st.text(st.sampled_from("éèàùçâêîôûäöüßñåøœłşğıőřžčń€’“–…αβдж"), min_size=1, max_size=30))
def test_text_read_in_the_wrong_encoding_is_seen(text):
    try:
        damaged = text.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:
        damaged = text.encode("utf-8").decode("latin-1")
    assert "encoding_damage" in codes(f"xx{damaged}xx")


@given(st.sampled_from("<>&\"'éàçœ€£©®°’“…–"))
def test_every_common_entity_is_seen(char):
    named = char.translate({code: f"&{name};" for code, name in html.entities.codepoint2name.items()})
    for text in {html.escape(char), named, f"&#{ord(char)};", f"&#x{ord(char):x};"} - {char}:
        assert codes(text) == ["encoding_damage"]


@pytest.mark.parametrize("pattern", [DAMAGE, PLACEHOLDER, STOP], ids=["damage", "placeholder", "stop"])
@given(texts=st.lists(SHAPES, min_size=20, max_size=20))
def test_re_and_re2_find_the_same(pattern, texts):
    found = pc.match_substring_regex(pa.array(texts, pa.string()), pattern).to_pylist()
    assert found == [re.search(pattern, text) is not None for text in texts]


@given(SHAPES)
def test_the_patterns_are_what_check_goes_by(text):
    found = codes(text, to=TO)
    if text:
        assert ("encoding_damage" in found) == (re.search(DAMAGE, text) is not None)
        assert ("placeholder" in found) == (re.search(PLACEHOLDER, counted(text)) is not None)
        assert ("no_stop" in found) == (re.search(STOP, text) is None)
    assert any(re.search(damage.pattern, text) for damage in DAMAGES) == (re.search(DAMAGE, text) is not None)


def test_damage_and_nothing_else_is_found_in_real_messages(shared):
    lines = (shared / "texts/SMSSpamCollection.tsv").read_text(encoding="utf-8").splitlines()
    texts = [line.split("\t", 1)[1] for line in lines if "\t" in line]
    damaged = [text for text in texts if "encoding_damage" in codes(text)]
    real = [text for text in texts if re.search("[\x80-\x9f鈥]|&(amp|lt|gt);|n\\\\'t", text)]
    assert damaged == real
    assert len(damaged) > 100


def test_the_placeholders_of_real_templates_are_seen(shared):
    path = shared / "texts/sms_templates_multilingual.jsonl"
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    marked = [text for text in texts if re.search(r"\{|%\(|\[\[|<%", text)]
    assert marked
    missed = [text for text in marked if "placeholder" not in codes(text)]
    assert missed == []
