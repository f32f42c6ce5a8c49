"""Signs and words of other languages, spreadsheets and word processors: what is said of them."""

from __future__ import annotations

import unicodedata
from typing import Final

from khung.locale import languages, phrase
from khung.source.values import year_first

INSTEAD: Final = {
    "==": "=",
    "===": "=",
    "<>": "!=",
    "!==": "!=",
    "≠": "!=",
    "≥": ">=",
    "=>": ">=",
    "≤": "<=",
    "=<": "<=",
    "&&": "and",
    "&": "and",
    "∧": "and",
    "||": "or",
    "|": "or",
    "∨": "or",
    "!": "not(…)",
    "¬": "not(…)",
    "×": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    "^": "**",
    "…": "..",
    "...": "..",
    ";": ",",
}
"""Sign → what is written for it here."""

QUOTES: Final = frozenset("'`´‘’‚‛“”„‟«»‹›′″")
"""Quotation marks other than the straight double one."""

FULL_WIDTH_QUOTES: Final = frozenset("＂＇")

WORDS: Final = {
    "for": "loop",
    "return": "loop",
    "function": "own_function",
    "external": "own_function",
    "instance": "type_test",
    "is": "equality",
}
"""Words of FEEL that are not in the profile → the advice for them."""


def date_of(sign: str) -> str:
    """Return how a date without quotes, the year or the day first, is written here; or nothing."""
    return f'@"{year_first(sign) or sign}"' if sign[0].isdigit() else ""


def instead_of(sign: str) -> str:
    """Return how a sign is written here; empty if it cannot be."""
    plain = unicodedata.normalize("NFKC", sign)
    known = INSTEAD.get(sign) or INSTEAD.get(plain)
    return known or (plain if plain != sign and plain.isascii() and plain.isprintable() else "")


def translated(word: str) -> str:
    """Return the keyword that a word of one of the user's languages stands for; empty for none."""
    for lang in languages:
        pairs = (pair.split("=") for pair in phrase(lang, "word.keywords").split())
        for own, keyword in pairs:
            if own == word.casefold():
                return keyword
    return ""


def is_quote(sign: str) -> bool:
    """Whether a sign is a quotation mark that does not enclose a text here."""
    return sign in QUOTES or sign in FULL_WIDTH_QUOTES


def is_invisible(sign: str) -> bool:
    """Whether a reader cannot see a sign: a control or format character."""
    return unicodedata.category(sign[0]) in {"Cc", "Cf", "Co", "Cn"}
