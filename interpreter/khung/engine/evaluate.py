"""The reference evaluator of expressions: one `match`, ends in, ends out.

It has no side effect. Where it disagrees with anything else, it is right
until the design says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from khung.engine import calls, folds, ladder, logic, members, tables, voting
from khung.engine.facts import Entity
from khung.engine.values import (
    ERROR,
    FALSE,
    MISSING,
    OPEN,
    TRUE,
    Element,
    Elements,
    Interval,
    Value,
    known,
    reason,
    truth,
    whole,
    within,
)
from khung.ir import types as t
from khung.ir.enums import GivenPart, ResultOf, Stage
from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Broken,
    Build,
    Call,
    Choice,
    Compare,
    CriteriaSet,
    Defined,
    Field,
    Fold,
    Given,
    Has,
    If,
    Kept,
    Least,
    LevelOf,
    Limit,
    Literal,
    Node,
    Not,
    Project,
    Rows,
    Ruled,
    Select,
    StateOf,
    There,
    Unknown,
    Variable,
    Winner,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Protocol

    from khung.engine.facts import Case
    from khung.ir.program import ObjectType, Values

    class Results(Protocol):
        """What the evaluator asks of the stages: results of other subjects."""

        def level(self, entity: Entity, stage: Stage) -> Value:
            """Return the level after a stage, as if in scope."""

        def state(self, entity: Entity, what: ResultOf) -> Value:
            """Return whether the subject is ranked or pending, or its status."""

        def kept(self, entity: Entity, place: int) -> Value | None:
            """Return the level that a quota leaves; None where it does not touch the subject."""


Env = tuple[Value, ...]

CACHED = frozenset({AllOf, AnyOf, Fold, Defined, CriteriaSet, If, Select, Project, Rows})
"""Nodes that cost more to work out again than to look up."""

CACHE_LIMIT = 200_000
"""How many values are kept before all are dropped; they are only ever worked out again."""


@dataclass(slots=True)
class Evaluator:
    """Expressions over one case. `results` gives what the stages found of other subjects."""

    values: Mapping[str, Values]
    objects: Mapping[str, ObjectType]
    case: Case | None = None
    results: Results | None = None
    on: date | None = None
    cache: dict[tuple[int, int], tuple[object, Value]] = field(default_factory=dict)

    def whole(self, ty: t.Type, why: str = MISSING) -> Value:
        """Return what is known when only the type is."""
        return whole(ty, self.values, why)

    # -- expressions -----------------------------------------------------------------------

    def evaluate(self, node: Node, env: Env) -> Value:
        """Return what is known of an expression's value.

        What hangs on `self` alone is worked out once and kept for a while: rules share parts, and
        explaining them looks again.

        Args:
            node: A checked expression.
            env: The value of each slot, `self` first.
        """
        if len(env) != 1 or type(node) not in CACHED:
            return self._evaluate(node, env)
        own = env[0].least
        key = (id(node), id(own))
        found = self.cache.get(key)
        if found is None:
            if len(self.cache) > CACHE_LIMIT:
                self.cache.clear()
            found = self.cache[key] = (own, self._evaluate(node, env))
        return found[1]

    def _evaluate(self, node: Node, env: Env) -> Value:
        match node:
            case Field() | Defined() | LevelOf():
                found = self.read(node, env)
                return self.whole(node.ty, ERROR) if found is None else found[0]
            case Compare():
                left, right = self.evaluate(node.left, env), self.evaluate(node.right, env)
                return logic.compare(node.op, left, right, _common(node.left.ty, node.right.ty))
            case Literal():
                return Value(node.value, node.value)
            case Variable():
                return env[node.slot]
            case AllOf():
                return logic.both(self.truth(operand, env) for operand in node.operands)
            case AnyOf():
                return logic.either(self.truth(operand, env) for operand in node.operands)
            case Not():
                return logic.negated(self.truth(node.operand, env))
            case If():
                return self._if(node, env)
            case Fold():
                return folds.fold(node, self.evaluate(node.list, env), env, self)
            case StateOf():
                return self._state(node, env)
            case Arithmetic():
                left, right = self.evaluate(node.left, env), self.evaluate(node.right, env)
                return logic.arithmetic(node.op, left, right, node.ty, self.whole(node.ty))
            case Call():
                return self._call(node, env)
            case CriteriaSet():
                return members.criteria_set(self, node, env)
            case Attribute():
                kind = self.evaluate(node.kind, env)
                return kind if kind.why else known(dict(node.values).get(kind.least, ""))
            case Has():
                return members.has(self, node, env)
            case Select():
                return folds.select(node, self.evaluate(node.list, env), env, self)
            case Project():
                return folds.project(node, self.evaluate(node.list, env), env, self)
            case Build():
                return self._build(node, env)
            case Rows():
                return tables.answer_of(node, env, self)
            case Unknown():
                return self.whole(node.ty)
            case Ruled():
                return self.evaluate(node.body, env)
            case Least():
                return ladder.lowest_of([self.evaluate(o, env) for o in node.operands])
            case Limit():
                return self._limit(node, env)
            case There():
                return FALSE if self.read(node.body, env) is None else TRUE
            case Given():
                return self._given(node, env[0].least)
            case Winner():
                return voting.won(node, env, self)
            case Choice():
                return voting.chosen(node, env, self)
            case Kept():
                return self._kept(node, env)
            case Broken():
                raise AssertionError(node)
            case _:
                assert_never(node)

    def _limit(self, node: Limit, env: Env) -> Value:
        found, top = self.read(node.body, env), self.evaluate(node.top, env)
        if found is None:
            return top
        value, sure = found
        return value if sure else within(value.least, max(value.most, top.most))

    def _given(self, node: Given, entity: Entity) -> Value:
        given = entity.given
        match node.part:
            case GivenPart.THERE:
                return known(given is not None)
            case GivenPart.LEVEL:
                return known(None if given is None else given.level)
            case GivenPart.STANDS:
                return known(given is not None and given.stands_for(node.stage))
            case GivenPart.OUT | GivenPart.PENDING:
                return known(given is not None and given.status == node.part.value)

    def _kept(self, node: Kept, env: Env) -> Value:
        before = self.evaluate(node.before, env)
        if self.results is None:
            return before
        after = self.results.kept(env[0].least, node.place)
        return before if after is None else after

    def truth(self, node: Node, env: Env) -> Value:
        """Return the value of a condition; a `null` of no type is an open one."""
        value = self.evaluate(node, env)
        return truth(False, True, value.why) if value.least is None else value

    def _if(self, node: If, env: Env) -> Value:
        condition = self.truth(node.condition, env)
        if condition.known:
            return self.evaluate(node.yes if condition.least else node.no, env)
        yes, no = self.evaluate(node.yes, env), self.evaluate(node.no, env)
        why = reason(condition, yes, no)
        return logic.hull(yes, no, why, ordered=_has_ends(yes) and _has_ends(no))

    def _build(self, node: Build, env: Env) -> Value:
        items = tuple(self.evaluate(item, env) for item in node.items)
        if node.bounds:
            low, high = items
            return known(Interval(low, high, node.bounds[0] == "[", node.bounds[1] == "]"))
        return known(Elements(tuple(Element(item) for item in items)))

    def _call(self, node: Call, env: Env) -> Value:
        arguments = [None if a is None else self.evaluate(a, env) for a in node.arguments]
        return calls.call(node, arguments, self)

    def _state(self, node: StateOf, env: Env) -> Value:
        target = self.evaluate(node.object, env)
        if target.why or self.results is None or target.least.stranger:
            return self.whole(node.ty)
        return self.results.state(target.least, node.what)

    # -- reading objects ---------------------------------------------------------------------

    def read(self, node: Node, env: Env) -> tuple[Value, bool] | None:
        """Return a value and whether it surely applies; None where it does not apply.

        Only what can be read of an object may fail to apply, directly or along a path.
        """
        if not isinstance(node, Field | Defined | LevelOf):
            return self.evaluate(node, env), True
        if isinstance(node.object, Variable):
            target, sure = env[node.object.slot], True
        else:
            found = self.read(node.object, env)
            if found is None:
                return None
            target, sure = found
        if target.why:
            return self.whole(node.ty, target.why), sure
        if isinstance(node.object.ty, t.Context):
            return target.least[node.name] if isinstance(node, Field) else OPEN, sure
        got = self._of_entity(node, target.least)
        return None if got is None else (got[0], got[1] and sure)

    def _of_entity(
        self, node: Field | Defined | LevelOf, entity: Entity
    ) -> tuple[Value, bool] | None:
        match node:
            case Field():
                return self.member(entity, node.name, node.ty)
            case Defined():
                return self.definition(entity, node.name)
            case LevelOf():
                return self._level(entity, node)

    def _level(self, entity: Entity, node: LevelOf) -> tuple[Value, bool] | None:
        if self.results is None or entity.stranger:
            return self.whole(node.ty), False
        ranked = self.results.state(entity, ResultOf.RANKED)
        if not ranked.most:
            return None
        return self.results.level(entity, node.stage), bool(ranked.least)

    def member(self, entity: Entity, name: str, ty: t.Type) -> tuple[Value, bool] | None:
        """Return a fact, link, back list or criterion, and whether it surely applies."""
        return members.member(self, entity, name, ty)

    def back_list(self, entity: Entity, name: str) -> Elements:
        """Return the objects that point here, and how many more its count says there are."""
        return members.back_list(self, entity, name)

    def definition(self, entity: Entity, name: str) -> tuple[Value, bool] | None:
        """Return a definition of an object, and whether it surely applies."""
        return members.definition(self, entity, name)


def _common(left: t.Type, right: t.Type) -> t.Type:
    return right if isinstance(left, t.Anything) else left


def _has_ends(value: Value) -> bool:
    return value.least is not None and not isinstance(value.least, str | Elements | Entity | dict)
