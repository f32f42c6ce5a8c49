"""What a person gets wrong in an expression: each function gives one node the other ways round.

A change is its kind and the node that stands there instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khung.syntax import ast
from khung.syntax.operators import CompareOp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

OTHERS = {
    CompareOp.GE: CompareOp.GT,
    CompareOp.GT: CompareOp.GE,
    CompareOp.LE: CompareOp.LT,
    CompareOp.LT: CompareOp.LE,
    CompareOp.EQ: CompareOp.NE,
    CompareOp.NE: CompareOp.EQ,
}
"""Each comparison, and the one that it is taken for."""


@dataclass(frozen=True)
class Change:
    """What is done to a node: `new` takes its place.

    `lost` is what is missing in it, if anything is; `joined` the operand before which `and` and
    `or` were mixed up.
    """

    kind: str
    new: Any
    lost: Any = None
    joined: Any = None


def changes_of(node: Any, scales: Mapping[str, Sequence[str]]) -> Iterator[Change]:
    """Yield the changes of one node of an expression, not those of what is in it."""
    match node:
        case ast.Number() | ast.Percent():
            yield from (Change("number", replace(node, value=v)) for v in steps_of(node.value))
        case ast.Temporal():
            yield from (Change("date", replace(node, value=v)) for v in _days_beside(node.value))
        case ast.Boolean():
            yield Change("yes or no", replace(node, value=not node.value))
        case ast.Name():
            names = beside(node.name, scales)
            yield from (Change("level", replace(node, name=name)) for name in names)
        case ast.Compare() | ast.UnaryTest():
            yield Change("comparison", replace(node, op=OTHERS[node.op]))
        case ast.Between():
            yield from _open_ends(_as_range(node))
        case ast.RangeLiteral():
            yield from (Change("comparison", end) for end in _ends(node))
        case ast.And():
            yield from _and_changes(node)
        case ast.Or():
            yield from _or_changes(node)
        case ast.Call(function="not"):
            yield Change("negation", node.arguments[0].value)
        case ast.Quantifier():
            yield Change("quantifier", replace(node, every=not node.every))
            yield from _without_where(node)
        case ast.Tally() | ast.Aggregate():
            yield from _without_where(node)
        case ast.Membership() if len(node.tests) > 1:
            yield from _with_less(node, "tests")
        case ast.ListLiteral() if len(node.items) > 1:
            yield from _with_less(node, "items")
        case ast.Cell():
            yield from _cell_changes(node)
        case _:
            return


def steps_of(value: Decimal) -> tuple[Decimal, ...]:
    """Return a number one step up and one down; the step is one of its last digit."""
    exponent = value.as_tuple().exponent
    step = Decimal(1).scaleb(min(int(exponent), 0))
    return tuple(v for v in (value + step, value - step) if v >= 0)


def beside(name: str, scales: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the values right above and right below a value of a scale."""
    for values in scales.values():
        if name in values:
            rank = values.index(name)
            yield from values[rank + 1 : rank + 2]
            yield from values[max(rank - 1, 0) : rank]


def one_less(items: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield a tuple without each of its items."""
    return (items[:i] + items[i + 1 :] for i in range(len(items)))


def _with_less(node: Any, field: str) -> Iterator[Change]:
    items = getattr(node, field)
    for lost, rest in zip(items, one_less(items), strict=True):
        yield Change("operand", replace(node, **{field: rest}), lost)


def _days_beside(written: str) -> Iterator[str]:
    try:
        day = date.fromisoformat(written)
    except ValueError:  # a duration or a time
        return
    yield (day + timedelta(1)).isoformat()
    yield (day - timedelta(1)).isoformat()


def _as_range(node: ast.Between) -> ast.Membership:
    ends = ast.RangeLiteral(node.low, node.high, low_closed=True, high_closed=True, span=node.span)
    return ast.Membership(node.value, (ends,), node.span)


def _open_ends(node: ast.Membership) -> Iterator[Change]:
    (ends,) = node.tests
    assert isinstance(ends, ast.RangeLiteral)
    yield from (Change("comparison", replace(node, tests=(end,))) for end in _ends(ends))


def _ends(node: ast.RangeLiteral) -> Iterator[ast.RangeLiteral]:
    yield replace(node, low_closed=not node.low_closed)
    yield replace(node, high_closed=not node.high_closed)


def _and_changes(node: ast.And) -> Iterator[Change]:
    """Each `and` read as `or`: `a and b or c`, where `and` binds tighter; each operand left out."""
    for cut in range(1, len(node.operands)):
        sides = (node.operands[:cut], node.operands[cut:])
        new = ast.Or(tuple(_all(side, node) for side in sides), node.span)
        yield Change("connective", new, joined=node.operands[cut])
    for lost, rest in zip(node.operands, one_less(node.operands), strict=True):
        yield Change("operand", _all(rest, node), lost)


def _or_changes(node: ast.Or) -> Iterator[Change]:
    for cut in range(1, len(node.operands)):
        before, after = node.operands[: cut - 1], node.operands[cut + 1 :]
        joined = ast.And(node.operands[cut - 1 : cut + 1], node.span)
        operands = (*before, joined, *after)
        new = joined if len(operands) == 1 else ast.Or(operands, node.span)
        yield Change("connective", new, joined=node.operands[cut])
    for lost, rest in zip(node.operands, one_less(node.operands), strict=True):
        yield Change("operand", _any(rest, node), lost)


def _all(operands: tuple[ast.Expr, ...], node: ast.And) -> ast.Expr:
    return operands[0] if len(operands) == 1 else replace(node, operands=operands)


def _any(operands: tuple[ast.Expr, ...], node: ast.Or) -> ast.Expr:
    return operands[0] if len(operands) == 1 else replace(node, operands=operands)


def _without_where(node: ast.Quantifier | ast.Tally | ast.Aggregate) -> Iterator[Change]:
    if node.where is not None:
        yield Change("condition dropped", replace(node, where=None), node.where)


def _cell_changes(node: ast.Cell) -> Iterator[Change]:
    if node.tests is None:
        return
    yield Change("cell", replace(node, tests=None, negated=False))
    if node.negated:
        yield Change("negation", replace(node, negated=False))
    if len(node.tests) > 1:
        yield from _with_less(node, "tests")
