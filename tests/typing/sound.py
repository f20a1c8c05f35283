# pyright: strict
"""A user's program that type checkers must take: checked by `make lint` under mypy and pyright, never run."""

from decimal import Decimal
from typing import assert_type

import callr_segment as sms
from callr_segment.typing import Encoding, Errors, Severity, Traffic


def one_text(text: str, errors: Errors, wanted: Encoding | None) -> None:
    found = sms.segment(text, encoding=wanted, errors=errors)
    assert_type(found, sms.Segmentation)
    assert_type(found.encoding, Encoding)
    assert_type(found.parts, int)
    assert_type(found.culprits, tuple[sms.Culprit, ...])
    assert_type([part.text for part in found.split()], list[str])
    assert_type(sms.count_parts(text, limits=sms.Limits.with_header(7)), int)
    assert_type(sms.rewrite(text, *sms.SAFE, sms.EMOJI), str)
    assert_type(sms.Template("Bonjour {name}").segment(name=text).units, int)
    assert_type(sms.normalize_number(text, default_region="FR").country, str | None)


def guard(text: str, number: str, traffic: Traffic) -> list[tuple[str, Severity, str]]:
    strict = sms.Policy(max_parts=1, severities={"fictional_number": "error", "no_stop": None})
    try:
        assert_type(sms.validate(text, to=number, traffic=traffic, policy=strict), sms.Segmentation)
    except sms.InvalidMessage as error:
        assert_type(error.problems, tuple[sms.Problem, ...])
        return [(each.code, each.severity, each.way_out) for each in error.problems]
    return []


def refused(text: str) -> tuple[str, ...]:
    try:
        sms.segment(text, encoding="gsm")
    except sms.NotGsmError as error:
        return tuple(culprit.name for culprit in error.culprits)
    return ()


def campaign(source: object, budget: sms.Budget) -> Decimal | None:
    card = sms.RateCard({"FR": "4.50"}, currency="EUR")
    try:
        found = sms.estimate(source, text="Bonjour {name}", to="to", rates=card, budget=budget)
    except sms.BudgetExceeded as error:
        return None if error.estimate is None else error.estimate.cost_cents
    assert_type(found, sms.Estimate)
    assert_type(found.rewrite(*sms.SAFE), sms.Estimate)
    return found.cost_cents


def send(client: sms.Client, number: str, text: str) -> str | None:
    try:
        receipt = client.send(number, text, traffic="alerting", encoding="gsm")
    except sms.NotSent as error:
        assert_type(error.retry_after_seconds, float | None)
        return None
    except sms.SendError as error:
        return error.receipt.sid if error.receipt else None
    assert_type(receipt, sms.Receipt)
    return receipt.sid
