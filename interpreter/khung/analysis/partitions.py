"""All that an input of a table may be, one value for each part that its cells tell apart."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from khung.engine.evaluate import Evaluator
from khung.engine.values import Elements, Interval, Share
from khung.ir import nodes as n
from khung.ir import types as t
from khung.ir.enums import FoldOp
from khung.ir.rewrite import children
from khung.syntax.operators import ArithmeticOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.program import Program

_Ends = tuple[Any, Any]
"""The least and the greatest that a value may be; None where it has no end."""

_ENDLESS: _Ends = (None, None)

_WHOLE: dict[str, _Ends] = {
    "count": (0, None),
    "ballots for": (0, None),
    "string length": (0, None),
    "months between": _ENDLESS,
    "working days between": _ENDLESS,
    ".month": (1, 12),
    ".day": (1, 31),
    ".weekday": (1, 7),
}
"""Functions that give whole numbers, and the ends of these: a time from a later day to an earlier
one is below 0."""

_ROUNDED = frozenset({"floor", "ceiling", "round up", "round down", "round half up"})
"""Functions that give whole numbers if they are asked for no digits after the point."""

_KEEPS_WHOLE = frozenset({ArithmeticOp.ADD, ArithmeticOp.SUBTRACT, ArithmeticOp.MULTIPLY})

_ANY_OTHER = "…"  # a text that stands for any but those that cells name


def values_of(node: n.Node, cells: Iterable[n.Node], program: Program) -> list[Any]:
    """Return values of an input, in run-time form, so that cells tell no others apart.

    Args:
        node: The input.
        cells: The tests of it.
        program: What declares types and ranges.
    """
    ty = node.ty
    match ty:
        case t.Boolean():
            return [False, True]
        case t.Scale():
            return list(range(len(program.values[ty.name].values)))
        case t.Enumeration():
            return list(program.values[ty.name].values)
        case t.String():
            texts = sorted(_constants(node, cells, program))
            return [*texts, _other_than(texts)]
        case t.Date():
            return _days(node, _constants(node, cells, program), program)
        case t.Fraction():
            return _shares(_constants(node, cells, program))
        case _:
            return _numbers(node, _constants(node, cells, program), program)


def _other_than(texts: list[str]) -> str:
    other = _ANY_OTHER
    while other in texts:
        other += _ANY_OTHER
    return other


# -- constants ------------------------------------------------------------------------------------


def _constants(node: n.Node, cells: Iterable[n.Node], program: Program) -> set[Any]:
    evaluator = Evaluator(program.values, program.objects)
    found = (part for cell in cells for part in fixed_parts(cell, node))
    return {value for part in found for value in _scalars(evaluator.evaluate(part, ()).least)}


def fixed_parts(cell: n.Node, node: n.Node) -> Iterator[n.Node]:
    """Yield the parts of a test beside the input that it tests."""
    for child in children(cell):
        if child == node:
            continue
        if _contains(child, node):
            yield from fixed_parts(child, node)
        elif child.ty != t.BOOLEAN:
            yield child


def _contains(node: n.Node, wanted: n.Node) -> bool:
    return node == wanted or any(_contains(child, wanted) for child in children(node))


def _scalars(value: Any) -> Iterator[Any]:
    match value:
        case Elements():
            yield from (item.value.least for item in value.items)
        case Interval():
            yield from (value.low.least, value.high.least)
        case _:
            yield value


# -- what has an order ----------------------------------------------------------------------------


def _numbers(node: n.Node, constants: set[Any], program: Program) -> list[Any]:
    points = sorted({Decimal(c) for c in constants})
    if node.ty == t.MONTHS:
        return [int(n) for n in _steps(points, _ENDLESS)]
    whole = _whole_ends(node)
    if whole is not None:
        return _steps(points, whole)
    low, high = _range(node, program)
    points = sorted({*points, *(end for end in (low, high) if end is not None)})
    between = [(a + b) / 2 for a, b in pairwise(points)]
    outside = [points[0] - 1, points[-1] + 1] if points else [Decimal(0)]
    return _within([*points, *between, *outside], low, high)


def _steps(points: Iterable[Decimal], ends: _Ends) -> list[Decimal]:
    """Return the whole numbers at and beside some points."""
    near = {Decimal(f(p)) + d for p in points for f in (floor, ceil) for d in (-1, 0, 1)}
    return _within(near, *ends) or [Decimal(ends[0] or 0)]


def _whole_ends(node: n.Node) -> _Ends | None:
    """Return the ends of a value that is a whole number; None of any other."""
    match node:
        case n.Fold(op=FoldOp.COUNT):
            return _WHOLE["count"]
        case n.Call(function=function, arguments=(_, *digits)) if function in _ROUNDED:
            return _ENDLESS if all(_is_none(scale) for scale in digits) else None
        case n.Call(function=function):
            return _WHOLE.get(function)
        case n.Literal(value=Decimal() as value) if value == value.to_integral_value():
            return value, value
        case n.Arithmetic(left=left, right=right) if node.op in _KEEPS_WHOLE:
            return _ends_of(node.op, _whole_ends(left), _whole_ends(right))
        case _:  # not known to be whole, which asks for more values, not for fewer
            return None


def _ends_of(op: ArithmeticOp, left: _Ends | None, right: _Ends | None) -> _Ends | None:
    """Return the ends of a whole number made of two: a least one of two that are not below 0."""
    if left is None or right is None:
        return None
    least, other = left[0], right[0]
    if op is ArithmeticOp.SUBTRACT or None in (least, other) or min(least, other) < 0:
        return _ENDLESS
    return (least + other if op is ArithmeticOp.ADD else least * other, None)


def _is_none(digits: n.Node | None) -> bool:
    return digits is None or (isinstance(digits, n.Literal) and digits.value == 0)


def _days(node: n.Node, constants: set[date], program: Program) -> list[date]:
    low, high = _range(node, program)
    points = {*constants, *(end for end in (low, high) if end is not None)}
    near = {day for point in points for day in _around(point)}
    return _within(near or {program.period[0]}, low, high)


def _around(day: date) -> Iterator[date]:
    for days in (-1, 0, 1):
        try:
            yield day + timedelta(days=days)
        except OverflowError:
            continue


def _shares(constants: set[Any]) -> list[Share]:
    points = sorted({Fraction(*pair) for pair in constants} | {Fraction(0), Fraction(1)})
    between = [(a + b) / 2 for a, b in pairwise(points)]
    return [Share(f.numerator, f.denominator) for f in sorted([*points, *between]) if 0 <= f <= 1]


def _range(node: n.Node, program: Program) -> _Ends:
    """Return the ends of what a fact may be."""
    if not isinstance(node, n.Field) or not isinstance(node.object.ty, t.Object):
        return _ENDLESS
    declared = program.objects.get(t.first_of(node.object.ty.name))
    fact = declared.facts.get(node.name) if declared else None
    return (fact.low, fact.high) if fact else _ENDLESS


def _within(values: Iterable[Any], low: Any, high: Any) -> list[Any]:
    return sorted(v for v in {*values} if (low is None or v >= low) and (high is None or v <= high))
