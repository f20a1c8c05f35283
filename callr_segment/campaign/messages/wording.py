"""What is sent: the templates, how one is chosen for each row, and how they are encoded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import ClassVar

from callr_segment.alphabet.gsm import LIMITS, Limits
from callr_segment.campaign.columns.options import UNSET, Setting
from callr_segment.errors import InputError, TemplateError
from callr_segment.text.policy import POLICY, Policy
from callr_segment.text.template import Template, widest
from callr_segment.typing import Errors

__all__ = ["ANY", "Wording", "read_templates", "read_unknown"]

ANY = "*"
"""The key of the template for rows that choose none of the others, as on a rate card."""


@dataclass(frozen=True, eq=False)
class Wording:
    """The texts of a campaign: ``choose`` is the column that picks one of the ``templates`` for each row.

    Without ``choose`` the one template is that of the key None. ``unknown`` are fields without a column, and
    the longest value of each or how many characters it has.

    >>> Wording({None: Template("Bonjour {name}")}).fields
    ('name',)
    """

    SETTINGS: ClassVar[tuple[str, ...]] = ("encoding",)

    templates: Mapping[str | None, Template]
    choose: str | None = None
    _: KW_ONLY
    encoding: Setting = UNSET
    errors: Errors = "strict"
    limits: Limits = LIMITS
    unknown: Mapping[str, str | int] = field(default_factory=dict)
    policy: Policy = POLICY

    @property
    def fields(self) -> tuple[str, ...]:
        """Columns the templates are filled from."""
        return tuple(dict.fromkeys(name for template in self.templates.values() for name in template.fields))

    @property
    def whole_texts(self) -> frozenset[str]:
        """Columns that are a message by themselves, so that a number there is a mistake."""
        return frozenset(
            t.fields[0] for t in self.templates.values() if t.text == f"{{{''.join(t.fields[:1])}}}"
        )

    def template_of(self, key: str | None) -> Template | None:
        """Find the template that a cell of ``choose`` picks, None where there is none."""
        return self.templates.get(key) or self.templates.get(ANY)


def read_templates(
    text: str | Template | Mapping[str, str | Template], choose: str | None, columns: Sequence[str]
) -> dict[str | None, Template]:
    """Read the text or texts to send; every field must be a column.

    >>> read_templates("Bonjour {name}", None, ["name"])[None].fields
    ('name',)
    """
    if isinstance(text, Mapping):
        if choose is None:
            raise InputError(
                "text is a mapping of templates: pass choose= the column that picks one for each row"
            )
        return {str(key): _template(each, columns) for key, each in text.items()}
    if choose is not None:
        raise InputError(f"choose={choose!r} picks among templates: pass text= a mapping {{value: template}}")
    return {None: _template(text, columns)}


def _template(text: str | Template, columns: Iterable[str]) -> Template:
    if isinstance(text, str) and text in columns:
        raise InputError(
            f"text={text!r} would send that word to everybody; write '{{{text}}}' to send the column"
        )
    given = text if isinstance(text, Template) else Template(text, fields=columns)
    if half := re.search("[\ud800-\udfff]", given.text):
        raise TemplateError(
            f"the text has half a character, {half[0]!r}, at position {half.start()}; write it again",
            value=half[0],
        )
    return Template(given.text, tokens=given.tokens, fields=columns)


def read_unknown(unknown: Mapping[str, str | int] | None, columns: Sequence[str]) -> dict[str, str | int]:
    """Read which fields have no column, and the longest value of each.

    >>> read_unknown({"code": "000000", "name": 12}, ["to"])
    {'code': '000000', 'name': 12}
    """
    if not isinstance(unknown, Mapping | None):
        raise InputError(
            f"unknown= takes a mapping such as {{'code': '000000'}}, not {unknown!r:.60}", value=unknown
        )
    for name, longest in (unknown or {}).items():
        if name in columns:
            raise InputError(
                f"unknown {name!r} is a column of the frame; rename the field, or leave it out of unknown",
                column=name,
            )
        widest(name, longest)
    return {
        name: longest if isinstance(longest, str) else int(longest)
        for name, longest in (unknown or {}).items()
    }
