"""The readings on which the value of an expression rests.

The *grounds* of a value are the readings in some parts of the expression that suffice for it: as
long as those parts keep their values, the whole does, whatever becomes of the rest. So another
option of a reading that is not among the grounds cannot change the value. Of a conjunction that is
false one false part suffices, of a true one all are needed; of a pass over a list those elements
that hold the outcome where it is, those left out by `where` included. Where several choices of
parts suffice, the one with the fewest readings is taken.

A part that evaluation did not reach is looked at only if it reads no result of a subject: what
the chosen readings leave out may hang on itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from khung.engine.facts import Entity
from khung.engine.grounds_of_passes import Side, counted, folded, listed
from khung.engine.sufficing import NONE, Readings, fewest, together
from khung.engine.tables import reached
from khung.engine.values import TRUE, Value, known
from khung.ir.enums import FoldOp, ResultOf, Stage
from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Compare,
    CriteriaSet,
    Defined,
    Field,
    Fold,
    Has,
    If,
    LevelOf,
    Literal,
    Node,
    Project,
    Rows,
    Select,
    StateOf,
)
from khung.ir.rewrite import children
from khung.rulebook.model import Hit
from khung.syntax.ast import CompareOp

if TYPE_CHECKING:
    from khung.engine.evaluate import Env, Evaluator
    from khung.engine.mentions import Mentioned


class Standing(Protocol):
    """What is asked of the stages: the grounds of results of other subjects."""

    def level(self, entity: Entity, stage: Stage) -> Readings:
        """Return the grounds of a level as it is read of another subject."""

    def at_least(self, entity: Entity, stage: Stage, rank: int) -> Readings:
        """Return the grounds of a level being no lower than a rank, which it is not."""

    def at_most(self, entity: Entity, stage: Stage, rank: int) -> Readings:
        """Return the grounds of a level being no higher than a rank, which it is not."""

    def state(self, entity: Entity, what: ResultOf) -> Readings:
        """Return the grounds of a subject being ranked or pending, or of its status."""


@dataclass(slots=True)
class Grounds:
    """Finds the grounds of expressions of one evaluation, each once."""

    evaluator: Evaluator
    mentioned: Mentioned
    standing: Standing
    found: dict[tuple[int, int], tuple[object, Readings]] = field(default_factory=dict)
    hanging: dict[int, bool] = field(default_factory=dict)

    def of(self, node: Node | None, env: Env) -> Readings:
        """Return the grounds of an expression's value, open ends included."""
        if node is None or not self._hangs(node):
            return NONE
        if len(env) != 1:
            return self._of(node, env)
        own = env[0].least
        key = (id(node), id(own))
        found = self.found.get(key)
        if found is None:
            found = self.found[key] = (own, self._of(node, env))
        return found[1]

    def _hangs(self, node: Node) -> bool:
        found = self.hanging.get(id(node))
        if found is None:
            found = self.hanging[id(node)] = any(self.mentioned.hangs(node))
        return found

    def _of(self, node: Node, env: Env) -> Readings:
        match node:
            case Literal():
                return frozenset({node.reading}) if node.reading else NONE
            case AllOf() | AnyOf():
                return self._joined(node, env)
            case If():
                return self._if(node, env)
            case Compare():
                return self._compared(node, env)
            case Fold():
                return folded(self, node, env)
            case Select() | Project():
                return listed(self, node, env)
            case Rows():
                return self._rows(node, env)
            case CriteriaSet() | Field() | Defined() | Has() | LevelOf() | StateOf():
                return self.of(node.object, env) | self._read(node, env)
            case _:
                return together(self.of(child, env) for child in children(node))

    def may_look(self, node: Node | None) -> bool:
        """Whether a part may be evaluated that evaluation did not reach."""
        return node is None or not self.mentioned.hangs(node).results

    def _joined(self, node: AllOf | AnyOf, env: Env) -> Readings:
        stop = isinstance(node, AnyOf)
        if not self._is(node, env, stop=stop):
            return together(self.of(operand, env) for operand in node.operands)
        hanging = [operand for operand in node.operands if self._hangs(operand)]
        if any(self._is(o, env, stop=stop) for o in node.operands if not self._hangs(o)):
            return NONE
        ways: list[Readings] = []
        for operand in hanging:
            if ways and not self.may_look(operand):
                continue
            if self._is(operand, env, stop=stop):
                ways.append(self.of(operand, env))
        return fewest(ways)

    def _is(self, node: Node, env: Env, *, stop: bool) -> bool:
        value = self.evaluator.truth(node, env)
        return value.known and value.least is stop

    def _if(self, node: If, env: Env) -> Readings:
        """Return the grounds of the condition and of its branch, or of both if they agree."""
        condition = self.evaluator.truth(node.condition, env)
        yes = self.of(node.yes, env) if condition.most else NONE
        no = self.of(node.no, env) if not condition.least else NONE
        straight = self.of(node.condition, env) | yes | no
        other = node.no if condition.least else node.yes
        if not straight or not condition.known or not self.may_look(other):
            return straight
        values = self.evaluator.evaluate(node.yes, env), self.evaluator.evaluate(node.no, env)
        if not _same(*values):
            return straight
        return fewest((straight, self.of(node.yes, env) | self.of(node.no, env)))

    def _rows(self, node: Rows, env: Env) -> Readings:
        found = list(reached(node.hit, (test for test, _ in node.rows), env, self.evaluator))
        sure = [row.place for row in found if row.holds.least]
        asked = range(len(node.rows))
        if node.hit is Hit.UNIQUE and sure:
            asked = range(sure[0], sure[0] + 1)
        elif node.hit is Hit.FIRST and sure:
            asked = range(sure[0] + 1)
        tests = together(self.of(node.rows[place][0], env) for place in asked)
        return tests.union(*(self.of(node.rows[row.place][1], env) for row in found))

    # -- comparisons ----------------------------------------------------------------------------

    def _compared(self, node: Compare, env: Env) -> Readings:
        side = _side(node.op, self.evaluator.truth(node, env))
        right = self.of(node.right, env)
        if isinstance(node.left, LevelOf) and side is not Side.BOTH:
            return right | self._level_compared(node, node.left, env, side)
        found = self._beneath(node.left, env)
        if found is not None:
            return right | counted(self, *found, side)
        return right | self.of(node.left, env)

    def _level_compared(self, node: Compare, left: LevelOf, env: Env, side: Side) -> Readings:
        """Return the grounds of a level being on its side of another."""
        target = self.evaluator.read(left.object, env)
        limit = self.evaluator.evaluate(node.right, env)
        if target is None or not isinstance(target[0].least, Entity) or limit.why:
            return self.of(left, env)
        entity: Entity = target[0].least
        if entity.stranger:
            return NONE
        above = node.op in (CompareOp.GT, CompareOp.LE)
        rank = limit.least + above if side is Side.HIGH else limit.least + above - 1
        bound = self.standing.at_least if side is Side.HIGH else self.standing.at_most
        ranked = self.standing.state(entity, ResultOf.RANKED)
        return self.of(left.object, env) | ranked | bound(entity, left.stage, rank)

    def _beneath(self, node: Node, env: Env) -> tuple[Fold, Env] | None:
        """Return the count or share that an expression is, perhaps by name."""
        if isinstance(node, Fold):
            return (node, env) if node.op in (FoldOp.COUNT, FoldOp.SHARE) else None
        if not isinstance(node, Defined) or self.of(node.object, env):
            return None
        target = self.evaluator.read(node.object, env)
        if target is None or not isinstance(target[0].least, Entity):
            return None
        declared = target[0].least.type.definitions[node.name]
        return None if declared.applies else self._beneath(declared.value, (target[0],))

    # -- members of objects ---------------------------------------------------------------------

    def _read(
        self, node: CriteriaSet | Field | Defined | Has | LevelOf | StateOf, env: Env
    ) -> Readings:
        found = self.evaluator.read(node.object, env)
        if found is None or not isinstance(found[0].least, Entity):
            return NONE
        entity, own = found[0].least, (found[0],)
        match node:
            case CriteriaSet():
                return self._set(entity, node.name, own)
            case Defined():
                declared = entity.type.definitions[node.name]
                applies = (
                    self.evaluator.evaluate(declared.applies, own) if declared.applies else TRUE
                )
                value = self.of(declared.value, own) if applies.most else NONE
                return self.of(declared.applies, own) | value
            case Field() | Has():
                return self._member(entity, node.name)
            case LevelOf():
                return NONE if entity.stranger else self.standing.level(entity, node.stage)
            case StateOf():
                return NONE if entity.stranger else self.standing.state(entity, node.what)

    def _set(self, entity: Entity, name: str, own: Env) -> Readings:
        members = entity.type.sets[name].members
        whens = (self.of(when, own) for _, when in members)
        return together((*whens, *(self._member(entity, f"criteria.{c}") for c, _ in members)))

    def _member(self, entity: Entity, name: str) -> Readings:
        """Return the grounds of a fact, link, back list or criterion."""
        own, declared = (known(entity),), entity.type
        if name in declared.back_lists:
            return self._back_list(entity, name)
        if name in declared.facts:
            fact = declared.facts[name]
            default = self.of(fact.default, own) if name not in entity.facts else NONE
            return default if fact.optional else default | self.of(fact.applies, own)
        if name in declared.links:
            link = declared.links[name]
            return NONE if link.optional else self.of(link.applies, own)
        criterion = declared.criteria.get(name.removeprefix("criteria."))
        return NONE if criterion is None else self.of(criterion.applies, own)

    def _back_list(self, entity: Entity, name: str) -> Readings:
        declared, case = entity.type.back_lists[name], self.evaluator.case
        link = self.evaluator.objects[declared.holder].links[declared.link]
        count = self._member(entity, declared.complete) if declared.complete else NONE
        if case is None or entity.stranger or link.optional or link.applies is None:
            return count
        holders = case.back_list(entity, name).items
        return count.union(*(self.of(link.applies, (item.value,)) for item in holders))


def _same(one: Value, other: Value) -> bool:
    """Whether two known values, that are no lists or objects, are equal."""
    plain = bool | int | Decimal | str | date
    return one.known and other.known and isinstance(one.least, plain) and one.least == other.least


def _side(op: CompareOp, outcome: Value) -> Side:
    """Return to which side of its limit the left of a comparison must stay."""
    if not outcome.known or op in (CompareOp.EQ, CompareOp.NE):
        return Side.BOTH
    return Side.HIGH if outcome.least is (op in (CompareOp.GT, CompareOp.GE)) else Side.LOW
