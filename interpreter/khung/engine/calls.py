"""Calls of builtins: which implementation stands for a name, and what it needs to see."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.engine import builtins, folds, working_days
from khung.engine.facts import Entity
from khung.engine.texts import text_of
from khung.engine.values import ERROR, INFINITY, Value, known, reason
from khung.ir import types as t

if TYPE_CHECKING:
    from khung.engine.solver import Solver
    from khung.ir.nodes import Call


def call(node: Call, arguments: list[Value | None], evaluator: Solver) -> Value:
    """Return a builtin's value on what is known of its arguments; None is one left out."""
    given = [a for a in arguments if a is not None]
    top = evaluator.whole(node.ty)
    match node.function:
        case "on":
            return known(evaluator.on)
        case "ballots for":
            return _ballots_for(given[0], given[1].least)
        case "is known":
            return known(given[0].known)
        case "default":
            return given[0] if given[0].known else given[1]
        case "abs":
            return builtins.absolute(given[0]) if given[0].least is not None else given[0]
        case "months between":
            return builtins.months(*given)
        case "working days between":
            return working_days.between(given[0], given[1], given[2], top)
        case "add working days":
            return working_days.added(given[0], given[1], given[2], top)
        case "lower" | "higher":
            direction = -1 if node.function == "lower" else 1
            levels = evaluator.values[node.ty.name].values if isinstance(node.ty, t.Scale) else ()
            return builtins.step(given[0], given[1], len(levels) - 1, direction)
        case "in range":
            return builtins.in_range(given[0], given[1], _argument_type(node, 0))
        case "list contains":
            return builtins.contains(given[0], given[1], _argument_type(node, 1))
        case "element":
            return builtins.element(given[0], given[1], top)
        case "entry":
            return _entry(given[0], given[1], top)
        case "concatenate":
            return builtins.concatenated(given, evaluator.whole(node.ty))
        case "distinct values":
            return builtins.distinct(given[0], _element_type(node))
        case "count" | "sum" | "mean" | "min" | "max" | "all" | "any":
            return folds.of_list(node.function, given[0], node.ty, top)
        case "string join":
            return _string_join(arguments, top)
        case "string":
            return _string(node, given[0], top)
        case _:
            return builtins.exact(node.function, _unpadded(arguments), top)


def _ballots_for(ballots: Value, rank: int) -> Value:
    if ballots.why:
        return Value(Decimal(0), INFINITY, ballots.why)
    return known(Decimal(ballots.least[rank]))


def _element_type(node: Call) -> t.Type:
    ty = _argument_type(node, 0)
    return ty.element if isinstance(ty, t.List) else ty


def _argument_type(node: Call, index: int) -> t.Type:
    argument = node.arguments[index]
    return t.ANYTHING if argument is None else argument.ty


def _unpadded(arguments: list[Value | None]) -> list[Value]:
    """Return the arguments; one left out between others is a plain None."""
    last = max((i for i, a in enumerate(arguments) if a is not None), default=-1)
    return [Value(None, None) if a is None else a for a in arguments[: last + 1]]


def _string_join(arguments: list[Value | None], top: Value) -> Value:
    source, delimiter = arguments[0], arguments[1]
    assert source is not None  # noqa: S101  # the first parameter is not optional
    if delimiter is not None and delimiter.why:
        delimiter = None
    return builtins.joined(source, delimiter.least if delimiter else "", top)


def _string(node: Call, value: Value, top: Value) -> Value:
    if value.why:
        return top._replace(why=value.why)
    text = text_of(value.least, _argument_type(node, 0))
    return top._replace(why=ERROR) if text is None else known(text)


def _entry(source: Value, key: Value, top: Value) -> Value:
    """Return the record of a keyed list that has a key; unknown if there is none."""
    if source.why or key.why:
        return top._replace(why=reason(source, key))
    for item in source.least.items:
        entity: Any = item.value.least
        if item.sure and isinstance(entity, Entity) and entity.key == str(key.least):
            return item.value  # type: ignore[no-any-return]  # elements are untyped
    return top
