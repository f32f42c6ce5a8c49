"""Which outputs and checks two rulebooks may answer differently, by what they are made of.

Two outputs are alike where the core of both, and of all that they read, is the same but for words
and clauses; a date may stand as far off as the periods do. What reads the level of a subject is
never taken as alike: levels are compared on every case.
"""

from __future__ import annotations

from dataclasses import field, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.analysis.diff.cores import TOLD
from khung.analysis.diff.shift import moved_day
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import BackList
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.ir.program import ObjectType, Program

_RESULTS = (n.LevelOf, n.StateOf, n.Winner, n.Choice, n.Kept)
_MEMBERS = (n.Field, n.Has, n.Defined, n.CriteriaSet)
_SILENT = TOLD | {"low", "high", "key", "fixed"}
"""What no value hangs on: words, and what a case may state."""


class Asked(NamedTuple):
    """The outputs and the checks to look at, by the type of subject."""

    outputs: Mapping[str, frozenset[str]]
    checks: Mapping[str, frozenset[str]]


def outputs_of(declared: ObjectType) -> tuple[str, ...]:
    """Return what a type of subjects reports beside the level, in the order of its rulebook."""
    return (*(d.name for d in declared.definitions.values() if d.output), *declared.tables)


def touched(before: Program, after: Program, months: int) -> Asked:
    """Return the outputs and checks that both have and that may differ, and what one has alone.

    Args:
        before: The one rulebook.
        after: The other.
        months: By how much a case of the one is moved for the other.
    """
    look, outputs, checks = _Look(before, after, months), {}, {}
    for name in {**before.objects, **after.objects}:
        sides = [side.objects.get(name) for side in (before, after)]
        there = [side for side in sides if side is not None]
        reported = dict.fromkeys(one for side in there for one in outputs_of(side))
        checked = dict.fromkeys(c.head.name for side in there for c in side.checks)
        outputs[name] = frozenset(one for one in reported if not look.same_output(name, one))
        checks[name] = frozenset(one for one in checked if not look.same_check(name, one))
    return Asked(outputs, checks)


@dataclass(frozen=True, slots=True)
class _Look:
    """Compares the parts of two programs; `known` holds members, taken as alike while in work."""

    before: Program
    after: Program
    months: int
    known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def same_output(self, owner: str, name: str) -> bool:
        was, now = self._sides(owner)
        if was is None or now is None:
            return False
        final = [side.definitions[name].final for side in (was, now) if name in side.definitions]
        return not any(final) and self.same_member(owner, name)

    def same_check(self, owner: str, name: str) -> bool:
        was, now = (
            {check.head.name: check for check in side.checks} if side else {}
            for side in self._sides(owner)
        )
        return name in was and name in now and self.same(was[name], now[name])

    def same_member(self, owner: str, name: str) -> bool:
        """Say whether what an object holds under a name is alike, with all that it reads."""
        key = (owner, name)
        if key not in self.known:
            self.known[key] = True  # stands while a ring is looked through
            self.known[key] = self._same_member(owner, name)
        return self.known[key]

    def _same_member(self, owner: str, name: str) -> bool:
        was, now = (list(_held(side, name)) for side in self._sides(owner))
        return len(was) == len(now) and all(map(self.same, was, now))

    def _sides(self, owner: str) -> tuple[ObjectType | None, ObjectType | None]:
        return self.before.objects.get(owner), self.after.objects.get(owner)

    def same(self, one: Any, other: Any) -> bool:
        """Say whether two parts of the core are alike, with all that they read."""
        if type(one) is not type(other) or isinstance(one, _RESULTS):
            return False
        match one:
            case tuple():
                return len(one) == len(other) and all(map(self.same, one, other))
            case dict():
                return one.keys() == other.keys() and all(self.same(one[k], other[k]) for k in one)
            case n.Literal() if isinstance(one.ty, t.Date) and isinstance(one.value, date):
                return bool(moved_day(one.value, self.months) == other.value)
            case t.Scale():
                return one == other and self._scale(one.name)
            case _ if is_dataclass(one):
                return self._same_parts(one, other) and self._same_below(one)
            case _:  # a name, a number or a text: every node is a dataclass
                return bool(one == other)

    def _scale(self, name: str) -> bool:
        was, now = self.before.values.get(name), self.after.values.get(name)
        return was is not None and now is not None and was.values == now.values

    def _same_parts(self, one: Any, other: Any) -> bool:
        asked = (part.name for part in fields(one) if part.compare and part.name not in _SILENT)
        return all(self.same(getattr(one, name), getattr(other, name)) for name in asked)

    def _same_below(self, node: Any) -> bool:
        """Say whether the member that a node reads is alike, and the link behind a list."""
        if isinstance(node, BackList):
            return self.same_member(node.holder, node.link)
        if not isinstance(node, _MEMBERS) or not isinstance(node.object.ty, t.Object):
            return True
        name = f"sets.{node.name}" if isinstance(node, n.CriteriaSet) else node.name
        return all(self.same_member(owner, name) for owner in t.names_of(node.object.ty.name))


def _held(declared: ObjectType | None, name: str) -> Iterator[Any]:
    """Yield what a type holds under a name, of a list with the link and the count behind it."""
    if declared is None:
        return
    if name.startswith("sets."):
        held = declared.sets[name.removeprefix("sets.")]
        yield held
        yield from (declared.criteria[one] for one, _ in held.members)
    elif name.startswith("criteria."):
        yield declared.criteria.get(name.removeprefix("criteria."))
    else:
        groups = (declared.links, declared.tables, declared.definitions, declared.stages)
        yield from (group[name] for group in groups if name in group)
        for counted in (declared.facts.get(name), declared.back_lists.get(name)):
            if counted is not None:
                yield counted
                yield from _held(declared, counted.complete) if counted.complete else ()
