"""Texts read in a wrong encoding are named, and repaired where that is certain; sound ones stay."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.text.damage import DAMAGES, find_repairs
from callr_segment.text.policy import check

SENTENCES = {
    "fr": "Votre commande est prête, à bientôt à la boutique de Besançon où l’été a déjà commencé",
    "de": "Ihre Bestellung ist fertig, schöne Grüße aus München, wir schließen um fünf Uhr",
    "es": "Mañana recibirá su pedido en la dirección señalada, ¡gracias por su atención!",
    "pt": "A sua encomenda está pronta, até amanhã na loja de São João, não falte à promoção",
    "it": "Il tuo ordine è pronto, perché non vieni più in città? Sarà già lunedì",
    "sv": "Din beställning är klar, välkommen på söndag till Malmö, vi ses på lördag",
    "da": "Din ordre er klar på søndag, vi glæder os til at se dig på Nørrebro og Østerbro",
    "nl": "Uw bestelling is klaar, één artikel ontbreekt; tot ziens bij de cafetaria België",
    "pl": "Twoje zamówienie jest już gotowe, zapraszamy do Łodzi, życzymy miłego dnia, dziękujemy",
    "cs": "Vaše objednávka je připravena, těšíme se na vás příští týden v Plzni, žluťoučký kůň",
    "hu": "Az Ön rendelése elkészült, várjuk szeretettel Győrben, köszönjük a bizalmát, jövő héten",
    "ro": "Comanda dumneavoastră este gata, vă aşteptăm mâine în Bucureşti, mulţumim şi o zi bună",
    "tr": "Siparişiniz hazır, sizi bekliyoruz, teşekkürler, yarın görüşürüz, ığdır şubesi",
    "ru": "Ваш заказ готов, ждём вас завтра в магазине, спасибо за покупку, приходите ещё",
    "uk": "Ваше замовлення готове, чекаємо вас завтра у магазині, дякуємо за покупку, приїжджайте",
    "bg": "Вашата поръчка е готова, очакваме ви утре в магазина, благодарим ви за покупката",
    "el": "Η παραγγελία σας είναι έτοιμη, σας περιμένουμε αύριο στο κατάστημα, ευχαριστούμε",
    "lt": "Jūsų užsakymas jau paruoštas, laukiame jūsų rytoj parduotuvėje, ačiū, šįvakar išėjęs",
    "lv": "Jūsu pasūtījums ir gatavs, gaidīsim jūs rīt veikalā, paldies, šodien āķis",
    "vi": "Đơn hàng của bạn đã sẵn sàng, hẹn gặp lại bạn vào ngày mai tại cửa hàng",
    "ja": "ご注文の品が準備できました。明日お店でお待ちしております。",
    "zh": "您的订单已经准备好了，明天欢迎来店里取货，谢谢您的光临",
    "zt": "您的訂單已經準備好了，明天歡迎來店裡取貨，謝謝您的光臨",
    "ko": "주문하신 상품이 준비되었습니다. 내일 매장에서 기다리겠습니다. 감사합니다",
    "ar": "طلبك جاهز، ننتظرك غداً في المتجر، شكراً لك",
    "he": "ההזמנה שלך מוכנה, נחכה לך מחר בחנות, תודה רבה",
    "hr": "Vaša narudžba je spremna, čekamo vas sutra u dućanu, želimo vam ugodan đački dan",
}  # fmt: skip
UNDONE = {
    ("cp1250", "cp1252"): "pl ro",
    ("cp1250", "cp1254"): "pl",
    ("cp1250", "latin-1"): "pl ro",
    ("cp1251", "cp1252"): "ru uk bg",
    ("cp1251", "latin-1"): "ru uk bg",
    ("cp1252", "cp1250"): "fr pt it sv da",
    ("cp1252", "latin-1"): "fr",
    ("cp1253", "cp1252"): "el",
    ("cp1253", "latin-1"): "el",
    ("cp1254", "cp1250"): "fr pt it sv da",
    ("cp1254", "cp1252"): "tr",
    ("cp1254", "latin-1"): "fr tr",
    ("cp1257", "cp1250"): "sv",
    ("double", ""): "fr de es pt it sv da nl hu ro tr bg",
    ("utf-8", "cp1250"): "fr de es pt it sv nl hu",
    ("utf-8", "cp1251"): "fr de es pt it sv nl hu ro tr ru uk bg el ar he",
    ("utf-8", "cp1252"): "fr de es pt it sv da nl pl cs hu ro tr ru uk bg el lt lv vi",
    ("utf-8", "cp1253"): "es pt it sv nl hu",
    ("utf-8", "cp1254"): "fr de es pt it sv da nl hu ro tr bg",
    ("utf-8", "cp1257"): "fr it nl",
    ("utf-8", "cp437"): "fr de es pt it sv da nl hu ro ru uk bg vi",
    ("utf-8", "cp850"): "fr de es pt it sv da nl cs hu ro tr ru uk bg vi",
    ("utf-8", "gbk"): "fr de es pt it sv nl pl cs hu tr",
    ("utf-8", "koi8-r"): "fr de pt it sv da nl pl cs hu tr ru uk bg el lt vi ko ar he hr",
    ("utf-8", "latin-1"): "fr de es pt it sv da nl pl cs hu ro tr ru uk bg el lt lv vi ko ar he hr",
    ("utf-8", "mac-roman"): "fr de es pt it sv da nl pl cs hu ro tr ru uk bg vi",
    ("utf-8", "shift-jis"): "de es sv nl pl tr",
}
"""What is written in the first and read in the second is read back whole, in these languages."""


def misread(text, written, read):
    """Read a text in a wrong encoding; bytes that it lacks stand as controls, as browsers have them."""
    if written == "double":
        return misread(misread(text, "utf-8", "cp1252"), "utf-8", "cp1252")
    if read != "cp1252":
        return text.encode(written).decode(read)
    return "".join(
        bytes([byte]).decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else read)
        for byte in text.encode(written)
    )


def repaired(text):
    for repair in reversed(find_repairs(text)):
        text = text[: repair.start] + repair.text + text[repair.stop :]
    return text


CASES = [(*kind, language) for kind, languages in UNDONE.items() for language in languages.split()]


@pytest.mark.parametrize(("written", "read", "language"), CASES)
def test_a_misread_text_is_named_and_read_back(written, read, language):
    text = SENTENCES[language]
    damaged = misread(text, written, read)
    assert [problem.code for problem in check(damaged, traffic="alerting")] == ["encoding_damage"]
    assert repaired(damaged) == text


def test_a_column_is_judged_as_each_text_is():
    texts = [misread(SENTENCES[language], written, read) for written, read, language in CASES]
    found = sms.check_many(pd.DataFrame({"body": texts}), text="{body}", traffic="alerting")
    assert found["row"].tolist() == list(range(len(texts)))
    assert found["way_out"].tolist() == [check(text, traffic="alerting")[0].way_out for text in texts]


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sound_text_is_left_alone(language):
    text = SENTENCES[language]
    for each in (text, text.upper(), text.title(), *text.split()):
        assert find_repairs(each) == []
        assert check(each, traffic="alerting") == ()


@pytest.mark.parametrize(
    "text",
    ["kĺb, stĺp, vĺk, vŕba", "wužywaŕ", "KÖŞK ŻÓŁĆ ÇA", "ПОЛІТИЦІ, ЦІЛІ, ПЁТР", "ΚΑΛΉΜΈΡΑ ΝΈΑ",
     "Ðað, Þór, íþrótt", "20° ±2, n° 5",
     "№ 5 — «да»",
     "ｶﾀｶﾅ ﾃｽﾄ", "iPhone É, eÉ", "Ž, Žena, ŽIVOT", "╔══╗ ║ ║ ╚══╝", "Ă, Ć, Ĺ", "CAFÉ Û Ú È",
     "Ô Γ √2 ≈ 1,4", "ПРИВЕТ… «МИР»"],
)  # fmt: skip
def test_rare_letters_are_no_damage(text):
    assert [problem.code for problem in check(f"Oui {text} non", traffic="alerting")] == []
    assert find_repairs(text) == []


@given(st.sampled_from(CASES), st.text(max_size=20), st.text(max_size=20))
def test_what_is_repaired_is_what_reading_it_wrongly_again_gives(case, before, after):
    written, read, language = case
    text = f"{before} {misread(SENTENCES[language], written, read)} {after}"
    for start, stop, said in find_repairs(text):
        piece = text[start:stop]
        assert piece != said
        ways = [(damage.written_in, read) for damage in DAMAGES for read in damage.read_in]
        ways += [("utf-8", "latin-1")]
        again = [said]
        for _ in range(3):
            again = [way for each in again for way in (each, *_again(each, ways))]
            if piece in again:
                break
        is_escape = piece[0] in "&\\" or "\\" in piece or not piece.isprintable()
        assert piece in again or is_escape


def _again(said, ways):
    for written, read in ways:
        try:
            yield misread(said, written, read)
        except UnicodeError:
            continue
