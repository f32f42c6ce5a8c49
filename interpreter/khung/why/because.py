"""One walk down a value: to the parts that hold one of its ends where it is.

A value lies between a least and a most, so there are two questions: what keeps its lower end from
falling, and what its upper end from rising. A lowest of several is held from above by any one that
reaches so far down, from below by all of them; `and` and `or` are the lowest and the highest of
truth values. So the walk meets parts that are needed together, and choices between ways of which
each suffices. What is made of them, and what is noted at the leaves, says a class of its own for
each question: `rests` (readings, defaults), `reads`, `missing`.

As long as the parts that were met keep their values the whole does, whatever becomes of the rest.
What evaluation did not reach is looked at only if it reads no result of a subject: what the chosen
readings leave out may hang on itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar, assert_never

from khung.engine.facts import Entity
from khung.engine.folds import candidates
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.rewrite import children
from khung.rulebook.model import Hit
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.engine.solver import Env, Solver
    from khung.engine.values import Element, Elements, Value
    from khung.ir.nodes import Node
    from khung.ir.program import Fact, Link

Read = n.CriteriaSet | n.Field | n.Defined | n.Has | n.LevelOf | n.StateOf
"""What reads something of an object."""

Found = TypeVar("Found")
"""What a walk gathers."""


class End(IntEnum):
    """Which end of a value is to stay where it is."""

    LOW = 0
    HIGH = 1
    BOTH = 2


class Because(ABC, Generic[Found]):
    """The walk. A claim on a level may name a `rank` that it is to stay at, above or below."""

    def __init__(self, solver: Solver, nothing: Found) -> None:
        """Walk over what a solver found; `nothing` is what is gathered of what needs no reason."""
        self.solver = solver
        self.nothing = nothing

    # -- what the questions differ in ------------------------------------------------------------

    @abstractmethod
    def of(self, node: Node, env: Env, end: End = End.BOTH, rank: int | None = None) -> Found:
        """Return what holds an end of a value: of a level, what keeps it at or within `rank`."""

    @abstractmethod
    def together(self, parts: Iterable[Found]) -> Found:
        """Put together what is all needed."""

    @abstractmethod
    def choose(self, ways: Iterable[Found]) -> Found:
        """Put together ways of which each suffices; there is at least one."""

    @abstractmethod
    def literal(self, node: n.Literal) -> Found:
        """Return what is gathered of a constant."""

    @abstractmethod
    def fact(self, node: n.Field | n.Has, entity: Entity, env: Env) -> Found:
        """Return what is gathered of a fact, link, back list or criterion that is read."""

    @abstractmethod
    def members(self, node: n.CriteriaSet, entity: Entity, own: Env) -> Found:
        """Return what is gathered of who is in a set of criteria."""

    @abstractmethod
    def result(
        self, node: n.LevelOf | n.StateOf, entity: Entity, end: End, rank: int | None
    ) -> Found:
        """Return what is gathered of the level or the state of a subject."""

    @abstractmethod
    def fold(self, node: n.Fold, env: Env, end: End, rank: int | None) -> Found:
        """Return what holds an end of a pass over a list."""

    @abstractmethod
    def winner(self, node: n.Winner, env: Env, end: End, rank: int | None) -> Found:
        """Return what holds an end of the level that a ballot gives."""

    @abstractmethod
    def choice(self, node: n.Choice, env: Env, end: End, rank: int | None) -> Found:
        """Return what holds an end of the level that a body may choose."""

    @abstractmethod
    def kept(self, node: n.Kept, env: Env, end: End, rank: int | None) -> Found:
        """Return what holds an end of the level that a quota leaves."""

    # -- the descent ----------------------------------------------------------------------------

    def of_each(self, nodes: Iterable[Node | None], env: Env) -> Found:
        """Return what holds several values."""
        return self.together(self.of(node, env) for node in nodes if node is not None)

    def descend(self, node: Node, env: Env, end: End, rank: int | None) -> Found:
        """Return what holds an end of a value, by what it is made of."""
        match node:
            case n.Defined() | n.Field() | n.LevelOf() | n.StateOf() | n.Has() | n.CriteriaSet():
                return self._read(node, env, end, rank)
            case n.If():
                return self.branches(node, env, end, rank)
            case n.AllOf() | n.AnyOf():
                return self._joined(node, env)
            case n.Ruled():
                return self.of(node.body, env, end, rank)
            case n.Compare():
                return self._compared(node, env)
            case n.Fold():
                return self.fold(node, env, end, rank)
            case n.Literal():
                return self.literal(node)
            case n.Unknown() | n.Variable() | n.Given() | n.Broken():
                return self.nothing
            case n.Select() | n.Project():
                return self._passed(node, env)
            case n.Rows():
                return self._rows(node, env)
            case n.Least():
                return self._least(node, env, end, rank)
            case n.Greatest():
                return self._greatest(node, env, end, rank)
            case n.Limit():
                return self._limit(node, env, end, rank)
            case n.Winner():
                return self.winner(node, env, end, rank)
            case n.Choice():
                return self.choice(node, env, end, rank)
            case n.Kept():
                return self.kept(node, env, end, rank)
            case n.Not() | n.Arithmetic() | n.Attribute() | n.Build() | n.Call() | n.There():
                return self.of_each(children(node), env)
            case _:
                assert_never(node)

    def _joined(self, node: n.AllOf | n.AnyOf, env: Env) -> Found:
        """One operand settles a conjunction that is false, or a disjunction that is true."""
        stop = isinstance(node, n.AnyOf)
        if not is_known(self.solver.truth(node, env), stop):
            return self.of_each(node.operands, env)
        return self.choose(self._settling(node.operands, env, stop=stop))

    def _settling(self, operands: tuple[Node, ...], env: Env, *, stop: bool) -> Iterator[Found]:
        """Yield of each operand that settles the whole what holds it, those reached first."""
        reached = False
        for operand in operands:
            if reached and not self.may_look(operand):
                continue
            if is_known(self.solver.truth(operand, env), stop):
                reached = True
                yield self.of(operand, env)

    def branches(self, node: n.If, env: Env, end: End, rank: int | None) -> Found:
        """Return what holds a choice: its condition and the branch taken, or all that may be."""
        condition = self.solver.truth(node.condition, env)
        parts = [self.of(node.condition, env)]
        if condition.most:
            parts.append(self.of(node.yes, env, end, rank))
        if not condition.least:
            parts.append(self.of(node.no, env, end, rank))
        return self.together(parts)

    def _compared(self, node: n.Compare, env: Env) -> Found:
        """Of a comparison that is decided, its left must not fall, or must not rise."""
        end, rank = End.BOTH, None
        outcome = self.solver.truth(node, env)
        if outcome.known and node.op in (CompareOp.EQ, CompareOp.NE):
            if outcome.least is (node.op is CompareOp.NE):
                end, rank = self._apart(node, env)
        elif outcome.known:
            high = outcome.least is (node.op in (CompareOp.LT, CompareOp.LE))
            end = End.HIGH if high else End.LOW
            limit = self.solver.evaluate(node.right, env)
            if isinstance(node.left.ty, t.Scale) and not limit.why:
                above = node.op in (CompareOp.GT, CompareOp.LE)
                rank = limit.least + above - high
        return self.together((self.of(node.left, env, end, rank), self.of(node.right, env)))

    def _apart(self, node: n.Compare, env: Env) -> tuple[End, int | None]:
        """Return which end of a level keeps it from one that it is not, and where."""
        left, limit = (self.solver.evaluate(side, env) for side in (node.left, node.right))
        if isinstance(node.left.ty, t.Scale) and not limit.why and limit.least is not None:
            if left.most is not None and left.most < limit.least:
                return End.HIGH, limit.least - 1
            if left.least is not None and left.least > limit.least:
                return End.LOW, limit.least + 1
        return End.BOTH, None

    def _passed(self, node: n.Select | n.Project, env: Env) -> Found:
        parts = [self.of(node.list, env)]
        source = self.solver.evaluate(node.list, env)
        body = node.where if isinstance(node, n.Select) else node.body
        if body is not None and not source.why:
            parts += (self.of(body, env.inner(item.value)) for item in self.listed(source.least))
        return self.together(parts)

    def _rows(self, node: n.Rows, env: Env) -> Found:
        """Return what holds an answer: the tests up to the row that settles it, and the answers.

        Of `unique` the row that surely holds says all; of the others every row that was asked.
        """
        parts, last = [], len(node.rows) - 1
        holding = [self.solver.truth(test, env) for test, _ in self._asked(node, env)]
        sure = [place for place, holds in enumerate(holding) if holds.least]
        alone = node.hit is Hit.UNIQUE and bool(sure)
        if node.hit is not Hit.COLLECT and sure:
            last = sure[0]
        for place, holds in enumerate(holding):
            test, value = node.rows[place]
            if place <= last and (place == last or not alone):
                parts.append(self.of(test, env))
            if holds.most:
                parts.append(self.of(value, env))
        return self.together(parts)

    def _asked(self, node: n.Rows, env: Env) -> Iterator[tuple[Node, Node]]:
        """Yield the rows that were asked: of `first` none after one that surely holds."""
        for row in node.rows:
            yield row
            if node.hit is Hit.FIRST and self.solver.truth(row[0], env).least:
                return

    # -- levels ---------------------------------------------------------------------------------

    def _least(self, node: n.Least, env: Env, end: End, rank: int | None) -> Found:
        found = [(operand, self.solver.evaluate(operand, env)) for operand in node.operands]
        if end is End.HIGH and rank is not None:
            low = [operand for operand, value in found if value.most <= rank]
            return self.choose(self.of(operand, env, end, rank) for operand in low)
        if end is End.LOW:
            return self.together(self.of(o, env, end, rank) for o in node.operands)
        top = min(value.most for _, value in found)
        top = top if rank is None else min(rank, top)
        return self.together(
            self.of(operand, env, End.LOW if value.least >= top else End.BOTH, top)
            for operand, value in found
        )

    def _greatest(self, node: n.Greatest, env: Env, end: End, rank: int | None) -> Found:
        """Of one that is high enough from below nothing else is needed; from above all are."""
        found = [(operand, self.solver.evaluate(operand, env)) for operand in node.operands]
        if end is End.LOW and rank is not None:
            high = [operand for operand, value in found if value.least >= rank]
            return self.choose(self.of(operand, env, end, rank) for operand in high)
        if end is End.HIGH:
            return self.together(self.of(o, env, end, rank) for o in node.operands)
        bottom = max(value.least for _, value in found)
        return self.together(
            self.of(operand, env, End.HIGH, bottom)
            if value.most <= bottom
            else self.of(operand, env, End.BOTH, rank)
            for operand, value in found
        )

    def _limit(self, node: n.Limit, env: Env, end: End, rank: int | None) -> Found:
        """Where a level is a limit, its not applying raises it: so that need not be held."""
        return self.of(node.body, env, end, rank)

    def whole(self, node: Node, env: Env) -> Found:
        """Return what holds a level at both its ends; an open one rests on all it is made of."""
        level = self.solver.evaluate(node, env)
        if level.why:
            return self.of(node, env)
        ends = (End.LOW, End.HIGH)
        return self.together(self.of(node, env, end, level.least) for end in ends)

    # -- members of objects ---------------------------------------------------------------------

    def _read(self, node: Read, env: Env, end: End, rank: int | None) -> Found:
        if isinstance(node.object, n.Variable):
            target = env[node.object.slot].least
            known_one = isinstance(target, Entity)
            return self.member(node, target, env, end, rank) if known_one else self.nothing
        about = self.of(node.object, env)
        found = self.solver.read(node.object, env)
        if found is None or not isinstance(found[0].least, Entity):
            return about
        return self.together((about, self.member(node, found[0].least, env, end, rank)))

    def member(self, node: Read, entity: Entity, env: Env, end: End, rank: int | None) -> Found:
        """Return what holds what is read of an object."""
        match node:
            case n.Defined():
                return self.definition(node, entity, env, end, rank)
            case n.Field() | n.Has():
                return self.fact(node, entity, env)
            case n.CriteriaSet():
                return self.members(_own_set(node), entity, self.solver.env(entity))
            case n.LevelOf() | n.StateOf():
                return self.nothing if entity.stranger else self.result(node, entity, end, rank)
            case _:
                assert_never(node)

    def definition(
        self, node: n.Defined, entity: Entity, env: Env, end: End, rank: int | None
    ) -> Found:
        """Return what holds the value of a definition, and that it applies."""
        own, declared = self.solver.env(entity), entity.type.definition(node.name)
        if declared.applies is None:
            return self.of(declared.value, own, end, rank)
        parts = [self.of(declared.applies, own)]
        if self.solver.truth(declared.applies, own).most:
            parts.append(self.of(declared.value, own, end, rank))
        return self.together(parts)

    def taken(self, source: Elements, where: Node | None, env: Env) -> Iterator[Element]:
        """Yield the elements of a list, and one for all that are not seen, that may be kept."""
        for item, _ in candidates(source):
            if where is None or self.solver.truth(where, env.inner(item.value)).most:
                yield item

    def listed(self, source: Elements) -> Iterable[Element]:
        """Return the elements that a pass over a list is asked about."""
        return source.items

    def may_look(self, node: Node) -> bool:  # of the question, not of the walk
        """Whether a part may be evaluated that evaluation did not reach."""
        return False


def is_known(value: Value, wanted: object) -> bool:
    """Whether a truth value is known to be one."""
    return value.least is wanted and not value.why


def default_of(fact: Fact | Link | None) -> Node | None:
    """Return what a fact is worked out from where nothing is stated; None if from nothing."""
    return getattr(fact, "default", None)


@cache  # what is evaluated is known by its node, which so stays
def _own_set(node: n.CriteriaSet) -> n.CriteriaSet:
    """Return a set of criteria as the object that has it asks for it."""
    itself = n.Variable("self", 0, node.object.ty, node.span)
    return n.CriteriaSet(itself, node.owner, node.name, node.ty, node.span)
