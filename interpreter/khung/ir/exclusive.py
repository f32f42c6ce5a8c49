"""Whether two conditions can hold of one subject, as far as their tests of single values tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from khung.ir.nodes import AllOf, AnyOf, Compare, Literal, Not
from khung.ir.rewrite import fold
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from khung.ir.nodes import Node


class Test(NamedTuple):
    """That something is one of some values, or none of them."""

    of: Node
    values: frozenset[object]
    is_one: bool


def are_exclusive(these: Iterable[Node], those: Iterable[Node]) -> bool:
    """Say whether conditions surely exclude each other: those of one side, all of them, the other.

    What it does not see through may hold together with anything.
    """
    left, right = ([*_parts(conditions)] for conditions in (these, those))
    opposite = {fold(Not(part, part.span)) for part in left}
    if any(part in opposite for part in right):
        return True
    ones, others = ([test for part in parts if (test := _test(part))] for parts in (left, right))
    return any(_exclude(one, other) for one in ones for other in others if one.of == other.of)


def _parts(conditions: Iterable[Node]) -> Iterator[Node]:
    for condition in map(fold, conditions):
        yield from condition.operands if isinstance(condition, AllOf) else (condition,)


def _exclude(one: Test, other: Test) -> bool:
    if one.is_one and other.is_one:
        return not one.values & other.values
    if one.is_one is other.is_one:
        return False
    inner, outer = (one, other) if one.is_one else (other, one)
    return inner.values <= outer.values


def _test(node: Node) -> Test | None:
    match node:
        case Compare(op=CompareOp.EQ | CompareOp.NE, left=left, right=Literal(value=value)):
            return Test(left, frozenset({value}), node.op is CompareOp.EQ)
        case AnyOf():
            found = [_test(part) for part in node.operands]
            tests = [test for test in found if test is not None and test.is_one]
            if len(tests) < len(node.operands) or len({test.of for test in tests}) > 1:
                return None
            return Test(tests[0].of, frozenset().union(*(x.values for x in tests)), is_one=True)
        case _:  # it may hold whatever else does
            return None
