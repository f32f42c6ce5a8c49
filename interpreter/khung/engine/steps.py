"""What a stage leaves to a body and what it finds, read off the definitions of the stages.

The values are solved already. A choice rides along one subject's own stages: a later one narrows
its options, or drops it where more than the choice is open.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from khung.engine import logic, voting
from khung.engine.voting import Decision, Finding, FindingCode, Step
from khung.ir import nodes as n
from khung.ir.rewrite import children
from khung.ir.stages import names
from khung.ir.types import BOOLEAN, Scale
from khung.records import dataclass, replace
from khung.rulebook.model.rules import Stage

if TYPE_CHECKING:
    from khung.engine.cut import Cut
    from khung.engine.facts import Entity
    from khung.engine.solver import Env, Held, Solver
    from khung.engine.values import Value
    from khung.ir.hanging import Hanging
    from khung.ir.nodes import Node
    from khung.ir.program import ObjectType, Vote


class Grouped(Protocol):
    """What is asked of one evaluation of all stages."""

    hanging: Hanging

    @property
    def evaluator(self) -> Solver:
        """What finds values."""

    def groups_of(self, declared: ObjectType, index: int) -> Cut:
        """Return the groups of a subject type's quota."""


@dataclass(slots=True)
class Steps:
    """Reads the steps of one evaluation, each once."""

    run: Grouped
    found: dict[tuple[int, str], Step] = field(default_factory=dict)

    def of(self, entity: Entity, name: str) -> Step:
        """Return the step that a stage's definition stands for."""
        key = (id(entity), name)
        if key not in self.found:
            self.found[key] = self._of(entity, name)
        return self.found[key]

    def comes_to(self, entity: Entity, stage: Stage, what: type[n.Winner | n.Choice]) -> bool:
        """Whether a body may have spoken at a stage: ballots are there, or a choice is left."""
        row, name = self.run.evaluator.row(entity), names.of_stage(stage)
        key, spoken = (id(entity.type), name), self.run.hanging.spoken
        condition = spoken.get(key)
        if condition is None:
            condition = reached(entity.type.definition(name).value, entity.type, name, what)
            spoken[key] = condition
        return row.layout.tester_of(condition)(row) is not False

    def may_leave_a_choice(self, row: Held) -> bool:
        """Whether a body may have a choice: one has none under a ceiling that is not known.

        That may be open by a choice, too, where points lie between those of two levels.
        """
        declared = row.type
        if declared.has_holes:
            return True
        least, most = self.run.evaluator.ends(row, names.of_stage(Stage.CAP))
        if least == most or any(map(_may_lift, declared.votes)):
            return True
        for place in range(len(declared.quotas)):
            step = self.run.groups_of(declared, place).step(row)
            if step is not None and step.decision is not None:
                return True
        return False

    def _of(self, entity: Entity, name: str) -> Step:
        level = self.run.evaluator.worth(entity, name)
        if name in _BEFORE_BODIES and not entity.type.has_holes:
            return Step(level)
        return self._read(entity.type.definition(name).value, entity, level)

    def _read(self, node: Node, entity: Entity, level: Value) -> Step:
        """Return the step of a node whose value, a level, is known already."""
        match node:
            case n.Defined():
                return self.of(entity, node.name)
            case n.If():
                return self._branch(node, entity, level)
            case n.Ruled(body=n.Winner() as winner):
                found = voting.outcome(winner, self._env(entity), self.run.evaluator)
                return self._under_a_choice(found, winner, entity)
            case n.Ruled(stage=Stage.STANDARD, body=n.Choice() as choice):
                return voting.between(choice, self.run.evaluator.evaluate(node, self._env(entity)))
            case n.Ruled(body=n.Choice() as choice):
                before = self.of(entity, names.of_stage(Stage.VOTE))
                found = voting.choice(choice, before, self._env(entity), self.run.evaluator)
                return self._under_a_choice(found, choice, entity)
            case n.Ruled(body=n.Kept() as kept):
                return self._kept(kept, entity)
            case n.Ruled():
                return Step(level)
            case _:  # of several levels the first is what was found before
                levels = [part for part in children(node) if isinstance(part.ty, Scale)]
                before = self._read(levels[0], entity, level) if levels else Step(level)
                if self._waits(before, levels[1:], entity):
                    return Step(level, before.ran, findings=before.findings)
                return before if level == before.level else following(before, Step(level, ran=True))

    def _under_a_choice(self, found: Step, node: n.Winner | n.Choice, entity: Entity) -> Step:
        """Return what a body decides, with the choice that its ceiling waits for, if any."""
        if found.decision is not None or not entity.type.has_holes:
            return found
        ceiling = self.of(entity, names.of_stage(Stage.CAP))
        if not voting.hangs_on_ceiling(node, self._env(entity), self.run.evaluator):
            return found
        return replace(found, decision=_left(ceiling.decision, found.level, by_others=True))

    def _waits(self, before: Step, limits: list[Node], entity: Entity) -> bool:
        """Whether a choice between levels by points waits for a limit that is open itself."""
        decision = before.decision
        if decision is None or decision.kind is not voting.DecisionKind.NO_BAND:
            return False
        env, low, high = self._env(entity), decision.options[0], decision.options[-1]
        found = (self.run.evaluator.evaluate(limit, env) for limit in limits)
        return any(not one.known and one.least < high and low < one.most for one in found)

    def _branch(self, node: n.If, entity: Entity, level: Value) -> Step:
        row = self.run.evaluator.row(entity)
        holds_here = row.layout.tester_of(node.condition)(row)
        if holds_here is False:
            found = self._read(node.no, entity, level)
            unvoted = self._unvoted(node, entity)
            return replace(found, findings=(*found.findings, *unvoted)) if unvoted else found
        if holds_here:
            return self._read(node.yes, entity, level)
        ways = [self._read(way, entity, level) for way in (node.yes, node.no)]
        rules = tuple(dict.fromkeys(rule for way in ways for rule in way.rules))
        is_body = isinstance(node.yes, n.Ruled)
        return Step(
            level,
            ran=any(way.ran for way in ways),
            findings=() if is_body else ways[1].findings,
            rules=rules,
            may_leave=any(way.leaves for way in ways),
        )

    def _unvoted(self, node: n.If, entity: Entity) -> tuple[Finding, ...]:
        """Return the finding of a vote that would bind, had it been held."""
        match node.yes:
            case n.Ruled(rule=rule, body=n.Winner()):
                env, by = self._env(entity), self.run.evaluator
                asked = (part for part in children(node.condition) if not isinstance(part, n.There))
                binds = logic.both(tuple(by.truth(part, env) for part in asked))
                code = FindingCode.NOT_VOTED
                return (Finding(rule, code, "warning"),) if binds.least else ()
            case _:  # no other way ends in a ballot
                return ()

    def _env(self, entity: Entity) -> Env:
        return self.run.evaluator.env(entity)

    def _kept(self, node: n.Kept, entity: Entity) -> Step:
        before = self._before(node, entity)
        groups = self.run.groups_of(entity.type, node.place)
        after = groups.step(entity)
        if after is None:
            return before
        by_others = self._is_own_choice(entity, before) and not groups.hangs_on(entity)
        return following(before, after, by_others=by_others)

    def _before(self, node: n.Kept, entity: Entity) -> Step:
        before = node.before
        name = before.name if isinstance(before, n.Defined) else names.of_stage(Stage.DEFER)
        return self.of(entity, name)

    def _is_own_choice(self, entity: Entity, before: Step) -> bool:
        """Whether what is open of a subject before a quota is a choice left to a body, and no more.

        Those who wait for each other behind their own choices would else never be asked.
        """
        alone = self.of(entity, names.of_stage(Stage.DEFER))
        chosen = alone.level.known or alone.decision is not None
        return before.decision is not None and chosen


_BEFORE_BODIES = tuple(map(names.of_stage, tuple(Stage)[: tuple(Stage).index(Stage.VOTE)]))
"""Stages at which no body has a choice."""


def _may_lift(vote: Vote) -> bool:
    """Whether a winner may stand above the ceiling, whatever that is."""
    above = vote.above_ceiling
    return not isinstance(above, n.Literal) or above.value == voting.WINS


def reached(node: Node, declared: ObjectType, stage: str, what: type[n.Winner | n.Choice]) -> Node:
    """Return the condition under which what a stage gives is said by a body."""
    match node:
        case n.Ruled():
            return n.Literal(isinstance(node.body, what), BOOLEAN, node.span)
        case n.If():
            yes, no = (reached(way, declared, stage, what) for way in (node.yes, node.no))
            return n.If(node.condition, yes, no, BOOLEAN, node.span)
        case n.Defined() if node.name.startswith(stage):
            return reached(declared.definition(node.name).value, declared, stage, what)
        case _:  # said by the rules alone, or by what came before
            return n.Literal(value=False, ty=BOOLEAN, span=node.span)


def following(before: Step, after: Step, *, by_others: bool = False) -> Step:
    """Return the later step with what the earlier one found, or that if nothing changed.

    A choice left open before stays open, among the options that the later step leaves.

    Args:
        before: The earlier step.
        after: What the later one makes of its level.
        by_others: Whether a choice stays whatever the later step leaves open, as only others, and
            the choice itself, leave it open.
    """
    if after.level == before.level and after.decision is None:
        return before
    decision = after.decision or _left(before.decision, after.level, by_others=by_others)
    found = (*before.findings, *after.findings)
    return replace(after, decision=decision, findings=found, may_leave=before.may_leave)


def _left(decision: Decision | None, level: Value, *, by_others: bool) -> Decision | None:
    """Return a decision with the options up to a level; None where more than those is open."""
    if decision is None or (level.known and not decision.may_leave):
        return None
    options = tuple(sorted({min(rank, level.most) for rank in decision.options}))
    ends = (options[0], options[-1]) if options else None
    whole = by_others or ends == (level.least, level.most)
    return replace(decision, options=options) if whole else None
