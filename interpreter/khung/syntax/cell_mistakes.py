"""What people write into cells of a table instead of tests, and the form that is meant.

In: the tokens of a cell that is none, and where the parse stopped; or those of one that reads as
something else than what was meant. Out: a code, an advice and the tokens it is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from khung.syntax import foreign
from khung.syntax.tables import END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from khung.syntax.tokens import Token

_ADVICE: Final = {
    "or": "cell_or",
    "and": "cell_and",
    "..": "cell_range",
    "*": "cell_any",
}
"""What a cell cannot go on with → the advice for it."""

_COMPARING: Final = frozenset({"LT", "LE", "GT", "GE"})


class CellMistake(NamedTuple):
    """A code for the tokens `first` to `last`, and an advice."""

    code: str
    first: Token
    last: Token
    help: str


def stuck_in_cell(tokens: Sequence[Token], at: int) -> CellMistake | None:
    """Return why a cell does not go on with `tokens[at]`; None if that is no matter of cells."""
    token, before = tokens[at], tokens[at - 1] if at else None
    if token.kind == END and before and before.kind == "COMMA":
        return CellMistake("K0301", before, before, "comma")
    word = foreign.translated(token.text) or token.text
    if word in _ADVICE and (word != "*" or before is None):
        return CellMistake("K0303", token, token, _ADVICE[word])
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
