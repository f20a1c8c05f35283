"""Write callr_segment/_core/kernels/gsm_tables.h from callr_segment/alphabet/gsm.py."""

from collections.abc import Callable, Iterable
from pathlib import Path

from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION

TARGET = Path(__file__).parents[1] / "callr_segment" / "_core" / "kernels" / "gsm_tables.h"
SIZE = 0x3C0  # past the Greek capitals, the last characters of the basic table
GSM = frozenset(BASIC + EXTENSION) - {ESCAPE}
LEADS = (0xC2, 0xC3, 0xCE)  # the first bytes in UTF-8 of all GSM characters but ASCII and the euro sign
NIBBLES = range(16)

# What a byte of class says where `classify.h` looks at one ASCII or Latin-1 character.
IS_EXTENSION, IS_NOT_GSM = 0x80, 0x01
# The same where a class is the product of two tables of sixteen, a bit for each row that is not empty.
NIBBLE_EXTENSIONS = {0x0: 0x40, 0x5: 0x80, 0x7: 0x80}


def septets(point: int) -> int:
    """Septets of a code point, zero where GSM 03.38 has no such character."""
    return 0 if chr(point) not in GSM else 2 if chr(point) in EXTENSION else 1


def class_of(point: int) -> int:
    """Class of an ASCII or Latin-1 character."""
    return (IS_NOT_GSM, 0, IS_EXTENSION)[septets(point)]


def follow_class(byte: int) -> int:
    """Tell what a second byte rules out: GSM after each lead (4 bits), UTF-8 by its range (3)."""
    not_gsm = [chr((lead & 0x1F) << 6 | byte & 0x3F) not in GSM for lead in LEADS]
    ranges = [byte < 0x90, 0x90 <= byte < 0xA0, byte >= 0xA0]
    return sum(flag << bit for bit, flag in enumerate([*not_gsm, byte != 0x82, *ranges, True]))


def lead_class(lead: int) -> int:
    """Which of those bits matter after a first byte; no second byte is GSM after all three leads."""
    ruled_out = {0xE0: 0x30, 0xED: 0x40, 0xF0: 0x10, 0xF4: 0x60}.get(lead, 0)
    if lead in (0xC0, 0xC1) or lead > 0xF4:
        ruled_out = 0x70
    gsm = {0xC2: 0x01, 0xC3: 0x02, 0xCE: 0x04, 0xE2: 0x08}.get(lead, 0x07)
    return 0x80 | ruled_out | gsm


Rows = dict[int, tuple[int, Callable[[int], bool]]]


def product(rows: Rows) -> tuple[list[int], list[int]]:
    """Two tables of sixteen whose AND has a row's bit where the row's test holds."""
    low, high = [0] * 16, [0] * 16
    for row, (bit, test) in rows.items():
        high[row] |= bit
        for nibble in NIBBLES:
            low[nibble] |= bit * test(row << 4 | nibble)
    return low, high


def ascii_nibbles() -> tuple[list[int], list[int]]:
    """Class of an ASCII character from its halves: extensions in bits 7 and 6, not GSM in bits 0 to 3."""
    bits = {0x0: 0x01, 0x1: 0x02, 0x6: 0x04, 0x7: 0x08}
    low, high = product({row: (bit, lambda point: septets(point) == 0) for row, bit in bits.items()})
    for row, bit in NIBBLE_EXTENSIONS.items():
        high[row] |= bit
        for nibble in NIBBLES:
            low[nibble] |= bit * (septets(row << 4 | nibble) == 2)
    return low, high


def latin_nibbles() -> tuple[list[int], list[int]]:
    """Not zero where a character of the upper half of Latin-1 is not GSM."""
    bits = {0x8: 0x80, 0x9: 0x80} | {row: 1 << row - 0xA for row in range(0xA, 0x10)}
    return product({row: (bit, lambda point: septets(point) == 0) for row, bit in bits.items()})


def gsm_nibbles() -> tuple[list[int], list[int], list[int]]:
    """Not zero where a second byte (both halves) makes a GSM character of a first (its lower half)."""
    pairs = [
        (lead, row)
        for lead in LEADS
        for row in range(0x8, 0xC)
        if any(septets((lead & 0x1F) << 6 | (row << 4 | low) & 0x3F) for low in NIBBLES)
    ]
    low, high, leads = [0] * 16, [0] * 16, [0] * 16
    for bit, (lead, row) in enumerate(pairs):
        high[row] |= 1 << bit
        leads[lead & 0x0F] |= 1 << bit
        for nibble in NIBBLES:
            low[nibble] |= (septets((lead & 0x1F) << 6 | (row << 4 | nibble) & 0x3F) > 0) << bit
    return low, high, leads


def utf8_nibbles() -> tuple[list[int], list[int], list[int]]:
    """Not zero where two bytes cannot follow each other: first (both halves), second (its upper half).

    Bit 7 says that a continuation follows a continuation, which only a longer character allows. After
    J. Keiser, D. Lemire, Validating UTF-8 in less than one instruction per byte (2021).
    """
    any_low, ascii_high, follow = set(NIBBLES), set(range(8)), {0x8, 0x9, 0xA, 0xB}
    faults = [  # upper halves of the first byte, its lower halves, upper halves of the second byte
        (set(range(0xC, 0x10)), any_low, set(NIBBLES) - follow),
        (ascii_high, any_low, follow),
        ({0xC}, {0x0, 0x1}, follow),
        ({0xE}, {0x0}, {0x8, 0x9}),
        ({0xE}, {0xD}, {0xA, 0xB}),
        ({0xF}, {0x0, *range(0x5, 0x10)}, {0x8}),
        ({0xF}, set(range(0x4, 0x10)), {0x9, 0xA, 0xB}),
        (follow, any_low, follow),
    ]
    tables = [[0] * 16 for _ in range(3)]
    for bit, nibbles in enumerate(faults):
        for table, chosen in zip(tables, nibbles, strict=True):
            for nibble in chosen:
                table[nibble] |= 1 << bit
    return tables[0], tables[1], tables[2]


def table(name: str, values: Iterable[int]) -> str:
    """One array of C."""
    cells = [str(value) for value in values]
    rows = [",".join(cells[at : at + 32]) for at in range(0, len(cells), 32)]
    return f"static const unsigned char {name}[{len(cells)}] = {{\n    " + ",\n    ".join(rows) + "\n};\n"


def header() -> str:
    """Return the whole text of gsm_tables.h."""
    beyond = [char for char in EXTENSION if ord(char) >= SIZE]
    if beyond != ["€"]:
        raise ValueError(f"the table is too short for {beyond}")
    tables = {
        "SEPTETS": map(septets, range(SIZE)),
        "BYTE_CLASS": map(class_of, range(0x100)),
        "LEAD_CLASS": map(lead_class, range(0xC0, 0x100)),
        "FOLLOW_CLASS": map(follow_class, range(0x80, 0xC0)),
    }
    tables |= zip(("ASCII_LOW", "ASCII_HIGH"), ascii_nibbles(), strict=True)
    tables |= zip(("LATIN_LOW", "LATIN_HIGH"), latin_nibbles(), strict=True)
    tables |= zip(("GSM_LOW", "GSM_HIGH", "GSM_LEAD"), gsm_nibbles(), strict=True)
    tables |= zip(("UTF8_HIGH", "UTF8_LOW", "UTF8_NEXT"), utf8_nibbles(), strict=True)
    return (
        "/* Written by scripts/make_tables.py from alphabet.py (3GPP TS 23.038, 6.2.1):\n"
        "   septets by code point, and what classify.h knows characters by. */\n"
        "#ifndef CALLR_SEGMENT_TABLES_H\n#define CALLR_SEGMENT_TABLES_H\n\n"
        f"#define SEPTETS_SIZE {SIZE}\n#define EURO_SIGN 0x20AC\n\n"
        + "\n".join(table(name, values) for name, values in tables.items())
        + "\n#endif\n"
    )


if __name__ == "__main__":
    TARGET.write_text(header(), encoding="utf-8")
