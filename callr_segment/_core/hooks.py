"""What higher floors hang into the core, which imports nothing from above it.

``text/rewrites.py`` adds the way ``errors="rewrite"`` asks for, ``text/message.py`` what a notebook shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callr_segment._core.records import GSM, not_gsm, shorten
from callr_segment.errors import InputError
from callr_segment.typing import Errors


def _refuse(text: str) -> str:
    raise not_gsm(text)


def _question_marks(text: str) -> str:
    return "".join(char if char in GSM else "?" for char in text)


FORCED: dict[str, Callable[[str], str]] = {"strict": _refuse, "replace": _question_marks}
"""By the name of `errors`: what makes a GSM text of any other."""

RENDERERS: dict[str, Callable[[Any], str]] = {}
"""By the name of a format, such as ``"html"``: what shows a Segmentation in it."""


def force_gsm(text: str, errors: Errors) -> str:
    """Make a text GSM in the way ``errors`` names."""
    if not isinstance(errors, str) or errors not in FORCED:
        shown = shorten(repr(errors))
        raise InputError(f"errors must be one of {', '.join(FORCED)}, not {shown}", value=errors)
    return FORCED[errors](text)


def render(segmentation: Any, form: str) -> str | None:
    """Show a Segmentation in a format; None, with which a notebook falls back to text, where nothing does."""
    renderer = RENDERERS.get(form)
    return None if renderer is None else renderer(segmentation)
