"""The order of work: which stage of which kind of subject waits for which other.

What is ordered is (subject, kind, stage), under the readings chosen. A subject reads results of
its own type only along a tree link, of kinds earlier in order; a stage that waits for itself is an
error that names its path. What a quota's group waits for is its members' stage before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from khung.ir.entries import stages_of
from khung.ir.enums import ResultOf, Stage
from khung.ir.nodes import (
    Defined,
    Field,
    Fold,
    Kept,
    LevelOf,
    Literal,
    Node,
    Project,
    Ruled,
    Select,
    StateOf,
    Variable,
)
from khung.ir.rewrite import bottom_up, children, fold, walk
from khung.ir.types import Enumeration, Object, first_of, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.program import ObjectType, Program
    from khung.text import Span

_AS_ONE = {"pending": "scope", Stage.DEFER: str(Stage.VOTE)}
"""The stages that are worked out with another."""


def _stages(declared: ObjectType) -> tuple[str, ...]:
    """Return the stages of a type in order; the caps set last are in `quota`."""
    return ("scope", *(str(stage) for stage in stages_of(declared) if stage not in _AS_ONE))


class Work(NamedTuple):
    """One stage of one kind of a subject; `kind` is empty where there are no kinds."""

    subject: str
    kind: str
    stage: str

    def __str__(self) -> str:
        """Say it as a path: `unit.cell: cap`."""
        return f"{self.subject}{'.' + self.kind if self.kind else ''}: {self.stage}"


def check_order(program: Program, bag: Bag) -> None:
    """Report K0441 for a stage that waits for itself, with the path, under the readings chosen."""
    waits = {work: tuple(_waits(program, work)) for work in _all_work(program)}
    done: set[Work] = set()
    for work in waits:
        ring = _ring(work, waits, done, [])
        if ring:
            path = " → ".join(map(str, ring))
            bag.add("K0441", _closing(program, ring), path=path)
            return


def _ring(
    work: Work, waits: Mapping[Work, tuple[Work, ...]], done: set[Work], path: list[Work]
) -> list[Work]:
    if work in path:
        return [*path[path.index(work) :], work]
    if work in done:
        return []
    for other in waits.get(work, ()):
        ring = _ring(other, waits, done, [*path, work])
        if ring:
            return ring
    done.add(work)
    return []


def _closing(program: Program, ring: list[Work]) -> Span | None:
    """Return the last place of a ring where a rule reads a result; between stages there is none."""
    for work, other in reversed(tuple(pairwise(ring))):
        declared = program.objects[work.subject]
        for node in _stage_nodes(declared, work.stage):
            for part in walk(node):
                reader = _Reader(program, declared, work.kind)
                if isinstance(part, LevelOf | StateOf | Defined):
                    reader.look(part, {})
                if other in reader.found:
                    return part.span
    return None


def _all_work(program: Program) -> Iterator[Work]:
    for declared in program.subjects:
        if declared.ladder is not None:
            for kind in _kinds(declared):
                yield from (Work(declared.name, kind, stage) for stage in _stages(declared))


def _kinds(declared: ObjectType) -> tuple[str, ...]:
    return declared.kinds.values if declared.kinds else ("",)


def _waits(program: Program, work: Work) -> Iterator[Work]:
    """Yield what one stage of one kind waits for: its own stage before, and what its rules read."""
    declared = program.objects[work.subject]
    stages = _stages(declared)
    index = stages.index(work.stage)
    if index:
        yield work._replace(stage=stages[index - 1])
    reader = _Reader(program, declared, work.kind)
    for node in _stage_nodes(declared, work.stage):
        reader.look(node, {})
    yield from dict.fromkeys(reader.found)


def _stage_nodes(declared: ObjectType, stage: str) -> Iterator[Node]:
    """Yield what the rules of a stage read, as they are lowered; not the stage before."""
    for definition in declared.stages.values():
        for part in walk(definition.value):
            if isinstance(part, Ruled) and _AS_ONE.get(part.stage, part.stage) == stage:
                asked = (part.rule.when, *_asked_of_quota(part.body, declared))
                yield from (node for node in asked if node is not None)
                yield part.body


def _asked_of_quota(node: Node, declared: ObjectType) -> tuple[Node | None, ...]:
    if not isinstance(node, Kept):
        return ()
    quota = declared.quotas[node.place]
    return (*quota.per, quota.at_most, quota.places, *(key.value for key in quota.order))


@dataclass(slots=True)
class _Reader:
    """Finds the results that expressions of one kind of a subject read."""

    program: Program
    declared: ObjectType
    kind: str
    found: list[Work] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def look(self, node: Node, sources: Mapping[int, Node]) -> None:
        """Note the results read below a node. `sources` gives the list of each bound variable."""
        if any(isinstance(part, LevelOf | StateOf | Defined) for part in walk(node)):
            self._walk(fold(bottom_up(node, self._with_kind) if self.kind else node), sources)

    def _with_kind(self, node: Node) -> Node:
        is_kind = (
            isinstance(node, Field)
            and self.kind
            and node.name == self.declared.kind_field
            and isinstance(node.object, Variable)
            and node.object.slot == 0
            and isinstance(node.ty, Enumeration)
        )
        return Literal(self.kind, node.ty, node.span) if is_kind else node

    def _walk(self, node: Node, sources: Mapping[int, Node]) -> None:
        match node:
            case LevelOf():
                after = _AS_ONE.get(node.stage, str(node.stage))
                self._note(node.object, after, sources)
            case StateOf():
                stage = "quota" if node.what is ResultOf.STATUS else "scope"
                self._note(node.object, stage, sources)
            case Fold() | Select() | Project():
                inner = {**sources, node.variable.slot: node.list}
                for child in children(node):
                    self._walk(child, sources if child is node.list else inner)
                return
            case Defined():
                self._definition(node, sources)
            case _:
                pass
        for child in children(node):
            self._walk(child, sources)

    def _definition(self, node: Defined, sources: Mapping[int, Node]) -> None:
        own = isinstance(node.object, Variable) and node.object.slot == 0
        key, declared = (node.owner, node.name), self.program.objects[first_of(node.owner)]
        if key in self.seen or node.name in declared.stages:
            return
        self.seen.add(key)
        value = declared.definitions[node.name].value
        if own:
            self.look(value, sources)
        else:
            self._walk(fold(value), {**sources, 0: node.object})

    def _note(self, target: Node, stage: str, sources: Mapping[int, Node]) -> None:
        if not isinstance(target.ty, Object):
            return
        for name in names_of(target.ty.name):
            declared = self.program.objects[name]
            if declared.ladder is None:
                continue
            for kind in self._kinds_of(target, declared, sources):
                self.found.append(Work(name, kind, stage))

    def _kinds_of(
        self, target: Node, declared: ObjectType, sources: Mapping[int, Node]
    ) -> tuple[str, ...]:
        kinds = _kinds(declared)
        if declared.name != self.declared.name or not self.kind:
            return kinds
        if isinstance(target, Variable) and target.slot == 0 and 0 not in sources:
            return (self.kind,)
        if self._is_below(target, sources):
            return kinds[: kinds.index(self.kind)]
        return kinds

    def _is_below(self, target: Node, sources: Mapping[int, Node]) -> bool:
        """Whether an object was reached down a tree link."""
        if isinstance(target, Variable) and target.slot in sources:
            return self._is_below(sources[target.slot], sources)
        match target:
            case Field() if isinstance(target.object.ty, Object):
                owner = self.program.objects[first_of(target.object.ty.name)]
                back = owner.back_lists.get(target.name)
                return back is not None and self._is_tree(back.holder, back.link)
            case Select():
                return self._is_below(target.list, sources)
            case Defined():
                owner = self.program.objects[first_of(target.owner)]
                return self._is_below(owner.definitions[target.name].value, sources)
            case _:
                return False

    def _is_tree(self, holder: str, link: str) -> bool:
        declared = self.program.objects[holder].links.get(link)
        return declared is not None and declared.tree
