"""The reference evaluator of expressions: one `match`, ends in, ends out.

It has no side effect. Where it disagrees with anything else, it is right
until the design says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from khung.engine import calls, folds, logic
from khung.engine.facts import Entity, Stated, stranger
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
from khung.ir.nodes import (
    AllOf,
    AnyOf,
    Arithmetic,
    Attribute,
    Broken,
    Build,
    Call,
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
    Not,
    Project,
    ResultOf,
    Select,
    Stage,
    StateOf,
    Unknown,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Protocol

    from khung.engine.facts import Case
    from khung.ir.program import Criterion, Fact, ObjectType, Values

    class Results(Protocol):
        """What the evaluator asks of the stages: results of other subjects."""

        def level(self, entity: Entity, stage: Stage) -> Value:
            """Return the level after a stage, as if in scope."""

        def state(self, entity: Entity, what: ResultOf) -> Value:
            """Return whether the subject is ranked or pending, or its status."""


Env = tuple[Value, ...]

KEPT = 200_000
"""How many values are kept before all are dropped; they are only ever worked out again."""


@dataclass(slots=True)
class Evaluator:
    """Expressions over one case. `results` gives what the stages found of other subjects."""

    values: Mapping[str, Values]
    objects: Mapping[str, ObjectType]
    case: Case | None = None
    results: Results | None = None
    on: date | None = None
    kept: dict[tuple[int, int], tuple[object, Value]] = field(default_factory=dict)

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
        if isinstance(node, Literal):
            return Value(node.value, node.value)
        if isinstance(node, Variable):
            return env[node.slot]
        if len(env) != 1:
            return self._evaluate(node, env)
        own = env[0].least
        key = (id(node), id(own))
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) > KEPT:
                self.kept.clear()
            found = self.kept[key] = (own, self._evaluate(node, env))
        return found[1]

    def _evaluate(self, node: Node, env: Env) -> Value:
        match node:
            case Field():
                found = self.read(node, env)
                return self.whole(node.ty, ERROR) if found is None else found[0]
            case Compare():
                left, right = self.evaluate(node.left, env), self.evaluate(node.right, env)
                return logic.compare(node.op, left, right, _common(node.left.ty, node.right.ty))
            case Literal() | Variable():
                return self.evaluate(node, env)
            case AllOf():
                return logic.both(self.truth(operand, env) for operand in node.operands)
            case AnyOf():
                return logic.either(self.truth(operand, env) for operand in node.operands)
            case Not():
                return logic.negated(self.truth(node.operand, env))
            case If():
                return self._if(node, env)
            case Defined():
                found = self.read(node, env)
                return self.whole(node.ty, ERROR) if found is None else found[0]
            case Fold():
                return folds.fold(node, self.evaluate(node.list, env), env, self)
            case LevelOf():
                found = self.read(node, env)
                return self.whole(node.ty, ERROR) if found is None else found[0]
            case StateOf():
                return self._state(node, env)
            case Arithmetic():
                left, right = self.evaluate(node.left, env), self.evaluate(node.right, env)
                return logic.arithmetic(node.op, left, right, node.ty, self.whole(node.ty))
            case Call():
                return self._call(node, env)
            case CriteriaSet():
                return self._criteria_set(node, env)
            case Attribute():
                kind = self.evaluate(node.kind, env)
                return kind if kind.why else known(dict(node.values).get(kind.least, ""))
            case Has():
                return self._has(node, env)
            case Select():
                return folds.select(node, self.evaluate(node.list, env), env, self)
            case Project():
                return folds.project(node, self.evaluate(node.list, env), env, self)
            case Build():
                return self._build(node, env)
            case Unknown():
                return self.whole(node.ty)
            case Broken():
                raise AssertionError(node)
            case _:
                assert_never(node)

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
        declared = entity.type
        if name in declared.facts:
            return self._fact(entity, declared.facts[name])
        if name == declared.kind_field:
            stated = entity.facts.get(name, OPEN)
            return (OPEN, True) if stated is Stated.ABSENT else (stated, True)
        if name in declared.links:
            link = declared.links[name]
            return self._stated(entity, name, link.applies, optional=link.optional, ty=ty)
        if name in declared.back_lists:
            return known(self.back_list(entity, name)), True
        if name == "owner":
            return (known(entity.owner), True) if entity.owner else (OPEN, True)
        return self._criterion(entity, declared.criteria[name.removeprefix("criteria.")])

    def _fact(self, entity: Entity, fact: Fact) -> tuple[Value, bool] | None:
        if fact.applies is not None:
            applies = self._applies(entity, fact.applies, fact.name, optional=fact.optional)
            if not applies.most:
                return None
            if applies.why:
                return self._within(fact), False
        stated = entity.facts.get(fact.name)
        if stated is Stated.ABSENT:
            return None
        if stated is not None:
            return (self._within(fact) if stated.why else stated), True
        if fact.default is not None and not entity.stranger:
            return self.evaluate(fact.default, (known(entity),)), True
        if isinstance(fact.ty, t.Ballots) and not entity.stranger:
            return None
        return self._within(fact), True

    def _within(self, fact: Fact) -> Value:
        """What is known of a fact that is not: the ends of its range, else of its type."""
        least, most, why = self.whole(fact.ty)
        if fact.low is not None:
            least = fact.low
        if fact.high is not None:
            most = fact.high
        return Value(least, most, why) if why else Value(least, most)

    def _stated(
        self, entity: Entity, name: str, applies: Node | None, *, optional: bool, ty: t.Type
    ) -> tuple[Value, bool] | None:
        condition = self._applies(entity, applies, name, optional=optional)
        if not condition.most:
            return None
        stated = entity.facts.get(name)
        if stated is Stated.ABSENT:
            return None
        if condition.why or stated is None or stated.why:
            return self.whole(ty), condition.known
        return stated, True

    def _applies(
        self, entity: Entity, condition: Node | None, name: str, *, optional: bool
    ) -> Value:
        if condition is None:
            return TRUE
        if optional:
            return self._there(entity, name)
        return self.evaluate(condition, (known(entity),))

    def _there(self, entity: Entity, name: str) -> Value:
        """Whether a fact or link is there: stated by a value or by `-`, else unknown."""
        stated = entity.facts.get(name)
        if stated is Stated.ABSENT:
            return FALSE
        if stated is not None and stated.known:
            return TRUE
        fact = entity.type.facts.get(name)
        has_default = stated is None and fact is not None and fact.default is not None
        return TRUE if has_default and not entity.stranger else truth(least=False, most=True)

    def _has(self, node: Has, env: Env) -> Value:
        found = self.read(node.object, env)
        if found is None:
            return FALSE
        target = found[0]
        if target.why:
            return truth(least=False, most=True, why=target.why)
        entity: Entity = target.least
        declared = entity.type.facts.get(node.name) or entity.type.links.get(node.name)
        if declared is None:
            return TRUE
        if declared.applies is None or declared.optional:
            return self._there(entity, node.name)
        return self.evaluate(declared.applies, (known(entity),))

    def back_list(self, entity: Entity, name: str) -> Elements:
        """Return the objects that point here, and how many more its count says there are."""
        declared = entity.type.back_lists[name]
        other = known(stranger(self.objects[declared.holder]))
        if entity.stranger or self.case is None:
            return Elements((), None, other)
        found = self.case.back_list(entity, name)
        count = self.member(entity, declared.complete, t.NUMBER) if declared.complete else None
        if count is None:
            return found
        if not count[0].most.is_finite():
            return Elements(found.items, None, other)
        return Elements(found.items, max(0, int(count[0].most) - len(found.items)), other)

    def _criterion(self, entity: Entity, criterion: Criterion) -> tuple[Value, bool] | None:
        name = f"criteria.{criterion.id}"
        applies = self._applies(entity, criterion.applies, name, optional=False)
        if not applies.most:
            return None
        stated = entity.facts.get(name)
        if stated is Stated.ABSENT:
            return None
        if applies.why or stated is None or stated.why:
            return self._grades(criterion), applies.known
        return stated, True

    def _grades(self, criterion: Criterion) -> Value:
        if criterion.low is not None and criterion.high is not None:
            return within(criterion.low, criterion.high)
        return self.whole(criterion.ty)

    def _criteria_set(self, node: CriteriaSet, env: Env) -> Value:
        found = self.read(node.object, env)
        if found is None or found[0].why:
            return OPEN
        entity: Entity = found[0].least
        items = (self._set_member(entity, m) for m in entity.type.sets[node.name].members)
        return known(Elements(tuple(item for item in items if item is not None)))

    def _set_member(self, entity: Entity, member: tuple[str, Node | None]) -> Element | None:
        name, when = member
        taken = TRUE if when is None else self.evaluate(when, (known(entity),))
        if not taken.most:
            return None
        grade = self._criterion(entity, entity.type.criteria[name])
        return None if grade is None else Element(grade[0], taken.known and grade[1], name)

    def definition(self, entity: Entity, name: str) -> tuple[Value, bool] | None:
        """Return a definition of an object, worked out once, and whether it surely applies."""
        declared = entity.type.definitions[name]
        applies = self._applies(entity, declared.applies, name, optional=False)
        if not applies.most:
            return None
        if not applies.known:
            return self.whole(declared.ty), False
        return self.evaluate(declared.value, (known(entity),)), True


def _common(left: t.Type, right: t.Type) -> t.Type:
    return right if isinstance(left, t.Anything) else left


def _has_ends(value: Value) -> bool:
    return value.least is not None and not isinstance(value.least, str | Elements | Entity | dict)
