"""A rewriting is asked for, saves a part, shows its changes; addresses, emoji and scripts stay."""

import csv
import json
import pickle
import runpy
import unicodedata
from itertools import combinations

import pytest
from folders import ROOT
from hypothesis import given
from hypothesis import strategies as st

from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION, Limits
from callr_segment.errors import InputError
from callr_segment.text.message import count_parts, is_gsm, segment
from callr_segment.text.rewrites import (
    CURRENCY,
    CYRILLIC,
    EMOJI,
    FOLD,
    GREEK,
    REPAIR,
    SAFE,
    Rewrite,
    edit,
    fold_for,
    list_changes,
    rewrite,
    suggest,
    to_gsm,
)
from callr_segment.text.tables import replacements as tables
from callr_segment.text.template import Template

ALL = (*SAFE, *FOLD, GREEK, CURRENCY, EMOJI)
GSM = frozenset(BASIC + EXTENSION) - {ESCAPE}
KEYS = "".join(sorted({char for rule in ALL for before, _ in rule.replacements for char in before} - GSM))
ODD = "…’ \u00a0\u200b\u200d\ufe0fç°C̀́e’«éÇ€[😀❤©中αΆم\u200f\ud800\x1b"

# Around the first edge of either encoding, made of what rewrites look at.
EDGY = st.builds(
    lambda text, fill, length: text + fill * max(0, length - len(text)),
    st.text(st.sampled_from(ODD) | st.sampled_from(KEYS) | st.sampled_from("aeE o.@/:%'"), max_size=40)
    | st.text(max_size=40),
    st.sampled_from("aé…ç[’"),
    st.sampled_from([60, 69, 70, 71, 72, 75, 134, 135, 140, 160, 161, 165, 306, 307]),
)
RULES = st.lists(st.sampled_from(ALL), unique=True, max_size=6).map(tuple)

ADDRESSES = [
    "https://fr.wikipedia.org/wiki/L’Été…ç",
    "http://exâmple.fr/ça?q=“où”&x=crêpe",
    "www.crêperie.fr/carte–d’été",
    "crêperie.fr",
    "crêperie.fr/ça",
    "crêperie.fr:8080/œuf",
    "anaïs.lefèvre@crêperie.fr",
    "myapp://œuvre/ç",
    "mailto:zoë@x.fr",
    "https://x.fr/e\u0302te\u0301",
    "https://x.fr/a\u200bb",
    "forêt.com",
    "магазин.рф",
    "https://x.fr/\U0001f389\u2764\ufe0f",
    "https://x.fr/a\U0001f389b",
    "i\u2764.ws",
]


@given(EDGY, RULES)
def test_a_text_is_rewritten_only_if_it_then_has_fewer_parts(text, rules):
    result = rewrite(text, *rules)
    assert result == text or count_parts(result) < count_parts(text)


@given(EDGY, RULES)
def test_rewriting_twice_changes_nothing_more(text, rules):
    once = rewrite(text, *rules)
    assert rewrite(once, *rules) == once
    assert suggest(once, *(rules or SAFE)) == ()


@given(EDGY, RULES)
def test_every_change_is_shown(text, rules):
    for found in suggest(text, *rules):
        rebuilt = list(text)
        for position, before, after in found.changes:
            assert text[position : position + len(before)] == before != after
            rebuilt[position : position + len(before)] = [after] + [""] * (len(before) - 1)
        assert "".join(rebuilt) == found.text
        assert (count_parts(text), count_parts(found.text)) == (found.parts_before, found.parts_after)


@given(EDGY, RULES)
def test_no_gsm_character_is_replaced(text, rules):
    """But a carriage return, and the space beside an emoji that goes."""
    for found in suggest(text, *rules):
        for _, before, after in found.changes:
            assert not is_gsm(before) or before in ("\r\r\n", "\r\n", "\r")
            composed = unicodedata.normalize("NFC", before) != before
            kept = set(before.strip()) & GSM
            assert len(before) == 1 or composed or kept <= set(after) | set("ÞØ")


@given(EDGY, RULES)
def test_suggestions_save_and_the_best_comes_first(text, rules):
    found = suggest(text, *rules)
    ranks = [(each.parts_after, sum(len(change.before) for change in each.changes)) for each in found]
    assert ranks == sorted(ranks)
    for each in found:
        assert each.parts_after < each.parts_before
        for other in found:
            assert not (set(other.rules) < set(each.rules) and other.parts_after <= each.parts_after)


FEW = (SAFE[1], SAFE[3], FOLD[0], FOLD[1], CURRENCY)
MERGED = [
    {before: after for rule in chosen for before, after in rule.replacements}
    for size in range(1, len(FEW) + 1)
    for chosen in combinations(FEW, size)
]


@given(st.text(st.sampled_from("ab…’ç\u200bœ₺ı"), max_size=90), st.sampled_from(["b", "é" * 50, "x" * 140]))
def test_no_set_of_rules_does_better_nor_as_well_with_fewer_changes(start, tail):
    text = start + tail
    outcomes = [(count_parts(text), 0)]
    for table in MERGED:
        after = "".join(table.get(char, char) for char in text)
        outcomes.append((count_parts(after), sum(char in table for char in text)))
    best = suggest(text, *FEW)[:1]
    reached = (
        (best[0].parts_after, sum(len(change.before) for change in best[0].changes)) if best else outcomes[0]
    )
    assert reached == min(outcomes)


def test_nothing_is_left_of_no_text():
    assert rewrite("\u200b" * 100) == "\u200b" * 100


@given(st.sampled_from(ADDRESSES), EDGY, RULES)
def test_addresses_are_never_touched(address, text, rules):
    assert address in rewrite(f"{address} {text}", *rules)
    assert address in rewrite(f"{text} {address}", *rules)
    assert address in rewrite(f"« {address}… {text} »", *rules)


def test_what_only_stands_beside_an_address_is_rewritten():
    text = f"Réservez “https://x.fr/ça” — l’app crêpe.fr… d’ici zoe@x.fr\u200b{'.' * 40}"
    assert rewrite(text, *SAFE) == text  # both addresses keep it Unicode
    text = f"Voir « https://x.fr/a » d’ici x.fr… {'.' * 60}"
    assert rewrite(text) == f'Voir " https://x.fr/a " d\'ici x.fr... {"." * 60}'


SCRIPTS = [
    "👨‍👩‍👧‍👦",
    "❤️‍🔥",
    "1️⃣",
    "🏳️‍🌈",
    "می‌خواهم",
    "नमस्‍ते",
    "क्‌ष",
    "ශ්‍රී",
]


@pytest.mark.parametrize("kept", SCRIPTS)
@pytest.mark.parametrize("length", [65, 70, 130, 140])
def test_joiners_and_selectors_stay_where_they_are_spelling(kept, length):
    for text in (f"{kept}\u200b" + "a" * length, "ç" * length + kept, f"{kept * 12}\ufeff…", kept * 40):
        assert rewrite(text, *SAFE, *FOLD).count(kept) == text.count(kept)


def test_every_emoji_stays_whole(shared):
    path = shared / "unicode/emoji-test.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        if "; fully-qualified" in line:
            emoji = "".join(chr(int(code, 16)) for code in line.split(";")[0].split())
            text = f"{emoji}\u200b{'a' * (70 - segment(emoji, encoding='unicode').units)}"
            assert rewrite(text, *SAFE, *FOLD) == text.replace("\u200b", "")


def emoji_of(shared):
    path = shared / "unicode/emoji-test.txt"
    if not path.exists():
        pytest.skip("emoji-test.txt is absent")
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            codes, status = line.partition("#")[0].split(";")
            yield "".join(chr(int(code, 16)) for code in codes.split()), status.strip()


def test_every_emoji_is_left_out_as_a_whole(shared):
    """Where an emoji is but a letter or a sign without its selector, it is one only with it."""
    left = {}
    for emoji, status in emoji_of(shared):
        digit = "".join(char for char in emoji if char in "#*0123456789")
        for text, gone in (
            (emoji, digit),
            (f"a {emoji} b", f"a {digit} b" if digit else "a b"),
            (f"{emoji}{emoji}ç", f"{digit}{digit}ç"),
            (f"ç{emoji}\u200b", f"ç{digit}\u200b"),
        ):
            if edit(text, (EMOJI,)).text != gone:
                left.setdefault(emoji, status)
    assert set(left) == set("©®‼⁉™ℹ↔↕↖↗↘↙↩↪Ⓜ〰〽㊗㊙")
    assert set(left.values()) == {"unqualified"}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Tapez 1️⃣ ou #⃣", "Tapez 1 ou #"),
        ("Bravo 🎉🎉 ! 👨‍👩‍👧‍👦", "Bravo !"),
        ("🇫🇷 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", ""),
        ("🌞 L'été commence ❤️ 🌊 ici 🏖️", "L'été commence ici"),
        ("Merci 🙏\nÀ mardi\n💐\nLou", "Merci\nÀ mardi\nLou"),
        ("🚚\r\nColis livré\r\n📦", "Colis livré"),
        ("Super 🤩! (🎁 offert 🎁), vite 🏃…", "Super! (offert), vite…"),
        ("Bravo\u202f🎉\u202f! Oui 🎉\xa0? Non\xa0🎉 ?", "Bravo\u202f! Oui\xa0? Non\xa0?"),
        ("chaud🔥 🔥froid 🧊", "chaud froid"),
        ("à  👀  deux espaces", "à   deux espaces"),
        ("© ↔ ™ → ★", "© ↔ ™ → ★"),
        ("ici: https://x.fr/🎉 là", "ici: https://x.fr/🎉 là"),
        ("mlou.fr🎉 mlou.fr 🎉", "mlou.fr🎉 mlou.fr"),
        ("mlou.fr/🎉 là", "mlou.fr/🎉 là"),
        ("Fini🎉.merci", "Fini🎉.merci"),
        ("Fini 🎉.merci", "Fini 🎉.merci"),
        ("می\u200cخواهم 🎉", "می\u200cخواهم"),
    ],
)
def test_emoji_on_request(text, after):
    assert edit(text, (EMOJI,)).text == after


@given(st.lists(st.sampled_from(["🎉", "❤️", "👩‍💻", "mot", "!", "\n", "\xa0", " "])).map(" ".join))
def test_emoji_leave_no_space_where_there_was_none(text):
    """The space that stood on one side of an emoji goes with it, and all that went is shown."""
    words = [[word for word in line.split(" ") if word] for line in text.split("\n")]
    text = "\n".join(" ".join(line) for line in words)
    after = edit(text, (EMOJI,)).text
    assert "  " not in after
    assert not any(line.startswith(" ") or line.endswith(" ") for line in after.split("\n"))
    for rules in ((EMOJI, *SAFE), (*SAFE, EMOJI)):
        assert edit(text, rules).text == edit(after, SAFE).text


def test_what_goes_with_an_emoji_is_shown_with_it():
    assert list_changes("Bravo 🎉 à tous 🎉", EMOJI) == ((6, "🎉 ", ""), (14, " 🎉", ""))
    assert list_changes("Oui\u202f🎉\u202f!", *SAFE, EMOJI) == ((3, "\u202f", " "), (4, "🎉\u202f", ""))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("un\r\ndeux\r\n\r\ntrois", "un\ndeux\n\ntrois"),
        ("un\r\r\ndeux\rtrois", "un\ndeux\ntrois"),
        ("un\ndeux", "un\ndeux"),
        ("ligne…\r\n🎉\r\n", "ligne...\n🎉\n"),
    ],
)
def test_a_line_ends_in_one_character(text, after):
    assert edit(text, SAFE).text == after


def test_line_ends_of_windows_are_billed_until_they_are_rewritten():
    text = "Horaires\r\n" * 17
    assert (count_parts(text), count_parts(rewrite(text))) == (2, 1)
    assert rewrite("Horaires\r\n" * 3) == "Horaires\r\n" * 3


def test_a_sign_that_is_no_emoji_without_a_selector_is_spelled_out():
    for rules in ((EMOJI, *SAFE, *FOLD), (*SAFE, *FOLD, EMOJI)):
        assert edit("Lou™ ça", rules).text == "Lou(TM) ca"


def test_emoji_and_safe_leave_no_half_of_one():
    assert edit("a ❤️ b 👍🏽 ’", (*SAFE, *FOLD, EMOJI)).text == "a b '"
    assert edit("a ❤️ b 👍🏽 ’", (*SAFE, *FOLD)).text == "a ❤️ b 👍🏽 '"
    long = "Bravo 🎉 " + "x" * 70
    assert rewrite(long, *SAFE) == long
    assert rewrite(long, EMOJI) == "Bravo " + "x" * 70


def test_direction_marks_stay_in_right_to_left_text():
    arabic = "مرحبا 123\u200f! " + "م" * 58
    assert rewrite(f"{arabic}\u200b") == arabic
    assert rewrite("\u200eFlash\u200f " + "é" * 64) == "Flash " + "é" * 64


def test_marks_stay_on_letters_of_other_scripts():
    text = "ж\u0301" + "ж" * 69
    assert rewrite(text, *SAFE, *FOLD) == text


@pytest.mark.parametrize(
    "text",
    ["йод ёлка Її", "한국어 값", "がぎぐ パン", "Việt Nam tiếng", "żółć ąę ń", "آب", "কো", "ά έ ή"],
)
def test_what_has_a_composed_form_is_composed(text):
    apart = unicodedata.normalize("NFD", text)
    assert apart != text
    assert edit(apart, SAFE).text == unicodedata.normalize("NFC", text)


def test_letters_apart_are_billed_once_they_are_together():
    text = unicodedata.normalize("NFD", "й" * 70)
    assert (count_parts(text), count_parts(rewrite(text))) == (3, 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("man\u0303ana", "mañana"),
        ("e\u0301te\u0301", "été"),
        ("Ça c’est garçon", "Ça c'est garcon"),
        ("e\u0302tre", "etre"),
        ("cœur Œuvre", "coeur OEuvre"),
        ("àéèùìòÄÖÜñß€", "àéèùìòÄÖÜñß€"),
        ("Łódź ıİğşŞ țș ơư ếự őű", "Lodz iIgsS ts ou eu öü"),
        ("Ḉ ǻ ǟ ǿ", "Ç å ä ø"),
        ("ΑΘΗΝΑ Ω Å", "AΘHNA Ω Å"),
        ("25 °C, n° 5, m²", "25 C, no 5, m2"),
        ("𝗦𝗼𝗹𝗱𝗲𝘀 𝟯𝟬％ ＯＫ", "Soldes 30% OK"),
        ("a\u202f!\tb\u2028c", "a ! b\nc"),
        ("\ufeff\u200bso\u00adldes", "soldes"),
        ("`«‹“–—‑•…", "'\"'\"----..."),
    ],
)
def test_what_safe_and_fold_make_of_a_text(before, after):
    assert to_gsm(before) == after
    padded = before + "a" * (150 - len(after))
    assert rewrite(padded, *SAFE, *fold_for("en")) == after + padded[len(before) :]


def test_no_more_is_changed_than_saves():
    assert rewrite("… " * 35, *SAFE) == "… " * 35
    assert rewrite("中…" + "a" * 67, *SAFE) == "中…" + "a" * 67
    assert rewrite("l’été " * 12 + "中") == "l’été " * 12 + "中"


def test_culprits_that_must_go_together_go_together():
    text = "Réduction d’été : le prêt à porter à -50 % jusqu’à samedi, à très bientôt"
    assert rewrite(text, *SAFE) == text
    assert rewrite(text, *FOLD) == text
    best = suggest(text)[0]
    assert best.rules == ("punctuation", "accents")
    assert [change.before for change in best.changes] == ["’", "ê", "’", "ô"]


def test_of_two_ways_to_save_the_one_with_fewer_changes_comes_first():
    many, few = Rewrite("many", {"\u200b": "", "\u2060": ""}), Rewrite("few", {"\u2060": ""})
    text = "\u200b\u200b\u2060" + "ç" * 68
    assert [found.rules for found in suggest(text, many, few)] == [("few",), ("many",)]
    assert rewrite(text, many, few) == text.replace("\u2060", "")


def test_what_one_rewriting_uncovers_is_rewritten_too():
    text = "e\xad\u0301" + "a" * 132
    assert suggest(text, *SAFE)[0].parts_after == 2
    assert rewrite(text) == "é" + "a" * 132


def test_greek_and_currencies_only_on_request():
    text = "Το κουπόνι σου ₺20: " + "α" * 60
    assert rewrite(text, *SAFE, *FOLD) == text
    assert rewrite(text, GREEK, CURRENCY) == "TO KOYΠONI ΣOY TRY20: " + "A" * 60


def test_tokens_count_as_what_will_replace_them():
    text = "’" + "a" * 60 + "%STOPNUM%"
    assert rewrite(text) == text  # 66 units on sending
    assert rewrite("aaaaa" + text) != "aaaaa" + text
    (found,) = suggest("’" + "a" * 154 + "%STOPNUM%", *SAFE)  # 164 characters, 160 on sending
    assert (found.parts_before, found.parts_after) == (3, 1)


def test_limits_of_another_header_count():
    text = "’" + "a" * 69
    assert rewrite(text) == text
    assert rewrite(text, limits=Limits(160, 153, 60, 57)) == "'" + "a" * 69


@given(st.text() | EDGY)
def test_forcing_always_makes_gsm(text):
    result = to_gsm(text)
    assert is_gsm(result)
    assert ESCAPE not in result
    assert to_gsm(result) == result
    assert segment(text, encoding="gsm", errors="rewrite").text == result


@given(st.text(st.sampled_from(sorted(GSM))))
def test_forcing_leaves_gsm_as_it_is(text):
    assert to_gsm(text) == text


def test_what_has_no_likeness_becomes_a_question_mark():
    assert to_gsm("中 😀 ж \ud800 \x00 👨‍👩‍👧 ₺") == "? ? ? ? ? ??? ?"


def test_the_accent_table_is_what_unicode_decomposes_to():
    def nearest(char):
        while char not in GSM:
            first, *_ = unicodedata.decomposition(char).split() or ["<none>"]
            if first.startswith("<"):
                return None
            char = chr(int(first, 16))
        return char

    latin = map(chr, [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)])
    decomposed = {char: nearest(char) for char in latin if char not in GSM and nearest(char)}
    decomposed |= {"ő": "ö", "Ő": "Ö", "ű": "ü", "Ű": "Ü"}  # Hungarian, long: the short one is the nearer
    assert {char: tables.ACCENTS.get(char) for char in decomposed} == decomposed


def test_the_composition_table_is_nfc():
    single = {unicodedata.normalize("NFD", char): char for char in GSM}
    composed = {before: after for before, after in single.items() if before != after}
    singletons = {"\u212b": "Å", "\u2126": "Ω", "\u212a": "K", "\u037e": ";"}
    assert composed | singletons == tables.COMPOSED
    assert all(unicodedata.normalize("NFC", before) == after for before, after in tables.COMPOSED.items())


def test_letterforms_are_compatibility_equivalents():
    for before, after in tables.LETTERFORMS.items():
        if before.isprintable():
            assert unicodedata.normalize("NFKC", before) in (after, after.strip("()"), "ı")


def test_every_form_of_a_letter_or_digit_is_folded():
    """Raised, lowered, full-width, encircled, or as a numeral; Ⓜ and ℹ are emoji."""
    known = {before for rule in (*SAFE, *FOLD, EMOJI) for before, _ in rule.replacements}
    forms = ("<super>", "<sub>", "<wide>", "<font>", "<circle>")
    for char in map(chr, [*range(0x2C0, 0x3000), *range(0xFE00, 0x10000), *range(0x1D400, 0x1D800)]):
        plain = unicodedata.normalize("NFKC", char).strip("()")
        is_form = unicodedata.decomposition(char).split(" ")[0] in forms and plain.isalpha()
        if plain.isascii() and (is_form or unicodedata.category(char) == "Nl"):
            assert char in known or char in "Ⓜℹ"


@pytest.mark.parametrize(
    ("before", "after"),
    [("1ᵉʳ mai, XIⅤᵉ", "1er mai, XIVe"), ("① Ⓐ ⒈", "(1) (A) 1."), ("⅓ et 1⅔", "1/3 et 1 2/3"),
     ("5 ㎏ à 2 ㎞", "5 kg à 2 km"),
     ("ℓ ℂ ﹐﹗ 🯳", "l C ,! 3"), ("un⸺deux", "un-deux")],
)  # fmt: skip
def test_forms_of_letters_are_folded(before, after):
    assert edit(before, (*SAFE, *FOLD)).text == after


def test_no_character_is_replaced_in_two_ways():
    seen = {}
    for rule in (*SAFE, *FOLD):
        for before, _ in rule.replacements:
            assert seen.setdefault(before, rule.name) == rule.name


@pytest.mark.parametrize(
    ("replacements", "message"),
    [
        ({"é": "e"}, "rewrite 'mine' replaces 'é', which costs one septet at most; leave it out"),
        ({"": "e"}, "replaces ''"),
        ({"♥": "❤"}, "makes '♥' '❤', which GSM cannot carry either"),
        ({"♥": "\x1be"}, "which GSM cannot carry either"),
    ],
)
def test_a_rule_that_cannot_help_is_refused(replacements, message):
    with pytest.raises(InputError, match=message.replace("[", r"\[")):
        Rewrite("mine", replacements)


def test_a_rule_may_spare_the_second_septet_of_an_extension_character():
    brackets = Rewrite("brackets", {"[": "(", "]": ")"}, "round brackets")
    assert rewrite("[" * 100, brackets) == "(" * 100
    assert rewrite("[" * 80, brackets) == "[" * 80


def test_rules_are_values():
    rule = Rewrite("hearts", {"♥": "<3"})
    assert pickle.loads(pickle.dumps(rule)) == rule == Rewrite("hearts", [("♥", "<3")])
    assert len({rule, Rewrite("hearts", {"♥": "<3"}), Rewrite("hearts", {"♥": "(l)"})}) == 2


def test_what_is_no_rule_is_refused_with_the_way_out():
    with pytest.raises(InputError, match=r"needs a star: \*SAFE"):
        rewrite("a", SAFE)
    with pytest.raises(InputError, match=r"17 rules are too many .* the limit is 16; join some"):
        suggest("a", *[CURRENCY] * 17)
    with pytest.raises(TypeError, match="a text is a str, not int"):
        rewrite(5)


def test_a_campaign_rewritten_where_it_saves_costs_what_replacing_everywhere_would(shared):
    texts = json.loads((shared / "demo/templates.json").read_text(encoding="utf-8"))
    templates = {key: Template(text) for key, text in texts.items()}
    plain = Rewrite("plain", {"\u00a0": " ", "\u202f": " ", "’": "'"})
    total = 0
    with (shared / "demo/recipients.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            template = templates[row["template"]]
            total += count_parts(
                rewrite(template.render(**{name: row[name] for name in template.fields}), plain)
            )
    assert total == 24_039


def test_a_sentence_that_ends_without_a_space_is_no_host():
    assert edit("C’est prêt.Passez vite… voir forêt.com", (*SAFE, *FOLD)).text == (
        "C'est pret.Passez vite... voir forêt.com"
    )
    assert edit("C’est prêt.Me voilà", FOLD).text == "C’est pret.Me voilà"


@pytest.mark.parametrize("host", ["prêt.me", "prêt.ME", "PRÊT.ME", "prêt.Me/œuf", "prêt.Me:80"])
def test_a_host_is_one_in_whatever_letters(host):
    assert edit(host, FOLD).text == host


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ő ű Ő Ű", "ö ü Ö Ü"),
        ("½ tarif, 1½ h, ¼, 3¾", "1/2 tarif, 1 1/2 h, 1/4, 3 3/4"),
        ("20 M² 5 m³", "20 M2 5 m3"),
        ("￥5 ￡6 ￠7", "¥5 £6 c7"),
        ("Lou® Lou®\ufe0f ™\ufe0f", "Lou(R) Lou(R) (TM)"),
        ("Vite‼ Vite⁉", "Vite!! Vite!?"),
        ("❝oui❞ 〝non〞", '"oui" "non"'),
        ("a\u2800b", "a b"),
        ("ɛ ɔ ɲ ɓ ɗ ƙ ƴ Ɛ Ɔ", "e o n b d k y E O"),
        ("● un ■ deux ► trois ✓", "- un - deux - trois v"),
        ("ÞÓR Þór ÞÆR", "THOR Thor THÆR"),
        ("Mʻo Mʼo Aʺ", "M'o M'o A\""),
    ],
)
def test_what_else_safe_and_fold_make_of_a_text(before, after):
    assert edit(before, (*SAFE, *FOLD)).text == after


def test_safe_changes_no_letter_of_any_language():
    """But for letters and signs that Unicode holds to be the same."""
    for rule in SAFE:
        for before, after in rule.replacements:
            letters = [char for char in before if unicodedata.category(char)[0] == "L"]
            assert not letters or unicodedata.normalize("NFC", before) == after


def test_folding_keeps_what_would_be_another_word():
    for text in ("Sıkıldım", "được nghỉ", "phở"):
        assert edit(text, FOLD).text == text.translate({0x111: "d"})
    assert edit("Sıkıldım, çok şık", fold_for("tr")).text == "Sıkıldım, cok sık"
    assert edit("Sıkıldım", fold_for("fr")).text == "Sikildim"
    assert edit("được âm", fold_for("vi")).text == "được âm"
    assert edit("phở", fold_for("pt-BR")).text == "pho"


@pytest.mark.parametrize("language", ["Turkish, please", "turkish", "t", "t1", "τρ", "12", "", None, 90])
def test_what_is_no_language_is_refused(language):
    with pytest.raises(InputError, match="is no language; write a code such as 'fr' or 'tr'"):
        fold_for(language)


def test_letters_are_composed_by_the_rule_that_says_so():
    apart = unicodedata.normalize("NFD", "Việt được")
    assert edit(apart, SAFE[:1]).text == unicodedata.normalize("NFC", apart)
    assert edit(apart, SAFE[1:]).text == apart


@pytest.mark.parametrize(
    ("damaged", "rules", "after"),
    [
        ("lâ€™Ã©tÃ© Ãªtre", (REPAIR,), "l’été être"),
        ("lâ€™Ã©tÃ© Ãªtre", (REPAIR, *SAFE), "l'été être"),
        ("lâ€™Ã©tÃ© Ãªtre", (REPAIR, *SAFE, *FOLD), "l'été etre"),
        ("l\u00e2\u0080\u0099\u00c3\u00a9t\u00c3\u00a9", (REPAIR,), "l’été"),
        ("l\x92été", (REPAIR,), "l’été"),
        ("Ã\x8dle TurquÃ\xada", (REPAIR,), "Íle Turquía"),
        ("├®t├® lÔÇÖest", (REPAIR,), "été l’est"),
        ("√©t√© Г©tГ©", (REPAIR,), "été été"),
        ("Tom &amp; L&eacute;a &lt;3 &#39;", (REPAIR,), "Tom & Léa <3 '"),
        (r"l\'été caf\u00e9", (REPAIR,), "l'été café"),
        (r"Fin.\r\nSuite", (REPAIR,), "Fin.\nSuite"),
        ("a\0b\ufffcc", (REPAIR,), "abc"),
        ("alýþveriþ", (REPAIR,), "alışveriş"),
        ("ESPAÑA «THÉÂ» PÂQUES – \ue001 \ufffd #NAME?", (REPAIR,), None),
        ("https://x.fr/Ã©tÃ©", (REPAIR,), None),
    ],
)
def test_damage_is_undone_where_it_is_certain(damaged, rules, after):
    assert edit(damaged, rules).text == (damaged if after is None else after)


@given(
    st.text(st.sampled_from("aé’àç€ ŁąПж中."), max_size=30),
    st.sampled_from(["cp1252", "latin-1", "mac-roman"]),
)
def test_what_is_repaired_is_read_wrongly_as_it_stood(text, encoding):
    try:
        damaged = text.encode().decode(encoding)
    except UnicodeDecodeError:
        return
    for change in list_changes(damaged, REPAIR):
        read_wrongly = {
            change.after.encode().decode(each, "ignore") for each in (encoding, "cp1252", "latin-1", "cp1251")
        }
        assert change.before in read_wrongly or change.after in text


def test_a_campaign_is_repaired_as_its_texts_are():
    pd = pytest.importorskip("pandas")
    import callr_segment as sms

    values = ["lâ€™Ã©tÃ© " * 9, "Léa", "Zo&eacute; " * 30, "l’été " * 14, "cafÃª " * 15, "alýþveriþ " * 8]
    found = sms.estimate(pd.DataFrame({"name": values}), text="Bonjour {name}, à bientôt")
    texts = [f"Bonjour {value}, à bientôt" for value in values]
    for rules in ((REPAIR,), (REPAIR, *SAFE), (REPAIR, *SAFE, *FOLD)):
        parts = [(suggest(text, *rules) or [None])[0] for text in texts]
        expected = sum(
            each.parts_after if each else count_parts(text) for each, text in zip(parts, texts, strict=True)
        )
        assert found.what_if(rules)["parts"].tolist() == [expected]
        assert found.rewrite(*rules).parts == expected


def test_what_saves_no_part_is_suggested_where_asked():
    assert suggest("L’été") == ()
    (found,) = suggest("L’été", saving_only=False)
    assert (found.text, found.parts_before, found.parts_after) == ("L'été", 1, 1)
    assert suggest("L'ete", saving_only=False) == ()


def test_cyrillic_look_alikes_on_request():
    assert edit("Sоldеs", (*SAFE, *FOLD)).text == "Sоldеs"
    assert edit("Sоldеs", (CYRILLIC,)).text == "Soldes"


def test_the_page_of_replacements_is_what_the_rules_do():
    scripts = ROOT / "scripts" / "make_replacements_page.py"
    if not scripts.exists():
        pytest.skip("the scripts are not here: an installed package is being tested")
    page = runpy.run_path(str(scripts))["write_page"]()
    assert (ROOT / "docs" / "reference" / "replacements.md").read_text(encoding="utf-8") == page
