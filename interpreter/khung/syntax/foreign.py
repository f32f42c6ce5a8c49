"""Signs and words of other languages, spreadsheets and word processors: what is said of them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

from khung.source.values import year_first
from khung.surfaces import meant
from khung.syntax.parser import END, RESERVED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.syntax.parser import Token

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


def is_quote(sign: str) -> bool:
    """Whether a sign is a quotation mark that does not enclose a text here."""
    return sign in QUOTES or sign in FULL_WIDTH_QUOTES


def is_invisible(sign: str) -> bool:
    """Whether a reader cannot see a sign: a control or format character."""
    return unicodedata.category(sign[0]) in {"Cc", "Cf", "Co", "Cn"}


_ADVICE: Final = {
    "OR": "cell_or",
    "AND": "cell_and",
    "DOTS": "cell_range",
    "TIMES": "cell_any",
}
"""The terminal that a cell cannot go on with → the advice for it."""

_COMPARING: Final = frozenset({"LT", "LE", "GT", "GE"})


class CellMistake(NamedTuple):
    """A code for the tokens `first` to `last`, and an advice."""

    code: str
    first: Token
    last: Token
    help: str


def stuck_in_cell(tokens: Sequence[Token], at: int, surface: str) -> CellMistake | None:
    """Return why a cell does not go on with `tokens[at]`; None if that is no matter of cells."""
    token, before = tokens[at], tokens[at - 1] if at else None
    if token.kind == END and before and before.kind == "COMMA":
        return CellMistake("K0301", before, before, "comma")
    is_name = token.kind in {"NAME", RESERVED}
    kind = meant(token.text, surface) if is_name else token.kind
    if kind in _ADVICE and (kind != "TIMES" or before is None):
        return CellMistake("K0303", token, token, _ADVICE[kind])
    if token.kind == "NAME" and before and before.kind == "NUMBER":
        return CellMistake("K0303", token, token, "cell_unit")
    return None


def misread_cell(tokens: Sequence[Token]) -> CellMistake | None:
    """Return what is wrong with a cell that reads well: `3-5` is -2, `< 3,5` is `< 3` or `= 5`."""
    for first, sign, last in zip(tokens, tokens[1:], tokens[2:], strict=False):
        glued = first.end == sign.start and sign.end == last.start
        if not glued or (first.kind, last.kind) != ("NUMBER", "NUMBER"):
            continue
        if sign.kind == "MINUS":
            return CellMistake("K0303", sign, sign, "cell_range")
        before = tokens[tokens.index(first) - 1]
        if sign.kind == "COMMA" and before.kind in _COMPARING:
            return CellMistake("K0312", first, last, "")
    return None
