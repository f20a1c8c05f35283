"""Money as whole numbers: exact inside, ``Decimal`` cents at the edge, never a float.

The unit inside is the microcent, a millionth of a cent: 1e-8 of a currency's major unit, because price lists
quote eight decimals. Amounts keep to 18 digits, what ``decimal128(18, 6)`` cents hold and int64 has room for.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

import numpy as np
import pyarrow as pa

from callr_segment._core.records import shorten
from callr_segment.errors import InputError

__all__ = [
    "CENTS",
    "DIGITS",
    "LARGEST",
    "Unit",
    "cents",
    "checked_product",
    "checked_sum",
    "checked_total",
    "decimal_array",
    "from_decimal_array",
    "in_cents",
    "major",
    "microcents",
    "quoted",
    "scaled",
    "shown",
]

Unit = Literal["cents", "major"]

DIGITS = 18
LARGEST = 10**DIGITS - 1
CENTS = pa.decimal128(DIGITS, 6)

_HUNDREDTH = Decimal("0.01")
_SMALL = 10  # major units: below, a part of a cent matters
_MINOR_DIGITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
"""Decimals of the currencies of ISO 4217 that have not two."""

LONGEST = 10_000  # decimals that are written out before they are refused
_DECIMALS = {"cents": 6, "major": 8}
_PLAIN = re.compile(r"(?=[.0-9])([0-9]*)(?:\.([0-9]+))?")
_HINTS = (
    (re.compile(r"-.*", re.DOTALL), "it must not be negative"),
    (re.compile(r"[0-9 ]*,[0-9]+"), "write the decimals after a point, as in 4.50"),
    (re.compile(r"[0-9.]+[eE][-+]?[0-9]+"), "write all its digits, without an exponent"),
)


def microcents(value: object, *, unit: Unit = "cents") -> int:
    """Turn an amount of money as people write it into a whole number of microcents.

    Text, ``int`` and ``Decimal`` are exact. Raises InputError for a float, a negative amount, an exponent, an
    amount over 18 digits, and decimals finer than a microcent: nothing is rounded here.

    >>> microcents("4.50")
    4500000
    >>> microcents("0.28725000", unit="major")
    28725000
    """
    return scaled(value, decimals=_DECIMALS[unit])


def cents(amount: int) -> Decimal:
    """Turn microcents into cents, exactly.

    >>> cents(4_500_000)
    Decimal('4.500000')
    """
    sign, size = ("-", -amount) if amount < 0 else ("", amount)
    return Decimal(f"{sign}{size // 1_000_000}.{size % 1_000_000:06}")


def major(amount: Decimal, currency: str | None, *, beside: Decimal | None = None) -> Decimal:
    """Round cents to major units for people, half to even: to the minor unit, small amounts two places finer.

    What stands ``beside`` it says how small it is, so that the figures of a table have as many places.

    >>> major(Decimal("4.5"), "EUR"), major(Decimal("123450"), "JPY"), major(Decimal("123450"), "KWD")
    (Decimal('0.0450'), Decimal('1234'), Decimal('1234.500'))
    """
    exact = Decimal(amount) / 100
    places = _MINOR_DIGITS.get(currency or "", 2)
    if abs(exact if beside is None else beside / 100) < _SMALL:
        places += 2
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return rounded if rounded or not exact else exact.normalize()


def shown(amount: Decimal, currency: str | None) -> str:
    """Write cents as people read money: the one rule for all reports.

    >>> shown(Decimal("4.5"), "EUR"), shown(Decimal("25758.5"), "EUR"), shown(Decimal("900"), "EUR")
    ('0.045 EUR', '257.58 EUR', '9.00 EUR')
    """
    rounded, least = major(amount, currency), _MINOR_DIGITS.get(currency or "", 2)
    whole, point, places = f"{rounded:,f}".partition(".")
    places = places[:least] + places[least:].rstrip("0")
    return f"{whole}{point if places else ''}{places} {currency or ''}".rstrip()


def in_cents(amount: Decimal) -> str:
    """Write cents for a sentence, with the decimals they have and at least two.

    >>> in_cents(Decimal("4.500000")), in_cents(Decimal("1234.0625"))
    ('4.50', '1,234.0625')
    """
    rounded = amount.quantize(_HUNDREDTH)
    return f"{rounded if amount == rounded else amount.normalize():,f}"


def scaled(value: object, *, decimals: int) -> int:
    """Turn a plain number into a whole number of its last allowed decimal.

    Raises InputError as ``microcents`` does.

    >>> scaled("0.25", decimals=9)
    250000000
    """
    plain = _PLAIN.fullmatch(_digits(value))
    if plain is None:
        raise InputError(f"{quoted(value)} is not a plain number: {_hint(value)}", value=value)
    whole, fraction = plain[1].lstrip("0"), (plain[2] or "").rstrip("0")
    if len(fraction) > decimals:
        raise InputError(f"{quoted(value)} has more than {decimals} decimals: round it first", value=value)
    if len(whole) > DIGITS - decimals:
        raise _too_large(value, DIGITS - decimals)
    return int(whole + fraction.ljust(decimals, "0") or "0")


def _digits(value: object) -> str:
    match value:
        case str():
            return value.strip()
        case bool():
            raise InputError(f"{value} is not a number", value=value)
        case float():
            raise InputError(f"{value!r} is a float, which is not exact: write it as text", value=value)
        case int() if value.bit_length() <= 64:
            return str(value)
        case Decimal() if not value.is_finite() or -LONGEST < value.adjusted() < DIGITS:
            return f"{value:f}"
        case Decimal() if value.adjusted() < 0:
            raise InputError(f"{quoted(value)} has too many decimals: round it first", value=value)
        case int() | Decimal():
            raise _too_large(value, DIGITS)
    raise InputError(f"{quoted(value)} is not text, int or Decimal", value=value)


def _hint(value: object) -> str:
    text = str(value).strip()
    if not text:
        return "it is empty, write 0 if it costs nothing"
    found = (hint for pattern, hint in _HINTS if pattern.fullmatch(text))
    return next(found, "write digits and a point, as in 4.50")


def _too_large(value: object, digits: int) -> InputError:
    return InputError(f"{quoted(value)} is too large: at most {digits} digits before the point", value=value)


def quoted(value: object) -> str:
    """Show a value as an error message may: short, however long it is.

    >>> quoted("4,50"), quoted(10**5000)
    ("'4,50'", 'an integer of 16610 bits')
    """
    if isinstance(value, int) and value.bit_length() > 128:
        return f"an integer of {value.bit_length()} bits"
    return shorten(repr(value) if isinstance(value, str) else str(value))


def checked_product(counts: np.ndarray, prices: np.ndarray) -> np.ndarray:
    """Multiply counts by prices in microcents, row by row; NumPy alone would wrap around in silence.

    Raises InputError, with the row, when a product passes 18 digits, and when their total does.

    >>> checked_product(np.array([1, 3]), np.array([4_500_000, 2_000_000]))
    array([4500000, 6000000])
    """
    if not len(counts):
        return np.zeros(0, np.int64)
    if counts.min() < 0 or prices.min() < 0:
        raise InputError("counts and prices must not be negative")
    if int(counts.max()) * int(prices.max()) * len(counts) > LARGEST:
        _refuse_large(counts, prices)
    return np.multiply(counts, prices, dtype=np.int64)


def _refuse_large(counts: np.ndarray, prices: np.ndarray) -> None:
    over = prices > LARGEST // np.maximum(counts.astype(np.int64), 1)
    if over.any():
        row = int(over.argmax())
        count, price = int(counts[row]), int(prices[row])
        raise InputError(
            f"row {row}: {count} times {cents(price)} cents passes 18 digits: check the price",
            row=row,
            value=price,
        )
    checked_sum(np.multiply(counts, prices, dtype=np.int64))


def checked_sum(amounts: np.ndarray) -> int:
    """Add int64 amounts up exactly, whatever their size.

    Raises InputError when the total passes 18 digits.

    >>> checked_sum(np.array([4_500_000, 6_000_000]))
    10500000
    """
    # 32 bits at a time: neither half can overflow before 2**31 rows.
    high, low = int((amounts >> 32).sum()), int((amounts & 0xFFFFFFFF).sum())
    return checked_total((high << 32) + low)


def checked_total(total: int) -> int:
    """Return a total in microcents; raises InputError where it passes 18 digits."""
    if abs(total) > LARGEST:
        raise InputError(f"a total of {cents(total)} cents passes 18 digits: check the prices", value=total)
    return total


def decimal_array(amounts: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Turn int64 microcents into an Arrow column of ``decimal128(18, 6)`` cents, without a Python loop.

    Rows where ``missing`` is true become null. Raises InputError for an amount over 18 digits.

    >>> decimal_array(np.array([4_500_000, 0]), np.array([False, True])).to_pylist()
    [Decimal('4.500000'), None]
    """
    if len(amounts) and (amounts.max() > LARGEST or amounts.min() < -LARGEST):
        raise InputError("an amount passes 18 digits: check the prices")
    words = np.empty((len(amounts), 2), np.int64)
    words[:, 0] = amounts
    np.right_shift(amounts, 63, out=words[:, 1])
    present = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little").data)
    return pa.Array.from_buffers(CENTS, len(amounts), [present, pa.py_buffer(words.data)])


def from_decimal_array(array: pa.Array | pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Turn a column of ``decimal128(18, 6)`` cents back into int64 microcents and the mask of its nulls.

    A null is 0 in the amounts. Raises InputError for another type.

    >>> from_decimal_array(pa.array([Decimal("4.5"), None], CENTS))
    (array([4500000,       0]), array([False,  True]))
    """
    if array.type != CENTS:
        raise InputError(f"a column of {array.type}: cast it to {CENTS} first")
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays([*array.chunks, pa.array([], CENTS)])
    missing = array.is_null().to_numpy(zero_copy_only=False)
    buffer = array.buffers()[1]
    if buffer is None:
        return np.zeros(len(array), np.int64), missing
    words = np.frombuffer(memoryview(buffer), np.int64, 2 * len(array), 16 * array.offset)
    return np.where(missing, 0, words[::2]), missing
