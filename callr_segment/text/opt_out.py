"""The option to end messages by answering STOP: what it looks like in a text.

The pattern is written in what Python's ``re`` and RE2 share, so that a column is judged as one text is.
"""

from __future__ import annotations

__all__ = ["STOP"]

# Not in "non-stop", as shops are open. RE2 cannot look behind: what is not NON is listed.
_NOT_NON = "(?:^|[^Nn -]|(?:^|[^Oo])[Nn]|(?:^|[^Nn])[Oo][Nn])"
_ANSWER = (
    "envo|envi|r[ée]pon|repl|text|txt|send|tapez|r[ée]p|antwort|inviar?|rispond|respon|manda|write|escrib|stuur"
    "|sms|svar|odpowied|wy[śs]lij|yaz|d[ée]sinscri|d[ée]sabo|unsub|opt|d[ée]sins"
)
_WORD = "(?i:stop(?: ?sms| ?pub)?)"
_END = (
    "(?i:opt|end|stop|cancel|unsub|quit|remove|leave|be |not |no |ne |se |me |vous|arr|d[ée]sab|d[ée]sins|dar"
    "|baja|annul|disis|sich|keine|den )"
)
_BEFORE = f"(?:^|[^A-Za-z -]|{_NOT_NON}[ -]+)"
_NUMBER = "(?:[0-9]{4,}|[0-9]{2,3}[ .][0-9]{2,3}|%STOPNUM%)"

STOP = "|".join(
    (
        "%STOPNUM%",
        # alone at the end of a line, in quotes or in brackets
        f"{_BEFORE}{_WORD}(?:[^A-Za-z0-9\\n]*(?:$|\\n)|[)\\]»\"”'’])",
        # with the number to send it to, or the address to go to
        f"{_BEFORE}{_WORD}[^A-Za-z0-9\\n]{{0,4}}"
        "(?i:au |à |al |an |at |to |til |naar |do |na |no |en el |n° ?|par sms au |by sms to )?"
        f"[^A-Za-z0-9\\n]{{0,3}}"
        f"(?:{_NUMBER}|https?:|www\\.)",
        # with what it is for
        f"{_BEFORE}{_WORD}(?i: (?:to|pour|para|per|um|om|for|zum|aby)) {_END}",
        # after a word that asks for an answer
        f"(?i:{_ANSWER})[A-Za-zÀ-ɏ]*[^A-Za-z0-9\\n]{{0,4}}"
        "(?i:(?:with|par|mit|con|met|le mot|the word|das wort) )?"
        f"[^A-Za-z0-9\\n]{{0,2}}{_WORD}(?:[^A-Za-z]|$)",
    )
)
"""Finds a STOP option; ``Stop aux prix fous`` is none."""
