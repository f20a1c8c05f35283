"""Write callr_segment/_core/tables.h from callr_segment/alphabet.py."""

from pathlib import Path

from callr_segment.alphabet import BASIC, ESCAPE, EXTENSION

TARGET = Path(__file__).parents[1] / "callr_segment" / "_core" / "tables.h"
SIZE = 0x3C0  # past the Greek capitals, the last characters of the basic table


def septets() -> list[int]:
    """Septets of every code point below SIZE; zero where GSM 03.38 has no such character."""
    table = [0] * SIZE
    for char in set(BASIC) - {ESCAPE}:
        table[ord(char)] = 1
    for char in EXTENSION:
        if ord(char) < SIZE:
            table[ord(char)] = 2
    return table


def header() -> str:
    """Return the whole text of tables.h."""
    table = septets()
    rows = [",".join(map(str, table[at : at + 32])) for at in range(0, SIZE, 32)]
    beyond = [char for char in EXTENSION if ord(char) >= SIZE]
    if beyond != ["€"]:
        raise ValueError(f"the table is too short for {beyond}")
    return (
        "/* Written by scripts/make_tables.py from alphabet.py: "
        "septets by code point (3GPP TS 23.038, 6.2.1). */\n"
        "#ifndef CALLR_SEGMENT_TABLES_H\n#define CALLR_SEGMENT_TABLES_H\n\n"
        f"#define SEPTETS_SIZE {SIZE}\n#define EURO_SIGN 0x20AC\n\n"
        f"static const unsigned char SEPTETS[SEPTETS_SIZE] = {{\n    "
        + ",\n    ".join(rows)
        + "\n};\n\n#endif\n"
    )


if __name__ == "__main__":
    TARGET.write_text(header(), encoding="utf-8")
