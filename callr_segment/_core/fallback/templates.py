"""Templates counts from columns in plain Python: the oracle of the native module."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import chain
from typing import Any

from callr_segment._core import pure
from callr_segment._core.fallback.columns import Counts
from callr_segment._core.fallback.text import check_options
from callr_segment.alphabet.gsm import Limits
from callr_segment.errors import InputError
from callr_segment.typing import Encoding


class Prefilter:
    """Characters that make a text worth a closer look; here every text is looked at."""

    def __init__(self, *, alarms: str = "", starters: str = "", opens: str = "", closes: str = "") -> None:
        self.characters = alarms + starters + opens + closes + "".join(map(chr, range(0xE000, 0xF900)))


class TemplateCounts(Counts):
    """Columns of what each row of a template comes to; masks have a bit for each field."""

    def __init__(self) -> None:
        super().__init__()
        self.is_suspect = bytearray()
        self.characters = array("i")
        self.not_gsm_fields = array("Q")
        self.extension_fields = array("Q")

    def fill(
        self, literals: list[str], values: Iterable[str | None], encoding: Encoding | None, limits: Limits
    ) -> None:
        """Append the count of one more row."""
        cells = list(values)
        present = [cell for cell in cells if cell is not None]
        missing = len(present) < len(cells)
        pairs = zip(present, literals[1:], strict=False)
        text = None if missing else literals[0] + "".join(chain.from_iterable(pairs))
        self.add(text, encoding, limits)
        self.is_suspect.append(not missing)
        self.characters.append(len(text or ""))
        self.not_gsm_fields.append(0 if missing else _mask(not pure.is_gsm(cell) for cell in present))
        self.extension_fields.append(
            0 if missing else _mask(not pure.TWO_SEPTETS.isdisjoint(cell) for cell in present)
        )


def _mask(flags: Iterable[bool]) -> int:
    return sum(flag << at for at, flag in enumerate(flags))


def count_template(
    literals: list[str],
    columns: list[Any],
    *,
    prefilter: Prefilter,
    encoding: Encoding | None = None,
    limits: Limits | None = None,
    detailed: bool = False,
) -> TemplateCounts:
    """Count a template: its literals, one more than there are columns between them."""
    del prefilter, detailed
    limits = check_options(encoding, limits)
    counts = TemplateCounts()
    for cells in zip(*map(_cells, columns), strict=True):
        counts.fill(literals, cells, encoding, limits)
    return counts


def _cells(column: Any) -> list[str | None]:
    """Read an Arrow column of texts."""
    try:
        return column.to_pylist()
    except UnicodeDecodeError as error:
        row = next(row for row, cell in enumerate(column) if not _is_utf8(cell))
        reason = "is not valid UTF-8; decode the source with its own encoding first"
        raise InputError(f"row {row} {reason}", row=row) from error


def _is_utf8(cell: Any) -> bool:
    try:
        cell.as_py()
    except UnicodeDecodeError:
        return False
    return True
