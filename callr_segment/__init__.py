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
    CYRILLIC,
    EMOJI,
    EURO,
    FOLD,
    GREEK,
    REPAIR,
    SAFE,
    Rewrite,
    Suggestion,
    fold_for,
    rewrite,
    suggest,
)
from callr_segment.text.template import Template
from callr_segment.version import __version__ as __version__

if TYPE_CHECKING:
    from callr_segment.campaign.budget import Budget
    from callr_segment.campaign.checking import check_many
    from callr_segment.campaign.costing.enrichment import NumberSet, enrich
    from callr_segment.campaign.costing.plan import Plan
    from callr_segment.campaign.costing.summary import Summary
    from callr_segment.campaign.costing.tiers import Adjustment, Tiers
    from callr_segment.campaign.estimation import Estimate, estimate
    from callr_segment.campaign.files.tables import read
    from callr_segment.campaign.messages.segment_table import SegmentTable, segment_many
    from callr_segment.campaign.rates.card import RateCard
    from callr_segment.campaign.rates.rate import Rate
    from callr_segment.sending.api.requests import Page
    from callr_segment.sending.api.webhooks import Event, InboundMessage, StatusEvent, parse_event
    from callr_segment.sending.api.wire import Message, Receipt
    from callr_segment.sending.billing.reconciliation import Reconciliation, find_receipts, reconcile
    from callr_segment.sending.client import AsyncClient, Client
    from callr_segment.sending.delivery.breaker import Breaker
    from callr_segment.sending.delivery.window import FRENCH_MARKETING, Window
    from callr_segment.sending.ledger.book import Ledger
    from callr_segment.sending.ledger.reading import Counts, Delivery
    from callr_segment.text.encoding import EncodedPart, decode, encode

__all__ = [
    "CURRENCY",
    "CYRILLIC",
    "EMOJI",
    "EURO",
    "FOLD",
    "FRENCH_MARKETING",
    "GREEK",
    "IMPLEMENTATION",
    "LIMITS",
    "POLICY",
    "REPAIR",
    "SAFE",
    "Adjustment",
    "AsyncClient",
    "Breaker",
    "Budget",
    "BudgetExceeded",
    "CallrSegmentError",
    "Client",
    "Counts",
    "Culprit",
    "Delivery",
    "EncodedPart",
    "Estimate",
    "Event",
    "Halted",
    "InboundMessage",
    "InputError",
    "InvalidMessage",
    "InvalidNumber",
    "Ledger",
    "LedgerError",
    "Limits",
    "Message",
    "MissingExtra",
    "NotGsmError",
    "NotSent",
    "Number",
    "NumberSet",
    "OutcomeUnknown",
    "Page",
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
    "decode",
    "encode",
    "enrich",
    "estimate",
    "find_receipts",
    "fold_for",
    "is_gsm",
    "normalize_number",
    "parse_event",
    "read",
    "reconcile",
    "rewrite",
    "segment",
    "segment_many",
    "suggest",
    "validate",
]

_CAMPAIGN = {
    "Adjustment": "costing.tiers",
    "Budget": "budget",
    "Estimate": "estimation",
    "NumberSet": "costing.enrichment",
    "Plan": "costing.plan",
    "Rate": "rates.rate",
    "RateCard": "rates.card",
    "SegmentTable": "messages.segment_table",
    "Summary": "costing.summary",
    "Tiers": "costing.tiers",
    "check_many": "checking",
    "enrich": "costing.enrichment",
    "estimate": "estimation",
    "read": "files.tables",
    "segment_many": "messages.segment_table",
}
_SENDING = {
    "FRENCH_MARKETING": "delivery.window",
    "AsyncClient": "client",
    "Breaker": "delivery.breaker",
    "Client": "client",
    "Counts": "ledger.reading",
    "Delivery": "ledger.reading",
    "Event": "api.webhooks",
    "InboundMessage": "api.webhooks",
    "Ledger": "ledger.book",
    "Message": "api.wire",
    "Page": "api.requests",
    "Receipt": "api.wire",
    "StatusEvent": "api.webhooks",
    "Window": "delivery.window",
    "parse_event": "api.webhooks",
}
_BILLING = dict.fromkeys(("Reconciliation", "find_receipts", "reconcile"), "billing.reconciliation")
_LATER = {
    **dict.fromkeys(("EncodedPart", "decode", "encode"), (f"{__name__}.text.encoding", "")),
    **{name: (f"{__name__}.campaign.{room}", "campaign") for name, room in _CAMPAIGN.items()},
    **{name: (f"{__name__}.sending.{room}", "send") for name, room in _SENDING.items()},
    **{name: (f"{__name__}.sending.{room}", "campaign") for name, room in _BILLING.items()},
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
