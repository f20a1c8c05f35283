"""Write callr_segment/text/tables/regions.py from the metadata of the `phonenumbers` package (Apache-2.0).

phonenumbers describes numbers by regular expressions. They are followed here one digit at a time, all those
of a calling code at once: what is said of a prefix holds for every assigned number that begins with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from re import _constants as sre
from re import _parser
from textwrap import wrap
from typing import Any, NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

TARGET = Path(__file__).parents[1] / "callr_segment" / "text" / "tables" / "regions.py"
DIGITS = "0123456789"
LONGEST = 15  # digits of a number with its calling code (ITU-T E.164, 6.2.1)
NOWHERE = "001"  # the region phonenumbers gives to calling codes of no country
DEPTH = 3  # digits after a calling code that tell what is assigned: few areas are longer
DEEPER = {  # Argentina: an area follows the 9 of mobiles; Pakistan: 111 follows an area; others cost few rows
    "54": 5,
    "92": 6,
    **dict.fromkeys(("1", "353", "356", "39", "423", "44", "60", "7", "968"), 4),
    "49": 5,
}
CARRIERS = 40  # of a country that are followed with four digits, or else with three
HEADER = (
    '"""Numbering plans, written by scripts/make_regions.py from phonenumbers\' metadata (Apache-2.0)."""\n'
)
LANDLINE, MOBILE = "fixed_line", "mobile"
CHARGED = ("premium_rate", "toll_free", "shared_cost")
TYPES = (*CHARGED, "voip", "personal_number", "pager", "uan", "voicemail", MOBILE, LANDLINE)
KINDS = {LANDLINE: "l", **dict.fromkeys(CHARGED, "s")}

# A sequence is a tuple of items; an item is a set of digits or a tuple of alternative sequences.


def parse(pattern: str) -> tuple:
    """Turn a regular expression into a sequence."""
    return _sequence(_parser.parse(pattern))


def _sequence(parsed: Iterable) -> tuple:
    return tuple(item for op, argument in parsed for item in _items(op, argument))


def _items(op: object, argument: Any) -> Iterator:
    if op is sre.LITERAL:
        yield frozenset(chr(argument))
    elif op is sre.IN:
        yield frozenset().union(*(_digits(*member) for member in argument))
    elif op is sre.BRANCH:
        yield tuple(_sequence(branch) for branch in argument[1])
    elif op is sre.SUBPATTERN:
        yield from _sequence(argument[-1])
    elif op is sre.MAX_REPEAT:
        least, most, body = argument
        yield from _sequence(body) * least
        optional = ()
        for _ in range(most - least):
            optional = (((), _sequence(body) + optional),)
        yield from optional
    elif op is not sre.AT:
        raise ValueError(op)


def _digits(op: object, argument: Any) -> frozenset[str]:
    if op is sre.LITERAL:
        return frozenset(chr(argument))
    if op is sre.RANGE:
        return frozenset(map(chr, range(argument[0], argument[1] + 1)))
    return frozenset(DIGITS)


@cache
def step(sequence: tuple, digit: str) -> frozenset[tuple]:
    """Return what may follow after a digit: the derivative of the expression (Brzozowski 1964)."""
    if not sequence:
        return frozenset()
    item, rest = sequence[0], sequence[1:]
    if isinstance(item, frozenset):
        return frozenset([rest]) if digit in item else frozenset()
    return frozenset(end for branch in item for end in step(branch + rest, digit))


@cache
def may_end(sequence: tuple) -> bool:
    """Whether nothing more need follow."""
    return all(isinstance(item, tuple) and any(map(may_end, item)) for item in sequence)


def words(sequence: tuple, longest: int) -> set[str]:
    """Every string of at most so many digits that a sequence describes."""
    found = {""} if may_end(sequence) else set()
    if longest:
        for digit in DIGITS:
            found |= {digit + word for end in step(sequence, digit) for word in words(end, longest - 1)}
    return found


class Plan(NamedTuple):
    """One calling code; its main country, the first, speaks for the plan they share."""

    code: str
    regions: tuple[str, ...]
    metadata: tuple[PhoneMetadata, ...]

    @property
    def lengths(self) -> list[int]:
        """Digits after the calling code."""
        return lengths_of(self.metadata[0], self.code)


def lengths_of(metadata: PhoneMetadata, code: str) -> list[int]:
    return [size for size in metadata.general_desc.possible_length if len(code) + size <= LONGEST]


def plans() -> list[Plan]:
    """Every numbering plan, in the order of the calling codes as strings."""
    found = []
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        if regions == (NOWHERE,):
            metadata = (PhoneMetadata.metadata_for_nongeo_region(code, None),)
        else:
            metadata = tuple(PhoneMetadata.metadata_for_region(region, None) for region in regions)
        found.append(Plan(str(code), regions, metadata))
    return sorted(found)


class Pattern(NamedTuple):
    """What a region has of one type, or by its leading digits (no type), and how many digits that are."""

    region: str
    kind: str | None
    lengths: frozenset[int]


class Outcome(NamedTuple):
    """A number that may come of a prefix: whose, of what kind ("" where it is not assigned), how long."""

    region: str
    kind: str
    size: int


class Automaton:
    """All the patterns of one calling code, followed at once."""

    def __init__(self, plan: Plan) -> None:
        self.longest = LONGEST - len(plan.code)
        self.patterns: list[Pattern] = []
        start = [self._begin(*pattern) for pattern in _patterns(plan)]
        self.start = tuple(enumerate(start))
        self._outcomes: dict[tuple, frozenset[Outcome]] = {}
        self._next: dict[tuple, tuple] = {}

    def _begin(self, region: str, kind: str | None, lengths: frozenset[int], pattern: str) -> frozenset:
        self.patterns.append(Pattern(region, kind, lengths))
        return frozenset([_ids.of(parse(pattern))])

    def follow(self, state: tuple, digit: str) -> tuple:
        """Keep the patterns that go on with a digit."""
        if (state, digit) not in self._next:
            ahead = ((at, frozenset().union(*(_ids.step(end, digit) for end in ends))) for at, ends in state)
            self._next[state, digit] = tuple((at, ends) for at, ends in ahead if ends)
        return self._next[state, digit]

    def outcomes(self, state: tuple, size: int) -> frozenset[Outcome]:
        """Return whatever may come of a prefix of so many digits."""
        if (state, size) not in self._outcomes:
            found = {self._ending(state, size)} - {None}
            if state and size < self.longest:
                found = found.union(*(self.outcomes(self.follow(state, digit), size + 1) for digit in DIGITS))
            self._outcomes[state, size] = frozenset(found)
        return self._outcomes[state, size]

    def _ending(self, state: tuple, size: int) -> Outcome | None:
        """Tell whose a number is that ends here: of the first region it fits, and there of the first type."""
        fits = [self.patterns[at] for at, ends in state if any(map(_ids.may_end, ends))]
        fits = [pattern for pattern in fits if size in pattern.lengths]
        if not fits:
            return None
        region = fits[0].region
        kinds = [pattern.kind for pattern in fits if pattern.region == region and pattern.kind]
        return Outcome(region, kinds[0] if kinds else "", size)


class _Ids:
    """Sequences by number, which is quicker to look up."""

    def __init__(self) -> None:
        self.ids: dict[tuple, int] = {}
        self.listed: list[tuple] = []
        self.steps: dict[tuple[int, str], frozenset[int]] = {}

    def of(self, sequence: tuple) -> int:
        if sequence not in self.ids:
            self.ids[sequence] = len(self.listed)
            self.listed.append(sequence)
        return self.ids[sequence]

    def step(self, end: int, digit: str) -> frozenset[int]:
        if (end, digit) not in self.steps:
            self.steps[end, digit] = frozenset(map(self.of, step(self.listed[end], digit)))
        return self.steps[end, digit]

    def may_end(self, end: int) -> bool:
        return may_end(self.listed[end])


_ids = _Ids()


def _patterns(plan: Plan) -> Iterator[tuple[str, str | None, frozenset[int], str]]:
    """Yield the patterns of a code in the order in which phonenumbers tries them."""
    for region, metadata in zip(plan.regions, plan.metadata, strict=True):
        general = metadata.general_desc.possible_length
        if metadata.leading_digits and len(plan.regions) > 1:
            yield region, None, frozenset(plan.lengths), rf"(?:{metadata.leading_digits})\d{{0,{LONGEST}}}"
        for kind in TYPES:
            found = getattr(metadata, kind)
            if found and found.national_number_pattern:
                shared = metadata.same_mobile_and_fixed_line_pattern and kind == LANDLINE
                lengths = frozenset(found.possible_length or general)
                yield region, MOBILE if shared else kind, lengths, found.national_number_pattern


class Zone(NamedTuple):
    """What is known of a prefix: its country, its kind (s service, l landline, m any), assigned lengths."""

    region: str
    kind: str
    lengths: tuple[int, ...]


class Node(NamedTuple):
    """A prefix: the zones that make the fewest rows below it, and the ten longer prefixes."""

    best: frozenset[Zone]
    children: tuple[Node, ...] = ()


def zone_tree(plan: Plan) -> Node:
    """Divide to the depth that is kept, and on until a prefix belongs to one country."""
    automaton, depth = Automaton(plan), DEEPER.get(plan.code, DEPTH)

    @cache
    def divide(state: tuple, size: int) -> Node:
        found = automaton.outcomes(state, size)
        owners = {outcome.region for outcome in found}
        if not found or (size >= depth and len(owners) == 1):
            return Node(frozenset([_zone(found, owners or {plan.regions[0]})]))
        children = tuple(divide(automaton.follow(state, digit), size + 1) for digit in DIGITS)
        votes = Counter(zone for child in children for zone in child.best)
        most = max(votes.values())
        return Node(frozenset(zone for zone in votes if votes[zone] == most), children)

    return divide(automaton.start, 0)


def _zone(found: Iterable[Outcome], owners: set[str]) -> Zone:
    assigned = [outcome for outcome in found if outcome.kind]
    kinds = {KINDS.get(outcome.kind, "m") for outcome in assigned}
    kind = kinds.pop() if len(kinds) == 1 else "m"
    return Zone(min(owners), kind, tuple(sorted({outcome.size for outcome in assigned})))


def rows(node: Node, prefix: str, inherited: Zone | None) -> Iterator[tuple[Zone, str]]:
    """Yield the fewest rows such that the longest prefix tells the zone, as routing tables are built."""
    if inherited not in node.best:
        inherited = min(node.best)
        yield inherited, prefix
    for digit, child in zip(DIGITS, node.children, strict=False):
        yield from rows(child, prefix + digit, inherited)


def zone_lines(plan: Plan) -> Iterator[str]:
    """Yield rows of prefixes after the calling code; the empty prefix is written as a dot."""
    found: dict[Zone, list[str]] = defaultdict(list)
    for zone, prefix in rows(zone_tree(plan), "", None):
        found[zone].append(prefix or ".")
    for (region, kind, lengths), prefixes in found.items():
        name = "-" if region == NOWHERE else region
        yield from wrapped(f"{plan.code} {name} {kind} {ranges(lengths) or '-'}", prefixes)


def trunks(metadata: PhoneMetadata) -> list[str]:
    """Return what is dialled before a number within the country, and before carriers' own prefixes."""
    pattern = metadata.national_prefix_for_parsing or ""
    if metadata.national_prefix_transform_rule:  # it completes local numbers: what follows does not
        pattern = pattern.partition("$|")[2]
    found = words(parse(pattern), 4)
    found = found if len(found) <= CARRIERS else words(parse(pattern), 3)
    if metadata.national_prefix_for_parsing and _has_carriers(metadata):
        found |= {"0", "90"}
    return sorted({metadata.national_prefix or "", *found} - {""})


def _has_carriers(metadata: PhoneMetadata) -> bool:
    """Whether a number of full length may follow a carrier of two digits, as in Brazil."""
    return (metadata.national_prefix_for_parsing or "").startswith("(?:0|90)")


def carriers(metadata: PhoneMetadata) -> list[str]:
    """Return what stands between a trunk prefix and a number of full length: Brazil's carriers."""
    if not _has_carriers(metadata):
        return []
    pattern = metadata.national_prefix_for_parsing.partition(")(?:(")[2].partition(")(")[0]
    return sorted(words(parse(pattern), 2))


def local_ways(metadata: PhoneMetadata) -> Iterator[str]:
    """Yield the local numbers that a rule completes: beginnings, what they become, how many digits follow."""
    pattern, rule = metadata.national_prefix_for_parsing or "", metadata.national_prefix_transform_rule
    if not rule or pattern.startswith("0?(?:") or _has_carriers(metadata):  # Argentina, Brazil
        return
    trunk = "0" if pattern.startswith("0(") else ""
    body = pattern.removeprefix(trunk).rpartition("$|")[0] or pattern.removeprefix(trunk)
    for prefix, digits in _open_ends(parse(body.partition("$")[0]), ""):
        yield f"{trunk}{prefix}>{rule.partition(chr(92))[0]}{prefix}:{digits}"


def _open_ends(sequence: tuple, prefix: str) -> Iterator[tuple[str, int]]:
    """Follow a sequence until any digits may follow, and tell how many."""
    if all(item == frozenset(DIGITS) for item in sequence):
        yield prefix, len(sequence)
    elif len(prefix) < 4:
        for digit in DIGITS:
            for end in step(sequence, digit):
                yield from _open_ends(end, prefix + digit)


def abroad(metadata: PhoneMetadata) -> list[str]:
    """Return what is dialled before a calling code if not 00; ? where each operator has its own 00x."""
    found = words(parse(metadata.international_prefix or "00"), 4)
    if "00" in found:
        return []
    if metadata.preferred_international_prefix:
        return [metadata.preferred_international_prefix.replace("~", "")]
    if len(found) > 1 and any(prefix.startswith("00") for prefix in found):
        return ["?"]
    return sorted(found)


def ranges(lengths: Iterable[int]) -> str:
    """Write 5,6,7,9 as 5-7,9."""
    runs: list[list[int]] = []
    for length in lengths:
        if runs and length == runs[-1][-1] + 1:
            runs[-1].append(length)
        else:
            runs.append([length])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield a line for each country of a code."""
    for region, metadata in zip(plan.regions, plan.metadata, strict=True):
        options = {
            "trunk": trunks(metadata),
            "carrier": carriers(metadata),
            "local": sorted(local_ways(metadata)),
            "abroad": abroad(metadata),
        }
        written = [f"{name}={','.join(values)}" for name, values in options.items() if values]
        name = "-" if region == NOWHERE else region
        yield " ".join([plan.code, name, ranges(lengths_of(metadata, plan.code)), *written])


def table(name: str, comment: str, lines: Iterable[str]) -> str:
    return f'# {comment}\n{name} = """\\\n' + "\n".join(lines) + '\n"""\n'


def wrapped(head: str, values: Iterable[str]) -> list[str]:
    """Lines that each begin with the same head."""
    return [f"{head} {line}" for line in wrap(" ".join(values), 109 - len(head))]


def source() -> str:
    """Return the whole text of regions.py."""
    found = plans()
    return "\n".join(
        [
            HEADER,
            '__all__ = ["PHONENUMBERS", "PLANS", "ZONES"]\n',
            f'PHONENUMBERS = "{phonenumbers.__version__}"\n',
            table(
                "PLANS",
                "calling code, country (the main one first), how many digits follow, prefixes at home",
                (line for plan in found for line in plan_lines(plan)),
            ),
            table(
                "ZONES",
                "calling code, country, kind (m any, l landline, s service), lengths assigned, prefixes",
                (line for plan in found for line in zone_lines(plan)),
            ),
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(source(), encoding="utf-8")
