"""Which objects of a case are one: what is read of both is then the same, and a file can say it.

An object is told from others by a number where a rule asks whether two are the same; the subject
asked has the number 0. In: the objects of a space, settled. Out: limits of every case, and more of
those that are to be said as a file.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from khung.ir import types as t
from khung.records import dataclass
from khung.smt.space import ANY, IDENTITY, LeftOutError, Obj
from khung.smt.terms import compared, land, lnot, lor
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from khung.smt.lists import Lists
    from khung.smt.side import Side
    from khung.smt.space import Space, Var
    from khung.smt.terms import Term


def is_in_a_list(obj: Obj) -> bool:
    """Whether an object is an element of a list, or reached from one."""
    return "[" in obj.path


@dataclass(slots=True, eq=False)
class Identities:
    """Says what holds of objects that may be one.

    Attributes:
        side: Reads what is asked of links.
        held: What is asked of each object, by its path and by name.
        todo: Objects that are told apart and not yet compared with the others.
    """

    space: Space
    lists: Lists
    side: Side
    held: dict[str, dict[str, Var]] = field(default_factory=dict)
    told: list[Obj] = field(default_factory=list)
    todo: list[Obj] = field(default_factory=list)

    def settle(self) -> None:
        """Say what holds of each two objects that are told from each other."""
        for var in self.space.facts.values():
            self.held.setdefault(var.holder.path, {})[var.name] = var
        named = (o for o in self.space.objects.values() if IDENTITY in self.held.get(o.path, {}))
        self.todo = [obj for obj in named if ANY not in obj.path]
        if self.todo:
            self.told = [self.space.root]
        while self.todo:
            obj = self.todo.pop()
            for other in [*self.told]:
                self._of_two(other, obj)
            self.told.append(obj)

    def number(self, obj: Obj) -> Term:
        """Return the number of an object."""
        return self.side.identity(obj)

    def same(self, one: Obj, other: Obj) -> Term:
        """Return whether two objects are one."""
        return compared(CompareOp.EQ, self.number(one), self.number(other))

    def _of_two(self, one: Obj, other: Obj) -> None:
        same = self.same(one, other)
        apart = set(t.names_of(one.type)).isdisjoint(t.names_of(other.type))
        if apart or self._is_above(one, other) or self._is_above(other, one):
            self.space.limit(lnot(same), other.path)
            return
        self._hold_alike(one, other, same)
        self._lead_alike(one, other, same)
        sayable = self._sayable(one, other)
        if sayable is not True:
            if not any(other.path.startswith(path) for path in self.space.bounded):
                self.space.bounded.add(other.path)
            if self.lists.follows:
                self.space.limit(lor((lnot(same), sayable)), other.path)

    def _hold_alike(self, one: Obj, other: Obj, same: Term) -> None:
        """Say that what is asked of both is the same if they are one."""
        first, second = (self.held.get(obj.path, {}) for obj in (one, other))
        pairs = [(first[name], second[name]) for name in first if name in second]
        equal = (
            compared(CompareOp.EQ, a.term, b.term)
            for a, b in pairs
            if a.name != IDENTITY and a.ty == b.ty
        )
        self.space.limit(lor((lnot(same), land(equal))), other.path)

    def _lead_alike(self, one: Obj, other: Obj, same: Term) -> None:
        """Say that both lead to the same if they are one."""
        declared = self.side.program.objects.get(t.first_of(one.type))
        for name in declared.links if declared is not None else ():
            paths = [f"{obj.path}.{name}" for obj in (one, other)]
            if not all(path in self.space.objects for path in paths):
                continue
            ends = [self.space.objects[path] for path in paths]
            for end in ends:
                self._tell(end)
            leads = self._leads(one, name)
            alike = self.same(*ends)
            self.space.limit(lor((lnot(same), lnot(leads), alike)), other.path)

    def _leads(self, obj: Obj, name: str) -> Term:
        try:
            return self.side.has(obj, name)
        except LeftOutError:
            return True

    def _tell(self, obj: Obj) -> None:
        """Tell an object from others, if it is not yet."""
        if IDENTITY in self.held.get(obj.path, {}) or obj is self.space.root:
            return
        self.number(obj)
        self.held.setdefault(obj.path, {})[IDENTITY] = self.space.facts[obj.path, IDENTITY]
        self.todo.append(obj)

    def _is_above(self, one: Obj, other: Obj) -> bool:
        """Whether an object is reached from another by links of a tree alone."""
        while other.before is not None and not other.back and other is not one:
            declared = self.side.program.objects.get(t.first_of(other.before.type))
            link = declared.links.get(other.held) if declared is not None else None
            if link is None or not link.tree:
                return False
            other = other.before
        return other is one

    def _sayable(self, one: Obj, other: Obj) -> Term:
        """Return when a case file can say that two objects are one."""
        if any(obj.path.endswith("]") for obj in (one, other)) or self._is_listed(one, other):
            return False
        if one is self.space.root and _is_read(self.held.get(other.path, {})):
            return False
        if not (is_in_a_list(one) and is_in_a_list(other)):
            return True
        outside = [o for o in self.told if o.type == one.type and not is_in_a_list(o)]
        return lor(self.same(one, obj) for obj in outside)

    def _is_listed(self, one: Obj, other: Obj) -> bool:
        """Whether a list of the one is asked about, which the other may lengthen or hold, too."""
        of_both = [
            [source for source in self.lists.found.values() if source.holder is obj]
            for obj in (one, other)
        ]
        lengthens = (
            source.back == led.held
            for sources, led in zip(of_both, (other, one), strict=True)
            for source in sources
        )
        return all(of_both) or any(lengthens)


def _is_read(held: dict[str, Any]) -> bool:
    """Whether what comes of an object is read."""
    return any(name.startswith(("level ", "state ")) for name in held)
