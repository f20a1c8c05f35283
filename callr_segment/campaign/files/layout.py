"""How people lay a table out: a title above the header, rows left empty, and a total below."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callr_segment.errors import InputError

__all__ = ["find_header", "is_blank", "is_total"]

WIDE = 5  # columns of a table whose title may fill two cells
SEARCHED = 50  # rows that a header is looked for in
_TOTAL = re.compile(
    r"\W*(?:grand |sub-?|sous-)?(?:total(?:e|es|s|aal|summe)?|totaux|somme|summe|gesamt(?:summe)?|suma|sum|"
    r"razem|celkem|итого|всего|合計|总计)(?: g[ée]n[ée]ral| general)?\W*(?:[0-9][0-9 .,']*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?[0-9][0-9\s.,'’]*[€$£%]?")
_LONGEST_COUNT = 7  # digits: what has more may be a phone number


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing to see."""
    return cell is None or (isinstance(cell, str) and not cell.strip(" \t\r\n"))


def find_header(rows: Sequence[Sequence[object]], said: int | None = None) -> int | None:
    """Find the row that holds the names of the columns; None where all rows are empty.

    It is the first, or where that fills a cell or two as a title does, the first below that fills more than
    half of the table with words, and has a row under it. ``said`` is its number, from 1, where that is known.

    >>> find_header([["Prices of 2026", "", ""], ["", "", ""], ["to", "name", "town"], ["1", "", ""]])
    2
    """
    if said is not None:
        if not (0 < said <= len(rows)) or all(map(is_blank, rows[said - 1])):
            raise InputError(f"row {said} holds no names of columns; say another header=", value=said)
        return said - 1
    filled = [sum(not is_blank(cell) for cell in row) for row in rows[:SEARCHED]]
    first = next((at for at, count in enumerate(filled) if count), None)
    if first is None or filled[first] > (1 if max(filled) < WIDE else 2) or max(filled) < 2 * filled[first]:
        return first
    below = range(first + 1, max(at for at, count in enumerate(filled) if count))
    return next((at for at in below if 2 * filled[at] > max(filled) and _holds_names(rows[at])), first)


def _holds_names(row: Sequence[object]) -> bool:
    names = [cell for cell in row if not is_blank(cell)]
    words = [cell.strip() for cell in names if isinstance(cell, str)]
    return len(words) == len(names) == len(set(words)) and not any(map(_NUMBER.fullmatch, words))


def is_total(row: Sequence[object]) -> bool:
    """Whether a row adds up those above it: a word such as TOTAL, and figures.

    >>> is_total(["TOTAL", "", "1 204"]), is_total(["Total", "+33639981020"])
    (True, False)
    """
    filled = [cell if isinstance(cell, str) else str(cell) for cell in row if not is_blank(cell)]
    if not filled or not _TOTAL.fullmatch(filled[0].strip()):
        return False
    return all(_NUMBER.fullmatch(cell.strip()) and _is_count(cell) for cell in filled[1:])


def _is_count(cell: str) -> bool:
    whole = re.split(r"[.,][0-9]{1,2}\D*$", cell.strip())[0]
    return not cell.strip().startswith("+") and sum(map(str.isdigit, whole)) <= _LONGEST_COUNT
