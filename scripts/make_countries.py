"""Write callr_segment/text/tables/country_names.py from CLDR's names of territories (Unicode licence).

It needs `babel`, which brings CLDR's data, with the codes of three letters. Names that price lists use and
CLDR does not have stand in ``scripts/country_names.txt``. All are folded as a name of a list is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from babel import Locale
from babel.core import get_global

from callr_segment.campaign.rates.countries import fold_name
from callr_segment.text.numbers import country_codes

TARGET = Path(__file__).parents[1] / "callr_segment" / "text" / "tables" / "country_names.py"
OTHERS = Path(__file__).with_name("country_names.txt")
FORMER = frozenset(("BUR", "DDR", "FXX", "TAA", "TMP", "YMD", "ZAR"))
LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl")
HEADER = '"""Names of countries in seven languages, by scripts/make_countries.py from CLDR (Unicode)."""'


def names() -> Iterator[tuple[str, str]]:
    for line in OTHERS.read_text(encoding="utf-8").splitlines():
        country, _, listed = line.partition(" ")
        yield from ((country, name) for name in listed.split("|"))
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        yield from ((country, territories[country]) for country in country_codes() if country in territories)
    for code, countries in get_global("territory_aliases").items():
        if len(code) == 3 and code.isalpha() and code not in FORMER and countries[0] in country_codes():
            yield countries[0], code


def main() -> None:
    found: dict[str, str] = {}
    for country, name in names():
        folded = fold_name(name)
        if found.setdefault(folded, country) != country:
            print(f"{name} is {found[folded]}, not {country}")
    listed: dict[str, list[str]] = {}
    for name, country in found.items():
        listed.setdefault(country, []).append(name)
    table = "| ".join(f"{country}={'| '.join(listed[country])}" for country in sorted(listed))
    lines = wrap(table, 100, break_long_words=False, break_on_hyphens=False)
    text = " \\\n".join(lines)
    TARGET.write_text(
        f'{HEADER}\n\n__all__ = ["NAMES"]\n\n# country=name|name …, folded\nNAMES = """\\\n{text}\\\n"""\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
