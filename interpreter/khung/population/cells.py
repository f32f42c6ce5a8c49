"""Values of a solved case as the cells of its results hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.sql.text import SPLIT, TRUE, literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from khung.ir.program import ObjectType, Program
    from khung.sql.ends import Ends, State


class Few(NamedTuple):
    """Few texts, of which cells have one each.

    Attributes:
        is_typed: Whether they are of a type of their own: a cell of that is made in half of the time
            that a text takes, and written in an eighth, which counts where rows are streamed.
    """

    texts: tuple[str, ...]
    is_typed: bool = False

    def said(self, text: str) -> str:
        """Return one of the texts, as a constant."""
        return f"CAST({literal(text)} AS {one_of(self.texts)})" if self.is_typed else literal(text)

    def at(self, place: str) -> str:
        """Return the text that a number stands for."""
        ways = " ".join(f"WHEN {at} THEN {self.said(text)}" for at, text in enumerate(self.texts))
        return f"CASE {place} {ways} END"


def one_of(texts: Iterable[str]) -> str:
    """Return the type of one of some texts."""
    found = ", ".join(map(literal, dict.fromkeys(texts)))
    return f"ENUM({found})" if found else "VARCHAR"


def name_of(levels: tuple[str, ...], rank: str) -> str:
    """Return a rank by its name."""
    return Few(levels).at(rank)


def scale_of(program: Program, declared: ObjectType) -> tuple[str, ...]:
    """Return the levels that a subject is ranked by, the lowest first."""
    return program.values[ladder_of(declared).scale.name].values


def cell_of(program: Program, ty: t.Type, ends: Ends, state: State) -> str | None:
    """Return a value as its column holds it: null unless it is known; None of a type without one."""
    if SPLIT in ends.low:
        return None
    known = TRUE if ends.single else f"{ends.low} = {ends.high}"
    value = ends.low
    match ty:
        case t.Scale():
            value = name_of(program.values[ty.name].values, value)
        case t.Boolean() | t.Number() | t.Date() | t.String() | t.Enumeration():
            pass
        case _:
            return None
    where = known if state.may == TRUE else f"({state.may} AND {known})"
    return value if where == TRUE else f"CASE WHEN {where} THEN {value} END"
