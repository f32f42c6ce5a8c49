"""Which rules bind a result: each that, at its stage, keeps the level from being one higher."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.entries import stages_of
from khung.ir.program import ladder_of
from khung.ir.rewrite import bottom_up, children
from khung.ir.stages import names
from khung.records import dataclass
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.facts import Entity
    from khung.engine.solver import Held, Solver
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType, ScopeRule


class Probe(NamedTuple):
    """A place where the rules may keep a level below a rank.

    Attributes:
        node: A rule, what a quota leaves, or what bodies give as if the rules before allowed all.
        unless: Decisions that stand for what is computed here.
        before: The level before a quota.
        asked: Of a ladder the requirements of the level, each with the conditions under which it
            is asked for; then `node` is what their failing leaves.
    """

    node: Node
    unless: tuple[Node, ...]
    before: Node | None = None
    asked: tuple[tuple[tuple[Node, ...], n.Ruled], ...] | None = None


@dataclass(slots=True)
class Reasons:
    """Asks what may bind. What is looked at is found once a type and rank, in `probes`."""

    supposed: dict[tuple[int, Stage, int], Node]
    probes: dict[tuple[int, int], tuple[Probe, ...]]

    def probed(self, declared: ObjectType, rank: int) -> tuple[Probe, ...]:
        """Return the places that may keep a type below a rank, in the rulebook's order."""
        key = (id(declared), rank)
        if key not in self.probes:
            final = declared.definition(names.of_stage(Stage.QUOTA)).value
            self.probes[key] = tuple(_Probes(self, declared, rank).of(final, ()))
        return self.probes[key]

    def below(self, entity: Entity, rank: int, solver: Solver) -> Iterator[n.Ruled]:
        """Yield the rules that keep a subject below a rank, in the order of the rulebook."""
        row = solver.row(entity)
        for probe in self.probed(entity.type, rank):
            if not any(row.layout.tester_of(given)(row) for given in probe.unless):
                yield from _binding(probe, rank, row)

    def bodies(self, entity: Entity, solver: Solver) -> Iterator[n.Ruled]:
        """Yield the bodies that gave a subject the best level after a decision."""
        rank, row = ladder_of(entity.type).levels[0].rank + 1, solver.row(entity)
        for stage, there in ((Stage.VOTE, entity.type.votes), (Stage.DEFER, entity.type.defer)):
            if there and entity.given is not None and entity.given.is_before(stage):
                yield from _spoken(self.suppose(entity.type, stage, rank), rank, row)

    def suppose(self, declared: ObjectType, stage: Stage, rank: int) -> Node:
        """Return what a vote or deferral gives, as if the rules before it allowed a rank."""
        key = (id(declared), stage, rank)
        if key not in self.supposed:
            before = {names.of_stage(s) for s in (Stage.CAP, Stage.VOTE) if s is not stage}
            made = _replaced(declared, names.of_stage(stage) + names.COMPUTED, before, rank)
            self.supposed[key] = made
        return self.supposed[key]


def _binding(probe: Probe, rank: int, row: Held) -> Iterator[n.Ruled]:
    """Yield the rules that bind at one place."""
    node, most_of = probe.node, row.layout.most_of
    if probe.asked is not None:
        failed = [*_failed(probe.asked, row)]
        yield from failed
        if failed and isinstance(node, n.Ruled):
            yield node
    elif not isinstance(node, n.Ruled):
        yield from _spoken(node, rank, row)
    elif most_of(node)(row) < rank and (probe.before is None or most_of(probe.before)(row) >= rank):
        yield node


def _failed(asked: tuple[tuple[tuple[Node, ...], n.Ruled], ...], row: Held) -> Iterator[n.Ruled]:
    """Yield the requirements that surely fail."""
    tester_of = row.layout.tester_of
    for conditions, ruled in asked:
        if tester_of(ruled)(row) is False and all(tester_of(each)(row) for each in conditions):
            yield ruled


def _spoken(node: Node, rank: int, row: Held) -> Iterator[n.Ruled]:
    """Yield the bodies that may have spoken, if together they keep below a rank."""
    if row.layout.most_of(node)(row) >= rank:
        return
    assert isinstance(node, n.If)  # noqa: S101  # first it is asked whether a step is missing
    found = node.no
    while isinstance(found, n.If):
        holds = row.layout.tester_of(found.condition)(row)
        if holds is not False and isinstance(found.yes, n.Ruled):
            yield found.yes
        if holds:
            return
        found = found.no


def met(entity: Entity, solver: Solver) -> Iterator[n.Ruled]:
    """Yield the requirements of the best level that apply to a subject."""
    for ruled in requirements_of(entity.type):
        when = ruled.rule.when
        if when is None or solver.truth(when, solver.env(entity)).most:
            yield ruled


def lifting(entity: Entity, rank: int, solver: Solver) -> Iterator[n.Ruled]:
    """Yield the rules that hold a subject up at a rank: what they lift would be lower."""
    env, given = solver.env(entity), entity.given
    for stage in stages_of(entity.type):
        node = lifted(entity.type, stage)
        stands = given is not None and given.stands_for(stage)
        if node is None or stands or solver.evaluate(node.operands[0], env).least >= rank:
            continue
        for operand in node.operands[1:]:
            if isinstance(operand, n.Ruled) and solver.evaluate(operand, env).least >= rank:
                yield operand


def lifted(declared: ObjectType, stage: Stage) -> n.Greatest | None:
    """Return what lifts a level at a stage, unless a step of the procedure is missing."""
    node = declared.definition(names.of_stage(stage) + names.COMPUTED).value
    node = node.no if isinstance(node, n.If) else node
    return node if isinstance(node, n.Greatest) else None


def requirements_of(declared: ObjectType) -> tuple[n.Ruled, ...]:
    """Return the own requirements of the best level of a type."""
    best = declared.definition(names.met(ladder_of(declared).levels[0].head.name)).value
    operands = best.operands if isinstance(best, n.AllOf) else ()
    return tuple(operand for operand in operands if isinstance(operand, n.Ruled))


def holding(rules: tuple[ScopeRule, ...], entity: Entity, solver: Solver) -> Iterator[Rule]:
    """Yield the rules whose condition surely holds."""
    for rule in (rule.head for rule in rules):
        if rule.when is None or solver.truth(rule.when, solver.env(entity)).least:
            yield rule


def _replaced(declared: ObjectType, name: str, before: set[str], rank: int) -> Node:
    """Return a stage with those before it replaced by a rank, and its own parts put in place."""

    def change(node: Node) -> Node:
        if not isinstance(node, n.Defined) or node.name not in declared.stages:
            return node
        if node.name in before:
            return n.Literal(rank, node.ty, node.span)
        is_part = node.name.startswith(names.of_stage(Stage.VOTE) + ".")
        return _replaced(declared, node.name, before, rank) if is_part else node

    return bottom_up(declared.definition(name).value, change)


@dataclass(frozen=True, slots=True)
class _Probes:
    """The walk down the levels of a type, to each place that may keep it below one rank."""

    reasons: Reasons
    declared: ObjectType
    rank: int

    def of(self, node: Node, unless: tuple[Node, ...]) -> Iterator[Probe]:
        """Yield the places below a level, in the order of the rulebook."""
        match node:
            case n.Defined():
                yield from self._defined(node, unless)
            case n.Least():
                for operand in node.operands:
                    yield from self.of(operand, unless)
            case n.Greatest():
                yield from self.of(node.operands[0], unless)
            case n.Ruled(body=n.Kept(before=before)):
                yield from self.of(before, unless)
                yield Probe(node, unless, before)
            case n.Ruled():
                if node.rule is not ladder_of(self.declared).levels[-1].head:  # keeps nobody below
                    yield Probe(node, unless)
            case n.If():
                yield from self._branch(node, unless)
            case _:
                for level in (part for part in children(node) if isinstance(part.ty, t.Scale)):
                    yield from self.of(level, unless)

    def _defined(self, node: n.Defined, unless: tuple[Node, ...]) -> Iterator[Probe]:
        """Votes and deferrals bind if they do even where the rules before them allow the rank."""
        declared = self.declared
        for stage, before, there in (
            (Stage.VOTE, Stage.CAP, declared.votes),
            (Stage.DEFER, Stage.VOTE, declared.defer),
        ):
            if there and node.name == names.of_stage(stage) + names.COMPUTED:
                yield from self.of(declared.definition(names.of_stage(before)).value, unless)
                yield Probe(self.reasons.suppose(declared, stage, self.rank), unless)
                return
        yield from self.of(declared.definition(node.name).value, unless)

    def _branch(self, node: n.If, unless: tuple[Node, ...]) -> Iterator[Probe]:
        """Of a ladder only the level at the rank is asked, and what its failing leaves."""
        if isinstance(node.condition, n.Given):
            yield from self.of(node.no, (*unless, node.condition))
        elif isinstance(node.yes, n.Literal) and isinstance(node.condition, n.Defined):
            if node.yes.value == self.rank:
                yield Probe(node.no, unless, asked=tuple(self._asked(node.condition, ())))
            elif node.yes.value > self.rank:  # type: ignore[operator]  # a rank
                yield from self.of(node.no, unless)
        else:
            yield from self.of(node.no, unless)

    def _asked(
        self, node: Node, conditions: tuple[Node, ...]
    ) -> Iterator[tuple[tuple[Node, ...], n.Ruled]]:
        """Yield the requirements of a level, and of those below it if asked."""
        match node:
            case n.Defined():
                yield from self._asked(self.declared.definition(node.name).value, conditions)
            case n.If():
                yield from self._asked(node.yes, (*conditions, node.condition))
            case n.Ruled():
                yield conditions, node
            case _:
                for part in children(node):
                    yield from self._asked(part, conditions)
