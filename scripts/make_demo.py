"""Write the demo campaign: a sixth of the recipients into the package, all of them compressed for the tests.

Usage: python scripts/make_demo.py FOLDER, where FOLDER holds recipients.csv, templates.json and rates.csv.

The sixth is taken person by person, so that duplicates stay together in all their spellings, and from each
kind of recipient: each template, those whose first name is empty, those whose number is none.
"""

import csv
import gzip
import io
import math
import sys
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

from callr_segment import InvalidNumber, normalize_number

ROOT = Path(__file__).resolve().parents[1]
PACKAGED = ROOT / "callr_segment" / "campaign" / "demo"
WHOLE = ROOT / "tests" / "data" / "demo"
SHARE = 1 / 6.18


def main(folder: Path) -> None:
    with (folder / "recipients.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = sample(rows)
    (PACKAGED / "recipients.csv").write_bytes(as_csv(kept))
    WHOLE.mkdir(parents=True, exist_ok=True)
    (WHOLE / "recipients.csv.gz").write_bytes(gzip.compress(as_csv(rows), 9, mtime=0))
    for name in ("templates.json", "rates.csv"):
        (PACKAGED / name).write_bytes((folder / name).read_bytes())
    print(f"{len(kept):,} of {len(rows):,} recipients are in the package")


def sample(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Keep of each kind of recipient the persons whose hash is smallest."""
    persons = [person(row, at) for at, row in enumerate(rows)]
    kinds = defaultdict(set)
    for row, (name, is_valid) in zip(rows, persons, strict=True):
        kinds[row["template"], not row["first_name"], is_valid].add(name)
    kept = set()
    for names in kinds.values():
        kept.update(sorted(names, key=shuffled)[: math.ceil(len(names) * SHARE)])
    return [row for row, (name, _) in zip(rows, persons, strict=True) if name in kept]


def person(row: dict[str, str], at: int) -> tuple[str, bool]:
    """Tell one person from another by the number, and by the row where it is none.

    What a spreadsheet made a decimal of is none: many persons have the same.
    """
    try:
        found = normalize_number(row["to"], default_region=row["country"]).e164
    except InvalidNumber:
        found = None
    is_number = found is not None and not row["to"].endswith(".0")
    return (found, True) if is_number else (f"row {at}", False)


def shuffled(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def as_csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
