"""What must not be sent, and what should be looked at first: the rules of the API and of who sends."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from callr_segment._core.records import find_blamed
from callr_segment.errors import InputError, InvalidMessage, InvalidNumber, did_you_mean
from callr_segment.text.damage import undamaged_word
from callr_segment.text.hosts import find_links
from callr_segment.text.message import Segmentation, count_parts, is_gsm, segment
from callr_segment.text.numbers import Number, normalize_number
from callr_segment.text.opt_out import MOST_BEFORE_STOP
from callr_segment.text.problem_codes import (
    BLANK,
    BLANK_SIGNS,
    CODES,
    DAMAGE,
    DAMAGE_SIGNS,
    DAMAGES,
    PLACEHOLDER,
    PLACEHOLDER_SIGNS,
    STARTERS,
    STOP,
    CodeInfo,
)
from callr_segment.text.template import TOKENS, counted
from callr_segment.typing import Encoding, Severity, Traffic

if TYPE_CHECKING:
    import re

__all__ = [
    "CODES",
    "DAMAGE",
    "PLACEHOLDER",
    "POLICY",
    "STOP",
    "CodeInfo",
    "Policy",
    "Problem",
    "check",
    "check_sender",
    "cut_link",
    "limit_of",
    "problem",
    "validate",
]

_TRAFFIC = get_args(Traffic)
_ENCODINGS = get_args(Encoding)
_LIMITS = {
    "invalid_number": "+ and 7 to 15 digits",
    "invalid_sender": "at most 11 of A-Z a-z 0-9 space _ - with a letter among them, or a phone number",
    "invalid_traffic": " or ".join(_TRAFFIC),
    "invalid_encoding": " or ".join(_ENCODINGS),
}
_SENDER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _-")
_DIGITS = frozenset("0123456789")


class Problem(NamedTuple):
    """Something wrong with a message: what it is, where, how bad, and what to do about it.

    ``code`` is stable and in CODES; ``severity`` is ``"error"`` (must not be sent) or ``"warning"``;
    ``field`` is the argument or column it is about, ``row`` the label of a row where one of a frame is told.

    >>> print(check("", to="+33639981020")[0])
    the text is empty; write at least one character: the API refuses an empty text
    """

    code: str
    severity: Severity
    field: str
    value: object
    limit: object
    message: str
    way_out: str
    row: object = None

    def __str__(self) -> str:
        return f"{self.message}; {self.way_out}"


class _Policy(NamedTuple):
    max_characters: int
    max_parts: int
    allowed_prefixes: tuple[str, ...]
    blocked_prefixes: tuple[str, ...]
    stop_countries: tuple[str, ...]
    severities: tuple[tuple[str, Severity | None], ...]


class Policy(_Policy):
    """What may be sent: what the API takes, and less where you say so.

    ``max_characters`` counts code points. ``allowed_prefixes`` and ``blocked_prefixes`` are beginnings of
    E.164 numbers, with or without ``+``; without allowed ones all are. Marketing to ``stop_countries`` must
    say STOP. ``severities`` overrides those of CODES: ``"error"``, ``"warning"``, or None not to hear of it;
    ``cut_link``, a link that goes from one part into the next, is heard of only so.
    Raises InputError for a code that does not exist and for a limit that lets nothing through.

    >>> otp = Policy(max_parts=1, allowed_prefixes=["+33"], severities={"fictional_number": "error"})
    >>> [problem.code for problem in check("é" * 161, to="+447700900123", policy=otp)]
    ['too_many_parts', 'refused_prefix', 'fictional_number']
    """

    __slots__ = ()

    def __new__(
        cls,
        *,
        max_characters: int = 3200,
        max_parts: int = 255,
        allowed_prefixes: Iterable[str] = (),
        blocked_prefixes: Iterable[str] = (),
        stop_countries: Iterable[str] = ("FR",),
        severities: Mapping[str, Severity | None] | Iterable[tuple[str, Severity | None]] = (),
    ) -> Policy:
        """Check the rules."""
        for name, limit in (("max_characters", max_characters), ("max_parts", max_parts)):
            if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
                raise InputError(f"{name} is a whole number from 1 on, not {limit!r:.60}", value=limit)
        return super().__new__(
            cls,
            max_characters,
            max_parts,
            _digits("allowed_prefixes", allowed_prefixes),
            _digits("blocked_prefixes", blocked_prefixes),
            _texts("stop_countries", stop_countries),
            _severities(severities),
        )

    def __getnewargs_ex__(self) -> tuple[tuple[()], dict[str, object]]:
        return (), self._asdict()

    def severity(self, code: str) -> Severity | None:
        """How bad a problem is under this policy; None where it is not to be heard of.

        >>> POLICY.severity("no_stop")
        'warning'
        """
        for overridden, severity in self.severities:
            if overridden == code:
                return severity
        return CODES[code].severity


def _texts(name: str, values: object) -> tuple[str, ...]:
    """Read a list of texts; one text, or a number, is none."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"{name} is a list, not {values!r:.60}; write [{str(values)!r:.60}]", value=values)
    found = tuple(values)
    for value in found:
        if not isinstance(value, str):
            raise InputError(f"{name} holds {value!r}, which is no text; write {str(value)!r}", value=value)
    return found


def _digits(name: str, prefixes: object) -> tuple[str, ...]:
    found = tuple(prefix.removeprefix("+") for prefix in _texts(name, prefixes))
    for prefix in found:
        if not (prefix and _DIGITS.issuperset(prefix)):
            raise InputError(f"prefix {prefix!r} is not digits; write '33' or '+33'", value=prefix)
    return found


def _severities(given: Any) -> tuple[tuple[str, Severity | None], ...]:
    try:
        severities: dict[str, Severity | None] = dict(given)
    except (TypeError, ValueError):
        raise InputError(
            f"severities are a mapping such as {{'no_stop': 'error'}}, not {given!r:.60}", value=given
        ) from None
    for code, severity in severities.items():
        if code not in CODES:
            raise InputError(f"there is no problem {code!r}; {did_you_mean(code, CODES)}", value=code)
        if severity not in ("error", "warning", None):
            raise InputError(
                f"{code!r} cannot have the severity {severity!r}; use 'error', 'warning' or None",
                value=severity,
            )
    return tuple(severities.items())


POLICY = Policy()
"""The rules of the API, and nothing stricter."""


def check(
    text: str | None,
    *,
    to: str | None = None,
    sender: str | None = None,
    traffic: Traffic = "marketing",
    encoding: Encoding | None = None,
    policy: Policy = POLICY,
) -> tuple[Problem, ...]:
    """List what is wrong with a message before it is sent, the gravest first; an empty tuple if nothing is.

    ``to`` is judged as it will be sent: E.164 with ``+``. Tokens such as %STOPNUM% count as what replaces
    them. Raises TypeError for a text that is no ``str``.

    >>> check("Your code is 123456", to="+33612345678", traffic="alerting")
    ()
    >>> for found in check("Bonjour {prenom}, soldes !", to="0033639981020"):
    ...     print(found.severity, found.code, "->", found.way_out)
    error invalid_number -> write it '+33639981020'
    warning fictional_number -> put a real number in its place
    warning placeholder -> fill it
    warning no_stop -> add one such as 'STOP au %STOPNUM%', or send alerts as traffic='alerting'
    """
    found: list[Problem | None] = []
    _refuse_other_kinds(policy, to=to)
    country = None if to is None else _check_number(to, policy, found)
    if sender is not None:
        found.append(check_sender(sender, policy=policy))
    if not (isinstance(traffic, str) and traffic in _TRAFFIC):
        found.append(problem("invalid_traffic", value=traffic, policy=policy))
        traffic = "alerting"
    if encoding is not None and not (isinstance(encoding, str) and encoding in _ENCODINGS):
        found.append(problem("invalid_encoding", value=encoding, policy=policy))
        encoding = None
    if text is None or (isinstance(text, str) and not text):
        found.append(problem("missing_text" if text is None else "empty", policy=policy))
    else:
        billed = counted(text)
        _check_length(text, billed, encoding, policy, found)
        _check_content(text, billed, policy, found)
        if policy.severity("cut_link") and (link := cut_link(text, encoding)):
            found.append(problem("cut_link", value=link, policy=policy))
        if traffic == "marketing" and country in policy.stop_countries and not _says_stop(text):
            found.append(problem("no_stop", value=country, policy=policy))
    return tuple(sorted(filter(None, found), key=_gravity)) if found else ()


def validate(
    text: str | None,
    *,
    to: str | None = None,
    sender: str | None = None,
    traffic: Traffic = "marketing",
    encoding: Encoding | None = None,
    policy: Policy = POLICY,
) -> Segmentation:
    """Refuse a message that must not be sent; else tell how it will be billed.

    Raises InvalidMessage with ``problems``, all that `check` finds, where one of them is an error; warnings
    alone do not stop a message. The text of the answer has digits where tokens such as %STOPNUM% stood.

    >>> validate("Your code is 123456", to="+33612345678", traffic="alerting").parts
    1
    >>> validate("", to="+33612345678")
    Traceback (most recent call last):
    callr_segment.errors.InvalidMessage: the text is empty; write at least one character: the API refuses an \
empty text
    """
    problems = check(text, to=to, sender=sender, traffic=traffic, encoding=encoding, policy=policy)
    errors = [str(found) for found in problems if found.severity == "error"]
    if errors:
        raise InvalidMessage("\n".join(errors), problems=problems)
    return segment(counted(text or ""), encoding=encoding)


def check_sender(sender: str, *, policy: Policy = POLICY) -> Problem | None:
    """Judge a sender: letters, digits, space, ``_`` and ``-``, at most 11, one a letter; or a phone number.

    None means a good sender. An empty one is good: Callr then chooses.

    >>> check_sender("MAISON LOU"), check_sender("+33639981020"), check_sender("36105")
    (None, None, None)
    >>> check_sender("Crêperie").code
    'invalid_sender'
    """
    _refuse_other_kinds(policy, sender=sender)
    number = sender.removeprefix("+")
    if not sender or (_DIGITS.issuperset(number) and 3 <= len(number) <= 15):
        return None
    if len(sender) <= 11 and _SENDER.issuperset(sender) and any(map(str.isalpha, sender)):
        return None
    return problem("invalid_sender", value=sender, policy=policy)


def problem(
    code: str,
    *,
    value: object = None,
    way_out: str | None = None,
    policy: Policy = POLICY,
) -> Problem | None:
    """Word a problem as a policy sees it; None where the policy does not want to hear of it.

    >>> print(problem("too_many_parts", value=3, policy=Policy(max_parts=1)))
    3 parts are over the limit of 1; shorten the text; if it is Unicode, rewrite() may make it GSM
    """
    severity = policy.severity(code)
    if severity is None:
        return None
    info, limit = CODES[code], limit_of(code, policy=policy)
    message = info.message.format(value=value, limit=limit)
    return Problem(code, severity, info.field, value, limit, message, way_out or info.way_out)


def limit_of(code: str, *, policy: Policy = POLICY) -> object:
    """Tell what a problem of a code is over, or what should stand there; None where there is no limit.

    >>> limit_of("too_many_parts"), limit_of("invalid_traffic"), limit_of("empty")
    (255, 'marketing or alerting', None)
    """
    limits = {**_LIMITS, "too_many_parts": policy.max_parts, "too_long": policy.max_characters}
    return limits.get(code)


def _refuse_other_kinds(policy: object, **texts: object) -> None:
    for name, value in texts.items():
        if value is not None and not isinstance(value, str):
            example = {"to": "+33612345678", "sender": "MAISON LOU"}[name]
            raise InputError(f"{name} is a text such as {example!r}, not {value!r:.60}", value=value)
    if not isinstance(policy, _Policy):
        raise InputError(f"policy= takes a Policy such as POLICY, not {policy!r:.60}", value=policy)


def _gravity(found: Problem) -> tuple[bool, int]:
    return found.severity != "error", CODES[found.code].bit


def _check_number(to: str, policy: Policy, found: list[Problem | None]) -> str | None:
    """Judge a number and return its country."""
    try:
        number = normalize_number(to)
    except InvalidNumber as error:
        way_out = str(error) if to.startswith("+") else None
        found.append(problem("invalid_number", value=to, way_out=way_out, policy=policy))
        return None
    if number.e164 != to:
        way_out = f"write it {number.e164!r}"
        found.append(problem("invalid_number", value=to, way_out=way_out, policy=policy))
    if number.note is not None:
        found.append(problem(f"{number.note}_number", value=number.e164, policy=policy))
    if not _may_be_sent_to(number, policy):
        found.append(problem("refused_prefix", value=number.e164, policy=policy))
    return number.country


def _may_be_sent_to(number: Number, policy: Policy) -> bool:
    digits, allowed = number.e164[1:], policy.allowed_prefixes
    return not digits.startswith(policy.blocked_prefixes) and (not allowed or digits.startswith(allowed))


def _check_length(
    text: str, billed: str, encoding: Encoding | None, policy: Policy, found: list[Problem | None]
) -> None:
    if encoding == "gsm" and not is_gsm(text):
        culprits = "".join(dict.fromkeys(found for found, _ in find_blamed(text)))
        found.append(problem("not_gsm", value=culprits, policy=policy))
        encoding = None
    parts = count_parts(billed, encoding=encoding)
    if parts > policy.max_parts:
        found.append(problem("too_many_parts", value=parts, policy=policy))
    if len(text) > policy.max_characters:
        found.append(problem("too_long", value=len(text), policy=policy))


def _check_content(text: str, billed: str, policy: Policy, found: list[Problem | None]) -> None:
    if not text.isascii() and (half := _lone_surrogate(text)):
        found.append(problem("lone_surrogate", value=half, policy=policy))
    patterns = _patterns()
    if patterns.damage_signs.search(text):
        _check_damage(text, policy, found)
    if patterns.placeholder_signs.search(billed) and (match := patterns.placeholder.search(billed)):
        found.append(problem("placeholder", value=match[0].strip(), policy=policy))
    if patterns.blank_signs.search(text) and (match := patterns.blank.search(text)):
        found.append(problem("blank_value", value=match[0].strip(), policy=policy))


def _says_stop(text: str) -> bool:
    """Search for a STOP option, from shortly before the word on."""
    patterns = _patterns()
    word = patterns.stop_word.search(text)
    return (
        word is not None and patterns.stop.search(text[max(0, word.start() - MOST_BEFORE_STOP) :]) is not None
    )


def cut_link(
    text: str, encoding: Encoding | None = None, *, tokens: Mapping[str, int] = TOKENS
) -> str | None:
    """Find a link that goes from one part of a message into the next.

    >>> cut_link("a" * 150 + " https://x.fr/abc"), cut_link("a https://x.fr/abc")
    ('https://x.fr/abc', None)
    """
    if "/" not in text and "." not in text:
        return None
    billed = counted(text, tokens=tokens)
    edges = [part.start for part in segment(billed, encoding=encoding, errors="replace").split()][1:]
    for start, stop in find_links(billed) if edges else ():
        if bisect_right(edges, start) < bisect_left(edges, stop):
            return billed[start:stop]
    return None


def _lone_surrogate(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return text[error.start]
    return None


def _check_damage(text: str, policy: Policy, found: list[Problem | None]) -> None:
    for damage, pattern in zip(DAMAGES, _patterns().damages, strict=True):
        if match := pattern.search(text):
            said = undamaged_word(text, *match.span(), damage)
            way_out = f"{damage.way_out}, where it says {said!r}" if said else damage.way_out
            way_out = f"it may be {damage.cause}: {way_out}"
            found.append(problem("encoding_damage", value=match[0], way_out=way_out, policy=policy))
            return


class _Patterns(NamedTuple):
    """What is searched for, and what a text must have to be searched: the same as in a column."""

    damages: tuple[re.Pattern[str], ...]
    damage_signs: re.Pattern[str]
    placeholder: re.Pattern[str]
    placeholder_signs: re.Pattern[str]
    blank: re.Pattern[str]
    blank_signs: re.Pattern[str]
    stop: re.Pattern[str]
    stop_word: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    import re  # noqa: PLC0415 (a third of the time this package takes to import)

    damages = tuple(re.compile(damage.pattern) for damage in DAMAGES)
    signs = f"[{re.escape(DAMAGE_SIGNS)}\ue000-\uf8ff]|[{STARTERS}][^\x00-\x7f]|&[#A-Za-z]"
    return _Patterns(
        damages,
        *map(re.compile, (signs, PLACEHOLDER, PLACEHOLDER_SIGNS, BLANK, BLANK_SIGNS, STOP, "(?i:stop)")),
    )
