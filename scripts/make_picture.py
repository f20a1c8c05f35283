"""Write docs/images/parts.svg: a message as it was typed, and as it is rewritten, cut into its parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from callr_segment import FOLD, SAFE, Segmentation, rewrite, segment

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "parts.svg"
TYPED = (
    "Bonjour François, c’est le dernier jour : -20\u00a0% sur toute la boutique avec le code NOËL, "
    "jusqu’à minuit. À tout de suite… Maison Lou, STOP au 36105"
)
COLUMNS, WIDTH, LINE, MARGIN, GAP = 50, 9.6, 22, 16, 14  # characters a line; pixels
STYLE = """
text{font:16px ui-monospace,Menlo,Consolas,monospace;fill:#1f2328;white-space:pre}
.head{font:600 15px system-ui,sans-serif}
.part{fill:#2f859414;stroke:#2f8594}
.culprit{fill:#c8701a59}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}}
"""


def main() -> None:
    """Write the picture."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(source(), encoding="utf-8")


def source() -> str:
    """Return the whole picture as SVG."""
    found = [segment(TYPED), segment(rewrite(TYPED, *SAFE, *FOLD))]
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
    ET.SubElement(root, "title").text = " ".join(map(headline, found))
    ET.SubElement(root, "style").text = STYLE
    bottom = MARGIN
    for each in found:
        bottom = draw(root, each, bottom)
    width = round(2 * MARGIN + COLUMNS * WIDTH + 16)
    root.attrib |= {"viewBox": f"0 0 {width} {bottom}", "width": str(width), "height": str(bottom)}
    return ET.tostring(root, encoding="unicode") + "\n"


def headline(found: Segmentation) -> str:
    """Say in words what a text comes to."""
    written = "GSM" if found.encoding == "gsm" else "Unicode"
    counted = "1 part is" if found.parts == 1 else f"{found.parts} parts are"
    return f"{written}, {found.units} units: {counted} billed."


def draw(root: ET.Element, found: Segmentation, top: int) -> int:
    """Draw a text, each part in a box with its culprits marked; return where the next one begins."""
    words = ET.SubElement(root, "text", {"class": "head", "x": str(MARGIN), "y": str(top + 16)})
    words.text = headline(found)
    culprits = {culprit.character for culprit in found.culprits}
    top += LINE + 4
    for part in found.split():
        lines = list(lines_of(part.text))
        box = {
            "class": "part",
            "rx": "6",
            "x": str(MARGIN),
            "y": str(top),
            "height": str(LINE * len(lines) + 8),
        }
        ET.SubElement(root, "rect", box | {"width": str(round(COLUMNS * WIDTH + 16))})
        for number, line in enumerate(lines):
            write_line(root, line, culprits, top + 4 + LINE * number)
        top += LINE * len(lines) + 8 + GAP // 2
    return top + GAP


def lines_of(text: str) -> Iterator[str]:
    """Cut a text into lines, after a space where there is one."""
    while len(text) > COLUMNS:
        cut = text.rfind(" ", 0, COLUMNS) + 1 or COLUMNS
        yield text[:cut]
        text = text[cut:]
    yield text


def write_line(root: ET.Element, line: str, culprits: set[str], top: int) -> None:
    """Write one line of a text over the marks of its culprits."""
    for at, character in enumerate(line):
        if character in culprits:
            place = {"x": f"{MARGIN + 8 + at * WIDTH:.1f}", "y": str(top), "width": str(WIDTH)}
            ET.SubElement(root, "rect", place | {"class": "culprit", "height": str(LINE)})
    place = {"x": str(MARGIN + 8), "y": str(top + 16), "textLength": f"{len(line) * WIDTH:.1f}"}
    ET.SubElement(root, "text", place).text = line.replace("\u00a0", "⍽")


if __name__ == "__main__":
    main()
