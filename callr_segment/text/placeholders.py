"""Placeholders that reach a phone unfilled, and values that were blank: what shows them in a finished text.

The patterns are written in what Python's ``re`` and RE2 share, so that a column is judged as one text is.
"""

from __future__ import annotations

__all__ = [
    "BLANK",
    "BLANKS",
    "BLANK_SIGNS",
    "LONGEST_GREETING",
    "NAMED_BY",
    "NO_WORDS",
    "PLACEHOLDER",
    "PLACEHOLDER_SIGNS",
    "SIGNS",
    "UNBRACED",
    "UNFINISHED",
]

# ASCII letters and digits, and all beyond Latin-1's signs; then also _ - and dots; then a first letter.
_ALNUM = r"[^\x00-/:-@\[-`{-\xa0]"
_NAMED = r"[^\x00-,/:-@\[-^`{-\xa0]"
_FIRST = r"[^\x00-@\[-^`{-\xa0]"
_NAME = f"{_FIRST}{_NAMED}*"

# What people call their fields, as whole words. The first are names of nothing else.
_OWN_NAMES = (
    "(?:first|last|full|user|sur|fore|given|nick)[ _.-]?name|[fl]name|name|pr[ée]nom|nom|nombre|apellidos?"
    "|vorname|nachname|nome|cognome|imi[eę]|nazwisko|voornaam|achternaam|soyad[iı]|имя|фамилия|اسم"
)
_FIELDS = (
    f"{_OWN_NAMES}|code|otp|pin|date|datum|data|fecha|time|heure|hora|day|link|lien|url|e?mail|phone|mobile|tel"
    "|telephone|address|adresse|amount|montant|price|prix|total|balance|solde|ref|reference|number|num[ée]ro|id"
    "|city|ville|store|magasin|shop|boutique|company|soci[ée]t[ée]|product|produit|order|commande|title|salutation"
)
_CALLED = f"(?i:(?:{_ALNUM}+[ _.-]){{0,3}}(?:{_FIELDS})[0-9]?)"
_CALLED_BY_TWO_WORDS = f"(?i:(?:{_ALNUM}+[ _.-]){{1,3}}(?:{_FIELDS})[0-9]?|(?:{_OWN_NAMES}))"
_JOINED = f"{_ALNUM}+(?:_{_ALNUM}+)+"

_BEFORE = "(?:^|[^A-Za-z0-9_])"
_FORMATS = "plural|select|selectordinal|number|date|time|spellout|duration"
_SCOPES = "contact|fields|results|urns|globals|parent|child|flow|step|run"

_PERCENT = (
    rf"%\({_NAME}\)[-+ #0]?[0-9]*(?:\.[0-9]+)?[A-Za-z]",
    rf"%<{_NAME}>",
    r"%[0-9]+\$[sdif@]",
    r"(?:^|[^0-9%]|[^0-9] )%(?:[sdiu@]|l[du]|-?[0-9]{1,3}[sd]|[0-9]?\.[0-9]f)(?:[ .,!:;)\"\n]|$)",
    # a byte of a URL has two digits, and what goes before it is a digit of another: %c3%a9cole%20
    rf"(?:^|[^0-9A-Fa-f%])%%?{_FIRST}{_NAMED}{_NAMED}+(?:\|[A-Za-z]+)?%|%%[A-Z]%%",
    rf"(?:^|[^0-9%])%%{_FIRST}[^%\n]{{1,40}}%%|%%[=\[][^%]*%%",
    "<%[^%]*%>|\\[%[^%\\]]*%\\]",
)
_SQUARE = (
    r"\[\[[^\[\]]*\]\]",
    rf"\[ ?(?:{_CALLED_BY_TWO_WORDS}|{_JOINED}) ?\]",
    rf"[a-zà-öø-ÿ:,] \[ ?{_CALLED} ?\]",
    rf"\[ ?{_NAME}, ?fallback=[^\[\]]*\]|\[\*[^\[\]\n]*\*\]|\[\$[A-Za-z_][^\[\]\n]*\]",
    "\\[(?i:insert |ins[ée]rer |[àa] compl[ée]ter|todo\\]|tbd\\]|your |votre |ihr |tu )[^\\]\n]{0,40}",
)
_DOLLAR = (
    rf"{_BEFORE}\$[A-Za-z_][A-Za-z0-9_.]{{2,}}\$",
    r"\$\([A-Za-z_][A-Za-z0-9_.]*\)|\$!\{?[A-Za-z_]",
)
_QUOTED = f"{_ALNUM[:-1]}«»]"
_HTML = "code|time|data|link|address|title"  # fields that are called as elements are
_IN_ANGLES = "|".join(field for field in _FIELDS.split("|") if field not in _HTML.split("|"))
_ANGLE = (
    rf"<(?i:(?:{_ALNUM}+[ _.-]){{0,3}}(?:{_IN_ANGLES})|(?:{_ALNUM}+[ _.-]){{1,3}}(?:{_HTML}))[0-9]? ?>",
    rf"<<? ?{_JOINED} ?>|<< ?{_CALLED} ?>>|<(?i:insert|your|votre) [^<>\n]{{1,40}}>",
    r"<\?(?:=|php)[^?]*\?>|</?[#@][A-Za-z-][^<>\n]*>",
    rf"«(?:{_QUOTED}+(?:_{_QUOTED}+)+|(?i:{_OWN_NAMES}))»",
)
_AT = (
    rf"(?:^|[^A-Za-z0-9._-])@\(?(?:[a-z_]+\()*(?:{_SCOPES})\.[a-z_]+",
    rf"@@(?:{_CALLED}|{_JOINED})@@|{_BEFORE}@(?i:{_OWN_NAMES})@",
    r"@(?:lang|choice)\(",
)
_OTHERS = (
    rf"(?:\(\(|#) ?{_CALLED}(?:\?\?[^()]*)? ?[)#]\)?",
    rf"(?:\(\(|#){_JOINED}[)#]\)?|\(\( ?{_NAME}\?\?[^()]*\)\)",
    r"\*\|[^|*\n]+\|\*",
    r"#(?:set|if|foreach|elseif|parse|include) ?\(",
    rf"(?:^|[ (\n])(?:~~?(?i:{_OWN_NAMES})~|\|\|?(?i:{_OWN_NAMES})\||__(?:{_CALLED}|{_JOINED})__)",
    r"(?:^|[ (\n]):(?:[a-z]+(?:_[a-z]+)+|(?:first|last|user|full)?name)(?:[ .,;!?)\n]|$)",
)

UNBRACED = "|".join((*_OTHERS, *_SQUARE, *_PERCENT, *_DOLLAR, *_ANGLE, *_AT))
"""Finds placeholders that are written without braces."""
PLACEHOLDER = "|".join(
    (
        r"\{\{[^{}]*\}\}",
        r"[$#%]\{[^{}]*\}",
        rf"\{{ ?{_NAME} ?\}}",
        r"\{[0-9]+(?:,-?[0-9]+)?(?:[:.][^{}]*)?\}",
        r"\{[A-Za-z_]+=[^{}]*\}",
        rf"\{{ ?{_CALLED} ?\}}",
        r"\{%[^%]*%\}|\{#[^#{}\n]*#\}|\{!![^{}\n]*!!\}",
        rf"\{{ ?{_NAME} ?, ?(?:{_FORMATS})[ ,}}]",
        rf"\{{ ?{_NAME}(?:[:!|?\[][^ {{}}][^{{}}]*)\}}",
        rf"\{{[$@~=+^/#!>&*]{_FIRST}[^{{}}\n]*\}}",
        r"\{(?:if|else|elseif|foreach|section|include)(?: [^{}\n]*)?\}",
        r"\{[^{}|\n]*(?:\|[^{}|\n]*)+\}",
        UNBRACED,
    )
)
"""Finds what looks like a placeholder that was not filled; ``%STOPNUM%`` must have been replaced before."""

PLACEHOLDER_SIGNS = (
    r"[{\[@|«]|\(\(|\*\||#[^#]*#|#[a-z]+ ?\(|<[%<?A-Za-z/#@ ]|%(?:[^%\s]*%|[0-9]*[$(]|%|[-.l<0-9]|[sdiu@])"
    r"|\$[A-Za-z_(!]|[ (^]?:[a-z]|~[^ ]|__"
)
"""Finds texts that may hold one, quickly."""
NAMED_BY = "$:~_«"
"""Signs of those that hold none of what a `Prefilter` raises an alarm at; a letter follows."""

_GREETING = (
    "bonjour|bonsoir|salut|coucou|cher|ch[èe]re|hello|hi|hey|dear|hallo|guten tag|lieber?|sehr geehrter?|hola"
    "|estimad[oa]|querid[oa]|buenos d[ií]as|buenas tardes|ciao|salve|buongiorno|gentile|car[oa]|ol[áa]"
    "|bom dia|oi|prezad[oa]|hej|hei|beste|geachte|dag|cze[śs][ćc]|witaj|dzie[nń] dobry|ahoj|dobr[ýy] den"
    "|merhaba|say[ıi]n|sevgili|здравствуйте|привет|уважаем(?:ый|ая)|γεια|xin chào|halo|mr|mrs|ms|mme|m\\."
)
BLANKS = ("nan", "NaN", "None", "NULL", "null", "<NA>", "NaT", "N/A", "undefined", "[object Object]")
"""What a missing value becomes where it is written out."""
NO_WORDS = ("NaN", "NaT", "<NA>", "[object Object]")
"""Those that mean nothing anywhere in a message."""
SIGNS = "€$£%"
_MISSING = "|".join(word.replace("[", r"\[").replace("]", r"\]") for word in BLANKS)
_NO_WORD = "|".join(word.replace("[", r"\[").replace("]", r"\]") for word in NO_WORDS)
BLANK_SIGNS = f" ,|{_MISSING}"
BLANK = (
    f"(?:^|\\n)(?i:{_GREETING}) ,|(?:^|\\n)(?i:{_GREETING}) (?:{_MISSING})(?:[ ,.!:;\\n]|$)"
    f"|(?:^|[ (:])(?:nan|NaN|None|NULL|undefined) ?[{SIGNS}]"
    f"|[{SIGNS[:3]}] ?(?:nan|NaN|None|NULL|undefined)(?:[^A-Za-z]|$)"
    f"|(?:^|[ :=\\n])(?:{_NO_WORD})(?:[ ,.!:;?)\\n]|$)"
)
"""Finds where a value was blank, or missing and written out."""
LONGEST_GREETING = max(len(f"{greeting} ".encode()) for greeting in _GREETING.split("|"))
"""In bytes, with the space after it: so far into a line what shows a blank value may begin."""

UNFINISHED = (
    r"(?:\{[^{}]*|\[[^\[\]]*|\(\([^()]*\)?|#[^#\x00-\x1f!-,/:-@]*|%\(?[^\x00-#%-,/:-@]*|\*\|[^|*]*\|?|@[a-z_.]*"
    r"|<(?:%[^%]*%?)?|&[#A-Za-z0-9]{0,10}|\\(?:['’nrt]|r\\|u[0-9A-Fa-f]{0,3}|x[0-9A-Fa-f]?)?)$"
)
"""Finds a text that what follows it may turn into a placeholder or an escape."""
