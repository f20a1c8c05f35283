"""One text and what it comes to: the core's answers, and how a notebook shows them."""

from __future__ import annotations

import codecs

from callr_segment._core import Culprit, Part, Segmentation, count_parts, is_gsm, segment
from callr_segment._core.hooks import RENDERERS
from callr_segment.alphabet.gsm import LIMITS, Limits

__all__ = ["LIMITS", "Culprit", "Limits", "Part", "Segmentation", "count_parts", "is_gsm", "segment"]


def _render_html(segmentation: Segmentation) -> str:
    from callr_segment.text.notebook import render_html  # noqa: PLC0415 (only where something is shown)

    return render_html(segmentation)


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if name not in ("gsm03.38", "gsm_03.38", "gsm0338"):
        return None
    from callr_segment.text.codec import codec  # noqa: PLC0415 (only where a codec is asked for)

    return codec()


RENDERERS["html"] = _render_html
codecs.register(_find_codec)
