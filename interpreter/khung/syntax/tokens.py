"""Cut the text of an expression into tokens.

In: a decoded text. Out: tokens with their terminals of `expr.lark`, the last of which is the end.
Nothing is refused here: what no terminal matches becomes a `FOREIGN` token, at which the parser
stops, so that mistakes are told in one place.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from khung.syntax import tables
from khung.syntax.keywords import FUNCTION_WORDS, FUNCTIONS, KEYWORDS

FOREIGN: Final = "FOREIGN"
"""The terminal of a sign that the language does not have. No rule of the grammar takes it."""

OPENING: Final = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSING: Final = frozenset(OPENING.values())

_BARE_DATE: Final = (  # not taken for subtractions or divisions
    r"(?<!@)\d{4}-\d{2}-\d{2}(?!\w)"
    r"|(?<![\w.])(?:0?[1-9]|[12]\d|3[01])(?P<POINT>[-/.])(?:0?[1-9]|1[0-2])(?P=POINT)\d{4}(?!\w)"
)
_FOREIGN: Final = (
    rf"(?P<FOREIGN>{_BARE_DATE}|={{2,3}}|=[<>]|<>|!==|&&|\|\||\.\.\.|/\*(?![\s\S]*\*/))"
)
_OTHER: Final = r"(?P<OTHER>[\s\S])"
_BEFORE_LABEL: Final = frozenset({"LPAR", "LBRACE", "COMMA"})


class Token(NamedTuple):
    """A token: its terminal, its text as written, and its place in the decoded text."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text`, then one of the kind `tables.END`."""
    ignored = tables.load().ignored
    found: list[Token] = []
    for match in _pattern().finditer(text):
        kind = match.lastgroup or FOREIGN
        if kind in ignored:
            continue
        word = match[0]
        if kind == "NAME":
            kind = KEYWORDS.get(word, kind)
        elif kind == "LPAR":
            _join_function(found)
        elif kind == "COLON":
            _join_label(found)
        elif kind == "OTHER":
            kind = FOREIGN
        found.append(Token(kind, word, match.start(), match.end()))
    found.append(Token(tables.END, "", len(text), len(text)))
    return found


@cache
def _pattern() -> re.Pattern[str]:
    named = [f"(?P<{name}>{pattern})" for name, pattern in tables.load().tokens.items()]
    return re.compile("|".join([_FOREIGN, *named, _OTHER]))


def is_word(token: Token) -> bool:
    """Whether a token is a name or a keyword."""
    return token.kind == "NAME" or token.text in KEYWORDS


def joined(tokens: list[Token]) -> str:
    """Return the words of `tokens` with one space between them."""
    return " ".join(token.text for token in tokens)


def _join_function(found: list[Token]) -> None:
    """Make one token of the longest name of a builtin that `found` ends in.

    So `date and time(…)` is one call, never `date` and a call of `time`.
    """
    for length in range(min(FUNCTION_WORDS, len(found)), 0, -1):
        words = found[-length:]
        name = joined(words)
        after_dot = length < len(found) and found[~length].kind == "DOT"
        if name in FUNCTIONS and not after_dot and all(map(is_word, words)):
            found[-length:] = [Token("FUNCTION", name, words[0].start, words[-1].end)]
            return


def _join_label(found: list[Token]) -> None:
    """Make one token of the words between a bracket or comma and a colon."""
    length = 0
    while length < len(found) and is_word(found[~length]):
        length += 1
    if length and length < len(found) and found[~length].kind in _BEFORE_LABEL:
        words = found[-length:]
        found[-length:] = [Token("LABEL", joined(words), words[0].start, words[-1].end)]
