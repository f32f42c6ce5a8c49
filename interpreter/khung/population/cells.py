"""Values of a solved case as the cells of its results hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khung.ir import types as t
from khung.ir.program import ladder_of
from khung.sql.text import SPLIT, TRUE, literal

if TYPE_CHECKING:
    from khung.ir.program import ObjectType, Program
    from khung.sql.ends import Ends, State


def name_of(levels: tuple[str, ...], rank: str) -> str:
    """Return a rank by its name."""
    ways = " ".join(f"WHEN {at} THEN {literal(level)}" for at, level in enumerate(levels))
    return f"CASE {rank} {ways} END"


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
