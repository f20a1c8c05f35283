"""Write callr_segment/text/regions.py from the metadata of the `phonenumbers` package (Apache-2.0).

phonenumbers describes a numbering plan by regular expressions. They are followed here one digit at a time, so
that what is said of a prefix holds for every assigned number that begins with it, not for a sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from re import _constants as sre
from re import _parser
from textwrap import wrap
from typing import Any, NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

TARGET = Path(__file__).parents[1] / "callr_segment" / "text" / "_regions.py"
DIGITS = "0123456789"
LONGEST = 15  # digits of a number with its calling code (ITU-T E.164, 6.2.1)
BARE = range(10, LONGEST + 1)  # digits that may be read as international without a +
NOWHERE = "001"  # the region phonenumbers gives to calling codes of no country
HEADER = (
    '"""Numbering plans, written by scripts/make_regions.py from phonenumbers\' metadata (Apache-2.0)."""\n'
)
LANDLINE = "fixed_line"
MOBILE = "mobile"
SERVICES = (
    *("premium_rate", "toll_free", "shared_cost", "voip"),
    *("personal_number", "pager", "uan", "voicemail"),
)

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


class Numbers(NamedTuple):
    """Numbers of one label: how many digits they may have and how they may go on."""

    label: str
    lengths: frozenset[int]
    ends: frozenset[tuple]


State = tuple[Numbers, ...]


def numbers(label: str, pattern: str, lengths: Iterable[int]) -> Numbers:
    """Begin with every number that a pattern describes."""
    return Numbers(label, frozenset(lengths), frozenset([parse(pattern)]))


def follow(state: State, digits: str) -> State:
    """Keep the numbers that begin with these digits."""
    for digit in digits:
        state = tuple(
            Numbers(label, lengths, further)
            for label, lengths, ends in state
            if (further := frozenset(rest for end in ends for rest in step(end, digit)))
        )
    return state


@cache
def outcomes(state: State, size: int) -> frozenset[tuple[str, int]]:
    """Label (the first that fits) and length of every number that goes on from here."""
    fits = [label for label, lengths, ends in state if size in lengths and any(map(may_end, ends))]
    found = {(label, size) for label in fits[:1]}
    if state and size < LONGEST:
        found = found.union(*(outcomes(follow(state, digit), size + 1) for digit in DIGITS))
    return frozenset(found)


def labels(state: State, size: int) -> set[str]:
    return {label for label, _ in outcomes(state, size)}


class Plan(NamedTuple):
    """One calling code; its main country, the first, speaks for the plan they share."""

    code: str
    regions: tuple[str, ...]
    metadata: tuple[PhoneMetadata, ...]

    @property
    def lengths(self) -> list[int]:
        """Digits after the calling code."""
        possible = self.metadata[0].general_desc.possible_length
        return [length for length in possible if len(self.code) + length <= LONGEST]


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


def assigned(metadata: PhoneMetadata, kinds: Iterable[str] = (*SERVICES, MOBILE, LANDLINE)) -> State:
    """Every assigned number of a country, landlines last: a number that is both is a mobile."""
    shared = metadata.same_mobile_and_fixed_line_pattern
    general = metadata.general_desc.possible_length
    return tuple(
        numbers(MOBILE if shared else name, found.national_number_pattern, found.possible_length or general)
        for name in kinds
        if (found := getattr(metadata, name)) and found.national_number_pattern
    )


def belonging(plan: Plan) -> State:
    """Every number by country, in the order in which phonenumbers tries them."""
    state: State = ()
    for region, metadata in zip(plan.regions, plan.metadata, strict=True):
        if metadata.leading_digits:
            theirs = (numbers(region, rf"(?:{metadata.leading_digits})\d{{0,{LONGEST}}}", plan.lengths),)
        else:
            theirs = tuple(kind._replace(label=region) for kind in assigned(metadata))
        state += tuple(kind._replace(lengths=kind.lengths & set(plan.lengths)) for kind in theirs)
    return state


class Node(NamedTuple):
    """A prefix: the countries that make the fewest rows below it, and the ten longer prefixes."""

    best: frozenset[str]
    children: tuple[Node, ...] = ()


def tree(state: State, size: int, main: str) -> Node:
    """Divide until a prefix belongs to one country; what is not assigned belongs to the main one."""
    owners = labels(state, size)
    if len(owners) < 2:
        return Node(frozenset(owners or {main}))
    children = tuple(tree(follow(state, digit), size + 1, main) for digit in DIGITS)
    votes = Counter(region for child in children for region in child.best)
    most = max(votes.values())
    return Node(frozenset(region for region in votes if votes[region] == most), children)


def rows(node: Node, prefix: str, inherited: str) -> Iterator[tuple[str, str]]:
    """Yield the fewest rows such that the longest prefix tells the country, as routing tables are built."""
    if inherited not in node.best:
        inherited = min(node.best)
        yield inherited, prefix
    for digit, child in zip(DIGITS, node.children, strict=False):
        yield from rows(child, prefix + digit, inherited)


def areas(plan: Plan) -> dict[str, list[str]]:
    """Prefixes, after the calling code, of the countries that share it."""
    found: dict[str, list[str]] = {}
    if len(plan.regions) > 1:
        for region, prefix in rows(tree(belonging(plan), 0, plan.regions[0]), "", plan.regions[0]):
            found.setdefault(region, []).append(prefix)
    return found


def landlines(plan: Plan) -> Iterator[str]:
    """Prefixes of one or two digits under which every assigned number is a landline."""
    state = tuple(kind for metadata in plan.metadata for kind in assigned(metadata))
    state = tuple(sorted(state, key=lambda kind: kind.label == LANDLINE))
    for digit in DIGITS:
        if labels(follow(state, digit), 1) == {LANDLINE}:
            yield digit
        else:
            pairs = (digit + second for second in DIGITS)
            yield from (pair for pair in pairs if labels(follow(state, pair), 2) == {LANDLINE})


def trunks(plan: Plan) -> list[str]:
    """Return what is dialled before a number within the country."""
    main = plan.metadata[0]
    pattern = main.national_prefix_for_parsing or ""
    found = {main.national_prefix or ""} | (words(parse(pattern), 2) if "(" not in pattern else set())
    return sorted(found - {""})


def kept(plan: Plan) -> list[str]:
    """Prefixes that look like a trunk prefix but begin assigned numbers."""
    state = assigned(plan.metadata[0])
    found = set()
    for trunk in trunks(plan):
        longer = {trunk + digit for digit in DIGITS if outcomes(follow(state, trunk + digit), len(trunk) + 1)}
        found |= longer if len(longer) == 1 else {trunk} if longer else set()
    return sorted(prefix for prefix in found if not any(prefix != p and prefix.startswith(p) for p in found))


def abroad(plan: Plan) -> list[str]:
    """Return what is dialled before a calling code if not 00; ? where each operator has its own 00x."""
    main = plan.metadata[0]
    found = words(parse(main.international_prefix or "00"), 4)
    if "00" in found:
        return []
    if main.preferred_international_prefix:
        return [main.preferred_international_prefix.replace("~", "")]
    if len(found) > 1 and any(prefix.startswith("00") for prefix in found):
        return ["?"]
    return sorted(found)


def own(plan: Plan) -> Iterator[tuple[int, str]]:
    """Say how to read digits that begin with their own calling code and have a possible length with it.

    One mark for each digit after the code: a dot when it is the calling code, n when a national number begins
    so, ? when either may be meant. Mobiles are meant rather than others: it is them that receive messages.
    """
    after_code = {len(plan.code + trunk) + length for length in plan.lengths for trunk in ("", *trunks(plan))}
    for size in sorted(after_code.intersection(BARE, plan.lengths)):
        marks = "".join(_mark(*_readings(plan, digit, size)) for digit in DIGITS)
        if set(marks) != {"."}:
            yield size, marks


def _readings(plan: Plan, digit: str, size: int) -> tuple[int, int]:
    """Rank what the code and a digit may begin: a national number, a number after the calling code."""
    numbers_here = assigned(plan.metadata[0])
    people = assigned(plan.metadata[0], (MOBILE, LANDLINE))
    after = size - len(plan.code)
    national = _rank(outcomes(follow(numbers_here, plan.code + digit), len(plan.code) + 1), size)
    foreign = _rank(outcomes(follow(people, digit), 1), after)
    if digit in trunks(plan):
        foreign = max(foreign, _rank(outcomes(people, 0), after - 1))
    return national, foreign


def _rank(found: frozenset[tuple[str, int]], size: int) -> int:
    kinds = {label for label, length in found if length == size}
    return 2 if MOBILE in kinds else 1 if kinds else 0


def _mark(national: int, foreign: int) -> str:
    if national == foreign:
        return "?" if national else "."
    return "n" if national > foreign else "."


def ranges(lengths: list[int]) -> str:
    """Write 5,6,7,9 as 5-7,9."""
    runs: list[list[int]] = []
    for length in lengths:
        if runs and length == runs[-1][-1] + 1:
            runs[-1].append(length)
        else:
            runs.append([length])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def plan_line(plan: Plan) -> str:
    options = {"trunk": trunks(plan), "keep": kept(plan), "abroad": abroad(plan)}
    regions = "-" if plan.regions == (NOWHERE,) else ",".join(plan.regions)
    written = [f"{name}={','.join(values)}" for name, values in options.items() if values]
    return " ".join([plan.code, regions, ranges(plan.lengths), *written])


def table(name: str, comment: str, lines: Iterable[str]) -> str:
    return f'# {comment}\n{name} = """\\\n' + "\n".join(lines) + '\n"""\n'


def wrapped(head: str, values: Iterable[str]) -> list[str]:
    """Lines that each begin with the same head."""
    return [f"{head} {line}" for line in wrap(" ".join(values), 100)]


def source() -> str:
    """Return the whole text of regions.py."""
    found = plans()
    return "\n".join(
        [
            HEADER,
            '__all__ = ["AREAS", "LANDLINES", "OWN", "PHONENUMBERS", "PLANS"]\n',
            f'PHONENUMBERS = "{phonenumbers.__version__}"\n',
            table(
                "PLANS",
                "calling code, its countries (the main one first), how many digits follow, prefixes",
                map(plan_line, found),
            ),
            table(
                "AREAS",
                "calling code, country, the digits after the code that are that country's",
                (
                    line
                    for plan in found
                    for region, prefixes in areas(plan).items()
                    for line in wrapped(f"{plan.code} {region}", prefixes)
                ),
            ),
            table(
                "LANDLINES",
                "calling code, the digits after it that only landlines begin with",
                (line for plan in found for line in wrapped(plan.code, landlines(plan))),
            ),
            table(
                "OWN",
                "calling code, digits in all, and by the digit after the code: . code, n national, ? either",
                (f"{plan.code} {size} {marks}" for plan in found for size, marks in own(plan)),
            ),
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(source(), encoding="utf-8")
