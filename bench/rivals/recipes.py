"""What is written by hand where no library is wanted: a compiled regex, and the strings of pandas."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa

from callr_segment.alphabet.gsm import BASIC, ESCAPE, EXTENSION
from rivals.kinds import Rival

GSM = f"[{re.escape(BASIC.replace(ESCAPE, '') + EXTENSION)}]*"
EXTENDED = f"[{re.escape(EXTENSION)}]"


def regex(texts: list[str]) -> Rival:
    """Match the alphabet, count the extension table, divide."""
    is_gsm, extended = re.compile(GSM).fullmatch, re.compile(EXTENDED).findall

    def parts(text: str) -> int:
        gsm = is_gsm(text)
        units = len(text) + len(extended(text)) if gsm else len(text.encode("utf-16-le")) // 2
        single, part = (160, 153) if gsm else (70, 67)
        return bool(units) if units <= single else -(-units // part)

    return Rival.calling(lambda: list(map(parts, texts)))


def pandas(texts: list[str]) -> Rival:
    """The same with Series.str on an Arrow column, where a character above U+FFFF counts as one unit."""
    series = pd.Series(pa.array(texts), dtype=pd.ArrowDtype(pa.string()))

    def parts() -> np.ndarray:
        is_gsm = series.str.fullmatch(GSM).to_numpy(bool)
        length, extended = (
            column.to_numpy(np.int64) for column in (series.str.len(), series.str.count(EXTENDED))
        )
        units = np.where(is_gsm, length + extended, length)
        single, part = np.where(is_gsm, 160, 70), np.where(is_gsm, 153, 67)
        return np.where(units <= single, units > 0, -(-units // part))

    return Rival.calling(parts)
