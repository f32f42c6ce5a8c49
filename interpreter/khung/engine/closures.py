"""Expressions as closures over complete records: the fast reading of the same nodes.

A closure gives a plain value and knows nothing of ends; it raises `OpenError` where something is
unknown or not to be had from one record. This is the only place where speed shapes the code, and
it is tested against the reference evaluator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, assert_never

from khung.engine import calls, evaluate, logic
from khung.engine.combinators import (
    DECIMAL_OPS,
    FOLDS,
    OpenError,
    against,
    all_of,
    any_of,
    every_at_least,
    on_numbers,
    read_own,
    rows,
    unknown,
)
from khung.engine.values import known
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
    Rows,
    Select,
    StateOf,
    Unknown,
    Variable,
)
from khung.ir.rewrite import fold as fold_constants

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from khung.engine.combinators import Env, Plain
    from khung.ir.program import Program

SLOTS = 8
"""Variables that may be bound at once, `self` included; more is left to the reference."""


@dataclass(slots=True)
class Planner:
    """Builds closures over records of one program, ranked on the day `on`."""

    program: Program
    on: date
    evaluator: evaluate.Evaluator = field(init=False)
    width: int = SLOTS
    own: dict[tuple[str, str], Plain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.evaluator = evaluate.Evaluator(self.program.values, self.program.objects, on=self.on)

    def expression(self, node: Node) -> Plain:  # an arm for every kind
        """Return a closure that gives the plain value of an expression, or raises OpenError."""
        match node:
            case Field():
                return self._field(node)
            case Compare():
                return self._compare(node)
            case Literal():
                value = node.value
                return lambda _env: value
            case AllOf():
                return all_of(tuple(map(self.expression, node.operands)))
            case AnyOf():
                return any_of(tuple(map(self.expression, node.operands)))
            case Not():
                operand = self.expression(node.operand)
                return lambda env: not operand(env)
            case If():
                return self._if(node)
            case Defined():
                return self._defined(node)
            case Fold():
                return self._fold(node)
            case Variable():
                slot = node.slot
                return (lambda env: env[slot]) if slot < SLOTS else unknown
            case Arithmetic():
                return self._arithmetic(node)
            case Call():
                return self._call(node)
            case CriteriaSet():
                return self._criteria(node)
            case Attribute():
                kind, values = self.expression(node.kind), dict(node.values)
                return lambda env: values[kind(env)]
            case Has():
                return self._has(node)
            case Select():
                source, kept = self.expression(node.list), self._kept(node.where, node.variable)
                return lambda env: [item for item in source(env) if kept(env, item)]
            case Project():
                return self._project(node)
            case Build():
                items = tuple(map(self.expression, node.items))
                return unknown if node.bounds else lambda env: [item(env) for item in items]
            case Rows():
                return rows(node.hit, [tuple(map(self.expression, row)) for row in node.rows])
            case LevelOf() | StateOf() | Unknown():
                return unknown
            case Broken():
                raise AssertionError(node)
            case _:
                assert_never(node)

    # -- reading records --------------------------------------------------------------------------

    def _field(self, node: Field) -> Plain:
        name = node.name
        default = self._default(node)
        if isinstance(node.object, Variable) and node.object.slot == 0:
            return read_own(name, default)
        target = self.expression(node.object)

        def read(env: Env) -> Any:
            found = target(env).get(name)
            if found is None:
                raise OpenError
            return found

        return read

    def _default(self, node: Field) -> Plain | None:
        if not isinstance(node.object.ty, t.Object):
            return None
        fact = self.program.objects[t.first_of(node.object.ty.name)].facts.get(node.name)
        default = fact.default if fact else None
        return None if default is None else self.expression(fold_constants(default))

    def _defined(self, node: Defined) -> Plain:
        owner = t.first_of(node.owner)
        key = (owner, node.name)
        if isinstance(node.object, Variable) and node.object.slot == 0:
            if key not in self.own:
                self.own[key] = self._worked_out_once(self._body(key))
            return self.own[key]
        target, value = self.expression(node.object), self._body(key)
        return lambda env: value([target(env), *[None] * (len(env) - 1)])

    def _body(self, key: tuple[str, str]) -> Plain:
        declared = self.program.objects[key[0]].definitions[key[1]]
        return self.expression(fold_constants(declared.value))

    def _worked_out_once(self, value: Plain) -> Plain:
        """Keep a definition of the record in a slot of its own; a value is never None."""
        slot, self.width = self.width, self.width + 1

        def read(env: Env) -> Any:
            found = env[slot]
            if found is None:
                found = env[slot] = value(env)
            return found

        return read

    def _has(self, node: Has) -> Plain:
        target, name = self.expression(node.object), node.name

        def there(env: Env) -> bool:
            record = target(env)
            if name not in record or record[name] is None:
                raise OpenError
            return bool(record[name] != "-")

        return there

    def _criteria(self, node: CriteriaSet) -> Plain:
        declared = self.program.objects[node.owner]
        members = []
        for name, when in declared.sets[node.name].members:
            conditions = [c for c in (when, declared.criteria[name].applies) if c is not None]
            tests = tuple(self.expression(fold_constants(c)) for c in conditions)
            members.append((f"criteria.{name}", tests))
        if not (isinstance(node.object, Variable) and node.object.slot == 0):
            return unknown
        always = tuple(key for key, tests in members if not tests)
        sometimes = tuple((key, all_of(tests)) for key, tests in members if tests)

        def grades(env: Env) -> list[Any]:
            record = env[0]
            try:
                found = [record[key] for key in always]
                found += [record[key] for key, applies in sometimes if applies(env)]
            except KeyError:
                raise OpenError from None
            if None in found:
                raise OpenError
            return found

        return grades

    # -- operators --------------------------------------------------------------------------------

    def _compare(self, node: Compare) -> Plain:
        left = self.expression(node.left)
        test = logic.COMPARE[node.op]
        if isinstance(node.left.ty, t.Fraction):
            limit = self.expression(node.right)

            def share(env: Env) -> bool:
                part, whole = left(env)
                numerator, denominator = limit(env)
                return test(part * denominator, numerator * whole)

            return share
        if isinstance(node.right, Literal):
            value = node.right.value
            return against(node.left, left, test, value)
        right = self.expression(node.right)
        return lambda env: test(left(env), right(env))

    def _if(self, node: If) -> Plain:
        condition = self.expression(node.condition)
        yes, no = self.expression(node.yes), self.expression(node.no)
        return lambda env: yes(env) if condition(env) else no(env)

    def _arithmetic(self, node: Arithmetic) -> Plain:
        left, right = self.expression(node.left), self.expression(node.right)
        op, ty = node.op, node.ty
        if op in DECIMAL_OPS and node.ty == node.left.ty == node.right.ty == t.NUMBER:
            return on_numbers(DECIMAL_OPS[op], left, right)

        def reckon(env: Env) -> Any:
            result = logic.exact(op, left(env), right(env), ty)
            if result is None:
                raise OpenError
            return result

        return reckon

    def _call(self, node: Call) -> Plain:
        if node.function == "on":
            on = self.on
            return lambda _env: on
        if node.function == "count" and node.arguments[0] is not None:
            counted = self.expression(node.arguments[0])
            return lambda env: Decimal(len(counted(env)))
        if node.function == "ballots for" or any(
            a is not None and isinstance(a.ty, t.List | t.Range) for a in node.arguments
        ):
            return unknown
        arguments = [None if a is None else self.expression(a) for a in node.arguments]
        if node.function == "months between" and arguments[0] and arguments[1]:
            start, end = arguments[0], arguments[1]
            return lambda env: Decimal(logic.months_between(start(env), end(env)))
        evaluator = self.evaluator

        def apply(env: Env) -> Any:
            values = [None if a is None else known(a(env)) for a in arguments]
            result = calls.call(node, values, evaluator)
            if result.why:
                raise OpenError
            return result.least

        return apply

    # -- lists ------------------------------------------------------------------------------------

    def _kept(self, where: Node | None, variable: Variable) -> Callable[[Env, Any], bool]:
        if where is None:
            return lambda _env, _item: True
        test, slot = self.expression(where), variable.slot

        def kept(env: Env, item: Any) -> bool:
            env[slot] = item
            return bool(test(env))

        return kept

    def _project(self, node: Project) -> Plain:
        body = node.body
        if not isinstance(body, Field) or not isinstance(body.object, Variable):
            return unknown
        source, name = self.expression(node.list), body.name
        owner = body.object.ty
        facts = self.program.objects[owner.name].facts if isinstance(owner, t.Object) else {}
        fact = facts.get(name)
        if fact is None or fact.applies is not None or fact.default is not None:
            return unknown
        return lambda env: [item[name] for item in source(env)]

    def _fold(self, node: Fold) -> Plain:
        slot = node.variable.slot
        if slot >= SLOTS:
            return unknown
        source, body = self.expression(node.list), self.expression(node.body)
        kept = self._kept(node.where, node.variable)
        if node.where is None and (quick := every_at_least(node, source)) is not None:
            return quick

        def values(env: Env) -> list[Any]:
            found = []
            for item in source(env):
                if kept(env, item):
                    env[slot] = item
                    found.append(body(env))
            return found

        return FOLDS[node.op](values)
