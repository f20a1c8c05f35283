"""Messages that people and programs really sent: everything that is told of them is so."""

import json
from collections import Counter
from decimal import Decimal

import pandas as pd
import pytest

import callr_segment as sms
from callr_segment.campaign.reports.page import report_html
from callr_segment.errors import TemplateError

CARD = sms.RateCard.flat("4.5", currency="EUR")
VALUES = {
    "app_name": "Maison Lou", "code": "482193", "link": "https://mlou.fr/reset/8f3a1b2c",
    "date": "12/05/2026", "time": "14:30", "url": "https://mlou.fr/p/8f3a", "brand": "Maison Lou",
    "privacy": "https://mlou.fr/privacy", "minutes": "5",
}  # fmt: skip
FIELDS = {
    '{{ template "app.name" }}': "app_name", "{{ .Code }}": "code", "{{ .Link }}": "link", "${date}": "date",
    "${time}": "time", "${data.publicUrl}": "url", "${BRAND_NAME}": "brand", "${privacyUrl}": "privacy",
    "%1$s": "code", "%2$d": "minutes",
}  # fmt: skip


def file_of(shared, name):
    path = shared / "texts" / name
    if not path.exists():
        pytest.skip(f"{name} is absent")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def spam(shared):
    """5,574 messages of people and of spammers, costed as they are."""
    lines = file_of(shared, "SMSSpamCollection.tsv").split("\n")
    bodies = [line.split("\t", 1)[1] for line in lines if line]
    return bodies, sms.estimate(pd.DataFrame({"body": bodies}), text="{body}", rates=CARD)


@pytest.fixture(scope="module")
def sources(shared):
    """271 templates of programs, in 35 languages."""
    return [json.loads(line) for line in file_of(shared, "sms_templates_multilingual.jsonl").splitlines()]


@pytest.fixture(scope="module")
def written(sources):
    """Write the same templates with fields of ours, each with one recipient."""
    templates = {}
    for at, row in enumerate(sources):
        text = row["text"]
        for placeholder, field in FIELDS.items():
            text = text.replace(placeholder, f"{{{field}}}")
        templates[str(at)] = sms.Template(text)
    frame = pd.DataFrame([{**VALUES, "which": key} for key in templates])
    return templates, sms.estimate(frame, text=templates, choose="which", traffic="alerting", rates=CARD)


def test_what_people_sent(spam):
    bodies, found = spam
    assert found.messages == len(bodies) == 5_574
    assert (found.summary.gsm, found.parts, found.units) == (5_485, 5_995, 448_638)
    assert found.rows["parts"].tolist() == [sms.count_parts(body) for body in bodies]


def test_who_is_to_blame_for_it(spam):
    bodies, found = spam
    blame = found.culprits().set_index("code_point")["messages"].to_dict()
    met = Counter(char for body in bodies for char in set(body) if not sms.is_gsm(char))
    assert blame == {f"U+{ord(char):04X}": count for char, count in met.items()}
    damage = found.damage().set_index("damage")["messages"].to_dict()
    assert damage == {
        "an HTML entity": 309, "spaces at the end": 180, "cp1252 read as Latin-1": 35,
        "an escape that was not undone": 4, "another encoding read as GBK": 1,
    }  # fmt: skip


def test_what_would_save_is_what_each_text_says(spam):
    bodies, found = spam
    for rules in (sms.SAFE, (*sms.SAFE, *sms.FOLD)):
        each = [next(iter(sms.suggest(body, *rules)), None) for body in bodies]
        saved = sum(way.parts_before - way.parts_after for way in each if way)
        assert found.what_if(rules)["saved_parts"].tolist() == [saved]
        assert found.rewrite(*rules).parts == found.parts - saved
    assert found.best(keep=()).cost_cents <= found.best().cost_cents < found.cost_cents
    assert found.near_misses(5)["parts"].tolist() == [22, 50, 60, 70, 82]


def test_other_systems_templates_are_refused_with_the_way_out(sources):
    foreign = [row for row in sources if any(placeholder in row["text"] for placeholder in FIELDS)]
    assert len(foreign) > 250
    for row in foreign:
        with pytest.raises(TemplateError, match=r"another system's placeholder; write \{\w+\} for a field"):
            sms.Template(row["text"])


def test_what_programs_send(written):
    templates, found = written
    assert (found.messages, found.summary.gsm, found.parts) == (271, 123, 339)
    for template, parts in zip(templates.values(), found.rows["parts"], strict=True):
        values = {field: VALUES[field] for field in template.fields}
        assert template.segment(**values).parts == parts == template.bounds(**values).high.parts


def test_what_would_save_on_it(written):
    _, found = written
    lines = found.what_if(sms.SAFE, (sms.SAFE, sms.FOLD), (sms.SAFE, sms.FOLD, sms.GREEK)).set_index("change")
    assert lines["saved_parts"].to_dict() == {"SAFE, FOLD, greek": 51, "SAFE, FOLD": 43, "SAFE": 0}
    assert found.best(keep=()).parts == 339 - 51
    assert found.damage().empty, "Persian is spelt with joiners"
    assert found.problems().empty


def test_all_of_it_can_be_shown(spam, written):
    for _, found in (spam, written):
        assert "<script" not in found._repr_html_() + report_html(found)
        assert Decimal(json.loads(found.to_json())["cost_cents"]["expected"]) == found.cost_cents
    assert all(sms.segment(body)._repr_html_() for body in spam[0][:500])
