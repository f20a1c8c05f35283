"""The option to end messages by answering STOP: what it looks like in a text.

The pattern is written in what Python's ``re`` and RE2 share, so that a column is judged as one text is.
"""

from __future__ import annotations

__all__ = ["MOST_BEFORE_STOP", "STOP"]

# Not in "non-stop", as shops are open. RE2 cannot look behind: what is not NON is listed.
_NOT_NON = "(?:^|[^Nn -]|(?:^|[^Oo])[Nn]|(?:^|[^Nn])[Oo][Nn])"
_BEFORE = f"(?:^|[^A-Za-z -]|{_NOT_NON}[ -]{{1,6}})"
_ANSWER = (
    "an(?:swer|twort)|d[ée]s(?:inscri|abo)|env[oií]|escrib|inviar?|manda|odpowied|opt|r[ée]p|respon|rispond"
    "|s(?:end|ms|tuur|var)|t(?:ext|xt|apez)|unsub|wr[io]|wy[śs]lij|yaz"
)
_WORD = "(?i:stop(?: ?sms| ?pub)?)"
_END = (
    "(?i:opt|end|stop|cancel|unsub|quit|remove|leave|be |not |no |ne |se |me |vous|arr|d[ée]sab|d[ée]sins|dar"
    "|baja|annul|disis|sich|keine|den )"
)
_NUMBER = "(?:[0-9]{4,}|[0-9]{2,3}[ .][0-9]{2,3}|%STOPNUM%)"
_AFTER = "|".join(
    (
        # alone at the end of a line, in quotes or in brackets
        "[^A-Za-z0-9\\n]*(?:$|\\n)|[)\\]»\"”'’]",
        # with the number to send it to, or the address to go to
        "[^A-Za-z0-9\\n]{0,4}(?i:au |à |al |an |at |to |til |naar |do |na |no |en el |n° ?)?"
        f"[^A-Za-z0-9\\n]{{0,3}}(?:{_NUMBER}|https?:|www\\.)",
        # with what it is for
        f"(?i: (?:to|pour|para|per|um|om|for|zum|aby) ){_END}",
    )
)
# After a word that asks for an answer.
_ASKED = (
    f"(?i:{_ANSWER})[A-Za-zÀ-ɏ]{{0,15}}[^A-Za-z0-9\\n]{{0,4}}"
    "(?i:(?:with|par|mit|con|met|le mot|the word|das wort) )?[^A-Za-z0-9\\n]{0,2}"
)

STOP = f"%STOPNUM%|{_BEFORE}{_WORD}(?:{_AFTER})|{_ASKED}{_WORD}(?:[^A-Za-z]|$)"
"""Finds a STOP option; ``Stop aux prix fous`` is none."""

MOST_BEFORE_STOP = 48
"""So many characters before the word may tell whether it is an option."""
