"""An estimate in pictures: what adds up to its cost, how long messages are, what makes them Unicode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from callr_segment.campaign.costing.costed import Costed
from callr_segment.campaign.savings.baseline import baseline_of
from callr_segment.campaign.savings.culprits import TOGETHER, count_freed, list_cost_steps, list_culprits
from callr_segment.campaign.savings.damage import OWN_TEXT
from callr_segment.errors import InputError, MissingExtra, visible

__all__ = ["draw"]

INK, SOFT, LINE = "#1d2733", "#5c6b7a", "#dde3e9"
GSM, UNICODE, TOTAL = "#2f7d8c", "#d9822b", "#1d2733"
MOST_FIELDS, MOST_CULPRITS = 5, 12
WIDTH, HEIGHT = 10.0, 4.2  # inches
BIN = 2  # units: the walls stand between bins


def draw(campaign: Costed, what: str) -> Any:
    """Draw one picture of an campaign, or all of them, one under the other."""
    if what not in (*PICTURES, "all"):
        raise InputError(f"plot() draws one of {', '.join((*PICTURES, 'all'))}, not {what!r}", value=what)
    chosen = list(PICTURES.values()) if what == "all" else [PICTURES[what]]
    try:
        from matplotlib import pyplot  # noqa: PLC0415 (optional)
    except ImportError as error:
        raise MissingExtra('a picture needs matplotlib: pip install "callr-segment[notebook]"') from error
    figure = pyplot.figure(figsize=(WIDTH, HEIGHT * len(chosen)), layout="constrained")
    pyplot.close(figure)  # a notebook shows the answer; it would show an open figure a second time
    for part, picture in zip(figure.subfigures(len(chosen), 1, squeeze=False)[:, 0], chosen, strict=True):
        axes = part.subplots()
        picture(campaign, axes)
        _tidy(axes)
    return figure


def _causes(campaign: Costed, axes: Any) -> None:
    """Draw a waterfall from one part for each message to what is baseline."""
    causes = list_cost_steps(campaign)
    priced = campaign.cost_cents is not None
    amounts = [cause.cost / 1e8 if priced else cause.parts for cause in causes]
    names = [cause.name for cause in causes]
    several = names[-1] == TOGETHER
    rest = slice(2 + MOST_FIELDS, -1 if several else None)
    if len(names[rest]) > 1:
        names[rest], amounts[rest] = ["other fields"], [sum(amounts[rest])]
    ends, digits = np.cumsum(amounts), 2 if priced and sum(amounts) < 1000 else 0
    unit = campaign.currency if priced else "parts"
    for at, (amount, end) in enumerate(zip(amounts, ends, strict=True)):
        colour = GSM if at < 2 else UNICODE
        axes.bar(at, amount, bottom=end - amount, color=colour, width=0.62)
        _above(axes, at, end, f"{'+' if at else ''}{amount:,.{digits}f}", ends[-1])
        axes.plot([at + 0.31, at + 0.69], [end, end], color=SOFT, linewidth=0.8)
    axes.bar(len(amounts), ends[-1], color=TOTAL, width=0.62)
    _above(axes, len(amounts), ends[-1], f"{ends[-1]:,.{digits}f}", ends[-1])
    labels = [_words(name) for name in names] + ["in all"]
    axes.set_xticks(range(len(labels)), labels, parse_math=False)
    axes.yaxis.set_major_formatter(f"{{x:,.{digits}f}}")
    axes.set_ylim(0, 1.12 * (ends[-1] or 1))
    _title(axes, f"Why it costs that, in {unit}", "teal: what plain texts cost; orange: what Unicode adds")


def _words(name: str) -> str:
    """Word a cause for a narrow label."""
    if name in ("one part each", "longer texts", "other fields"):
        return name.replace(" ", "\n", 1)
    if name == TOGETHER:
        return "Unicode:\nseveral places"
    return f"Unicode:\n{'the text itself' if name == OWN_TEXT else _label(name)}"


def _above(axes: Any, at: float, height: float, text: str, most: float) -> None:
    axes.text(at, height + 0.015 * most, text, ha="center", va="bottom", fontsize=9, color=INK)


def _lengths(campaign: Costed, axes: Any) -> None:
    """Draw a histogram of units, and the walls behind which a part more is baseline."""
    baseline, limits = campaign.view(baseline_of), campaign.plan.limits
    walls = {
        "GSM": (GSM, baseline.is_gsm, (limits.gsm_single, 2 * limits.gsm_part)),
        "Unicode": (UNICODE, ~baseline.is_gsm, (limits.unicode_single, 2 * limits.unicode_part)),
    }
    units = baseline.units[baseline.sent]
    last = max(2 * limits.gsm_part + 20, float(np.quantile(units, 0.99)) if len(units) else 0)
    bins = np.arange(0.5, last + BIN, BIN)
    counts = [np.histogram(baseline.units[baseline.sent & which], bins)[0] for _, which, _ in walls.values()]
    top = max(int(np.sum(counts, axis=0).max()), 1)
    bottom = np.zeros(len(bins) - 1)
    for (name, (colour, _, edges)), heights in zip(walls.items(), counts, strict=True):
        axes.bar(bins[:-1], heights, width=BIN, align="edge", bottom=bottom, color=colour, label=name)
        bottom = bottom + heights
        for edge in edges:
            axes.axvline(edge + 0.5, color=colour, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.text(edge + 3, 1.13 * top, f"{edge}", color=colour, fontsize=9, va="top")
    axes.set_xlim(0, last)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylim(0, 1.16 * top)
    axes.set_xlabel("units of a message", color=SOFT)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(0.0, 0.9))
    _title(
        axes,
        "The cliff: messages by length",
        "behind the walls of its colour a message is billed a second part, and a third",
    )


def _culprits(campaign: Costed, axes: Any) -> None:
    """Draw the characters that force Unicode, alone or with others, and what is left without the first."""
    found = list_culprits(campaign).head(MOST_CULPRITS)
    places = np.arange(len(found))
    named = zip(found["name"], found["code_point"], found["field"], strict=True)
    labels = [
        f"{_label(name.lower())}  {code_point}  in {_label(field)}" for name, code_point, field in named
    ]
    axes.barh(places, found["alone"].astype(int), color=UNICODE, label="the only culprit", height=0.62)
    axes.barh(
        places,
        found["together"].astype(int),
        left=found["alone"].astype(int),
        color="#f0c79d",
        height=0.62,
        label="with others",
    )
    axes.set_yticks(places, labels, fontsize=8.5, parse_math=False)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("messages", color=SOFT, loc="left")
    axes.set_xlim(left=0)
    if len(found):
        freed = count_freed(campaign, list(zip(found["field"], found["character"], strict=True)))
        axes.plot(
            freed, places, color=GSM, marker="o", markersize=4, label="GSM again, without all down to here"
        )
        axes.legend(frameon=False, loc="upper right", bbox_to_anchor=(1.0, -0.06), ncols=3, fontsize=9)
    _title(axes, "What makes messages Unicode", "characters by the messages they stand in")


def _label(name: str) -> str:
    """Write a name so that it fits, in characters that the font of matplotlib has."""
    shown = "".join(char if ord(char) < 0x530 else "?" for char in visible(name))
    return shown if len(shown) <= 36 else f"{shown[:35]}…"


def _title(axes: Any, title: str, remark: str) -> None:
    axes.set_title(f"{title}\n", loc="left", fontsize=12, fontweight="bold", color=INK, parse_math=False)
    axes.text(
        0, 1.02, remark, transform=axes.transAxes, fontsize=9, color=SOFT, va="bottom", parse_math=False
    )


def _tidy(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)
    axes.tick_params(colors=SOFT, length=0)


PICTURES: dict[str, Callable[[Costed, Any], None]] = {
    "causes": _causes,
    "lengths": _lengths,
    "culprits": _culprits,
}
"""Pictures by name, in the order in which they tell the story."""
