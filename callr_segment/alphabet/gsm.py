"""The GSM 7-bit default alphabet as readable strings: every other table is made from these.

Source: 3GPP TS 23.038, clauses 6.2.1 (basic table) and 6.2.1.1 (extension table).
"""

from __future__ import annotations

from typing import NamedTuple

from callr_segment.typing import Encoding

__all__ = ["BASIC", "ESCAPE", "EXTENSION", "LIMITS", "Limits"]

ESCAPE = "\x1b"

# Position is the septet: sixteen a row, 0x00 to 0x7F. The escape stands at 0x1B and is no character.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    f"Δ_ΦΓΛΩΠΨΣΘΞ{ESCAPE}ÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)

# Each is sent as the escape and one more septet, so it counts two.
EXTENSION = "\f^{}\\[~]|€"


class Limits(NamedTuple):
    """How many units fit into one message and into each part of a longer one.

    Units are septets for GSM and UTF-16 code units for Unicode.

    >>> Limits()
    Limits(gsm_single=160, gsm_part=153, unicode_single=70, unicode_part=67)
    >>> Limits.with_header(7).gsm_part  # 16-bit reference, as US toll-free numbers use
    152
    """

    gsm_single: int = 160
    gsm_part: int = 153
    unicode_single: int = 70
    unicode_part: int = 67

    @classmethod
    def with_header(cls, octets: int) -> Limits:
        """Derive the limits from a user data header of so many octets (TS 23.040, 9.2.3.24)."""
        body = 140 - octets
        return cls(140 * 8 // 7, body * 8 // 7, 140 // 2, body // 2)

    def of(self, encoding: Encoding) -> tuple[int, int]:
        """Units of a message in one part, and of each part of a longer one."""
        if encoding == "gsm":
            return self.gsm_single, self.gsm_part
        return self.unicode_single, self.unicode_part


LIMITS = Limits.with_header(6)
