"""One text and what it comes to: the core's answers, and the rewriting that forced GSM may ask for."""

from __future__ import annotations

from callr_segment._core import FORCED, Culprit, Part, Segmentation, count_parts, is_gsm, segment
from callr_segment.alphabet.gsm import LIMITS, Limits

__all__ = ["LIMITS", "Culprit", "Limits", "Part", "Segmentation", "count_parts", "is_gsm", "segment"]


def _rewrite(text: str) -> str:
    from callr_segment.text.rewrites import to_gsm  # noqa: PLC0415 (its tables are built when first needed)

    return to_gsm(text)


FORCED["rewrite"] = _rewrite
