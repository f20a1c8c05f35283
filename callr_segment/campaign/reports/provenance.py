"""What an estimate was made of, so that it can be made again and compared."""

from __future__ import annotations

from hashlib import sha256
from pathlib import PurePath
from typing import Any

from callr_segment._core import IMPLEMENTATION
from callr_segment.alphabet.gsm import BASIC, EXTENSION
from callr_segment.campaign.columns.hashing import hash_numbers
from callr_segment.campaign.columns.options import OPTIONS, Setting
from callr_segment.campaign.costing.costed import Costed
from callr_segment.text.rewrites import Rewrite
from callr_segment.version import __version__

__all__ = ["FORMAT", "alphabet_hash", "origin_of", "rule_of"]

FORMAT = "callr-segment estimate 1"


def alphabet_hash() -> str:
    """Hash the tables that tell what GSM has: two versions that differ in it may count differently."""
    return sha256((BASIC + EXTENSION).encode()).hexdigest()


def origin_of(campaign: Costed) -> dict[str, Any]:
    """Tell what the figures of an estimate depend on: version, tables, rates, input and options."""
    first, rewritings = _unwritten(campaign)
    card = first.plan.rates
    return {
        "version": __version__,
        "implementation": IMPLEMENTATION,
        "alphabet_sha256": alphabet_hash(),
        "rates": card
        and {"source": PurePath(card.source).name, "currency": card.currency, "sha256": card.sha256},
        "input": {
            "rows": first.summary.rows,
            "columns": list(first.plan.given),
            "sha256": first.input_sha256,
        },
        "opted_out": {"count": len(first.plan.opted_out), "sha256": hash_numbers(first.plan.opted_out)},
        "options": _options_of(first),
        "rewrites": [[rule_of(rule) for rule in each.rules] for each in rewritings],
        "kept_fields": [sorted(each.kept_fields) for each in rewritings],
    }


def _unwritten(campaign: Costed) -> tuple[Costed, list[Costed]]:
    """Find the estimate that was not rewritten, and those that were made of it, one of the other."""
    rewritings: list[Costed] = []
    while campaign.before is not None:
        rewritings.insert(0, campaign)
        campaign = campaign.before
    return campaign, rewritings


def rule_of(rule: Rewrite) -> dict[str, str]:
    """Name a rule, and hash what it replaces."""
    return {"name": rule.name, "sha256": sha256(repr(rule.replacements).encode()).hexdigest()}


def _options_of(campaign: Costed) -> dict[str, Any]:
    plan = campaign.plan
    policy = {**plan.policy._asdict(), "severities": dict(plan.policy.severities)}
    return {
        "templates": [
            {"key": key, "text": each.text, "tokens": dict(each.tokens)}
            for key, each in plan.templates.items()
        ],
        "unknown": dict(plan.unknown),
        "choose": plan.choose,
        "to": plan.to,
        **{name: _setting(getattr(plan, name)) for name in OPTIONS},
        "limits": list(plan.limits),
        "errors": plan.errors,
        "when": plan.when and plan.when.isoformat(),
        "duplicates": plan.duplicates,
        "invalid": plan.invalid,
        "policy": policy,
    }


def _setting(setting: Setting) -> dict[str, str] | str | None:
    return {"column": setting.column} if setting.column else setting.value
