"""What SMS will cost before they are sent with the Callr API: to the part and to the cent, and why."""

from callr_segment.text.message import segment, count_parts, is_gsm, LIMITS, Limits
from callr_segment._core import IMPLEMENTATION
