"""Expressions as closures over complete records: the fast reading of the same nodes.

A closure gives a plain value and knows nothing of ends; it raises `OpenError` where something is
unknown or not to be had from one record. This is the only place where speed shapes the code, and
it is tested against the reference evaluator.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, assert_never

from khung.engine import calls, evaluate, logic
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
    FoldOp,
    Has,
    If,
    LevelOf,
    Literal,
    Node,
    Not,
    Project,
    Select,
    StateOf,
    Unknown,
    Variable,
)
from khung.ir.rewrite import fold as fold_constants
from khung.syntax.ast import CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from khung.ir.program import Program

    Env = list[Any]
    Plain = Callable[[Env], Any]

SLOTS = 8
"""Variables that may be bound at once, `self` included; more is left to the reference."""


class OpenError(Exception):
    """Something is unknown, or not to be had from one record."""


def _open(_env: Env) -> Any:
    raise OpenError


@dataclass(slots=True)
class Planner:
    """Builds closures over records of one program, ranked on the day `on`."""

    program: Program
    on: date
    run: evaluate.Evaluator = field(init=False)

    def __post_init__(self) -> None:
        self.run = evaluate.Evaluator(self.program.values, self.program.objects, on=self.on)

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
                return _all(tuple(map(self.expression, node.operands)))
            case AnyOf():
                return _any(tuple(map(self.expression, node.operands)))
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
                return (lambda env: env[slot]) if slot < SLOTS else _open
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
                return _open if node.bounds else lambda env: [item(env) for item in items]
            case LevelOf() | StateOf() | Unknown():
                return _open
            case Broken():
                raise AssertionError(node)
            case _:
                assert_never(node)

    # -- reading records --------------------------------------------------------------------------

    def _field(self, node: Field) -> Plain:
        name = node.name
        default = self._default(node)
        if isinstance(node.object, Variable) and node.object.slot == 0:
            return _read_self(name, default)
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
        fact = self.program.objects[node.object.ty.name.partition("|")[0]].facts.get(node.name)
        default = fact.default if fact else None
        return None if default is None else self.expression(fold_constants(default))

    def _defined(self, node: Defined) -> Plain:
        declared = self.program.objects[node.owner.partition("|")[0]].definitions[node.name]
        value = self.expression(fold_constants(declared.value))
        if isinstance(node.object, Variable) and node.object.slot == 0:
            return value
        target = self.expression(node.object)
        return lambda env: value([target(env), *[None] * (SLOTS - 1)])

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
            return _open
        always = tuple(key for key, tests in members if not tests)
        sometimes = tuple((key, _all(tests)) for key, tests in members if tests)

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
        test = _COMPARE[node.op]
        if isinstance(node.left.ty, t.Fraction):
            limit = self.expression(node.right)

            def share(env: Env) -> bool:
                part, whole = left(env)
                numerator, denominator = limit(env)
                return test(part * denominator, numerator * whole)

            return share
        if isinstance(node.right, Literal):
            value = node.right.value
            return lambda env: test(left(env), value)
        right = self.expression(node.right)
        return lambda env: test(left(env), right(env))

    def _if(self, node: If) -> Plain:
        condition = self.expression(node.condition)
        yes, no = self.expression(node.yes), self.expression(node.no)
        return lambda env: yes(env) if condition(env) else no(env)

    def _arithmetic(self, node: Arithmetic) -> Plain:
        left, right = self.expression(node.left), self.expression(node.right)
        op, ty = node.op, node.ty

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
        if node.function == "ballots for" or any(
            a is not None and isinstance(a.ty, t.List | t.Range) for a in node.arguments
        ):
            return _open
        arguments = [None if a is None else self.expression(a) for a in node.arguments]
        if node.function == "months between" and arguments[0] and arguments[1]:
            start, end = arguments[0], arguments[1]
            return lambda env: Decimal(logic.months_between(start(env), end(env)))
        run = self.run

        def apply(env: Env) -> Any:
            values = [None if a is None else known(a(env)) for a in arguments]
            result = calls.call(node, values, run)
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
            return _open
        source, name = self.expression(node.list), body.name
        owner = body.object.ty
        facts = self.program.objects[owner.name].facts if isinstance(owner, t.Object) else {}
        fact = facts.get(name)
        if fact is None or fact.applies is not None or fact.default is not None:
            return _open
        return lambda env: [item[name] for item in source(env)]

    def _fold(self, node: Fold) -> Plain:
        slot = node.variable.slot
        if slot >= SLOTS:
            return _open
        source, body = self.expression(node.list), self.expression(node.body)
        kept = self._kept(node.where, node.variable)
        if node.where is None and (quick := _quick(node, source)) is not None:
            return quick

        def values(env: Env) -> list[Any]:
            found = []
            for item in source(env):
                if kept(env, item):
                    env[slot] = item
                    found.append(body(env))
            return found

        return _FOLDS[node.op](values)


def _quick(node: Fold, source: Plain) -> Plain | None:
    """The common case: every element is at least a constant."""
    body = node.body
    if not (
        isinstance(body, Compare)
        and body.left == node.variable
        and isinstance(body.right, Literal)
        and not isinstance(body.left.ty, t.Fraction)
    ):
        return None
    value: Any = body.right.value
    if node.op is FoldOp.EVERY and body.op is CompareOp.GE:
        return lambda env: min(source(env), default=value) >= value
    return None


def _read_self(name: str, default: Plain | None) -> Plain:
    def read(env: Env) -> Any:
        found = env[0].get(name)
        if found is not None:
            return found
        if default is None or name in env[0]:
            raise OpenError
        return default(env)

    return read


def _all(tests: tuple[Plain, ...]) -> Plain:
    if len(tests) == 2:  # noqa: PLR2004  # the common case, without a loop
        first, second = tests
        return lambda env: first(env) and second(env)

    def every(env: Env) -> bool:
        for test in tests:  # noqa: SIM110  # a generator costs twice as much
            if not test(env):
                return False
        return True

    return every


def _any(tests: tuple[Plain, ...]) -> Plain:
    def some(env: Env) -> bool:
        for test in tests:  # noqa: SIM110  # a generator costs twice as much
            if test(env):
                return True
        return False

    return some


_COMPARE: dict[CompareOp, Callable[[Any, Any], bool]] = {
    CompareOp.EQ: operator.eq,
    CompareOp.NE: operator.ne,
    CompareOp.LT: operator.lt,
    CompareOp.LE: operator.le,
    CompareOp.GT: operator.gt,
    CompareOp.GE: operator.ge,
}


def _total(values: list[Any]) -> Any:
    total = Decimal(0)
    for value in values:
        total = logic.DECIMAL.add(total, Decimal(value))
    return total


def _nonempty(apply: Callable[[list[Any]], Any]) -> Callable[[Plain], Plain]:
    def make(values: Plain) -> Plain:
        def run(env: Env) -> Any:
            found = values(env)
            if not found:
                raise OpenError
            return apply(found)

        return run

    return make


def _over(apply: Callable[[list[Any]], Any]) -> Callable[[Plain], Plain]:
    return lambda values: lambda env: apply(values(env))


_FOLDS: dict[FoldOp, Callable[[Plain], Plain]] = {
    FoldOp.EVERY: _over(all),
    FoldOp.SOME: _over(any),
    FoldOp.COUNT: _over(lambda found: Decimal(sum(map(bool, found)))),
    FoldOp.SHARE: _over(lambda found: (sum(map(bool, found)), len(found))),
    FoldOp.SUM: _over(_total),
    FoldOp.AVERAGE: _nonempty(
        lambda found: logic.DECIMAL.divide(_total(found), Decimal(len(found)))
    ),
    FoldOp.LOWEST: _nonempty(min),
    FoldOp.HIGHEST: _nonempty(max),
}
