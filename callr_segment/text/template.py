"""A message with fields to fill, read once and refused at once when it is not what it looks like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import index
from types import MappingProxyType
from typing import NamedTuple

from callr_segment.errors import TemplateError, did_you_mean
from callr_segment.text.message import Segmentation, segment
from callr_segment.text.placeholders import UNBRACED

__all__ = ["TOKENS", "Bounds", "Piece", "Template", "counted", "widest"]

TOKENS: Mapping[str, int] = MappingProxyType({"%STOPNUM%": 5})
"""What Callr replaces on sending, and how many GSM characters it puts there: five digits in France."""

# What may stand in the name of a column beside letters and digits.
_IN_NAMES = " _-'’°/&+()%€$£?,ªº·"
_SIGNS = "#%[(@<*$:~_|«"
_UNBRACED_SIGNS = ("%", "((", "[", "*|", "#", "@", "<", "$", "|", "~", "__", ":", "«")

# What other systems write between braces, though a column might be called so.
_MORE_THAN_A_NAME = (
    r"^%.*%$|^[$+~@][^\W\d]|[^\s?]\?\??[^\W\d]|^(?:if|else|elseif|foreach|section|include) \$"
    r"|, ?(?:plural|select|selectordinal|number|date|time|spellout|duration)(?:,|$)"
)

# A surrogate pair: 33 fill a part, where 76 extension characters fill one of GSM.
_WIDEST = "\U0001f600"
_MOST_CHARACTERS = 255 * 153

# What each piece of a template can be, tried in this order where it starts.
_PIECES = r"""
    (?P<foreign> \$\{ [^{}]* \}
               | (?<! [\w}] ) (?<! \d\s ) %\{ [^{}]* \}
               | \{\{\{ [^{}]* \}\}\}
               | \{\{ \s* (?: [\#./$&^>@*!]? \s* [^\W\d] [^{}]* | \d+ \s* ) \}\}
               | \{\{ (?: [^{}|]* \| \s* [a-z_]+ [^{}]* | -\s? \w+ \s?- | \s* (?:\.\./)+ \w [^{}]* ) \}\} )
  | (?P<brace>   \{\{ | \}\} )
  | (?P<field>   \{ [^{}]* \} )
  | (?P<stray>   [{}] )
"""


class Piece(NamedTuple):
    """Literal text, and the field that follows it; None where the template ends."""

    literal: str
    field: str | None


class Bounds(NamedTuple):
    """The shortest and the longest outcome of a template."""

    low: Segmentation
    high: Segmentation


class Template:
    """A text with ``{field}`` places, filled for each recipient.

    A field is a name, such as that of a column, and nothing else: ``{First Name}`` and ``{Opt-in}`` are, an
    attribute, an index, a conversion or a width is not. ``{{`` and ``}}`` are braces. The placeholders of
    other systems (``{{name}}``, ``${name}``, ``[[name]]``, ``%(name)s``, ``*|NAME|*``) are refused with the
    field to write, because as plain text they would reach the phones unfilled; `from_foreign` reads them.

    ``tokens`` maps what is replaced on sending to the number of GSM characters it will have, which is also
    how links that will be shortened are counted: ``tokens={url: 23}``. ``fields`` are the only names
    allowed, such as the columns of a frame; each of them may be written as it is. Raises TemplateError.

    >>> template = Template("Bonjour {name}, 20% sur tout. STOP %STOPNUM%")
    >>> template.fields
    ('name',)
    >>> template.render(name="Chloé")
    'Bonjour Chloé, 20% sur tout. STOP %STOPNUM%'
    >>> template.segment(name="Chloé").units  # the token counts as five digits
    39
    """

    __slots__ = ("fields", "pieces", "text", "tokens")

    text: str
    tokens: Mapping[str, int]
    pieces: tuple[Piece, ...]
    fields: tuple[str, ...]

    def __init__(
        self, text: str, *, tokens: Mapping[str, int] | None = None, fields: Iterable[str] | None = None
    ) -> None:
        if not isinstance(text, str):
            raise TemplateError(f"a template is a str, not {type(text).__name__}", value=text)
        if fields is not None and (isinstance(fields, str) or not isinstance(fields, Iterable)):
            raise TemplateError(f"fields are a list of names, not {fields!r:.60}", value=fields)
        known = () if fields is None else tuple(fields)
        pieces = tuple(_pieces(text, known))
        names = tuple(dict.fromkeys(piece.field for piece in pieces if piece.field is not None))
        if fields is not None:
            _refuse_unknown(names, known)
        replaced = _checked(TOKENS if tokens is None else tokens)
        _refuse_foreign(text, (*TOKENS, *replaced))
        values = text, replaced, pieces, names
        for slot, value in zip(("text", "tokens", "pieces", "fields"), values, strict=True):
            object.__setattr__(self, slot, value)

    @classmethod
    def from_foreign(cls, text: str, *, tokens: Mapping[str, int] | None = None) -> Template:
        """Read another system's template: Mustache, Liquid, Mailchimp, Rails, printf, GOV.UK Notify.

        What stands for a value becomes a field of the same name; braces of the text are doubled. Raises
        TemplateError that lists what cannot be a field: conditions, loops, filters, formats.

        >>> Template.from_foreign("Bonjour {{ First Name }}, {-20%} avec *|CODE|*").text
        'Bonjour {First Name}, {{-20%}} avec {CODE}'
        """
        from callr_segment.text.foreign_templates import convert  # noqa: PLC0415 (most templates are ours)

        if not isinstance(text, str):
            raise TemplateError(f"a template is a str, not {type(text).__name__}", value=text)
        converted, left = convert(text, (*TOKENS, *(tokens or ())))
        if left:
            listed = ", ".join(f"{piece[:60]} at position {position}" for position, piece in left)
            raise TemplateError(
                f"{listed}: no value of one field; make a column of what it says, and write that", value=text
            )
        return cls(converted, tokens=tokens)

    def render(self, /, **values: str | int) -> str:
        """Fill the fields: the text as it is handed to the API, tokens unreplaced.

        Values are data: a brace in one stays a brace. Raises TemplateError where a value is missing, belongs
        to no field, or is neither text nor an integer.

        >>> Template("{{-20%}} {code} for {name}").render(code=7, name="{code}")
        '{-20%} 7 for {code}'
        """
        self._refuse_mismatch(values)
        return self._fill({name: _as_text(name, value) for name, value in values.items()})

    def segment(self, /, **values: str | int) -> Segmentation:
        """Tell how the filled text will be billed, each token counted as what replaces it.

        The text of the answer has digits where the tokens stood. Raises TemplateError as ``render`` does.

        >>> Template("Your code is {code}").segment(code=123456)
        Segmentation(encoding='gsm', units=19, parts=1, remaining=141)
        """
        return segment(counted(self.render(**values), tokens=self.tokens))

    def bounds(self, /, **longest: str | int) -> Bounds:
        """Tell the least and the most a template can come to while its values are not known yet.

        Each field is given its longest value, as text, or the most characters it may have, as an integer.
        Low is every field empty. High takes the longest values, and for an integer that many characters of
        the widest kind: emoji, two units each, which make the whole message Unicode. So no value within the
        limit comes to more. Where the alphabet is known give a text: ``"000000"``, not 6.

        >>> low, high = Template("Bonjour {name}, votre code : {code}").bounds(name=12, code="000000")
        >>> low.units, high.units, high.encoding
        (23, 53, 'unicode')
        """
        self._refuse_mismatch(longest)
        low = self._fill(dict.fromkeys(longest, ""))
        high = self._fill({name: widest(name, value) for name, value in longest.items()})
        return Bounds(segment(counted(low, tokens=self.tokens)), segment(counted(high, tokens=self.tokens)))

    def _fill(self, values: Mapping[str, str]) -> str:
        return "".join(
            literal if field is None else literal + values[field] for literal, field in self.pieces
        )

    def _refuse_mismatch(self, values: Mapping[str, object]) -> None:
        _refuse_unknown(values, self.fields)
        for name in self.fields:
            if name not in values:
                raise TemplateError(f"field {{{name}}} has no value; pass {name}=…", value=name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Template does not change: {name} is read-only")

    def __repr__(self) -> str:
        tokens = "" if self.tokens == TOKENS else f", tokens={dict(self.tokens)!r}"
        return f"Template({self.text!r}{tokens})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Template):
            return NotImplemented
        return (self.text, self.tokens) == (other.text, other.tokens)

    def __hash__(self) -> int:
        return hash((self.text, frozenset(self.tokens.items())))

    def __reduce__(self) -> tuple[object, ...]:
        return _template, (self.text, dict(self.tokens), self.fields)


def counted(text: str, *, tokens: Mapping[str, int] = TOKENS) -> str:
    """Put in each token's place as many digits as will replace it: the text that is counted and billed.

    >>> counted("STOP au %STOPNUM%")
    'STOP au 00000'
    """
    if not isinstance(text, str):
        raise TypeError(f"a text is a str, not {type(text).__name__}")
    for token in sorted(tokens, key=len, reverse=True):
        if token in text:
            text = text.replace(token, "0" * tokens[token])
    return text


def _pieces(text: str, known: tuple[str, ...]) -> Iterator[Piece]:
    import re  # noqa: PLC0415 (a third of the time this package takes to import)

    literal, end = "", 0
    for match in re.finditer(_PIECES, text, re.VERBOSE):
        literal += text[end : match.start()]
        end = match.end()
        if match.lastgroup == "brace":
            literal += match[0][0]
        elif match.lastgroup == "field" and (_is_name(match[0][1:-1]) or match[0][1:-1] in known):
            yield Piece(literal, match[0][1:-1])
            literal = ""
        else:
            raise _refused(match[0], match.start(), match.lastgroup)
    if literal or end < len(text):
        yield Piece(literal + text[end:], None)


def _is_name(field: str) -> bool:
    """Whether a field can be the name of a column: words, with what may stand between and after them."""
    if field.isidentifier():
        return True
    import re  # noqa: PLC0415

    within = all(char.isalnum() or char in _IN_NAMES for char in field)
    named = within and any(map(str.isalpha, field)) and field == field.strip()
    return named and not re.search(_MORE_THAN_A_NAME, field)


def _refuse_foreign(text: str, tokens: tuple[str, ...]) -> None:
    """Refuse placeholders that are written without braces."""
    import re  # noqa: PLC0415

    if not any(sign in text for sign in _UNBRACED_SIGNS):
        return
    for token in tokens:
        text = text.replace(token, "0" * len(token))
    if match := re.search(UNBRACED, text):
        lead = len(match[0]) - len(match[0].lstrip("".join(set(match[0]) - set(_SIGNS))))
        raise _refused(match[0][lead:], match.start() + lead, "foreign")


def _refused(piece: str, position: int, kind: str | None) -> TemplateError:
    found = f"{piece[:60]} at position {position} is"
    field = f"{{{_name_in(piece)}}}"
    message = {
        "foreign": f"{found} another system's placeholder; write {field} for a field, and put a $ or braces "
        "that belong to the text into a value",
        "field": f"{found} more than the name of a field; write {field} and give it the text to show, "
        "already formatted, or double the braces if they are text",
        "stray": f"{found} a brace without its other half; double it if it is text",
    }[kind or "stray"]
    return TemplateError(message, value=piece)


def _name_in(piece: str) -> str:
    import re  # noqa: PLC0415

    if re.match(r"%(\d+\$)?[sdif@]\W*$|\{\d", piece):
        return "name"
    patterns = (
        r'"([^\W\d][\w.]*)"',
        r"=([^\W\d]\w*)",
        r"([^\W\d]\w*(?:\.[^\W\d_]\w*)+)",
        r"([^\W\d]\w*(?:[ -]+\w+)*)",
    )
    found = (re.search(pattern, piece) for pattern in patterns)
    return next((match[1].replace(".", "_") for match in found if match), "name")


def _refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    known = tuple(known)
    for name in names:
        if name not in known:
            raise TemplateError(f"there is no field {{{name}}}; {did_you_mean(name, known)}", value=name)


def _checked(tokens: Mapping[str, int]) -> Mapping[str, int]:
    if not isinstance(tokens, Mapping):
        raise TemplateError(
            f"tokens are a mapping such as {{'%STOPNUM%': 5}}, not {tokens!r:.60}", value=tokens
        )
    for token, length in tokens.items():
        if (
            not token
            or not isinstance(token, str)
            or not isinstance(length, int)
            or isinstance(length, bool)
            or length < 0
        ):
            raise TemplateError(
                f"token {token!r} has the length {length!r}; give the number of characters that replace it",
                value=length,
            )
    return MappingProxyType({token: tokens[token] for token in sorted(tokens, key=len, reverse=True)})


def _as_text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    number = _as_integer(value)
    if number is None:
        raise TemplateError(
            f"field {{{name}}} got {value!r}, of type {type(value).__name__}; format it first, as text",
            column=name,
            value=value,
        )
    return str(number)


def _as_integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


def widest(name: str, value: object) -> str:
    """Make the widest value that a field may have; one that says neither text nor length is an error."""
    if isinstance(value, str):
        return value
    length = _as_integer(value)
    if length is None or not 0 <= length <= _MOST_CHARACTERS:
        raise TemplateError(
            f"field {{{name}}} got {value!r} as its longest value; give a text, or a number of characters "
            f"from 0 to {_MOST_CHARACTERS}",
            column=name,
            value=value,
        )
    return _WIDEST * length


def _template(text: str, tokens: Mapping[str, int], fields: tuple[str, ...]) -> Template:
    return Template(text, tokens=tokens, fields=fields)
