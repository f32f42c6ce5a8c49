"""Which outputs and checks two rulebooks may answer differently, by what they are made of.

Two outputs are alike where the core of both, and of all that they read, is the same but for words
and clauses; a date may stand as far off as the periods do. Levels are compared on every case: what
is alike but for the levels that it reads may differ where some level does.
"""

from __future__ import annotations

from dataclasses import field, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.analysis.diff.cores import TOLD
from khung.analysis.diff.shift import moved_day
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.hanging import hanging_of
from khung.ir.program import BackList
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from khung.ir.program import ObjectType, Program, Values

_RESULTS = (n.LevelOf, n.StateOf)
_STEPS = (n.Winner, n.Choice, n.Kept)
_MEMBERS = (n.Field, n.Has, n.Defined, n.CriteriaSet)
_SILENT = TOLD | {"low", "high", "key", "fixed"}
"""What no value hangs on: words, and what a case may state."""


class Asked(NamedTuple):
    """The outputs and the checks to look at, by the type of subject."""

    outputs: Mapping[str, frozenset[str]]
    checks: Mapping[str, frozenset[str]]


class Touched(NamedTuple):
    """What to look at in a case in which all levels are the same, and where one is not."""

    alone: Asked
    with_levels: Asked


Member = tuple[str, str]
"""A type, and the name of what its objects hold."""


class _Found(NamedTuple):
    """Whether two parts are alike, which members they read, and whether they read a result."""

    alike: bool
    reads: tuple[Member, ...]
    results: bool


def outputs_of(declared: ObjectType) -> tuple[str, ...]:
    """Return what a type of subjects reports beside the level, in the order of its rulebook."""
    return (*(d.name for d in declared.definitions.values() if d.output), *declared.tables)


def reads_results(program: Program, owner: str, part: str, name: str) -> bool:
    """Say whether an output or a check of a type reads a result, itself or through others."""
    declared = program.objects.get(owner)
    if declared is None:
        return False
    hanging = hanging_of(program)
    return any(hanging.hangs(node).results for node in _nodes(declared, part, name))


def _nodes(declared: ObjectType, part: str, name: str) -> Iterator[n.Node]:
    """Yield all that an output or a check is made of."""
    made: list[n.Node | None] = []
    for check in declared.checks if part == "checks" else ():
        made += (check.head.when, check.require) if check.head.name == name else ()
    if part == "outputs" and name in declared.definitions:
        made += (declared.definitions[name].applies, declared.definitions[name].value)
    if part == "outputs" and name in declared.tables:
        table = declared.tables[name]
        made += (table.applies, *table.inputs.values())
        made += (node for row in table.rows for node in (row.condition, *row.then.values()))
    yield from (node for node in made if node is not None)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Compares rulebooks of two years: under other readings most parts are the very same.

    Attributes:
        months: By how much a case of the one is moved for the other.
        brief: Whether what an output awaits is no matter: else one that is `final` may differ.
        found: What was found of two parts, by where they are; `kept` keeps them there.
    """

    months: int
    brief: bool = False
    found: dict[tuple[int, int], _Found] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)

    def touched(self, before: Program, after: Program) -> Touched:
        """Return the outputs and checks that may differ, with those that one side has alone."""
        look = _Look(self, before, after)
        alone, with_levels = (
            Asked(*(look.names(part, levels=levels) for part in ("outputs", "checks")))
            for levels in (False, True)
        )
        return Touched(alone, with_levels)

    def of(self, one: Any, other: Any, scales: tuple[Mapping[str, Values], ...]) -> _Found:
        """Return whether two parts are alike in themselves, and what they read."""
        key = (id(one), id(other))
        if key not in self.found:
            pair = _Pair(self.months, scales)
            alike = pair.same(one, other)
            self.found[key] = _Found(alike, tuple(dict.fromkeys(pair.reads)), pair.results)
            self.kept.append((one, other))
        return self.found[key]


@dataclass(frozen=True, slots=True)
class _Look:
    """Follows what two programs read; `known` holds members, taken as alike while in work."""

    likeness: Likeness
    before: Program
    after: Program
    known: dict[Member, tuple[bool, bool]] = field(default_factory=dict)

    def names(self, part: str, *, levels: bool) -> dict[str, frozenset[str]]:
        """Return the names of a part that may differ, by type."""
        found = {}
        for owner in {**self.before.objects, **self.after.objects}:
            sides = [_parts_of(declared, part) for declared in self._sides(owner)]
            names = dict.fromkeys(name for side in sides for name in side)
            found[owner] = frozenset(n for n in names if self._may_differ(owner, part, n, levels))
        return found

    def _may_differ(self, owner: str, part: str, name: str, levels: bool) -> bool:  # noqa: FBT001
        was, now = (_parts_of(declared, part).get(name) for declared in self._sides(owner))
        if (
            was is None
            or now is None
            or getattr(was, "final", False)
            or getattr(now, "final", False)
        ):
            return True
        alike, results = self._follow(((was, now),))
        return not alike or (levels and results)

    def _follow(self, pairs: Iterable[tuple[Any, Any]]) -> tuple[bool, bool]:
        """Return whether parts are alike with all that they read, and whether that is a result."""
        scales, results = (self.before.values, self.after.values), False
        for was, now in pairs:
            found = self.likeness.of(was, now, scales)
            results = results or found.results
            if not found.alike:
                return False, results
            for member in found.reads:
                alike, below = self._member(member)
                results = results or below
                if not alike:
                    return False, results
        return True, results

    def _member(self, member: Member) -> tuple[bool, bool]:
        if member not in self.known:
            self.known[member] = (True, True)  # stands while a ring is looked through
            owner, name = member
            was, now = (list(_held(declared, name)) for declared in self._sides(owner))
            same = len(was) == len(now)
            self.known[member] = self._follow(zip(was, now, strict=True)) if same else (False, True)
        return self.known[member]

    def _sides(self, owner: str) -> tuple[ObjectType | None, ObjectType | None]:
        return self.before.objects.get(owner), self.after.objects.get(owner)


@dataclass(slots=True)
class _Pair:
    """Compares two parts of the core, and notes the members and the results that both read."""

    months: int
    scales: tuple[Mapping[str, Values], ...]
    reads: list[Member] = field(default_factory=list)
    results: bool = False

    def same(self, one: Any, other: Any) -> bool:
        """Say whether two parts of the core are alike in themselves."""
        if type(one) is not type(other) or isinstance(one, _STEPS):
            return False
        match one:
            case tuple():
                return len(one) == len(other) and all(map(self.same, one, other))
            case dict():
                return one.keys() == other.keys() and all(self.same(one[k], other[k]) for k in one)
            case n.Literal() if isinstance(one.ty, t.Date) and isinstance(one.value, date):
                return bool(moved_day(one.value, self.months) == other.value)
            case t.Scale():
                was, now = (side.get(one.name) for side in self.scales)
                return one == other and (was and was.values) == (now and now.values)
            case _ if is_dataclass(one):
                return self._same_parts(one, other)
            case _:  # a name, a number or a text: every node is a dataclass
                return bool(one == other)

    def _same_parts(self, one: Any, other: Any) -> bool:
        if isinstance(one, _RESULTS):
            self.results = True
            if isinstance(one, n.LevelOf) and one.stage is not Stage.QUOTA:
                return False  # only the last level is compared on every case
        asked = (part.name for part in fields(one) if part.compare and part.name not in _SILENT)
        self.reads += _read(one)
        return all(self.same(getattr(one, name), getattr(other, name)) for name in asked)


def _read(node: Any) -> Iterator[Member]:
    """Yield the member that a node reads of an object, and the link behind a list."""
    if isinstance(node, BackList):
        yield node.holder, node.link
    elif isinstance(node, _MEMBERS) and isinstance(node.object.ty, t.Object):
        name = f"sets.{node.name}" if isinstance(node, n.CriteriaSet) else node.name
        yield from ((owner, name) for owner in t.names_of(node.object.ty.name))


def _parts_of(declared: ObjectType | None, part: str) -> Mapping[str, Any]:
    """Return the outputs or the checks of a type by name."""
    if declared is None:
        return {}
    if part == "checks":
        return {check.head.name: check for check in declared.checks}
    found = {one.name: one for one in declared.definitions.values() if one.output}
    return {**found, **declared.tables}


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
