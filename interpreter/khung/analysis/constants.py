"""Conditions and quotients that come to nothing whatever a case says.

Reports: K0724 (a comparison that the range of its fact never meets), K0725 (a division by zero).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from khung.diagnostics.bag import Bag
from khung.ir import nodes as n
from khung.ir.entries import asked_by, entries_of
from khung.ir.rewrite import fold, walk
from khung.ir.types import Object
from khung.syntax.operators import MIRRORED, ArithmeticOp, CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from khung.ir.program import Fact, ObjectType, Program
    from khung.text import Span


def check_constants(program: Program, bag: Bag) -> None:
    """Report what can be told of the expressions of a sound program by themselves, once a place.

    Of what something is said already, as of a cell of a table, nothing more is.
    """
    told = [diagnostic.span for diagnostic in bag.diagnostics if diagnostic.span is not None]
    for node in _nodes(program):
        if isinstance(node, n.Compare | n.Arithmetic):
            found = Bag()
            _check(node, program, found)
            if found.diagnostics and not any(_holds(span, node.span) for span in told):
                bag.add_all(found.diagnostics)
                told.append(node.span)


def _holds(outer: Span, inner: Span) -> bool:
    is_there = outer.file.name == inner.file.name
    return is_there and outer.start <= inner.start and inner.end <= outer.end


def _check(node: n.Compare | n.Arithmetic, program: Program, bag: Bag) -> None:
    text = node.span.text
    tried = _tried(node, program) if isinstance(node, n.Compare) else None
    if tried is not None and _never(tried):
        fact = tried.fact
        advice = "low" if fact.high is None else "high" if fact.low is None else ""
        low, high = str(fact.low), str(fact.high)
        bag.add("K0724", node.span, help=advice, text=text, name=fact.name, low=low, high=high)
    if isinstance(node, n.Arithmetic) and node.op is ArithmeticOp.DIVIDE:
        by = fold(node.right)
        if isinstance(by, n.Literal) and isinstance(by.value, Decimal) and not by.value:
            bag.add("K0725", node.span, text=text)


def _nodes(program: Program) -> Iterator[n.Node]:
    for declared in program.objects.values():
        for root in _roots(declared):
            if root is not None:
                yield from walk(root)


def _roots(declared: ObjectType) -> Iterator[n.Node | None]:
    yield from (one.value for one in declared.definitions.values())
    yield from (one.value for one in declared.stages.values())
    for entry in entries_of(declared):
        yield entry.head.when
        yield asked_by(entry)


class _Tried(NamedTuple):
    """A fact compared with a constant."""

    fact: Fact
    op: CompareOp
    value: Any


def _tried(node: n.Compare, program: Program) -> _Tried | None:
    left, op, right = node.left, node.op, fold(node.right)
    if isinstance(right, n.Field):
        left, op, right = right, MIRRORED[op], fold(node.left)
    if not isinstance(left, n.Field) or not isinstance(right, n.Literal):
        return None
    ty = left.object.ty
    fact = program.objects[ty.name].facts.get(left.name) if isinstance(ty, Object) else None
    is_plain = fact is not None and isinstance(right.value, Decimal | date)
    return _Tried(fact, op, right.value) if fact is not None and is_plain else None


def _never(tried: _Tried) -> bool:
    """Say whether no value of the range of a fact compares so; a constant is of its type."""
    low: Any = tried.fact.low
    high: Any = tried.fact.high
    value = tried.value
    match tried.op:
        case CompareOp.GE:
            return high is not None and bool(value > high)
        case CompareOp.GT:
            return high is not None and bool(value >= high)
        case CompareOp.LE:
            return low is not None and bool(value < low)
        case CompareOp.LT:
            return low is not None and bool(value <= low)
        case CompareOp.EQ:
            below = low is not None and bool(value < low)
            return below or (high is not None and bool(value > high))
        case CompareOp.NE:
            return False
