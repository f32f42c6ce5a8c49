"""Answers why the results of one evaluation are what they are, each question when it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from khung.engine import conditions
from khung.engine.checks import CheckState
from khung.engine.stages import Status
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.program import member_name
from khung.rulebook.model.rules import Stage
from khung.why.awaited import Awaited
from khung.why.missing import Missing
from khung.why.reads import Reads
from khung.why.reasons import Reasons, holding, lifting, met
from khung.why.rests import Rests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.engine.checks import Checked
    from khung.engine.facts import Entity
    from khung.engine.solver import Env, Solver
    from khung.engine.stages import Run
    from khung.engine.values import Element
    from khung.engine.voting import Decision
    from khung.ir.nodes import Node, Rule
    from khung.ir.program import Definition, ObjectType
    from khung.why.reads import Read


@dataclass(eq=False)
class Failure:
    """A rule that keeps the next level away, and what it read.

    `stage` is a `Stage`, or `scope` or `pending` for what comes before all of them.
    """

    rule: Rule
    stage: str
    nodes: tuple[Node | None, ...]
    env: Env
    solver: Solver

    @cached_property
    def _read(self) -> Reads:
        found = Reads(self.solver)
        found.of_each(self.nodes, self.env)
        return found

    @property
    def reads(self) -> tuple[Read, ...]:
        """The values that its conditions read, in the order of reading."""
        return tuple(self._read.reads.values())

    @property
    def records(self) -> tuple[Element, ...]:
        """The elements of lists that decided its conditions."""
        return tuple(self._read.records.values())


class Found(Protocol):
    """What a result says already when it is asked why."""

    entity: Entity

    @property
    def status(self) -> Status:
        """What can be said of the subject."""

    @property
    def level(self) -> int | None:
        """The rank, None unless ranked."""

    @property
    def next_level(self) -> int | None:
        """The rank above, None at the best level."""

    @property
    def decision(self) -> Decision | None:
        """The choice that is left to a body."""

    @property
    def checks(self) -> tuple[Checked, ...]:
        """What came of every check."""


class Explanation:
    """What is asked of one evaluation; it remembers on what parts of it rest."""

    def __init__(self, run: Run, *, defaults: bool = True) -> None:
        """Explain what a run found; without `defaults`, on which readings it rests and no more."""
        self.run = run
        self.hanging = run.hanging
        self.reasons = Reasons(self.hanging.supposed, self.hanging.probes)
        self.rests = Rests(run.evaluator, self.hanging, run, self.outcome, defaults=defaults)
        self.awaited = Awaited(run)
        self._told: dict[int, int] = {}
        self._beside: dict[int, tuple[Definition, ...]] = {}

    # -- rules ----------------------------------------------------------------------------------

    def binding(self, result: Found) -> Iterator[Failure]:
        """Yield the rules that keep a result from being one level higher; at the best, those met.

        The rule that leaves a choice to a body is among them.
        """
        found = [*self._binding(result)]
        yield from found
        decision = result.decision
        if decision is not None and all(one.rule.id != decision.rule.id for one in found):
            yield self._failure(result.entity, decision.rule, decision.kind.stage)

    def _binding(self, result: Found) -> Iterator[Failure]:
        entity, solver = result.entity, self.run.evaluator
        if result.status is Status.NOT_RANKED:
            for rule in holding(entity.type.not_ranked, entity, solver):
                yield self._failure(entity, rule, "scope", rule.when)
        elif result.status is Status.PENDING:
            for rule in holding(entity.type.pending, entity, solver):
                yield self._failure(entity, rule, "pending", rule.when)
        elif result.next_level is not None:
            for ruled in self.reasons.below(entity, result.next_level, solver):
                yield self._failure(entity, ruled.rule, ruled.stage, *_asked(ruled))
        elif entity.given is not None:
            for ruled in self.reasons.bodies(entity, solver):
                yield self._failure(entity, ruled.rule, ruled.stage, *_asked(ruled))
        elif result.status is Status.RANKED and not [*self.lifting(result)]:
            for ruled in met(entity, solver):
                yield self._failure(entity, ruled.rule, ruled.stage, _that(ruled))

    def lifting(self, result: Found) -> Iterator[n.Ruled]:
        """Yield the rules that hold the level of a result up."""
        if result.level is not None:
            yield from lifting(result.entity, result.level, self.run.evaluator)

    def _failure(self, entity: Entity, rule: Rule, stage: str, *nodes: Node | None) -> Failure:
        return Failure(rule, stage, nodes, self.run.evaluator.env(entity), self.run.evaluator)

    # -- readings and defaults ------------------------------------------------------------------

    def readings(self, result: Found) -> tuple[str, ...]:
        """Return the readings on which a result, and what is told beside it, rests."""
        return tuple(self.hanging.names(self._rests(result)))

    def assumed(self, result: Found) -> tuple[str, ...]:
        """Return the own defaults on which a result, and what is told beside it, rests."""
        found, entity = self._rests(result), result.entity
        bits = self.hanging.defaults_of(entity.type.name)
        return tuple(f"{entity.path}.{name}" for name, bit in bits.items() if found & bit)

    def outcome(self, entity: Entity) -> int:
        """Return on what a subject's status, level and decision rest."""
        scope, final = self.run.scope(entity), self.run.step(entity, Stage.QUOTA)
        left = final.decision is not None or final.may_leave
        out, pending = bool(scope.out.least), bool(scope.pending.least)
        return self.rests.outcome(entity, out=out, pending=pending, left=left)

    def _rests(self, result: Found) -> int:
        entity = result.entity
        key = id(entity)
        if key not in self._told:
            told = self._outputs(entity) | self._checks(entity, result.checks)
            self._told[key] = self.outcome(entity) | told
        return self._told[key]

    def _outputs(self, entity: Entity) -> int:
        """Return on what rests what is told beside the level: outputs, and what tables answer."""
        found = 0
        for definition in self._told_of(entity.type):
            waits = definition.final and self._waiting
            found |= (waits or self).defined(definition, entity)
        return found & self.hanging.readings

    @cached_property
    def _waiting(self) -> Explanation | None:
        """What explains the values that await what is still to be done; None if nothing is."""
        opened = self.awaited.opened
        return None if opened is None else Explanation(opened, defaults=False)

    def defined(self, definition: Definition, entity: Entity) -> int:
        """Return on what a definition of a subject rests."""
        env = self.run.evaluator.env(entity)
        found = self.rests.of_each((definition.applies,), env)
        if conditions.holds(definition.applies, env, self.run.evaluator).most:
            found |= self.rests.of(definition.value, env)
        return found

    def _told_of(self, declared: ObjectType) -> tuple[Definition, ...]:
        found = self._beside.get(id(declared))
        if found is None:
            tables = declared.tables.items()
            answers = {member_name(name, out) for name, table in tables for out in table.outputs}
            found = tuple(d for d in declared.definitions.values() if d.output or d.name in answers)
            self._beside[id(declared)] = found
        return found

    def _checks(self, entity: Entity, checks: tuple[Checked, ...]) -> int:
        """Return on what every check rests that is decided."""
        env, found = self.run.evaluator.env(entity), 0
        for check, state in checks:
            if state is not CheckState.UNKNOWN:
                found |= self.rests.of_each((check.head.when,), env)
            if state in (CheckState.MET, CheckState.VIOLATED):
                found |= self.rests.of(check.require, env)
        return found

    # -- what is missing ------------------------------------------------------------------------

    def missing(self, result: Found) -> tuple[str, ...]:
        """Return what leaves a result open."""
        if result.status is not Status.UNDETERMINED:
            return ()
        may_leave = self.run.step(result.entity, Stage.QUOTA).may_leave
        missing = Missing(self.run.evaluator, self.run)
        return missing.outcome(result.entity, may_leave=may_leave)


def _asked(ruled: n.Ruled) -> tuple[Node | None, ...]:
    """Return what is looked at to tell why a rule binds: its condition, or what it requires."""
    when, body = ruled.rule.when, ruled.body
    match body:
        case n.Winner():
            return (when, body.ballots, body.base)
        case n.Kept() | n.Literal():
            return ()
        case _:  # whatever a rule limits by, its condition says when
            return (when, _that(ruled)) if isinstance(ruled.ty, t.Boolean) else (when,)


def _that(ruled: n.Ruled) -> Node:
    """Return what a requirement asks for, where its condition holds."""
    body = ruled.body
    return body.operands[1] if ruled.rule.when is not None and isinstance(body, n.AnyOf) else body
