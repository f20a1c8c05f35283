"""Price lists as providers lay them out, made at random from a seed: each with the prices it says."""

import gzip
import io
import json
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

import pandas as pd

NAMES = {  # as five languages call them, and as codes
    "FR": ["France", "Francia", "Frankreich", "França", "Frankrijk", "FR", "FRA"],
    "DE": ["Allemagne", "Germany", "Deutschland", "Alemania", "Germania", "Alemanha", "DE", "deu"],
    "CI": ["Côte d'Ivoire", "Ivory Coast", "Elfenbeinküste", "Costa de Marfil", "Costa d’Avorio", "CI"],
    "GB": [
        "Royaume-Uni",
        "United Kingdom",
        "Großbritannien",
        "Reino Unido",
        "Regno Unito",
        "United Kingdom (GB)",
        "GB - Great Britain",
    ],
    "US": ["États-Unis", "USA", "Vereinigte Staaten", "Estados Unidos", "Stati Uniti", "EUA", "US"],
    "DZ": ["Algérie", "Algeria", "Algerien", "Argelia", "ALGERIA", "dz"],
    "NA": ["Namibie", "Namibia", "NA"],
    "KR": ["Corée du Sud", "South Korea", "Südkorea", "Corea del Sur", "Korea (South)", "KR"],
    "CD": ["RD Congo", "DR Congo", "Congo, Democratic Republic of the", "République démocratique du Congo"],
}
HEADERS = [
    ("Pays", "Prix"), ("Country", "Price"), ("Land", "Preis"), ("País", "Precio"), ("Paese", "Prezzo"),
]  # fmt: skip
NOTES = ["* hors taxes", "(1) excluding VAT", "Prices subject to change without notice"]
TITLES = ["Tarifs SMS 2026", "ACME Messaging – price list", "Preisliste"]
SPACES = [" ", "\u00a0", "\u202f", ""]


class PriceList(NamedTuple):
    """A list: what to read, the options to read it with, and what each country costs, in cents."""

    name: str
    content: Any
    options: dict[str, Any]
    cents: dict[str, Decimal | None]


class _Style(NamedTuple):
    """How a list writes its prices."""

    unit: str  # where it is said: "header", "cell", "cents" (a header of cents), "option"
    decimal: str
    space: str
    sign_first: bool


def make_list(seed: int) -> PriceList:
    """Make a list."""
    random = Random(seed)
    kind = random.choice(["csv", "csv", "csv", "gz", "xlsx", "json", "frame"])
    style = _Style(
        random.choice(["header", "cell", "cents", "option"]),
        random.choice(".,"),
        random.choice(SPACES),
        random.random() < 0.5,
    )
    countries = random.sample(sorted(NAMES), random.randint(2, len(NAMES)))
    cents = {country: Decimal(random.randint(10, 99_999)) / 1000 for country in countries}
    country, price = random.choice(HEADERS)
    price += {"header": random.choice([" (EUR)", " €", " [€/SMS]"]), "cents": " (ct)"}.get(style.unit, "")
    rows = [[random.choice(NAMES[each]), _written(cents[each], style, kind)] for each in countries]
    options: dict[str, Any] = {"columns": {"country": country, "price": price}, "currency": "EUR"}
    if style.unit == "option":
        options["unit"] = "major"
    if kind in ("csv", "gz") or (kind == "xlsx" and style.unit == "cell"):
        options |= {"decimal": style.decimal}
    found: dict[str, Decimal | None] = dict(cents)
    if random.random() < 0.3:
        rows.append(["Cuba", "N/A"])
        found["CU"], options["unpriced"] = None, ("N/A",)
    content = _write(kind, [[country, price], *rows], random, options)
    return PriceList(f"{kind} {seed}", content, options, found)


def _written(cents: Decimal, style: _Style, kind: str) -> Any:
    amount = cents if style.unit == "cents" else cents / 100
    if kind in ("xlsx", "frame") and style.unit != "cell":
        return float(amount)
    text = f"{amount.normalize():f}".replace(".", style.decimal if kind != "json" else ".")
    if style.unit != "cell":
        return text
    return f"€{style.space}{text}" if style.sign_first else f"{text}{style.space}€"


def _write(kind: str, rows: list[list[Any]], random: Random, options: dict[str, Any]) -> Any:
    """Write rows as a file of a kind, or a frame, with what stands around tables."""
    if kind == "frame":
        return pd.DataFrame(rows[1:], columns=rows[0])
    if kind == "json":
        objects = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        if random.random() < 0.5:
            options["key"] = "data.prices"
            return io.StringIO(json.dumps({"data": {"prices": objects}}))
        return io.StringIO(json.dumps(objects, ensure_ascii=False))
    width = random.randint(2, 4)
    rows = [[row[0], *[f"x{at}"] * (width - 2), row[1]] for at, row in enumerate(rows)]
    for at in range(width - 2):
        rows[0][1 + at] = f"Zone {at}"
    if width > 2:
        empty = [""] * width
        above = [[random.choice(TITLES), *empty[1:]], empty] if random.random() < 0.5 else []
        below = [empty, [random.choice(NOTES), *empty[1:]]] if random.random() < 0.5 else []
        rows = [*above, *rows, *below]
    return _workbook(rows) if kind == "xlsx" else _text_file(rows, random, options, is_packed=kind == "gz")


def _workbook(rows: list[list[Any]]) -> io.BytesIO:
    file = io.BytesIO()
    pd.DataFrame(rows).replace("", None).to_excel(file, index=False, header=False)
    file.seek(0)
    return file


def _text_file(
    rows: list[list[str]], random: Random, options: dict[str, Any], *, is_packed: bool
) -> io.BytesIO:
    separator = random.choice(";\t|")
    ending = random.choice(["\n", "\r\n"])
    encoding = random.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    text = ending.join(separator.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows)
    if random.random() < 0.2 and separator != "\t":
        text = f"sep={separator}{ending}{text}"
    if encoding == "cp1252":
        options["encoding"], text = "cp1252", text.replace("\u202f", " ")
    data = text.encode(encoding)
    return io.BytesIO(gzip.compress(data) if is_packed else data)
