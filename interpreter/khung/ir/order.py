"""The order of work: which stage of which kind of subject waits for which other.

What is ordered is (subject, kind, stage), under the readings chosen. A subject reads results of
its own type only along a tree link, of kinds earlier in order; a stage that waits for itself is an
error that names its path. What a quota's group waits for is its members' stage before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from khung.ir.enums import ResultOf, Stage
from khung.ir.nodes import (
    AllOf,
    Defined,
    Field,
    Fold,
    LevelOf,
    Literal,
    Node,
    Project,
    Select,
    StateOf,
    Variable,
)
from khung.ir.rewrite import bottom_up, children, fold, walk
from khung.ir.types import Enumeration, Object, first_of, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from khung.diagnostics.bag import Bag
    from khung.ir.nodes import Rule
    from khung.ir.program import ObjectType, Program
    from khung.text import Span

STAGES = ("scope", "standard", "cap", "vote", "quota")
"""The stages in order; deferrals are in `vote`, the caps set last in `quota`."""


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
                yield from (Work(declared.name, kind, stage) for stage in STAGES)


def _kinds(declared: ObjectType) -> tuple[str, ...]:
    return declared.kinds.values if declared.kinds else ("",)


def _waits(program: Program, work: Work) -> Iterator[Work]:
    """Yield what one stage of one kind waits for: its own stage before, and what its rules read."""
    declared = program.objects[work.subject]
    index = STAGES.index(work.stage)
    if index:
        yield work._replace(stage=STAGES[index - 1])
    reader = _Reader(program, declared, work.kind)
    for node in _stage_nodes(declared, work.stage):
        reader.look(node, {})
    yield from dict.fromkeys(reader.found)


def _stage_nodes(declared: ObjectType, stage: str) -> Iterator[Node]:
    for rule, nodes in _rules_of(declared, stage):
        for node in (rule.when, *nodes):
            if node is not None:
                yield node


def _rules_of(declared: ObjectType, stage: str) -> Iterator[tuple[Rule, tuple[Node | None, ...]]]:
    ladder = declared.ladder
    match stage:
        case "scope":
            yield from ((r, ()) for r in (*declared.not_ranked, *declared.pending))
        case "standard" if ladder is not None:
            for level in ladder.levels:
                yield from ((r.rule, (_guarded(r.rule, r.that),)) for r in level.require)
            yield from ((k.rule, (_guarded(k.rule, k.to),)) for k in ladder.knockouts)
        case "cap":
            yield from _caps_of(declared, last=False)
        case "vote":
            for vote in declared.votes:
                yield vote.rule, (vote.ballots, vote.base)
            yield from ((d.rule, (d.among,)) for d in declared.defer)
        case _:
            for quota in declared.quotas:
                limits = (quota.at_most, quota.places)
                yield quota.rule, (*quota.per, *limits, *(key.value for key in quota.order))
            yield from _caps_of(declared, last=True)


def _caps_of(declared: ObjectType, *, last: bool) -> Iterator[tuple[Rule, tuple[Node | None, ...]]]:
    for cap in declared.caps:
        if cap.last is last:
            yield cap.rule, (_guarded(cap.rule, cap.at_most), cap.list, cap.where)


def _guarded(rule: Rule, node: Node) -> Node:
    """Return what a rule reads only where its condition holds, as one expression."""
    return node if rule.when is None else AllOf((rule.when, node), node.span)


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
                after = Stage.VOTE if node.stage is Stage.DEFER else node.stage
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
        key = (node.owner, node.name)
        if key in self.seen:
            return
        self.seen.add(key)
        value = self.program.objects[first_of(node.owner)].definitions[node.name].value
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
