"""Which rules bind a result: each that, at its stage, keeps the level from being one higher."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from khung.engine.solver import Env, Solver
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import ObjectType, ScopeRule


@dataclass(slots=True)
class Reasons:
    """Walks the levels of a program. What it supposes is kept, made once a type and rank."""

    supposed: dict[tuple[str, Stage, int], Node]

    def below(self, entity: Entity, rank: int, solver: Solver) -> Iterator[n.Ruled]:
        """Yield the rules that keep a subject below a rank, in the order of the rulebook."""
        walk = _Walk(self, solver, entity, rank)
        yield from walk.below(entity.type.definition(names.of_stage(Stage.QUOTA)).value)

    def bodies(self, entity: Entity, solver: Solver) -> Iterator[n.Ruled]:
        """Yield the bodies that gave a subject the best level after a decision."""
        walk = _Walk(self, solver, entity, ladder_of(entity.type).levels[0].rank + 1)
        for stage, there in ((Stage.VOTE, entity.type.votes), (Stage.DEFER, entity.type.defer)):
            if there and entity.given is not None and entity.given.is_before(stage):
                yield from walk.spoken(self.suppose(entity.type, stage, walk.rank))

    def suppose(self, declared: ObjectType, stage: Stage, rank: int) -> Node:
        """Return what a vote or deferral gives, as if the rules before it allowed a rank."""
        key = (declared.name, stage, rank)
        if key not in self.supposed:
            before = {names.of_stage(s) for s in (Stage.CAP, Stage.VOTE) if s is not stage}
            made = _replaced(declared, names.of_stage(stage) + names.COMPUTED, before, rank)
            self.supposed[key] = made
        return self.supposed[key]


def met(entity: Entity, solver: Solver) -> Iterator[n.Ruled]:
    """Yield the requirements of the best level that apply to a subject."""
    best = entity.type.definition(names.met(ladder_of(entity.type).levels[0].head.name)).value
    for ruled in _own_requirements(best):
        when = ruled.rule.when
        if when is None or solver.truth(when, solver.env(entity)).most:
            yield ruled


def lifting(entity: Entity, rank: int, solver: Solver) -> Iterator[n.Ruled]:
    """Yield the rules that hold a subject up at a rank: what they lift would be lower."""
    env, given = solver.env(entity), entity.given
    for stage in stages_of(entity.type):
        node = _lifted(entity.type.definition(names.of_stage(stage) + names.COMPUTED).value)
        stands = given is not None and given.stands_for(stage)
        if node is None or stands or solver.evaluate(node.operands[0], env).least >= rank:
            continue
        for operand in node.operands[1:]:
            if isinstance(operand, n.Ruled) and solver.evaluate(operand, env).least >= rank:
                yield operand


def _lifted(node: Node) -> n.Greatest | None:
    """Return what lifts a level, unless a step of the procedure is missing."""
    node = node.no if isinstance(node, n.If) else node
    return node if isinstance(node, n.Greatest) else None


def _own_requirements(met_level: Node) -> Iterator[n.Ruled]:
    operands = met_level.operands if isinstance(met_level, n.AllOf) else ()
    yield from (operand for operand in operands if isinstance(operand, n.Ruled))


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
class _Walk:
    """The walk down the levels of one subject, to what keeps it below one rank."""

    reasons: Reasons
    solver: Solver
    entity: Entity
    rank: int

    @property
    def env(self) -> Env:
        return self.solver.env(self.entity)

    def below(self, node: Node) -> Iterator[n.Ruled]:
        """Yield the rules that keep a level below the rank."""
        match node:
            case n.Defined():
                yield from self._stage(node)
            case n.Least():
                for operand in node.operands:
                    yield from self.below(operand)
            case n.Greatest():
                yield from self.below(node.operands[0])
            case n.Ruled(body=n.Kept() as kept):
                yield from self.below(kept.before)
                if self._most(node) < self.rank <= self._most(kept.before):
                    yield node
            case n.Ruled():
                if self._most(node) < self.rank and not self._is_otherwise(node):
                    yield node
            case n.If():
                yield from self._branch(node)
            case _:
                for level in (part for part in children(node) if isinstance(part.ty, t.Scale)):
                    yield from self.below(level)

    def _is_otherwise(self, node: n.Ruled) -> bool:
        """Whether this is the lowest level, which keeps nobody below what others ask for."""
        return node.rule is ladder_of(self.entity.type).levels[-1].head

    def _most(self, node: Node) -> int:
        most: int = self.solver.evaluate(node, self.env).most
        return most

    def _stage(self, node: n.Defined) -> Iterator[n.Ruled]:
        """Votes and deferrals bind if they do even where the rules before them allow the rank."""
        value, declared = self.entity.type.definition(node.name).value, self.entity.type
        for stage, before, there in (
            (Stage.VOTE, Stage.CAP, declared.votes),
            (Stage.DEFER, Stage.VOTE, declared.defer),
        ):
            if there and node.name == names.of_stage(stage) + names.COMPUTED:
                yield from self._stage_before(node, before)
                yield from self.spoken(self.reasons.suppose(declared, stage, self.rank))
                return
        yield from self.below(value)

    def _stage_before(self, node: n.Defined, stage: Stage) -> Iterator[n.Ruled]:
        owner = node.owner
        before = n.Defined(node.object, owner, names.of_stage(stage), node.ty, node.span)
        yield from self.below(before)

    def spoken(self, node: Node) -> Iterator[n.Ruled]:
        """Yield the bodies that may have spoken, if together they keep below the rank."""
        if self._most(node) >= self.rank:
            return
        assert isinstance(node, n.If)  # noqa: S101  # first it is asked whether a step is missing
        found = node.no
        while isinstance(found, n.If):
            condition = self.solver.truth(found.condition, self.env)
            if condition.most and isinstance(found.yes, n.Ruled):
                yield found.yes
            if condition.least:
                return
            found = found.no

    def _branch(self, node: n.If) -> Iterator[n.Ruled]:
        """Of a ladder only the level at the rank is asked, and what its failing leaves."""
        if isinstance(node.condition, n.Given):
            if not self.solver.truth(node.condition, self.env).least:
                yield from self.below(node.no)
        elif isinstance(node.yes, n.Literal) and isinstance(node.condition, n.Defined):
            if node.yes.value == self.rank:
                failed = [*self._failed(node.condition)]
                yield from failed
                if failed and isinstance(node.no, n.Ruled):
                    yield node.no
            elif node.yes.value > self.rank:  # type: ignore[operator]  # a rank
                yield from self.below(node.no)
        else:
            yield from self.below(node.no)

    def _failed(self, node: Node) -> Iterator[n.Ruled]:
        """Yield the requirements that surely fail of a level, and of those below it if asked."""
        match node:
            case n.Defined():
                yield from self._failed(self.entity.type.definition(node.name).value)
            case n.If():
                if self.solver.truth(node.condition, self.env).least:
                    yield from self._failed(node.yes)
            case n.Ruled():
                if not self.solver.truth(node, self.env).most:
                    yield node
            case _:
                for part in children(node):
                    yield from self._failed(part)
