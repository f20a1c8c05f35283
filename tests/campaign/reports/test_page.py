"""A report says what the estimate says, and nothing in it runs, hides or is fetched from elsewhere."""

import re
import sys
from decimal import Decimal
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import callr_segment as sms
from callr_segment.campaign import demo
from callr_segment.campaign.reports import page as report
from callr_segment.campaign.reports.figures import figures
from callr_segment.campaign.reports.outline import outline
from callr_segment.campaign.reports.page import report_html
from callr_segment.campaign.reports.text import report_text

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' & &amp; &lt;",
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe",
    "a\0b\x1b[2J\r\n",
    "\u200b\ufeff\u2066",
    "http://example.org/x.js",
    "\ud800",
]
CARD = sms.RateCard({"FR": "4.5", "DE": {"26201": "5", "26207": "6"}}, currency="EUR")


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture(scope="module")
def campaign():
    recipients, templates, card = demo.load()
    return sms.estimate(
        recipients,
        text=templates,
        choose="template",
        to="to",
        country="country",
        default_region="FR",
        rates=card,
        duplicates="drop",
    )


def hostile_estimate():
    """Hostile columns, cells, template names, texts, index labels and index name."""
    labels = [text.replace("\ud800", "last") for text in HOSTILE]
    frame = pd.DataFrame(
        {
            "name": [*HOSTILE, "ça"],
            "<b>to": [*HOSTILE, "+33639981020"],
            "' pick": [*["<b>fr</b>", "&en"] * 5, "<b>fr</b>"],
            "<sender>": ["<Lou>"] * 11,
        },
        dtype=object,
        index=pd.Index([*labels, "<i>"], name="<script>index"),
    )
    texts = {"<b>fr</b>": "<script>’{name}", "&en": "{name}\u202e"}
    return sms.estimate(
        frame, text=texts, choose="' pick", to="<b>to", rates=CARD, country="FR", invalid="price",
        sender="<sender>", policy=sms.Policy(severities={"invalid_sender": "warning"}),
    )  # fmt: skip


@pytest.fixture(scope="module")
def hostile():
    return hostile_estimate()


def test_a_page_is_made_of_its_own_tags_only(campaign, hostile):
    """What stands in the data adds no tag and no attribute."""
    plain, page = Page(report_html(campaign)), Page(report_html(hostile, title="<script>'\".csv"))
    assert set(page.tags) == set(plain.tags)
    assert {name for name, _ in page.attributes} == {name for name, _ in plain.attributes}
    assert (plain.open, page.open) == ([], [])
    assert not {"script", "img", "link", "iframe", "object", "base", "a"} & set(page.tags)


def test_a_page_fetches_nothing(campaign):
    page = report_html(campaign)
    attributes = dict.fromkeys(name for name, _ in Page(page).attributes)
    assert not {"src", "href", "srcset", "data", "action", "background"} & set(attributes)
    assert not re.search(r"@import|url\(|xlink|//[a-z]", re.sub(r"(?s)<body>.*", "", page))
    assert "default-src 'none'; style-src 'unsafe-inline'" in page


def test_hostile_cells_are_there_as_text(hostile):
    texts = " ".join(Page(report_html(hostile, title="<script>x.csv")).texts)
    for shown in ("<script>alert(1)</script>", "{{ 7 * 7 }}{% raw %}", "<b>fr</b>", "column <b>to", "<i>"):
        assert shown in texts
    assert "<script>x.csv" in texts


@pytest.mark.parametrize("write", [report_html, report_text])
def test_nothing_hides_or_moves_what_stands_around_it(hostile, write):
    said = write(hostile, title="a\u202eb\0.csv")
    assert {char for char in said if not char.isprintable()} <= {"\n"}
    assert "a\\u202eb\\x00.csv" in said
    assert said.encode()


@pytest.mark.once
@given(st.text(), st.text(st.characters(codec="utf-8")))
def test_any_title_and_cell_are_escaped(title, cell):
    found = sms.estimate(pd.DataFrame({"name": [cell]}), text="ça {name}")
    page = report_html(found, title=title)
    assert {char for char in page if not char.isprintable()} <= {"\n"}
    assert page.count("<h1>") == 1
    assert Page(page).open == []


def test_a_report_says_what_the_estimate_says(campaign):
    said = report_text(campaign)
    assert f"{campaign.messages:,} of 2,010 rows will be sent, in {campaign.parts:,} parts." in said
    assert f"{campaign.cost_cents / 100:,.2f} EUR" in said
    for count in campaign.summary.problems.values():
        assert f"{count:,}" in said
    for text in (
        "NO-BREAK SPACE",
        "U+2019",
        "amount_text",
        "duplicate",
        "invalid number",
        "'+33 6' has too few",
    ):
        assert text in said
        assert text.replace("'", "&#39;") in report_html(campaign)


def test_every_table_is_square(campaign, hostile):
    for estimate in (campaign, hostile):
        for section in outline(estimate, title="").sections:
            assert {len(row) for row in section.rows} == {len(section.header)} == {len(section.align)}
            assert len(section.shares) in (0, len(section.rows))
            assert all(0 <= share <= 1 for share in section.shares)


def test_groups_of_a_report_add_up(campaign):
    groups = [
        section for section in outline(campaign, title="", lines=300).sections if section.title[:2] == "By"
    ]
    assert len(groups) == 3
    for section in groups:
        parts = [int(row[section.header.index("parts", 1)].replace(",", "")) for row in section.rows]
        assert sum(parts) == campaign.parts


def test_the_figures_can_be_made_again(campaign):
    origin = dict(outline(campaign, title="").origin)
    assert origin["made with"] == f"callr_segment {sms.__version__}, {sms.IMPLEMENTATION}"
    assert origin["rates"] == f"rates.csv, EUR, sha256 {campaign.plan.rates.sha256}"
    assert origin["default region"] == "FR"
    assert origin["country"] == "column country"
    assert "{first_name}" in origin["text fr-stop"]


def test_the_same_estimate_gives_the_same_page(campaign):
    assert report_html(campaign) == report_html(campaign)


def test_long_tables_are_cut_and_say_so(campaign):
    sections = {
        section.title: section for section in outline(campaign, title="", problems=3, lines=5).sections
    }
    assert len(sections["Problems, row by row"].rows) == 3
    there = len(campaign.problems()) - 3
    assert sections["Problems, row by row"].note == f"{there:,} more are not listed."
    assert len(sections["By country"].rows) == 5


def test_errors_are_listed_before_warnings(campaign):
    rows = next(s for s in outline(campaign, title="").sections if s.title == "Problems, row by row").rows
    severities = [row[1] for row in rows]
    assert severities == sorted(severities)


def test_a_range_is_shown_and_an_exact_cost_is_called_so():
    frame = pd.DataFrame({"to": ["+33639981020", "+4915112345678"]})
    both = sms.estimate(frame, text="a", to="to", rates=CARD)
    facts = {fact.label: fact for fact in outline(both, title="").facts}
    assert (facts["expected cost"].value, facts["expected cost"].note) == ("0.1000 EUR", "0.0950 to 0.1050")
    assert facts["exact"].value == "45.0%"
    facts = {fact.label: fact for fact in outline(one_row(), title="").facts}
    assert facts["expected cost"].note == "whatever the network"


def one_row(**options):
    frame = pd.DataFrame({"to": ["+33639981020"]})
    return sms.estimate(frame, **{"text": "a", "to": "to", "rates": CARD, **options})


@pytest.mark.parametrize("write", [report_html, report_text])
@pytest.mark.parametrize(
    "estimate",
    [
        lambda: one_row(rates=None),
        lambda: one_row(to=None, rates=None),
        lambda: one_row(rates=sms.RateCard({"BE": 1}, currency="EUR")),
        lambda: sms.estimate(pd.DataFrame({"to": []}, dtype=object), text="a", to="to", rates=CARD),
        lambda: sms.estimate(pd.DataFrame({"to": [None, "n/a"]}), text="ç", to="to", rates=CARD),
    ],
    ids=["no card", "no number", "unpriced", "no row", "nothing to send"],
)
def test_there_may_be_little_to_say(write, estimate):
    said = write(estimate())
    assert "will be sent" in said
    assert not re.search(r"\bnan\b|None", said)


def test_a_cost_that_is_not_known_is_not_zero():
    facts = outline(one_row(rates=sms.RateCard({"BE": 1}, currency="EUR")), title="").facts
    assert [fact.value for fact in facts] == ["0", "0", "unknown"]


def test_figures_are_exact(campaign):
    found = figures(campaign)
    assert Decimal(found["cost_cents"]["expected"]) == campaign.cost_cents
    assert found["culprits"][0]["code_point"] == "U+00A0"
    assert found["problems"] == campaign.summary.problems


def test_an_html_report_needs_jinja(campaign, monkeypatch):
    report._page.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(sms.MissingExtra, match=r'pip install "callr-segment\[campaign\]"'):
        report_html(campaign)


def test_a_report_says_what_would_save_most():
    found = sms.estimate(pd.DataFrame({"body": ["L’été " + "x" * 70, "a" * 162]}), text="{body}")
    (section,) = (each for each in outline(found, title="x").sections if each.title == "What would save most")
    assert [row[:3] for row in section.rows] == [
        ("SAFE", "1", "1"),
        ("SAFE, FOLD", "1", "1"),
        ("5 units fewer in every message", "1", "1"),
    ]
    clean = sms.estimate(pd.DataFrame({"body": ["a"]}), text="{body}")
    assert "What would save most" not in [each.title for each in outline(clean, title="x").sections]


def test_a_report_tells_of_numbers_that_get_several_messages():
    frame = pd.DataFrame(
        {"to": ["n/a", "+33639980102", "06 39 98 01 02", "+33639980103"], "a": ["", "b", "b", "b"]}
    )
    options = {"text": "{a}", "to": "to", "default_region": "FR"}
    said = "1 message goes to a number that already gets one; with duplicates dropped each number gets one."
    assert said in outline(sms.estimate(frame, **options), title="x").sentences
    dropped = outline(sms.estimate(frame, duplicates="drop", **options), title="x")
    assert not any("already gets one" in sentence for sentence in dropped.sentences)


def test_of_duplicates_the_first_that_can_be_sent_stays():
    frame = pd.DataFrame({"to": ["+33639980102"] * 3, "a": ["", "b", "b"]})
    found = sms.estimate(frame, text="{a}", to="to")
    line = found.what_if().set_index("change").loc["without duplicates and invalid numbers"]
    assert (found.parts, line["saved_parts"]) == (2, 1)
    assert sms.estimate(frame, text="{a}", to="to", duplicates="drop").parts == 1


def test_an_estimate_writes_its_page_and_replaces_none_unless_told(tmp_path):
    found = sms.estimate(pd.DataFrame({"name": ["Zoé"]}), text="Bonjour {name}")
    path = tmp_path / "spring.html"
    page = found.to_html(path, title="Spring")
    assert page == report_html(found, title="Spring") == path.read_text(encoding="utf-8")
    with pytest.raises(sms.InputError, match="force"):
        found.to_html(path, title="Summer")
    assert path.read_text(encoding="utf-8") == page
    assert found.to_html(path, title="Summer", force=True) == path.read_text(encoding="utf-8")


def test_a_group_without_a_message_is_not_listed():
    frame = pd.DataFrame({"to": ["+33612345678", "+4915112345678", "+32470123456"]})
    page = sms.estimate(frame, text="a", to="to", rates=CARD, traffic="alerting").to_html()
    listed = page.partition("By country")[2].partition("</table>")[0]
    assert ">FR<" in listed
    assert ">BE<" not in listed
