"""A plot of growth on two logarithmic scales, written as SVG by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import ceil, floor, log10

from child import Grown

WIDTH, HEIGHT = 330, 240
LEFT, RIGHT, BOTTOM, TOP = 58, 32, 34, 26
FONT = 'font-family="sans-serif" font-size="11" fill="#555"'
COLOURS = {"segment_many": "#0072b2", "estimate": "#d55e00"}
PANELS: dict[str, Callable[[Grown], float]] = {
    "CPU time, s": lambda grown: grown.seconds,
    "peak memory beyond the input, MB": lambda grown: max(grown.megabytes, 0.01),
}


def draw(grown: list[Grown]) -> str:
    """Draw time and memory over the rows, side by side."""
    panels = "\n".join(
        f'<g transform="translate({at * WIDTH} 0)">\n' + "\n".join(_panel(title, value, grown)) + "\n</g>"
        for at, (title, value) in enumerate(PANELS.items())
    )
    size = f'viewBox="0 0 {WIDTH * len(PANELS)} {HEIGHT}" width="{WIDTH * len(PANELS)}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {FONT}>\n{panels}\n</svg>\n'


def _panel(title: str, value: Callable[[Grown], float], grown: list[Grown]) -> Iterator[str]:
    across = Scale([each.rows for each in grown], LEFT, WIDTH - RIGHT)
    up = Scale([value(each) for each in grown], HEIGHT - BOTTOM, TOP)
    yield f'<text x="{LEFT}" y="14">{title}</text>'
    for power, x in across.ticks():
        yield f'<line stroke="#ddd" x1="{x}" x2="{x}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text x="{x}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{10**power:,}</text>'
    for power, y in up.ticks():
        yield f'<line stroke="#ddd" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 5}" y="{y + 4}" text-anchor="end">{10.0**power:,g}</text>'
    wide, high = WIDTH - RIGHT - LEFT, HEIGHT - BOTTOM - TOP
    yield f'<rect stroke="#999" fill="none" x="{LEFT}" y="{TOP}" width="{wide}" height="{high}"/>'
    for number, (work, colour) in enumerate(COLOURS.items()):
        line = " ".join(f"{across(each.rows)},{up(value(each))}" for each in grown if each.work == work)
        yield f'<polyline points="{line}" stroke="{colour}" stroke-width="2" fill="none"/>'
        yield f'<text x="{LEFT + 8}" y="{TOP + 16 + 14 * number}" fill="{colour}">{work}</text>'


class Scale:
    """A logarithmic scale that begins and ends at powers of ten."""

    def __init__(self, values: Iterable[float], start: float, stop: float) -> None:
        logs = [log10(value) for value in values]
        self.least, self.most = floor(min(logs) + 1e-9), ceil(max(logs) - 1e-9)
        self.start, self.step = start, (stop - start) / max(1, self.most - self.least)

    def __call__(self, value: float) -> float:
        """Place a value."""
        return round(self.start + (log10(value) - self.least) * self.step, 1)

    def ticks(self) -> Iterator[tuple[int, float]]:
        """Place every power of ten."""
        return ((power, self(10.0**power)) for power in range(self.least, self.most + 1))
