"""What a campaign is costed from: its template, its numbers, their rates, and all of it together."""

import pytest

import callr_segment as sms
import stock
import works
from rivals import libraries

WORKS = {
    "template, counted": works.filling,
    "template, rendered": works.rendering,
    "number to rate": lambda table: works.rating(table["to"].chunk(0)),
    "estimate": works.estimating,
}


@pytest.mark.benchmark(group="campaign")
@pytest.mark.parametrize("work", WORKS)
def test_work(benchmark, work):
    table = stock.campaign(100_000)
    assert benchmark(WORKS[work](table)) is not None


QUESTIONS = ("culprits", "what_if", "near_misses", "sensitivity", "best")


@pytest.mark.benchmark(group="questions")
@pytest.mark.parametrize("question", QUESTIONS)
def test_question(benchmark, question):
    found = works.costing(works.dear(stock.campaign(100_000)))()
    assert benchmark(works.asking(found, getattr(sms.Estimate, question))) is not None


@pytest.mark.benchmark(group="numbers")
def test_phonenumbers(benchmark):
    numbers = stock.campaign(100_000)["to"].slice(0, 200).to_pylist()
    parsed = benchmark(works.parsing(libraries.number_parser(), numbers))
    assert [f"+{each.country_code}{each.national_number}" for each in parsed] == numbers
