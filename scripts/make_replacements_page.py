"""Write docs/reference/replacements.md from the rules: what becomes what, by which set, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from callr_segment.text.rewrites import CURRENCY, CYRILLIC, EURO, FOLD, GREEK, SAFE, Rewrite

TARGET = Path(__file__).parents[1] / "docs" / "reference" / "replacements.md"
HEADER = """# What is replaced by what

`SAFE` changes what no reader notices, and no letter of any language: where it puts letters together
they are the same letters (NFC), in any script. `FOLD` changes what a reader notices and
understands; `fold_for("tr")` keeps what would be another word in that language. The other rules
apply where they are asked for. Nothing is replaced in links, hosts and e-mail addresses, and a text
is only changed where it then has fewer parts.

`EMOJI` leaves emoji out, each as a whole, with one of the spaces or line ends that it stands
between. `REPAIR` undoes damage where that is certain: text read
in the wrong encoding that can be read back, entities of HTML, escapes such as `\\u00e9`, control
characters.

This page is written by `scripts/make_replacements_page.py`, and a test compares it with the rules.

"""


def describe(char: str) -> str:
    """Show a character, or its code point where it cannot be seen."""
    parts = (each if each.isprintable() and not each.isspace() else f"U+{ord(each):04X}" for each in char)
    return "+".join(parts) if any(not each.isprintable() or each.isspace() for each in char) else char


def rows_of(rule: Rewrite) -> Iterator[str]:
    """Put what becomes the same on one line; of hundreds of mathematical letters, say so."""
    by_result: dict[str, list[str]] = {}
    for before, after in rule.replacements:
        if not "\U0001d400" <= before <= "\U0001d7ff":
            by_result.setdefault(after, []).append(before)
    for after, several in by_result.items():
        shown = " ".join(map(describe, several)).replace("|", "\\|").replace("`", "\\`")
        result = {"": "nothing", " ": "a space", "\n": "a new line"}.get(
            after, f"`` {after} ``".replace("|", "\\|")
        )
        yield f"| {shown} | {result} |\n"
    if rule.name == "letterforms":
        yield "| U+1D400 to U+1D7FF, mathematical letters and digits | the plain ones |\n"


def write_page() -> str:
    """Write the page."""
    page = HEADER
    sets = [("SAFE", SAFE), ("FOLD", FOLD), ("on request", (GREEK, CYRILLIC, CURRENCY, EURO))]
    for name, rules in sets:
        for rule in rules:
            page += f"## {name}: {rule.name}\n\nWhy: {rule.description}.\n\n"
            page += "| Characters | become |\n| --- | --- |\n"
            page += "".join(rows_of(rule)) + "\n"
    return page.rstrip("\n") + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(write_page(), encoding="utf-8")
