"""What the library is to reach: one entry for every figure of the table, by row."""

from __future__ import annotations

from typing import NamedTuple

SHAPES = ("ascii", "accents", "extension", "typographic", "cjk", "scripts", "emoji", "long")


class Target(NamedTuple):
    """A limit on a figure: at most so much, or at least where ``least`` is set."""

    row: int
    work: str
    limit: float
    unit: str = "×"
    least: bool = False

    def reached(self, value: float) -> bool:
        """Tell whether a figure keeps the limit."""
        return value >= self.limit if self.least else value <= self.limit

    def words(self) -> str:
        """Write the limit."""
        return f"{'≥' if self.least else '≤'} {self.limit:,g} {self.unit}"


TARGETS = {
    "mix/copy": Target(1, "Arrow mix ÷ np.copyto of its buffer", 1.0),
    "mix/len": Target(1, "Arrow mix ÷ pandas s.str.len()", 0.22),
    "short": Target(1, "Arrow texts of 40 bytes or fewer, each", 3, "ns"),
    "avx2/copy": Target(2, "Arrow mix with AVX2 forced ÷ np.copyto", 2.2),
    "scalar/copy": Target(2, "Arrow mix with the scalar level forced ÷ np.copyto", 10),
    **{f"{shape}/copy": Target(3, f"Arrow {shape} ÷ np.copyto", 1.5) for shape in SHAPES},
    "objects/array": Target(4, "object column ÷ pa.array(objects)", 0.27),
    "objects/len": Target(4, "object column ÷ pandas s.str.len()", 0.15),
    "count_parts/len": Target(5, "count_parts(text) ÷ len(text)", 2.1),
    "segment/len": Target(5, "segment(text) ÷ len(text)", 4),
    "smsutil": Target(6, "smsutil ÷ Arrow mix", 2_500, least=True),
    "compiled regex": Target(6, "a compiled regex ÷ Arrow mix", 100, least=True),
    "npm sms-length": Target(6, "npm sms-length ÷ Arrow mix", 140, least=True),
    "template/render": Target(7, "template of five columns ÷ its rendering in pyarrow", 0.20),
    "parse/rate": Target(8, "phonenumbers.parse ÷ number to rate", 700, least=True),
    "estimate/render": Target(9, "estimate() to frame ÷ rendering in pyarrow", 1.0),
    "estimate growth": Target(9, "estimate() of ten times the rows ÷ itself", 11),
    "memory": Target(10, "peak memory of segment_many beyond its outputs", 1, "MB"),
    "journal/8": Target(12, "sending with a ledger ÷ without, 8 in flight at 50 ms", 0.90, least=True),
    "journal/32": Target(12, "sending with a ledger ÷ without, 32 in flight at 50 ms", 0.75, least=True),
    **{
        f"{name}/estimate": Target(12, f"{work}, from cold", 5)
        for name, work in (
            ("culprits", "culprits() ÷ the estimate()"),
            ("what_if", "what_if() ÷ the estimate()"),
            ("near_misses", "near_misses() ÷ the estimate()"),
        )
    },
    "input_sha256/estimate": Target(12, "the hash of the input ÷ the estimate()", 1),
    "threads": Target(11, "segment_many on one thread ÷ on two", 1.5, least=True),
}
