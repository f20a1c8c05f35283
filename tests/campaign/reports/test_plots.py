"""What a notebook shows: nothing in it is run, and every picture is drawn of the true figures."""

import re
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment._core.fallback import text as fallback
from callr_segment.campaign.savings.culprits import count_freed, list_cost_steps
from callr_segment.errors import InputError, MissingExtra

pytestmark = pytest.mark.once

CARD = sms.RateCard({"FR": "4.5", "BE": "6"}, currency="EUR")
SEGMENT = [sms.segment, fallback.segment]


def cost(rows, **options):
    frame = pd.DataFrame(rows, columns=["name", "amount"], dtype=object)
    frame["to"] = "+33639980102"
    text = "Bonjour {name}, l’offre " + "x" * 80 + " {amount}"
    return sms.estimate(frame, **{"text": text, "to": "to", "rates": CARD, **options})


# HTML


def texts_of(html):
    return re.sub(r"<[^<>]*>", "", html)


@pytest.mark.parametrize("segment", SEGMENT)
def test_a_text_is_shown_part_by_part_with_its_culprits_marked(segment):
    html = segment("L’été <script>" + "x" * 60)._repr_html_()
    assert "<b>2 parts</b> of Unicode: 74 units, 60 left, 4 over the edge" in html
    assert 'title="U+2019 RIGHT SINGLE QUOTATION MARK">’</mark>été &lt;script&gt;xx' in html
    assert html.count("<div dir") == 2
    assert "<script" not in html


@pytest.mark.parametrize("segment", SEGMENT)
@given(text=st.text(max_size=200))
def test_all_of_a_text_is_shown_and_none_of_it_is_markup(segment, text):
    html = segment(text)._repr_html_()
    assert set(re.findall(r"</?(\w+)", html)) <= {"div", "b", "mark"}
    assert html.count("<") == html.count(">")
    assert all(char.isprintable() or char == "\n" for char in html)


def test_a_long_text_does_not_fill_the_notebook():
    html = sms.segment("ж" * 20_000)._repr_html_()
    assert html.endswith("<div>and 289 parts more</div>")
    assert len(html) < 10_000
    assert "and 1 more" in sms.segment("абвг")._repr_html_()
    shown = [sms.segment("a" * 153 * parts)._repr_html_() for parts in (2, 10, 11)]
    assert ["parts more" in html for html in shown] == [False, False, True]


def test_an_estimate_is_shown_with_its_figures_and_problems():
    frame = pd.DataFrame({"to": ["+33639980102", "n/a"]})
    html = sms.estimate(frame, text="a", to="to", rates=CARD)._repr_html_()
    assert "1 of 2 rows will be sent, in 1 part." in html
    assert "0.0450 EUR" in html
    assert "invalid number" in html
    assert set(re.findall(r"</?(\w+)", html)) <= {"div", "table", "tr", "td", "th"}


def test_a_card_cannot_bring_markup_in():
    html = cost([("Zoé", "1")], rates=sms.RateCard.flat("1", currency="EUR"))._repr_html_()
    assert "<script" not in html


# pictures


@pytest.fixture(autouse=True)
def matplotlib(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    return pytest.importorskip("matplotlib")


def heights(axes):
    return [round(bar.get_height(), 6) for bar in axes.patches]


ROWS = [("Zoé", "20 e"), ("Aç", "20\xa0e"), ("Zoé", "20\xa0e" + "y" * 70), ("$a$ 李", "1")]


def test_the_causes_add_up_to_the_cost():
    found = cost(ROWS)
    causes = list_cost_steps(found)
    assert sum(cause.parts for cause in causes) == found.parts
    assert sum(cause.cost for cause in causes) == found.summary.expected
    (axes,) = found.plot("causes").axes
    *steps, total = heights(axes)
    assert total == round(float(found.cost_cents) / 100, 6) == round(sum(steps), 6)


def test_fees_are_a_cause_too_and_many_fields_are_drawn_as_one():
    card = sms.RateCard.from_rows([{"cents": "4.5", "fee_cents": "2"}], currency="EUR")
    frame = pd.DataFrame({f"f{at}": ["x"] * 9 for at in range(9)})
    for at in range(9):
        frame.loc[at, f"f{at}"] = "ç"
    text = "".join(f"{{f{at}}}" for at in range(9)) + "x" * 80
    found = sms.estimate(frame, text=text, rates=card)
    causes = list_cost_steps(found)
    assert causes[0][1:] == (9, 9 * 6_500_000)
    assert sum(cause.cost for cause in causes) == found.summary.expected
    (axes,) = found.plot("causes").axes
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert (len(labels), labels[-2]) == (9, "other\nfields")


def test_every_message_is_in_the_picture_of_lengths():
    found = cost([*ROWS, (None, "1")])
    (axes,) = found.plot("lengths").axes
    assert sum(heights(axes)) == found.messages == 4
    walls = [line.get_xdata()[0] - 0.5 for line in axes.lines]
    assert walls == [160, 306, 70, 134]


def test_culprits_are_drawn_with_what_is_left_without_them():
    (axes,) = cost(ROWS).plot("culprits").axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[0] == "right single quotation mark  U+2019  in (template)"
    assert axes.lines[0].get_xdata().tolist() == [1, 2, 3, 4]


NAMES = st.text(st.sampled_from("aéçœ\xa0’"), max_size=4)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5), st.randoms())
def test_who_is_freed_is_what_the_texts_say(rows, random):
    found = sms.estimate(pd.DataFrame(rows, columns=["a", "b"], dtype=object), text="’{a}{b}.")
    blame = found.culprits()
    order = list(zip(blame["field"], blame["character"], strict=True))
    random.shuffle(order)
    freed = count_freed(found, order)
    for gone in range(len(order)):
        left = [
            [char for char in text if (place, char) not in order[: gone + 1] and not sms.is_gsm(char)]
            for values in rows
            for place, text in zip(("(template)", "a", "b"), ("’", *values), strict=True)
        ]
        whole = [not any(left[3 * at : 3 * at + 3]) for at in range(len(rows))]
        assert freed[gone] == sum(whole)


@pytest.mark.parametrize("rows", [[], [(None, None)], [("李\ud800", "\x1b$x$_")]])
@pytest.mark.parametrize("rates", [CARD, None])
def test_there_may_be_little_to_draw(rows, rates, tmp_path):
    figure = cost(rows, rates=rates).plot()
    assert len(figure.axes) == 3
    figure.savefig(tmp_path / "all.png", dpi=40)
    assert np.fromfile(tmp_path / "all.png", np.uint8)[1:4].tobytes() == b"PNG"


def test_field_names_are_no_formulas():
    frame = pd.DataFrame({"a": ["ç"]}).rename(columns={"a": "prix_é"})
    sms.estimate(frame, text="{prix_é}").plot("culprits")


def test_what_is_no_picture_is_refused():
    with pytest.raises(InputError, match="causes, lengths, culprits, all"):
        cost(ROWS).plot("pie")


def test_pictures_need_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r'pip install "callr-segment\[notebook\]"'):
        cost(ROWS).plot()
