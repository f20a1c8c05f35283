"""Write tables of the text rooms: top-level domains, and names of emoji newer than Python's Unicode.

The domains are the ICANN section of the Public Suffix List (MPL-2.0), as the package `publicsuffixlist` has
it; a list of facts. The names are those of the package `emoji` (BSD-3-Clause), which follows CLDR.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

import emoji
import publicsuffixlist

PACKAGE = Path(__file__).parents[1] / "callr_segment"
OLDEST = 14  # the Unicode of Python 3.11, the oldest that is supported


def read_domains() -> list[str]:
    path = Path(publicsuffixlist.__file__).with_name("public_suffix_list.dat")
    icann = path.read_text(encoding="utf-8").partition("===END ICANN DOMAINS===")[0]
    rules = [line.split()[0] for line in icann.splitlines() if line.strip() and not line.startswith("//")]
    return sorted({rule.rpartition(".")[2].lower() for rule in rules})


def read_names() -> dict[str, str]:
    newer = {
        char: facts["en"].strip(":").replace("_", " ").upper()
        for char, facts in emoji.EMOJI_DATA.items()
        if len(char) == 1 and facts["E"] > OLDEST
    }
    return dict(sorted(newer.items()))


def write_domains(domains: list[str]) -> None:
    scripts = [[each for each in domains if each.isascii() == ascii_only] for ascii_only in (True, False)]
    widths = (108, 50)  # a Chinese character is as wide as two letters
    table = "\n".join(
        fill(" ".join(some), width, break_on_hyphens=False)
        for some, width in zip(scripts, widths, strict=True)
    )
    (PACKAGE / "text" / "tables" / "top_level_domains.py").write_text(
        '"""Top-level domains, by scripts/make_text_tables.py from the Public Suffix List (MPL-2.0)."""\n\n'
        f'__all__ = ["TOP_LEVEL_DOMAINS"]\n\n_TABLE = """\n{table}\n"""\n'
        "TOP_LEVEL_DOMAINS = frozenset(_TABLE.split())\n",
        encoding="utf-8",
    )


def write_names(names: dict[str, str]) -> None:
    lines = "".join(f"{ord(char):X} {name}\n" for char, name in names.items())
    (PACKAGE / "alphabet" / "emoji_names.py").write_text(
        '"""Names of emoji newer than Unicode 14, written by scripts/make_text_tables.py."""\n\n'
        '__all__ = ["EMOJI_NAMES"]\n\n'
        f'EMOJI_NAMES = """\\\n{lines}"""\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    write_domains(read_domains())
    write_names(read_names())
