"""An object of which not even that is known, by which part of a program its rules are.

With overlays an object type is one of several. What is known of a stranger is what is known of it
under each of them, together: the least of the leasts, the greatest of the mosts.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.engine.members import type_of
from khung.engine.rows import Layout
from khung.engine.worth import Open, ends_of
from khung.ir.enums import ResultOf
from khung.ir.types import ANYTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from khung.engine.rows import Row
    from khung.engine.solver import Held
    from khung.engine.worth import Ends
    from khung.ir.program import ObjectType
    from khung.ir.types import Type

_ORDERED = (bool, int, Decimal, date)
_RESULTS = ("level ", *(f"state {what.value}" for what in ResultOf))


def any_of(rows: list[Row], declared: ObjectType) -> Layout:
    """Return the layout of what may be any of some strangers; `declared` has all their members."""
    of = rows[0].layout
    return _AnyOf(of.compiled, declared, of.readers, of.testers, of.definitions, rows)


class _AnyOf(Layout):
    """How a row finds its members that may be any of some rows."""

    def __init__(self, *args: Any) -> None:
        *own, self.rows = args
        super().__init__(*own)

    def _find_of(self, member: str, number: str) -> Callable[[Held], None]:
        if member.startswith(_RESULTS) or member in self.declared.back_lists:
            return super()._find_of(member, number)  # nothing is known of these in any case
        rows, ty = self.rows, _type_of(self.declared, member)
        whole = ends_of(ty, self.compiled.values)

        def find(row: Held) -> None:
            ends = [(getattr(one, f"l{number}"), getattr(one, f"h{number}")) for one in rows]
            states = [getattr(one, f"t{number}") for one in rows]
            found = row.__dict__
            found[f"l{number}"], found[f"h{number}"] = _hull(ends, whole)
            found[f"t{number}"] = states[0] if len(set(states)) == 1 else 1

        return find


def _type_of(declared: ObjectType, member: str) -> Type:
    if member.startswith("="):
        return declared.definition(member[1:]).ty
    return ANYTHING if member.startswith("set ") else type_of(declared, member)


def _hull(ends: list[Ends], whole: Ends) -> Ends:
    """Return what is known of a value that has one of several ends; at worst what its type says."""
    if all(one == ends[0] for one in ends):
        return ends[0]
    least, most = zip(*ends, strict=True)
    if all(isinstance(end, _ORDERED) for end in (*least, *most)):
        return min(least), max(most)
    if all(type(end) is Open and all(item[4] for item in end) for end in least):
        found = _either(least)
        return found, found
    return whole


def _either(lists: tuple[Any, ...]) -> Open:
    """Return the grades of a set that is one of several, each criterion once."""
    found: dict[str, Any] = {}
    for grades in lists:
        found.update({item[4]: item for item in grades})
    sure = set.intersection(*({item[4] for item in grades if item[2]} for grades in lists))
    return Open((*item[:2], name in sure, *item[3:]) for name, item in found.items())
