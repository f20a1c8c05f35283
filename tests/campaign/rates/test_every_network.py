"""Words that mean every network, or every country, are no names; other words are."""

import pandas as pd
import pytest

from callr_segment import RateCard, RateError, estimate
from callr_segment.text.networks import is_every_network, is_network

EUR = {"currency": "EUR"}
EVERY = [
    "*", "ALL", "All networks", "all other operators", "Any", "any other network", "Other", "Others",
    "Other networks", "default", "Default carrier", "Rest of networks", "Other / unknown", "All (default)",
    "Tous", "Tous les opérateurs", "TOUS RESEAUX", "Autres", "Autres réseaux mobiles", "Par défaut",
    "Alle Netze", "Andere", "Sonstige Netzbetreiber", "Übrige", "Todos", "Otras redes", "Resto de operadores",
    "Por defecto", "Tutti gli operatori", "Altri gestori", "Altre reti", "Todas as redes",
    "Outras operadoras", "Alle netwerken", "Overige", "Wszystkie sieci", "Pozostałe", "Inni operatorzy",
    "Alla nät", "Övriga",
    "Øvrige", "Muut", "Ostatní", "Egyéb", "Diğer", "Все сети", "Другие операторы", "Άλλα δίκτυα", "其他",
    "すべて", "n/a", "N/A", "none",
]  # fmt: skip
NAMES = ["Orange", "O2", "3", "Other Telecom", "Alltel", "All Americas", "Mobile", "Networks", "Default One"]


@pytest.mark.parametrize("word", EVERY)
def test_a_word_for_every_network_is_no_name(word):
    assert is_every_network(word)
    rows = [{"country": "AT", "network": word, "cents": 7}, {"country": "AT", "network": "23201", "cents": 5}]
    card = RateCard.from_rows(rows, **EUR)
    assert [row.network for row in card.rows] == [None, "23201"]
    assert RateCard({"AT": {word: 7, "23201": 5}}, **EUR) == card
    assert (card.lookup(country="AT", network="23203").cents, card.lookup(country="AT").high_cents) == (7, 7)


@pytest.mark.parametrize("name", NAMES)
def test_any_other_word_is_a_name(name):
    assert is_network(name)
    assert not is_every_network(name)
    card = RateCard({"AT": {name: 7}}, **EUR)
    assert card.rows[0].network == name
    assert card.lookup(country="AT", network="23203") is None


@pytest.mark.parametrize("network", ["232xx", "232XXX", "232*", "232-*", "232 all", "232/Others"])
def test_an_mcc_with_every_network_is_its_country(network):
    assert RateCard.from_rows([{"network": network, "cents": 7}], **EUR).rows[0].keys[:3] == (
        "AT",
        None,
        None,
    )


@pytest.mark.parametrize("mnc", ["*", "xx", "all", "Andere"])
def test_an_mnc_may_be_every_one(mnc):
    card = RateCard.from_rows([{"mcc": 232, "mnc": mnc, "cents": 7}], **EUR)
    assert card.rows[0].keys[:3] == ("AT", None, None)


@pytest.mark.parametrize(
    "word", ["*", "All", "Rest of world", "Autres pays", "Übrige Länder", "Resto del mundo"]
)
def test_a_word_for_every_country_is_the_default(word):
    rows = [{"country": word, "cents": 9}, {"country": "AT", "cents": 7}]
    card = RateCard.from_rows(rows, **EUR)
    assert (card.lookup(country="BR").cents, card.lookup(country="AT").cents) == (9, 7)
    assert RateCard({word: 9, "AT": 7}, **EUR) == card
    with pytest.raises(RateError, match="column country: 'Rest of Austria'"):
        RateCard.from_rows([{"country": "Rest of Austria", "cents": 9}], **EUR)


@pytest.mark.parametrize("cell", ["A1 (23201)", "23201 - A1", "A1 [23201]", "23201 A1", "A1: 23201"])
def test_a_code_beside_a_name_is_the_network(cell):
    card = RateCard.from_rows([{"country": "AT", "network": cell, "cents": 7}], **EUR)
    assert card.rows[0].network == "23201"
    frame = pd.DataFrame({"to": ["+436641234567"], "operator": [cell]})
    assert estimate(frame, text="a", to="to", network="operator", rates=card).cost_cents == 7


@pytest.mark.parametrize(
    "cell", ["All except A1", "Alle außer A1", "tous les réseaux sauf A1", "Others but A1"]
)
def test_every_network_but_some_is_refused(cell):
    with pytest.raises(RateError, match="is every network but some: write those in rows of their own"):
        RateCard.from_rows([{"country": "AT", "network": cell, "cents": 7}], **EUR)


def test_two_words_for_every_network_price_the_same():
    rows = [{"country": "AT", "network": word, "cents": cents} for word, cents in (("All", 7), ("Other", 8))]
    with pytest.raises(RateError, match=r"row 2 prices the same as row 1 \(country AT\)"):
        RateCard.from_rows(rows, **EUR)


def test_recipients_of_every_network_are_of_one_that_is_not_known():
    frame = pd.DataFrame({"to": ["+436641234567"] * 3, "operator": ["All", "23201", None]})
    card = RateCard({"AT": {"23201": 5, "23203": 7}}, **EUR)
    covered = card.coverage(frame, to="to", network="operator")
    assert covered[["rows", "high_cents"]].to_numpy().tolist() == [[2, 7], [1, 5]]
    found = estimate(frame, text="a", to="to", network="operator", rates=card)
    assert found.cost_range_cents == (15, 19)
