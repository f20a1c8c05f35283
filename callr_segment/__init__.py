"""What SMS will cost before they are sent with the Callr API: to the part and to the cent, and why.

One text: ``segment``, ``count_parts``, ``is_gsm``, ``check``, ``validate``, ``rewrite``, ``Template``. These
need nothing but Python. A whole campaign: ``estimate``, ``RateCard``, ``segment_many``; these need the extra
``campaign``. Sending: ``Client``, ``AsyncClient``; these need the extra ``send``. Both are loaded when first
used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callr_segment._core import IMPLEMENTATION
from callr_segment.errors import (
    BudgetExceeded,
    CallrSegmentError,
    Halted,
    InputError,
    InvalidMessage,
    InvalidNumber,
    LedgerError,
    MissingExtra,
    NotGsmError,
    NotSent,
    OutcomeUnknown,
    RateError,
    Rejected,
    SendError,
    TemplateError,
    WebhookError,
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
    from callr_segment.sending.brakes import Breaker
    from callr_segment.sending.client import AsyncClient, Client
    from callr_segment.sending.ledger import Ledger
    from callr_segment.sending.reconciliation import Reconciliation, reconcile
    from callr_segment.sending.webhooks import InboundMessage, StatusEvent, parse_event
    from callr_segment.sending.window import FRENCH_MARKETING, Window
    from callr_segment.sending.wire import Receipt

__version__ = "0.1.0"

__all__ = [
    "CURRENCY",
    "EMOJI",
    "EURO",
    "FOLD",
    "FRENCH_MARKETING",
    "GREEK",
    "IMPLEMENTATION",
    "LIMITS",
    "POLICY",
    "SAFE",
    "Adjustment",
    "AsyncClient",
    "Breaker",
    "Budget",
    "BudgetExceeded",
    "CallrSegmentError",
    "Client",
    "Culprit",
    "Estimate",
    "Halted",
    "InboundMessage",
    "InputError",
    "InvalidMessage",
    "InvalidNumber",
    "Ledger",
    "LedgerError",
    "Limits",
    "MissingExtra",
    "NotGsmError",
    "NotSent",
    "Number",
    "OutcomeUnknown",
    "Part",
    "Plan",
    "Policy",
    "Problem",
    "Rate",
    "RateCard",
    "RateError",
    "Receipt",
    "Reconciliation",
    "Rejected",
    "Rewrite",
    "SegmentTable",
    "Segmentation",
    "SendError",
    "StatusEvent",
    "Suggestion",
    "Summary",
    "Template",
    "TemplateError",
    "Tiers",
    "WebhookError",
    "Window",
    "check",
    "check_many",
    "count_parts",
    "enrich",
    "estimate",
    "is_gsm",
    "normalize_number",
    "parse_event",
    "reconcile",
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
_SENDING = {
    "FRENCH_MARKETING": "window",
    "AsyncClient": "client",
    "Breaker": "brakes",
    "Client": "client",
    "InboundMessage": "webhooks",
    "Ledger": "ledger",
    "Receipt": "wire",
    "StatusEvent": "webhooks",
    "Window": "window",
    "parse_event": "webhooks",
}
_LATER = {
    **{name: (f"{__name__}.campaign.{room}", "campaign") for name, room in _CAMPAIGN.items()},
    **{name: (f"{__name__}.sending.{room}", "send") for name, room in _SENDING.items()},
    **dict.fromkeys(("Reconciliation", "reconcile"), (f"{__name__}.sending.reconciliation", "campaign")),
}


def __getattr__(name: str) -> object:
    """Load what stands above the text floor when something of it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    module, extra = _LATER[name]
    try:
        value = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith(__name__):
            raise
        raise MissingExtra(f'{name} needs {error.name}: pip install "callr-segment[{extra}]"') from error
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
