"""What SMS will cost before they are sent with the Callr API: to the part and to the cent, and why.

One text: ``segment``, ``count_parts``, ``is_gsm``, ``check``, ``validate``, ``rewrite``, ``Template``.
These need nothing but Python. A whole campaign: ``estimate``, ``RateCard``, ``segment_many``; these need
the extra ``campaign`` and are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callr_segment._core import IMPLEMENTATION
from callr_segment.errors import (
    BudgetExceeded,
    CallrSegmentError,
    InputError,
    InvalidMessage,
    InvalidNumber,
    MissingExtra,
    NotGsmError,
    RateError,
    TemplateError,
)
from callr_segment.text.message import (
    LIMITS,
    Culprit,
    Limits,
    Part,
    Segmentation,
    count_parts,
    is_gsm,
    segment,
)
from callr_segment.text.numbers import Number, normalize_number
from callr_segment.text.policy import POLICY, Policy, Problem, check, validate
from callr_segment.text.rewrites import (
    CURRENCY,
    EMOJI,
    EURO,
    FOLD,
    GREEK,
    SAFE,
    Rewrite,
    Suggestion,
    rewrite,
    suggest,
)
from callr_segment.text.template import Template

if TYPE_CHECKING:
    from callr_segment.campaign.checking import check_many
    from callr_segment.campaign.costing import Summary, enrich
    from callr_segment.campaign.estimation import Estimate, estimate
    from callr_segment.campaign.guards import Budget
    from callr_segment.campaign.plan import Plan
    from callr_segment.campaign.rates import Rate, RateCard
    from callr_segment.campaign.table import SegmentTable, segment_many
    from callr_segment.campaign.tiers import Adjustment, Tiers

__version__ = "0.1.0"

__all__ = [
    "CURRENCY",
    "EMOJI",
    "EURO",
    "FOLD",
    "GREEK",
    "IMPLEMENTATION",
    "LIMITS",
    "POLICY",
    "SAFE",
    "Adjustment",
    "Budget",
    "BudgetExceeded",
    "CallrSegmentError",
    "Culprit",
    "Estimate",
    "InputError",
    "InvalidMessage",
    "InvalidNumber",
    "Limits",
    "MissingExtra",
    "NotGsmError",
    "Number",
    "Part",
    "Plan",
    "Policy",
    "Problem",
    "Rate",
    "RateCard",
    "RateError",
    "Rewrite",
    "SegmentTable",
    "Segmentation",
    "Suggestion",
    "Summary",
    "Template",
    "TemplateError",
    "Tiers",
    "check",
    "check_many",
    "count_parts",
    "enrich",
    "estimate",
    "is_gsm",
    "normalize_number",
    "rewrite",
    "segment",
    "segment_many",
    "suggest",
    "validate",
]

_CAMPAIGN = {
    "Adjustment": "tiers",
    "Budget": "guards",
    "Estimate": "estimation",
    "Plan": "plan",
    "Rate": "rates",
    "RateCard": "rates",
    "SegmentTable": "table",
    "Summary": "costing",
    "Tiers": "tiers",
    "check_many": "checking",
    "enrich": "costing",
    "estimate": "estimation",
    "segment_many": "table",
}


def __getattr__(name: str) -> object:
    """Load the campaign floor when something of it is first asked for."""
    if name not in _CAMPAIGN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    try:
        value = getattr(import_module(f"{__name__}.campaign.{_CAMPAIGN[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith(__name__):
            raise
        raise MissingExtra(f'{name} needs {error.name}: pip install "callr-segment[campaign]"') from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
