"""Combinators: the closures that plans are made of, for reading, comparing, joining, folding."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.engine import logic
from khung.ir import types as t
from khung.ir.nodes import Compare, Field, Fold, FoldOp, Literal, Node, Variable
from khung.rulebook.model import Hit
from khung.syntax.ast import ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from collections.abc import Callable

    Env = list[Any]
    Plain = Callable[[Env], Any]


class OpenError(Exception):
    """Something is unknown, or not to be had from one record."""


def unknown(_env: Env) -> Any:
    """Raise `OpenError`, whatever the record."""
    raise OpenError


def every_at_least(node: Fold, source: Plain) -> Plain | None:
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


DECIMAL_OPS: dict[ArithmeticOp, Callable[[Any, Any], Decimal]] = {
    ArithmeticOp.ADD: logic.DECIMAL.add,
    ArithmeticOp.SUBTRACT: logic.DECIMAL.subtract,
    ArithmeticOp.MULTIPLY: logic.DECIMAL.multiply,
    ArithmeticOp.DIVIDE: logic.DECIMAL.divide,
}


def on_numbers(apply: Callable[[Any, Any], Decimal], left: Plain, right: Plain) -> Plain:
    """Reckon with decimals; what has no finite result is left to the reference."""

    def reckon(env: Env) -> Decimal:
        try:
            result = apply(left(env), right(env))
        except ArithmeticError:
            raise OpenError from None
        if not result.is_finite():
            raise OpenError
        return result

    return reckon


def rows(hit: Hit, pairs: list[tuple[Plain, ...]]) -> Plain:
    """Take what the rows of a table answer; where there is no one answer the reference decides."""
    if hit is Hit.COLLECT:
        return lambda env: [value(env) for condition, value in pairs if condition(env)]

    def one(env: Env) -> Any:
        found = None
        for condition, value in pairs:
            if condition(env):
                if found is not None:
                    raise OpenError
                found = value
                if hit is Hit.FIRST:
                    break
        if found is None:
            raise OpenError
        return found(env)

    return one


def against(node: Node, left: Plain, test: Callable[[Any, Any], bool], value: Any) -> Plain:
    """Compare with a constant; of a fact of the record, in one closure."""
    if not isinstance(node, Field):
        return lambda env: test(left(env), value)
    if not isinstance(node.object, Variable) or node.object.slot:
        return lambda env: test(left(env), value)
    name = node.name

    def compare(env: Env) -> bool:
        found = env[0].get(name)
        return test(left(env) if found is None else found, value)

    return compare


def read_own(name: str, default: Plain | None) -> Plain:
    """Read a fact of the record, or its default."""

    def read(env: Env) -> Any:
        found = env[0].get(name)
        if found is not None:
            return found
        if default is None or name in env[0]:
            raise OpenError
        return default(env)

    return read


def all_of(tests: tuple[Plain, ...]) -> Plain:
    """Join conditions: true if all hold."""
    if len(tests) == 2:  # noqa: PLR2004  # the common case, without a loop
        first, second = tests
        return lambda env: first(env) and second(env)

    def every(env: Env) -> bool:
        for test in tests:  # noqa: SIM110  # a generator costs twice as much
            if not test(env):
                return False
        return True

    return every


def any_of(tests: tuple[Plain, ...]) -> Plain:
    """Join conditions: true if one holds."""

    def some(env: Env) -> bool:
        for test in tests:  # noqa: SIM110  # a generator costs twice as much
            if test(env):
                return True
        return False

    return some


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


FOLDS: dict[FoldOp, Callable[[Plain], Plain]] = {
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
