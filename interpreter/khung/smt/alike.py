"""Whether two programs say a definition alike, with all that it reads: then it is never asked.

Days are compared as those of one period: what says "the first of January of the year" is alike.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, Any

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.rewrite import bottom_up, fold, walk
from khung.ir.stages import names
from khung.ir.stages.quota import read_of_members
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Set

    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Program


@dataclass(slots=True)
class Alike:
    """Compares the definitions of two programs, each once.

    Attributes:
        one: The one program.
        other: The other.
        moved: Returns a day of the other as the one says it.
        apart: Facts that are not alike, whatever the programs say: a type and a name each.
    """

    one: Program
    other: Program
    moved: Callable[[date], date] = lambda day: day
    apart: Set[tuple[str, str]] = frozenset()
    known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def definition(self, owner: str, name: str) -> bool:
        """Whether both define something alike."""
        key = (owner, name)
        if key not in self.known:
            self.known[key] = True  # what reads itself is alike if all else is
            self.known[key] = self._definition(owner, name)
        return self.known[key]

    def _definition(self, owner: str, name: str) -> bool:
        here, there = self.one.objects.get(owner), self.other.objects.get(owner)
        if here is None or there is None or not (here.has(name) and there.has(name)):
            return False
        first, second = here.definition(name), there.definition(name)
        return self.nodes(first.value, second.value) and self.nodes(first.applies, second.applies)

    def nodes(self, first: Node | None, second: Node | None) -> bool:
        """Whether two nodes are alike, and all that they read."""
        if first is None or second is None:
            return first is second
        one = fold(first)
        if one != fold(self._as_one(second)):
            return False
        return all(self._reads(part) for part in walk(one))

    def is_read_alike(self, node: Node) -> bool:
        """Whether all that a node reads is alike."""
        return all(self._reads(part) for part in walk(fold(node)))

    def as_said(self, node: Node, *, moved: bool) -> Node:
        """Return a node as the one program says it; `moved` is one of the other."""
        return fold(self._as_one(node) if moved else node)

    def _as_one(self, node: Node) -> Node:
        def change(part: Node) -> Node:
            if isinstance(part, n.Literal) and isinstance(part.value, date):
                return n.Literal(self.moved(part.value), part.ty, part.span)
            return part

        return bottom_up(node, change)

    def _reads(self, part: Node) -> bool:
        match part:
            case n.Defined():
                return self.definition(t.first_of(part.owner), part.name)
            case n.LevelOf() if _is_self(part.object):
                return self.definition(_type_of(part.object), names.of_stage(part.stage))
            case n.Field() | n.Has():
                return all(self.member(owner, part.name) for owner in _types_of(part.object))
            case n.CriteriaSet():
                return self._set(t.first_of(part.owner), part.name)
            case n.Kept():
                return True  # of a quota its own question is asked
            case _:  # of all others only their parts are asked, which are walked
                return True

    def member(self, owner: str, name: str) -> bool:
        """Whether both hold a fact, link or criterion alike, with where it applies."""
        if (owner, name) in self.apart:
            return False
        here, there = self.one.objects.get(owner), self.other.objects.get(owner)
        if here is None or there is None:
            return here is there
        found = [_held(declared, name) for declared in (here, there)]
        if found[0] is None or found[1] is None:
            return found[0] is found[1] or name == here.kind_field == there.kind_field
        same = all(
            getattr(found[0], key, None) == getattr(found[1], key, None)
            for key in ("ty", "low", "high", "optional", "complete", "length", "key")
        )
        key = (owner, f"member {name}")
        if key not in self.known:
            self.known[key] = True
            applies = (getattr(one, "applies", None) for one in found)
            musts = (getattr(one, "must", None) for one in found)
            conditions = (must and must.condition for must in musts)
            said = self.nodes(*applies) and self.nodes(*conditions)
            self.known[key] = same and said and not self.is_assumed_apart(owner, name)
        return self.known[key]

    def is_assumed_apart(self, owner: str, name: str) -> bool:
        """Whether each takes something of its own for a fact where a case says nothing."""
        sides = (self.one.objects.get(owner), self.other.objects.get(owner))
        facts = [declared.facts.get(name) for declared in sides if declared is not None]
        defaults = [fact.default for fact in facts if fact is not None]
        if len(defaults) < len(sides) or None in defaults:
            return False  # who has no default asks that it is said
        return not self.nodes(defaults[0], defaults[1])

    def _set(self, owner: str, name: str) -> bool:
        here, there = self.one.objects.get(owner), self.other.objects.get(owner)
        if here is None or there is None or name not in here.sets or name not in there.sets:
            return False
        first, second = here.sets[name].members, there.sets[name].members
        if [member for member, _ in first] != [member for member, _ in second]:
            return False
        whens = zip(first, second, strict=True)
        alike = all(self.nodes(one[1], other[1]) for one, other in whens)
        return alike and all(self.member(owner, f"criteria.{member}") for member, _ in first)

    def quotas(self, owner: str) -> bool:
        """Whether all quotas of a subject are alike, with whom they count."""
        here, there = self.one.objects[owner], self.other.objects[owner]
        if len(here.quotas) != len(there.quotas):
            return False
        pairs = zip(here.quotas, there.quotas, strict=True)
        return all(self._quota(one, other) for one, other in pairs)

    def _quota(self, one: Any, other: Any) -> bool:
        settings = ("level", "counts", "rounding", "ties", "others")
        alike = all(self.nodes(getattr(one, key), getattr(other, key)) for key in settings)
        return (
            alike
            and self._all(read_of_members(one), read_of_members(other))
            and (
                self._small(one.small_group, other.small_group)
                and [key.highest for key in one.order] == [key.highest for key in other.order]
                and [g.each for g in one.groupings] == [g.each for g in other.groupings]
            )
        )

    def _small(self, one: Any, other: Any) -> bool:
        if one is None or other is None:
            return one is other
        keys = ("fewer_than", "allow", "when", "at_least")
        return all(self.nodes(getattr(one, key), getattr(other, key)) for key in keys)

    def _all(self, first: Iterable[Node], second: Iterable[Node]) -> bool:
        ones, others = list(first), list(second)
        if len(ones) != len(others):
            return False
        return all(self.nodes(one, other) for one, other in zip(ones, others, strict=True))

    def outcomes(self, owner: str) -> bool:
        """Whether a subject's scope and levels are alike, but for who has a place in a quota."""
        asked = (names.OUT, names.WAITING, names.of_stage(Stage.QUOTA))
        return all(self.definition(owner, name) for name in asked)


def _is_self(node: Node) -> bool:
    return isinstance(node, n.Variable) and node.slot == 0


def _type_of(node: Node) -> str:
    return t.first_of(node.ty.name) if isinstance(node.ty, t.Object) else ""


def _types_of(node: Node) -> tuple[str, ...]:
    return t.names_of(node.ty.name) if isinstance(node.ty, t.Object) else ()


def _held(declared: ObjectType, name: str) -> Any:
    criterion = declared.criteria.get(name.removeprefix("criteria."))
    return (
        declared.facts.get(name)
        or declared.links.get(name)
        or declared.back_lists.get(name)
        or criterion
    )
